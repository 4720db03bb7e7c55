//! Shifts of a schedule.

use jiff::{SignedDuration, Timestamp, civil::DateTime};

use super::wire;
use crate::{
    ids::UserId,
    paging::{
        import::{
            Lost, Of,
            draft::{Draft, Put, rotation_name},
            repeat::{Frequency, Repeat, Turn, day, frequency},
        },
        schedule::{Day, Rotation, Zone},
    },
};

/// A time as it is written, by the clocks of the shift's zone, or of the one that counts where it has none.
fn instant(raw: &wire::Shift, text: &str, clock: &Zone) -> Option<Timestamp> {
    let zone = raw.time_zone.as_deref().and_then(|named| Zone::named(named).ok());
    let local: DateTime = text.trim_end_matches(['Z', 'z']).parse().ok()?;
    Some(zone.as_ref().unwrap_or(clock).instant(local))
}

fn people(ids: &[String], draft: &mut Draft<'_>) -> Vec<UserId> {
    ids.iter().map(|id| draft.person(id, "")).collect()
}

/// Those put on call for a while.
pub(super) fn put(raw: &wire::Shift, clock: &Zone, draft: &mut Draft<'_>) -> Put {
    let mut who = people(&raw.users, draft);
    who.extend(people(&raw.rolling_users.concat(), draft));
    let from = instant(raw, &raw.start, clock).unwrap_or(Timestamp::MIN);
    let until = from.checked_add(SignedDuration::from_secs(raw.duration)).unwrap_or(from);
    Put { who, from, until }
}

/// The shift as rotations that stand beside those of the same priority.
pub(super) fn rotations(
    raw: &wire::Shift,
    beside: &[Rotation],
    clock: &Zone,
    (of, tz): (&Of, &Zone),
    draft: &mut Draft<'_>,
) -> Vec<Rotation> {
    let name = rotation_name(beside, &raw.name);
    let at = |text: &Option<String>| text.as_deref().and_then(|text| instant(raw, text, clock));
    let Some(start) = instant(raw, &raw.start, clock) else {
        draft.lose(of.clone(), &name, Lost::Repeats(raw.start.clone()));
        return Vec::new();
    };
    let (from, mut until) = (at(&raw.rotation_start), at(&raw.until));
    let is_single = raw.frequency.is_none();
    if is_single {
        until = start.checked_add(SignedDuration::from_secs(raw.duration)).ok();
    }
    if draft.is_over(of, &name, until) {
        return Vec::new();
    }
    let own_zone = raw.time_zone.as_deref().and_then(|named| Zone::named(named).ok());
    if let Some(zone) = own_zone.filter(|zone| zone != tz) {
        draft.lose(of.clone(), &name, Lost::OtherZone(zone.name().to_owned()));
    }
    let groups = groups(raw, draft);
    if groups.iter().all(Vec::is_empty) {
        draft.lose(of.clone(), &name, Lost::Nobody);
        return Vec::new();
    }
    let repeat = repeat(raw, name.clone(), groups, tz.local(start));
    let rotations = repeat.and_then(|repeat| {
        let moved = |at: Option<Timestamp>| at.map(|at| tz.local(at));
        Repeat { from: moved(from).filter(|from| *from > repeat.start), until: moved(until), ..repeat }.rotations()
    });
    rotations.unwrap_or_else(|unlike| {
        draft.lose(of.clone(), &name, Lost::Repeats(unlike));
        Vec::new()
    })
}

fn groups(raw: &wire::Shift, draft: &mut Draft<'_>) -> Vec<Vec<UserId>> {
    if raw.kind != "rolling_users" {
        return vec![people(&raw.users, draft)];
    }
    let mut groups: Vec<Vec<UserId>> = Vec::new();
    for ids in raw.rolling_users.iter().filter(|ids| !ids.is_empty()) {
        groups.push(people(ids, draft));
    }
    let first = raw.start_rotation_from_user_index.unwrap_or_default();
    if first < groups.len() {
        groups.rotate_left(first);
    }
    groups
}

/// How it repeats, or in which way it does that cannot be carried over.
fn repeat(raw: &wire::Shift, name: String, groups: Vec<Vec<UserId>>, start: DateTime) -> Result<Repeat, String> {
    if !raw.by_month.is_empty() || !raw.by_monthday.is_empty() {
        return Err("by month or by day of the month".into());
    }
    let days: Option<Vec<Day>> = raw.by_day.iter().map(|text| day(text)).collect();
    let days = days.ok_or_else(|| raw.by_day.join(", "))?;
    let (every, interval) = match raw.frequency.as_deref() {
        Some(text) => (frequency(text).ok_or_else(|| text.to_owned())?, raw.interval.unwrap_or(1)),
        // Once: the same without a break, until its end.
        None => (Frequency::Weekly, 1),
    };
    if every == Frequency::Daily && !days.is_empty() && days.len() < 7 && groups.len() > 1 {
        return Err("daily on some days of the week".into());
    }
    let length = if raw.frequency.is_none() { 7 * 24 * 3600 } else { raw.duration };
    let week_start = raw.week_start.as_deref().and_then(day).unwrap_or(Day::Mon);
    let turn = Turn::Period;
    Ok(Repeat { name, start, length, every, interval, days, week_start, groups, turn, from: None, until: None })
}
