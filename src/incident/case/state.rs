//! The records of a case, as they stand. Words stay in the events: here are their places.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Certainty, Reach};
use crate::{ids::UserId, incident::state::unset};

/// The records of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// Customers that are or may be affected.
    #[serde(skip_serializing_if = "unset")]
    pub customers: Vec<Customer>,
    /// How customers are told.
    #[serde(skip_serializing_if = "unset")]
    pub plan: Option<Plan>,
    /// Pieces of evidence.
    #[serde(skip_serializing_if = "unset")]
    pub evidence: Vec<Evidence>,
    /// What was observed.
    #[serde(skip_serializing_if = "unset")]
    pub observations: Vec<Observation>,
    /// Help from outside.
    #[serde(skip_serializing_if = "unset")]
    pub engagements: Vec<Engagement>,
    /// How many customers' reports belong to it.
    #[serde(skip_serializing_if = "unset")]
    pub reports: u32,
    /// When the first of them was reported.
    #[serde(skip_serializing_if = "unset")]
    pub first_report_at: Option<Timestamp>,
    /// Reports that wait for their acknowledgement.
    #[serde(skip_serializing_if = "unset")]
    pub waiting: Vec<Waiting>,
}

/// A piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Its number within the incident.
    pub number: u32,
    /// Place in the stream of the event that has it.
    pub seq: u64,
    /// Place in the stream of the latest event that says where it is kept.
    pub passed: u64,
    /// Who keeps it.
    pub custodian: UserId,
}

/// Something that was observed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// Its number within the incident.
    pub number: u32,
    /// Place in the stream of the event that has it.
    pub seq: u64,
    /// How sure one is by now.
    pub certainty: Certainty,
}

/// Help from outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engagement {
    /// Its number within the incident.
    pub number: u32,
    /// Place in the stream of the event that has it.
    pub seq: u64,
    /// Who helps.
    pub who: UserId,
    /// Until when.
    pub until: Timestamp,
    /// Is it over, or is there a later one for the same person?
    #[serde(default, skip_serializing_if = "unset")]
    pub ended: bool,
}

/// A report that waits for its acknowledgement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Which.
    pub report: u64,
    /// By when it is to be acknowledged.
    pub due: Timestamp,
    /// Is that time over?
    #[serde(default, skip_serializing_if = "unset")]
    pub overdue: bool,
}

/// A customer that is or may be affected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// Its number within the incident.
    pub number: u32,
    /// Place in the stream of the event that named it.
    pub seq: u64,
    /// Place in the stream of the event that has its contacts.
    pub contacts: u64,
    /// Which of its contacts is used; none: nobody is known.
    #[serde(default, skip_serializing_if = "unset")]
    pub reach: Option<Reach>,
    /// When the impact on it was confirmed.
    #[serde(default, skip_serializing_if = "unset")]
    pub confirmed_at: Option<Timestamp>,
    /// Where it stands.
    pub standing: Standing,
}

/// Where a customer stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It may be affected.
    Named,
    /// It is, and was not told yet.
    Confirmed {
        /// Place in the stream of the event that says so.
        seq: u64,
        /// By when it is to be told.
        due: Timestamp,
        /// The task of telling it.
        task: Option<u32>,
        /// Is that time over?
        overdue: bool,
    },
    /// It was told, and has not acknowledged it yet.
    Told {
        /// Place in the stream of the latest notice.
        seq: u64,
        /// When that was sent.
        at: Timestamp,
    },
    /// It acknowledged what it was told.
    Acknowledged {
        /// Place in the stream of the latest notice.
        seq: u64,
        /// When that was sent.
        at: Timestamp,
    },
    /// It is not affected.
    Cleared,
}

/// How customers are told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Place in the stream of its words.
    pub seq: u64,
    /// Who wrote it.
    pub by: Option<UserId>,
    /// Who else found it right.
    pub approved_by: Option<UserId>,
}

impl State {
    /// Does this person help from outside now?
    #[must_use]
    pub fn is_engaged(&self, who: &UserId) -> bool {
        self.engagements.iter().any(|e| e.who == *who && !e.ended)
    }

    /// Does anybody help from outside now?
    #[must_use]
    pub fn has_helpers(&self) -> bool {
        self.engagements.iter().any(|e| !e.ended)
    }

    /// Did this person help from outside, and does not any more?
    #[must_use]
    pub fn was_engaged(&self, who: &UserId) -> bool {
        self.engagements.iter().any(|e| e.who == *who) && !self.is_engaged(who)
    }

    /// The customer with this number.
    #[must_use]
    pub fn customer(&self, number: u32) -> Option<&Customer> {
        self.customers.iter().find(|c| c.number == number)
    }

    /// Those whose impact is confirmed and who were not told.
    pub fn untold(&self) -> impl Iterator<Item = &Customer> {
        self.customers.iter().filter(|c| matches!(c.standing, Standing::Confirmed { .. }))
    }

    /// Customers whose impact is confirmed, told or not.
    pub fn confirmed(&self) -> impl Iterator<Item = &Customer> {
        self.customers.iter().filter(|c| !matches!(c.standing, Standing::Named | Standing::Cleared))
    }

    /// When the last customer that had to be told was told; none while one waits, or nobody had to be.
    #[must_use]
    pub fn all_told_at(&self) -> Option<Timestamp> {
        if self.untold().next().is_some() {
            return None;
        }
        self.customers.iter().filter_map(Customer::told_at).max()
    }
}

impl Customer {
    /// When it was told last.
    #[must_use]
    pub const fn told_at(&self) -> Option<Timestamp> {
        match &self.standing {
            Standing::Told { at, .. } | Standing::Acknowledged { at, .. } => Some(*at),
            Standing::Named | Standing::Confirmed { .. } | Standing::Cleared => None,
        }
    }
}
