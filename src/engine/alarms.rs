//! Timers come back in by the front door, as commands.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Alarm, Ask, Engine, Part, Refusal, desk, digest, maintenance, rota, subscribers};
use crate::{
    ids::{IncidentId, UserId},
    incident::{Actor, Command, Effect, Reminder, Timer, case, comms, course, duty, intake, soon, upcoming},
    store::{Finish, Job, ReadError},
};

/// How many of a person's incidents are looked at for what they are reminded of in one message.
const MERGED: usize = 50;

impl Engine {
    /// Carries out a timer that is due, and ends it, also where it came too late to matter.
    ///
    /// # Errors
    /// [`Refusal`]s other than a rejection; then the timer is still there.
    pub async fn ring(&self, job: &Job) -> Result<(), Refusal> {
        let finish = Finish { id: job.id, key: job.key.clone(), receipt: None, postpone: None };
        if desk::is_timer(&job.key) {
            return self.ring_report(job, finish).await;
        }
        if digest::is_timer(&job.key) {
            return self.ring_digest(finish).await;
        }
        if rota::is_timer(&job.key) {
            return self.ring_schedule(job, finish).await;
        }
        if subscribers::is_timer(&job.key) {
            return self.ring_subscribers(finish).await;
        }
        if maintenance::is_timer(&job.key) {
            return self.ring_maintenance(job, finish).await;
        }
        let alarm: Alarm = match job.body.read() {
            Ok(alarm) => alarm,
            Err(e) => return Err(Refusal::Closed(format!("timer `{}` was written by another release: {e}", job.key))),
        };
        if let Timer::Nudge { value } = &alarm.timer
            && let Some(later) = self.nudges_later(alarm.id, value).await?
        {
            let postponed = Finish { postpone: Some(later), ..finish };
            return Ok(self.finish(vec![postponed]).await?);
        }
        let command = match alarm.timer {
            Timer::Page { page, version } => Command::TickPage { page, version },
            Timer::RemindUpdate { version } => Command::Remind { of: vec![Reminder::Update { version }] },
            Timer::Remind { of } => Command::Remind { of: vec![of] },
            Timer::Nudge { value } => Command::Intake(intake::Ask::Nudge { value }),
            Timer::Comms(alarm) => Command::Comms(comms::Ask::Rang(alarm)),
            Timer::MissUpdate { version } => Command::MissUpdate { version },
            Timer::Course(alarm) => Command::Course(course::Ask::Ring(alarm)),
            Timer::Case(alarm) => Command::Case(case::Ask::Ring(alarm)),
            Timer::Ladder { role, version } => Command::Duty(duty::Ask::NextRung { role, version }),
        };
        let ask =
            Ask { finish: vec![finish], ..Ask::new(None, Actor::Timer { due: job.due }, Some(alarm.id), command) };
        match self.ask(ask).await {
            Ok(_) | Err(Refusal::Rejected { .. }) => Ok(()),
            Err(other) => Err(other),
        }
    }

    /// When the value will have its say, if that is not now.
    async fn nudges_later(&self, id: IncidentId, value: &str) -> Result<Option<Timestamp>, ReadError> {
        let (Some(it), now) = (self.incident(id).await?, self.clock.now()) else { return Ok(None) };
        let due = intake::dues(self.books.of(&it), &it).into_iter().find(|(_, v)| v.id == value);
        Ok(due.map(|(at, _)| at).filter(|at| *at > now))
    }

    /// Where somebody is reminded of something: what else the same person would be reminded of within the next minutes, in
    /// their other incidents. It is told in the same message.
    pub(super) async fn reminders_beside(
        &self,
        first: &Part,
        now: Timestamp,
    ) -> Result<Vec<(IncidentId, Command)>, Refusal> {
        let effects = first.planned.iter().flat_map(|(_, effects)| &effects.now);
        let reminded: BTreeSet<&UserId> = effects
            .filter_map(|effect| match effect {
                Effect::Remind { to, .. } => Some(to),
                _ => None,
            })
            .collect();
        let mut beside: BTreeMap<IncidentId, Vec<Reminder>> = BTreeMap::new();
        for to in reminded {
            for it in self.seen_by(to).mine(MERGED).await?.iter().filter(|it| it.id != first.id) {
                let of = upcoming(it, self.books.of(it));
                let of: Vec<Reminder> = soon(&of, to, now).map(|u| u.of.clone()).collect();
                if !of.is_empty() {
                    beside.entry(it.id).or_default().extend(of);
                }
            }
        }
        Ok(beside.into_iter().map(|(id, of)| (id, Command::Remind { of })).collect())
    }
}
