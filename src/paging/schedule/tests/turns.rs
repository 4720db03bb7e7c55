//! Whose turn it is.

use super::*;

#[test]
fn whoever_comes_has_the_instant_of_the_handover() {
    let schedule = simple("Europe/Berlin", "alice bob", "2026-01-05T09:00", weeks(1));
    let roster = plain(&schedule);
    assert_eq!(who(roster, "2026-01-12T07:59:59.999999999Z"), "alice");
    assert_eq!(who(roster, "2026-01-12T08:00:00Z"), "bob");
    let now = roster.on_call(at("2026-01-12T08:00Z"));
    assert_eq!((now.since, now.until), (Some(at("2026-01-12T08:00Z")), Some(at("2026-01-19T08:00Z"))));
    let next = roster.next(at("2026-01-12T08:00Z")).unwrap();
    assert_eq!((said(&next.cover), next.since), ("alice".to_owned(), now.until));
}

#[test]
fn before_the_start_nobody_has_a_turn() {
    let schedule = simple("Europe/Berlin", "alice bob", "2026-01-05T09:00", weeks(1));
    let before = plain(&schedule).on_call(at("2025-12-24T00:00Z"));
    assert_eq!(before.cover, Cover::Gap(Gap::NobodyScheduled));
    assert_eq!((before.since, before.until), (None, Some(at("2026-01-05T08:00Z"))));
}

/// From the 31st on: short months end it early, and it does not stay there.
#[test]
fn monthly_on_the_31st_is_on_the_last_day_and_does_not_drift() {
    let schedule = simple("Europe/Berlin", "a b c d e f g h i j k l m n o", "2026-01-31T09:00", months(1));
    assert_eq!(
        rendered(plain(&schedule), "2026-01-31T08:00Z", "2027-03-31T07:00Z"),
        [
            "2026-01-31T08:00:00Z a",
            "2026-02-28T08:00:00Z b",
            "2026-03-31T07:00:00Z c",
            "2026-04-30T07:00:00Z d",
            "2026-05-31T07:00:00Z e",
            "2026-06-30T07:00:00Z f",
            "2026-07-31T07:00:00Z g",
            "2026-08-31T07:00:00Z h",
            "2026-09-30T07:00:00Z i",
            "2026-10-31T08:00:00Z j",
            "2026-11-30T08:00:00Z k",
            "2026-12-31T08:00:00Z l",
            "2027-01-31T08:00:00Z m",
            "2027-02-28T08:00:00Z n",
        ]
    );
    assert_eq!(who(plain(&schedule), "2027-03-31T07:00Z"), "o");
}

#[test]
fn yearly_from_the_29th_of_february_comes_back_to_it() {
    let schedule = simple("Europe/Berlin", "a b c d e", "2024-02-29T09:00", months(12));
    assert_eq!(
        rendered(plain(&schedule), "2024-02-29T08:00Z", "2028-02-29T08:00Z"),
        ["2024-02-29T08:00:00Z a", "2025-02-28T08:00:00Z b", "2026-02-28T08:00:00Z c", "2027-02-28T08:00:00Z d"]
    );
    assert_eq!(who(plain(&schedule), "2028-02-29T08:00Z"), "e");
}

/// May 2026 has five Fridays; weeks do not begin anew with a month.
#[test]
fn a_month_of_five_weeks_does_not_change_the_order() {
    let schedule = simple("Europe/Berlin", "a b c d", "2026-05-01T09:00", weeks(1));
    let five: Vec<_> = ["2026-05-01", "2026-05-08", "2026-05-15", "2026-05-22", "2026-05-29", "2026-06-05"]
        .map(|day| who(plain(&schedule), &format!("{day}T12:00Z")))
        .into();
    assert_eq!(five, ["a", "b", "c", "d", "a", "b"]);
}

