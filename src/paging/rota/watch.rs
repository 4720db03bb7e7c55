//! What is told about a schedule by itself: shifts that begin, and times when nobody is on call.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Span;
use crate::{
    ids::UserId,
    paging::schedule::{Cover, Gap, Roster, Slot},
};

/// So long before it a gap is told of for the first time.
const GAP_AHEAD: SignedDuration = SignedDuration::from_hours(7 * 24);
/// And so long before it once more, where it is still there.
const GAP_SOON: SignedDuration = SignedDuration::from_hours(24);
/// A shift that began so long ago is still told of: the bot may not have been running.
const SHIFT_LATE: SignedDuration = SignedDuration::from_mins(30);
/// It is looked again at least so often, because time zones' rules and the file may change.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_hours(24);

/// How a schedule is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// Minutes before a shift at which whoever has it is reminded; 0: not.
    pub remind_min: u32,
    /// Times without anybody are meant to be; those that absences and overrides make are not.
    pub gaps_expected: bool,
}

/// Something to be told once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    /// Somebody's shift begins, or has just begun.
    Shift {
        /// Whose.
        who: UserId,
        /// When; as long as nothing changes.
        span: Span,
    },
    /// Nobody is on call for a while.
    Gap(Missing),
}

/// A time when nobody is on call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// When, from its first instant on; it may have begun.
    pub span: Span,
    /// Why.
    pub why: Why,
    /// It is told once more, because it is near.
    pub soon: bool,
}

/// Why nobody is on call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The schedule has nobody.
    Nobody,
    /// A calendar names somebody whom Slack does not know; who, stands in it.
    Strangers,
    /// Whoever would be is away.
    Away(Vec<UserId>),
    /// Whoever would be was taken off.
    Removed,
}

impl Due {
    /// What makes it itself within its schedule, and until when that matters.
    #[must_use]
    pub fn once(&self) -> (String, Timestamp) {
        match self {
            Self::Shift { who, span } => (format!("shift/{who}/{}", span.from.as_second()), span.until),
            Self::Gap(Missing { span, soon, .. }) => {
                let which = if *soon { "soon" } else { "ahead" };
                (format!("gap/{which}/{}", span.from.as_second()), span.until)
            }
        }
    }
}

/// All that is due now, whether it was told already or not, and when to look again.
#[must_use]
pub fn watch(roster: Roster<'_>, watch: Watch, now: Timestamp) -> (Vec<Due>, Timestamp) {
    let after = |by| now.saturating_add(by).unwrap_or(Timestamp::MAX);
    let remind = SignedDuration::from_mins(watch.remind_min.into());
    let early = now.saturating_sub(SHIFT_LATE).unwrap_or(Timestamp::MIN);
    let slots = roster.render(&(early..after(GAP_AHEAD.max(remind) + LOOK_AGAIN)));
    let mut dues = Vec::new();
    let mut again = after(LOOK_AGAIN);
    let mut look_at = |at: Timestamp| {
        if at > now {
            again = again.min(at);
        }
    };
    for (n, slot) in slots.iter().enumerate() {
        look_at(slot.from);
        if n > 0 && watch.remind_min > 0 {
            let remind_at = slot.from.saturating_sub(remind).unwrap_or(Timestamp::MIN);
            look_at(remind_at);
            if remind_at <= now {
                dues.extend(beginners(&slots, n).map(|who| Due::Shift { span: shift(roster, &slots, n, &who), who }));
            }
        }
        let Some(why) = missing(slot, watch).filter(|_| slot.until > now) else { continue };
        // One that runs is itself since it began, or each look would find another. Where that is too long ago to tell, since ever.
        let since = if n == 0 { roster.on_call(slot.from).since.unwrap_or(Timestamp::MIN) } else { slot.from };
        let span = Span { from: since, until: end_of(roster, &slots, n) };
        for (ahead, soon) in [(GAP_AHEAD, false), (GAP_SOON, true)] {
            let tell_at = slot.from.saturating_sub(ahead).unwrap_or(Timestamp::MIN);
            look_at(tell_at);
            // What is near when it is first seen is told once.
            if tell_at <= now && (soon || slot.from > after(GAP_SOON)) {
                dues.push(Due::Gap(Missing { span, why: why.clone(), soon }));
            }
        }
    }
    (dues, again)
}

/// Who is on call in this slot and was not just before.
fn beginners(slots: &[Slot], n: usize) -> impl Iterator<Item = UserId> {
    let before: Vec<&UserId> = slots[n - 1].cover.people().collect();
    slots[n].cover.people().filter(move |who| !before.contains(who)).cloned()
}

/// Somebody's time on call that begins with this slot, whoever is beside them.
fn shift(roster: Roster<'_>, slots: &[Slot], n: usize, who: &UserId) -> Span {
    let theirs = |slot: &&Slot| slot.cover.people().any(|p| p == who);
    let last = n + slots[n..].iter().take_while(theirs).count() - 1;
    Span { from: slots[n].from, until: end_of(roster, slots, last) }
}

/// When a slot ends, also where the window cuts it.
fn end_of(roster: Roster<'_>, slots: &[Slot], n: usize) -> Timestamp {
    let slot = &slots[n];
    if n + 1 < slots.len() { slot.until } else { roster.on_call(slot.from).until.unwrap_or(Timestamp::MAX) }
}

fn missing(slot: &Slot, watch: Watch) -> Option<Why> {
    match &slot.cover {
        Cover::People(_) => None,
        Cover::Gap(Gap::NobodyScheduled) => (!watch.gaps_expected).then_some(Why::Nobody),
        Cover::Gap(Gap::Strangers { .. }) => Some(Why::Strangers),
        Cover::Gap(Gap::Absent { people }) => Some(Why::Away(people.clone())),
        Cover::Gap(Gap::Removed { .. }) => Some(Why::Removed),
    }
}
