//! Who is on call: every answer, message and form.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use watchroom::{
    config::{Followed, Settings},
    incident::{Rejection, Text},
    paging::{
        Target,
        external::{External, Provider},
        reach::{Contacts, Way},
        rota::{
            Away, Calendar, Fact, Failing, Feed, FeedNews, Missed, Missing, No, PERSONAL_VERSION, Personal,
            PersonalFact, ROSTERED_VERSION, Roll, Rolled, Rostered, Same, Span, Watch, Why,
        },
        schedule::{
            Absence, Active, Change, Every, Handover, Layer, Mode, Override, Rotation, Schedule, ScheduleId, Zone,
        },
    },
    playbook::Playbook,
    render::{View, forms::override_form, oncall as render, urgency},
};

use super::{
    every::{at, policy, settings},
    recorder::{form, message, record},
    words,
};

/// A schedule with as many words of people as it can have.
fn followed(said: &str) -> Followed {
    let rotation = |n: usize| Rotation {
        name: format!("{said} {n}"),
        effective_from: None,
        participants: vec![vec!["U0ALICE".into(), "U0BOB".into()], vec!["U0DAVE".into()]],
        handover: Handover {
            start: "2026-01-05T09:00".parse().expect("a time"),
            every: Every::Hours(12.try_into().expect("not zero")),
        },
        shifts_per_participant: 1.try_into().expect("not zero"),
        restrictions: vec![],
    };
    let rotations = (0..3).map(rotation).collect();
    let layer =
        Layer { name: said.to_owned(), mode: Mode::Replace, active: Active::default(), rotations, calendar: None };
    Followed {
        schedule: Schedule {
            id: "primary".into(),
            name: if said.trim().is_empty() { "primary".into() } else { said.to_owned() },
            tz: Zone::named("Europe/Berlin").expect("a zone"),
            layers: vec![layer],
        },
        owner: None,
        user_group: None,
        watch: Watch { remind_min: 60, gaps_expected: false },
    }
}

fn span(from: i64, hours: i64) -> Span {
    let from = at(from);
    Span { from, until: from + SignedDuration::from_hours(hours) }
}

/// Other providers: with everybody, with an answer that has grown old, with nobody, and without an answer.
fn providers(said: &str) -> Vec<(External, Result<render::ProviderOnCall, String>)> {
    let of = || External { at: Provider::PagerDuty, id: "P1234AB".into() };
    let people = vec![(said.to_owned(), None), ("Bob".to_owned(), Some("U0BOB".into()))];
    let levels = vec![
        render::ProviderLevel { level: 1, people, unknown: Vec::new(), since: Some(at(0)), until: Some(at(90)) },
        render::ProviderLevel {
            level: 2,
            people: vec![(said.to_owned(), None)],
            unknown: Vec::new(),
            since: None,
            until: None,
        },
        render::ProviderLevel {
            level: 3,
            people: Vec::new(),
            unknown: vec![said.to_owned()],
            since: None,
            until: None,
        },
    ];
    let known = |levels, stale| render::ProviderOnCall { levels, said: at(-12), stale };
    let team = External { at: Provider::Opsgenie, id: "team:4513b7ea".into() };
    vec![
        (of(), Ok(known(levels.clone(), false))),
        (of(), Ok(known(levels, true))),
        (of(), Ok(known(Vec::new(), false))),
        (team, Err("refused: whom a team asks depends on the alert".to_owned())),
    ]
}

/// Who comes next there: as it tells it, and without an answer.
fn nexts(said: &str) -> Vec<Result<Vec<render::ProviderNext>, String>> {
    let people = vec![(said.to_owned(), None), ("Bob".to_owned(), Some("U0BOB".into()))];
    let next = |level, people, from| render::ProviderNext { level, people, from };
    vec![
        Ok(vec![next(1, people.clone(), Some(at(90))), next(3, Vec::new(), Some(at(90))), next(4, people, None)]),
        Err(said.to_owned()),
    ]
}

fn changes() -> Vec<Change> {
    vec![
        Change::Replace { of: None, by: "U0ERIN".into() },
        Change::Replace { of: Some("U0BOB".into()), by: "U0ERIN".into() },
        Change::Add { who: "U0ERIN".into() },
        Change::Remove { who: "U0BOB".into() },
    ]
}

