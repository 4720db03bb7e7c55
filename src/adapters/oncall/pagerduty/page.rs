//! Pages, as events or as incidents.

use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{PagerDuty, wire};
use crate::{
    adapters::oncall::call::{Failed, SENT, answer},
    config::Secret,
    ports::{ExternalPageRequest, ExternalState, Pager, Trouble},
};

/// What a summary may have, in characters.
const SUMMARY: usize = 1024;
/// What a key may have.
const KEY: usize = 255;

#[async_trait::async_trait]
impl Pager for PagerDuty {
    async fn page(&self, page: &ExternalPageRequest) -> Result<(), Trouble> {
        let title: String = page.title.chars().take(SUMMARY).collect();
        let key = fitting(&page.key);
        if let Some(routing_key) = self.config.routing_key(&page.service) {
            return self.event(routing_key, &key, "trigger", &details(page, &title)).await;
        }
        let incident = json!({ "incident": {
            "type": "incident",
            "title": title,
            "service": { "id": page.service, "type": "service_reference" },
            "urgency": if page.urgent { "high" } else { "low" },
            "incident_key": key,
            "body": { "type": "incident_body", "details": with_link(page) },
        }});
        match self.write(Method::POST, &incident).await {
            Ok(()) => Ok(()),
            // An open incident has this key: it is ours, from a request whose answer was lost.
            Err(Failed::Refused(StatusCode::BAD_REQUEST)) => match self.find(&page.service, &key).await? {
                Some(found) if found.status != wire::Status::Resolved => Ok(()),
                Some(_) | None => Err(Failed::Refused(StatusCode::BAD_REQUEST).trouble("")),
            },
            Err(failed) => Err(failed.trouble("incidents.write")),
        }
    }

    async fn acknowledge(&self, service: &str, key: &str) -> Result<(), Trouble> {
        self.move_on(service, key, "acknowledge", "acknowledged").await
    }

    async fn escalate(&self, service: &str, key: &str, level: u32) -> Result<(), Trouble> {
        let Some(found) = self.find(service, &fitting(key)).await? else {
            return Err(Trouble::Refused("not_found".into()));
        };
        self.change(&found.id, json!({ "escalation_level": level })).await
    }

    /// An event cannot do it: the incident that it opened is changed.
    async fn raise(&self, service: &str, key: &str) -> Result<(), Trouble> {
        match self.find(service, &fitting(key)).await? {
            None => Err(Trouble::Refused("not_found".into())),
            // Whoever resolved it there is not woken.
            Some(found) if found.status == wire::Status::Resolved => Ok(()),
            Some(found) => self.change(&found.id, json!({ "urgency": "high" })).await,
        }
    }

    async fn resolve(&self, service: &str, key: &str) -> Result<(), Trouble> {
        self.move_on(service, key, "resolve", "resolved").await
    }

    async fn state(&self, service: &str, key: &str) -> Result<ExternalState, Trouble> {
        let Some(found) = self.find(service, &fitting(key)).await? else { return Ok(ExternalState::Unknown) };
        Ok(match found.status {
            wire::Status::Triggered => {
                ExternalState::Asking(found.assignments.into_iter().map(|a| a.assignee.into()).collect())
            }
            wire::Status::Acknowledged => {
                let last = found.acknowledgements.into_iter().max_by_key(|a| a.at);
                let at = last.as_ref().map(|a| a.at);
                ExternalState::Acknowledged { by: last.map(|a| a.acknowledger.into()), at }
            }
            wire::Status::Resolved => ExternalState::Resolved,
        })
    }
}

impl PagerDuty {
    /// By an event with the key that the page went in with: with another one it would be dropped.
    async fn event(&self, routing_key: &Secret, key: &str, action: &str, more: &Value) -> Result<(), Trouble> {
        let mut body = json!({ "routing_key": routing_key.expose(), "event_action": action, "dedup_key": key });
        if let (Value::Object(body), Value::Object(more)) = (&mut body, more.clone()) {
            body.extend(more);
        }
        let client = self.http.client().await.map_err(|e| Trouble::Unreachable(e.to_string()))?;
        let unfit = |_| Trouble::Unreachable("PAGERDUTY_EVENTS_URL takes no path".into());
        let url = self.config.events_url.join("enqueue").map_err(unfit)?;
        answer(client.post(url).timeout(SENT).json(&body))
            .await
            .map_err(|e| e.trouble("an integration key of Events API v2"))?;
        Ok(())
    }

    async fn move_on(&self, service: &str, key: &str, action: &str, status: &str) -> Result<(), Trouble> {
        let key = fitting(key);
        if let Some(routing_key) = self.config.routing_key(service) {
            return self.event(routing_key, &key, action, &Value::Null).await;
        }
        match self.find(service, &key).await? {
            None => Err(Trouble::Refused("not_found".into())),
            // Over is over, and stays so.
            Some(found) if found.status == wire::Status::Resolved => Ok(()),
            Some(found) => self.change(&found.id, json!({ "status": status })).await,
        }
    }

    async fn change(&self, id: &str, mut change: Value) -> Result<(), Trouble> {
        change["id"] = json!(id);
        change["type"] = json!("incident_reference");
        let sent = self.write(Method::PUT, &json!({ "incidents": [change] })).await;
        sent.map_err(|failed| failed.trouble("incidents.write"))
    }

    /// In the name of the user whom the settings name: the interface wants one.
    async fn write(&self, method: Method, body: &Value) -> Result<(), Failed> {
        let unset = || Failed::Trouble(Trouble::Refused("`from` in [pagerduty] is not set".into()));
        let from = self.config.from.as_ref().ok_or_else(unset)?;
        let url = self.at(&["incidents"], &[]).map_err(Failed::Trouble)?;
        let request: RequestBuilder = self.request(method, url).await.map_err(Failed::Trouble)?;
        answer(request.timeout(SENT).header("from", from).json(body)).await.map(drop)
    }

    /// The incident under this key: the open one, else the latest.
    async fn find(&self, service: &str, key: &str) -> Result<Option<wire::Incident>, Trouble> {
        let query = [("incident_key", key), ("service_ids[]", service), ("sort_by", "created_at:desc")];
        let mut all: Vec<wire::Incident> = self.list(&["incidents"], &query, "incidents", "incidents.read").await?;
        all.retain(|incident| incident.service.id == service);
        // Sorting keeps the order of those that are alike.
        all.sort_by_key(|incident| incident.status == wire::Status::Resolved);
        Ok(all.into_iter().next())
    }
}

fn details(page: &ExternalPageRequest, title: &str) -> Value {
    let mut details = json!({
        "client": "Watchroom",
        "payload": {
            "summary": title,
            "source": "watchroom",
            "severity": if page.urgent { "critical" } else { "warning" },
            "custom_details": { "text": page.text },
        },
    });
    // There without a value is not the same as not there.
    if let Some(link) = &page.link {
        details["client_url"] = json!(link);
        details["links"] = json!([{ "href": link, "text": "Open" }]);
    }
    details
}

fn with_link(page: &ExternalPageRequest) -> String {
    let link = page.link.iter().map(String::as_str);
    [page.text.as_str()].into_iter().chain(link).collect::<Vec<_>>().join("\n")
}

/// The key itself, or its digest where it is too long.
fn fitting(key: &str) -> String {
    if key.len() <= KEY { key.to_owned() } else { hex::encode(Sha256::digest(key)) }
}
