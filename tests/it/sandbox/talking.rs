//! Messages, pins and reactions over the Web API.

use serde_json::{Value, json};

use super::{SCOPES, World, button};

#[tokio::test]
async fn posting_needs_text_and_membership() {
    let world = World::new().await;
    let post = |channel: &str, text: &str| json!({ "channel": channel, "text": text });
    for (channel, text, error) in [
        ("C0GENERAL", "x", "not_in_channel"),
        ("C0NOWHERE", "x", "channel_not_found"),
        ("C0SECURITY", "x", "channel_not_found"),
        ("U0ALICE", "", "no_text"),
        ("U0ALICE", &"x".repeat(40_001), "msg_too_long"),
    ] {
        assert_eq!(world.refused("chat.postMessage", post(channel, text)).await, error);
    }
    let mut scopes: Vec<String> = SCOPES.iter().map(ToString::to_string).collect();
    scopes.push("chat:write.public".to_owned());
    let world = World::with(|config| config.scopes = scopes).await;
    world.ok("chat.postMessage", post("C0GENERAL", "x")).await;
    assert_eq!(world.refused("chat.postMessage", post("C0SECURITY", "x")).await, "channel_not_found");
}

#[tokio::test]
async fn only_the_bots_own_messages_change() {
    let world = World::new().await;
    let room = world.room("inc-1").await;
    world.slack.act_as("alice").join("inc-1").unwrap();
    let hers = world.slack.act_as("alice").say("inc-1", "hello").unwrap();
    let ours = world.post(&room, "hello").await;
    let update = |ts: &str, text: &str| json!({ "channel": room, "ts": ts, "text": text });
    assert_eq!(world.refused("chat.update", update(&hers, "x")).await, "cant_update_message");
    assert_eq!(world.refused("chat.update", update("1.000000", "x")).await, "message_not_found");
    assert_eq!(world.refused("chat.update", update(&ours, &"x".repeat(4001))).await, "msg_too_long");
    world.ok("chat.update", update(&ours, "changed")).await;
    let delete = |ts: &str| json!({ "channel": room, "ts": ts });
    assert_eq!(world.refused("chat.delete", delete(&hers)).await, "cant_delete_message");
    let seen = world.slack.messages("inc-1").into_iter().find(|m| m.ts == ours).unwrap();
    assert!(seen.edited && seen.text == "changed");
    world.ok("chat.delete", delete(&ours)).await;
    assert_eq!(world.refused("chat.delete", delete(&ours)).await, "message_not_found");
}

#[tokio::test]
async fn metadata_comes_back_when_asked_for() {
    let world = World::new().await;
    let room = world.room("inc-1").await;
    let metadata = json!({ "event_type": "entry", "event_payload": { "key": "k-1" } });
    world.ok("chat.postMessage", json!({ "channel": room, "text": "x", "metadata": metadata })).await;
    let history = |all: bool| json!({ "channel": room, "include_all_metadata": all, "limit": 1 });
    let shown = world.ok("conversations.history", history(true)).await;
    assert_eq!(shown["messages"][0]["metadata"], metadata);
    assert_eq!(world.ok("conversations.history", history(false)).await["messages"][0]["metadata"], Value::Null);
    let wrong = json!({ "channel": room, "text": "x", "metadata": { "event_type": "entry" } });
    assert_eq!(world.refused("chat.postMessage", wrong).await, "invalid_metadata_schema");
}

#[tokio::test]
async fn threads_are_counted_and_read() {
    let world = World::new().await;
    let room = world.room("inc-1").await;
    let parent = world.post(&room, "parent").await;
    let reply = json!({ "channel": room, "text": "reply", "thread_ts": parent });
    let first = world.ok("chat.postMessage", reply).await;
    // A reply to the reply joins the same thread.
    world.ok("chat.postMessage", json!({ "channel": room, "text": "2", "thread_ts": first["ts"] })).await;
    let thread = world.ok("conversations.replies", json!({ "channel": room, "ts": parent })).await;
    assert_eq!(thread["messages"].as_array().unwrap().len(), 3);
    assert_eq!(thread["messages"][0]["reply_count"], 2);
    let history = world.ok("conversations.history", json!({ "channel": room })).await;
    assert!(history["messages"].as_array().unwrap().iter().all(|m| m["text"] != "reply"));
    let missing = json!({ "channel": room, "ts": "1.000000" });
    assert_eq!(world.refused("conversations.replies", missing).await, "thread_not_found");
    let window = json!({ "channel": room, "oldest": parent, "inclusive": true, "limit": 5 });
    assert_eq!(world.ok("conversations.history", window).await["messages"].as_array().unwrap().len(), 1);
    let link = world.ok("chat.getPermalink", json!({ "channel": room, "message_ts": first["ts"] })).await;
    assert!(link["permalink"].as_str().unwrap().contains(&format!("thread_ts={parent}")));
}

