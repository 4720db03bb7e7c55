//! Opsgenie: answers of `GET /v2/schedules?expand=rotation`, `/v2/schedules/{id}/overrides`, `/v2/schedules/{id}/timeline`,
//! `/v2/escalations` and `/v2/users`. Those of Jira Service Management Operations are alike.

mod escalation;

use jiff::Timestamp;
use serde_json::Value;

use super::{
    Imported, Lost, Of, Source, Unreadable,
    compare::Rendered,
    draft::{Draft, Put, layer, rotation_name},
    repeat::{Frequency, Repeat, Turn},
    source::{Item, elements, once, other},
    window::{DAY, DAYS, WEEK, place, time_of, windows},
};
use crate::paging::wire::opsgenie as wire;
use crate::{
    ids::UserId,
    paging::schedule::{Active, Day, Rotation, Schedule, WeeklyWindow, Zone},
};

/// All answers, taken apart.
#[derive(Debug, Default)]
struct Answers {
    schedules: Vec<wire::Schedule>,
    escalations: Vec<wire::Escalation>,
    overrides: Vec<wire::Override>,
    timelines: Vec<wire::Timeline>,
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
    once(&mut answers.escalations, |e| &e.id);
    for raw in &answers.schedules {
        schedule(raw, &answers, &mut draft);
    }
    let is_known =
        |o: &wire::Override| answers.schedules.iter().any(|s| o.parent.as_ref().is_some_and(|p| p.id == s.id));
    for stray in answers.overrides.iter().filter(|o| !is_known(o)) {
        draft.lose(Of::Schedule(stray.parent.as_ref().map_or("", |p| &p.name).to_owned()), "", Lost::Homeless);
    }
    for raw in &answers.escalations {
        escalation::policy(raw, &mut draft);
    }
    draft.done()
}

fn take(file: &str, answer: &Value, answers: &mut Answers, draft: &mut Draft<'_>) {
    let Some(data) = answer.get("data").or_else(|| answer.get("values")) else {
        draft.problems.push(other(file, answer));
        return;
    };
    let next = answer.get("paging").or_else(|| answer.get("links")).and_then(|paging| paging.get("next"));
    if next.is_some_and(|next| !next.is_null()) {
        draft.lose(Of::File(file.to_owned()), "", Lost::MorePages);
    }
    for (at, value) in elements(data, "data") {
        let item = Item { file, at: &at, value };
        let has = |key: &str| value.get(key).is_some();
        if has("rules") {
            answers.escalations.extend(item.parse::<wire::Escalation>(&mut draft.problems));
        } else if has("finalTimeline") {
            answers.timelines.extend(item.parse::<wire::Timeline>(&mut draft.problems));
        } else if has("user") && has("startDate") {
            answers.overrides.extend(item.parse::<wire::Override>(&mut draft.problems));
        } else if has("timezone") || has("rotations") {
            answers.schedules.extend(item.parse::<wire::Schedule>(&mut draft.problems));
        } else if has("username") {
            if let Some(wire::User { id, username, full_name }) = item.parse(&mut draft.problems) {
                draft.directory.add(&id, &full_name, Some(&username), None);
            }
        } else {
            draft.lose(Of::File(file.to_owned()), "", Lost::Unused);
        }
    }
}

fn schedule(raw: &wire::Schedule, answers: &Answers, draft: &mut Draft<'_>) {
    let name = if raw.name.is_empty() { raw.id.clone() } else { raw.name.clone() };
    let of = Of::Schedule(name.clone());
    if raw.enabled == Some(false) {
        draft.lose(of, "", Lost::Disabled);
        return;
    }
    let Some(all) = &raw.rotations else {
        draft.lose(of, "", Lost::NoRotations);
        return;
    };
    let tz = draft.zone(&of, raw.timezone.as_deref());
    let mut rotations: Vec<Rotation> = Vec::new();
    for own in all {
        let own = rotation(own, &rotation_name(&rotations, &own.name), (&of, &tz), draft);
        rotations.extend(own);
    }
    let (mut puts, mut rendered) = (Vec::new(), Vec::new());
    let is_own = |parent: &Option<wire::Parent>| parent.as_ref().is_some_and(|parent| parent.id == raw.id);
    for one in answers.overrides.iter().filter(|o| is_own(&o.parent)) {
        puts.extend(put(one, all.len(), (&of, &tz), draft));
    }
    for timeline in answers.timelines.iter().filter(|t| is_own(&t.parent)) {
        for period in timeline.final_timeline.rotations.iter().flat_map(|rotation| &rotation.periods) {
            let who = period.recipient.as_ref().and_then(|who| person(who, draft));
            rendered.push(Rendered { from: period.start_date, until: period.end_date, who });
        }
    }
    let id = draft.schedule_id(&raw.id, &name);
    let layers = vec![layer("rotations".into(), Active::default(), rotations)];
    draft.schedule(Schedule { id, name, tz, layers }, &puts, &rendered);
}

