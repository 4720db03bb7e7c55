//! Our own pace at Statuspage: 60 requests in any 60 seconds for each token, which other programs may use too.
//! <https://developer.statuspage.io/#section/Rate-Limiting>

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};

use crate::{clock::SharedClock, ports::Trouble};

/// What it looks back on.
const WINDOW: SignedDuration = SignedDuration::from_secs(60);
/// How many requests we make in it, one each second in the long run; the rest is for others.
const MOST: usize = 50;

#[derive(Debug)]
pub(super) struct Pace {
    clock: SharedClock,
    past: Mutex<Past>,
}

#[derive(Debug, Default)]
struct Past {
    /// When we asked, within the window.
    asked: VecDeque<Timestamp>,
    /// It said not to come before.
    closed: Option<Timestamp>,
}

impl Pace {
    pub fn new(clock: SharedClock) -> Self {
        Self { clock, past: Mutex::default() }
    }

    /// Takes a turn, or says when there is one.
    ///
    /// # Errors
    /// [`Trouble::RateLimited`].
    pub fn turn(&self) -> Result<(), Trouble> {
        let now = self.clock.now();
        let mut past = self.past.lock().unwrap_or_else(PoisonError::into_inner);
        let leaves = |asked: Timestamp| asked.saturating_add(WINDOW).unwrap_or(Timestamp::MAX);
        // A clock that was set back must not close the door for long.
        past.asked.retain(|asked| leaves(*asked) > now && *asked <= now);
        let full = past.asked.front().copied().filter(|_| past.asked.len() >= MOST).map(leaves);
        let free = full.max(past.closed).filter(|at| *at > now);
        if let Some(at) = free {
            return Err(Trouble::RateLimited(at.duration_since(now).unsigned_abs()));
        }
        past.asked.push_back(now);
        Ok(())
    }

    /// It asked to be left alone for so long: nobody else needs to be told that.
    pub fn closed(&self, wait: Duration) {
        let wait = SignedDuration::try_from(wait).unwrap_or(WINDOW);
        let until = self.clock.now().saturating_add(wait).unwrap_or(Timestamp::MAX);
        self.past.lock().unwrap_or_else(PoisonError::into_inner).closed = Some(until);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::clock::MovableClock;

    fn pace() -> (MovableClock, Pace) {
        let clock = MovableClock::still(Timestamp::UNIX_EPOCH);
        (clock.clone(), Pace::new(Arc::new(clock)))
    }

    fn wait(seconds: u64) -> Result<(), Trouble> {
        Err(Trouble::RateLimited(Duration::from_secs(seconds)))
    }

    #[test]
    fn no_window_has_more_requests_than_it_takes() {
        let (clock, pace) = pace();
        let mut asked = Vec::new();
        for second in 0..300 {
            while pace.turn().is_ok() {
                asked.push(second);
            }
            clock.advance(SignedDuration::from_secs(1));
        }
        for start in 0..240 {
            let within = asked.iter().filter(|at| (start..start + 60).contains(*at)).count();
            assert!(within <= MOST, "{within} from {start} on");
        }
        assert_eq!(asked.len(), 5 * MOST, "and none is wasted");
    }

    #[test]
    fn whoever_comes_too_early_is_told_when_to_come() {
        let (clock, pace) = pace();
        assert!((0..MOST).all(|_| pace.turn().is_ok()));
        clock.advance(SignedDuration::from_secs(20));
        assert_eq!(pace.turn(), wait(40));
        pace.closed(Duration::from_secs(90));
        assert_eq!(pace.turn(), wait(90));
        clock.advance(SignedDuration::from_secs(90));
        assert_eq!(pace.turn(), Ok(()));
    }
}
