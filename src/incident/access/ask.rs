//! What people, and Slack's events, ask; and why it cannot be.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{IncidentId, UserId},
    playbook::KindId,
};

/// What is asked about who may see an incident, and of which kind it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Let someone in.
    LetIn {
        /// Whom.
        who: UserId,
        /// Why.
        why: String,
    },
    /// Let someone see it no more.
    Remove {
        /// Whom.
        who: UserId,
        /// Why.
        why: String,
    },
    /// Someone came into the room in Slack.
    Joined {
        /// Who.
        who: UserId,
        /// Who brought them, where Slack says so.
        by: Option<UserId>,
    },
    /// Someone left the room in Slack.
    Left {
        /// Who.
        who: UserId,
    },
    /// Make it a need-to-know incident.
    Restrict {
        /// Of this kind; `None` takes the playbook's first need-to-know kind.
        kind: Option<KindId>,
        /// Why.
        why: Option<String>,
        /// The number of the one that goes on; reserved by the engine.
        to: Option<IncidentId>,
    },
    /// Make it an incident of another kind.
    ChangeKind {
        /// Of which.
        to: KindId,
        /// Why.
        why: Option<String>,
    },
}

/// Why not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum No {
    /// It goes on elsewhere; this person is told whom to ask, and nothing else.
    Elsewhere {
        /// The stub.
        id: IncidentId,
        /// Who can let them in.
        ask: UserId,
    },
    /// They were asked as one of a group: someone inside must let them in, and has been told.
    Knocked,
    /// Everybody may see it: there is no list to change.
    IsOpen(IncidentId),
    /// It is a need-to-know incident already.
    IsPrivate(IncidentId),
    /// A need-to-know incident does not become an open one.
    StaysPrivate(IncidentId),
    /// The playbook has no kind of this name.
    NoSuchKind(KindId),
    /// The playbook has no need-to-know kind.
    NoPrivateKind,
    /// They may see it already.
    IsInside(UserId),
    /// They may not see it as it is.
    IsOutside(UserId),
    /// They hold a role.
    HoldsRole(UserId),
    /// There must be someone inside.
    LastOne(UserId),
    /// No more people fit on the list.
    Full(usize),
    /// Need-to-know incidents are not spoken of in channels.
    NotInChannels,
}
