//! Why something on the course is not done.

use serde::{Deserialize, Serialize};

use super::{Gate, Missing};
use crate::{
    ids::UserId,
    playbook::{PhaseId, RoleId},
};

/// Why nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum No {
    /// Something must be there first.
    Missing {
        /// What is held up.
        gate: Gate,
        /// By what, five at most.
        missing: Vec<Missing>,
        /// Is a reason enough to do it all the same?
        a_reason_will_do: bool,
    },
    /// This phase does not run beside the others now.
    NotBeside(PhaseId),
    /// It runs beside the others already.
    IsBeside(PhaseId),
    /// Nobody waits for this phase to be accepted.
    NothingToAccept(PhaseId),
    /// Someone else answers for it.
    NotAccountable {
        /// The phase.
        phase: PhaseId,
        /// The role that answers for it.
        role: RoleId,
        /// Who has the role, or stands in for it.
        holder: Option<UserId>,
    },
    /// There is no such fix on the timeline.
    NoSuchFix,
    /// No question with this number waits for an answer.
    NoSuchConsult(u32),
    /// Several questions wait for an answer.
    WhichConsult(Vec<u32>),
    /// No question waits for an answer.
    NoConsult,
    /// A statement that no phase needs.
    NotAStatement,
}
