//! Whoever wants to hear of posts: what is recorded of them, and how each stands.
//!
//! Addresses, tokens and secrets are texts: they are erased for good with whoever they belong to.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{ComponentId, Post};
use crate::{ids::UserId, incident::Text};

/// The version of [`Subscribed`] that this release writes.
pub const SUBSCRIBED_VERSION: u8 = 1;
/// Subscribers are told of a post in so many rows beside each other, each in the order in which they came. Their documents and pending work
/// are by row: another number is another version of the projection.
pub const ROWS: u64 = 8;
/// How long somebody has to confirm; then nothing is known of them any more.
pub const CONFIRM_WITHIN: SignedDuration = SignedDuration::from_hours(24);
/// How many may be asked to confirm at a time.
pub const MOST_PENDING: u64 = 5000;

/// A fact in the stream `org/subscribers`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscribed {
    /// Version of this shape.
    pub v: u8,
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: Subscription,
}

/// What happens to a subscription. Its number is the place of its first fact in the stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Subscription {
    /// Somebody says that they want to be told. Only who reads their mails can confirm it.
    Asked {
        /// What stands for it in links. Nobody can guess it.
        token: Text,
        /// Where they are told.
        to: Destination,
        /// In which of the page's languages.
        language: String,
        /// Of which components; empty: of all.
        components: BTreeSet<ComponentId>,
    },
    /// They confirmed it, or go on after it was stopped.
    Confirmed {
        /// Which.
        subscriber: u64,
        /// Of which components; empty: of all.
        components: BTreeSet<ComponentId>,
    },
    /// They chose other components.
    Chosen {
        /// Which.
        subscriber: u64,
        /// Of which components; empty: of all.
        components: BTreeSet<ComponentId>,
    },
    /// Their program did not answer for long: it is told nothing until they confirm again.
    Stopped {
        /// Which.
        subscriber: u64,
    },
    /// It is over.
    Left {
        /// Which.
        subscriber: u64,
        /// Why.
        why: Leaving,
    },
    /// Somebody of ours was asked to have them forgotten, and did it.
    Forgotten {
        /// Which.
        subscriber: u64,
        /// Who did it.
        by: UserId,
    },
}

/// Why a subscription is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leaving {
    /// They said so.
    Unsubscribed,
    /// They did not confirm it in time.
    Expired,
    /// Their program says that it is gone for good.
    Gone,
}

/// Where somebody is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Destination {
    /// By mail.
    Mail {
        /// Their address.
        address: Text,
    },
    /// A program of theirs, by Standard Webhooks.
    Webhook {
        /// Where it listens.
        url: Text,
        /// What it is signed with.
        secret: Text,
        /// The mail address of whoever answers for it.
        owner: Text,
    },
}

impl Destination {
    /// Where the mails of whoever answers for it go; none: it was erased.
    #[must_use]
    pub fn mail(&self) -> Option<&str> {
        match self {
            Self::Mail { address } => address.words(),
            Self::Webhook { owner, .. } => owner.words(),
        }
    }

    /// What makes it the same as another one; none: it was erased.
    #[must_use]
    pub fn identity(&self) -> Option<String> {
        let mail = self.mail()?.to_lowercase();
        match self {
            Self::Mail { .. } => Some(format!("mail {mail}")),
            Self::Webhook { url, .. } => Some(format!("webhook {mail} {}", url.words()?)),
        }
    }
}

/// A subscription as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscriber {
    /// Its number.
    pub number: u64,
    /// What stands for it in links.
    pub token: Text,
    /// Where they are told.
    pub to: Destination,
    /// In which of the page's languages.
    pub language: String,
    /// Of which components; empty: of all.
    pub components: BTreeSet<ComponentId>,
    /// When they asked for it.
    pub asked_at: Timestamp,
    /// When they confirmed it first.
    pub confirmed_at: Option<Timestamp>,
    /// Since when it is stopped.
    pub stopped_at: Option<Timestamp>,
}

impl Subscriber {
    /// After a fact, which is the `seq`-th; none: there is nothing of them any more. Total: what makes no sense changes nothing.
    #[must_use]
    pub fn apply(before: Option<Self>, seq: u64, fact: &Subscribed) -> Option<Self> {
        let at = fact.at;
        match &fact.what {
            // Of whom the words are gone nothing is known.
            Subscription::Asked { to, token, .. } if to.identity().is_none() || token.words().is_none() => None,
            Subscription::Asked { token, to, language, components } => Some(Self {
                number: seq,
                token: token.clone(),
                to: to.clone(),
                language: language.clone(),
                components: components.clone(),
                asked_at: at,
                confirmed_at: None,
                stopped_at: None,
            }),
            Subscription::Confirmed { components, .. } => before.map(|it| Self {
                components: components.clone(),
                confirmed_at: it.confirmed_at.or(Some(at)),
                stopped_at: None,
                ..it
            }),
            Subscription::Chosen { components, .. } => before.map(|it| Self { components: components.clone(), ..it }),
            Subscription::Stopped { .. } => before.map(|it| Self { stopped_at: Some(at), ..it }),
            Subscription::Left { .. } | Subscription::Forgotten { .. } => None,
        }
    }

    /// Are they told of what was posted at this time? It touches these components: none, where it is about everything.
    #[must_use]
    pub fn wants(&self, post: &Post, at: Timestamp) -> bool {
        let confirmed = self.confirmed_at.is_some_and(|since| since <= at) && self.stopped_at.is_none();
        let touched =
            || post.worst.is_empty() || post.worst.keys().any(|component| self.components.contains(component));
        confirmed && (self.components.is_empty() || touched())
    }

    /// Until when it can be confirmed, where it was not.
    #[must_use]
    pub fn expires_at(&self) -> Option<Timestamp> {
        let until = self.asked_at.saturating_add(CONFIRM_WITHIN).unwrap_or(Timestamp::MAX);
        self.confirmed_at.is_none().then_some(until)
    }
}

impl Subscription {
    /// Which one it is about; the `seq`-th fact has this.
    #[must_use]
    pub const fn number(&self, seq: u64) -> u64 {
        match self {
            Self::Asked { .. } => seq,
            Self::Confirmed { subscriber, .. }
            | Self::Chosen { subscriber, .. }
            | Self::Stopped { subscriber }
            | Self::Left { subscriber, .. }
            | Self::Forgotten { subscriber, .. } => *subscriber,
        }
    }
}

/// The row that a subscriber is told in.
#[must_use]
pub const fn row(number: u64) -> u64 {
    number % ROWS
}
