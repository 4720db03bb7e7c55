//! Words that texts for others should rather not have: found, and said; never refused.

use serde::{Deserialize, Serialize};

use super::{Wording, times::times};

/// What is wrong with a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    /// It promises an outcome, or a time in words.
    Promise,
    /// It is a time, which readers take for a promise.
    Time,
    /// It blames a person.
    Blame,
    /// It names a supplier.
    Supplier,
    /// It names a customer.
    Customer,
    /// It is the name of a host of ours.
    Host,
}

/// A place in a text that a person should look at once more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// What is wrong.
    pub warning: Warning,
    /// The words.
    pub words: String,
}

/// The most that one text is told of.
const MOST: usize = 12;

impl Wording {
    /// What a person should look at once more before `text` goes out; each words once.
    #[must_use]
    pub fn hits(&self, text: &str) -> Vec<Hit> {
        let lower = text.to_lowercase();
        let lists = [
            (Warning::Promise, &self.promises),
            (Warning::Blame, &self.blame),
            (Warning::Supplier, &self.suppliers),
            (Warning::Customer, &self.customers),
        ];
        let mut hits: Vec<Hit> = Vec::new();
        for (warning, phrases) in lists {
            let found = phrases.iter().filter(|phrase| has_phrase(&lower, &phrase.trim().to_lowercase()));
            hits.extend(found.map(|phrase| Hit { warning, words: phrase.trim().to_owned() }));
        }
        hits.extend(times(&lower).into_iter().map(|words| Hit { warning: Warning::Time, words }));
        let words = lower.split(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_')));
        for word in words.map(|word| word.trim_matches(['.', '-', '_'])) {
            let is_host = |ending: &String| {
                let ending = ending.to_lowercase();
                word.len() > ending.len() && word.ends_with(ending.as_str())
            };
            if self.host_endings.iter().any(is_host) || looks_like_host(word) {
                hits.push(Hit { warning: Warning::Host, words: word.to_owned() });
            }
        }
        let mut kept: Vec<Hit> = Vec::new();
        for hit in hits {
            if kept.len() < MOST && !kept.contains(&hit) {
                kept.push(hit);
            }
        }
        kept
    }
}

impl Wording {
    /// The same, with the names of an incident's customers too. `reader`: the customer who reads it and may be named.
    #[must_use]
    pub fn naming<'a>(&self, customers: impl IntoIterator<Item = &'a str>, reader: Option<&str>) -> Self {
        let reader = reader.map(str::to_lowercase);
        let mut with = self.clone();
        with.customers.extend(customers.into_iter().map(str::to_owned));
        with.customers
            .retain(|name| !reader.as_deref().is_some_and(|reader| has_phrase(reader, &name.trim().to_lowercase())));
        with
    }
}

/// Is it an address, or named the way that servers are numbered (`db-prod-3`)?
fn looks_like_host(word: &str) -> bool {
    let numbered = word.starts_with(char::is_alphabetic) && word.ends_with(|c: char| c.is_ascii_digit());
    (numbered && word.matches('-').count() >= 2) || word.parse::<std::net::Ipv4Addr>().is_ok()
}

/// Is the phrase there as whole words? `soon` is not in `sooner`.
fn has_phrase(text: &str, phrase: &str) -> bool {
    let ends = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    !phrase.is_empty()
        && text
            .match_indices(phrase)
            .any(|(at, found)| ends(text[..at].chars().next_back()) && ends(text[at + found.len()..].chars().next()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playbook::Playbook;

    #[test]
    fn whole_words_are_found_whatever_their_case() {
        let wording = Wording {
            suppliers: vec!["Acme Cloud".into()],
            customers: vec!["Globex".into()],
            ..Playbook::builtin().wording
        };
        let words = |text: &str| wording.hits(text).into_iter().map(|h| (h.warning, h.words)).collect::<Vec<_>>();
        assert_eq!(words("Sooner or later, we meta-guaranteed nothing in the localhost."), []);
        assert_eq!(
            words("ACME cloud fails; Globex too. It will be fixed soon: human error on db1.eu.internal."),
            [
                (Warning::Promise, "will be fixed".into()),
                (Warning::Promise, "soon".into()),
                (Warning::Blame, "human error".into()),
                (Warning::Supplier, "Acme Cloud".into()),
                (Warning::Customer, "Globex".into()),
                (Warning::Host, "db1.eu.internal".into()),
            ]
        );
        assert_eq!(words("İ ETA ß"), [(Warning::Promise, "ETA".into())]);
        assert_eq!(words(".internal on 2026-11-25, version 1.2.3, COVID-19"), []);
        let times = [(Warning::Time, "by 18:00".to_owned()), (Warning::Time, "within the hour".to_owned())];
        assert_eq!(words("Back by 18:00. Within the hour, since 14:05!"), times);
        let hosts = ["db-prod-3", "10.0.0.7"].map(|host| (Warning::Host, host.to_owned()));
        assert_eq!(words("Db-prod-3 and 10.0.0.7 are slow."), hosts);
    }
}
