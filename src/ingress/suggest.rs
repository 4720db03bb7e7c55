//! Options for menus that ask for them while someone types.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{Door, inbound::Interaction};
use crate::ids::UserId;

/// The most that Slack shows.
const MOST: usize = 100;
/// The longest text and value of an option.
const LONGEST: usize = 75;

/// Policies where the menu is about them, else incidents that go on. If the record cannot be read there is nothing to
/// choose.
pub async fn options(door: &Door, it: &Interaction, me: &UserId) -> Response {
    let typed = it.value.as_deref().unwrap_or_default().trim().to_lowercase();
    let menu = it.action_id.as_deref().or(it.block_id.as_deref()).unwrap_or_default();
    let fits = |text: &str| typed.is_empty() || text.to_lowercase().contains(&typed);
    let options: Vec<Value> = if menu.contains("policy") {
        let policies = &door.engine.settings().policies;
        policies.iter().filter(|p| fits(&p.name)).take(MOST).map(|p| option(&p.name, &p.name)).collect()
    } else {
        let open = door.lists(me).await.open(MOST).await.unwrap_or_else(|e| {
            tracing::error!(error = %e, "open incidents cannot be listed");
            Vec::new()
        });
        let titled = open.iter().map(|it| (format!("{} {}", it.id, it.called()), it.id.to_string()));
        titled.filter(|(text, _)| fits(text)).map(|(text, id)| option(&text, &id)).collect()
    };
    Json(json!({ "options": options })).into_response()
}

fn option(text: &str, value: &str) -> Value {
    let text: String = text.chars().take(LONGEST).collect();
    json!({ "text": { "type": "plain_text", "text": text }, "value": value })
}
