//! Properties of the state machine, over thousands of random histories.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use watchroom::{
    config::Settings,
    ids::{IncidentId, UserId},
    incident::{
        Actor, Command, Context, Declaration, EVENT_VERSION, EntryKind, Event, Incident, Rejection, Reminder, Turns,
        What, When, apply,
        course::{Alarm, Ask, No, Said, closing, spans},
        decide, effects, follow,
    },
    paging::{Answers, Attempt, Outcome, PageId, PageState, Policy, Step, Target, reach::Way},
    playbook::{CriterionId, KindId, Need, PhaseId, Playbook, RoleId, Severity, Stage},
};

fn person() -> impl Strategy<Value = UserId> {
    prop_oneof!["U1", "U2", "U3"].prop_map(|s: String| UserId::from(s))
}

fn policy() -> impl Strategy<Value = Policy> {
    let target = || person().prop_map(Target::Person);
    let answers = prop_oneof![Just(Answers::First), Just(Answers::All)];
    let step = (prop::collection::vec(target(), 0..3), 0u32..10, 0u32..4, answers).prop_map(
        |(targets, wait_min, repeat_min, acknowledge)| Step {
            targets,
            wait_min,
            repeat_min,
            acknowledge,
            ..Step::default()
        },
    );
    (prop::collection::vec(step, 0..4), 0u32..3, prop::collection::vec(target(), 0..2))
        .prop_map(|(steps, repeat, fallback)| Policy { name: "p".into(), steps, repeat, fallback, ..Policy::default() })
}

fn role() -> impl Strategy<Value = RoleId> {
    let roles = ["commander", "scribe", "nonsense", "coordinator", "analyst", "legal", "sponsor"];
    prop::sample::select(roles.to_vec()).prop_map(RoleId::from)
}

/// Phases of both kinds, and one that neither has.
fn phase() -> impl Strategy<Value = PhaseId> {
    let ops = ["investigating", "identified", "monitoring", "resolved", "x"];
    let security = ["detection", "triage", "investigation", "containment", "eradication", "recovery", "improvement"];
    let all = [ops.as_slice(), &security, &["notification"]].concat();
    prop::sample::select(all).prop_map(PhaseId::from)
}

fn why() -> impl Strategy<Value = Option<String>> {
    prop_oneof![Just(None), Just(Some("they know by phone".to_owned()))]
}

/// What can be asked about the course.
fn course() -> impl Strategy<Value = Command> {
    let need = prop::sample::select(vec![Need::ImpactStatement, Need::ScopeStatement, Need::Fix]);
    let said =
        || Said { statements: vec![(Need::ScopeStatement, "one mailbox".into())], fix: Some("rolled back".into()) };
    let asks = prop_oneof![
        (need, ".{0,30}").prop_map(|(need, text)| Ask::State(Said { statements: vec![(need, text)], fix: None })),
        (phase(), why()).prop_map(move |(to, why)| Ask::Leave { to, why, said: said() }),
        (prop::option::of(1u64..60), any::<bool>()).prop_map(|(entry, resolve)| Ask::ConfirmFix {
            entry,
            fix: entry.is_none().then(|| "rolled back".into()),
            signal: "the error rate".into(),
            resolve
        }),
        (phase(), why()).prop_map(|(phase, why)| Ask::EndBeside { phase, why }),
        phase().prop_map(|phase| Ask::AcceptExit { phase }),
        role().prop_map(|role| Ask::Consult { role, question: "may we?".into() }),
        prop::option::of(1u32..9).prop_map(|number| Ask::Answer { number, text: "yes".into() }),
        (1u32..9).prop_map(|number| Ask::Ring(Alarm::Consult { number })),
    ];
    asks.prop_map(Command::Course)
}

