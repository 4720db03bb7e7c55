//! What Slack reports.

use http::StatusCode;

use super::*;
use crate::{
    incident::{EntryKind, RoomLoss, RoomState, What},
    ports::Trouble,
};

fn pin(user: &str, ts: &str) -> Value {
    let item = json!({ "type": "message", "channel": ROOM, "ts": ts });
    json!({ "type": "reaction_added", "user": user, "reaction": "pushpin", "item": item })
}

async fn entries(world: &World) -> Vec<(EntryKind, String, Option<String>, Option<Timestamp>)> {
    let history = world.door.engine.history(IncidentId::inc(1)).await.unwrap();
    let entries = history.into_iter().filter_map(|(_, e)| match e.what {
        What::EntryAdded { entry, text, author, said_at, .. } => {
            Some((entry, text.or_tombstone().to_owned(), author.map(|a| a.0), said_at))
        }
        _ => None,
    });
    entries.collect()
}

#[tokio::test]
async fn a_pushpin_puts_a_message_on_the_timeline_once() {
    let world = World::with_incident().await;
    world.chat.has_message("1795312800.000100", "U2", "it is &lt;slow&gt; <@U3|cy>");
    for (id, user) in [("Ev1", "U1"), ("Ev1", "U1"), ("Ev2", "U5")] {
        assert_eq!(world.event(id, pin(user, "1795312800.000100")).await.status, StatusCode::OK);
    }
    let said_at = "2026-11-22T02:00:00.0001Z".parse().ok();
    assert_eq!(entries(&world).await, [(EntryKind::Message, "it is <slow> @cy".into(), Some("U2".into()), said_at)]);
    let elsewhere = json!({ "type": "message", "channel": "C9", "ts": "1795312800.000100" });
    world
        .event("Ev3", json!({ "type": "reaction_added", "user": "U1", "reaction": "pushpin", "item": elsewhere }))
        .await;
    world.event("Ev4", pin(BOT, "1795312800.000100")).await;
    assert_eq!(entries(&world).await.len(), 1);
}

#[tokio::test]
async fn slack_sends_it_again_when_the_message_cannot_be_read_now() {
    let world = World::with_incident().await;
    world.chat.has_message("1795312800.000100", "U2", "x");
    *world.chat.fails.lock().unwrap() = Some(Trouble::Unreachable("x".into()));
    assert_eq!(world.event("Ev1", pin("U1", "1795312800.000100")).await.status, StatusCode::INTERNAL_SERVER_ERROR);
    *world.chat.fails.lock().unwrap() = None;
    assert_eq!(world.event("Ev1", pin("U1", "1795312800.000100")).await.status, StatusCode::OK);
    assert_eq!(entries(&world).await.len(), 1);
}

#[tokio::test]
async fn edits_and_deletions_are_kept() {
    let world = World::with_incident().await;
    world.chat.has_message("1795312800.000100", "U2", "old");
    world.event("Ev1", pin("U1", "1795312800.000100")).await;
    let changed = |id: &'static str, before: &'static str, text: &'static str| {
        let message = json!({ "ts": "1795312800.000100", "user": "U2", "text": text });
        let before = json!({ "ts": "1795312800.000100", "text": before });
        let event = json!({ "type": "message", "subtype": "message_changed", "channel": ROOM, "message": message,
            "previous_message": before });
        (id, event)
    };
    for (id, event) in [changed("Ev2", "old", "new"), changed("Ev2", "old", "new"), changed("Ev3", "new", "new")] {
        assert_eq!(world.event(id, event).await.status, StatusCode::OK);
    }
    let gone = json!({ "type": "message", "subtype": "message_deleted", "channel": ROOM,
        "deleted_ts": "1795312800.000100" });
    world.event("Ev4", gone).await;
    let history = world.door.engine.history(IncidentId::inc(1)).await.unwrap();
    let edits = history
        .iter()
        .filter(|(_, e)| matches!(&e.what, What::EntryEdited { text, .. } if text.words() == Some("new")));
    assert_eq!(edits.count(), 1);
    assert!(matches!(history.last().unwrap().1.what, What::EntrySourceDeleted { .. }));
    assert_eq!(entries(&world).await[0].1, "old");
}

