//! Alerts: in groups, once, in whatever order they come; offered, attached, dismissed, or declared by a rule.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use watchroom::{
    alert::{Act, Rule},
    config::{AlertSource, ApiToken, Config, Mapping, Secret, SourceKind},
    incident::{
        What,
        intake::{Detection, Fact},
    },
    playbook::{Service, Severity},
};

use super::oncall::weekly;
use crate::harness::{Bot, edited, minutes, policy, shown};

const TOKEN: &str = "open sesame";
const SECRET: &str = "hush hush";

fn seconds(n: i64) -> SignedDuration {
    SignedDuration::from_secs(n)
}

/// A bot that knows the service checkout, and programs that deliver alerts.
async fn with_alerts(change: impl FnOnce(&mut Config)) -> Bot {
    Bot::configured(|config| {
        config.api_tokens = vec![ApiToken::new("monitor", TOKEN)];
        config.playbook = edited(|playbook| {
            playbook.services.push(Service {
                id: "checkout".into(),
                label: "Checkout".into(),
                public_name: None,
                aliases: vec!["pay".into()],
                owner: None,
                policy: None,
                components: vec![],
                depends_on: vec![],
            });
        });
        let source = |name: &str, kind, mapping| AlertSource {
            name: name.into(),
            service_label: "service".into(),
            mapping,
            secret: Some(Secret::new(SECRET)),
            kind,
        };
        let some = |pointer: &str| Some(pointer.to_owned());
        let mapping = Mapping {
            key: "/id".into(),
            title: "/name".into(),
            service: some("/service"),
            status: some("/state"),
            starts: some("/since"),
            resolved_values: vec!["fine".into()],
            ..Mapping::default()
        };
        config.alert_sources =
            vec![source("panel", SourceKind::Grafana, None), source("monitor", SourceKind::Generic, Some(mapping))];
        change(config);
    })
    .await
}

/// A rule for all alerts.
fn rule(act: Act) -> Rule {
    Rule { source: None, service: None, severity: vec![], labels: BTreeMap::new(), act }
}

async fn with_rule(act: Act) -> Bot {
    with_alerts(|config| config.settings.alert_rules = vec![rule(act)]).await
}

fn declares(policy: Option<&str>) -> Act {
    Act::Declare { severity: Some(Severity(2)), lead: "U0BOB".into(), on_call: None, policy: policy.map(str::to_owned) }
}

/// A delivery; its status and what was answered.
async fn post(bot: &Bot, path: &str, headers: &[(&str, String)], body: String) -> (u16, String) {
    let mut request = bot.http.post(format!("{}/hooks/{path}", bot.url)).body(body);
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let answer = request.send().await.expect("an answer");
    (answer.status().as_u16(), answer.text().await.expect("a text"))
}

/// What Alertmanager sends: alerts by number, since when, and until when.
fn of_alertmanager(bot: &Bot, group: &str, alerts: &[(&str, i64, Option<i64>)]) -> String {
    let at = |second: i64| Timestamp::from_second(bot.clock_second() + second).expect("a time").to_string();
    let alerts: Vec<Value> = alerts
        .iter()
        .map(|(name, starts, ends)| {
            json!({
                "status": if ends.is_some() { "resolved" } else { "firing" },
                "labels": { "alertname": "Errors", "instance": name, "service": "pay", "severity": "critical" },
                "annotations": { "summary": format!("errors at {name}") },
                "startsAt": at(*starts),
                "endsAt": ends.map_or("0001-01-01T00:00:00Z".to_owned(), at),
                "generatorURL": "https://prometheus.example.com/graph",
                "fingerprint": name,
            })
        })
        .collect();
    json!({
        "version": "4", "groupKey": group, "status": "firing", "truncatedAlerts": 0, "alerts": alerts,
        "groupLabels": { "alertname": "Errors" }, "externalURL": "https://alertmanager.example.com",
    })
    .to_string()
}

async fn deliver(bot: &Bot, body: String) {
    let answer = post(bot, "alertmanager", &[("authorization", format!("Bearer {TOKEN}"))], body).await;
    assert_eq!(answer.0, 202, "{}", answer.1);
}

async fn came(bot: &Bot, alerts: &[(&str, i64, Option<i64>)]) {
    deliver(bot, of_alertmanager(bot, "{}:{alertname=\"Errors\"}", alerts)).await;
    bot.settle().await;
}

