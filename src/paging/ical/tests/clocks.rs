//! Clocks that change, and zones by all their names.

use super::*;

/// In each zone the week, from Monday 09:00 to Monday 09:00, in which clocks change.
const WEEKS: [(&str, &str, &str); 20] = [
    ("America/New_York", "2026-03-02T14:00Z", "2026-03-09T13:00Z"),
    ("America/New_York", "2026-10-26T13:00Z", "2026-11-02T14:00Z"),
    ("America/New_York", "2027-03-08T14:00Z", "2027-03-15T13:00Z"),
    ("America/New_York", "2027-11-01T13:00Z", "2027-11-08T14:00Z"),
    ("Europe/Berlin", "2026-03-23T08:00Z", "2026-03-30T07:00Z"),
    ("Europe/Berlin", "2026-10-19T07:00Z", "2026-10-26T08:00Z"),
    ("Europe/Berlin", "2027-03-22T08:00Z", "2027-03-29T07:00Z"),
    ("Europe/Berlin", "2027-10-25T07:00Z", "2027-11-01T08:00Z"),
    ("Australia/Lord_Howe", "2026-03-29T22:00Z", "2026-04-05T22:30Z"),
    ("Australia/Lord_Howe", "2026-09-27T22:30Z", "2026-10-04T22:00Z"),
    ("Australia/Lord_Howe", "2027-03-28T22:00Z", "2027-04-04T22:30Z"),
    ("Australia/Lord_Howe", "2027-09-26T22:30Z", "2027-10-03T22:00Z"),
    ("Australia/Sydney", "2026-03-29T22:00Z", "2026-04-05T23:00Z"),
    ("Australia/Sydney", "2026-09-27T23:00Z", "2026-10-04T22:00Z"),
    ("Australia/Sydney", "2027-03-28T22:00Z", "2027-04-04T23:00Z"),
    ("Australia/Sydney", "2027-09-26T23:00Z", "2027-10-03T22:00Z"),
    ("Africa/Cairo", "2026-04-20T07:00Z", "2026-04-27T06:00Z"),
    ("Africa/Cairo", "2026-10-26T06:00Z", "2026-11-02T07:00Z"),
    ("Africa/Cairo", "2027-04-26T07:00Z", "2027-05-03T06:00Z"),
    ("Africa/Cairo", "2027-10-25T06:00Z", "2027-11-01T07:00Z"),
];

#[test]
fn a_week_of_somebody_has_no_hole_when_clocks_change() {
    for (name, from, until) in WEEKS {
        for length in ["DTEND;TZID={}:20260112T090000", "DURATION:P7D", "DURATION:PT168H"] {
            let length = length.replace("{}", name);
            let week = event("w", &format!("DTSTART;TZID={name}:20260105T090000\n{length}\nRRULE:FREQ=WEEKLY"));
            let all = read(&calendar(&[week]), &zone("UTC"), &(at("2026-01-12T12:00Z")..at("2028-01-01T00:00Z")));
            assert_eq!(all.findings, []);
            let one = Shift { from: at(from), until: at(until), who: "bob".into(), level: None };
            assert!(all.shifts.contains(&one), "{name} {from}: {:?}", shown(&all.shifts));
            assert!(all.shifts.windows(2).all(|two| two[0].until == two[1].from), "{name}: {:?}", shown(&all.shifts));
        }
    }
}

#[test]
fn a_time_that_is_skipped_moves_on_and_one_that_comes_twice_is_the_first() {
    let night = |day: &str| {
        event(
            "n",
            &format!(
                "DTSTART;TZID=Europe/Berlin:{day}T023000\nDTEND;TZID=Europe/Berlin:{day}T040000\nRRULE:FREQ=DAILY;COUNT=3"
            ),
        )
    };
    assert_eq!(
        read_all(&[night("20260328")], days("2026-03-01", "2026-05-01")),
        [
            "2026-03-28T01:30 2026-03-28T03:00 bob",
            "2026-03-29T01:30 2026-03-29T02:00 bob",
            "2026-03-30T00:30 2026-03-30T02:00 bob"
        ]
    );
    assert_eq!(
        read_all(&[night("20261024")], days("2026-10-01", "2026-11-01")),
        [
            "2026-10-24T00:30 2026-10-24T02:00 bob",
            "2026-10-25T00:30 2026-10-25T03:00 bob",
            "2026-10-26T01:30 2026-10-26T03:00 bob"
        ]
    );
    // Of what nothing is left there is no shift.
    let gone = event(
        "g",
        "DTSTART;TZID=Europe/Berlin:20260328T020000\nDTEND;TZID=Europe/Berlin:20260328T030000\nRRULE:FREQ=DAILY;COUNT=3",
    );
    assert_eq!(read_all(&[gone], days("2026-03-01", "2026-05-01")).len(), 2);
}

