//! Time as a port. Nothing else in the house reads the system's clock; `.clippy.toml` holds us to it.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

/// Where "now" comes from and how one waits.
#[async_trait::async_trait]
pub trait Clock: Send + Sync + std::fmt::Debug + 'static {
    /// The present instant, UTC.
    fn now(&self) -> Timestamp;

    /// Returns at `at` or later; at once if `at` has passed.
    async fn sleep_until(&self, at: Timestamp);
}

/// A clock shared by everything in one process.
pub type SharedClock = Arc<dyn Clock>;

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

/// The longest single sleep, so that a step of the machine's clock is noticed.
const LONGEST_NAP: SignedDuration = SignedDuration::from_secs(10);

#[async_trait::async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the system's clock")]
        Timestamp::now()
    }

    async fn sleep_until(&self, at: Timestamp) {
        loop {
            let left = at.duration_since(self.now());
            if left <= SignedDuration::ZERO {
                return;
            }
            tokio::time::sleep(left.min(LONGEST_NAP).unsigned_abs()).await;
        }
    }
}

/// A clock that can be moved forward by hand: stands still in tests, runs in the sandbox.
#[derive(Debug, Clone)]
pub struct MovableClock {
    base: Base,
    /// How far it has been moved beyond its base.
    moved: Arc<watch::Sender<SignedDuration>>,
}

#[derive(Debug, Clone, Copy)]
enum Base {
    Still(Timestamp),
    Running(SystemClock),
}

impl MovableClock {
    /// Stands at `at` until it is moved.
    #[must_use]
    pub fn still(at: Timestamp) -> Self {
        Self { base: Base::Still(at), moved: Arc::new(watch::Sender::new(SignedDuration::ZERO)) }
    }

    /// Runs with the machine's clock, and can be moved ahead of it.
    #[must_use]
    pub fn running() -> Self {
        Self { base: Base::Running(SystemClock), moved: Arc::new(watch::Sender::new(SignedDuration::ZERO)) }
    }

    /// How far it has been moved ahead of its base.
    pub fn moved(&self) -> SignedDuration {
        *self.moved.borrow()
    }

    /// Moves the clock forward and wakes whoever waits for a time now reached.
    pub fn advance(&self, by: SignedDuration) {
        self.moved.send_modify(|moved| *moved += by);
    }
}

#[async_trait::async_trait]
impl Clock for MovableClock {
    fn now(&self) -> Timestamp {
        let base = match self.base {
            Base::Still(at) => at,
            Base::Running(clock) => clock.now(),
        };
        base.saturating_add(*self.moved.borrow()).unwrap_or(Timestamp::MAX)
    }

    async fn sleep_until(&self, at: Timestamp) {
        let mut moved = self.moved.subscribe();
        loop {
            moved.mark_unchanged();
            let left = at.duration_since(self.now());
            if left <= SignedDuration::ZERO {
                return;
            }
            match self.base {
                // The sender lives in `self`, so `changed` cannot fail.
                Base::Still(_) => drop(moved.changed().await),
                Base::Running(_) => {
                    tokio::select! {
                        () = tokio::time::sleep(left.unsigned_abs()) => {}
                        _ = moved.changed() => {}
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_still_clock_wakes_only_when_moved_far_enough() {
        let clock = MovableClock::still(Timestamp::UNIX_EPOCH);
        let due = Timestamp::UNIX_EPOCH + SignedDuration::from_mins(5);
        let waiting = clock.sleep_until(due);
        tokio::pin!(waiting);
        assert!(futures_util::FutureExt::now_or_never(&mut waiting).is_none());
        clock.advance(SignedDuration::from_mins(4));
        assert!(futures_util::FutureExt::now_or_never(&mut waiting).is_none());
        clock.advance(SignedDuration::from_mins(1));
        waiting.await;
        assert_eq!(clock.now(), due);
    }
}
