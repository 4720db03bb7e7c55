//! Overrides and absences.

use super::*;

/// An override of 2026-01-06 between these hours in UTC; the later the number, the later it was created.
fn change(number: u8, hours: (u8, u8), change: Change) -> Override {
    let hour = |h: u8| at(&format!("2026-01-06T{h:02}:00Z"));
    Override {
        id: format!("o{number}").into(),
        from: hour(hours.0),
        until: hour(hours.1),
        change,
        reason: None,
        created_by: "boss".into(),
        created_at: at(&format!("2026-01-01T00:00:{number:02}Z")),
    }
}

fn replace(of: Option<&str>, by: &str) -> Change {
    Change::Replace { of: of.map(UserId::from), by: by.into() }
}

fn add(who: &str) -> Change {
    Change::Add { who: who.into() }
}

fn remove(who: &str) -> Change {
    Change::Remove { who: who.into() }
}

fn away(who: &str, from: &str, until: &str) -> Absence {
    Absence { who: who.into(), from: at(from), until: at(until) }
}

/// Who is on call on 2026-01-06, by the groups of the first shift.
fn day(groups: &str, overrides: &[Override], absences: &[Absence]) -> Vec<String> {
    let schedule = simple("UTC", groups, "2026-01-05T00:00", weeks(1));
    let roster = Roster { schedule: &schedule, overrides, absences };
    let lines = rendered(roster, "2026-01-06T00:00Z", "2026-01-07T00:00Z");
    lines.iter().map(|l| l.replace("2026-01-06T", "").replace(":00:00Z", "")).collect()
}

#[test]
fn an_override_replaces_adds_and_removes_for_its_time() {
    assert_eq!(day("alice", &[change(1, (8, 12), replace(None, "bob"))], &[]), ["00 alice", "08 bob", "12 alice"]);
    assert_eq!(day("alice", &[change(1, (8, 12), add("bob"))], &[]), ["00 alice", "08 alice bob", "12 alice"]);
    assert_eq!(day("alice", &[change(1, (8, 12), remove("alice"))], &[]), ["00 alice", "08 (removed o1)", "12 alice"]);
    assert_eq!(
        day("alice+carol", &[change(1, (8, 12), replace(Some("alice"), "bob"))], &[]),
        ["00 alice carol", "08 bob carol", "12 alice carol"]
    );
    let by = simple("UTC", "alice", "2026-01-05T00:00", weeks(1));
    let overrides = [change(1, (8, 12), add("bob"))];
    let roster = Roster { overrides: &overrides, ..plain(&by) };
    let Cover::People(people) = roster.on_call(at("2026-01-06T08:00Z")).cover else { panic!("nobody") };
    assert_eq!(people[1].source, Source::Override("o1".into()));
}

/// "Cover for me" is for the time in which it is one's turn.
#[test]
fn one_who_is_not_on_call_is_not_replaced() {
    assert_eq!(day("alice", &[change(1, (8, 12), replace(Some("dan"), "bob"))], &[]), ["00 alice"]);
    assert_eq!(day("", &[change(1, (8, 12), replace(Some("dan"), "bob"))], &[]), ["00 (nobody)"]);
}

#[test]
fn an_override_within_a_gap_puts_somebody_on_call() {
    assert_eq!(day("", &[change(1, (8, 12), replace(None, "bob"))], &[]), ["00 (nobody)", "08 bob", "12 (nobody)"]);
    assert_eq!(day("", &[change(1, (8, 12), add("bob"))], &[]), ["00 (nobody)", "08 bob", "12 (nobody)"]);
    assert_eq!(day("", &[change(1, (8, 12), remove("bob"))], &[]), ["00 (nobody)"]);
}

#[test]
fn of_overlapping_overrides_the_last_created_wins() {
    let first = change(1, (8, 14), replace(None, "bob"));
    let second = change(2, (10, 12), replace(None, "carol"));
    let expected = ["00 alice", "08 bob", "10 carol", "12 bob", "14 alice"];
    assert_eq!(day("alice", &[first.clone(), second.clone()], &[]), expected);
    assert_eq!(day("alice", &[second.clone(), first.clone()], &[]), expected);
    let both = [second.clone(), first.clone()];
    let found = overlaps(&both);
    assert_eq!(found, [Overlap { wins: &second, loses: &first, span: span("2026-01-06T10:00Z", "2026-01-06T12:00Z") }]);
    // One that begins where another ends does not overlap it.
    assert!(overlaps(&[change(1, (8, 10), add("bob")), change(2, (10, 12), add("bob"))]).is_empty());
}

