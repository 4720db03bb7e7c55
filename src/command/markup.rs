//! Slack's markup in what people type: references in angle brackets, and three escaped characters.

use crate::ids::{ChannelId, GroupId, UserId};

/// What a word refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// A person that Slack resolved.
    User(UserId),
    /// A user group that Slack resolved.
    Group(GroupId),
    /// A channel that Slack resolved.
    Channel(ChannelId),
    /// A web address.
    Link(String),
    /// `@name` that Slack did not resolve.
    Unresolved(&'a str),
    /// Any other word.
    Word(&'a str),
}

/// What a word refers to.
pub fn piece(word: &str) -> Piece<'_> {
    if let Some(inner) = word.strip_prefix('<').and_then(|w| w.strip_suffix('>')) {
        let target = inner.split_once('|').map_or(inner, |(target, _)| target);
        match reference(target) {
            Some(Reference::User(id)) => return Piece::User(id.into()),
            Some(Reference::Group(id)) => return Piece::Group(id.into()),
            Some(Reference::Channel(id)) => return Piece::Channel(id.into()),
            Some(Reference::Link(url)) => return Piece::Link(unescape(url)),
            Some(Reference::Everyone(_)) | None => {}
        }
    }
    let is_web = ["https://", "http://"].iter().any(|s| word.get(..s.len()).is_some_and(|w| w.eq_ignore_ascii_case(s)));
    match word.strip_prefix('@') {
        Some(name) if !name.is_empty() => Piece::Unresolved(name),
        _ if is_web => Piece::Link(unescape(word)),
        _ => Piece::Word(word),
    }
}

