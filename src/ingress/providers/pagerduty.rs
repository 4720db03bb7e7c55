//! Webhooks v3 of `PagerDuty`: <https://developer.pagerduty.com/docs/webhooks/v3-overview/>.

use http::HeaderMap;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::ProviderEvent;
use crate::{config::Secret, ingress::verify, paging::external::Update, ports::ExternalPerson};

/// Did one of the subscriptions sign it? While a secret is changed there are several signatures.
pub(super) fn is_signed(secrets: &[Secret], headers: &HeaderMap, body: &[u8]) -> bool {
    let all = headers.get_all("x-pagerduty-signature").iter().filter_map(|value| value.to_str().ok());
    let mut signatures = all.flat_map(|value| value.split(',')).filter_map(|one| one.trim().strip_prefix("v1="));
    signatures.any(|one| secrets.iter().any(|secret| verify::verify_body(secret.expose(), one, body).is_ok()))
}

#[derive(Deserialize)]
struct Delivery {
    event: Event,
}

#[derive(Deserialize)]
struct Event {
    id: String,
    #[serde(rename = "event_type")]
    kind: String,
    occurred_at: Timestamp,
    #[serde(default)]
    agent: Option<Agent>,
    #[serde(default)]
    data: Value,
}

/// A user, or a service that did it by itself.
#[derive(Deserialize)]
struct Agent {
    id: String,
    #[serde(default)]
    summary: Option<String>,
    #[serde(rename = "type", default)]
    kind: String,
}

/// Nothing where it is no concern of a page.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub(super) fn read(body: &Value) -> Result<Option<ProviderEvent>, String> {
    let Delivery { event } =
        Delivery::deserialize(body).map_err(|e| format!("This is no webhook of PagerDuty, v3: {e}."))?;
    let update = match event.kind.as_str() {
        "incident.acknowledged" => Update::Acknowledged,
        "incident.unacknowledged" => Update::Unacknowledged,
        "incident.escalated" => Update::Escalated,
        "incident.reassigned" | "incident.delegated" => Update::Reassigned,
        "incident.resolved" => Update::Resolved,
        _ => return Ok(None),
    };
    let Some(key) = event.data["incident_key"].as_str() else { return Ok(None) };
    let by = event.agent.filter(|agent| agent.kind.starts_with("user")).map(|agent| ExternalPerson {
        name: agent.summary.unwrap_or_else(|| agent.id.clone()),
        id: agent.id,
        email: None,
        slack: None,
    });
    let assignees = event.data["assignees"].as_array().into_iter().flatten();
    let names: Vec<&str> = assignees.filter_map(|one| one["summary"].as_str()).collect();
    let asked = (!names.is_empty()).then(|| names.join(", "));
    Ok(Some(ProviderEvent { id: event.id, key: key.to_owned(), update, by, asked, at: Some(event.occurred_at) }))
}
