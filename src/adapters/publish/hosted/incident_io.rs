//! Status pages of incident.io: <https://docs.incident.io/api-reference/status-pages-v2>.
//!
//! An incident is made once under our key. Its updates take none: they are known by what they say. Nothing that was said can be changed
//! there, and what was resolved stays so: what comes after begins a new incident.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    Client, cut, incident_only,
    same::{Standing, behind, is_redacted},
    touched,
};
use crate::{
    adapters::publish::door::unread,
    config::HostedPage,
    incident::comms::Published,
    ports::{Connector, Found, Publication, Trouble},
    status::ComponentStatus,
};

/// What a headline may have, in characters.
const NAME: usize = 200;

#[derive(Debug)]
pub(super) struct IncidentIo {
    client: Client,
    config: HostedPage,
}

impl IncidentIo {
    pub fn new(client: Client, config: HostedPage) -> Self {
        Self { client, config }
    }

    /// Names of components, by their ids.
    pub async fn components(&self) -> Result<BTreeMap<String, String>, Trouble> {
        let found = self.client.look(&["v2", "status_page_structures", &self.config.page], &[]).await?;
        let gone = || Trouble::Refused("the page is not there, or not the key's to see (404)".into());
        let mut all = BTreeMap::new();
        collect(&found.ok_or_else(gone)?["current_structure"], &mut all);
        Ok(all)
    }

    /// The incident that a text goes on with, where it is still one to go on with.
    async fn going_on(&self, text: &Publication, before: Option<&Published>) -> Result<Option<Value>, Trouble> {
        let Some(before) = before else { return Ok(None) };
        let found = self.client.look(&["v2", "status_page_incidents", &before.thread], &[]).await?;
        let found = found.map(|mut answer| answer["status_page_incident"].take());
        Ok(found.filter(|it| text.status.is_over() || it["incident_status"] != "resolved"))
    }

    /// A new incident: asked for again, it is the same one.
    async fn begin(&self, text: &Publication) -> Result<Published, Trouble> {
        let status = incident_only(text.status)?;
        let mut body = json!({
            "idempotency_key": text.key,
            "status_page_id": self.config.page,
            "name": cut(&text.title, NAME),
            "message": text.body,
            "incident_status": status.as_str(),
            "notify_subscribers": text.notify,
        });
        let components = statuses(&touched(&self.config, text.status, &text.impact));
        if !status.is_over() && !components.is_empty() {
            body["component_statuses"] = json!(components);
        }
        let done = self.client.write(Method::POST, &["v2", "status_page_incidents"], &body).await?;
        let incident = &done["status_page_incident"];
        let first = updates(incident).first().map(|update| update.id.to_owned());
        match (incident["id"].as_str(), first) {
            (Some(id), Some(first)) => Ok(self.at(id, &first)),
            _ => Err(unread()),
        }
    }

    /// One more text of an incident. What is resolved touches no component any more, by itself.
    async fn go_on(&self, text: &Publication, incident: &Value) -> Result<Published, Trouble> {
        let status = incident_only(text.status)?;
        let id = incident["id"].as_str().ok_or_else(unread)?;
        let name = cut(&text.title, NAME);
        if incident["name"] != name.as_str() {
            // Once more is the same.
            self.client.write(Method::PUT, &["v2", "status_page_incidents", id], &json!({ "name": name })).await?;
        }
        let mut body = json!({
            "status_page_incident_id": id,
            "message": text.body,
            "incident_status": status.as_str(),
            "notify_subscribers": text.notify,
        });
        let mut components = touched(&self.config, text.status, &text.impact);
        for id in still_affected(incident) {
            components.entry(id).or_default();
        }
        if !status.is_over() && !components.is_empty() {
            body["component_statuses"] = json!(statuses(&components));
        }
        let done = self.client.write(Method::POST, &["v2", "status_page_incident_updates"], &body).await?;
        let update = done["status_page_incident_update"]["id"].as_str().ok_or_else(unread)?;
        Ok(self.at(id, update))
    }

    fn found(&self, text: &Publication, incident: &Value, before: Option<&Published>) -> Found {
        let id = incident["id"].as_str().unwrap_or_default();
        let says = (text.status.as_str(), text.body.as_str());
        behind(&updates(incident), before, says, |update| self.at(id, update))
    }

    fn at(&self, incident: &str, update: &str) -> Published {
        Published { thread: incident.to_owned(), update: update.to_owned(), link: self.config.page_url.clone() }
    }
}

fn updates(incident: &Value) -> Vec<Standing<'_>> {
    Standing::all(incident, "updates", ("incident_status", "message", "published_at"))
}

/// Components that it still shows in trouble.
fn still_affected(incident: &Value) -> BTreeSet<String> {
    let impacts = incident["component_impacts"].as_array().into_iter().flatten();
    let open = impacts.filter(|impact| impact["end_at"].is_null());
    open.filter_map(|impact| impact["component_id"].as_str().map(str::to_owned)).collect()
}

fn statuses(components: &BTreeMap<String, ComponentStatus>) -> Vec<Value> {
    let one = |(id, status): (&String, &ComponentStatus)| {
        let status = match status {
            ComponentStatus::Operational => "operational",
            // It knows no such thing of an incident: the nearest that is worse.
            ComponentStatus::UnderMaintenance | ComponentStatus::DegradedPerformance => "degraded_performance",
            ComponentStatus::PartialOutage => "partial_outage",
            ComponentStatus::MajorOutage => "full_outage",
        };
        json!({ "component_id": id, "component_status": status })
    };
    components.iter().map(one).collect()
}

/// Components stand by themselves, in groups and on pages below the page.
fn collect(part: &Value, all: &mut BTreeMap<String, String>) {
    match part {
        Value::Object(fields) => {
            if let (Some(id), Some(name)) = (part["component_id"].as_str(), part["name"].as_str()) {
                all.insert(id.to_owned(), name.to_owned());
            }
            fields.values().for_each(|field| collect(field, all));
        }
        Value::Array(parts) => parts.iter().for_each(|part| collect(part, all)),
        _ => {}
    }
}

#[async_trait::async_trait]
impl Connector for IncidentIo {
    async fn publish(&self, text: &Publication, before: Option<&Published>) -> Result<Published, Trouble> {
        incident_only(text.status)?;
        let Some(incident) = self.going_on(text, before).await? else { return self.begin(text).await };
        match self.found(text, &incident, before) {
            Found::There(there) => Ok(there),
            Found::Nowhere | Found::Unknown => self.go_on(text, &incident).await,
        }
    }

    async fn find(&self, text: &Publication, before: Option<&Published>) -> Result<Found, Trouble> {
        let Some(incident) = self.going_on(text, before).await? else {
            // A new incident asked for again is the same one. Without its words nobody can ask.
            return Ok(if is_redacted(text) { Found::Unknown } else { Found::Nowhere });
        };
        Ok(self.found(text, &incident, before))
    }

    /// Said behind it.
    async fn correct(&self, at: &Published, text: &Publication) -> Result<Published, Trouble> {
        self.publish(text, Some(at)).await
    }

    async fn withdraw(&self, _: &Published) -> Result<bool, Trouble> {
        Ok(false)
    }
}
