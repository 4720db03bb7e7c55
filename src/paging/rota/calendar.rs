//! When a person is away.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Span;
use crate::{
    ids::UserId,
    incident::following::Subscribing,
    paging::{reach, schedule::Absence},
};

/// The version that this release writes.
pub const PERSONAL_VERSION: u8 = 1;
/// What is over for so long is left to the events.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 35);

/// One fact in the stream of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Personal {
    /// Version of this shape.
    pub v: u8,
    /// When.
    pub at: Timestamp,
    /// Who made it happen.
    pub by: UserId,
    /// What happened.
    pub what: PersonalFact,
}

/// What happens to a person: to their calendar, and to the ways to them. An absence's number is the place of its fact in the stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PersonalFact {
    /// They are away, and not on call whatever schedules say. Nobody needs to know why.
    AwayNoted {
        /// When.
        span: Span,
    },
    /// They are not away after all, or back from now on.
    AwayEnded {
        /// Which absence.
        number: u64,
    },
    /// Something about the ways to them beside the chat.
    Reach(reach::Fact),
    /// Something about what they follow.
    Subscribing(Subscribing),
}

/// A person's absences as they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// Oldest first.
    pub away: Vec<Away>,
}

/// An absence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Away {
    /// Its number: the place of its fact in the stream.
    pub number: u64,
    /// When.
    pub span: Span,
    /// Who said so.
    pub by: UserId,
}

impl Calendar {
    /// As schedules take them.
    pub fn absences<'a>(&'a self, who: &'a UserId) -> impl Iterator<Item = Absence> + 'a {
        self.away.iter().map(|a| Absence { who: who.clone(), from: a.span.from, until: a.span.until })
    }

    /// Those that are not over, earliest first.
    #[must_use]
    pub fn coming(&self, now: Timestamp) -> Vec<&Away> {
        let mut coming: Vec<&Away> = self.away.iter().filter(|a| !a.span.is_over(now)).collect();
        coming.sort_by_key(|a| a.span.from);
        coming
    }

    /// Folds a fact in; `seq` is its place in the stream. Total: what makes no sense changes nothing.
    pub fn apply(&mut self, seq: u64, fact: &Personal) {
        let at = fact.at;
        match &fact.what {
            PersonalFact::AwayNoted { span } => self.away.push(Away { number: seq, span: *span, by: fact.by.clone() }),
            PersonalFact::AwayEnded { number } => {
                self.away.retain(|a| a.number != *number || a.span.from < at);
                if let Some(running) = self.away.iter_mut().find(|a| a.number == *number) {
                    running.span.until = running.span.until.min(at);
                }
            }
            PersonalFact::Reach(_) | PersonalFact::Subscribing(_) => {}
        }
        let gone = at.saturating_sub(KEPT).unwrap_or(Timestamp::MIN);
        self.away.retain(|a| a.span.until > gone);
    }
}
