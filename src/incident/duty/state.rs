//! Who does what, as it stands.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Rung, Several, check::done_at};
use crate::{
    ids::UserId,
    incident::{Holder, Incident, RoleState, state::unset},
    playbook::{DutyCheck, DutyId, PhaseId, RoleId},
};

/// Who does what, beyond who holds which role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// Roles that the lead holds while nobody else does.
    #[serde(skip_serializing_if = "unset")]
    pub required: Vec<RoleId>,
    /// Roles that people are, or were, asked to take; those that somebody has taken are kept for who said no.
    #[serde(skip_serializing_if = "unset")]
    pub ladders: BTreeMap<RoleId, Ladder>,
    /// Checklists. Shared between states, for they are long and change seldom.
    #[serde(skip_serializing_if = "unset")]
    pub lists: Arc<Vec<List>>,
    /// When the record last showed what duties are checked by.
    #[serde(skip_serializing_if = "unset")]
    pub seen: BTreeMap<DutyCheck, Timestamp>,
    /// Open tasks.
    #[serde(skip_serializing_if = "unset")]
    pub tasks: Vec<Task>,
    /// Counts tasks.
    #[serde(skip_serializing_if = "unset")]
    pub task_count: u32,
    /// How many of them are done.
    #[serde(skip_serializing_if = "unset")]
    pub tasks_done: u32,
    /// Those that ended with their phase and were not done: the latest of them, so that nobody reads that they were.
    #[serde(skip_serializing_if = "unset")]
    pub tasks_dropped: BTreeSet<u32>,
}

/// The asking for one role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ladder {
    /// Grows with every rung; its timer carries it.
    pub version: u32,
    /// Where it stands.
    pub rung: Rung,
    /// Is somebody still being waited for?
    pub waits: bool,
    /// When the next ones are asked; none: nobody else is.
    pub tick_at: Option<Timestamp>,
    /// Groups that are being looked up.
    pub groups: Vec<Several>,
    /// Who was asked and did not answer in time.
    pub silent: Vec<UserId>,
    /// Who said no, could not be reached, or had the role and does not have it any more.
    pub refused: Vec<UserId>,
    /// Nobody is wanted: somebody has said that it is theirs.
    #[serde(default, skip_serializing_if = "unset")]
    pub over: bool,
}

/// What one holder of one role has to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    /// Of which role.
    pub role: RoleId,
    /// Whose; none: nobody's, until somebody takes the role.
    pub owner: Option<UserId>,
    /// Grows whenever its times change; its timer carries it.
    pub version: u32,
    /// In the playbook's order.
    pub items: Vec<Item>,
}

/// One duty of somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Which.
    pub duty: DutyId,
    /// By when it should be done first.
    #[serde(default, skip_serializing_if = "unset")]
    pub due: Option<Timestamp>,
    /// Comes again that many minutes after it was done; 0: once.
    #[serde(default, skip_serializing_if = "unset")]
    pub every_min: u32,
    /// How the record tells.
    #[serde(default, skip_serializing_if = "unset")]
    pub check: Option<DutyCheck>,
    /// When it was ticked by hand last.
    #[serde(default, skip_serializing_if = "unset")]
    pub ticked: Option<Timestamp>,
    /// Was its owner reminded?
    #[serde(default, skip_serializing_if = "unset")]
    pub reminded: bool,
}

/// Where a duty stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Done for good.
    Done {
        /// Since when.
        at: Timestamp,
    },
    /// Done, and coming again.
    Again {
        /// Done when.
        at: Timestamp,
        /// Owed again when.
        next: Timestamp,
    },
    /// Owed.
    Open {
        /// By when.
        due: Option<Timestamp>,
    },
}

impl Item {
    /// Where it stands at `now`, by tick and by record.
    #[must_use]
    pub fn standing(&self, role: &RoleId, it: &Incident, now: Timestamp) -> Standing {
        let shown = self.check.and_then(|check| done_at(check, role, it));
        match self.ticked.max(shown) {
            None => Standing::Open { due: self.due },
            Some(at) if self.every_min == 0 => Standing::Done { at },
            Some(at) => {
                let every = SignedDuration::from_mins(self.every_min.into());
                let next = at.saturating_add(every).unwrap_or(Timestamp::MAX);
                if next > now { Standing::Again { at, next } } else { Standing::Open { due: Some(next) } }
            }
        }
    }

    /// When its owner is reminded of it; those that come again never ping.
    #[must_use]
    pub fn reminder(&self, role: &RoleId, it: &Incident) -> Option<Timestamp> {
        let due = self.due.filter(|_| self.every_min == 0 && !self.reminded)?;
        matches!(self.standing(role, it, due), Standing::Open { .. }).then_some(due)
    }
}

/// Something that somebody has to do. Its words stand in the event that made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Counts tasks of this incident.
    pub number: u32,
    /// The event that made it.
    pub seq: u64,
    /// Who.
    pub owner: UserId,
    /// By when.
    pub due: Timestamp,
    /// Grows whenever owner or time change; its timer carries it.
    pub version: u32,
    /// Was its owner reminded?
    pub reminded: bool,
    /// The phase whose work it is.
    #[serde(default, skip_serializing_if = "unset")]
    pub phase: Option<PhaseId>,
    /// Was whoever leads told that it is late?
    pub late_told: bool,
}

impl State {
    /// The asking for a role that somebody is still wanted for.
    #[must_use]
    pub fn asking(&self, role: &RoleId) -> Option<&Ladder> {
        self.ladders.get(role).filter(|l| !l.over)
    }

    /// Every role that somebody is still wanted for.
    pub fn wanted(&self) -> impl Iterator<Item = &RoleId> {
        self.ladders.iter().filter(|(_, l)| !l.over).map(|(role, _)| role)
    }

    /// Was whoever holds this role asked in vain to say that they have it, so that others were asked? Then anybody may take it.
    #[must_use]
    pub fn lapsed(&self, it: &Incident, role: &RoleId) -> bool {
        let held: Vec<Holder> = it.roles.get(role).into_iter().flat_map(RoleState::holders).collect();
        let passed = |l: &Ladder| !l.waits || held.iter().all(|h| l.silent.contains(&h.person));
        !held.is_empty() && held.iter().all(|h| !h.confirmed) && self.asking(role).is_some_and(passed)
    }

    /// An open task.
    #[must_use]
    pub fn task(&self, number: u32) -> Option<&Task> {
        self.tasks.iter().find(|t| t.number == number)
    }

    /// Somebody's list of a role.
    #[must_use]
    pub fn list(&self, role: &RoleId, owner: &UserId) -> Option<&List> {
        self.lists.iter().find(|l| l.role == *role && l.owner.as_ref() == Some(owner))
    }

    /// How many duties there are.
    #[must_use]
    pub fn item_count(&self) -> usize {
        self.lists.iter().map(|l| l.items.len()).sum()
    }
}
