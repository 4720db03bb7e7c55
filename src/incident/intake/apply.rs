//! Folds facts of the intake into its state.

use jiff::Timestamp;

use super::{Alerts, Fact, Opening, State, Thread};
use crate::{
    incident::{Incident, Words},
    playbook::CriterionId,
};

/// What is known when the incident is declared.
pub fn opened(opening: &Opening, criteria: &[CriterionId]) -> State {
    State {
        criteria: criteria.to_vec(),
        service: opening.service.clone(),
        event: opening.event,
        resembles: opening.repeats,
        thread: opening.thread.clone().map(|channel| Thread { channel, root: None, left: false }),
        ..State::default()
    }
}

/// The state after `fact`.
pub fn apply(it: &mut Incident, fact: &Fact, at: Timestamp) {
    let state = &mut it.intake;
    match fact {
        Fact::CriteriaAnswered { criteria } => {
            state.criteria.clone_from(criteria);
            state.answered = true;
        }
        Fact::DetectionNoted { source } => {
            state.detection = Some(*source);
            state.nudges.customer_at = Some(at);
        }
        Fact::ServiceChanged { to, .. } => state.service.clone_from(to),
        Fact::Nudged { value, .. } => state.nudges.had(value, at),
        Fact::Muted {} => state.nudges.muted = true,
        Fact::ThreadOpened { at } => {
            if let Some(thread) = &mut state.thread {
                thread.root = Some(at.ts.clone());
            }
        }
        Fact::RoomGiven { .. } => {
            if let Some(thread) = &mut state.thread {
                thread.left = true;
            }
        }
        Fact::Tagged { condition, repeats } => {
            state.conditions.push(Words { seq: it.version, text: condition.clone() });
            state.repeats = *repeats;
        }
        Fact::Untagged { tag, repeats, .. } => {
            state.conditions.retain(|known| known.seq != *tag);
            state.repeats = *repeats;
        }
        Fact::Joined { .. } => {}
        Fact::AlertsAttached { group, firing, .. } => {
            state.alerts.push(Alerts { group: *group, firing: *firing > 0, changes: 0 });
        }
        Fact::AlertsResolved { group } => stand(state, *group, false),
        Fact::AlertsFiredAgain { group, .. } => stand(state, *group, true),
    }
}

fn stand(state: &mut State, group: u64, firing: bool) {
    if let Some(alerts) = state.alerts.iter_mut().find(|alerts| alerts.group == group) {
        *alerts = Alerts { group, firing, changes: alerts.changes.saturating_add(1) };
    }
}
