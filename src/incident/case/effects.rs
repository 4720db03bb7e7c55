//! What must be done about it.

use super::{Alarm, Fact, Standing, customers::told_of_late};
use crate::{
    ids::UserId,
    incident::{Context, Effect, Effects, Event, Incident, Reminder, Said, Timer, What, access},
};

/// Whoever tells customers, and whoever leads, hear of one that waits too long.
pub fn effects(out: &mut Effects, cx: &Context<'_>, after: &Incident, event: &Event) {
    let What::Case(fact) = &event.what else { return };
    match fact {
        Fact::NoticeOverdue { customer } => {
            let late = |to: &UserId| Effect::remind(after.id, to, Reminder::Untold { customer: *customer });
            out.now.extend(told_of_late(after, cx.playbook).into_iter().map(late));
        }
        // Of a need-to-know incident they leave by being removed; the room that it began in, whether they were let in or not.
        Fact::EngagementEnded { who, .. } if !after.is_secret() || after.access.continues.is_some() => {
            out.now.push(Effect::Access(access::Deed::ShowOut { who: who.clone() }));
        }
        // The lines that asked somebody to look at it.
        Fact::ReportAcknowledged { report } | Fact::ReportDetached { report, .. } => {
            out.now.push(Effect::ShowSaid { what: Said::Report(*report) });
        }
        Fact::CustomerNamed { .. }
        | Fact::Engaged { .. }
        | Fact::EngagementEnded { .. }
        | Fact::ContactsChanged { .. }
        | Fact::ImpactConfirmed { .. }
        | Fact::CustomerCleared { .. }
        | Fact::PlanWritten { .. }
        | Fact::PlanApproved {}
        | Fact::CustomerTold { .. }
        | Fact::NoticeAcknowledged { .. }
        | Fact::EvidenceKept { .. }
        | Fact::CustodyPassed { .. }
        | Fact::Observed { .. }
        | Fact::ObservationConfirmed { .. }
        | Fact::ReportAttached { .. }
        | Fact::ReportOverdue { .. }
        | Fact::Carried { .. } => {}
    }
}

/// Does the room hear of it?
pub const fn is_said(fact: &Fact) -> bool {
    match fact {
        Fact::CustomerNamed { .. }
        | Fact::ImpactConfirmed { .. }
        | Fact::CustomerCleared { .. }
        | Fact::PlanWritten { .. }
        | Fact::PlanApproved {}
        | Fact::CustomerTold { .. }
        | Fact::NoticeOverdue { .. }
        | Fact::NoticeAcknowledged { .. }
        | Fact::ReportAttached { .. }
        | Fact::ReportDetached { .. }
        | Fact::ReportAcknowledged { .. }
        | Fact::ReportOverdue { .. }
        | Fact::Engaged { .. }
        | Fact::EngagementEnded { .. }
        | Fact::EvidenceKept { .. }
        | Fact::CustodyPassed { .. }
        | Fact::Observed { .. }
        | Fact::ObservationConfirmed { .. } => true,
        // What came along was said where it was recorded.
        Fact::ContactsChanged { .. } | Fact::Carried { .. } => false,
    }
}

/// A timer for each customer that is to be told, and for each report that somebody is to look at.
pub fn timers(out: &mut Effects, before: Option<&Incident>, after: &Incident) {
    for customer in after.case.untold() {
        let Standing::Confirmed { due, seq, .. } = customer.standing else { continue };
        let known = before
            .and_then(|b| b.case.customer(customer.number))
            .is_some_and(|old| matches!(old.standing, Standing::Confirmed { seq: before, .. } if before == seq));
        if !known {
            out.later.push((due, Timer::Case(Alarm::Notice { customer: customer.number })));
        }
    }
    let begun = |number: u32| before.is_some_and(|b| b.case.engagements.iter().any(|e| e.number == number));
    let fresh = after.case.engagements.iter().filter(|e| !e.ended && !begun(e.number));
    out.later.extend(fresh.map(|e| (e.until, Timer::Case(Alarm::Engagement { engagement: e.number }))));
    let known = |report: u64| before.is_some_and(|b| b.case.waiting.iter().any(|w| w.report == report));
    let fresh = after.case.waiting.iter().filter(|w| !known(w.report));
    out.later.extend(fresh.map(|w| (w.due, Timer::Case(Alarm::Report { report: w.report }))));
}
