//! `[gotify]`: pushes by Gotify, to people whose applications' tokens we have.

use std::collections::BTreeMap;

use serde::Deserialize;
use url::Url;

use super::{Secret, load::Reader, tokens::is_name};

/// How to reach a Gotify server.
#[derive(Clone, Debug)]
pub struct GotifyConfig {
    /// Its address.
    pub url: Url,
    /// The token of somebody's application, by the name that they give as their address.
    pub tokens: BTreeMap<String, Secret>,
}

/// `[gotify]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct GotifyEntry {
    url: Option<String>,
}

impl Reader<'_> {
    /// Set up where there is an address, and a token for somebody.
    pub fn gotify(&mut self, entry: Option<&GotifyEntry>) -> Option<GotifyConfig> {
        let url = self.value("GOTIFY_URL", entry.and_then(|entry| entry.url.clone()));
        let tokens = self.secret("GOTIFY_TOKENS");
        let (Some(url), Some(tokens)) = (&url, &tokens) else {
            if url.is_some() || tokens.is_some() || entry.is_some() {
                self.problems.push(
                    "Gotify needs both GOTIFY_URL (or `url` in [gotify]) and GOTIFY_TOKENS with a token for each person: ada=…,ben=…"
                        .into(),
                );
            }
            return None;
        };
        let tokens = self.gotify_tokens(tokens.expose());
        Some(GotifyConfig { url: self.address("GOTIFY_URL", url)?, tokens })
    }

    /// `name=token`, with commas or white space between them.
    fn gotify_tokens(&mut self, text: &str) -> BTreeMap<String, Secret> {
        let mut tokens = BTreeMap::new();
        for (n, entry) in (1..).zip(text.split([',', ' ', '\n', '\t', '\r']).filter(|entry| !entry.is_empty())) {
            let (name, token) = entry.split_once('=').unwrap_or_default();
            if !is_name(name) || token.is_empty() {
                self.problems.push(format!(
                    "GOTIFY_TOKENS, entry {n} is no token; write name=<token of an application of theirs>, the name in letters, \
                     digits, `-`, `_` and `.`"
                ));
            } else if tokens.insert(name.to_owned(), Secret::new(token)).is_some() {
                self.problems.push(format!("GOTIFY_TOKENS names `{name}` twice"));
            }
        }
        tokens
    }
}
