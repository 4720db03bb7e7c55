//! What is recorded of the intake. Stored for ever.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ids::{ChannelId, IncidentId, UserId},
    incident::{MessageRef, Text},
    playbook::{CriterionId, ServiceId},
};

/// What else is known when an incident is declared. Stands in the event that declares it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Opening {
    /// What is in trouble, where that was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceId>,
    /// When we noticed, where that was before declaring.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detected_at: Option<Timestamp>,
    /// The kept event that it was promoted from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<u64>,
    /// Something alike happened before, as this incident: the same service, the same words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeats: Option<IncidentId>,
    /// It is worked on in a thread in this channel, without a room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread: Option<ChannelId>,
}

/// Who noticed first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detection {
    /// Our own monitoring.
    Monitoring,
    /// Somebody of the organisation.
    Employee,
    /// A customer.
    Customer,
    /// Somebody else.
    Other,
}

impl Detection {
    /// Each of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Monitoring, Self::Employee, Self::Customer, Self::Other];

    /// Did we notice by ourselves?
    #[must_use]
    pub const fn is_own(self) -> bool {
        match self {
            Self::Monitoring | Self::Employee => true,
            Self::Customer | Self::Other => false,
        }
    }
}

/// What happened to what is known about how the trouble came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// Somebody said which criteria are true; none: still not sure.
    CriteriaAnswered {
        /// Those that are.
        criteria: Vec<CriterionId>,
    },
    /// Somebody said who noticed first.
    DetectionNoted {
        /// Who did.
        source: Detection,
    },
    /// It is about another service than was said, or about one at all.
    ServiceChanged {
        /// What was said before.
        from: Option<ServiceId>,
        /// What is said now; none: unknown.
        to: Option<ServiceId>,
    },
    /// Somebody says what made it possible, so that it is known when that makes trouble again.
    Tagged {
        /// What did, as [`condition`](super::condition) spells it.
        condition: Text,
        /// The same service had trouble by a condition of these before, as this incident.
        repeats: Option<IncidentId>,
    },
    /// That was not it.
    Untagged {
        /// The event that said so.
        tag: u64,
        /// What was not.
        condition: Text,
        /// As in [`Tagged`](Self::Tagged), by what is left.
        repeats: Option<IncidentId>,
    },
    /// Somebody who was about to declare the same joined instead.
    Joined {
        /// Who.
        person: UserId,
    },
    /// A value of the organisation had its say, once and quietly.
    Nudged {
        /// Which value.
        value: String,
        /// The value in a sentence, and what is said at its moment; copied from the playbook, which replay never reads.
        text: String,
        /// To whom.
        to: UserId,
    },
    /// Somebody wants to hear no more of the values in this incident.
    Muted {},
    /// The message that its thread hangs below is there.
    ThreadOpened {
        /// Which.
        at: MessageRef,
    },
    /// It gets a room, and goes on there instead of in its thread.
    RoomGiven {
        /// What Slack said to the thread, where that is why.
        why: Option<String>,
    },
    /// A group of alerts belongs to it.
    AlertsAttached {
        /// Which group.
        group: u64,
        /// What it is called.
        title: Text,
        /// Who delivers it.
        source: String,
        /// How many of its alerts fire.
        firing: u32,
        /// Since when.
        since: Timestamp,
    },
    /// No alert of the group fires any more.
    AlertsResolved {
        /// Which group.
        group: u64,
    },
    /// Alerts of it fire again.
    AlertsFiredAgain {
        /// Which group.
        group: u64,
        /// How many.
        firing: u32,
    },
}

impl Fact {
    /// Does the room hear of it?
    #[must_use]
    pub const fn is_said(&self) -> bool {
        match self {
            Self::CriteriaAnswered { .. }
            | Self::DetectionNoted { .. }
            | Self::ServiceChanged { .. }
            | Self::Tagged { .. }
            | Self::Untagged { .. }
            | Self::RoomGiven { .. }
            | Self::AlertsAttached { .. }
            | Self::AlertsResolved { .. }
            | Self::AlertsFiredAgain { .. } => true,
            Self::Joined { .. } | Self::Nudged { .. } | Self::Muted {} | Self::ThreadOpened { .. } => false,
        }
    }

    /// The words in it that can be redacted.
    #[must_use]
    pub const fn words(&self) -> Option<&Text> {
        match self {
            Self::AlertsAttached { title, .. } => Some(title),
            Self::Tagged { condition, .. } | Self::Untagged { condition, .. } => Some(condition),
            Self::CriteriaAnswered { .. }
            | Self::DetectionNoted { .. }
            | Self::ServiceChanged { .. }
            | Self::Joined { .. }
            | Self::Nudged { .. }
            | Self::Muted {}
            | Self::ThreadOpened { .. }
            | Self::RoomGiven { .. }
            | Self::AlertsResolved { .. }
            | Self::AlertsFiredAgain { .. } => None,
        }
    }

    /// Does the card say something else now?
    #[must_use]
    pub const fn changes_card(&self) -> bool {
        self.is_said()
    }

    /// Does it stand on the timeline?
    #[must_use]
    pub const fn is_on_timeline(&self) -> bool {
        match self {
            Self::CriteriaAnswered { .. }
            | Self::DetectionNoted { .. }
            | Self::ServiceChanged { .. }
            | Self::Tagged { .. }
            | Self::Untagged { .. }
            | Self::RoomGiven { .. }
            | Self::AlertsAttached { .. }
            | Self::AlertsResolved { .. }
            | Self::AlertsFiredAgain { .. } => true,
            Self::Joined { .. } | Self::Nudged { .. } | Self::Muted {} | Self::ThreadOpened { .. } => false,
        }
    }
}