/// A later one for the same person takes the place of whoever covers already, and may cover for whoever covers.
#[test]
fn a_later_cover_takes_the_place_of_an_earlier_one() {
    let bob = change(1, (8, 14), replace(Some("alice"), "bob"));
    let carol = change(2, (10, 12), replace(Some("alice"), "carol"));
    assert_eq!(day("alice", &[bob.clone(), carol], &[]), ["00 alice", "08 bob", "10 carol", "12 bob", "14 alice"]);
    let dan = change(2, (10, 12), replace(Some("bob"), "dan"));
    assert_eq!(day("alice", &[bob.clone(), dan], &[]), ["00 alice", "08 bob", "10 dan", "12 bob", "14 alice"]);
    let whole = change(0, (8, 14), replace(None, "erin"));
    assert_eq!(day("alice", &[whole, bob], &[]), ["00 alice", "08 bob", "14 alice"]);
}

#[test]
fn whoever_was_removed_can_be_covered_for_or_put_back() {
    let off = change(1, (8, 14), remove("alice"));
    let bob = change(2, (10, 12), replace(Some("alice"), "bob"));
    assert_eq!(
        day("alice", &[off.clone(), bob], &[]),
        ["00 alice", "08 (removed o1)", "10 bob", "12 (removed o1)", "14 alice"]
    );
    // By an override, and so by another source than before and after.
    let back = change(2, (10, 14), add("alice"));
    assert_eq!(day("alice", &[off, back], &[]), ["00 alice", "08 (removed o1)", "10 alice", "14 alice"]);
}

#[test]
fn an_override_of_no_time_does_nothing() {
    assert_eq!(
        day("alice", &[change(1, (8, 8), replace(None, "bob")), change(2, (12, 8), add("bob"))], &[]),
        ["00 alice"]
    );
}

#[test]
fn whoever_is_away_is_not_on_call() {
    let gone = away("alice", "2026-01-06T08:00Z", "2026-01-06T12:00Z");
    assert_eq!(day("alice", &[], std::slice::from_ref(&gone)), ["00 alice", "08 (absent alice)", "12 alice"]);
    assert_eq!(day("alice+bob", &[], std::slice::from_ref(&gone)), ["00 alice bob", "08 bob", "12 alice bob"]);
    // Nor because an override says so.
    assert_eq!(
        day("bob", &[change(1, (10, 14), replace(None, "alice"))], std::slice::from_ref(&gone)),
        ["00 bob", "10 (absent alice)", "12 alice", "14 bob"]
    );
    // Whoever covers is asked.
    assert_eq!(
        day("alice", &[change(1, (8, 12), replace(Some("alice"), "bob"))], &[gone]),
        ["00 alice", "08 bob", "12 alice"]
    );
}

#[test]
fn everybody_away_is_a_gap_that_names_them() {
    let gone = |who| away(who, "2026-01-06T08:00Z", "2026-01-06T12:00Z");
    assert_eq!(
        day("alice+bob", &[], &[gone("alice"), gone("bob")]),
        ["00 alice bob", "08 (absent alice bob)", "12 alice bob"]
    );
}

/// Nobody of a lower layer is woken in place of somebody who is away: they do not know that it is theirs.
#[test]
fn an_absence_does_not_fall_through_to_a_lower_layer() {
    let base = layer("base", vec![rotation("weekly", "alice", "2026-01-05T00:00", weeks(1))]);
    let high = layer("high", vec![rotation("weekly", "bob", "2026-01-05T00:00", weeks(1))]);
    let schedule = schedule("UTC", vec![base, high]);
    let absences = [away("bob", "2026-01-06T00:00Z", "2026-01-07T00:00Z")];
    let roster = Roster { absences: &absences, ..plain(&schedule) };
    let now = roster.on_call(at("2026-01-06T12:00Z"));
    assert_eq!(now.cover, Cover::Gap(Gap::Absent { people: vec!["bob".into()] }));
    assert_eq!((now.since, now.until), (Some(at("2026-01-06T00:00Z")), Some(at("2026-01-07T00:00Z"))));
    assert_eq!(
        roster.next(at("2026-01-06T12:00Z")).map(|n| (said(&n.cover), n.since)),
        Some(("bob".into(), now.until))
    );
}

/// Somebody is taken out of the middle of their shift: before it they were on call, and from then on nobody is.
#[test]
fn one_who_leaves_in_the_middle_of_a_shift_leaves_a_gap() {
    let schedule = simple("UTC", "alice bob", "2026-01-05T00:00", weeks(1));
    let absences = [Absence { who: "alice".into(), from: at("2026-01-06T12:00Z"), until: Timestamp::MAX }];
    let roster = Roster { absences: &absences, ..plain(&schedule) };
    assert_eq!(
        rendered(roster, "2026-01-05T00:00Z", "2026-01-26T00:00Z"),
        [
            "2026-01-05T00:00:00Z alice",
            "2026-01-06T12:00:00Z (absent alice)",
            "2026-01-12T00:00:00Z bob",
            "2026-01-19T00:00:00Z (absent alice)"
        ]
    );
    let next = roster.next(at("2026-01-05T00:00Z")).unwrap();
    assert_eq!((said(&next.cover), next.since), ("bob".into(), Some(at("2026-01-12T00:00Z"))));
}
