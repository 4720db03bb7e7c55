//! What is asked about an incident's course.

use serde::{Deserialize, Serialize};

use crate::playbook::{Need, PhaseId, RoleId};

/// Something asked about an incident's course.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// Say what phases need.
    State(Said),
    /// Go to a phase, with what the present one needs.
    Leave {
        /// To which phase.
        to: PhaseId,
        /// Why.
        why: Option<String>,
        /// What the present one needs.
        said: Said,
    },
    /// Confirm the final fix.
    ConfirmFix {
        /// The fix on the timeline; none where `fix` says it.
        entry: Option<u64>,
        /// A fix that is not on the timeline yet.
        fix: Option<String>,
        /// What shows that it works.
        signal: String,
        /// And go to the resolved phase.
        resolve: bool,
    },
    /// End a phase that runs beside the others.
    EndBeside {
        /// Which.
        phase: PhaseId,
        /// Why.
        why: Option<String>,
    },
    /// Accept that a phase was left.
    AcceptExit {
        /// Which.
        phase: PhaseId,
    },
    /// Ask a role for its advice.
    Consult {
        /// Which role.
        role: RoleId,
        /// The question.
        question: String,
    },
    /// Answer a question.
    Answer {
        /// Which; none: the only one there is.
        number: Option<u32>,
        /// The answer.
        text: String,
    },
    /// A timer rang.
    Ring(Alarm),
}

/// What people say of what phases need.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    /// Sentences.
    pub statements: Vec<(Need, String)>,
    /// A fix for the timeline.
    pub fix: Option<String>,
}

/// What must be looked at later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "alarm", rename_all = "snake_case")]
pub enum Alarm {
    /// The time for an answer is over.
    Consult {
        /// To which question.
        number: u32,
    },
}

impl Alarm {
    /// What tells it from others of the same incident.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Consult { number } => format!("consult/{number}"),
        }
    }
}
