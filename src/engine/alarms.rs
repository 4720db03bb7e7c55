//! Timers come back in by the front door, as commands.

use jiff::{SignedDuration, Timestamp};

use super::{Alarm, Ask, Engine, Part, Refusal};
use crate::{
    ids::IncidentId,
    incident::{Actor, Command, Timer, What},
    store::{Finish, Job},
};

/// Reminders to one person that are due within this time of each other become one message.
const MERGED_WITHIN: SignedDuration = SignedDuration::from_mins(10);
/// How many of a person's incidents are looked at for that.
const MERGED: usize = 50;

impl Engine {
    /// Carries out a timer that is due, and ends it, also where it came too late to matter.
    ///
    /// # Errors
    /// [`Refusal`]s other than a rejection; then the timer is still there.
    pub async fn ring(&self, job: &Job) -> Result<(), Refusal> {
        let finish = Finish { id: job.id, key: job.key.clone(), receipt: None, postpone: None };
        let alarm: Alarm = match serde_json::from_value(job.body.clone()) {
            Ok(alarm) => alarm,
            Err(e) => return Err(Refusal::Closed(format!("timer `{}` was written by another release: {e}", job.key))),
        };
        let command = match alarm.timer {
            Timer::Page { page, version } => Command::TickPage { page, version },
            Timer::RemindUpdate { version } => Command::RemindUpdate { version },
            Timer::MissUpdate { version } => Command::MissUpdate { version },
        };
        let ask =
            Ask { finish: vec![finish], ..Ask::new(None, Actor::Timer { due: job.due }, Some(alarm.id), command) };
        match self.ask(ask).await {
            Ok(_) | Err(Refusal::Rejected { .. }) => Ok(()),
            Err(other) => Err(other),
        }
    }

    /// The same person's other updates that would be reminded of within the next minutes: told in the same message.
    pub(super) async fn reminders_beside(
        &self,
        first: &Part,
        now: Timestamp,
    ) -> Result<Vec<(IncidentId, Command)>, Refusal> {
        let owner = first.events.iter().find_map(|(_, e)| match &e.what {
            What::UpdateReminded { owner, .. } => Some(owner),
            _ => None,
        });
        let Some(owner) = owner else { return Ok(Vec::new()) };
        let soon = now.saturating_add(MERGED_WITHIN).unwrap_or(Timestamp::MAX);
        let mine = self.mine(owner, MERGED).await?;
        let beside = mine.iter().filter(|it| {
            it.id != first.id
                && it.lead() == Some(owner)
                && !it.update.reminded
                && it.remind_update_at().is_some_and(|at| at <= soon)
        });
        Ok(beside.map(|it| (it.id, Command::RemindUpdate { version: it.update.version })).collect())
    }
}
