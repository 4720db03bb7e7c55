//! `POST /hooks/report`: what customers report, through a program that has a token.
//!
//! ```text
//! Authorization: Bearer <token>
//! {"key": "case-4711", "text": "…", "reporter": "Acme, Jane", "at": "2026-11-22T03:00:00Z"}
//! ```
//!
//! `key` makes the report itself: a delivery that comes again with the same one, at any time, changes nothing and gets the
//! same reference.

use std::sync::Arc;

use axum::{
    Json,
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header::AUTHORIZATION};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::{Door, router::read, words};
use crate::{
    command::plain,
    config::ApiToken,
    engine::{Refusal, report_key},
    incident::{
        Actor,
        case::{Source, make_report},
    },
};

/// The largest report that is read.
const LIMIT: usize = 64 * 1024;
/// The longest key.
const KEY: usize = 200;

/// A report as a program sends it.
#[derive(Deserialize)]
struct Sent {
    key: String,
    text: String,
    #[serde(default)]
    reporter: Option<String>,
    #[serde(default)]
    at: Option<Timestamp>,
}

/// Takes a report; answers with its reference, and with nothing else.
pub async fn report(door: Arc<Door>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Some(name) = caller(&door.api_tokens, &parts.headers).map(str::to_owned) else {
        door.counters.unsigned.up();
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let body = match read(body, LIMIT).await {
        Ok(body) => body,
        Err(status) => {
            if status == StatusCode::PAYLOAD_TOO_LARGE {
                door.counters.oversized.up();
            }
            return status.into_response();
        }
    };
    let sent = match serde_json::from_slice::<Sent>(&body) {
        Ok(sent) if !sent.key.trim().is_empty() && sent.key.len() <= KEY => sent,
        Ok(_) => return refused(&format!("`key` must have 1 to {KEY} characters: what makes this report itself.")),
        Err(e) => return refused(&format!("This is not a report: {e}. Send JSON with `key` and `text`.")),
    };
    let key = report_key(&format!("hook/{name}/{}", sent.key));
    let (now, source) = (door.clock().now(), Source::Hook(name));
    let made = match make_report(&sent.text, sent.reporter.as_deref(), source, sent.at, key, now) {
        Ok(made) => made,
        Err(why) => return refused(&plain(&words::refused(&door, &Refusal::Rejected { why, incident: None }).text)),
    };
    match door.engine.file_report(&Actor::Bot, made).await {
        Ok((report, fresh)) => {
            let status = if fresh { StatusCode::CREATED } else { StatusCode::OK };
            (status, Json(json!({ "reference": format!("R-{}", report.number) }))).into_response()
        }
        Err(refusal) => {
            // Whoever sends it may send it again: the key keeps it from being two.
            tracing::error!(error = %refusal, "a report could not be kept");
            door.counters.failed.up();
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

fn refused(sentence: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": sentence }))).into_response()
}

/// Whose token this is.
fn caller<'a>(tokens: &'a [ApiToken], headers: &HeaderMap) -> Option<&'a str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    tokens.iter().find(|known| known.is(token.trim())).map(|known| known.name.as_str())
}
