//! Who people of other providers are in Slack.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};

use crate::{
    config::Aliases,
    ids::UserId,
    ports::{Chat, ExternalPerson},
};

/// So long it counts whose an address is.
const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(24);
/// And so long that it is nobody's: people come.
const UNKNOWN_FOR: SignedDuration = SignedDuration::from_hours(1);
/// How long Slack may take to say whose an address is: a name will do otherwise.
const PATIENCE: Duration = Duration::from_millis(500);

/// By what the settings say, and by e-mail address.
#[derive(Debug)]
pub(super) struct People {
    aliases: RwLock<Aliases>,
    chat: Arc<dyn Chat>,
    known: Mutex<HashMap<String, (Timestamp, Option<UserId>)>>,
}

impl People {
    pub(super) fn new(aliases: Aliases, chat: Arc<dyn Chat>) -> Self {
        Self { aliases: RwLock::new(aliases), chat, known: Mutex::default() }
    }

    /// From now on the settings say this.
    pub(super) fn write_down(&self, aliases: Aliases) {
        *self.aliases.write().unwrap_or_else(PoisonError::into_inner) = aliases;
    }

    /// Whom the settings say that they are.
    pub(super) fn written_down(&self, person: &ExternalPerson) -> Option<UserId> {
        let aliases = self.aliases.read().unwrap_or_else(PoisonError::into_inner);
        let names = [Some(&person.id), person.email.as_ref(), Some(&person.name)];
        names.into_iter().flatten().find_map(|name| aliases.of(name)).cloned()
    }

    /// None: nobody's, or it is not known now.
    pub(super) async fn of_email(&self, person: &ExternalPerson, now: Timestamp) -> Option<UserId> {
        let email = person.email.as_ref()?;
        if let Some((_, known)) = self.said_before(email, now) {
            return known;
        }
        let asked = tokio::time::timeout(PATIENCE, self.chat.person_of_email(email)).await;
        let who = asked.ok()?.inspect_err(|trouble| tracing::warn!(%trouble, "Slack does not say whose an address is"));
        let who = who.ok()?;
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(email.clone(), (now, who.clone()));
        who
    }

    fn said_before(&self, email: &str, now: Timestamp) -> Option<(Timestamp, Option<UserId>)> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, who) = known.get(email)?;
        let long = if who.is_some() { KNOWN_FOR } else { UNKNOWN_FOR };
        (now.duration_since(*at) < long).then(|| (*at, who.clone()))
    }
}
