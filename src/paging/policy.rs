//! An escalation policy: whom to ask, and whom then.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    external::External,
    schedule::{ScheduleId, WeeklyWindow, Zone},
};
use crate::{
    ids::{ChannelId, GroupId, UserId},
    playbook::{Paged, RoleId, ServiceId, Severity},
};

/// How many people and channels one step asks at most. More are not asked together: each would count on the others.
pub const AT_ONCE: usize = 10;
/// How many pages of one incident wait for an answer at most.
pub const WAITING: usize = 8;

/// Whom a step asks.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// One person, by direct message.
    Person(UserId),
    /// Everyone in a Slack user group, each by direct message; looked up when the step is reached.
    Group(GroupId),
    /// A channel, by a message with `@here`.
    Channel(ChannelId),
    /// Whoever is on call by a built-in schedule when the step is reached.
    Schedule(ScheduleId),
    /// The same by one rotation of it alone.
    Rotation {
        /// The schedule.
        schedule: ScheduleId,
        /// The rotation's name.
        rotation: String,
    },
    /// Whoever holds a role in the incident when the step is reached.
    Role(RoleId),
    /// Whoever answers for a service: the first step of its policy, else its owner.
    Service(ServiceId),
    /// A program that is told, by its name in the settings.
    Webhook(String),
    /// Whoever is on call at another provider, which asks them itself.
    External(External),
}

impl Target {
    /// The person, where it is one by name.
    #[must_use]
    pub const fn person(&self) -> Option<&UserId> {
        match self {
            Self::Person(person) => Some(person),
            Self::Group(_)
            | Self::Channel(_)
            | Self::Schedule(_)
            | Self::Rotation { .. }
            | Self::Role(_)
            | Self::Service(_)
            | Self::Webhook(_)
            | Self::External(_) => None,
        }
    }

    /// Is it found out only when the step is reached who that is?
    #[must_use]
    pub const fn is_looked_up(&self) -> bool {
        match self {
            Self::Group(_) | Self::Schedule(_) | Self::Rotation { .. } | Self::Role(_) | Self::Service(_) => true,
            Self::Person(_) | Self::Channel(_) | Self::Webhook(_) | Self::External(_) => false,
        }
    }

    /// Its name in lanes and job keys. Stored for as long as the job is.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Person(id) => id.to_string(),
            Self::Group(id) => id.to_string(),
            Self::Channel(id) => id.to_string(),
            Self::Schedule(id) => format!("schedule:{id}"),
            Self::Rotation { schedule, rotation } => format!("rotation:{schedule}:{rotation}"),
            Self::Role(id) => format!("role:{id}"),
            Self::Service(id) => format!("service:{id}"),
            Self::Webhook(name) => format!("webhook:{name}"),
            Self::External(of) => of.key(),
        }
    }
}

impl fmt::Display for Target {
    /// As it appears in text: a mention where there is one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(id) => write!(f, "<@{id}>"),
            Self::Group(id) => write!(f, "<!subteam^{id}>"),
            Self::Channel(id) => write!(f, "<#{id}>"),
            Self::Schedule(id) => write!(f, "whoever is on call for {id}"),
            Self::Rotation { schedule, rotation } => write!(f, "whoever is on call for {schedule} ({rotation})"),
            Self::Role(id) => write!(f, "whoever is {}", id.as_str().replace('_', " ")),
            Self::Service(id) => write!(f, "whoever answers for {id}"),
            Self::Webhook(name) => write!(f, "the webhook {name}"),
            Self::External(of) => of.fmt(f),
        }
    }
}

/// One step of a policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Everyone here is asked at once, or one after the other from page to page.
    pub targets: Vec<Target>,
    /// Minutes without an acknowledgement before the next step.
    pub wait_min: u32,
    /// Minutes between repeated messages while this step waits; 0 asks once.
    pub repeat_min: u32,
    /// When it asks at all.
    #[serde(default, skip_serializing_if = "Condition::is_none")]
    pub only: Condition,
    /// Whose acknowledgement it waits for.
    #[serde(default, skip_serializing_if = "Answers::is_first")]
    pub acknowledge: Answers,
    /// Each page asks the next one of the targets, and of those whom a target stands for the next one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub round_robin: bool,
}

impl Step {
    /// Which of so many targets the page asks at this turn; none of none.
    #[must_use]
    pub fn whose_turn(turn: u64, targets: usize) -> Option<usize> {
        let place = turn.checked_rem(u64::try_from(targets).ok()?)?;
        usize::try_from(place).ok()
    }
}

/// Whose acknowledgement a step waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answers {
    /// The first one's is enough.
    #[default]
    First,
    /// That of everybody who is asked. A channel is nobody.
    All,
}

impl Answers {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
    const fn is_first(&self) -> bool {
        matches!(self, Self::First)
    }
}

/// When something holds: when a step asks (otherwise it is left out, as if nobody stood in it), or when pages are urgent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Condition {
    /// In incidents of these severities; empty: of any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub severities: Vec<Severity>,
    /// In these hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub between: Option<Hours>,
}

/// Hours of the week somewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// Whose clocks they are read from.
    pub zone: Zone,
    /// Which.
    pub window: WeeklyWindow,
}

