//! What is open, told to the leadership at a civil time: once for each time, also after a pause, and by a stored timer.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Engine, Refusal, kept::Outcome};
use crate::{
    config::Digest,
    ids::{IncidentId, Series},
    incident::Incident,
    store::{Commit, Finish, Job, Json, NewJob, OnPending, Queue, ReadError, Remember},
};

/// What the lanes of this work begin with.
const LANES: &str = "digest/";
/// Its timer.
const TIMER: &str = "timer/digest";
/// How many incidents one digest shows.
pub const DIGESTED: usize = 30;
/// How long a time is known to have been told.
const TOLD: SignedDuration = SignedDuration::from_hours(24 * 60);
/// How long it is known since when a digest is told; longer than anybody pauses.
const BEGAN: SignedDuration = SignedDuration::from_hours(24 * 365 * 50);

/// The body of a digest's outbox entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digesting {
    /// Version of this shape.
    pub v: u8,
    /// The time that it is told for.
    pub due: Timestamp,
}

/// Is this the lane of digests, and not of an incident's work?
pub fn is_of_digest(lane: &str) -> bool {
    lane.starts_with(LANES)
}

/// Is this their timer?
pub(super) fn is_timer(key: &str) -> bool {
    key == TIMER
}

/// What the receipts of digests begin with.
pub const DIGESTS: &str = LANES;

/// Under which the digest of this time is known.
fn told(digest: &Digest, due: Timestamp) -> String {
    format!("{LANES}{}/{}", digest.channel, due.as_second())
}

/// Under which it is known since when a digest is told.
fn began(digest: &Digest) -> String {
    use sha2::{Digest as _, Sha256};
    let text = Json::of(digest).to_string();
    format!("{LANES}began/{}", hex::encode(&Sha256::digest(text)[..12]))
}

fn remember(key: String, now: Timestamp, by: SignedDuration) -> Remember {
    Remember { key, until: now.saturating_add(by).unwrap_or(Timestamp::MAX), answer: Json::of(&true) }
}

impl Engine {
    /// Has the digest looked at now: the settings may say another time, and one may have been missed.
    ///
    /// # Errors
    /// Where the record cannot be written.
    pub async fn watch_digest(&self) -> Result<(), Refusal> {
        if self.settings().digest.is_none() {
            return Ok(());
        }
        let now = self.clock.now();
        let body = Json::of(&true);
        let job = NewJob { key: TIMER.to_owned(), queue: Queue::Timer, due: now, on_pending: OnPending::Replace, body };
        Ok(self.store.commit(Commit { enqueue: vec![job], at: Some(now), ..Commit::default() }).await?)
    }

    /// The timer is due: what has to be told now is, once for each time; of those that were missed, the latest.
    pub(super) async fn ring_digest(&self, finish: Finish) -> Result<(), Refusal> {
        let Some(digest) = &self.settings().digest else {
            return Ok(self.finish(vec![finish]).await?);
        };
        let now = self.clock.now();
        let (last, next) = digest.around(now);
        let mut commit = Commit { at: Some(now), ..Commit::default() };
        let is_new = !self.knows(&began(digest)).await?;
        if is_new {
            commit.remember.push(remember(began(digest), now, BEGAN));
        }
        if let Some(due) = last
            && !self.knows(&told(digest, due)).await?
        {
            commit.remember.push(remember(told(digest, due), now, TOLD));
            // What was due before anybody asked for a digest is none.
            if !is_new || due == now {
                commit.enqueue.push(job(digest, due, now));
            }
        }
        commit.finish.push(Finish { postpone: next, ..finish });
        match self.committed(commit).await? {
            Outcome::Done | Outcome::Known(_) | Outcome::Again => Ok(()),
        }
    }

    /// What is open and what everybody may know, the worst first; one more than is shown tells that there are more.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn digested(&self) -> Result<Vec<Arc<Incident>>, ReadError> {
        let mut all = self.everything_open(1000).await?;
        all.retain(|it| may_be_told(it));
        all.sort_by_key(|it| (it.severity, std::cmp::Reverse(it.id)));
        all.truncate(DIGESTED + 1);
        Ok(all)
    }

    /// The same of incidents that an earlier digest named, as they may be shown by now.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn digested_before(&self, ids: &[IncidentId]) -> Result<Vec<Arc<Incident>>, ReadError> {
        let mut all = self.all_of(ids.iter().copied()).await?;
        all.retain(|it| !it.is_secret() && it.access.moved.is_none());
        Ok(all)
    }
}

/// No need-to-know incident, no stub, no drill.
fn may_be_told(it: &Incident) -> bool {
    it.is_open() && !it.is_secret() && it.access.moved.is_none() && it.id.series != Series::Drill
}

fn job(digest: &Digest, due: Timestamp, now: Timestamp) -> NewJob {
    let queue = Queue::Lane(format!("{LANES}{}", digest.channel));
    NewJob {
        key: told(digest, due),
        queue,
        due: now,
        on_pending: OnPending::Keep,
        body: Json::of(&Digesting { v: 1, due }),
    }
}

/// What a job is to tell.
///
/// # Errors
/// Where another release wrote it.
pub fn digesting(job: &Job) -> Result<Digesting, String> {
    job.body.read().map_err(|e| format!("job `{}` was written by another release: {e}", job.key))
}
