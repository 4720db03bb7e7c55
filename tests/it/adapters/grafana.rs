//! The adapter of Grafana OnCall against one that remembers, and fails as the real one does.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use watchroom::{
    adapters::{
        http::{Http, install_crypto},
        oncall::GrafanaOnCall,
    },
    ports::{ExternalPageRequest, ExternalState, ExternalTarget, OnCallProvider, Pager, Trouble},
};

use crate::harness::{
    binary::{Place, slack},
    fails::Fails,
    grafana::{FakeGrafana, INTEGRATION, STACK, TOKEN},
};

const SETTINGS: &str = "[grafana_oncall]\nintegrations = [\"CFRPV98RPR1U8\"]\nschedules = [\"SBM7DV7BKFUYU\"]";
const SCHEDULE: &str = "SBM7DV7BKFUYU";
const CHAIN: &str = "F5JU6KJET33FE";
const KEY: &str = "watchroom/INC-1/1.1/1795316400/grafana:CFRPV98RPR1U8";

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn now() -> Timestamp {
    at("2026-11-22T03:00:00Z")
}

fn step(position: i64, kind: &str, more: &Value) -> Value {
    let mut step =
        json!({ "id": format!("E{position}"), "escalation_chain_id": CHAIN, "position": position, "type": kind });
    step.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    step
}

/// Alice is on call by the schedule; the chain asks whoever that is, then bob and carol.
async fn fake() -> FakeGrafana {
    install_crypto();
    let fake = FakeGrafana::start().await;
    fake.put_user("UALICE", "alice", Some("U0ALICE"));
    fake.put_user("UBOB", "bob", None);
    fake.put_user("UCAROL", "carol", None);
    let mut memory = fake.memory();
    memory.on_call.insert(SCHEDULE.into(), vec!["UALICE".into()]);
    let shift = |who, from: &str, to: &str| json!({ "user_pk": who, "user_email": "", "user_username": who, "shift_start": from, "shift_end": to });
    let shifts = [
        shift("UALICE", "2026-11-14T09:00:00Z", "2026-11-21T09:00:00Z"),
        shift("UALICE", "2026-11-21T09:00:00Z", "2026-11-28T09:00:00Z"),
    ];
    memory.shifts.insert(SCHEDULE.into(), shifts.into());
    memory.chains.insert(INTEGRATION.into(), Some(CHAIN.into()));
    memory.steps = vec![
        step(4, "notify_persons", &json!({ "persons_to_notify": ["UBOB", "UCAROL"] })),
        step(3, "wait", &json!({ "duration": 300 })),
        step(0, "wait", &json!({ "duration": 60 })),
        step(
            1,
            "notify_on_call_from_schedule",
            &json!({ "notify_on_call_from_schedule": SCHEDULE, "important": true }),
        ),
        step(2, "notify_user_group", &json!({ "group_to_notify": "G1" })),
    ];
    drop(memory);
    fake
}

/// By OnCall's own key; and by a token of a service account.
fn providers(fake: &FakeGrafana) -> [GrafanaOnCall; 2] {
    let of = |toml: &str| GrafanaOnCall::new(Http::default(), fake.settings(toml));
    [of(SETTINGS), of(&format!("{SETTINGS}\nstack_url = \"{STACK}\""))]
}

fn page() -> ExternalPageRequest {
    ExternalPageRequest {
        service: INTEGRATION.into(),
        key: KEY.into(),
        title: "SEV1: checkout is down".into(),
        text: "since 10:00".into(),
        link: Some("https://watchroom.example.com/INC-1".into()),
        urgent: true,
    }
}

async fn levels(provider: &dyn OnCallProvider, of: &ExternalTarget) -> Vec<(u32, Vec<String>)> {
    let levels = provider.on_call(of, now()).await.expect("an answer");
    levels.into_iter().map(|l| (l.level, l.people.into_iter().map(|p| p.id).collect())).collect()
}

/// A schedule says who is on call now, and its shifts until when; a chain has a level between two waits.
#[tokio::test]
async fn who_is_on_call() {
    let fake = fake().await;
    let schedule = ExternalTarget::Schedule(SCHEDULE.into());
    for provider in providers(&fake) {
        let found = provider.on_call(&schedule, now()).await.expect("an answer");
        let [level] = found.as_slice() else { panic!("{found:?}") };
        let who = &level.people[0];
        assert_eq!((who.name.as_str(), who.email.as_deref()), ("alice", Some("alice@example.com")));
        assert_eq!(who.slack, Some("U0ALICE".into()));
        let span = (Some(at("2026-11-21T09:00:00Z")), Some(at("2026-11-28T09:00:00Z")));
        assert_eq!((level.level, (level.since, level.until)), (1, span));
        let expected = [(1, vec!["UALICE".into()]), (2, vec!["UBOB".into(), "UCAROL".into()])];
        for of in [ExternalTarget::Service(INTEGRATION.into()), ExternalTarget::Policy(CHAIN.into())] {
            assert_eq!(levels(&provider, &of).await, expected);
        }
    }
    let [provider, _] = providers(&fake);
    fake.memory().on_call.insert("SEMPTY".into(), Vec::new());
    assert!(levels(&provider, &ExternalTarget::Schedule("SEMPTY".into())).await.is_empty());
    fake.memory().chains.insert("CNONE".into(), None);
    let none = provider.on_call(&ExternalTarget::Service("CNONE".into()), now()).await.expect_err("trouble");
    assert!(none.to_string().contains("has no escalation chain"), "{none}");
    // Somebody who is not there any more is still somebody.
    fake.memory().on_call.insert("SGONE".into(), vec!["UGONE".into()]);
    assert_eq!(levels(&provider, &ExternalTarget::Schedule("SGONE".into())).await, [(1, vec!["UGONE".into()])]);
}