/// A person, if it is one.
fn person(raw: &wire::Recipient, draft: &mut Draft<'_>) -> Option<UserId> {
    if raw.kind != "user" {
        return None;
    }
    let email = raw.username.as_deref().or(raw.name.as_deref().filter(|name| name.contains('@')));
    let id = raw.id.as_deref().or(email)?;
    draft.directory.add_missing(id, email);
    Some(draft.person(id, ""))
}

fn rotation(raw: &wire::Rotation, name: &str, (of, tz): (&Of, &Zone), draft: &mut Draft<'_>) -> Vec<Rotation> {
    if draft.is_over(of, name, raw.end_date) {
        return Vec::new();
    }
    let mut groups = Vec::new();
    for participant in &raw.participants {
        let who = person(participant, draft);
        if who.is_none() && participant.kind != "none" {
            let called = participant.name.clone().or_else(|| participant.id.clone()).unwrap_or_default();
            draft.lose(of.clone(), name, Lost::TurnOf(participant.kind.clone(), called));
        }
        groups.push(who.into_iter().collect::<Vec<_>>());
    }
    if groups.iter().all(Vec::is_empty) {
        draft.lose(of.clone(), name, Lost::Nobody);
        return Vec::new();
    }
    let (every, unit) = match raw.kind {
        wire::Length::Hourly => (Frequency::Hourly, 3600),
        wire::Length::Daily => (Frequency::Daily, DAY),
        wire::Length::Weekly => (Frequency::Weekly, WEEK),
    };
    if every == Frequency::Hourly && groups.len() > 1 {
        draft.lose(of.clone(), name, Lost::Hours);
    }
    let repeat = Repeat {
        name: name.to_owned(),
        start: tz.local(raw.start_date),
        length: unit * i64::from(raw.length.unwrap_or(1)),
        every,
        interval: raw.length.unwrap_or(1),
        days: Vec::new(),
        week_start: Day::Mon,
        groups,
        turn: Turn::Period,
        from: None,
        until: raw.end_date.map(|end| tz.local(end)),
    };
    let only = raw.time_restriction.as_ref().map(restrictions).unwrap_or_default();
    match repeat.rotations() {
        Ok(mut rotations) => {
            // The first one; the other ends it.
            if let Some(rotation) = rotations.first_mut() {
                rotation.restrictions = only;
            }
            rotations
        }
        Err(unlike) => {
            draft.lose(of.clone(), name, Lost::Repeats(unlike));
            Vec::new()
        }
    }
}

/// Parts of the week; none of them where it is always.
fn restrictions(raw: &wire::Restriction) -> Vec<WeeklyWindow> {
    let minutes = |hour: i64, min: i64| (hour * 60 + min) * 60;
    match raw {
        wire::Restriction::TimeOfDay { restriction: r } => {
            let (from, until) = (minutes(r.start_hour, r.start_min), minutes(r.end_hour, r.end_min));
            let length = if from == until { DAY } else { (until - from).rem_euclid(DAY) };
            windows(&DAYS, time_of(from), length).unwrap_or_default()
        }
        wire::Restriction::WeekdayAndTimeOfDay { restrictions } => {
            let mut all = Vec::new();
            for r in restrictions {
                let (first, last) = (r.start_day.day(), r.end_day.day());
                let (from, until) = (minutes(r.start_hour, r.start_min), minutes(r.end_hour, r.end_min));
                let length = ((place(last) - place(first)) * DAY + until - from).rem_euclid(WEEK);
                match windows(&[first], time_of(from), if length == 0 { WEEK } else { length }) {
                    Some(windows) => all.extend(windows),
                    None => return Vec::new(),
                }
            }
            all
        }
    }
}

/// Somebody put on call, unless it is in one of several rotations alone: then that is told.
fn put(raw: &wire::Override, rotations: usize, (of, tz): (&Of, &Zone), draft: &mut Draft<'_>) -> Option<Put> {
    let who = person(&raw.user, draft)?;
    let (from, until): (Timestamp, Timestamp) = (raw.start_date, raw.end_date);
    if raw.rotations.is_empty() || rotations <= 1 || raw.rotations.len() == rotations {
        return Some(Put { who: vec![who], from, until });
    }
    if !draft.is_over(of, "", Some(until)) {
        let lost = Lost::Override { who, from: tz.local(from), until: tz.local(until) };
        draft.lose(of.clone(), &raw.rotations[0].name, lost);
    }
    None
}
