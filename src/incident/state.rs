//! An incident as it stands: small, and always the fold of its events.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{MessageRef, RoomLoss, Text, access, case, comms, course, duty, intake};
use crate::{
    ids::{ChannelId, IncidentId, UserId},
    paging::{Page, PageId},
    playbook::{EditionId, KindId, PhaseId, Role, RoleId, Severity, Stage, Visibility},
};

/// An incident as it stands. At most 44 KiB as JSON: texts and timeline stay in the events, and what is not set is left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// Its number.
    pub id: IncidentId,
    /// How many events made it.
    pub version: u64,
    /// What is wrong.
    pub title: Words,
    /// How bad.
    pub severity: Severity,
    /// Operational or other.
    pub kind: KindId,
    /// The playbook that it was declared under.
    #[serde(default, skip_serializing_if = "unset")]
    pub playbook: Option<EditionId>,
    /// Where it stands.
    pub phase: PhaseId,
    /// What that means for timers and pages.
    pub stage: Stage,
    /// None while it goes on.
    #[serde(default, skip_serializing_if = "unset")]
    pub ending: Option<Ending>,
    /// Who declared it.
    pub declared_by: UserId,
    /// When it was declared.
    pub declared_at: Timestamp,
    /// When the trouble began.
    pub started_at: Timestamp,
    /// When we noticed, if that was said.
    #[serde(default, skip_serializing_if = "unset")]
    pub detected_at: Option<Timestamp>,
    /// When people stopped feeling it, if that was said or the phase says so.
    #[serde(default, skip_serializing_if = "unset")]
    pub ended_at: Option<Timestamp>,
    /// When it was resolved last.
    #[serde(default, skip_serializing_if = "unset")]
    pub resolved_at: Option<Timestamp>,
    /// Where it was declared.
    #[serde(default, skip_serializing_if = "unset")]
    pub declared_in: Option<ChannelId>,
    /// The message it was declared from.
    #[serde(default, skip_serializing_if = "unset")]
    pub source: Option<MessageRef>,
    /// The role that leads.
    pub lead_role: RoleId,
    /// Its room, once there is one.
    #[serde(default, skip_serializing_if = "unset")]
    pub room: Option<Room>,
    /// Every role that was ever held or offered.
    pub roles: BTreeMap<RoleId, RoleState>,
    /// Counts offers.
    #[serde(default, skip_serializing_if = "unset")]
    pub offers: u32,
    /// Counts pages.
    #[serde(default, skip_serializing_if = "unset")]
    pub page_count: u32,
    /// Those up to this number are over.
    #[serde(default, skip_serializing_if = "unset")]
    pub pages_over: u32,
    /// The latest pages; those that ask nobody make room for new ones.
    #[serde(default, skip_serializing_if = "unset")]
    pub pages: Vec<Page>,
    /// Status updates.
    pub update: UpdateState,
    /// Links that people kept, latest last.
    #[serde(default, skip_serializing_if = "unset")]
    pub links: Vec<Words>,
    /// How many entries the timeline has.
    #[serde(default, skip_serializing_if = "unset")]
    pub entries: u32,
    /// Values before the last change, for the card.
    #[serde(default, skip_serializing_if = "unset")]
    pub previous: Previous,
    /// Incidents that were merged into this one.
    #[serde(default, skip_serializing_if = "unset")]
    pub merged: Vec<IncidentId>,
    /// Who may see it.
    #[serde(default, deserialize_with = "access::visibility")]
    pub visibility: Visibility,
    /// Who may see it where not everybody may.
    #[serde(default)]
    pub access: access::State,
    /// What was redacted so far.
    #[serde(default, skip_serializing_if = "unset")]
    pub redacted: Redactions,
    /// How the trouble came in.
    #[serde(default, skip_serializing_if = "unset")]
    pub intake: intake::State,
    /// Where it stands on its course.
    #[serde(default, skip_serializing_if = "unset")]
    pub course: course::State,
    /// What is said to others.
    #[serde(default, skip_serializing_if = "unset")]
    pub comms: comms::State,
    /// Who does what, beyond who holds which role.
    #[serde(default, skip_serializing_if = "unset")]
    pub duty: duty::State,
    /// The records of the case.
    #[serde(default, skip_serializing_if = "unset")]
    pub case: case::State,
}

/// What was redacted so far: a room that was out of reach meanwhile must catch up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redactions {
    /// Words of any event.
    pub words: bool,
    /// A title; the room's name may have been made of it.
    pub title: bool,
}

