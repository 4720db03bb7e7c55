//! Accounts on social networks: Mastodon and X.

use serde::Deserialize;
use url::Url;

use super::{Abilities, ConnectorKind, Counts};
use crate::config::{Secret, load::Reader};

/// An account on a Mastodon server.
#[derive(Clone, Debug)]
pub struct MastodonConfig {
    /// The server's address; ends in `/`.
    pub url: Url,
    /// Posts in the account's name.
    pub token: Secret,
    /// The most characters that the server takes.
    pub max_chars: u32,
    /// It may be in a private network.
    pub allow_private: bool,
}

/// What a server takes unless somebody set it up otherwise.
const MASTODON_CHARS: u32 = 500;

/// An account on X, and the app in whose name it is used.
#[derive(Clone, Debug)]
pub struct XConfig {
    /// Base of the interface; ends in `/`.
    pub api_url: Url,
    /// The app's key.
    pub api_key: Secret,
    /// The app's secret.
    pub api_key_secret: Secret,
    /// The account's token.
    pub access_token: Secret,
    /// The token's secret.
    pub access_token_secret: Secret,
    /// It may be in a private network.
    pub allow_private: bool,
}

const X: &str = "https://api.x.com/";
/// What X takes of everybody.
const X_CHARS: u32 = 280;

impl MastodonConfig {
    pub(super) const fn abilities(&self) -> Abilities {
        Abilities { max_chars: Some(self.max_chars), counts: Counts::Links, edits: true, ..Abilities::NONE }
    }
}

impl XConfig {
    pub(super) const fn abilities() -> Abilities {
        Abilities { max_chars: Some(X_CHARS), counts: Counts::Weighted, ..Abilities::NONE }
    }
}

/// `kind = "mastodon"`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct MastodonEntry {
    pub(super) name: String,
    url: String,
    token_env: Option<String>,
    max_chars: Option<u32>,
    #[serde(default)]
    allow_private: bool,
}

/// `kind = "x"`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct XEntry {
    pub(super) name: String,
    api_url: Option<String>,
    #[serde(default)]
    allow_private: bool,
}

impl Reader<'_> {
    pub(super) fn mastodon(&mut self, place: &str, it: &MastodonEntry) -> Option<ConnectorKind> {
        let url = self.address(&format!("{place}: url"), &it.url);
        let token = self.token("MASTODON_ACCESS_TOKEN", it.token_env.as_deref(), place);
        let max_chars = it.max_chars.unwrap_or(MASTODON_CHARS);
        if max_chars == 0 {
            self.problems.push(format!("{place}: `max_chars` is 0; write what the server takes, or leave it out"));
        }
        let allow_private = it.allow_private;
        Some(ConnectorKind::Mastodon(MastodonConfig { url: url?, token: token?, max_chars, allow_private }))
    }

    pub(super) fn x(&mut self, place: &str, it: &XEntry) -> Option<ConnectorKind> {
        let api_url = self.address_of("X_API_URL", it.api_url.as_ref(), X);
        let api_key = self.token("X_API_KEY", None, place);
        let api_key_secret = self.token("X_API_KEY_SECRET", None, place);
        let access_token = self.token("X_ACCESS_TOKEN", None, place);
        let access_token_secret = self.token("X_ACCESS_TOKEN_SECRET", None, place);
        Some(ConnectorKind::X(XConfig {
            api_url: api_url?,
            api_key: api_key?,
            api_key_secret: api_key_secret?,
            access_token: access_token?,
            access_token_secret: access_token_secret?,
            allow_private: it.allow_private,
        }))
    }
}
