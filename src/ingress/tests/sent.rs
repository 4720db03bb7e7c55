//! Forms that are sent.

use super::*;
use crate::{
    incident::What,
    render::ids::{FormMemory, field, form, value},
};

impl World {
    async fn submit(&self, callback: &str, memory: &FormMemory, values: Value) -> Value {
        self.submit_view("V1", callback, memory, values).await
    }

    async fn submit_view(&self, view: &str, callback: &str, memory: &FormMemory, values: Value) -> Value {
        let payload = json!({
            "type": "view_submission", "user": { "id": "U1" }, "trigger_id": "t",
            "view": { "id": view, "hash": "h1", "callback_id": callback, "private_metadata": memory.to_string(),
                "state": { "values": values } },
        });
        self.interact(&payload).await.json()
    }
}

fn one() -> FormMemory {
    FormMemory::of(IncidentId::inc(1))
}

fn text(text: &str) -> Value {
    json!({ "x": { "type": "plain_text_input", "value": text } })
}

fn chosen(value: &str) -> Value {
    json!({ "x": { "type": "static_select", "selected_option": { "value": value } } })
}

#[tokio::test]
async fn a_form_declares_once() {
    let world = World::new().await;
    let memory = FormMemory {
        source: Some(crate::incident::MessageRef { channel: "C5".into(), ts: "1795312800.000100".into() }),
        channel: Some("C5".into()),
        ..FormMemory::default()
    };
    let ticks = json!({ "x": { "selected_options": [{ "value": "data_lost" }, { "value": value::NOT_SURE }] } });
    let values = json!({ field::TITLE: text(" checkout <!here> & cart "), field::CRITERIA: ticks, field::SEVERITY: chosen(value::SUGGESTED) });
    let first = world.submit(form::DECLARE, &memory, values.clone()).await;
    let again = world.submit(form::DECLARE, &memory, values.clone()).await;
    assert_eq!(first, Value::Null, "an empty answer closes the form");
    assert_eq!(first, again);
    let it = world.incident().await;
    assert_eq!((it.title(), it.severity.0), ("checkout <!here> & cart", 1));
    assert_eq!(it.started_at, "2026-11-22T02:00:00.0001Z".parse().unwrap());
    let slip = world.submit_view("V2", form::DECLARE, &memory, values).await;
    assert!(slip.to_string().contains("Declare anyway"), "{slip}");
    assert_eq!(world.recent(9).await.len(), 1);
}

/// [A1] Over all subsets of the criteria and "not sure": declared iff the subset is non-empty; else the words are kept.
#[tokio::test]
async fn it_is_declared_where_anything_is_ticked() {
    let world = World::new().await;
    let ids: Vec<String> = world.door.engine.playbook().criteria.iter().map(|c| c.id.to_string()).collect();
    let all: Vec<&str> = ids.iter().map(String::as_str).chain([value::NOT_SURE]).collect();
    let mut declared = 0;
    for subset in 0..1_u32 << all.len() {
        let ticks = (0..all.len()).filter(|n| subset & (1 << n) != 0).map(|n| json!({ "value": all[n] }));
        let ticks: Vec<Value> = ticks.collect();
        declared += usize::from(!ticks.is_empty());
        let values = json!({
            field::TITLE: text(&format!("trouble{subset}")),
            field::CRITERIA: { "x": { "selected_options": ticks } },
        });
        let reply = world.submit_view(&format!("V{subset}"), form::DECLARE, &FormMemory::default(), values).await;
        assert_eq!(reply.is_null(), !ticks.is_empty(), "{ticks:?}: {reply}");
        assert_eq!(world.recent(999).await.len(), declared, "{ticks:?}");
    }
    let kept = world.door.engine.kept(9).await.unwrap();
    assert_eq!(kept.iter().map(|k| k.text.words()).collect::<Vec<_>>(), [Some("trouble0")]);
}

#[tokio::test]
async fn fields_say_what_is_wrong_with_them() {
    let world = World::with_incident().await;
    let nobody = json!({ "x": { "selected_user": null } });
    let before = world.incident().await.version;
    for (callback, values, field) in [
        (form::DECLARE, json!({ field::TITLE: text("  ") }), field::TITLE),
        (form::DECLARE, json!({ field::TITLE: text(&"x".repeat(10_000)) }), field::TITLE),
        (form::DECLARE, json!({ field::TITLE: text("security: ") }), field::TITLE),
        (form::UPDATE, json!({ field::TEXT: text("") }), field::TEXT),
        (form::UPDATE, json!({ field::TEXT: text(&"x".repeat(10_000)) }), field::TEXT),
        (form::UPDATE, json!({ field::TEXT: text("x"), field::NEXT: chosen(value::AT) }), field::NEXT_AT),
        (form::PHASE, json!({}), field::PHASE),
        (form::PHASE, json!({ field::PHASE: chosen("nonsense") }), field::PHASE),
        (form::SEVERITY, json!({ field::SEVERITY: chosen(value::SUGGESTED) }), field::SEVERITY),
        (form::ROLES, json!({ field::ROLE: chosen("scribe"), field::PERSON: nobody }), field::PERSON),
        (form::ESCALATE, json!({}), field::PEOPLE),
        (form::ESCALATE, json!({ field::POLICY: chosen("gone") }), field::POLICY),
        (form::RENAME, json!({ field::TITLE: text("\u{7}") }), field::TITLE),
        (form::LINK, json!({ field::URL: text("javascript:alert(1)") }), field::URL),
        (form::CANCEL, json!({ field::WHY: text(&"x".repeat(10_000)) }), field::WHY),
    ] {
        let reply = world.submit(callback, &one(), values).await;
        let errors = reply["errors"].as_object().unwrap_or_else(|| panic!("{callback}: {reply}"));
        assert_eq!(errors.keys().collect::<Vec<_>>(), [field], "{callback}");
        assert!(!errors[field].as_str().unwrap().is_empty());
    }
    assert_eq!(world.incident().await.version, before, "nothing changed");
}

