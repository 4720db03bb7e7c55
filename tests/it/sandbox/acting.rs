//! What the bot is sent when people type and press, and what they see of its answers.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use watchroom::sandbox::Target;

use super::{Reply, World, button, option};

#[tokio::test]
async fn a_command_is_signed_and_complete() {
    let world = World::new().await;
    world.slack.act_as("alice").slash("general", "/incident page @bob in #checkout <now>").await.unwrap().expect_ok();
    let sent = &world.received().await[0];
    assert_eq!(sent.path, "/slack/commands");
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"sandbox-signing-secret").unwrap();
    mac.update(format!("v0:{}:{}", sent.header("x-slack-request-timestamp"), sent.body).as_bytes());
    let expected = format!("v0={}", hex::encode(mac.finalize().into_bytes()));
    assert_eq!(sent.header("x-slack-signature"), expected);
    assert_eq!(sent.header("x-slack-request-timestamp"), "1700000000");
    for (key, value) in [
        ("command", "/incident"),
        ("text", "page <@U0BOB|bob> in <#C0CHECKOUT|checkout> &lt;now&gt;"),
        ("user_id", "U0ALICE"),
        ("user_name", "alice"),
        ("channel_id", "C0GENERAL"),
        ("channel_name", "general"),
        ("team_id", "T0SANDBOX"),
        ("team_domain", "sandbox"),
        ("is_enterprise_install", "false"),
    ] {
        assert_eq!(sent.field(key), value, "{key}");
    }
    for key in ["token", "api_app_id", "trigger_id"] {
        assert!(!sent.field(key).is_empty(), "{key}");
    }
    assert!(sent.field("response_url").starts_with("http://127.0.0.1:"));
}

#[tokio::test]
async fn an_answer_is_shown_to_one_or_to_all() {
    let world = World::new().await;
    let alice = world.slack.act_as("alice");
    world.reply_next(Reply::Text("just text"));
    assert_eq!(alice.slash("general", "/incident").await.unwrap().expect_ok().text, "just text");
    world.reply_next(Reply::Json(json!({ "response_type": "in_channel", "text": "for all" })));
    alice.slash("general", "/incident").await.unwrap().expect_ok();
    assert_eq!(world.slack.ephemerals("alice", "general")[0].text, "just text");
    assert_eq!(world.slack.messages("general")[0].text, "for all");
}

#[tokio::test]
async fn a_failing_command_shows_slacks_own_words() {
    let world = World::impatient().await;
    let alice = world.slack.act_as("alice");
    let blocks = json!({ "text": "t", "blocks": [{ "type": "nonsense" }] });
    for (reply, error) in [
        (Reply::Never, "operation_timeout"),
        (Reply::Status(500), "http_service_error"),
        (Reply::Status(404), "http_client_error"),
        (Reply::Json(blocks), "invalid_command_response"),
    ] {
        world.reply_next(reply);
        let answer = alice.slash("general", "/incident list").await.unwrap();
        assert_eq!(answer.error.as_deref(), Some(error));
        let shown = world.slack.ephemerals("alice", "general").pop().unwrap();
        assert_eq!(shown.text, format!("/incident failed with the error \"{error}\""));
    }
    world.slack.set_bot_url("http://127.0.0.1:1");
    assert_eq!(alice.slash("general", "/incident").await.unwrap().error.as_deref(), Some("dispatch_failed"));
    assert!(alice.slash("support", "/incident").await.is_err(), "only where one is a member");
}

/// A message of the bot with a button, a menu and an overflow.
async fn card(world: &World) -> Target {
    let room = world.room("inc-1").await;
    world.slack.act_as("alice").join("inc-1").unwrap();
    let menu = json!({
        "type": "static_select", "action_id": "sev", "placeholder": { "type": "plain_text", "text": "Severity" },
        "options": [option("SEV1", "1"), option("SEV2", "2")],
    });
    let more = json!({ "type": "overflow", "action_id": "more", "options": [option("Resolve", "resolve")] });
    let blocks = json!([
        { "type": "section", "block_id": "top", "text": { "type": "mrkdwn", "text": "*INC-1*" }, "accessory": more },
        { "type": "actions", "block_id": "row", "elements": [button("Acknowledge", "ack", "INC-1"), menu] },
        { "type": "actions", "block_id": "twins", "elements": [button("Same", "one", "1"), button("Same", "two", "2")] },
    ]);
    let posted = world.ok("chat.postMessage", json!({ "channel": room, "text": "INC-1", "blocks": blocks })).await;
    world.received().await;
    Target::Message { channel: room, ts: posted["ts"].as_str().unwrap().to_owned() }
}

