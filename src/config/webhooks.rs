//! `[[webhooks]]`: programs that are told when a step of a policy asks them.

use serde::Deserialize;
use url::Url;

use super::{Secret, file::File, load::Reader};
use crate::render::webhook::check;

/// A program that is told of pages.
#[derive(Clone, Debug)]
pub struct WebhookConfig {
    /// Its name: `webhook:<name>` in steps.
    pub name: String,
    /// Where it listens. Whoever knows that may often write there, so that it is a secret.
    pub url: Secret,
    /// What it is sent; none: all that is known, as JSON.
    pub template: Option<String>,
    /// What the bot signs with.
    pub secret: Option<Secret>,
    /// It may be in a private network.
    pub allow_private: bool,
}

/// `[[webhooks]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WebhookEntry {
    pub name: String,
    url_env: String,
    secret_env: Option<String>,
    template: Option<String>,
    #[serde(default)]
    allow_private: bool,
}

impl Reader<'_> {
    /// Every webhook, with its problems told.
    pub fn webhooks(&mut self, file: &File) -> Vec<WebhookConfig> {
        let mut names = std::collections::BTreeSet::new();
        let mut webhooks = Vec::new();
        for entry in &file.webhooks {
            if !names.insert(entry.name.as_str()) {
                self.problems.push(format!("two webhooks are named `{}`", entry.name));
            }
            webhooks.extend(self.webhook(entry));
        }
        webhooks
    }

    fn webhook(&mut self, entry: &WebhookEntry) -> Option<WebhookConfig> {
        let place = format!("webhook `{}`", entry.name);
        if !super::tokens::is_name(&entry.name) {
            self.problems.push(format!("{place}: a name has 1 to 40 letters, digits, `-`, `_` and `.`"));
        }
        if let Some(Err(bad)) = entry.template.as_deref().map(check) {
            self.problems.push(format!("{place}: its template cannot be used: {bad}"));
        }
        let secret = entry.secret_env.as_deref().map(|name| (name, self.secret(name)));
        if let Some((name, None)) = &secret {
            self.problems.push(format!("{place}: `secret_env` names {name}, which is not set"));
        }
        let Some(url) = self.secret(&entry.url_env) else {
            self.problems
                .push(format!("{place}: `url_env` names {}, which is not set; it holds the address", entry.url_env));
            return None;
        };
        let is_web = Url::parse(url.expose()).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if !is_web {
            // The address may be a secret.
            self.problems.push(format!("{place}: what {} holds is no http or https address", entry.url_env));
        }
        let (name, template, allow_private) = (entry.name.clone(), entry.template.clone(), entry.allow_private);
        Some(WebhookConfig { name, url, template, secret: secret.and_then(|(_, secret)| secret), allow_private })
    }
}
