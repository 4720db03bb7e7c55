//! Steps of a policy that ask the very people whom the step before has asked in vain.

use std::{collections::BTreeSet, ops::Range};

use jiff::Timestamp;

use super::{Rolled, Span};
use crate::{
    ids::UserId,
    paging::{
        Policy, Step, Target,
        schedule::{Roster, ScheduleId},
    },
};

/// A step that asks the same people as the step before, for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Same {
    /// The policy's name.
    pub policy: String,
    /// The later one of the two steps, from 1.
    pub step: usize,
    /// Whom both ask.
    pub who: Vec<UserId>,
    /// When; cut at the ends of the window.
    pub span: Span,
    /// It goes on after the window.
    pub lasts: bool,
}

/// Who is asked, and when.
type Shift = (Range<Timestamp>, Vec<UserId>);

/// Where steps of this policy do so within the window. Of steps that do not always ask all of theirs, and of targets that only
/// Slack or another provider can tell, nothing is known.
#[must_use]
pub fn same(policy: &Policy, schedules: &[Rolled<'_>], window: &Range<Timestamp>) -> Vec<Same> {
    let mut found: Vec<Same> = Vec::new();
    for (n, pair) in policy.steps.windows(2).enumerate() {
        let asked = |step| asked(step, schedules, window);
        let Some((before, after)) = asked(&pair[0]).zip(asked(&pair[1])) else { continue };
        let mut edges: BTreeSet<Timestamp> = [window.start, window.end].into();
        edges.extend(before.iter().chain(&after).map(|(span, _)| span.start));
        let edges: Vec<Timestamp> = edges.into_iter().collect();
        for part in edges.windows(2) {
            let who = people(&before, part[0]);
            if who.is_empty() || who != people(&after, part[0]) {
                continue;
            }
            let who: Vec<UserId> = who.into_iter().cloned().collect();
            let (step, span, lasts) = (n + 2, Span { from: part[0], until: part[1] }, part[1] == window.end);
            let goes_on = |last: &&mut Same| (last.step, last.span.until) == (step, span.from) && last.who == who;
            match found.last_mut().filter(goes_on) {
                Some(last) => (last.span.until, last.lasts) = (span.until, lasts),
                None => found.push(Same { policy: policy.name.clone(), step, who, span, lasts }),
            }
        }
    }
    found
}

/// Is this the schedule whose owner can do something about it? That of the later step, where it has one.
#[must_use]
pub fn is_concerned(policy: &Policy, same: &Same, schedule: &ScheduleId) -> bool {
    let of = |n: Option<usize>| n.and_then(|n| policy.steps.get(n)).into_iter().flat_map(schedules_of_step);
    let (before, after) = (same.step.checked_sub(2), same.step.checked_sub(1));
    let own = if of(after).next().is_some() { after } else { before };
    of(own).any(|id| id == schedule)
}

/// The schedules that a policy asks by, as often as it does.
pub fn schedules_of(policy: &Policy) -> impl Iterator<Item = &ScheduleId> {
    policy.steps.iter().flat_map(schedules_of_step)
}

fn schedules_of_step(step: &Step) -> impl Iterator<Item = &ScheduleId> {
    step.targets.iter().filter_map(|target| match target {
        Target::Schedule(id) | Target::Rotation { schedule: id, .. } => Some(id),
        Target::Person(_)
        | Target::Group(_)
        | Target::Channel(_)
        | Target::Role(_)
        | Target::Service(_)
        | Target::Webhook(_)
        | Target::External(_) => None,
    })
}

/// The shifts of everything that a step asks.
fn asked(step: &Step, schedules: &[Rolled<'_>], window: &Range<Timestamp>) -> Option<Vec<Shift>> {
    if !step.only.is_none() || step.round_robin {
        return None;
    }
    let each: Option<Vec<Vec<Shift>>> = step.targets.iter().map(|target| shifts(target, schedules, window)).collect();
    Some(each?.concat())
}

fn shifts(target: &Target, schedules: &[Rolled<'_>], window: &Range<Timestamp>) -> Option<Vec<Shift>> {
    let shifts = |roster: Roster<'_>| {
        let slots = roster.render(window);
        slots.iter().map(|slot| (slot.span(), slot.cover.people().cloned().collect())).collect()
    };
    let rolled = |id: &ScheduleId| schedules.iter().find(|rolled| rolled.followed.schedule.id == *id);
    match target {
        Target::Schedule(id) => Some(shifts(rolled(id)?.roster())),
        Target::Rotation { schedule, rotation } => {
            let rolled = rolled(schedule)?;
            let alone = rolled.schedule.only(rotation);
            Some(shifts(Roster { schedule: &alone, ..rolled.roster() }))
        }
        Target::Person(who) => Some(vec![(window.clone(), vec![who.clone()])]),
        Target::Group(_)
        | Target::Channel(_)
        | Target::Role(_)
        | Target::Service(_)
        | Target::Webhook(_)
        | Target::External(_) => None,
    }
}

/// Who is asked at this instant.
fn people(asked: &[Shift], at: Timestamp) -> BTreeSet<&UserId> {
    asked.iter().filter(|(span, _)| span.contains(&at)).flat_map(|(_, people)| people).collect()
}
