//! PagerDuty, Opsgenie, Jira Service Management and Grafana OnCall: every request that their adapters make, and every answer that they read.

use watchroom::{
    adapters::{
        http::{Http, install_crypto},
        oncall::{GrafanaOnCall, Opsgenie, PagerDuty},
    },
    ports::{ExternalPageRequest, ExternalState, ExternalTarget, OnCallProvider, Pager},
};

use super::{NOW, address, settings};

/// The service of the examples.
const SERVICE: &str = "PIJ90N7";
const INTEGRATION: &str = "CFRPV98RPR1U8";
const CLOUD: &str = "35273b54-3f06-40d2-880f-dd28cf8daafa";
/// As long as titles and texts come, and longer than some of them take.
const LONG: usize = 3000;

fn pagerduty(env: &[(&str, &str)]) -> PagerDuty {
    install_crypto();
    let url = address("pagerduty");
    let events = format!("{url}/v2");
    let addresses = [("PAGERDUTY_API_URL", url.as_str()), ("PAGERDUTY_EVENTS_URL", events.as_str())];
    let toml = format!("[pagerduty]\nfrom = \"watchroom@example.com\"\nservices = [\"{SERVICE}\"]");
    let config = settings(&toml, &[&addresses[..], env].concat());
    PagerDuty::new(Http::default(), config.pagerduty.expect("it is set up"))
}

fn opsgenie() -> Opsgenie {
    install_crypto();
    let url = address("opsgenie");
    let env = [("OPSGENIE_API_URL", url.as_str()), ("OPSGENIE_API_KEY", "eb243592-faa2-4ba2-a551-1afdf565c889")];
    Opsgenie::new(Http::default(), settings("", &env).opsgenie.expect("it is set up"))
}

fn jira() -> Opsgenie {
    install_crypto();
    let url = address("jira");
    let key = ("OPSGENIE_API_KEY", "eb243592-faa2-4ba2-a551-1afdf565c889");
    let env = [("OPSGENIE_API_URL", url.as_str()), key, ("JIRA_API_TOKEN", "ATATT3xFfGF0")];
    let toml = format!("[opsgenie]\ncloud_id = \"{CLOUD}\"\nuser = \"watchroom@example.com\"");
    Opsgenie::new(Http::default(), settings(&toml, &env).opsgenie.expect("it is set up"))
}

/// By OnCall's own key; and by a token of a service account.
fn grafana() -> [GrafanaOnCall; 2] {
    install_crypto();
    let url = address("grafana");
    let integration = format!("{url}/integrations/v1/formatted_webhook/mReAoNwDm0eMwKo1mTeTwYo/");
    let of = |token: &str, more: &str| {
        let env = [
            ("GRAFANA_ONCALL_API_URL", url.as_str()),
            ("GRAFANA_ONCALL_TOKEN", token),
            ("GRAFANA_ONCALL_INTEGRATION_URL", integration.as_str()),
        ];
        let toml = format!("[grafana_oncall]\nintegrations = [\"{INTEGRATION}\"]\n{more}");
        GrafanaOnCall::new(Http::default(), settings(&toml, &env).grafana_oncall.expect("it is set up"))
    };
    let stack = "stack_url = \"https://stack.grafana.example\"";
    [of(&"0a".repeat(32), ""), of("glsa_HOruNAb7SOiCdshU9algkrq7FDsNSLAa_54e2f8be", stack)]
}

fn page(service: &str) -> ExternalPageRequest {
    ExternalPageRequest {
        service: service.into(),
        key: "INC-1/1".into(),
        title: "SEV1: checkout is down".into(),
        text: "since 10:00".into(),
        link: Some("https://watchroom.example.com/INC-1".into()),
        urgent: true,
    }
}

/// The same, with everything that may be missing missing, and the rest long.
fn bare(service: &str) -> ExternalPageRequest {
    let long = "é".repeat(LONG);
    ExternalPageRequest {
        key: format!("INC-1/{long}"),
        title: long.clone(),
        text: long,
        link: None,
        urgent: false,
        ..page(service)
    }
}

