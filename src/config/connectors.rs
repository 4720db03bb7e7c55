//! `[[connectors]]`: places beside the chat that take texts for others. Each kind has its table here and its adapter in
//! `adapters/publish`.

mod counts;
mod desks;
mod hooks;
mod hosted;
mod social;

use serde::{Deserialize, Serialize};

pub use self::{
    counts::Counts,
    desks::DeskConfig,
    hooks::{HookConfig, HookKind},
    hosted::{Host, HostedPage},
    social::{MastodonConfig, XConfig},
};
use self::{
    desks::DeskEntry,
    hooks::HookEntry,
    hosted::HostedEntry,
    social::{MastodonEntry, XEntry},
};
use super::{LANGUAGES, Secret, load::Reader};
use crate::paging::reach::{Way, clean};

/// The name of our own status page, as channels of the register have it.
pub const STATUS_PAGE: &str = "status_page";

/// What a place can do, which decides what people are asked and how much they may write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Abilities {
    /// The most characters of a text, headline included where the place has none of its own; none: any.
    pub max_chars: Option<u32>,
    /// How it counts them.
    pub counts: Counts,
    /// A text that stands there can be changed.
    pub edits: bool,
    /// It shows how components stand.
    pub components: bool,
    /// It has subscribers, who are told or not.
    pub subscribers: bool,
}

impl Abilities {
    /// Takes texts of any length, and nothing else.
    pub const NONE: Self =
        Self { max_chars: None, counts: Counts::Characters, edits: false, components: false, subscribers: false };
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
    /// An account on Mastodon.
    Mastodon(MastodonConfig),
    /// An account on X.
    X(XConfig),
    /// An incoming webhook of another chat.
    Hook(HookConfig),
    /// Requests in Jira Service Management.
    JiraDesk(DeskConfig),
    /// Tickets in Zendesk.
    Zendesk(DeskConfig),
    /// A status page that others host.
    Hosted(HostedPage),
    /// Mails to fixed addresses, which may be those of lists.
    Mail {
        /// To whom, each once.
        to: Vec<String>,
        /// In which language it says what is not the author's own.
        language: String,
    },
}

impl ConnectorKind {
    /// What it can do.
    #[must_use]
    pub fn abilities(&self) -> Abilities {
        match self {
            Self::Webhook { .. } => {
                Abilities { counts: Counts::Body, edits: true, components: true, subscribers: true, ..Abilities::NONE }
            }
            Self::Mastodon(it) => it.abilities(),
            Self::X(_) => XConfig::abilities(),
            Self::Hook(it) => it.abilities(),
            Self::JiraDesk(_) => DeskConfig::in_jira(),
            Self::Zendesk(_) => DeskConfig::in_zendesk(),
            Self::Hosted(page) => page.abilities(),
            // What was mailed stays as it is; a correction comes behind it.
            Self::Mail { .. } => Abilities { counts: Counts::Body, ..Abilities::NONE },
        }
    }
}

