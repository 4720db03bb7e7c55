//! Instatus: <https://instatus.com/help/api>.
//!
//! It takes no key of ours: an incident is known by its headline and the moment at which it began, a text by what it says.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    Client, WITHDRAWN, incident_only,
    same::{Standing, behind, is_redacted},
    touched,
};
use crate::{
    adapters::publish::door::{is_same, unread},
    config::HostedPage,
    incident::comms::Published,
    ports::{Connector, Found, Publication, Trouble},
    status::{ComponentStatus, PostStatus},
};

/// How many a page of a list has.
const PAGE: usize = 100;
/// How many pages of components are looked through.
const PAGES: usize = 10;
/// Moments that are nearer are one: it may keep them less exactly.
const NEAR: SignedDuration = SignedDuration::from_secs(1);
/// What is not over.
const OPEN: &str = "INVESTIGATING,IDENTIFIED,MONITORING";

#[derive(Debug)]
pub(super) struct Instatus {
    client: Client,
    config: HostedPage,
}

impl Instatus {
    pub fn new(client: Client, config: HostedPage) -> Self {
        Self { client, config }
    }

    /// Names of components, by their ids; what was put away is none.
    pub async fn components(&self) -> Result<BTreeMap<String, String>, Trouble> {
        let mut all = BTreeMap::new();
        for page in 1..=PAGES {
            let found = self.list("components", &[("page", &page.to_string())]).await?;
            let components = found.iter().filter(|component| component["archivedAt"].is_null());
            all.extend(components.filter_map(|it| Some((it["id"].as_str()?.into(), it["name"].as_str()?.into()))));
            if found.len() < PAGE {
                break;
            }
        }
        Ok(all)
    }

    async fn list(&self, what: &str, query: &[(&str, &str)]) -> Result<Vec<Value>, Trouble> {
        let most = PAGE.to_string();
        let query: Vec<_> = query.iter().copied().chain([("per_page", most.as_str())]).collect();
        let gone = || Trouble::Refused("the page is not there, or not the key's to see (404)".into());
        match self.client.look(&["v1", &self.config.page, what], &query).await?.ok_or_else(gone)? {
            Value::Array(all) => Ok(all),
            _ => Err(Trouble::Unreachable("an answer that cannot be read".into())),
        }
    }

    async fn incident(&self, id: &str) -> Result<Option<Value>, Trouble> {
        self.client.look(&["v1", &self.config.page, "incidents", id], &[]).await
    }

    /// The incident that a text goes on with.
    async fn going_on(&self, before: Option<&Published>) -> Result<Option<Value>, Trouble> {
        match before {
            Some(before) => self.incident(&before.thread).await,
            None => Ok(None),
        }
    }

    /// The text in its incident; where there is none yet, one that it has begun, perhaps.
    async fn found(
        &self,
        text: &Publication,
        incident: Option<&Value>,
        before: Option<&Published>,
    ) -> Result<Found, Trouble> {
        let Some(incident) = incident else { return self.begun(text).await };
        let says = (status(text.status)?, text.body.as_str());
        let id = incident["id"].as_str().unwrap_or_default();
        Ok(behind(&updates(incident), before, says, |update| self.at(id, update)))
    }

    async fn begin(&self, text: &Publication) -> Result<Published, Trouble> {
        let components = touched(&self.config, text.status, &text.impact);
        let body = json!({
            "name": text.title,
            "message": text.body,
            "started": moment(text.started_at),
            "status": status(text.status)?,
            "notify": text.notify,
            "shouldPublish": true,
            "components": components.keys().collect::<Vec<_>>(),
            "statuses": statuses(&components),
        });
        let incident = self.client.write(Method::POST, &["v1", &self.config.page, "incidents"], &body).await?;
        let first = updates(&incident).first().map(|update| update.id.to_owned());
        match (incident["id"].as_str(), first) {
            (Some(id), Some(first)) => Ok(self.at(id, &first)),
            _ => Err(unread()),
        }
    }

    /// One more text of an incident. A component that it names no more is as it should be, unless another open incident has it too.
    async fn go_on(&self, text: &Publication, incident: &Value) -> Result<Published, Trouble> {
        let id = incident["id"].as_str().ok_or_else(unread)?;
        let mut components = touched(&self.config, text.status, &text.impact);
        let named: BTreeSet<String> = components_of(incident).filter(|id| !components.contains_key(id)).collect();
        if !named.is_empty() {
            let open = self.list("incidents", &[("status", OPEN)]).await?;
            let others: BTreeSet<String> = open.iter().filter(|it| it["id"] != id).flat_map(components_of).collect();
            let free = named.iter().filter(|id| !others.contains(*id));
            components.extend(free.map(|id| (id.clone(), ComponentStatus::Operational)));
        }
        let all: BTreeSet<&String> = components.keys().chain(&named).collect();
        let body = json!({
            "message": text.body,
            "started": moment(text.sent_at),
            "status": status(text.status)?,
            "notify": text.notify,
            "components": all,
            "statuses": statuses(&components),
        });
        let path = ["v1", &self.config.page, "incidents", id, "incident-updates"];
        let done = self.client.write(Method::POST, &path, &body).await?;
        Ok(self.at(id, done["id"].as_str().ok_or_else(unread)?))
    }