fn command() -> impl Strategy<Value = Command> {
    let page = (1u32..4).prop_map(PageId);
    let text = ".{0,30}";
    prop_oneof![
        1 => (text, prop_oneof![Just(None), Just(Some(When::Never)), (0u32..90).prop_map(|m| Some(When::In(m)))])
            .prop_map(|(text, next_by)| Command::PostUpdate { text, next_by, again: true }),
        4 => (phase(), why()).prop_map(|(to, why)| Command::ChangePhase { to, why }),
        4 => course(),
        1 => Just(Command::Mitigate),
        2 => why().prop_map(|why| Command::Resolve { why }),
        1 => (0u8..7).prop_map(|s| Command::ChangeSeverity { to: Severity(s), why: None }),
        1 => text.prop_map(|title| Command::Rename { title }),
        1 => (role(), person()).prop_map(|(role, to)| Command::AssignRole { role: Some(role), to, why: None }),
        1 => role().prop_map(|role| Command::DropRole { role, who: None }),
        1 => (role(), person()).prop_map(|(role, to)| Command::OfferRole { role: Some(role), to }),
        1 => (role(), 1u32..5).prop_map(|(role, offer)| Command::AcceptOffer { role, offer }),
        1 => (role(), 1u32..5).prop_map(|(role, offer)| Command::DeclineOffer { role, offer }),
        1 => role().prop_map(|role| Command::ConfirmRole { role }),
        1 => policy().prop_map(|policy| Command::StartPage { policy }),
        1 => Just(Command::Acknowledge { page: None, way: None }),
        1 => (prop::option::of(page.clone()), why()).prop_map(|(page, why)| Command::DeclinePage { page, why }),
        1 => page.clone().prop_map(|page| Command::KeepPage { page }),
        1 => prop::option::of(page.clone()).prop_map(|page| Command::HandBackPage { page }),
        1 => (page.clone(), 0u32..9).prop_map(|(page, version)| Command::EscalatePage { page, version }),
        1 => (page.clone(), 0u32..9).prop_map(|(page, version)| Command::TickPage { page, version }),
        1 => (page.clone(), 0u32..2, 0u32..4, 1u32..3, person(), 0u32..9).prop_map(|(page, round, step, times, who, after)| {
            let ways = vec![(Way::Ntfy, 0), (Way::Sms, after)];
            Command::FoundWays { page, asked: (round, step, times), who, ways }
        }),
        1 => (page.clone(), 0u32..2, 0u32..4, 1u32..3, person(), any::<bool>()).prop_map(|(page, round, step, times, to, sent)| {
            let outcome =
                if sent { Outcome::Taken { id: None } } else { Outcome::Failed { why: "http_403".into() } };
            let way = Some(Way::Ntfy);
            Command::RecordAttempt { page, attempt: Attempt { round, step, times, to: Target::Person(to), way, outcome } }
        }),
        1 => (page, 0u32..2, 0u32..4, 1u32..3, person(), any::<bool>()).prop_map(|(page, round, step, times, to, sent)| {
            let outcome = if sent {
                Outcome::Sent { channel: "D1".into(), ts: "1.1".into() }
            } else {
                Outcome::Failed { why: "user_disabled".into() }
            };
            Command::RecordAttempt { page, attempt: Attempt { round, step, times, to: Target::Person(to), way: None, outcome } }
        }),
        1 => text.prop_map(|text| Command::AddEntry {
            entry: EntryKind::Note,
            text,
            said_at: None,
            author: None,
            source: None
        }),
        2 => why().prop_map(|why| Command::Close { why }),
        1 => Just(Command::Cancel { why: None }),
        1 => Just(Command::Reopen { why: None }),
        1 => Just(Command::MergeInto { into: IncidentId::inc(2) }),
        1 => (0u32..9).prop_map(|version| Command::Remind { of: vec![Reminder::Update { version }] }),
        1 => (1u32..9).prop_map(|number| Command::Remind { of: vec![Reminder::Consult { number }] }),
        1 => (0u32..9).prop_map(|version| Command::MissUpdate { version }),
    ]
}

/// One operational history.
fn run(commands: &[(Command, UserId, u32)]) -> (Vec<Event>, Incident) {
    run_as("ops", commands)
}

/// One history: the events of every command, each by somebody, minutes apart, and all that they bring with them.
fn run_as(kind: &str, commands: &[(Command, UserId, u32)]) -> (Vec<Event>, Incident) {
    let (playbook, settings) = (Playbook::builtin(), Settings::default());
    let mut now = Timestamp::from_second(1_790_000_000).expect("a time");
    let declare = Command::Declare(Declaration {
        id: Some(IncidentId::inc(1)),
        title: "checkout is down".into(),
        kind: Some(KindId::from(kind)),
        criteria: vec![CriterionId::from("data_exposed")],
        ..Declaration::default()
    });
    let first = (declare, UserId::from("U1"), 0);
    let (mut state, mut events): (Option<Incident>, Vec<Event>) = (None, Vec::new());
    for (command, who, minutes) in std::iter::once(&first).chain(commands) {
        now += SignedDuration::from_mins((*minutes).into());
        let by = Actor::Person(who.clone());
        let cx = Context { by: &by, now, playbook: &playbook, settings: &settings, turns: &Turns::new() };
        let Ok(whats) = decide(state.as_ref(), command, &cx) else { continue };
        check_gates(&cx, state.as_ref(), command, &whats);
        let mut waiting: VecDeque<(Actor, What)> = whats.into_iter().map(|what| (by.clone(), what)).collect();
        while let Some((by, what)) = waiting.pop_front() {
            let event = Event { v: EVENT_VERSION, at: now, by, what };
            let next = apply(state.clone(), &event).expect("an incident stays one");
            check_effects(&cx, state.as_ref(), &next, &event);
            waiting.extend(follow(&cx, state.as_ref(), &next, &event).into_iter().map(|what| (Actor::Bot, what)));
            state = Some(next);
            events.push(event);
        }
        check(state.as_ref().expect("declared"));
    }
    (events, state.expect("declared"))
}

