//! How a schedule is written down.

use super::*;

const WRITTEN: &str = r#"
id = "primary"
name = "Primary"
tz = "Europe/Berlin"

[[layers]]
name = "base"

[[layers.rotations]]
name = "weekly"
participants = [["U1"], ["U2", "U3"]]
handover = { start = "2026-01-05T09:00:00", every = { weeks = 1 } }

[[layers]]
name = "night"
mode = "add"
active = { from = "2026-02-01T00:00:00" }

[[layers.rotations]]
name = "night"
effective_from = "2026-03-01T00:00:00"
participants = [["U4"]]
handover = { start = "2026-02-01T00:00:00", every = { months = 1 } }
shifts_per_participant = 2
restrictions = [{ days = ["fri", "sat"], from = "22:00:00", until = "06:00:00" }]
"#;

#[test]
fn a_schedule_is_read_as_it_is_written() {
    let read: Schedule = toml::from_str(WRITTEN).expect("a schedule");
    let mut night = rotation("night", "U4", "2026-02-01T00:00", months(1));
    night.effective_from = Some(local("2026-03-01T00:00"));
    night.shifts_per_participant = NonZeroU16::new(2).unwrap();
    night.restrictions = vec![windows::window("fri sat", "22:00", "06:00")];
    let mut added = layer("night", vec![night]);
    added.mode = Mode::Add;
    added.active.from = Some(local("2026-02-01T00:00"));
    let base = layer("base", vec![rotation("weekly", "U1 U2+U3", "2026-01-05T09:00", weeks(1))]);
    let expected = schedule("Europe/Berlin", vec![base, added]);
    assert_eq!(read, expected);
    let json = serde_json::to_string(&expected).unwrap();
    assert_eq!(serde_json::from_str::<Schedule>(&json).unwrap(), expected);
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let bad = [
        ("Europe/Berlin", "Europe/Berlim", "`Europe/Berlim` is no time zone; write one like Europe/Berlin"),
        ("weeks = 1", "weeks = 0", "nonzero"),
        ("mode = \"add\"", "mood = \"add\"", "mood"),
    ];
    for (good, wrong, said) in bad {
        let error = toml::from_str::<Schedule>(&WRITTEN.replace(good, wrong)).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn a_zone_is_kept_by_its_name() {
    let zone = Zone::named("europe/berlin").unwrap();
    assert_eq!((zone.name(), zone.to_string().as_str()), ("Europe/Berlin", "Europe/Berlin"));
    assert!(Zone::named("+02:00").is_err(), "an offset has no rules");
}

#[test]
fn overrides_and_absences_survive_being_stored() {
    let overrides = [
        Change::Replace { of: Some("U1".into()), by: "U2".into() },
        Change::Add { who: "U1".into() },
        Change::Remove { who: "U1".into() },
    ]
    .map(|change| Override {
        id: "o1".into(),
        from: at("2026-01-06T08:00Z"),
        until: at("2026-01-06T12:00Z"),
        change,
        reason: Some("dentist".into()),
        created_by: "U1".into(),
        created_at: at("2026-01-01T00:00Z"),
    })
    .to_vec();
    let json = serde_json::to_string(&overrides).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Override>>(&json).unwrap(), overrides);
    let away = Absence { who: "U1".into(), from: at("2026-01-06T08:00Z"), until: at("2026-01-06T12:00Z") };
    assert_eq!(serde_json::from_str::<Absence>(&serde_json::to_string(&away).unwrap()).unwrap(), away);
}
