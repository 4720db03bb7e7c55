//! Whose shift it is.

use super::*;

const HOUR: &str = "DTSTART:20260701T090000Z\nDTEND:20260701T100000Z";

fn who(title: &str, lines: &str) -> Vec<(String, Option<u8>)> {
    let part = titled("a", title, &format!("{HOUR}\n{lines}"));
    let read = read(&calendar(&[part]), &zone("UTC"), &days("2026-06-01", "2026-12-01"));
    read.shifts.into_iter().map(|s| (s.who, s.level)).collect()
}

fn named(who: &str) -> (String, Option<u8>) {
    (who.to_owned(), None)
}

#[test]
fn people_are_those_invited_then_the_organizer_then_the_title() {
    let two = "ORGANIZER:mailto:boss@example.com\nATTENDEE;CN=Bob:mailto:bob@example.com\n\
        ATTENDEE;PARTSTAT=ACCEPTED:MAILTO:alice@example.com\nATTENDEE;CUTYPE=ROOM:mailto:room@example.com\n\
        ATTENDEE;PARTSTAT=DECLINED:mailto:carol@example.com";
    assert_eq!(who("On call", two), [named("alice@example.com"), named("bob@example.com")]);
    assert_eq!(who("On call", "ORGANIZER:mailto:boss@example.com"), [named("boss@example.com")]);
    let google = "ORGANIZER;CN=On call:mailto:abc123@group.calendar.google.com";
    assert_eq!(who("bob", google), [named("bob")], "a calendar is nobody");
    assert_eq!(who(" [L2] bob ", ""), [("bob".to_owned(), Some(2))]);
    assert_eq!(who(r"[L1]bob\, smith", ""), [("bob, smith".to_owned(), Some(1))]);
    assert_eq!(who("[Lx] bob", ""), [named("[Lx] bob")]);
    assert_eq!(who("[L3] On call", "ATTENDEE:mailto:bob@example.com"), [("bob@example.com".to_owned(), Some(3))]);
}

#[test]
fn an_event_that_is_no_shift_is_told() {
    let parts = [
        titled("free", "bob", &format!("{HOUR}\nTRANSP:TRANSPARENT")),
        titled("nobody", "", HOUR),
        titled("declined", "bob", &format!("{HOUR}\nATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.com")),
        titled("backwards", "bob", "DTSTART:20260701T090000Z\nDTEND:20260701T080000Z"),
        titled("no length", "bob", "DTSTART:20260701T090000Z"),
        titled("no start", "bob", "DTSTART:tomorrow"),
        titled("no rule", "bob", &format!("{HOUR}\nRRULE:FREQ=SOMETIMES")),
        titled("too often", "bob", &format!("{HOUR}\nRRULE:FREQ=SECONDLY")),
        titled("no date", "bob", &format!("{HOUR}\nEXDATE:never")),
        titled("cancelled", "", &format!("{HOUR}\nSTATUS:CANCELLED")),
    ];
    let read = read(&calendar(&parts), &zone("UTC"), &days("2026-06-01", "2026-12-01"));
    let later = super::read(&calendar(&parts[..5]), &zone("UTC"), &days("2027-06-01", "2027-12-01"));
    assert_eq!(later.findings, [], "it is not in the window");
    let mut told = found(&read);
    told.sort_by(|a, b| a.0.cmp(&b.0));
    let expected = [
        ("backwards", Unread::Empty),
        ("declined", Unread::Nobody),
        ("free", Unread::Free),
        ("no date", Unread::Date),
        ("no length", Unread::Empty),
        ("no rule", Unread::Rule),
        ("no start", Unread::Start),
        ("nobody", Unread::Nobody),
        ("too often", Unread::Rule),
    ];
    assert_eq!(told, expected.map(|(uid, why)| (uid.to_owned(), why)));
    assert_eq!(shown(&read.shifts), ["2026-07-01T09:00 2026-07-01T10:00 bob"], "three of them, all at the same time");
}
