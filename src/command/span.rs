//! Spans of time as people type them.

use jiff::{Timestamp, ToSpan, civil, tz::TimeZone};

use super::{
    args::words,
    time::{Toward, minutes, when, zone_of},
};
use crate::paging::rota::Span;

/// Longer texts are no times.
const LONGEST: usize = 100;

/// Reads `for 2h`, `until 08:00`, `until friday`, `tomorrow`, `2026-12-24`, `from 18:00 until 08:00`, `tomorrow 18:00 for 4h`,
/// `2026-12-24 to 2026-12-27`. What names a day alone means all of it, as a beginning its first moment and as an end its last, so
/// that an absence "to friday" ends when friday does. Without a beginning it begins now. `zone` is that of whoever typed it.
#[must_use]
pub fn span(text: &str, now: Timestamp, zone: &str) -> Option<Span> {
    let text = text.trim().trim_end_matches('.');
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    let cx = Cx { now, zone, tz: TimeZone::get(zone).ok()? };
    let words: Vec<&str> = words(text).collect();
    let words = match words.split_first() {
        Some((first, rest)) if is(first, &["from", "on"]) => rest,
        _ => words.as_slice(),
    };
    if let [day] = words
        && let Some(date) = cx.day(day)
    {
        return Some(Span { from: cx.start_of(date)?.max(now), until: cx.end_of(date)? });
    }
    let between = words.iter().position(|w| is(w, &BETWEEN));
    let (start, end) = match between {
        Some(at) => (&words[..at], &words[at..]),
        // `2026-12-24 2026-12-27`
        None => match words {
            [first, last] if cx.day(first).is_some() && cx.day(last).is_some() => (&words[..1], words),
            _ => return None,
        },
    };
    let from = if start.is_empty() { now } else { cx.beginning(start)? };
    let rest = &end[1..];
    let until = if end.first().is_some_and(|w| is(w, &["for"])) {
        let length = minutes(&rest.join(" ")).filter(|m| *m > 0)?;
        from.checked_add(jiff::SignedDuration::from_mins(length.into())).ok()?
    } else {
        cx.end(rest, from)?
    };
    (from < until).then_some(Span { from, until })
}

/// Where a beginning ends and an end begins.
const BETWEEN: [&str; 7] = ["until", "till", "to", "through", "-", "–", "for"];

/// The zones in which the times of such a text were read, each once: what stands behind a time, else `zone`; none where all of it
/// counts from now on.
#[must_use]
pub fn zones(text: &str, zone: &str) -> Vec<String> {
    let words: Vec<&str> = words(text.trim().trim_end_matches('.')).filter(|w| !is(w, &["from", "on"])).collect();
    let mut zones = Vec::new();
    for part in words.split(|w| is(w, &BETWEEN)) {
        let counts = part.is_empty() || is(part[0], &["now"]) || minutes(&part.join(" ")).is_some();
        let read = zone_of(part).unwrap_or(zone);
        if !counts && !zones.iter().any(|known| known == read) {
            zones.push(read.to_owned());
        }
    }
    zones
}

struct Cx<'a> {
    now: Timestamp,
    zone: &'a str,
    tz: TimeZone,
}

impl Cx<'_> {
    /// A day that is named alone.
    fn day(&self, word: &str) -> Option<civil::Date> {
        let today = self.now.to_zoned(self.tz.clone()).date();
        match word.to_lowercase().as_str() {
            "today" => Some(today),
            "tomorrow" => today.checked_add(1.day()).ok(),
            // A date is ten characters; `20261224` may be anything.
            date if date.len() == 10 => date.parse().ok(),
            name => {
                let wanted = weekday(name)?;
                let days = today.weekday().until(wanted);
                today.checked_add(i64::from(days).days()).ok()
            }
        }
    }

    fn start_of(&self, date: civil::Date) -> Option<Timestamp> {
        date.to_zoned(self.tz.clone()).ok().map(|z| z.timestamp())
    }

    /// The first instant of the next day.
    fn end_of(&self, date: civil::Date) -> Option<Timestamp> {
        self.start_of(date.checked_add(1.day()).ok()?)
    }

    fn beginning(&self, words: &[&str]) -> Option<Timestamp> {
        match words {
            [day] if self.day(day).is_some() => self.start_of(self.day(day)?),
            [day, rest @ ..] if !rest.is_empty() && weekday(&day.to_lowercase()).is_some() => {
                when(&format!("{} {}", self.day(day)?, rest.join(" ")), self.now, self.zone, Toward::Future)
            }
            _ => when(&words.join(" "), self.now, self.zone, Toward::Future),
        }
    }

    /// The first one after `from`.
    fn end(&self, words: &[&str], from: Timestamp) -> Option<Timestamp> {
        match words {
            [day] if self.day(day).is_some() => self.end_of(self.day(day)?),
            // A bare time of day is looked for behind the beginning.
            [clock] => when(clock, from, self.zone, Toward::Future)
                .filter(|at| *at > from)
                .or_else(|| when(clock, from.checked_add(1.minute()).ok()?, self.zone, Toward::Future)),
            _ => self.beginning(words),
        }
    }
}

