//! What is recorded of a schedule. Stored for ever.

use std::ops::Range;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ids::UserId,
    incident::Text,
    paging::schedule::{Change, OverrideId},
};

/// The version that this release writes.
pub const ROSTERED_VERSION: u8 = 1;

/// One fact in the stream of a schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rostered {
    /// Version of this shape.
    pub v: u8,
    /// When.
    pub at: Timestamp,
    /// Who made it happen.
    pub by: UserId,
    /// What happened.
    pub what: Fact,
}

/// A span of time, `[from, until)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
}

impl Span {
    /// As a range.
    #[must_use]
    pub const fn range(self) -> Range<Timestamp> {
        self.from..self.until
    }

    /// What is left of it from `now` on.
    #[must_use]
    pub fn from_now(self, now: Timestamp) -> Self {
        Self { from: self.from.max(now), ..self }
    }

    /// Is nothing left of it?
    #[must_use]
    pub fn is_over(self, now: Timestamp) -> bool {
        self.until <= now
    }
}

/// What happens to who is on call by a schedule. The number of an override or of an ask is the place of its fact in the stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fact {
    /// Somebody else is on call than the schedule has.
    OverrideMade {
        /// When.
        span: Span,
        /// What differs.
        change: Change,
        /// Why.
        reason: Option<Text>,
        /// The ask that it answers.
        answers: Option<u64>,
    },
    /// An override is taken back: wholly where it had not begun, else from now on.
    OverrideEnded {
        /// Which.
        id: OverrideId,
    },
    /// Somebody asks the others of the schedule to take their place.
    CoverAsked {
        /// When.
        span: Span,
        /// Why.
        reason: Option<Text>,
        /// Who is asked.
        of: Vec<UserId>,
    },
    /// Somebody offers to exchange shifts.
    SwapOffered {
        /// To whom.
        to: UserId,
        /// The one they give away.
        gives: Span,
        /// The one they take.
        takes: Span,
        /// Why.
        reason: Option<Text>,
    },
    /// An ask needs no answer any more: whoever asked took it back, or whoever was offered a swap declined.
    AskEnded {
        /// Which.
        ask: u64,
    },
}
