//! Times as people type them.

use jiff::{SignedDuration, Timestamp, ToSpan, civil, tz::TimeZone};

use super::args::words;
use crate::incident::When;

/// In which direction a bare time of day is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toward {
    /// The most recent one.
    Past,
    /// The next one.
    Future,
}

/// The longest time that one may be away, in minutes.
const LONGEST_MIN: u32 = 60 * 24 * 366;

/// Reads `02:10`, `02:10 UTC`, `02:10 Europe/Berlin`, `02:10+02:00`, `yesterday 23:50`, `2026-11-22 02:10`,
/// `20 min ago`, `now`, or RFC 3339. `zone` is that of whoever typed it, and holds where the text names none.
///
/// A time that the clock of that zone skips (the hour lost in spring) counts as the same time before the jump, and one
/// that it shows twice (in autumn) as the first of the two, which is what RFC 5545 asks for and jiff does by itself.
#[must_use]
pub fn when(text: &str, now: Timestamp, zone: &str, toward: Toward) -> Option<Timestamp> {
    let text = text.trim().trim_end_matches('.');
    if text.len() > 100 {
        return None;
    }
    if text.eq_ignore_ascii_case("now") {
        return Some(now);
    }
    if let Ok(exact) = text.parse::<Timestamp>() {
        return Some(exact);
    }
    if let Some(amount) = strip_suffix_word(text, "ago") {
        return now.checked_sub(SignedDuration::from_mins(minutes(amount)?.into())).ok();
    }
    let mut words: Vec<&str> = words(text).filter(|w| !w.eq_ignore_ascii_case("at")).collect();
    let mut tz = TimeZone::get(zone).ok();
    if words.len() > 1
        && let Some(named) = words.last().and_then(|w| zone_named(w))
    {
        tz = Some(named);
        words.pop();
    }
    let (day, clock) = match words.as_slice() {
        [clock] => match clock.split_once('T') {
            Some((day, clock)) => (Some(day), clock),
            None => (None, *clock),
        },
        [day, clock] => (Some(*day), *clock),
        _ => return None,
    };
    let (time, attached) = clock_and_zone(clock)?;
    let tz = attached.or(tz)?;
    let today = now.to_zoned(tz.clone()).date();
    let on = |date: civil::Date| date.to_datetime(time).to_zoned(tz.clone()).ok().map(|z| z.timestamp());
    let day = match day.map(str::to_lowercase).as_deref() {
        None => return nearest(today, now, toward, on),
        Some("today") => today,
        Some("yesterday") => today.checked_sub(1.day()).ok()?,
        Some("tomorrow") => today.checked_add(1.day()).ok()?,
        Some(date) => date.parse().ok()?,
    };
    on(day)
}

/// The bare time of day that is nearest in the direction wanted, `now` itself included.
fn nearest(
    today: civil::Date,
    now: Timestamp,
    toward: Toward,
    on: impl Fn(civil::Date) -> Option<Timestamp>,
) -> Option<Timestamp> {
    let days = match toward {
        Toward::Past => [today.checked_add(1.day()).ok(), Some(today), today.checked_sub(1.day()).ok()],
        Toward::Future => [today.checked_sub(1.day()).ok(), Some(today), today.checked_add(1.day()).ok()],
    };
    days.into_iter().flatten().filter_map(on).find(|at| match toward {
        Toward::Past => *at <= now,
        Toward::Future => *at >= now,
    })
}

/// `02:10`, `2:10:30`, `2:10pm`, with `Z`, `UTC` or `+02:00` perhaps attached.
fn clock_and_zone(text: &str) -> Option<(civil::Time, Option<TimeZone>)> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == ':')).unwrap_or(text.len());
    let (digits, behind) = text.split_at(end);
    let parts: Vec<i8> = digits.split(':').map(|p| p.parse().ok().filter(|_| p.len() <= 2)).collect::<Option<_>>()?;
    let (hour, minute, second) = match parts.as_slice() {
        [hour, minute] => (*hour, *minute, 0),
        [hour, minute, second] => (*hour, *minute, *second),
        _ => return None,
    };
    let lower = behind.to_lowercase();
    let (hour, zone) = match lower.as_str() {
        "am" if (1..=12).contains(&hour) => (hour % 12, ""),
        "pm" if (1..=12).contains(&hour) => (hour % 12 + 12, ""),
        _ => (hour, behind),
    };
    let time = civil::Time::new(hour, minute, second, 0).ok()?;
    if zone.is_empty() { Some((time, None)) } else { Some((time, Some(zone_named(zone)?))) }
}