#[tokio::test]
async fn a_press_is_sent_as_slack_sends_it() {
    let world = World::new().await;
    let card = card(&world).await;
    world.slack.act_as("alice").press(card.clone(), "Acknowledge").await.unwrap().expect_ok();
    let sent = world.received().await[0].json();
    let Target::Message { channel, ts } = card else { unreachable!() };
    assert_eq!(sent["type"], "block_actions");
    assert_eq!(sent["user"]["id"], "U0ALICE");
    assert_eq!(sent["channel"], json!({ "id": channel, "name": "inc-1" }));
    assert_eq!(sent["container"]["message_ts"], ts.as_str());
    assert_eq!(sent["message"]["ts"], ts.as_str());
    let action = &sent["actions"][0];
    assert_eq!((&action["action_id"], &action["block_id"]), (&json!("ack"), &json!("row")));
    assert_eq!((&action["value"], &action["text"]["text"]), (&json!("INC-1"), &json!("Acknowledge")));
    assert_eq!(sent["state"]["values"]["row"]["sev"]["selected_option"], Value::Null);
    assert!(sent["response_url"].is_string() && sent["trigger_id"].is_string());
}

#[tokio::test]
async fn menus_offer_what_they_offer() {
    let world = World::new().await;
    let card = card(&world).await;
    let alice = world.slack.act_as("alice");
    alice.choose(card.clone(), "Severity", "SEV2").await.unwrap().unwrap().expect_ok();
    alice.choose(card.clone(), "…", "Resolve").await.unwrap().unwrap().expect_ok();
    let sent = world.received().await;
    assert_eq!(sent[0].json()["actions"][0]["selected_option"]["value"], "2");
    assert_eq!(sent[1].json()["actions"][0]["selected_option"]["value"], "resolve");
    assert_eq!(sent[1].json()["state"]["values"]["row"]["sev"]["selected_option"]["value"], "2");
    assert_eq!(alice.choose(card.clone(), "Severity", "SEV9").await.unwrap_err().error, "not_an_option");
    assert_eq!(alice.press(card.clone(), "Nowhere").await.unwrap_err().error, "no_such_element");
    assert_eq!(alice.press(card.clone(), "Same").await.unwrap_err().error, "several_such_elements");
    alice.press(card, "two").await.unwrap().expect_ok();
}

#[tokio::test]
async fn a_button_is_looked_up_in_what_is_shown_now() {
    let world = World::new().await;
    let card = card(&world).await;
    let Target::Message { channel, ts } = &card else { unreachable!() };
    world.ok("chat.update", json!({ "channel": channel, "ts": ts, "text": "gone" })).await;
    let alice = world.slack.act_as("alice");
    assert_eq!(alice.press(card.clone(), "Acknowledge").await.unwrap_err().error, "no_such_element");
    let block = json!({ "block_id": "row" });
    alice.press_stale(card, &block, &button("Acknowledge", "ack", "INC-1")).await.unwrap().expect_ok();
    let sent = world.received().await;
    assert_eq!(sent.last().unwrap().json()["actions"][0]["value"], "INC-1");
}

