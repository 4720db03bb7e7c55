//! The life of one page.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Answers, Policy, Target,
    external::{External, ExternalPage},
    reach::{Beside, Stage, Way},
};
use crate::{
    ids::{ChannelId, MessageTs, UserId},
    playbook::Severity,
};

/// Counts the pages of one incident, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageId(pub u32);

impl fmt::Display for PageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A page: who was asked, and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Its number within the incident.
    pub id: PageId,
    /// Frozen when the page began.
    pub policy: Policy,
    /// Who asked for it; nobody when the bot did.
    pub asked_by: Option<UserId>,
    /// When it began.
    pub started_at: Timestamp,
    /// Grows with each step, repeat and change of state; timers carry it.
    pub version: u32,
    /// The version with which the current step began: what it says with each repetition, people have read before.
    #[serde(default)]
    pub step_version: u32,
    /// Round through the policy, from 0.
    pub round: u32,
    /// Step within the round; one past the last is the fallback.
    pub step: u32,
    /// When this step began.
    pub step_at: Timestamp,
    /// When it asked last.
    pub asked_at: Timestamp,
    /// When it looks again; none when there is nothing to wait for.
    pub tick_at: Option<Timestamp>,
    /// How often the current step has asked, from 1.
    pub times: u32,
    /// Where it stands.
    pub state: PageState,
    /// Whom the current step still waits to hear the delivery of; empty when all came out.
    pub pending: Vec<Target>,
    /// How many of the current step's deliveries arrived.
    pub reached: u32,
    /// What came of asking at the current step: the last message that each one got, or why there is none. Those of earlier
    /// steps, and of pages that are over, stand in the events alone.
    pub attempts: Vec<Attempt>,
    /// Ways beside the chat to those whom the current step asks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<Beside>,
    /// Who said that they cannot come: this page asks them no more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub declined: Vec<UserId>,
    /// Who is on it, while others are waited for as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answered: Vec<UserId>,
    /// Where it went beside the people that are asked here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub external: Vec<ExternalPage>,
}

/// Why a step begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Onward {
    /// Nobody answered in time; or it is the first one.
    #[default]
    NoAnswer,
    /// It is the first one of a policy whose steps do not always ask.
    Began,
    /// No message of the step before got through.
    Unreached,
    /// Somebody pressed Escalate.
    Escalated,
    /// Whoever was asked last said that they cannot come.
    Declined,
    /// Whoever had acknowledged is not on it any more.
    Returned,
}

/// Where a page stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageState {
    /// Someone is being asked.
    Waiting,
    /// Someone is on it.
    Acknowledged {
        /// Who.
        by: UserId,
        /// Since when.
        at: Timestamp,
        /// When they were last heard of in this incident.
        sign: Timestamp,
        /// They are asked whether they are still on it.
        check: Option<Check>,
        /// Of what at another provider, where they said so there.
        source: Option<External>,
    },
    /// Somebody is on it at another provider, whom Slack does not know.
    AcknowledgedExternally {
        /// Of what there.
        of: External,
        /// Since when.
        since: Timestamp,
        /// When somebody here last said that they still are; else as `since`.
        sign: Timestamp,
        /// The room is asked whether they still are.
        check: Option<Check>,
    },
    /// Everyone was asked, the fallback too.
    Exhausted {
        /// Since when.
        at: Timestamp,
    },
    /// No answer is needed any more.
    Ended {
        /// Since when.
        at: Timestamp,
    },
}

/// Whoever acknowledged is asked whether they are still on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// The page's version when it was asked.
    pub version: u32,
    /// Without a sign of life by then the page goes on.
    pub until: Timestamp,
}

/// Why an acknowledgement does not hold any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Return {
    /// Whoever had it, or somebody for them, gave it back.
    HandedBack,
    /// They were not heard of any more.
    Silent,
    /// It was given back where it was acknowledged, at another provider, or time ran out there.
    Unacknowledged,
}

