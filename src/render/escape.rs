//! Words of people inside Slack's markup.

/// Escapes what Slack reads as markup of its own: `&`, `<`, `>`. A mention typed as text (`<!channel>`) thereby stays text.
pub fn escape(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
    out
}

/// Escapes like [`escape`], but keeps mentions of people, groups and channels, and links, which Slack puts into what people
/// type. Nothing that wakes everyone is kept.
pub fn escape_keeping_mentions(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    let mut rest = words;
    while let Some(at) = rest.find('<') {
        out.push_str(&escape(&rest[..at]));
        rest = &rest[at..];
        if let Some(end) = rest.find('>').filter(|end| is_mention(&rest[1..*end])) {
            out.push_str(&rest[..=end]);
            rest = &rest[end + 1..];
        } else {
            out.push_str("&lt;");
            rest = &rest[1..];
        }
    }
    out + &escape(rest)
}

/// `@U1`, `#C1|name`, `!subteam^S1`, `https://…`.
fn is_mention(inside: &str) -> bool {
    let target = inside.split('|').next().unwrap_or_default();
    let is_id = |id: &str| !id.is_empty() && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let id = ["@", "#", "!subteam^"].iter().find_map(|sigil| target.strip_prefix(sigil));
    let link = (target.starts_with("https://") || target.starts_with("http://")) && !inside.contains(['<', '\n']);
    id.is_some_and(is_id) || link
}

/// Text that Slack sent, in its markup, as it may be sent again: mentions of people, groups and channels stay, those that
/// would wake everyone (`<!channel>`, `<!here>`, `<!everyone>`) become plain words.
pub fn quiet(markup: &str) -> String {
    let mut out = markup.to_owned();
    for word in ["channel", "here", "everyone", "group"] {
        while let Some(at) = out.find(&format!("<!{word}")) {
            let Some(end) = out[at..].find('>').map(|n| at + n) else { break };
            out.replace_range(at..=end, &format!("@{word}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_woken_by_what_somebody_wrote() {
        assert_eq!(escape("<!channel> a & b"), "&lt;!channel&gt; a &amp; b");
        assert_eq!(quiet("<!channel> <!here|here> <@U1> x"), "@channel @here <@U1> x");
        assert_eq!(quiet("<!channel"), "<!channel");
        assert_eq!(
            escape_keeping_mentions("<@U1> & <!here> < <#C1|x> <"),
            "<@U1> &amp; &lt;!here&gt; &lt; <#C1|x> &lt;"
        );
    }
}
