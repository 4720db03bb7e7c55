//! The PagerDuty adapter against a PagerDuty that remembers, and fails as the real one does.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use watchroom::{
    adapters::{
        http::{Http, install_crypto},
        oncall::{Cached, PagerDuty},
    },
    clock::{Clock as _, MovableClock},
    ports::{ExternalPageRequest, ExternalState, ExternalTarget, OnCallProvider, Pager, Trouble},
};

use crate::harness::{
    binary::{Place, slack},
    pagerduty::{Fails, FakePagerDuty, ROUTING_KEY, TOKEN, row},
};

const SETTINGS: &str = "[pagerduty]\nfrom = \"bot@example.com\"\nservices = [\"PSVC\"]";
const ALWAYS: (Option<&str>, Option<&str>) = (None, None);

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

async fn fake() -> FakePagerDuty {
    install_crypto();
    let fake = FakePagerDuty::start().await;
    fake.memory().services.insert("PSVC".into(), "PPOL".into());
    fake
}

/// With its token alone, so that pages are incidents.
fn by_token(fake: &FakePagerDuty) -> PagerDuty {
    PagerDuty::new(Http::default(), fake.settings(SETTINGS, &[("PAGERDUTY_API_TOKEN", TOKEN)]))
}

/// With an integration key too, so that pages are events.
fn by_key(fake: &FakePagerDuty) -> PagerDuty {
    let env = [("PAGERDUTY_API_TOKEN", TOKEN), ("PAGERDUTY_ROUTING_KEY_PSVC", ROUTING_KEY)];
    PagerDuty::new(Http::default(), fake.settings(SETTINGS, &env))
}

fn page(key: &str) -> ExternalPageRequest {
    ExternalPageRequest {
        service: "PSVC".into(),
        key: key.into(),
        title: "SEV1: checkout is down".into(),
        text: "since 10:00".into(),
        link: Some("https://watchroom.example.com/INC-1".into()),
        urgent: true,
    }
}

fn service() -> ExternalTarget {
    ExternalTarget::Service("PSVC".into())
}

async fn levels(provider: &dyn OnCallProvider, of: &ExternalTarget, when: &str) -> Vec<(u32, Vec<String>)> {
    let levels = provider.on_call(of, at(when)).await.expect("an answer");
    levels.into_iter().map(|l| (l.level, l.people.into_iter().map(|p| p.id).collect())).collect()
}

/// A service asks by its policy: levels in order, several people at one, and only those whose time it is.
#[tokio::test]
async fn who_is_on_call_for_a_service() {
    let fake = fake().await;
    fake.put_on_call("PPOL", 2, "carol", ALWAYS);
    fake.put_on_call("PPOL", 1, "alice", (Some("2026-03-02T09:00:00Z"), Some("2026-03-09T09:00:00Z")));
    fake.put_on_call("PPOL", 1, "bob", (Some("2026-03-02T08:00:00Z"), Some("2026-03-02T18:00:00Z")));
    fake.put_on_call("PPOL", 1, "dave", (Some("2026-03-09T09:00:00Z"), None));
    fake.put_on_call("POTHER", 1, "erin", ALWAYS);
    let found = by_token(&fake).on_call(&service(), at("2026-03-02T10:00:00Z")).await.expect("an answer");
    let [first, second] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((first.level, first.people.len(), second.level), (1, 2, 2));
    assert_eq!(first.people[0].email.as_deref(), Some("alice@example.com"));
    // Nothing about the level changes from the later beginning until the earlier end.
    assert_eq!((first.since, first.until), (Some(at("2026-03-02T09:00:00Z")), Some(at("2026-03-02T18:00:00Z"))));
    assert_eq!((second.since, second.until), (None, None));
    // The instant of a handover belongs to whoever comes.
    let then = levels(&by_token(&fake), &service(), "2026-03-09T09:00:00Z").await;
    assert_eq!(then, [(1, vec!["dave".into()]), (2, vec!["carol".into()])]);
    assert!(levels(&by_token(&fake), &ExternalTarget::Policy("PNONE".into()), "2026-03-02T10:00:00Z").await.is_empty());
}

