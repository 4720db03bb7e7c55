//! Escalation chains: lists of things to do, as steps.

use super::{Answers, wire};
use crate::paging::{
    Condition, Hours, Policy, Step, Target,
    import::{
        Asks, Lost, Of,
        draft::{Draft, WAIT},
        window::DAYS,
    },
    schedule::{WeeklyWindow, Zone},
};

/// How often a chain is gone through again at most.
const REPEATS: u32 = 5;

/// Steps so far.
#[derive(Default)]
struct Ladder {
    steps: Vec<Step>,
    /// Waits have not begun since the last step: whoever comes next is asked with it.
    is_open: bool,
    only: Condition,
    repeat: u32,
}

pub(super) fn policy(raw: &wire::Chain, answers: &Answers, draft: &mut Draft<'_>) {
    let name = if raw.name.is_empty() { raw.id.clone() } else { raw.name.clone() };
    let of = Of::Policy(name.clone());
    let mut own: Vec<&wire::Step> = answers.steps.iter().filter(|step| step.escalation_chain_id == raw.id).collect();
    own.sort_by_key(|step| step.position);
    let mut ladder = Ladder::default();
    for step in own {
        take(step, &of, answers, &mut ladder, draft);
    }
    let Ladder { mut steps, repeat, .. } = ladder;
    for step in steps.iter_mut().filter(|step| step.wait_min == 0) {
        step.wait_min = WAIT;
    }
    draft.policy(Policy { name, steps, repeat, ..Policy::default() });
}

fn take(step: &wire::Step, of: &Of, answers: &Answers, ladder: &mut Ladder, draft: &mut Draft<'_>) {
    let kind = step.kind.as_deref().unwrap_or_default();
    let part = format!("{}. {kind}", step.position + 1);
    if step.important == Some(true) {
        draft.lose(of.clone(), &part, Asks::Important);
    }
    let targets: Vec<Target> = match kind {
        "wait" => {
            let minutes = step.duration.unwrap_or(WAIT * 60).div_ceil(60);
            match ladder.steps.last_mut() {
                Some(last) => last.wait_min += minutes,
                None => draft.lose(of.clone(), &part, Asks::FirstWait(minutes)),
            }
            ladder.is_open = false;
            return;
        }
        "repeat_escalation" => {
            ladder.repeat = REPEATS;
            return;
        }
        "notify_if_time_from_to" => {
            hours(step, of, &part, ladder, draft);
            return;
        }
        "notify_persons" => people(&step.persons_to_notify, draft),
        "notify_person_next_each_time" => {
            draft.lose(of.clone(), &part, Asks::RoundRobin);
            let ids = [step.persons_to_notify_next_each_time.as_slice(), &step.persons_to_notify].concat();
            people(&ids, draft)
        }
        "notify_on_call_from_schedule" => {
            let id = step.notify_on_call_from_schedule.as_deref().unwrap_or_default();
            draft.schedule_target(of, &part, id, "").into_iter().collect()
        }
        "notify_user_group" => groups(step, of, &part, answers, draft),
        other => {
            draft.lose(of.clone(), &part, Asks::StepKind(other.to_owned()));
            return;
        }
    };
    match ladder.steps.last_mut().filter(|last| ladder.is_open && last.only == ladder.only) {
        Some(last) => last.targets.extend(targets),
        None => ladder.steps.push(Step { targets, only: ladder.only.clone(), ..Step::default() }),
    }
    ladder.is_open = true;
}

fn people(ids: &[String], draft: &mut Draft<'_>) -> Vec<Target> {
    ids.iter().map(|id| Target::Person(draft.person(id, ""))).collect()
}

/// User groups of Slack, which have ids of their own in Grafana.
fn groups(step: &wire::Step, of: &Of, part: &str, answers: &Answers, draft: &mut Draft<'_>) -> Vec<Target> {
    let mut targets = Vec::new();
    for id in &step.groups_to_notify {
        match answers.groups.get(id) {
            Some(group) => targets.push(Target::Group(group.clone())),
            None => draft.lose(of.clone(), part, Lost::Missing("user group".into(), id.clone())),
        }
    }
    targets
}

/// What follows is for these hours, in universal time.
fn hours(step: &wire::Step, of: &Of, part: &str, ladder: &mut Ladder, draft: &mut Draft<'_>) {
    let time = |text: &Option<String>| text.as_deref()?.trim_end_matches(['Z', 'z']).parse().ok();
    match (time(&step.notify_if_time_from), time(&step.notify_if_time_to)) {
        (Some(from), Some(until)) => {
            let window = WeeklyWindow { days: DAYS.to_vec(), from, until };
            ladder.only = Condition { between: Some(Hours { zone: Zone::utc(), window }), ..Condition::default() };
            draft.lose(of.clone(), part, Asks::WaitsForHours);
        }
        _ => draft.lose(of.clone(), part, Asks::StepKind("hours that cannot be read".into())),
    }
}
