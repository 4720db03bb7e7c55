//! Buttons, menus and shortcuts.

use http::StatusCode;

use super::*;
use crate::{
    incident::What,
    paging::PageState,
    ports::Trouble,
    render::ids::{ButtonValue, action},
};

impl World {
    /// Presses a button of the message with this time stamp.
    async fn press(&self, user: &str, ts: &str, id: &str, value: &ButtonValue) -> Reply {
        let button = json!({ "action_id": id, "block_id": "x", "type": "button", "value": value.to_string() });
        self.interact(&json!({
            "type": "block_actions", "user": { "id": user }, "team": null, "trigger_id": format!("t{}", self.next()),
            "channel": { "id": ROOM }, "container": { "type": "message", "message_ts": ts, "channel_id": ROOM },
            "response_url": "https://r.test/1", "actions": [button],
        }))
        .await
    }
}

fn one() -> ButtonValue {
    ButtonValue::of(IncidentId::inc(1))
}

#[tokio::test]
async fn the_next_phase_is_one_press_away_and_once() {
    let world = World::with_incident().await;
    let next = one().version(2).extra("identified");
    for _ in 0..2 {
        let reply = world.press("U2", "5.000001", action::NEXT_PHASE, &next).await;
        assert_eq!((reply.status, reply.body.as_str()), (StatusCode::OK, ""));
    }
    assert_eq!(world.incident().await.phase.as_str(), "identified");
    let said = world.chat.take();
    let told: Vec<String> =
        said.iter().filter(|(how, ..)| *how == "respond").map(|(.., what)| what.to_string()).collect();
    assert_eq!(told.len(), 1, "the same press again is no news: {told:?}");
    assert!(told[0].contains("Still missing for _Investigating_: the impact"), "{told:?}");
    world.press("U3", "5.000001", action::NEXT_PHASE, &next).await;
    let said = world.chat.told();
    assert_eq!(said[0].0, "respond");
    assert!(said[0].2["text"].as_str().unwrap().contains("so already"), "{said:?}");
}

#[tokio::test]
async fn an_old_card_does_not_turn_back() {
    let world = World::with_incident().await;
    world.slash("U1", ROOM, "phase monitoring").await;
    world.press("U2", "5.000001", action::NEXT_PHASE, &one().version(2).extra("identified")).await;
    assert_eq!(world.incident().await.phase.as_str(), "monitoring");
    let said = world.chat.take();
    assert!(
        said.iter().any(|(how, _, what)| *how == "respond" && what["text"].as_str().unwrap().contains("has gone on"))
    );
}

#[tokio::test]
async fn one_of_two_who_accept_wins() {
    let world = World::with_incident().await;
    world.slash("U1", ROOM, "unassign commander").await;
    for user in ["U2", "U3"] {
        world.press(user, "5.000001", &format!("{}.commander", action::TAKE), &one().extra("commander")).await;
    }
    assert_eq!(world.incident().await.lead(), Some(&"U2".into()));
    let said = world.chat.take();
    assert!(
        said.iter().any(|(how, _, what)| *how == "respond" && what["text"].as_str().unwrap().contains("<@U2> has"))
    );
}

#[tokio::test]
async fn a_page_is_acknowledged_and_passed_on() {
    let world = World::with_incident().await;
    world.slash("U1", ROOM, "page <@U4|dan>").await;
    let page = || async { world.incident().await.pages[0].clone() };
    let stale = one().number(1).version(99);
    world.press("U4", "6.000001", action::PASS_ON, &stale).await;
    assert_eq!(page().await.step, 0);
    let seen = one().number(1).version(page().await.version);
    world.press("U4", "6.000001", action::PASS_ON, &seen).await;
    assert!(page().await.at_fallback());
    world.press("U4", "6.000001", action::ACKNOWLEDGE, &seen).await;
    assert!(matches!(page().await.state, PageState::Acknowledged { .. }));
    world.chat.take();
    world.press("U5", "6.000001", action::ACKNOWLEDGE, &seen).await;
    let said = world.chat.told();
    assert!(said[0].2["text"].as_str().unwrap().contains("<@U4> acknowledged"), "{said:?}");
}

