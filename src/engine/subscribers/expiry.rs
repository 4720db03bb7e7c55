//! Whoever does not confirm in time is forgotten.

use jiff::Timestamp;

use super::stream::{append, stream};
use crate::{
    engine::{ATTEMPTS, Engine, Refusal, kept::Outcome, projection::key},
    status::{Leaving, Subscription},
    store::{Commit, Finish, Json, NewJob, OnPending, Queue},
};

/// The timer that forgets whoever did not confirm.
const EXPIRY: &str = "timer/subscribers";
/// How many are forgotten in one commit.
const AT_ONCE: usize = 500;

/// Is this the timer that forgets whoever did not confirm?
pub fn is_timer(key: &str) -> bool {
    key == EXPIRY
}

impl Engine {
    /// Forgets those who did not confirm in time, and looks again when the next one is due.
    pub(in crate::engine) async fn ring_subscribers(&self, finish: Finish) -> Result<(), Refusal> {
        for _ in 0..ATTEMPTS {
            let now = self.clock.now();
            let length = self.store.length(&stream()).await?;
            let mut commit = Commit { at: Some(now), ..Commit::default() };
            let (mut gone, mut next): (u64, Option<Timestamp>) = (0, None);
            for (name, _) in self.store.docs(key::SUBSCRIBERS_PENDING, None, AT_ONCE, false).await? {
                let number = name.rsplit('/').next().and_then(|number| number.parse().ok()).unwrap_or_default();
                let Some(until) = self.subscriber(number).await?.and_then(|it| it.expires_at()) else { continue };
                if until > now {
                    next = Some(until);
                    break;
                }
                let left = Subscription::Left { subscriber: number, why: Leaving::Expired };
                append(&mut commit, length + gone, &left, now);
                gone += 1;
            }
            // Whoever asks meanwhile counts on this timer.
            commit.expect = vec![(stream(), length)];
            // Behind a whole commit there may be more that are due.
            let next = next.or((gone > 0).then_some(now));
            commit.finish = vec![Finish { postpone: next, ..finish.clone() }];
            match self.committed(commit).await? {
                Outcome::Done | Outcome::Known(_) => return Ok(()),
                Outcome::Again => {}
            }
        }
        Err(Refusal::Busy)
    }
}

pub(super) fn expiry(due: Timestamp) -> NewJob {
    NewJob { key: EXPIRY.to_owned(), queue: Queue::Timer, due, on_pending: OnPending::Keep, body: Json::of(&1) }
}
