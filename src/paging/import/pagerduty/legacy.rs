//! Schedules with layers, v2.

use jiff::{SignedDuration, Timestamp};

use super::wire;
use crate::paging::{
    import::{
        Lost, Of,
        compare::Rendered,
        draft::{Draft, Put, layer, layer_name, rotation, rotation_name},
        repeat::nonzero,
        window::{DAY, DAYS, WEEK, later, windows},
    },
    schedule::{Active, Day, Every, Layer, Schedule, WeeklyWindow, Zone},
};

pub(super) fn schedule(raw: &wire::Schedule, draft: &mut Draft<'_>) {
    let name = raw.name.clone().unwrap_or_else(|| raw.id.clone());
    let of = Of::Schedule(name.clone());
    let Some(raw_layers) = &raw.layers else {
        draft.lose(of, "", Lost::NoRotations);
        return;
    };
    let tz = draft.zone(&of, raw.time_zone.as_deref());
    // The answer has them high to low.
    let mut layers: Vec<Layer> = Vec::new();
    for raw in raw_layers.iter().rev() {
        let own = one(raw, &of, &tz, draft);
        let own = own.map(|own| Layer { name: layer_name(&layers, &own.name), ..own });
        layers.extend(own);
    }
    let puts = raw.overrides_subschedule.as_ref().map(|sub| puts(sub, draft)).unwrap_or_default();
    let rendered = raw.rendered.as_ref().map(|sub| entries(sub, draft)).unwrap_or_default();
    let id = draft.schedule_id(&raw.id, &name);
    draft.schedule(Schedule { id, name, tz, layers }, &puts, &rendered);
}

fn entries(sub: &wire::Sub, draft: &mut Draft<'_>) -> Vec<Rendered> {
    let mut entries = Vec::new();
    for entry in &sub.rendered_schedule_entries {
        let who = entry.user.as_ref().map(|user| draft.person(&user.id, user.name()));
        entries.push(Rendered { from: entry.start, until: entry.end, who });
    }
    entries
}

fn puts(sub: &wire::Sub, draft: &mut Draft<'_>) -> Vec<Put> {
    let put = |Rendered { from, until, who }: Rendered| Some(Put { who: vec![who?], from, until });
    entries(sub, draft).into_iter().filter_map(put).collect()
}

/// One layer, if somebody in it has duty from now on.
fn one(raw: &wire::Layer, of: &Of, tz: &Zone, draft: &mut Draft<'_>) -> Option<Layer> {
    let name = raw.name.clone().unwrap_or_default();
    if draft.is_over(of, &name, raw.end) {
        return None;
    }
    let mut groups = Vec::new();
    for user in raw.users.iter().filter_map(|turn| turn.user.as_ref()) {
        groups.push(vec![draft.person(&user.id, user.name())]);
    }
    if groups.is_empty() {
        draft.lose(of.clone(), &name, Lost::Nobody);
        return None;
    }
    let seconds = raw.rotation_turn_length_seconds;
    let Some((every, length)) = turn(seconds, groups.len()) else {
        draft.lose(of.clone(), &name, Lost::Turn(seconds));
        return None;
    };
    if matches!(every, Every::Hours(_)) {
        draft.lose(of.clone(), &name, Lost::Hours);
    }
    let start = first(raw, length, groups.len());
    let only = restrictions(raw.restrictions.as_deref().unwrap_or_default());
    let Ok(only) = only else {
        draft.lose(of.clone(), &name, Lost::Repeats("a restriction without a length".into()));
        return None;
    };
    let mut turns = rotation(&rotation_name(&[], &name), groups, tz.local(start), every);
    turns.restrictions = only;
    // A layer that has begun by now needs no beginning: what was before is not told any more.
    let from = Some(raw.start).filter(|from| *from > draft.beside.now).map(|from| tz.local(from));
    let active = Active { from, until: raw.end.map(|end| tz.local(end)) };
    Some(layer(name, active, vec![turns]))
}

/// The length of a turn, also in seconds. Days and weeks are those of the calendar.
fn turn(seconds: i64, people: usize) -> Option<(Every, i64)> {
    let times = |n: i64| u16::try_from(n).ok().filter(|n| *n > 0).map(nonzero);
    if people == 1 {
        return Some((Every::Weeks(nonzero(1)), WEEK));
    }
    let every = match seconds {
        s if s <= 0 => None,
        s if s % WEEK == 0 => times(s / WEEK).map(Every::Weeks),
        s if s % DAY == 0 => times(s / DAY).map(Every::Days),
        s if s % 3600 == 0 => times(s / 3600).map(Every::Hours),
        _ => None,
    };
    every.map(|every| (every, seconds))
}

/// The beginning of a turn of the first one that is not after the layer's own beginning.
fn first(raw: &wire::Layer, turn: i64, people: usize) -> Timestamp {
    let start = raw.rotation_virtual_start.unwrap_or(raw.start);
    let round = turn.saturating_mul(i64::try_from(people).unwrap_or(i64::MAX));
    let late = raw.start.duration_until(start).as_secs();
    let rounds = if late > 0 && round > 0 { (late + round - 1) / round } else { 0 };
    start.checked_sub(SignedDuration::from_secs(rounds.saturating_mul(round))).unwrap_or(start)
}

/// Parts of the week; none of them where it is always.
fn restrictions(raw: &[wire::Restriction]) -> Result<Vec<WeeklyWindow>, ()> {
    let mut all = Vec::new();
    for restriction in raw {
        let (days, from, seconds): (Vec<Day>, _, _) = match restriction {
            wire::Restriction::DailyRestriction { start_time_of_day, duration_seconds } => {
                (DAYS.to_vec(), *start_time_of_day, *duration_seconds)
            }
            wire::Restriction::WeeklyRestriction { start_time_of_day, start_day_of_week, duration_seconds } => {
                (vec![later(Day::Mon, start_day_of_week - 1)], *start_time_of_day, *duration_seconds)
            }
        };
        if seconds <= 0 {
            return Err(());
        }
        match windows(&days, from, seconds) {
            Some(windows) => all.extend(windows),
            None => return Ok(Vec::new()),
        }
    }
    Ok(all)
}
