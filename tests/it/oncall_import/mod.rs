//! Schedules and policies of other providers become settings: those that `check` takes, and that ask the same people at the same
//! times as the provider did. The exports have the shape that the providers describe; their rendered schedules were worked out
//! apart from the bot, minute by minute on the zone's clocks.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{collections::BTreeMap, fs, path::PathBuf};

use jiff::Timestamp;
use watchroom::{
    config::{Config, Settings},
    ids::UserId,
    paging::{
        Policy, Target,
        import::{Beside, Imported, Provider, Source, Unreadable, Why, read},
        schedule::{Roster, Zone},
    },
    render,
};

use crate::harness::binary::Place;

fn fixtures(provider: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/oncall_import/fixtures").join(provider)
}

fn sources(provider: &str) -> Vec<Source> {
    let mut files: Vec<PathBuf> = fs::read_dir(fixtures(provider)).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    files.iter().map(|f| Source { name: f.display().to_string(), text: fs::read_to_string(f).unwrap() }).collect()
}

fn people() -> BTreeMap<String, UserId> {
    let names = ["alice", "bob", "carol", "dave", "erin", "frank"];
    names.iter().map(|n| (format!("{n}@example.com"), format!("U0{}", n.to_uppercase()).into())).collect()
}

fn import_of(
    provider: Provider,
    sources: &[Source],
    people: &BTreeMap<String, UserId>,
) -> Result<Imported, Vec<Unreadable>> {
    let beside = Beside { people, zone: &Zone::utc(), now: at("2026-10-01T00:00:00Z") };
    read(provider, sources, &beside)
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The settings as the bot reads them.
fn loaded(provider: Provider, imported: &Imported) -> Settings {
    let place = Place::new();
    let toml = render::import::settings(provider, imported);
    let path = place.write("imported.toml", &toml);
    let config = Config::load(Some(&path), &|_| None).unwrap_or_else(|problems| panic!("{problems}\n{toml}"));
    config.settings
}

/// What an import says that it lost.
fn lost(imported: &Imported) -> String {
    imported.left.iter().map(|left| render::import::left(imported, left)).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part} is missing in:\n{text}");
    }
}

/// What was written and read again is what was imported, and its own rendering says the same.
#[track_caller]
fn agrees(imported: &Imported, settings: &Settings, schedule: &str, parts: usize) {
    let checked = imported.checked.iter().find(|c| c.schedule == schedule).unwrap();
    assert!(checked.parts >= parts && checked.differ == 0, "{checked:?}\n{}", lost(imported));
    for ours in &imported.schedules {
        let read = settings.schedule_of(&ours.id).unwrap();
        let window = at("2026-10-01T00:00:00Z")..at("2027-04-01T00:00:00Z");
        let people = |schedule| {
            let slots = Roster { schedule, overrides: &[], absences: &[] }.render(&window);
            slots.iter().map(|s| (s.from, s.cover.people().cloned().collect::<Vec<_>>())).collect::<Vec<_>>()
        };
        assert_eq!(people(&read.schedule), people(ours), "{}", ours.id);
        assert_eq!((&read.schedule.name, &read.schedule.tz), (&ours.name, &ours.tz));
    }
}

fn on_call(settings: &Settings, schedule: &str, when: &str) -> Vec<String> {
    let schedule = &settings.schedule(schedule).unwrap().schedule;
    let cover = Roster { schedule, overrides: &[], absences: &[] }.on_call(at(when)).cover;
    cover.people().map(ToString::to_string).collect()
}

fn steps(policy: &Policy) -> Vec<(Vec<String>, u32)> {
    policy.steps.iter().map(|s| (s.targets.iter().map(Target::key).collect(), s.wait_min)).collect()
}

#[track_caller]
fn asks(policy: &Policy, expected: &[(&[&str], u32)]) {
    let expected: Vec<(Vec<String>, u32)> =
        expected.iter().map(|(t, wait)| (t.iter().map(|t| (*t).to_owned()).collect(), *wait)).collect();
    assert_eq!(steps(policy), expected, "{}", policy.name);
}

