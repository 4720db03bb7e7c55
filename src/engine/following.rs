//! Who follows what, and what they hear of it: in lanes of their own, at most one message in ten minutes.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{ATTEMPTS, Engine, REMEMBERED, Refusal, kept::Outcome, projection::key};
use crate::{
    ids::{IncidentId, StreamId, UserId},
    incident::{
        Effect, Effects,
        following::{Subscribing, Subscriptions},
    },
    paging::rota::{PERSONAL_VERSION, Personal, PersonalFact},
    store::{Append, Commit, CommitError, Finish, Job, Json, NewJob, OnPending, Queue, ReadError, Remember},
};

/// What the lanes of this work begin with.
const LANES: &str = "follower/";
/// One hears of what one follows once in so long.
const FOLDED: SignedDuration = SignedDuration::from_mins(10);

/// The body of an outbox entry for somebody who follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Following {
    /// Version of this shape.
    pub v: u8,
    /// Who.
    pub who: UserId,
    /// What changed.
    pub id: IncidentId,
}

/// Is this the lane of such work, and not of an incident's?
pub fn is_of_followers(lane: &str) -> bool {
    lane.starts_with(LANES)
}

/// What the receipts of such messages begin with.
pub const FOLLOWED: &str = LANES;

fn told_key(who: &UserId) -> String {
    format!("{LANES}{who}/told")
}

impl Engine {
    /// What somebody subscribed to.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn subscriptions(&self, who: &UserId) -> Result<Subscriptions, ReadError> {
        self.folded(&key::subscriptions(who)).await
    }

    /// Where nobody follows anything, nobody is looked for.
    pub(super) async fn pass_over_followers(&self, planned: &mut [(u64, Effects)]) -> Result<(), ReadError> {
        let is_for_them = |effect: &Effect| matches!(effect, Effect::Followers { .. });
        let are_asked_for = planned.iter().any(|(_, effects)| effects.now.iter().any(is_for_them));
        if are_asked_for && self.followers(None, 1).await?.is_empty() {
            for (_, effects) in planned {
                effects.now.retain(|effect| !is_for_them(effect));
            }
        }
        Ok(())
    }

    /// Up to `limit` people with subscriptions, after `after`, each with them.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn followers(
        &self,
        after: Option<&UserId>,
        limit: usize,
    ) -> Result<Vec<(UserId, Subscriptions)>, ReadError> {
        let after = after.map(key::subscriptions);
        let found = self.store.docs(key::SUBSCRIPTIONS, after.as_deref(), limit, false).await?;
        let read = found.into_iter().filter_map(|(k, bytes)| {
            let who = UserId::from(k.strip_prefix(key::SUBSCRIPTIONS)?);
            Some((who, serde_json::from_slice(&bytes).ok()?))
        });
        Ok(read.collect())
    }

    /// Changes somebody's own subscriptions. A request that comes again with the same `request` changes nothing.
    ///
    /// # Errors
    /// [`Refusal`]s of the store.
    pub async fn change_following(
        &self,
        request: Option<String>,
        who: &UserId,
        fact: &Subscribing,
    ) -> Result<Subscriptions, Refusal> {
        let stream = StreamId::Person(who.clone());
        for _ in 0..ATTEMPTS {
            let now = self.clock.now();
            let length = self.store.length(&stream).await?;
            if let Some(request) = &request
                && self.knows(request).await?
            {
                break;
            }
            let what = PersonalFact::Subscribing(fact.clone());
            let personal = Personal { v: PERSONAL_VERSION, at: now, by: who.clone(), what };
            let until = now.saturating_add(REMEMBERED).unwrap_or(Timestamp::MAX);
            let remember = request.clone().map(|key| Remember { key, until, answer: Json::of(&true) });
            let commit = Commit {
                expect: vec![(stream.clone(), length)],
                append: vec![Append::new(stream.clone(), &personal)],
                remember: remember.into_iter().collect(),
                at: Some(now),
                ..Commit::default()
            };
            match self.committed(commit).await? {
                Outcome::Done | Outcome::Known(_) => break,
                Outcome::Again => {}
            }
        }
        Ok(self.subscriptions(who).await?)
    }

    /// These hear that the incident changed; `finish` ends what asked for it.
    ///
    /// # Errors
    /// Where the record cannot be written.
    pub async fn tell_followers(
        &self,
        id: IncidentId,
        people: Vec<UserId>,
        finish: Vec<Finish>,
    ) -> Result<(), CommitError> {
        let now = self.clock.now();
        let job = |who: UserId| NewJob {
            key: format!("{LANES}{who}/{id}"),
            queue: Queue::Lane(format!("{LANES}{who}")),
            due: now,
            on_pending: OnPending::Keep,
            body: Json::of(&Following { v: 1, who, id }),
        };
        let enqueue = people.into_iter().map(job).collect();
        self.store.commit(Commit { enqueue, finish, at: Some(now), ..Commit::default() }).await
    }

    /// Before when somebody hears of nothing that they follow: they did a moment ago.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn hears_again(&self, who: &UserId) -> Result<Option<Timestamp>, ReadError> {
        let known = self.store.known(&told_key(who), self.clock.now()).await?;
        let until = known.and_then(|until| until.read::<Timestamp>().ok());
        // It is known up to that very moment.
        Ok(until.and_then(|until| until.checked_add(SignedDuration::from_secs(1)).ok()))
    }

    /// They heard of these now.
    ///
    /// # Errors
    /// Where the record cannot be written.
    pub async fn heard(&self, who: &UserId, finish: Vec<Finish>) -> Result<(), CommitError> {
        let now = self.clock.now();
        let until = now.saturating_add(FOLDED).unwrap_or(Timestamp::MAX);
        let told = Remember { key: told_key(who), until, answer: Json::of(&until) };
        self.store.commit(Commit { remember: vec![told], finish, at: Some(now), ..Commit::default() }).await
    }
}

/// What a job is to tell.
///
/// # Errors
/// Where another release wrote it.
pub fn following(job: &Job) -> Result<Following, String> {
    job.body.read().map_err(|e| format!("job `{}` was written by another release: {e}", job.key))
}
