//! Who is on call, from memory, against one hash of 4 KiB: by the rules alone, and as the bot asks it, with what its record says of
//! overrides and absences; the first time it is asked of a schedule, that is read. And a year of shifts of one schedule, against the `rrule` crate
//! expanding one weekly rule of the same year. Both in the same run.
//!
//! `cargo bench --bench schedule`

mod table;

use std::{
    collections::HashMap,
    hint::black_box,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use rrule::RRuleSet;
use sha2::{Digest, Sha256};
use watchroom::{
    clock::MovableClock,
    config::{Followed, PlaybookFile, Settings},
    engine::{Engine, Incidents},
    ids::{StreamId, UserId},
    paging::{
        rota::{Fact, PERSONAL_VERSION, Personal, PersonalFact, ROSTERED_VERSION, Rostered, Span, Watch},
        schedule::{Absence, Change, Override, Roster, Schedule, ScheduleId},
    },
    store::{Append, Commit, SharedProjector, Store, memory::MemoryStore},
};

use crate::table::Table;

const SCHEDULES: usize = 1_000;
const PEOPLE: usize = 10_000;
/// Questions, and rounds of a year.
const ROUNDS: usize = 5_001;
/// "Who is on call" may take so long.
const TARGET: Duration = Duration::from_micros(50);
const ZONES: [&str; 5] =
    ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Australia/Sydney", "Africa/Cairo"];
const YEAR: [&str; 2] = ["2026-01-05T08:00:00Z", "2027-01-05T08:00:00Z"];

/// What is in memory of one schedule.
struct Kept {
    schedule: Schedule,
    overrides: Vec<Override>,
    absences: Vec<Absence>,
}

impl Kept {
    fn roster(&self) -> Roster<'_> {
        Roster { schedule: &self.schedule, overrides: &self.overrides, absences: &self.absences }
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// The bot's own engine on a record with all of this; and another on the same record, which has been asked nothing yet.
async fn engines(all: &[Kept]) -> [Engine; 2] {
    let clock = MovableClock::still(at(YEAR[0]));
    let settings = Arc::new(Settings { schedules: all.iter().map(followed).collect(), ..Settings::default() });
    let incidents = Arc::new(Incidents::default());
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::clone(&incidents) as SharedProjector));
    let append = all.iter().flat_map(facts).collect();
    store.commit(Commit { append, at: Some(at(YEAR[0])), ..Commit::default() }).await.expect("recorded");
    let engine = async |incidents| {
        let (store, clock) = (Arc::clone(&store), Arc::new(clock.clone()));
        Engine::new(store, incidents, clock, &PlaybookFile::builtin(), Arc::clone(&settings)).await.expect("an engine")
    };
    [engine(incidents).await, engine(Arc::new(Incidents::default())).await]
}

fn followed(kept: &Kept) -> Followed {
    Followed {
        schedule: kept.schedule.clone(),
        owner: None,
        user_group: None,
        watch: Watch { remind_min: 60, gaps_expected: false },
    }
}

/// What people did to have it so.
fn facts(kept: &Kept) -> Vec<Append> {
    let by = UserId::from("U00000");
    let overrides = kept.overrides.iter().map(|one| {
        let span = Span { from: one.from, until: one.until };
        let what = Fact::OverrideMade { span, change: one.change.clone(), reason: None, answers: None };
        let fact = Rostered { v: ROSTERED_VERSION, at: at(YEAR[0]), by: by.clone(), what };
        Append::new(StreamId::Schedule(kept.schedule.id.0.clone()), &fact)
    });
    let absences = kept.absences.iter().map(|one| {
        let what = PersonalFact::AwayNoted { span: Span { from: one.from, until: one.until } };
        let fact = Personal { v: PERSONAL_VERSION, at: at(YEAR[0]), by: by.clone(), what };
        Append::new(StreamId::Person(one.who.clone()), &fact)
    });
    overrides.chain(absences).collect()
}

/// Ten people a schedule: six take the weeks, two the office hours on weekdays, two stand beside them at night. Four
/// overrides and four absences in the year.
fn kept(n: usize) -> Kept {
    let person = |k: usize| format!("U{:05}", (n * 10 + k) % PEOPLE);
    let groups =
        |from: usize, to: usize| (from..to).map(|k| format!("[\"{}\"]", person(k))).collect::<Vec<_>>().join(", ");
    let text = format!(
        r#"
        id = "s{n}"
        name = "Schedule {n}"
        tz = "{tz}"
        [[layers]]
        name = "base"
        rotations = [{{ name = "weekly", participants = [{base}], handover = {{ start = "2020-01-06T09:00:00", every = {{ weeks = 1 }} }} }}]
        [[layers]]
        name = "office"
        rotations = [{{ name = "daily", participants = [{office}], handover = {{ start = "2020-01-06T09:00:00", every = {{ days = 1 }} }},
            restrictions = [{{ days = ["mon", "tue", "wed", "thu", "fri"], from = "09:00:00", until = "17:00:00" }}] }}]
        [[layers]]
        name = "night"
        mode = "add"
        rotations = [{{ name = "monthly", participants = [{night}], handover = {{ start = "2020-01-31T09:00:00", every = {{ months = 1 }} }},
            restrictions = [{{ days = ["fri", "sat", "sun"], from = "22:00:00", until = "06:00:00" }}] }}]
        "#,
        tz = ZONES[n % ZONES.len()],
        base = groups(0, 6),
        office = groups(6, 8),
        night = groups(8, 10),
    );
    let quarter = |k: usize| {
        let from = at(YEAR[0]) + SignedDuration::from_hours(i64::try_from(k * 90 * 24 + n % 90).expect("hours"));
        (from, from + SignedDuration::from_hours(48))
    };
    let overrides = (0..4).map(|k| Override {
        id: format!("o{k}").into(),
        from: quarter(k).0,
        until: quarter(k).1,
        change: Change::Replace { of: None, by: UserId::from(person(k)) },
        reason: None,
        created_by: UserId::from(person(9)),
        created_at: at(YEAR[0]),
    });
    let absences = (0..4).map(|k| Absence { who: UserId::from(person(k)), from: quarter(k).0, until: quarter(k).1 });
    Kept {
        schedule: toml::from_str(&text).expect("a schedule"),
        overrides: overrides.collect(),
        absences: absences.collect(),
    }
}

