//! Phases: forth, back, and the two that have verbs of their own.

use super::{Context, entries, must_be_open, pages, reason, updates};
use crate::{
    incident::{EntryKind, Incident, PageEnd, Rejection, Text, What, course},
    playbook::{Phase, PhaseId, Stage},
};

pub(in crate::incident) fn change(
    it: &Incident,
    to: &PhaseId,
    why: Option<&str>,
    cx: &Context<'_>,
) -> Result<Vec<What>, Rejection> {
    let phase = cx.playbook.kind(&it.kind).phase(to.as_str()).ok_or_else(|| Rejection::NoSuchPhase(to.clone()))?;
    if phase.beside.is_some() {
        must_be_open(it)?;
        return course::begin_beside(it, phase);
    }
    go(it, phase, why, cx)
}

pub(super) fn mitigate(it: &Incident, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    to_stage(it, Stage::Monitoring, None, cx)
}

pub(super) fn resolve(it: &Incident, why: Option<&str>, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    to_stage(it, Stage::Resolved, why, cx)
}

pub(in crate::incident) fn to_stage(
    it: &Incident,
    stage: Stage,
    why: Option<&str>,
    cx: &Context<'_>,
) -> Result<Vec<What>, Rejection> {
    let missing = || Rejection::NoSuchPhase(PhaseId(format!("{stage:?}").to_lowercase()));
    let phase = cx.playbook.kind(&it.kind).first(stage).ok_or_else(missing)?;
    go(it, phase, why, cx)
}

fn go(it: &Incident, phase: &Phase, why: Option<&str>, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    let why = reason(why)?;
    if phase.id == it.phase {
        // Why it went there may be said afterwards.
        return match why.as_ref().and_then(Text::words) {
            Some(why) => entries::add(EntryKind::Note, why, None, None, None),
            None => Err(Rejection::AlreadySo),
        };
    }
    let missing = course::resolving(it, phase, cx);
    let overridden = course::pass(it, course::Gate::Resolve, missing, why.as_ref(), false, cx)?;
    // A change of phase does not move a promise that was made to readers, unless it ends or revives the duty.
    let update_due = match (phase.stage, it.update.due) {
        (Stage::Resolved, _) => None,
        (_, Some(due)) => Some(due),
        (stage, None) => updates::next_due(cx, it, it.severity, &it.kind, stage),
    };
    let mut events =
        vec![What::PhaseChanged { from: it.phase.clone(), to: phase.id.clone(), stage: phase.stage, why, update_due }];
    events.extend(overridden);
    if phase.stage == Stage::Resolved {
        events.extend(pages::end_all(it, PageEnd::Resolved));
    }
    Ok(events)
}
