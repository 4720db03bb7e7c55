//! Bringing sled up to the journal. One thread reads and parses, this one applies: a machine that was restarted without a
//! clean stop rebuilds all of it before it pages anybody.

use std::{collections::HashMap, path::Path, sync::mpsc, thread};

use super::{OpenError, committer::Checkpoint, leaf::Change, tree::Tree};
use crate::{
    ids::StreamId,
    store::{
        Doc, SharedProjector,
        chain::Head,
        journal::{self, Damage, Entry, Group, JournalError, Position, Walk},
        kv::Overlay,
        ledger::{self, Counters, Effects, head},
        text::Texts,
    },
};

/// After so many changes they are applied.
const CHANGES: usize = 1 << 15;
/// So many groups are read ahead.
const AHEAD: usize = 8;

/// Where replaying starts, and after which group damage cannot be the trace of a crash.
pub(super) struct Plan<'a> {
    pub store: &'a Path,
    pub from: Position,
    pub counters: Counters,
    pub acknowledged: u64,
}

/// What replaying came to.
pub(super) struct Replayed {
    pub end: Position,
    pub counters: Counters,
}

type Read = Result<Option<Group>, JournalError>;

/// Applies everything after `plan.from`; a damaged last group that nobody was told of is left out.
pub(super) fn replay(tree: &Tree, plan: &Plan<'_>, projector: &SharedProjector) -> Result<Replayed, OpenError> {
    let dir = journal::directory(plan.store);
    let walk = Walk::from(&dir, plan.from).map_err(OpenError::journal(plan.store))?;
    thread::scope(|scope| {
        let (tell, groups) = mpsc::sync_channel(AHEAD);
        let reading = thread::Builder::new().name("store.replay".to_owned());
        reading.spawn_scoped(scope, move || read(walk, &tell)).map_err(OpenError::io(&dir))?;
        apply(tree, plan, projector, &dir, &groups)
    })
}

/// Reads until the end, or until nobody wants more.
fn read(mut walk: Walk, tell: &mpsc::SyncSender<Read>) {
    loop {
        let next = walk.next();
        let ended = !matches!(next, Ok(Some(_)));
        if tell.send(next).is_err() || ended {
            return;
        }
    }
}

fn apply(
    tree: &Tree,
    plan: &Plan<'_>,
    projector: &SharedProjector,
    dir: &Path,
    groups: &mpsc::Receiver<Read>,
) -> Result<Replayed, OpenError> {
    let mut batch = Batch { state: Overlay::over(tree), effects: Effects::default() };
    let mut now = Replayed { end: plan.from, counters: plan.counters };
    let mut unexplained = HashMap::new();
    let mut cut = None;
    loop {
        let next = groups
            .recv()
            .map_err(|_| OpenError::Database { dir: dir.to_owned(), why: "reading the journal panicked".to_owned() })?;
        let damage = match next {
            Ok(None) => break,
            Ok(Some(group)) => match group.sound {
                Ok(()) => {
                    for entry in &group.commits {
                        let next = batch.add(dir, entry, &mut now.counters, projector, &mut unexplained);
                        next.map_err(|error| failed(plan, error))?;
                    }
                    now.end = group.end;
                    if batch.state.len() > CHANGES {
                        let full = std::mem::replace(&mut batch.state, Overlay::over(tree));
                        finish(tree, plan, full, &mut batch.effects, &now, projector, false)?;
                    }
                    continue;
                }
                Err(damage) => damage,
            },
            Err(JournalError::Damaged(damage)) => damage,
            Err(error) => return Err(OpenError::journal(plan.store)(error)),
        };
        if !damage.last || now.end.group < plan.acknowledged {
            return Err(OpenError::Damaged { dir: plan.store.to_owned(), damage });
        }
        tracing::warn!(%damage, "the last group was never finished nor acknowledged and is cut off");
        cut = Some(damage);
        break;
    }
    if let Some(damage) = unexplained.into_values().next() {
        // An order is on disk before a text is overwritten: the group to be cut off was no torn one.
        let damage = cut.unwrap_or_else(|| Box::new(damage));
        return Err(OpenError::Damaged { dir: plan.store.to_owned(), damage });
    }
    if now.end.group < plan.acknowledged {
        return Err(OpenError::Short { dir: plan.store.to_owned(), group: plan.acknowledged });
    }
    if now.end != plan.from {
        finish(tree, plan, batch.state, &mut batch.effects, &now, projector, true)?;
    }
    Ok(now)
}

