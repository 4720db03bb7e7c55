//! Outgoing webhooks of Grafana OnCall and Grafana Cloud IRM, with the whole payload ("Forward all"):
//! <https://grafana.com/docs/oncall/latest/configure/integrations/outgoing-webhooks/>.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::ProviderEvent;
use crate::{paging::external::Update, ports::ExternalPerson};

#[derive(Deserialize)]
struct Delivery {
    event: Event,
    #[serde(default)]
    user: Option<User>,
    #[serde(default)]
    alert_group_id: String,
    #[serde(default)]
    alert_group: Value,
    /// The first alert of the group.
    #[serde(default)]
    alert_payload: Value,
    #[serde(default)]
    users_to_be_notified: Vec<User>,
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    /// Only some events have one.
    #[serde(default)]
    time: Option<Timestamp>,
}

#[derive(Deserialize)]
struct User {
    #[serde(default)]
    id: String,
    #[serde(default)]
    username: String,
    #[serde(default)]
    email: Option<String>,
}

/// Nothing where it is no concern of a page. Its time is that of an acknowledgement or an end alone; but what it sends is put together as
/// it is sent, so that the state of the alert group tells where something was undone before it could be told.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub(super) fn read(body: &Value) -> Result<Option<ProviderEvent>, String> {
    let Delivery { event, user, alert_group_id, alert_group, alert_payload, users_to_be_notified } =
        Delivery::deserialize(body).map_err(|e| {
            format!(
                "This is no outgoing webhook of Grafana OnCall with its whole payload; switch on \"Forward all\": {e}."
            )
        })?;
    let update = match event.kind.as_str() {
        "acknowledge" => Update::Acknowledged,
        "unacknowledge" | "unresolve" => Update::Unacknowledged,
        "escalation" => Update::Escalated,
        "resolve" => Update::Resolved,
        _ => return Ok(None),
    };
    if is_undone(update, alert_group["state"].as_str()) {
        return Ok(None);
    }
    let Some(key) = alert_payload["alert_uid"].as_str() else { return Ok(None) };
    // A delivery that comes again is the same to the byte, where it has no time of its own.
    let itself = event.time.map_or_else(|| hex::encode(Sha256::digest(body.to_string())), |time| time.to_string());
    let asked: Vec<String> = users_to_be_notified.into_iter().map(|who| who.username).collect();
    let by = user.filter(|user| !user.id.is_empty()).map(|user| ExternalPerson {
        name: if user.username.is_empty() { user.id.clone() } else { user.username },
        id: user.id,
        email: user.email.filter(|email| !email.is_empty()).map(|email| email.to_lowercase()),
        slack: None,
    });
    Ok(Some(ProviderEvent {
        id: format!("{alert_group_id}/{}/{itself}", event.kind),
        key: key.to_owned(),
        update,
        by,
        asked: (!asked.is_empty()).then(|| asked.join(", ")),
        at: event.time,
    }))
}

/// Does the alert group's state, where it is known, say the opposite already?
fn is_undone(update: Update, state: Option<&str>) -> bool {
    match update {
        Update::Acknowledged => matches!(state, Some("firing" | "new" | "silenced")),
        Update::Unacknowledged => state == Some("acknowledged"),
        Update::Escalated | Update::Reassigned | Update::Resolved => false,
    }
}