#[tokio::test]
async fn ephemeral_messages_are_for_one() {
    let world = World::new().await;
    let room = world.room("inc-1").await;
    let whisper = json!({ "channel": room, "user": "U0ALICE", "text": "psst" });
    assert_eq!(world.refused("chat.postEphemeral", whisper.clone()).await, "user_not_in_channel");
    world.slack.act_as("alice").join("inc-1").unwrap();
    world.ok("chat.postEphemeral", whisper).await;
    assert_eq!(world.slack.ephemerals("alice", "inc-1")[0].text, "psst");
    assert!(world.slack.ephemerals("bob", "inc-1").is_empty());
    assert!(world.slack.messages("inc-1").iter().all(|m| m.text != "psst"));
}

#[tokio::test]
async fn pins_and_reactions_happen_once() {
    let world = World::new().await;
    let room = world.room("inc-1").await;
    let ts = world.post(&room, "x").await;
    let pin = json!({ "channel": room, "timestamp": ts });
    world.ok("pins.add", pin.clone()).await;
    assert_eq!(world.refused("pins.add", pin.clone()).await, "already_pinned");
    assert_eq!(world.ok("pins.list", json!({ "channel": room })).await["items"][0]["message"]["ts"], ts.as_str());
    world.ok("pins.remove", pin.clone()).await;
    assert_eq!(world.refused("pins.remove", pin).await, "no_pin");
    let react = |name: &str| json!({ "channel": room, "timestamp": ts, "name": name });
    world.ok("reactions.add", react("eyes")).await;
    assert_eq!(world.refused("reactions.add", react("eyes")).await, "already_reacted");
    assert_eq!(world.refused("reactions.add", react("Not Emoji")).await, "invalid_name");
    world.ok("reactions.remove", react("eyes")).await;
    assert_eq!(world.refused("reactions.remove", react("eyes")).await, "no_reaction");
    let bad = json!({ "channel": room, "timestamp": "nonsense", "name": "eyes" });
    assert_eq!(world.refused("reactions.add", bad).await, "bad_timestamp");
    let missing = json!({ "channel": room, "timestamp": "1.000000" });
    assert_eq!(world.refused("pins.add", missing).await, "message_not_found");
}

#[tokio::test]
async fn forms_carry_json_in_texts() {
    let world = World::new().await;
    let blocks = json!([{ "type": "actions", "elements": [button("Go", "go", "1")] }]).to_string();
    let request = world.http.post(format!("{}chat.postMessage", world.slack.api_url()));
    let fields = [("channel", "U0ALICE"), ("text", "t"), ("blocks", blocks.as_str())];
    let answer: Value =
        request.bearer_auth("xoxb-sandbox-token").form(&fields).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["ok"], true, "{answer}");
    assert!(answer["message"]["blocks"][0]["block_id"].is_string(), "blocks without a name are given one");
    let bad = world.refused("chat.postMessage", json!({ "channel": "U0ALICE", "blocks": "[{" })).await;
    assert_eq!(bad, "invalid_blocks_format");
}

#[tokio::test]
async fn an_update_keeps_and_drops_what_slack_keeps_and_drops() {
    let world = World::new().await;
    let blocks = json!([{ "type": "section", "text": { "type": "mrkdwn", "text": "block" } }]);
    let metadata = json!({ "event_type": "e", "event_payload": {} });
    let post = json!({ "channel": "U0ALICE", "text": "t", "blocks": blocks, "metadata": metadata });
    let posted = world.ok("chat.postMessage", post).await;
    let update = async |more: Value| {
        let mut args = json!({ "channel": posted["channel"], "ts": posted["ts"] });
        args.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        world.ok("chat.update", args).await;
        world.slack.dm("alice").remove(0)
    };
    let attached = update(json!({ "attachments": [{ "text": "more" }] })).await;
    assert_eq!((attached.blocks.len(), attached.text.as_str()), (1, "t"), "neither text nor blocks given: both stay");
    let with_blocks = update(json!({ "text": "u", "blocks": blocks })).await;
    assert!(!with_blocks.edited && with_blocks.edits == 2, "blocks leave no mark");
    assert_eq!(with_blocks.metadata, Some(metadata), "metadata stays until it is emptied");
    let text_only = update(json!({ "text": "v", "metadata": {} })).await;
    assert!(text_only.edited && text_only.blocks.is_empty() && text_only.metadata.is_none());
}
