//! In memory, for simulation: the same ledger as on disk, over a map, with nothing that could fail.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use serde_json::Value;

use super::{
    Commit, CommitError, Health, Job, Json, ReadError, Recorded, SharedProjector, Store, Wakeup,
    kv::Overlay,
    ledger::{self, Counters, Effects, Refusal, Request},
    reads, text,
    wakes::Wakes,
};
use crate::ids::StreamId;

/// A store that lives as long as its process.
pub struct MemoryStore {
    projector: SharedProjector,
    state: Mutex<State>,
    wakes: Wakes,
}

#[derive(Default)]
struct State {
    kv: BTreeMap<Vec<u8>, Vec<u8>>,
    events: BTreeMap<(StreamId, u64), Recorded>,
    counters: Counters,
    closed: bool,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new(projector: SharedProjector) -> Self {
        Self { projector, state: Mutex::default(), wakes: Wakes::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

impl State {
    fn commit(&mut self, request: Request, projector: &SharedProjector) -> Result<Effects, Refusal> {
        let mut counters = self.counters;
        let mut overlay = Overlay::over(&self.kv);
        let mut effects = Effects::default();
        let mut facts = ledger::decide(&overlay, &mut counters, request)?;
        for fact in &mut facts.events {
            // There is no journal, but whether there is a text to erase is read from the place.
            fact.place.texts_len = fact.sealed.texts.as_ref().map_or(0, |texts| texts.len() as u64);
        }
        ledger::apply(&mut overlay, &facts, projector.as_ref(), &mut effects)?;
        ledger::sweep(&mut overlay, counters.at, 2 * facts.keys.len() + 2)?;
        for (key, value) in overlay.into_changes() {
            match value {
                Some(value) => drop(self.kv.insert(key, value.into_bytes())),
                None => drop(self.kv.remove(&key)),
            }
        }
        self.counters = counters;
        let events: Vec<_> = facts.events.into_iter().map(|fact| fact.recorded).collect();
        for event in &events {
            self.events.insert((event.stream.clone(), event.seq), event.clone());
        }
        for erased in facts.erase {
            if let Some(event) = self.events.get_mut(&erased) {
                text::blank(&mut event.body);
            }
        }
        Ok(effects)
    }
}

#[async_trait::async_trait]
impl Store for MemoryStore {
    async fn commit(&self, mut commit: Commit) -> Result<(), CommitError> {
        // Nothing is foreseen here, so that simulations try what a rebuild would make of the events.
        commit.append.iter_mut().for_each(|append| append.foreseen = None);
        let request = Request::prepare(commit)?;
        let mut state = self.state();
        if state.closed {
            return Err(CommitError::Closed("it was closed".to_owned()));
        }
        let done = state.commit(request, &self.projector);
        drop(state);
        match done {
            Ok(effects) => {
                self.wakes.add(effects);
                Ok(())
            }
            Err(Refusal::Answer(error)) => Err(error),
            Err(Refusal::Unreadable(error)) => Err(CommitError::Closed(error.0)),
        }
    }

    async fn known(&self, key: &str, now: Timestamp) -> Result<Option<Json>, ReadError> {
        reads::known(&self.state().kv, key, now)
    }

    async fn doc(&self, key: &str) -> Result<Option<Vec<u8>>, ReadError> {
        Ok(self.state().kv.get(&super::keys::doc(key)).cloned())
    }

    async fn docs(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
        backwards: bool,
    ) -> Result<Vec<(String, Vec<u8>)>, ReadError> {
        reads::docs(&self.state().kv, prefix, after, limit, backwards)
    }

    async fn length(&self, stream: &StreamId) -> Result<u64, ReadError> {
        reads::length(&self.state().kv, stream)
    }

    async fn events(&self, stream: &StreamId, from: u64, limit: usize) -> Result<Vec<Recorded>, ReadError> {
        let state = self.state();
        let all = state.events.range((stream.clone(), from)..=(stream.clone(), u64::MAX));
        Ok(all.take(limit).map(|(_, event)| event.clone()).collect())
    }

    async fn lanes(&self) -> Result<Vec<String>, ReadError> {
        reads::lanes(&self.state().kv)
    }

    async fn lane(&self, lane: &str, limit: usize) -> Result<Vec<Job>, ReadError> {
        reads::lane(&self.state().kv, lane, limit)
    }

    async fn timers(&self, now: Timestamp, limit: usize) -> Result<Vec<Job>, ReadError> {
        reads::timers(&self.state().kv, now, limit)
    }

    async fn next_timer(&self) -> Result<Option<Timestamp>, ReadError> {
        reads::next_timer(&self.state().kv)
    }

    async fn receipt(&self, job_key: &str) -> Result<Option<Value>, ReadError> {
        reads::receipt(&self.state().kv, job_key)
    }

    async fn receipts(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Value)>, ReadError> {
        reads::receipts(&self.state().kv, prefix, after, limit)
    }

    async fn wakeup(&self) -> Wakeup {
        self.wakes.next().await
    }

    fn health(&self) -> Health {
        if self.state().closed { Health::Closed("it was closed".to_owned()) } else { Health::Writable }
    }

    async fn close(&self) {
        self.state().closed = true;
    }
}
