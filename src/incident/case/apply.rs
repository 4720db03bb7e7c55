//! Folds events into the records of a case.

use jiff::Timestamp;

use super::{
    Certainty, Customer, Engagement, Evidence, Fact, MOST_WAITING, Observation, Plan, Reach, Standing, State, Waiting,
};
use crate::incident::{Actor, Event, Incident, Text, What};

/// The state after `event`.
pub fn apply(it: &mut Incident, event: &Event) {
    let What::Case(fact) = &event.what else { return };
    let (at, by) = event.origin();
    fold(it, fact.itself(), by, at);
    // What was redacted before it came along says as little here.
    if let (Fact::Carried { .. }, Some(text)) = (fact, fact.words())
        && text.words().is_none()
    {
        redacted(&mut it.case, it.version);
    }
}

fn fold(it: &mut Incident, fact: &Fact, by: &Actor, at: Timestamp) {
    let (seq, state) = (it.version, &mut it.case);
    match fact {
        Fact::CustomerNamed { customer, security, technical, .. } => {
            let reach = reach(security.as_ref(), technical.as_ref());
            let standing = Standing::Named;
            state.customers.push(Customer {
                number: *customer,
                seq,
                contacts: seq,
                reach,
                confirmed_at: None,
                standing,
            });
        }
        Fact::PlanWritten { .. } => {
            state.plan = Some(Plan { seq, by: by.person().cloned(), approved_by: None });
        }
        Fact::PlanApproved {} => {
            if let Some(plan) = &mut state.plan {
                plan.approved_by = by.person().cloned();
            }
        }
        Fact::Engaged { engagement, who, until, .. } => {
            state.engagements.iter_mut().filter(|e| e.who == *who).for_each(|e| e.ended = true);
            let (number, who, until) = (*engagement, who.clone(), *until);
            state.engagements.push(Engagement { number, seq, who, until, ended: false });
        }
        Fact::EngagementEnded { engagement, .. } => {
            state.engagements.iter_mut().filter(|e| e.number == *engagement).for_each(|e| e.ended = true);
        }
        Fact::EvidenceKept { item, custodian, .. } => {
            let (number, custodian) = (*item, custodian.clone());
            state.evidence.push(Evidence { number, seq, passed: seq, custodian });
        }
        Fact::CustodyPassed { item, to, place, .. } => {
            for piece in state.evidence.iter_mut().filter(|e| e.number == *item) {
                piece.custodian.clone_from(to);
                // Where it stayed, the place that was said before holds.
                if place.is_some() {
                    piece.passed = seq;
                }
            }
        }
        Fact::Observed { observation, certainty, .. } => {
            state.observations.push(Observation { number: *observation, seq, certainty: *certainty });
        }
        Fact::ObservationConfirmed { observation, .. } => {
            let confirmed = state.observations.iter_mut().filter(|o| o.number == *observation);
            confirmed.for_each(|o| o.certainty = Certainty::Confirmed);
        }
        Fact::ReportAttached { .. }
        | Fact::ReportDetached { .. }
        | Fact::ReportAcknowledged { .. }
        | Fact::ReportOverdue { .. } => {
            reported(state, fact);
        }
        Fact::ContactsChanged { .. }
        | Fact::ImpactConfirmed { .. }
        | Fact::CustomerCleared { .. }
        | Fact::CustomerTold { .. }
        | Fact::NoticeOverdue { .. }
        | Fact::NoticeAcknowledged { .. } => {
            for customer in state.customers.iter_mut().filter(|c| fact.customer() == Some(c.number)) {
                change(customer, fact, seq, at);
            }
        }
        // Looked into before.
        Fact::Carried { .. } => {}
    }
}

fn reported(state: &mut State, fact: &Fact) {
    match fact {
        Fact::ReportAttached { report, reported_at, due } => {
            state.reports += 1;
            state.first_report_at = state.first_report_at.into_iter().chain([*reported_at]).min();
            if let Some(due) = due.filter(|_| state.waiting.len() < MOST_WAITING) {
                state.waiting.push(Waiting { report: *report, due, overdue: false });
            }
        }
        Fact::ReportDetached { report, first } => {
            state.reports = state.reports.saturating_sub(1);
            state.first_report_at = *first;
            state.waiting.retain(|w| w.report != *report);
        }
        Fact::ReportAcknowledged { report } => state.waiting.retain(|w| w.report != *report),
        Fact::ReportOverdue { report } => {
            state.waiting.iter_mut().filter(|w| w.report == *report).for_each(|w| w.overdue = true);
        }
        _ => {}
    }
}

/// The security contact, else the technical one.
fn reach(security: Option<&Text>, technical: Option<&Text>) -> Option<Reach> {
    security.map(|_| Reach::Security).or(technical.map(|_| Reach::Technical))
}

fn change(customer: &mut Customer, fact: &Fact, seq: u64, at: Timestamp) {
    match fact {
        Fact::ContactsChanged { security, technical, .. } => {
            (customer.contacts, customer.reach) = (seq, reach(security.as_ref(), technical.as_ref()));
        }
        Fact::ImpactConfirmed { due, task, .. } => {
            customer.confirmed_at = Some(at);
            customer.standing = Standing::Confirmed { seq, due: *due, task: *task, overdue: false };
        }
        Fact::CustomerCleared { .. } => customer.standing = Standing::Cleared,
        Fact::CustomerTold { sent_at, .. } => customer.standing = Standing::Told { seq, at: *sent_at },
        Fact::NoticeOverdue { .. } => {
            if let Standing::Confirmed { overdue, .. } = &mut customer.standing {
                *overdue = true;
            }
        }
        Fact::NoticeAcknowledged { .. } => {
            if let Standing::Told { seq, at } = customer.standing {
                customer.standing = Standing::Acknowledged { seq, at };
            }
        }
        Fact::CustomerNamed { .. }
        | Fact::PlanWritten { .. }
        | Fact::PlanApproved {}
        | Fact::Engaged { .. }
        | Fact::EngagementEnded { .. }
        | Fact::EvidenceKept { .. }
        | Fact::CustodyPassed { .. }
        | Fact::Observed { .. }
        | Fact::ObservationConfirmed { .. }
        | Fact::ReportAttached { .. }
        | Fact::ReportDetached { .. }
        | Fact::ReportAcknowledged { .. }
        | Fact::ReportOverdue { .. }
        | Fact::Carried { .. } => {}
    }
}

/// Words that are gone tell nobody whom to reach, or how to tell them.
pub fn redacted(state: &mut State, entry: u64) {
    state.customers.iter_mut().filter(|c| c.contacts == entry).for_each(|c| c.reach = None);
    state.plan.take_if(|plan| plan.seq == entry);
}
