//! What is recorded.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ids::UserId,
    incident::{Actor, Text},
};

/// What happened about the records of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// A customer may be affected.
    CustomerNamed {
        /// Counts customers of this incident.
        customer: u32,
        /// Its name.
        name: Text,
        /// Its security contact, and how to reach them.
        security: Option<Text>,
        /// Its technical contact, for when there is no security contact.
        technical: Option<Text>,
    },
    /// A customer is reached otherwise than was known; both contacts as they are now.
    ContactsChanged {
        /// Which customer.
        customer: u32,
        /// Its security contact.
        security: Option<Text>,
        /// Its technical contact.
        technical: Option<Text>,
    },
    /// The customer is affected for certain.
    ImpactConfirmed {
        /// Which customer.
        customer: u32,
        /// What it suffers.
        impact: Option<Text>,
        /// By when it is to be told.
        due: Timestamp,
        /// The task of telling it; none where no more tasks fit.
        task: Option<u32>,
    },
    /// The customer is not affected.
    CustomerCleared {
        /// Which customer.
        customer: u32,
        /// How one knows.
        why: Text,
    },
    /// How customers are told.
    PlanWritten {
        /// Who is told, in which order.
        order: Text,
        /// Who tells them.
        teller: Text,
        /// What they are told.
        text: Text,
    },
    /// Somebody other than its author found the plan right.
    PlanApproved {},
    /// A person told the customer.
    CustomerTold {
        /// Which customer.
        customer: u32,
        /// Which of its contacts.
        reach: Reach,
        /// What was sent.
        text: Text,
        /// What the customer must do on its own side.
        actions: Text,
        /// How it was sent.
        how: Text,
        /// When it was sent.
        sent_at: Timestamp,
    },
    /// The time in which it should have been told is over.
    NoticeOverdue {
        /// Which customer.
        customer: u32,
    },
    /// The customer acknowledged what it was told.
    NoticeAcknowledged {
        /// Which customer.
        customer: u32,
        /// Who there, and how.
        who: Text,
    },
    /// A piece of evidence is kept.
    EvidenceKept {
        /// Counts pieces of this incident.
        item: u32,
        /// What it is.
        what: Text,
        /// SHA-256 of it, in hex, where it is a file.
        sha256: Option<String>,
        /// Who keeps it.
        custodian: UserId,
        /// When it was taken.
        taken_at: Timestamp,
        /// Where it is kept.
        place: Option<Text>,
    },
    /// Somebody else keeps it, or it is kept elsewhere.
    CustodyPassed {
        /// Which piece.
        item: u32,
        /// Who kept it.
        from: UserId,
        /// Who keeps it.
        to: UserId,
        /// Where it is kept now, where that changed.
        place: Option<Text>,
    },
    /// Something was observed.
    Observed {
        /// Counts observations of this incident.
        observation: u32,
        /// How sure one is.
        certainty: Certainty,
        /// What.
        text: Text,
    },
    /// What was suspected is so.
    ObservationConfirmed {
        /// Which observation.
        observation: u32,
        /// How one knows.
        how: Option<Text>,
    },
    /// Somebody from outside helps.
    Engaged {
        /// Counts engagements of this incident.
        engagement: u32,
        /// Who.
        who: UserId,
        /// Why from outside.
        reason: Motive,
        /// What they do here.
        scope: Text,
        /// Is there an NDA?
        nda: bool,
        /// Until when.
        until: Timestamp,
    },
    /// That is over, and their access with it.
    EngagementEnded {
        /// Which engagement.
        engagement: u32,
        /// Whose.
        who: UserId,
        /// Its time was over; else somebody ended it.
        expired: bool,
    },
    /// A customer's report belongs to this incident.
    ReportAttached {
        /// Which report.
        report: u64,
        /// When it was reported.
        reported_at: Timestamp,
        /// By when it is to be acknowledged; none where it was.
        due: Option<Timestamp>,
    },
    /// It belongs to another one, or to none.
    ReportDetached {
        /// Which report.
        report: u64,
        /// When the first of the others was reported.
        first: Option<Timestamp>,
    },
    /// A person looks at the report.
    ReportAcknowledged {
        /// Which report.
        report: u64,
    },
    /// The time in which somebody should have looked at it is over.
    ReportOverdue {
        /// Which report.
        report: u64,
    },
    /// It was recorded before the incident became a secret, in the open one that it began as, and came along.
    Carried {
        /// Its place in that stream.
        entry: u64,
        /// When it was recorded there.
        at: Timestamp,
        /// By whom.
        by: Actor,
        /// What. Its numbers are the same here; a task it had is not.
        record: Box<Fact>,
    },
}

