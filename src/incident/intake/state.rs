//! What is known about how the trouble came in.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Detection, Nudges};
use crate::{
    ids::{ChannelId, IncidentId, MessageTs},
    incident::{Words, state::unset},
    playbook::{CriterionId, ServiceId},
};

/// What is known about how the trouble came in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// The criteria that are true, as far as somebody said so.
    #[serde(skip_serializing_if = "unset")]
    pub criteria: Vec<CriterionId>,
    /// Was the question which of them are true answered after declaring?
    #[serde(skip_serializing_if = "unset")]
    pub answered: bool,
    /// What is in trouble; none: unknown.
    #[serde(skip_serializing_if = "unset")]
    pub service: Option<ServiceId>,
    /// Who noticed first, once somebody said so.
    #[serde(skip_serializing_if = "unset")]
    pub detection: Option<Detection>,
    /// The kept event that it was promoted from.
    #[serde(skip_serializing_if = "unset")]
    pub event: Option<u64>,
    /// Something alike happened before, as this incident: the same service, the same words.
    #[serde(skip_serializing_if = "unset")]
    pub resembles: Option<IncidentId>,
    /// What made it possible, as far as somebody said so.
    #[serde(skip_serializing_if = "unset")]
    pub conditions: Vec<Words>,
    /// The same happened before, as this incident: the same service, by a condition of these.
    #[serde(skip_serializing_if = "unset")]
    pub repeats: Option<IncidentId>,
    /// The thread that it is or was worked on in, instead of a room.
    #[serde(skip_serializing_if = "unset")]
    pub thread: Option<Thread>,
    /// The groups of alerts that belong to it.
    #[serde(skip_serializing_if = "unset")]
    pub alerts: Vec<Alerts>,
    /// What is known for the words of values.
    #[serde(skip_serializing_if = "unset")]
    pub nudges: Nudges,
}

/// A group of alerts that belongs to an incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alerts {
    /// Which group.
    pub group: u64,
    /// Does it fire, as far as was said?
    pub firing: bool,
    /// How often that changed.
    pub changes: u32,
}

/// A thread that an incident is worked on in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    /// In which channel.
    pub channel: ChannelId,
    /// Below which message, once it is there.
    pub root: Option<MessageTs>,
    /// It goes on in a room.
    pub left: bool,
}

impl State {
    /// The thread, while it is worked on there.
    #[must_use]
    pub fn in_thread(&self) -> Option<&Thread> {
        self.thread.as_ref().filter(|t| !t.left)
    }

    /// Is the question which criteria are true still open? The card asks it until somebody answers.
    #[must_use]
    pub const fn is_unsure(&self) -> bool {
        self.criteria.is_empty() && !self.answered
    }

    /// Did we notice before our customers did? Nothing where nobody said who noticed.
    #[must_use]
    pub fn self_detected(&self, detected_at: Timestamp, first_report: Option<Timestamp>) -> Option<bool> {
        Some(self.detection?.is_own() && first_report.is_none_or(|report| detected_at < report))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// [L1] self-detected iff source in {monitoring, employee} and detected < first report.
    #[test]
    fn we_noticed_first_only_where_nobody_had_reported_it() {
        let at = |second| Timestamp::from_second(second).expect("a time");
        for source in Detection::ALL {
            let state = State { detection: Some(source), ..State::default() };
            let own = matches!(source, Detection::Monitoring | Detection::Employee);
            assert_eq!(state.self_detected(at(10), None), Some(own), "{source:?}");
            assert_eq!(state.self_detected(at(10), Some(at(20))), Some(own), "{source:?}");
            assert_eq!(state.self_detected(at(10), Some(at(10))), Some(false), "{source:?}");
            assert_eq!(state.self_detected(at(10), Some(at(5))), Some(false), "{source:?}");
        }
        assert_eq!(State::default().self_detected(at(10), None), None);
    }
}