/// One attempt to reach someone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// Round through the policy.
    pub round: u32,
    /// Step of the policy.
    pub step: u32,
    /// Which time at this step, from 1.
    pub times: u32,
    /// Who was asked.
    pub to: Target,
    /// By which way beside the chat; none: in the chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way: Option<Way>,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Slack took the message. That the person saw it is not known.
    Sent {
        /// Its conversation.
        channel: ChannelId,
        /// Its id.
        ts: MessageTs,
    },
    /// A neighbour beside the chat took it. That the person saw it is not known.
    Taken {
        /// The neighbour's id for it, where it gave one; at another provider our key of the page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
    },
    /// The neighbour that took it says that it got there.
    Delivered,
    /// Not sent: they got as many by this way within minutes as the guard lets through.
    Spared,
    /// It did not go out, or did not get there.
    Failed {
        /// Why, in the neighbour's word (`user_disabled`).
        why: String,
    },
    /// Shown on the last message that this person got, instead of a further one.
    Folded {
        /// Its conversation.
        channel: ChannelId,
        /// Its id.
        ts: MessageTs,
        /// How many were folded into this message, with this one.
        count: u32,
    },
}

impl Outcome {
    /// The message that asks them: its conversation and its id.
    #[must_use]
    pub const fn message(&self) -> Option<(&ChannelId, &MessageTs)> {
        match self {
            Self::Sent { channel, ts } | Self::Folded { channel, ts, .. } => Some((channel, ts)),
            Self::Taken { .. } | Self::Delivered | Self::Spared | Self::Failed { .. } => None,
        }
    }

    /// Are they asked by it, or by what came just before?
    #[must_use]
    pub const fn arrived(&self) -> bool {
        match self {
            Self::Sent { .. } | Self::Folded { .. } | Self::Taken { .. } | Self::Delivered | Self::Spared => true,
            Self::Failed { .. } => false,
        }
    }

    /// Where the way stands that it came of.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        if self.arrived() { Stage::Sent } else { Stage::Failed }
    }
}

impl Page {
    /// When it looks again by itself, in an incident of this severity: after its people, or after whoever acknowledged.
    #[must_use]
    pub fn looks_at(&self, severity: Severity) -> Option<Timestamp> {
        match &self.state {
            PageState::Waiting => self.tick_at,
            PageState::Acknowledged { sign, check, .. } | PageState::AcknowledgedExternally { sign, check, .. } => {
                let holds = self.policy.ack_timeout(severity)?;
                Some(check.map_or_else(|| sign.saturating_add(holds).unwrap_or(Timestamp::MAX), |check| check.until))
            }
            PageState::Exhausted { .. } | PageState::Ended { .. } => None,
        }
    }

    /// Whoever acknowledged is asked whether they are still on it.
    #[must_use]
    pub const fn check(&self) -> Option<(&UserId, Check)> {
        match &self.state {
            PageState::Acknowledged { by, check: Some(check), .. } => Some((by, *check)),
            PageState::Acknowledged { .. }
            | PageState::Waiting
            | PageState::AcknowledgedExternally { .. }
            | PageState::Exhausted { .. }
            | PageState::Ended { .. } => None,
        }
    }

    /// Is it asked whether whoever acknowledged, here or at another provider, is still on it?
    #[must_use]
    pub const fn is_checked(&self) -> bool {
        match &self.state {
            PageState::Acknowledged { check, .. } | PageState::AcknowledgedExternally { check, .. } => check.is_some(),
            PageState::Waiting | PageState::Exhausted { .. } | PageState::Ended { .. } => false,
        }
    }

    /// This person was heard of: what they acknowledged holds on.
    pub fn heard_of(&mut self, person: &UserId, now: Timestamp) {
        if let PageState::Acknowledged { by, sign, check, .. } = &mut self.state
            && by == person
        {
            (*sign, *check) = (now, None);
        }
    }

    /// This person cannot come, and is not asked any more.
    pub fn decline(&mut self, person: &UserId) {
        self.take_off(person);
        if !self.declined.contains(person) {
            self.declined.push(person.clone());
        }
    }

