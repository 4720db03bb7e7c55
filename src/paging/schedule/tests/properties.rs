//! What holds for every schedule, over thousands of random ones.

use std::{collections::BTreeSet, sync::Arc};

use jiff::{SignedDuration, civil};
use proptest::{prelude::*, sample::Index};

use super::*;

const FROM: &str = "2025-12-31T00:00:00Z";
const YEARS: i64 = 4;

fn four_years() -> Range<Timestamp> {
    at(FROM)..at(FROM) + SignedDuration::from_hours(YEARS * 366 * 24)
}

fn zone() -> impl Strategy<Value = Zone> {
    let zones = [
        "America/New_York",
        "Europe/Berlin",
        "Australia/Lord_Howe",
        "Australia/Sydney",
        "Africa/Cairo",
        "Africa/Casablanca",
        "America/Nuuk",
        "Antarctica/Troll",
        "UTC",
    ];
    prop::sample::select(zones.to_vec()).prop_map(|name| Zone::named(name).expect("a zone"))
}

/// A time of the day, more often one at which clocks change somewhere.
fn time() -> impl Strategy<Value = civil::Time> {
    let minutes = prop_oneof![0i16..1440, prop::sample::select(vec![0i16, 30, 60, 90, 105, 120, 135, 150, 180, 1410])];
    minutes.prop_map(|m| civil::Time::midnight() + SignedDuration::from_mins(m.into()))
}

/// A local time around the four years.
fn moment() -> impl Strategy<Value = DateTime> {
    (-800i32..1500, time())
        .prop_map(|(days, time)| (local("2026-01-01T00:00").date() + jiff::Span::new().days(days)).to_datetime(time))
}

fn every() -> impl Strategy<Value = Every> {
    prop_oneof![
        (6u16..60).prop_map(hours),
        (1u16..20).prop_map(days),
        (1u16..6).prop_map(weeks),
        (1u16..15).prop_map(months),
    ]
}

fn window() -> impl Strategy<Value = WeeklyWindow> {
    let all = vec![Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri, Day::Sat, Day::Sun];
    (prop::sample::subsequence(all, 0..=7), time(), time()).prop_map(|(days, from, until)| WeeklyWindow {
        days,
        from,
        until,
    })
}

fn person() -> impl Strategy<Value = UserId> {
    prop::sample::select(vec!["a", "b", "c", "d"]).prop_map(UserId::from)
}

fn a_rotation() -> impl Strategy<Value = Rotation> {
    let groups = prop::collection::vec(prop::collection::vec(person(), 0..3), 0..5);
    let restrictions = prop_oneof![Just(Vec::new()), prop::collection::vec(window(), 1..4)];
    (prop::option::of(moment()), groups, moment(), every(), 1u16..4, restrictions, 0..2).prop_map(
        |(effective_from, participants, start, every, shifts, restrictions, name)| Rotation {
            name: format!("rotation {name}"),
            effective_from,
            participants,
            handover: Handover { start, every },
            shifts_per_participant: NonZeroU16::new(shifts).expect("more than none"),
            restrictions,
        },
    )
}

fn a_layer() -> impl Strategy<Value = Layer> {
    let mode = prop_oneof![Just(Mode::Replace), Just(Mode::Add)];
    let active = (prop::option::of(moment()), prop::option::of(moment()));
    let calendar = prop::option::weighted(0.3, shifts());
    let rotations = prop::collection::vec(a_rotation(), 0..4);
    (mode, active, rotations, calendar).prop_map(|(mode, (from, until), rotations, calendar)| Layer {
        name: "layer".into(),
        mode,
        active: Active { from, until },
        rotations,
        calendar: calendar.map(|shifts| Arc::new(Imported::new(&shifts))),
    })
}

/// Shifts as a calendar may have them: in any order, across each other, some of nobody whom Slack knows, some of no time.
fn shifts() -> impl Strategy<Value = Vec<Planned>> {
    let who = prop_oneof![3 => person().prop_map(Named::Person), 1 => Just(Named::Stranger("zed".into()))];
    let one = (moment(), 0i64..24 * 40, who, prop::option::of(1u8..3)).prop_map(|(from, hours, who, level)| {
        let from = Zone::utc().instant(from);
        Planned { from, until: from + SignedDuration::from_hours(hours), who, level }
    });
    prop::collection::vec(one, 0..30)
}

