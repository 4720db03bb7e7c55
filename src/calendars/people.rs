//! Who is meant by the names in calendars.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    config::Aliases,
    ids::UserId,
    ports::{Chat, Trouble},
};

/// So long it counts who somebody is.
const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(24);
/// And so long that an address is nobody's: people come.
const UNKNOWN_FOR: SignedDuration = SignedDuration::from_hours(1);
/// So many people of one calendar are looked up at a time; the others at the next look at it.
const LOOKED_UP: usize = 50;
/// The shortest id that Slack has given, with its letter.
const SHORTEST_ID: usize = 5;

/// What Slack said of an address, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    who: Option<UserId>,
    at: Timestamp,
}

/// By address.
pub type Known = BTreeMap<String, Answered>;

/// Where people are looked for.
#[derive(Clone, Copy, Debug)]
pub struct People<'a> {
    /// What the configuration says; it goes before everything else.
    pub aliases: &'a Aliases,
    /// Who knows e-mail addresses; none: what is known already counts.
    pub chat: Option<&'a dyn Chat>,
}

/// Who names are. One that is in neither could not be looked up yet.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub known: BTreeMap<String, UserId>,
    pub unknown: BTreeSet<String>,
}

impl People<'_> {
    /// Who each of these is; what Slack says is kept in `known`.
    pub(super) async fn find(&self, names: &[&str], known: &mut Known, now: Timestamp) -> Found {
        let (mut found, mut left) = (Found::default(), LOOKED_UP);
        for name in names {
            let certain = self.aliases.of(name).cloned().or_else(|| id(name));
            let who = match certain {
                Some(who) => Some(Some(who)),
                // Slack finds nobody by other names, and two may have the same.
                None if !name.contains('@') => Some(None),
                None => self.look_up(name, known, &mut left, now).await,
            };
            match who {
                Some(Some(who)) => drop(found.known.insert((*name).to_owned(), who)),
                Some(None) => drop(found.unknown.insert((*name).to_owned())),
                None => {}
            }
        }
        let named: BTreeSet<&str> = names.iter().copied().collect();
        known.retain(|name, _| named.contains(name.as_str()));
        found
    }

    /// By e-mail address; none where nobody can say.
    async fn look_up(
        &self,
        email: &str,
        known: &mut Known,
        left: &mut usize,
        now: Timestamp,
    ) -> Option<Option<UserId>> {
        let before = known.get(email);
        let counts = |answered: &Answered| {
            let long = if answered.who.is_some() { KNOWN_FOR } else { UNKNOWN_FOR };
            now.duration_since(answered.at) < long
        };
        let (Some(chat), 1..) = (self.chat.filter(|_| !before.is_some_and(counts)), *left) else {
            return before.map(|answered| answered.who.clone());
        };
        *left -= 1;
        // Where it does not say, what it said before counts on. That an address is nobody's is no refusal.
        let who = match (chat.person_of_email(email).await, before) {
            (Ok(who), _) => who,
            (Err(Trouble::RateLimited(_) | Trouble::Unreachable(_) | Trouble::Ambiguous(_)), before) => {
                return before.map(|answered| answered.who.clone());
            }
            (Err(Trouble::Refused(code)), before) => {
                tracing::warn!(code, "Slack does not say whose an e-mail address in a calendar is");
                match before {
                    Some(Answered { who: Some(who), .. }) => return Some(Some(who.clone())),
                    // Somebody hears that they are not known, and why nobody is asked.
                    Some(Answered { who: None, .. }) | None => None,
                }
            }
        };
        known.insert(email.to_owned(), Answered { who: who.clone(), at: now });
        Some(who)
    }
}

/// `U0123456`, `@U0123456`: an id of Slack's. A name in capitals is none, it has no digits.
fn id(name: &str) -> Option<UserId> {
    let id = name.trim().trim_start_matches('@');
    let is_id = id.len() >= SHORTEST_ID
        && id.starts_with(['U', 'W'])
        && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && id.bytes().any(|b| b.is_ascii_digit());
    is_id.then(|| id.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_told_from_a_name() {
        assert_eq!(id("@U0BOB"), Some("U0BOB".into()));
        assert_eq!(id("W012ABCD "), Some("W012ABCD".into()));
        for name in ["ULRIKE", "U1", "Bob", "u0bob", "U0BOB and W0DAVE", ""] {
            assert_eq!(id(name), None, "{name}");
        }
    }

    #[tokio::test]
    async fn without_slack_what_it_said_before_counts() {
        let aliases = Aliases::default();
        let people = People { aliases: &aliases, chat: None };
        let (who, at) = (Some(UserId::from("U0ADA")), Timestamp::UNIX_EPOCH);
        let mut known = Known::from([
            ("ada@example.org".to_owned(), Answered { who: who.clone(), at }),
            ("gone@example.org".to_owned(), Answered { who, at }),
        ]);
        let later = at + KNOWN_FOR * 30;
        let found = people.find(&["ada@example.org", "bob@example.org", "Carol"], &mut known, later).await;
        assert_eq!(found.known.get("ada@example.org"), Some(&"U0ADA".into()));
        assert_eq!(found.unknown, BTreeSet::from(["Carol".to_owned()]), "nobody knows yet who the other one is");
        assert_eq!(known.len(), 1, "who is named no more is forgotten");
    }
}