/// A page that begins a step asks everybody in it; whoever waits has a timer.
fn check_effects(cx: &Context<'_>, before: Option<&Incident>, after: &Incident, event: &Event) {
    use watchroom::incident::{Effect, Timer};
    let planned = effects(cx, before, after, event);
    if let What::PageStepReached { page, targets, .. } = &event.what {
        let asked = planned.now.iter().filter(|e| matches!(e, Effect::SendPage { page: p, .. } if p == page)).count();
        assert_eq!(asked, targets.len());
        assert!(planned.later.iter().any(|(_, t)| matches!(t, Timer::Page { page: p, .. } if p == page)));
    }
}

/// A major incident is closed with open ends only for a reason, and not at all where only some may know of it.
fn check_gates(cx: &Context<'_>, before: Option<&Incident>, command: &Command, made: &[What]) {
    let Some(before) = before.filter(|_| made.contains(&What::Closed {})) else { return };
    if !closing(before, cx).is_empty() {
        assert_eq!(before.kind, KindId::from("ops"), "open ends: {:?}", before.course);
        assert!(matches!(command, Command::Close { why: Some(_) }), "closed without a reason");
    }
}

/// Time in each phase and in each severity add up to the whole, which is the whole time where it was never reopened.
fn check_spans(events: &[Event], it: &Incident) -> Result<(), TestCaseError> {
    let numbered: Vec<(u64, Event)> = (1..).zip(events.iter().cloned()).collect();
    let now = events.last().expect("declared").at + SignedDuration::from_mins(7);
    let found = spans(&numbered, now);
    let sum = |all: Vec<SignedDuration>| all.into_iter().fold(SignedDuration::ZERO, |sum, one| sum + one);
    prop_assert_eq!(sum(found.phases.iter().map(|(_, d)| *d).collect()), found.whole);
    prop_assert_eq!(sum(found.severities.iter().map(|(_, d)| *d).collect()), found.whole);
    if !events.iter().any(|e| matches!(e.what, What::Reopened { .. })) {
        let ended = |e: &&Event| matches!(e.what, What::Closed {} | What::Cancelled { .. } | What::MergedInto { .. });
        let end = events.iter().find(ended).map_or(now, |e| e.at);
        prop_assert_eq!(found.whole, end.duration_since(it.declared_at));
    }
    Ok(())
}

/// What is always so.
fn check(it: &Incident) {
    let mut exits: Vec<&PhaseId> = it.course.exits.iter().map(|e| &e.phase).collect();
    assert!(!exits.contains(&&it.phase), "the present phase was not left");
    exits.sort();
    exits.dedup();
    assert_eq!(exits.len(), it.course.exits.len(), "a phase awaits one acceptance");
    assert!(it.phase != PhaseId::from("notification"), "what runs beside the others is never the phase itself");
    let mut numbers = it.course.consults.iter().map(|c| c.number);
    assert!(numbers.clone().is_sorted() && numbers.all(|n| n <= it.course.consult_count), "{:?}", it.course.consults);
    for page in it.pages.iter().filter(|p| p.waits()) {
        assert!(page.tick_at.is_some(), "a page that waits has a timer: {page:?}");
        assert!(it.is_open(), "nobody is asked for what has ended");
    }
    if it.stage == Stage::Resolved || !it.is_open() {
        assert_eq!(it.update.due, None, "an ended incident owes no update");
    }
    assert!(serde_json::to_vec(it).expect("serialises").len() < 32 * 1024, "the state stays small");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Replaying the stored events gives the same state, and events survive being written down; in both kinds.
    #[test]
    fn the_state_is_the_fold_of_its_events(
        kind in prop_oneof![Just("ops"), Just("security")],
        history in prop::collection::vec((command(), person(), 0u32..8), 0..40),
    ) {
        let (events, state) = run_as(kind, &history);
        let replayed = events.iter().fold(None, |state, event| {
            let text = serde_json::to_string(event).expect("serialises");
            apply(state, &serde_json::from_str(&text).expect("reads back"))
        });
        prop_assert_eq!(replayed.as_ref(), Some(&state));
        let json = serde_json::to_vec(&state).expect("serialises");
        prop_assert_eq!(serde_json::from_slice::<Incident>(&json).expect("reads back"), state.clone());
        check_spans(&events, &state)?;
    }

    /// A page whose timers all fire ends: everybody was asked, then the fallback, then it says so. Never silent, never
    /// endless.
    #[test]
    fn an_unanswered_page_is_exhausted_at_last(policy in policy()) {
        let mut commands = vec![(Command::StartPage { policy: policy.clone() }, UserId::from("U1"), 0)];
        commands.extend((0..2000).map(|n| (Command::TickPage { page: PageId(1), version: n }, UserId::from("U1"), 1)));
        let (_, state) = run(&commands);
        let nobody = policy.fallback.is_empty() && policy.steps.iter().all(|s| s.targets.is_empty());
        match state.pages.first() {
            None => prop_assert!(nobody),
            Some(page) => {
                let exhausted = matches!(page.state, PageState::Exhausted { .. });
                prop_assert!(exhausted, "{:?}", page);
                prop_assert!(policy.fallback.is_empty() || page.at_fallback());
            }
        }
    }
}