fn facts(history: &[What]) -> Vec<&Fact> {
    let facts = history.iter().filter_map(|what| match what {
        What::Intake(fact) => Some(fact),
        _ => None,
    });
    facts.collect()
}

/// A group of alerts is one message, which shows how it stands; what comes twice changes nothing, also after a crash.
#[tokio::test]
async fn alerts_of_a_group_are_one_message() {
    let mut bot = with_alerts(|_| {}).await;
    came(&bot, &[("web-1", -60, None), ("web-2", -30, None)]).await;
    bot.expect_once("incidents", "*2 firing*");
    for part in ["*Errors* · Checkout · critical", "Errors: errors at web-1", "A-1 of monitor", "Nobody took it yet"]
    {
        bot.expect_once("incidents", part);
    }
    let calls = bot.slack.calls_made();
    let again = of_alertmanager(&bot, "{}:{alertname=\"Errors\"}", &[("web-1", -60, None), ("web-2", -30, None)]);
    for _ in 0..3 {
        deliver(&bot, again.clone()).await;
    }
    bot.crash_and_restart().await;
    deliver(&bot, again).await;
    bot.settle().await;
    assert_eq!(bot.slack.calls_made(), calls, "what comes twice is not shown twice");
    bot.advance(minutes(5)).await;
    came(&bot, &[("web-1", -360, Some(-10)), ("web-2", -330, None), ("web-3", -5, None)]).await;
    bot.expect_once("incidents", "*2 firing*");
    bot.expect_once("incidents", "1 resolved");
    bot.expect_once("incidents", "~Errors: errors at web-1~");
    assert_eq!(bot.count("incidents", "*Errors*"), 1, "{}", shown(&bot.said("incidents")));
    bot.advance(minutes(5)).await;
    came(&bot, &[("web-2", -630, Some(-3)), ("web-3", -305, Some(-3))]).await;
    bot.expect_once("incidents", ":white_check_mark: *Errors*");
    bot.expect_once("incidents", "None fires since");
    assert_eq!(bot.count("incidents", "Declare"), 0, "{}", shown(&bot.said("incidents")));
}

/// Alerts come late and in any order: what ended before it was told is not shown, what fires again much later is news.
#[tokio::test]
async fn alerts_come_in_any_order() {
    let bot = with_alerts(|_| {}).await;
    came(&bot, &[("web-1", -60, Some(-30))]).await;
    came(&bot, &[("web-1", -60, None)]).await;
    bot.advance(minutes(1)).await;
    assert_eq!(bot.count("incidents", "Errors"), 0, "{}", shown(&bot.said("incidents")));
    came(&bot, &[("web-1", -5, None)]).await;
    bot.advance(minutes(1)).await;
    bot.expect_once("incidents", "*1 firing*");
    came(&bot, &[("web-1", -180, Some(-90))]).await;
    bot.advance(minutes(1)).await;
    bot.expect_once("incidents", "*1 firing*");
    came(&bot, &[("web-1", -125, Some(-1))]).await;
    bot.advance(minutes(31)).await;
    came(&bot, &[("web-1", -2, None)]).await;
    assert_eq!(bot.count("incidents", "*Errors*"), 2, "{}", shown(&bot.said("incidents")));
    assert_eq!(bot.count("incidents", "*1 firing*"), 1, "{}", shown(&bot.said("incidents")));
}

/// A storm is one message that is edited now and then, and says how much there is.
#[tokio::test]
async fn a_storm_is_one_message() {
    let bot = with_alerts(|_| {}).await;
    came(&bot, &[("0", -1, None)]).await;
    let calls = bot.slack.calls_made();
    for n in 1..200 {
        let one = json!({ "id": n, "name": format!("disk {n}"), "service": "pay" }).to_string();
        let answer = post(&bot, "generic", &[("authorization", format!("Bearer {TOKEN}"))], one).await;
        assert_eq!(answer.0, 202, "{}", answer.1);
        if n % 20 == 0 {
            bot.clock.advance(seconds(1));
            bot.settle().await;
        }
    }
    bot.advance(minutes(1)).await;
    assert!(bot.slack.calls_made() - calls <= 8, "{} calls", bot.slack.calls_made() - calls);
    bot.expect_once("incidents", "*199 firing*");
    bot.expect_once("incidents", "… and 189 more");
    let many: Vec<String> = (0..1500).map(|n| n.to_string()).collect();
    let many: Vec<(&str, i64, Option<i64>)> = many.iter().map(|name| (name.as_str(), -1, None)).collect();
    let calls = bot.slack.calls_made();
    deliver(&bot, of_alertmanager(&bot, "storm", &many)).await;
    bot.settle().await;
    assert_eq!(bot.slack.calls_made() - calls, 1);
    bot.expect_once("incidents", "*1000 or more firing*");
}

