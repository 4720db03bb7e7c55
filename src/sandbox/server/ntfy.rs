//! The part of ntfy that publishes: who is subscribed to a topic has it for a name.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::sandbox::{phones::NTFY_TOKEN, shell::Shell, state::Arrived};

/// From this priority on it is heard although the telephone is silent.
const URGENT: u64 = 5;

/// `POST /ntfy/`
pub async fn publish(State(shell): State<Arc<Shell>>, headers: HeaderMap, Json(push): Json<Value>) -> Response {
    let own = format!("Bearer {NTFY_TOKEN}");
    if headers.get(header::AUTHORIZATION).is_none_or(|by| by.as_bytes() != own.as_bytes()) {
        return (StatusCode::FORBIDDEN, Json(json!({ "error": "forbidden" }))).into_response();
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let offers = push["actions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let links = offers.iter().map(|offer| (text(&offer["label"]), text(&offer["url"]))).collect();
    let what = Arrived::Push {
        title: text(&push["title"]),
        words: text(&push["message"]),
        urgent: push["priority"].as_u64().is_some_and(|priority| priority >= URGENT),
        links,
        sequence: text(&push["sequence_id"]),
    };
    let id = shell.with(|ws| {
        let id = ws.fresh("P");
        // A topic that nobody has subscribed to takes what comes, as everywhere.
        let user = ws.find_user(&text(&push["topic"])).map(|user| user.id.clone());
        if let Some(user) = user.filter(|user| ws.number_of(user).is_some()) {
            ws.arrive(id.clone(), &user, what);
        }
        id
    });
    Json(json!({ "id": id, "event": "message" })).into_response()
}