/// Why a step is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Skipped {
    /// The incident has another severity.
    Severity,
    /// It is another time of the week.
    Hours,
}

impl Condition {
    /// Does it hold always?
    #[must_use]
    pub const fn is_none(&self) -> bool {
        self.severities.is_empty() && self.between.is_none()
    }

    /// Does it hold now in an incident, of whatever severity? What is not known yet rules nothing out.
    #[must_use]
    pub fn may_hold(&self, now: Timestamp) -> bool {
        self.between.as_ref().is_none_or(|hours| hours.window.contains(&hours.zone, now))
    }

    /// Why a step with this condition is left out now, if it is.
    #[must_use]
    pub fn skips(&self, severity: Severity, now: Timestamp) -> Option<Skipped> {
        if !self.severities.is_empty() && !self.severities.contains(&severity) {
            return Some(Skipped::Severity);
        }
        (!self.may_hold(now)).then_some(Skipped::Hours)
    }
}

/// Whom to ask and in which order. A page keeps the policy as it was when the page began.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Its name; for a page of one person, that person's mention.
    pub name: String,
    /// Asked one after the other.
    pub steps: Vec<Step>,
    /// How often the steps are gone through again after the first time.
    pub repeat: u32,
    /// Asked when nobody answered. Never empty.
    pub fallback: Vec<Target>,
    /// Minutes after which whoever acknowledged, and was not heard of since, is asked whether they are still on it: 0 never
    /// asks, unset asks on major incidents alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ack_timeout_min: Option<u32>,
    /// When its pages are urgent: where one of these holds. Unset: on all but minor incidents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgent: Option<Vec<Condition>>,
    /// How many pages of this name have taken turns before, where a step is round robin.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub turn: u64,
    /// Whom the playbook has paged by it, where that is why: a service by its id, or a role, which whoever acknowledges has taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Paged>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
const fn is_zero(turn: &u64) -> bool {
    *turn == 0
}

/// Minutes without a sign of life after which an acknowledgement of a major incident is asked after, where nobody set others.
const ACK_TIMEOUT_MIN: u32 = 30;
/// The least severe that counts as major here.
const MAJOR: Severity = Severity(2);
/// What is less severe wakes nobody, where a policy does not say otherwise.
pub const LEAST_URGENT: Severity = Severity(3);

impl Policy {
    /// A page of exactly these targets, then the fallback.
    #[must_use]
    pub fn of(name: String, targets: Vec<Target>, wait_min: u32, repeat_min: u32, fallback: Vec<Target>) -> Self {
        Self {
            name,
            steps: vec![Step { targets, wait_min, repeat_min, ..Step::default() }],
            fallback,
            ..Self::default()
        }
    }

    /// How long an acknowledgement holds without a sign of life; for ever where there is none.
    #[must_use]
    pub fn ack_timeout(&self, severity: Severity) -> Option<SignedDuration> {
        let minutes = self.ack_timeout_min.or_else(|| (severity <= MAJOR).then_some(ACK_TIMEOUT_MIN))?;
        (minutes > 0).then(|| SignedDuration::from_mins(minutes.into()))
    }

    /// Does it wake people, in an incident of this severity, now?
    #[must_use]
    pub fn is_urgent(&self, severity: Severity, now: Timestamp) -> bool {
        match &self.urgent {
            None => severity <= LEAST_URGENT,
            Some(when) => when.iter().any(|when| when.skips(severity, now).is_none()),
        }
    }

    /// When it begins to wake people although it does not at this instant, in an incident of this severity.
    #[must_use]
    pub fn urgent_from(&self, severity: Severity, at: Timestamp) -> Option<Timestamp> {
        let fits = |when: &&Condition| when.severities.is_empty() || when.severities.contains(&severity);
        let begins = |when: &Condition| when.between.as_ref().and_then(|hours| hours.window.next(&hours.zone, at));
        let when = self.urgent.as_ref().filter(|_| !self.is_urgent(severity, at))?;
        when.iter().filter(fits).filter_map(begins).min()
    }

    /// Does some step ask only now and then?
    #[must_use]
    pub fn is_conditional(&self) -> bool {
        self.steps.iter().any(|step| !step.only.is_none())
    }

    /// Does some step ask one after the other?
    #[must_use]
    pub fn takes_turns(&self) -> bool {
        self.steps.iter().any(|step| step.round_robin)
    }

    /// Whose turn it is in this round, where the step is round robin: counted from the first page, and passed on with each
    /// round.
    #[must_use]
    pub fn turn(&self, round: u32, step: u32) -> Option<u64> {
        self.step(step).filter(|step| step.round_robin).map(|_| self.turn.wrapping_add(round.into()))
    }

    /// What is left of it once nobody is asked by it any more: its name, and how many steps it had.
    pub fn forget_targets(&mut self) {
        self.steps.iter_mut().for_each(|step| step.targets.clear());
        self.fallback.clear();
        self.urgent = None;
    }

    /// The step at this place; one past the last is the fallback, which is asked once.
    #[must_use]
    pub fn step(&self, index: u32) -> Option<&Step> {
        self.steps.get(usize::try_from(index).ok()?)
    }
}
