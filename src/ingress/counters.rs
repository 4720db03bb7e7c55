//! What came through the door, counted.

use std::sync::atomic::{AtomicU64, Ordering};

/// What came through the door, since the start.
#[derive(Debug, Default)]
pub struct Counters {
    /// Unsigned, wrongly signed or stale requests.
    pub unsigned: Count,
    /// Requests over the limit.
    pub oversized: Count,
    /// Signed requests that could not be understood.
    pub not_understood: Count,
    /// Slash commands.
    pub commands: Count,
    /// Interactions.
    pub interactions: Count,
    /// Events.
    pub events: Count,
    /// Requests that could not be carried out because the record cannot be read or written.
    pub failed: Count,
    /// Forms that Slack did not open in time.
    pub forms_failed: Count,
}

/// One count.
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

impl Count {
    /// One more.
    pub fn up(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// How many.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
