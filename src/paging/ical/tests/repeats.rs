//! Rules, dates and exceptions.

use super::*;

/// These lines, once with each kind of what is read from them.
fn starts(lines: &str, window: Range<Timestamp>) -> Vec<String> {
    read_all(&[event("a", lines)], window).into_iter().map(|line| line[..16].to_owned()).collect()
}

#[test]
fn dates_are_added_and_left_out() {
    let lines = "DTSTART;TZID=America/New_York:20260302T090000
        DTEND;TZID=America/New_York:20260302T170000
        RRULE:FREQ=WEEKLY;BYDAY=MO,WE,FR;UNTIL=20260313T235959Z
        EXDATE;TZID=America/New_York:20260304T090000
        RDATE;TZID=America/New_York:20260307T120000";
    assert_eq!(
        read_all(&[event("a", lines)], days("2026-03-01", "2026-04-01")),
        [
            "2026-03-02T14:00 2026-03-02T22:00 bob",
            "2026-03-06T14:00 2026-03-06T22:00 bob",
            "2026-03-07T17:00 2026-03-08T01:00 bob",
            "2026-03-09T13:00 2026-03-09T21:00 bob",
            "2026-03-11T13:00 2026-03-11T21:00 bob",
            "2026-03-13T13:00 2026-03-13T21:00 bob",
        ]
    );
    // A day alone stands for what begins on it; a period has an end of its own; several stand in one line.
    let others = "DTSTART:20260302T090000Z
        DTEND:20260302T100000Z
        RRULE:FREQ=DAILY;COUNT=4
        EXDATE;VALUE=DATE:20260303,20260304
        RDATE;VALUE=PERIOD:20260310T090000Z/20260310T120000Z,20260311T090000Z/PT2H";
    assert_eq!(
        read_all(&[event("a", others)], days("2026-03-01", "2026-04-01")),
        [
            "2026-03-02T09:00 2026-03-02T10:00 bob",
            "2026-03-05T09:00 2026-03-05T10:00 bob",
            "2026-03-10T09:00 2026-03-10T12:00 bob",
            "2026-03-11T09:00 2026-03-11T11:00 bob",
        ]
    );
}

const DAILY: &str = "DTSTART;TZID=Europe/Berlin:20260302T090000
    DTEND;TZID=Europe/Berlin:20260302T170000
    RRULE:FREQ=DAILY;COUNT=6";
const MOVED: &str = "RECURRENCE-ID;TZID=Europe/Berlin:20260303T090000
    DTSTART;TZID=Europe/Berlin:20260303T120000
    DTEND;TZID=Europe/Berlin:20260303T140000";
const ONWARD: &str = "RECURRENCE-ID;RANGE=THISANDFUTURE:20260305T080000Z
    DTSTART;TZID=Europe/Berlin:20260305T100000
    DTEND;TZID=Europe/Berlin:20260305T130000";

#[test]
fn an_exception_stands_for_one_occurrence_or_for_all_that_follow() {
    let window = || days("2026-03-01", "2026-04-01");
    let parts = [event("a", DAILY), titled("a", "carol", MOVED), titled("a", "dave", ONWARD)];
    let expected = [
        "2026-03-02T08:00 2026-03-02T16:00 bob",
        "2026-03-03T11:00 2026-03-03T13:00 carol",
        "2026-03-04T08:00 2026-03-04T16:00 bob",
        "2026-03-05T09:00 2026-03-05T12:00 dave",
        "2026-03-06T09:00 2026-03-06T12:00 dave",
        "2026-03-07T09:00 2026-03-07T12:00 dave",
    ];
    assert_eq!(read_all(&parts, window()), expected);
    // The order in the file does not matter, nor where the window begins.
    let turned = [parts[2].clone(), parts[1].clone(), parts[0].clone()];
    assert_eq!(read_all(&turned, window()), expected);
    assert_eq!(read_all(&parts, days("2026-03-06", "2026-03-07")), expected[4..5]);
    // A single exception within those that follow counts before them.
    let single = titled("a", "erin", "RECURRENCE-ID:20260306T080000Z\nDTSTART:20260306T200000Z\nDURATION:PT1H");
    let mut more = parts.to_vec();
    more.push(single);
    assert_eq!(read_all(&more, window())[4], "2026-03-06T20:00 2026-03-06T21:00 erin");
}

