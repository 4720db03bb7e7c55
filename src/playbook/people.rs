//! Who does what: roles, their contacts and duties, the RACI table, services and their owners.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ActivityId, CriterionId, DutyId, KindId, RoleId, ServiceId};
use crate::ids::{GroupId, IncidentId, Series, UserId};

/// A role.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch that people set in the file, on its own")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Its name in commands.
    pub id: RoleId,
    /// For people.
    pub label: String,
    /// Other words people type for it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What it is for, in a sentence.
    pub purpose: String,
    /// The kinds of incidents that have it; empty: all.
    #[serde(default)]
    pub kinds: Vec<KindId>,
    /// Whose side it is on.
    #[serde(default)]
    pub party: Party,
    /// Who is asked first.
    #[serde(default)]
    pub main: Option<Contact>,
    /// Who is asked when the first does not answer.
    #[serde(default)]
    pub backup: Option<Contact>,
    /// Who is asked after those, before the sponsor: usually a user group.
    #[serde(default)]
    pub group: Option<Contact>,
    /// May several people hold it at once?
    #[serde(default)]
    pub several: bool,
    /// Silent until someone uses it.
    #[serde(default)]
    pub optional: bool,
    /// Does its holder work on systems with their own hands? Leads of major incidents should not.
    #[serde(default)]
    pub hands_on: bool,
    /// Roles that the same person should not hold on a major incident.
    #[serde(default)]
    pub excludes: Vec<RoleId>,
    /// Asked for advice by itself when one of these criteria is ticked.
    #[serde(default)]
    pub consult_on: Vec<CriterionId>,
    /// Only in drills.
    #[serde(default)]
    pub drills_only: bool,
    /// What its holder does, in order.
    #[serde(default)]
    pub checklist: Vec<Duty>,
}

impl Role {
    /// Those who are asked to take it, in order, with their keys in the file.
    pub fn contacts(&self) -> impl Iterator<Item = (&'static str, &Contact)> {
        let all = [("main", &self.main), ("backup", &self.backup), ("group", &self.group)];
        all.into_iter().filter_map(|(key, contact)| Some((key, contact.as_ref()?)))
    }

    /// Can someone in Slack hold it in an incident of this kind?
    #[must_use]
    pub fn is_for(&self, kind: &KindId) -> bool {
        !self.drills_only && self.is_ours(kind)
    }

    /// Can someone in Slack hold it in this incident, which may be a drill?
    #[must_use]
    pub fn can_be_held(&self, id: IncidentId, kind: &KindId) -> bool {
        (!self.drills_only || id.series == Series::Drill) && self.is_ours(kind)
    }

    /// Is it for those who help from outside in an incident of this kind? Only who has an engagement there holds it.
    #[must_use]
    pub fn is_for_helpers(&self, kind: &KindId) -> bool {
        matches!(self.party, Party::Consultancy) && (self.kinds.is_empty() || self.kinds.contains(kind))
    }

    fn is_ours(&self, kind: &KindId) -> bool {
        matches!(self.party, Party::Provider) && (self.kinds.is_empty() || self.kinds.contains(kind))
    }
}

/// Whose side a role is on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// Us.
    #[default]
    Provider,
    /// A customer of ours; never in our rooms.
    Customer,
    /// Outside help under an engagement.
    Consultancy,
}

/// One duty of a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Duty {
    /// Unique within the role.
    pub id: DutyId,
    /// What to do.
    pub text: String,
    /// Minutes from taking the role until it should be done; 0: no time.
    #[serde(default)]
    pub due_min: u32,
    /// Comes again that many minutes after it was done; 0: once. Such a duty never pings.
    #[serde(default)]
    pub every_min: u32,
    /// How the record tells that it was done; none: the holder says so.
    #[serde(default)]
    pub check: Option<DutyCheck>,
}

/// How the record tells that a duty was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DutyCheck {
    /// The severity was looked at since the incident was declared.
    SeverityReviewed,
    /// Somebody acknowledged a page.
    PageAcknowledged,
    /// Something was put on the timeline.
    TimelineEntry,
    /// A decision is on the timeline.
    Decision,
    /// The final fix is confirmed.
    FinalFix,
    /// A status update was posted.
    UpdatePosted,
    /// A text went to the outside.
    ExternalPosted,
    /// Every open task has an owner and a time.
    TasksOwned,
    /// A piece of evidence is recorded.
    Evidence,
    /// The plan of how customers are told is there.
    EngagementPlan,
    /// Every customer whose impact is confirmed was told.
    NoticesDelivered,
    /// Customers' reports were counted.
    ReportsCounted,
    /// The questions asked of this role are answered.
    ConsultsAnswered,
}

