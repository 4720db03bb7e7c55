//! Modals and homes: triggers, hashes, stacks, submissions.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use watchroom::sandbox::{Outcome, Target};

use super::{Reply, World, modal};

async fn open(world: &World) -> Value {
    let trigger = world.trigger().await;
    world.ok("views.open", json!({ "trigger_id": trigger, "view": modal("declare") })).await["view"].clone()
}

#[tokio::test]
async fn a_trigger_lives_three_seconds_and_once() {
    let world = World::new().await;
    let call = |trigger: &str| json!({ "trigger_id": trigger, "view": modal("m") });
    let first = world.trigger().await;
    world.advance(3);
    world.ok("views.open", call(&first)).await;
    assert_eq!(world.refused("views.open", call(&first)).await, "exchanged_trigger_id");
    let late = world.trigger().await;
    world.advance(4);
    assert_eq!(world.refused("views.open", call(&late)).await, "expired_trigger_id");
    assert_eq!(world.refused("views.open", call("1.2.3")).await, "invalid_trigger_id");
    assert_eq!(world.refused("views.open", json!({ "view": modal("m") })).await, "invalid_arguments");
}

#[tokio::test]
async fn an_update_needs_the_present_hash() {
    let world = World::new().await;
    let view = open(&world).await;
    let update = |hash: &Value| json!({ "view_id": view["id"], "hash": hash, "view": modal("other") });
    let updated = world.ok("views.update", update(&view["hash"])).await;
    assert_ne!(updated["view"]["hash"], view["hash"]);
    assert_eq!(world.refused("views.update", update(&view["hash"])).await, "hash_conflict");
    let missing = json!({ "view_id": "V0NONE", "view": modal("m") });
    assert_eq!(world.refused("views.update", missing).await, "not_found");
}

#[tokio::test]
async fn three_modals_lie_on_each_other_and_no_more() {
    let world = World::new().await;
    open(&world).await;
    let push = async || {
        world.slack.act_as("alice").press(Target::View, "Preview").await.unwrap().expect_ok();
        let trigger = world.received().await.last().unwrap().json()["trigger_id"].clone();
        world.api("views.push", json!({ "trigger_id": trigger, "view": modal("m") })).await
    };
    assert_eq!(push().await["ok"], true);
    assert_eq!(push().await["ok"], true);
    assert_eq!(push().await["error"], "push_limit_reached");
    let outside = world.trigger().await;
    let pushed = json!({ "trigger_id": outside, "view": modal("m") });
    assert_eq!(world.refused("views.push", pushed).await, "not_found", "a command is no modal to push upon");
}

#[tokio::test]
async fn a_form_is_checked_before_it_is_sent() {
    let world = World::new().await;
    open(&world).await;
    let alice = world.slack.act_as("alice");
    let told = |text: &str| Outcome::Errors(BTreeMap::from([("title".to_owned(), text.to_owned())]));
    assert_eq!(alice.submit().await.unwrap(), told("Please complete this required field."));
    alice.fill([("Title", json!("a title that is far too long"))]).await.unwrap();
    assert_eq!(alice.submit().await.unwrap(), told("Please use no more than 20 characters."));
    assert!(world.received().await.is_empty(), "nothing was sent");
    alice.fill([("Title", json!("checkout")), ("Severity", json!("SEV2"))]).await.unwrap();
    world.reply_next(Reply::Json(json!({ "response_action": "errors", "errors": { "title": "Taken" } })));
    assert_eq!(alice.submit().await.unwrap(), told("Taken"));
    assert_eq!(alice.submit().await.unwrap(), Outcome::Closed);
    let sent = world.received().await[1].json();
    assert_eq!(sent["type"], "view_submission");
    assert_eq!(sent["view"]["callback_id"], "declare");
    let values = &sent["view"]["state"]["values"];
    assert_eq!(values["title"]["text"], json!({ "type": "plain_text_input", "value": "checkout" }));
    assert_eq!(values["sev"]["pick"]["selected_option"]["value"], "2");
    assert!(world.slack.view("alice").is_none());
}