/// Where each alert comes in a group of its own, those that are too many are folded into one, and are over there too.
#[tokio::test]
async fn a_storm_of_groups_is_folded() {
    let bot = with_alerts(|_| {}).await;
    let names: Vec<String> = (0..100).map(|n| format!("web-{n}")).collect();
    let storm = async |ends: Option<i64>| {
        for name in &names {
            deliver(&bot, of_alertmanager(&bot, name, &[(name, -600, ends)])).await;
        }
        bot.advance(minutes(1)).await;
    };
    storm(None).await;
    assert_eq!(bot.said("incidents").len(), 21, "{}", shown(&bot.said("incidents")));
    bot.expect_once("incidents", "*Alerts of many groups* · Checkout");
    bot.expect_once("incidents", "*80 firing*");
    storm(Some(-1)).await;
    assert_eq!(bot.said("incidents").len(), 21, "{}", shown(&bot.said("incidents")));
    assert_eq!(bot.count("incidents", "None fires since"), 21, "{}", shown(&bot.said("incidents")));
}

/// Only programs with a token or a secret deliver; what cannot be read is refused with a sentence, and nothing is kept of it.
#[tokio::test]
async fn only_who_is_known_delivers() {
    let bot = with_alerts(|_| {}).await;
    let body = of_alertmanager(&bot, "g", &[("web-1", -1, None)]);
    let basic = |pair: &str| {
        use base64::Engine as _;
        format!("Basic {}", base64::prelude::BASE64_STANDARD.encode(pair))
    };
    for path in ["alertmanager", "grafana", "generic", "alertmanager?token=open%20sesame"] {
        for headers in [
            vec![],
            vec![("authorization", "Bearer open".to_owned())],
            vec![("authorization", basic("x:open"))],
            vec![("authorization", format!("Basic {TOKEN}"))],
            vec![("x-watchroom-signature", "00".to_owned())],
        ] {
            let (status, said) = post(&bot, path, &headers, body.clone()).await;
            assert!(status == 401 && said.contains("WATCHROOM_API_TOKENS"), "{path} {headers:?}: {status} {said}");
        }
    }
    let token = [("authorization", format!("Bearer {TOKEN}"))];
    for (path, sent, status, part) in [
        ("alertmanager", String::new(), 400, "This is not JSON"),
        ("alertmanager", "{}".to_owned(), 400, "no list `alerts`"),
        ("grafana", json!({ "alerts": [] }).to_string(), 400, "`groupKey` is missing"),
        ("generic", json!({ "name": "x" }).to_string(), 400, "no text or number at `/id`"),
        ("alertmanager", "x".repeat(1_100_000), 413, "at most 1 MiB"),
    ] {
        let (got, said) = post(&bot, path, &token, sent).await;
        assert!(got == status && said.contains(part), "{path}: {got} {said}");
    }
    bot.settle().await;
    assert_eq!(bot.said("incidents").len(), 0, "{}", shown(&bot.said("incidents")));
    let answer = post(&bot, "alertmanager", &[("authorization", basic(&format!("am:{TOKEN}")))], body).await;
    assert_eq!(answer, (202, "{\"alerts\":1}".to_owned()));
}