/// Layers high to low, restrictions over midnight and the week's end, an override, and the end of summer time in Berlin.
#[test]
fn pagerduty_asks_the_same_people() {
    let imported = import_of(Provider::PagerDuty, &sources("pagerduty"), &people()).unwrap();
    let settings = loaded(Provider::PagerDuty, &imported);
    agrees(&imported, &settings, "Checkout: first line", 45);
    // Monday after the clocks went back: the handover stays at 09:00.
    assert_eq!(on_call(&settings, "checkout-first-line", "2026-10-26T07:59:00Z"), ["U0ERIN"]);
    assert_eq!(on_call(&settings, "checkout-first-line", "2026-10-26T08:01:00Z"), ["U0ALICE"]);
    assert_eq!(on_call(&settings, "checkout-first-line", "2026-11-04T12:00:00Z"), ["U0FRANK"]);
    let [checkout, search] = settings.policies.as_slice() else { panic!("{:?}", settings.policies) };
    asks(checkout, &[(&["schedule:checkout-first-line"], 5), (&["schedule:payments-desk", "U0ALICE"], 15)]);
    asks(search, &[(&["U0BOB"], 30)]);
    assert_eq!((checkout.repeat, search.repeat), (2, 0));
    has(
        &lost(&imported),
        &[
            "“Checkout: first line”, Summer: it is over",
            "1 override is over",
            "“Checkout”, step 2: it asks one after the other",
            "the schedule “Search rota” is not in the export",
            "“Search”, step 1: it asks nobody",
        ],
    );
}

/// Shifts that repeat by rule, two rotations side by side, turns of nobody, and the end of summer time in New York.
#[test]
fn pagerduty_shifts_ask_the_same_people() {
    let imported = import_of(Provider::PagerDuty, &sources("pagerduty"), &people()).unwrap();
    let settings = loaded(Provider::PagerDuty, &imported);
    agrees(&imported, &settings, "Payments desk", 60);
    assert_eq!(on_call(&settings, "payments-desk", "2026-11-02T14:01:00Z").len(), 1);
    has(&lost(&imported), &["“Payments desk”, First Mondays: it repeats in a way", "FREQ=MONTHLY;BYDAY=1MO"]);
    // Without the rendering nothing tells which clock the times are of.
    let bare: Vec<Source> = sources("pagerduty")
        .into_iter()
        .map(|s| Source { text: s.text.replace("\"computed_shift_assignments\"", "\"elsewhere\""), ..s })
        .collect();
    has(
        &lost(&import_of(Provider::PagerDuty, &bare, &people()).unwrap()),
        &["“Payments desk”: its times may be local or"],
    );
}

/// Rotations side by side, a turn of nobody, restrictions over several days, an override, and the beginning of summer time in Sydney.
#[test]
fn opsgenie_asks_the_same_people() {
    let imported = import_of(Provider::Opsgenie, &sources("opsgenie"), &people()).unwrap();
    let settings = loaded(Provider::Opsgenie, &imported);
    agrees(&imported, &settings, "Warehouse", 15);
    assert_eq!(on_call(&settings, "warehouse", "2026-10-20T12:00:00Z"), ["U0CAROL"]);
    // Berlin, 22:30 to 06:00, until the first of March; every second night is that of a team.
    let night = |when| on_call(&settings, "office", when);
    assert_eq!(night("2026-12-01T23:00:00Z").len() + night("2026-12-02T23:00:00Z").len(), 1);
    assert!(night("2026-12-01T12:00:00Z").is_empty() && night("2027-03-04T23:00:00Z").is_empty());
    assert!(night("2027-03-05T23:00:00Z").is_empty(), "it is over");
    let [warehouse] = settings.policies.as_slice() else { panic!("{:?}", settings.policies) };
    asks(warehouse, &[(&["schedule:warehouse"], 10), (&["U0ALICE", "schedule:warehouse"], 20), (&["U0BOB"], 20)]);
    assert_eq!(warehouse.repeat, 3);
    has(
        &lost(&imported),
        &[
            "“Warehouse”, Summer 2025: it is over",
            "“Old”: it is switched off",
            "the team “Ops” takes a turn",
            "“Warehouse”, Weekends: an override is not carried over; say `/incident override … @Bob Brown",
            "“Warehouse”, step 2: it goes on although",
            "“Warehouse”, step 2: it asks `next`",
            "it asks the team “Ops”",
            "after the last step",
        ],
    );
}

