//! People who are found out only when they are asked.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    config::Settings,
    ids::GroupId,
    paging::{Target, schedule::ScheduleId},
    playbook::Contact,
};

/// A user group, or whoever is on call by a schedule. Stored as the group's id, or as `oncall:<schedule>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Several {
    /// The members of a user group in Slack.
    Group(GroupId),
    /// Whoever is on call.
    OnCall(ScheduleId),
}

impl Several {
    /// Whom this contact means, where they are found out only when they are asked; none where the settings have no such schedule,
    /// for one person, and for somebody outside Slack.
    #[must_use]
    pub fn of(contact: &Contact, settings: &Settings) -> Option<Self> {
        match contact {
            Contact::Group(group) => Some(Self::Group(group.clone())),
            Contact::OnCall(name) => settings.schedule(name).map(|found| Self::OnCall(found.schedule.id.clone())),
            Contact::User(_) | Contact::External(_) => None,
        }
    }
}

/// What is written before a schedule's id. No id of Slack's has a colon.
const ON_CALL: &str = "oncall:";

impl From<String> for Several {
    fn from(text: String) -> Self {
        match text.strip_prefix(ON_CALL) {
            Some(schedule) => Self::OnCall(schedule.into()),
            None => Self::Group(text.into()),
        }
    }
}

impl From<Several> for String {
    fn from(several: Several) -> Self {
        several.to_string()
    }
}

impl fmt::Display for Several {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Group(id) => write!(f, "{id}"),
            Self::OnCall(id) => write!(f, "{ON_CALL}{id}"),
        }
    }
}

impl From<Several> for Target {
    fn from(several: Several) -> Self {
        match several {
            Several::Group(id) => Self::Group(id),
            Several::OnCall(id) => Self::Schedule(id),
        }
    }
}
