//! Bots that page at other providers.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use watchroom::{
    config::{Aliases, ApiToken, Config, ExternalPagers, JiraSite, OpsgenieConfig, Secret},
    paging::{
        Policy, Step, Target,
        external::{External, Provider},
    },
};

use super::{
    Bot,
    grafana::{FakeGrafana, INTEGRATION},
    opsgenie::{CLOUD, FakeOpsgenie, JIRA_TOKEN, KEY},
    pager::FakePager,
    pagerduty::{FakePagerDuty, ROUTING_KEY, TOKEN},
};

/// What PagerDuty signs with.
pub const WEBHOOK_SECRET: &str = "wh-sec-ret";
/// What Opsgenie and Grafana OnCall come with.
pub const WEBHOOK_TOKEN: &str = "open sesame";

pub fn pagerduty(id: &str) -> Target {
    Target::External(External { at: Provider::PagerDuty, id: id.into() })
}

pub fn opsgenie(id: &str) -> Target {
    Target::External(External { at: Provider::Opsgenie, id: id.into() })
}

/// The one integration of Grafana OnCall.
pub fn grafana() -> Target {
    Target::External(External { at: Provider::GrafanaOnCall, id: INTEGRATION.into() })
}

/// A program of the deployment's own.
pub fn pager(name: &str) -> Target {
    Target::External(External { at: Provider::Pager, id: name.into() })
}

/// A policy `night` that asks these, then dave.
pub fn night(config: &mut Config, first: Vec<Target>) {
    let step = |targets| Step { targets, wait_min: 10, repeat_min: 2, ..Step::default() };
    let steps = vec![step(first), step(vec![Target::Person("U0DAVE".into())])];
    let fallback = config.settings.fallback.clone();
    config.settings.policies = vec![Policy { name: "night".into(), steps, fallback, ..Policy::default() }];
}

/// A bot whose policy `night` asks PagerDuty, and these, then dave.
pub async fn with_pagerduty(by_event: bool, beside: &[&str]) -> (Bot, FakePagerDuty) {
    let fake = FakePagerDuty::start().await;
    fake.memory().services.insert("PSVC".into(), "PPOL".into());
    fake.put_on_call("PPOL", 1, "erin", (None, None));
    let mut env = vec![("PAGERDUTY_API_TOKEN", TOKEN), ("PAGERDUTY_WEBHOOK_SECRET", WEBHOOK_SECRET)];
    if by_event {
        env.push(("PAGERDUTY_ROUTING_KEY_PSVC", ROUTING_KEY));
    }
    let settings = fake.settings("[pagerduty]\nservices = ['PSVC']\nfrom = 'bot@example.com'", &env);
    let bot = Bot::configured(|config| {
        let first = [pagerduty("PSVC")].into_iter().chain(beside.iter().map(|who| Target::Person((*who).into())));
        night(config, first.collect());
        config.settings.external_pagers = ExternalPagers::of(Some(&settings), None, None, &[]);
        config.pagerduty = Some(settings);
    })
    .await;
    (bot, fake)
}

/// A bot whose policy `night` asks this of Opsgenie, then dave.
pub async fn with_opsgenie(of: &str) -> (Bot, FakeOpsgenie) {
    paging_at_opsgenie(of, &[], None).await
}

/// A bot whose policy `night` asks this of Jira Service Management, and these, then dave. It does at once what it takes.
pub async fn with_jira(of: &str, beside: &[&str]) -> (Bot, FakeOpsgenie) {
    let site =
        JiraSite { cloud_id: CLOUD.into(), user: "bot@example.com".into(), token: Some(Secret::new(JIRA_TOKEN)) };
    let (bot, fake) = paging_at_opsgenie(of, beside, Some(site)).await;
    fake.memory().prompt = true;
    (bot, fake)
}

async fn paging_at_opsgenie(of: &str, beside: &[&str], site: Option<JiraSite>) -> (Bot, FakeOpsgenie) {
    let fake = FakeOpsgenie::start().await;
    let settings = OpsgenieConfig {
        api_url: fake.url.parse().expect("an address"),
        key: Some(Secret::new(KEY)),
        site,
        schedules: Vec::new(),
    };
    let bot = Bot::configured(|config| {
        let first = [opsgenie(of)].into_iter().chain(beside.iter().map(|who| Target::Person((*who).into())));
        night(config, first.collect());
        config.settings.external_pagers = ExternalPagers::of(None, Some(&settings), None, &[]);
        config.opsgenie = Some(settings);
        config.api_tokens = vec![ApiToken::new("opsgenie", WEBHOOK_TOKEN)];
    })
    .await;
    (bot, fake)
}

