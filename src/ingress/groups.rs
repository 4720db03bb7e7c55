//! Who is in a user group, shown to whoever asks. Those whom a page asks are looked up anew when it asks them.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use quick_cache::sync::Cache;

use crate::{
    clock::SharedClock,
    ids::{GroupId, UserId},
    ports::Chat,
};

/// How long an answer counts without asking again: Slack lets us ask twenty times a minute, and pages need that more.
const FRESH: SignedDuration = SignedDuration::from_secs(60);
/// How many groups are remembered.
const REMEMBERED: usize = 256;

/// Remembers who is in groups.
#[derive(Debug)]
pub struct Groups {
    chat: Arc<dyn Chat>,
    clock: SharedClock,
    kept: Cache<GroupId, Members>,
}

/// Who is in a group.
#[derive(Debug, Clone)]
pub struct Members {
    /// Those who can be asked.
    pub people: Arc<[UserId]>,
    /// When Slack said so.
    pub said: Timestamp,
}

impl Groups {
    /// Asks `chat`.
    pub fn new(chat: Arc<dyn Chat>, clock: SharedClock) -> Self {
        Self { chat, clock, kept: Cache::new(REMEMBERED) }
    }

    /// Who is in it, as Slack said within the last minute, else as it says now.
    ///
    /// # Errors
    /// Why it does not, in words.
    pub async fn members(&self, group: &GroupId, patience: Duration) -> Result<Members, String> {
        let now = self.clock.now();
        if let Some(kept) = self.kept.get(group)
            && kept.said <= now
            && kept.said.duration_until(now) < FRESH
        {
            return Ok(kept);
        }
        let asked = tokio::time::timeout(patience, self.chat.group_members(group)).await;
        let people = asked.map_err(|_| "no answer in time".to_owned())?.map_err(|trouble| trouble.to_string())?;
        let members = Members { people: people.into(), said: now };
        self.kept.insert(group.clone(), members.clone());
        Ok(members)
    }
}
