//! Restrictions to parts of the week.

use super::*;

pub(super) fn window(on: &str, from: &str, until: &str) -> WeeklyWindow {
    let day = |name: &str| serde_json::from_value(name.into()).expect("a day");
    let time = |text: &str| format!("{text}:00").parse().expect("a time");
    WeeklyWindow { days: on.split_whitespace().map(day).collect(), from: time(from), until: time(until) }
}

/// `alice` within these.
fn within(tz: &str, restrictions: Vec<WeeklyWindow>, from: &str, until: &str) -> Vec<String> {
    let mut rotation = rotation("weekly", "alice", "2026-01-01T00:00", weeks(1));
    rotation.restrictions = restrictions;
    let schedule = schedule(tz, vec![layer("base", vec![rotation])]);
    rendered(plain(&schedule), from, until)
}

#[test]
fn a_window_that_ends_before_it_begins_crosses_midnight() {
    assert_eq!(
        within("Europe/Berlin", vec![window("mon", "22:00", "06:00")], "2026-01-05T00:00Z", "2026-01-12T00:00Z"),
        ["2026-01-05T00:00:00Z (nobody)", "2026-01-05T21:00:00Z alice", "2026-01-06T05:00:00Z (nobody)"]
    );
}

/// Sunday night is Monday morning.
#[test]
fn a_window_crosses_the_end_of_the_week() {
    assert_eq!(
        within("UTC", vec![window("sun", "22:00", "06:00")], "2026-01-04T00:00Z", "2026-01-06T00:00Z"),
        ["2026-01-04T00:00:00Z (nobody)", "2026-01-04T22:00:00Z alice", "2026-01-05T06:00:00Z (nobody)"]
    );
    let weekend =
        vec![window("fri", "18:00", "00:00"), window("sat sun", "00:00", "00:00"), window("mon", "00:00", "08:00")];
    assert_eq!(
        within("UTC", weekend, "2026-01-08T00:00Z", "2026-01-15T00:00Z"),
        ["2026-01-08T00:00:00Z (nobody)", "2026-01-09T18:00:00Z alice", "2026-01-12T08:00:00Z (nobody)"]
    );
}

#[test]
fn the_same_time_twice_is_a_whole_day() {
    assert_eq!(
        within("UTC", vec![window("wed", "09:00", "09:00")], "2026-01-05T00:00Z", "2026-01-12T00:00Z"),
        ["2026-01-05T00:00:00Z (nobody)", "2026-01-07T09:00:00Z alice", "2026-01-08T09:00:00Z (nobody)"]
    );
    let always = vec![window("mon tue wed thu fri sat sun", "09:00", "09:00")];
    assert_eq!(within("UTC", always, "2026-01-05T00:00Z", "2026-02-12T00:00Z"), ["2026-01-05T00:00:00Z alice"]);
}

/// 02:00 to 03:00 is no time at all on 2027-03-28 in Berlin; on 2026-10-25 it lasts from the first 02:00 to the only 03:00.
#[test]
fn a_window_that_the_clocks_skip_does_not_take_place() {
    let night = || vec![window("sun", "02:00", "03:00")];
    assert_eq!(
        within("Europe/Berlin", night(), "2027-03-27T00:00Z", "2027-04-05T00:00Z"),
        ["2027-03-27T00:00:00Z (nobody)", "2027-04-04T00:00:00Z alice", "2027-04-04T01:00:00Z (nobody)"]
    );
    assert_eq!(
        within("Europe/Berlin", night(), "2026-10-24T00:00Z", "2026-10-26T00:00Z"),
        ["2026-10-24T00:00:00Z (nobody)", "2026-10-25T00:00:00Z alice", "2026-10-25T02:00:00Z (nobody)"]
    );
}

/// One ends where the next begins, at a time that comes twice: nobody is on call twice, and there is no hole.
#[test]
fn windows_that_meet_in_a_repeated_hour_leave_no_hole() {
    let meeting = vec![window("sat", "20:00", "02:30"), window("sun", "02:30", "08:00")];
    assert_eq!(
        within("Europe/Berlin", meeting, "2026-10-24T18:00Z", "2026-10-25T12:00Z"),
        ["2026-10-24T18:00:00Z alice", "2026-10-25T07:00:00Z (nobody)"]
    );
}

/// A short one of Tuesday ends before the long one of Monday does.
#[test]
fn the_last_of_several_windows_to_end_begins_the_gap() {
    let mut weekly = rotation("weekly", "alice", "2026-01-01T00:00", weeks(1));
    weekly.restrictions = vec![window("mon", "14:50", "07:30"), window("tue", "00:00", "05:30")];
    let schedule = schedule("UTC", vec![layer("base", vec![weekly])]);
    for day in ["2026-01-06", "2026-01-08", "2026-01-10", "2026-01-12"] {
        let gap = plain(&schedule).on_call(at(&format!("{day}T12:00Z")));
        let bounds = (gap.since, gap.until);
        assert_eq!(bounds, (Some(at("2026-01-06T07:30Z")), Some(at("2026-01-12T14:50Z"))), "{day}");
    }
}

/// The turn changes outside of the windows all the same.
#[test]
fn turns_are_counted_without_regard_to_windows() {
    let mut daily = rotation("daily", "alice bob", "2026-01-05T00:00", days(1));
    daily.restrictions = vec![window("mon wed thu", "09:00", "17:00")];
    let schedule = schedule("UTC", vec![layer("base", vec![daily])]);
    let roster = plain(&schedule);
    assert_eq!(
        ["05", "07", "08", "12"].map(|d| who(roster, &format!("2026-01-{d}T12:00Z"))),
        ["alice", "alice", "bob", "bob"]
    );
    let now = roster.on_call(at("2026-01-05T20:00Z"));
    assert_eq!((now.since, now.until), (Some(at("2026-01-05T17:00Z")), Some(at("2026-01-07T09:00Z"))));
    let next = roster.next(at("2026-01-05T12:00Z")).unwrap();
    assert_eq!((said(&next.cover), next.since), ("alice".into(), Some(at("2026-01-07T09:00Z"))));
}
