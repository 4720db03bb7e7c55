//! PagerDuty: answers of `GET /schedules/{id}`, `/v3/schedules/{id}`, `/escalation_policies` and `/users`.

mod legacy;
mod policy;
mod shifts;

use serde_json::Value;

use super::{
    Imported, Lost, Of, Source, Unreadable,
    draft::Draft,
    source::{Item, elements, once, other},
};
use crate::paging::wire::pagerduty as wire;

/// All answers, taken apart.
#[derive(Debug, Default)]
struct Answers {
    schedules: Vec<wire::Schedule>,
    shift_based: Vec<wire::ShiftSchedule>,
    policies: Vec<wire::Policy>,
}

pub(super) fn read(sources: &[Source], mut draft: Draft<'_>) -> Result<Imported, Vec<Unreadable>> {
    let mut answers = Answers::default();
    for source in sources {
        match source.answers() {
            Ok(all) => {
                for answer in &all {
                    take(&source.name, answer, &mut answers, &mut draft);
                }
            }
            Err(problem) => draft.problems.push(problem),
        }
    }
    // A list has schedules without their layers: what was asked for one by one says more.
    answers.schedules.sort_by_key(|s| s.layers.is_none());
    once(&mut answers.schedules, |s| &s.id);
    once(&mut answers.shift_based, |s| &s.id);
    once(&mut answers.policies, |p| &p.id);
    for schedule in &answers.schedules {
        legacy::schedule(schedule, &mut draft);
    }
    for schedule in &answers.shift_based {
        shifts::schedule(schedule, &mut draft);
    }
    for policy in &answers.policies {
        policy::policy(policy, &mut draft);
    }
    draft.done()
}

fn take(file: &str, answer: &Value, answers: &mut Answers, draft: &mut Draft<'_>) {
    let known = ["schedules", "schedule", "escalation_policies", "escalation_policy", "users", "user"];
    let beside = ["overrides", "override", "custom_shifts", "oncalls", "teams", "services"];
    if !known.iter().chain(&beside).any(|key| answer.get(key).is_some()) {
        draft.problems.push(other(file, answer));
        return;
    }
    for key in known {
        for (at, value) in answer.get(key).map(|value| elements(value, key)).unwrap_or_default() {
            let item = Item { file, at: &at, value };
            match key {
                "users" | "user" => {
                    if let Some(wire::User { id, name, email }) = item.parse(&mut draft.problems) {
                        draft.directory.add(&id, &name, email.as_deref(), None);
                    }
                }
                "escalation_policies" | "escalation_policy" => {
                    answers.policies.extend(item.parse::<wire::Policy>(&mut draft.problems));
                }
                _ if value.get("type").is_some_and(|kind| kind == "schedule_v3") => {
                    answers.shift_based.extend(item.parse::<wire::ShiftSchedule>(&mut draft.problems));
                }
                _ => answers.schedules.extend(item.parse::<wire::Schedule>(&mut draft.problems)),
            }
        }
    }
    let of = || Of::File(file.to_owned());
    if answer.get("more").is_some_and(|more| more == true) {
        draft.lose(of(), "", Lost::MorePages);
    }
    let homeless = ["overrides", "override", "custom_shifts"];
    let has_some = |key: &&str| answer.get(*key).is_some_and(|value| !elements(value, key).is_empty());
    if homeless.iter().any(has_some) {
        draft.lose(of(), "", Lost::Homeless);
    }
    if !known.iter().chain(&homeless).any(|key| answer.get(key).is_some()) {
        draft.lose(of(), "", Lost::Unused);
    }
}