/// How sure one is of what was observed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// It may be so.
    Suspected,
    /// It is so.
    Confirmed,
}

/// Why somebody from outside helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Motive {
    /// There are too few of us.
    Capacity,
    /// We cannot do it ourselves.
    Skill,
    /// It must not be one of us.
    Independent,
}

impl Motive {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::Capacity, Self::Skill, Self::Independent];

    /// What people type for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Capacity => "capacity",
            Self::Skill => "skill",
            Self::Independent => "independent",
        }
    }
}

/// Which contact of a customer is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// The security contact.
    Security,
    /// The technical contact, where there is no security contact.
    Technical,
}

impl Fact {
    /// The record itself, wherever it was made first.
    #[must_use]
    pub fn itself(&self) -> &Self {
        match self {
            Self::Carried { record, .. } => record.itself(),
            other => other,
        }
    }

    /// The customer that it is about.
    #[must_use]
    pub fn customer(&self) -> Option<u32> {
        match self {
            Self::CustomerNamed { customer, .. }
            | Self::ContactsChanged { customer, .. }
            | Self::ImpactConfirmed { customer, .. }
            | Self::CustomerCleared { customer, .. }
            | Self::CustomerTold { customer, .. }
            | Self::NoticeOverdue { customer }
            | Self::NoticeAcknowledged { customer, .. } => Some(*customer),
            Self::Carried { record, .. } => record.customer(),
            Self::PlanWritten { .. }
            | Self::PlanApproved {}
            | Self::Engaged { .. }
            | Self::EngagementEnded { .. }
            | Self::EvidenceKept { .. }
            | Self::CustodyPassed { .. }
            | Self::Observed { .. }
            | Self::ObservationConfirmed { .. }
            | Self::ReportAttached { .. }
            | Self::ReportDetached { .. }
            | Self::ReportAcknowledged { .. }
            | Self::ReportOverdue { .. } => None,
        }
    }

    /// The words of people in it.
    #[must_use]
    pub fn words(&self) -> Option<&Text> {
        match self {
            Self::CustomerNamed { name: text, .. }
            | Self::CustomerCleared { why: text, .. }
            | Self::PlanWritten { text, .. }
            | Self::CustomerTold { text, .. }
            | Self::Engaged { scope: text, .. }
            | Self::EvidenceKept { what: text, .. }
            | Self::Observed { text, .. }
            | Self::NoticeAcknowledged { who: text, .. } => Some(text),
            Self::CustodyPassed { place: text, .. } | Self::ObservationConfirmed { how: text, .. } => text.as_ref(),
            Self::ContactsChanged { security, technical, .. } => security.as_ref().or(technical.as_ref()),
            Self::ImpactConfirmed { impact, .. } => impact.as_ref(),
            Self::Carried { record, .. } => record.words(),
            Self::PlanApproved {}
            | Self::EngagementEnded { .. }
            | Self::NoticeOverdue { .. }
            | Self::ReportAttached { .. }
            | Self::ReportDetached { .. }
            | Self::ReportAcknowledged { .. }
            | Self::ReportOverdue { .. } => None,
        }
    }
}
