//! `[[connectors]]`: places beside the chat that take texts for others. Each kind has its table here and its adapter in
//! `adapters/publish`.

use serde::{Deserialize, Serialize};

use super::load::Reader;

/// The name of our own status page, as channels of the register have it.
pub const STATUS_PAGE: &str = "status_page";

/// What a place can do, which decides what people are asked and how much they may write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Abilities {
    /// The most characters of a text, headline included where the place has none of its own; none: any.
    pub max_chars: Option<u32>,
    /// A text that stands there can be changed.
    pub edits: bool,
    /// It shows how components stand.
    pub components: bool,
    /// It has subscribers, who are told or not.
    pub subscribers: bool,
}

/// A place, and how to get there.
#[derive(Clone, Debug)]
pub struct ConnectorConfig {
    /// Its name: `connector` of channels.
    pub name: String,
    /// Which it is.
    pub kind: ConnectorKind,
}

/// The kinds of places.
#[derive(Clone, Debug)]
pub enum ConnectorKind {
    /// A program of the deployment's own, one of `[[webhooks]]`.
    Webhook {
        /// Its name there.
        webhook: String,
    },
}

impl ConnectorKind {
    /// What it can do.
    #[must_use]
    pub const fn abilities(&self) -> Abilities {
        match self {
            Self::Webhook { .. } => Abilities { max_chars: None, edits: true, components: true, subscribers: true },
        }
    }
}

/// `[[connectors]]`.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum ConnectorEntry {
    Webhook(WebhookConnector),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WebhookConnector {
    name: String,
    webhook: String,
}

impl ConnectorEntry {
    fn name(&self) -> &str {
        match self {
            Self::Webhook(it) => &it.name,
        }
    }
}

impl Reader<'_> {
    /// Every connector, with its problems told; `webhooks` are the names of those that there are.
    pub fn connectors(&mut self, entries: &[ConnectorEntry], webhooks: &[String]) -> Vec<ConnectorConfig> {
        let mut names = std::collections::BTreeSet::new();
        let mut connectors = Vec::new();
        for entry in entries {
            let name = entry.name();
            let place = format!("connector `{name}`");
            if !super::tokens::is_name(name) {
                self.problems.push(format!("{place}: a name has 1 to 40 letters, digits, `-`, `_` and `.`"));
            }
            if name == STATUS_PAGE {
                self.problems
                    .push(format!("{place}: that is our own page, which `[status_page]` sets up; take another name"));
            }
            if !names.insert(name.to_owned()) {
                self.problems.push(format!("two connectors are named `{name}`"));
            }
            let kind = match entry {
                ConnectorEntry::Webhook(it) => self.webhook_connector(&place, it, webhooks),
            };
            connectors.extend(kind.map(|kind| ConnectorConfig { name: name.to_owned(), kind }));
        }
        connectors
    }

    fn webhook_connector(&mut self, place: &str, it: &WebhookConnector, webhooks: &[String]) -> Option<ConnectorKind> {
        if webhooks.contains(&it.webhook) {
            return Some(ConnectorKind::Webhook { webhook: it.webhook.clone() });
        }
        self.problems.push(format!("{place}: there is no webhook `{}`; add it as `[[webhooks]]`", it.webhook));
        None
    }
}