fn facts(said: &str) -> Vec<Fact> {
    let reason = || Some(Text::new(said.chars().take(300).collect::<String>()));
    let mut facts: Vec<Fact> = changes()
        .into_iter()
        .map(|change| Fact::OverrideMade { span: span(0, 30), change, reason: reason(), answers: None })
        .collect();
    facts.push(Fact::OverrideMade { span: span(0, 30), change: changes()[1].clone(), reason: None, answers: Some(7) });
    facts.push(Fact::OverrideEnded { id: "1".into() });
    let of = (0..20).map(|n| format!("U0CROWD{n}").into()).chain(["U0ERIN".into()]).collect();
    facts.push(Fact::CoverAsked { span: span(0, 30), reason: reason(), of });
    let (gives, takes) = (span(60 * 24, 24), span(60 * 48, 24));
    facts.push(Fact::SwapOffered { to: "U0ERIN".into(), gives, takes, reason: reason() });
    facts.push(Fact::AskEnded { ask: 7 });
    facts
}

fn refusals() -> Vec<No> {
    vec![
        No::NoSuchSchedule,
        No::Past,
        No::TooLong,
        No::TooMany { limit: 100 },
        No::AlreadySo,
        No::NotOnCall { who: "U0BOB".into() },
        No::Away { who: "U0BOB".into(), span: span(0, 30) },
        No::Oneself,
        No::NobodyElse,
        No::NoSuchOverride,
        No::NoSuchAbsence,
        No::NoSuchAsk,
        No::Taken { by: "U0BOB".into() },
        No::AskOver,
        No::NotAsked,
    ]
}

/// The whole list; the lines of other providers.
fn everybody(name: &dyn Fn(&str) -> String, busy: &Rolled<'_>, said: &str, now: Timestamp) -> Vec<String> {
    let others = vec![said.to_owned(); 100];
    message(&name("everybody"), &render::everybody(&vec![busy.clone(); 15], &[], &others, now));
    message(&name("everybody-none"), &render::everybody(&[], &[], &[], now));
    let next = nexts(said);
    let line = |(of, known): &(External, Result<render::ProviderOnCall, String>)| {
        next.iter().map(|next| render::provider_on_call(of, known, next, now)).collect::<Vec<_>>()
    };
    let providers: Vec<String> = providers(said).iter().flat_map(line).collect();
    message(&name("everybody-providers"), &render::everybody(&[], &providers, &["pagerduty:P1".to_owned()], now));
    providers
}

