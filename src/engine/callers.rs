//! Whoever declared, and was told that the room is being made, is told where it is once it is there.
//!
//! In memory only, like every answer: after a crash the invitation and the message about the role say it.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use crate::ids::{ChannelId, IncidentId, UserId};

/// More do not wait at a time; Slack takes an answer for half an hour and no longer.
const MOST: usize = 200;

/// Somebody who declared, and where they are answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// By a command: at the address that came with it.
    Typed {
        /// That address.
        url: String,
    },
    /// By a form: where it was opened; by direct message where that was in no channel, or in one where we may not speak.
    Form {
        /// Who.
        person: UserId,
        /// Where it was opened.
        channel: Option<ChannelId>,
    },
}

/// Who waits for a room.
#[derive(Debug, Default)]
pub struct Callers(Mutex<BTreeMap<IncidentId, Caller>>);

impl Callers {
    /// They wait for the room of this incident.
    pub fn wait(&self, id: IncidentId, caller: Caller) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= MOST {
            waiting.pop_first();
        }
        waiting.insert(id, caller);
    }

    /// Who is to be answered; nobody else answers them then.
    pub fn take(&self, id: IncidentId) -> Option<Caller> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&id)
    }
}