/// Users in turn on some days of the week, one who is not the first, priorities, an override; people known by their Slack id.
#[test]
fn grafana_asks_the_same_people() {
    let bob = BTreeMap::from([("bob@example.com".to_owned(), UserId::from("U0BOB"))]);
    let imported = import_of(Provider::Grafana, &sources("grafana"), &bob).unwrap();
    let settings = loaded(Provider::Grafana, &imported);
    agrees(&imported, &settings, "Shop", 35);
    assert_eq!(on_call(&settings, "shop", "2026-11-02T16:00:00Z"), ["U0CAROL"]);
    let [shop] = settings.policies.as_slice() else { panic!("{:?}", settings.policies) };
    asks(shop, &[(&["schedule:shop", "U0BOB"], 11), (&["S0MANAGERS", "U0ALICE", "U0CAROL"], 5)]);
    assert_eq!(shop.repeat, 5);
    let hours = shop.steps[1].only.between.clone().unwrap();
    assert_eq!((hours.zone.name(), hours.window.from.hour(), hours.window.until.hour()), ("UTC", 22, 6));
    has(
        &lost(&imported),
        &[
            "Month ends: it repeats",
            "`trigger_webhook` is nothing",
            "waits for",
            "one after the other",
            "for what is important",
        ],
    );
}

/// People without an id in Slack stand there by their address, and `check` names each of them.
#[test]
fn people_who_are_not_known_are_named_by_check() {
    let place = Place::new();
    let dir = fixtures("pagerduty");
    let words = ["import-oncall", dir.to_str().unwrap(), "--from", "pagerduty"];
    let ran = place.run(&words);
    has(&ran.err, &["6 people have no id in Slack yet", "Summer: it is over already"]);
    let toml = ran.fine();
    has(&toml, &["#   alice@example.com  Alice Adams", "\"bob@example.com\",  # Bob Brown", "# Not carried over"]);
    let with = |toml: &str| format!("announce_channel = \"incidents\"\n{toml}");
    let mut place = place;
    place.set("SLACK_BOT_TOKEN", "xoxb-a-secret");
    place.set("SLACK_SIGNING_SECRET", "another-secret");
    place.write("watchroom.toml", &with(&toml));
    has(&place.run(&["check"]).refused(1), &["`alice@example.com` is no id of a person in Slack", "`bob@example.com`"]);
    // With their ids it is sound.
    let known: Vec<String> = people().iter().map(|(email, id)| format!("\"{email}\" = \"{id}\"\n")).collect();
    let file = place.write("people.toml", &known.concat());
    let toml = place.run(&[&words[..], &["--people", file.to_str().unwrap()]].concat()).fine();
    place.write("watchroom.toml", &with(&toml));
    has(&place.run(&["check"]).fine(), &["sound"]);
}