/// Grafana's signature counts for five minutes, over exactly these bytes.
#[tokio::test]
async fn what_is_signed_is_genuine_and_recent() {
    use hmac::{Hmac, KeyInit, Mac};
    let bot = with_alerts(|_| {}).await;
    let sign = |secret: &str, stamp: i64, body: &str| {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
        mac.update(format!("{stamp}:{body}").as_bytes());
        hex::encode(mac.finalize().into_bytes())
    };
    let headers = |signature: String, stamp: i64| {
        [("x-grafana-alerting-signature", signature), ("x-grafana-alerting-timestamp", stamp.to_string())]
    };
    let (now, body) = (bot.clock_second(), of_alertmanager(&bot, "g", &[("web-1", -1, None)]));
    for (signature, stamp) in [
        (sign("other", now, &body), now),
        (sign(SECRET, now, "{}"), now),
        (sign(SECRET, now, &body), now + 1),
        (sign(SECRET, now - 301, &body), now - 301),
        (sign(SECRET, now, &body)[..62].to_owned(), now),
        ("not hex".to_owned(), now),
    ] {
        assert_eq!(post(&bot, "grafana", &headers(signature, stamp), body.clone()).await.0, 401);
    }
    let genuine = headers(sign(SECRET, now - 299, &body), now - 299);
    assert_eq!(post(&bot, "grafana", &genuine, body.clone()).await.0, 202);
    assert_eq!(post(&bot, "generic", &genuine, body.clone()).await.0, 401, "its own format, and no other");
    bot.settle().await;
    bot.expect_once("incidents", "A-1 of panel");
}

/// A person declares an incident of alerts: title, service and times are there, and monitoring noticed it first.
#[tokio::test]
async fn an_incident_is_declared_of_alerts() {
    let bot = with_rule(Act::Offer { severity: Some(Severity(2)) }).await;
    came(&bot, &[("web-1", -600, None)]).await;
    bot.press("alice", &bot.said("incidents"), "Declare").await;
    let form = bot.form("alice");
    assert!(form.contains("Errors"), "{form:?}");
    bot.slack.act_as("alice").submit().await.expect("sent");
    bot.settle().await;
    let it = bot.app().engine.incident("INC-1".parse().expect("an id")).await.expect("read").expect("declared");
    assert_eq!((it.title.text.words(), it.severity), (Some("Errors"), Severity(2)));
    assert_eq!(it.intake.service, Some("checkout".into()));
    assert_eq!(it.intake.detection, Some(Detection::Monitoring));
    assert_eq!(it.detected_at.map(Timestamp::as_second), Some(bot.clock_second() - 600));
    bot.expect_once("incidents", "Taken: belongs to INC-1");
    assert_eq!(bot.count("incidents", "Dismiss"), 0, "{}", shown(&bot.said("incidents")));
    let room = bot.latest_room();
    bot.expect_once(&room, "attached the alerts *A-1*");
    came(&bot, &[("web-1", -600, Some(-1))]).await;
    bot.advance(minutes(1)).await;
    bot.expect_once(&room, "Alerts A-1: none fires any more");
    came(&bot, &[("web-1", -1, None)]).await;
    bot.advance(minutes(1)).await;
    bot.expect_once(&room, "Alerts A-1 fire again: 1.");
    let timeline = bot.slash_in("alice", &room, "/incident timeline").await;
    for part in ["attached the alerts", "none fires any more", "fire again"] {
        assert!(timeline.text.contains(part), "no `{part}` in {}", timeline.text);
    }
}

/// An open incident of the same service is named with a press; another is chosen from those that whoever presses may see.
#[tokio::test]
async fn alerts_are_attached_to_an_open_incident() {
    let mut bot = with_alerts(|_| {}).await;
    let room = bot.declare("alice", "sev2 for pay nobody can pay").await;
    let other = bot.declare("bob", "sev3 the lift is stuck").await;
    came(&bot, &[("web-1", -60, None)]).await;
    bot.expect_once("incidents", "It may be of INC-1: nobody can pay");
    bot.press("bob", &bot.said("incidents"), "Attach to INC-1").await;
    bot.expect_once(&room, "@bob attached the alerts *A-1*: “Errors” of monitor, 1 firing");
    bot.expect_once("incidents", "Taken: belongs to INC-1");
    bot.crash_and_restart().await;
    bot.expect_once(&room, "attached the alerts");
    deliver(&bot, of_alertmanager(&bot, "another", &[("web-9", -60, None)])).await;
    bot.settle().await;
    let message = bot.said("incidents").pop().expect("a message");
    let person = bot.slack.act_as("bob");
    let offered = person.suggest(&message, "Attach to …", "").await.expect("options");
    assert!(offered.to_string().contains("INC-2 the lift is stuck"), "{offered}");
    person.choose(&message, "Attach to …", offered["options"][0].clone()).await.expect("chosen");
    bot.settle().await;
    bot.expect_once(&other, "@bob attached the alerts");
}

