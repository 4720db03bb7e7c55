//! Atlassian Statuspage.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    Json, Router,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::{get, patch},
};
use http::StatusCode;
use serde_json::{Value, json};

use super::{Memory, PAGE, Posted, Said, Shared, refused, reword as changed, text};

pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/pages/{page}/components", get(components))
        .route("/v1/pages/{page}/incidents", get(incidents).post(begin))
        .route("/v1/pages/{page}/incidents/unresolved", get(unresolved))
        .route("/v1/pages/{page}/incidents/{id}", get(incident).patch(go_on))
        .route("/v1/pages/{page}/incidents/{id}/incident_updates/{update}", patch(reword))
}

fn json(memory: &Memory, it: &Posted) -> Value {
    let component = |id: &String| json!({ "id": id, "name": id, "status": memory.components[id], "group": false });
    let update = |said: &Said| {
        let affected =
            said.components.iter().map(|(id, status)| json!({ "code": id, "name": id, "new_status": status }));
        json!({
            "id": said.id, "incident_id": it.id, "body": said.body, "status": said.status, "created_at": said.at,
            "deliver_notifications": said.notified, "affected_components": affected.collect::<Vec<_>>(),
        })
    };
    json!({
        "id": it.id, "name": it.name, "status": it.status, "metadata": it.metadata, "page_id": PAGE,
        "shortlink": format!("http://stspg.io/{}", it.id),
        "components": it.components.iter().map(component).collect::<Vec<_>>(),
        "incident_updates": it.updates.iter().rev().map(update).collect::<Vec<_>>(),
    })
}

async fn components(State(memory): State<Shared>) -> Json<Value> {
    let memory = memory.lock().expect("a lock");
    let group = json!({ "id": "there-shop", "name": "Shop", "group": true });
    let all = memory.components.keys().map(|id| json!({ "id": id, "name": id.replace("there-", ""), "group": false }));
    Json(all.chain([group]).collect())
}

async fn incidents(State(memory): State<Shared>) -> Json<Value> {
    let memory = memory.lock().expect("a lock");
    Json(memory.incidents.iter().rev().map(|it| json(&memory, it)).collect())
}

async fn unresolved(State(memory): State<Shared>) -> Json<Value> {
    let memory = memory.lock().expect("a lock");
    let open = memory.incidents.iter().rev().filter(|it| it.status != "resolved");
    Json(open.map(|it| json(&memory, it)).collect())
}

async fn incident(State(memory): State<Shared>, Path((_, id)): Path<(String, String)>) -> Response {
    let memory = memory.lock().expect("a lock");
    let found = memory.incidents.iter().find(|it| it.id == id);
    found.map_or(StatusCode::NOT_FOUND.into_response(), |it| Json(json(&memory, it)).into_response())
}

/// What is said, as it goes into the memory; why not, where it does not.
fn say(memory: &mut Memory, id: Option<String>, body: &Value) -> Result<String, &'static str> {
    let it = &body["incident"];
    let components: BTreeMap<String, String> = serde_json::from_value(it["components"].clone()).unwrap_or_default();
    let ids: BTreeSet<String> = serde_json::from_value(it["component_ids"].clone()).unwrap_or_default();
    if !memory.knows(&components) || components.keys().any(|id| !ids.contains(id)) {
        return Err("components");
    }
    if text(&it["name"]).is_empty() || text(&it["name"]).chars().count() > 255 {
        return Err("name");
    }
    let top = it["metadata"].as_object().is_some_and(|all| all.values().all(Value::is_object));
    if !top || !it["deliver_notifications"].is_boolean() {
        return Err("metadata or deliver_notifications");
    }
    let backfilled = it["backfill_date"].as_str().map(str::to_owned);
    if backfilled.is_some() != (it["backfilled"] == true) || (backfilled.is_some() && !ids.is_empty()) {
        return Err("backfilled");
    }
    let id = id.unwrap_or_else(|| memory.begin(Posted::default()));
    let found = memory.incident(&id).ok_or("no such incident")?;
    found.name = text(&it["name"]);
    found.metadata = it["metadata"].clone();
    found.backfilled = backfilled.or_else(|| found.backfilled.take());
    memory.say(&id, &text(&it["body"]), &text(&it["status"]), it["deliver_notifications"] == true, &components);
    Ok(id)
}

fn answer(memory: &Shared, id: Option<String>, body: &Value, status: StatusCode) -> Response {
    let mut memory = memory.lock().expect("a lock");
    match say(&mut memory, id, body) {
        Ok(id) => {
            let it = memory.incidents.iter().find(|it| it.id == id).expect("said");
            (status, Json(json(&memory, it))).into_response()
        }
        Err(why) => refused(why),
    }
}

async fn begin(State(memory): State<Shared>, Json(body): Json<Value>) -> Response {
    answer(&memory, None, &body, StatusCode::CREATED)
}

async fn go_on(
    State(memory): State<Shared>,
    Path((_, id)): Path<(String, String)>,
    Json(body): Json<Value>,
) -> Response {
    answer(&memory, Some(id), &body, StatusCode::OK)
}

async fn reword(
    State(memory): State<Shared>,
    Path((_, id, update)): Path<(String, String, String)>,
    Json(body): Json<Value>,
) -> Response {
    changed(&memory, (&id, &update), &body["incident_update"]["body"])
}
