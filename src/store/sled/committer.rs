//! The one that writes.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use super::{Shared, layers::Layers};
use crate::store::{
    CommitError, Health, SharedProjector, journal,
    journal::{AppendError, Position, Writer},
    kv::Overlay,
    ledger::{self, Counters, Effects, Refusal, Request},
};

/// At most this many commits share a sync, so that the last of them does not wait long.
const GROUP_COMMITS: usize = 512;
/// At most about this many bytes, for the same reason.
const GROUP_BYTES: usize = 4 << 20;
/// How often a full disk is looked at again.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// How often a disk with space is looked at while nobody asks for anything, so that `/readyz` tells before people do.
const LOOK_AHEAD: Duration = Duration::from_secs(5);

type Said = Result<(), CommitError>;
type Answer = oneshot::Sender<Told>;

/// What became of a commit, and what whoever hears it tells on.
#[derive(Debug)]
pub(super) struct Told {
    said: Said,
    others: Others,
}

impl Told {
    /// What became of it; the others are told.
    pub fn hear(self) -> Said {
        drop(self.others);
        self.said
    }
}

/// The rest of a group. They are told by dropping this, where the first of them is told, or where nobody listens any more:
/// waking a task from the runtime's own threads costs much less than waking it from the committer's.
#[derive(Debug, Default)]
struct Others(Vec<(Answer, Said)>);

impl Others {
    /// Tells a whole group.
    fn tell(mut group: impl Iterator<Item = (Answer, Said)>) {
        let Some((first, said)) = group.next() else { return };
        // Whoever asked may have gone away; what they asked for is done all the same.
        drop(first.send(Told { said, others: Self(group.collect()) }));
    }
}

impl Drop for Others {
    fn drop(&mut self) {
        for (answer, said) in self.0.drain(..) {
            drop(answer.send(Told { said, others: Self::default() }));
        }
    }
}

/// Commits that wait for their group.
#[derive(Debug, Default)]
pub(super) struct Queue {
    state: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    requests: VecDeque<(Request, Answer)>,
    closed: bool,
}

/// What the committer finds.
enum Next {
    Group(Vec<(Request, Answer)>),
    /// Nothing, for a while.
    Nothing,
    Closed,
}

impl Queue {
    /// Adds a commit. When the queue is closed `answer` is dropped, which says so.
    pub fn add(&self, request: Request, answer: Answer) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if !state.closed {
            state.requests.push_back((request, answer));
            self.changed.notify_one();
        }
    }

    /// What waits is still committed; nothing more is taken.
    pub fn close(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.changed.notify_all();
    }

    /// Drops whatever waits.
    fn clear(&self) {
        let waiting = std::mem::take(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner).requests);
        drop(waiting);
    }

    fn next(&self, patience: Duration) -> Next {
        let idle = |state: &mut Waiting| state.requests.is_empty() && !state.closed;
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(state, patience, idle);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner).0;
        let (mut bytes, mut count) = (0, 0);
        for (request, _) in state.requests.iter().take(GROUP_COMMITS) {
            bytes += request.size();
            if count > 0 && bytes > GROUP_BYTES {
                break;
            }
            count += 1;
        }
        match (count, state.closed) {
            (0, true) => Next::Closed,
            (0, false) => Next::Nothing,
            _ => Next::Group(state.requests.drain(..count).collect()),
        }
    }
}

/// How far sled is; stands in sled itself, changed with every group.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Checkpoint {
    /// The version of the layout in `keys.rs`, `tree.rs` and `leaf.rs`.
    pub layout: u32,
    /// The version of the projector that made the documents.
    pub projector: u32,
    pub position: Position,
    pub counters: Counters,
}

impl Checkpoint {
    pub fn new(position: Position, counters: Counters, projector: &SharedProjector) -> Self {
        Self { layout: LAYOUT, projector: projector.version(), position, counters }
    }
}

/// The present layout; the first had each entry by itself, the second kept the way to a checkpoint in sled.
pub(super) const LAYOUT: u32 = 3;

/// The committer and what only it knows.
pub(super) struct Committer {
    pub shared: Arc<Shared>,
    pub writer: Writer,
    pub counters: Counters,
    pub projector: SharedProjector,
}

/// The committer's thread.
pub(super) fn run(mut committer: Committer) {
    let shared = Arc::clone(&committer.shared);
    let done = catch_unwind(AssertUnwindSafe(|| committer.run()));
    shared.queue.close();
    match done {
        Ok(Ok(())) => {
            if let Err(error) = committer.writer.close() {
                tracing::warn!(%error, "what the journal was filled with ahead could not be cut off; the next start does it");
            }
        }
        Ok(Err(why)) => shared.fail(&why),
        Err(_) => shared.fail("the committer panicked"),
    }
    shared.queue.clear();
    shared.layers.stop();
}

