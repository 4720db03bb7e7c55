//! Whoever declared, and was told that the room is being made, is told where it is once it is there.
//!
//! In memory only, like every answer: after a crash the invitation and the message about the role say it.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use crate::ids::IncidentId;

/// More do not wait at a time; Slack takes an answer for half an hour and no longer.
const MOST: usize = 200;

/// Who waits for a room.
#[derive(Debug, Default)]
pub struct Callers(Mutex<BTreeMap<IncidentId, String>>);

impl Callers {
    /// Whoever is answered at `url` waits for the room of this incident.
    pub fn wait(&self, id: IncidentId, url: &str) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= MOST {
            waiting.pop_first();
        }
        waiting.insert(id, url.to_owned());
    }

    /// Where to answer; nobody else gets it then.
    pub fn take(&self, id: IncidentId) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&id)
    }
}
