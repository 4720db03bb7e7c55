//! Our own pace: staying below Slack's limits is quicker than being told to wait.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};

use crate::{clock::SharedClock, ports::Trouble};

/// Waits up to this long are waited out here; for longer ones the caller is asked to come back, so that it can do
/// something else meanwhile.
const WAITED_HERE: SignedDuration = SignedDuration::from_secs(2);
/// So many places are remembered before those that are free anyway are forgotten.
const REMEMBERED: usize = 4096;

/// How fast we go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// As Slack allows.
    Slack,
    /// As fast as we can: for a simulated workspace whose clock stands still.
    Free,
}

/// So many calls in a row, then one each `every`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rate {
    every: SignedDuration,
    burst: i32,
}

/// About one message a second in each conversation.
pub(super) const MESSAGES: Rate = Rate { every: SignedDuration::from_secs(1), burst: 5 };
/// Slack's second tier, 20 a minute.
pub(super) const TIER_2: Rate = Rate { every: SignedDuration::from_secs(3), burst: 10 };
/// Slack's third tier, 50 a minute.
pub(super) const TIER_3: Rate = Rate { every: SignedDuration::from_millis(1200), burst: 20 };
/// Slack's fourth tier, 100 a minute.
pub(super) const TIER_4: Rate = Rate { every: SignedDuration::from_millis(600), burst: 40 };

#[derive(Debug)]
pub(super) struct Limiter {
    clock: SharedClock,
    pace: Pace,
    /// For each place, when it would be free again if nobody had been allowed a burst.
    places: Mutex<HashMap<String, Timestamp>>,
}

impl Limiter {
    pub fn new(clock: SharedClock, pace: Pace) -> Self {
        Self { clock, pace, places: Mutex::default() }
    }

    pub const fn set_pace(&mut self, pace: Pace) {
        self.pace = pace;
    }

    /// Waits for a turn at `place`, or says how long it would take.
    pub async fn turn(&self, place: &str, rate: Rate) -> Result<(), Trouble> {
        if self.pace == Pace::Free {
            return Ok(());
        }
        let now = self.clock.now();
        let turn = self.reserve(place, rate, now)?;
        if turn > now {
            self.clock.sleep_until(turn).await;
        }
        Ok(())
    }

    fn reserve(&self, place: &str, rate: Rate, now: Timestamp) -> Result<Timestamp, Trouble> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if places.len() > REMEMBERED {
            places.retain(|_, free| *free > now);
        }
        let free = places.get(place).copied().unwrap_or(now).max(now);
        let turn = free.saturating_sub(rate.every * (rate.burst - 1)).unwrap_or(now).max(now);
        let wait = turn.duration_since(now);
        if wait > WAITED_HERE {
            return Err(Trouble::RateLimited(wait.unsigned_abs()));
        }
        places.insert(place.to_owned(), free.saturating_add(rate.every).unwrap_or(Timestamp::MAX));
        Ok(turn)
    }

    /// Slack said that this place is closed for so long: nobody needs to be told a second time.
    pub fn closed(&self, place: &str, rate: Rate, wait: Duration) {
        let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
        let until = self.clock.now().saturating_add(wait).unwrap_or(Timestamp::MAX);
        let free = until.saturating_add(rate.every * (rate.burst - 1)).unwrap_or(Timestamp::MAX);
        self.places.lock().unwrap_or_else(PoisonError::into_inner).insert(place.to_owned(), free);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::FutureExt;

    use super::*;
    use crate::clock::MovableClock;

    fn limiter() -> (MovableClock, Limiter) {
        let clock = MovableClock::still(Timestamp::UNIX_EPOCH);
        (clock.clone(), Limiter::new(Arc::new(clock), Pace::Slack))
    }

    #[tokio::test]
    async fn a_burst_goes_through_and_then_one_each_second() {
        let (clock, limiter) = limiter();
        for _ in 0..5 {
            assert_eq!(limiter.turn("C1", MESSAGES).now_or_never(), Some(Ok(())));
        }
        let sixth = limiter.turn("C1", MESSAGES);
        tokio::pin!(sixth);
        assert!((&mut sixth).now_or_never().is_none());
        assert_eq!(limiter.turn("C2", MESSAGES).now_or_never(), Some(Ok(())), "another place is free");
        clock.advance(SignedDuration::from_secs(1));
        assert_eq!(sixth.now_or_never(), Some(Ok(())));
    }

    #[tokio::test]
    async fn a_long_wait_is_given_back() {
        let (clock, limiter) = limiter();
        limiter.closed("C1", MESSAGES, Duration::from_secs(20));
        assert_eq!(limiter.turn("C1", MESSAGES).await, Err(Trouble::RateLimited(Duration::from_secs(20))));
        clock.advance(SignedDuration::from_secs(20));
        assert_eq!(limiter.turn("C1", MESSAGES).now_or_never(), Some(Ok(())));
    }
}
