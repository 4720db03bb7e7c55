//! Outgoing webhooks of Opsgenie and Jira Service Management: <https://support.atlassian.com/opsgenie/docs/opsgenie-edge-connector-alert-action-data/>.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::ProviderEvent;
use crate::{paging::external::Update, ports::ExternalPerson};

#[derive(Deserialize)]
struct Delivery {
    action: String,
    alert: Alert,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Alert {
    #[serde(rename = "alertId", default)]
    id: String,
    #[serde(default)]
    alias: String,
    /// Milliseconds, or less of them: it depends on the action.
    updated_at: i64,
    /// Who did it: of Opsgenie an address.
    #[serde(default)]
    username: Option<String>,
    #[serde(default)]
    owner: Option<String>,
}

/// Nothing where it is no concern of a page.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub(super) fn read(body: &Value) -> Result<Option<ProviderEvent>, String> {
    let Delivery { action, alert } =
        Delivery::deserialize(body).map_err(|e| format!("This is no webhook of Opsgenie with an alert in it: {e}."))?;
    let update = match action.as_str() {
        "Acknowledge" => Update::Acknowledged,
        "UnAcknowledge" => Update::Unacknowledged,
        "Escalate" | "EscalateNext" => Update::Escalated,
        "AssignOwnership" => Update::Reassigned,
        "Close" => Update::Resolved,
        _ => return Ok(None),
    };
    let at = instant(alert.updated_at).ok_or("`updatedAt` is no time.")?;
    let person = |name: String| ExternalPerson {
        email: Some(name.to_lowercase()).filter(|name| name.contains('@')),
        id: name.clone(),
        name,
        slack: None,
    };
    let by = alert.username.filter(|name| !name.is_empty()).map(person);
    let id = format!("{}/{action}/{}", alert.id, alert.updated_at);
    Ok(Some(ProviderEvent {
        id,
        key: alert.alias,
        update,
        by,
        asked: alert.owner.filter(|owner| !owner.is_empty()),
        at: Some(at),
    }))
}

/// In milliseconds, microseconds or nanoseconds: whichever makes it a time of this century.
fn instant(number: i64) -> Option<Timestamp> {
    const MOST_MS: i64 = 10_000_000_000_000;
    let ms = [1, 1_000, 1_000_000].into_iter().map(|unit| number / unit).find(|ms| *ms < MOST_MS)?;
    Timestamp::from_millisecond(ms).ok()
}
