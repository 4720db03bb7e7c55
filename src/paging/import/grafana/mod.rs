//! Grafana OnCall: answers of `GET /api/v1/schedules/`, `/on_call_shifts/`, `/escalation_chains/`, `/escalation_policies/`, `/users/`,
//! `/user_groups/` and `/schedules/{id}/final_shifts`.

mod chain;
mod shift;

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    Imported, Lost, Of, Source, Unreadable,
    compare::Rendered,
    draft::{Draft, Put, layer},
    source::{Item, elements, once, other},
};
use crate::paging::wire::grafana as wire;
use crate::{
    ids::{GroupId, UserId},
    paging::schedule::{Active, Layer, Rotation, Schedule, Zone},
};

/// All answers, taken apart.
#[derive(Debug, Default)]
struct Answers {
    schedules: Vec<wire::Schedule>,
    shifts: Vec<wire::Shift>,
    chains: Vec<wire::Chain>,
    steps: Vec<wire::Step>,
    groups: BTreeMap<String, GroupId>,
    /// With the name of the file that they stand in: they do not say of which schedule they are.
    rendered: Vec<(String, wire::FinalShift)>,
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
    once(&mut answers.schedules, |s| &s.id);
    once(&mut answers.shifts, |s| &s.id);
    once(&mut answers.steps, |s| &s.id);
    once(&mut answers.chains, |c| &c.id);
    for raw in &answers.schedules {
        schedule(raw, &answers, &mut draft);
    }
    // Of a chain that is not in the export at least the id is known.
    for step in &answers.steps {
        if !answers.chains.iter().any(|chain| chain.id == step.escalation_chain_id) {
            let id = step.escalation_chain_id.clone();
            answers.chains.push(wire::Chain { name: id.clone(), id });
        }
    }
    for raw in &answers.chains {
        chain::policy(raw, &answers, &mut draft);
    }
    draft.done()
}

fn take(file: &str, answer: &Value, answers: &mut Answers, draft: &mut Draft<'_>) {
    if answer.get("next").is_some_and(|next| !next.is_null()) {
        draft.lose(Of::File(file.to_owned()), "", Lost::MorePages);
    }
    let all = answer.get("results").map_or_else(|| elements(answer, "the answer"), |all| elements(all, "results"));
    let problems = &mut draft.problems;
    for (at, value) in all {
        let item = Item { file, at: &at, value };
        let has = |key: &str| value.get(key).is_some();
        if has("escalation_chain_id") {
            answers.steps.extend(item.parse::<wire::Step>(problems));
        } else if has("shift_start") {
            answers.rendered.extend(item.parse::<wire::FinalShift>(problems).map(|shift| (file.to_owned(), shift)));
        } else if has("duration") && has("start") {
            answers.shifts.extend(item.parse::<wire::Shift>(problems));
        } else if has("on_call_now") || has("shifts") || has("ical_url_primary") {
            answers.schedules.extend(item.parse::<wire::Schedule>(problems));
        } else if has("username") {
            if let Some(user) = item.parse::<wire::User>(problems) {
                let slack = user.slack.iter().find_map(|slack| slack.user_id.as_deref()).map(UserId::from);
                draft.directory.add(&user.id, &user.username, user.email.as_deref(), slack);
            }
        } else if has("slack") && has("type") {
            let group = item.parse::<wire::Group>(problems);
            let id_in_slack = |group: wire::Group| Some((group.id, GroupId::from(group.slack?.id)));
            answers.groups.extend(group.and_then(id_in_slack));
        } else if has("name") && has("id") && has("team_id") {
            answers.chains.extend(item.parse::<wire::Chain>(problems));
        } else {
            problems.push(other(file, answer));
        }
    }
}

fn schedule(raw: &wire::Schedule, answers: &Answers, draft: &mut Draft<'_>) {
    let name = if raw.name.is_empty() { raw.id.clone() } else { raw.name.clone() };
    let of = Of::Schedule(name.clone());
    for calendar in [&raw.ical_url_primary, &raw.ical_url_overrides] {
        if calendar.as_ref().is_some_and(|url| !url.is_empty()) {
            draft.lose(of.clone(), "", Lost::Calendar);
        }
    }
    let mut shifts = Vec::new();
    for id in &raw.shifts {
        let found = answers.shifts.iter().find(|shift| shift.id == *id);
        if found.is_none() {
            draft.lose(of.clone(), "", Lost::Missing("shift".into(), id.clone()));
        }
        shifts.extend(found);
    }
    if shifts.is_empty() {
        draft.lose(of, "", Lost::NoRotations);
        return;
    }
    let tz = draft.zone(&of, raw.time_zone.as_deref());
    let rendered = rendered(raw, answers, draft);
    let id = draft.schedule_id(&raw.id, &name);
    // Where neither the shift nor its time says so, the schedule's zone counts, or universal time: the rendering tells which.
    let of_clock = |clock: &Zone, draft: &mut Draft<'_>| {
        let (layers, puts) = layers(&shifts, clock, (&of, &tz), draft);
        (Schedule { id: id.clone(), name: name.clone(), tz: tz.clone(), layers }, puts)
    };
    let local = of_clock(&tz, draft);
    let universal = of_clock(&Zone::utc(), draft);
    if local.0 != universal.0 && rendered.is_empty() {
        draft.lose(of.clone(), "", Lost::Clock);
    }
    let is_local = draft.differences(&local.0, &rendered) <= draft.differences(&universal.0, &rendered);
    let (schedule, puts) = if is_local { local } else { universal };
    draft.schedule(schedule, &puts, &rendered);
}

/// Its own rendering: from a file that has its id in the name, or from any where there is but one schedule.
fn rendered(raw: &wire::Schedule, answers: &Answers, draft: &mut Draft<'_>) -> Vec<Rendered> {
    let is_own = |file: &str| answers.schedules.len() == 1 || file.contains(&raw.id);
    let mut all = Vec::new();
    for (_, shift) in answers.rendered.iter().filter(|(file, _)| is_own(file)) {
        draft.directory.add_missing(&shift.user_pk, shift.user_email.as_deref());
        let who = Some(draft.person(&shift.user_pk, ""));
        all.push(Rendered { from: shift.shift_start, until: shift.shift_end, who });
    }
    all
}

/// One layer for each priority, low to high, and those put on call for a while.
fn layers(
    shifts: &[&wire::Shift],
    clock: &Zone,
    (of, tz): (&Of, &Zone),
    draft: &mut Draft<'_>,
) -> (Vec<Layer>, Vec<Put>) {
    let mut levels: BTreeMap<i64, Vec<Rotation>> = BTreeMap::new();
    let mut puts = Vec::new();
    for raw in shifts {
        if raw.kind == "override" {
            puts.push(shift::put(raw, clock, draft));
        } else {
            let level = levels.entry(raw.level.unwrap_or_default()).or_default();
            let own = shift::rotations(raw, level, clock, (of, tz), draft);
            level.extend(own);
        }
    }
    levels.retain(|_, rotations| !rotations.is_empty());
    let named = |(level, rotations)| layer(format!("priority {level}"), Active::default(), rotations);
    (levels.into_iter().map(named).collect(), puts)
}
