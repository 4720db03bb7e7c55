//! Shift-based schedules, v3.

use jiff::{Timestamp, civil::DateTime};

use super::wire;
use crate::{
    ids::UserId,
    paging::{
        import::{
            Lost, Of,
            compare::Rendered,
            draft::{Draft, Put, layer, rotation_name},
            repeat::{Frequency, Repeat, Turn, day, frequency},
        },
        schedule::{Active, Day, Rotation, Schedule, Zone},
    },
};

pub(super) fn schedule(raw: &wire::ShiftSchedule, draft: &mut Draft<'_>) {
    let name = raw.name.clone().unwrap_or_else(|| raw.id.clone());
    let of = Of::Schedule(name.clone());
    let Some(rotations) = raw.rotations.as_ref().filter(|all| !all.is_empty()) else {
        draft.lose(of, "", Lost::NoRotations);
        return;
    };
    let tz = draft.zone(&of, raw.time_zone.as_deref());
    let computed = raw.final_schedule.as_ref().and_then(|computed| computed.computed_shift_assignments.as_deref());
    let computed = computed.unwrap_or_default();
    let (puts, rendered) = (puts(computed, draft), rendered(computed, draft));
    let id = draft.schedule_id(&raw.id, &name);
    let of_clock = |clock, draft: &mut Draft<'_>| {
        let mut all: Vec<Rotation> = Vec::new();
        for event in rotations.iter().flat_map(|rotation| &rotation.events) {
            let own = one(event, clock, &rotation_name(&all, &event.name), (&of, &tz), draft);
            all.extend(own);
        }
        let layers = vec![layer("shifts".into(), Active::default(), all)];
        Schedule { id: id.clone(), name: name.clone(), tz: tz.clone(), layers }
    };
    let local = of_clock(Clock::Local, draft);
    // Its times have a zone by name, and a `Z`: the rendering tells which of the two counts.
    let universal = of_clock(Clock::Universal, draft);
    if local != universal && rendered.is_empty() {
        draft.lose(of.clone(), "", Lost::Clock);
    }
    let is_local = draft.differences(&local, &rendered) <= draft.differences(&universal, &rendered);
    draft.schedule(if is_local { local } else { universal }, &puts, &rendered);
}

/// How `2026-03-03T09:00:00Z` with a zone beside it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Clock {
    Local,
    Universal,
}

impl Clock {
    fn read(self, text: &str, from: &Zone, to: &Zone) -> Option<DateTime> {
        let instant: Timestamp = text.parse().ok()?;
        let local = match self {
            Self::Local if text.ends_with(['Z', 'z']) => from.instant(Zone::utc().local(instant)),
            Self::Local | Self::Universal => instant,
        };
        Some(to.local(local))
    }
}

fn one(raw: &wire::Event, clock: Clock, name: &str, (of, tz): (&Of, &Zone), draft: &mut Draft<'_>) -> Vec<Rotation> {
    if draft.is_over(of, name, raw.effective_until) {
        return Vec::new();
    }
    let zone = raw.start_time.time_zone.as_deref().and_then(|named| Zone::named(named).ok());
    let zone = zone.unwrap_or_else(|| tz.clone());
    if zone != *tz {
        draft.lose(of.clone(), name, Lost::OtherZone(zone.name().to_owned()));
    }
    let at = |time: &wire::Zoned| clock.read(&time.date_time, &zone, tz);
    let (turn, groups) = match &raw.assignment_strategy {
        wire::Strategy::Rotating { shifts_per_member, members } => {
            let groups = members.iter().map(|member| people(std::slice::from_ref(member), draft)).collect();
            (Turn::Shifts(shifts_per_member.unwrap_or(1)), groups)
        }
        wire::Strategy::Every { members } => (Turn::Period, vec![people(members, draft)]),
    };
    let (rules, dates): (Vec<&String>, Vec<&String>) =
        raw.recurrence.iter().partition(|line| line.to_uppercase().starts_with("RRULE"));
    if !dates.is_empty() {
        draft.lose(of.clone(), name, Lost::Dates);
    }
    let (Some(start), Some(end)) = (at(&raw.start_time), at(&raw.end_time)) else {
        draft.lose(of.clone(), name, Lost::Repeats(raw.start_time.date_time.clone()));
        return Vec::new();
    };
    let mut repeat = Repeat {
        name: name.to_owned(),
        start,
        length: start.duration_until(end).as_secs(),
        every: Frequency::Weekly,
        interval: 1,
        days: Vec::new(),
        week_start: Day::Mon,
        groups,
        turn,
        from: Some(raw.effective_since).filter(|from| *from > draft.beside.now).map(|from| tz.local(from)),
        until: raw.effective_until.map(|until| tz.local(until)),
    };
    let read = match rules.as_slice() {
        [rule] => rule_of(rule, &mut repeat).then(|| repeat.rotations()),
        _ => None,
    };
    match read {
        Some(Ok(rotations)) => rotations,
        Some(Err(unlike)) => {
            draft.lose(of.clone(), name, Lost::Repeats(unlike));
            Vec::new()
        }
        None => {
            draft.lose(of.clone(), name, Lost::Repeats(raw.recurrence.join(" ")));
            Vec::new()
        }
    }
}

fn people(members: &[wire::Member], draft: &mut Draft<'_>) -> Vec<UserId> {
    members.iter().filter_map(|member| member.user_id.as_ref()).map(|id| draft.person(id, "")).collect()
}

/// What a rule says, if that is no more than can be carried over.
fn rule_of(rule: &str, repeat: &mut Repeat) -> bool {
    let rule = rule.to_uppercase();
    let parts = rule.trim_start_matches("RRULE:").split(';').filter(|part| !part.is_empty());
    for part in parts {
        let Some((key, value)) = part.split_once('=') else { return false };
        let fits = match key {
            "FREQ" => frequency(value).map(|every| repeat.every = every).is_some(),
            "INTERVAL" => value.parse().map(|interval| repeat.interval = interval).is_ok(),
            "WKST" => day(value).map(|day| repeat.week_start = day).is_some(),
            "BYDAY" => {
                let days: Option<Vec<Day>> = value.split(',').map(day).collect();
                days.map(|days| repeat.days = days).is_some()
            }
            _ => false,
        };
        if !fits {
            return false;
        }
    }
    true
}

fn rendered(computed: &[wire::Assignment], draft: &mut Draft<'_>) -> Vec<Rendered> {
    let mut all = Vec::new();
    for shift in computed {
        let who = shift.member.user_id.as_ref().map(|id| draft.person(id, ""));
        all.push(Rendered { from: shift.start_time, until: shift.end_time, who });
    }
    all
}

/// Overrides and shifts of their own are seen in the rendering alone. It does not say in whose place they are where several are on
/// call at once: then the comparison finds it.
fn puts(computed: &[wire::Assignment], draft: &mut Draft<'_>) -> Vec<Put> {
    let mut puts = Vec::new();
    for shift in computed {
        let is_own = shift.source.as_ref().is_some_and(|source| source.kind != "schedule_rotation");
        if let (true, Some(id)) = (is_own, &shift.member.user_id) {
            puts.push(Put { who: vec![draft.person(id, "")], from: shift.start_time, until: shift.end_time });
        }
    }
    puts
}