#[test]
fn who_is_on_call_is_told() {
    let (playbook, now) = (Playbook::builtin(), at(90));
    for (words, said) in words() {
        let followed = followed(&said);
        let settings = Settings { schedules: (0..120).map(|_| followed.clone()).collect(), ..settings() };
        let w = View { playbook: &playbook, settings: &settings, now };
        let name = |what: &str| format!("{words}-oncall-{what}");
        let mut roll = Roll::default();
        for (seq, what) in (1..).zip(facts(&said)) {
            let fact = Rostered { v: ROSTERED_VERSION, at: at(0), by: "U0BOB".into(), what };
            message(&name(&format!("changed-{seq}")), &render::changed(&followed, &"U0ERIN".into(), &fact, now));
            message(&name(&format!("changed-{seq}-bob")), &render::changed(&followed, &"U0ALICE".into(), &fact, now));
            let made = [(seq, fact.what.clone())];
            let said = render::made(&followed, &made, &"U0BOB".into(), now);
            message(
                &name(&format!("made-{seq}-read")),
                &render::read_in(said.clone(), &["UTC".into(), said.text.clone()]),
            );
            message(&name(&format!("made-{seq}")), &said);
            message(&name(&format!("took-{seq}")), &render::took(&followed, &made, now));
            roll.apply(seq, &fact);
        }
        let void: Vec<&Override> = roll.overrides.iter().chain(&roll.overrides).collect();
        message(&name("void"), &render::void(&ScheduleId(said.chars().take(40).collect()), &void, now));
        let first = roll.overrides[0].clone();
        let many = (0..60).map(|n| Override { id: format!("{n}").into(), ..first.clone() });
        roll.overrides.extend(many);
        for ask in &roll.asks {
            for to in ["U0ERIN", "U0CROWD1"] {
                for (state, ask) in [
                    ("open", ask.clone()),
                    ("taken", watchroom::paging::rota::Asked { taken_by: Some("U0ERIN".into()), ..ask.clone() }),
                    ("ended", watchroom::paging::rota::Asked { ended: true, ..ask.clone() }),
                ] {
                    let shown = render::asked(&followed, &to.into(), &ask, now);
                    message(&name(&format!("asked-{}-{to}-{state}", ask.number)), &shown);
                }
            }
        }
        let away = Absence { who: "U0DAVE".into(), from: at(0), until: at(60 * 24 * 9) };
        let rolled =
            |roll: &Roll| Rolled { roll: roll.clone(), absences: vec![away.clone()], ..Rolled::of(&followed, vec![]) };
        let (busy, quiet) = (rolled(&roll), rolled(&Roll::default()));
        let month = now..now + SignedDuration::from_hours(24 * 28);
        for (which, rolled) in [("busy", &busy), ("quiet", &quiet)] {
            message(&name(&format!("schedule-{which}")), &render::schedule(rolled, now));
            message(&name(&format!("overrides-{which}")), &render::overrides(rolled, now));
            let slots = rolled.roster().render(&month);
            message(&name(&format!("weeks-{which}")), &render::weeks(rolled, &slots));
        }
        let providers = everybody(&name, &busy, &said, now);
        let target = Target::Rotation { schedule: ScheduleId(said.chars().take(40).collect()), rotation: said.clone() };
        let levels = vec![
            render::level("Step 1".into(), &render::target(&target), None, None, now),
            render::level("Step 2".into(), "", Some(&busy), Some("weekly & nightly"), now),
        ];
        message(&name("steps"), &render::steps(&format!("{said}: who is asked"), &levels, &urgency(&policy(&said))));
        let mine = [(busy.clone(), vec![span(0, 200); 40])];
        homes(w, &name, &busy, &mine, &providers);
        absences(&name, &followed, &busy, now);
        calendars(&name, &followed, &said, now);
        let opened = override_form(w, Some(&"primary".into())).expect("schedules");
        form(&name("form"), &opened);
    }
    for no in refusals() {
        let name = format!("oncall-refused-{no:?}").chars().take(60).collect::<String>();
        let settings = settings();
        let w = View { playbook: &playbook, settings: &settings, now };
        let why = Rejection::OnCall(no);
        message(&name, &watchroom::render::refused(w, &why, None));
    }
}

/// Calendars in every state.
fn calendars(name: &impl Fn(&str) -> String, followed: &Followed, said: &str, now: Timestamp) {
    let whys = [
        Missed::Unreachable(said.to_owned()),
        Missed::TooSlow,
        Missed::Status(401),
        Missed::Status(410),
        Missed::Status(500),
        Missed::Redirects,
        Missed::Private,
        Missed::File(said.to_owned()),
        Missed::TooLarge,
        Missed::NoCalendar,
        Missed::CutShort,
    ];
    let failing = whys.into_iter().map(|why| Some(Failing { since: at(0), why }));
    for (n, failing) in std::iter::once(None).chain(failing).enumerate() {
        let feed = Arc::new(Feed {
            layer: said.to_owned(),
            fetched: (n % 2 == 0).then(|| at(1)),
            changed: (n % 4 == 0).then(|| at(1)),
            failing,
            strangers: vec![said.to_owned(); n * 3],
            ..Feed::default()
        });
        let rolled = Rolled::of(followed, vec![Arc::clone(&feed)]);
        message(&name(&format!("feed-{n}")), &render::schedule(&rolled, now));
        message(&name(&format!("feed-{n}-everybody")), &render::everybody(&[rolled], &[], &[], now));
        for news in [FeedNews::Failing { since: at(0) }, FeedNews::Works { since: at(0) }, FeedNews::Strangers] {
            if let Some(told) = render::calendar_news(followed, &feed, &news) {
                message(&name(&format!("feed-{n}-{news:?}").chars().take(40).collect::<String>()), &told);
            }
        }
    }
}

