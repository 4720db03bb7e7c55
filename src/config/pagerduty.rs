//! How to reach PagerDuty.

use std::collections::BTreeMap;

use serde::Deserialize;
use url::Url;

use super::{Secret, load::Reader};

/// How to reach PagerDuty; set up where the environment has a token or a key, or the file the section.
#[derive(Clone, Debug)]
pub struct PagerDutyConfig {
    /// Base of the REST API.
    pub api_url: Url,
    /// Base of the Events API; ends in `/`.
    pub events_url: Url,
    /// Reads who is on call; with `from` it also writes incidents.
    pub token: Option<Secret>,
    /// The address of the user in whose name incidents are written.
    pub from: Option<String>,
    /// Services whose pages go to PagerDuty, by its own ids, each with its integration key where it has one of its own.
    pub services: BTreeMap<String, Option<Secret>>,
    /// The integration key of services without one of their own, where there is one service.
    pub routing_key: Option<Secret>,
    /// What its webhooks are signed with, one for each subscription.
    pub webhook_secrets: Vec<Secret>,
}

impl PagerDutyConfig {
    /// The integration key by which pages of this service go in.
    #[must_use]
    pub fn routing_key(&self, service: &str) -> Option<&Secret> {
        let own = self.services.get(service).and_then(Option::as_ref);
        // A key is of one service: that of another would wake the wrong people.
        own.or_else(|| self.routing_key.as_ref().filter(|_| self.services.len() <= 1))
    }
}

/// `[pagerduty]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct PagerDutyEntry {
    pub api_url: Option<String>,
    pub events_url: Option<String>,
    pub from: Option<String>,
    pub services: Vec<String>,
}

const API: &str = "https://api.pagerduty.com/";
const EVENTS: &str = "https://events.pagerduty.com/v2/";

impl Reader<'_> {
    /// With its problems told.
    pub fn pagerduty(&mut self, entry: Option<&PagerDutyEntry>) -> Option<PagerDutyConfig> {
        let (token, routing_key) = (self.secret("PAGERDUTY_API_TOKEN"), self.secret("PAGERDUTY_ROUTING_KEY"));
        let signed = self.secret("PAGERDUTY_WEBHOOK_SECRET");
        if entry.is_none() && token.is_none() && routing_key.is_none() && signed.is_none() {
            return None;
        }
        let none = PagerDutyEntry::default();
        let entry = entry.unwrap_or(&none);
        let api_url = self.address_of("PAGERDUTY_API_URL", entry.api_url.as_ref(), API);
        let events_url = self.address_of("PAGERDUTY_EVENTS_URL", entry.events_url.as_ref(), EVENTS);
        let mut services = BTreeMap::new();
        for id in &entry.services {
            if id.is_empty() || !id.chars().all(|c| c.is_ascii_alphanumeric()) {
                self.problems.push(format!(
                    "[pagerduty] services: `{id}` is no id of a service; it stands at the end of its address, like P1234AB"
                ));
            }
            services.insert(id.clone(), self.secret(&format!("PAGERDUTY_ROUTING_KEY_{}", id.to_uppercase())));
        }
        if entry.from.as_ref().is_some_and(|from| !from.contains('@')) {
            self.problems.push("[pagerduty] `from` is the e-mail address of one of its users".into());
        }
        if services.len() > 1 && routing_key.is_some() {
            self.problems.push(
                "PAGERDUTY_ROUTING_KEY is the key of one service, and [pagerduty] names several; set PAGERDUTY_ROUTING_KEY_<ID> for \
                 each"
                .into(),
            );
        }
        let from = entry.from.clone();
        let several = signed.as_ref().map(Secret::expose).unwrap_or_default().split([',', ' ', '\n', '\t', '\r']);
        let webhook_secrets = several.filter(|one| !one.is_empty()).map(Secret::new).collect();
        let (api_url, events_url) = (api_url?, events_url?);
        Some(PagerDutyConfig { api_url, events_url, token, from, services, routing_key, webhook_secrets })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Problems};

    fn load(toml: &str, env: &[(&str, &str)]) -> Result<Option<PagerDutyConfig>, Problems> {
        let path = std::env::temp_dir().join(format!("watchroom-pagerduty-{}-{:p}.toml", std::process::id(), &toml));
        std::fs::write(&path, toml).expect("a temporary file");
        let lookup = |name: &str| env.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        let config = Config::load(Some(&path), &lookup);
        std::fs::remove_file(path).expect("our own file");
        config.map(|config| config.pagerduty)
    }

    #[test]
    fn a_key_is_of_one_service() {
        assert!(load("", &[]).expect("sound").is_none());
        let shown = |key: Option<&Secret>| key.map(|key| key.expose().to_owned());
        let one = load("[pagerduty]\nservices = ['P1']", &[("PAGERDUTY_ROUTING_KEY", "hush")])
            .expect("sound")
            .expect("set up");
        assert_eq!(shown(one.routing_key("P1")).as_deref(), Some("hush"));
        let env = [("PAGERDUTY_ROUTING_KEY_P2", "two"), ("PAGERDUTY_API_URL", "https://api.eu.pagerduty.com")];
        let two = load("[pagerduty]\nservices = ['P1', 'P2']", &env).expect("sound").expect("set up");
        assert_eq!((shown(two.routing_key("P1")), shown(two.routing_key("P2")).as_deref()), (None, Some("two")));
        assert_eq!(two.api_url.as_str(), "https://api.eu.pagerduty.com/");
        assert!(!format!("{one:?}{two:?}").contains("hush"));
    }

    #[test]
    fn what_is_wrong_is_told() {
        let toml = "[pagerduty]\nservices = ['P1', 'https://x']\nfrom = 'bot'\napi_url = 'ftp://x'";
        let Err(Problems(problems)) = load(toml, &[("PAGERDUTY_ROUTING_KEY", "hush")]) else { panic!("accepted") };
        for part in
            ["`https://x` is no id", "`from` is the e-mail", "PAGERDUTY_API_URL `ftp://x`", "the key of one service"]
        {
            assert!(problems.iter().any(|p| p.contains(part)), "{part} is missing in {problems:#?}");
        }
    }
}
