//! What people subscribed to: incidents of a service, from a severity on, in a phase, or a single one. Whoever follows hears of it by direct
//! message, without being in the room; of what is need-to-know never.

use serde::{Deserialize, Serialize};

use super::{Event, Incident, What};
use crate::{
    ids::IncidentId,
    playbook::{PhaseId, ServiceId, Severity},
};

/// The most subscriptions of one person.
pub const SUBSCRIPTIONS: usize = 20;

/// What is followed: everything that is named must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// This incident alone.
    pub incident: Option<IncidentId>,
    /// Incidents of this service.
    pub service: Option<ServiceId>,
    /// As bad as this, or worse.
    pub severity: Option<Severity>,
    /// When they come into one of these phases.
    pub phases: Vec<PhaseId>,
}

/// What happened to somebody's subscriptions. One's number is the place of its fact in their stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Subscribing {
    /// One more.
    Added {
        /// What is followed.
        wanted: Wanted,
    },
    /// Not any more.
    Removed {
        /// Which.
        number: u64,
    },
    /// They hear of nothing until they say otherwise, or of all again.
    Muted {
        /// Of nothing?
        muted: bool,
    },
}

/// Somebody's subscriptions as they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Subscriptions {
    /// Oldest first, by number.
    pub all: Vec<(u64, Wanted)>,
    /// They hear of nothing.
    pub muted: bool,
}

impl Subscriptions {
    /// Folds a fact in; `seq` is its place in the stream. Total: what makes no sense changes nothing.
    pub fn apply(&mut self, seq: u64, fact: &Subscribing) {
        match fact {
            Subscribing::Added { wanted } => self.all.push((seq, wanted.clone())),
            Subscribing::Removed { number } => self.all.retain(|(n, _)| n != number),
            Subscribing::Muted { muted } => self.muted = *muted,
        }
    }

    /// Do they want to hear what this event did to the incident?
    #[must_use]
    pub fn want(&self, it: &Incident, event: &Event) -> bool {
        !self.muted && self.all.iter().any(|(_, wanted)| wanted.fits(it, event))
    }
}

impl Wanted {
    fn fits(&self, it: &Incident, event: &Event) -> bool {
        // Whoever follows what is bad also hears that it is not so bad any more.
        let was = match &event.what {
            What::SeverityChanged { from, .. } => *from,
            _ => it.severity,
        };
        let begins = matches!(event.what, What::Declared { .. } | What::PhaseChanged { .. } | What::Reopened { .. });
        self.incident.is_none_or(|id| id == it.id)
            && self.service.as_ref().is_none_or(|service| it.intake.service.as_ref() == Some(service))
            && self.severity.is_none_or(|worst| it.severity <= worst || was <= worst)
            && (self.phases.is_empty() || (begins && self.phases.contains(&it.phase)))
    }
}

/// Is it something that those hear who follow?
#[must_use]
pub const fn is_followed(what: &What) -> bool {
    matches!(
        what,
        What::Declared { .. }
            | What::SeverityChanged { .. }
            | What::PhaseChanged { .. }
            | What::UpdatePosted { .. }
            | What::Closed {}
            | What::Cancelled { .. }
            | What::MergedInto { .. }
            | What::Reopened { .. }
    )
}
