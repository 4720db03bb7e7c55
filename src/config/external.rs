//! What other providers may be paged, for those who name them as targets.

use serde::{Deserialize, Serialize};

use super::{GrafanaOnCallConfig, OpsgenieConfig, PagerConfig, PagerDutyConfig};
use crate::paging::external::{External, Provider};

/// What is set up. No secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExternalPagers {
    /// Services of `PagerDuty` whose pages get in.
    pub pagerduty: Vec<String>,
    /// Opsgenie, or Jira Service Management, takes pages.
    pub opsgenie: bool,
    /// Integrations of Grafana `OnCall` whose pages get in, and can be acknowledged.
    pub grafana: Vec<String>,
    /// Programs of our own, by name.
    pub pagers: Vec<String>,
}

impl ExternalPagers {
    /// What these settings let in.
    #[must_use]
    pub fn of(
        pagerduty: Option<&PagerDutyConfig>,
        opsgenie: Option<&OpsgenieConfig>,
        grafana: Option<&GrafanaOnCallConfig>,
        pagers: &[PagerConfig],
    ) -> Self {
        let may = |settings: &PagerDutyConfig, id: &str| {
            settings.routing_key(id).is_some() || (settings.from.is_some() && settings.token.is_some())
        };
        let services = pagerduty
            .into_iter()
            .flat_map(|settings| settings.services.keys().filter(|id| may(settings, id)).cloned().collect::<Vec<_>>());
        let grafana = grafana.filter(|settings| settings.token.is_some()).into_iter().flat_map(|settings| {
            settings.integrations.keys().filter(|id| settings.integration_url(id).is_some()).cloned()
        });
        Self {
            pagerduty: services.collect(),
            opsgenie: opsgenie.is_some_and(|settings| settings.key.is_some()),
            grafana: grafana.collect(),
            pagers: pagers.iter().map(|pager| pager.name.clone()).collect(),
        }
    }

    /// What is missing before this can be paged, if anything is.
    #[must_use]
    pub fn lacks(&self, of: &External) -> Option<String> {
        match of.at {
            Provider::PagerDuty if !self.pagerduty.contains(&of.id) => Some(format!(
                "PagerDuty cannot be paged for `{}`; name it in `services` of [pagerduty], and set PAGERDUTY_ROUTING_KEY_{}",
                of.id,
                of.id.to_uppercase()
            )),
            Provider::Opsgenie if !self.opsgenie => {
                Some("Opsgenie cannot be paged; set OPSGENIE_API_KEY to the key of an API integration".to_owned())
            }
            Provider::GrafanaOnCall if !self.grafana.contains(&of.id) => Some(format!(
                "Grafana OnCall cannot be paged for `{}`; name it in `integrations` of [grafana_oncall], and set GRAFANA_ONCALL_TOKEN and \
                 GRAFANA_ONCALL_INTEGRATION_URL_{}",
                of.id,
                of.id.to_uppercase()
            )),
            Provider::Pager if !self.pagers.contains(&of.id) => Some(format!("[[pagers]] has no `{}`", of.id)),
            Provider::PagerDuty | Provider::Opsgenie | Provider::GrafanaOnCall | Provider::Pager => None,
        }
    }
}
