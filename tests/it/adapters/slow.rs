//! Providers that do what they are asked, and whose answer never comes, or stops in the middle: nobody waits for long, and the same asked
//! again is no second page.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use serde_json::json;
use watchroom::{
    adapters::{
        http::{Http, install_crypto},
        oncall::{GrafanaOnCall, Opsgenie, PagerDuty, WebhookPagers},
    },
    clock::SystemClock,
    config::{OpsgenieConfig, Secret},
    ports::{ExternalPageRequest, ExternalTarget, OnCallProvider, Pager, Trouble},
};

use crate::harness::{
    fails::Fails,
    grafana::{FakeGrafana, INTEGRATION},
    opsgenie::{FakeOpsgenie, KEY},
    pager::FakePager,
    pagerduty::{FakePagerDuty, ROUTING_KEY, TOKEN},
};

/// How long any of it may take.
const LONG: Duration = Duration::from_secs(8);

fn page(service: &str, key: &str) -> ExternalPageRequest {
    ExternalPageRequest {
        service: service.into(),
        key: key.into(),
        title: "SEV1: checkout is down".into(),
        text: "since 10:00".into(),
        link: None,
        urgent: true,
    }
}

/// It is done, and nobody hears of it; asked again it is the same. What stops in the middle was taken, where nothing but that counts.
async fn pages(pager: &dyn Pager, service: &str, fail: impl Fn(Fails), reads: bool) {
    let lost = Err(Trouble::Unreachable("no answer in time".into()));
    for fails in [Fails::Hangs, Fails::Stalls] {
        fail(fails);
        let page = page(service, &format!("INC-1/{fails:?}"));
        let first = tokio::time::timeout(LONG, pager.page(&page)).await.expect("within seconds");
        let expected = if reads || matches!(fails, Fails::Hangs) { lost.clone() } else { Ok(()) };
        assert_eq!(first, expected, "{fails:?}");
        pager.page(&page).await.expect("taken");
    }
}

async fn answers(provider: &dyn OnCallProvider, of: ExternalTarget, fail: impl Fn(Fails)) {
    let now: Timestamp = "2026-11-22T03:00:00Z".parse().expect("a time");
    for fails in [Fails::Hangs, Fails::Stalls] {
        fail(fails);
        let found = tokio::time::timeout(LONG, provider.on_call(&of, now)).await.expect("within seconds");
        assert_eq!(found, Err(Trouble::Unreachable("no answer in time".into())), "{fails:?}");
    }
}

#[tokio::test]
async fn pagerduty_does_not_keep_anybody_waiting() {
    install_crypto();
    let (by_event, by_incident) = (FakePagerDuty::start().await, FakePagerDuty::start().await);
    for fake in [&by_event, &by_incident] {
        fake.memory().services.insert("PSVC".into(), "PPOL".into());
    }
    let of = |fake: &FakePagerDuty, env: &[(&str, &str)]| {
        let toml = "[pagerduty]\nservices = ['PSVC']\nfrom = 'bot@example.com'";
        PagerDuty::new(Http::default(), fake.settings(toml, &[&[("PAGERDUTY_API_TOKEN", TOKEN)][..], env].concat()))
    };
    let events = of(&by_event, &[("PAGERDUTY_ROUTING_KEY_PSVC", ROUTING_KEY)]);
    let incidents = of(&by_incident, &[]);
    tokio::join!(
        pages(&events, "PSVC", |fails| by_event.fail([fails]), true),
        pages(&incidents, "PSVC", |fails| by_incident.fail([fails]), true),
    );
    assert_eq!((by_event.memory().incidents.len(), by_incident.memory().incidents.len()), (2, 2));
    answers(&events, ExternalTarget::Service("PSVC".into()), |fails| by_event.fail([fails])).await;
}

#[tokio::test]
async fn opsgenie_does_not_keep_anybody_waiting() {
    install_crypto();
    let fake = FakeOpsgenie::start().await;
    fake.memory().prompt = true;
    let api_url = fake.url.parse().expect("an address");
    let config = OpsgenieConfig { api_url, key: Some(Secret::new(KEY)), site: None, schedules: Vec::new() };
    let provider = Opsgenie::new(Http::default(), config);
    pages(&provider, "team:t", |fails| fake.fail([fails]), true).await;
    assert_eq!(fake.memory().alerts.len(), 2);
    fake.memory().on_call.insert("s".into(), json!([]));
    answers(&provider, ExternalTarget::Schedule("s".into()), |fails| fake.fail([fails])).await;
}

#[tokio::test]
async fn grafana_does_not_keep_anybody_waiting() {
    install_crypto();
    let fake = FakeGrafana::start().await;
    let settings = fake.settings(&format!("[grafana_oncall]\nintegrations = ['{INTEGRATION}']"));
    let provider = GrafanaOnCall::new(Http::default(), settings);
    pages(&provider, INTEGRATION, |fails| fake.fail([fails]), false).await;
    fake.catch_up();
    assert_eq!(fake.memory().groups.len(), 2);
    fake.memory().on_call.insert("S1".into(), Vec::new());
    answers(&provider, ExternalTarget::Schedule("S1".into()), |fails| fake.fail([fails])).await;
}

#[tokio::test]
async fn a_pager_of_one_s_own_does_not_keep_anybody_waiting() {
    install_crypto();
    let fake = FakePager::start().await;
    let provider = WebhookPagers::new(&[fake.config("siren", true)], Arc::new(SystemClock));
    pages(&provider, "siren", |fails| fake.fail([fails]), false).await;
    assert_eq!(fake.memory().pages.len(), 2);
    answers(&provider, ExternalTarget::Service("siren".into()), |fails| fake.fail([fails])).await;
}