/// The shifts that come say who is next; in a chain together with those who are always asked there.
#[tokio::test]
async fn who_comes_next() {
    let fake = fake().await;
    let shift = |who: &str, from: &str, to: &str| json!({ "user_pk": who, "user_email": "", "user_username": who, "shift_start": from, "shift_end": to });
    fake.memory().shifts.get_mut(SCHEDULE).expect("its shifts").push(shift(
        "UBOB",
        "2026-11-28T09:00:00Z",
        "2026-12-05T09:00:00Z",
    ));
    let from = Some(at("2026-11-28T09:00:00Z"));
    for provider in providers(&fake) {
        for of in [ExternalTarget::Schedule(SCHEDULE.into()), ExternalTarget::Service(INTEGRATION.into())] {
            let next = provider.next(&of, now()).await.expect("an answer");
            let [level] = next.as_slice() else { panic!("{of:?}: the second level stays as it is: {next:?}") };
            let who: Vec<_> = level.people.iter().map(|who| (who.name.as_str(), who.email.as_deref())).collect();
            assert_eq!((level.level, who, level.from), (1, vec![("bob", Some("bob@example.com"))], from));
        }
    }
}

/// A list of several pages is read whole, and again where it changed meanwhile.
#[tokio::test]
async fn a_list_that_changes_while_it_is_read_is_read_again() {
    let fake = fake().await;
    fake.memory().page = 2;
    let [provider, _] = providers(&fake);
    let chain = ExternalTarget::Policy(CHAIN.into());
    assert_eq!(levels(&provider, &chain).await.len(), 2);
    let comes = step(-1, "notify_persons", &json!({ "persons_to_notify": ["UCAROL"] }));
    fake.memory().comes_underway.push_back(comes.clone());
    let found = levels(&provider, &chain).await;
    assert_eq!(found.iter().map(|(level, _)| *level).collect::<Vec<_>>(), [1, 2, 3], "{found:?}");
    // Without an end it is trouble, and no half answer.
    fake.memory().comes_underway.extend(vec![comes; 20]);
    let found = provider.on_call(&chain, now()).await;
    assert!(matches!(found, Err(Trouble::Unreachable(_))), "{found:?}");
}

/// What a provider in trouble says is told apart: come back then, try again, or it will not do.
#[tokio::test]
async fn trouble_is_told_apart() {
    let fake = fake().await;
    let [provider, _] = providers(&fake);
    let schedule = ExternalTarget::Schedule(SCHEDULE.into());
    for (fails, expected) in [
        (Fails::Limits(Some(7)), "asked to wait 7 s"),
        (Fails::Limits(None), "asked to wait 30 s"),
        (Fails::Status(503), "cannot be reached: status 503"),
        (Fails::Malformed, "cannot be reached: an answer that cannot be read"),
        (Fails::Hangs, "cannot be reached: no answer in time"),
        (Fails::Status(404), "refused: http_404"),
        (Fails::Status(401), "refused: the token is not known (401)"),
    ] {
        fake.fail([fails]);
        assert_eq!(provider.on_call(&schedule, now()).await.expect_err("trouble").to_string(), expected);
    }
    for (lacks, needs) in [("schedules", "schedules:read"), ("users", "user-settings:read")] {
        fake.memory().lacks = vec![lacks];
        let told = provider.on_call(&schedule, now()).await.expect_err("trouble").to_string();
        assert!(told.ends_with(&format!("it needs {needs}")), "{told}");
    }
    fake.memory().lacks = vec!["alerts"];
    assert!(provider.state(INTEGRATION, KEY).await.expect_err("trouble").to_string().ends_with("alert-groups:read"));
}

