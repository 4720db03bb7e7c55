//! The zone that a person's times are in.

use std::{sync::Arc, time::Duration};

use quick_cache::sync::Cache;

use crate::{ids::UserId, ports::Chat};

/// How long a command waits for it.
const PATIENCE: Duration = Duration::from_millis(500);
/// How many people are remembered.
const REMEMBERED: usize = 4096;

/// Remembers people's zones.
#[derive(Debug)]
pub struct People {
    chat: Arc<dyn Chat>,
    /// What holds for those whose zone is not known.
    fallback: String,
    zones: Cache<UserId, Arc<str>>,
}

impl People {
    /// Asks `chat`; where it does not know, or not in time, `fallback` holds.
    pub fn new(chat: Arc<dyn Chat>, fallback: &str) -> Self {
        let fallback = if fallback.is_empty() { "UTC" } else { fallback }.to_owned();
        Self { chat, fallback, zones: Cache::new(REMEMBERED) }
    }

    /// The IANA zone of a person.
    pub async fn zone(&self, who: &UserId) -> Arc<str> {
        if let Some(zone) = self.zones.get(who) {
            return zone;
        }
        let asked = tokio::time::timeout(PATIENCE, self.chat.person(who)).await;
        match asked {
            Ok(Ok(person)) => {
                let known = person.zone.filter(|z| jiff::tz::TimeZone::get(z).is_ok());
                let zone: Arc<str> = known.unwrap_or_else(|| self.fallback.clone()).into();
                self.zones.insert(who.clone(), zone.clone());
                zone
            }
            // Asked again next time.
            Ok(Err(_)) | Err(_) => self.fallback.as_str().into(),
        }
    }

    /// Do they belong to the organisation, as far as is known for certain? Guests and people of other organisations do not.
    pub async fn is_within(&self, who: &UserId) -> bool {
        match tokio::time::timeout(PATIENCE, self.chat.person(who)).await {
            Ok(Ok(person)) => !person.is_outside,
            Ok(Err(_)) | Err(_) => false,
        }
    }

    /// Someone's settings changed.
    pub fn forget(&self, who: &UserId) {
        self.zones.remove(who);
    }
}
