//! A group of alerts as it stands.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{KEPT_FIRING, KEPT_QUIET, Opened};
use crate::{
    ids::{IncidentId, UserId},
    playbook::Severity,
};

/// A group of alerts as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its number: `A-12` is 12.
    pub number: u64,
    /// How it began.
    pub opened: Opened,
    /// When it came in.
    pub at: Timestamp,
    /// When its alerts last changed.
    pub changed: Timestamp,
    /// Its alerts, by what makes each itself: those that fire, and those that did last.
    pub alerts: BTreeMap<String, One>,
    /// There are more than these.
    pub more: bool,
    /// How bad an incident of them would be, where a rule says so.
    pub suggest: Option<Severity>,
    /// What became of it.
    pub standing: Standing,
    /// When its message shows the last change, at the earliest.
    pub show: Timestamp,
}

/// An alert of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct One {
    /// Since when it fires.
    pub starts: Timestamp,
    /// Until when it did; none: it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
    /// What it says, where that is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<Words>,
}

/// What an alert says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// What it is called.
    pub name: String,
    /// What more it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// How bad, in the source's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    /// Where to look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// What became of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Nothing yet.
    Free,
    /// It belongs to this incident.
    Attached {
        /// Which.
        incident: IncidentId,
    },
    /// Somebody found that it is none of ours.
    Dismissed {
        /// Who.
        by: Option<UserId>,
        /// When.
        at: Timestamp,
    },
}

impl Group {
    /// The alerts that fire, those with words first, then the oldest.
    #[must_use]
    pub fn firing(&self) -> Vec<&One> {
        let mut firing: Vec<&One> = self.alerts.values().filter(|one| one.ended.is_none()).collect();
        firing.sort_by_key(|one| (one.words.is_none(), one.starts));
        firing
    }

    /// The alerts that fired, the latest first.
    #[must_use]
    pub fn resolved(&self) -> Vec<&One> {
        let mut resolved: Vec<&One> = self.alerts.values().filter(|one| one.ended.is_some()).collect();
        resolved.sort_by_key(|one| std::cmp::Reverse(one.ended));
        resolved
    }

    /// Does any alert of it fire?
    #[must_use]
    pub fn is_firing(&self) -> bool {
        self.more || self.alerts.values().any(|one| one.ended.is_none())
    }

    /// Since when something has been wrong: the earliest that fires.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        self.firing().iter().map(|one| one.starts).min().unwrap_or(self.at)
    }

    /// The incident that it belongs to.
    #[must_use]
    pub const fn incident(&self) -> Option<IncidentId> {
        match &self.standing {
            Standing::Attached { incident } => Some(*incident),
            Standing::Free | Standing::Dismissed { .. } => None,
        }
    }

    /// Does it fire, and nobody took it?
    #[must_use]
    pub fn waits(&self) -> bool {
        self.standing == Standing::Free && self.is_firing()
    }

    /// From when on it may be forgotten.
    #[must_use]
    pub fn forget_at(&self) -> Timestamp {
        let kept = if self.is_firing() { KEPT_FIRING } else { KEPT_QUIET };
        self.changed.saturating_add(kept).unwrap_or(Timestamp::MAX)
    }
}