/// The life of a page: one alert group under its key however often it is asked for, which is looked at before it is changed.
#[tokio::test]
async fn a_page_is_an_alert_group() {
    for which in [0, 1] {
        let fake = fake().await;
        let provider = &providers(&fake)[which];
        assert_eq!(provider.state(INTEGRATION, KEY).await, Ok(ExternalState::Unknown));
        assert_eq!(provider.acknowledge(INTEGRATION, KEY).await, Err(Trouble::Refused("not_found".into())));
        // It was taken, and the answer was lost: the same again is the same page.
        fake.fail([Fails::AfterTheWrite]);
        assert!(matches!(provider.page(&page()).await, Err(Trouble::Unreachable(_))));
        provider.page(&page()).await.expect("taken");
        assert_eq!(provider.state(INTEGRATION, KEY).await, Ok(ExternalState::Unknown), "taken, and not there yet");
        fake.catch_up();
        {
            let memory = fake.memory();
            assert_eq!(memory.groups.len(), 1);
            assert_eq!(memory.bodies[1], memory.bodies[0]);
            assert_eq!(memory.bodies[0]["urgency"], "high");
        }
        assert_eq!(provider.state(INTEGRATION, KEY).await, Ok(ExternalState::Asking(Vec::new())));
        provider.acknowledge(INTEGRATION, KEY).await.expect("acknowledged");
        provider.acknowledge(INTEGRATION, KEY).await.expect("acknowledged already");
        let state = provider.state(INTEGRATION, KEY).await.expect("a state");
        let ExternalState::Acknowledged { by: Some(by), at: Some(_) } = state else { panic!("{state:?}") };
        assert_eq!(by.name, "UBOT", "whom it does not know has a name all the same");
        for _ in 0..2 {
            provider.resolve(INTEGRATION, KEY).await.expect("resolved, and resolved already");
        }
        assert_eq!(provider.state(INTEGRATION, KEY).await, Ok(ExternalState::Resolved));
        provider.acknowledge(INTEGRATION, KEY).await.expect("over is over");
        // The same key after its end is a new page, and the open one counts.
        provider.page(&page()).await.expect("taken");
        fake.catch_up();
        assert_eq!(provider.state(INTEGRATION, KEY).await, Ok(ExternalState::Asking(Vec::new())));
    }
}

/// Another key that has ours in it is another page, and pages of the list are read to the end.
#[tokio::test]
async fn only_its_own_key_is_its_page() {
    let fake = fake().await;
    fake.memory().page = 1;
    let [provider, _] = providers(&fake);
    provider.page(&page()).await.expect("taken");
    for key in [format!("{KEY}0"), format!("x{KEY}")] {
        provider.page(&ExternalPageRequest { key, ..page() }).await.expect("taken");
    }
    fake.catch_up();
    provider.resolve(INTEGRATION, KEY).await.expect("resolved");
    let states: Vec<Value> = fake.memory().groups.iter().map(|group| group["state"].clone()).collect();
    assert_eq!(states, ["resolved", "firing", "firing"]);
}

/// Somebody does there what is to be done, between the look and the write; and a write whose answer is lost is done.
#[tokio::test]
async fn what_is_done_meanwhile_is_done() {
    let fake = fake().await;
    let [provider, _] = providers(&fake);
    provider.page(&page()).await.expect("taken");
    fake.catch_up();
    fake.memory().changes_underway.push_back("acknowledge");
    provider.acknowledge(INTEGRATION, KEY).await.expect("somebody was faster");
    fake.memory().changes_underway.push_back("resolve");
    provider.resolve(INTEGRATION, KEY).await.expect("somebody was faster");
    assert_eq!(fake.memory().groups[0]["state"], "resolved");
    fake.fail([Fails::Limits(Some(5))]);
    assert_eq!(provider.page(&page()).await, Err(Trouble::RateLimited(Duration::from_secs(5))));
    assert!(provider.escalate(INTEGRATION, KEY, 2).await.is_err());
    assert!(provider.raise(INTEGRATION, KEY).await.is_err());
    let other = provider.page(&ExternalPageRequest { service: "COTHER".into(), ..page() }).await;
    assert!(matches!(other, Err(Trouble::Refused(_))), "an address is of one integration: {other:?}");
}

/// `doctor` says whom each integration and schedule would wake there, and what its token lacks.
#[tokio::test]
async fn doctor_asks_grafana() {
    let (slack, fake) = (slack().await, fake().await);
    let mut place = Place::beside(&slack);
    for (name, value) in fake.env() {
        place.set(name, &value);
    }
    place.write("watchroom.toml", &format!("announce_channel = \"incidents\"\n{SETTINGS}"));
    let said = tokio::task::spawn_blocking(move || (place.run(&["doctor"]), place)).await.expect("it ends");
    let (said, place) = said;
    let expected = format!("ok   Grafana OnCall, integration {INTEGRATION}: level 1 alice, level 2 bob and carol");
    assert!(said.out.contains(&expected), "{said:?}");
    assert!(said.out.contains(&format!("ok   Grafana OnCall, schedule {SCHEDULE}: level 1 alice")), "{said:?}");
    fake.memory().lacks.push("integrations");
    let said = tokio::task::spawn_blocking(move || place.run(&["doctor"])).await.expect("it ends");
    assert!(
        said.out.contains("FAIL Grafana OnCall, integration") && said.out.contains("integrations:read"),
        "{said:?}"
    );
    assert!(!said.out.contains(TOKEN) && !said.err.contains(TOKEN));
}
