//! Words of people on their way to others.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

/// What marks a text: the same words give the same mark, however they are spaced and cased.
pub(super) fn mark<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        let words = part.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        hash.update(words.as_bytes());
        hash.update([0]);
    }
    hex::encode(&hash.finalize()[..12])
}

/// What marks the words that a person wrote, place by place.
#[must_use]
pub fn same_words(fields: &BTreeMap<String, String>) -> String {
    mark(fields.iter().flat_map(|(place, words)| [place.as_str(), words.as_str()]))
}

/// Takes out what means something only inside our Slack: mentions in its markup, words that wake everyone, bare ids. Links keep
/// their address.
pub(super) fn without_slack(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    let mut rest = words;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let inside = rest.find('>').map(|end| &rest[1..end]).filter(|inside| !inside.contains(['<', '\n']));
        match inside {
            Some(inside) if inside.starts_with(['@', '#', '!']) => rest = &rest[inside.len() + 2..],
            Some(inside) if inside.starts_with("http://") || inside.starts_with("https://") => {
                out.push_str(inside.split('|').next().unwrap_or_default());
                rest = &rest[inside.len() + 2..];
            }
            Some(_) | None => {
                out.push('<');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    let lines = out.lines().map(|line| {
        let kept = line.split_whitespace().filter(|word| !is_ours(word));
        kept.collect::<Vec<_>>().join(" ")
    });
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// `@here`, `U0123ABCD`, `INC-7`.
fn is_ours(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '@');
    let waking = ["@here", "@channel", "@everyone"].iter().any(|w| bare.eq_ignore_ascii_case(w));
    let is_id = bare.len() >= 9
        && bare.starts_with(['U', 'W', 'C', 'G', 'S', 'D', 'T'])
        && bare.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && bare.bytes().any(|b| b.is_ascii_digit());
    waking || is_id || bare.parse::<crate::ids::IncidentId>().is_ok()
}

/// Blanks in a row become one, empty lines at most one, and the first letter a capital.
pub(super) fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.trim().lines() {
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty < 2 {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&line);
        }
    }
    let mut letters = out.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Ends with a full stop, unless it ends otherwise.
pub(super) fn as_sentence(words: &str) -> String {
    if words.ends_with(char::is_alphanumeric) { format!("{words}.") } else { words.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_our_slack_goes_out() {
        assert_eq!(
            without_slack(
                "Ask <@U0ALICE|alice> in <#C1|x> <!here> @channel, see <https://a.example|here> (U0ALICE12) for INC-7."
            ),
            "Ask in see https://a.example for"
        );
        assert_eq!(
            without_slack("a < b, c > d; help@example.com, SUBMISSIONS"),
            "a < b, c > d; help@example.com, SUBMISSIONS"
        );
        assert_eq!(without_slack("two\n\nlines <@U1"), "two\n\nlines <@U1");
    }

    #[test]
    fn texts_are_tidied() {
        assert_eq!(tidy(" our service  is back.\n\n\n\nSorry. \n"), "Our service is back.\n\nSorry.");
        assert_eq!((as_sentence("It fails"), as_sentence("It fails!")), ("It fails.".into(), "It fails!".into()));
        assert_eq!(mark(["A  b", "c"]), mark([" a b ", "C"]));
        assert_ne!(mark(["ab", "c"]), mark(["a", "bc"]));
    }
}