    /// This person is on it, while others are waited for as well.
    pub fn answer(&mut self, person: &UserId) {
        self.take_off(person);
        if !self.answered.contains(person) {
            self.answered.push(person.clone());
        }
    }

    fn take_off(&mut self, person: &UserId) {
        let is_them = |to: &Target| matches!(to, Target::Person(p) if p == person);
        self.pending.retain(|to| !is_them(to));
        self.attempts.retain(|a| !is_them(&a.to));
        self.beside.retain(|b| b.who != *person);
    }

    /// Did they say whether they come, so that nobody asks them again?
    #[must_use]
    pub fn is_done_with(&self, to: &Target) -> bool {
        matches!(to, Target::Person(person) if self.declined.contains(person) || self.answered.contains(person))
    }

    /// Must others acknowledge as well, once this person has?
    #[must_use]
    pub fn awaits_others(&self, person: &UserId) -> bool {
        self.awaits(Some(person))
    }

    /// Must others acknowledge as well, once somebody has whom Slack does not know?
    #[must_use]
    pub fn awaits_somebody(&self) -> bool {
        self.awaits(None)
    }

    fn awaits(&self, beside: Option<&UserId>) -> bool {
        let all = self.policy.step(self.step).is_some_and(|step| step.acknowledge == Answers::All);
        let is_other = |to: &Target| match to {
            Target::Person(other) => Some(other) != beside,
            // Still being looked up.
            Target::Group(_) | Target::Schedule(_) | Target::Rotation { .. } | Target::Role(_) | Target::Service(_) => {
                true
            }
            Target::Channel(_) | Target::Webhook(_) | Target::External(_) => false,
        };
        self.waits() && all && self.asked_now().iter().any(is_other)
    }

    /// Is somebody still being asked?
    #[must_use]
    pub const fn waits(&self) -> bool {
        matches!(self.state, PageState::Waiting)
    }

