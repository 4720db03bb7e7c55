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
use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::{
    HeaderMap, StatusCode,
    header::{AUTHORIZATION, WWW_AUTHENTICATE},
};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{Door, body::read};
use crate::{
    command::plain,
    config::ApiToken,
    engine::{Refusal, report_key},
    incident::{
        Actor,
        case::{Source, make_report},
    },
    playbook::hint,
};

/// The largest report that is read.
const LIMIT: usize = 64 * 1024;
/// The longest key.
const KEY: usize = 200;

/// What a report may have.
const FIELDS: [&str; 4] = ["key", "text", "reporter", "at"];
/// The longest part of what was sent that is repeated in the answer.
const REPEATED: usize = 60;

/// A report as a program sends it.
struct Sent {
    key: String,
    text: String,
    reporter: Option<String>,
    at: Option<Timestamp>,
}

impl Sent {
    /// Reads it, or says in a sentence what to send instead. What is not known is not dropped in silence: it may have been
    /// a time.
    fn read(body: &[u8]) -> Result<Self, String> {
        const SHAPE: &str = "Send a JSON object such as {\"key\": \"case-4711\", \"text\": \"We cannot pay\"}";
        let body: Value = serde_json::from_slice(body).map_err(|e| format!("This is not JSON ({e}). {SHAPE}."))?;
        let Value::Object(fields) = body else { return Err(format!("This is not a report. {SHAPE}.")) };
        if let Some(unknown) = fields.keys().find(|name| !FIELDS.contains(&name.as_str())) {
            return Err(format!("There is no field `{}`{}", short(unknown), hint(unknown, &FIELDS)));
        }
        let (key, text) = (words(&fields, "key")?, words(&fields, "text")?);
        let key = key.ok_or("`key` is missing. It makes this report itself: the number of the case, for example.")?;
        if key.trim().is_empty() || key.len() > KEY {
            return Err(format!("`key` must have 1 to {KEY} bytes: what makes this report itself."));
        }
        let text = text.ok_or("`text` is missing: what the customer reports, in words.")?;
        let at = match words(&fields, "at")? {
            Some(at) => Some(at.parse().map_err(|_| {
                format!(
                    "`at` is no time: `{}`. Write it with its zone, as 2026-11-22T03:00:00Z or 2026-11-22T04:00:00+01:00.",
                    short(&at)
                )
            })?),
            None => None,
        };
        Ok(Self { key, text, reporter: words(&fields, "reporter")?, at })
    }
}

/// A field of words, where it is there.
fn words(fields: &Map<String, Value>, name: &str) -> Result<Option<String>, String> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(words)) => Ok(Some(words.clone())),
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            Err(format!("`{name}` must be a text in quotes."))
        }
    }
}

/// As much of it as an answer repeats.
fn short(words: &str) -> String {
    match words.char_indices().nth(REPEATED) {
        Some((at, _)) => format!("{}…", &words[..at]),
        None => words.to_owned(),
    }
}

/// Takes a report; answers with its reference, and with nothing else.
pub async fn report(door: Arc<Door>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Some(name) = caller(&door.api_tokens, &parts.headers).map(str::to_owned) else {
        door.counters.unsigned.up();
        let why = "No program with this token may report. Send `Authorization: Bearer <token>`; WATCHROOM_API_TOKENS has the \
                   SHA-256 of each token that counts.";
        return ([(WWW_AUTHENTICATE, "Bearer")], refused(StatusCode::UNAUTHORIZED, why)).into_response();
    };
    let body = match read(&door, body, LIMIT).await {
        Ok(body) => body,
        Err(status) => {
            return refused(status, &unread(status));
        }
    };
    let sent = match Sent::read(&body) {
        Ok(sent) => sent,
        Err(why) => return refused(StatusCode::BAD_REQUEST, &why),
    };
    let key = report_key(&format!("hook/{name}/{}", sent.key));
    let (now, source) = (door.clock().now(), Source::Hook(name));
    let made = match make_report(&sent.text, sent.reporter.as_deref(), source, sent.at, key, now) {
        Ok(made) => made,
        Err(why) => {
            let why = super::words::refused(&door, &Refusal::Rejected { why, incident: None }).text;
            return refused(StatusCode::BAD_REQUEST, &plain(&why));
        }
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
            let why = "The report could not be kept. Send it again later, with the same `key`.";
            refused(StatusCode::SERVICE_UNAVAILABLE, why)
        }
    }
}

/// Why a body was not read to its end.
fn unread(status: StatusCode) -> String {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => format!("A report has at most {} KiB. Shorten its text.", LIMIT / 1024),
        _ => "The report did not arrive whole. Send it again, with the same `key`.".to_owned(),
    }
}

pub(super) fn refused(status: StatusCode, sentence: &str) -> Response {
    (status, Json(json!({ "error": sentence }))).into_response()
}

/// Whose token this is: a bearer's, or the password of somebody whose name does not matter.
pub(super) fn caller<'a>(tokens: &'a [ApiToken], headers: &HeaderMap) -> Option<&'a str> {
    let (scheme, credentials) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let credentials = credentials.trim();
    let token = if scheme.eq_ignore_ascii_case("bearer") {
        credentials.to_owned()
    } else if scheme.eq_ignore_ascii_case("basic") {
        let decoded = String::from_utf8(BASE64_STANDARD.decode(credentials).ok()?).ok()?;
        decoded.split_once(':')?.1.to_owned()
    } else {
        return None;
    };
    tokens.iter().find(|known| known.is(&token)).map(|known| known.name.as_str())
}
