//! Pages that go to another provider, which asks its own people: under which key, and what was heard of them.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Page, PageId};
use crate::ids::IncidentId;

/// Another provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// `PagerDuty`.
    PagerDuty,
    /// Opsgenie, or Jira Service Management Operations.
    Opsgenie,
    /// Grafana OnCall, or Grafana Cloud IRM.
    #[serde(rename = "grafana")]
    GrafanaOnCall,
    /// A program of the deployment's own.
    Pager,
}

impl Provider {
    /// Its name in targets, lanes and addresses.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::PagerDuty => "pagerduty",
            Self::Opsgenie => "opsgenie",
            Self::GrafanaOnCall => "grafana",
            Self::Pager => "pager",
        }
    }

    /// The one with this name.
    #[must_use]
    pub fn named(key: &str) -> Option<Self> {
        [Self::PagerDuty, Self::Opsgenie, Self::GrafanaOnCall, Self::Pager]
            .into_iter()
            .find(|provider| provider.key() == key)
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PagerDuty => "PagerDuty",
            Self::Opsgenie => "Opsgenie",
            Self::GrafanaOnCall => "Grafana OnCall",
            Self::Pager => "Pager",
        })
    }
}

/// What is paged at another provider.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct External {
    /// Where.
    pub at: Provider,
    /// The provider's own id: of `PagerDuty` that of a service, of Opsgenie `team:…`, `escalation:…`, `schedule:…` or `user:…`, of
    /// Grafana `OnCall` that of an integration, or `schedule:…` where it is only looked at, of a program of our own its name.
    pub id: String,
}

impl External {
    /// As it is written in targets: `pagerduty:P1234AB`.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}:{}", self.at.key(), self.id)
    }

    /// Does it ask one level after the other there? Of Opsgenie only an escalation does; a chain of Grafana `OnCall` goes on by itself.
    #[must_use]
    pub fn has_levels(&self) -> bool {
        match self.at {
            Provider::PagerDuty | Provider::Pager => true,
            Provider::Opsgenie => self.id.starts_with("escalation:"),
            Provider::GrafanaOnCall => false,
        }
    }
}

impl fmt::Display for External {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.at, self.id)
    }
}

/// A page as it went to another provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExternalPage {
    /// Whom it asks there.
    pub of: External,
    /// Counts from 1; one more where it was given back here, so that it is asked anew there.
    pub number: u32,
    /// The level that is asked there, from 1, as far as it was moved on from here.
    pub level: u32,
    /// When it was last updated there, by the provider's clock, as far as that says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
    /// It was resolved there, and not asked for again since.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub resolved: bool,
}

impl ExternalPage {
    /// It is asked for the first time.
    #[must_use]
    pub const fn of(of: External) -> Self {
        Self { of, number: 1, level: 1, updated_at: None, resolved: false }
    }
}

/// What is done there because it was done here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// Somebody is on it.
    Acknowledge,
    /// The next ones are asked.
    Escalate {
        /// Those of this level, from 1.
        level: u32,
    },
    /// It has become urgent: who is asked there is asked so.
    Raise,
    /// It is over.
    Resolve,
}

/// What was done there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Update {
    /// Somebody is on it.
    Acknowledged,
    /// Whoever was on it is not any more.
    Unacknowledged,
    /// The next ones are asked.
    Escalated,
    /// Others are asked.
    Reassigned,
    /// It is over.
    Resolved,
}

/// How it is known that something was done there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It was told, with the time by the provider's clock where that is said. What is told may overtake what was told before.
    Told {
        /// When it was done.
        at: Option<Timestamp>,
    },
    /// A look found it so.
    Found {
        /// Since when, where the provider says it.
        at: Option<Timestamp>,
        /// What [`ExternalPage::updated_at`] was before the look: has it changed, then something was told meanwhile.
        known: Option<Timestamp>,
    },
}

impl Heard {
    /// When it was done, by the provider's clock.
    #[must_use]
    pub const fn at(self) -> Option<Timestamp> {
        match self {
            Self::Told { at } | Self::Found { at, .. } => at,
        }
    }

    /// Is something later known already, of a page that was last updated then? What has no time is as late as it comes.
    #[must_use]
    pub fn is_late(self, updated_at: Option<Timestamp>) -> bool {
        match self {
            Self::Told { at } => at.is_some_and(|at| updated_at.is_some_and(|updated| updated >= at)),
            Self::Found { known, .. } => updated_at != known,
        }
    }
}

/// The key of a page at another provider. When it began makes it another one than that of any other deployment.
#[must_use]
pub fn key(incident: IncidentId, page: &Page, of: &External, number: u32) -> String {
    key_of(incident, page.id, page.started_at, of, number)
}

/// The same of a page that began then.
#[must_use]
pub fn key_of(incident: IncidentId, page: PageId, began: Timestamp, of: &External, number: u32) -> String {
    format!("watchroom/{incident}/{page}.{number}/{}/{}", began.as_second(), of.key())
}

/// Of which page of which incident a key would be, and by which number there. Whether it is its key, only that page tells.
#[must_use]
pub fn parse_key(key: &str) -> Option<(IncidentId, PageId, u32)> {
    let mut parts = key.strip_prefix("watchroom/")?.splitn(3, '/');
    let incident = parts.next()?.parse().ok()?;
    let (page, number) = parts.next()?.split_once('.')?;
    Some((incident, PageId(page.parse().ok()?), number.parse().ok()?))
}
