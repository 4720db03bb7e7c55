//! How the record tells that a duty was done. Each area answers for what it records.

use jiff::Timestamp;

use crate::{
    incident::{EntryKind, Event, Incident, What, case, comms, course, duty::Fact},
    playbook::{Audience, DutyCheck, RoleId},
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

/// Does this event of `it` show that it was done?
///
/// A check whose facts an area records gets its arm here; one that depends on more than a single event, in [`done_at`].
pub(super) fn shows(check: DutyCheck, it: &Incident, event: &Event) -> bool {
    let what = &event.what;
    let case = if let What::Case(fact) = what { Some(fact.itself()) } else { None };
    match check {
        // What a rule says of it nobody has looked at.
        DutyCheck::SeverityReviewed => {
            let changed = matches!(what, What::SeverityChanged { .. }) && event.by.person().is_some();
            changed || matches!(what, What::Course(course::Fact::SeverityConfirmed { .. }))
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
        DutyCheck::ExternalPosted => is_posted_outside(it, what),
        // More than one event shows that all are told, or all is answered.
        DutyCheck::NoticesDelivered | DutyCheck::ConsultsAnswered => false,
    }
}

/// Is a text for customers there, by whatever way? That it was released says only that a person is to post it.
fn is_posted_outside(it: &Incident, what: &What) -> bool {
    let send = match what {
        What::Comms(
            comms::Fact::Posted { send, .. }
            | comms::Fact::Published { send, .. }
            | comms::Fact::PostedByHand { send, .. },
        ) => *send,
        _ => return false,
    };
    it.comms.send(send).is_some_and(|s| s.to == Audience::External)
}

/// When the record last showed that it was done for this role; none: not yet.
#[must_use]
pub fn done_at(check: DutyCheck, role: &RoleId, it: &Incident) -> Option<Timestamp> {
    match check {
        DutyCheck::NoticesDelivered => it.case.all_told_at(),
        DutyCheck::ConsultsAnswered => it.course.answered_at(role),
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
        | DutyCheck::ReportsCounted => it.duty.seen.get(&check).copied(),
    }
}