#[tokio::test]
async fn forms_change_what_they_say() {
    let world = World::with_incident().await;
    let who = json!({ "x": { "selected_user": "U2" } });
    let next_at = json!({ "x": { "selected_date_time": world.now().as_second() + 3600 } });
    for (n, (callback, values)) in [
        (form::PHASE, json!({ field::PHASE: chosen("identified"), field::WHY: text("found") })),
        (form::SEVERITY, json!({ field::SEVERITY: chosen(value::SUGGESTED), field::SERVICE_IMPACT: chosen("3"), field::CUSTOMER_IMPACT: chosen("1"), field::WHY: text("all of them") })),
        (form::ROLES, json!({ field::ROLE: chosen("scribe"), field::PERSON: who.clone(), field::HOW: chosen(value::NOW) })),
        (form::HAND_OVER, json!({ field::ROLE: chosen("commander"), field::PERSON: who })),
        (form::ESCALATE, json!({ field::PEOPLE: { "x": { "selected_users": ["U4", "U5"] } } })),
        (form::UPDATE, json!({ field::TEXT: text("slow"), field::NEXT: chosen(value::AT), field::NEXT_AT: next_at })),
        (form::RENAME, json!({ field::TITLE: text("cards fail") })),
        (form::LINK, json!({ field::URL: text("https://x.test") })),
    ]
    .into_iter()
    .enumerate()
    {
        let reply = world.submit_view(&format!("V{n}"), callback, &one(), values).await;
        assert_eq!(reply, Value::Null, "{callback}");
    }
    let it = world.incident().await;
    assert_eq!(it.update.due, Some(world.now() + jiff::SignedDuration::from_hours(1)));
    assert_eq!((it.phase.as_str(), it.severity.0, it.title()), ("identified", 1, "cards fail"));
    assert_eq!(it.holder(&"scribe".into()), Some(&"U2".into()));
    assert_eq!(it.roles[&"commander".into()].offer(1).map(|o| o.to.as_str()), Some("U2"));
    assert_eq!((it.pages[0].policy.steps[0].targets.len(), it.links.len()), (2, 1));
}

#[tokio::test]
async fn a_form_about_a_closed_incident_says_what_to_do() {
    let world = World::with_incident().await;
    world.slash("U2", ROOM, "resolve rolled back").await;
    world.slash("U2", ROOM, "close").await;
    let reply = world.submit(form::UPDATE, &one(), json!({ field::TEXT: text("late") })).await;
    assert!(reply["errors"][field::TEXT].as_str().unwrap().contains("/incident INC-1 reopen"), "{reply}");
}

#[tokio::test]
async fn a_preview_shows_what_will_be_posted() {
    let world = World::with_incident().await;
    let button = json!({ "action_id": crate::render::ids::action::PREVIEW,
        "value": crate::render::ids::ButtonValue::of(IncidentId::inc(1)).to_string() });
    let payload = json!({
        "type": "block_actions", "user": { "id": "U1" }, "trigger_id": "t", "actions": [button],
        "container": { "type": "view", "view_id": "V1" },
        "view": { "id": "V1", "hash": "h1", "callback_id": form::UPDATE, "private_metadata": one().to_string(),
            "state": { "values": { field::TEXT: text("all is slow"), field::NEXT: chosen("30") } } },
    });
    world.chat.take();
    world.interact(&payload).await;
    let said = world.chat.told();
    assert_eq!((said[0].0, said[0].1.as_str()), ("update_view", "V1"));
    assert!(said[0].2.to_string().contains("*Status update*"), "{said:?}");
    assert_eq!(world.incident().await.update.count, 0);
}

#[tokio::test]
async fn a_message_from_elsewhere_goes_to_the_incident_that_is_picked() {
    let world = World::with_incident().await;
    world.chat.has_message("1795312800.000100", "U2", "it is slow");
    let shortcut = json!({
        "type": "message_action", "callback_id": "add_to_timeline", "trigger_id": "t1", "user": { "id": "U1" },
        "channel": { "id": "C5" }, "message": { "ts": "1795312800.000100", "user": "U2", "text": "it is slow" },
    });
    world.interact(&shortcut).await;
    let said = world.chat.take();
    let view = &said.iter().find(|(how, ..)| *how == "open_view").unwrap().2;
    let memory = FormMemory::parse(view["private_metadata"].as_str().unwrap());
    let reply = world.submit(form::PICK, &memory, json!({ field::INCIDENT: chosen("INC-1") })).await;
    assert_eq!(reply, Value::Null);
    let history = world.door.engine.history(IncidentId::inc(1)).await.unwrap();
    assert!(matches!(&history.last().unwrap().1.what, What::EntryAdded { author: Some(a), .. } if a.as_str() == "U2"));
}

#[tokio::test]
async fn menus_ask_for_their_options() {
    let world = World::with_incident().await;
    let ask = |typed: &str| json!({ "type": "block_suggestion", "user": { "id": "U1" }, "action_id": "incident", "value": typed });
    let options = world.interact(&ask("CHECK")).await.json()["options"].clone();
    assert_eq!(options[0]["value"], "INC-1");
    assert_eq!(world.interact(&ask("zebra")).await.json()["options"], json!([]));
}
