//! What is wrong with a schedule.

use super::*;

fn nobody_gone(_: &UserId) -> bool {
    false
}

fn found(schedule: &Schedule) -> Vec<Finding> {
    plain(schedule).findings(&nobody_gone, &span("2026-02-01T00:00Z", "2026-03-01T00:00Z"))
}

fn with(extra: Layer) -> Schedule {
    let base = layer("base", vec![rotation("weekly", "alice bob", "2026-01-05T09:00", weeks(1))]);
    schedule("Europe/Berlin", vec![base, extra])
}

#[test]
fn a_sound_schedule_has_no_findings() {
    let mut night = rotation("night", "carol", "2026-01-01T00:00", days(1));
    night.restrictions = vec![windows::window("sat", "22:00", "06:00")];
    assert_eq!(found(&with(layer("night", vec![night]))), []);
}

#[test]
fn gaps_ahead_are_found_with_their_reason() {
    let schedule = simple("UTC", "alice bob", "2026-01-05T00:00", weeks(1));
    let absences = [Absence { who: "bob".into(), from: at("2026-02-10T00:00Z"), until: at("2026-02-12T00:00Z") }];
    let roster = Roster { absences: &absences, ..plain(&schedule) };
    let found = roster.findings(&nobody_gone, &span("2026-02-01T00:00Z", "2026-03-01T00:00Z"));
    let why = Gap::Absent { people: vec!["bob".into()] };
    assert_eq!(found, [Finding::Gap { from: at("2026-02-10T00:00Z"), until: at("2026-02-12T00:00Z"), why }]);
}

#[test]
fn deactivated_people_are_found_where_they_would_come_on_call() {
    let schedule = simple("UTC", "alice bob+alice", "2026-01-05T00:00", weeks(1));
    let put = |id: &str, from: &str, until: &str| Override {
        id: id.into(),
        from: at(from),
        until: at(until),
        change: Change::Add { who: "alice".into() },
        reason: None,
        created_by: "boss".into(),
        created_at: at("2026-01-01T00:00Z"),
    };
    let overrides =
        [put("over", "2026-01-06T00:00Z", "2026-01-07T00:00Z"), put("ahead", "2026-02-06T00:00Z", "2026-02-07T00:00Z")];
    let roster = Roster { overrides: &overrides, ..plain(&schedule) };
    let found = roster.findings(&|who| who.as_str() == "alice", &span("2026-02-01T00:00Z", "2026-03-01T00:00Z"));
    let by = |source| Finding::Deactivated { who: "alice".into(), source };
    let turn = Source::Rotation { layer: "base".into(), rotation: "weekly".into() };
    assert_eq!(found, [by(turn), by(Source::Override("ahead".into()))]);
}

#[test]
fn a_layer_that_never_has_anybody_is_found() {
    let never = [Finding::NeverActive { layer: "extra".into() }];
    assert_eq!(found(&with(layer("extra", Vec::new()))), never);
    let daily = || vec![rotation("daily", "carol", "2026-01-01T00:00", days(1))];
    let mut backwards = layer("extra", daily());
    backwards.active = Active { from: Some(local("2026-06-01T00:00")), until: Some(local("2026-05-01T00:00")) };
    assert_eq!(found(&with(backwards)), never);
    // One that is over, and one that is yet to come, are as they should be.
    let mut over = layer("extra", daily());
    over.active.until = Some(local("2026-01-20T00:00"));
    assert_eq!(found(&with(over)), []);
    let mut ahead = layer("extra", daily());
    ahead.active.from = Some(local("2026-07-01T00:00"));
    assert_eq!(found(&with(ahead)), []);
}

#[test]
fn an_empty_rotation_is_found() {
    let empty = rotation("nobody", "", "2026-01-01T00:00", days(1));
    let finding = Finding::EmptyRotation { layer: "extra".into(), rotation: "nobody".into() };
    assert_eq!(found(&with(layer("extra", vec![empty]))), [finding]);
}

#[test]
fn a_restriction_that_never_matches_is_found() {
    let mut daily = rotation("daily", "carol", "2026-01-01T00:00", days(1));
    daily.restrictions = vec![windows::window("mon", "09:00", "17:00"), windows::window("", "09:00", "17:00")];
    let never = |restriction| Finding::NeverMatches { layer: "extra".into(), rotation: "daily".into(), restriction };
    assert_eq!(found(&with(layer("extra", vec![daily.clone()]))), [never(1)]);
    // From Thursday until Saturday there is no Monday.
    daily.restrictions.pop();
    let mut days = layer("extra", vec![daily]);
    days.active = Active { from: Some(local("2026-02-05T00:00")), until: Some(local("2026-02-07T00:00")) };
    assert_eq!(found(&with(days)), [never(0)]);
}
