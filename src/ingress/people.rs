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

/// How long it counts where somebody belongs; the adapter remembers it longer by itself.
const FRESH: Duration = Duration::from_mins(1);

/// Remembers people's zones, and who is from outside.
#[derive(Debug)]
pub struct People {
    chat: Arc<dyn Chat>,
    known: Cache<UserId, Known>,
}

/// What is known of somebody.
#[derive(Debug, Clone)]
struct Known {
    zone: Option<Arc<str>>,
    /// Did Slack ever say their zone, or that it knows none?
    has_zone: bool,
    /// Are they a guest, or of another organisation, for certain?
    is_outside: bool,
    /// Until then they are not asked about again.
    until: Instant,
}

impl People {
    /// Asks `chat`.
    pub fn new(chat: Arc<dyn Chat>) -> Self {
        Self { chat, known: Cache::new(REMEMBERED) }
    }

    /// The IANA zone of a person; where Slack does not know it, or not in time, `fallback` holds.
    pub async fn zone(&self, who: &UserId, fallback: &str) -> Arc<str> {
        let fallback = if fallback.is_empty() { "UTC" } else { fallback };
        let known = self.known.get(who).filter(|known| known.has_zone || Instant::now() < known.until);
        let known = match known {
            Some(known) => known,
            None => self.look_up(who).await,
        };
        known.zone.unwrap_or_else(|| fallback.into())
    }

    /// Asks about somebody. While Slack cannot be asked they are what they were when it last could.
    async fn look_up(&self, who: &UserId) -> Known {
        let before = self.known.get(who);
        let asked = tokio::time::timeout(PATIENCE, self.chat.person(who)).await;
        let now = Instant::now();
        let known = match asked {
            Ok(Ok(person)) => {
                let zone = person.zone.filter(|z| jiff::tz::TimeZone::get(z).is_ok()).map(Arc::from);
                Known { zone, has_zone: true, is_outside: person.is_outside, until: now + FRESH }
            }
            // Somebody whom our own workspace does not have.
            Ok(Err(Trouble::Refused(code))) if code == "user_not_found" || code == "user_not_visible" => {
                Known { zone: None, has_zone: false, is_outside: true, until: now + AGAIN }
            }
            Ok(Err(_)) | Err(_) => {
                let none = Known { zone: None, has_zone: false, is_outside: false, until: now };
                Known { until: now + AGAIN, ..before.unwrap_or(none) }
            }
        };
        self.known.insert(who.clone(), known.clone());
        known
    }

    /// Do they belong to the organisation, as far as is known for certain? Guests and people of other organisations do not.
    pub async fn is_within(&self, who: &UserId) -> bool {
        match tokio::time::timeout(PATIENCE, self.chat.person(who)).await {
            Ok(Ok(person)) => !person.is_outside,
            Ok(Err(_)) | Err(_) => false,
        }
    }

    /// Are they a guest, or of another organisation, for certain?
    pub async fn is_outside(&self, who: &UserId) -> bool {
        match self.known.get(who).filter(|known| Instant::now() < known.until) {
            Some(known) => known.is_outside,
            None => self.look_up(who).await.is_outside,
        }
    }

    /// Is this person in the channel, as far as is known for certain?
    pub async fn is_in(&self, channel: &ChannelId, who: &UserId) -> bool {
        let asked = tokio::time::timeout(PATIENCE, self.chat.is_member(channel, who)).await;
        asked.is_ok_and(|asked| asked.is_ok_and(|is_in| is_in))
    }
}