/// App Homes of somebody with much, and of somebody with nothing.
fn homes(
    w: View<'_>,
    name: &dyn Fn(&str) -> String,
    busy: &Rolled<'_>,
    shifts: &[(Rolled<'_>, Vec<Span>)],
    providers: &[String],
) {
    let me = "U0DAVE".into();
    let many = vec![busy.clone(); 16];
    let calendar =
        Calendar { away: (1..40).map(|n| Away { number: n, span: span(0, 200), by: "U1".into() }).collect() };
    let chosen = super::reach::contacts("+49 170 1234567");
    let (none, unset) = (Calendar::default(), Contacts::default());
    let duty = |calendar, contacts| render::Duty {
        schedules: &many,
        shifts,
        calendar,
        contacts,
        set_up: &Way::ALL,
        providers,
        me: &me,
        now: w.now,
    };
    let nothing = render::Duty { schedules: &[], shifts: &[], providers: &[], set_up: &[], ..duty(&none, &unset) };
    for (which, duty) in [("", duty(&calendar, &chosen)), ("-unset", duty(&none, &unset)), ("-nothing", nothing)] {
        let home = watchroom::render::home(w, &Default::default(), &[], render::home(&duty));
        record(&name(&format!("home{which}")), "home", "views.publish", &json!({ "user_id": "U1", "view": home }));
    }
}

fn absences(name: &impl Fn(&str) -> String, followed: &Followed, busy: &Rolled<'_>, now: Timestamp) {
    let (me, other) = ("U0BOB".into(), "U0DAVE".into());
    let mut calendar = Calendar::default();
    let noted = |n: i64| Personal {
        v: PERSONAL_VERSION,
        at: at(0),
        by: "U0CAROL".into(),
        what: PersonalFact::AwayNoted { span: span(60 * n, 24) },
    };
    (1..=30).for_each(|n| calendar.apply(n, &noted(i64::try_from(n).expect("small"))));
    let ended = Personal { what: PersonalFact::AwayEnded { number: 3 }, ..noted(1) };
    for who in [&me, &other] {
        message(&name(&format!("absences-{who}")), &render::absences(&calendar, who, &me, now));
        message(&name(&format!("absences-{who}-none")), &render::absences(&Calendar::default(), who, &me, now));
        for (which, fact) in [("noted", noted(1)), ("ended", ended.clone())] {
            let alone = [(followed, span(100, 20))];
            message(&name(&format!("{which}-{who}")), &render::noted(&fact.what, who, &me, &alone, now));
            message(&name(&format!("{which}-{who}-told")), &render::away(&fact, now));
        }
    }
    let mine = [(busy.clone(), vec![span(0, 200), span(60 * 300, 20)])];
    message(&name("mine"), &render::mine(&mine, &calendar, &Contacts::default(), &Way::ALL, &me, now));
    message(&name("mine-none"), &render::mine(&[], &Calendar::default(), &Contacts::default(), &[], &me, now));
    for (which, from) in [("now", 60), ("ahead", 120)] {
        message(&name(&format!("shift-{which}")), &render::shift(followed, span(from, 20), now));
    }
    let whys = [Why::Nobody, Why::Away(vec![me, other]), Why::Removed, Why::Strangers];
    let missing: Vec<Missing> =
        (0..20usize).map(|n| Missing { span: span(200, 20), why: whys[n % 4].clone(), soon: n % 2 == 0 }).collect();
    message(&name("gaps"), &render::gaps(followed, &missing, now));
    let left: Vec<_> = (0..20i64).map(|n| (format!("U0CROWD{n}").into(), span(n * 60, 9))).collect();
    for why in ["missing_scope", "no_such_subteam", "permission_denied", "subteam_max_users_exceeded"] {
        message(&name(&format!("group-{why}")), &render::group_stays(followed, &"S0ONCALL".into(), why));
    }
    for from in [60, 120] {
        let told = render::uncovered(followed, &"U0DAVE".into(), &"1".into(), span(from, 20), now);
        message(&name(&format!("uncovered-{from}")), &told);
    }
    message(&name("left"), &render::left(followed, &left, now));
    let same = |(n, lasts): (i64, bool)| Same {
        policy: followed.schedule.name.chars().take(75).collect(),
        step: 2,
        who: vec!["U0BOB".into(), "U0DAVE".into()],
        span: span(n * 60, 9),
        lasts,
    };
    let sames: Vec<Same> = (0..20i64).zip([true, false].into_iter().cycle()).map(same).collect();
    message(&name("same"), &render::same(followed, &sames, now));
    message(&name("left-one"), &render::left(followed, &left[..1], now));
}
