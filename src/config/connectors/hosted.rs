//! Status pages that others host: Atlassian Statuspage, incident.io and Instatus.

use std::collections::BTreeMap;

use serde::Deserialize;
use url::Url;

use super::{Abilities, ConnectorKind, Counts};
use crate::{
    config::{Secret, load::Reader},
    status::ComponentId,
};

/// Who hosts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Host {
    /// Atlassian Statuspage.
    Statuspage,
    /// incident.io.
    IncidentIo,
    /// Instatus.
    Instatus,
}

impl Host {
    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Statuspage => "Statuspage",
            Self::IncidentIo => "incident.io",
            Self::Instatus => "Instatus",
        }
    }

    /// Where it takes requests, where nobody says otherwise.
    const fn usual(self) -> &'static str {
        match self {
            Self::Statuspage => "https://api.statuspage.io/v1/",
            Self::IncidentIo => "https://api.incident.io/",
            Self::Instatus => "https://api.instatus.com/",
        }
    }

    /// The variable that says otherwise.
    const fn address(self) -> &'static str {
        match self {
            Self::Statuspage => "STATUSPAGE_API_URL",
            Self::IncidentIo => "INCIDENT_IO_API_URL",
            Self::Instatus => "INSTATUS_API_URL",
        }
    }

    /// The most characters of a text there, as it says itself.
    const fn longest(self) -> Option<u32> {
        match self {
            Self::Statuspage => Some(25_000),
            Self::IncidentIo => Some(4096),
            Self::Instatus => None,
        }
    }
}

/// A hosted status page, and how to get there.
#[derive(Clone, Debug)]
pub struct HostedPage {
    /// Who hosts it.
    pub host: Host,
    /// The page's id there.
    pub page: String,
    /// What lets us in.
    pub token: Secret,
    /// Base of the API; ends in `/`.
    pub api_url: Url,
    /// Somebody chose that base, so that it is looked at before it is asked: may it be in a private network? None: it is the host's own.
    pub chosen: Option<bool>,
    /// Where the public reads it.
    pub page_url: Option<String>,
    /// Our components, and their ids there.
    pub components: BTreeMap<ComponentId, String>,
}

impl HostedPage {
    /// What it can do.
    pub(super) fn abilities(&self) -> Abilities {
        Abilities {
            max_chars: self.host.longest(),
            // incident.io lets nobody change what was said.
            edits: !matches!(self.host, Host::IncidentIo),
            components: !self.components.is_empty(),
            subscribers: true,
            counts: Counts::Body,
        }
    }
}

/// `[[connectors]]` of these kinds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct HostedEntry {
    pub(super) name: String,
    page: String,
    token_env: Option<String>,
    api_url: Option<String>,
    #[serde(default)]
    allow_private: bool,
    page_url: Option<String>,
    #[serde(default)]
    components: BTreeMap<String, String>,
}

impl Reader<'_> {
    pub(super) fn hosted(&mut self, place: &str, host: Host, it: &HostedEntry) -> Option<ConnectorKind> {
        if it.page.trim().is_empty() {
            self.problems.push(format!("{place}: `page` is empty; write the page's id at {}", host.label()));
        }
        if let Some(url) = it.page_url.as_ref().filter(|url| !is_web(url)) {
            self.problems.push(format!(
                "{place}: `page_url` `{url}` is no address; write for example https://status.example.com"
            ));
        }
        let ids: Vec<&String> = it.components.values().collect();
        for (id, theirs) in &it.components {
            if theirs.trim().is_empty() || ids.iter().filter(|other| **other == theirs).count() > 1 {
                self.problems.push(format!("{place}: component `{id}` has no id of its own at {}", host.label()));
            }
        }
        let usual = host.usual();
        let written = self.value(host.address(), it.api_url.clone());
        let api_url = self.address(host.address(), written.as_deref().unwrap_or(usual));
        let token = self.token_of(place, host, it.token_env.as_deref());
        Some(ConnectorKind::Hosted(HostedPage {
            host,
            page: it.page.trim().to_owned(),
            token: token?,
            api_url: api_url?,
            chosen: written.map(|_| it.allow_private),
            page_url: it.page_url.clone(),
            components: it.components.iter().map(|(id, theirs)| (id.as_str().into(), theirs.trim().into())).collect(),
        }))
    }

    /// Pages of one host have one token, unless they name others.
    fn token_of(&mut self, place: &str, host: Host, named: Option<&str>) -> Option<Secret> {
        match host {
            Host::Statuspage => self.token("STATUSPAGE_API_TOKEN", named, place),
            Host::IncidentIo => self.token("INCIDENT_IO_API_KEY", named, place),
            Host::Instatus => self.token("INSTATUS_API_KEY", named, place),
        }
    }
}