#[tokio::test]
async fn buttons_and_menus_open_forms() {
    let world = World::with_incident().await;
    let menu = |what: &str| (action::MENU.to_owned(), one().extra(what));
    let cases = [
        ((action::UPDATE.to_owned(), one()), "update"),
        ((format!("{}.INC-1", action::UPDATE), one()), "update"),
        ((action::PHASE.to_owned(), one()), "phase"),
        ((action::ROLES.to_owned(), one()), "roles"),
        ((action::ESCALATE.to_owned(), one()), "escalate"),
        ((action::HAND_OVER.to_owned(), one().extra("commander")), "handover"),
        ((action::REOPEN.to_owned(), one()), "reopen"),
        ((action::DECLARE.to_owned(), ButtonValue::default()), "declare"),
        (menu("severity"), "severity"),
        (menu("rename"), "rename"),
        (menu("link"), "link"),
        (menu("resolve"), "resolve"),
        (menu("cancel"), "cancel"),
    ];
    for ((id, value), form) in cases {
        world.chat.take();
        world.press("U1", "5.000001", &id, &value).await;
        let opened: Vec<_> =
            world.chat.told().into_iter().map(|(how, _, view)| (how, view["callback_id"].clone())).collect();
        assert_eq!(opened, [("open_view", json!(form))], "{id}");
    }
    world.slash("U1", ROOM, "resolve rolled back").await;
    let overflow =
        json!({ "action_id": action::MENU, "selected_option": { "value": one().extra("close").to_string() } });
    let payload =
        json!({ "type": "block_actions", "user": { "id": "U1" }, "channel": { "id": ROOM }, "actions": [overflow] });
    world.interact(&payload).await;
    assert!(!world.incident().await.is_open());
}

#[tokio::test]
async fn an_unknown_button_is_no_silence() {
    let world = World::with_incident().await;
    for (id, value) in [("tomorrow.thing", one()), (action::ACCEPT, ButtonValue::default())] {
        world.press("U1", "5.000001", id, &value).await;
        assert!(world.chat.take().iter().any(|(how, ..)| *how == "respond"), "{id}");
    }
    assert_eq!(world.door.counters.not_understood.get(), 2);
    // Where the address of the press does not work, the word is said where it happened.
    let gone = one().extra("monitoring");
    *world.chat.fails.lock().unwrap() = Some(Trouble::Refused("used_url".into()));
    assert_eq!(world.press("U1", "5.000001", action::ACCEPT, &gone).await.status, StatusCode::OK);
}

#[tokio::test]
async fn declare_anyway_declares_the_same() {
    let world = World::new().await;
    world.slash("U1", "C1", "declare sev1 a &lt; b").await;
    let slip = world.slash("U1", "C1", "declare sev1 a &lt; b").await;
    let button = slip.json()["blocks"][1]["elements"][0].clone();
    assert_eq!(button["action_id"], action::DECLARE_ANYWAY);
    let press = json!({ "type": "block_actions", "user": { "id": "U1" }, "channel": { "id": "C1" },
        "container": { "message_ts": "7.000001" }, "actions": [button] });
    for _ in 0..2 {
        world.interact(&press).await;
    }
    let all = world.recent(9).await;
    assert_eq!(all.len(), 2);
    assert!(all.iter().all(|it| it.title() == "a < b" && it.severity.0 == 1), "{all:?}");
}

#[tokio::test]
async fn shortcuts_open_the_form() {
    let world = World::with_incident().await;
    world
        .interact(&json!({ "type": "shortcut", "callback_id": "declare", "trigger_id": "t1", "user": { "id": "U1" } }))
        .await;
    world
        .interact(&json!({
            "type": "message_action", "callback_id": "declare_from_message", "trigger_id": "t2", "user": { "id": "U1" },
            "channel": { "id": "C5" }, "message": { "ts": "1795312800.000100", "user": "U2", "text": "\ncart &amp; <@U3|cy> hang\nmore" },
        }))
        .await;
    let said = world.chat.take();
    let views: Vec<&Value> = said.iter().filter(|(how, ..)| *how == "open_view").map(|(.., view)| view).collect();
    assert_eq!(views.len(), 2);
    let text = views[1].to_string();
    assert!(text.contains("cart & @cy hang") && text.contains("1795312800.000100"), "{text}");
}

#[tokio::test]
async fn the_message_shortcut_keeps_a_message_once() {
    let world = World::with_incident().await;
    let add = |channel: &str| {
        json!({
            "type": "message_action", "callback_id": "add_to_timeline", "trigger_id": "t1", "user": { "id": "U1" },
            "channel": { "id": channel }, "response_url": "https://r.test/1",
            "message": { "ts": "1795312800.000100", "user": "U2", "text": "it is slow" },
        })
    };
    world.interact(&add(ROOM)).await;
    world.chat.take();
    world.interact(&add(ROOM)).await;
    assert!(world.chat.take()[0].2["text"].as_str().unwrap().contains("already"));
    let history = world.door.engine.history(IncidentId::inc(1)).await.unwrap();
    assert_eq!(history.iter().filter(|(_, e)| matches!(e.what, What::EntryAdded { .. })).count(), 1);
}
