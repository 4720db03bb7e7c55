//! Calendars as programs write them. Instants in the tables were worked out with other implementations: of the time zone
//! database, and of iCalendar.

mod bounds;
mod clocks;
mod people;
mod repeats;
mod rules;

use std::{fmt::Write as _, ops::Range};

use super::*;
use crate::paging::schedule::Zone;

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn zone(name: &str) -> Zone {
    Zone::named(name).expect("a zone")
}

/// From one day, UTC, to another.
fn days(from: &str, until: &str) -> Range<Timestamp> {
    at(&format!("{from}T00:00Z"))..at(&format!("{until}T00:00Z"))
}

/// A calendar with this in it, in lines as the standard has them.
fn calendar(parts: &[String]) -> String {
    format!("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//y//EN\n{}END:VCALENDAR\n", parts.concat()).replace('\n', "\r\n")
}

/// An event of bob's.
fn event(uid: &str, lines: &str) -> String {
    titled(uid, "bob", lines)
}

fn titled(uid: &str, title: &str, lines: &str) -> String {
    let lines: String = lines.lines().map(str::trim).filter(|l| !l.is_empty()).fold(String::new(), |mut all, line| {
        let _ = writeln!(all, "{line}");
        all
    });
    format!("BEGIN:VEVENT\nUID:{uid}\nSUMMARY:{title}\n{lines}END:VEVENT\n")
}

/// What Berlin reads of it; nothing may be wrong.
fn read_all(parts: &[String], window: Range<Timestamp>) -> Vec<String> {
    let read = read(&calendar(parts), &zone("Europe/Berlin"), &window);
    assert_eq!((read.findings, read.untold), (Vec::new(), 0));
    shown(&read.shifts)
}

fn shown(shifts: &[Shift]) -> Vec<String> {
    let time = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M").to_string();
    shifts.iter().map(|s| format!("{} {} {}", time(s.from), time(s.until), s.who)).collect()
}

/// What is said of the events, each by its UID.
fn found(read: &Imported) -> Vec<(String, Unread)> {
    let of = |finding: &Finding| match finding {
        Finding::Event { which, why } => Some((which.uid.clone().unwrap_or_default(), why.clone())),
        Finding::TooLarge | Finding::NoCalendar | Finding::CutShort | Finding::TooMuch => None,
    };
    read.findings.iter().filter_map(of).collect()
}
