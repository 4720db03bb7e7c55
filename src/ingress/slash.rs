//! `POST /slack/commands`

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::StatusCode;

use super::{
    Door,
    dispatch::{Spoken, dispatch},
    inbound::Slash,
    message,
};
use crate::ids::{ChannelId, UserId};

pub async fn answer(door: &Door, body: &[u8]) -> Response {
    let Ok(slash) = serde_urlencoded::from_bytes::<Slash>(body) else { return not_understood(door) };
    if slash.ssl_check.as_deref() == Some("1") {
        return StatusCode::OK.into_response();
    }
    take(door, slash).await
}

/// A command that Slack brought, in whichever way.
pub async fn take(door: &Door, slash: Slash) -> Response {
    let Some(me) = slash.user_id.filter(|id| !id.is_empty()).map(UserId) else { return not_understood(door) };
    door.counters.commands.up();
    let channel = slash.channel_id.filter(|id| !id.is_empty()).map(ChannelId);
    let spoken = Spoken {
        key: slash.trigger_id.as_ref().map(|id| format!("slash/{id}")),
        channel: channel.as_ref(),
        trigger: slash.trigger_id.as_deref(),
        reply: slash.response_url.as_deref(),
        text: slash.text.as_deref().unwrap_or_default(),
        ..Spoken::by(&me)
    };
    match dispatch(door, &spoken).await.message() {
        None => StatusCode::OK.into_response(),
        Some(said) => Json(message::ephemeral(&said)).into_response(),
    }
}

pub(super) fn not_understood(door: &Door) -> Response {
    door.counters.not_understood.up();
    Json(message::ephemeral(&message::say(message::NOT_UNDERSTOOD))).into_response()
}