async fn next(
    provider: &dyn OnCallProvider,
    of: &ExternalTarget,
    when: &str,
) -> Vec<(u32, Vec<String>, Option<Timestamp>)> {
    let next = provider.next(of, at(when)).await.expect("an answer");
    next.into_iter().map(|l| (l.level, l.people.into_iter().map(|p| p.id).collect(), l.from)).collect()
}

/// The next change of each level: who comes then, with whoever stays; nobody, where nobody does; and nothing where nothing changes, or
/// somebody follows upon themselves.
#[tokio::test]
async fn who_comes_next() {
    let fake = fake().await;
    fake.put_on_call("PPOL", 1, "alice", (Some("2026-03-02T09:00:00Z"), Some("2026-03-09T09:00:00Z")));
    fake.put_on_call("PPOL", 1, "alice", (Some("2026-03-09T09:00:00Z"), Some("2026-03-10T09:00:00Z")));
    fake.put_on_call("PPOL", 1, "dave", (Some("2026-03-10T09:00:00Z"), None));
    fake.put_on_call("PPOL", 1, "erin", ALWAYS);
    fake.put_on_call("PPOL", 2, "carol", (Some("2026-03-02T09:00:00Z"), Some("2026-03-04T09:00:00Z")));
    fake.put_on_call("PPOL", 3, "carol", (Some("2026-03-05T09:00:00Z"), Some("2026-03-06T09:00:00Z")));
    fake.put_on_call("PPOL", 4, "bob", ALWAYS);
    fake.put_on_call("PPOL", 5, "bob", (None, Some("2026-06-01T00:00:00Z")));
    let pagerduty = by_token(&fake);
    let expected = vec![
        (1, vec!["dave".to_owned(), "erin".to_owned()], Some(at("2026-03-10T09:00:00Z"))),
        (2, Vec::new(), Some(at("2026-03-04T09:00:00Z"))),
        (3, vec!["carol".to_owned()], Some(at("2026-03-05T09:00:00Z"))),
    ];
    assert_eq!(next(&pagerduty, &service(), "2026-03-02T10:00:00Z").await, expected);
    fake.fail([Fails::Status(503)]);
    let trouble = pagerduty.next(&service(), at("2026-03-02T10:00:00Z")).await;
    assert!(matches!(trouble, Err(Trouble::Unreachable(_))), "{trouble:?}");
}

/// A list of several pages is read whole, and again where it changed meanwhile.
#[tokio::test]
async fn a_list_that_changes_while_it_is_read_is_read_again() {
    let fake = fake().await;
    for n in 0..250 {
        fake.put_on_call("PPOL", 1, &format!("p{n}"), ALWAYS);
    }
    let policy = ExternalTarget::Policy("PPOL".into());
    let count = |found: Vec<(u32, Vec<String>)>| found[0].1.len();
    assert_eq!(count(levels(&by_token(&fake), &policy, "2026-03-02T10:00:00Z").await), 250);
    assert_eq!(fake.memory().requests.len(), 3, "100 at a time");
    fake.memory().comes_underway.push_back(row("PPOL", 1, "newcomer", ALWAYS));
    assert_eq!(count(levels(&by_token(&fake), &policy, "2026-03-02T10:00:00Z").await), 251);
    // Without an end it is trouble, and no half answer.
    let many = (0..9).map(|n| row("PPOL", 1, &format!("n{n}"), ALWAYS));
    fake.memory().comes_underway.extend(many);
    let found = by_token(&fake).on_call(&policy, at("2026-03-02T10:00:00Z")).await;
    assert!(matches!(found, Err(Trouble::Unreachable(_))), "{found:?}");
}

