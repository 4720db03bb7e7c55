//! `POST /hooks/pager/<name>`: what a program of `[[pagers]]` says of a page that it was asked for, signed as Standard Webhooks has it.
//!
//! ```text
//! {"type": "page.acknowledged", "timestamp": "2026-11-22T03:00:30Z",
//!  "data": {"key": "<that of page.asked>", "by": {"name": "Erin", "slack": "U0ERIN", "email": "…", "id": "…"}}}
//! ```

use http::HeaderMap;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::ProviderEvent;
use crate::{
    config::PagerConfig,
    ingress::verify::verify_webhook,
    paging::external::{Provider, Update},
    ports::ExternalPerson,
};

/// What makes a delivery itself, where one of these pagers signed it: whose name stands in the address.
pub(super) fn signed(
    pagers: &[PagerConfig],
    name: &str,
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Option<String> {
    let pager = pagers.iter().find(|pager| pager.name == name)?;
    verify_webhook(&pager.secret, headers, body, now).ok().map(|id| format!("{name}/{id}"))
}

#[derive(Deserialize)]
struct Delivery {
    #[serde(rename = "type")]
    kind: String,
    timestamp: Timestamp,
    data: Data,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    key: String,
    /// Who did it.
    by: Option<By>,
    /// Who is asked now, by name.
    #[serde(default)]
    asked: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct By {
    name: String,
    id: Option<String>,
    email: Option<String>,
    slack: Option<String>,
}

/// # Errors
/// A sentence that says what to send instead: whoever wrote the program reads it.
pub(super) fn read(body: &Value, id: String, name: &str, now: Timestamp) -> Result<ProviderEvent, String> {
    let Delivery { kind, timestamp, data: Data { key, by, asked } } = Delivery::deserialize(body).map_err(|e| {
        format!(
            "This is no update of a page: {e}. Send {{\"type\": \"page.acknowledged\", \"timestamp\": \"2026-11-22T03:00:30Z\", \"data\": \
             {{\"key\": \"…\", \"by\": {{\"name\": \"…\"}}}}}}."
        )
    })?;
    let update = match kind.as_str() {
        "page.acknowledged" => Update::Acknowledged,
        "page.unacknowledged" => Update::Unacknowledged,
        "page.escalated" => Update::Escalated,
        "page.reassigned" => Update::Reassigned,
        "page.resolved" => Update::Resolved,
        _ => {
            return Err(
                "`type` is one of page.acknowledged, page.unacknowledged, page.escalated, page.reassigned and \
                        page.resolved."
                    .into(),
            );
        }
    };
    // Nobody speaks of what others were asked for.
    if !key.ends_with(&format!("/{}:{name}", Provider::Pager.key())) {
        return Err("`key` is that of no page of this pager. Send back the `key` of page.asked, as it came.".into());
    }
    let by = by.map(|By { name, id, email, slack }| ExternalPerson {
        id: id.unwrap_or_else(|| name.clone()),
        name,
        email: email.map(|email| email.to_lowercase()),
        slack: slack.map(Into::into),
    });
    let asked = (!asked.is_empty()).then(|| asked.join(", "));
    // A clock that is ahead must not make all that comes later look old.
    Ok(ProviderEvent { id, key, update, by, asked, at: Some(timestamp.min(now)) })
}
