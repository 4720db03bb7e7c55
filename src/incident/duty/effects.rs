//! What must be done about it.

use jiff::Timestamp;

use super::{Deed, Fact};
use crate::{
    ids::UserId,
    incident::{Actor, Effect, Incident, Reminder, Timer},
};

/// The messages of tasks that this fact ends, as they stood `before` it.
pub fn over<'a>(before: &'a Incident, fact: &'a Fact) -> impl Iterator<Item = Effect> + 'a {
    let ended: &[u32] = match fact {
        Fact::TaskDone { task } => std::slice::from_ref(task),
        Fact::TasksDropped { tasks, .. } => tasks,
        _ => &[],
    };
    let tasks = ended.iter().filter_map(|number| before.duty.task(*number));
    tasks.map(|t| Effect::Duty(Deed::ShowTask { task: t.number, seq: t.seq, to: t.owner.clone(), new: false }))
}

/// What this fact, which made `after`, asks for besides words in the room.
#[must_use]
pub fn effects(after: &Incident, by: &Actor, fact: &Fact) -> Vec<Effect> {
    match fact {
        Fact::Asked { role, groups, .. } => {
            let version = after.duty.ladders.get(role).map_or(0, |l| l.version);
            let look_up = |group| Deed::LookUpGroup { role: role.clone(), version, group };
            groups.iter().cloned().map(look_up).map(Effect::Duty).collect()
        }
        Fact::TaskAdded { task, owner, .. } => show(after, *task, owner, true, by).into_iter().collect(),
        Fact::TaskGiven { task, from, to } => {
            show(after, *task, to, true, by).into_iter().chain(show(after, *task, from, false, by)).collect()
        }
        Fact::TaskPostponed { task, .. } => {
            let owner = after.duty.task(*task).map(|t| t.owner.clone());
            owner.and_then(|owner| show(after, *task, &owner, false, by)).into_iter().collect()
        }
        Fact::ItemReminded { role, owner, duty, version } => {
            let (role, duty) = (role.clone(), duty.clone());
            let of = Reminder::Item { role, owner: owner.clone(), duty, version: *version };
            vec![Effect::remind(after.id, owner, of)]
        }
        Fact::TaskReminded { task, version, whom, .. } => {
            vec![Effect::remind(after.id, whom, Reminder::Task { task: *task, version: *version })]
        }
        Fact::Required { .. }
        | Fact::Given { .. }
        | Fact::Withdrawn { .. }
        | Fact::GroupFound { .. }
        | Fact::CannotAsk { .. }
        | Fact::Unreached { .. }
        | Fact::WaitsUntil { .. }
        | Fact::Aloud { .. }
        | Fact::Clashing { .. }
        | Fact::DutiesTaken { .. }
        | Fact::ItemDone { .. }
        | Fact::TaskDone { .. }
        | Fact::TasksDropped { .. } => Vec::new(),
    }
}

/// The message of a task. Whoever gave it to themselves needs none.
fn show(it: &Incident, task: u32, to: &UserId, new: bool, by: &Actor) -> Option<Effect> {
    let seq = it.duty.task(task)?.seq;
    let new = new && by.person() != Some(to);
    Some(Effect::Duty(Deed::ShowTask { task, seq, to: to.clone(), new }))
}

/// Timers, wherever the thing they watch has another version or another time than before.
#[must_use]
pub fn timers(before: Option<&Incident>, after: &Incident) -> Vec<(Timestamp, Timer)> {
    let mut timers = Vec::new();
    for (role, ladder) in &after.duty.ladders {
        let version = ladder.version;
        let known = before.and_then(|b| b.duty.ladders.get(role)).is_some_and(|l| l.version == version);
        if let Some(due) = ladder.tick_at.filter(|_| !known) {
            timers.push((due, Timer::Ladder { role: role.clone(), version }));
        }
    }
    let old: Vec<_> = before.into_iter().flat_map(super::upcoming).collect();
    for new in super::upcoming(after).filter(|new| !old.contains(new)) {
        timers.push((new.at, Timer::Remind { of: new.of }));
    }
    timers
}
