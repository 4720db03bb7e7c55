//! Escalations: rules that each count from the beginning of the alert, as steps that wait for one another.

use super::{person, wire};
use crate::paging::{
    Policy, Step, Target,
    import::{
        Asks, Of,
        draft::{Draft, WAIT},
    },
};

pub(super) fn policy(raw: &wire::Escalation, draft: &mut Draft<'_>) {
    let of = Of::Policy(raw.name.clone());
    let mut rules: Vec<&wire::Rule> = raw.rules.iter().collect();
    rules.sort_by_key(|rule| rule.delay.minutes());
    let mut steps: Vec<(u32, Step)> = Vec::new();
    for rule in rules {
        let after = rule.delay.minutes();
        if steps.last().is_none_or(|(last, _)| *last < after) {
            steps.push((after, Step::default()));
        }
        let part = format!("step {}", steps.len());
        let targets = target(rule, &of, &part, draft);
        if let Some((_, step)) = steps.last_mut() {
            step.targets.extend(targets);
        }
    }
    // Whoever comes later is asked as long after the beginning as before.
    steps.retain(|(_, step)| !step.targets.is_empty());
    if let Some((first, _)) = steps.first().filter(|(first, _)| *first > 0) {
        draft.lose(of.clone(), "step 1", Asks::FirstWait(*first));
    }
    let none = wire::Repeat::default();
    let repeat = raw.repeat.as_ref().unwrap_or(&none);
    if repeat.close_alert_after_all == Some(true) || repeat.reset_recipient_states == Some(true) {
        draft.lose(of, "", Asks::AfterAll);
    }
    let begins: Vec<u32> = steps.iter().map(|(after, _)| *after).collect();
    let last = repeat.wait_interval.filter(|wait| *wait > 0).unwrap_or(WAIT);
    for (n, (after, step)) in steps.iter_mut().enumerate() {
        step.wait_min = begins.get(n + 1).map_or(last, |next| next - *after);
    }
    let steps = steps.into_iter().map(|(_, step)| step).collect();
    let repeat = repeat.count.unwrap_or_default();
    draft.policy(Policy { name: raw.name.clone(), steps, repeat, ..Policy::default() });
}

fn target(rule: &wire::Rule, of: &Of, part: &str, draft: &mut Draft<'_>) -> Option<Target> {
    let to = &rule.recipient;
    let called = to.name.clone().or_else(|| to.username.clone()).or_else(|| to.id.clone()).unwrap_or_default();
    if rule.condition == "if-not-closed" {
        draft.lose(of.clone(), part, Asks::UntilClosed);
    }
    if !matches!(rule.notify_type.as_str(), "" | "default" | "all" | "users") {
        draft.lose(of.clone(), part, Asks::WhomOf(rule.notify_type.clone()));
    }
    match to.kind.as_str() {
        "user" => person(to, draft).map(Target::Person),
        "schedule" => draft.schedule_target(of, part, to.id.as_deref().unwrap_or_default(), &called),
        other => {
            draft.lose(of.clone(), part, Asks::TargetOf(other.to_owned(), called));
            None
        }
    }
}
