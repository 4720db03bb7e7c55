//! Which settings are in force: those of the start, or of the last sound edit of their file since.
//!
//! The record has only what people were told of the file. A start reads it anew, and refuses what is not sound.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use elsa::sync::FrozenVec;
use serde::Deserialize;

use super::{
    Engine, Refusal,
    files::{CHUNK, Edited, News, Told},
};
use crate::{
    config::{Heard, Settings},
    playbook::EditionId,
    store::{ReadError, Store},
};

/// The settings that are or were in force. Whoever looks at some keeps them for as long as the process lives: they are small, and
/// edits are few.
#[derive(Debug)]
pub struct Choices {
    all: FrozenVec<Arc<Settings>>,
    latest: AtomicUsize,
    state: Mutex<State>,
}

/// What came of the last edit of the file.
#[derive(Debug, Clone, Default)]
struct State {
    /// Why it cannot be used; empty where it is in force.
    problems: Vec<String>,
    /// What of it counts from the next start on.
    waits: Vec<&'static str>,
    /// What somebody was told of that.
    told_waits: Vec<&'static str>,
    /// How many events `org/settings` has.
    recorded: u64,
    /// Was the last that somebody was told that the file is broken?
    told_broken: bool,
}

impl State {
    /// Reads what was told of the file since.
    async fn read(&mut self, store: &dyn Store) -> Result<(), ReadError> {
        loop {
            let chunk = store.events(&Edited::Settings.stream(), self.recorded + 1, CHUNK).await?;
            for event in &chunk {
                self.recorded = event.seq;
                if let Ok(told) = Told::deserialize(&event.body) {
                    self.told_broken = told.broken;
                }
            }
            if chunk.len() < CHUNK {
                return Ok(());
            }
        }
    }
}

impl Choices {
    /// Reads what other processes told of the file.
    pub(super) async fn catch_up(&self, store: &dyn Store) -> Result<(), ReadError> {
        let mut read = self.with(|state| state.clone());
        read.read(store).await?;
        self.with(|state| (state.recorded, state.told_broken) = (read.recorded, read.told_broken));
        Ok(())
    }

    /// The settings of the start, and what was told of their file before it.
    pub(super) async fn open(store: &dyn Store, settings: Arc<Settings>) -> Result<Self, ReadError> {
        let mut state = State::default();
        state.read(store).await?;
        let all = FrozenVec::new();
        all.push(settings);
        Ok(Self { all, latest: AtomicUsize::new(0), state: Mutex::new(state) })
    }

    /// Those in force.
    ///
    /// # Panics
    /// Never: the latest is there.
    pub(super) fn in_force(&self) -> &Settings {
        self.all.get(self.latest.load(Ordering::Acquire)).expect("the latest is there")
    }

    /// Why the file cannot be used, each a sentence; empty where it can.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        self.with(|state| state.problems.clone())
    }

    /// What of the file counts from the next start on.
    #[must_use]
    pub fn waits(&self) -> Vec<&'static str> {
        self.with(|state| state.waits.clone())
    }

    /// What somebody should be told of the file.
    #[must_use]
    pub fn news(&self) -> Option<News> {
        let state = self.with(|state| state.clone());
        let what_is_wrong = EditionId::of(&state.problems.join("\n"));
        let file = Edited::Settings;
        file.news(!state.problems.is_empty(), state.told_broken, state.recorded, &what_is_wrong).or_else(|| {
            let key = || format!("settings/{}/waits/{}", state.recorded, state.waits.join("-"));
            let is_new = !state.waits.is_empty() && state.waits != state.told_waits;
            is_new.then(|| News { file, what: Heard::Waits, key: key() })
        })
    }

    pub(super) fn recorded(&self) -> u64 {
        self.with(|state| state.recorded)
    }

    pub(super) fn told(&self, broken: bool) {
        self.with(|state| {
            state.recorded += 1;
            state.told_broken = broken;
        });
    }

    pub(super) fn told_of_wait(&self) {
        self.with(|state| state.told_waits.clone_from(&state.waits));
    }

    fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Engine {
    /// The settings that are in force, and what is to be said of their file.
    pub const fn choices(&self) -> &Choices {
        &self.choices
    }

    /// The file cannot be used as it stands: the last good settings stay in force, and [`Choices::problems`] says why.
    pub fn keep_settings(&self, problems: Vec<String>) {
        tracing::error!(
            problems = problems.len(),
            "the settings' file cannot be used; the last good settings stay in force"
        );
        self.choices.with(|state| state.problems = problems);
    }

    /// Lets these settings come into force, but for what `waits` for the next start, and has every schedule looked at.
    ///
    /// # Errors
    /// [`Refusal`] where that cannot be recorded; then they are in force all the same, and this may be asked again.
    pub async fn adopt_settings(&self, settings: Settings, waits: Vec<&'static str>) -> Result<(), Refusal> {
        if !waits.is_empty() {
            tracing::warn!(
                waits = waits.join(", "),
                "what the settings' file says of this counts from the next start on"
            );
        }
        if settings != *self.settings() {
            self.choices.latest.store(self.choices.all.push_get_index(Arc::new(settings)), Ordering::Release);
            tracing::info!("the edited settings came into force");
        }
        self.choices.with(|state| {
            state.problems.clear();
            state.waits = waits;
        });
        self.watch_schedules().await?;
        self.watch_digest().await
    }
}
