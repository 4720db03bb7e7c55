//! Folds events into who does what. Every event passes here: the record ticks duties.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Fact, Item, Ladder, List, MOST_DROPPED, Owed, Rung, Task, check};
use crate::{
    ids::UserId,
    incident::{Event, Incident, Offer, Taken, What},
    playbook::{DutyId, RoleId, Stage},
};

/// The state after `event`, as far as it is about who does what.
pub fn apply(it: &mut Incident, event: &Event) {
    for check in check::ALL {
        if !check::shows(check, it, event) {
            continue;
        }
        it.duty.seen.insert(check, event.origin().0);
    }
    match &event.what {
        What::Duty(fact) => change(it, fact, event.at),
        // Somebody has said that it is theirs: nobody else need be asked. Whoever was given it by hand may still sleep.
        What::RoleTaken { role, holder, how, .. } => settled(it, role, holder, !matches!(how, Taken::Assigned)),
        What::RoleConfirmed { role, holder, .. } => settled(it, role, holder, true),
        What::OfferDeclined { role, to, .. } => {
            if let Some(ladder) = it.duty.ladders.get_mut(role) {
                put(&mut ladder.refused, to);
            }
        }
        What::RoleDropped { role, from } => {
            let is_held = it.roles.get(role).is_some_and(|s| s.holder.is_some());
            let lists = Arc::make_mut(&mut it.duty.lists);
            for list in lists.iter_mut().filter(|l| l.role == *role && l.owner.as_ref() == Some(from)) {
                list.owner = None;
                list.version += 1;
            }
            // What others still have on their own lists need not be kept twice.
            lists.retain(|l| !(is_held && l.role == *role && l.owner.is_none()));
            dropped(it, role, from);
        }
        _ => {}
    }
    if it.ending.is_some() || it.stage == Stage::Resolved {
        for ladder in it.duty.ladders.values_mut().filter(|l| l.waits) {
            (ladder.waits, ladder.tick_at) = (false, None);
        }
    }
}

/// The role is somebody's: what was asked is over, and so is what they once refused.
fn settled(it: &mut Incident, role: &RoleId, holder: &UserId, confirmed: bool) {
    if let Some(ladder) = it.duty.ladders.get_mut(role) {
        (ladder.over, ladder.waits, ladder.tick_at) = (true, false, None);
        ladder.groups.clear();
        ladder.refused.retain(|p| p != holder);
        if confirmed {
            ladder.silent.clear();
        }
    }
    if let Some(state) = it.roles.get_mut(role) {
        state.offers.retain(|o| o.rung.is_none());
    }
}

/// Whoever had the role is not asked for it again; everyone else may be.
fn dropped(it: &mut Incident, role: &RoleId, from: &UserId) {
    let ladder = it.duty.ladders.entry(role.clone()).or_insert_with(|| Ladder { over: true, ..fresh(Rung::Given) });
    put(&mut ladder.refused, from);
    let state = it.roles.get(role);
    let (is_held, is_sure) = state.map_or((false, false), |s| (s.holder.is_some(), s.holders().any(|h| h.confirmed)));
    if !is_held || is_sure {
        (ladder.over, ladder.waits, ladder.tick_at) = (true, false, None);
        ladder.silent.clear();
    }
}

const fn fresh(rung: Rung) -> Ladder {
    Ladder {
        version: 0,
        rung,
        waits: true,
        tick_at: None,
        groups: Vec::new(),
        silent: Vec::new(),
        refused: Vec::new(),
        over: false,
    }
}

fn put(people: &mut Vec<UserId>, person: &UserId) {
    if !people.contains(person) {
        people.push(person.clone());
    }
}

fn put_all(people: &mut Vec<UserId>, more: &[UserId]) {
    for person in more {
        put(people, person);
    }
}

fn change(it: &mut Incident, fact: &Fact, at: Timestamp) {
    match fact {
        Fact::Required { roles } => it.duty.required.clone_from(roles),
        Fact::Asked { .. }
        | Fact::Given { .. }
        | Fact::Withdrawn { .. }
        | Fact::GroupFound { .. }
        | Fact::WaitsUntil { .. }
        | Fact::Aloud { .. }
        | Fact::Unreached { .. } => ladder(it, fact),
        Fact::CannotAsk { .. } | Fact::Clashing { .. } => {}
        Fact::DutiesTaken { role, owner, from, duties } => take(it, role, owner, from.as_ref(), duties),
        Fact::ItemDone { role, owner, duty, .. } => {
            if let Some(item) = item(it, role, owner, duty) {
                item.ticked = Some(at);
            }
        }
        Fact::ItemReminded { role, owner, duty, .. } => {
            if let Some(item) = item(it, role, owner, duty) {
                item.reminded = true;
            }
        }
        Fact::TaskAdded { task, owner, due, phase, .. } => {
            let (seq, owner, phase) = (it.version, owner.clone(), phase.clone());
            it.duty.task_count = it.duty.task_count.max(*task);
            let (reminded, late_told) = (false, false);
            it.duty.tasks.push(Task { number: *task, seq, owner, due: *due, version: 1, reminded, phase, late_told });
        }
        Fact::TaskGiven { .. } | Fact::TaskPostponed { .. } | Fact::TaskDone { .. } | Fact::TaskReminded { .. } => {
            task(it, fact);
        }
        Fact::TasksDropped { tasks, .. } => {
            it.duty.tasks.retain(|t| !tasks.contains(&t.number));
            it.duty.tasks_dropped.extend(tasks);
            while it.duty.tasks_dropped.len() > MOST_DROPPED {
                it.duty.tasks_dropped.pop_first();
            }
        }
    }
}

