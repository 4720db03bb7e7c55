//! `POST /hooks/pagerduty`, `/hooks/opsgenie`, `/hooks/grafana-oncall`, `/hooks/pager/<name>`: what was done at another provider to a page that went there.
//!
//! What concerns no page of ours is taken and forgotten: a provider that is refused sends nothing any more after a while. The same
//! delivery may come again, and one may overtake another: that changes nothing.

mod grafana;
mod opsgenie;
mod pager;
mod pagerduty;

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Door, body::read, hook};
use crate::{
    engine::{Ask, Refusal},
    incident::{Actor, Command},
    paging::external::{Heard, Provider, Update, parse_key},
    ports::ExternalPerson,
};

/// The largest delivery that is read.
const LIMIT: usize = 256 * 1024;
/// How long it may take to learn who somebody is: the provider waits for five seconds, and a name will do.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a delivery says.
struct ProviderEvent {
    /// What makes it itself.
    id: String,
    /// Our key of the page.
    key: String,
    update: Update,
    /// Who did it.
    by: Option<ExternalPerson>,
    /// Who is asked now, by name.
    asked: Option<String>,
    /// By the provider's clock, where it says that.
    at: Option<Timestamp>,
}

/// Takes a delivery of this provider.
pub async fn deliver(door: Arc<Door>, from: Provider, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = match read(&door, body, LIMIT).await {
        Ok(body) => body,
        Err(status) => {
            return hook::refused(status, "A delivery has at most 256 KiB, and arrives whole.");
        }
    };
    let now = door.clock().now();
    // Of which pager; nothing of the others.
    let name = parts.uri.path().rsplit('/').next().unwrap_or_default();
    let Some(id) = authentic(&door, (from, name), &parts.headers, &body) else {
        door.counters.unsigned.up();
        return hook::refused(StatusCode::UNAUTHORIZED, unauthorized(from));
    };
    let event = serde_json::from_slice(&body).map_err(|e| format!("This is not JSON ({e})."));
    let event = event.and_then(|body: Value| match from {
        Provider::PagerDuty => pagerduty::read(&body),
        Provider::Opsgenie => opsgenie::read(&body),
        Provider::GrafanaOnCall => grafana::read(&body),
        Provider::Pager => pager::read(&body, id, name, now).map(Some),
    });
    match event {
        Err(why) => hook::refused(StatusCode::BAD_REQUEST, &why),
        Ok(None) => accepted(),
        Ok(Some(event)) => submit(&door, from, event).await,
    }
}

fn accepted() -> Response {
    (StatusCode::ACCEPTED, Json(json!({}))).into_response()
}

/// What the headers say that makes the delivery itself, where it is from whom it must be; often nothing but that it is.
fn authentic(door: &Door, (from, name): (Provider, &str), headers: &HeaderMap, body: &[u8]) -> Option<String> {
    let is_it = match from {
        Provider::PagerDuty => pagerduty::is_signed(&door.pagerduty_secrets, headers, body),
        Provider::Opsgenie | Provider::GrafanaOnCall => hook::caller(&door.api_tokens, headers).is_some(),
        Provider::Pager => return pager::signed(&door.pagers, name, headers, body, door.clock().now()),
    };
    is_it.then(String::new)
}

const fn unauthorized(from: Provider) -> &'static str {
    match from {
        Provider::PagerDuty => {
            "This is not signed by a subscription that counts. PAGERDUTY_WEBHOOK_SECRET has the secret that PagerDuty showed when \
             the subscription was made."
        }
        Provider::Opsgenie | Provider::GrafanaOnCall => {
            "No program with this token may deliver. Have the webhook send `Authorization: Bearer <token>`; WATCHROOM_API_TOKENS \
             has the SHA-256 of each token that counts."
        }
        Provider::Pager => {
            "This is signed by no pager of this name, or too long ago. Sign `<webhook-id>.<webhook-timestamp>.<body>` as Standard Webhooks \
             has it; WATCHROOM_PAGER_SECRET_<NAME> has the secret that counts."
        }
    }
}

async fn submit(door: &Door, from: Provider, event: ProviderEvent) -> Response {
    let Some((incident, ..)) = parse_key(&event.key) else { return accepted() };
    let who = match (&event.by, event.update) {
        (Some(by), Update::Acknowledged) => {
            tokio::time::timeout(PATIENCE, door.providers.who(from, by)).await.ok().flatten()
        }
        _ => None,
    };
    let name = match event.update {
        Update::Escalated | Update::Reassigned => event.asked,
        Update::Acknowledged | Update::Unacknowledged | Update::Resolved => event.by.map(|by| by.name),
    };
    let heard = Heard::Told { at: event.at };
    let command = Command::ExternalUpdate { key: event.key, update: event.update, who, name, heard };
    let key = format!("{}/{}", from.key(), event.id);
    match door.engine.ask(Ask::new(Some(key), Actor::Bot, Some(incident), command)).await {
        Ok(_) | Err(Refusal::Rejected { .. }) => accepted(),
        Err(refusal) => {
            tracing::error!(error = %refusal, "what was done at another provider could not be kept");
            door.counters.failed.up();
            hook::refused(StatusCode::SERVICE_UNAVAILABLE, "It could not be kept. Send it again later.")
        }
    }
}
