//! incident.io.

use std::collections::BTreeMap;

use axum::{
    Json, Router,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::StatusCode;
use serde_json::{Value, json};

use super::{Memory, PAGE, Posted, Said, Shared, refused, text};

pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/v2/status_page_structures/{page}", get(structure))
        .route("/v2/status_page_incidents", post(begin))
        .route("/v2/status_page_incidents/{id}", get(incident).put(rename))
        .route("/v2/status_page_incident_updates", post(go_on))
}

fn json(memory: &Memory, it: &Posted) -> Value {
    let update = |said: &Said| {
        json!({ "id": said.id, "message": said.body, "incident_status": said.status, "published_at": said.at,
                "status_page_incident_id": it.id, "component_statuses": [] })
    };
    let open = it.components.iter().filter(|id| it.status != "resolved" && memory.components[*id] != "operational");
    let impacts = open.map(|id| json!({ "component_id": id, "component_status": "partial_outage", "start_at": "x" }));
    json!({ "status_page_incident": {
        "id": it.id, "name": it.name, "incident_status": it.status, "status_page_id": PAGE,
        "component_impacts": impacts.collect::<Vec<_>>(), "updates": it.updates.iter().map(update).collect::<Vec<_>>(),
    }})
}

async fn structure(State(memory): State<Shared>) -> Json<Value> {
    let memory = memory.lock().expect("a lock");
    let one = |id: &str| json!({ "component_id": id, "name": id.replace("there-", "") });
    let mut all = memory.components.keys().map(|id| one(id));
    let first = json!({ "component": all.next() });
    let others = json!({ "group": { "id": "g", "name": "Shop", "components": all.collect::<Vec<_>>() } });
    Json(json!({ "current_structure": { "items": [first, others] } }))
}

fn statuses(body: &Value) -> BTreeMap<String, String> {
    let all = body["component_statuses"].as_array().into_iter().flatten();
    let ours = |status: &str| if status == "full_outage" { "major_outage".to_owned() } else { status.to_owned() };
    all.map(|it| (text(&it["component_id"]), ours(&text(&it["component_status"])))).collect()
}

/// Too long, on a component that is not there, or resolved with components.
fn is_sound(memory: &Memory, body: &Value) -> bool {
    let fits = text(&body["message"]).chars().count() <= 4096 && text(&body["name"]).chars().count() <= 200;
    let over = body["incident_status"] == "resolved" && !body["component_statuses"].is_null();
    fits && !over && body["notify_subscribers"].is_boolean() && memory.knows(&statuses(body))
}

/// Trouble that is over touches nothing there, by itself.
fn say(memory: &mut Memory, id: &str, body: &Value) -> String {
    let mut components = statuses(body);
    if body["incident_status"] == "resolved" {
        let touched = memory.incident(id).expect("an incident").components.clone();
        components.extend(touched.into_iter().map(|id| (id, "operational".to_owned())));
    }
    let (status, notified) = (text(&body["incident_status"]), body["notify_subscribers"] == true);
    memory.say(id, &text(&body["message"]), &status, notified, &components)
}

async fn begin(State(memory): State<Shared>, Json(body): Json<Value>) -> Response {
    let mut memory = memory.lock().expect("a lock");
    let key = text(&body["idempotency_key"]);
    if !is_sound(&memory, &body) || key.is_empty() || body["status_page_id"] != PAGE {
        return refused("not sound");
    }
    let known = memory.incidents.iter().find(|it| it.key.as_deref() == Some(key.as_str())).map(|it| it.id.clone());
    let id = known.unwrap_or_else(|| {
        let id = memory.begin(Posted { name: text(&body["name"]), key: Some(key), ..Posted::default() });
        say(&mut memory, &id, &body);
        id
    });
    let it = memory.incidents.iter().find(|it| it.id == id).expect("begun");
    (StatusCode::CREATED, Json(json(&memory, it))).into_response()
}

async fn incident(State(memory): State<Shared>, Path(id): Path<String>) -> Response {
    let memory = memory.lock().expect("a lock");
    let found = memory.incidents.iter().find(|it| it.id == id);
    found.map_or(StatusCode::NOT_FOUND.into_response(), |it| Json(json(&memory, it)).into_response())
}

async fn rename(State(memory): State<Shared>, Path(id): Path<String>, Json(body): Json<Value>) -> Response {
    let mut memory = memory.lock().expect("a lock");
    let Some(it) = memory.incident(&id) else { return StatusCode::NOT_FOUND.into_response() };
    it.name = text(&body["name"]);
    Json(json!({ "status_page_incident": { "id": id } })).into_response()
}

async fn go_on(State(memory): State<Shared>, Json(body): Json<Value>) -> Response {
    let mut memory = memory.lock().expect("a lock");
    let id = text(&body["status_page_incident_id"]);
    let open = memory.incident(&id).is_some_and(|it| it.status != "resolved");
    if !open || !is_sound(&memory, &body) {
        return refused("not sound");
    }
    let update = say(&mut memory, &id, &body);
    (StatusCode::CREATED, Json(json!({ "status_page_incident_update": { "id": update } }))).into_response()
}
