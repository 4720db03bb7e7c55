//! The pages for subscribers: plain forms, which need no script.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{html::filled, view::Reading, words_subscribe::SubscribeWords};
use crate::{
    incident::Text,
    status::{ComponentId, Destination, Subscriber},
};

/// What is wrong with what somebody sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// No mail address.
    Mail,
    /// No address of a program that may be told.
    Url,
    /// Too much came from there.
    TooMany,
    /// It cannot be carried out just now.
    NotNow,
}

/// What somebody sees of a subscription.
#[derive(Clone, Copy, Debug)]
pub enum Shown<'a> {
    /// Something was asked for; nothing tells whether the address is known.
    Sent,
    /// As it stands, to be confirmed or changed.
    Standing(&'a Subscriber),
    /// It is over.
    Left,
    /// There is none.
    Gone,
    /// It cannot be carried out just now.
    NotNow,
}

fn components(r: Reading<'_>, chosen: &BTreeSet<ComponentId>) -> Vec<Value> {
    let one = |c: &crate::config::Component| json!({ "id": c.id, "name": c.name, "group": c.group, "chosen": chosen.contains(&c.id) });
    r.settings.components.iter().map(one).collect()
}

/// The form that subscribes.
#[must_use]
pub fn subscribe(r: Reading<'_>, wrong: Option<Wrong>) -> String {
    let s = SubscribeWords::of(r.words);
    let sentence = wrong.map(|wrong| match wrong {
        Wrong::Mail => s.bad_mail,
        Wrong::Url => s.bad_url,
        Wrong::TooMany => s.too_many,
        Wrong::NotNow => s.not_now,
    });
    let values = json!({
        "s": s, "components": components(r, &BTreeSet::new()), "wrong": sentence, "wrong_url": wrong == Some(Wrong::Url),
    });
    filled("subscribe", r, "/subscribe", values)
}

/// A subscription, below the path that leads to it.
#[must_use]
pub fn subscription(r: Reading<'_>, path: &str, shown: Shown<'_>) -> String {
    let s = SubscribeWords::of(r.words);
    let (heading, sentence) = match shown {
        Shown::Sent => (s.sent_title, s.sent),
        Shown::Standing(it) if it.confirmed_at.is_none() => (s.confirm, s.confirm_hint),
        Shown::Standing(it) if it.stopped_at.is_some() => (s.title, s.stopped),
        Shown::Standing(_) => (s.title, s.saved),
        Shown::Left => (s.title, s.left),
        Shown::Gone => (s.title, s.gone),
        Shown::NotNow => (s.title, s.not_now),
    };
    let it = match shown {
        Shown::Standing(it) => Some(it),
        Shown::Sent | Shown::Left | Shown::Gone | Shown::NotNow => None,
    };
    let is_new = it.is_some_and(|it| it.confirmed_at.is_none());
    // Whoever has not confirmed yet may be somebody else.
    let secret = it.filter(|_| !is_new).and_then(|it| match &it.to {
        Destination::Webhook { secret, .. } => Text::words(secret),
        Destination::Mail { .. } => None,
    });
    let chosen = it.map(|it| it.components.clone()).unwrap_or_default();
    let values = json!({
        "s": s, "heading": heading, "sentence": sentence, "form": it.is_some(), "secret": secret,
        "keep": if is_new { s.confirm } else { s.save }, "components": components(r, &chosen),
    });
    filled("subscription", r, path, values)
}
