//! Atlassian Statuspage: <https://developer.statuspage.io>.
//!
//! An incident there is ours by its metadata, which also keeps the keys of the latest texts: by them a text is found that may have got
//! there. A text and how components stand go in one request.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use super::{
    Client, WITHDRAWN, cut, incident_only,
    same::{Standing, is_redacted},
    touched,
};
use crate::{
    adapters::publish::door::{is_same, unread},
    config::HostedPage,
    incident::comms::Published,
    ports::{Connector, Found, Publication, Trouble},
    status::{ComponentStatus, PostStatus},
};

/// Ours among the metadata.
const OURS: &str = "watchroom";
/// What a headline may have, in characters.
const NAME: usize = 255;
/// How many a page of a list has.
const PAGE: usize = 100;
/// How many pages of open incidents are looked through; more than that no status page shows.
const PAGES: usize = 3;
/// How many pages of components are read.
const COMPONENT_PAGES: usize = 10;
/// How many keys an incident keeps.
const KEYS: usize = 10;

#[derive(Debug)]
pub(super) struct Statuspage {
    client: Client,
    config: HostedPage,
}

/// What stands on the page.
#[derive(Debug, Default)]
struct Seen {
    /// The incident of the text.
    ours: Option<Value>,
    /// Others that are open.
    others: Vec<Value>,
}

impl Statuspage {
    pub fn new(client: Client, config: HostedPage) -> Self {
        Self { client, config }
    }

    /// Names of components, by their ids; groups are none.
    pub async fn components(&self) -> Result<BTreeMap<String, String>, Trouble> {
        let mut all = BTreeMap::new();
        for page in 1..=COMPONENT_PAGES {
            let found = self.list(&["components"], page).await?;
            let components = found.iter().filter(|component| component["group"] != true);
            all.extend(components.filter_map(|it| Some((it["id"].as_str()?.into(), it["name"].as_str()?.into()))));
            if found.len() < PAGE {
                break;
            }
        }
        Ok(all)
    }

    /// A page of a list below the status page.
    async fn list(&self, path: &[&str], page: usize) -> Result<Vec<Value>, Trouble> {
        let (page, most) = (page.to_string(), PAGE.to_string());
        let found = self.client.look(&self.below(path), &[("page", &page), ("per_page", &most)]).await?;
        let gone = || Trouble::Refused("the page is not there, or the key's user may not manage it (404)".into());
        match found.ok_or_else(gone)? {
            Value::Array(all) => Ok(all),
            _ => Err(Trouble::Unreachable("an answer that cannot be read".into())),
        }
    }

    fn below<'a>(&'a self, path: &[&'a str]) -> Vec<&'a str> {
        ["pages", &self.config.page].into_iter().chain(path.iter().copied()).collect()
    }

    /// Looks at what is open; where ours is not, at the incident itself or at the latest ones.
    async fn look(&self, text: &Publication, before: Option<&Published>) -> Result<Seen, Trouble> {
        let is_ours = |it: &Value| {
            it["metadata"][OURS]["incident"] == text.incident.as_str()
                || before.is_some_and(|before| it["id"] == before.thread.as_str())
        };
        let mut seen = Seen::default();
        for page in 1..=PAGES {
            let found = self.list(&["incidents", "unresolved"], page).await?;
            let is_last = found.len() < PAGE;
            for incident in found {
                if is_ours(&incident) && seen.ours.is_none() {
                    seen.ours = Some(incident);
                } else {
                    seen.others.push(incident);
                }
            }
            if is_last {
                break;
            }
        }
        if seen.ours.is_none() {
            seen.ours = if let Some(before) = before {
                self.client.look(&self.below(&["incidents", &before.thread]), &[]).await?
            } else {
                let most = PAGE.to_string();
                let latest = self.client.look(&self.below(&["incidents"]), &[("limit", &most)]).await?;
                let latest = latest.as_ref().and_then(Value::as_array);
                latest.and_then(|all| all.iter().find(|it| is_ours(it)).cloned())
            };
        }
        Ok(seen)
    }

    /// What the text sends.
    fn body(&self, text: &Publication, seen: &Seen) -> Result<Value, Trouble> {
        let status = incident_only(text.status)?;
        let mut body = json!({
            "name": cut(&text.title, NAME),
            "status": status.as_str(),
            "body": text.body,
            "deliver_notifications": text.notify,
            "metadata": metadata(text, seen.ours.as_ref()),
        });
        // Over before anybody heard of it, and nobody is to be told: it belongs into the past, and stands there without components.
        if seen.ours.is_none() && status.is_over() && !text.notify {
            let began = text.started_at.to_zoned(TimeZone::UTC).date();
            body["backfilled"] = true.into();
            body["backfill_date"] = began.to_string().into();
            return Ok(body);
        }
        let (ids, components) = self.components_of(text.status, text, seen);
        if !ids.is_empty() {
            body["component_ids"] = json!(ids);
            body["components"] = json!(components);
        }
        Ok(body)
    }

    /// Every component that the incident touches or touched, and how they stand now: as it should where the text names them no more, and
    /// never better than another open incident says.
    fn components_of(
        &self,
        status: PostStatus,
        text: &Publication,
        seen: &Seen,
    ) -> (BTreeSet<String>, BTreeMap<String, &'static str>) {
        let mut all = touched(&self.config, status, &text.impact);
        let before = seen.ours.iter().filter_map(|it| it["components"].as_array()).flatten();
        for id in before.filter_map(|component| component["id"].as_str()) {
            all.entry(id.to_owned()).or_default();
        }
        let stands = |(id, now): (&String, &ComponentStatus)| {
            let elsewhere = seen.others.iter().filter_map(|other| said_of(other, id)).max();
            (id.clone(), elsewhere.map_or(*now, |other| other.max(*now)).as_str())
        };
        (all.keys().cloned().collect(), all.iter().map(stands).collect())
    }

    fn published(incident: &Value, text: &Publication) -> Result<Published, Trouble> {
        let updates = updates(incident);
        let ours = updates.iter().rev().find(|update| is_same(update.body, &text.body)).or_else(|| updates.last());
        let (thread, update) = (incident["id"].as_str().ok_or_else(unread)?, ours.ok_or_else(unread)?.id);
        Ok(Published { thread: thread.to_owned(), update: update.to_owned(), link: link(incident) })
    }

    /// Has an update say this from now on; nothing where it does already.
    async fn reword(&self, at: &Published, body: &str, notify: bool) -> Result<(), Trouble> {
        let incident = self.client.look(&self.below(&["incidents", &at.thread]), &[]).await?;
        let incident = incident.ok_or_else(|| Trouble::Refused("it is not there (404)".into()))?;
        if updates(&incident).iter().any(|update| update.id == at.update && is_same(update.body, body)) {
            return Ok(());
        }
        let path = self.below(&["incidents", &at.thread, "incident_updates", &at.update]);
        let body = json!({ "incident_update": { "body": body, "deliver_notifications": notify } });
        self.client.write(Method::PATCH, &path, &body).await.map(drop)
    }
}

fn updates(incident: &Value) -> Vec<Standing<'_>> {
    Standing::all(incident, "incident_updates", ("status", "body", "created_at"))
}

