//! `[status_page]`: our own public status page.

use std::{collections::BTreeSet, path::PathBuf};

use serde::{Deserialize, Serialize};
use url::Url;

use super::load::Reader;
use crate::{playbook::Playbook, status::ComponentId};

/// The most components of a page.
const MOST: usize = 500;

/// What the page says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusPageSettings {
    /// Whose page it is: `Example`.
    pub name: String,
    /// Where it is served, without a slash at its end; none where the deployment has no public address.
    pub url: Option<String>,
    /// Where people ask for help.
    pub support_url: Option<String>,
    /// A picture beside the name.
    pub logo_url: Option<String>,
    /// Of the head: `#1a73e8`.
    pub accent: Option<String>,
    /// IANA zone of its times.
    pub timezone: String,
    /// The language of its own words where the reader prefers none that it has: `en`, `de`, `fr`, `es` or `ja`.
    pub language: String,
    /// What it shows, in this order.
    pub components: Vec<Component>,
    /// Where the page is also kept as files, for a web server that goes on when the bot is down.
    #[serde(default)]
    pub snapshot: Option<PathBuf>,
    /// Whoever likes is told of posts, where the deployment has that.
    #[serde(default)]
    pub subscribers: Option<SubscriberSettings>,
    /// So many minutes before maintenance whoever planned it is reminded, and the announce channel.
    #[serde(default = "remind_min")]
    pub remind_min: Vec<u32>,
}

/// How subscribers are told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriberSettings {
    /// Their programs may be in a private network, and without TLS: for a page that is not for the world.
    pub private_webhooks: bool,
}

/// One thing that it shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    /// Its id.
    pub id: ComponentId,
    /// For people.
    pub name: String,
    /// Those of one group stand together.
    pub group: Option<String>,
    /// What it is, in a sentence.
    pub description: Option<String>,
}

impl StatusPageSettings {
    /// A page with these components, each with its name and group, and nothing else chosen: in English, by UTC.
    #[must_use]
    pub fn of(name: &str, url: &str, components: &[(&str, &str, Option<&str>)]) -> Self {
        let component = |(id, name, group): &(&str, &str, Option<&str>)| Component {
            id: (*id).into(),
            name: (*name).to_owned(),
            group: group.map(str::to_owned),
            description: None,
        };
        Self {
            name: name.to_owned(),
            url: Some(url.to_owned()),
            support_url: None,
            logo_url: None,
            accent: None,
            timezone: "UTC".to_owned(),
            language: "en".to_owned(),
            components: components.iter().map(component).collect(),
            snapshot: None,
            subscribers: None,
            remind_min: remind_min(),
        }
    }
}

/// `[status_page]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StatusPageEntry {
    name: String,
    url: Option<String>,
    support_url: Option<String>,
    logo_url: Option<String>,
    accent: Option<String>,
    timezone: Option<String>,
    language: Option<String>,
    snapshot: Option<PathBuf>,
    subscribers: Option<SubscribersEntry>,
    remind_min: Option<Vec<u32>>,
    #[serde(default)]
    components: Vec<ComponentEntry>,
}

/// `[status_page.subscribers]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct SubscribersEntry {
    private_webhooks: bool,
}

/// `[[status_page.components]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ComponentEntry {
    id: String,
    name: Option<String>,
    group: Option<String>,
    description: Option<String>,
}

/// When people are reminded of maintenance where the settings do not say: a day and an hour before.
pub const REMIND_MIN: [u32; 2] = [24 * 60, 60];

fn remind_min() -> Vec<u32> {
    REMIND_MIN.to_vec()
}

/// The languages that the page has words in.
pub const LANGUAGES: [&str; 5] = ["en", "de", "fr", "es", "ja"];