/// The zone that stands behind a time, or at it, as it was typed.
pub(super) fn zone_of<'a>(time: &[&'a str]) -> Option<&'a str> {
    let last = *time.last()?;
    if time.len() > 1 && zone_named(last).is_some() {
        return Some(last);
    }
    let clock = last.rsplit('T').next().unwrap_or(last);
    let behind = &clock[clock.find(|c: char| !(c.is_ascii_digit() || c == ':'))?..];
    zone_named(behind).map(|_| behind)
}

/// `UTC`, `Z`, `Europe/Berlin`, `+02:00`, `-0330`.
fn zone_named(text: &str) -> Option<TimeZone> {
    if ["utc", "z", "gmt"].iter().any(|utc| text.eq_ignore_ascii_case(utc)) {
        return Some(TimeZone::UTC);
    }
    if text.starts_with(['+', '-']) {
        let (sign, digits) = text.split_at(1);
        let digits: String = digits.chars().filter(|c| *c != ':').collect();
        if !digits.bytes().all(|b| b.is_ascii_digit()) || !matches!(digits.len(), 1 | 2 | 4) {
            return None;
        }
        let (hours, minutes) = digits.split_at(digits.len().min(2));
        let hours: i32 = hours.parse().ok()?;
        let minutes: i32 = if minutes.is_empty() { 0 } else { minutes.parse().ok()? };
        let seconds = (hours * 60 + minutes) * 60 * if sign == "-" { -1 } else { 1 };
        return jiff::tz::Offset::from_seconds(seconds)
            .ok()
            .filter(|_| hours <= 14 && minutes < 60)
            .map(TimeZone::fixed);
    }
    text.contains('/').then(|| TimeZone::get(text).ok()).flatten()
}

/// `30m`, `30 min`, `2h`, `1h30m`, `1 hour 30 minutes`, `2 days`: minutes.
pub(super) fn minutes(text: &str) -> Option<u32> {
    let text = text.trim().to_lowercase();
    let mut rest = text.as_str();
    let mut total: u32 = 0;
    if rest.is_empty() || rest.len() > 60 {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: u32 = match &rest[..digits] {
            "" => {
                // `an hour`, `a minute`
                let behind = rest.strip_prefix("an ").or_else(|| rest.strip_prefix("a "))?;
                rest = behind;
                1
            }
            number => {
                rest = rest[digits..].trim_start();
                number.parse().ok()?
            }
        };
        let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        let unit = match &rest[..end] {
            "m" | "min" | "mins" | "minute" | "minutes" => 1,
            "h" | "hr" | "hrs" | "hour" | "hours" => 60,
            "d" | "day" | "days" => 60 * 24,
            _ => return None,
        };
        total = total.checked_add(number.checked_mul(unit)?)?;
        rest = rest[end..].trim_start();
        rest = rest.strip_prefix("and ").unwrap_or(rest);
    }
    (total <= LONGEST_MIN).then_some(total)
}

/// Splits `… next 30m`, `… next by 15:00`, `… next update in 1 hour` or `… no next update` off the end of an update.
/// What cannot be read as a time stays part of the text.
pub(super) fn next_clause<'a>(text: &'a str, now: Timestamp, zone: &str) -> (&'a str, Option<When>) {
    for none in ["no next update", "no further update", "no further updates"] {
        if let Some(before) = strip_suffix_word(text, none) {
            return (tidy(before), Some(When::Never));
        }
    }
    let starts = text.match_indices(|c: char| c.eq_ignore_ascii_case(&'n')).map(|(at, _)| at);
    for at in starts.collect::<Vec<_>>().into_iter().rev() {
        let is_word = text[..at].chars().next_back().is_none_or(char::is_whitespace);
        let Some(clause) = strip_prefix_word(&text[at..], "next").filter(|_| is_word) else { continue };
        if let Some(next) = next_time(clause, now, zone) {
            return (tidy(&text[..at]), Some(next));
        }
    }
    (text, None)
}

fn next_time(clause: &str, now: Timestamp, zone: &str) -> Option<When> {
    let clause = strip_prefix_word(clause, "update").unwrap_or(clause).trim().trim_end_matches('.');
    if let Some(amount) = strip_prefix_word(clause, "in").or(Some(clause))
        && let Some(minutes) = minutes(amount).filter(|m| *m > 0)
    {
        return Some(When::In(minutes));
    }
    let at = ["by", "at"].iter().find_map(|word| strip_prefix_word(clause, word))?;
    when(at, now, zone, Toward::Future).map(When::At)
}

fn tidy(text: &str) -> &str {
    text.trim_end().trim_end_matches([',', ';', '-', '–', '|']).trim_end()
}