/// Schedules of both generations; the older one is what the newer interface refuses.
#[tokio::test]
async fn a_schedule_of_either_generation() {
    let fake = fake().await;
    {
        let mut memory = fake.memory();
        let entry = |start, end, who| json!({ "start": start, "end": end, "user": { "id": who, "summary": who } });
        memory.layered.insert(
            "PLAY".into(),
            json!({ "id": "PLAY", "final_schedule": { "rendered_schedule_entries": [
                entry("2026-03-02T09:00:00+01:00", "2026-03-03T09:00:00+01:00", "PALICE"),
                entry("2026-03-03T09:00:00+01:00", "2026-03-04T09:00:00+01:00", "PBOB"),
            ]}}),
        );
        let shift = |member| json!({ "start_time": "2026-03-02T00:00:00Z", "end_time": "2026-03-03T00:00:00Z", "member": member });
        memory.shift_based.insert(
            "PSHIFT".into(),
            json!({ "id": "PSHIFT", "final_schedule": { "computed_shift_assignments": [
                shift(json!({ "type": "user_member", "user_id": "PALICE" })),
                shift(json!({ "type": "user_member", "user_id": "PGONE" })),
                shift(json!({ "type": "empty_member" })),
            ]}}),
        );
        memory.users.insert("PALICE".into(), json!({ "id": "PALICE", "name": "Alice", "email": "alice@example.com" }));
    }
    let pagerduty = by_token(&fake);
    let of = |id: &str| ExternalTarget::Schedule(id.into());
    assert_eq!(levels(&pagerduty, &of("PLAY"), "2026-03-02T10:00:00Z").await, [(1, vec!["PALICE".into()])]);
    let found = pagerduty.on_call(&of("PSHIFT"), at("2026-03-02T10:00:00Z")).await.expect("an answer");
    let people: Vec<_> = found[0].people.iter().map(|p| (p.name.as_str(), p.email.as_deref())).collect();
    assert_eq!(people, [("Alice", Some("alice@example.com")), ("PGONE", None)]);
    // Since when and until when is said of the shift, and not of the moment that was asked for.
    assert_eq!((found[0].since, found[0].until), (Some(at("2026-03-02T00:00:00Z")), Some(at("2026-03-03T00:00:00Z"))));
    let layered = pagerduty.on_call(&of("PLAY"), at("2026-03-02T10:00:00Z")).await.expect("an answer");
    let span = (Some(at("2026-03-02T08:00:00Z")), Some(at("2026-03-03T08:00:00Z")));
    assert_eq!((layered[0].since, layered[0].until), span);
    let then = next(&pagerduty, &of("PLAY"), "2026-03-02T10:00:00Z").await;
    assert_eq!(then, [(1, vec!["PBOB".to_owned()], Some(at("2026-03-03T08:00:00Z")))]);
    let gone = pagerduty.on_call(&of("PNONE"), at("2026-03-02T10:00:00Z")).await;
    assert_eq!(gone, Err(Trouble::Refused("http_404".into())));
}

/// What a provider in trouble says is told apart: come back then, try again, or it will not do.
#[tokio::test]
async fn trouble_is_told_apart() {
    let fake = fake().await;
    fake.put_on_call("PPOL", 1, "alice", ALWAYS);
    let policy = ExternalTarget::Policy("PPOL".into());
    let now = at("2026-03-02T10:00:00Z");
    for (fails, expected) in [
        (Fails::Limits(Some(7)), "asked to wait 7 s"),
        (Fails::Limits(None), "asked to wait 30 s"),
        (Fails::Status(503), "cannot be reached: status 503"),
        (Fails::Malformed, "cannot be reached: an answer that cannot be read"),
        (Fails::Hangs, "cannot be reached: no answer in time"),
        (Fails::Status(404), "refused: http_404"),
    ] {
        fake.fail([fails]);
        let trouble = by_token(&fake).on_call(&policy, now).await.expect_err("trouble");
        assert_eq!(trouble.to_string(), expected);
    }
    fake.memory().lacks.push("oncalls.read");
    let lacks = by_token(&fake).on_call(&policy, now).await.expect_err("trouble");
    assert!(lacks.to_string().ends_with("it needs oncalls.read"), "{lacks}");
    let stranger = PagerDuty::new(Http::default(), fake.settings(SETTINGS, &[("PAGERDUTY_API_TOKEN", "other")]));
    let unknown = stranger.on_call(&policy, now).await.expect_err("trouble");
    assert!(unknown.to_string().contains("401") && !unknown.to_string().contains("other"), "{unknown}");
}