/// What was dismissed stays so while it fires; two presses are one, and guests press nothing.
#[tokio::test]
async fn alerts_are_dismissed() {
    let bot = with_alerts(|_| {}).await;
    bot.slack.with(|ws| ws.users.get_mut("U0DAVE").expect("dave").is_guest = true);
    came(&bot, &[("web-1", -60, None)]).await;
    let before = bot.said("incidents");
    bot.press("dave", &before, "Dismiss").await;
    let refused = shown(&bot.slack.ephemerals("dave", "incidents"));
    assert!(refused.contains("/incident report"), "{refused}");
    let list = bot.slash("alice", "/incident list").await;
    assert!(list.text.contains("Alerts that nobody took: A-1 Errors: 1 firing"), "{}", list.text);
    assert!(!bot.slash("dave", "/incident list").await.text.contains("Alerts"));
    bot.press("bob", &bot.said("incidents"), "Dismiss").await;
    bot.expect_once("incidents", "Dismissed by @bob");
    came(&bot, &[("web-2", -60, None)]).await;
    bot.advance(minutes(1)).await;
    bot.expect_once("incidents", "*2 firing*");
    bot.expect_once("incidents", "Dismissed by @bob");
    assert!(!bot.slash("alice", "/incident list").await.text.contains("Alerts"));
}

/// Nothing of a need-to-know incident shows on its alerts; only those inside attach any.
#[tokio::test]
async fn alerts_of_a_secret_are_only_taken() {
    let bot = with_alerts(|_| {}).await;
    let room = bot.declare_secret("alice", "sev2 security: for pay hyena").await;
    came(&bot, &[("web-1", -60, None)]).await;
    assert_eq!(bot.count("incidents", "It may be of"), 0, "{}", shown(&bot.said("incidents")));
    let message = bot.said("incidents").pop().expect("a message");
    let offered = bot.slack.act_as("bob").suggest(&message, "Attach to …", "").await.expect("options");
    assert!(!offered.to_string().contains("SEC"), "{offered}");
    let offered = bot.slack.act_as("alice").suggest(&message, "Attach to …", "").await.expect("options");
    let secret = offered["options"][0].clone();
    let refused = bot.slack.act_as("bob").choose(&message, "Attach to …", secret.clone()).await;
    bot.settle().await;
    assert_eq!(bot.count(&room, "attached the alerts"), 0, "{refused:?}");
    bot.slack.act_as("alice").choose(&message, "Attach to …", secret).await.expect("chosen");
    bot.settle().await;
    bot.expect_once(&room, "attached the alerts");
    bot.expect_once("incidents", "Taken.");
    let said = shown(&bot.said("incidents"));
    assert!(!said.contains("SEC") && !said.contains("hyena"), "{said}");
}

/// A rule declares once while the incident is open, however often alerts come and whatever dies; others of the service are attached.
#[tokio::test]
async fn a_rule_declares_once() {
    let mut bot = with_alerts(|config| {
        config.settings.alert_rules = vec![rule(declares(Some("checkout")))];
        config.settings.policies = vec![policy("checkout", &[("U0CAROL", 5)])];
    })
    .await;
    deliver(&bot, of_alertmanager(&bot, "g", &[("web-1", -60, None)])).await;
    bot.crash_and_restart().await;
    bot.settle().await;
    let it = bot.app().engine.incident("INC-1".parse().expect("an id")).await.expect("read").expect("declared");
    assert_eq!((it.severity, it.lead().map(ToString::to_string)), (Severity(2), Some("U0BOB".into())));
    assert_eq!(it.intake.detection, Some(Detection::Monitoring));
    bot.expect_dm("carol", "Errors");
    deliver(&bot, of_alertmanager(&bot, "g", &[("web-1", -60, None), ("web-2", -50, None)])).await;
    deliver(&bot, of_alertmanager(&bot, "h", &[("db-1", -50, None)])).await;
    bot.advance(minutes(1)).await;
    let list = bot.slash("alice", "/incident list").await;
    assert!(list.text.contains("INC-1") && !list.text.contains("INC-2"), "{}", list.text);
    let history = bot.history("INC-1").await;
    let attached = facts(&history).iter().filter(|fact| matches!(fact, Fact::AlertsAttached { .. })).count();
    assert_eq!(attached, 2, "{history:#?}");
    assert_eq!(history.iter().filter(|what| matches!(what, What::PageStarted { .. })).count(), 1);
    let room = bot.latest_room();
    bot.slash_in("bob", &room, "/incident cancel it was a test").await;
    deliver(&bot, of_alertmanager(&bot, "g", &[("web-3", -1, None)])).await;
    bot.advance(minutes(1)).await;
    let list = bot.slash("alice", "/incident list").await;
    assert!(list.text.contains("INC-2"), "{}", list.text);
}

