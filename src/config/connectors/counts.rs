//! How places count the characters of a text.

use serde::{Deserialize, Serialize};

use crate::render::plain::{markdown, mattermost};

/// What counts how much. Where it cannot be told without the place, it counts rather more than less.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counts {
    /// Each character.
    #[default]
    Characters,
    /// Each character of the text: its headline stands apart, and does not count.
    Body,
    /// Each character, and an address as 23, however long it is (Mastodon).
    Links,
    /// As X counts (<https://docs.x.com/resources/fundamentals/counting-characters>): characters outside of the Latin, Greek, Cyrillic and
    /// some other scripts as two, an address as 23. Emoji of several parts count part by part, which is more than X counts.
    Weighted,
    /// As it stands there with its signs escaped (Discord).
    Markdown,
    /// The same (Mattermost).
    Mattermost,
}

/// What an address counts, whatever its length.
const LINK: usize = 23;

impl Counts {
    /// How long a text is there.
    #[must_use]
    pub fn of(self, text: &str) -> usize {
        match self {
            Self::Characters | Self::Body => text.chars().count(),
            Self::Links => each_word(text, |word| word.chars().count(), false),
            Self::Weighted => each_word(text, |word| word.chars().map(weight).sum(), true),
            Self::Markdown => markdown(text).chars().count(),
            Self::Mattermost => mattermost(text).chars().count(),
        }
    }
}

/// Version 3 of the configuration that X publishes with `twitter-text`.
fn weight(c: char) -> usize {
    match u32::from(c) {
        0..=4351 | 8192..=8205 | 8208..=8223 | 8242..=8247 => 1,
        _ => 2,
    }
}

fn each_word(text: &str, count: impl Fn(&str) -> usize, names_are_links: bool) -> usize {
    let words = text.split_inclusive(char::is_whitespace);
    let each = words.map(|word| {
        let begin = word.find("https://").or_else(|| word.find("http://"));
        let Some(begin) = begin else {
            // `example.com` is made an address too.
            return if names_are_links && is_name(word) { count(word).max(LINK + 1) } else { count(word) };
        };
        let (before, link) = word.split_at(begin);
        let end = link.trim_end_matches(|c: char| c.is_whitespace() || ".,:;!?'\")".contains(c)).len();
        let (link, behind) = link.split_at(end);
        // What may end earlier than it seems counts whole.
        let counted = if is_plain(link) { LINK } else { count(link).max(LINK) };
        count(before) + counted + count(behind)
    });
    each.sum()
}

/// Has it nothing but what any reader of addresses takes as part of one?
fn is_plain(link: &str) -> bool {
    let rest = link.trim_start_matches("https://").trim_start_matches("http://");
    rest.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._/%?=&#".contains(&b)) && is_name(rest)
}

/// Does a name of a host stand in it?
fn is_name(word: &str) -> bool {
    let host = word.split(['/', '?', '#']).next().unwrap_or_default();
    host.split('.').zip(host.split('.').skip(1)).any(|(name, below)| {
        name.ends_with(char::is_alphanumeric) && below.chars().take_while(|c| c.is_alphabetic()).count() >= 2
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Examples of X's own page; emoji of several parts count more here.
    #[test]
    fn x_counts_by_weight() {
        for (text, length) in [("a", 1), ("á", 1), ("ӑ", 1), ("👾", 2), ("日本", 4), ("“x” – y", 7)] {
            assert_eq!(Counts::Weighted.of(text), length, "{text}");
        }
        assert!(Counts::Weighted.of("🙋🏽") >= 2);
        let link = format!("See https://status.example.com/{}.", "a".repeat(100));
        assert_eq!(Counts::Weighted.of(&link), 4 + 23 + 1);
        assert_eq!(Counts::Weighted.of("http://a.io x"), 23 + 2, "short ones count no less");
        assert_eq!(Counts::Weighted.of("see status.example.com now"), 4 + 24 + 3);
        let odd = "https://example.com/(a|b|ö)/and-more-than-is-counted";
        assert_eq!(Counts::Weighted.of(odd), odd.chars().count(), "it may end anywhere");
        let nowhere = "https://nowhere-without-a-name-that-is-public/x";
        assert_eq!(Counts::Weighted.of(nowhere), nowhere.len());
    }

    #[test]
    fn mastodon_counts_addresses_as_one_length() {
        assert_eq!(Counts::Links.of("日本 https://status.example.com/incidents/12345 ok"), 3 + 24 + 2);
        assert_eq!(Counts::Links.of("see status.example.com"), 22);
    }

    #[test]
    fn escaped_signs_count() {
        assert_eq!(Counts::Markdown.of("*a*"), 5);
        assert_eq!(Counts::Mattermost.of("@a"), 3);
        assert_eq!(Counts::Characters.of("日*"), 2);
    }
}
