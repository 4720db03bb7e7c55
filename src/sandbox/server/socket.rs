//! `GET /socket/<ticket>`: a connection over which the workspace brings things to the bot (Socket Mode).

use std::sync::Arc;

use axum::{
    extract::{
        Path, State,
        ws::{Message, WebSocket, WebSocketUpgrade},
    },
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::Value;

use crate::sandbox::{sender::Out, shell::Shell};

/// Lets the bot in that has a ticket.
pub async fn connect(
    State(shell): State<Arc<Shell>>,
    Path(ticket): Path<String>,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !shell.sockets.has(&ticket) {
        return (StatusCode::FORBIDDEN, "no such ticket").into_response();
    }
    upgrade.on_upgrade(move |socket| serve(shell, ticket, socket))
}

async fn serve(shell: Arc<Shell>, ticket: String, mut socket: WebSocket) {
    if !shell.sockets.is_on() {
        let frame = r#"{"type":"disconnect","reason":"link_disabled"}"#;
        // Gone already is told enough.
        drop(socket.send(Message::text(frame)).await);
        return;
    }
    let Some((id, mut out)) = shell.sockets.open(&ticket) else { return };
    let mut stop = shell.stop.subscribe();
    let stopped = async move { drop(stop.wait_for(|stop| *stop).await) };
    tokio::pin!(stopped);
    loop {
        let goes_on = tokio::select! {
            sent = out.recv() => match sent {
                Some(Out::Frame(frame)) => socket.send(Message::text(frame)).await.is_ok(),
                Some(Out::Cut) | None => false,
            },
            heard = socket.recv() => match heard {
                Some(Ok(Message::Text(text))) => {
                    acknowledged(&shell, &text);
                    true
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Binary(_))) => true,
                Some(Ok(Message::Close(_)) | Err(_)) | None => false,
            },
            () = &mut stopped => false,
        };
        if !goes_on {
            break;
        }
    }
    shell.sockets.close(id);
}

fn acknowledged(shell: &Shell, text: &str) {
    let Ok(answer) = serde_json::from_str::<Value>(text) else { return };
    let Some(envelope) = answer["envelope_id"].as_str() else { return };
    shell.sockets.acknowledge(envelope, answer.get("payload").cloned());
}
