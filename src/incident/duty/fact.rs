//! What is recorded.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Several;
use crate::{
    ids::UserId,
    incident::Text,
    playbook::{Contact, DutyCheck, DutyId, PhaseId, RoleId},
};

/// What happened about who does what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// Roles that this incident must have; the lead holds one that nobody else has accepted.
    Required {
        /// Which.
        roles: Vec<RoleId>,
    },
    /// A rung of the ladder began: its people are offered the role, its groups looked up.
    Asked {
        /// Which role.
        role: RoleId,
        /// Who they are to the role.
        rung: Rung,
        /// Who is offered it now.
        people: Vec<UserId>,
        /// Groups whose members are offered it once they are known.
        groups: Vec<Several>,
        /// Those of the rung before who did not answer.
        silent: Vec<UserId>,
        /// When the next rung begins; none: nobody else is asked.
        tick_at: Option<Timestamp>,
    },
    /// Somebody was given the role by hand; if they do not say that they have it, the next ones are asked.
    Given {
        /// Which role.
        role: RoleId,
        /// Who was given it.
        to: UserId,
        /// In whose place they stand: the next rung is the one after it.
        rung: Rung,
        /// When the next rung begins; none: nobody else is asked.
        tick_at: Option<Timestamp>,
    },
    /// Nobody is asked for the role any more: an incident of this kind does not have it.
    Withdrawn {
        /// Which role.
        role: RoleId,
        /// Who was being asked.
        people: Vec<UserId>,
    },
    /// A user group turned out to be these people.
    GroupFound {
        /// For which role.
        role: RoleId,
        /// Which group.
        group: Several,
        /// Who of it is offered the role.
        people: Vec<UserId>,
        /// Why it could not be found out who is in it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failed: Option<String>,
    },
    /// A contact of the role whom Slack cannot ask.
    CannotAsk {
        /// Which role.
        role: RoleId,
        /// Whom.
        contact: Contact,
    },
    /// An offer of the role did not reach its person.
    Unreached {
        /// Which role.
        role: RoleId,
        /// Whom.
        to: UserId,
        /// Which offer.
        offer: u32,
        /// Why, in the neighbour's word.
        why: String,
    },
    /// The present rung has until then.
    WaitsUntil {
        /// Of which role.
        role: RoleId,
        /// Until when.
        at: Timestamp,
    },
    /// Everyone was asked, and nobody has taken the role: the room is asked.
    Aloud {
        /// Which role.
        role: RoleId,
        /// Who was asked and did not answer.
        silent: Vec<UserId>,
    },
    /// Roles that do not go together on a major incident, held since before it was one.
    Clashing {
        /// By whom.
        held: Vec<Clash>,
    },
    /// A holder's checklist begins, or moves to them.
    DutiesTaken {
        /// Of which role.
        role: RoleId,
        /// Who has it.
        owner: UserId,
        /// Who had it; what they did stays done.
        from: Option<UserId>,
        /// What the playbook asked of the role then.
        duties: Vec<Owed>,
    },
    /// A duty was ticked by hand.
    ItemDone {
        /// Of which role.
        role: RoleId,
        /// Whose.
        owner: UserId,
        /// Which duty.
        duty: DutyId,
        /// Why, where the record would have told.
        why: Option<Text>,
    },
    /// A holder was reminded of a duty whose time has come.
    ItemReminded {
        /// Of which role.
        role: RoleId,
        /// Whom.
        owner: UserId,
        /// Of which duty.
        duty: DutyId,
        /// The list's version.
        version: u32,
    },
    /// Somebody has something to do.
    TaskAdded {
        /// Counts tasks of this incident.
        task: u32,
        /// What.
        text: Text,
        /// Who.
        owner: UserId,
        /// By when.
        due: Timestamp,
        /// The phase whose work it is; it ends with it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        phase: Option<PhaseId>,
    },
    /// A task goes to somebody else.
    TaskGiven {
        /// Which task.
        task: u32,
        /// Who had it.
        from: UserId,
        /// Who has it.
        to: UserId,
    },
    /// A task has more time.
    TaskPostponed {
        /// Which task.
        task: u32,
        /// By when now.
        due: Timestamp,
    },
    /// A task is done.
    TaskDone {
        /// Which task.
        task: u32,
    },
    /// Tasks that nobody did end with the phase whose work they were.
    TasksDropped {
        /// Which tasks.
        tasks: Vec<u32>,
        /// Which phase.
        phase: PhaseId,
    },
    /// A task's time has come: its owner is reminded, later whoever leads.
    TaskReminded {
        /// Which task.
        task: u32,
        /// Its version.
        version: u32,
        /// Whom.
        whom: UserId,
        /// Its owner did not do it in time; this is for whoever leads.
        late: bool,
    },
}

