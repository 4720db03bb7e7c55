//! What people ask about who is on call, and why not.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Span;
use crate::{
    ids::UserId,
    paging::schedule::{Change, OverrideId},
};

/// The longest override or absence; more is a typing error.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 366);

/// What is asked of a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Somebody else is on call.
    Override {
        /// When.
        span: Span,
        /// What differs.
        change: Change,
        /// Why.
        reason: Option<String>,
    },
    /// An override is taken back.
    EndOverride {
        /// Which.
        id: OverrideId,
    },
    /// "Who takes my place?"
    CoverMe {
        /// When.
        span: Span,
        /// Why.
        reason: Option<String>,
    },
    /// "Shall we exchange shifts?"
    Swap {
        /// With whom.
        with: UserId,
        /// An instant of the shift that is given away; none: one's next.
        mine: Option<Timestamp>,
        /// An instant of the shift that is taken; none: their next.
        theirs: Option<Timestamp>,
        /// Why.
        reason: Option<String>,
    },
    /// Yes, to cover or swap.
    Take {
        /// To which ask.
        ask: u64,
    },
    /// No more: by whoever asked, or by whoever was offered a swap.
    EndAsk {
        /// Which.
        ask: u64,
    },
}

/// What is asked of a person's calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AwayAsk {
    /// They are away.
    Note {
        /// When.
        span: Span,
    },
    /// They are not, or back from now on.
    End {
        /// Which absence.
        number: u64,
    },
}

/// Why not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum No {
    /// There is no such schedule.
    NoSuchSchedule,
    /// It ends before it begins, or has ended.
    Past,
    /// It is longer than [`LONGEST`].
    TooLong,
    /// There are too many at once.
    TooMany {
        /// How many there may be.
        limit: usize,
    },
    /// It is so already.
    AlreadySo,
    /// They are not on call then.
    NotOnCall {
        /// Who.
        who: UserId,
    },
    /// They are away for all of it, or a part.
    Away {
        /// Who.
        who: UserId,
        /// When.
        span: Span,
    },
    /// Somebody cannot take their own place.
    Oneself,
    /// Nobody else is in the schedule, or everybody else is away then.
    NobodyElse,
    /// There is no such override, or it is over.
    NoSuchOverride,
    /// There is no such absence, or it is over.
    NoSuchAbsence,
    /// There is no such ask.
    NoSuchAsk,
    /// Somebody else said yes.
    Taken {
        /// Who.
        by: UserId,
    },
    /// It needs no answer any more.
    AskOver,
    /// They were not asked.
    NotAsked,
}
