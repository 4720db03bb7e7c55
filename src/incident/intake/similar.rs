//! What is like what: by service, by the words of titles, by what made them possible, by kind.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::{
    ids::IncidentId,
    incident::{Ending, Incident},
    playbook::{KindId, ServiceId},
};

/// How far back something counts as having happened before.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24 * 180);
/// Words that say nothing about what is in trouble.
const COMMON: &[&str] = &[
    "again",
    "all",
    "and",
    "any",
    "are",
    "broken",
    "can",
    "cannot",
    "customer",
    "customers",
    "degraded",
    "down",
    "error",
    "errors",
    "every",
    "everyone",
    "fail",
    "failed",
    "failing",
    "fails",
    "failure",
    "failures",
    "for",
    "from",
    "has",
    "have",
    "high",
    "incident",
    "into",
    "issue",
    "lost",
    "many",
    "missing",
    "new",
    "not",
    "offline",
    "out",
    "outage",
    "problem",
    "problems",
    "seems",
    "slow",
    "slowly",
    "some",
    "stuck",
    "that",
    "the",
    "their",
    "they",
    "this",
    "time",
    "timeout",
    "timeouts",
    "unavailable",
    "user",
    "users",
    "very",
    "was",
    "with",
    "wrong",
    "you",
];
/// Shorter words say as little.
const SHORTEST: usize = 3;

/// Lower-case words of letters and digits, each at most 32 characters.
#[must_use]
pub fn tokens(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(|w| w.to_lowercase().chars().take(32).collect())
        .collect()
}

/// The words of a title that say what is in trouble.
#[must_use]
pub fn telling(title: &str) -> BTreeSet<String> {
    let says = |w: &String| {
        w.chars().count() >= SHORTEST && !w.bytes().all(|b| b.is_ascii_digit()) && !COMMON.contains(&w.as_str())
    };
    tokens(title).into_iter().filter(says).collect()
}

/// What made an incident possible, as it is compared: lower case, one blank between words.
#[must_use]
pub fn condition(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// What others are compared with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// The incident itself, where it is one already; it is not like itself.
    pub id: Option<IncidentId>,
    /// The words that say what is in trouble.
    pub words: BTreeSet<String>,
    /// The service in trouble.
    pub service: Option<ServiceId>,
    /// Services that need this one, or that it needs; filled in by the engine.
    pub near: BTreeSet<ServiceId>,
    /// The kind, where it is known.
    pub kind: Option<KindId>,
    /// What made it possible, where that is known.
    pub conditions: BTreeSet<String>,
}

impl Subject {
    /// What is about to be declared.
    #[must_use]
    pub fn titled(title: &str, service: Option<&ServiceId>) -> Self {
        Self { words: telling(title), service: service.cloned(), ..Self::default() }
    }

    /// An incident.
    #[must_use]
    pub fn of(it: &Incident) -> Self {
        Self {
            id: Some(it.id),
            words: telling(it.title.text.words().unwrap_or_default()),
            service: it.intake.service.clone(),
            near: BTreeSet::new(),
            kind: Some(it.kind.clone()),
            conditions: conditions(it),
        }
    }
}

/// In what two troubles are alike.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Likeness {
    /// The same service.
    pub service: bool,
    /// A service that it needs, or that needs it.
    pub near: bool,
    /// The words that both titles have.
    pub words: Vec<String>,
    /// The same kind.
    pub kind: bool,
    /// The conditions that made both possible.
    pub conditions: Vec<String>,
}

impl Likeness {
    /// The greater, the more alike.
    #[must_use]
    pub fn score(&self) -> usize {
        usize::from(self.service) * 5
            + usize::from(self.near) * 3
            + self.words.len().min(4) * 2
            + usize::from(self.kind)
            + self.conditions.len().min(2) * 5
    }

    /// Did the same happen before? The same service, by the same condition.
    #[must_use]
    pub const fn is_repeated(&self) -> bool {
        self.service && !self.conditions.is_empty()
    }

    /// May it be the same? The same service, in the same words.
    #[must_use]
    pub const fn may_be_repeated(&self) -> bool {
        self.service && !self.words.is_empty()
    }
}

/// In what `other` is like the subject; nothing where it is not, is long past, or was no incident.
#[must_use]
pub fn alike(subject: &Subject, other: &Incident, now: Timestamp) -> Option<Likeness> {
    let is_none = matches!(other.ending, Some(Ending::Cancelled { .. }));
    if subject.id == Some(other.id) || is_none || now.duration_since(other.declared_at) > REMEMBERED {
        return None;
    }
    let words = telling(other.title.text.words().unwrap_or_default());
    let found = Likeness {
        service: subject.service.is_some() && subject.service == other.intake.service,
        near: other.intake.service.as_ref().is_some_and(|service| subject.near.contains(service)),
        words: subject.words.intersection(&words).cloned().collect(),
        kind: subject.kind.as_ref() == Some(&other.kind),
        conditions: subject.conditions.intersection(&conditions(other)).cloned().collect(),
    };
    (found.service || found.near || !found.words.is_empty()).then_some(found)
}

/// What made it possible, as far as somebody said so.
fn conditions(it: &Incident) -> BTreeSet<String> {
    it.intake.conditions.iter().filter_map(|tag| tag.text.words().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_that_tell_something_count() {
        let words = |title: &str| telling(title).into_iter().collect::<Vec<_>>();
        assert_eq!(words("Checkout is DOWN for all users, 503"), ["checkout"]);
        assert_eq!(words("Login & cart: errors in Łódź"), ["cart", "login", "łódź"]);
        assert!(words("it is down again").is_empty());
    }
}
