//! What calendars of other programs say about who is on call, and what their owners hear of them.
//!
//! They are fetched outside; here is what was read last, in memory alone: it comes from the last good copy after every start.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::{
    Engine, Refusal,
    rota::{Told, tell, timer},
};
use crate::{
    paging::{
        rota::{Feed, FeedNews},
        schedule::{HORIZON, ScheduleId},
    },
    store::{Commit, Json, Remember},
};

/// So long a calendar may fail before its owner hears of it.
const FAILS_FOR: SignedDuration = SignedDuration::from_hours(1);

/// Calendars by schedule, in the order of its layers.
#[derive(Debug, Default)]
pub(super) struct Feeds {
    known: RwLock<BTreeMap<ScheduleId, Vec<Arc<Feed>>>>,
}

impl Feeds {
    pub fn of(&self, schedule: &ScheduleId) -> Vec<Arc<Feed>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.get(schedule).cloned().unwrap_or_default()
    }

    /// Is one of them to be read for the first time?
    pub fn are_awaited(&self, schedule: &ScheduleId) -> bool {
        self.of(schedule).iter().any(|feed| feed.is_awaited())
    }

    fn put(&self, schedule: &ScheduleId, feed: Arc<Feed>) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let all = known.entry(schedule.clone()).or_default();
        match all.iter_mut().find(|other| other.layer == feed.layer) {
            Some(other) => *other = feed,
            None => all.push(feed),
        }
    }
}

impl Engine {
    /// Forgets calendars that are no schedule's layer any more.
    pub fn forget_feeds(&self) {
        let mut known = self.feeds.known.write().unwrap_or_else(PoisonError::into_inner);
        for (schedule, feeds) in known.iter_mut() {
            let followed = self.settings().schedule_of(schedule);
            let layers = followed.map(|followed| followed.schedule.layers.as_slice()).unwrap_or_default();
            feeds.retain(|feed| layers.iter().any(|layer| layer.calendar.is_some() && layer.name == feed.layer));
        }
    }

    /// What was read of a calendar before anything else happens.
    pub fn begin_feed(&self, schedule: &ScheduleId, feed: Feed) {
        self.feeds.put(schedule, Arc::new(feed));
    }

    /// A calendar of a schedule's layer, as it was read last.
    #[must_use]
    pub fn feed(&self, schedule: &ScheduleId, layer: &str) -> Option<Arc<Feed>> {
        self.feeds.of(schedule).into_iter().find(|feed| feed.layer == layer)
    }

    /// A calendar was read, or could not be: from now on it is as `feed` says. The owner hears once of each trouble, of its end
    /// where it `recovered` from one that began then, and of each name; where `look` the schedule is looked at, because others may
    /// be on call.
    ///
    /// # Errors
    /// Where the record cannot be written; whatever is to be told is told when it is read the next time.
    pub async fn take_feed(
        &self,
        schedule: &ScheduleId,
        feed: Feed,
        recovered: Option<Timestamp>,
        look: bool,
    ) -> Result<(), Refusal> {
        let (now, feed) = (self.clock.now(), Arc::new(feed));
        self.feeds.put(schedule, Arc::clone(&feed));
        let mut commit = Commit { at: Some(now), ..Commit::default() };
        let key = |what: &str| format!("rota/{schedule}/calendar/{}/{what}", feed.layer);
        let mut news = Vec::new();
        let long = |since: Timestamp| now.duration_since(since) >= FAILS_FOR;
        if let Some(since) = feed.failing.as_ref().map(|failing| failing.since).filter(|since| long(*since)) {
            let once = FeedNews::Failing { since };
            if self.once(&mut commit, key(&once.once(now)), now).await? {
                news.push(once);
            }
        }
        if let Some(since) = recovered {
            let told = key(&FeedNews::Failing { since }.once(now));
            let once = FeedNews::Works { since };
            if self.knows(&told).await? && self.once(&mut commit, key(&once.once(now)), now).await? {
                news.push(once);
            }
        }
        let mut strange = false;
        for name in &feed.strangers {
            let digest = hex::encode(&Sha256::digest(name)[..12]);
            strange |= self.once(&mut commit, key(&format!("stranger/{digest}")), now).await?;
        }
        news.extend(strange.then_some(FeedNews::Strangers));
        let told = news.into_iter().map(|news| tell(schedule, Told::Calendar { layer: feed.layer.clone(), news }, now));
        commit.enqueue = told.chain(look.then(|| timer(schedule, now))).collect();
        if commit.enqueue.is_empty() {
            return Ok(());
        }
        Ok(self.store.commit(commit).await?)
    }

    /// Has nobody said this before? Then the commit remembers that it was.
    async fn once(&self, commit: &mut Commit, key: String, now: Timestamp) -> Result<bool, Refusal> {
        let is_new = !self.knows(&key).await?;
        if is_new {
            let until = now.saturating_add(HORIZON).unwrap_or(Timestamp::MAX);
            commit.remember.push(Remember { key, until, answer: Json::of(&true) });
        }
        Ok(is_new)
    }
}
