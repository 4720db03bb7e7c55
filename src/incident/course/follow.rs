//! What an event brings with it on the course.

use super::{Fact, Way, beside, consult, exits, missing, raci, way};
use crate::{
    incident::{Context, EntryKind, Event, Incident, What, access, intake},
    playbook::{CriterionId, Kind, PhaseId, Playbook},
};

/// The facts that `event`, which made `it` what it is, brings with it.
pub(in crate::incident) fn follow(
    cx: &Context<'_>,
    before: Option<&Incident>,
    it: &Incident,
    event: &Event,
) -> Vec<What> {
    let kind = cx.playbook.kind(&it.kind);
    match &event.what {
        What::Declared { criteria, .. } => consult::of_criteria(it, criteria, cx, |_| true),
        What::PhaseChanged { from, to, .. } => {
            let mut facts = left(cx, kind, it, event, from, to);
            facts.extend(begun(cx, it, event, to));
            facts.extend(entered(kind, it, to));
            facts
        }
        What::Reopened { phase, .. } => {
            let facts = begun(cx, it, event, phase);
            facts.into_iter().chain(entered(kind, it, phase)).collect()
        }
        What::Intake(intake::Fact::CriteriaAnswered { criteria }) => {
            let known = |c: &CriterionId| before.is_some_and(|b| b.intake.criteria.contains(c));
            let fresh: Vec<CriterionId> = criteria.iter().filter(|c| !known(c)).cloned().collect();
            consult::of_criteria(it, &fresh, cx, |_| true)
        }
        What::Access(access::Fact::KindChanged { from, .. }) => {
            consult::of_criteria(it, &it.intake.criteria, cx, |role| !role.is_for(from))
        }
        What::Course(Fact::BesideOpened { phase }) => begun(cx, it, event, phase),
        What::RoleTaken { role, holder, from, .. } => {
            let passed = consult::passed(it, role, holder);
            passed.into_iter().chain(raci::joined(it, role, holder, from.as_ref(), cx)).collect()
        }
        What::EntryAdded { entry: EntryKind::Decision, .. } if !it.course.advice.is_empty() => {
            let answers = it.course.advice.clone();
            vec![What::Course(Fact::AdviceTaken { decision: it.version, answers })]
        }
        _ => Vec::new(),
    }
}

/// Is there work to give out in incidents of this kind, or a phase that runs beside the others?
pub(in crate::incident) fn has_work(playbook: &Playbook, kind: &Kind) -> bool {
    kind.phases.iter().any(|phase| phase.beside.is_some() || playbook.activity_of(phase).is_some())
}

/// What the phase brings with it that an incident begins in, `beside` all else that happens then.
pub(in crate::incident) fn first(cx: &Context<'_>, it: &Incident, beside: &[What]) -> Vec<What> {
    let kind = cx.playbook.kind(&it.kind);
    let phase = kind.phases.iter().find(|p| p.id == it.phase);
    let work = phase.map(|phase| raci::begun(it, phase, cx, cx.person(), Some(beside))).unwrap_or_default();
    work.into_iter().chain(entered(kind, it, &it.phase)).collect()
}

/// A phase was left: is it accepted, and what does it miss? Going back leaves nothing behind.
fn left(cx: &Context<'_>, kind: &Kind, it: &Incident, event: &Event, from: &PhaseId, to: &PhaseId) -> Vec<What> {
    match way(kind, from, to) {
        Some(Way::Next | Way::Skip) => {}
        Some(Way::Back) | None => return Vec::new(),
    }
    let mut facts: Vec<What> = exits::left(it, from, cx, event.by.person()).into_iter().collect();
    if let Some(phase) = kind.phase(from.as_str()).filter(|p| !it.course.left_without.contains(&p.id)) {
        let needs = missing(phase, it, cx.now);
        if !needs.is_empty() {
            facts.push(What::Course(Fact::LeftWithout { phase: phase.id.clone(), needs }));
        }
    }
    facts
}

fn begun(cx: &Context<'_>, it: &Incident, event: &Event, phase: &PhaseId) -> Vec<What> {
    let phase = cx.playbook.kind(&it.kind).phases.iter().find(|p| p.id == *phase);
    phase.map(|phase| raci::begun(it, phase, cx, event.by.person(), None)).unwrap_or_default()
}

/// Phases that run beside the others from now on.
fn entered(kind: &Kind, it: &Incident, phase: &PhaseId) -> Vec<What> {
    beside::opens(kind, it, phase).map(|p| What::Course(Fact::BesideOpened { phase: p.id.clone() })).collect()
}