/// A policy, and a rule that declares as SEV2 and pages by it.
async fn with_pager() -> Bot {
    with_alerts(|config| {
        config.settings.alert_rules = vec![rule(declares(Some("checkout")))];
        config.settings.policies = vec![policy("checkout", &[("U0CAROL", 5)])];
    })
    .await
}

async fn pages_of(bot: &Bot, id: &str) -> usize {
    bot.history(id).await.iter().filter(|what| matches!(what, What::PageStarted { .. })).count()
}

async fn alerts_of(bot: &Bot, id: &str) -> usize {
    facts(&bot.history(id).await).iter().filter(|fact| matches!(fact, Fact::AlertsAttached { .. })).count()
}

/// What fires once its incident is resolved is news, although that is not closed: it is declared and paged for, and similar to the
/// one before; whether the monitoring calls it the same or not.
#[tokio::test]
async fn a_resolved_incident_takes_no_alert() {
    for key in ["{}:{alertname=\"Errors\"}", "another"] {
        let bot = with_pager().await;
        came(&bot, &[("web-1", -60, None)]).await;
        bot.press("carol", &bot.slack.dm("carol"), "Acknowledge").await;
        let room = bot.latest_room();
        came(&bot, &[("web-1", -60, Some(-1))]).await;
        bot.slash_in("bob", &room, "/incident resolve a new index").await;
        bot.advance(minutes(40)).await;
        let paged = bot.slack.dm("carol").iter().filter(|m| m.contains("Acknowledge")).count();
        deliver(&bot, of_alertmanager(&bot, key, &[("web-1", -5, None)])).await;
        bot.advance(minutes(1)).await;
        assert_eq!((alerts_of(&bot, "INC-1").await, alerts_of(&bot, "INC-2").await), (1, 1), "{key}");
        assert_eq!(pages_of(&bot, "INC-2").await, 1, "{key}");
        let again = bot.slack.dm("carol").iter().filter(|m| m.contains("Acknowledge")).count();
        assert!(again > paged, "{key}: {}", shown(&bot.slack.dm("carol")));
        assert_eq!(bot.count(&room, "fire again"), 0, "{}", shown(&bot.said(&room)));
        let like = bot.slash_in("bob", &bot.latest_room(), "/incident similar").await;
        assert!(like.text.contains("INC-1"), "{}", like.text);
    }
}

/// Where no rule declares, it is shown anew and is nobody's; what only fires on has half an hour to end after its incident was
/// resolved.
#[tokio::test]
async fn what_fires_after_the_end_is_shown_anew() {
    let bot = with_alerts(|_| {}).await;
    let room = bot.declare("alice", "sev3 for pay nobody can pay").await;
    came(&bot, &[("web-1", -60, None), ("web-2", -60, None)]).await;
    bot.press("bob", &bot.said("incidents"), "Attach to INC-1").await;
    bot.slash_in("alice", &room, "/incident resolve a new index").await;
    bot.advance(minutes(29)).await;
    came(&bot, &[("web-1", -1800, None)]).await;
    assert_eq!(bot.count("incidents", "Nobody took it yet"), 0, "{}", shown(&bot.said("incidents")));
    bot.advance(minutes(2)).await;
    came(&bot, &[("web-1", -1920, None), ("web-2", -1920, Some(-60))]).await;
    bot.expect_once("incidents", "Nobody took it yet");
    bot.expect_once("incidents", "*1 firing*");
    assert_eq!(bot.count("incidents", "Attach to INC-1"), 0, "{}", shown(&bot.said("incidents")));
    for _ in 0..2 {
        came(&bot, &[("web-1", -1980, None)]).await;
        bot.advance(minutes(31)).await;
    }
    bot.expect_once("incidents", "Nobody took it yet");
}

