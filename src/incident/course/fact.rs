//! What is recorded of an incident's course.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ids::UserId,
    incident::{Text, duty::Several},
    playbook::{Audience, Contact, CriterionId, Need, OutletId, PhaseId, RoleId, Severity},
};

/// Something that happened on an incident's course.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// A sentence that a phase needs.
    Stated {
        /// For which need.
        need: Need,
        /// The sentence.
        text: Text,
    },
    /// The severity was looked at once more, and is right.
    SeverityConfirmed {
        /// Which.
        severity: Severity,
    },
    /// The final fix is confirmed, by whoever made the event.
    FixConfirmed {
        /// The fix on the timeline.
        entry: u64,
        /// What showed that it works.
        signal: Text,
    },
    /// A phase was left forth without these; people heard of it.
    LeftWithout {
        /// Which phase.
        phase: PhaseId,
        /// What was not there.
        needs: Vec<Need>,
    },
    /// Something was done although these were missing.
    Overridden {
        /// What was done.
        gate: Gate,
        /// What was missing.
        missing: Vec<Missing>,
        /// Why; none where the event of the deed itself says it.
        why: Option<Text>,
    },
    /// A phase began that runs beside the others.
    BesideOpened {
        /// Which.
        phase: PhaseId,
    },
    /// A phase that ran beside the others is over.
    BesideEnded {
        /// Which.
        phase: PhaseId,
        /// Why.
        why: Option<Text>,
    },
    /// A phase was left, and whoever answers for it has not accepted that yet.
    ExitAwaited {
        /// Which phase.
        phase: PhaseId,
        /// The role that answers for it.
        role: RoleId,
    },
    /// Whoever answers for a phase accepted that it was left.
    ExitAccepted {
        /// Which phase.
        phase: PhaseId,
        /// The role that answers for it.
        role: RoleId,
        /// Who accepted.
        by: UserId,
    },
    /// Someone is told that a phase began, and nothing else.
    Informed {
        /// Which phase.
        phase: PhaseId,
        /// As which role.
        role: RoleId,
        /// Who.
        to: UserId,
    },
    /// The same for everyone in these user groups, and whoever is on call, who are named for roles that nobody has.
    InformedGroups {
        /// Which phase.
        phase: PhaseId,
        /// As which roles.
        roles: Vec<RoleId>,
        /// Which groups.
        groups: Vec<Several>,
        /// Those who heard of it otherwise, and do not hear it again.
        told: Vec<UserId>,
    },
    /// A contact of an informed role whom Slack cannot tell.
    CannotInform {
        /// Which phase.
        phase: PhaseId,
        /// Which role.
        role: RoleId,
        /// Whom.
        contact: Contact,
    },
    /// A role was asked for its advice.
    ConsultAsked {
        /// Counts questions of this incident.
        number: u32,
        /// Which role.
        role: RoleId,
        /// Who is asked; none while nobody has the role.
        to: Option<UserId>,
        /// The question; none where the bot asked by itself.
        question: Option<Text>,
        /// The phase that made the bot ask.
        phase: Option<PhaseId>,
        /// The criteria that made the bot ask.
        criteria: Vec<CriterionId>,
        /// When an answer is wanted.
        answer_by: Timestamp,
    },
    /// Someone else has the role now, and is asked.
    ConsultPassed {
        /// Which question.
        number: u32,
        /// Who is asked.
        to: UserId,
    },
    /// Whoever was asked is reminded.
    ConsultReminded {
        /// Which question.
        number: u32,
        /// Who.
        to: UserId,
    },
    /// Nobody answered in time.
    ConsultOverdue {
        /// Which question.
        number: u32,
    },
    /// An answer.
    ConsultAnswered {
        /// To which question.
        number: u32,
        /// For which role.
        role: RoleId,
        /// The answer.
        text: Text,
    },
    /// A decision was made with these answers at hand.
    AdviceTaken {
        /// The decision's place in the stream.
        decision: u64,
        /// The answers' places in the stream.
        answers: Vec<u64>,
    },
}

impl Fact {
    /// The words of people in it.
    #[must_use]
    pub const fn words(&self) -> Option<&Text> {
        match self {
            Self::Stated { text, .. }
            | Self::FixConfirmed { signal: text, .. }
            | Self::ConsultAnswered { text, .. } => Some(text),
            Self::Overridden { why, .. } | Self::BesideEnded { why, .. } => why.as_ref(),
            Self::ConsultAsked { question, .. } => question.as_ref(),
            Self::SeverityConfirmed { .. }
            | Self::LeftWithout { .. }
            | Self::BesideOpened { .. }
            | Self::ExitAwaited { .. }
            | Self::ExitAccepted { .. }
            | Self::Informed { .. }
            | Self::InformedGroups { .. }
            | Self::CannotInform { .. }
            | Self::ConsultPassed { .. }
            | Self::ConsultReminded { .. }
            | Self::ConsultOverdue { .. }
            | Self::AdviceTaken { .. } => None,
        }
    }
}

/// What can be held up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    /// Calling it resolved.
    Resolve,
    /// Ending a phase that runs beside the others.
    EndBeside(PhaseId),
    /// Closing it, or ending it otherwise.
    Close,
    /// Cancelling it.
    Cancel,
    /// Merging it into another one.
    Merge,
}

/// What holds something up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// What a phase needs.
    Need(Need),
    /// A phase that runs beside the others is not over.
    Beside(PhaseId),
    /// Nobody accepted that a phase was left.
    Exit {
        /// Which phase.
        phase: PhaseId,
        /// The role that answers for it.
        role: RoleId,
    },
    /// A customer whose impact is confirmed was not told.
    Customer(u32),
    /// These readers were promised a text, and got none since.
    Promised {
        /// Whose readers.
        to: Audience,
        /// By when.
        due: Timestamp,
    },
    /// A text for readers outside is not here yet, and waits for a person to post it.
    Unposted(OutletId),
}
