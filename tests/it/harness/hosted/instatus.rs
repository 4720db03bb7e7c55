//! Instatus.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    Json, Router,
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use http::StatusCode;
use serde_json::{Value, json};

use super::{Memory, Posted, Said, Shared, refused, reword as changed, text};

pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/{page}/components", get(components))
        .route("/v1/{page}/incidents", get(incidents).post(begin))
        .route("/v1/{page}/incidents/{id}", get(incident))
        .route("/v1/{page}/incidents/{id}/incident-updates", post(go_on))
        .route("/v1/{page}/incidents/{id}/incident-updates/{update}", put(reword))
}

fn json(it: &Posted) -> Value {
    let update = |said: &Said| {
        json!({ "id": said.id, "message": said.body, "status": said.status.to_uppercase(), "notify": said.notified,
                "started": said.at, "createdAt": said.at })
    };
    let components = it.components.iter().map(|id| json!({ "id": id, "name": id }));
    json!({
        "id": it.id, "name": it.name, "status": it.status.to_uppercase(), "started": it.started,
        "components": components.collect::<Vec<_>>(), "updates": it.updates.iter().map(update).collect::<Vec<_>>(),
    })
}

async fn components(State(memory): State<Shared>) -> Json<Value> {
    let memory = memory.lock().expect("a lock");
    let gone = json!({ "id": "there-old", "name": "old", "archivedAt": "2026-01-01T00:00:00.000Z" });
    let all = memory.components.keys();
    let all = all.map(|id| json!({ "id": id, "name": id.replace("there-", ""), "archivedAt": null }));
    Json(all.chain([gone]).collect())
}

async fn incidents(State(memory): State<Shared>, request: Request) -> Json<Value> {
    let open = request.uri().query().is_some_and(|query| query.contains("status="));
    let memory = memory.lock().expect("a lock");
    Json(memory.incidents.iter().rev().filter(|it| !open || it.status != "resolved").map(json).collect())
}

async fn incident(State(memory): State<Shared>, Path((_, id)): Path<(String, String)>) -> Response {
    let memory = memory.lock().expect("a lock");
    let found = memory.incidents.iter().find(|it| it.id == id);
    found.map_or(StatusCode::NOT_FOUND.into_response(), |it| Json(json(it)).into_response())
}

fn statuses(body: &Value) -> BTreeMap<String, String> {
    let ours = |status: &str| match status {
        "PARTIALOUTAGE" => "partial_outage",
        "MAJOROUTAGE" => "major_outage",
        "DEGRADEDPERFORMANCE" => "degraded_performance",
        "UNDERMAINTENANCE" => "under_maintenance",
        _ => "operational",
    };
    let all = body["statuses"].as_array().into_iter().flatten();
    all.map(|it| (text(&it["id"]), ours(&text(&it["status"])).to_owned())).collect()
}

fn say(memory: &mut Memory, id: &str, body: &Value) -> Result<String, &'static str> {
    let statuses = statuses(body);
    let components: BTreeSet<String> = serde_json::from_value(body["components"].clone()).map_err(|_| "components")?;
    if !body["statuses"].is_array() || !memory.knows(&statuses) || statuses.keys().any(|id| !components.contains(id)) {
        return Err("statuses");
    }
    let (status, notified) = (text(&body["status"]).to_lowercase(), body["notify"] == true);
    if !body["notify"].is_boolean() || !["investigating", "identified", "monitoring", "resolved"].contains(&&*status) {
        return Err("status or notify");
    }
    Ok(memory.say(id, &text(&body["message"]), &status, notified, &statuses))
}

async fn begin(State(memory): State<Shared>, Json(body): Json<Value>) -> Response {
    let mut memory = memory.lock().expect("a lock");
    if text(&body["name"]).is_empty() || body["shouldPublish"] != true {
        return refused("name");
    }
    let (name, started) = (text(&body["name"]), text(&body["started"]));
    let id = memory.begin(Posted { name, started, ..Posted::default() });
    match say(&mut memory, &id, &body) {
        Ok(_) => Json(json(memory.incident(&id).expect("begun"))).into_response(),
        Err(why) => {
            memory.incidents.pop();
            refused(why)
        }
    }
}

async fn go_on(
    State(memory): State<Shared>,
    Path((_, id)): Path<(String, String)>,
    Json(body): Json<Value>,
) -> Response {
    let mut memory = memory.lock().expect("a lock");
    if memory.incident(&id).is_none() {
        return StatusCode::NOT_FOUND.into_response();
    }
    match say(&mut memory, &id, &body) {
        Ok(update) => Json(json!({ "id": update, "message": body["message"] })).into_response(),
        Err(why) => refused(why),
    }
}

async fn reword(
    State(memory): State<Shared>,
    Path((_, id, update)): Path<(String, String, String)>,
    Json(body): Json<Value>,
) -> Response {
    if body["status"].is_null() || body["started"].is_null() || body["notify"].is_null() {
        return refused("status, started or notify");
    }
    changed(&memory, (&id, &update), &body["message"])
}