#[test]
fn an_exception_is_of_its_own_event_alone() {
    // Two events begin at the same instants; what is said of one must not move the other.
    let parts = [titled("a", "alice", DAILY), titled("b", "bob", DAILY), titled("b", "carol", MOVED)];
    let third: Vec<String> = read_all(&parts, days("2026-03-03", "2026-03-04"));
    assert_eq!(third, ["2026-03-03T08:00 2026-03-03T16:00 alice", "2026-03-03T11:00 2026-03-03T13:00 carol"]);
}

#[test]
fn what_is_cancelled_does_not_take_place() {
    let window = || days("2026-03-01", "2026-04-01");
    let one = event("a", "RECURRENCE-ID;TZID=Europe/Berlin:20260303T090000\nSTATUS:CANCELLED");
    assert_eq!(read_all(&[event("a", DAILY), one], window()).len(), 5);
    let rest = event(
        "a",
        "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20260304T090000\nSTATUS:CANCELLED\nDTSTART;TZID=Europe/Berlin:20260304T090000",
    );
    assert_eq!(read_all(&[event("a", DAILY), rest], window()).len(), 2);
    let all = event("a", &format!("{DAILY}\nSTATUS:CANCELLED"));
    assert!(read_all(&[all, titled("a", "carol", MOVED)], window()).is_empty());
    // A newer version counts in the place of an older one, wherever it stands.
    let (old, new) =
        (event("a", &format!("{DAILY}\nSEQUENCE:1")), event("a", &format!("{DAILY}\nSEQUENCE:2\nSTATUS:CANCELLED")));
    assert!(read_all(&[old.clone(), new.clone()], window()).is_empty());
    assert!(read_all(&[new, old], window()).is_empty());
}

#[test]
fn an_exception_without_its_event_takes_place() {
    assert_eq!(
        read_all(&[titled("a", "carol", MOVED)], days("2026-03-01", "2026-04-01")),
        ["2026-03-03T11:00 2026-03-03T13:00 carol"]
    );
}

#[test]
fn rules_count_as_other_programs_count() {
    let year = || days("2026-01-01", "2030-02-01");
    let berlin = |day: &str, rule: &str| {
        format!("DTSTART;TZID=Europe/Berlin:{day}T090000\nDTEND;TZID=Europe/Berlin:{day}T100000\nRRULE:{rule}")
    };
    let cases = [
        (
            "20260130",
            "FREQ=MONTHLY;BYDAY=-1FR;COUNT=4",
            "2026-01-30T08:00 2026-02-27T08:00 2026-03-27T08:00 2026-04-24T07:00",
        ),
        (
            "20260131",
            "FREQ=MONTHLY;BYMONTHDAY=-1;UNTIL=20260501",
            "2026-01-31T08:00 2026-02-28T08:00 2026-03-31T07:00 2026-04-30T07:00",
        ),
        (
            "20251229",
            "FREQ=YEARLY;BYWEEKNO=1,53;BYDAY=MO",
            "2026-12-28T08:00 2027-01-04T08:00 2028-01-03T08:00 2029-01-01T08:00 2029-12-31T08:00",
        ),
        (
            "20260102",
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=2,-1;COUNT=6",
            "2026-01-02T08:00 2026-01-30T08:00 2026-02-03T08:00 2026-02-27T08:00 2026-03-03T08:00 2026-03-31T07:00",
        ),
        (
            "20260325",
            "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU,WE;COUNT=4",
            "2026-03-25T08:00 2026-04-05T07:00 2026-04-08T07:00 2026-04-19T07:00",
        ),
        ("20240229", "FREQ=YEARLY", "2028-02-29T08:00"),
    ];
    for (day, rule, expected) in cases {
        assert_eq!(starts(&berlin(day, rule), year()).join(" "), expected, "{rule}");
    }
}

#[test]
fn folded_lines_are_one() {
    let folded = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nSUMMARY:bo\r\n b\r\nDTSTART;TZID=Europe/Ber\r\n lin:2026070\r\n\t1T090000\r\n\
        DURATION:PT1H\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let read = read(folded, &zone("UTC"), &days("2026-06-01", "2026-12-01"));
    assert_eq!(shown(&read.shifts), ["2026-07-01T07:00 2026-07-01T08:00 bob"]);
}
