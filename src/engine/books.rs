//! Which playbook is in force, and which ones were: an incident keeps the one that it was declared under.
//!
//! Every edition that came into force stands in the record, in the stream `org/playbook`, so that the bot goes on with the last
//! good one when the file is broken, and knows the words of incidents that are older than the file.

use std::sync::{Arc, PoisonError, RwLock};

use elsa::sync::FrozenMap;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    ATTEMPTS, Engine, Refusal,
    files::{CHUNK, Edited, News, Told},
};
use crate::{
    config::PlaybookFile,
    incident::Incident,
    playbook::{EditionId, InForce, Playbook},
    store::{ReadError, Store},
};

/// A playbook came into force: an event of `org/playbook`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Adopted {
    v: u8,
    at: Timestamp,
    edition: EditionId,
    text: String,
}

/// The playbooks that are or were in force.
pub struct Books {
    known: FrozenMap<EditionId, Arc<Playbook>>,
    state: RwLock<State>,
}

#[derive(Debug, Clone)]
struct State {
    in_force: InForce,
    /// The last edition that is recorded: another process may have adopted it.
    last: Option<EditionId>,
    /// How many events `org/playbook` has.
    recorded: u64,
    /// Was the last that somebody was told that the file is broken?
    told_broken: bool,
}

impl std::fmt::Debug for Books {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Books").field("state", &self.state()).finish_non_exhaustive()
    }
}

impl Books {
    /// What holds at present.
    pub fn in_force(&self) -> InForce {
        self.state().in_force
    }

    /// What somebody should be told of the file.
    #[must_use]
    pub fn news(&self) -> Option<News> {
        let state = self.state();
        let (broken, edition) = (!state.in_force.is_current, &state.in_force.edition);
        Edited::Playbook.news(broken, state.told_broken, state.recorded, edition)
    }

    fn state(&self) -> State {
        self.state.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The playbook in force.
    ///
    /// # Panics
    /// Never: what is in force is known.
    pub fn current(&self) -> &Playbook {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        self.known.get(&state.in_force.edition).expect("what is in force is known")
    }

    /// The playbook that an incident was declared under; the one in force where this release cannot read that any more.
    pub fn of(&self, it: &Incident) -> &Playbook {
        it.playbook.as_ref().and_then(|edition| self.known.get(edition)).unwrap_or_else(|| self.current())
    }

    /// Reads what was in force, then lets `file` come into force.
    pub(super) async fn open(store: &dyn Store, file: &PlaybookFile, now: Timestamp) -> Result<Self, ReadError> {
        let known = FrozenMap::new();
        let mut past = Past::default();
        past.read(store, &known, file.playbook.as_ref()).await?;
        let Past { last, recorded, told_broken } = past;
        let recorded_last = last.as_ref().map(|(edition, _)| edition.clone());
        let problems = file.problems.clone();
        let (edition, since, is_current) = match (&file.playbook, last) {
            (Some(playbook), None) => {
                // Recorded by the first `adopt`, before anything refers to it.
                known.insert(playbook.edition.clone(), Arc::clone(playbook));
                (playbook.edition.clone(), now, true)
            }
            (_, Some((edition, since))) => {
                let is_current = edition == file.edition();
                (edition, since, is_current)
            }
            (None, None) => return Err(ReadError(problems.join("\n"))),
        };
        let in_force = InForce { edition, since, problems, is_current };
        let state = State { in_force, last: recorded_last, recorded, told_broken };
        Ok(Self { known, state: RwLock::new(state) })
    }
}

/// What is recorded of playbooks.
#[derive(Debug, Default)]
struct Past {
    last: Option<(EditionId, Timestamp)>,
    recorded: u64,
    told_broken: bool,
}

impl Past {
    /// Reads on; `read` is one that was read a moment ago.
    async fn read(
        &mut self,
        store: &dyn Store,
        known: &FrozenMap<EditionId, Arc<Playbook>>,
        read: Option<&Arc<Playbook>>,
    ) -> Result<(), ReadError> {
        loop {
            let chunk = store.events(&Edited::Playbook.stream(), self.recorded + 1, CHUNK).await?;
            for event in &chunk {
                self.recorded = event.seq;
                if let Ok(told) = Told::deserialize(&event.body) {
                    self.told_broken = told.broken;
                }
                let Ok(was) = Adopted::deserialize(&event.body) else { continue };
                let read = read.filter(|read| read.edition == was.edition).cloned();
                if let Some(playbook) = read.or_else(|| Playbook::recorded(&was.text).map(Arc::new)) {
                    known.insert(was.edition.clone(), playbook);
                    self.last = Some((was.edition, was.at));
                }
            }
            if chunk.len() < CHUNK {
                return Ok(());
            }
        }
    }
}

impl Books {
    /// Can this release tell how an incident works that was declared under this edition?
    pub(super) fn knows(&self, edition: &EditionId) -> bool {
        self.known.get(edition).is_some()
    }

