//! Folds events into where an incident stands on its course.

use super::{Beside, Consult, Exit, Fact, FinalFix, State};
use crate::{
    incident::{EntryKind, Event, What, Words, access, duty},
    playbook::{PhaseId, Stage},
};

/// Places of fixes and answers that the state keeps; older ones are in the events alone.
const KEPT: usize = 5;

/// What `event`, which stands at place `seq`, means for the course.
pub(in crate::incident) fn apply(state: &mut State, seq: u64, event: &Event) {
    match &event.what {
        What::Declared { .. } => state.since = Some(event.at),
        What::PhaseChanged { to: phase, stage, .. } | What::Reopened { phase, stage, .. } => {
            state.since = Some(event.at);
            state.begun = true;
            enter(state, phase, *stage);
        }
        // By then whatever the incident takes over from another one is there.
        What::Duty(duty::Fact::Required { .. }) => state.begun = true,
        What::Access(access::Fact::KindChanged { .. }) => state.begun = false,
        // What a rule says of it nobody has looked at.
        What::SeverityChanged { .. } => state.reviewed |= event.by.person().is_some(),
        What::EntryAdded { entry: EntryKind::Fix, .. } => keep(&mut state.fixes, seq),
        What::Course(fact) => fold(state, seq, event, fact),
        _ => {}
    }
}

/// A phase that is entered again is not left; what is felt again was not mended.
fn enter(state: &mut State, phase: &PhaseId, stage: Stage) {
    state.exits.retain(|exit| exit.phase != *phase);
    if stage == Stage::Active {
        state.final_fix = None;
    }
}

fn keep(places: &mut Vec<u64>, seq: u64) {
    if places.len() == KEPT {
        places.remove(0);
    }
    places.push(seq);
}

fn fold(state: &mut State, seq: u64, event: &Event, fact: &Fact) {
    match fact {
        Fact::Stated { need, text } => {
            state.stated.insert(*need, Words { seq, text: text.clone() });
        }
        Fact::SeverityConfirmed { .. } => state.reviewed = true,
        Fact::FixConfirmed { entry, .. } => {
            state.final_fix = Some(FinalFix { entry: *entry, by: event.by.person().cloned(), at: event.at });
        }
        Fact::LeftWithout { phase, .. } => {
            state.left_without.insert(phase.clone());
        }
        Fact::BesideOpened { phase } => {
            state.beside.retain(|b| b.phase != *phase);
            state.beside.push(Beside { phase: phase.clone(), since: event.at, ended: None });
        }
        Fact::BesideEnded { phase, .. } => {
            state.beside.iter_mut().filter(|b| b.phase == *phase).for_each(|b| b.ended = Some(event.at));
        }
        Fact::ExitAwaited { phase, role } => {
            state.exits.retain(|exit| exit.phase != *phase);
            state.exits.push(Exit { phase: phase.clone(), role: role.clone() });
        }
        Fact::ExitAccepted { phase, .. } => state.exits.retain(|exit| exit.phase != *phase),
        Fact::ConsultAsked { .. }
        | Fact::ConsultPassed { .. }
        | Fact::ConsultReminded { .. }
        | Fact::ConsultOverdue { .. }
        | Fact::ConsultAnswered { .. }
        | Fact::AdviceTaken { .. } => consult(state, seq, event, fact),
        Fact::Overridden { .. } | Fact::Informed { .. } | Fact::InformedGroups { .. } | Fact::CannotInform { .. } => {}
    }
}

fn consult(state: &mut State, seq: u64, event: &Event, fact: &Fact) {
    let mut change = |number: u32, change: &dyn Fn(&mut Consult)| {
        state.consults.iter_mut().filter(|c| c.number == number).for_each(change);
    };
    match fact {
        Fact::ConsultAsked { number, role, to, phase, answer_by, .. } => {
            state.consult_count = state.consult_count.max(*number);
            state.consults.push(Consult {
                number: *number,
                seq,
                role: role.clone(),
                to: to.clone(),
                phase: phase.clone(),
                asked_at: event.at,
                answer_by: *answer_by,
                reminded: false,
                overdue: false,
            });
        }
        Fact::ConsultPassed { number, to } => change(*number, &|c| c.to = Some(to.clone())),
        Fact::ConsultReminded { number, .. } => change(*number, &|c| c.reminded = true),
        Fact::ConsultOverdue { number } => change(*number, &|c| c.overdue = true),
        Fact::ConsultAnswered { number, role, .. } => {
            state.answered.insert(role.clone(), event.at);
            state.consults.retain(|c| c.number != *number);
            keep(&mut state.advice, seq);
        }
        Fact::AdviceTaken { .. } => state.advice.clear(),
        _ => {}
    }
}
