//! Stories of one schedule: bob, dave and erin by the week, from a Monday 09:00.

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::{
    config::Followed,
    ids::UserId,
    paging::schedule::{Absence, Active, Change, Every, Handover, Layer, Mode, Rotation, Schedule, Zone},
};

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// Sunday night in bob's week.
fn now() -> Timestamp {
    at("2026-11-22T03:00:00Z")
}

fn who(name: &str) -> UserId {
    name.into()
}

fn followed() -> Followed {
    let rotation = Rotation {
        name: "weekly".into(),
        effective_from: None,
        participants: ["bob", "dave", "erin"].map(|name| vec![who(name)]).to_vec(),
        handover: Handover {
            start: "2026-11-16T09:00".parse().expect("a time"),
            every: Every::Weeks(1.try_into().expect("not zero")),
        },
        shifts_per_participant: 1.try_into().expect("not zero"),
        restrictions: vec![],
    };
    let layer = Layer {
        name: "all".into(),
        mode: Mode::Replace,
        active: Active::default(),
        rotations: vec![rotation],
        calendar: None,
    };
    let tz = Zone::named("UTC").expect("a zone");
    Followed {
        schedule: Schedule { id: "primary".into(), name: "primary".into(), tz, layers: vec![layer] },
        owner: None,
        user_group: None,
        watch: Watch { remind_min: 60, gaps_expected: false },
    }
}

/// The schedule after these asks, one a minute; each must be possible.
fn after<'a>(followed: &'a Followed, asks: &[(&str, Ask)]) -> Rolled<'a> {
    let mut rolled = Rolled::of(followed, vec![]);
    let mut seq = 0;
    for (n, (by, ask)) in (0..).zip(asks) {
        let at = now() + SignedDuration::from_mins(n);
        let facts = decide(&rolled.roll, rolled.roster(), ask, &who(by), at);
        for what in facts.unwrap_or_else(|no| panic!("{ask:?}: {no:?}")) {
            seq += 1;
            rolled.roll.apply(seq, &Rostered { v: ROSTERED_VERSION, at, by: who(by), what });
        }
    }
    rolled
}

fn on_call(rolled: &Rolled<'_>, at: Timestamp) -> Vec<String> {
    rolled.roster().on_call(at).cover.people().map(ToString::to_string).collect()
}

fn instead(by: &str, from: Timestamp, until: Timestamp) -> Ask {
    let change = Change::Replace { of: None, by: who(by) };
    Ask::Override { span: Span { from, until }, change, reason: None }
}

fn refused(rolled: &Rolled<'_>, ask: &Ask, by: &str, now: Timestamp) -> No {
    decide(&rolled.roll, rolled.roster(), ask, &who(by), now).expect_err("refused")
}

#[test]
fn an_override_begins_now_at_the_earliest() {
    let followed = followed();
    let rolled = after(&followed, &[("alice", instead("dave", now() - HOUR * 5, now() + HOUR))]);
    assert_eq!(rolled.roll.overrides[0].from, now(), "nobody rewrites who was on call");
    assert_eq!(on_call(&rolled, now()), ["dave"]);
    assert_eq!(on_call(&rolled, now() + HOUR), ["bob"]);
    assert_eq!(refused(&rolled, &instead("dave", now() - HOUR * 5, now()), "alice", now()), No::Past);
    assert_eq!(refused(&rolled, &instead("dave", now(), now() + HOUR * 9000), "alice", now()), No::TooLong);
    assert_eq!(refused(&rolled, &instead("dave", now(), now() + HOUR), "alice", now()), No::AlreadySo);
}

#[test]
fn what_is_running_is_cut_short_and_what_is_to_come_goes_away() {
    let followed = followed();
    let end = |id: &str| Ask::EndOverride { id: id.into() };
    let rolled = after(
        &followed,
        &[
            ("alice", instead("dave", now(), now() + HOUR * 4)),
            ("alice", instead("erin", now() + HOUR * 10, now() + HOUR * 11)),
            ("bob", end("1")),
            ("bob", end("2")),
        ],
    );
    assert_eq!(rolled.roll.overrides.len(), 1, "{:?}", rolled.roll.overrides);
    assert_eq!(on_call(&rolled, now()), ["dave"], "it was so");
    assert_eq!(on_call(&rolled, now() + HOUR), ["bob"]);
    assert_eq!(refused(&rolled, &end("1"), "bob", now() + HOUR), No::NoSuchOverride);
}

