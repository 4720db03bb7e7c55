//! A program of the deployment's own. It gets every text with an id that is the same for a repetition, as Standard Webhooks has it, so that
//! what may have been sent is sent again.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::{
    incident::comms::Published,
    ports::{Connector, Found, Publication, Reach, Trouble},
};

#[derive(Debug)]
pub(super) struct Webhook {
    name: String,
    reach: Arc<dyn Reach>,
}

impl Webhook {
    pub fn new(name: String, reach: Arc<dyn Reach>) -> Self {
        Self { name, reach }
    }

    async fn tell(&self, event: &str, update: &str, text: &Publication) -> Result<Published, Trouble> {
        self.reach.tell(&self.name, &facts(event, update, text), &text.key).await?;
        Ok(Published { thread: text.incident.clone(), update: update.to_owned(), link: None })
    }
}

/// What it is told.
fn facts(event: &str, update: &str, text: &Publication) -> Value {
    let impact: serde_json::Map<String, Value> =
        text.impact.iter().map(|(id, status)| (id.to_string(), status.as_str().into())).collect();
    json!({
        "type": event,
        "incident": {
            "id": text.incident, "name": text.title, "status": text.status.as_str(), "started_at": text.started_at,
            "link": text.link,
        },
        "update": { "id": update, "body": text.body, "at": text.sent_at, "next_update_by": text.next_by },
        "components": impact,
        "notify": text.notify,
    })
}

#[async_trait::async_trait]
impl Connector for Webhook {
    async fn publish(&self, text: &Publication, _: Option<&Published>) -> Result<Published, Trouble> {
        self.tell("status_update.published", &text.key, text).await
    }

    async fn find(&self, _: &Publication, _: Option<&Published>) -> Result<Found, Trouble> {
        Ok(Found::Nowhere)
    }

    async fn correct(&self, at: &Published, text: &Publication) -> Result<Published, Trouble> {
        self.tell("status_update.corrected", &at.update, text).await
    }

    async fn withdraw(&self, _: &Published) -> Result<bool, Trouble> {
        // What a program of one's own made of it is not ours to take back.
        Ok(false)
    }
}