/// 2 968 weeks and 498 700 hours after the start; either is one more than a multiple of three.
#[test]
fn a_start_long_ago_is_counted_from() {
    let weekly = simple("Europe/Berlin", "a b c", "1970-01-05T09:00", weeks(1));
    let now = plain(&weekly).on_call(at("2026-11-26T12:00Z"));
    assert_eq!(
        (said(&now.cover), now.since, now.until),
        ("b".to_owned(), Some(at("2026-11-23T08:00Z")), Some(at("2026-11-30T08:00Z")))
    );
    let hourly = simple("Europe/Berlin", "a b c", "1970-01-05T09:00", hours(1));
    assert_eq!(who(plain(&hourly), "2026-11-26T12:00Z"), "b");
    // As long ago as there are dates: it is no matter of patience.
    let ancient = simple("Europe/Berlin", "a b c", "-009999-01-02T00:00", hours(1));
    assert!(!plain(&ancient).on_call(at("2026-11-26T12:00Z")).cover.is_gap());
}

#[test]
fn several_shifts_in_a_row_and_several_people_at_once() {
    let mut pairs = rotation("pairs", "alice+bob carol", "2026-01-05T09:00", days(1));
    pairs.shifts_per_participant = NonZeroU16::new(2).unwrap();
    let schedule = schedule("Europe/Berlin", vec![layer("base", vec![pairs])]);
    assert_eq!(
        rendered(plain(&schedule), "2026-01-05T08:00Z", "2026-01-11T08:00Z"),
        ["2026-01-05T08:00:00Z alice bob", "2026-01-07T08:00:00Z carol", "2026-01-09T08:00:00Z alice bob"]
    );
}

#[test]
fn a_single_participant_is_always_on_call() {
    let schedule = simple("Europe/Berlin", "alice", "2026-01-05T09:00", weeks(1));
    let now = plain(&schedule).on_call(at("2026-06-01T00:00Z"));
    assert_eq!((said(&now.cover), now.since, now.until), ("alice".into(), Some(at("2026-01-05T08:00Z")), None));
    assert_eq!(plain(&schedule).next(at("2026-06-01T00:00Z")), None);
    assert_eq!(rendered(plain(&schedule), "2026-06-01T00:00Z", "2027-06-01T00:00Z"), ["2026-06-01T00:00:00Z alice"]);
}

#[test]
fn without_participants_nobody_is_on_call() {
    for groups in [Vec::new(), vec![Vec::new()]] {
        let mut empty = rotation("empty", "", "2026-01-05T09:00", weeks(1));
        empty.participants = groups;
        let schedule = schedule("Europe/Berlin", vec![layer("base", vec![empty])]);
        let now = plain(&schedule).on_call(at("2026-06-01T00:00Z"));
        assert_eq!(now, OnCall { since: None, until: None, cover: Cover::Gap(Gap::NobodyScheduled) });
    }
}

#[test]
fn a_shift_of_years_is_known_to_its_end() {
    let schedule = simple("Europe/Berlin", "alice bob", "2020-01-01T00:00", months(12 * 10));
    let now = plain(&schedule).on_call(at("2026-06-01T00:00Z"));
    assert_eq!((now.since, now.until), (Some(at("2019-12-31T23:00Z")), Some(at("2029-12-31T23:00Z"))));
    assert_eq!(plain(&schedule).next(at("2026-06-01T00:00Z")).map(|n| said(&n.cover)), Some("bob".into()));
}

/// Nothing is worked out ahead, so that it cannot run out.
#[test]
fn there_is_somebody_in_twenty_years() {
    let schedule = simple("Europe/Berlin", "alice bob", "2026-01-05T09:00", weeks(1));
    assert!(!plain(&schedule).on_call(at("2046-06-01T00:00Z")).cover.is_gap());
}

#[test]
fn near_the_ends_of_time_there_is_an_answer() {
    for every in [hours(1), days(1), weeks(u16::MAX), months(1)] {
        let schedule = simple("Pacific/Kiritimati", "alice bob", "2026-01-05T09:00", every);
        assert!(plain(&schedule).on_call(Timestamp::MIN).cover.is_gap());
        assert!(!plain(&schedule).on_call(Timestamp::MAX - jiff::SignedDuration::from_hours(48)).cover.is_gap());
    }
}
