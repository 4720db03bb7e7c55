//! Incoming webhooks of other chats: Teams, Discord and Mattermost.

use serde::Deserialize;
use url::Url;

use super::{Abilities, ConnectorKind, Counts};
use crate::config::{Secret, load::Reader};

/// Which chat it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookKind {
    /// Microsoft Teams, by a workflow.
    Teams,
    /// Discord.
    Discord,
    /// Mattermost.
    Mattermost,
}

/// An incoming webhook.
#[derive(Clone, Debug)]
pub struct HookConfig {
    /// Of which chat.
    pub kind: HookKind,
    /// Its address. Whoever knows it can write there.
    pub url: Secret,
    /// It may be in a private network.
    pub allow_private: bool,
}

impl HookConfig {
    pub(super) const fn abilities(&self) -> Abilities {
        match self.kind {
            // A message has 28 KB, and a character up to four bytes beside what is around it.
            HookKind::Teams => Abilities { max_chars: Some(5000), ..Abilities::NONE },
            HookKind::Discord => {
                Abilities { max_chars: Some(2000), counts: Counts::Markdown, edits: true, ..Abilities::NONE }
            }
            // Older servers make several messages of more.
            HookKind::Mattermost => Abilities { max_chars: Some(4000), counts: Counts::Mattermost, ..Abilities::NONE },
        }
    }
}

/// `kind = "teams"`, `"discord"`, `"mattermost"`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct HookEntry {
    pub(super) name: String,
    url_env: String,
    #[serde(default)]
    allow_private: bool,
}

impl Reader<'_> {
    pub(super) fn hook(&mut self, place: &str, kind: HookKind, it: &HookEntry) -> Option<ConnectorKind> {
        let url = self.secret(&it.url_env);
        let url = self.needed(place, &it.url_env, url)?;
        let parsed = Url::parse(url.expose()).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        // The address is a secret.
        match &parsed {
            None => self.problems.push(format!("{place}: what {} holds is no http or https address", it.url_env)),
            Some(url) if kind == HookKind::Mattermost && !url.path().contains("/hooks/") => {
                self.problems.push(format!("{place}: what {} holds is no incoming webhook of Mattermost", it.url_env));
            }
            Some(url) if kind == HookKind::Discord && !url.path().contains("/webhooks/") => {
                self.problems.push(format!("{place}: what {} holds is no webhook of Discord", it.url_env));
            }
            Some(_) => {}
        }
        Some(ConnectorKind::Hook(HookConfig { kind, url, allow_private: it.allow_private }))
    }
}