/// What one person holds that does not go together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clash {
    /// Who.
    pub who: UserId,
    /// Which roles.
    pub roles: Vec<RoleId>,
}

/// Who somebody is to a role that nobody has taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rung {
    /// Whoever was given it by hand before anybody was asked.
    Given,
    /// Its main contact.
    Main,
    /// Its backup.
    Backup,
    /// The group behind it.
    Group,
    /// The executive sponsor, for the worst incidents.
    Sponsor,
}

/// One duty, as the playbook had it when its role was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed {
    /// Which.
    pub duty: DutyId,
    /// By when; none: no time.
    pub due: Option<Timestamp>,
    /// Comes again that many minutes after it was done; 0: once.
    pub every_min: u32,
    /// How the record tells that it was done.
    pub check: Option<DutyCheck>,
}

/// Why something about roles and tasks cannot be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum No {
    /// The role is not one of this incident's.
    NotHere {
        /// Which role.
        role: RoleId,
        /// Why.
        why: NotHere,
        /// Those that can be held here.
        could: Vec<RoleId>,
    },
    /// On a major incident one person should not hold both: it needs a reason.
    NeedsReason {
        /// The role that they would get.
        role: RoleId,
        /// Who.
        to: UserId,
        /// What they hold already that does not go with it.
        with: Vec<RoleId>,
    },
    /// Several people hold it; which one is meant?
    WhoseRole {
        /// Which role.
        role: RoleId,
        /// Who holds it.
        holders: Vec<UserId>,
    },
    /// Nobody has this duty.
    NoSuchDuty,
    /// The record tells when this duty is done; a tick by hand needs a reason.
    TickNeedsReason {
        /// Of which role.
        role: RoleId,
        /// Which duty.
        duty: DutyId,
    },
    /// There is no such open task.
    NoSuchTask(u32),
    /// A task's time must lie ahead.
    TaskPast,
    /// A task needs a time.
    TaskNeedsTime,
    /// This person may not see the incident, and so cannot have a task of it.
    NotInside(UserId),
}

/// Why a role cannot be held in an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotHere {
    /// It exists in drills only.
    DrillsOnly,
    /// Incidents of this kind do not have it.
    OtherKind,
    /// It belongs to people outside, who are in no Slack room.
    Outside,
    /// It is for those who help from outside, and whoever is meant has no engagement here.
    NotEngaged,
}

impl Fact {
    /// The words of a person in it.
    #[must_use]
    pub const fn text(&self) -> Option<&Text> {
        match self {
            Self::TaskAdded { text, .. } => Some(text),
            Self::ItemDone { why, .. } => why.as_ref(),
            Self::Required { .. }
            | Self::Asked { .. }
            | Self::Given { .. }
            | Self::Withdrawn { .. }
            | Self::GroupFound { .. }
            | Self::CannotAsk { .. }
            | Self::Unreached { .. }
            | Self::WaitsUntil { .. }
            | Self::Aloud { .. }
            | Self::Clashing { .. }
            | Self::DutiesTaken { .. }
            | Self::ItemReminded { .. }
            | Self::TaskGiven { .. }
            | Self::TaskPostponed { .. }
            | Self::TaskDone { .. }
            | Self::TasksDropped { .. }
            | Self::TaskReminded { .. } => None,
        }
    }

    /// Does the room hear of it?
    #[must_use]
    pub fn is_said(&self) -> bool {
        match self {
            Self::Asked { .. }
            | Self::CannotAsk { .. }
            | Self::Unreached { .. }
            | Self::Aloud { .. }
            | Self::Clashing { .. }
            | Self::TaskAdded { .. }
            | Self::TaskGiven { .. }
            | Self::TaskPostponed { .. }
            | Self::TaskDone { .. }
            | Self::TasksDropped { .. } => true,
            Self::GroupFound { people, .. } => people.is_empty(),
            Self::Withdrawn { people, .. } => !people.is_empty(),
            Self::ItemDone { why, .. } => why.is_some(),
            Self::Required { .. }
            | Self::Given { .. }
            | Self::WaitsUntil { .. }
            | Self::DutiesTaken { .. }
            | Self::ItemReminded { .. }
            | Self::TaskReminded { .. } => false,
        }
    }

    /// Is it something that people look for on the timeline?
    #[must_use]
    pub fn is_on_timeline(&self) -> bool {
        match self {
            Self::ItemDone { .. } | Self::GroupFound { .. } => true,
            Self::TaskReminded { late, .. } => *late,
            _ => self.is_said(),
        }
    }

    /// Must a human hear of it, room or no room?
    #[must_use]
    pub const fn must_be_heard(&self) -> bool {
        matches!(self, Self::Aloud { .. } | Self::CannotAsk { .. } | Self::Unreached { .. })
    }
}