enum Reference<'a> {
    User(&'a str),
    Group(&'a str),
    Channel(&'a str),
    Everyone(&'a str),
    Link(&'a str),
}

fn reference(target: &str) -> Option<Reference<'_>> {
    let is_id = |id: &&str| !id.is_empty() && id.len() <= 32 && id.bytes().all(|b| b.is_ascii_alphanumeric());
    let found = if let Some(id) = target.strip_prefix('@').filter(is_id) {
        Reference::User(id)
    } else if let Some(id) = target.strip_prefix('#').filter(is_id) {
        Reference::Channel(id)
    } else if let Some(id) = target.strip_prefix("!subteam^").filter(is_id) {
        Reference::Group(id)
    } else if let Some(word) = target.strip_prefix('!') {
        Reference::Everyone(word)
    } else if target.contains(':') {
        Reference::Link(target)
    } else {
        return None;
    };
    Some(found)
}

/// The three characters that Slack escapes; what else looks like an entity is text.
fn unescape(text: &str) -> String {
    // `&amp;` last, so that `&amp;lt;` becomes `&lt;` and not `<`.
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// Slack's markup as people read it: `<@U1|alice>` is `@alice`, `<https://x|x>` is `https://x`, `&amp;` is `&`. A person
/// or channel whose name Slack does not tell keeps its id (`@U1`). Nothing in the result notifies anyone.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        out.push_str(&unescape(&rest[..open]));
        rest = &rest[open..];
        let close = rest.find('>').filter(|close| !rest[1..*close].contains(['<', '\n']));
        let inner = close.map(|close| &rest[1..close]);
        if let Some(words) = inner.and_then(readable) {
            out.push_str(&words);
            rest = &rest[inner.map_or(0, str::len) + 2..];
        } else {
            out.push('<');
            rest = &rest[1..];
        }
    }
    out.push_str(&unescape(rest));
    out
}

/// The same where Slack shows text as it is, as below a field of a form: [`plain`], and no signs of `code`, *bold*, _italic_ and
/// ~struck~ words, and no names of emoji.
#[must_use]
pub fn unmarked(text: &str) -> String {
    // Between backticks every other sign is meant as it stands.
    let parts = text.split('`').enumerate();
    let parts = parts.map(|(n, part)| if n % 2 == 0 { without_signs(part) } else { part.to_owned() });
    plain(&parts.collect::<String>())
}

fn without_signs(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let is_edge = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_none_or(|c| !c.is_alphanumeric());
    let mut kept = vec![true; chars.len()];
    for at in 0..chars.len() {
        if !kept[at] || !is_edge(at.checked_sub(1)) {
            continue;
        }
        let within = chars[at + 1..].iter().take_while(|c| **c != '\n');
        let found = within.clone().position(|c| *c == chars[at]).map(|length| at + 1 + length);
        let Some(end) = found.filter(|end| *end > at + 1 && is_edge(Some(end + 1))) else { continue };
        let words = &chars[at + 1..end];
        let is_name = |c: &char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_+-".contains(*c);
        match chars[at] {
            '*' | '_' | '~' if !words[0].is_whitespace() && !words[words.len() - 1].is_whitespace() => {
                (kept[at], kept[end]) = (false, false);
            }
            ':' if words.iter().all(is_name) && words.iter().any(char::is_ascii_lowercase) => {
                let blank = usize::from(chars.get(end + 1) == Some(&' '));
                kept[at..=end + blank].fill(false);
            }
            _ => {}
        }
    }
    chars.iter().zip(kept).filter_map(|(c, kept)| kept.then_some(*c)).collect()
}

/// The words of one reference.
fn readable(inner: &str) -> Option<String> {
    let (target, label) = match inner.split_once('|') {
        Some((target, label)) => (target, Some(label).filter(|l| !l.trim().is_empty())),
        None => (inner, None),
    };
    let named = |sign: char, id: &str| {
        let name = label.map_or_else(|| id.to_owned(), unescape);
        if name.starts_with(sign) { name } else { format!("{sign}{name}") }
    };
    Some(match reference(target)? {
        Reference::User(id) | Reference::Group(id) => named('@', id),
        Reference::Channel(id) => named('#', id),
        Reference::Everyone(word) => match label {
            Some(label) => unescape(label),
            None => format!("@{}", word.split('^').next().unwrap_or(word)),
        },
        // The address is what must not be lost; a label that differs from it is kept before it.
        Reference::Link(url) => {
            let url = unescape(url.strip_prefix("mailto:").unwrap_or(url));
            match label.map(unescape) {
                Some(label) if !url.contains(&label) => format!("{label} ({url})"),
                _ => url,
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_recognised() {
        assert_eq!(piece("<@U1|alice>"), Piece::User("U1".into()));
        assert_eq!(piece("<@W1>"), Piece::User("W1".into()));
        assert_eq!(piece("<!subteam^S1|@grp>"), Piece::Group("S1".into()));
        assert_eq!(piece("<#C1|x>"), Piece::Channel("C1".into()));
        assert_eq!(piece("<https://x.test/?a=1&amp;b=2|x>"), Piece::Link("https://x.test/?a=1&b=2".into()));
        assert_eq!(piece("HTTPS://x.test"), Piece::Link("HTTPS://x.test".into()));
        assert_eq!(piece("@alice"), Piece::Unresolved("alice"));
        for word in ["<@>", "<@U1", "<>", "<!here>", "@", "é", "<@U1|a> "] {
            assert_eq!(piece(word), Piece::Word(word), "{word}");
        }
    }

    #[test]
    fn markup_becomes_what_people_read() {
        for (markup, words) in [
            ("ask <@U1|alice> &amp; <@U2>", "ask @alice & @U2"),
            ("<!here> <!subteam^S1|@grp> <!subteam^S2>", "@here @grp @S2"),
            ("see <https://x.test/a?b&amp;c> or <https://x.test|x.test>", "see https://x.test/a?b&c or https://x.test"),
            ("<https://x.test|the page>", "the page (https://x.test)"),
            ("<mailto:a@x.test|a@x.test> in <#C1|ops> <#C2|>", "a@x.test in #ops #C2"),
            ("a &lt; b &amp;lt; c", "a < b &lt; c"),
            ("a < b <@ > c <", "a < b <@ > c <"),
            ("<!date^1392734382^{date}|Feb 18>", "Feb 18"),
        ] {
            assert_eq!(plain(markup), words);
        }
    }

    #[test]
    fn where_slack_shows_no_markup_none_is_left() {
        for (markup, words) in [
            ("*Operations lead* is held by <@U1|alice>.", "Operations lead is held by @alice."),
            (
                "Type `/incident INC-1 role customer_support @name`.",
                "Type /incident INC-1 role customer_support @name.",
            ),
            ("`a *b* _c_` _d_ ~e~", "a *b* _c_ d e"),
            (":warning: at 12:30:45, *now*: `x`", "at 12:30:45, now: x"),
            ("2 * 3 * 4, a_b_c, *, **, _ , :) a:b:c", "2 * 3 * 4, a_b_c, *, **, _ , :) a:b:c"),
            ("*over\nlines* &lt;why&gt;", "*over\nlines* <why>"),
            ("", ""),
        ] {
            assert_eq!(unmarked(markup), words);
        }
    }
}