/// Levels, and the names and addresses of the people in them.
async fn people(provider: &dyn OnCallProvider, of: ExternalTarget) -> Vec<(u32, Vec<(String, Option<String>)>)> {
    let levels = provider.on_call(&of, NOW.parse().expect("a time")).await;
    let levels = levels.unwrap_or_else(|trouble| panic!("{of:?}: {trouble}"));
    let people =
        |level: watchroom::ports::ExternalOnCall| level.people.into_iter().map(|who| (who.name, who.email)).collect();
    levels.into_iter().map(|level| (level.level, people(level))).collect()
}

/// Who comes next by level, by name, and from when.
async fn next(provider: &dyn OnCallProvider, of: ExternalTarget) -> Vec<(u32, Vec<String>, Option<String>)> {
    let next = provider.next(&of, NOW.parse().expect("a time")).await;
    let next = next.unwrap_or_else(|trouble| panic!("{of:?}: {trouble}"));
    let one = |level: watchroom::ports::ExternalNext| {
        let people = level.people.into_iter().map(|who| who.name).collect();
        (level.level, people, level.from.map(|at| at.to_string()))
    };
    next.into_iter().map(one).collect()
}

fn named(name: &str, email: Option<&str>) -> (String, Option<String>) {
    (name.into(), email.map(str::to_owned))
}

#[tokio::test]
async fn pagerduty_says_who_is_on_call() {
    let ada = || named("Ada Byron", Some("ada@example.com"));
    let ben = || named("Ben Boole", Some("ben@example.com"));
    // A key of the account, and a token of an app.
    for token in ["y_NbAkKc66ryYTWUXYEu", "pdus+_0XBPWQQ_0123"] {
        let provider = pagerduty(&[("PAGERDUTY_API_TOKEN", token)]);
        for of in [ExternalTarget::Service(SERVICE.into()), ExternalTarget::Policy("PT20YPA".into())] {
            assert_eq!(people(&provider, of).await, [(1, vec![ada()]), (2, vec![ben()])]);
        }
        // Of either generation.
        for id in ["PSHIFTS", "PLAYERS"] {
            assert_eq!(people(&provider, ExternalTarget::Schedule(id.into())).await, [(1, vec![ada()])]);
        }
        let after = next(&provider, ExternalTarget::Policy("PT20YPA".into())).await;
        assert_eq!(after, [(1, Vec::new(), Some("2026-03-09T09:00:00Z".to_owned()))], "the second level stays");
        let after = next(&provider, ExternalTarget::Schedule("PLAYERS".into())).await;
        assert_eq!(after, [(1, Vec::new(), Some("2026-03-03T08:00:00Z".to_owned()))]);
    }
}

#[tokio::test]
async fn pagerduty_takes_pages_as_incidents() {
    let provider = pagerduty(&[("PAGERDUTY_API_TOKEN", "y_NbAkKc66ryYTWUXYEu")]);
    for page in [page(SERVICE), bare(SERVICE)] {
        provider.page(&page).await.expect("taken");
        provider.acknowledge(SERVICE, &page.key).await.expect("acknowledged");
        provider.escalate(SERVICE, &page.key, 2).await.expect("escalated");
        provider.raise(SERVICE, &page.key).await.expect("raised");
        provider.resolve(SERVICE, &page.key).await.expect("resolved");
        let state = provider.state(SERVICE, &page.key).await.expect("a state");
        let ExternalState::Acknowledged { by: Some(by), at: Some(at) } = state else { panic!("{state:?}") };
        assert_eq!((by.name.as_str(), at.to_string().as_str()), ("Ada Byron", "2026-03-02T10:04:00Z"));
    }
}

#[tokio::test]
async fn pagerduty_takes_pages_as_events() {
    let provider = pagerduty(&[("PAGERDUTY_ROUTING_KEY", "e93facc04764012d7bfb002500d5d1a6")]);
    for page in [page(SERVICE), bare(SERVICE)] {
        provider.page(&page).await.expect("taken");
        provider.acknowledge(SERVICE, &page.key).await.expect("acknowledged");
        provider.resolve(SERVICE, &page.key).await.expect("resolved");
    }
}