fn a_schedule() -> impl Strategy<Value = Schedule> {
    (zone(), prop::collection::vec(a_layer(), 1..4)).prop_map(|(tz, layers)| Schedule {
        id: "s".into(),
        name: "S".into(),
        tz,
        layers,
    })
}

/// A time within the four years, some days long.
fn some_days() -> impl Strategy<Value = (Timestamp, Timestamp)> {
    (0..YEARS * 366 * 24, 0i64..1000).prop_map(|(hour, long)| {
        let from = at(FROM) + SignedDuration::from_hours(hour);
        (from, from + SignedDuration::from_hours(long))
    })
}

fn overrides() -> impl Strategy<Value = Vec<Override>> {
    let change = prop_oneof![
        (prop::option::of(person()), person()).prop_map(|(of, by)| Change::Replace { of, by }),
        person().prop_map(|who| Change::Add { who }),
        person().prop_map(|who| Change::Remove { who }),
    ];
    let one = (some_days(), change, 0i64..4).prop_map(|((from, until), change, created)| Override {
        id: format!("o{created}").into(),
        from,
        until,
        change,
        reason: None,
        created_by: "x".into(),
        created_at: at(FROM) + SignedDuration::from_hours(created),
    });
    prop::collection::vec(one, 0..12)
}

fn absences() -> impl Strategy<Value = Vec<Absence>> {
    let one = (person(), some_days()).prop_map(|(who, (from, until))| Absence { who, from, until });
    prop::collection::vec(one, 0..6)
}

/// Shifts and gaps follow each other without a hole, differ from their neighbours, and are nothing but the window.
fn is_whole(slots: &[Slot], window: &Range<Timestamp>) {
    assert_eq!(slots.first().map(|s| s.from), Some(window.start));
    assert_eq!(slots.last().map(|s| s.until), Some(window.end));
    assert!(slots.iter().all(|s| s.from < s.until), "a slot of no time");
    assert!(slots.windows(2).all(|two| two[0].until == two[1].from && two[0].cover != two[1].cover));
}

fn slot_of(slots: &[Slot], at: Timestamp) -> &Slot {
    let mut holding = slots.iter().filter(|s| s.span().contains(&at));
    let slot = holding.next().expect("a slot");
    assert!(holding.next().is_none(), "two slots at {at}");
    slot
}

