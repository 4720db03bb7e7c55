//! What differs from the schedule for a while.

use std::ops::Range;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::OverrideId;
use crate::ids::UserId;

/// Somebody has said that other people are on call than the schedule has. Where several are in force, they apply in the
/// order in which they were created (as they stand, if at the same instant), so that the last one wins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// Its name.
    pub id: OverrideId,
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
    /// What it does.
    pub change: Change,
    /// In the words of whoever made it.
    pub reason: Option<String>,
    /// Who made it.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
}

impl Override {
    /// While it is in force.
    #[must_use]
    pub const fn span(&self) -> Range<Timestamp> {
        self.from..self.until
    }

    /// Everyone it names.
    pub fn people(&self) -> impl Iterator<Item = &UserId> {
        let (one, other) = match &self.change {
            Change::Replace { of, by } => (of.as_ref(), Some(by)),
            Change::Add { who } | Change::Remove { who } => (None, Some(who)),
        };
        one.into_iter().chain(other)
    }

    /// Whom it puts on call.
    #[must_use]
    pub const fn puts(&self) -> Option<&UserId> {
        self.change.puts()
    }
}

/// What an override does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// One takes the place of another while they would be on call, and of whoever covers for them already; without `of`, of
    /// everybody, and in a gap too.
    Replace {
        /// Whose place.
        of: Option<UserId>,
        /// Who takes it.
        by: UserId,
    },
    /// One more is on call.
    Add {
        /// Who.
        who: UserId,
    },
    /// One is not on call. Nobody takes their place, unless a later override says who.
    Remove {
        /// Who.
        who: UserId,
    },
}

impl Change {
    /// Whom it puts on call.
    #[must_use]
    pub const fn puts(&self) -> Option<&UserId> {
        match self {
            Self::Replace { by: who, of: _ } | Self::Add { who } => Some(who),
            Self::Remove { .. } => None,
        }
    }
}

/// Somebody is away, and not on call whatever schedule and overrides say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Absence {
    /// Who.
    pub who: UserId,
    /// The first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
}

impl Absence {
    /// While they are away.
    #[must_use]
    pub const fn span(&self) -> Range<Timestamp> {
        self.from..self.until
    }
}

/// Two overrides in force at the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlap<'a> {
    /// The one created later.
    pub wins: &'a Override,
    /// The one created earlier.
    pub loses: &'a Override,
    /// When both are in force.
    pub span: Range<Timestamp>,
}

/// In the order in which they apply.
pub(super) fn by_creation<'a>(overrides: impl Iterator<Item = &'a Override>) -> Vec<&'a Override> {
    let mut all: Vec<&Override> = overrides.collect();
    all.sort_by_key(|o| o.created_at);
    all
}

/// Every two overrides of one schedule that are in force at the same time, for people to look at; earliest first.
#[must_use]
pub fn overlaps(overrides: &[Override]) -> Vec<Overlap<'_>> {
    let all = by_creation(overrides.iter());
    let mut found = Vec::new();
    for (n, wins) in all.iter().copied().enumerate() {
        for loses in all[..n].iter().copied() {
            let span = wins.from.max(loses.from)..wins.until.min(loses.until);
            if !span.is_empty() {
                found.push(Overlap { wins, loses, span });
            }
        }
    }
    found.sort_by_key(|o| o.span.start);
    found
}
