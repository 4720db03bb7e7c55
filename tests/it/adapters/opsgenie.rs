//! The adapter of Opsgenie and Jira Service Management against one that remembers, and takes what is written before it does it.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use watchroom::{
    adapters::{
        http::{Http, install_crypto},
        oncall::Opsgenie,
    },
    config::{JiraSite, OpsgenieConfig, Secret},
    ports::{ExternalPageRequest, ExternalState, ExternalTarget, OnCallProvider, Pager, Trouble},
};

use crate::harness::{
    opsgenie::{CLOUD, FakeOpsgenie, JIRA_TOKEN, KEY},
    pagerduty::Fails,
};

fn now() -> Timestamp {
    "2026-03-02T10:00:00Z".parse().expect("a time")
}

fn settings(fake: &FakeOpsgenie, site: Option<JiraSite>) -> OpsgenieConfig {
    let api_url = format!("{}/", fake.url).parse().expect("an address");
    OpsgenieConfig { api_url, key: Some(Secret::new(KEY)), site, schedules: Vec::new() }
}

/// Both of them, over one and the same memory.
async fn both() -> (FakeOpsgenie, [Opsgenie; 2]) {
    install_crypto();
    let fake = FakeOpsgenie::start().await;
    let token = Some(Secret::new(JIRA_TOKEN));
    let site = JiraSite { cloud_id: CLOUD.into(), user: "bot@example.com".into(), token };
    let opsgenie = Opsgenie::new(Http::default(), settings(&fake, None));
    let jira = Opsgenie::new(Http::default(), settings(&fake, Some(site)));
    (fake, [opsgenie, jira])
}

fn page(service: &str, key: &str) -> ExternalPageRequest {
    ExternalPageRequest {
        service: service.into(),
        key: key.into(),
        title: "SEV1: checkout is down ".repeat(20),
        text: "since 10:00".into(),
        link: Some("https://watchroom.example.com/INC-1".into()),
        urgent: true,
    }
}

async fn people(provider: &Opsgenie, of: &ExternalTarget) -> Vec<(u32, Vec<String>)> {
    let levels = provider.on_call(of, now()).await.expect("an answer");
    levels.into_iter().map(|l| (l.level, l.people.into_iter().map(|p| p.name).collect())).collect()
}

/// A tree of those who stand for others is walked to the people who are asked first; an escalation is a level for each time.
#[tokio::test]
async fn who_is_on_call() {
    let (fake, [opsgenie, jira]) = both().await;
    let user = |id: &str| json!({ "id": id, "name": format!("{id}@example.com"), "type": "user" });
    fake.memory().on_call.insert("s1".into(), json!([
        user("alice"),
        { "id": "e", "name": "nested", "type": "escalation", "onCallParticipants": [
            { "id": "t", "name": "team", "type": "team", "escalationTime": 0, "onCallParticipants": [user("bob"), user("alice")] },
            { "id": "late", "name": "late@example.com", "type": "user", "escalationTime": 10 },
        ]},
        { "id": "none", "type": "rotation", "onCallParticipants": [] },
    ]));
    fake.memory().on_call.insert("empty".into(), json!([]));
    let rule = |minutes: u32, kind: &str, id: &str| {
        json!({ "delay": { "timeAmount": minutes, "timeUnit": "minutes" },
                "recipient": { "type": kind, "id": id, "username": format!("{id}@example.com") } })
    };
    let rules = json!({ "id": "e1", "rules": [rule(10, "user", "carol"), rule(0, "schedule", "s1"), rule(5, "team", "ops"), rule(10, "user", "dave")] });
    fake.memory().escalations.insert("e1".into(), rules);
    let schedule = ExternalTarget::Schedule("s1".into());
    let expected = vec!["alice@example.com".to_owned(), "bob@example.com".to_owned()];
    for provider in [&opsgenie, &jira] {
        assert_eq!(people(provider, &schedule).await, [(1, expected.clone())]);
        assert!(people(provider, &ExternalTarget::Schedule("empty".into())).await.is_empty());
    }
    let levels = people(&opsgenie, &ExternalTarget::Policy("e1".into())).await;
    let later = vec!["carol@example.com".to_owned(), "dave@example.com".to_owned()];
    assert_eq!(levels, [(1, expected), (3, later)], "whom a team asks is not known, and its level stays free");
    // A schedule that is gone does not hide those beside it, and alone it is told.
    let rules = json!({ "id": "e2", "rules": [rule(0, "schedule", "gone"), rule(0, "user", "carol"), rule(5, "schedule", "gone")] });
    fake.memory().escalations.insert("e2".into(), rules);
    let levels = opsgenie.on_call(&ExternalTarget::Policy("e2".into()), now()).await.expect("an answer");
    let unknown = vec!["schedule gone (refused: http_404)".to_owned()];
    assert_eq!(levels.iter().map(|l| l.unknown.clone()).collect::<Vec<_>>(), [unknown.clone(), unknown]);
    assert_eq!((levels[0].people.len(), levels[1].people.len()), (1, 0));
    fake.memory().escalations.insert("e3".into(), json!({ "id": "e3", "rules": [rule(0, "schedule", "gone")] }));
    let none = opsgenie.on_call(&ExternalTarget::Policy("e3".into()), now()).await.expect_err("trouble");
    assert_eq!(none.to_string(), "refused: http_404");
    for (fails, said) in [
        (Fails::Limits(Some(3)), "asked to wait 3 s"),
        (Fails::Limits(None), "asked to wait 30 s"),
        (Fails::Status(500), "cannot be reached: status 500"),
        (Fails::Malformed, "cannot be reached: an answer that cannot be read"),
        (Fails::Hangs, "cannot be reached: no answer in time"),
        (Fails::Status(403), "refused: the token may not do this (403); it needs the right to read"),
    ] {
        fake.fail([fails]);
        assert_eq!(opsgenie.on_call(&schedule, now()).await.expect_err("trouble").to_string(), said);
    }
}