/// `[[connectors]]`.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum ConnectorEntry {
    Webhook(WebhookConnector),
    Mastodon(MastodonEntry),
    X(XEntry),
    Teams(HookEntry),
    Discord(HookEntry),
    Mattermost(HookEntry),
    JiraServiceManagement(DeskEntry),
    Zendesk(DeskEntry),
    Statuspage(HostedEntry),
    IncidentIo(HostedEntry),
    Instatus(HostedEntry),
    Mail(MailConnector),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WebhookConnector {
    name: String,
    webhook: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MailConnector {
    name: String,
    to: Vec<String>,
    language: Option<String>,
}

/// The most addresses of a connector: what is for more belongs to a list, or to subscribers.
const MOST_ADDRESSES: usize = 50;

impl ConnectorEntry {
    fn name(&self) -> &str {
        match self {
            Self::Webhook(it) => &it.name,
            Self::Mastodon(it) => &it.name,
            Self::X(it) => &it.name,
            Self::Teams(it) | Self::Discord(it) | Self::Mattermost(it) => &it.name,
            Self::JiraServiceManagement(it) | Self::Zendesk(it) => &it.name,
            Self::Statuspage(it) | Self::IncidentIo(it) | Self::Instatus(it) => &it.name,
            Self::Mail(it) => &it.name,
        }
    }
}

impl Reader<'_> {
    /// Every connector, with its problems told; `webhooks` are the names of those that there are, `has_mail` says whether mails go out.
    pub fn connectors(
        &mut self,
        entries: &[ConnectorEntry],
        webhooks: &[String],
        has_mail: bool,
    ) -> Vec<ConnectorConfig> {
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
                ConnectorEntry::Mastodon(it) => self.mastodon(&place, it),
                ConnectorEntry::X(it) => self.x(&place, it),
                ConnectorEntry::Teams(it) => self.hook(&place, HookKind::Teams, it),
                ConnectorEntry::Discord(it) => self.hook(&place, HookKind::Discord, it),
                ConnectorEntry::Mattermost(it) => self.hook(&place, HookKind::Mattermost, it),
                ConnectorEntry::JiraServiceManagement(it) => self.jira_desk(&place, it),
                ConnectorEntry::Zendesk(it) => self.zendesk(&place, it),
                ConnectorEntry::Statuspage(it) => self.hosted(&place, Host::Statuspage, it),
                ConnectorEntry::IncidentIo(it) => self.hosted(&place, Host::IncidentIo, it),
                ConnectorEntry::Instatus(it) => self.hosted(&place, Host::Instatus, it),
                ConnectorEntry::Mail(it) => Some(self.mail_connector(&place, it, has_mail)),
            };
            connectors.extend(kind.map(|kind| ConnectorConfig { name: name.to_owned(), kind }));
        }
        connectors
    }

    /// What lets the bot in: the usual secret, unless the place names the variable of another.
    fn token(&mut self, usual: &str, named: Option<&str>, place: &str) -> Option<Secret> {
        let name = named.unwrap_or(usual);
        let secret = self.secret(name);
        self.needed(place, name, secret)
    }

    /// A secret that the place cannot do without.
    fn needed(&mut self, place: &str, name: &str, secret: Option<Secret>) -> Option<Secret> {
        if secret.is_none() {
            self.problems
                .push(format!("{place}: {name} is not set; it, or a file that {name}_FILE names, holds the secret"));
        }
        secret
    }

    fn webhook_connector(&mut self, place: &str, it: &WebhookConnector, webhooks: &[String]) -> Option<ConnectorKind> {
        if webhooks.contains(&it.webhook) {
            return Some(ConnectorKind::Webhook { webhook: it.webhook.clone() });
        }
        self.problems.push(format!("{place}: there is no webhook `{}`; add it as `[[webhooks]]`", it.webhook));
        None
    }

    fn mail_connector(&mut self, place: &str, it: &MailConnector, has_mail: bool) -> ConnectorKind {
        let mut problem = |what: String| self.problems.push(format!("{place}: {what}"));
        if !has_mail {
            problem("mails need SMTP_URL, and `from` in [mail]".into());
        }
        let to: Vec<String> = it.to.iter().filter_map(|address| clean(Way::Mail, address).ok()).collect();
        if to.len() < it.to.len() || to.is_empty() || to.len() > MOST_ADDRESSES {
            problem(format!("`to` has 1 to {MOST_ADDRESSES} mail addresses, like status@lists.example.com"));
        }
        let language = it.language.clone().unwrap_or_else(|| LANGUAGES[0].to_owned());
        if !LANGUAGES.contains(&language.as_str()) {
            problem(format!("`language` `{language}` is none of {}", LANGUAGES.join(", ")));
        }
        ConnectorKind::Mail { to, language }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Problems};

    fn load(toml: &str, env: &[(&str, &str)]) -> Result<Config, Problems> {
        let path = std::env::temp_dir().join(format!("watchroom-places-{}-{:p}.toml", std::process::id(), &toml));
        std::fs::write(&path, toml).expect("a temporary file");
        let lookup = |name: &str| env.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        let config = Config::load(Some(&path), &lookup);
        std::fs::remove_file(path).expect("our own file");
        config
    }

    const PLACES: &str = "
        [[connectors]]
        name = 'fediverse'
        kind = 'mastodon'
        url = 'https://social.example.com'
        [[connectors]]
        name = 'x'
        kind = 'x'
        [[connectors]]
        name = 'partners'
        kind = 'teams'
        url_env = 'TEAMS_WEBHOOK_URL'
        [[connectors]]
        name = 'players'
        kind = 'discord'
        url_env = 'DISCORD_WEBHOOK_URL'
        [[connectors]]
        name = 'shops'
        kind = 'mattermost'
        url_env = 'MATTERMOST_WEBHOOK_URL'
        [[connectors]]
        name = 'requests'
        kind = 'jira_service_management'
        url = 'https://shop.atlassian.net'
        user = 'watchroom@example.com'
        [[connectors]]
        name = 'tickets'
        kind = 'zendesk'
        url = 'https://shop.zendesk.com'
        user = 'watchroom@example.com'
    ";
    const SECRETS: [(&str, &str); 10] = [
        ("MASTODON_ACCESS_TOKEN", "hush"),
        ("X_API_KEY", "hush"),
        ("X_API_KEY_SECRET", "hush"),
        ("X_ACCESS_TOKEN", "hush"),
        ("X_ACCESS_TOKEN_SECRET", "hush"),
        (
            "TEAMS_WEBHOOK_URL",
            "https://prod-1.westeurope.logic.azure.com/workflows/1/triggers/manual/paths/invoke?sig=hush",
        ),
        ("DISCORD_WEBHOOK_URL", "https://discord.com/api/webhooks/1/hush"),
        ("MATTERMOST_WEBHOOK_URL", "https://chat.example.com/hooks/hush"),
        ("JIRA_API_TOKEN", "hush"),
        ("ZENDESK_API_TOKEN", "hush"),
    ];

    #[test]
    fn places_are_set_up_by_an_address_and_a_secret() {
        let config = load(PLACES, &SECRETS).expect("sound");
        let fits = |name: &str| (config.settings.connectors[name].max_chars, config.settings.connectors[name].counts);
        assert_eq!(fits("fediverse"), (Some(500), Counts::Links));
        assert_eq!(fits("x"), (Some(280), Counts::Weighted));
        assert_eq!(fits("players"), (Some(2000), Counts::Markdown));
        let edits = config.settings.connectors.iter().filter(|(_, can)| can.edits).map(|(name, _)| name.as_str());
        assert_eq!(edits.collect::<Vec<_>>(), ["fediverse", "players", "requests"]);
        assert_eq!(config.connectors.len(), 7);
        assert!(!format!("{config:?}").contains("hush"));
    }

    #[test]
    fn what_a_place_lacks_is_told() {
        let Err(Problems(problems)) = load(PLACES, &[]) else { panic!("accepted") };
        for (name, _) in SECRETS {
            assert!(problems.iter().any(|p| p.contains(&format!("{name} is not set"))), "{name}: {problems:#?}");
        }
        let toml = "
            [[connectors]]
            name = 'fediverse'
            kind = 'mastodon'
            url = 'social'
            token_env = 'ANOTHER_TOKEN'
            max_chars = 0
            [[connectors]]
            name = 'players'
            kind = 'discord'
            url_env = 'WRONG'
            [[connectors]]
            name = 'shops'
            kind = 'mattermost'
            url_env = 'WRONG'
            [[connectors]]
            name = 'partners'
            kind = 'teams'
            url_env = 'NONE'
            [[connectors]]
            name = 'tickets'
            kind = 'zendesk'
            url = 'https://shop.zendesk.com'
            user = 'watchroom'
        ";
        let env =
            [("WRONG", "https://example.com/secret-path"), ("NONE", "secret-path"), ("ZENDESK_API_TOKEN", "hush")];
        let Err(Problems(problems)) = load(toml, &env) else { panic!("accepted") };
        for part in [
            "connector `fediverse`: url `social` is no http or https address",
            "connector `fediverse`: ANOTHER_TOKEN is not set",
            "connector `fediverse`: `max_chars` is 0",
            "what WRONG holds is no webhook of Discord",
            "what WRONG holds is no incoming webhook of Mattermost",
            "what NONE holds is no http or https address",
            "connector `tickets`: `user` is the e-mail address",
        ] {
            assert!(problems.iter().any(|p| p.contains(part)), "{part} is missing in {problems:#?}");
        }
        assert!(!problems.concat().contains("secret-path"), "{problems:?}");
    }
}
