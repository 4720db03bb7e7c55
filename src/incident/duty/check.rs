//! How the record tells that a duty was done. Each area answers for what it records.

use jiff::Timestamp;

use crate::{
    incident::{EntryKind, Incident, What, case, course, duty::Fact},
    playbook::{DutyCheck, RoleId},
};

/// Every check there is.
pub(super) const ALL: [DutyCheck; 13] = [
    DutyCheck::SeverityReviewed,
    DutyCheck::PageAcknowledged,
    DutyCheck::TimelineEntry,
    DutyCheck::Decision,
    DutyCheck::FinalFix,
    DutyCheck::UpdatePosted,
    DutyCheck::ExternalPosted,
    DutyCheck::TasksOwned,
    DutyCheck::Evidence,
    DutyCheck::EngagementPlan,
    DutyCheck::NoticesDelivered,
    DutyCheck::ReportsCounted,
    DutyCheck::ConsultsAnswered,
];

/// Does this event show that it was done?
///
/// A check whose facts an area records gets its arm here; one that depends on more than a single event, in [`done_at`].
pub(super) fn shows(check: DutyCheck, what: &What) -> bool {
    let case = if let What::Case(fact) = what { Some(fact.itself()) } else { None };
    match check {
        DutyCheck::SeverityReviewed => {
            matches!(what, What::SeverityChanged { .. } | What::Course(course::Fact::SeverityConfirmed { .. }))
        }
        DutyCheck::FinalFix => matches!(what, What::Course(course::Fact::FixConfirmed { .. })),
        DutyCheck::PageAcknowledged => matches!(what, What::PageAcknowledged { .. }),
        DutyCheck::TimelineEntry => {
            matches!(what, What::EntryAdded { .. }) || matches!(case, Some(case::Fact::Observed { .. }))
        }
        DutyCheck::Evidence => matches!(case, Some(case::Fact::EvidenceKept { .. })),
        DutyCheck::Decision => matches!(what, What::EntryAdded { entry: EntryKind::Decision, .. }),
        DutyCheck::UpdatePosted => matches!(what, What::UpdatePosted { .. }),
        // No task is without owner and time; the first one shows that they are given out.
        DutyCheck::TasksOwned => matches!(what, What::Duty(Fact::TaskAdded { .. })),
        DutyCheck::EngagementPlan => matches!(case, Some(case::Fact::PlanWritten { .. })),
        DutyCheck::ReportsCounted => matches!(case, Some(case::Fact::ReportAttached { .. })),
        // More than one event shows that all are told; nothing that is recorded so far shows the others: they are ticked by hand,
        // with a reason.
        DutyCheck::ExternalPosted | DutyCheck::NoticesDelivered | DutyCheck::ConsultsAnswered => false,
    }
}

/// When the record last showed that it was done for this role; none: not yet.
#[must_use]
pub fn done_at(check: DutyCheck, _role: &RoleId, it: &Incident) -> Option<Timestamp> {
    match check {
        DutyCheck::NoticesDelivered => it.case.all_told_at(),
        DutyCheck::SeverityReviewed
        | DutyCheck::PageAcknowledged
        | DutyCheck::TimelineEntry
        | DutyCheck::Decision
        | DutyCheck::FinalFix
        | DutyCheck::UpdatePosted
        | DutyCheck::ExternalPosted
        | DutyCheck::TasksOwned
        | DutyCheck::Evidence
        | DutyCheck::EngagementPlan
        | DutyCheck::ReportsCounted
        | DutyCheck::ConsultsAnswered => it.duty.seen.get(&check).copied(),
    }
}
