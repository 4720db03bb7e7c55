//! What stands before the bot in a deployment: lets through what comes for it from elsewhere than the workspace.

use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::LARGEST;
use crate::sandbox::shell::Shell;

/// Of one connection only.
const OWN: [header::HeaderName; 4] =
    [header::HOST, header::CONNECTION, header::CONTENT_LENGTH, header::TRANSFER_ENCODING];

fn without_own(headers: &mut HeaderMap) {
    for name in OWN {
        headers.remove(name);
    }
}

/// Passes a request on, and the answer back.
pub async fn pass(State(shell): State<Arc<Shell>>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    without_own(&mut parts.headers);
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let Ok(body) = to_bytes(body, LARGEST).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let url = format!("{}{path}", shell.bot_url());
    let sent = shell.http.request(parts.method, url).headers(parts.headers).body(body).send().await;
    match sent {
        Ok(answer) => {
            let mut headers = answer.headers().clone();
            without_own(&mut headers);
            let (status, body) = (answer.status(), answer.bytes().await.unwrap_or_default());
            (status, headers, Body::from(body)).into_response()
        }
        Err(_) => (StatusCode::BAD_GATEWAY, "The bot does not answer.").into_response(),
    }
}