    /// Reads what other processes have recorded since. What is in force here stays: that is the file's to say.
    pub(super) async fn catch_up(&self, store: &dyn Store) -> Result<(), ReadError> {
        let State { recorded, told_broken, .. } = self.state();
        let mut past = Past { last: None, recorded, told_broken };
        past.read(store, &self.known, None).await?;
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if past.recorded > state.recorded {
            (state.recorded, state.told_broken) = (past.recorded, past.told_broken);
            state.last = past.last.map(|(edition, _)| edition).or_else(|| state.last.take());
        }
        Ok(())
    }
}

impl Engine {
    /// The playbooks that are or were in force.
    pub fn books(&self) -> &Books {
        &self.books
    }

    /// Lets what stands in the file come into force, if it can be used and is not in force already. Where it cannot, the last
    /// good one stays, and [`Books::in_force`] says so.
    ///
    /// # Errors
    /// [`Refusal`] where it cannot be recorded; then nothing changed.
    pub async fn adopt(&self, file: &PlaybookFile) -> Result<(), Refusal> {
        let _one_at_a_time = self.adopting.lock().await;
        let before = self.books.state();
        let Some(playbook) = &file.playbook else {
            tracing::error!(
                problems = file.problems.len(),
                "the playbook's file cannot be used; the last good one stays in force"
            );
            let in_force = InForce { problems: file.problems.clone(), is_current: false, ..before.in_force };
            self.books.set(State { in_force, ..before });
            return Ok(());
        };
        let at = self.clock.now();
        let mut is_new = false;
        // Other processes read the same file, and one of them is first.
        for attempt in 0.. {
            let State { last, recorded, .. } = self.books.state();
            if last.as_ref() == Some(&playbook.edition) {
                break;
            }
            let event = Adopted { v: 1, at, edition: playbook.edition.clone(), text: file.text.clone() };
            match self.record_of(Edited::Playbook, recorded, &event, at).await {
                Ok(()) => {
                    is_new = true;
                    tracing::info!(edition = %playbook.edition, "a playbook came into force");
                    break;
                }
                Err(Refusal::Busy) if attempt < ATTEMPTS => {
                    Box::pin(self.books.catch_up(self.store.as_ref())).await?;
                }
                Err(refusal) => return Err(refusal),
            }
        }
        let before = self.books.state();
        let is_another = playbook.edition != before.in_force.edition;
        self.books.known.insert(playbook.edition.clone(), Arc::clone(playbook));
        let since = if is_new || is_another { at } else { before.in_force.since };
        let (edition, problems) = (playbook.edition.clone(), file.problems.clone());
        let in_force = InForce { edition: edition.clone(), since, problems, is_current: true };
        let recorded = before.recorded + u64::from(is_new);
        self.books.set(State { in_force, last: Some(edition), recorded, ..before });
        Ok(())
    }
}

impl Books {
    pub(super) fn recorded(&self) -> u64 {
        self.state().recorded
    }

    pub(super) fn told(&self, broken: bool) {
        let before = self.state();
        self.set(State { recorded: before.recorded + 1, told_broken: broken, ..before });
    }

    fn set(&self, state: State) {
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = state;
    }
}
