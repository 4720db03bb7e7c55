//! Tasks: one owner and a time each, given on, postponed, done; nothing is nobody's.

use jiff::{SignedDuration, Timestamp};

use super::{Fact, MOST_TASKS, No, Task, ask::moment};
use crate::{
    ids::UserId,
    incident::{
        Context, Incident, Needed, Rejection, Reminder, Text, Upcoming, What, When, access,
        decide::{must_be_open, text},
    },
    playbook::PhaseId,
};

/// Minutes that a task has where nobody says otherwise.
pub const DEFAULT_MIN: u32 = 60;
/// The same on a major incident.
pub const MAJOR_MIN: u32 = 30;
/// The time for the work of a phase; how long a phase takes, nobody knows.
const PHASE_TIME: SignedDuration = SignedDuration::from_hours(4);
/// Whoever leads hears of a task so long after its time.
const LEAD_AFTER: SignedDuration = SignedDuration::from_mins(10);
/// The longest text of a task, in characters.
const LIMIT: usize = 500;

/// The event that gives `owner` something to do; of several in one go, the `nth`, from 0.
#[must_use]
pub fn add(it: &Incident, nth: u32, text: Text, owner: UserId, due: Timestamp) -> What {
    What::Duty(Fact::TaskAdded { task: it.duty.task_count + nth + 1, text, owner, due, phase: None })
}

/// The work that phases bring with them: of which phase, whose, and what.
#[must_use]
pub fn phase_tasks(it: &Incident, work: Vec<(&PhaseId, UserId, Text)>, now: Timestamp) -> Vec<What> {
    let room = MOST_TASKS.saturating_sub(it.duty.tasks.len());
    let due = now.saturating_add(PHASE_TIME).unwrap_or(Timestamp::MAX);
    let numbered = (it.duty.task_count + 1..).zip(work.into_iter().take(room));
    let add = |(task, (phase, owner, text)): (u32, (&PhaseId, UserId, Text))| Fact::TaskAdded {
        task,
        text,
        owner,
        due,
        phase: Some(phase.clone()),
    };
    numbered.map(add).map(What::Duty).collect()
}

/// The work of a phase ends with it, done or not.
pub(super) fn phase_over(it: &Incident, phase: &PhaseId) -> Option<What> {
    let of_it = it.duty.tasks.iter().filter(|t| t.phase.as_ref() == Some(phase));
    let tasks: Vec<u32> = of_it.map(|t| t.number).collect();
    (!tasks.is_empty()).then(|| What::Duty(Fact::TasksDropped { tasks, phase: phase.clone() }))
}

/// The usual time for a task begun now.
fn usual(it: &Incident, cx: &Context<'_>) -> When {
    When::In(if cx.playbook.is_major(it.severity) { MAJOR_MIN } else { DEFAULT_MIN })
}

fn time(when: When, cx: &Context<'_>) -> Result<Timestamp, Rejection> {
    match moment(when, cx.now) {
        None => Err(Rejection::Duty(No::TaskNeedsTime)),
        Some(at) if at <= cx.now => Err(Rejection::Duty(No::TaskPast)),
        Some(at) => Ok(at),
    }
}

pub(super) fn create(
    it: &Incident,
    raw: &str,
    owner: Option<&UserId>,
    due: Option<When>,
    cx: &Context<'_>,
) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    let words = text(raw, Needed::Task, LIMIT)?;
    let owner = owner.or(cx.person()).ok_or(Rejection::Stale)?;
    if it.duty.tasks.len() >= MOST_TASKS {
        return Err(Rejection::TooMany { what: Needed::Task, limit: MOST_TASKS });
    }
    inside(it, owner)?;
    let due = time(due.unwrap_or_else(|| usual(it, cx)), cx)?;
    Ok(vec![add(it, 0, words, owner.clone(), due)])
}

/// Whoever has a task of a need-to-know incident must have been let in.
fn inside(it: &Incident, who: &UserId) -> Result<(), Rejection> {
    if access::may_see(it, who) { Ok(()) } else { Err(Rejection::Duty(No::NotInside(who.clone()))) }
}

fn open(it: &Incident, task: u32) -> Result<&Task, Rejection> {
    must_be_open(it)?;
    it.duty.task(task).ok_or(Rejection::Duty(No::NoSuchTask(task)))
}

pub(super) fn give(it: &Incident, task: u32, to: &UserId) -> Result<Vec<What>, Rejection> {
    let found = open(it, task)?;
    if found.owner == *to {
        return Err(Rejection::AlreadySo);
    }
    inside(it, to)?;
    Ok(vec![What::Duty(Fact::TaskGiven { task, from: found.owner.clone(), to: to.clone() })])
}

pub(super) fn postpone(it: &Incident, task: u32, due: When, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    let found = open(it, task)?;
    let due = time(due, cx)?;
    if found.due == due { Err(Rejection::AlreadySo) } else { Ok(vec![What::Duty(Fact::TaskPostponed { task, due })]) }
}

pub(super) fn finish(it: &Incident, task: u32) -> Result<Vec<What>, Rejection> {
    open(it, task).map(|_| vec![What::Duty(Fact::TaskDone { task })])
}

/// When somebody is to be reminded of a task next: its owner when its time comes, then whoever leads; each once.
pub(super) fn next_reminder(it: &Incident, task: &Task) -> Option<Timestamp> {
    if !task.reminded {
        return Some(task.due);
    }
    let is_news = !task.late_told && *overseer(it) != task.owner;
    is_news.then(|| task.due.saturating_add(LEAD_AFTER).unwrap_or(Timestamp::MAX))
}

/// Who hears of what is late: the lead; where nobody leads, whoever declared.
fn overseer(it: &Incident) -> &UserId {
    it.lead().unwrap_or(&it.declared_by)
}

/// Whom the next reminder is for.
fn whom<'a>(it: &'a Incident, task: &'a Task) -> &'a UserId {
    if task.reminded { overseer(it) } else { &task.owner }
}

/// The reminders of tasks that are still to come.
pub(super) fn upcoming(it: &Incident) -> impl Iterator<Item = Upcoming> + '_ {
    let due = it.duty.tasks.iter().filter(|_| it.is_open()).filter_map(|t| Some((t, next_reminder(it, t)?)));
    due.map(|(task, at)| {
        let of = Reminder::Task { task: task.number, version: task.version };
        Upcoming { of, to: whom(it, task).clone(), at }
    })
}

/// The time of a task has come.
pub(in crate::incident) fn remind(it: &Incident, task: u32, version: u32) -> Result<What, Rejection> {
    let found = it.duty.task(task).filter(|t| t.version == version && it.is_open()).ok_or(Rejection::Stale)?;
    next_reminder(it, found).ok_or(Rejection::Stale)?;
    let whom = whom(it, found).clone();
    Ok(What::Duty(Fact::TaskReminded { task, version, whom, late: found.reminded }))
}
