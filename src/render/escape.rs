//! Words of people inside Slack's markup, and inside pages and calls.

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

/// Escapes what XML and HTML read as markup, and leaves out what no XML may have.
pub fn xml(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() && !matches!(c, '\n' | '\t') => {}
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
    let link = target.starts_with("https://") || target.starts_with("http://");
    // A label may not hide the beginning of another mention.
    !inside.contains(['<', '\n']) && (id.is_some_and(is_id) || link)
}

/// Text that Slack sent, in its markup, as it may be sent again: its escapes and its mentions of people, groups and channels
/// stay, those that would wake everyone (`<!channel>`, `<!here>`, `<!everyone>`) become plain words, and anything else in
/// angle brackets becomes text.
pub fn quiet(markup: &str) -> String {
    let mut out = String::with_capacity(markup.len());
    let mut rest = markup;
    while let Some(at) = rest.find(['<', '>']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let inside = rest.find('>').filter(|_| rest.starts_with('<')).map(|end| &rest[1..end]);
        let kept = inside.filter(|inside| is_mention(inside)).map(|inside| format!("<{inside}>"));
        let word = || inside.and_then(waking).map(|word| format!("@{word}"));
        if let (Some(inside), Some(text)) = (inside, kept.or_else(word)) {
            out.push_str(&text);
            rest = &rest[inside.len() + 2..];
        } else {
            out.push_str(if rest.starts_with('<') { "&lt;" } else { "&gt;" });
            rest = &rest[1..];
        }
    }
    out + rest
}

/// The word of a mention that wakes everyone: `!here|here` is `here`.
fn waking(inside: &str) -> Option<&'static str> {
    let target = inside.split('|').next().unwrap_or_default();
    ["channel", "here", "everyone", "group"].into_iter().find(|word| target.strip_prefix('!') == Some(word))
}

/// Takes the sting out of `@here`, `@channel` and `@everyone` typed as plain words, which Slack may read as mentions in
/// texts of blocks: a blank of no width goes behind the `@`. Mentions that we write ourselves look otherwise (`<!here>`).
pub(super) fn hush(markup: &str) -> String {
    let mut out = String::with_capacity(markup.len());
    let mut rest = markup;
    while let Some(at) = rest.find('@') {
        // Within an address (`bob@here.example`) it wakes nobody.
        let within_word = rest[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        out.push_str(&rest[..=at]);
        rest = &rest[at + 1..];
        let starts = |word: &str| rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        if !within_word && ["here", "channel", "everyone"].into_iter().any(starts) {
            out.push('\u{200b}');
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_somebody_wrote_is_markup() {
        assert_eq!(xml("<Dial>\"0\" & '9'\u{0}\u{1b}\u{ffff}\n"), "&lt;Dial&gt;&quot;0&quot; &amp; &#39;9&#39;\n");
    }

    #[test]
    fn nobody_is_woken_by_what_somebody_wrote() {
        assert_eq!(escape("<!channel> a & b"), "&lt;!channel&gt; a &amp; b");
        assert_eq!(quiet("<!channel> <!here|here> <@U1> x"), "@channel @here <@U1> x");
        assert_eq!(quiet("<!channel"), "&lt;!channel");
        assert_eq!(
            quiet("a &amp; b <!channel\n> <https://x.example|x>"),
            "a &amp; b &lt;!channel\n&gt; <https://x.example|x>"
        );
        assert_eq!(
            hush("@here @Channel @everyone @hero a@here.example <@U1>"),
            "@\u{200b}here @\u{200b}Channel @\u{200b}everyone @hero a@here.example <@U1>"
        );
        assert_eq!(escape_keeping_mentions("<@U1|<!channel>"), "&lt;@U1|&lt;!channel&gt;");
        assert_eq!(
            escape_keeping_mentions("<@U1> & <!here> < <#C1|x> <"),
            "<@U1> &amp; &lt;!here&gt; &lt; <#C1|x> &lt;"
        );
    }
}
