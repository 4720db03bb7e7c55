//! Folds facts of the intake into its state.

use jiff::Timestamp;

use super::{Fact, Opening, State};
use crate::{incident::Incident, playbook::CriterionId};

/// What is known when the incident is declared.
pub fn opened(opening: &Opening, criteria: &[CriterionId]) -> State {
    State {
        criteria: criteria.to_vec(),
        service: opening.service.clone(),
        event: opening.event,
        repeats: opening.repeats,
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
        Fact::Joined { .. } => {}
    }
}
