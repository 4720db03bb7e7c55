//! Service desks: Jira Service Management and Zendesk.

use serde::Deserialize;
use url::Url;

use super::{Abilities, ConnectorKind};
use crate::config::{Secret, load::Reader};

/// A service desk, and whoever comments there.
#[derive(Clone, Debug)]
pub struct DeskConfig {
    /// The site's address, where people open tickets; ends in `/`.
    pub url: Url,
    /// The address of the user whose token it is.
    pub user: String,
    /// Comments in that user's name.
    pub token: Secret,
    /// It may be in a private network.
    pub allow_private: bool,
}

/// What a comment may have in Jira.
const JIRA_CHARS: u32 = 32_767;
/// What a comment may have in Zendesk.
const ZENDESK_CHARS: u32 = 60_000;

impl DeskConfig {
    pub(super) const fn in_jira() -> Abilities {
        Abilities { max_chars: Some(JIRA_CHARS), edits: true, ..Abilities::NONE }
    }

    pub(super) const fn in_zendesk() -> Abilities {
        Abilities { max_chars: Some(ZENDESK_CHARS), ..Abilities::NONE }
    }
}

/// `kind = "jira_service_management"`, `"zendesk"`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct DeskEntry {
    pub(super) name: String,
    url: String,
    user: String,
    token_env: Option<String>,
    #[serde(default)]
    allow_private: bool,
}

impl Reader<'_> {
    pub(super) fn jira_desk(&mut self, place: &str, it: &DeskEntry) -> Option<ConnectorKind> {
        let token = self.token("JIRA_API_TOKEN", it.token_env.as_deref(), place);
        self.desk(place, it, token).map(ConnectorKind::JiraDesk)
    }

    pub(super) fn zendesk(&mut self, place: &str, it: &DeskEntry) -> Option<ConnectorKind> {
        let token = self.token("ZENDESK_API_TOKEN", it.token_env.as_deref(), place);
        self.desk(place, it, token).map(ConnectorKind::Zendesk)
    }

    fn desk(&mut self, place: &str, it: &DeskEntry, token: Option<Secret>) -> Option<DeskConfig> {
        let url = self.address(&format!("{place}: url"), &it.url);
        if !it.user.contains('@') {
            self.problems.push(format!("{place}: `user` is the e-mail address of the user whose token it is"));
        }
        Some(DeskConfig { url: url?, user: it.user.clone(), token: token?, allow_private: it.allow_private })
    }
}
