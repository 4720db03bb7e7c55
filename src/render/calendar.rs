//! A schedule as a calendar (iCalendar, RFC 5545), for programs that show those.

use std::fmt::Write as _;

use jiff::Timestamp;

use crate::{
    ids::UserId,
    paging::{
        rota::Span,
        schedule::{Schedule, Slot},
    },
};

/// The longest line, in bytes.
const LINE: usize = 75;

/// A calendar with one event for each shift; gaps have none. The same shifts give the same text, and a shift keeps its UID
/// whoever has it.
pub fn calendar(schedule: &Schedule, shifts: &[Slot], name: &dyn Fn(&UserId) -> String) -> String {
    let event = |shift: &Slot| {
        let names: Vec<String> = shift.cover.people().map(name).collect();
        // Nobody is on call twice from one instant on.
        let uid = format!("{}-{}@watchroom", time(shift.from), schedule.id);
        Event { uid, from: shift.from, until: shift.until, title: names.join(", ") }
    };
    written(&schedule.name, shifts.iter().filter(|shift| !shift.cover.is_gap()).map(event))
}

/// The same of one person, whoever is beside them: an event for each shift by each schedule.
pub fn calendar_of(who: &UserId, name: &str, shifts: &[(&Schedule, Span)]) -> String {
    let event = |(schedule, span): &(&Schedule, Span)| {
        let uid = format!("{}-{}-{who}@watchroom", time(span.from), schedule.id);
        Event { uid, from: span.from, until: span.until, title: schedule.name.clone() }
    };
    written(&format!("On call: {name}"), shifts.iter().map(event))
}

/// What an event says.
struct Event {
    uid: String,
    from: Timestamp,
    until: Timestamp,
    title: String,
}

fn written(name: &str, events: impl Iterator<Item = Event>) -> String {
    let mut text = String::new();
    let mut put = |property: &str, value: &str| fold(&mut text, &format!("{property}:{value}"));
    put("BEGIN", "VCALENDAR");
    put("VERSION", "2.0");
    put("PRODID", "-//Watchroom//On call//EN");
    put("NAME", &escaped(name));
    put("X-WR-CALNAME", &escaped(name));
    put("REFRESH-INTERVAL;VALUE=DURATION", "PT1H");
    put("X-PUBLISHED-TTL", "PT1H");
    for Event { uid, from, until, title } in events {
        let (from, until) = (time(from), time(until));
        put("BEGIN", "VEVENT");
        put("UID", &escaped(&uid));
        // It has to say when it was written, and must not be another text each time.
        put("DTSTAMP", &from);
        put("DTSTART", &from);
        put("DTEND", &until);
        put("SUMMARY", &escaped(&title));
        put("END", "VEVENT");
    }
    put("END", "VCALENDAR");
    text
}

fn time(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A text as a value.
fn escaped(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => value.extend(['\\', c]),
            '\n' => value.push_str("\\n"),
            c if c.is_control() => {}
            c => value.push(c),
        }
    }
    value
}

/// Writes a line, in pieces where it is long; no character is cut in two.
fn fold(text: &mut String, line: &str) {
    let mut length = 0;
    for c in line.chars() {
        if length + c.len_utf8() > LINE {
            text.push_str("\r\n ");
            length = 1;
        }
        length += c.len_utf8();
        let _ = text.write_char(c);
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paging::{
        ical::read,
        schedule::{Cover, Gap, OnDuty, Source, Zone},
    };

    fn slot(from: &str, until: &str, people: &[&str]) -> Slot {
        let source = || Source::Rotation { layer: "all".into(), rotation: "weekly".into() };
        let on_duty = |who: &&str| OnDuty { who: (*who).into(), source: source() };
        let cover = match people {
            [] => Cover::Gap(Gap::NobodyScheduled),
            people => Cover::People(people.iter().map(on_duty).collect()),
        };
        let at = |text: &str| text.parse().expect("an instant");
        Slot { from: at(from), until: at(until), cover }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let zone = Zone::named("UTC").expect("a zone");
        let name = "Primary; team, \\ of long ünïcödé names that do not fit in a line of seventy-five bytes";
        let schedule = Schedule { id: "primary".into(), name: name.into(), tz: zone.clone(), layers: Vec::new() };
        let shifts = [
            slot("2026-11-23T09:00Z", "2026-11-24T09:00Z", &["alice", "bob"]),
            slot("2026-11-24T09:00Z", "2026-11-25T09:00Z", &[]),
            slot("2026-11-25T09:00Z", "2026-11-26T09:00Z", &["carol"]),
        ];
        let called = |who: &UserId| format!("{who}\r\n, the “ö” \\; {}", "é".repeat(60));
        let text = calendar(&schedule, &shifts, &called);
        assert!(text.split_terminator("\r\n").all(|line| line.len() <= LINE && !line.contains(['\r', '\n'])), "{text}");
        let window = shifts[0].from..shifts[2].until;
        let read = read(&text, &zone, &window);
        assert_eq!(read.findings, []);
        let both: Vec<_> = read.shifts.iter().map(|s| (s.from, s.until, s.who.replace('\n', "\r\n"))).collect();
        let one = |slot: &Slot| {
            let names: Vec<String> = slot.cover.people().map(&called).collect();
            (slot.from, slot.until, names.join(", "))
        };
        assert_eq!(both, [one(&shifts[0]), one(&shifts[2])]);
    }
}