/// A slow second opinion on one rotation: goes through handovers and windows one by one.
fn slowly<'a>(rotation: &'a Rotation, tz: &Zone, at: Timestamp) -> &'a [UserId] {
    let day = tz.local(at).date();
    let open = rotation.restrictions.is_empty()
        || rotation.restrictions.iter().any(|w| {
            (-3..=3).map(|n| day + jiff::Span::new().days(n)).filter(|d| w.begins_on(d.weekday())).any(|d| {
                let last = if w.until <= w.from { d.tomorrow().expect("a day") } else { d };
                (tz.instant(d.to_datetime(w.from))..tz.instant(last.to_datetime(w.until))).contains(&at)
            })
        });
    let shift = |n: i64| {
        let span = match rotation.handover.every {
            Every::Hours(h) => jiff::Span::new().hours(n * i64::from(h.get())),
            Every::Days(d) => jiff::Span::new().days(n * i64::from(d.get())),
            Every::Weeks(w) => jiff::Span::new().weeks(n * i64::from(w.get())),
            Every::Months(m) => jiff::Span::new().months(n * i64::from(m.get())),
        };
        rotation.handover.start + span
    };
    let limit = tz.local(at) + jiff::Span::new().days(2);
    let begun = (0..).map(shift).take_while(|local| *local < limit);
    let last = begun.enumerate().filter(|(_, local)| tz.instant(*local) <= at).map(|(n, _)| n).last();
    match (open, last) {
        (true, Some(n)) if !rotation.participants.is_empty() => {
            let turn = n / usize::from(rotation.shifts_per_participant.get());
            &rotation.participants[turn % rotation.participants.len()]
        }
        (true | false, _) => &[],
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every instant of four years belongs to exactly one shift or gap of each layer, and of the schedule; asked for one
    /// instant, the answer is the same.
    #[test]
    fn every_instant_belongs_to_one_shift_or_gap(
        schedule in a_schedule(),
        overrides in overrides(),
        absences in absences(),
        instants in prop::collection::vec(any::<Index>(), 20),
    ) {
        let window = four_years();
        let roster = Roster { schedule: &schedule, overrides: &overrides, absences: &absences };
        let slots = roster.render(&window);
        is_whole(&slots, &window);
        let mut edges: BTreeSet<Timestamp> = slots.iter().map(|s| s.from).collect();
        for n in 0..schedule.layers.len() {
            let slots = roster.render_layer(n, &window);
            is_whole(&slots, &window);
            edges.extend(slots.iter().map(|s| s.from));
        }
        // Half of them at an edge, or just before one.
        let edges: Vec<Timestamp> = edges.into_iter().collect();
        let seconds = usize::try_from(YEARS * 366 * 24 * 3600).expect("fits");
        for (n, index) in instants.iter().enumerate() {
            let instant = match n % 4 {
                0 => *index.get(&edges),
                1 => (*index.get(&edges) - SignedDuration::from_nanos(1)).max(window.start),
                _ => window.start + SignedDuration::from_secs(i64::try_from(index.index(seconds)).expect("fits")),
            };
            let slot = slot_of(&slots, instant);
            let now = roster.on_call(instant);
            prop_assert_eq!(&now.cover, &slot.cover, "at {}", instant);
            // What is cut at the window's ends, or lasts beyond the horizon, begins earlier or ends later.
            if slot.from > window.start && slot.length() < HORIZON {
                prop_assert_eq!(now.since, Some(slot.from));
            }
            if slot.until < window.end && slot.length() < HORIZON {
                prop_assert_eq!(now.until, Some(slot.until));
            }
        }
    }

    /// Arithmetic finds whom going through shift by shift finds.
    #[test]
    fn turns_are_those_that_going_through_them_finds(
        tz in zone(),
        rotation in a_rotation(),
        instants in prop::collection::vec(any::<Index>(), 8),
    ) {
        let rotation = Rotation { effective_from: None, ..rotation };
        let schedule = schedule(tz.name(), vec![layer("base", vec![rotation.clone()])]);
        let slots = plain(&schedule).render(&four_years());
        for (n, index) in instants.iter().enumerate() {
            let edge = index.get(&slots).from;
            let instant = edge + SignedDuration::from_mins([0, -30, 30, 5000][n % 4]);
            let mut expected = slowly(&rotation, &tz, instant).to_vec();
            expected.sort();
            expected.dedup();
            let mut found: Vec<UserId> = plain(&schedule).on_call(instant).cover.people().cloned().collect();
            found.sort();
            prop_assert_eq!(found, expected, "at {}", instant);
        }
    }

    /// By a calendar those are on call whose shift it is, and where these are nobody, it is said who should be.
    #[test]
    fn shifts_of_a_calendar_are_those_that_hold(shifts in shifts(), instants in prop::collection::vec(any::<Index>(), 12)) {
        let calendar = Some(Arc::new(Imported::new(&shifts)));
        let schedule = schedule("UTC", vec![Layer { calendar, ..layer("feed", Vec::new()) }]);
        let slots = plain(&schedule).render(&four_years());
        for (n, index) in instants.iter().enumerate() {
            let instant = index.get(&slots).from + SignedDuration::from_mins([0, -30, 30, 5000][n % 4]);
            let holds = |shift: &&Planned| shift.from <= instant && instant < shift.until;
            let (mut people, mut is_strange) = (BTreeSet::new(), false);
            for shift in shifts.iter().filter(holds) {
                match &shift.who {
                    Named::Person(who) => drop(people.insert(who.clone())),
                    Named::Stranger(_) => is_strange = true,
                }
            }
            let cover = plain(&schedule).on_call(instant).cover;
            prop_assert_eq!(cover.people().cloned().collect::<BTreeSet<_>>(), people.clone(), "at {}", instant);
            let is_said = matches!(cover, Cover::Gap(Gap::Strangers { .. }));
            prop_assert_eq!(is_said, is_strange && people.is_empty(), "at {}", instant);
        }
    }
}