/// A bot whose policy `night` asks the integration of Grafana OnCall, then dave. Erin is on call there.
pub async fn with_grafana() -> (Bot, FakeGrafana) {
    let fake = FakeGrafana::start().await;
    fake.put_user("UERIN", "erin", Some("U0ERIN"));
    {
        let mut memory = fake.memory();
        memory.on_call.insert("S1".into(), vec!["UERIN".into()]);
        memory.chains.insert(INTEGRATION.into(), Some("F1".into()));
        memory.steps = vec![json!({
            "id": "E1", "escalation_chain_id": "F1", "position": 0, "type": "notify_on_call_from_schedule",
            "notify_on_call_from_schedule": "S1",
        })];
    }
    let settings = fake.settings(&format!("[grafana_oncall]\nintegrations = ['{INTEGRATION}']\nschedules = ['S1']"));
    let bot = Bot::configured(|config| {
        night(config, vec![grafana()]);
        config.settings.external_pagers = ExternalPagers::of(None, None, Some(&settings), &[]);
        config.grafana_oncall = Some(settings);
        config.api_tokens = vec![ApiToken::new("grafana", WEBHOOK_TOKEN)];
    })
    .await;
    (bot, fake)
}

/// A bot whose policy `night` asks the pager `siren`, and these, then dave. Without leave it reaches nobody in a private network.
pub async fn with_pager(allow_private: bool, beside: &[&str]) -> (Bot, FakePager) {
    let fake = FakePager::start().await;
    let pagers = vec![fake.config("siren", allow_private), fake.config("desk", allow_private)];
    let bot = Bot::configured(|config| {
        let first = [pager("siren")].into_iter().chain(beside.iter().map(|who| Target::Person((*who).into())));
        night(config, first.collect());
        config.settings.external_pagers = ExternalPagers::of(None, None, None, &pagers);
        config.pagers = pagers;
    })
    .await;
    (bot, fake)
}

/// `[people]`, as it is read from a file.
pub fn people(entries: &[(&str, &str)]) -> Aliases {
    let lines: Vec<String> = entries.iter().map(|(name, who)| format!("\"{name}\" = \"{who}\"")).collect();
    let path = std::env::temp_dir().join(format!("watchroom-people-{}-{}.toml", std::process::id(), super::unique()));
    std::fs::write(&path, format!("[people]\n{}\n", lines.join("\n"))).expect("a file");
    let config = Config::load(Some(&path), &|_| None).expect("settings");
    std::fs::remove_file(path).expect("our own file");
    config.people
}

/// What PagerDuty signs a body with.
pub fn signed(secret: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
    mac.update(body.as_bytes());
    format!("v1={}", hex::encode(mac.finalize().into_bytes()))
}

/// A delivery of PagerDuty: what happened, by whom, so many seconds after the story began.
pub fn event(id: &str, kind: &str, key: &str, by: Option<&str>, second: i64) -> Value {
    let agent = by.map(|who| json!({ "id": who, "summary": who, "type": "user_reference" }));
    let at = jiff::Timestamp::from_second(1_795_316_400 + second).expect("a time");
    json!({ "event": {
        "id": id, "event_type": format!("incident.{kind}"), "resource_type": "incident", "occurred_at": at.to_string(),
        "agent": agent, "client": null,
        "data": {
            "id": "I1", "type": "incident", "status": "acknowledged", "incident_key": key,
            "assignees": [{ "id": "PZOE", "summary": "Zoe", "type": "user_reference" }],
        },
    }})
}

impl Bot {
    /// PagerDuty delivers a webhook with this signature; the status that it gets.
    pub async fn deliver(&self, body: &str, signature: &str) -> u16 {
        let request =
            self.http.post(format!("{}/hooks/pagerduty", self.url)).header("x-pagerduty-signature", signature);
        let answer = request.body(body.to_owned()).send().await.expect("an answer");
        self.settle().await;
        answer.status().as_u16()
    }

    /// The same, signed as it should be, and taken.
    pub async fn told_by_pagerduty(&self, event: &Value) {
        let body = event.to_string();
        // A secret that is being changed signs beside the old one.
        let signature = format!("{},{}", signed("the next one", &body), signed(WEBHOOK_SECRET, &body));
        assert_eq!(self.deliver(&body, &signature).await, 202, "{body}");
    }

    /// Opsgenie delivers a webhook with this token; the status that it gets.
    pub async fn told_by_opsgenie(&self, token: &str, body: &Value) -> u16 {
        self.told_with_token("opsgenie", token, body).await
    }

    /// Whoever calls `/hooks/…` delivers a webhook with this token; the status that it gets.
    pub async fn told_with_token(&self, hook: &str, token: &str, body: &Value) -> u16 {
        let request = self.http.post(format!("{}/hooks/{hook}", self.url)).bearer_auth(token);
        let answer = request.json(body).send().await.expect("an answer");
        self.settle().await;
        answer.status().as_u16()
    }

    /// Time goes by, second after second.
    pub async fn seconds(&self, n: u32) {
        for _ in 0..n {
            self.clock.advance(jiff::SignedDuration::from_secs(1));
            self.settle().await;
        }
    }
}

/// The key of PagerDuty's only incident.
pub fn key_of(fake: &FakePagerDuty) -> String {
    let memory = fake.memory();
    assert_eq!(memory.incidents.len(), 1, "{:?}", memory.incidents);
    memory.incidents[0]["incident_key"].as_str().expect("a key").to_owned()
}
