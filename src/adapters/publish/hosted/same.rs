//! Is a text that stands there ours? Where a page keeps no key of ours, it is told by what it says.

use jiff::Timestamp;
use serde_json::Value;

use crate::{
    adapters::publish::door::is_same,
    incident::{Text, comms::Published},
    ports::{Found, Publication},
};

/// A text that stands there.
#[derive(Debug)]
pub(super) struct Standing<'a> {
    pub id: &'a str,
    pub body: &'a str,
    /// In the host's own words.
    pub status: &'a str,
    pub at: Option<Timestamp>,
}

impl<'a> Standing<'a> {
    /// Every text of an incident there, the oldest first; `body` and `at` are what the host calls those.
    pub fn all(incident: &'a Value, updates: &str, (status, body, at): (&str, &str, &str)) -> Vec<Self> {
        let text = |update: &'a Value, key: &str| update[key].as_str().unwrap_or_default();
        let all = incident[updates].as_array().into_iter().flatten().map(|update| Self {
            id: text(update, "id"),
            body: text(update, body),
            status: text(update, status),
            at: text(update, at).parse().ok(),
        });
        let mut all: Vec<_> = all.collect();
        all.sort_by_key(|update| update.at);
        all
    }

    fn says(&self, status: &str, body: &str) -> bool {
        self.status == status && is_same(self.body, body)
    }
}

/// Are its words gone? Then nobody can tell it by what it says.
pub(super) fn is_redacted(text: &Publication) -> bool {
    text.body.is_empty() || text.body == Text::erased().or_tombstone()
}

/// Is one of them ours, behind the last that we know of? Nothing behind it is nothing of ours; what says something else somebody may have
/// written by hand, or the host may have changed: a person must look.
pub(super) fn behind(
    all: &[Standing<'_>],
    before: Option<&Published>,
    (status, body): (&str, &str),
    at: impl Fn(&str) -> Published,
) -> Found {
    let known = before.and_then(|before| all.iter().position(|update| update.id == before.update));
    let newer = &all[known.map_or(0, |n| n + 1)..];
    match newer.iter().find(|update| update.says(status, body)) {
        Some(ours) => Found::There(at(ours.id)),
        None if newer.is_empty() => Found::Nowhere,
        None => Found::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(update: &str) -> Published {
        Published { thread: "i".into(), update: update.into(), link: None }
    }

    #[test]
    fn a_text_is_known_by_what_it_says_behind_the_last_one() {
        let incident = json!({ "updates": [
            { "id": "c", "status": "monitoring", "body": "It is  mended.\n", "at": "2026-11-22T03:02:00Z" },
            { "id": "a", "status": "investigating", "body": "It fails.", "at": "2026-11-22T03:00:00Z" },
            { "id": "b", "status": "investigating", "body": "It fails.", "at": "2026-11-22T03:01:00Z" },
        ]});
        let all = Standing::all(&incident, "updates", ("status", "body", "at"));
        let found = |before: Option<&str>, status, body| behind(&all, before.map(at).as_ref(), (status, body), at);
        assert_eq!(found(Some("b"), "monitoring", "It is mended."), Found::There(at("c")));
        assert_eq!(found(Some("a"), "investigating", "It fails."), Found::There(at("b")), "not the one before");
        assert_eq!(found(Some("c"), "resolved", "It is over."), Found::Nowhere);
        assert_eq!(found(Some("b"), "resolved", "It is over."), Found::Unknown);
        assert_eq!(found(None, "monitoring", "It is mended."), Found::There(at("c")));
    }
}
