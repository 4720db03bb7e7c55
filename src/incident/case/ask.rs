//! What people and timers ask.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Certainty, Motive};
use crate::ids::{IncidentId, UserId};

/// One thing asked about the records of a case. Texts are as people sent them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// A customer may be affected.
    NameCustomer {
        /// Its name.
        name: String,
        /// Its security contact.
        security: Option<String>,
        /// Its technical contact.
        technical: Option<String>,
        /// The names of those that are there, by number; filled in by the engine from the stream.
        known: BTreeMap<u32, String>,
    },
    /// How a customer is reached.
    ChangeContacts {
        /// Which.
        customer: u32,
        /// Its security contact.
        security: Option<String>,
        /// Its technical contact.
        technical: Option<String>,
    },
    /// The customer is affected for certain.
    ConfirmImpact {
        /// Which.
        customer: u32,
        /// What it suffers.
        impact: Option<String>,
    },
    /// The customer is not affected.
    Clear {
        /// Which.
        customer: u32,
        /// How one knows.
        why: String,
    },
    /// How customers are told.
    Plan {
        /// Who is told, in which order.
        order: String,
        /// Who tells them.
        teller: String,
        /// What they are told.
        text: String,
    },
    /// The plan is right.
    ApprovePlan,
    /// The customer was told, by hand.
    Tell {
        /// Which.
        customer: u32,
        /// What it was told.
        notice: Notice,
    },
    /// The customer acknowledged it.
    Acknowledge {
        /// Which.
        customer: u32,
        /// Who there, and how.
        who: String,
    },
    /// Keep a piece of evidence.
    KeepEvidence(Piece),
    /// Somebody else keeps it.
    PassEvidence {
        /// Which piece.
        item: u32,
        /// Who keeps it.
        to: UserId,
        /// Where it is kept now.
        place: Option<String>,
    },
    /// Something was observed.
    Observe {
        /// How sure one is.
        certainty: Certainty,
        /// What.
        text: String,
    },
    /// What was suspected is so.
    ConfirmObservation {
        /// Which observation.
        observation: u32,
        /// How one knows.
        how: Option<String>,
    },
    /// Somebody from outside helps.
    Engage(Engaging),
    /// That is over.
    EndEngagement {
        /// Which engagement.
        engagement: u32,
    },
    /// A report belongs to this incident.
    AttachReport {
        /// Which report.
        report: u64,
        /// What is known of it; filled in by the engine.
        found: Option<Found>,
    },
    /// A report does not belong to this incident after all.
    DetachReport {
        /// Which report.
        report: u64,
        /// What is known of it; filled in by the engine.
        found: Option<Found>,
        /// When the first of the others was reported; filled in by the engine.
        first: Option<Timestamp>,
    },
    /// A person looks at a report of this incident.
    AcknowledgeReport {
        /// Which report.
        report: u64,
        /// What is known of it; filled in by the engine.
        found: Option<Found>,
    },
    /// A timer rang.
    Ring(Alarm),
}

/// A piece of evidence, as people say it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// What it is.
    pub what: String,
    /// SHA-256 of it, in hex.
    pub sha256: Option<String>,
    /// Who keeps it; none: whoever says so.
    pub custodian: Option<UserId>,
    /// When it was taken; none: now.
    pub taken_at: Option<Timestamp>,
    /// Where it is kept.
    pub place: Option<String>,
}

/// Help from outside, as people say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Engaging {
    /// Who helps.
    pub who: UserId,
    /// Why from outside.
    pub reason: Motive,
    /// What they do here.
    pub scope: String,
    /// Is there an NDA?
    pub nda: bool,
    /// Until when.
    pub until: Timestamp,
}

/// What is known of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The incident that it belongs to.
    pub incident: Option<IncidentId>,
    /// When it was reported.
    pub reported_at: Timestamp,
    /// By when it is to be acknowledged.
    pub due: Timestamp,
    /// Does somebody look at it?
    pub acknowledged: bool,
}

/// What a customer was told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notice {
    /// What was sent.
    pub text: String,
    /// What the customer must do on its own side.
    pub actions: String,
    /// How it was sent.
    pub how: String,
    /// When it was sent; none: now.
    pub sent_at: Option<Timestamp>,
}

/// What must be looked at later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "alarm", rename_all = "snake_case")]
pub enum Alarm {
    /// The time in which a customer is to be told is over.
    Notice {
        /// Which customer.
        customer: u32,
    },
    /// The time of an engagement is over.
    Engagement {
        /// Which engagement.
        engagement: u32,
    },
    /// The time in which somebody is to look at a report is over.
    Report {
        /// Which report.
        report: u64,
    },
}

impl Alarm {
    /// What tells it from others of the same incident.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Notice { customer } => format!("notice/{customer}"),
            Self::Engagement { engagement } => format!("engagement/{engagement}"),
            Self::Report { report } => format!("report/{report}"),
        }
    }
}