#[tokio::test]
async fn words_that_were_removed_stay_removed() {
    let world = World::with_incident().await;
    world.chat.has_message("1795312800.000100", "U2", "secret");
    world.event("Ev1", pin("U1", "1795312800.000100")).await;
    let history = world.door.engine.history(IncidentId::inc(1)).await.unwrap();
    let entry = history.last().unwrap().0;
    world.slash("U1", ROOM, &format!("redact {entry} it names a customer")).await;
    let message = json!({ "ts": "1795312800.000100", "text": "secret again" });
    let event = json!({ "type": "message", "subtype": "message_changed", "channel": ROOM, "message": message });
    assert_eq!(world.event("Ev2", event).await.status, StatusCode::OK);
    let history = world.door.engine.history(IncidentId::inc(1)).await.unwrap();
    assert!(!format!("{history:?}").contains("secret"));
}

#[tokio::test]
async fn rooms_are_lost_and_come_back() {
    let world = World::with_incident().await;
    let state = |it: Arc<Incident>| it.room.as_ref().map(|r| (r.name.clone(), r.state)).unwrap();
    world.event("Ev0", json!({ "type": "channel_archive", "channel": ROOM, "user": BOT })).await;
    assert_eq!(state(world.incident().await).1, RoomState::Open, "we do that ourselves after closing");
    world.event("Ev1", json!({ "type": "channel_archive", "channel": ROOM, "user": "U1" })).await;
    assert_eq!(state(world.incident().await).1, RoomState::Lost(RoomLoss::Archived));
    world.event("Ev2", json!({ "type": "channel_unarchive", "channel": ROOM, "user": "U1" })).await;
    assert_eq!(state(world.incident().await).1, RoomState::Open);
    world.event("Ev3", json!({ "type": "channel_rename", "channel": { "id": ROOM, "name": "other" } })).await;
    assert_eq!(state(world.incident().await), ("other".into(), RoomState::Open));
    world.event("Ev4", json!({ "type": "member_left_channel", "channel": ROOM, "user": "U7" })).await;
    assert_eq!(state(world.incident().await).1, RoomState::Open);
    world.event("Ev5", json!({ "type": "member_left_channel", "channel": ROOM, "user": BOT })).await;
    assert_eq!(state(world.incident().await).1, RoomState::Lost(RoomLoss::Removed));
    world.event("Ev6", json!({ "type": "member_joined_channel", "channel": ROOM, "user": BOT })).await;
    world.event("Ev7", json!({ "type": "channel_deleted", "channel": ROOM })).await;
    assert_eq!(state(world.incident().await).1, RoomState::Lost(RoomLoss::Deleted));
}

#[tokio::test]
async fn a_failing_record_asks_slack_to_come_again() {
    let world = World::with_incident().await;
    world.store.close().await;
    let reply = world.event("Ev1", json!({ "type": "channel_archive", "channel": ROOM, "user": "U1" })).await;
    assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn home_and_mentions_are_answered() {
    let world = World::with_incident().await;
    world.chat.take();
    world.event("Ev1", json!({ "type": "app_home_opened", "user": "U1", "tab": "home" })).await;
    world.event("Ev2", json!({ "type": "app_mention", "user": "U1", "channel": ROOM, "text": "<@UBOT> hi" })).await;
    let said = world.chat.take();
    let heads: Vec<_> = said.iter().map(|(how, to, _)| (*how, to.as_str())).collect();
    assert_eq!(heads, [("person", "U1"), ("publish_home", "U1"), ("whisper", "CROOM/U1")]);
    *world.chat.fails.lock().unwrap() = Some(Trouble::Refused("x".into()));
    let reply = world.event("Ev3", json!({ "type": "app_home_opened", "user": "U1", "tab": "home" })).await;
    assert_eq!(reply.status, StatusCode::OK);
}