fn is(word: &str, any: &[&str]) -> bool {
    any.iter().any(|one| word.eq_ignore_ascii_case(one))
}

fn weekday(name: &str) -> Option<civil::Weekday> {
    use civil::Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
    match name {
        "monday" | "mon" => Some(Monday),
        "tuesday" | "tue" => Some(Tuesday),
        "wednesday" | "wed" => Some(Wednesday),
        "thursday" | "thu" => Some(Thursday),
        "friday" | "fri" => Some(Friday),
        "saturday" | "sat" => Some(Saturday),
        "sunday" | "sun" => Some(Sunday),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_people_type_them() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        // A Friday, 23:30 in Berlin.
        let now = at("2026-11-27T22:30:00Z");
        let read = |text: &str| span(text, now, "Europe/Berlin").map(|s| (s.from, s.until));
        for (text, from, until) in [
            ("for 2h", "2026-11-27T22:30:00Z", "2026-11-28T00:30:00Z"),
            ("until 08:00", "2026-11-27T22:30:00Z", "2026-11-28T07:00:00Z"),
            ("until 23:30", "2026-11-27T22:30:00Z", "2026-11-28T22:30:00Z"),
            ("today", "2026-11-27T22:30:00Z", "2026-11-27T23:00:00Z"),
            ("tomorrow", "2026-11-27T23:00:00Z", "2026-11-28T23:00:00Z"),
            ("on monday", "2026-11-29T23:00:00Z", "2026-11-30T23:00:00Z"),
            ("until sunday", "2026-11-27T22:30:00Z", "2026-11-29T23:00:00Z"),
            ("from 18:00 until 08:00", "2026-11-28T17:00:00Z", "2026-11-29T07:00:00Z"),
            ("tomorrow 18:00 for 4h", "2026-11-28T17:00:00Z", "2026-11-28T21:00:00Z"),
            ("monday 09:00 to tuesday 17:00", "2026-11-30T08:00:00Z", "2026-12-01T16:00:00Z"),
            ("2026-12-24", "2026-12-23T23:00:00Z", "2026-12-24T23:00:00Z"),
            ("2026-12-24 to 2026-12-27", "2026-12-23T23:00:00Z", "2026-12-27T23:00:00Z"),
            ("2026-12-24 2026-12-27", "2026-12-23T23:00:00Z", "2026-12-27T23:00:00Z"),
            ("from 2026-12-24 18:00 until 2026-12-25 06:00", "2026-12-24T17:00:00Z", "2026-12-25T05:00:00Z"),
            ("2026-12-24 18:00 until 06:00", "2026-12-24T17:00:00Z", "2026-12-25T05:00:00Z"),
            ("until 08:00 UTC", "2026-11-27T22:30:00Z", "2026-11-28T08:00:00Z"),
        ] {
            assert_eq!(read(text), Some((at(from), at(until))), "{text}");
        }
        for text in
            ["", "for", "for 0h", "until", "until never", "soon", "from 18:00", "to", "2026-12-27 to 2026-12-24"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn the_zones_in_which_times_are_read_are_known() {
        for (text, expected) in [
            ("for 2h", &[][..]),
            ("now for 2h", &[]),
            ("until 08:00", &["Europe/Berlin"]),
            ("tomorrow", &["Europe/Berlin"]),
            ("tomorrow 18:00 for 4h", &["Europe/Berlin"]),
            ("until 08:00 UTC", &["UTC"]),
            ("until 08:00Z", &["Z"]),
            ("from 18:00 UTC until 2026-12-24 08:00", &["UTC", "Europe/Berlin"]),
            ("2026-12-24T18:00+02:00 until 20:00pm", &["+02:00", "Europe/Berlin"]),
            ("from monday 18:00 America/New_York to tuesday", &["America/New_York", "Europe/Berlin"]),
            ("2026-12-24 2026-12-27", &["Europe/Berlin"]),
        ] {
            assert_eq!(zones(text, "Europe/Berlin"), expected, "{text}");
        }
    }

    /// The hour that a day in Berlin has more or less belongs to it.
    #[test]
    fn a_day_is_as_long_as_it_is() {
        let now: Timestamp = "2027-03-01T00:00:00Z".parse().unwrap();
        let hours = |day: &str| {
            let span = span(day, now, "Europe/Berlin").unwrap();
            span.from.duration_until(span.until).as_hours()
        };
        assert_eq!((hours("2027-03-28"), hours("2027-10-31"), hours("2027-06-01")), (23, 25, 24));
    }
}