/// An open incident that is attached to is paged for as the rule says, and is as bad as that; people may find otherwise, and whoever
/// is on it is not asked again.
#[tokio::test]
async fn alerts_that_join_a_small_incident_wake_somebody() {
    let mut bot = with_pager().await;
    let room = bot.declare("alice", "sev4 for pay the logo is old").await;
    deliver(&bot, of_alertmanager(&bot, "g", &[("web-1", -60, None)])).await;
    bot.crash_and_restart().await;
    bot.settle().await;
    bot.expect_once(&room, "attached the alerts *A-1*");
    bot.expect_once(&room, "what the rule for the alerts A-1 says");
    bot.expect_dm("carol", "the logo is old");
    let severity = async |bot: &Bot| {
        bot.app().engine.incident("INC-1".parse().expect("an id")).await.expect("read").expect("there").severity
    };
    assert_eq!((severity(&bot).await, pages_of(&bot, "INC-1").await), (Severity(2), 1));
    bot.press("carol", &bot.slack.dm("carol"), "Acknowledge").await;
    bot.slash_in("alice", &room, "/incident sev 3 it is less than that").await;
    deliver(&bot, of_alertmanager(&bot, "h", &[("db-1", -50, None)])).await;
    bot.advance(minutes(1)).await;
    assert_eq!(alerts_of(&bot, "INC-1").await, 2);
    assert_eq!((severity(&bot).await, pages_of(&bot, "INC-1").await), (Severity(3), 1), "people have said otherwise");
    let list = bot.slash("alice", "/incident list").await;
    assert!(!list.text.contains("INC-2"), "{}", list.text);
}

/// Nobody answered the page: what fires next, in the same group or in another, pages again.
#[tokio::test]
async fn alerts_page_again_where_nobody_answered() {
    let bot = with_pager().await;
    deliver(&bot, of_alertmanager(&bot, "g", &[("web-1", -60, None)])).await;
    bot.advance(minutes(2)).await;
    deliver(&bot, of_alertmanager(&bot, "g", &[("web-2", -60, None)])).await;
    bot.advance(minutes(1)).await;
    assert_eq!(pages_of(&bot, "INC-1").await, 1, "they are being asked");
    bot.advance(minutes(20)).await;
    for (group, name, pages) in [("g", "web-3", 2), ("h", "db-1", 3)] {
        deliver(&bot, of_alertmanager(&bot, group, &[(name, -5, None)])).await;
        bot.advance(minutes(1)).await;
        assert_eq!(pages_of(&bot, "INC-1").await, pages, "{group}");
        bot.advance(minutes(20)).await;
    }
}

/// What a rule says and cannot be done is said where people see it, once: in the incident's room, or where alerts are shown.
#[tokio::test]
async fn a_rule_that_is_refused_is_said_aloud() {
    let mut bot = with_pager().await;
    let room = bot.declare("alice", "sev2 for pay checkout is down").await;
    for who in ["bob", "dave", "erin", "alice", "carol", "bob @dave", "bob @erin", "dave @erin"] {
        bot.slash_in("alice", &room, &format!("/incident page @{who}")).await;
    }
    deliver(&bot, of_alertmanager(&bot, "g", &[("web-1", -60, None)])).await;
    bot.crash_and_restart().await;
    bot.settle().await;
    bot.expect_once(
        &room,
        "could not page checkout, as the rule for the alerts A-1 says: 8 pages wait for an answer already",
    );
    // The policy that it names is gone.
    let mut bot = with_rule(declares(Some("nowhere"))).await;
    deliver(&bot, of_alertmanager(&bot, "g", &[("web-1", -60, None)])).await;
    bot.settle().await;
    bot.expect_once(
        &bot.latest_room(),
        "could not page nowhere, as the rule for the alerts A-1 says: the settings have no such policy",
    );
    // Nothing can be declared: the playbook has no such severity.
    let refused = Act::Declare {
        severity: Some(Severity(9)),
        lead: "U0BOB".into(),
        on_call: None,
        policy: Some("checkout".into()),
    };
    bot = with_rule(refused).await;
    for _ in 0..2 {
        deliver(&bot, of_alertmanager(&bot, "g", &[("web-1", -60, None)])).await;
        bot.crash_and_restart().await;
        bot.settle().await;
        let said = "the rule for these alerts says to declare an incident of them and to page checkout, and that could not be done";
        bot.expect_once("incidents", said);
        bot.expect_once("incidents", "Nobody was paged for them.");
    }
    assert!(bot.said("incidents").iter().any(|m| m.contains("Nobody took it yet")), "it is offered all the same");
}