fn failed(plan: &Plan<'_>, error: Failed) -> OpenError {
    match error {
        Failed::Damaged(damage) => OpenError::Damaged { dir: plan.store.to_owned(), damage },
        Failed::Database(why) => OpenError::Database { dir: plan.store.join("sled"), why },
    }
}

/// Erases what is still to be erased, then applies: a checkpoint behind an erasure proves that it was done.
///
/// What is made from the beginning gets its checkpoint after the `last` changes; interrupted, it is begun again.
fn finish(
    tree: &Tree,
    plan: &Plan<'_>,
    state: Overlay<'_, Tree>,
    effects: &mut Effects,
    now: &Replayed,
    projector: &SharedProjector,
    last: bool,
) -> Result<(), OpenError> {
    let dir = journal::directory(plan.store);
    journal::erase(&dir, &std::mem::take(effects).erased).map_err(OpenError::io(dir))?;
    let broken = |why| OpenError::Database { dir: plan.store.join("sled"), why };
    let mut changes: Vec<_> = state.into_changes().collect();
    changes.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    let changes: Vec<_> = changes.iter().map(|(key, value)| (&key[..], value.as_ref().map(Doc::bytes))).collect();
    let changes: Vec<Change<'_>> = changes.iter().map(|(key, value)| (*key, value.as_deref())).collect();
    let mut changes = &changes[..];
    if plan.from == Position::default() {
        tree.change(changes).map_err(|fault| broken(fault.sentence()))?;
        changes = &[];
        if !last {
            return Ok(());
        }
    }
    let checkpoint = serde_json::to_vec(&Checkpoint::new(now.end, now.counters, projector));
    let checkpoint = checkpoint.map_err(|error| broken(error.to_string()))?;
    tree.apply(changes, &checkpoint).map_err(|fault| broken(fault.sentence()))
}

enum Failed {
    Damaged(Box<Damage>),
    Database(String),
}

impl From<crate::store::ReadError> for Failed {
    fn from(error: crate::store::ReadError) -> Self {
        Self::Database(error.0)
    }
}

/// Changes on their way to sled.
struct Batch<'a> {
    state: Overlay<'a, Tree>,
    effects: Effects,
}

impl Batch<'_> {
    /// Adds one commit, if it continues what is there. A missing text must be explained by an erasure further on.
    fn add(
        &mut self,
        dir: &Path,
        entry: &Entry,
        counters: &mut Counters,
        projector: &SharedProjector,
        unexplained: &mut HashMap<(StreamId, u64), Damage>,
    ) -> Result<(), Failed> {
        let facts = &entry.facts;
        let mut heads: HashMap<&StreamId, Head> = HashMap::new();
        for (fact, texts) in facts.events.iter().zip(&entry.texts) {
            let recorded = &fact.recorded;
            let name = recorded.stream.to_string();
            let broken = |why: &str| entry.broken(dir, (recorded.stream.clone(), recorded.seq), why.to_owned());
            let before = match heads.get(&recorded.stream) {
                Some(before) => *before,
                None => head(&self.state, &name)?,
            };
            let next = before.next(&name, recorded.at, &fact.sealed.body);
            if (next.length, next.hash) != (recorded.seq, fact.hash) {
                return Err(Failed::Damaged(Box::new(broken("it does not continue the chain of its stream"))));
            }
            heads.insert(&recorded.stream, next);
            if matches!(texts, Texts::Blank | Texts::Torn) {
                let missing = broken("its texts are missing, and nobody erased them");
                unexplained.insert((recorded.stream.clone(), recorded.seq), missing);
            }
        }
        ledger::apply(&mut self.state, facts, projector.as_ref(), &mut self.effects)?;
        for erased in &facts.erase {
            unexplained.remove(erased);
        }
        counters.commits = facts.number;
        counters.at = facts.at;
        counters.jobs = facts.jobs.iter().map(|job| job.id).max().unwrap_or(0).max(counters.jobs);
        Ok(())
    }
}
