//! What subscribers are told of, and how far they were.

use jiff::Timestamp;
use serde::Deserialize;

use super::work::{Word, lane_of, one_job, row_job};
use crate::{
    engine::{Engine, Refusal, status},
    status::{Change, Post, PostStatus, Posted, Update},
    store::{Commit, ReadError},
};

/// A post as subscribers are told of it.
#[derive(Clone, Debug)]
pub struct Posting {
    /// The post as it stands.
    pub post: Post,
    /// Which of its updates.
    pub update: String,
    /// When it was posted.
    pub at: Timestamp,
    /// It was posted before, and is told again because it comes near.
    pub reminds: bool,
}

impl Engine {
    /// What was posted by this fact, as it stands now; none where nothing is left to be told.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn news_of(&self, fact: u64) -> Result<Option<Posting>, ReadError> {
        let stream = status::stream();
        let Some(event) = self.store.events(&stream, fact, 1).await?.pop().filter(|event| event.seq == fact) else {
            return Ok(None);
        };
        let posted = Posted::deserialize(&event.body);
        let posted = posted.map_err(|e| ReadError(format!("event {fact} of {stream} is of another release: {e}")))?;
        let Some(post) = self.post(posted.what.post()).await? else { return Ok(None) };
        let reminds = matches!(posted.what, Change::MaintenanceNear { .. });
        let is_meant = |update: &&Update| if reminds { true } else { update.key == posted.what.update() };
        // What has begun by now needs no reminder.
        let is_due = !reminds || post.status == PostStatus::Scheduled;
        let found = post.updates.iter().rev().find(is_meant).filter(|it| is_due && it.body.words().is_some());
        let update = found.map(|update| update.key.clone());
        Ok(update.map(|update| Posting { post, update, at: posted.at, reminds }))
    }

    /// Does anything wait for this subscriber? What comes later stands behind it.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn waits_for(&self, subscriber: u64) -> Result<bool, ReadError> {
        Ok(!self.store.lane(&lane_of(subscriber), 1).await?.is_empty())
    }

    /// A row was told up to this number; these could not be told in passing, and are told by themselves.
    ///
    /// # Errors
    /// [`Refusal`]s of the store.
    pub async fn told_up_to(&self, fact: u64, row: u64, after: u64, apart: &[u64]) -> Result<(), Refusal> {
        let now = self.clock.now();
        let one = apart.iter().map(|subscriber| one_job(*subscriber, Word::Post(fact), now));
        let enqueue = one.chain([row_job(fact, row, after, now)]).collect();
        Ok(self.store.commit(Commit { enqueue, at: Some(now), ..Commit::default() }).await?)
    }
}