impl Reader<'_> {
    /// The page, with its problems told. Components that the playbook's services name and the file does not stand behind the others.
    pub fn status_page(
        &mut self,
        entry: Option<&StatusPageEntry>,
        playbook: Option<&Playbook>,
        public_url: Option<&str>,
        (timezone, has_mail): (&str, bool),
    ) -> Option<StatusPageSettings> {
        let entry = entry?;
        let mut problem = |what: String| self.problems.push(format!("[status_page] {what}"));
        if entry.name.trim().is_empty() {
            problem("`name` is empty; write whose page it is".into());
        }
        for (key, value) in [("url", &entry.url), ("support_url", &entry.support_url), ("logo_url", &entry.logo_url)] {
            let is_web =
                |text: &String| Url::parse(text).is_ok_and(|u| matches!(u.scheme(), "http" | "https" | "mailto"));
            if let Some(value) = value.as_ref().filter(|value| !is_web(value)) {
                problem(format!("`{key}` `{value}` is no address; write for example https://status.example.com"));
            }
        }
        let is_colour =
            |c: &String| c.len() == 7 && c.starts_with('#') && c[1..].bytes().all(|b| b.is_ascii_hexdigit());
        if let Some(accent) = entry.accent.as_ref().filter(|c| !is_colour(c)) {
            problem(format!("`accent` `{accent}` is no colour; write for example #1a73e8"));
        }
        let timezone = entry.timezone.clone().unwrap_or_else(|| timezone.to_owned());
        if jiff::tz::TimeZone::get(&timezone).is_err() {
            problem(format!("`timezone` `{timezone}` is no IANA zone; write for example Europe/Berlin"));
        }
        let language = entry.language.clone().unwrap_or_else(|| "en".into());
        if !LANGUAGES.contains(&language.as_str()) {
            problem(format!("`language` `{language}` is none of {}", LANGUAGES.join(", ")));
        }
        let mut ids = BTreeSet::new();
        for component in &entry.components {
            if component.id.trim().is_empty() || !ids.insert(component.id.as_str()) {
                problem(format!("two components have the id `{}`, or it is empty", component.id));
            }
        }
        let reminds = entry.remind_min.iter().flatten();
        if reminds.clone().count() > 10 || reminds.clone().any(|m| *m > 60 * 24 * 31) {
            problem("`remind_min` has more than ten reminders, or one more than a month before; write for example [1440, 60]".into());
        }
        let components = components(entry, playbook);
        if components.len() > MOST {
            problem(format!("more than {MOST} components are more than a page shows"));
        }
        let url = entry.url.clone().or_else(|| public_url.map(|base| format!("{}/status", base.trim_end_matches('/'))));
        if entry.subscribers.is_some() && !has_mail {
            problem("`subscribers` are told by mail; set SMTP_URL, and `from` in [mail]".into());
        }
        if entry.subscribers.is_some() && url.is_none() {
            problem("`subscribers` follow links; set `url`, or public_url".into());
        }
        Some(StatusPageSettings {
            name: entry.name.trim().to_owned(),
            url: url.map(|url| url.trim_end_matches('/').to_owned()),
            support_url: entry.support_url.clone(),
            logo_url: entry.logo_url.clone(),
            accent: entry.accent.clone(),
            timezone,
            language,
            components,
            snapshot: entry.snapshot.clone(),
            subscribers: entry
                .subscribers
                .as_ref()
                .map(|it| SubscriberSettings { private_webhooks: it.private_webhooks }),
            remind_min: entry.remind_min.clone().unwrap_or_else(remind_min),
        })
    }
}

fn components(entry: &StatusPageEntry, playbook: Option<&Playbook>) -> Vec<Component> {
    let mut components: Vec<Component> = entry
        .components
        .iter()
        .map(|c| Component {
            id: c.id.as_str().into(),
            name: c.name.clone().unwrap_or_else(|| c.id.clone()),
            group: c.group.clone(),
            description: c.description.clone(),
        })
        .collect();
    for name in playbook.iter().flat_map(|p| &p.services).flat_map(|s| &s.components) {
        if !components.iter().any(|c| c.id.as_str() == name || c.name == *name) {
            let (id, name) = (name.as_str().into(), name.clone());
            components.push(Component { id, name, group: None, description: None });
        }
    }
    components
}

impl StatusPageSettings {
    /// The component that somebody calls this, by id or name.
    #[must_use]
    pub fn component(&self, name: &str) -> Option<&Component> {
        self.components.iter().find(|c| c.id.as_str() == name || c.name == name)
    }
}