#[tokio::test]
async fn opsgenie_says_who_is_on_call() {
    let provider = opsgenie();
    let [ada, ben, carol] = ["ada@example.com", "ben@example.com", "carol@example.com"];
    let first = vec![named("Ada@example.com", Some(ada)), named(ben, Some(ben))];
    let schedule = ExternalTarget::Schedule("d875e654-9b4e-4219-a803-0c26936d18de".into());
    assert_eq!(people(&provider, schedule.clone()).await, [(1, first.clone())]);
    assert_eq!(next(&provider, schedule).await, [(1, vec![carol.to_owned()], None)]);
    let escalation = ExternalTarget::Policy("ed8bb8ff-6a1b-4e1c-9e5b-8d8f2b8f9c1d".into());
    assert_eq!(people(&provider, escalation).await, [(1, first), (2, vec![named(carol, Some(carol))])]);
}

#[tokio::test]
async fn jira_says_who_is_on_call() {
    let schedule = ExternalTarget::Schedule("d875e654-9b4e-4219-a803-0c26936d18de".into());
    let accounts = ["5b10a2844c20165700ede21g", "5b10ac8d82e05b22cc7d4ef5"].map(|id| named(id, None));
    assert_eq!(people(&jira(), schedule.clone()).await, [(1, accounts.to_vec())]);
    assert_eq!(next(&jira(), schedule).await, [(1, vec!["5b10ac8d82e05b22cc7d4ef5".to_owned()], None)]);
}

#[tokio::test]
async fn opsgenie_and_jira_take_pages_as_alerts() {
    for (provider, who) in [(opsgenie(), "ada@example.com"), (jira(), "5b10a2844c20165700ede21g")] {
        for service in ["", "team:t1", "escalation:e1", "schedule:s1", "user:u1"] {
            for page in [page(service), bare(service)] {
                provider.page(&page).await.expect("taken");
                provider.acknowledge(service, &page.key).await.expect("acknowledged");
                provider.resolve(service, &page.key).await.expect("resolved");
                let state = provider.state(service, &page.key).await.expect("a state");
                let ExternalState::Acknowledged { by: Some(by), at: None } = state else { panic!("{state:?}") };
                assert_eq!(by.email.unwrap_or(by.id), who);
            }
        }
        provider.escalate("escalation:e1", "INC-1/1", 2).await.expect("escalated");
        provider.raise("escalation:e1", "INC-1/1").await.expect("raised");
    }
}

#[tokio::test]
async fn grafana_says_who_is_on_call() {
    let ada = || named("ada", Some("ada@example.com"));
    for provider in grafana() {
        for of in [ExternalTarget::Service(INTEGRATION.into()), ExternalTarget::Policy("F5JU6KJET33FE".into())] {
            assert_eq!(people(&provider, of).await, [(1, vec![ada()]), (2, vec![ada()])]);
        }
        let found =
            provider.on_call(&ExternalTarget::Schedule("SBM7DV7BKFUYU".into()), NOW.parse().expect("a time")).await;
        let level = found.expect("an answer").remove(0);
        assert_eq!(level.people[0].slack, Some("U0ADA".into()));
        assert_eq!(level.until.map(|until| until.to_string()).as_deref(), Some("2026-03-09T09:00:00Z"));
        let after = next(&provider, ExternalTarget::Schedule("SBM7DV7BKFUYU".into())).await;
        assert_eq!(after, [(1, Vec::new(), Some("2026-03-09T09:00:00Z".to_owned()))]);
    }
}

#[tokio::test]
async fn grafana_takes_pages_as_alerts() {
    for provider in grafana() {
        for page in [page(INTEGRATION), bare(INTEGRATION)] {
            provider.page(&page).await.expect("taken");
        }
        let state = provider.state(INTEGRATION, "INC-1/1").await.expect("a state");
        let ExternalState::Acknowledged { by: Some(by), at: Some(_) } = state else { panic!("{state:?}") };
        assert_eq!(by.name, "ada");
        // It is acknowledged already, which is looked at first; resolving is asked for.
        provider.acknowledge(INTEGRATION, "INC-1/1").await.expect("acknowledged");
        provider.resolve(INTEGRATION, "INC-1/1").await.expect("resolved");
    }
}