    /// An incident that was begun by this text, perhaps.
    async fn begun(&self, text: &Publication) -> Result<Found, Trouble> {
        let says = (status(text.status)?, text.body.as_str());
        let latest = self.list("incidents", &[]).await?;
        let mut found = Found::Nowhere;
        for incident in latest.iter().filter(|it| is_begun_by(it, text)) {
            let id = incident["id"].as_str().unwrap_or_default();
            match behind(&updates(incident), None, says, |update| self.at(id, update)) {
                there @ Found::There(_) => return Ok(there),
                Found::Nowhere | Found::Unknown => found = Found::Unknown,
            }
        }
        Ok(found)
    }

    /// Has an update say this from now on; nothing where it does already.
    async fn reword(&self, at: &Published, body: &str, notify: bool) -> Result<(), Trouble> {
        // What is not said again may count as taken away.
        let incident = self.incident(&at.thread).await?;
        let incident = incident.ok_or_else(|| Trouble::Refused("it is not there (404)".into()))?;
        let found = incident["updates"].as_array().and_then(|all| all.iter().find(|it| it["id"] == at.update.as_str()));
        let update = found.ok_or_else(|| Trouble::Refused("it is not there (404)".into()))?;
        if update["message"].as_str().is_some_and(|said| is_same(said, body)) {
            return Ok(());
        }
        let body = json!({
            "message": body, "notify": notify, "status": update["status"], "started": update["started"],
        });
        let path = ["v1", &self.config.page, "incidents", &at.thread, "incident-updates", &at.update];
        self.client.write(Method::PUT, &path, &body).await.map(drop)
    }

    fn at(&self, incident: &str, update: &str) -> Published {
        Published { thread: incident.to_owned(), update: update.to_owned(), link: self.config.page_url.clone() }
    }
}

fn updates(incident: &Value) -> Vec<Standing<'_>> {
    Standing::all(incident, "updates", ("status", "message", "createdAt"))
}

fn components_of(incident: &Value) -> impl Iterator<Item = String> {
    let components = incident["components"].as_array().into_iter().flatten();
    components.filter_map(|component| component["id"].as_str().map(str::to_owned))
}

fn is_begun_by(incident: &Value, text: &Publication) -> bool {
    let began = incident["started"].as_str().and_then(|at| at.parse::<Timestamp>().ok());
    let near = began.is_some_and(|at| at.duration_since(text.started_at).abs() <= NEAR);
    near && (is_redacted(text) || incident["name"].as_str().is_some_and(|name| is_same(name, &text.title)))
}

/// As its own examples write them.
fn moment(at: Timestamp) -> String {
    format!("{at:.3}")
}

fn status(status: PostStatus) -> Result<&'static str, Trouble> {
    Ok(match incident_only(status)? {
        PostStatus::Identified => "IDENTIFIED",
        PostStatus::Monitoring => "MONITORING",
        PostStatus::Resolved => "RESOLVED",
        _ => "INVESTIGATING",
    })
}

fn statuses(components: &BTreeMap<String, ComponentStatus>) -> Vec<Value> {
    let one = |(id, status): (&String, &ComponentStatus)| {
        let status = match status {
            ComponentStatus::Operational => "OPERATIONAL",
            ComponentStatus::UnderMaintenance => "UNDERMAINTENANCE",
            ComponentStatus::DegradedPerformance => "DEGRADEDPERFORMANCE",
            ComponentStatus::PartialOutage => "PARTIALOUTAGE",
            ComponentStatus::MajorOutage => "MAJOROUTAGE",
        };
        json!({ "id": id, "status": status })
    };
    components.iter().map(one).collect()
}

#[async_trait::async_trait]
impl Connector for Instatus {
    async fn publish(&self, text: &Publication, before: Option<&Published>) -> Result<Published, Trouble> {
        incident_only(text.status)?;
        let incident = self.going_on(before).await?;
        match (self.found(text, incident.as_ref(), before).await?, incident) {
            (Found::There(there), _) => Ok(there),
            (Found::Nowhere | Found::Unknown, Some(incident)) => self.go_on(text, &incident).await,
            (Found::Nowhere | Found::Unknown, None) => self.begin(text).await,
        }
    }

    async fn find(&self, text: &Publication, before: Option<&Published>) -> Result<Found, Trouble> {
        let incident = self.going_on(before).await?;
        self.found(text, incident.as_ref(), before).await
    }

    async fn correct(&self, at: &Published, text: &Publication) -> Result<Published, Trouble> {
        self.reword(at, &text.body, text.notify).await?;
        Ok(at.clone())
    }

    async fn withdraw(&self, at: &Published) -> Result<bool, Trouble> {
        self.reword(at, WITHDRAWN, false).await?;
        Ok(true)
    }
}