/// Who comes next it says without saying when; an escalation has those of its schedules.
#[tokio::test]
async fn who_comes_next() {
    let (fake, [opsgenie, jira]) = both().await;
    let user = |id: &str| json!({ "id": id, "name": format!("{id}@example.com"), "type": "user" });
    fake.memory().next.insert("s1".into(), json!([user("bob"), { "id": "none", "type": "noone" }]));
    fake.memory().next.insert("empty".into(), json!([]));
    let next = async |provider: &Opsgenie, of: ExternalTarget| {
        let next = provider.next(&of, now()).await.expect("an answer");
        let one = |l: watchroom::ports::ExternalNext| {
            (l.level, l.people.into_iter().map(|p| p.id).collect::<Vec<_>>(), l.from)
        };
        next.into_iter().map(one).collect::<Vec<_>>()
    };
    for provider in [&opsgenie, &jira] {
        let schedule = |id: &str| ExternalTarget::Schedule(id.into());
        assert_eq!(next(provider, schedule("s1")).await, [(1, vec!["bob".to_owned()], None)]);
        assert_eq!(next(provider, schedule("empty")).await, []);
        let gone = provider.next(&schedule("gone"), now()).await;
        assert_eq!(gone, Err(Trouble::Refused("http_404".into())));
    }
    let rule = |minutes: u32, kind: &str, id: &str| json!({ "delay": { "timeAmount": minutes, "timeUnit": "minutes" }, "recipient": { "type": kind, "id": id } });
    let rules = json!({ "id": "e1", "rules": [rule(5, "schedule", "s1"), rule(0, "user", "carol")] });
    fake.memory().escalations.insert("e1".into(), rules);
    let levels = next(&opsgenie, ExternalTarget::Policy("e1".into())).await;
    assert_eq!(levels, [(2, vec!["bob".to_owned()], None)]);
}

