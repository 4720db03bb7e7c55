//! Shifts that stand in a calendar, as a layer.

use std::sync::Arc;

use super::*;

/// `bob 09:00 17:00 L2`, of one day; a name in capitals is nobody's.
fn planned(lines: &[&str]) -> Vec<Planned> {
    let shift = |line: &&str| {
        let words: Vec<&str> = line.split(' ').collect();
        let time = |clock: &str| at(&format!("2026-01-05T{clock}Z"));
        let is_stranger = words[0].chars().all(char::is_uppercase);
        let who = if is_stranger { Named::Stranger(words[0].into()) } else { Named::Person(words[0].into()) };
        let level = words.get(3).map(|level| level[1..].parse().expect("a level"));
        Planned { from: time(words[1]), until: time(words[2]), who, level }
    };
    lines.iter().map(shift).collect()
}

/// Alice always, and above her what the calendar says.
fn with(lines: &[&str]) -> Schedule {
    let below = layer("base", vec![rotation("always", "alice", "2026-01-01T00:00", weeks(1))]);
    let calendar = Some(Arc::new(Imported::new(&planned(lines))));
    schedule("UTC", vec![below, Layer { calendar, ..layer("feed", Vec::new()) }])
}

const DAY: [&str; 2] = ["2026-01-05T00:00Z", "2026-01-06T00:00Z"];

#[test]
fn shifts_of_a_calendar_go_before_the_layers_below_and_leave_them_where_there_are_none() {
    let schedule = with(&["bob 09:00 17:00", "dave 12:00 13:00", "bob 17:00 18:00", "erin 22:00 22:00"]);
    assert_eq!(
        rendered(plain(&schedule), DAY[0], DAY[1]),
        [
            "2026-01-05T00:00:00Z alice",
            "2026-01-05T09:00:00Z bob",
            "2026-01-05T12:00:00Z bob dave",
            "2026-01-05T13:00:00Z bob",
            "2026-01-05T18:00:00Z alice",
        ]
    );
    let Cover::People(people) = plain(&schedule).on_call(at("2026-01-05T09:00Z")).cover else { panic!("nobody") };
    assert_eq!(people[0].source, Source::Rotation { layer: "feed".into(), rotation: "calendar".into() });
    let now = plain(&schedule).on_call(at("2026-01-05T16:00Z"));
    assert_eq!((now.since, now.until), (Some(at("2026-01-05T13:00Z")), Some(at("2026-01-05T18:00Z"))));
    assert_eq!(schedule.people().map(UserId::as_str).collect::<Vec<_>>(), ["alice", "bob", "dave"]);
}

#[test]
fn whom_slack_does_not_know_is_nobody_and_is_named_where_nobody_else_is_on_call() {
    let mut schedule = with(&["ZED 09:00 12:00", "bob 11:00 13:00", "ZED 20:00 21:00"]);
    assert_eq!(who(plain(&schedule), "2026-01-05T10:00Z"), "alice", "the layer below counts");
    assert_eq!(who(plain(&schedule), "2026-01-05T11:30Z"), "bob");
    schedule.layers.remove(0);
    assert_eq!(
        rendered(plain(&schedule), DAY[0], DAY[1]),
        [
            "2026-01-05T00:00:00Z (nobody)",
            "2026-01-05T09:00:00Z (strangers ZED)",
            "2026-01-05T11:00:00Z bob",
            "2026-01-05T13:00:00Z (nobody)",
            "2026-01-05T20:00:00Z (strangers ZED)",
            "2026-01-05T21:00:00Z (nobody)",
        ]
    );
    let put = Override {
        id: "1".into(),
        from: at(DAY[0]),
        until: at(DAY[1]),
        change: Change::Replace { of: None, by: "carol".into() },
        reason: None,
        created_by: "carol".into(),
        created_at: at(DAY[0]),
    };
    let roster = Roster { overrides: std::slice::from_ref(&put), ..plain(&schedule) };
    assert_eq!(who(roster, "2026-01-05T20:30Z"), "carol");
}

#[test]
fn levels_are_rotations_of_their_own_side_by_side() {
    let schedule = with(&["bob 09:00 17:00 L1", "dave 09:00 17:00 L2", "erin 09:00 17:00"]);
    assert_eq!(who(plain(&schedule), "2026-01-05T10:00Z"), "erin bob dave");
    for (rotation, on_call) in
        [("L2", "dave"), ("l1", "bob"), ("calendar", "erin"), ("always", "alice"), ("L7", "(nobody)")]
    {
        let alone = schedule.only(rotation);
        assert_eq!(who(plain(&alone), "2026-01-05T10:00Z"), on_call, "{rotation}");
    }
    assert_eq!(schedule.only("L300").layers, [], "no calendar has such a level");
}

#[test]
fn a_layer_is_active_with_its_calendar_and_who_left_is_found_in_it() {
    let mut schedule = with(&["bob 09:00 17:00"]);
    schedule.layers[1].active.from = Some(local("2026-01-05T12:00"));
    assert_eq!(who(plain(&schedule), "2026-01-05T11:59Z"), "alice");
    assert_eq!(who(plain(&schedule), "2026-01-05T12:00Z"), "bob");
    let gone = |who: &UserId| who.as_str() == "bob";
    let found = plain(&schedule).findings(&gone, &span(DAY[0], DAY[1]));
    let source = Source::Rotation { layer: "feed".into(), rotation: "calendar".into() };
    assert_eq!(found, [Finding::Deactivated { who: "bob".into(), source }]);
    let later = plain(&schedule).findings(&gone, &span("2026-01-06T00:00Z", "2026-01-07T00:00Z"));
    assert_eq!(later, [Finding::NeverActive { layer: "feed".into() }], "and nobody is told of what is over");
}