impl Committer {
    fn run(&mut self) -> Result<(), String> {
        loop {
            let full = match self.shared.health() {
                Health::Writable | Health::Away(_) => false,
                Health::Full => true,
                Health::Closed(_) => return Ok(()),
            };
            match self.shared.queue.next(if full { LOOK_AGAIN } else { LOOK_AHEAD }) {
                Next::Closed => return Ok(()),
                Next::Nothing => self.look_for_space(full),
                Next::Group(group) => {
                    self.look_for_space(full);
                    self.group(group)?;
                }
            }
        }
    }

    /// Keeps `Health::Full` true to the disk.
    fn look_for_space(&mut self, full: bool) {
        let disk = &self.shared.disk;
        if full && disk.reserve() {
            self.shared.set_full(false);
        } else if !full && !disk.has_space() {
            self.full();
        }
    }

    fn full(&mut self) {
        self.writer.release();
        self.shared.disk.release();
        self.shared.set_full(true);
    }

    /// Writes and answers a group. An error ends the committer.
    fn group(&mut self, group: Vec<(Request, Answer)>) -> Result<(), String> {
        let (requests, answers): (Vec<_>, Vec<_>) = group.into_iter().unzip();
        let written = match self.shared.health() {
            Health::Writable | Health::Away(_) => self.write(requests),
            Health::Full => Ok(None),
            Health::Closed(why) => Err(why),
        };
        let (said, outcome) = match written {
            Ok(Some(said)) => (said, Ok(())),
            Ok(None) => (vec![Err(CommitError::Full); answers.len()], Ok(())),
            Err(why) => {
                // Said before anybody is answered, so that they find the store closed.
                self.shared.fail(&why);
                (vec![Err(CommitError::Closed(why.clone())); answers.len()], Err(why))
            }
        };
        Others::tell(answers.into_iter().zip(said));
        outcome
    }

    /// Decides a group and makes it durable; none if there is no space for it. Refusals too are answered only when the
    /// group is on disk, for they may follow from commits of the same group.
    fn write(&mut self, requests: Vec<Request>) -> Result<Option<Vec<Said>>, String> {
        let mut draft = match self.writer.begin() {
            Ok(draft) => draft,
            Err(error) => return self.not_written(error),
        };
        let shared = Arc::clone(&self.shared);
        let before = self.counters;
        let mut state = Overlay::over(&shared.layers);
        let mut effects = Effects::default();
        let mut said = Vec::with_capacity(requests.len());
        let (mut accepted, mut keys) = (0_usize, 0_usize);
        for request in requests {
            said.push(match ledger::decide(&state, &mut self.counters, request) {
                Err(Refusal::Answer(error)) => Err(error),
                Err(Refusal::Unreadable(error)) => return Err(self.distrust(error.0)),
                Ok(mut facts) => {
                    self.writer.push(&mut draft, &mut facts).map_err(|error| format!("{error:?}"))?;
                    ledger::apply(&mut state, &facts, self.projector.as_ref(), &mut effects)
                        .map_err(|error| self.distrust(error.0))?;
                    accepted += 1;
                    keys += facts.keys.len();
                    Ok(())
                }
            });
        }
        if accepted > 0 {
            ledger::sweep(&mut state, self.counters.at, 2 * keys + 2).map_err(|error| self.distrust(error.0))?;
            if let Err(error) = self.writer.append(draft) {
                self.counters = before;
                self.projector.forget();
                return self.not_written(error);
            }
            self.serve(state, effects)?;
            // Twice as much, so that it is not what fills the disk.
            if self.writer.wants_space().is_some_and(|bytes| self.shared.disk.has_space_for(2 * bytes)) {
                self.writer.prepare();
            }
        }
        Ok(Some(said))
    }

    fn not_written(&mut self, error: AppendError) -> Result<Option<Vec<Said>>, String> {
        match error {
            AppendError::Failed(why) => Err(why),
            AppendError::Full => {
                self.full();
                Ok(None)
            }
        }
    }

    /// Lets what is now in the journal be read, and hints to whoever looks for work.
    fn serve(&self, state: Overlay<'_, Layers>, effects: Effects) -> Result<(), String> {
        if !effects.erased.is_empty() {
            let _alone = self.shared.erasing.write().unwrap_or_else(PoisonError::into_inner);
            journal::erase(self.shared.segments.dir(), &effects.erased)
                .map_err(|error| format!("a text could not be erased: {error}; the next start does it"))?;
        }
        let end = self.writer.end();
        self.shared.layers.add(state.into_changes(), Checkpoint::new(end, self.counters, &self.projector));
        *self.shared.done.lock().unwrap_or_else(PoisonError::into_inner) = end;
        self.shared.wakes.add(effects);
        Ok(())
    }

    fn distrust(&self, why: String) -> String {
        self.shared.distrust(&why);
        why
    }
}