#[test]
fn floating_times_and_whole_days_are_of_the_schedules_zone() {
    let parts = [
        titled("f", "floating", "DTSTART:20260327T080000\nDTEND:20260327T160000"),
        titled("d", "days", "DTSTART;VALUE=DATE:20260327\nDTEND;VALUE=DATE:20260330\nRRULE:FREQ=WEEKLY;COUNT=2"),
        titled("o", "one day", "DTSTART;VALUE=DATE:20260501"),
        titled("u", "utc", "DTSTART:20260502T080000Z\nDURATION:PT1H30M"),
    ];
    assert_eq!(
        read_all(&parts, days("2026-03-01", "2026-06-01")),
        [
            "2026-03-26T23:00 2026-03-29T22:00 days",
            "2026-03-27T07:00 2026-03-27T15:00 floating",
            "2026-04-02T22:00 2026-04-05T22:00 days",
            "2026-04-30T22:00 2026-05-01T22:00 one day",
            "2026-05-02T08:00 2026-05-02T09:30 utc",
        ]
    );
}

/// A zone under a name that only the calendar knows, with the rules of New York.
const OWN: &str = "BEGIN:VTIMEZONE\nTZID:Head Office\nBEGIN:STANDARD\nDTSTART:16010101T020000\nTZOFFSETFROM:-0400\n\
    TZOFFSETTO:-0500\nRRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:16010101T020000\n\
    TZOFFSETFROM:-0500\nTZOFFSETTO:-0400\nRRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3\nEND:DAYLIGHT\nEND:VTIMEZONE\n\
    BEGIN:VTIMEZONE\nTZID:Site\nX-LIC-LOCATION:America/New_York\nEND:VTIMEZONE\n\
    BEGIN:VTIMEZONE\nTZID:Always\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:-0500\nTZOFFSETTO:-0500\nEND:STANDARD\nEND:VTIMEZONE\n";

#[test]
fn a_zone_is_known_by_all_its_names() {
    let names = [
        "America/New_York",
        "america/new_york",
        "Eastern Standard Time",
        "\"Eastern Standard Time\"",
        "/softwarestudio.org/Olson_20011030_5/America/New_York",
        "Head Office",
        "Site",
    ];
    for name in names {
        let lines = format!("DTSTART;TZID={name}:20261101T090000\nDTEND;TZID={name}:20261101T170000");
        let summer = format!("DTSTART;TZID={name}:20261031T090000\nDTEND;TZID={name}:20261031T170000");
        assert_eq!(
            read_all(&[OWN.to_owned(), event("a", &lines), event("b", &summer)], days("2026-10-01", "2026-12-01")),
            ["2026-10-31T13:00 2026-10-31T21:00 bob", "2026-11-01T14:00 2026-11-01T22:00 bob"],
            "{name}"
        );
    }
    let always = event("a", "DTSTART;TZID=Always:20260701T090000\nDURATION:PT1H");
    assert_eq!(
        read_all(&[OWN.to_owned(), always], days("2026-06-01", "2026-12-01")),
        ["2026-07-01T14:00 2026-07-01T15:00 bob"]
    );
}

#[test]
fn an_unknown_zone_is_told_and_taken_as_the_schedules() {
    let strange = event("a", "DTSTART;TZID=Mars/Olympus:20260701T090000\nDTEND;TZID=Mars/Olympus:20260701T100000");
    let read = read(&calendar(&[strange]), &zone("Europe/Berlin"), &days("2026-06-01", "2026-12-01"));
    assert_eq!(shown(&read.shifts), ["2026-07-01T07:00 2026-07-01T08:00 bob"]);
    assert_eq!(found(&read), [("a".into(), Unread::Zone("Mars/Olympus".into()))]);
}
