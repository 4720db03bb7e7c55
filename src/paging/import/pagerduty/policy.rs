//! Escalation policies.

use super::wire;
use crate::paging::{
    Policy, Step, Target,
    import::{Asks, Of, draft::Draft},
};

pub(super) fn policy(raw: &wire::Policy, draft: &mut Draft<'_>) {
    let of = Of::Policy(raw.name.clone());
    let mut steps = Vec::new();
    for (n, rule) in (1..).zip(&raw.escalation_rules) {
        let part = format!("step {n}");
        let mut targets = Vec::new();
        for target in &rule.targets {
            let (id, name) = (target.id.as_str(), target.name());
            match target.kind.trim_end_matches("_reference") {
                "user" => targets.push(Target::Person(draft.person(id, name))),
                "schedule" | "schedule_v3" => targets.extend(draft.schedule_target(&of, &part, id, name)),
                other => draft.lose(of.clone(), &part, Asks::TargetOf(other.to_owned(), name.to_owned())),
            }
        }
        let is_in_turn = |strategy: &wire::RuleStrategy| strategy.kind == "round_robin";
        if rule.escalation_rule_assignment_strategy.as_ref().is_some_and(is_in_turn) {
            draft.lose(of.clone(), &part, Asks::RoundRobin);
        }
        steps.push(Step { targets, wait_min: rule.escalation_delay_in_minutes, ..Step::default() });
    }
    draft.policy(Policy { name: raw.name.clone(), steps, repeat: raw.num_loops, ..Policy::default() });
}