/// Words in the state, with the event they came from, so that redacting that event reaches them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// Place in the stream of the event they came from.
    pub seq: u64,
    /// The words.
    pub text: Text,
}

/// How an incident ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Over, nothing left to do.
    Closed {
        /// Since when.
        at: Timestamp,
    },
    /// It was none.
    Cancelled {
        /// Since when.
        at: Timestamp,
    },
    /// It goes on as another.
    Merged {
        /// Since when.
        at: Timestamp,
        /// Which one.
        into: IncidentId,
    },
}

/// An incident's room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    /// Its id.
    pub channel: ChannelId,
    /// Its name, without `#`.
    pub name: String,
    /// Can we use it?
    pub state: RoomState,
    /// Since when we cannot, if we cannot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost_at: Option<Timestamp>,
}

/// Can the room be used?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomState {
    /// Yes.
    Open,
    /// No.
    Lost(RoomLoss),
}

/// Who holds a role, and who is asked to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RoleState {
    /// Responsible now.
    #[serde(skip_serializing_if = "unset")]
    pub holder: Option<UserId>,
    /// Has the holder said so themselves?
    #[serde(skip_serializing_if = "unset")]
    pub confirmed: bool,
    /// The event that made them the holder.
    #[serde(skip_serializing_if = "unset")]
    pub since: u64,
    /// Others who hold it beside them, where several may.
    #[serde(skip_serializing_if = "unset")]
    pub more: Vec<Holder>,
    /// Those who are asked to take it.
    #[serde(skip_serializing_if = "unset")]
    pub offers: Vec<Offer>,
}

/// Somebody who holds a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Who.
    pub person: UserId,
    /// Have they said so themselves?
    pub confirmed: bool,
    /// The event that made them a holder.
    pub since: u64,
}

impl RoleState {
    /// Everyone who holds it, the one who has it longest first.
    pub fn holders(&self) -> impl Iterator<Item = Holder> + '_ {
        let first = self.holder.clone();
        let first = first.map(|person| Holder { person, confirmed: self.confirmed, since: self.since });
        first.into_iter().chain(self.more.iter().cloned())
    }

    /// How this person holds it, if they do.
    #[must_use]
    pub fn of(&self, person: &UserId) -> Option<Holder> {
        self.holders().find(|h| h.person == *person)
    }

    /// Does this person hold it?
    #[must_use]
    pub fn holds(&self, person: &UserId) -> bool {
        self.of(person).is_some()
    }

    /// Is this the one who has it longest?
    #[must_use]
    pub fn holder_is(&self, person: &UserId) -> bool {
        self.holder.as_ref() == Some(person)
    }

    /// The open offer with this number.
    #[must_use]
    pub fn offer(&self, number: u32) -> Option<&Offer> {
        self.offers.iter().find(|o| o.number == number)
    }
}

/// An open hand-over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Its number within the incident.
    pub number: u32,
    /// Who is asked.
    pub to: UserId,
    /// Whom they would relieve.
    #[serde(default)]
    pub from: Option<UserId>,
    /// Asked by the playbook, as whom; none: by a person.
    #[serde(default)]
    pub rung: Option<super::duty::Rung>,
}

/// Status updates.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateState {
    /// When the next one is due; none when none is owed.
    #[serde(skip_serializing_if = "unset")]
    pub due: Option<Timestamp>,
    /// Since when that is owed: the last update, or the change that made it due.
    #[serde(skip_serializing_if = "unset")]
    pub since: Option<Timestamp>,
    /// Grows whenever `due` changes; timers carry it.
    #[serde(skip_serializing_if = "unset")]
    pub version: u32,
    /// Was its owner reminded of this due time?
    #[serde(skip_serializing_if = "unset")]
    pub reminded: bool,
    /// Was it missed?
    #[serde(skip_serializing_if = "unset")]
    pub missed: bool,
    /// Place in the stream of the last update.
    #[serde(skip_serializing_if = "unset")]
    pub last: Option<u64>,
    /// When that was.
    #[serde(skip_serializing_if = "unset")]
    pub last_at: Option<Timestamp>,
    /// How many there were.
    #[serde(skip_serializing_if = "unset")]
    pub count: u32,
}

