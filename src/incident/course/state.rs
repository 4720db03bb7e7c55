//! Where an incident stands on its course.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ids::UserId,
    incident::{Words, state::unset},
    playbook::{Need, PhaseId, RoleId},
};

/// Where an incident stands on its course.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// When the present phase began.
    #[serde(skip_serializing_if = "unset")]
    pub since: Option<Timestamp>,
    /// The sentences that phases need.
    #[serde(skip_serializing_if = "unset")]
    pub stated: BTreeMap<Need, Words>,
    /// Places in the stream of the latest fixes.
    #[serde(skip_serializing_if = "unset")]
    pub fixes: Vec<u64>,
    /// The confirmed final fix; one that did not hold is none any more.
    #[serde(skip_serializing_if = "unset")]
    pub final_fix: Option<FinalFix>,
    /// Was the severity changed or confirmed since declaring?
    #[serde(skip_serializing_if = "unset")]
    pub reviewed: bool,
    /// Phases that were left without all they need, and of which people heard.
    #[serde(skip_serializing_if = "unset")]
    pub left_without: BTreeSet<PhaseId>,
    /// Was the work of its phase given out? Whoever takes a role from then on, has theirs with it.
    #[serde(skip_serializing_if = "unset")]
    pub begun: bool,
    /// Phases that run beside the others, or did.
    #[serde(skip_serializing_if = "unset")]
    pub beside: Vec<Beside>,
    /// Phases that were left and not accepted yet.
    #[serde(skip_serializing_if = "unset")]
    pub exits: Vec<Exit>,
    /// Counts questions.
    #[serde(skip_serializing_if = "unset")]
    pub consult_count: u32,
    /// Questions without an answer.
    #[serde(skip_serializing_if = "unset")]
    pub consults: Vec<Consult>,
    /// When each role that was asked answered last.
    #[serde(skip_serializing_if = "unset")]
    pub answered: BTreeMap<RoleId, Timestamp>,
    /// Places in the stream of answers that no decision has taken up yet.
    #[serde(skip_serializing_if = "unset")]
    pub advice: Vec<u64>,
}

/// A confirmed final fix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinalFix {
    /// The fix on the timeline.
    pub entry: u64,
    /// Who confirmed it.
    pub by: Option<UserId>,
    /// When.
    pub at: Timestamp,
}

/// A phase that runs beside the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    /// Which.
    pub phase: PhaseId,
    /// When it began.
    pub since: Timestamp,
    /// When it was over.
    pub ended: Option<Timestamp>,
}

/// A phase that was left and not accepted yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exit {
    /// Which.
    pub phase: PhaseId,
    /// The role that answers for it.
    pub role: RoleId,
}

/// A question without an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consult {
    /// Its number within the incident.
    pub number: u32,
    /// Place in the stream of the question.
    pub seq: u64,
    /// The role that is asked.
    pub role: RoleId,
    /// Who is asked; none while nobody has the role.
    pub to: Option<UserId>,
    /// The phase that made the bot ask.
    pub phase: Option<PhaseId>,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// When an answer is wanted.
    pub answer_by: Timestamp,
    /// Was whoever is asked reminded?
    pub reminded: bool,
    /// Did the time pass without an answer?
    pub overdue: bool,
}

impl State {
    /// A phase that runs beside the others now.
    #[must_use]
    pub fn beside(&self, phase: &PhaseId) -> Option<&Beside> {
        self.open_beside().find(|b| b.phase == *phase)
    }

    /// Those that run beside the others now.
    pub fn open_beside(&self) -> impl Iterator<Item = &Beside> {
        self.beside.iter().filter(|b| b.ended.is_none())
    }

    /// The question with this number, while nobody answered it.
    #[must_use]
    pub fn consult(&self, number: u32) -> Option<&Consult> {
        self.consults.iter().find(|c| c.number == number)
    }

    /// When a role had answered all that it was asked; none while a question waits, or where none was ever asked.
    #[must_use]
    pub fn answered_at(&self, role: &RoleId) -> Option<Timestamp> {
        let waits = self.consults.iter().any(|c| c.role == *role);
        self.answered.get(role).copied().filter(|_| !waits)
    }

    /// Words that redacting event `seq` must reach.
    pub fn words_of(&mut self, seq: u64) -> impl Iterator<Item = &mut Words> {
        self.stated.values_mut().filter(move |w| w.seq == seq)
    }
}
