//! Close, cancel, reopen, merge.

use super::{Context, must_be_open, pages, reason, updates};
use crate::{
    ids::IncidentId,
    incident::{Ending, Incident, PageEnd, Rejection, What, course},
    playbook::Stage,
};

pub(super) fn close(it: &Incident, why: Option<&str>, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    if it.stage != Stage::Resolved {
        return Err(Rejection::NotResolved(it.id));
    }
    let why = reason(why)?;
    let overridden = course::pass(it, course::Gate::Close, course::closing(it, cx), why.as_ref(), true, cx)?;
    // What held up a major one is recorded with the reason.
    let open = if cx.playbook.is_major(it.severity) { None } else { course::left_open(it) };
    let left = overridden.into_iter().chain(open);
    Ok(left.chain(end(it, What::Closed {}, PageEnd::Closed)).collect())
}

pub(super) fn cancel(it: &Incident, why: Option<&str>, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    let why = reason(why)?;
    let overridden = course::pass(it, course::Gate::Cancel, course::untold(it), why.as_ref(), false, cx)?;
    let left = overridden.into_iter().chain(course::left_open(it));
    Ok(left.chain(end(it, What::Cancelled { why }, PageEnd::Cancelled)).collect())
}

pub(super) fn merge(it: &Incident, into: IncidentId, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    if into == it.id {
        return Err(Rejection::MergeWithItself);
    }
    course::pass(it, course::Gate::Merge, course::untold(it), None, false, cx)?;
    let merged = end(it, What::MergedInto { into }, PageEnd::Merged);
    Ok(course::left_open(it).into_iter().chain(merged).collect())
}

/// The incident that goes on must be one that can.
pub(super) fn take(it: &Incident, from: IncidentId) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    Ok(vec![What::MergedFrom { from }])
}

fn end(it: &Incident, how: What, why: PageEnd) -> Vec<What> {
    let mut events = vec![how];
    events.extend(pages::end_all(it, why));
    events
}

/// Goes back to the phase it had when it was cancelled; from resolved or closed, to the first one.
pub(super) fn reopen(it: &Incident, why: Option<&str>, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    match (&it.ending, it.stage) {
        (Some(Ending::Merged { into, .. }), _) => return Err(Rejection::Merged { into: *into }),
        (None, Stage::Active | Stage::Monitoring) => return Err(Rejection::NotEnded(it.id)),
        (None, Stage::Resolved) | (Some(Ending::Closed { .. } | Ending::Cancelled { .. }), _) => {}
    }
    let kind = cx.playbook.kind(&it.kind);
    let back = match it.stage {
        Stage::Resolved => kind.first(Stage::Active),
        Stage::Active | Stage::Monitoring => kind.phase(it.phase.as_str()),
    };
    let phase = back.or(kind.course().next()).ok_or_else(|| Rejection::NoSuchPhase(it.phase.clone()))?;
    Ok(vec![What::Reopened {
        phase: phase.id.clone(),
        stage: phase.stage,
        why: reason(why)?,
        update_due: updates::next_due(cx, it, it.severity, &it.kind, phase.stage),
    }])
}