/// The life of a page as an incident: made once under its key however often it is asked for, in the name of a user.
#[tokio::test]
async fn a_page_is_an_incident() {
    let fake = fake().await;
    fake.put_on_call("PPOL", 1, "alice", ALWAYS);
    let pagerduty = by_token(&fake);
    assert_eq!(pagerduty.state("PSVC", "INC-1/1").await, Ok(ExternalState::Unknown));
    // It was taken, and the answer was lost: the same again is the same page.
    fake.fail([Fails::AfterTheWrite]);
    assert!(matches!(pagerduty.page(&page("INC-1/1")).await, Err(Trouble::Unreachable(_))));
    assert_eq!(pagerduty.page(&page("INC-1/1")).await, Ok(()));
    assert_eq!(fake.memory().incidents.len(), 1);
    assert!(fake.memory().requests.iter().any(|r| r == "POST /incidents bot@example.com"));
    let Ok(ExternalState::Asking(asked)) = pagerduty.state("PSVC", "INC-1/1").await else { panic!("not asking") };
    assert_eq!(asked[0].id, "alice");
    pagerduty.escalate("PSVC", "INC-1/1", 2).await.expect("escalated");
    pagerduty.raise("PSVC", "INC-1/1").await.expect("changed");
    assert_eq!(fake.memory().incidents[0]["level"], 2);
    pagerduty.acknowledge("PSVC", "INC-1/1").await.expect("acknowledged");
    let state = pagerduty.state("PSVC", "INC-1/1").await.expect("a state");
    assert!(
        matches!(&state, ExternalState::Acknowledged { by: Some(by), at: Some(_) } if by.id == "PBOT"),
        "{state:?}"
    );
    for _ in 0..2 {
        pagerduty.resolve("PSVC", "INC-1/1").await.expect("resolved, and resolved already");
    }
    assert_eq!(pagerduty.state("PSVC", "INC-1/1").await, Ok(ExternalState::Resolved));
    // The same key after its end is a new page, and the open one counts.
    pagerduty.page(&page("INC-1/1")).await.expect("paged");
    assert!(matches!(pagerduty.state("PSVC", "INC-1/1").await, Ok(ExternalState::Asking(_))));
    let elsewhere = ExternalPageRequest { service: "PNONE".into(), ..page("INC-1/1") };
    assert_eq!(pagerduty.page(&elsewhere).await, Err(Trouble::Refused("http_400".into())));
    assert_eq!(pagerduty.acknowledge("PSVC", "INC-9").await, Err(Trouble::Refused("not_found".into())));
}

/// The life of a page as events: with the key of its service, which later ones need too; long keys and titles fit.
#[tokio::test]
async fn a_page_is_an_event() {
    let fake = fake().await;
    fake.put_on_call("PPOL", 1, "alice", ALWAYS);
    let pagerduty = by_key(&fake);
    let long = format!("INC-1/{}", "x".repeat(400));
    let wordy = ExternalPageRequest { title: "é".repeat(3000), ..page(&long) };
    fake.fail([Fails::AfterTheWrite]);
    assert!(matches!(pagerduty.page(&wordy).await, Err(Trouble::Unreachable(_))));
    pagerduty.page(&wordy).await.expect("taken");
    assert_eq!(fake.memory().incidents.len(), 1);
    assert!(matches!(pagerduty.state("PSVC", &long).await, Ok(ExternalState::Asking(_))));
    pagerduty.acknowledge("PSVC", &long).await.expect("taken");
    assert!(matches!(pagerduty.state("PSVC", &long).await, Ok(ExternalState::Acknowledged { by: None, at: None })));
    pagerduty.resolve("PSVC", &long).await.expect("taken");
    assert_eq!(pagerduty.state("PSVC", &long).await, Ok(ExternalState::Resolved));
    fake.fail([Fails::Limits(None)]);
    assert_eq!(pagerduty.page(&page("INC-2")).await, Err(Trouble::RateLimited(Duration::from_secs(30))));
}

