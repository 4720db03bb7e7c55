//! Phases that run beside the others.

use super::{Fact, Gate, Missing, No, gates, missing};
use crate::{
    incident::{Context, Incident, Rejection, Text, What},
    playbook::{Kind, Phase, PhaseId},
};

/// Those that begin when `entered` does: theirs is that phase or one before it, which was left out, and they never ran.
pub fn opens<'a>(kind: &'a Kind, it: &'a Incident, entered: &PhaseId) -> impl Iterator<Item = &'a Phase> {
    let reached: Vec<&PhaseId> = match kind.course().position(|p| p.id == *entered) {
        Some(at) => kind.course().take(at + 1).map(|p| &p.id).collect(),
        None => Vec::new(),
    };
    let begins = move |p: &&Phase| p.beside.as_ref().is_some_and(|with| reached.contains(&with));
    kind.phases.iter().filter(begins).filter(|p| !it.course.beside.iter().any(|b| b.phase == p.id))
}

/// Begins one by hand.
pub(in crate::incident) fn open(it: &Incident, phase: &Phase) -> Result<Vec<What>, Rejection> {
    if it.course.beside(&phase.id).is_some() {
        return Err(Rejection::Course(No::IsBeside(phase.id.clone())));
    }
    Ok(vec![What::Course(Fact::BesideOpened { phase: phase.id.clone() })])
}

/// Ends one: on a major incident with all that it needs, or with a reason.
pub(super) fn end(it: &Incident, id: &PhaseId, why: Option<Text>, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    let not = || Rejection::Course(No::NotBeside(id.clone()));
    let phase = cx.playbook.kind(&it.kind).phases.iter().find(|p| p.id == *id);
    let open = it.course.beside(id).ok_or_else(not)?;
    let needs = phase.map(|phase| missing(phase, it, cx.now)).unwrap_or_default();
    let held_up = if cx.playbook.is_major(it.severity) { needs } else { Vec::new() };
    let held_up = held_up.into_iter().map(Missing::Need).collect();
    let override_ = gates::pass(it, Gate::EndBeside(id.clone()), held_up, why.as_ref(), false, cx)?;
    let ended = What::Course(Fact::BesideEnded { phase: open.phase.clone(), why });
    Ok(std::iter::once(ended).chain(override_).collect())
}