#[tokio::test]
async fn a_submission_may_update_push_and_clear() {
    let world = World::new().await;
    open(&world).await;
    let alice = world.slack.act_as("alice");
    alice.fill([("Title", json!("x"))]).await.unwrap();
    let mut second = modal("second");
    second["title"]["text"] = json!("Second");
    world.reply_next(Reply::Json(json!({ "response_action": "push", "view": second })));
    assert_eq!(alice.submit().await.unwrap(), Outcome::Pushed);
    assert_eq!(world.slack.view("alice").unwrap().title, "Second");
    alice.fill([("Title", json!("y"))]).await.unwrap();
    second["title"]["text"] = json!("Third");
    world.reply_next(Reply::Json(json!({ "response_action": "update", "view": second })));
    assert_eq!(alice.submit().await.unwrap(), Outcome::Updated);
    assert_eq!(world.slack.view("alice").unwrap().title, "Third");
    second["title"]["text"] = json!("x".repeat(25));
    world.reply_next(Reply::Json(json!({ "response_action": "update", "view": second })));
    assert!(matches!(alice.submit().await.unwrap(), Outcome::Failed(_)), "an answer is checked like a call");
    world.reply_next(Reply::Json(json!({ "response_action": "clear" })));
    assert_eq!(alice.submit().await.unwrap(), Outcome::Cleared);
    assert!(world.slack.view("alice").is_none());
}

#[tokio::test]
async fn a_slow_or_broken_answer_leaves_the_form() {
    let world = World::impatient().await;
    open(&world).await;
    let alice = world.slack.act_as("alice");
    alice.fill([("Title", json!("x"))]).await.unwrap();
    for (reply, error) in [
        (Reply::Never, "operation_timeout"),
        (Reply::Status(500), "http_service_error"),
        (Reply::Text("what"), "invalid_response"),
    ] {
        world.reply_next(reply);
        assert_eq!(alice.submit().await.unwrap(), Outcome::Failed(error.to_owned()));
    }
    assert!(world.slack.view("alice").is_some());
    assert_eq!(alice.submit().await.unwrap(), Outcome::Closed);
}

#[tokio::test]
async fn closing_is_told_where_asked_for() {
    let world = World::new().await;
    let mut view = modal("m");
    view["notify_on_close"] = json!(true);
    let trigger = world.trigger().await;
    world.ok("views.open", json!({ "trigger_id": trigger, "view": view })).await;
    world.slack.act_as("alice").close().await.unwrap();
    let told = world.received().await[0].json();
    assert_eq!((&told["type"], &told["is_cleared"]), (&json!("view_closed"), &json!(false)));
    open(&world).await;
    world.slack.act_as("alice").close().await.unwrap();
    assert!(world.received().await.is_empty());
}

#[tokio::test]
async fn what_was_typed_survives_an_update() {
    let world = World::new().await;
    let view = open(&world).await;
    world.slack.act_as("alice").fill([("Title", json!("typed"))]).await.unwrap();
    let updated = world.ok("views.update", json!({ "view_id": view["id"], "view": modal("m") })).await;
    assert_eq!(updated["view"]["state"]["values"]["title"]["text"]["value"], "typed");
}

#[tokio::test]
async fn homes_are_published_and_pressed() {
    let world = World::new().await;
    let home = json!({ "type": "home", "blocks": modal("m")["blocks"].as_array().unwrap()[2..] });
    let publish = |user: &str| json!({ "user_id": user, "view": home });
    assert_eq!(world.refused("views.publish", publish("U0NOBODY")).await, "user_not_found");
    let wrong = json!({ "user_id": "U0ALICE", "view": modal("m") });
    assert_eq!(world.refused("views.publish", wrong).await, "invalid_arguments");
    world.ok("views.publish", publish("U0ALICE")).await;
    world.slack.act_as("alice").open_home().unwrap();
    world.slack.act_as("alice").press(Target::Home, "preview").await.unwrap().expect_ok();
    let sent = world.received().await;
    let press = sent.iter().find(|s| s.path == "/slack/interactions").unwrap().json();
    assert_eq!(press["view"]["type"], "home");
    let opened = sent.iter().find(|s| s.path == "/slack/events").unwrap().json();
    assert_eq!((&opened["event"]["type"], &opened["event"]["tab"]), (&json!("app_home_opened"), &json!("home")));
}
