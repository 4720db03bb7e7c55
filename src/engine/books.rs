//! Which playbook is in force, and which ones were: an incident keeps the one that it was declared under.
//!
//! Every edition that came into force stands in the record, in the stream `org/playbook`, so that the bot goes on with the last
//! good one when the file is broken, and knows the words of incidents that are older than the file.

use std::sync::{Arc, PoisonError, RwLock};

use elsa::sync::FrozenMap;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Engine, Refusal,
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
        let (known, mut last, mut recorded, mut told_broken) = (FrozenMap::new(), None, 0, false);
        loop {
            let chunk = store.events(&Edited::Playbook.stream(), recorded + 1, CHUNK).await?;
            for event in &chunk {
                recorded = event.seq;
                if let Ok(told) = Told::deserialize(&event.body) {
                    told_broken = told.broken;
                }
                let Ok(was) = Adopted::deserialize(&event.body) else { continue };
                // The one that stands in the file was read a moment ago.
                let read = file.playbook.as_ref().filter(|read| read.edition == was.edition).cloned();
                if let Some(playbook) = read.or_else(|| Playbook::recorded(&was.text).map(Arc::new)) {
                    known.insert(was.edition.clone(), playbook);
                    last = Some((was.edition, was.at));
                }
            }
            if chunk.len() < CHUNK {
                break;
            }
        }
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
        let state = State { in_force: InForce { edition, since, problems, is_current }, recorded, told_broken };
        Ok(Self { known, state: RwLock::new(state) })
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
        let is_new = playbook.edition != before.in_force.edition || before.recorded == 0;
        if is_new {
            let event = Adopted { v: 1, at, edition: playbook.edition.clone(), text: file.text.clone() };
            self.record_of(Edited::Playbook, before.recorded, &event, at).await?;
            tracing::info!(edition = %playbook.edition, "a playbook came into force");
        }
        self.books.known.insert(playbook.edition.clone(), Arc::clone(playbook));
        let since = if is_new { at } else { before.in_force.since };
        let (edition, problems) = (playbook.edition.clone(), file.problems.clone());
        let in_force = InForce { edition, since, problems, is_current: true };
        self.books.set(State { in_force, recorded: before.recorded + u64::from(is_new), ..before });
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
