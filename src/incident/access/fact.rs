//! What is recorded: the log of who was let in and who was removed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ids::{IncidentId, UserId},
    incident::Text,
    paging::PageId,
    playbook::{KindId, PhaseId, RoleId, Stage},
};

/// What happened to who may see an incident, and to what kind it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// Someone may see it from now on.
    LetIn {
        /// Who.
        who: UserId,
        /// By whom, where a person did it.
        by: Option<UserId>,
        /// How.
        how: Entry,
        /// Why.
        why: Option<Text>,
    },
    /// Someone may not see it any more.
    Removed {
        /// Who.
        who: UserId,
        /// By whom, where a person did it here.
        by: Option<UserId>,
        /// How.
        how: Exit,
        /// Why.
        why: Option<Text>,
    },
    /// Someone who was asked as one of a group wants to help; someone inside must let them in first.
    Knocked {
        /// Who.
        who: UserId,
        /// Which page reached them.
        page: PageId,
    },
    /// It turned out to be a secret, and goes on as another incident; this number stays as a stub.
    Moved {
        /// The one that goes on.
        to: IncidentId,
        /// Why.
        why: Option<Text>,
    },
    /// It is of another kind.
    KindChanged {
        /// Of which it was.
        from: KindId,
        /// Of which it is.
        to: KindId,
        /// Where it stands in that kind's phases.
        phase: PhaseId,
        /// What that means for timers and pages.
        stage: Stage,
        /// The role that leads now.
        lead_role: RoleId,
        /// Why.
        why: Option<Text>,
        /// When the next update is due now.
        update_due: Option<Timestamp>,
    },
}

/// How someone came to be inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// Someone inside let them in.
    Added,
    /// They were given a role, or asked to take one.
    Role,
    /// They are asked a question for their role.
    Consulted,
    /// They were paged by name, and acknowledged.
    Answered,
    /// Someone brought them into the room in Slack.
    Joined,
}

/// How someone came to be outside again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exit {
    /// Someone inside removed them.
    Removed,
    /// They left the room in Slack, or were removed from it there.
    Left,
}
