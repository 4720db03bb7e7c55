//! How to reach Opsgenie, or Jira Service Management Operations, which took its place.

use serde::Deserialize;
use url::Url;

use super::{Secret, load::Reader};

/// How to reach Opsgenie or Jira Service Management; set up where the environment has a key, or the file the section.
#[derive(Clone, Debug)]
pub struct OpsgenieConfig {
    /// Base of the API; ends in `/`.
    pub api_url: Url,
    /// Writes alerts; of Opsgenie it also reads.
    pub key: Option<Secret>,
    /// Where it is Jira Service Management.
    pub site: Option<JiraSite>,
    /// Schedules to look at, by the provider's own ids.
    pub schedules: Vec<String>,
}

/// A site of Jira Service Management.
#[derive(Clone, Debug)]
pub struct JiraSite {
    /// Its id.
    pub cloud_id: String,
    /// The address of the user whose token it is.
    pub user: String,
    /// Reads who is on call, and alerts.
    pub token: Option<Secret>,
}

/// `[opsgenie]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct OpsgenieEntry {
    pub api_url: Option<String>,
    pub cloud_id: Option<String>,
    pub user: Option<String>,
    pub schedules: Vec<String>,
}

const OPSGENIE: &str = "https://api.opsgenie.com/";
const ATLASSIAN: &str = "https://api.atlassian.com/";

impl Reader<'_> {
    /// With its problems told.
    pub fn opsgenie(&mut self, entry: Option<&OpsgenieEntry>) -> Option<OpsgenieConfig> {
        let key = self.secret("OPSGENIE_API_KEY");
        if entry.is_none() && key.is_none() {
            return None;
        }
        let none = OpsgenieEntry::default();
        let entry = entry.unwrap_or(&none);
        let usual = if entry.cloud_id.is_some() { ATLASSIAN } else { OPSGENIE };
        let api_url = self.address_of("OPSGENIE_API_URL", entry.api_url.as_ref(), usual);
        let site = match (&entry.cloud_id, &entry.user) {
            (Some(cloud_id), Some(user)) => {
                let token = self.secret("JIRA_API_TOKEN");
                Some(JiraSite { cloud_id: cloud_id.clone(), user: user.clone(), token })
            }
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => {
                self.problems.push(
                    "[opsgenie] `cloud_id` and `user` go together: the site of Jira Service Management, and the e-mail address of the \
                     user whose token JIRA_API_TOKEN is"
                        .into(),
                );
                None
            }
        };
        Some(OpsgenieConfig { api_url: api_url?, key, site, schedules: entry.schedules.clone() })
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, Problems, Secret};

    fn load(toml: &str, env: &[(&str, &str)]) -> Result<Config, Problems> {
        let path = std::env::temp_dir().join(format!("watchroom-opsgenie-{}-{:p}.toml", std::process::id(), &toml));
        std::fs::write(&path, toml).expect("a temporary file");
        let lookup = |name: &str| env.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        let config = Config::load(Some(&path), &lookup);
        std::fs::remove_file(path).expect("our own file");
        config
    }

    #[test]
    fn a_site_has_an_address_and_a_token_of_its_own() {
        assert!(load("", &[]).expect("sound").opsgenie.is_none());
        let opsgenie = load("", &[("OPSGENIE_API_KEY", "hush")]).expect("sound").opsgenie.expect("set up");
        assert_eq!((opsgenie.api_url.as_str(), opsgenie.site.is_none()), ("https://api.opsgenie.com/", true));
        let toml = "[opsgenie]\ncloud_id = 'c'\nuser = 'bot@example.com'";
        let jira = load(toml, &[("JIRA_API_TOKEN", "hush")]).expect("sound").opsgenie.expect("set up");
        assert_eq!(jira.api_url.as_str(), "https://api.atlassian.com/");
        let token = jira.site.as_ref().and_then(|site| site.token.as_ref()).map(Secret::expose);
        assert_eq!(token, Some("hush"));
        assert!(!format!("{opsgenie:?}{jira:?}").contains("hush"));
        let Err(Problems(problems)) = load("[opsgenie]\ncloud_id = 'c'", &[]) else { panic!("accepted") };
        assert!(problems[0].contains("go together"), "{problems:?}");
    }
}
