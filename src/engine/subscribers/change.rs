//! What happens to a subscription: it is confirmed, changed, stopped and ended, and of whoever leaves nothing remains.

use std::collections::BTreeSet;

use super::{
    stream::{append, stream},
    work::{Word, one_job},
};
use crate::{
    engine::{ATTEMPTS, Engine, Refusal, kept::Outcome},
    ids::UserId,
    status::{ComponentId, Leaving, ROWS, Subscriber, Subscription},
    store::{Commit, Finish},
};

/// How many are looked at in one go.
const AT_ONCE: usize = 500;

impl Engine {
    /// They confirm it, of these components; confirmed already, they choose others. None where there is no such subscription.
    ///
    /// # Errors
    /// [`Refusal`]s of the store.
    pub async fn confirm_subscription(
        &self,
        token: &str,
        components: &BTreeSet<ComponentId>,
    ) -> Result<Option<Subscriber>, Refusal> {
        let decide = |it: &Subscriber| {
            let (subscriber, components) = (it.number, components.clone());
            match (it.confirmed_at.is_some() && it.stopped_at.is_none(), it.components == components) {
                (true, true) => None,
                (true, false) => Some(Subscription::Chosen { subscriber, components }),
                (false, _) => Some(Subscription::Confirmed { subscriber, components }),
            }
        };
        for _ in 0..ATTEMPTS {
            let Some(it) = self.subscription(token).await? else { return Ok(None) };
            if self.noted(&it, decide(&it)).await? {
                return Ok(self.subscription(token).await?);
            }
        }
        Err(Refusal::Busy)
    }

    /// They want to hear no more: nothing of them remains. False where there is no such subscription.
    ///
    /// # Errors
    /// [`Refusal`]s of the store.
    pub async fn unsubscribe(&self, token: &str) -> Result<bool, Refusal> {
        for _ in 0..ATTEMPTS {
            let Some(it) = self.subscription(token).await? else { return Ok(false) };
            let left = Subscription::Left { subscriber: it.number, why: Leaving::Unsubscribed };
            if self.noted(&it, Some(left)).await? {
                return Ok(true);
            }
        }
        Err(Refusal::Busy)
    }

    /// Somebody of ours has everything forgotten that is sent to this mail address, or answered for at it: confirmed, waiting for that, or
    /// stopped. How many subscriptions that were. No address remains in the record, not in what this adds to it either.
    ///
    /// # Errors
    /// [`Refusal`]s of the store.
    pub async fn forget_address(&self, mail: &str, by: &UserId) -> Result<u64, Refusal> {
        let mut forgotten = 0;
        for row in 0..ROWS {
            let mut after = 0;
            loop {
                let some = self.subscribers_of(row, after, AT_ONCE).await?;
                let Some(last) = some.last().map(|it| it.number) else { break };
                after = last;
                let of_it =
                    |it: &&Subscriber| it.to.mail().is_some_and(|known| known.to_lowercase() == mail.to_lowercase());
                for it in some.iter().filter(of_it) {
                    forgotten += u64::from(self.forget_one(it.number, by).await?);
                }
            }
        }
        Ok(forgotten)
    }

    async fn forget_one(&self, subscriber: u64, by: &UserId) -> Result<bool, Refusal> {
        for _ in 0..ATTEMPTS {
            let Some(it) = self.subscriber(subscriber).await? else { return Ok(false) };
            let forgotten = Subscription::Forgotten { subscriber, by: by.clone() };
            if self.noted(&it, Some(forgotten)).await? {
                return Ok(true);
            }
        }
        Err(Refusal::Busy)
    }

    /// A program does not answer for long: it is told nothing any more, and whoever answers for it hears of that.
    ///
    /// # Errors
    /// [`Refusal`]s of the store.
    pub async fn stop_subscription(&self, it: &Subscriber, finish: Finish) -> Result<(), Refusal> {
        let stopped = Subscription::Stopped { subscriber: it.number };
        self.end_with(it, Some(stopped), finish, Some(Word::Stopped)).await
    }

    /// A program says that it is gone for good.
    ///
    /// # Errors
    /// [`Refusal`]s of the store.
    pub async fn forget_subscriber(&self, it: &Subscriber, finish: Finish) -> Result<(), Refusal> {
        let gone = Subscription::Left { subscriber: it.number, why: Leaving::Gone };
        self.end_with(it, Some(gone), finish, None).await
    }

    async fn end_with(
        &self,
        it: &Subscriber,
        what: Option<Subscription>,
        finish: Finish,
        then: Option<Word>,
    ) -> Result<(), Refusal> {
        for _ in 0..ATTEMPTS {
            let now = self.clock.now();
            let mut commit = Commit { finish: vec![finish.clone()], at: Some(now), ..Commit::default() };
            let length = self.store.length(&stream()).await?;
            if let Some(what) = &what {
                append(&mut commit, length, what, now);
            }
            commit.enqueue.extend(then.map(|word| one_job(it.number, word, now)));
            match self.committed(commit).await? {
                Outcome::Done | Outcome::Known(_) => return Ok(()),
                Outcome::Again => {}
            }
        }
        Err(Refusal::Busy)
    }

    /// Notes what happens to a subscription as it stood; false where the stream has moved on since.
    async fn noted(&self, it: &Subscriber, what: Option<Subscription>) -> Result<bool, Refusal> {
        let Some(what) = what else { return Ok(true) };
        let now = self.clock.now();
        let length = self.store.length(&stream()).await?;
        // It may have changed since it was read.
        if self.subscriber(it.number).await?.as_ref() != Some(it) {
            return Ok(false);
        }
        let mut commit = Commit { at: Some(now), ..Commit::default() };
        append(&mut commit, length, &what, now);
        match self.committed(commit).await? {
            Outcome::Done | Outcome::Known(_) => Ok(true),
            Outcome::Again => Ok(false),
        }
    }
}