/// Values before the last change; the card strikes them through.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Previous {
    /// Title before.
    #[serde(skip_serializing_if = "unset")]
    pub title: Option<Words>,
    /// Severity before.
    #[serde(skip_serializing_if = "unset")]
    pub severity: Option<Severity>,
    /// Phase before.
    #[serde(skip_serializing_if = "unset")]
    pub phase: Option<PhaseId>,
    /// Who held a role before.
    #[serde(skip_serializing_if = "unset")]
    pub holders: BTreeMap<RoleId, UserId>,
    /// When it started, as was thought before.
    #[serde(skip_serializing_if = "unset")]
    pub started_at: Option<Timestamp>,
}

/// Is it as it always was, so that it need not be written down?
pub(super) fn unset<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Incident {
    /// Does it still go on? Resolved ones do until they are closed.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.ending.is_none()
    }

    /// Is somebody at work on what is wrong? Not on one that is resolved: that goes on for what is left to be done.
    #[must_use]
    pub fn is_worked_on(&self) -> bool {
        self.is_open() && self.stage != Stage::Resolved
    }

    /// Since when nobody is at work on it.
    #[must_use]
    pub fn over_since(&self) -> Option<Timestamp> {
        let ended = self.ending.as_ref().map(|ending| match ending {
            Ending::Closed { at } | Ending::Cancelled { at } | Ending::Merged { at, .. } => *at,
        });
        let resolved = self.resolved_at.filter(|_| self.stage == Stage::Resolved);
        resolved.into_iter().chain(ended).min()
    }

    /// Can somebody hold this role here? Those of helpers while there are any.
    #[must_use]
    pub fn has_role(&self, role: &Role) -> bool {
        let helped = || role.is_for_helpers(&self.kind) && self.case.has_helpers();
        role.can_be_held(self.id, &self.kind) || helped()
    }

    /// Is it kept from those who were not let in? What becomes a stub is as well.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        match self.visibility {
            Visibility::Workspace => false,
            Visibility::NeedToKnow => true,
        }
    }

    /// Does this page wake people now? Those of a need-to-know incident always do.
    #[must_use]
    pub fn is_urgent(&self, page: &Page, now: Timestamp) -> bool {
        self.is_secret() || page.policy.is_urgent(self.severity, now)
    }

    /// When a page looks again: after its people, or sooner where hours begin in which it wakes them; or after whoever acknowledged.
    #[must_use]
    pub fn looks_at(&self, page: &Page) -> Option<Timestamp> {
        let at = page.looks_at(self.severity)?;
        let wakes = page.policy.urgent_from(self.severity, page.asked_at).filter(|_| page.waits() && !self.is_secret());
        Some(wakes.map_or(at, |wakes| wakes.min(at)))
    }

    /// How it is called where people look over each other's shoulders: a need-to-know incident by its codename.
    #[must_use]
    pub fn called(&self) -> &str {
        if self.is_secret() { self.access.codename.as_deref().unwrap_or("(private)") } else { self.title() }
    }

    /// What is wrong, or the tombstone of it.
    #[must_use]
    pub fn title(&self) -> &str {
        self.title.text.or_tombstone()
    }

    /// Who leads.
    #[must_use]
    pub fn lead(&self) -> Option<&UserId> {
        self.holder(&self.lead_role)
    }

    /// Who holds a role; of several, who has it longest.
    #[must_use]
    pub fn holder(&self, role: &RoleId) -> Option<&UserId> {
        self.roles.get(role)?.holder.as_ref()
    }

    /// Does this person hold this role?
    #[must_use]
    pub fn holds(&self, role: &RoleId, person: &UserId) -> bool {
        self.roles.get(role).is_some_and(|state| state.holds(person))
    }

    /// Who answers for a role: its holder, or the lead where the incident must have it and nobody else has accepted.
    #[must_use]
    pub fn answers_for(&self, role: &RoleId) -> Option<&UserId> {
        self.holder(role).or_else(|| self.duty.required.contains(role).then(|| self.lead()).flatten())
    }

    /// Its page with this number, unless it is long over.
    #[must_use]
    pub fn page(&self, id: PageId) -> Option<&Page> {
        self.pages.iter().find(|p| p.id == id)
    }

    /// When the owner of the next update is reminded, after so many percent of the time.
    #[must_use]
    pub fn remind_update_at(&self, percent: u32) -> Option<Timestamp> {
        super::remind_at(self.update.since?, self.update.due?, percent)
    }

    /// The room, if it can be used.
    #[must_use]
    pub fn open_room(&self) -> Option<&Room> {
        self.room.as_ref().filter(|r| r.state == RoomState::Open)
    }
}
