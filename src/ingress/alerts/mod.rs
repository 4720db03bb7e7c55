//! `POST /hooks/alertmanager`, `/hooks/grafana`, `/hooks/generic`: alerts, from programs that have a token or sign.
//!
//! What is accepted is on disk before the answer, which says nothing else. The same delivery may come again: it changes nothing.

mod generic;
mod press;
mod prometheus;

pub use press::{pressed, waiting};

use std::sync::Arc;

use axum::{
    Json,
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header::WWW_AUTHENTICATE};
use serde_json::{Value, json};

use super::{Door, body::read, hook, verify};
use crate::{
    alert::Delivery,
    config::{AlertSource, Secret, SourceKind},
};

/// The largest delivery that is read.
const LIMIT: usize = 1024 * 1024;

/// Who delivers.
struct Caller {
    name: String,
    /// What makes the request itself, where it is signed.
    signature: Option<String>,
}

/// Takes a delivery in this format.
pub async fn deliver(door: Arc<Door>, kind: SourceKind, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    // Whoever brings neither a token that counts nor a signature is not read at all.
    let by_token = hook::caller(&door.api_tokens, &parts.headers).map(str::to_owned);
    if by_token.is_none() && signature(kind, &parts.headers).is_none() {
        return unknown(&door);
    }
    let body = match read(&door, body, LIMIT).await {
        Ok(body) => body,
        Err(status) => {
            return hook::refused(
                status,
                "A delivery has at most 1 MiB, and arrives whole. Send fewer alerts at once.",
            );
        }
    };
    let caller = match by_token {
        Some(name) => Some(Caller { name, signature: None }),
        None => signed(&door, kind, &parts.headers, &body),
    };
    let Some(caller) = caller else { return unknown(&door) };
    let source = door.alert_sources.iter().find(|source| source.name == caller.name && source.kind == kind);
    let deliveries = match understood(kind, &caller.name, source, &body) {
        Ok(deliveries) => deliveries,
        Err(why) => return hook::refused(StatusCode::BAD_REQUEST, &why),
    };
    let alerts: usize = deliveries.iter().map(|delivery| delivery.alerts.len()).sum();
    match door.engine.alerts_came(&deliveries, caller.signature.as_deref()).await {
        Ok(()) => (StatusCode::ACCEPTED, Json(json!({ "alerts": alerts }))).into_response(),
        Err(refusal) => {
            tracing::error!(error = %refusal, "alerts could not be kept");
            door.counters.failed.up();
            hook::refused(StatusCode::SERVICE_UNAVAILABLE, "The alerts could not be kept. Send them again later.")
        }
    }
}

fn unknown(door: &Door) -> Response {
    door.counters.unsigned.up();
    let why = "No program with this token may deliver alerts. Send `Authorization: Bearer <token>`, or the token as the password of \
               basic authentication; WATCHROOM_API_TOKENS has the SHA-256 of each token that counts.";
    ([(WWW_AUTHENTICATE, "Bearer")], hook::refused(StatusCode::UNAUTHORIZED, why)).into_response()
}

/// The signature and its time stamp, where the request has both.
fn signature(kind: SourceKind, headers: &HeaderMap) -> Option<(&str, &str)> {
    let (signature, stamp) = match kind {
        SourceKind::Grafana => ("x-grafana-alerting-signature", "x-grafana-alerting-timestamp"),
        SourceKind::Alertmanager | SourceKind::Generic => ("x-watchroom-signature", "x-watchroom-timestamp"),
    };
    let header = |name: &str| headers.get(name)?.to_str().ok();
    Some((header(signature)?, header(stamp)?))
}

/// Whose signature it is: that of one of the sources that deliver in this format.
fn signed(door: &Door, kind: SourceKind, headers: &HeaderMap, body: &[u8]) -> Option<Caller> {
    let (signature, stamp) = signature(kind, headers)?;
    let now = door.clock().now();
    let fits = |source: &&AlertSource| {
        let secret = source.secret.as_ref().filter(|_| source.kind == kind).map(Secret::expose);
        secret.is_some_and(|secret| verify::verify_stamped(secret, stamp, signature, body, now).is_ok())
    };
    let source = door.alert_sources.iter().find(fits)?;
    Some(Caller { name: source.name.clone(), signature: Some(signature.to_owned()) })
}

fn understood(
    kind: SourceKind,
    name: &str,
    source: Option<&AlertSource>,
    body: &[u8],
) -> Result<Vec<Delivery>, String> {
    let body: Value = serde_json::from_slice(body).map_err(|e| format!("This is not JSON ({e})."))?;
    match kind {
        SourceKind::Alertmanager | SourceKind::Grafana => {
            let label = source.map_or("service", |source| source.service_label.as_str());
            prometheus::delivery(name, label, &body).map(|delivery| vec![delivery])
        }
        SourceKind::Generic => {
            let mapping = source.and_then(|source| source.mapping.as_ref()).ok_or_else(|| {
                format!(
                    "How alerts of `{name}` are read is not set. Add [[alert_sources]] with name = \"{name}\" and kind = \
                     \"generic\" to watchroom.toml."
                )
            })?;
            generic::deliveries(name, mapping, &body)
        }
    }
}

/// What makes an alert itself, as a digest that is always as long.
fn digest(of: &str) -> String {
    use sha2::{Digest, Sha256};
    hex::encode(&Sha256::digest(of)[..8])
}

/// An address that people may open.
fn link(text: &str) -> Option<String> {
    const LONGEST: usize = 1000;
    let url = url::Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    Some(String::from(url)).filter(|url| url.len() <= LONGEST)
}
