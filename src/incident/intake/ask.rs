//! What is asked about the intake of an incident.

use super::Detection;
use crate::{
    incident::MessageRef,
    playbook::{CriterionId, ServiceId},
};

/// What is asked about the intake of an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Which criteria are true, and what else the same form asks.
    Answer {
        /// Those that are; none: still not sure.
        criteria: Vec<CriterionId>,
        /// Who noticed first, where that was said.
        detection: Option<Detection>,
        /// What is in trouble, where that was said.
        service: Option<ServiceId>,
    },
    /// Who noticed first.
    Detected {
        /// Who did.
        source: Detection,
    },
    /// What it is called, and what is in trouble.
    Describe {
        /// The title.
        title: String,
        /// The service; none: unknown.
        service: Option<ServiceId>,
    },
    /// "I was about to declare the same": bring me in.
    Join,
    /// A value may have its say now.
    Nudge {
        /// Which value.
        value: String,
    },
    /// No more of the values in this incident.
    Mute,
    /// The message that the thread hangs below was posted.
    ThreadOpened {
        /// Where.
        at: MessageRef,
    },
    /// A room instead of the thread.
    GiveRoom {
        /// What Slack said to the thread, where that is why.
        why: Option<String>,
    },
}