#[test]
fn one_says_yes_to_cover_and_nobody_else_can() {
    let followed = followed();
    let span = Span { from: now(), until: now() + HOUR * 5 };
    let cover = Ask::CoverMe { span, reason: None };
    let (take, end) = (Ask::Take { ask: 1 }, Ask::EndAsk { ask: 1 });
    let asked = after(&followed, &[("bob", cover.clone())]);
    assert_eq!(refused(&asked, &take, "bob", now()), No::Oneself);
    assert_eq!(refused(&asked, &take, "alice", now()), No::NotAsked);
    assert_eq!(refused(&asked, &end, "dave", now()), No::NotAsked, "only whoever asked takes it back");
    assert_eq!(refused(&asked, &take, "dave", now() + HOUR * 5), No::AskOver, "it is over by then");
    assert_eq!(refused(&asked, &cover, "dave", now()), No::NotOnCall { who: who("dave") });
    let taken = after(&followed, &[("bob", cover), ("erin", take.clone())]);
    assert_eq!(on_call(&taken, now() + HOUR), ["erin"]);
    assert_eq!(refused(&taken, &take, "dave", now() + HOUR), No::Taken { by: who("erin") });
}

/// An absence goes before every override: nobody may believe that somebody is on call who is not.
#[test]
fn nobody_takes_a_shift_of_which_they_are_away_for_a_part() {
    let followed = followed();
    let monday = at("2026-11-23T09:00:00Z");
    let away = |name: &str, from: Timestamp, until: Timestamp| Absence { who: who(name), from, until };
    let no = |name: &str, from: Timestamp, until: Timestamp| No::Away { who: who(name), span: Span { from, until } };
    let (from, until) = (now() + HOUR * 4, now() + HOUR * 6);
    let mut rolled = after(&followed, &[]);
    rolled.absences = vec![away("dave", from, until), away("erin", monday + WEEK * 9, monday + WEEK * 10)];
    let with = |change| Ask::Override { span: Span { from: now(), until: from + HOUR }, change, reason: None };
    let add = with(Change::Add { who: who("dave") });
    let replace = with(Change::Replace { of: Some(who("bob")), by: who("dave") });
    for ask in [instead("dave", now(), from + HOUR), instead("dave", until - HOUR, until + HOUR), add, replace] {
        assert_eq!(refused(&rolled, &ask, "alice", now()), no("dave", from, until), "{ask:?}");
    }
    for span in [(now(), from), (until, until + HOUR)] {
        let beside = decide(&rolled.roll, rolled.roster(), &instead("dave", span.0, span.1), &who("alice"), now());
        assert!(beside.is_ok(), "{beside:?}");
    }
    let off = with(Change::Remove { who: who("bob") });
    assert!(decide(&rolled.roll, rolled.roster(), &off, &who("alice"), now()).is_ok(), "nobody is put on call");
    let cover = |until| Ask::CoverMe { span: Span { from: now(), until }, reason: None };
    let asked = |ask| decide(&rolled.roll, rolled.roster(), &ask, &who("bob"), now()).map(|mut facts| facts.pop());
    let Ok(Some(Fact::CoverAsked { of, .. })) = asked(cover(until)) else { panic!("asked") };
    assert_eq!(of, [who("erin")], "dave is not asked");
    rolled.absences.push(away("erin", now(), until));
    assert_eq!(refused(&rolled, &cover(until), "bob", now()), No::NobodyElse);
}

/// They may have been there when they were asked.
#[test]
fn nobody_says_yes_to_what_they_are_away_for_on_either_side() {
    let followed = followed();
    let monday = at("2026-11-23T09:00:00Z");
    let span = Span { from: now(), until: now() + HOUR * 5 };
    let away = |name: &str, span: Span| vec![Absence { who: who(name), from: span.from, until: span.until }];
    let no = |name: &str, span: Span| No::Away { who: who(name), span };
    let mut asked = after(&followed, &[("bob", Ask::CoverMe { span, reason: None })]);
    asked.absences = away("dave", Span { from: now() + HOUR, until: now() + HOUR * 2 });
    let take = Ask::Take { ask: 1 };
    let (from, until) = (asked.absences[0].from, asked.absences[0].until);
    assert_eq!(refused(&asked, &take, "dave", now()), no("dave", Span { from, until }));
    assert!(decide(&asked.roll, asked.roster(), &take, &who("dave"), until).is_ok(), "what is left they can do");
    // Dave gives the week from Monday on for erin's after it.
    let swap = Ask::Swap { with: who("erin"), mine: None, theirs: None, reason: None };
    let mut offered = after(&followed, &[("dave", swap.clone())]);
    let (daves, erins) =
        (Span { from: monday, until: monday + HOUR }, Span { from: monday + WEEK, until: monday + WEEK + HOUR });
    for (whose, span) in [("erin", daves), ("dave", erins)] {
        offered.absences = away(whose, span);
        assert_eq!(refused(&offered, &take, "erin", now()), no(whose, span), "when it is taken");
        assert_eq!(refused(&offered, &swap, "dave", now()), no(whose, span), "when it is offered");
    }
}

