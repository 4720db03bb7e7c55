//! Lanes of what is about no incident: digests, customers' reports, alerts, who is on call, tests of ways to people, the status page's
//! subscribers and maintenance, and answers to words that reached nobody.

use serde_json::Value;

use super::{
    Delivery,
    errand::{Stop, unharmed},
    lanes::{Outcome, Turn},
    posting::Parcel,
    retry::{self, Verdict},
};
use crate::{
    engine::{
        Unheard, is_of_alerts, is_of_digest, is_of_followers, is_of_maintenance, is_of_reach, is_of_report,
        is_of_schedule, is_of_subscribers, is_unheard,
    },
    ports::Trouble,
    render,
    store::{Finish, Job},
};

/// Is this such a lane?
pub(super) fn is_aside(lane: &str) -> bool {
    is_of_report(lane)
        || is_unheard(lane)
        || is_of_schedule(lane)
        || is_of_alerts(lane)
        || is_of_reach(lane)
        || is_of_digest(lane)
        || is_of_followers(lane)
        || is_of_subscribers(lane)
        || is_of_maintenance(lane)
}

impl Delivery {
    /// The first job of such a lane.
    pub(super) async fn work_aside(&self, turn: &Turn) -> Outcome {
        let job = match self.head(turn).await {
            Ok(Ok(job)) => job,
            Ok(Err(outcome)) => return outcome,
            Err(stop) => return self.put_off(&turn.lane, &stop, turn.tries, retry::CAP, 0),
        };
        let work = async {
            if is_unheard(&turn.lane) {
                self.answer_unheard(&job, turn.look).await
            } else if is_of_schedule(&turn.lane) {
                self.tell_of_schedule(&job, turn.look).await
            } else if is_of_alerts(&turn.lane) {
                self.work_of_alerts(&job, turn.look).await
            } else if is_of_digest(&turn.lane) {
                self.tell_digest(&job, turn.look).await
            } else if is_of_followers(&turn.lane) {
                self.tell_follower(&job, turn.look).await
            } else if is_of_reach(&turn.lane) {
                self.work_of_reach(&job, turn.look).await
            } else if is_of_subscribers(&turn.lane) {
                self.work_of_subscribers(&job, turn.tries).await
            } else if is_of_maintenance(&turn.lane) {
                self.tell_of_maintenance(&job, turn.look).await
            } else {
                self.tell_of_report(&job, turn.look).await
            }
        };
        let done = match unharmed(&job.key, work).await {
            // Nobody can be told there, now or ever. Lists show a report all the same.
            Err(Stop::Trouble(trouble @ Trouble::Refused(_))) if retry::verdict(&trouble) == Verdict::Never => {
                tracing::warn!(job = job.key, %trouble, "nobody was told");
                self.end_aside(&job, None).await
            }
            done => done,
        };
        match done {
            Ok(()) => Outcome::Done,
            Err(stop) => self.put_off(&job.key, &stop, turn.tries, retry::CAP, job.id),
        }
    }

    /// Says to whoever typed to the bot that nobody reads it.
    async fn answer_unheard(&self, job: &Job, look: bool) -> Result<(), Stop> {
        let unheard: Unheard = job
            .body
            .read()
            .map_err(|e| Stop::Record(format!("job `{}` was written by another release: {e}", job.key)))?;
        let parcel = Parcel { key: &job.key, look, since: job.due, under: unheard.under() };
        self.send_once(&parcel, &unheard.channel, &render::unheard()).await?;
        self.end_aside(job, None).await
    }

    pub(super) async fn end_aside(&self, job: &Job, receipt: Option<Value>) -> Result<(), Stop> {
        let finish = Finish { id: job.id, key: job.key.clone(), receipt, postpone: None };
        self.engine.finish(vec![finish]).await?;
        self.forget(&job.key);
        Ok(())
    }
}
