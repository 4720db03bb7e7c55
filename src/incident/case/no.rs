//! Why not.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ids::{IncidentId, UserId},
    playbook::RoleId,
};

/// Why nothing is recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum No {
    /// There is no customer with this number.
    NoSuchCustomer(u32),
    /// This name is on the list.
    SameName {
        /// As which customer.
        customer: u32,
    },
    /// There is no plan of how customers are told.
    NoPlan,
    /// Somebody else must find the plan right first.
    PlanNotApproved {
        /// Somebody with one of these roles.
        roles: Vec<RoleId>,
    },
    /// Whoever wrote the plan does not approve it.
    OwnPlan,
    /// Others approve the plan.
    NotApprover(Vec<RoleId>),
    /// The impact on this customer is not confirmed.
    NotConfirmed(u32),
    /// Nobody knows whom to tell at this customer.
    NoContact(u32),
    /// It was told already.
    WasTold(u32),
    /// It was not told yet.
    NotTold(u32),
    /// A notice that was sent lies in the past.
    SentLater,
    /// Nobody is told before the impact on them is confirmed.
    SentEarlier {
        /// When it was.
        confirmed_at: Timestamp,
    },
    /// That is no SHA-256.
    NotAHash,
    /// Evidence that was taken lies in the past.
    TakenLater,
    /// There is no piece of evidence with this number.
    NoSuchEvidence(u32),
    /// There is no observation with this number.
    NoSuchObservation(u32),
    /// This person was not let in, and so cannot keep evidence of it.
    NotInside(UserId),
    /// There is no engagement with this number.
    NoSuchEngagement(u32),
    /// This person is from outside, and the record has no engagement of theirs.
    NoEngagement(UserId),
    /// An engagement ends later than now.
    EndsInThePast,
    /// There is no such report that this person may know of.
    NoSuchReport(u64),
    /// The report belongs to another incident.
    ReportElsewhere {
        /// Which.
        report: u64,
        /// That one, which whoever asks may see.
        incident: IncidentId,
    },
    /// What belongs to a need-to-know incident stays there.
    ReportStays(u64),
    /// Somebody looks at this report already.
    ReportAcknowledged(u64),
    /// What was reported lies in the past.
    ReportedLater,
    /// Nothing is reported after more than a year.
    ReportedLongAgo,
}