/// Who is asked for a role: `user:U123`, `group:S123`, `oncall:<schedule>` or `external:<id>` (of `[[contacts]]`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("pattern" = "^(user|group|oncall|external):.+$"))]
pub enum Contact {
    /// A person in Slack.
    User(UserId),
    /// A user group in Slack.
    Group(GroupId),
    /// Whoever is on call in a schedule.
    OnCall(String),
    /// Somebody outside of Slack, by their id in `[[contacts]]`.
    External(String),
}

impl fmt::Display for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "user:{id}"),
            Self::Group(id) => write!(f, "group:{id}"),
            Self::OnCall(name) => write!(f, "oncall:{name}"),
            Self::External(id) => write!(f, "external:{id}"),
        }
    }
}

impl FromStr for Contact {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong =
            || format!("`{text}` is no contact; write user:U123, group:S123, oncall:<schedule> or external:<id>");
        let (sort, id) = text.split_once(':').ok_or_else(wrong)?;
        let id = id.trim();
        match sort.trim() {
            _ if id.is_empty() => Err(wrong()),
            "user" => Ok(Self::User(id.into())),
            "group" => Ok(Self::Group(id.into())),
            "oncall" => Ok(Self::OnCall(id.to_owned())),
            "external" => Ok(Self::External(id.to_owned())),
            _ => Err(wrong()),
        }
    }
}

impl TryFrom<String> for Contact {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Contact> for String {
    fn from(contact: Contact) -> Self {
        contact.to_string()
    }
}

/// Whom declaring at a severity pages: `service`, `service:<id>` or `role:<id>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("pattern" = "^(service|service:.+|role:.+)$"))]
pub enum Paged {
    /// Whoever answers for the incident's own service.
    OwnService,
    /// Whoever answers for this one.
    Service(ServiceId),
    /// Those who are asked to take this role: whoever acknowledges has taken it.
    Role(RoleId),
}

impl fmt::Display for Paged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OwnService => write!(f, "service"),
            Self::Service(id) => write!(f, "service:{id}"),
            Self::Role(id) => write!(f, "role:{id}"),
        }
    }
}

impl TryFrom<String> for Paged {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.split_once(':').map(|(sort, id)| (sort.trim(), id.trim())) {
            None if text.trim() == "service" => Ok(Self::OwnService),
            Some(("service", id)) if !id.is_empty() => Ok(Self::Service(id.into())),
            Some(("role", id)) if !id.is_empty() => Ok(Self::Role(id.into())),
            Some(_) | None => Err(format!(
                "`{text}` is nobody whom a severity pages; write service (the incident's own), service:<id> or role:<id>"
            )),
        }
    }
}

impl From<Paged> for String {
    fn from(paged: Paged) -> Self {
        paged.to_string()
    }
}

/// Somebody whom people call or write to themselves: outside of Slack, or in it, for when neither Slack nor a page reaches them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutsideContact {
    /// Its name in `external:<id>`.
    pub id: String,
    /// Who.
    pub name: String,
    /// Of which organisation.
    #[serde(default)]
    pub organisation: String,
    /// How to write to them.
    #[serde(default)]
    pub email: String,
    /// How to call them.
    #[serde(default)]
    pub phone: String,
    /// Who they are in Slack (`U123`), where they are.
    #[serde(default)]
    pub user: Option<UserId>,
}

/// A row of the RACI table. Cells are sets; an empty one means nobody by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Activity {
    /// Its name; a phase of this name is this activity.
    pub id: ActivityId,
    /// For people.
    pub label: String,
    /// What our side does.
    #[serde(default)]
    pub provider: Vec<Letter>,
    /// What the customer's side does.
    #[serde(default)]
    pub customer: Vec<Letter>,
    /// Who does the work: they get tasks.
    #[serde(default)]
    pub responsible: Vec<RoleId>,
    /// Who answers for it, exactly one: accepts that the phase is left.
    pub accountable: RoleId,
    /// Who is asked: a question with an answer-by time.
    #[serde(default)]
    pub consulted: Vec<RoleId>,
    /// Who is told: one line for each change, with no way back into the room.
    #[serde(default)]
    pub informed: Vec<RoleId>,
}

/// A letter of the RACI table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum Letter {
    /// Responsible: does the work.
    R,
    /// Accountable: answers for it.
    A,
    /// Consulted: is asked.
    C,
    /// Informed: is told.
    I,
}

/// A service that can be in trouble.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Its name in commands (`for checkout`).
    pub id: ServiceId,
    /// For people inside.
    pub label: String,
    /// As customers know it; none: they do not.
    #[serde(default)]
    pub public_name: Option<String>,
    /// Other words people type for it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Whose it is.
    #[serde(default)]
    pub owner: Option<Contact>,
    /// The escalation policy (of `watchroom.toml`) that wakes its people.
    #[serde(default)]
    pub policy: Option<String>,
    /// Components of the status page that show it: named to whoever posts there (channel `status_page`) by hand.
    #[serde(default)]
    pub components: Vec<String>,
    /// Services that it cannot do without.
    #[serde(default)]
    pub depends_on: Vec<ServiceId>,
}