/// The median time of doing this, the `n`th time with `n`.
fn median(rounds: usize, mut work: impl FnMut(usize)) -> Duration {
    let mut times: Vec<Duration> = (0..rounds)
        .map(|n| {
            let start = Instant::now();
            work(n);
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[rounds / 2]
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

#[expect(clippy::print_stdout, reason = "it prints what was measured")]
fn as_the_bot_asks(
    table: &mut Table,
    all: &HashMap<ScheduleId, Kept>,
    questions: &[(ScheduleId, Timestamp)],
    hash: Duration,
) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let kept: Vec<Kept> = (0..SCHEDULES).map(kept).collect();
    let [engine, fresh] = runtime.block_on(engines(&kept));
    let ask = |engine: &Engine, n: usize| {
        let (id, instant) = &questions[n];
        runtime.block_on(engine.on_call(id, None, *instant)).expect("read")
    };
    for (n, (id, instant)) in questions.iter().enumerate() {
        let by_rules = all[id].roster().on_call(*instant).cover;
        let by_rules: Vec<UserId> = by_rules.people().cloned().collect();
        assert_eq!(ask(&engine, n), by_rules, "both find the same people");
    }
    let asked = median(ROUNDS, |n| drop(black_box(ask(&engine, n))));
    // Each schedule is another: nothing of it was read before.
    let first = median(SCHEDULES, |n| drop(black_box(ask(&fresh, n))));
    println!(
        "the same as the bot asks it: {:.1} µs, {:.2} hashes of 4 KiB; the first time of each schedule, from its record: {:.1} µs",
        micros(asked),
        asked.as_secs_f64() / hash.as_secs_f64(),
        micros(first)
    );
    table.at_most("who is on call as the bot asks, µs", micros(asked), micros(TARGET));
}

#[expect(clippy::print_stdout, reason = "it prints what was measured")]
fn main() -> ExitCode {
    let mut table = Table::default();
    let all: HashMap<ScheduleId, Kept> = (0..SCHEDULES).map(kept).map(|k| (k.schedule.id.clone(), k)).collect();
    let buffer = vec![0x5a_u8; 4096];
    let hash = median(ROUNDS, |_| {
        black_box(Sha256::digest(black_box(&buffer)));
    });
    // Another schedule at another hour of the year each time.
    let questions: Vec<(ScheduleId, Timestamp)> = (0..ROUNDS)
        .map(|n| {
            let hour = i64::try_from(n * 7919 % (365 * 24)).expect("hours");
            (format!("s{}", n * 31 % SCHEDULES).into(), at(YEAR[0]) + SignedDuration::from_hours(hour))
        })
        .collect();
    let asked = median(ROUNDS, |n| {
        let (id, instant) = &questions[n];
        drop(black_box(all.get(id).map(|kept| kept.roster().on_call(*instant))));
    });
    println!(
        "who is on call among {SCHEDULES} schedules of {PEOPLE} people: {:.1} µs, {:.2} hashes of 4 KiB (one: {:.1} µs)",
        micros(asked),
        asked.as_secs_f64() / hash.as_secs_f64(),
        micros(hash)
    );
    table.at_most("who is on call, µs", micros(asked), micros(TARGET));
    as_the_bot_asks(&mut table, &all, &questions, hash);

    let mut weekly = kept(1);
    weekly.schedule.layers.truncate(1);
    let plain = Roster { overrides: &[], absences: &[], ..weekly.roster() };
    let year = at(YEAR[0])..at(YEAR[1]);
    let rule: RRuleSet =
        "DTSTART;TZID=Europe/Berlin:20260105T090000\nRRULE:FREQ=WEEKLY;UNTIL=20270105T080000Z".parse().expect("a rule");
    assert_eq!(weekly.schedule.tz.name(), "Europe/Berlin");
    let (ours, theirs) = (plain.render(&year), rule.clone().all(100).dates);
    let same = ours.iter().zip(&theirs).all(|(slot, date)| slot.from.as_second() == date.timestamp());
    assert!(same && ours.len() == theirs.len(), "both find the same shifts");
    let ours = median(ROUNDS, |_| drop(black_box(plain.render(&year))));
    let theirs = median(ROUNDS, |_| drop(black_box(rule.clone().all(100))));
    println!(
        "a year of weekly shifts: rendered in {:.1} µs, expanded by rrule in {:.1} µs",
        micros(ours),
        micros(theirs)
    );
    let (what, ratio) =
        ("a year of weekly shifts, rendered / expanded by rrule (below)", ours.as_secs_f64() / theirs.as_secs_f64());
    table.row(what.to_owned(), ratio, 1.0, ratio < 1.0);
    let whole = kept(1);
    let whole = median(ROUNDS / 50, |_| drop(black_box(whole.roster().render(&year))));
    println!("a year of three layers with restrictions, overrides and absences: {:.0} µs", micros(whole));
    table.print()
}
