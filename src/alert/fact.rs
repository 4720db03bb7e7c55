//! What is recorded of alerts. Stored for ever.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Words;
use crate::{
    ids::IncidentId,
    incident::Actor,
    playbook::{ServiceId, Severity},
};

/// The version that this release writes.
pub const NOTICED_VERSION: u8 = 1;

/// One fact in the stream of alerts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noticed {
    /// Version of this shape.
    pub v: u8,
    /// When.
    pub at: Timestamp,
    /// Who made it happen.
    pub by: Actor,
    /// What happened.
    pub what: Happening,
}

/// What happens to groups of alerts. A group's number is the place in the stream at which it was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Happening {
    /// A group came into being.
    GroupOpened(Opened),
    /// Alerts of it fire that did not before.
    AlertsFired {
        /// Which group.
        group: u64,
        /// Which alerts.
        alerts: Vec<Fired>,
        /// There are more than are told apart.
        #[serde(default)]
        more: bool,
        /// How bad an incident of them would be, where a rule says so.
        #[serde(default)]
        suggest: Option<Severity>,
        /// When its message shows that, at the earliest.
        show: Timestamp,
    },
    /// Alerts of it do not fire any more.
    AlertsResolved {
        /// Which group.
        group: u64,
        /// Which alerts.
        alerts: Vec<Ended>,
        /// When its message shows that, at the earliest.
        show: Timestamp,
    },
    /// It belongs to this incident.
    GroupAttached {
        /// Which group.
        group: u64,
        /// Which incident.
        incident: IncidentId,
    },
    /// Somebody looked at it, and it is none of ours.
    GroupDismissed {
        /// Which group.
        group: u64,
    },
    /// These are so old that nobody looks for them.
    GroupsForgotten {
        /// Which groups.
        groups: Vec<u64>,
    },
}

/// A group as it begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// What makes it itself, as a digest of source, group key and service.
    pub key: String,
    /// Who delivers.
    pub source: String,
    /// What it is called.
    pub title: String,
    /// Of which service.
    pub service: Option<ServiceId>,
    /// How bad, in the source's word.
    pub severity: Option<String>,
    /// Where to look at all of it.
    pub link: Option<String>,
}

/// An alert that fires.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fired {
    /// What makes it itself.
    pub key: String,
    /// Since when.
    pub starts: Timestamp,
    /// What it says; none where there are many.
    pub words: Option<Words>,
}

/// An alert that does not fire any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// What makes it itself.
    pub key: String,
    /// Since when it had fired.
    pub starts: Timestamp,
    /// Until when.
    pub ended: Timestamp,
}
