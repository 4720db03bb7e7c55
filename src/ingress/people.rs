//! The zone that a person's times are in, and whether they belong to the organisation.

use std::{sync::Arc, time::Duration};

use quick_cache::sync::Cache;
use tokio::time::Instant;

use crate::{
    ids::{ChannelId, UserId},
    ports::{Chat, Trouble},
};

/// How long a command waits for it.
const PATIENCE: Duration = Duration::from_millis(500);
/// Whoever could not be looked up in time is not waited for again for so long. With more people than Slack lets us ask about at
/// once, each of their commands would stand in a line that moves on without them.
const AGAIN: Duration = Duration::from_secs(30);
/// How many people are remembered.
const REMEMBERED: usize = 4096;

/// Remembers people's zones, and who is from outside.
#[derive(Debug)]
pub struct People {
    chat: Arc<dyn Chat>,
    zones: Cache<UserId, Known>,
    outside: Cache<UserId, Outside>,
}

/// What was last known of whether somebody is from outside.
#[derive(Debug, Clone, Copy)]
struct Outside {
    is: bool,
    /// Until then they are not asked about again; none: Slack answered.
    again: Option<Instant>,
}

/// What is known of somebody's zone.
#[derive(Debug, Clone)]
struct Known {
    zone: Option<Arc<str>>,
    /// From then on they are asked about again; none: it is theirs.
    again: Option<Instant>,
}

impl People {
    /// Asks `chat`.
    pub fn new(chat: Arc<dyn Chat>) -> Self {
        Self { chat, zones: Cache::new(REMEMBERED), outside: Cache::new(REMEMBERED) }
    }

    /// The IANA zone of a person; where Slack does not know it, or not in time, `fallback` holds.
    pub async fn zone(&self, who: &UserId, fallback: &str) -> Arc<str> {
        let fallback = if fallback.is_empty() { "UTC" } else { fallback };
        self.known_zone(who).await.unwrap_or_else(|| fallback.into())
    }

    async fn known_zone(&self, who: &UserId) -> Option<Arc<str>> {
        if let Some(Known { zone, again }) = self.zones.get(who)
            && again.is_none_or(|again| Instant::now() < again)
        {
            return zone;
        }
        let asked = tokio::time::timeout(PATIENCE, self.chat.person(who)).await;
        let (zone, again) = match asked {
            Ok(Ok(person)) => (person.zone.filter(|z| jiff::tz::TimeZone::get(z).is_ok()), None),
            Ok(Err(_)) | Err(_) => (None, Some(Instant::now() + AGAIN)),
        };
        let zone: Option<Arc<str>> = zone.map(Arc::from);
        self.zones.insert(who.clone(), Known { zone: zone.clone(), again });
        zone
    }

    /// Do they belong to the organisation, as far as is known for certain? Guests and people of other organisations do not.
    pub async fn is_within(&self, who: &UserId) -> bool {
        match tokio::time::timeout(PATIENCE, self.chat.person(who)).await {
            Ok(Ok(person)) => !person.is_outside,
            Ok(Err(_)) | Err(_) => false,
        }
    }

    /// Are they a guest, or of another organisation, for certain? While Slack cannot be asked they are what they were when it last
    /// could.
    pub async fn is_outside(&self, who: &UserId) -> bool {
        let before = self.outside.get(who);
        if let Some(Outside { is, again: Some(again) }) = before
            && Instant::now() < again
        {
            return is;
        }
        let known = match tokio::time::timeout(PATIENCE, self.chat.person(who)).await {
            Ok(Ok(person)) => Outside { is: person.is_outside, again: None },
            // Somebody whom our own workspace does not have.
            Ok(Err(Trouble::Refused(code))) if code == "user_not_found" || code == "user_not_visible" => {
                Outside { is: true, again: None }
            }
            Ok(Err(_)) | Err(_) => {
                Outside { is: before.is_some_and(|before| before.is), again: Some(Instant::now() + AGAIN) }
            }
        };
        self.outside.insert(who.clone(), known);
        known.is
    }

    /// Is this person in the channel, as far as is known for certain?
    pub async fn is_in(&self, channel: &ChannelId, who: &UserId) -> bool {
        let asked = tokio::time::timeout(PATIENCE, self.chat.is_member(channel, who)).await;
        asked.is_ok_and(|asked| asked.is_ok_and(|is_in| is_in))
    }

    /// Someone's settings changed.
    pub fn forget(&self, who: &UserId) {
        self.zones.remove(who);
    }
}
