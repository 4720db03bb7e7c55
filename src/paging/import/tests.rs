//! Shifts that repeat, held against what they are when each is written out.

use jiff::{
    SignedDuration, Span, Timestamp, ToSpan,
    civil::{DateTime, Time},
};

use super::{
    draft::layer,
    repeat::{Frequency, Repeat, Turn},
    window::{DAY, day_of, place, windows},
};
use crate::{
    ids::UserId,
    paging::schedule::{Active, Day, Roster, Schedule, Zone},
};

/// A Wednesday.
const START: &str = "2026-03-04T09:00:00";
const HOUR: i64 = 3600;

fn local(text: &str) -> DateTime {
    text.parse().unwrap()
}

fn repeat(every: Frequency, interval: u16, hours: i64, days: &[Day], groups: usize, turn: Turn) -> Repeat {
    Repeat {
        name: "r".into(),
        start: local(START),
        length: hours * HOUR,
        every,
        interval,
        days: days.to_vec(),
        week_start: Day::Mon,
        groups: (0..groups).map(|n| vec![UserId::from(format!("U{n}"))]).collect(),
        turn,
        from: None,
        until: None,
    }
}

/// Each shift of the next twelve weeks: when it begins, and whose it is.
fn written_out(r: &Repeat) -> Vec<(DateTime, UserId)> {
    let mut all = Vec::new();
    let (mut shifts, interval) = (0_i64, i64::from(r.interval));
    let monday = r.start.checked_sub(Span::new().days(place(day_of(r.start.weekday())))).unwrap();
    let step = if r.every == Frequency::Hourly { 1.hour() } else { 1.day() };
    for n in 0..if r.every == Frequency::Hourly { 12 * 7 * 24 } else { 12 * 7 } {
        let at = r.start.checked_add(step * n).unwrap();
        let weeks = monday.duration_until(at).as_secs().div_euclid(7 * DAY);
        let is_day = r.days.is_empty() || r.days.contains(&day_of(at.weekday()));
        let (is_one, period) = match r.every {
            Frequency::Hourly | Frequency::Daily => (n % interval == 0 && is_day, n / interval),
            Frequency::Weekly if r.days.is_empty() => (n % (7 * interval) == 0, n / (7 * interval)),
            Frequency::Weekly => (weeks % interval == 0 && is_day, weeks / interval),
            Frequency::Monthly => unreachable!("not written out here"),
        };
        if is_one {
            let turn = match r.turn {
                Turn::Period => period,
                Turn::Shifts(each) => shifts / i64::from(each),
            };
            let who = usize::try_from(turn).unwrap() % r.groups.len();
            all.push((at, r.groups[who][0].clone()));
            shifts += 1;
        }
    }
    all
}

#[test]
fn a_repeated_shift_is_what_it_is_written_out() {
    use Day::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
    use Frequency::{Daily, Hourly, Weekly};
    use Turn::{Period, Shifts};
    for r in [
        repeat(Weekly, 1, 7 * 24, &[], 3, Period),
        repeat(Weekly, 2, 7 * 24, &[], 2, Period),
        repeat(Weekly, 2, 14 * 24, &[], 3, Period),
        repeat(Weekly, 3, 14 * 24, &[], 2, Period),
        repeat(Weekly, 1, 63, &[], 2, Period),
        repeat(Weekly, 1, 8, &[Mon, Tue, Wed, Thu, Fri], 3, Period),
        repeat(Weekly, 2, 8, &[Mon, Sun], 2, Period),
        repeat(Weekly, 1, 8, &[Fri], 2, Period),
        repeat(Weekly, 1, 8, &[Mon, Fri], 2, Period),
        repeat(Weekly, 1, 8, &[Mon, Wed, Fri], 2, Shifts(3)),
        repeat(Weekly, 1, 8, &[Tue, Fri], 2, Shifts(2)),
        repeat(Weekly, 1, 24, &[Sat, Sun, Wed], 2, Shifts(6)),
        repeat(Weekly, 1, 8, &[Wed, Thu, Fri], 3, Shifts(2)),
        repeat(Weekly, 1, 8, &[Wed, Sat], 1, Shifts(1)),
        repeat(Daily, 1, 24, &[], 3, Period),
        repeat(Daily, 1, 12, &[], 3, Shifts(2)),
        repeat(Daily, 3, 24, &[], 2, Period),
        repeat(Daily, 2, 48, &[], 2, Period),
        repeat(Daily, 3, 8, &[], 2, Shifts(2)),
        repeat(Daily, 1, 8, &[Sat, Sun], 1, Period),
        repeat(Daily, 1, 24, &[Wed, Thu, Fri, Mon], 3, Shifts(1)),
        repeat(Hourly, 12, 12, &[], 3, Period),
        repeat(Hourly, 6, 2, &[], 2, Period),
    ] {
        let rotations = r.rotations().unwrap_or_else(|unlike| panic!("{unlike}: {r:?}"));
        let layers = vec![layer("l".into(), Active::default(), rotations)];
        let schedule = Schedule { id: "s".into(), name: "s".into(), tz: Zone::utc(), layers };
        let roster = Roster { schedule: &schedule, overrides: &[], absences: &[] };
        let instant = |at: DateTime| Zone::utc().instant(at);
        let shifts = written_out(&r);
        // The half hours, so that it is never asked at an edge; a day before the first one too.
        let mut at = instant(r.start) - SignedDuration::from_hours(24) + SignedDuration::from_mins(30);
        while at < instant(r.start) + SignedDuration::from_hours(10 * 7 * 24) {
            let is_on =
                |from: DateTime| instant(from) <= at && at < instant(from) + SignedDuration::from_secs(r.length);
            let theirs: Vec<&UserId> = shifts.iter().filter(|(from, _)| is_on(*from)).map(|(_, who)| who).collect();
            let cover = roster.on_call(at).cover;
            let ours: Vec<&UserId> = cover.people().collect();
            assert_eq!(ours, theirs, "at {at}: {r:?}");
            at += SignedDuration::from_hours(1);
        }
    }
}

