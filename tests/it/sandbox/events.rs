//! Events: which the bot is told, and how often.

use serde_json::json;

use super::{Reply, World};

#[tokio::test]
async fn the_bot_hears_only_where_it_is() {
    let world = World::new().await;
    let alice = world.slack.act_as("alice");
    alice.say("general", "nobody listens").unwrap();
    assert!(world.events().await.is_empty());
    world.slack.invite_bot("general").unwrap();
    let ts = alice.say("general", "hello @watchroom").unwrap();
    alice.edit_message("general", &ts, "hello").unwrap();
    alice.react("general", &ts, "pushpin").unwrap();
    alice.unreact("general", &ts, "pushpin").unwrap();
    alice.pin("general", &ts).unwrap();
    alice.delete_message("general", &ts).unwrap();
    world.slack.act_as("dave").leave("general").unwrap();
    let expected = [
        "app_mention",
        "member_joined_channel",
        "member_left_channel",
        "message",
        "message/channel_join",
        "message/channel_leave",
        "message/message_changed",
        "message/message_deleted",
        "pin_added",
        "reaction_added",
        "reaction_removed",
    ];
    assert_eq!(world.events().await, expected);
    world.slack.kick_bot("general").unwrap();
    world.received().await;
    alice.say("general", "alone again").unwrap();
    assert!(world.events().await.is_empty());
}

#[tokio::test]
async fn only_what_the_manifest_names_is_sent() {
    let world = World::with(|config| config.events = vec!["message.groups".to_owned()]).await;
    world.slack.invite_bot("general").unwrap();
    world.slack.invite_bot("security").unwrap();
    world.received().await;
    world.slack.act_as("alice").say("general", "public").unwrap();
    world.slack.act_as("erin").say("security", "private").unwrap();
    let sent = world.received().await;
    assert_eq!(sent.len(), 1);
    let event = &sent[0].json()["event"];
    assert_eq!((&event["text"], &event["channel_type"]), (&json!("private"), &json!("group")));
}

#[tokio::test]
async fn the_bots_own_posts_come_back() {
    let world = World::new().await;
    let room = world.room("inc-1").await;
    world.received().await;
    world.post(&room, "from the bot").await;
    let event = world.received().await[0].json()["event"].clone();
    assert_eq!((&event["bot_id"], &event["user"]), (&json!("B0SANDBOX"), &json!("U0BOT")));
}

#[tokio::test]
async fn rooms_change_behind_the_bots_back() {
    let world = World::new().await;
    world.room("inc-1").await;
    world.received().await;
    world.slack.rename("inc-1", "renamed").unwrap();
    world.slack.archive("renamed").unwrap();
    world.slack.unarchive("renamed").unwrap();
    let events = world.events().await;
    for name in ["channel_rename", "channel_archive", "channel_unarchive"] {
        assert!(events.iter().any(|e| e == name), "{name} in {events:?}");
    }
}

#[tokio::test]
async fn an_event_is_sent_again_until_it_is_taken() {
    let world = World::impatient().await;
    world.slack.invite_bot("general").unwrap();
    world.received().await;
    for reply in [Reply::Status(500), Reply::Never, Reply::Status(503)] {
        world.reply_next(reply);
    }
    world.slack.act_as("alice").say("general", "hear me").unwrap();
    let first = world.received().await;
    assert_eq!(first.len(), 2, "at once, and once more at once");
    world.advance(59);
    assert!(world.received().await.is_empty());
    world.advance(1);
    let third = world.received().await;
    assert_eq!(third.len(), 1);
    world.advance(300);
    let fourth = world.received().await;
    assert_eq!(fourth.len(), 1);
    world.advance(3600);
    assert!(world.received().await.is_empty(), "it was taken");
    let all: Vec<_> = first.iter().chain(&third).chain(&fourth).collect();
    assert!(all.iter().all(|s| s.json()["event_id"] == all[0].json()["event_id"]));
    let retries: Vec<_> =
        all.iter().map(|s| (s.header("x-slack-retry-num"), s.header("x-slack-retry-reason"))).collect();
    assert_eq!(retries, [("", ""), ("1", "http_error"), ("2", "http_timeout"), ("3", "http_error")]);
}

#[tokio::test]
async fn a_lost_answer_brings_the_same_event_again() {
    let world = World::new().await;
    world.slack.invite_bot("general").unwrap();
    world.received().await;
    world.slack.act_as("alice").say("general", "once").unwrap();
    let first = world.received().await.remove(0);
    assert_eq!(world.slack.send_events_again(1), 1);
    let again = world.received().await.remove(0);
    assert_eq!(again.body, first.body);
    assert_eq!((again.header("x-slack-retry-num"), again.header("x-slack-retry-reason")), ("1", "http_timeout"));
}

#[tokio::test]
async fn an_app_that_was_removed_is_told_and_shut_out() {
    let world = World::with(|c| c.events = vec!["app_uninstalled".to_owned(), "tokens_revoked".to_owned()]).await;
    world.slack.uninstall();
    assert_eq!(world.events().await, ["app_uninstalled", "tokens_revoked"]);
    assert_eq!(world.refused("auth.test", json!({})).await, "account_inactive");
}

#[tokio::test]
async fn the_envelope_is_slacks() {
    let world = World::new().await;
    world.slack.invite_bot("general").unwrap();
    let sent = world.received().await;
    let envelope = sent[0].json();
    assert_eq!(envelope["type"], "event_callback");
    assert_eq!(envelope["team_id"], "T0SANDBOX");
    assert_eq!(envelope["authorizations"][0]["user_id"], "U0BOT");
    assert!(envelope["event_id"].as_str().unwrap().starts_with("Ev"));
    assert!(envelope["event"]["event_ts"].is_string());
    let ids: std::collections::BTreeSet<String> = sent.iter().map(|s| s.json()["event_id"].to_string()).collect();
    assert_eq!(ids.len(), sent.len(), "each event has an id of its own");
}
