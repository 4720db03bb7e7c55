//! Hints to whoever looks for work.

use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

use super::{Wakeup, ledger::Effects};

/// Work that came since the last look.
#[derive(Debug, Default)]
pub(super) struct Wakes {
    since: Mutex<Effects>,
    news: Notify,
}

impl Wakes {
    pub fn add(&self, effects: Effects) {
        if effects.lanes.is_empty() && !effects.timers {
            return;
        }
        let mut since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        since.lanes.extend(effects.lanes);
        since.timers |= effects.timers;
        drop(since);
        self.news.notify_one();
    }

    pub async fn next(&self) -> Wakeup {
        loop {
            let since = std::mem::take(&mut *self.since.lock().unwrap_or_else(PoisonError::into_inner));
            if since.timers || !since.lanes.is_empty() {
                return Wakeup { lanes: since.lanes.into_iter().collect(), timers: since.timers };
            }
            self.news.notified().await;
        }
    }
}
