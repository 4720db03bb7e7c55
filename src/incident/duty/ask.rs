//! What people, timers and deliveries ask.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Several;
use crate::{
    ids::UserId,
    incident::When,
    playbook::{DutyId, RoleId},
};

/// One thing asked about who does what.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// Nobody has answered in time: ask the next ones.
    NextRung {
        /// For which role.
        role: RoleId,
        /// The ladder's version when the timer was set.
        version: u32,
    },
    /// A user group was looked up.
    FoundGroup {
        /// For which role.
        role: RoleId,
        /// The ladder's version when it was asked.
        version: u32,
        /// Which group.
        group: Several,
        /// Who is in it; empty when nobody can be reached.
        people: Vec<UserId>,
        /// Why it could not be found out who is in it.
        failed: Option<String>,
    },
    /// An offer did not reach its person.
    Unreachable {
        /// Of which role.
        role: RoleId,
        /// Which offer.
        offer: u32,
        /// Why, in the neighbour's word.
        why: String,
    },
    /// A duty is done.
    TickOff {
        /// Of which role.
        role: RoleId,
        /// Which.
        duty: DutyId,
        /// Whose; `None`: one's own, else anybody's.
        owner: Option<UserId>,
        /// Why, where the record would have told.
        why: Option<String>,
    },
    /// Give somebody something to do.
    AddTask {
        /// What.
        text: String,
        /// Who; `None`: whoever asks.
        owner: Option<UserId>,
        /// By when; `None`: a usual time.
        due: Option<When>,
    },
    /// Give a task to somebody else.
    GiveTask {
        /// Which.
        task: u32,
        /// To whom.
        to: UserId,
    },
    /// Give a task more time.
    PostponeTask {
        /// Which.
        task: u32,
        /// By when.
        due: When,
    },
    /// A task is done.
    FinishTask {
        /// Which.
        task: u32,
    },
}

/// Something that must be done outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
pub enum Deed {
    /// Find out who is in a user group that is asked to take a role.
    LookUpGroup {
        /// Which role.
        role: RoleId,
        /// The ladder's version.
        version: u32,
        /// Which group.
        group: Several,
    },
    /// A task and its buttons, for the one who has it; kept up to date.
    ShowTask {
        /// Which.
        task: u32,
        /// The event that made it, which has its words.
        seq: u64,
        /// To whom.
        to: UserId,
        /// It is theirs now; else only a message that they have is brought up to date.
        new: bool,
    },
}

/// A moment that people name for a task.
#[must_use]
pub(super) fn moment(when: When, now: Timestamp) -> Option<Timestamp> {
    match when {
        When::At(at) => Some(at),
        When::In(minutes) => now.checked_add(jiff::SignedDuration::from_mins(minutes.into())).ok(),
        When::Never => None,
    }
}