/// An answer counts for 45 seconds; while the provider is in trouble the last one is given with its age, and it is left alone.
#[tokio::test]
async fn answers_are_kept_and_grow_old_visibly() {
    let fake = fake().await;
    fake.put_on_call("PPOL", 1, "alice", ALWAYS);
    let clock = MovableClock::still(at("2026-03-02T10:00:00Z"));
    let cached = Cached::new(Arc::new(by_token(&fake)), Arc::new(clock.clone()));
    let policy = ExternalTarget::Policy("PPOL".into());
    let asked = || fake.memory().requests.len();
    let (one, other) = tokio::join!(cached.now(&policy), cached.now(&policy));
    let first = one.expect("an answer");
    assert_eq!((Ok(&first), asked()), (other.as_ref(), 1), "whoever asks at the same time waits for one question");
    clock.advance(SignedDuration::from_secs(44));
    fake.put_on_call("PPOL", 2, "bob", ALWAYS);
    assert_eq!((cached.now(&policy).await.as_ref(), asked()), (Ok(&first), 1));
    clock.advance(SignedDuration::from_secs(1));
    let second = cached.now(&policy).await.expect("an answer");
    assert_eq!((second.levels.len(), second.said, asked()), (2, clock.now(), 2));
    clock.advance(SignedDuration::from_secs(60));
    fake.fail([Fails::Limits(Some(20)), Fails::Status(500)]);
    for _ in 0..3 {
        let old = cached.now(&policy).await.expect("the last answer");
        assert_eq!((old.levels.len(), old.said), (2, second.said));
        assert_eq!(old.stale, Some(Trouble::RateLimited(Duration::from_secs(20))));
    }
    assert_eq!(asked(), 3, "it is left alone for as long as it wants");
    clock.advance(SignedDuration::from_secs(20));
    assert!(matches!(cached.now(&policy).await.expect("the last answer").stale, Some(Trouble::Unreachable(_))));
    clock.advance(SignedDuration::from_secs(10));
    assert_eq!(cached.now(&policy).await.expect("an answer").stale, None);
    // Where it never said anything there is nothing to give.
    fake.fail([Fails::Status(500)]);
    assert!(cached.now(&ExternalTarget::Policy("PNEW".into())).await.is_err());
}

/// `doctor` says whom each service would wake there, and what its token lacks.
#[tokio::test]
async fn doctor_asks_pagerduty() {
    let (slack, fake) = (slack().await, fake().await);
    fake.put_on_call("PPOL", 1, "alice", ALWAYS);
    let mut place = Place::beside(&slack);
    place.set("PAGERDUTY_API_URL", &fake.url);
    place.set("PAGERDUTY_API_TOKEN", TOKEN);
    place.write("watchroom.toml", &format!("announce_channel = \"incidents\"\n{SETTINGS}"));
    let said = tokio::task::spawn_blocking(move || (place.run(&["doctor"]), place)).await.expect("it ends");
    let (said, place) = said;
    assert!(said.out.contains("ok   PagerDuty, service PSVC: level 1 alice"), "{said:?}");
    fake.memory().lacks.push("services.read");
    let said = tokio::task::spawn_blocking(move || place.run(&["doctor"])).await.expect("it ends");
    assert!(said.out.contains("FAIL PagerDuty, service PSVC") && said.out.contains("services.read"), "{said:?}");
    assert!(!said.out.contains(TOKEN) && !said.err.contains(TOKEN));
}
