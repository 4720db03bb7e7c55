//! How to reach Grafana OnCall, or Grafana Cloud IRM, which took its place.

use std::collections::BTreeMap;

use serde::Deserialize;
use url::Url;

use super::{Secret, load::Reader};

/// How to reach Grafana OnCall; set up where the environment has a token, or the file the section.
#[derive(Clone, Debug)]
pub struct GrafanaOnCallConfig {
    /// What `api/v1/` stands below; ends in `/`.
    pub api_url: Url,
    /// The address of the stack, where the token is that of a service account.
    pub stack_url: Option<String>,
    /// Reads who is on call, and alert groups, and acknowledges and resolves them.
    pub token: Option<Secret>,
    /// Integrations that take pages, by its own ids, each with its address where it has one of its own.
    pub integrations: BTreeMap<String, Option<Secret>>,
    /// The address of the integration without one of its own, where there is one integration.
    pub integration_url: Option<Secret>,
    /// Schedules to look at, by its own ids.
    pub schedules: Vec<String>,
}

impl GrafanaOnCallConfig {
    /// The address by which pages of this integration go in. Whoever knows it may write there.
    #[must_use]
    pub fn integration_url(&self, integration: &str) -> Option<&Secret> {
        let own = self.integrations.get(integration).and_then(Option::as_ref);
        // An address is of one integration: that of another would wake the wrong people.
        let is_only = self.integrations.keys().all(|id| id == integration);
        own.or_else(|| self.integration_url.as_ref().filter(|_| is_only))
    }
}

/// `[grafana_oncall]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct GrafanaOnCallEntry {
    pub api_url: Option<String>,
    pub stack_url: Option<String>,
    pub integrations: Vec<String>,
    pub schedules: Vec<String>,
}

/// What stands in the address of the one kind of integration that groups alerts by our key.
const FORMATTED: &str = "/formatted_webhook/";

impl Reader<'_> {
    /// With its problems told.
    pub fn grafana_oncall(&mut self, entry: Option<&GrafanaOnCallEntry>) -> Option<GrafanaOnCallConfig> {
        let token = self.secret("GRAFANA_ONCALL_TOKEN");
        let integration_url = self.secret("GRAFANA_ONCALL_INTEGRATION_URL");
        if entry.is_none() && token.is_none() && integration_url.is_none() {
            return None;
        }
        let none = GrafanaOnCallEntry::default();
        let entry = entry.unwrap_or(&none);
        let Some(api_url) = self.value("GRAFANA_ONCALL_API_URL", entry.api_url.clone()) else {
            self.problems.push(
                "[grafana_oncall] `api_url` is missing; it stands in the settings of Grafana OnCall, or under \"Admin & API\" of IRM, like \
                 https://oncall-prod-us-central-0.grafana.net/oncall"
                    .into(),
            );
            return None;
        };
        let api_url = self.address("GRAFANA_ONCALL_API_URL", &api_url);
        self.formatted("GRAFANA_ONCALL_INTEGRATION_URL", integration_url.as_ref());
        let mut integrations = BTreeMap::new();
        for id in entry.integrations.iter().chain(&entry.schedules) {
            if id.is_empty() || !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
                self.problems.push(format!("[grafana_oncall] `{id}` is no id of it; one looks like CFRPV98RPR1U8"));
            }
        }
        for id in &entry.integrations {
            let variable = format!("GRAFANA_ONCALL_INTEGRATION_URL_{}", id.to_uppercase());
            let own = self.secret(&variable);
            self.formatted(&variable, own.as_ref());
            integrations.insert(id.clone(), own);
        }
        if integrations.len() > 1 && integration_url.is_some() {
            self.problems.push(
                "GRAFANA_ONCALL_INTEGRATION_URL is the address of one integration, and [grafana_oncall] names several; set \
                 GRAFANA_ONCALL_INTEGRATION_URL_<ID> for each"
                    .into(),
            );
        }
        let (stack_url, schedules) = (entry.stack_url.clone(), entry.schedules.clone());
        Some(GrafanaOnCallConfig { api_url: api_url?, stack_url, token, integrations, integration_url, schedules })
    }

    /// An integration of another kind makes a new alert group of each repetition of a page.
    fn formatted(&mut self, variable: &str, url: Option<&Secret>) {
        let is_fit = |url: &Secret| {
            Url::parse(url.expose())
                .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.path().contains(FORMATTED))
        };
        if url.is_some_and(|url| !is_fit(url)) {
            // Whoever knows the address may write there.
            self.problems.push(format!(
                "{variable} is no address of an integration of the type \"Formatted Webhook\"; \
                 it looks like https://…{FORMATTED}…/"
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, GrafanaOnCallConfig, Problems, Secret};

    const URL: &str = "https://oncall.example.com/integrations/v1/formatted_webhook/hush/";

    fn load(toml: &str, env: &[(&str, &str)]) -> Result<Option<GrafanaOnCallConfig>, Problems> {
        let path = std::env::temp_dir().join(format!("watchroom-grafana-{}-{:p}.toml", std::process::id(), &toml));
        std::fs::write(&path, toml).expect("a temporary file");
        let lookup = |name: &str| env.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        let config = Config::load(Some(&path), &lookup);
        std::fs::remove_file(path).expect("our own file");
        config.map(|config| config.grafana_oncall)
    }

    #[test]
    fn an_address_is_of_one_integration() {
        assert!(load("", &[]).expect("sound").is_none());
        let toml = "[grafana_oncall]\napi_url = 'https://oncall.example.com/oncall'\nintegrations = ['C1', 'C2']";
        let two = load(toml, &[("GRAFANA_ONCALL_INTEGRATION_URL_C2", URL)]).expect("sound").expect("set up");
        assert_eq!(two.integration_url("C2").map(Secret::expose), Some(URL));
        assert!(two.integration_url("C1").is_none());
        assert_eq!(two.api_url.as_str(), "https://oncall.example.com/oncall/");
        assert!(!format!("{two:?}").contains("hush"));
    }

    #[test]
    fn what_is_wrong_is_told_and_no_address_is_shown() {
        let toml = "[grafana_oncall]\napi_url = 'https://x'\nintegrations = ['C1', 'C/2']\nschedules = ['']";
        let env = [("GRAFANA_ONCALL_INTEGRATION_URL", "https://x/integrations/v1/webhook/hush/")];
        let Err(Problems(problems)) = load(toml, &env) else { panic!("accepted") };
        for part in ["`C/2` is no id", "`` is no id", "\"Formatted Webhook\"", "the address of one integration"] {
            assert!(problems.iter().any(|p| p.contains(part)), "{part} is missing in {problems:#?}");
        }
        assert!(!problems.iter().any(|p| p.contains("hush")), "{problems:#?}");
        let Err(Problems(problems)) = load("", &[("GRAFANA_ONCALL_TOKEN", "t")]) else { panic!("accepted") };
        assert!(problems.iter().any(|p| p.contains("`api_url` is missing")), "{problems:#?}");
    }
}
