//! What people are reminded of before it is due. All that one person is to be reminded of within ten minutes becomes one
//! message, whatever area it belongs to: each area adds its variant to [`Reminder`], its line to [`upcoming()`] and its arm to
//! [`one`], sets [`Timer::Remind`](super::Timer::Remind), and asks for [`Effect::Remind`](super::Effect::Remind) where its
//! event says that somebody was reminded.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Context, Incident, Rejection, What, case, comms, course, decide::updates, duty, intake};
use crate::{
    ids::{IncidentId, UserId},
    playbook::{Audience, DutyId, Playbook, RoleId},
};

/// Reminders to one person that are due within this time of each other become one message.
const MERGED_WITHIN: SignedDuration = SignedDuration::from_mins(10);
/// What is late, or has lasted, may be told so much before its time, beside something else: earlier it would call late what still
/// has time.
const MISSING_WITHIN: SignedDuration = SignedDuration::from_mins(1);

/// Something of an incident that somebody is reminded of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Reminder {
    /// The next status update.
    Update {
        /// Its version.
        version: u32,
    },
    /// A question to a role.
    Consult {
        /// Its number.
        number: u32,
    },
    /// A text for others.
    Letter {
        /// For which readers.
        to: Audience,
        /// Its version.
        version: u32,
    },
    /// A text that was due long ago: whoever leads hears of it, and who stands in for them.
    Missing {
        /// For which readers.
        to: Audience,
        /// Its version.
        version: u32,
    },
    /// A value of the organisation has its say.
    Value {
        /// Which.
        value: String,
    },
    /// A question that nobody answered in time: whoever leads hears of it.
    Unanswered {
        /// Its number.
        number: u32,
    },
    /// A customer who should have been told by now: whoever tells customers hears of it, and whoever leads.
    Untold {
        /// Which.
        customer: u32,
    },
    /// A duty of a role.
    Item {
        /// Of which role.
        role: RoleId,
        /// Whose.
        owner: UserId,
        /// Which.
        duty: DutyId,
        /// The list's version.
        version: u32,
    },
    /// A task.
    Task {
        /// Which.
        task: u32,
        /// Its version.
        version: u32,
    },
}

impl Reminder {
    /// How long before its time it may be told, beside another.
    const fn ahead(&self) -> SignedDuration {
        match self {
            Self::Missing { .. } | Self::Value { .. } | Self::Unanswered { .. } | Self::Untold { .. } => MISSING_WITHIN,
            Self::Update { .. }
            | Self::Consult { .. }
            | Self::Letter { .. }
            | Self::Item { .. }
            | Self::Task { .. } => MERGED_WITHIN,
        }
    }
}

/// Somebody was reminded of this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminded {
    /// Of which incident.
    pub id: IncidentId,
    /// Of what.
    #[serde(flatten)]
    pub of: Reminder,
}

/// A reminder that is still to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upcoming {
    /// Of what.
    pub of: Reminder,
    /// Whom.
    pub to: UserId,
    /// When.
    pub at: Timestamp,
}

/// Every reminder of this incident that is still to come: one line for each area.
#[must_use]
pub fn upcoming(it: &Incident, playbook: &Playbook) -> Vec<Upcoming> {
    let mut all = Vec::new();
    all.extend(updates::upcoming(it, playbook));
    all.extend(course::upcoming(it));
    all.extend(case::upcoming(it, playbook));
    all.extend(intake::upcoming(it, playbook));
    all.extend(comms::upcoming(it, playbook));
    all.extend(duty::upcoming(it));
    all
}

/// Is the time come of what is late, or has lasted?
pub(super) fn has_come(at: Timestamp, now: Timestamp) -> bool {
    at <= now.saturating_add(MISSING_WITHIN).unwrap_or(Timestamp::MAX)
}

/// Those of them that the same person may hear of now.
pub fn soon<'a>(all: &'a [Upcoming], to: &'a UserId, now: Timestamp) -> impl Iterator<Item = &'a Upcoming> {
    let by = move |of: &Reminder| now.saturating_add(of.ahead()).unwrap_or(Timestamp::MAX);
    all.iter().filter(move |u| u.to == *to && u.at <= by(&u.of))
}

/// What was asked for, and with it whatever else of this incident the same people would be reminded of within ten minutes.
pub(super) fn remind(it: &Incident, of: &[Reminder], cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    let all = upcoming(it, cx.playbook);
    let mut now: Vec<&Reminder> = of.iter().collect();
    for to in all.iter().filter(|u| of.contains(&u.of)).map(|u| &u.to) {
        for beside in soon(&all, to, cx.now).map(|u| &u.of) {
            // Values speak one at a time.
            let is_value = |of: &Reminder| matches!(of, Reminder::Value { .. });
            let waits = is_value(beside) && now.iter().any(|of| is_value(of));
            if !waits && !now.contains(&beside) {
                now.push(beside);
            }
        }
    }
    // Whichever timer rang first, the list has one order.
    now.sort_by_key(|of| all.iter().position(|u| u.of == **of));
    let events: Vec<What> = now.into_iter().filter_map(|of| one(it, of, cx).ok()).collect();
    if events.is_empty() { Err(Rejection::Stale) } else { Ok(events) }
}

/// The event that says that somebody was reminded of this.
fn one(it: &Incident, of: &Reminder, cx: &Context<'_>) -> Result<What, Rejection> {
    match of {
        Reminder::Update { version } => updates::remind(it, *version),
        Reminder::Consult { number } => course::remind(it, *number),
        Reminder::Letter { to, version } => comms::remind(it, *to, *version, cx.now),
        Reminder::Missing { to, version } => comms::escalate(it, *to, *version, cx),
        Reminder::Value { value } => intake::nudge(it, value, cx),
        Reminder::Unanswered { number } => course::miss(it, *number),
        Reminder::Untold { customer } => case::overdue(it, *customer, cx),
        Reminder::Item { role, owner, duty, version } => duty::remind_item(it, role, owner, duty, *version),
        Reminder::Task { task, version } => duty::remind_task(it, *task, *version),
    }
}

/// When something that is owed since one time and due at another is reminded of: after so many percent of the time, at
/// least a minute before it is due.
#[must_use]
pub fn remind_at(since: Timestamp, due: Timestamp, percent: u32) -> Option<Timestamp> {
    let left = i32::try_from(100_u32.saturating_sub(percent)).unwrap_or(100);
    let ahead = (due.duration_since(since) * left / 100).max(SignedDuration::from_mins(1));
    due.checked_sub(ahead).ok().filter(|at| *at > since)
}
