//! What is wrong in a playbook: where, and what to do about it.

use std::fmt;

use serde::Serialize;

/// One step on the way to a value in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// The way to a value in the file: `roles`, 3, `main`.
pub(super) type Place = Vec<Step>;

/// Builds a [`Place`] of keys and indices.
macro_rules! place {
    ($($step:expr),* $(,)?) => { vec![$(crate::playbook::problem::Step::from($step)),*] };
}
pub(super) use place;

/// Does a problem keep a playbook from being used?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Yes.
    Error,
    /// No, but somebody should look at it.
    Warning,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Does it keep the playbook from being used?
    pub level: Level,
    /// In which line, counted from 1.
    pub line: usize,
    /// What is wrong and what to do, in a sentence.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

/// Problems as the checks find them, before it is known in which lines they stand.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub all: Vec<(Level, Place, String)>,
    looks: usize,
}

/// How often it is looked for what was probably meant. Each look compares with everything that there is.
const LOOKS: usize = 100;

impl Found {
    pub fn error(&mut self, place: Place, what: impl Into<String>) {
        self.all.push((Level::Error, place, what.into()));
    }

    pub fn warn(&mut self, place: Place, what: impl Into<String>) {
        self.all.push((Level::Warning, place, what.into()));
    }

    /// May it be looked once more for what was probably meant? Whoever has so many unknown names mends these first.
    pub fn may_look_around(&mut self) -> bool {
        self.looks += 1;
        self.looks <= LOOKS
    }
}