/// What an open incident said last of a component.
fn said_of(incident: &Value, component: &str) -> Option<ComponentStatus> {
    let mut updates: Vec<&Value> = incident["incident_updates"].as_array()?.iter().collect();
    let at = |update: &Value| update["created_at"].as_str().and_then(|at| at.parse::<jiff::Timestamp>().ok());
    updates.sort_by_key(|update| at(update));
    updates.iter().rev().find_map(|update| {
        let affected = update["affected_components"].as_array()?;
        let it = affected.iter().find(|it| it["code"] == component)?;
        ComponentStatus::parse(it["new_status"].as_str()?)
    })
}

/// What others put there stays: it is sent back as it was.
fn metadata(text: &Publication, ours: Option<&Value>) -> Value {
    let mut all = ours.and_then(|it| it["metadata"].as_object()).cloned().unwrap_or_default();
    let keys = all.get(OURS).and_then(|it| it["keys"].as_array()).cloned().unwrap_or_default();
    let keys: Vec<Value> = keys.into_iter().filter(|key| *key != text.key.as_str()).collect();
    let first = (keys.len() + 1).saturating_sub(KEYS);
    let keys: Vec<Value> = keys.into_iter().skip(first).chain([text.key.as_str().into()]).collect();
    all.insert(OURS.to_owned(), json!({ "incident": text.incident, "keys": keys }));
    Value::Object(all)
}

/// Was this text, or this correction, written there?
fn has(incident: &Value, key: &str) -> bool {
    incident["metadata"][OURS]["keys"].as_array().is_some_and(|keys| keys.iter().any(|it| it == key))
}

/// Was it the last one that was written there?
fn is_last(incident: &Value, key: &str) -> bool {
    incident["metadata"][OURS]["keys"].as_array().and_then(|keys| keys.last()).is_some_and(|it| it == key)
}

/// Where the public reads it; only what is an address is one.
fn link(incident: &Value) -> Option<String> {
    let url = Url::parse(incident["shortlink"].as_str()?).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.to_string().replace('|', "%7C"))
}

#[async_trait::async_trait]
impl Connector for Statuspage {
    async fn publish(&self, text: &Publication, before: Option<&Published>) -> Result<Published, Trouble> {
        incident_only(text.status)?;
        let seen = self.look(text, before).await?;
        let body = json!({ "incident": self.body(text, &seen)? });
        let done = match &seen.ours {
            Some(ours) if has(ours, &text.key) => return Self::published(ours, text),
            Some(ours) => {
                let id = ours["id"].as_str().unwrap_or_default();
                self.client.write(Method::PATCH, &self.below(&["incidents", id]), &body).await?
            }
            None => self.client.write(Method::POST, &self.below(&["incidents"]), &body).await?,
        };
        Self::published(&done, text)
    }

    async fn find(&self, text: &Publication, before: Option<&Published>) -> Result<Found, Trouble> {
        let seen = self.look(text, before).await?;
        match seen.ours {
            // Which of several it is nobody can tell without its words.
            Some(ours) if is_redacted(text) && has(&ours, &text.key) && !is_last(&ours, &text.key) => {
                Ok(Found::Unknown)
            }
            Some(ours) if has(&ours, &text.key) => Self::published(&ours, text).map(Found::There),
            Some(_) | None => Ok(Found::Nowhere),
        }
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
