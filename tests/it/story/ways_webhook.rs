//! A step may ask a program of the deployment's own.

use serde_json::Value;
use watchroom::{
    incident::What,
    paging::{Policy, Step, Target},
};

use crate::harness::{Bot, minutes, shown, webhook::Webhook};

/// A bot whose policy asks the siren, then dave; and an incident, paged by it.
async fn paged(template: Option<&str>, allow_private: bool, says: u16, what: &str) -> (Bot, Webhook, String) {
    let siren = Webhook::start().await;
    siren.say(says);
    let bot = Bot::configured(|config| {
        siren.set_up(config, template, allow_private);
        let step = |to, repeat_min| Step { targets: vec![to], wait_min: 5, repeat_min, ..Step::default() };
        let steps = vec![step(Target::Webhook("siren".into()), 3), step(Target::Person("U0DAVE".into()), 0)];
        let fallback = config.settings.fallback.clone();
        config.settings.policies = vec![Policy { name: "night".into(), steps, fallback, ..Policy::default() }];
    })
    .await;
    let room = bot.declare("alice", what).await;
    bot.slash_in("alice", &room, "/incident page night").await;
    (bot, siren, room)
}

fn json(body: &str) -> Value {
    serde_json::from_str(body).unwrap_or_else(|e| panic!("{e}: {body}"))
}

#[tokio::test]
async fn a_webhook_is_told_signed_and_the_next_step_follows_in_its_time() {
    let (bot, siren, _) = paged(None, true, 204, "sev1 checkout \"is\" down").await;
    let told = siren.told();
    assert_eq!(told.len(), 1);
    let (headers, body) = &told[0];
    let said = json(body);
    assert_eq!((said["type"].as_str(), said["incident"]["id"].as_str()), (Some("page.asked"), Some("INC-1")));
    assert_eq!(said["incident"]["title"], "checkout \"is\" down");
    assert!(headers["webhook-id"].to_str().is_ok_and(|id| id.starts_with("msg_")));
    assert!(headers["webhook-signature"].to_str().is_ok_and(|s| s.starts_with("v1,")));
    assert_eq!(headers["webhook-timestamp"].to_str().ok(), Some(bot.clock_second().to_string().as_str()));
    bot.advance(minutes(3)).await;
    let told = siren.told();
    assert_eq!(told.len(), 2, "asked again");
    assert_ne!(told[0].0["webhook-id"], told[1].0["webhook-id"]);
    assert!(bot.slack.dm("dave").is_empty());
    bot.advance(minutes(2)).await;
    bot.expect_dm("dave", "checkout");
}

#[tokio::test]
async fn a_template_is_filled_in_as_json() {
    let (_bot, siren, _) =
        paged(Some("{\"text\": {{ incident.title }}, \"n\": {{ page.times }}}"), true, 200, "sev1 a \"b\"").await;
    assert_eq!(json(&siren.told()[0].1), serde_json::json!({ "text": "a \"b\"", "n": 1 }));
}

#[tokio::test]
async fn a_private_address_is_refused_unless_it_is_allowed() {
    let (bot, siren, room) = paged(None, false, 200, "sev1 checkout is down").await;
    assert!(siren.told().is_empty());
    bot.expect_once(&room, "the webhook siren could not be reached (private_address)");
    bot.expect_dm("dave", "checkout is down");
}

#[tokio::test]
async fn a_webhook_that_refuses_counts_as_nobody() {
    let (bot, _siren, room) = paged(None, true, 410, "sev1 checkout is down").await;
    bot.expect_once(&room, "the webhook siren could not be reached (http_410)");
    bot.expect_dm("dave", "checkout is down");
}

#[tokio::test]
async fn a_webhook_is_told_nothing_of_a_secret() {
    let siren = Webhook::start().await;
    let bot = Bot::configured(|config| {
        siren.set_up(config, None, true);
        let step = |to| Step { targets: vec![to], wait_min: 5, ..Step::default() };
        let steps = vec![step(Target::Webhook("siren".into())), step(Target::Person("U0DAVE".into()))];
        let fallback = vec![Target::Webhook("siren".into()), Target::Person("U0ERIN".into())];
        config.settings.policies = vec![Policy { name: "night".into(), steps, fallback, ..Policy::default() }];
    })
    .await;
    let room = bot.declare_secret("alice", "sev1 security: the vault was opened").await;
    bot.slash_in("alice", &room, "/incident page night").await;
    bot.advance(minutes(20)).await;
    assert!(siren.told().is_empty(), "{:?}", siren.told());
    assert!(!bot.slack.dm("dave").is_empty(), "{}", shown(&bot.said(&room)));
    assert!(bot.history("SEC-1").await.iter().any(|what| matches!(what, What::PageExhausted { .. })));
}