/// Whoever is on call leads what a rule declares; where nobody is, the person that it names.
#[tokio::test]
async fn whoever_is_on_call_leads_what_a_rule_declares() {
    let declares =
        || Act::Declare { severity: None, lead: "U0BOB".into(), on_call: Some("primary".into()), policy: None };
    let bot = with_alerts(|config| {
        config.settings.alert_rules = vec![rule(declares())];
        config.settings.schedules = vec![weekly("primary", &["U0DAVE"])];
    })
    .await;
    let lead = async |bot: &Bot, id: &str| {
        let it = bot.app().engine.incident(id.parse().expect("an id")).await.expect("read");
        it.unwrap_or_else(|| panic!("no {id}")).lead().map(ToString::to_string)
    };
    deliver(&bot, of_alertmanager(&bot, "g", &[("web-1", -60, None)])).await;
    bot.advance(minutes(1)).await;
    assert_eq!(lead(&bot, "INC-1").await.as_deref(), Some("U0DAVE"));
    bot.slash_in("dave", &bot.latest_room(), "/incident cancel it was a test").await;
    bot.slash("dave", "/incident away for 2h").await;
    deliver(&bot, of_alertmanager(&bot, "h", &[("db-1", -60, None)])).await;
    bot.advance(minutes(1)).await;
    assert_eq!(lead(&bot, "INC-2").await.as_deref(), Some("U0BOB"));
}

/// Rules look at source, service, severity and labels, the first that fits counts; what they leave out is not kept.
#[tokio::test]
async fn the_first_rule_that_fits_counts() {
    let bot = with_alerts(|config| {
        let labels = BTreeMap::from([("instance".to_owned(), "web-1".to_owned())]);
        config.settings.alert_rules = vec![
            Rule { labels, ..rule(Act::Ignore) },
            Rule { severity: vec!["info".into()], ..rule(declares(None)) },
            Rule { service: Some("checkout".into()), ..rule(Act::Attach) },
            rule(declares(None)),
        ];
    })
    .await;
    came(&bot, &[("web-1", -60, None)]).await;
    assert_eq!(bot.said("incidents").len(), 0, "{}", shown(&bot.said("incidents")));
    came(&bot, &[("web-1", -60, None), ("web-2", -60, None)]).await;
    bot.expect_once("incidents", "*1 firing*");
    bot.expect_once("incidents", "Nobody took it yet");
    let room = bot.declare("alice", "sev2 for pay nobody can pay").await;
    bot.advance(minutes(1)).await;
    came(&bot, &[("web-3", -5, None)]).await;
    bot.advance(minutes(1)).await;
    bot.expect_once(&room, "attached the alerts *A-1*");
}

/// Old groups leave the documents when others come; the record keeps what happened.
#[tokio::test]
async fn old_groups_are_forgotten() {
    let bot = with_alerts(|_| {}).await;
    came(&bot, &[("web-1", -60, None)]).await;
    came(&bot, &[("web-1", -60, Some(-1))]).await;
    bot.settle().await;
    let alerts = async || bot.app().engine.alerts_to_show(1).await.expect("read").is_some();
    bot.clock.advance(minutes(60 * 24 * 6));
    deliver(&bot, of_alertmanager(&bot, "h", &[("web-2", -60, None)])).await;
    assert!(alerts().await);
    bot.clock.advance(minutes(60 * 24 * 2));
    deliver(&bot, of_alertmanager(&bot, "h", &[("web-3", -60, None)])).await;
    assert!(!alerts().await, "a week after its last change");
    bot.settle().await;
    deliver(&bot, of_alertmanager(&bot, "{}:{alertname=\"Errors\"}", &[("web-1", -60, None)])).await;
    bot.settle().await;
    bot.expect_once("incidents", "A-1 of");
}
