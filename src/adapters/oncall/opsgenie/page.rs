//! Pages, as alerts.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Opsgenie, taken::Deed, wire};
use crate::{
    adapters::oncall::call::Failed,
    ports::{ExternalPageRequest, ExternalPerson, ExternalState, Pager, Trouble},
};

/// What a message may have, in characters.
const MESSAGE: usize = 130;
/// What it takes to write.
const KEY: &str = "an API integration's key";
/// What an alias may have.
const ALIAS: usize = 512;

/// `service` is whom to ask, `team:ID`, `escalation:ID`, `schedule:ID` or `user:ID`; empty: whoever the integration belongs to.
#[async_trait::async_trait]
impl Pager for Opsgenie {
    async fn page(&self, page: &ExternalPageRequest) -> Result<(), Trouble> {
        let responders: Vec<Value> =
            responder(&page.service).map(|(kind, id)| json!({ "type": kind, "id": id })).into_iter().collect();
        let body = json!({
            "message": page.title.chars().take(MESSAGE).collect::<String>(),
            "alias": fitting(&page.key),
            "description": page.text,
            "responders": responders,
            "details": page.link.iter().map(|link| ("link", link)).collect::<std::collections::BTreeMap<_, _>>(),
            "priority": if page.urgent { "P1" } else { "P3" },
            "source": "watchroom",
        });
        let request = self.write(Method::POST, &["alerts"], &[]).await?;
        self.carry_out((&page.key, Deed::Create), request, &body, KEY).await
    }

    async fn acknowledge(&self, _service: &str, key: &str) -> Result<(), Trouble> {
        self.act((key, Deed::Acknowledge), "acknowledge", &json!({ "source": "watchroom" })).await
    }

    /// The next level of the escalation, whatever level is asked for: it goes through them one after the other.
    async fn escalate(&self, service: &str, key: &str, level: u32) -> Result<(), Trouble> {
        let Some(("escalation", id)) = responder(service) else {
            return Err(Trouble::Refused("only an escalation has levels".into()));
        };
        let Some(site) = &self.config.site else {
            let body = json!({ "escalation": { "type": "escalation", "id": id }, "source": "watchroom" });
            return self.act((key, Deed::Escalate(level)), "escalate", &body).await;
        };
        // An integration's key may not do it there: it is the user's to do, by the alert's own id.
        let alert = self.alert(key).await?.ok_or_else(|| Trouble::Refused("not_found".into()))?;
        let request = self.as_user(site, Method::POST, &["alerts", &alert.id, "escalate"], &[]).await?;
        self.carry_out((key, Deed::Escalate(level)), request, &json!({ "escalationId": id }), self.scope()).await
    }

    async fn raise(&self, _service: &str, key: &str) -> Result<(), Trouble> {
        let priority = json!({ "priority": "P1" });
        let Some(site) = &self.config.site else {
            let segments = ["alerts", &fitting(key), "priority"];
            let request = self.write(Method::PUT, &segments, &[("identifierType", "alias")]).await?;
            return self.carry_out((key, Deed::Raise), request, &priority, KEY).await;
        };
        let alert = self.alert(key).await?.ok_or_else(|| Trouble::Refused("not_found".into()))?;
        let request = self.as_user(site, Method::PATCH, &["alerts", &alert.id, "priority"], &[]).await?;
        self.carry_out((key, Deed::Raise), request, &priority, self.scope()).await
    }

    async fn resolve(&self, _service: &str, key: &str) -> Result<(), Trouble> {
        self.act((key, Deed::Close), "close", &json!({ "source": "watchroom" })).await
    }

    async fn state(&self, _service: &str, key: &str) -> Result<ExternalState, Trouble> {
        let Some(alert) = self.alert(key).await? else { return Ok(ExternalState::Unknown) };
        if alert.status == "closed" {
            return Ok(ExternalState::Resolved);
        }
        if !alert.acknowledged {
            // Whom it asks meanwhile it does not say.
            return Ok(ExternalState::Asking(Vec::new()));
        }
        let who = alert.report.and_then(|report| report.acknowledged_by).or(alert.owner);
        let by = who.filter(|who| !who.is_empty()).map(|who| ExternalPerson {
            email: Some(who.to_lowercase()).filter(|who| who.contains('@')),
            id: who.clone(),
            name: who,
            slack: None,
        });
        Ok(ExternalState::Acknowledged { by, at: None })
    }
}

impl Opsgenie {
    /// The alert under this key.
    pub(super) async fn alert(&self, key: &str) -> Result<Option<wire::Alert>, Trouble> {
        let alias = fitting(key);
        let found = if self.config.site.is_some() {
            self.get(&["alerts", "alias"], &[("alias", &alias)]).await
        } else {
            self.get(&["alerts", &alias], &[("identifierType", "alias")]).await
        };
        match found {
            Ok(alert) => Ok(Some(alert)),
            Err(Failed::Refused(StatusCode::NOT_FOUND)) => Ok(None),
            Err(failed) => Err(failed.trouble(self.scope())),
        }
    }

    async fn act(&self, (key, deed): (&str, Deed), action: &str, body: &Value) -> Result<(), Trouble> {
        let alias = fitting(key);
        let request = self.write(Method::POST, &["alerts", &alias, action], &[("identifierType", "alias")]).await?;
        self.carry_out((key, deed), request, body, KEY).await
    }
}

/// Its kind and its id.
fn responder(service: &str) -> Option<(&str, &str)> {
    let (kind, id) = service.split_once(':')?;
    (["team", "escalation", "schedule", "user"].contains(&kind) && !id.is_empty()).then_some((kind, id))
}

/// The key itself, or its digest where it is too long.
fn fitting(key: &str) -> String {
    if key.len() <= ALIAS { key.to_owned() } else { hex::encode(Sha256::digest(key)) }
}
