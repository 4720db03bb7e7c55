//! Customers' reports that belong to the incident.

use jiff::Timestamp;

use super::{Fact, Found, No};
use crate::incident::{Context, Incident, Rejection, What, decide::must_be_open};

pub(super) fn attach(it: &Incident, report: u64, found: Option<&Found>) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    let found = found.ok_or(Rejection::Case(No::NoSuchReport(report)))?;
    match found.incident {
        Some(id) if id == it.id => return Err(Rejection::AlreadySo),
        Some(incident) => return Err(Rejection::Case(No::ReportElsewhere { report, incident })),
        None => {}
    }
    let due = (!found.acknowledged).then_some(found.due);
    Ok(vec![What::Case(Fact::ReportAttached { report, reported_at: found.reported_at, due })])
}

/// After the end too: another incident may be the right one. What belongs to a need-to-know incident is not shown to others
/// again.
pub(super) fn detach(
    it: &Incident,
    report: u64,
    found: Option<&Found>,
    first: Option<Timestamp>,
) -> Result<Vec<What>, Rejection> {
    found.filter(|found| found.incident == Some(it.id)).ok_or(Rejection::Case(No::NoSuchReport(report)))?;
    if it.is_secret() {
        return Err(Rejection::Case(No::ReportStays(report)));
    }
    Ok(vec![What::Case(Fact::ReportDetached { report, first })])
}

/// Acknowledged after the end too: whoever reported it waits all the same.
pub(super) fn acknowledge(it: &Incident, report: u64, found: Option<&Found>) -> Result<Vec<What>, Rejection> {
    match found.filter(|found| found.incident == Some(it.id)) {
        None => Err(Rejection::Case(No::NoSuchReport(report))),
        Some(found) if found.acknowledged => Err(Rejection::Case(No::ReportAcknowledged(report))),
        Some(_) => Ok(vec![What::Case(Fact::ReportAcknowledged { report })]),
    }
}

/// Nobody has said in time that they look at it. After the end too, as with acknowledging.
pub(super) fn overdue(it: &Incident, report: u64, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    let late = |w: &&super::Waiting| w.report == report && !w.overdue && w.due <= cx.now;
    match it.case.waiting.iter().find(late) {
        Some(_) => Ok(vec![What::Case(Fact::ReportOverdue { report })]),
        None => Err(Rejection::Stale),
    }
}