fn ladder(it: &mut Incident, fact: &Fact) {
    match fact {
        Fact::Asked { role, rung, groups, silent, tick_at, .. } => {
            let ladder = begun(it, role, *rung, *tick_at);
            ladder.groups.clone_from(groups);
            put_all(&mut ladder.silent, silent);
        }
        Fact::Given { role, rung, tick_at, .. } => {
            begun(it, role, *rung, *tick_at);
        }
        Fact::GroupFound { role, group, .. } => {
            if let Some(ladder) = it.duty.ladders.get_mut(role) {
                ladder.groups.retain(|g| g != group);
            }
        }
        Fact::Withdrawn { role, .. } => {
            if let Some(ladder) = it.duty.ladders.get_mut(role) {
                (ladder.over, ladder.waits, ladder.tick_at) = (true, false, None);
            }
            if let Some(state) = it.roles.get_mut(role) {
                state.offers.clear();
            }
        }
        Fact::WaitsUntil { role, at } => {
            if let Some(ladder) = it.duty.ladders.get_mut(role) {
                ladder.version += 1;
                (ladder.waits, ladder.tick_at) = (true, Some(*at));
            }
        }
        Fact::Aloud { role, silent } => {
            if let Some(ladder) = it.duty.ladders.get_mut(role) {
                ladder.version += 1;
                (ladder.waits, ladder.tick_at) = (false, None);
                put_all(&mut ladder.silent, silent);
            }
        }
        Fact::Unreached { role, to, offer, .. } => {
            if let Some(ladder) = it.duty.ladders.get_mut(role) {
                put(&mut ladder.refused, to);
            }
            let gone = |o: &Offer| o.number == *offer;
            if let Some(state) = it.roles.get_mut(role) {
                state.offers.retain(|o| !gone(o));
            }
        }
        _ => {}
    }
}

fn begun<'a>(it: &'a mut Incident, role: &RoleId, rung: Rung, tick_at: Option<Timestamp>) -> &'a mut Ladder {
    let ladder = it.duty.ladders.entry(role.clone()).or_insert_with(|| fresh(rung));
    ladder.version += 1;
    (ladder.rung, ladder.waits, ladder.tick_at, ladder.over) = (rung, true, tick_at, false);
    ladder
}

fn item<'a>(it: &'a mut Incident, role: &RoleId, owner: &UserId, duty: &DutyId) -> Option<&'a mut Item> {
    let list =
        Arc::make_mut(&mut it.duty.lists).iter_mut().find(|l| l.role == *role && l.owner.as_ref() == Some(owner))?;
    list.items.iter_mut().find(|i| i.duty == *duty)
}

/// The list of the one before, or of nobody, or their own one goes on; what is done stays done.
fn take(it: &mut Incident, role: &RoleId, owner: &UserId, from: Option<&UserId>, duties: &[Owed]) {
    let of = |l: &List| l.role == *role;
    let lists = Arc::make_mut(&mut it.duty.lists);
    let at = lists
        .iter()
        .position(|l| of(l) && l.owner.as_ref() == Some(owner))
        .or_else(|| lists.iter().position(|l| of(l) && from.is_some() && l.owner.as_ref() == from))
        .or_else(|| lists.iter().position(|l| of(l) && l.owner.is_none()));
    let old = at.map(|at| lists.remove(at));
    let (version, old) = old.map_or((0, Vec::new()), |l| (l.version, l.items));
    let ticked = |duty: &DutyId| old.iter().find(|i| i.duty == *duty).and_then(|i| i.ticked);
    let items = duties.iter().map(|owed| Item {
        duty: owed.duty.clone(),
        due: owed.due,
        every_min: owed.every_min,
        check: owed.check,
        ticked: ticked(&owed.duty),
        reminded: false,
    });
    let list = List { role: role.clone(), owner: Some(owner.clone()), version: version + 1, items: items.collect() };
    lists.push(list);
}

fn task(it: &mut Incident, fact: &Fact) {
    let number = match fact {
        Fact::TaskGiven { task, .. }
        | Fact::TaskPostponed { task, .. }
        | Fact::TaskDone { task }
        | Fact::TaskReminded { task, .. } => *task,
        _ => return,
    };
    let Some(at) = it.duty.tasks.iter().position(|t| t.number == number) else { return };
    let task = &mut it.duty.tasks[at];
    task.version += 1;
    match fact {
        Fact::TaskGiven { to, .. } => task.owner.clone_from(to),
        Fact::TaskPostponed { due, .. } => (task.due, task.reminded, task.late_told) = (*due, false, false),
        Fact::TaskReminded { late: false, .. } => task.reminded = true,
        Fact::TaskReminded { late: true, .. } => task.late_told = true,
        _ => {
            it.duty.tasks.remove(at);
            it.duty.tasks_done += 1;
        }
    }
}
