//! Brings sled's file up to date about once a second, away from the committer.
//!
//! `flush` alone is not durable (it syncs neither metadata nor the device), so the file is synced after it. Neither is needed
//! for what was answered, which is in the journal; they bound how much a start has to replay.

use std::{
    fs::File,
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Duration,
};

use super::{Shared, tree::Fault};

/// What the flusher waits for.
#[derive(Debug, Default)]
pub(super) struct Flusher {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    dirty: bool,
    stop: bool,
}

impl Flusher {
    pub fn mark_dirty(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if !state.dirty {
            state.dirty = true;
            self.changed.notify_all();
        }
    }

    pub fn stop(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).stop = true;
        self.changed.notify_all();
    }

    /// Waits until there is something to flush and `pause` has gone by; false when this was the last time.
    fn wait(&self, pause: Duration) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state = self.changed.wait_while(state, |s| !s.dirty && !s.stop).unwrap_or_else(PoisonError::into_inner);
        state = self.changed.wait_timeout_while(state, pause, |s| !s.stop).unwrap_or_else(PoisonError::into_inner).0;
        state.dirty = false;
        !state.stop
    }
}

/// The flusher's thread.
pub(super) fn run(shared: &Arc<Shared>, pause: Duration) {
    let mut go_on = true;
    while go_on {
        go_on = shared.flusher.wait(pause);
        if let Err(why) = flush(shared) {
            shared.distrust(&why);
            shared.queue.close();
            return;
        }
    }
}

fn flush(shared: &Shared) -> Result<(), String> {
    shared.layers.tree().flush().map_err(|fault: Fault| fault.sentence())?;
    let sync = || File::open(shared.disk.sled().join("db"))?.sync_all();
    sync().map_err(|error: std::io::Error| format!("the database's file cannot be synced: {error}"))
}