#[test]
fn what_turns_do_not_give_is_told() {
    use Frequency::{Daily, Hourly, Monthly, Weekly};
    let unlike = |r: Repeat| r.rotations().is_err();
    assert!(unlike(repeat(Monthly, 1, 8, &[], 2, Turn::Period)));
    assert!(unlike(repeat(Weekly, 3, 10 * 24, &[], 2, Turn::Period)));
    assert!(unlike(repeat(Weekly, 1, 8 * 24, &[], 2, Turn::Period)), "it overlaps itself");
    assert!(unlike(repeat(Daily, 1, 36, &[], 2, Turn::Period)));
    assert!(unlike(repeat(Hourly, 300, 2, &[], 2, Turn::Period)), "more turns than a rotation may have");
    assert!(unlike(repeat(Daily, 1, 0, &[], 2, Turn::Period)));
    assert!(unlike(repeat(Daily, 0, 8, &[], 2, Turn::Period)));
    assert!(unlike(repeat(Daily, 1, 8, &[], 0, Turn::Period)));
    assert!(!unlike(repeat(Monthly, 1, 31 * 24, &[], 2, Turn::Period)));
}

/// It begins where it is said to, and ends.
#[test]
fn a_repeated_shift_may_begin_later_and_end() {
    let r = Repeat {
        from: Some(local("2026-03-10T00:00:00")),
        until: Some(local("2026-03-12T00:00:00")),
        ..repeat(Frequency::Daily, 1, 24, &[], 2, Turn::Period)
    };
    let layers = vec![layer("l".into(), Active::default(), r.rotations().unwrap())];
    let schedule = Schedule { id: "s".into(), name: "s".into(), tz: Zone::utc(), layers };
    let window = "2026-03-01T00:00:00Z".parse::<Timestamp>().unwrap().."2026-04-01T00:00:00Z".parse().unwrap();
    let roster = Roster { schedule: &schedule, overrides: &[], absences: &[] };
    let shifts: Vec<_> = roster.render(&window).into_iter().filter(|slot| !slot.cover.is_gap()).collect();
    let (first, last) = (shifts.first().unwrap(), shifts.last().unwrap());
    assert_eq!(
        (first.from.to_string(), last.until.to_string()),
        ("2026-03-10T00:00:00Z".into(), "2026-03-12T00:00:00Z".into())
    );
    assert_eq!(roster.findings(&|_| false, &window).len(), 2, "the gaps, and no empty rotation");
}

#[test]
fn parts_of_the_week_are_days_at_most() {
    let (from, all) =
        (Time::constant(17, 0, 0, 0), windows(&[Day::Fri], Time::constant(17, 0, 0, 0), 64 * HOUR).unwrap());
    let [whole, rest] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!((whole.days.as_slice(), whole.from, whole.until), (&[Day::Fri, Day::Sat][..], from, from));
    assert_eq!((rest.days.as_slice(), rest.until), (&[Day::Sun][..], Time::constant(9, 0, 0, 0)));
    assert_eq!(windows(&[Day::Mon], from, 7 * DAY), None);
    assert_eq!(windows(&super::window::DAYS, from, DAY), None);
}
