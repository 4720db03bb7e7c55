//! Somebody asks to be told: once confirmed they are, and nobody is asked more often than anybody may be written to who asked for nothing.

use std::collections::BTreeSet;

use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};

use super::{
    expiry::expiry,
    stream::{append, stream},
    work::{Word, one_job},
};
use crate::{
    engine::{ATTEMPTS, Engine, Refusal, kept::Outcome},
    incident::Text,
    status::{CONFIRM_WITHIN, ComponentId, Destination, MOST_PENDING, Subscriber, Subscription},
    store::{Commit, Json, ReadError, Remember},
};

/// How often a mail address is asked, whatever for and whoever asks it: once in this time,
const GAP: SignedDuration = SignedDuration::from_mins(5);
/// and so often a day.
const A_DAY: u32 = 3;
/// What somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asking {
    /// Their mail address; where a program is told, that of whoever answers for it.
    pub mail: String,
    /// The program.
    pub webhook: Option<String>,
    /// In which of the page's languages.
    pub language: &'static str,
    /// Of which components; empty: of all.
    pub components: BTreeSet<ComponentId>,
}

impl Engine {
    /// Somebody asks to be told. A mail asks its reader, and does so no more often than anybody may be written to who asked for nothing.
    /// Nothing tells whether the address is known.
    ///
    /// # Errors
    /// [`Refusal`]s of the store; [`Refusal::Busy`] where too many wait for a mail.
    pub async fn subscribe(&self, asking: &Asking) -> Result<(), Refusal> {
        for _ in 0..ATTEMPTS {
            let now = self.clock.now();
            let length = self.store.length(&stream()).await?;
            let to = destination(asking)?;
            let known = self.known_subscriber(&to).await?;
            let Some(remember) = self.may_be_written_to(&asking.mail, now).await? else { return Ok(()) };
            let mut commit = Commit { remember, at: Some(now), ..Commit::default() };
            if let Some(known) = known {
                let word = if known.confirmed_at.is_some() { Word::Known } else { Word::Confirm };
                commit.enqueue.push(one_job(known.number, word, now));
            } else {
                if self.subscribers_count().await?.pending >= MOST_PENDING {
                    return Err(Refusal::Busy);
                }
                let (token, components) = (Text::new(random(&BASE64_URL_SAFE_NO_PAD)?), asking.components.clone());
                let asked = Subscription::Asked { token, to, language: asking.language.to_owned(), components };
                append(&mut commit, length, &asked, now);
                commit.enqueue.push(one_job(length + 1, Word::Confirm, now));
                commit.enqueue.push(expiry(now.saturating_add(CONFIRM_WITHIN).unwrap_or(now)));
            }
            match self.committed(commit).await? {
                Outcome::Done | Outcome::Known(_) => return Ok(()),
                Outcome::Again => {}
            }
        }
        Err(Refusal::Busy)
    }

    /// The keys that a commit remembers which writes to this address; none, where that was done enough.
    async fn may_be_written_to(&self, mail: &str, now: Timestamp) -> Result<Option<Vec<Remember>>, ReadError> {
        let of = format!("subscribe/{}", self.links.pseudonym(&mailbox(mail)));
        let gap = format!("{of}/now");
        if self.store.known(&gap, now).await?.is_some() {
            return Ok(None);
        }
        for n in 1..=A_DAY {
            let nth = format!("{of}/{n}");
            if self.store.known(&nth, now).await?.is_none() {
                let key = |key, time| Remember {
                    key,
                    until: now.saturating_add(time).unwrap_or(Timestamp::MAX),
                    answer: Json::of(&true),
                };
                return Ok(Some(vec![key(gap, GAP), key(nth, SignedDuration::from_hours(24))]));
            }
        }
        Ok(None)
    }

    async fn known_subscriber(&self, to: &Destination) -> Result<Option<Subscriber>, ReadError> {
        let Some(identity) = to.identity() else { return Ok(None) };
        self.subscriber_by("to", &identity).await
    }
}

fn destination(asking: &Asking) -> Result<Destination, Refusal> {
    let mail = Text::new(asking.mail.clone());
    Ok(match &asking.webhook {
        None => Destination::Mail { address: mail },
        Some(url) => Destination::Webhook {
            url: Text::new(url.clone()),
            secret: Text::new(format!("whsec_{}", random(&BASE64_STANDARD)?)),
            owner: mail,
        },
    })
}

/// Who reads what is sent to an address, as far as that can be told: `a+b@example.com` is `a@example.com`.
fn mailbox(mail: &str) -> String {
    let mail = mail.to_lowercase();
    let (local, domain) = mail.rsplit_once('@').unwrap_or((&mail, ""));
    format!("{}@{domain}", local.split('+').next().unwrap_or_default())
}

/// What nobody can guess: of 24 bytes.
fn random(as_text: &impl base64::Engine) -> Result<String, Refusal> {
    let mut bytes = [0; 24];
    getrandom::fill(&mut bytes).map_err(|error| Refusal::Closed(format!("no random numbers: {error}")))?;
    Ok(as_text.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mailbox_has_many_addresses() {
        assert_eq!(mailbox("Ada.Byron+news@Example.COM"), "ada.byron@example.com");
        assert_eq!(mailbox("\"a@b\"@example.com"), "\"a@b\"@example.com");
        assert_eq!(mailbox("nonsense"), "nonsense@");
    }
}