/// The same command twice is told, not done twice.
#[test]
fn a_second_acknowledgement_is_told_who_has_it() {
    let policy = Policy::of("p".into(), vec![Target::Person("U2".into())], 5, 2, vec![]);
    let ack = |who: &str| (Command::Acknowledge { page: Some(PageId(1)), way: None }, UserId::from(who), 1);
    let (_, state) = run(&[(Command::StartPage { policy }, "U1".into(), 0), ack("U2")]);
    let (playbook, settings) = (Playbook::builtin(), Settings::default());
    let by = Actor::Person("U3".into());
    let cx =
        Context { by: &by, now: state.declared_at, playbook: &playbook, settings: &settings, turns: &Turns::new() };
    let again = decide(Some(&state), &ack("U3").0, &cx);
    assert!(matches!(again, Err(Rejection::AlreadyAcknowledged { by, .. }) if by == UserId::from("U2")));
}

/// [C1] Every minute has exactly one severity, also across reopening: the time for which it had ended counts for none.
#[test]
fn time_in_each_severity_and_phase_adds_up() {
    let by = |command, minutes| (command, UserId::from("U1"), minutes);
    let (events, it) = run(&[
        by(Command::ChangeSeverity { to: Severity(2), why: Some("fewer than we thought".into()) }, 10),
        by(Command::Mitigate, 5),
        by(Command::ChangePhase { to: "investigating".into(), why: Some("it came back".into()) }, 5),
        by(Command::ChangeSeverity { to: Severity(3), why: Some("one team".into()) }, 5),
        by(Command::Resolve { why: Some("rolled back".into()) }, 15),
        by(Command::Close { why: None }, 10),
        by(Command::Reopen { why: None }, 500),
    ]);
    let numbered: Vec<(u64, Event)> = (1..).zip(events).collect();
    let found = spans(&numbered, it.declared_at + SignedDuration::from_mins(555));
    let minutes = |d: SignedDuration| d.as_mins();
    let by_phase: Vec<(&str, i64)> = found.phases.iter().map(|(p, d)| (p.as_str(), minutes(*d))).collect();
    assert_eq!(by_phase, [("investigating", 40), ("monitoring", 5), ("resolved", 10)]);
    // The criterion that was ticked suggests SEV1: it began so.
    let by_severity: Vec<(u8, i64)> = found.severities.iter().map(|(s, d)| (s.0, minutes(*d))).collect();
    assert_eq!(by_severity, [(1, 10), (2, 15), (3, 30)]);
    assert_eq!(minutes(found.whole), 55);
}

/// [H3] Of two people, the one who does not answer for a phase cannot accept that it was left.
#[test]
fn only_the_accountable_role_accepts() {
    let leave = (Command::ChangePhase { to: "triage".into(), why: None }, UserId::from("U2"), 1);
    let (_, it) = run_as("security", &[leave]);
    let (playbook, settings) = (Playbook::builtin(), Settings::default());
    let accept = |who: &str| {
        let by = Actor::Person(who.into());
        let cx =
            Context { by: &by, now: it.declared_at, playbook: &playbook, settings: &settings, turns: &Turns::new() };
        decide(Some(&it), &Command::Course(Ask::AcceptExit { phase: "detection".into() }), &cx)
    };
    let refused = accept("U2");
    assert!(matches!(&refused, Err(Rejection::Course(No::NotAccountable { .. }))), "{refused:?}");
    assert_eq!(accept("U1").map(|made| made.len()), Ok(1));
}
