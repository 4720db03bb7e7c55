//! What is asked about the intake of an incident.

use jiff::Timestamp;

use super::Detection;
use crate::{
    ids::IncidentId,
    incident::MessageRef,
    playbook::{CriterionId, ServiceId},
};

/// A group of alerts that is to belong to an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attaching {
    /// Which group.
    pub group: u64,
    /// What is known of it, if there is one; filled in by the engine.
    pub found: Option<FoundAlerts>,
}

/// What is known of a group of alerts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundAlerts {
    /// What it is called.
    pub title: String,
    /// Who delivers it.
    pub source: String,
    /// How many of its alerts fire.
    pub firing: u32,
    /// Since when.
    pub since: Timestamp,
    /// Nobody took it.
    pub is_free: bool,
}

/// What is asked about the intake of an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Which criteria are true, and what else the same form asks.
    Answer {
        /// Those that are; none: still not sure.
        criteria: Vec<CriterionId>,
        /// Who noticed first, where that was said.
        detection: Option<Detection>,
        /// What is in trouble, where that was said.
        service: Option<ServiceId>,
    },
    /// Who noticed first.
    Detected {
        /// Who did.
        source: Detection,
    },
    /// What it is called, and what is in trouble.
    Describe {
        /// The title.
        title: String,
        /// The service; none: unknown.
        service: Option<ServiceId>,
    },
    /// What made it possible, or that this was not it.
    Tag {
        /// What did.
        condition: String,
        /// False: it did not.
        holds: bool,
        /// What it repeats then; looked up by the engine.
        repeats: Option<IncidentId>,
    },
    /// "I was about to declare the same": bring me in.
    Join,
    /// A value may have its say now.
    Nudge {
        /// Which value.
        value: String,
    },
    /// No more of the values in this incident.
    Mute,
    /// The message that the thread hangs below was posted.
    ThreadOpened {
        /// Where.
        at: MessageRef,
    },
    /// A group of alerts belongs to it.
    AttachAlerts(Attaching),
    /// So many alerts of a group that belongs to it fire now.
    AlertsStand {
        /// Which group.
        group: u64,
        /// How many.
        firing: u32,
    },
    /// A room instead of the thread.
    GiveRoom {
        /// What Slack said to the thread, where that is why.
        why: Option<String>,
    },
}