/// An alert under our key: taken at once, there later, the same one however often it is asked for.
#[tokio::test]
async fn a_page_is_an_alert() {
    let (fake, providers) = both().await;
    for (provider, key) in providers.iter().zip(["INC-1/1", "INC-2/1"]) {
        let service = "escalation:e1";
        fake.fail([Fails::AfterTheWrite]);
        assert!(matches!(provider.page(&page(service, key)).await, Err(Trouble::Unreachable(_))));
        let taken = || Err(Trouble::Ambiguous("it was taken, and is not done yet".into()));
        for _ in 0..3 {
            assert_eq!(provider.page(&page(service, key)).await, taken(), "it is looked for, and not asked for again");
        }
        assert_eq!(provider.state(service, key).await, Ok(ExternalState::Unknown), "taken, and not there yet");
        fake.catch_up();
        provider.page(&page(service, key)).await.expect("done");
        let alerts = |key: &str| fake.memory().alerts.iter().filter(|a| a["alias"] == key).cloned().collect::<Vec<_>>();
        assert_eq!((alerts(key).len(), &alerts(key)[0]["count"]), (1, &json!(2)));
        assert_eq!(alerts(key)[0]["responders"], json!([{ "type": "escalation", "id": "e1" }]));
        assert_eq!(provider.state(service, key).await, Ok(ExternalState::Asking(Vec::new())));
        assert_eq!(
            (provider.escalate(service, key, 2).await, provider.acknowledge(service, key).await),
            (taken(), taken())
        );
        fake.catch_up();
        provider.escalate(service, key, 2).await.expect("done");
        provider.acknowledge(service, key).await.expect("done");
        assert_eq!(alerts(key)[0]["escalated"], "e1");
        assert_eq!(provider.raise(service, key).await, taken());
        fake.catch_up();
        provider.raise(service, key).await.expect("done");
        assert_eq!(alerts(key)[0]["priority"], "P1");
        let state = provider.state(service, key).await.expect("a state");
        let ExternalState::Acknowledged { by: Some(by), at: None } = state else { panic!("{state:?}") };
        assert_eq!(by.email.as_deref(), Some("alice@example.com"));
        assert_eq!(provider.resolve(service, key).await, taken());
        fake.catch_up();
        provider.resolve(service, key).await.expect("done");
        assert_eq!(provider.state(service, key).await, Ok(ExternalState::Resolved));
        fake.fail([Fails::Limits(Some(9))]);
        assert_eq!(provider.page(&page("", key)).await, Err(Trouble::RateLimited(Duration::from_secs(9))));
    }
    let [opsgenie, _] = &providers;
    assert!(matches!(opsgenie.escalate("team:t", "INC-1/1", 2).await, Err(Trouble::Refused(_))));
    let lost = "INC-1/".to_owned() + &"x".repeat(600);
    fake.memory().prompt = true;
    opsgenie.page(&page("", &lost)).await.expect("a long key fits");
    let requests = fake.memory().requests.clone();
    assert!(
        requests
            .iter()
            .any(|r| r.starts_with("POST /jsm/ops/integration/v2/alerts/INC-2%2F1/acknowledge?identifierType=alias"))
    );
}

/// What was taken may come to nothing, which is said; but what is so already is no trouble, and who may only write is believed.
#[tokio::test]
async fn what_comes_to_nothing_is_told_apart() {
    let (fake, providers) = both().await;
    fake.memory().prompt = true;
    fake.memory().deleted.push("gone");
    for (provider, key) in providers.iter().zip(["INC-1/1", "INC-2/1"]) {
        let refused = |why: &str| Err(Trouble::Refused(why.into()));
        assert_eq!(provider.page(&page("team:gone", key)).await, refused("Responder does not exist"));
        assert_eq!(provider.acknowledge("team:gone", key).await, refused("not_found"));
        provider.page(&page("escalation:e1", key)).await.expect("done");
        for _ in 0..2 {
            provider.acknowledge("escalation:e1", key).await.expect("done, and so already");
        }
        fake.memory().fails_later = vec!["close", "escalate"];
        assert_eq!(provider.resolve("escalation:e1", key).await, refused("It could not be done"));
        assert_eq!(provider.escalate("escalation:e1", key, 2).await, refused("It could not be done"));
        fake.memory().fails_later.clear();
        for _ in 0..2 {
            provider.resolve("escalation:e1", key).await.expect("done, and so already");
        }
        fake.memory().blind = true;
        provider.page(&page("team:gone", key)).await.expect("nobody says that it is not");
        fake.memory().blind = false;
    }
}

/// An outcome that never comes is asked for anew, which makes no second alert.
#[tokio::test]
async fn what_is_never_done_is_asked_for_anew() {
    let (fake, [opsgenie, _]) = both().await;
    let made = || fake.memory().requests.iter().filter(|request| request.starts_with("POST")).count();
    for _ in 0..8 {
        assert!(opsgenie.page(&page("team:t", "INC-1/1")).await.is_err());
    }
    assert_eq!(made(), 1);
    assert!(opsgenie.page(&page("team:t", "INC-1/1")).await.is_err());
    assert_eq!(made(), 2);
    fake.catch_up();
    opsgenie.page(&page("team:t", "INC-1/1")).await.expect("done");
    assert_eq!((made(), fake.memory().alerts.len()), (2, 1));
}
