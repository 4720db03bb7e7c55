//! Approved texts in places that read markup of their own: they stand there as they were approved.

/// Where a word that is an address begins and ends in `word`; addresses stay as they are, or nobody could follow them.
fn address(word: &str) -> Option<usize> {
    word.find("https://").or_else(|| word.find("http://"))
}

/// Each word with the white space behind it.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(char::is_whitespace)
}

/// For readers of Markdown: with a backslash before every sign that would be taken for markup.
#[must_use]
pub fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for line in text.split_inclusive('\n') {
        let mut begins = true;
        for word in words(line) {
            let (before, link) = word.split_at(address(word).unwrap_or(word.len()));
            for c in before.chars() {
                let is_of_line = begins && matches!(c, '>' | '#' | '-' | '+');
                if is_of_line || matches!(c, '\\' | '*' | '_' | '~' | '`' | '|' | '<' | '[' | ']') {
                    out.push('\\');
                }
                out.push(c);
                begins &= c.is_whitespace();
            }
            out.push_str(link);
            begins &= link.is_empty();
        }
    }
    out
}

/// The same for Mattermost, where `@all` in a text would wake a channel: a sign that nobody sees stands behind each `@` that begins
/// a word.
#[must_use]
pub fn mattermost(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut last = ' ';
    for c in markdown(text).chars() {
        out.push(c);
        if c == '@' && !last.is_alphanumeric() {
            out.push('\u{200b}');
        }
        last = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_stands_there_as_signs() {
        assert_eq!(markdown("*Some* pay_ments `fail`, 5 > 4."), "\\*Some\\* pay\\_ments \\`fail\\`, 5 > 4.");
        assert_eq!(
            markdown("# a\n > b\n- c - d\n<@1> [x](y) ||z||"),
            "\\# a\n \\> b\n\\- c - d\n\\<@1> \\[x\\](y) \\|\\|z\\|\\|"
        );
        let link = "See https://status.example.com/incidents/a_b_c?x=*y* now";
        assert_eq!(markdown(link), link, "an address can be followed");
        assert_eq!(markdown("back\\slash"), "back\\\\slash");
    }

    #[test]
    fn nobody_is_woken_by_a_text() {
        assert_eq!(
            mattermost("@all, @channel (@here) mail help@example.com"),
            "@\u{200b}all, @\u{200b}channel (@\u{200b}here) mail help@example.com"
        );
    }
}
