//! Changes of clocks: New York, Berlin, Lord Howe (half an hour), Sydney, Cairo (at midnight) and Casablanca (an hour less in Ramadan),
//! 2026 and 2027.

use super::*;

/// Zone, local time of the first handover, and the instants of it and of the two after it.
type Handovers = (&'static str, &'static str, [&'static str; 3]);

/// A weekly handover at 09:00: a week before a change of clocks, on that day, a week later.
#[rustfmt::skip]
const NINE: [Handovers; 24] = [
    ("America/New_York", "2026-03-01T09:00", ["2026-03-01T14:00Z", "2026-03-08T13:00Z", "2026-03-15T13:00Z"]),
    ("America/New_York", "2026-10-25T09:00", ["2026-10-25T13:00Z", "2026-11-01T14:00Z", "2026-11-08T14:00Z"]),
    ("America/New_York", "2027-03-07T09:00", ["2027-03-07T14:00Z", "2027-03-14T13:00Z", "2027-03-21T13:00Z"]),
    ("America/New_York", "2027-10-31T09:00", ["2027-10-31T13:00Z", "2027-11-07T14:00Z", "2027-11-14T14:00Z"]),
    ("Europe/Berlin", "2026-03-22T09:00", ["2026-03-22T08:00Z", "2026-03-29T07:00Z", "2026-04-05T07:00Z"]),
    ("Europe/Berlin", "2026-10-18T09:00", ["2026-10-18T07:00Z", "2026-10-25T08:00Z", "2026-11-01T08:00Z"]),
    ("Europe/Berlin", "2027-03-21T09:00", ["2027-03-21T08:00Z", "2027-03-28T07:00Z", "2027-04-04T07:00Z"]),
    ("Europe/Berlin", "2027-10-24T09:00", ["2027-10-24T07:00Z", "2027-10-31T08:00Z", "2027-11-07T08:00Z"]),
    ("Australia/Lord_Howe", "2026-03-29T09:00", ["2026-03-28T22:00Z", "2026-04-04T22:30Z", "2026-04-11T22:30Z"]),
    ("Australia/Lord_Howe", "2026-09-27T09:00", ["2026-09-26T22:30Z", "2026-10-03T22:00Z", "2026-10-10T22:00Z"]),
    ("Australia/Lord_Howe", "2027-03-28T09:00", ["2027-03-27T22:00Z", "2027-04-03T22:30Z", "2027-04-10T22:30Z"]),
    ("Australia/Lord_Howe", "2027-09-26T09:00", ["2027-09-25T22:30Z", "2027-10-02T22:00Z", "2027-10-09T22:00Z"]),
    ("Australia/Sydney", "2026-03-29T09:00", ["2026-03-28T22:00Z", "2026-04-04T23:00Z", "2026-04-11T23:00Z"]),
    ("Australia/Sydney", "2026-09-27T09:00", ["2026-09-26T23:00Z", "2026-10-03T22:00Z", "2026-10-10T22:00Z"]),
    ("Australia/Sydney", "2027-03-28T09:00", ["2027-03-27T22:00Z", "2027-04-03T23:00Z", "2027-04-10T23:00Z"]),
    ("Australia/Sydney", "2027-09-26T09:00", ["2027-09-25T23:00Z", "2027-10-02T22:00Z", "2027-10-09T22:00Z"]),
    ("Africa/Cairo", "2026-04-17T09:00", ["2026-04-17T07:00Z", "2026-04-24T06:00Z", "2026-05-01T06:00Z"]),
    ("Africa/Cairo", "2026-10-23T09:00", ["2026-10-23T06:00Z", "2026-10-30T07:00Z", "2026-11-06T07:00Z"]),
    ("Africa/Cairo", "2027-04-23T09:00", ["2027-04-23T07:00Z", "2027-04-30T06:00Z", "2027-05-07T06:00Z"]),
    ("Africa/Cairo", "2027-10-22T09:00", ["2027-10-22T06:00Z", "2027-10-29T07:00Z", "2027-11-05T07:00Z"]),
    ("Africa/Casablanca", "2026-02-08T09:00", ["2026-02-08T08:00Z", "2026-02-15T09:00Z", "2026-02-22T09:00Z"]),
    ("Africa/Casablanca", "2026-03-15T09:00", ["2026-03-15T09:00Z", "2026-03-22T08:00Z", "2026-03-29T08:00Z"]),
    ("Africa/Casablanca", "2027-01-31T09:00", ["2027-01-31T08:00Z", "2027-02-07T09:00Z", "2027-02-14T09:00Z"]),
    ("Africa/Casablanca", "2027-03-07T09:00", ["2027-03-07T09:00Z", "2027-03-14T08:00Z", "2027-03-21T08:00Z"]),
];

/// A daily handover at a time that does not exist on the second day.
#[rustfmt::skip]
const SKIPPED: [Handovers; 12] = [
    ("America/New_York", "2026-03-07T02:30", ["2026-03-07T07:30Z", "2026-03-08T07:30Z", "2026-03-09T06:30Z"]),
    ("America/New_York", "2027-03-13T02:30", ["2027-03-13T07:30Z", "2027-03-14T07:30Z", "2027-03-15T06:30Z"]),
    ("Europe/Berlin", "2026-03-28T02:30", ["2026-03-28T01:30Z", "2026-03-29T01:30Z", "2026-03-30T00:30Z"]),
    ("Europe/Berlin", "2027-03-27T02:30", ["2027-03-27T01:30Z", "2027-03-28T01:30Z", "2027-03-29T00:30Z"]),
    ("Australia/Lord_Howe", "2026-10-03T02:15", ["2026-10-02T15:45Z", "2026-10-03T15:45Z", "2026-10-04T15:15Z"]),
    ("Australia/Lord_Howe", "2027-10-02T02:15", ["2027-10-01T15:45Z", "2027-10-02T15:45Z", "2027-10-03T15:15Z"]),
    ("Australia/Sydney", "2026-10-03T02:30", ["2026-10-02T16:30Z", "2026-10-03T16:30Z", "2026-10-04T15:30Z"]),
    ("Australia/Sydney", "2027-10-02T02:30", ["2027-10-01T16:30Z", "2027-10-02T16:30Z", "2027-10-03T15:30Z"]),
    ("Africa/Cairo", "2026-04-23T00:30", ["2026-04-22T22:30Z", "2026-04-23T22:30Z", "2026-04-24T21:30Z"]),
    ("Africa/Cairo", "2027-04-29T00:30", ["2027-04-28T22:30Z", "2027-04-29T22:30Z", "2027-04-30T21:30Z"]),
    ("Africa/Casablanca", "2026-03-21T02:30", ["2026-03-21T02:30Z", "2026-03-22T02:30Z", "2026-03-23T01:30Z"]),
    ("Africa/Casablanca", "2027-03-13T02:30", ["2027-03-13T02:30Z", "2027-03-14T02:30Z", "2027-03-15T01:30Z"]),
];

/// A daily handover at a time that comes twice on the second day.
#[rustfmt::skip]
const TWICE: [Handovers; 12] = [
    ("America/New_York", "2026-10-31T01:30", ["2026-10-31T05:30Z", "2026-11-01T05:30Z", "2026-11-02T06:30Z"]),
    ("America/New_York", "2027-11-06T01:30", ["2027-11-06T05:30Z", "2027-11-07T05:30Z", "2027-11-08T06:30Z"]),
    ("Europe/Berlin", "2026-10-24T02:30", ["2026-10-24T00:30Z", "2026-10-25T00:30Z", "2026-10-26T01:30Z"]),
    ("Europe/Berlin", "2027-10-30T02:30", ["2027-10-30T00:30Z", "2027-10-31T00:30Z", "2027-11-01T01:30Z"]),
    ("Australia/Lord_Howe", "2026-04-04T01:45", ["2026-04-03T14:45Z", "2026-04-04T14:45Z", "2026-04-05T15:15Z"]),
    ("Australia/Lord_Howe", "2027-04-03T01:45", ["2027-04-02T14:45Z", "2027-04-03T14:45Z", "2027-04-04T15:15Z"]),
    ("Australia/Sydney", "2026-04-04T02:30", ["2026-04-03T15:30Z", "2026-04-04T15:30Z", "2026-04-05T16:30Z"]),
    ("Australia/Sydney", "2027-04-03T02:30", ["2027-04-02T15:30Z", "2027-04-03T15:30Z", "2027-04-04T16:30Z"]),
    ("Africa/Cairo", "2026-10-28T23:30", ["2026-10-28T20:30Z", "2026-10-29T20:30Z", "2026-10-30T21:30Z"]),
    ("Africa/Cairo", "2027-10-27T23:30", ["2027-10-27T20:30Z", "2027-10-28T20:30Z", "2027-10-29T21:30Z"]),
    ("Africa/Casablanca", "2026-02-14T02:30", ["2026-02-14T01:30Z", "2026-02-15T01:30Z", "2026-02-16T02:30Z"]),
    ("Africa/Casablanca", "2027-02-06T02:30", ["2027-02-06T01:30Z", "2027-02-07T01:30Z", "2027-02-08T02:30Z"]),
];

/// One person hands over to the next at exactly these instants.
fn hands_over(table: &[Handovers], every: Every) {
    for (zone, start, [first, second, third]) in table {
        let schedule = simple(zone, "alice bob carol", start, every);
        let roster = plain(&schedule);
        let slots = roster.render(&(at(first)..at(third)));
        assert_eq!(lines(&slots), [format!("{} alice", at(first)), format!("{} bob", at(second))], "{zone} {start}");
        for (instant, comes) in [(first, "alice"), (second, "bob"), (third, "carol")] {
            assert_eq!(who(roster, instant), comes, "{zone} {instant}");
        }
    }
}

#[test]
fn a_weekly_handover_stays_at_its_hour_when_the_clocks_change() {
    hands_over(&NINE, weeks(1));
}

#[test]
fn a_local_time_that_does_not_exist_is_moved_on() {
    hands_over(&SKIPPED, days(1));
}

#[test]
fn of_a_local_time_that_comes_twice_the_first_counts() {
    hands_over(&TWICE, days(1));
}

/// Where shifts are so many seconds, the first is an hour longer and every later one begins at another hour.
#[test]
fn shifts_do_not_drift() {
    let schedule = simple("America/New_York", "alice bob", "2026-10-25T09:00", weeks(1));
    let slots = plain(&schedule).render(&span("2026-10-25T13:00Z", "2027-10-31T13:00Z"));
    let hours: Vec<i64> = slots.iter().map(|s| s.length().as_hours()).collect();
    assert_eq!(hours.len(), 53);
    assert_eq!((hours[0], hours[19], hours.iter().filter(|h| **h == 168).count()), (169, 167, 51));
    let nine = |s: &Slot| schedule.tz.local(s.from).time() == jiff::civil::time(9, 0, 0, 0);
    assert!(slots.iter().all(nine), "{slots:#?}");
}

/// At 02:30 New York on 2027-03-14 clocks show 03:30 already.
#[test]
fn half_past_two_in_new_york_is_half_past_three() {
    let zone = Zone::named("America/New_York").unwrap();
    assert_eq!(zone.instant(local("2027-03-14T02:30")), at("2027-03-14T03:30-04:00"));
    assert_eq!(zone.instant(local("2026-11-01T01:30")), at("2026-11-01T01:30-04:00"));
}

/// Autumn: the turn of 01:30 lasts until 02:30, two hours later; nobody's turn comes twice. Spring: the turn of 02:30 has no
/// time, and that of 03:30 begins in its place.
#[test]
fn an_hourly_handover_goes_once_through_a_change_of_clocks() {
    let schedule = simple("America/New_York", "00:30 01:30 02:30 03:30", "2026-11-01T00:30", hours(1));
    assert_eq!(
        rendered(plain(&schedule), "2026-11-01T04:30Z", "2026-11-01T09:30Z"),
        [
            "2026-11-01T04:30:00Z 00:30",
            "2026-11-01T05:30:00Z 01:30",
            "2026-11-01T07:30:00Z 02:30",
            "2026-11-01T08:30:00Z 03:30"
        ]
    );
    let schedule = simple("America/New_York", "00:30 01:30 02:30 03:30", "2027-03-14T00:30", hours(1));
    assert_eq!(
        rendered(plain(&schedule), "2027-03-14T05:30Z", "2027-03-14T08:30Z"),
        ["2027-03-14T05:30:00Z 00:30", "2027-03-14T06:30:00Z 01:30", "2027-03-14T07:30:00Z 03:30"]
    );
}

/// Clocks in Cairo go from 24:00 to 01:00, and from 24:00 to 23:00: a handover at midnight has an instant on either day.
#[test]
fn a_handover_at_midnight_survives_a_change_at_midnight() {
    let schedule = simple("Africa/Cairo", "alice bob carol", "2026-04-23T00:00", days(1));
    assert_eq!(
        rendered(plain(&schedule), "2026-04-22T22:00Z", "2026-04-25T21:00Z"),
        ["2026-04-22T22:00:00Z alice", "2026-04-23T22:00:00Z bob", "2026-04-24T21:00:00Z carol"]
    );
    let schedule = simple("Africa/Cairo", "alice bob carol", "2026-10-29T00:00", days(1));
    assert_eq!(
        rendered(plain(&schedule), "2026-10-28T21:00Z", "2026-10-31T22:00Z"),
        ["2026-10-28T21:00:00Z alice", "2026-10-29T22:00:00Z bob", "2026-10-30T22:00:00Z carol"]
    );
}

/// Samoa had no 30 December 2011: the turns of that day are moved on into the 31st, among those of the 31st itself, and those
/// that are overtaken have no time. 20:00, 01:00 (moved on by a day), 02:00 of the 31st itself, 07:00, 12:00.
#[test]
fn a_day_that_a_country_leaves_out_has_no_turns_of_its_own() {
    let schedule = simple("Pacific/Apia", "a b c d e f g h i j", "2011-12-29T20:00", hours(5));
    let roster = plain(&schedule);
    let slots = roster.render(&span("2011-12-30T06:00Z", "2011-12-31T03:00Z"));
    assert_eq!(
        lines(&slots),
        [
            "2011-12-30T06:00:00Z a",
            "2011-12-30T11:00:00Z b",
            "2011-12-30T12:00:00Z g",
            "2011-12-30T17:00:00Z h",
            "2011-12-30T22:00:00Z i"
        ]
    );
    for slot in &slots[..4] {
        let now = roster.on_call(slot.from);
        assert_eq!((now.since, now.until), (Some(slot.from), Some(slot.until)));
    }
}

/// The same windows, 22:00 to 06:00 in local time, are so many minutes long in the night of a change.
#[test]
fn windows_are_in_local_time_and_follow_the_clocks() {
    #[rustfmt::skip]
    let nights = [
        ("America/New_York", "2026-03-08T03:00Z", "2026-03-08T10:00Z"), ("America/New_York", "2026-11-01T02:00Z", "2026-11-01T11:00Z"),
        ("America/New_York", "2027-03-14T03:00Z", "2027-03-14T10:00Z"), ("America/New_York", "2027-11-07T02:00Z", "2027-11-07T11:00Z"),
        ("Europe/Berlin", "2026-03-28T21:00Z", "2026-03-29T04:00Z"), ("Europe/Berlin", "2026-10-24T20:00Z", "2026-10-25T05:00Z"),
        ("Europe/Berlin", "2027-03-27T21:00Z", "2027-03-28T04:00Z"), ("Europe/Berlin", "2027-10-30T20:00Z", "2027-10-31T05:00Z"),
        ("Australia/Lord_Howe", "2026-04-04T11:00Z", "2026-04-04T19:30Z"), ("Australia/Lord_Howe", "2026-10-03T11:30Z", "2026-10-03T19:00Z"),
        ("Australia/Lord_Howe", "2027-04-03T11:00Z", "2027-04-03T19:30Z"), ("Australia/Lord_Howe", "2027-10-02T11:30Z", "2027-10-02T19:00Z"),
        ("Australia/Sydney", "2026-04-04T11:00Z", "2026-04-04T20:00Z"), ("Australia/Sydney", "2026-10-03T12:00Z", "2026-10-03T19:00Z"),
        ("Australia/Sydney", "2027-04-03T11:00Z", "2027-04-03T20:00Z"), ("Australia/Sydney", "2027-10-02T12:00Z", "2027-10-02T19:00Z"),
        ("Africa/Cairo", "2026-04-23T20:00Z", "2026-04-24T03:00Z"), ("Africa/Cairo", "2026-10-29T19:00Z", "2026-10-30T04:00Z"),
        ("Africa/Cairo", "2027-04-29T20:00Z", "2027-04-30T03:00Z"), ("Africa/Cairo", "2027-10-28T19:00Z", "2027-10-29T04:00Z"),
        ("Africa/Casablanca", "2026-02-14T21:00Z", "2026-02-15T06:00Z"), ("Africa/Casablanca", "2026-03-21T22:00Z", "2026-03-22T05:00Z"),
        ("Africa/Casablanca", "2027-02-06T21:00Z", "2027-02-07T06:00Z"), ("Africa/Casablanca", "2027-03-13T22:00Z", "2027-03-14T05:00Z"),
    ];
    for (zone, from, until) in nights {
        let mut night = rotation("night", "alice", "2026-01-01T00:00", days(1));
        night.restrictions = vec![windows::window("mon tue wed thu fri sat sun", "22:00", "06:00")];
        let schedule = schedule(zone, vec![layer("night", vec![night])]);
        let now = plain(&schedule).on_call(at(from));
        assert_eq!(
            (said(&now.cover), now.since, now.until),
            ("alice".into(), Some(at(from)), Some(at(until))),
            "{zone}"
        );
    }
}
