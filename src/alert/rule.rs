//! What becomes of alerts without anybody's press.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Alert;
use crate::{
    ids::UserId,
    paging::schedule::ScheduleId,
    playbook::{ServiceId, Severity},
};

/// A rule: the first one that fits an alert says what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Of which source; none: of any.
    pub source: Option<String>,
    /// Of which service of the playbook, by its id; none: of any, and of none.
    pub service: Option<ServiceId>,
    /// Of which severity, in the source's words; empty: of any.
    pub severity: Vec<String>,
    /// With these labels; `*` stands for any value.
    pub labels: BTreeMap<String, String>,
    /// What becomes of it.
    pub act: Act,
}

/// What becomes of alerts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// They are offered for declaring; what happens where no rule fits.
    Offer {
        /// How bad an incident of them would be.
        severity: Option<Severity>,
    },
    /// They are left out.
    Ignore,
    /// They are attached to the open incident of their service; without one they are offered.
    Attach,
    /// They are attached to the open incident of their service; without one an incident is declared.
    Declare {
        /// How bad; none: as the playbook has it.
        severity: Option<Severity>,
        /// Who leads until somebody takes over, where nobody is on call.
        lead: UserId,
        /// Whoever is on call by this schedule leads instead.
        #[serde(default)]
        on_call: Option<ScheduleId>,
        /// The policy by which people are paged.
        policy: Option<String>,
    },
}

impl Act {
    /// How bad an incident would be.
    #[must_use]
    pub const fn severity(&self) -> Option<Severity> {
        match self {
            Self::Offer { severity } | Self::Declare { severity, .. } => *severity,
            Self::Ignore | Self::Attach => None,
        }
    }
}

impl Rule {
    /// Does it fit this alert of this source and service?
    #[must_use]
    pub fn fits(&self, source: &str, service: Option<&ServiceId>, alert: &Alert) -> bool {
        let has = |name: &String, value: &String| {
            alert.labels.get(name).is_some_and(|is| value == "*" || is.eq_ignore_ascii_case(value))
        };
        self.source.as_ref().is_none_or(|name| name == source)
            && self.service.as_ref().is_none_or(|id| service == Some(id))
            && (self.severity.is_empty()
                || alert.severity.as_ref().is_some_and(|is| self.severity.iter().any(|s| s.eq_ignore_ascii_case(is))))
            && self.labels.iter().all(|(name, value)| has(name, value))
    }
}