/// What stands before `word` at the end of `text`, in any case.
fn strip_suffix_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let text = text.trim_end().trim_end_matches('.');
    let at = text.len().checked_sub(word.len())?;
    let before = text.get(..at)?;
    let is_word = before.chars().next_back().is_none_or(char::is_whitespace);
    (is_word && text.get(at..)?.eq_ignore_ascii_case(word)).then(|| before.trim_end())
}

/// What stands behind `word` at the beginning of `text`, in any case.
fn strip_prefix_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let behind = text.get(word.len()..).filter(|_| text[..word.len()].eq_ignore_ascii_case(word))?;
    behind.chars().next().is_none_or(char::is_whitespace).then(|| behind.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn times_are_read_as_people_type_them() {
        let now = at("2026-11-22T03:00:00Z"); // 04:00 in Berlin
        for (text, expected) in [
            ("02:10", "2026-11-22T01:10:00Z"),
            ("2:10", "2026-11-22T01:10:00Z"),
            ("04:00", "2026-11-22T03:00:00Z"),
            ("04:01", "2026-11-21T03:01:00Z"),
            ("23:50", "2026-11-21T22:50:00Z"),
            ("02:10 UTC", "2026-11-22T02:10:00Z"),
            ("02:10Z", "2026-11-22T02:10:00Z"),
            ("03:10 utc", "2026-11-21T03:10:00Z"),
            ("02:10 America/New_York", "2026-11-21T07:10:00Z"),
            ("02:10+02:00", "2026-11-22T00:10:00Z"),
            ("02:10 -0330", "2026-11-21T05:40:00Z"),
            ("yesterday 23:50", "2026-11-21T22:50:00Z"),
            ("Yesterday at 23:50 UTC", "2026-11-21T23:50:00Z"),
            ("today 01:00", "2026-11-22T00:00:00Z"),
            ("2026-11-20 02:10", "2026-11-20T01:10:00Z"),
            ("2026-11-20T02:10", "2026-11-20T01:10:00Z"),
            ("2026-11-22T02:10:00+02:00", "2026-11-22T00:10:00Z"),
            ("1:15pm", "2026-11-21T12:15:00Z"),
            ("20 min ago", "2026-11-22T02:40:00Z"),
            ("1h30m ago", "2026-11-22T01:30:00Z"),
            ("an hour ago", "2026-11-22T02:00:00Z"),
            ("now", "2026-11-22T03:00:00Z"),
        ] {
            assert_eq!(when(text, now, "Europe/Berlin", Toward::Past), Some(at(expected)), "{text}");
        }
        for text in [
            "",
            "25:00",
            "2:1:1:1",
            "soon",
            "02:10 Mars/Olympus",
            "ago",
            "20 ago",
            "2026-13-01 02:10",
            "+02:00",
            "a:b",
            "12",
            "13:00am",
            "02:10+99:00",
            "99999999999999 min ago",
            "2026-11-22",
            "02:10 UTC please",
        ] {
            assert_eq!(when(text, now, "Europe/Berlin", Toward::Past), None, "{text}");
        }
    }

    /// In Berlin, 02:30 does not exist on 2026-03-29 and exists twice on 2026-10-25.
    #[test]
    fn clock_changes_have_one_meaning() {
        let spring = at("2026-03-29T10:00:00Z");
        assert_eq!(when("02:30", spring, "Europe/Berlin", Toward::Past), Some(at("2026-03-29T01:30:00Z")));
        let autumn = at("2026-10-25T10:00:00Z");
        assert_eq!(when("02:30", autumn, "Europe/Berlin", Toward::Past), Some(at("2026-10-25T00:30:00Z")));
    }

    #[test]
    fn the_next_update_is_promised_at_the_end() {
        let now = at("2026-11-22T03:00:00Z");
        let by = |text: &str| Some(When::At(at(text)));
        for (text, words, next) in [
            ("all is slow next 30m", "all is slow", Some(When::In(30))),
            ("all is slow, next in 1 hour", "all is slow", Some(When::In(60))),
            ("slow; Next update in 45 min.", "slow", Some(When::In(45))),
            ("slow next by 15:00", "slow", by("2026-11-22T14:00:00Z")),
            ("slow next update by 02:00", "slow", by("2026-11-23T01:00:00Z")),
            ("slow no next update", "slow", Some(When::Never)),
            ("we try the next server", "we try the next server", None),
            ("the next 30m are slow", "the next 30m are slow", None),
            ("next 0m", "next 0m", None),
            ("next 30m", "", Some(When::In(30))),
            ("näxt nexté 30m", "näxt nexté 30m", None),
        ] {
            assert_eq!(next_clause(text, now, "Europe/Berlin"), (words, next), "{text}");
        }
    }
}