fn is_web(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Problems};

    fn load(toml: &str, env: &[(&str, &str)]) -> Result<Config, Problems> {
        let path = std::env::temp_dir().join(format!("watchroom-hosted-{}-{:p}.toml", std::process::id(), &toml));
        std::fs::write(&path, toml).expect("a temporary file");
        let lookup = |name: &str| env.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        let config = Config::load(Some(&path), &lookup);
        std::fs::remove_file(path).expect("our own file");
        config
    }

    fn page(config: &Config) -> &HostedPage {
        let ConnectorKind::Hosted(page) = &config.connectors[0].kind else { panic!("{:?}", config.connectors) };
        page
    }

    #[test]
    fn a_page_has_an_id_a_token_and_components() {
        let toml = "[[connectors]]\nname = 'public'\nkind = 'statuspage'\npage = 'kctbh9vrtdwd'\n\
                    [connectors.components]\npay = '8kbf7d35c070'";
        let config = load(toml, &[("STATUSPAGE_API_TOKEN", "hush")]).expect("sound");
        let it = page(&config);
        assert_eq!((it.host, it.page.as_str(), it.chosen), (Host::Statuspage, "kctbh9vrtdwd", None));
        assert_eq!(it.api_url.as_str(), "https://api.statuspage.io/v1/");
        assert_eq!(it.components[&"pay".into()], "8kbf7d35c070");
        assert!(!format!("{config:?}").contains("hush"));
        let can = config.settings.connectors["public"];
        assert!(can.edits && can.components && can.subscribers && can.max_chars == Some(25_000), "{can:?}");
    }

    #[test]
    fn pages_of_a_kind_may_have_tokens_and_addresses_of_their_own() {
        for (kind, usual, variable) in [
            ("statuspage", "STATUSPAGE_API_TOKEN", "STATUSPAGE_API_URL"),
            ("incident_io", "INCIDENT_IO_API_KEY", "INCIDENT_IO_API_URL"),
            ("instatus", "INSTATUS_API_KEY", "INSTATUS_API_URL"),
        ] {
            let toml = format!(
                "[[connectors]]\nname = 'a'\nkind = '{kind}'\npage = 'p'\n\
                 [[connectors]]\nname = 'b'\nkind = '{kind}'\npage = 'q'\ntoken_env = 'OTHER'\nallow_private = true"
            );
            let env = [(usual, "one"), ("OTHER", "two"), (variable, "http://10.0.0.1")];
            let config = load(&toml, &env).expect("sound");
            assert!(!config.settings.connectors["a"].components, "none is named");
            let [a, b] = [0, 1].map(|n| match &config.connectors[n].kind {
                ConnectorKind::Hosted(page) => page,
                other => panic!("{other:?}"),
            });
            assert_eq!((a.token.expose(), b.token.expose()), ("one", "two"));
            assert_eq!((a.chosen, b.chosen, b.api_url.as_str()), (Some(false), Some(true), "http://10.0.0.1/"));
        }
    }

    #[test]
    fn what_is_missing_or_wrong_is_told() {
        let toml = "[[connectors]]\nname = 'a'\nkind = 'instatus'\npage = ''\napi_url = 'ftp://x'\npage_url = 'status'\n\
                    [connectors.components]\npay = 'x'\ncart = 'x'\n\
                    [[connectors]]\nname = 'b'\nkind = 'incident_io'\npage = 'p'\ntoken_env = 'OTHER'";
        let Err(Problems(problems)) = load(toml, &[]) else { panic!("accepted") };
        for part in [
            "connector `a`: `page` is empty; write the page's id at Instatus",
            "connector `a`: `page_url` `status` is no address",
            "connector `a`: component `pay` has no id of its own at Instatus",
            "INSTATUS_API_URL `ftp://x` is no http or https address",
            "connector `a`: INSTATUS_API_KEY is not set",
            "connector `b`: OTHER is not set; it, or a file that OTHER_FILE names, holds the secret",
        ] {
            assert!(problems.iter().any(|p| p.contains(part)), "{part} is missing in {problems:#?}");
        }
        let unknown = load("[[connectors]]\nname = 'a'\nkind = 'statuspage'\npage = 'p'\npages = 'q'", &[]);
        assert!(unknown.is_err_and(|problems| problems.0[0].contains("pages")));
    }
}
