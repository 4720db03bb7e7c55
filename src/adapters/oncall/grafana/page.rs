//! Pages, as alerts; and what is done to their alert groups.

use reqwest::{Method, StatusCode};
use serde_json::json;
use url::Url;

use super::{GrafanaOnCall, wire};
use crate::{
    adapters::oncall::call::{Failed, SENT, answer, taken},
    ports::{ExternalPageRequest, ExternalState, OnCallProvider as _, Pager, Trouble},
};

/// What it takes to look at alert groups, and to do something to them.
const READ: &str = "alert-groups:read";
const WRITE: &str = "alert-groups:write";

/// `service` is an integration, by its id.
#[async_trait::async_trait]
impl Pager for GrafanaOnCall {
    async fn page(&self, page: &ExternalPageRequest) -> Result<(), Trouble> {
        let url = self.config.integration_url(&page.service);
        let url = url.ok_or_else(|| Trouble::Refused("GRAFANA_ONCALL_INTEGRATION_URL is not set".into()))?;
        let url = Url::parse(url.expose()).map_err(|_| Trouble::Refused("no address of an integration".into()))?;
        let mut alert = json!({
            "alert_uid": page.key,
            "state": "alerting",
            "title": page.title,
            "message": page.text,
            // No field of its own; routes and templates may look at it.
            "urgency": if page.urgent { "high" } else { "low" },
        });
        if let Some(link) = &page.link {
            alert["link_to_upstream_details"] = json!(link);
        }
        let client = self.http.client().await.map_err(|e| Trouble::Unreachable(e.to_string()))?;
        let sent = taken(client.post(url).timeout(SENT).json(&alert)).await;
        sent.map_err(|failed| failed.trouble("the address of a Formatted Webhook"))
    }

    async fn acknowledge(&self, _service: &str, key: &str) -> Result<(), Trouble> {
        self.change(key, "acknowledge", |state| matches!(state, wire::State::Acknowledged | wire::State::Resolved))
            .await
    }

    /// It goes through its chain by itself, and nobody can move it on.
    async fn escalate(&self, _service: &str, _key: &str, _level: u32) -> Result<(), Trouble> {
        Err(Trouble::Refused("it cannot be moved on there".into()))
    }

    /// How important it is, its chain knows by the first alert alone.
    async fn raise(&self, _service: &str, _key: &str) -> Result<(), Trouble> {
        Err(Trouble::Refused("what is open there cannot be made more urgent".into()))
    }

    async fn resolve(&self, _service: &str, key: &str) -> Result<(), Trouble> {
        self.change(key, "resolve", |state| state == wire::State::Resolved).await
    }

    async fn state(&self, _service: &str, key: &str) -> Result<ExternalState, Trouble> {
        let Some(group) = self.group(key).await? else { return Ok(ExternalState::Unknown) };
        Ok(match group.state {
            // Whom it asks meanwhile it does not say.
            wire::State::Firing | wire::State::Silenced => ExternalState::Asking(Vec::new()),
            wire::State::Acknowledged => {
                let by = match &group.acknowledged_by {
                    Some(id) => Some(self.person(id).await?),
                    None => None,
                };
                ExternalState::Acknowledged { by, at: group.acknowledged_at }
            }
            wire::State::Resolved => ExternalState::Resolved,
        })
    }
}

impl GrafanaOnCall {
    /// The latest alert group under this key.
    async fn group(&self, key: &str) -> Result<Option<wire::AlertGroup>, Trouble> {
        let mut alerts: Vec<wire::Alert> = self.list(&["alerts"], &[("search", key)], READ).await?;
        // It looks for the words anywhere in an alert.
        alerts.retain(|alert| alert.payload["alert_uid"] == key);
        let Some(latest) = alerts.into_iter().max_by_key(|alert| alert.created_at) else { return Ok(None) };
        match self.get(&["alert_groups", &latest.group], &[]).await {
            Ok(group) => Ok(Some(group)),
            Err(Failed::Refused(StatusCode::NOT_FOUND)) => Ok(None),
            Err(failed) => Err(failed.trouble(READ)),
        }
    }

    /// Does this to the alert group, unless `is_so` already: then it would be refused.
    async fn change(&self, key: &str, action: &str, is_so: fn(wire::State) -> bool) -> Result<(), Trouble> {
        let Some(group) = self.group(key).await? else { return Err(Trouble::Refused("not_found".into())) };
        if is_so(group.state) {
            return Ok(());
        }
        let request = self.request(Method::POST, self.at(&["alert_groups", &group.id, action], &[])?).await?;
        match answer(request.timeout(SENT)).await {
            Ok(_) => Ok(()),
            // Somebody may have done it since it was looked at.
            Err(Failed::Refused(StatusCode::BAD_REQUEST)) => match self.group(key).await? {
                Some(group) if is_so(group.state) => Ok(()),
                Some(_) | None => Err(Failed::Refused(StatusCode::BAD_REQUEST).trouble(WRITE)),
            },
            Err(failed) => Err(failed.trouble(WRITE)),
        }
    }
}