/// What is no export is refused with a sentence that says what to do.
#[test]
fn what_is_no_export_is_told() {
    let place = Place::new();
    let import = |from: &str, text: &str| {
        let file = place.write("export.json", text);
        place.run(&["import-oncall", file.to_str().unwrap(), "--from", from])
    };
    let of = |provider: &str, file: &str| fs::read_to_string(fixtures(provider).join(file)).unwrap();
    for (from, text, part) in [
        ("pagerduty", "", "is no JSON"),
        ("pagerduty", "{\"schedules\": [", "is no JSON"),
        ("pagerduty", "7", "is no answer of PagerDuty's API"),
        ("pagerduty", "{}", "the README lists"),
        ("pagerduty", "{\"schedules\": []}", "no schedule and no policy"),
        ("pagerduty", &of("opsgenie", "schedules.json"), "looks like one of Opsgenie's"),
        ("opsgenie", &of("grafana", "schedules.json"), "looks like one of Grafana OnCall's"),
        ("grafana", &of("pagerduty", "users.json"), "looks like one of PagerDuty's"),
        (
            "pagerduty",
            "{\"schedule\": {\"name\": \"x\"}}",
            "schedule is not as PagerDuty describes it: missing field `id`",
        ),
        ("opsgenie", "{\"data\": [{\"rules\": 7}]}", "data[0] is not as"),
        ("grafana", "{\"results\": [{\"odd\": 1}]}", "is no answer of Grafana OnCall's API"),
    ] {
        has(&import(from, text).refused(1), &[part]);
    }
    let deep = "[".repeat(100_000);
    has(&import("grafana", &deep).refused(1), &["is no JSON"]);
    has(
        &place.run(&["import-oncall", "nowhere.json", "--from", "grafana"]).refused(2),
        &["nowhere.json cannot be read"],
    );
    has(&place.run(&["import-oncall", "export.json"]).refused(2), &["--from"]);
    has(
        &place.run(&["import-oncall", "export.json", "--from", "pagerduty", "--zone", "Nowhere/Land"]).refused(2),
        &["--zone"],
    );
    fs::create_dir(place.path("empty")).unwrap();
    has(&place.run(&["import-oncall", "empty", "--from", "grafana"]).refused(2), &["no files that end in .json"]);
    let file = place.write("people.toml", "alice@example.com = 1\n");
    let words = ["import-oncall", "export.json", "--from", "grafana", "--people", file.to_str().unwrap()];
    has(&place.run(&words).refused(2), &["\"someone@example.com\" = \"U0123456\""]);
    let huge = fs::File::create(place.path("huge.json")).unwrap();
    huge.set_len(65 * 1024 * 1024).unwrap();
    has(&place.run(&["import-oncall", "huge.json", "--from", "grafana"]).refused(2), &["more than 64 MiB"]);
}

/// Whatever an export's numbers and names are, what is written is sound or left out, and nothing panics.
#[test]
fn odd_exports_are_carried_over_as_far_as_they_go() {
    let layer = |users: &str, seconds: i64, more: &str| {
        format!(
            "{{\"name\": \"L\", \"start\": \"2026-01-01T00:00:00Z\", \"rotation_virtual_start\": \"2026-06-01T00:00:00Z\", \
             \"rotation_turn_length_seconds\": {seconds}, \"users\": [{users}]{more}}}"
        )
    };
    let user = |id: &str| format!("{{\"user\": {{\"id\": \"{id}\", \"type\": \"user_reference\"}}}}");
    let two = format!("{},{}", user("P1"), user("P2"));
    let layers = [
        layer("", 3600, ""),
        layer(&two, 5400, ""),
        layer(&two, 0, ""),
        layer(&two, i64::MAX / 3600 * 3600, ""),
        layer(&user("P3"), 5, ""),
        layer(&two, 7200, ", \"restrictions\": null"),
    ];
    let hostile = "a\\\"]\\n[[policies]]\\nname = 1 \u{202e}";
    let text = format!(
        "{{\"schedule\": {{\"id\": \"P\", \"name\": \"{hostile}\", \"time_zone\": \"Mars/Base\", \"schedule_layers\": [{}]}}, \
         \"escalation_policy\": {{\"id\": \"E\", \"name\": \"{hostile}\", \"escalation_rules\": [{}]}}}}",
        layers.join(","),
        vec!["{\"escalation_delay_in_minutes\": 0, \"targets\": [{\"id\": \"P\", \"type\": \"schedule\"}]}"; 20]
            .join(",")
    );
    let source = Source { name: "odd.json".into(), text };
    let known = BTreeMap::new();
    let imported = import_of(Provider::PagerDuty, &[source], &known).unwrap();
    has(
        &lost(&imported),
        &["Mars/Base", "5400 s is no number", "nobody is in it", "local clock", "more than a policy may"],
    );
    let toml = render::import::settings(Provider::PagerDuty, &imported).replace("\"?P", "\"UP");
    let place = Place::new();
    let path = place.write("odd.toml", &toml);
    let config = Config::load(Some(&path), &|_| None).unwrap_or_else(|problems| panic!("{problems}\n{toml}"));
    assert_eq!((config.settings.policies.len(), config.settings.schedules.len()), (1, 1));
    assert_eq!(config.settings.policies[0].steps.len(), 10);
    let nothing = import_of(Provider::Grafana, &[], &known).unwrap_err();
    assert_eq!(nothing, [Unreadable { file: String::new(), why: Why::Nothing }]);
}
