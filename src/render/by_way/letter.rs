//! A mail.

use super::super::{Notice, escape::xml};

/// What is written in a mail, twice: plain, and as HTML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The text.
    pub plain: String,
    /// The same as a page, with its links as links.
    pub html: String,
}

/// The mail of a notice. Its subject is the notice's title.
pub fn letter(notice: &Notice) -> Letter {
    let mut plain = format!("{}\n\n{}\n", notice.title, notice.text);
    let mut html = format!(
        "<!doctype html><html><body><p><strong>{}</strong></p><p>{}</p>",
        xml(&notice.title),
        xml(&notice.text).replace('\n', "<br>")
    );
    for (label, url) in [("Acknowledge", &notice.acknowledge), ("Open it in Slack", &notice.link)] {
        if let Some(url) = url {
            plain = format!("{plain}\n{label}: {url}\n");
            html = format!("{html}<p><a href=\"{}\">{label}</a></p>", xml(url));
        }
    }
    html.push_str("</body></html>");
    Letter { plain, html }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_wrote_is_no_markup() {
        let notice = Notice {
            title: "<script>x</script>".into(),
            text: "one\ntwo & <b>three</b>".into(),
            link: Some("https://slack.example/a?b=1&c=\"2".into()),
            acknowledge: None,
            thread: String::new(),
            urgent: false,
        };
        let Letter { plain, html } = letter(&notice);
        assert!(plain.contains("<script>") && plain.contains("one\ntwo & <b>"), "{plain}");
        assert!(!html.contains("<script>") && html.contains("one<br>two &amp; &lt;b&gt;"), "{html}");
        assert!(html.contains("href=\"https://slack.example/a?b=1&amp;c=&quot;2\""), "{html}");
        assert!(!html.contains("Acknowledge"), "{html}");
    }
}
