//! What is typed.

use std::sync::atomic::Ordering;

use http::StatusCode;

use super::*;
use crate::{ports::Trouble, render::ids::ButtonValue};

#[tokio::test]
async fn a_command_that_comes_again_changes_nothing() {
    let world = World::new().await;
    let first = world.slash_again("U1", "C1", "declare sev1 checkout is down", 7).await;
    let again = world.slash_again("U1", "C1", "declare sev1 checkout is down", 7).await;
    assert_eq!((first.status, &first.body), (again.status, &again.body));
    assert!(first.text().contains("INC-1"), "{}", first.body);
    assert_eq!(first.json()["response_type"], "ephemeral");
    assert_eq!(world.recent(9).await.len(), 1);
}

#[tokio::test]
async fn the_same_title_at_once_is_a_slip() {
    let world = World::new().await;
    world.slash("U1", "C1", "declare checkout &amp; cart are down").await;
    let second = world.slash("U1", "C1", "declare checkout &amp; cart are down").await;
    assert!(second.text().contains("INC-1"), "{}", second.body);
    assert_eq!(world.recent(9).await.len(), 1);
}

#[tokio::test]
async fn a_verb_in_the_room_means_its_incident() {
    let world = World::with_incident().await;
    let reply = world.slash("U2", ROOM, "phase next the cause is known").await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(world.incident().await.phase.as_str(), "identified");
    let reply = world.slash("U2", "C9", "INC-1 phase back").await;
    assert_eq!((reply.status, world.incident().await.phase.as_str()), (StatusCode::OK, "investigating"));
    let reply = world.slash("U2", ROOM, "phase back").await;
    assert!(reply.text().contains("first phase"), "{}", reply.body);
    let reply = world.slash("U2", "C9", "INC-99 ack").await;
    assert!(reply.text().contains("INC-99"), "{}", reply.body);
}

#[tokio::test]
async fn times_are_in_the_zone_of_whoever_types() {
    let world = World::with_incident().await;
    world.slash("U1", ROOM, "time started 02:10").await;
    assert_eq!(world.incident().await.started_at, "2026-11-22T01:10:00Z".parse().unwrap());
    let asked = world.chat.take().iter().filter(|(how, ..)| *how == "person").count();
    assert_eq!(asked, 1, "the zone is remembered");
    *world.chat.fails.lock().unwrap() = Some(Trouble::Unreachable("x".into()));
    world.slash("U5", ROOM, "time started 02:10").await;
    assert_eq!(world.incident().await.started_at, "2026-11-22T02:10:00Z".parse().unwrap());
}

#[tokio::test]
async fn both_readings_are_offered_and_can_be_pressed() {
    let world = World::with_incident().await;
    let reply = world.slash("U1", ROOM, "cancel button is broken").await;
    assert!(world.incident().await.is_open());
    let buttons = reply.json()["blocks"][1]["elements"].as_array().unwrap().clone();
    assert_eq!(buttons.len(), 2);
    let press = json!({
        "type": "block_actions", "user": { "id": "U1" }, "channel": { "id": ROOM }, "trigger_id": "t1",
        "container": { "message_ts": "5.000001", "channel_id": ROOM }, "response_url": "https://r.test/1",
        "actions": [buttons[0].clone()],
    });
    assert_eq!(world.interact(&press).await.status, StatusCode::OK);
    assert!(!world.incident().await.is_open());
}

#[tokio::test]
async fn without_an_incident_the_open_ones_are_offered() {
    let world = World::with_incident().await;
    let reply = world.slash("U1", "C9", "log ingestion is down").await;
    let json = reply.json();
    let values = json["blocks"][1]["elements"].as_array().unwrap().iter().filter_map(|b| b["value"].as_str());
    let values: Vec<String> = values.filter_map(ButtonValue::parse).map(|v| v.extra).collect();
    assert_eq!(values, ["INC-1 log ingestion is down", "-- log ingestion is down"]);
}

#[tokio::test]
async fn a_form_is_opened_within_the_request() {
    let world = World::with_incident().await;
    for (channel, text) in [("C9", ""), ("C9", "payments are slow"), (ROOM, "update"), (ROOM, "page")] {
        world.chat.take();
        let reply = world.slash("U1", channel, text).await;
        assert_eq!((reply.status, reply.body.as_str()), (StatusCode::OK, ""), "{text}");
        assert!(world.chat.take().iter().any(|(how, ..)| *how == "open_view"), "{text}");
    }
    *world.chat.fails.lock().unwrap() = Some(Trouble::Refused("expired_trigger_id".into()));
    let reply = world.slash("U1", ROOM, "update").await;
    assert!(reply.text().contains("/incident INC-1 update &lt;text&gt;"), "{}", reply.body);
    assert_eq!(world.door.counters.forms_failed.get(), 1);
}

#[tokio::test]
async fn a_slow_slack_does_not_hold_a_command_up() {
    let world = World::with_incident().await;
    world.chat.hangs.store(true, Ordering::Relaxed);
    let before = tokio::time::Instant::now();
    let reply = world.slash("U3", ROOM, "note the zone of U3 is not known").await;
    assert!(before.elapsed() <= std::time::Duration::from_millis(1100), "{:?}", before.elapsed());
    assert_eq!((reply.status, world.incident().await.entries), (StatusCode::OK, 1));
    let before = tokio::time::Instant::now();
    world.slash("U3", ROOM, "note it is not waited for with every command").await;
    assert!(before.elapsed() < std::time::Duration::from_millis(400), "{:?}", before.elapsed());
    let before = tokio::time::Instant::now();
    let reply = world.slash("U1", ROOM, "update").await;
    assert!(before.elapsed() < std::time::Duration::from_secs(3), "{:?}", before.elapsed());
    assert!(reply.text().contains("nothing was changed"), "{}", reply.body);
}

#[tokio::test]
async fn a_closed_record_is_said_aloud() {
    let world = World::with_incident().await;
    world.store.close().await;
    let reply = world.slash("U1", ROOM, "note x").await;
    assert_eq!(reply.status, StatusCode::OK);
    assert!(!reply.text().is_empty());
}
