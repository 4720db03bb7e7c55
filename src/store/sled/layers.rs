//! What is committed but not yet in sled, in memory above it.
//!
//! A change in sled costs more than all the rest of a commit. So a commit is served from here as soon as the journal has
//! it, and a thread brings it to sled behind it, about a second's worth at a time: what changes often (a stream's head, an
//! incident's state) reaches sled once, what soon goes again (a job) mostly never, and neighbours go there together.
//!
//! A crash loses this layer and nothing else: sled then stands at the last checkpoint that it went to, and a start replays
//! the journal from there.

use std::{
    collections::BTreeMap,
    ops::Bound::{Excluded, Included, Unbounded},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{Shared, committer::Checkpoint, leaf::Change, tree::Tree};
use crate::store::{
    Doc, ReadError,
    kv::{Entries, Kv},
};

/// So many changes may wait; then the committer does.
const MOST: usize = 1 << 17;
/// So many do not wait for more.
const ENOUGH: usize = MOST / 2;

type Changes = BTreeMap<Vec<u8>, Option<Doc>>;

/// sled, and what is on its way there.
#[derive(Debug)]
pub(super) struct Layers {
    tree: Tree,
    recent: Mutex<Recent>,
    /// Something came, left or ended.
    changed: Condvar,
    /// How long a change waits for others.
    window: Duration,
}

#[derive(Debug, Default)]
struct Recent {
    fresh: Changes,
    /// Where sled stands when it has `fresh`.
    checkpoint: Option<Checkpoint>,
    /// Being taken over by sled just now.
    leaving: Arc<Changes>,
    stop: bool,
}

impl Layers {
    pub fn over(tree: Tree, window: Duration) -> Self {
        Self { tree, recent: Mutex::default(), changed: Condvar::new(), window }
    }

    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    fn recent(&self) -> MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds what a group changed; waits while too much is on its way.
    pub fn add(&self, changes: impl Iterator<Item = (Vec<u8>, Option<Doc>)>, checkpoint: Checkpoint) {
        let full = |recent: &mut Recent| recent.fresh.len() > MOST && !recent.stop;
        let mut recent = self.changed.wait_while(self.recent(), full).unwrap_or_else(PoisonError::into_inner);
        recent.fresh.extend(changes);
        let is_first = recent.checkpoint.replace(checkpoint).is_none();
        let is_enough = recent.fresh.len() >= ENOUGH;
        drop(recent);
        // In between nobody waits for more.
        if is_first || is_enough {
            self.changed.notify_all();
        }
    }

    /// Nothing more will come; what is there is still brought to sled.
    pub fn stop(&self) {
        self.recent().stop = true;
        self.changed.notify_all();
    }

    /// Brings what is there to sled; false when there is and will be nothing more.
    fn settle(&self) -> Result<bool, String> {
        let waiting = |recent: &mut Recent| recent.checkpoint.is_none() && !recent.stop;
        let recent = self.changed.wait_while(self.recent(), waiting).unwrap_or_else(PoisonError::into_inner);
        let few = |recent: &mut Recent| recent.fresh.len() < ENOUGH && !recent.stop;
        let waited = self.changed.wait_timeout_while(recent, self.window, few).unwrap_or_else(PoisonError::into_inner);
        let mut recent = waited.0;
        let Some(checkpoint) = recent.checkpoint.take() else { return Ok(false) };
        recent.leaving = Arc::new(std::mem::take(&mut recent.fresh));
        let leaving = Arc::clone(&recent.leaving);
        drop(recent);
        self.changed.notify_all();
        let bytes = serde_json::to_vec(&checkpoint).map_err(|error| error.to_string())?;
        let changes: Vec<_> = leaving.iter().map(|(key, value)| (&key[..], value.as_ref().map(Doc::bytes))).collect();
        let changes: Vec<Change<'_>> = changes.iter().map(|(key, value)| (*key, value.as_deref())).collect();
        self.tree.apply(&changes, &bytes).map_err(|fault| fault.sentence())?;
        self.recent().leaving = Arc::default();
        Ok(true)
    }
}

/// The thread that brings commits to sled.
pub(super) fn run(shared: &Arc<Shared>) {
    loop {
        match shared.layers.settle() {
            Ok(true) => {}
            Ok(false) => return,
            Err(why) => {
                shared.distrust(&why);
                shared.queue.close();
                shared.layers.stop();
                return;
            }
        }
    }
}

impl Kv for Layers {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        let recent = self.recent();
        if let Some(value) = recent.fresh.get(key).or_else(|| recent.leaving.get(key)) {
            let value = value.clone();
            drop(recent);
            return Ok(value.map(Doc::into_bytes));
        }
        drop(recent);
        self.tree.get(key)
    }

    /// Looks above first, as far as `limit` entries reach, then at sled for what lies between them. sled is not asked
    /// under the lock: it may be slow.
    fn range(&self, low: &[u8], high: Option<&[u8]>, limit: usize, backwards: bool) -> Result<Entries, ReadError> {
        if limit == 0 || high.is_some_and(|high| high <= low) {
            return Ok(Vec::new());
        }
        let above = self.recent().within(low, high, limit, backwards);
        let hidden = above.len();
        let found = self.tree.range(low, high, limit.saturating_add(hidden), backwards)?;
        // What sled was not asked for lies beyond all that can be among the first `limit`.
        let mut merged: Changes = found.into_iter().map(|(key, value)| (key, Some(value.into()))).collect();
        merged.extend(above);
        let live = merged.into_iter().filter_map(|(key, value)| Some((key, value?.into_bytes())));
        Ok(if backwards {
            live.collect::<Vec<_>>().into_iter().rev().take(limit).collect()
        } else {
            live.take(limit).collect()
        })
    }
}

impl Recent {
    /// The changes in a range up to the first `limit` that put something.
    fn within(&self, low: &[u8], high: Option<&[u8]>, limit: usize, backwards: bool) -> Changes {
        let bounds = (Included(low), high.map_or(Unbounded, Excluded));
        let mut fresh = self.fresh.range::<[u8], _>(bounds);
        let mut leaving = self.leaving.range::<[u8], _>(bounds);
        let mut next_fresh = || if backwards { fresh.next_back() } else { fresh.next() };
        let mut next_leaving = || if backwards { leaving.next_back() } else { leaving.next() };
        let (mut one, mut other) = (next_fresh(), next_leaving());
        let (mut out, mut puts) = (Changes::new(), 0);
        while puts < limit {
            let order = match (one, other) {
                (None, None) => break,
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some((a, _)), Some((b, _))) if backwards => b.cmp(a),
                (Some((a, _)), Some((b, _))) => a.cmp(b),
            };
            let taken = if order.is_le() { one } else { other };
            // The same key in both: the fresh one counts.
            if order.is_le() {
                one = next_fresh();
            }
            if order.is_ge() {
                other = next_leaving();
            }
            let Some((key, value)) = taken else { break };
            puts += usize::from(value.is_some());
            out.insert(key.clone(), value.clone());
        }
        out
    }
}
