//! Properties of the state machine, over thousands of random histories.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use watchroom::{
    config::Settings,
    ids::{IncidentId, UserId},
    incident::{
        Actor, Command, Context, Declaration, EVENT_VERSION, EntryKind, Event, Incident, Rejection, Reminder, When,
        apply, decide, effects,
    },
    paging::{Attempt, Outcome, PageId, PageState, Policy, Step, Target},
    playbook::{PhaseId, Playbook, RoleId, Severity, Stage},
};

fn person() -> impl Strategy<Value = UserId> {
    prop_oneof!["U1", "U2", "U3"].prop_map(|s: String| UserId::from(s))
}

fn policy() -> impl Strategy<Value = Policy> {
    let target = || person().prop_map(Target::Person);
    let step = (prop::collection::vec(target(), 0..3), 0u32..10, 0u32..4)
        .prop_map(|(targets, wait_min, repeat_min)| Step { targets, wait_min, repeat_min });
    (prop::collection::vec(step, 0..4), 0u32..3, prop::collection::vec(target(), 0..2))
        .prop_map(|(steps, repeat, fallback)| Policy { name: "p".into(), steps, repeat, fallback })
}

fn role() -> impl Strategy<Value = RoleId> {
    prop_oneof![Just("commander"), Just("scribe"), Just("nonsense")].prop_map(RoleId::from)
}

fn command() -> impl Strategy<Value = Command> {
    let page = (1u32..4).prop_map(PageId);
    let phase = prop_oneof![Just("investigating"), Just("identified"), Just("monitoring"), Just("resolved"), Just("x")];
    let text = ".{0,30}";
    prop_oneof![
        (text, prop_oneof![Just(None), Just(Some(When::Never)), (0u32..90).prop_map(|m| Some(When::In(m)))])
            .prop_map(|(text, next_by)| Command::PostUpdate { text, next_by }),
        phase.prop_map(|p| Command::ChangePhase { to: PhaseId::from(p), why: None }),
        Just(Command::Mitigate),
        Just(Command::Resolve { why: None }),
        (0u8..7).prop_map(|s| Command::ChangeSeverity { to: Severity(s), why: None }),
        text.prop_map(|title| Command::Rename { title }),
        (role(), person()).prop_map(|(role, to)| Command::AssignRole { role: Some(role), to }),
        role().prop_map(|role| Command::DropRole { role }),
        (role(), person()).prop_map(|(role, to)| Command::OfferRole { role: Some(role), to }),
        (role(), 1u32..5).prop_map(|(role, offer)| Command::AcceptOffer { role, offer }),
        (role(), 1u32..5).prop_map(|(role, offer)| Command::DeclineOffer { role, offer }),
        role().prop_map(|role| Command::ConfirmRole { role }),
        policy().prop_map(|policy| Command::StartPage { policy }),
        Just(Command::Acknowledge { page: None }),
        (page.clone(), 0u32..9).prop_map(|(page, version)| Command::EscalatePage { page, version }),
        (page.clone(), 0u32..9).prop_map(|(page, version)| Command::TickPage { page, version }),
        (page, 0u32..2, 0u32..4, 1u32..3, person(), any::<bool>()).prop_map(|(page, round, step, times, to, sent)| {
            let outcome = if sent {
                Outcome::Sent { channel: "D1".into(), ts: "1.1".into() }
            } else {
                Outcome::Failed { why: "user_disabled".into() }
            };
            Command::RecordAttempt { page, attempt: Attempt { round, step, times, to: Target::Person(to), outcome } }
        }),
        text.prop_map(|text| Command::AddEntry {
            entry: EntryKind::Note,
            text,
            said_at: None,
            author: None,
            source: None
        }),
        Just(Command::Close),
        Just(Command::Cancel { why: None }),
        Just(Command::Reopen { why: None }),
        Just(Command::MergeInto { into: IncidentId::inc(2) }),
        (0u32..9).prop_map(|version| Command::Remind { of: vec![Reminder::Update { version }] }),
        (0u32..9).prop_map(|version| Command::MissUpdate { version }),
    ]
}

/// One history: the events of every command, each by somebody, minutes apart.
fn run(commands: &[(Command, UserId, u32)]) -> (Vec<Event>, Incident) {
    let (playbook, settings) = (Playbook::builtin(), Settings::default());
    let mut now = Timestamp::from_second(1_790_000_000).expect("a time");
    let declare = Command::Declare(Declaration {
        id: Some(IncidentId::inc(1)),
        title: "checkout is down".into(),
        ..Declaration::default()
    });
    let first = (declare, UserId::from("U1"), 0);
    let (mut state, mut events): (Option<Incident>, Vec<Event>) = (None, Vec::new());
    for (command, who, minutes) in std::iter::once(&first).chain(commands) {
        now += SignedDuration::from_mins((*minutes).into());
        let by = Actor::Person(who.clone());
        let cx = Context { by: &by, now, playbook: &playbook, settings: &settings };
        let Ok(whats) = decide(state.as_ref(), command, &cx) else { continue };
        for what in whats {
            let event = Event { v: EVENT_VERSION, at: now, by: by.clone(), what };
            let next = apply(state.clone(), &event).expect("an incident stays one");
            check_effects(&cx, state.as_ref(), &next, &event);
            state = Some(next);
            events.push(event);
        }
        check(state.as_ref().expect("declared"));
    }
    (events, state.expect("declared"))
}

/// A page that begins a step asks everybody in it; whoever waits has a timer.
fn check_effects(cx: &Context<'_>, before: Option<&Incident>, after: &Incident, event: &Event) {
    use watchroom::incident::{Effect, Timer, What};
    let planned = effects(cx, before, after, event);
    if let What::PageStepReached { page, targets, .. } = &event.what {
        let asked = planned.now.iter().filter(|e| matches!(e, Effect::SendPage { page: p, .. } if p == page)).count();
        assert_eq!(asked, targets.len());
        assert!(planned.later.iter().any(|(_, t)| matches!(t, Timer::Page { page: p, .. } if p == page)));
    }
}

/// What is always so.
fn check(it: &Incident) {
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

    /// Replaying the stored events gives the same state, and events survive being written down.
    #[test]
    fn the_state_is_the_fold_of_its_events(history in prop::collection::vec((command(), person(), 0u32..8), 0..40)) {
        let (events, state) = run(&history);
        let replayed = events.iter().fold(None, |state, event| {
            let text = serde_json::to_string(event).expect("serialises");
            apply(state, &serde_json::from_str(&text).expect("reads back"))
        });
        prop_assert_eq!(replayed.as_ref(), Some(&state));
        let json = serde_json::to_vec(&state).expect("serialises");
        prop_assert_eq!(serde_json::from_slice::<Incident>(&json).expect("reads back"), state);
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
    let ack = |who: &str| (Command::Acknowledge { page: Some(PageId(1)) }, UserId::from(who), 1);
    let (_, state) = run(&[(Command::StartPage { policy }, "U1".into(), 0), ack("U2")]);
    let (playbook, settings) = (Playbook::builtin(), Settings::default());
    let by = Actor::Person("U3".into());
    let cx = Context { by: &by, now: state.declared_at, playbook: &playbook, settings: &settings };
    let again = decide(Some(&state), &ack("U3").0, &cx);
    assert!(matches!(again, Err(Rejection::AlreadyAcknowledged { by, .. }) if by == UserId::from("U2")));
}