#[tokio::test]
async fn a_response_address_serves_five_times_for_half_an_hour() {
    let world = World::new().await;
    let card = card(&world).await;
    let press = async || {
        world.slack.act_as("alice").press(card.clone(), "ack").await.unwrap();
        world.received().await[0].json()["response_url"].as_str().unwrap().to_owned()
    };
    let send = async |url: &str, body: Value| {
        let response = world.http.post(url).json(&body).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    };
    let url = press().await;
    assert_eq!(send(&url, json!({ "text": "for you" })).await, (200, "ok".to_owned()));
    assert_eq!(world.slack.ephemerals("alice", "inc-1")[0].text, "for you");
    send(&url, json!({ "text": "all", "response_type": "in_channel" })).await;
    assert_eq!(world.slack.messages("inc-1").last().unwrap().text, "all");
    send(&url, json!({ "text": "new", "replace_original": true })).await;
    let Target::Message { ts, .. } = &card else { unreachable!() };
    assert_eq!(world.slack.messages("inc-1").iter().find(|m| m.ts == *ts).unwrap().text, "new");
    assert_eq!(send(&url, json!({ "text": "" })).await.0, 400);
    assert_eq!(send(&url, json!({ "text": "5" })).await.0, 200);
    assert_eq!(send(&url, json!({ "text": "6" })).await.0, 404);
    assert_eq!(world.slack.take_call("response_url", |c| c.args["text"] == "for you").unwrap().seq, 3);
}

#[tokio::test]
async fn a_response_address_grows_old_and_deletes() {
    let world = World::new().await;
    let alice = world.slack.act_as("alice");
    world.reply_next(Reply::Json(
        json!({ "text": "?", "blocks": [{ "type": "actions", "elements": [button("Go", "go", "")] }] }),
    ));
    alice.slash("general", "/incident").await.unwrap().expect_ok();
    let old = world.received().await[0].field("response_url");
    let shown = world.slack.ephemerals("alice", "general").remove(0);
    alice.press(&shown, "Go").await.unwrap().expect_ok();
    let sent = world.received().await[0].json();
    assert_eq!(sent["container"]["is_ephemeral"], true);
    assert_eq!(sent["message"], Value::Null, "Slack does not repeat what only one person sees");
    let url = sent["response_url"].as_str().unwrap();
    world.http.post(url).json(&json!({ "delete_original": true })).send().await.unwrap();
    assert!(world.slack.ephemerals("alice", "general").is_empty());
    world.advance(30 * 60 + 1);
    let late = world.http.post(old).json(&json!({ "text": "x" })).send().await.unwrap();
    assert_eq!(late.status(), 404);
}

#[tokio::test]
async fn shortcuts_carry_what_they_were_used_on() {
    let world = World::new().await;
    let alice = world.slack.act_as("alice");
    alice.open_shortcut("declare").await.unwrap().expect_ok();
    assert!(alice.open_shortcut("unknown").await.is_err());
    let ts = alice.say("general", "it is on fire").unwrap();
    alice.message_shortcut("declare_from", "general", &ts).await.unwrap().expect_ok();
    let sent = world.received().await;
    let shortcut = sent[0].json();
    assert_eq!((&shortcut["type"], &shortcut["callback_id"]), (&json!("shortcut"), &json!("declare")));
    let action = sent.iter().map(super::Seen::json).find(|p| p["type"] == "message_action").unwrap();
    assert_eq!(action["message"]["text"], "it is on fire");
    assert_eq!(action["channel"]["id"], "C0GENERAL");
    assert!(action["trigger_id"].is_string() && action["response_url"].is_string());
}

#[tokio::test]
async fn an_external_menu_asks_the_bot() {
    let world = World::new().await;
    let menu = json!({ "type": "external_select", "action_id": "who", "placeholder": { "type": "plain_text", "text": "Who" } });
    let post = json!({ "channel": "U0ALICE", "text": "t", "blocks": [{ "type": "actions", "block_id": "b", "elements": [menu] }] });
    world.ok("chat.postMessage", post).await;
    let message = world.slack.dm("alice").remove(0);
    let alice = world.slack.act_as("alice");
    world.reply_next(Reply::Json(json!({ "options": [option("Bob", "b")] })));
    assert_eq!(alice.suggest(&message, "Who", "bo").await.unwrap()["options"][0]["value"], "b");
    let sent = world.received().await.last().unwrap().json();
    assert_eq!((&sent["type"], &sent["value"]), (&json!("block_suggestion"), &json!("bo")));
    let many: Vec<Value> = (0..101).map(|at| option("x", &at.to_string())).collect();
    world.reply_next(Reply::Json(json!({ "options": many })));
    assert_eq!(alice.suggest(&message, "Who", "bo").await.unwrap_err().error, "invalid_arguments");
}
