//! How things stand, in the words that hosted status pages use.

use std::{collections::BTreeMap, fmt};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::text_id;

text_id! {
    /// A component of a status page, as `[[status_page.components]]` and the playbook's services name it: `checkout`.
    ComponentId
}

/// Which components an incident touches, and how.
pub type Impact = BTreeMap<ComponentId, ComponentStatus>;

/// How a component stands; what is worse is greater.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ComponentStatus {
    /// As it should.
    #[default]
    Operational,
    /// Somebody works on it, as was said before.
    UnderMaintenance,
    /// Slow, or wrong now and then.
    DegradedPerformance,
    /// Some of it, or for some, does not work.
    PartialOutage,
    /// It does not work.
    MajorOutage,
}

impl ComponentStatus {
    /// All of them, the best first.
    pub const ALL: [Self; 5] =
        [Self::Operational, Self::UnderMaintenance, Self::DegradedPerformance, Self::PartialOutage, Self::MajorOutage];

    /// As it stands on the wire: `degraded_performance`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Operational => "operational",
            Self::UnderMaintenance => "under_maintenance",
            Self::DegradedPerformance => "degraded_performance",
            Self::PartialOutage => "partial_outage",
            Self::MajorOutage => "major_outage",
        }
    }

    /// Read from the wire.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// How an incident or a maintenance window stands in public.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PostStatus {
    /// Known, and looked into.
    #[default]
    Investigating,
    /// The cause is known.
    Identified,
    /// Mended, and watched.
    Monitoring,
    /// Over.
    Resolved,
    /// Maintenance to come.
    Scheduled,
    /// Maintenance that goes on.
    InProgress,
    /// Maintenance done, and looked over.
    Verifying,
    /// Maintenance that is over.
    Completed,
}

impl PostStatus {
    /// Is it over?
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Resolved | Self::Completed)
    }

    /// As it stands on the wire: `in_progress`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Investigating => "investigating",
            Self::Identified => "identified",
            Self::Monitoring => "monitoring",
            Self::Resolved => "resolved",
            Self::Scheduled => "scheduled",
            Self::InProgress => "in_progress",
            Self::Verifying => "verifying",
            Self::Completed => "completed",
        }
    }
}