    /// Is somebody being asked, or on it? Neither is where everybody was asked in vain, or where it is over.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        match self.state {
            PageState::Waiting | PageState::Acknowledged { .. } | PageState::AcknowledgedExternally { .. } => true,
            PageState::Exhausted { .. } | PageState::Ended { .. } => false,
        }
    }

    /// Whom a message of the current step has reached.
    pub fn reached_now(&self) -> impl Iterator<Item = &Target> + '_ {
        self.attempts.iter().filter(|a| a.outcome.arrived()).map(|a| &a.to)
    }

    /// Is somebody asked now, by whatever way?
    #[must_use]
    pub fn is_reached(&self) -> bool {
        self.reached_now().next().is_some() || self.beside.iter().any(Beside::is_reached)
    }

    /// Is somebody asked now who can acknowledge? A channel alone is nobody: everybody in it may count on the others.
    #[must_use]
    pub fn is_answerable(&self) -> bool {
        let is_somebody = |to: &Target| match to {
            Target::Person(_) | Target::Webhook(_) | Target::External(_) => true,
            Target::Channel(_)
            | Target::Group(_)
            | Target::Schedule(_)
            | Target::Rotation { .. }
            | Target::Role(_)
            | Target::Service(_) => false,
        };
        self.reached_now().any(is_somebody) || self.beside.iter().any(Beside::is_reached)
    }

    /// Has the current step asked nobody, with nothing left that may still get through?
    #[must_use]
    pub fn is_out_of_reach(&self) -> bool {
        self.pending.is_empty() && self.beside.iter().all(|b| b.due.is_empty()) && !self.is_reached()
    }

    /// Does the current step ask anybody by more than a chat message, as far as is known? What is still looked up may.
    #[must_use]
    pub fn may_wake(&self) -> bool {
        let failed = |to: &Target| self.attempts.iter().any(|a| a.to == *to && !a.outcome.arrived());
        self.asked_now().iter().any(|to| match to {
            Target::Person(who) => self.beside(who).is_some_and(|b| b.is_reached() || !b.due.is_empty()),
            Target::Channel(_) => false,
            Target::Webhook(_) | Target::External(_) => !failed(to),
            Target::Group(_) | Target::Schedule(_) | Target::Rotation { .. } | Target::Role(_) | Target::Service(_) => {
                true
            }
        })
    }

    /// The ways beside the chat to somebody whom the current step asks.
    #[must_use]
    pub fn beside(&self, who: &UserId) -> Option<&Beside> {
        self.beside.iter().find(|b| b.who == *who)
    }

    /// Does this step, begun and not over, still want somebody asked by this way? One that failed goes on trying.
    #[must_use]
    pub fn wants(&self, who: &UserId, way: Way, (round, step): (u32, u32)) -> bool {
        let stage = self.beside(who).and_then(|b| b.stage(way));
        let open = matches!(stage, Some(Stage::Due | Stage::Failed));
        self.waits() && (self.round, self.step) == (round, step) && open
    }

    /// Did the chat fail to reach somebody whom the current step asks?
    #[must_use]
    pub fn misses(&self, who: &UserId) -> bool {
        let theirs = |a: &Attempt| matches!(&a.to, Target::Person(p) if p == who) && !a.outcome.arrived();
        self.attempts.iter().any(theirs)
    }

    /// Keeps what came of an attempt of the current step.
    pub fn note(&mut self, attempt: &Attempt) {
        if !self.waits() || (attempt.round, attempt.step) != (self.round, self.step) {
            return;
        }
        if let (Some(way), Target::Person(who)) = (attempt.way, &attempt.to) {
            if let Some(beside) = self.beside.iter_mut().find(|b| b.who == *who) {
                beside.put(way, attempt.outcome.stage());
            }
            return;
        }
        self.pending.retain(|t| *t != attempt.to);
        // Said before the message was heard to have arrived.
        if self.is_done_with(&attempt.to) {
            return;
        }
        let sent = |a: &Attempt| a.outcome.arrived();
        if sent(attempt) {
            self.reached += 1;
        }
        // Whoever was reached once is asked again, although a later message did not get there.
        if !sent(attempt) && self.attempts.iter().any(|a| a.to == attempt.to && sent(a)) {
            return;
        }
        self.attempts.retain(|a| a.to != attempt.to);
        let mut attempt = attempt.clone();
        if let Outcome::Failed { why } = &mut attempt.outcome {
            // The reason stands in the event.
            why.clear();
        }
        self.attempts.push(attempt);
    }

    /// The message on which the current step asks this person.
    #[must_use]
    pub fn message_to(&self, person: &UserId) -> Option<(&ChannelId, &MessageTs)> {
        let theirs = |a: &&Attempt| matches!(&a.to, Target::Person(p) if p == person);
        self.attempts.iter().find(theirs)?.outcome.message()
    }

    /// Whom the current step asks, as far as is known.
    #[must_use]
    pub fn asked_now(&self) -> Vec<Target> {
        let mut asked: Vec<Target> = Vec::new();
        for target in self.attempts.iter().map(|a| &a.to).chain(&self.pending) {
            if !asked.contains(target) {
                asked.push(target.clone());
            }
        }
        asked
    }

    /// Is this person asked by name at the current step?
    #[must_use]
    pub fn asks(&self, person: &UserId) -> bool {
        self.asked_now().iter().any(|t| matches!(t, Target::Person(p) if p == person))
    }

    /// May somebody whom the current step asks still answer? Whoever could not be reached cannot.
    #[must_use]
    pub fn may_be_answered(&self) -> bool {
        !self.is_out_of_reach()
    }

    /// How it went to another provider.
    #[must_use]
    pub fn external_page(&self, of: &External) -> Option<&ExternalPage> {
        self.external.iter().find(|external| external.of == *of)
    }

    /// Is the current step the fallback?
    #[must_use]
    pub fn at_fallback(&self) -> bool {
        usize::try_from(self.step).is_ok_and(|step| step >= self.policy.steps.len())
    }
}
