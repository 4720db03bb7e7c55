//! What a schedule answers.

use std::ops::Range;

use jiff::{SignedDuration, Timestamp};

use super::OverrideId;
use crate::ids::UserId;

/// Who is on call at an instant, since when and until when nothing about it changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnCall {
    /// Its first instant; none: it has been so for longer than [`HORIZON`](super::HORIZON).
    pub since: Option<Timestamp>,
    /// The first instant after it; none: it stays so for longer than [`HORIZON`](super::HORIZON).
    pub until: Option<Timestamp>,
    /// Who, or why nobody.
    pub cover: Cover,
}

/// A part of a rendered window, `[from, until)`: a shift or a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
    /// Who, or why nobody.
    pub cover: Cover,
}

impl Slot {
    /// As a range.
    #[must_use]
    pub const fn span(&self) -> Range<Timestamp> {
        self.from..self.until
    }

    /// How long it is.
    #[must_use]
    pub fn length(&self) -> SignedDuration {
        self.from.duration_until(self.until)
    }
}

/// Who is on call, or why nobody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cover {
    /// These, each once; never empty.
    People(Vec<OnDuty>),
    /// Nobody.
    Gap(Gap),
}

impl Cover {
    /// Those on call; nobody in a gap.
    pub fn people(&self) -> impl Iterator<Item = &UserId> {
        match self {
            Self::People(people) => people.as_slice(),
            Self::Gap(_) => &[],
        }
        .iter()
        .map(|p| &p.who)
    }

    /// Is nobody on call?
    #[must_use]
    pub const fn is_gap(&self) -> bool {
        matches!(self, Self::Gap(_))
    }
}

/// Somebody on call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnDuty {
    /// Who.
    pub who: UserId,
    /// By what.
    pub source: Source,
}

/// By what somebody is on call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// It is their turn.
    Rotation {
        /// The layer's name.
        layer: String,
        /// The rotation's name.
        rotation: String,
    },
    /// Somebody said so.
    Override(OverrideId),
}

/// Why nobody is on call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gap {
    /// No layer has anybody.
    NobodyScheduled,
    /// A calendar has somebody whom Slack does not know, and nobody else is on call.
    Strangers {
        /// As it names them.
        names: Vec<String>,
    },
    /// Whoever would be on call is away.
    Absent {
        /// Who would be.
        people: Vec<UserId>,
    },
    /// Whoever would be on call was taken off, and nobody put in their place.
    Removed {
        /// By these.
        by: Vec<OverrideId>,
    },
}

/// Which part of the time somebody is on call, 0 to 1; 1 for no time at all.
#[must_use]
pub fn coverage(slots: &[Slot]) -> f64 {
    let seconds =
        |slots: &mut dyn Iterator<Item = &Slot>| slots.map(|s| s.length().as_secs_f64()).fold(0.0, |a, b| a + b);
    let all = seconds(&mut slots.iter());
    if all > 0.0 { seconds(&mut slots.iter().filter(|s| !s.cover.is_gap())) / all } else { 1.0 }
}