#[test]
fn a_swap_exchanges_the_next_shifts_or_those_that_are_named() {
    let followed = followed();
    let swap = |with: &str, mine, theirs| Ask::Swap { with: who(with), mine, theirs, reason: None };
    let monday = at("2026-11-23T09:00:00Z");
    // Bob is on call now: his next shift begins in two weeks.
    let asked = after(&followed, &[("bob", swap("dave", None, None))]);
    let Wanted::Swap { gives, takes, .. } = asked.roll.asks[0].wants else { panic!("{:?}", asked.roll.asks) };
    assert_eq!((gives.from, takes.from), (monday + WEEK * 2, monday));
    let named = after(
        &followed,
        &[("bob", swap("erin", Some(now()), Some(monday + WEEK + HOUR))), ("erin", Ask::Take { ask: 1 })],
    );
    assert_eq!(on_call(&named, now() + HOUR), ["erin"], "what is left of the running one");
    assert_eq!(on_call(&named, monday + WEEK + HOUR), ["bob"]);
    assert_eq!(on_call(&named, monday + HOUR), ["dave"]);
    let nothing = after(&followed, &[]);
    assert_eq!(refused(&nothing, &swap("bob", None, None), "bob", now()), No::Oneself);
    let stranger = No::NotOnCall { who: who("alice") };
    assert_eq!(refused(&nothing, &swap("alice", None, None), "bob", now()), stranger);
}

#[test]
fn an_absence_is_noted_once_and_ends_when_they_are_back() {
    let mut calendar = Calendar::default();
    let span = Span { from: now(), until: now() + HOUR * 48 };
    let note = |seq, calendar: &mut Calendar, at, ask| {
        let what = away(calendar, ask, at)?;
        calendar.apply(seq, &Personal { v: PERSONAL_VERSION, at, by: who("bob"), what });
        Ok::<_, No>(())
    };
    note(1, &mut calendar, now(), AwayAsk::Note { span }).expect("noted");
    let within = Span { from: now() + HOUR, until: now() + HOUR * 2 };
    assert_eq!(note(2, &mut calendar, now(), AwayAsk::Note { span: within }), Err(No::AlreadySo));
    note(2, &mut calendar, now() + HOUR, AwayAsk::End { number: 1 }).expect("ended");
    assert_eq!(calendar.away[0].span.until, now() + HOUR, "they were away until then");
    assert_eq!(note(3, &mut calendar, now() + HOUR, AwayAsk::End { number: 1 }), Err(No::NoSuchAbsence));
}

/// What is told by itself at `now`: each by what makes it itself.
fn told(rolled: &Rolled<'_>, now: Timestamp) -> (Vec<String>, Timestamp) {
    let (dues, again) = watch(rolled.roster(), rolled.followed.watch, now);
    assert!(again > now, "it looks again later");
    (dues.iter().map(|due| due.once().0).collect(), again)
}

#[test]
fn a_shift_is_told_an_hour_ahead_and_shortly_after_it_began() {
    let followed = followed();
    let rolled = after(&followed, &[]);
    let monday = at("2026-11-23T09:00:00Z");
    assert_eq!(told(&rolled, now()), (vec![], now() + HOUR * 24));
    assert_eq!(told(&rolled, monday - HOUR * 2).1, monday - HOUR, "then it is time");
    let daves = format!("shift/dave/{}", monday.as_second());
    assert_eq!(told(&rolled, monday - HOUR).0, [daves.as_str()]);
    assert_eq!(told(&rolled, monday + HOUR / 3).0, [daves.as_str()], "the bot was not running");
    assert!(told(&rolled, monday + HOUR).0.is_empty(), "by now they know");
}

#[test]
fn a_gap_is_told_days_before_and_once_more_the_day_before() {
    let followed = followed();
    let mut rolled = after(&followed, &[]);
    let (from, until) = (at("2026-12-01T00:00:00Z"), at("2026-12-02T00:00:00Z"));
    rolled.absences = vec![Absence { who: who("erin"), from, until }];
    assert!(told(&rolled, from - HOUR * 24 * 8).0.is_empty());
    assert_eq!(told(&rolled, from - HOUR * 24 * 7 - HOUR).1, from - HOUR * 24 * 7, "then it is time");
    let (ahead, soon) = (format!("gap/ahead/{}", from.as_second()), format!("gap/soon/{}", from.as_second()));
    assert_eq!(told(&rolled, from - HOUR * 24 * 7).0, [ahead.as_str()]);
    for into in [HOUR * -24, HOUR * -1, HOUR / 3, HOUR, HOUR * 5, HOUR * 22] {
        assert_eq!(told(&rolled, from + into).0, [soon.as_str()], "still told where it was not, and one and the same");
    }
    assert!(!told(&rolled, until).0.contains(&soon), "it is over");
    let expected = Followed { watch: Watch { gaps_expected: true, ..followed.watch }, ..followed.clone() };
    rolled.followed = &expected;
    assert_eq!(told(&rolled, from - HOUR).0, [soon.as_str()], "an absence is never expected");
}

#[test]
fn a_gap_that_has_no_end_and_no_beginning_is_one_and_the_same() {
    let mut followed = followed();
    followed.schedule.layers.clear();
    let rolled = after(&followed, &[]);
    let first = told(&rolled, now()).0;
    assert_eq!((first.len(), &told(&rolled, now() + HOUR * 30).0), (1, &first));
}
