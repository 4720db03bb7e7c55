//! Layers, and versions of a rotation.

use super::*;

fn office_and_night() -> Schedule {
    let base = layer("base", vec![rotation("weekly", "alice bob", "2026-01-05T09:00", weeks(1))]);
    let mut day = rotation("day", "carol", "2026-01-01T00:00", days(1));
    day.restrictions = vec![windows::window("mon tue wed thu fri", "09:00", "17:00")];
    schedule("Europe/Berlin", vec![base, layer("office", vec![day])])
}

#[test]
fn a_higher_layer_replaces_those_below_while_it_has_somebody() {
    let schedule = office_and_night();
    assert_eq!(
        rendered(plain(&schedule), "2026-01-05T12:00Z", "2026-01-07T00:00Z"),
        [
            "2026-01-05T12:00:00Z carol",
            "2026-01-05T16:00:00Z alice",
            "2026-01-06T08:00:00Z carol",
            "2026-01-06T16:00:00Z alice"
        ]
    );
    let Cover::People(people) = plain(&schedule).on_call(at("2026-01-05T12:00Z")).cover else { panic!("nobody") };
    assert_eq!(people[0].source, Source::Rotation { layer: "office".into(), rotation: "day".into() });
}

#[test]
fn an_added_layer_stands_beside_those_below() {
    let mut schedule = office_and_night();
    schedule.layers[1].mode = Mode::Add;
    assert_eq!(who(plain(&schedule), "2026-01-05T12:00Z"), "alice carol");
    assert_eq!(who(plain(&schedule), "2026-01-05T20:00Z"), "alice");
    // Whoever is on call twice is on call once, by the lower layer.
    schedule.layers[1].rotations[0].participants = vec![vec!["alice".into()]];
    assert_eq!(who(plain(&schedule), "2026-01-05T12:00Z"), "alice");
}

#[test]
fn rotations_of_a_layer_stand_side_by_side() {
    let rotations = vec![
        rotation("first", "alice bob", "2026-01-05T09:00", weeks(1)),
        rotation("second", "carol dan", "2026-01-07T09:00", weeks(1)),
    ];
    let schedule = schedule("Europe/Berlin", vec![layer("base", rotations)]);
    assert_eq!(
        rendered(plain(&schedule), "2026-01-05T08:00Z", "2026-01-15T00:00Z"),
        [
            "2026-01-05T08:00:00Z alice",
            "2026-01-07T08:00:00Z alice carol",
            "2026-01-12T08:00:00Z bob carol",
            "2026-01-14T08:00:00Z bob dan"
        ]
    );
}

#[test]
fn a_layer_is_active_from_its_first_moment_until_its_end() {
    let mut schedule = office_and_night();
    schedule.layers[1] = layer("holidays", vec![rotation("daily", "dan", "2026-01-01T00:00", days(1))]);
    schedule.layers[1].active =
        Active { from: Some(local("2026-01-06T00:00")), until: Some(local("2026-01-07T00:00")) };
    assert_eq!(
        rendered(plain(&schedule), "2026-01-05T12:00Z", "2026-01-08T00:00Z"),
        ["2026-01-05T12:00:00Z alice", "2026-01-05T23:00:00Z dan", "2026-01-06T23:00:00Z alice"]
    );
}

/// The handover is changed in the middle of a shift.
#[test]
fn a_later_version_never_changes_the_time_before_it() {
    let mut schedule = simple("Europe/Berlin", "alice bob carol", "2026-01-05T09:00", weeks(1));
    let before = rendered(plain(&schedule), "2026-01-01T00:00Z", "2026-02-04T11:00Z");
    let mut later = rotation("weekly", "dan erin", "2026-02-06T17:00", weeks(1));
    later.effective_from = Some(local("2026-02-04T12:00"));
    schedule.layers[0].rotations.push(later);
    assert_eq!(rendered(plain(&schedule), "2026-01-01T00:00Z", "2026-02-04T11:00Z"), before);
    assert_eq!(
        rendered(plain(&schedule), "2026-02-02T08:00Z", "2026-02-14T00:00Z"),
        [
            "2026-02-02T08:00:00Z bob",
            "2026-02-04T11:00:00Z (nobody)",
            "2026-02-06T16:00:00Z dan",
            "2026-02-13T16:00:00Z erin"
        ]
    );
}

#[test]
fn versions_hold_in_the_order_of_their_time_not_of_their_place() {
    let version = |groups: &str, from: Option<&str>| Rotation {
        effective_from: from.map(local),
        ..rotation("weekly", groups, "2026-01-01T00:00", weeks(1))
    };
    let rotations = vec![
        version("carol", Some("2026-03-01T00:00")),
        version("alice", None),
        version("nobody", Some("2026-02-01T00:00")),
        version("bob", Some("2026-02-01T00:00")),
    ];
    let schedule = schedule("UTC", vec![layer("base", rotations)]);
    assert_eq!(
        rendered(plain(&schedule), "2026-01-01T00:00Z", "2026-04-01T00:00Z"),
        ["2026-01-01T00:00:00Z alice", "2026-02-01T00:00:00Z bob", "2026-03-01T00:00:00Z carol"]
    );
}

#[test]
fn a_layer_can_be_looked_at_alone() {
    let schedule = office_and_night();
    let window = span("2026-01-05T12:00Z", "2026-01-06T08:00Z");
    assert_eq!(lines(&plain(&schedule).render_layer(0, &window)), ["2026-01-05T12:00:00Z alice"]);
    assert_eq!(
        lines(&plain(&schedule).render_layer(1, &window)),
        ["2026-01-05T12:00:00Z carol", "2026-01-05T16:00:00Z (nobody)"]
    );
    assert_eq!(lines(&plain(&schedule).render_layer(2, &window)), ["2026-01-05T12:00:00Z (nobody)"]);
}

#[test]
fn coverage_is_the_part_of_the_time_with_somebody() {
    let mut schedule = office_and_night();
    schedule.layers.remove(0);
    let week = plain(&schedule).render(&span("2026-01-04T23:00Z", "2026-01-11T23:00Z"));
    assert!((coverage(&week) - 40.0 / 168.0).abs() < 1e-9, "{}", coverage(&week));
    assert!((coverage(&[]) - 1.0).abs() < 1e-9);
}
