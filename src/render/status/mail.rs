//! What subscribers are told, and lists: mails in the subscriber's language around the words of the author, and what programs get.

use serde_json::{Value, json};

use super::{
    json::{indicator, notified, page_id},
    view::Reading,
    words::Words,
    words_subscribe::SubscribeWords,
};
use crate::{
    render::escape::xml,
    status::{Post, Update},
};

/// A mail without its addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its subject; the same for all mails about one post, so that they stand together.
    pub subject: String,
    /// The text.
    pub plain: String,
    /// The same as a page.
    pub html: String,
}

/// Its parts, one behind the other.
#[derive(Debug, Default)]
struct Draft {
    plain: String,
    html: String,
}

impl Draft {
    fn strong(&mut self, words: &str) {
        self.plain = format!("{}{words}\n\n", self.plain);
        self.html = format!("{}<p><strong>{}</strong></p>", self.html, xml(words));
    }

    fn text(&mut self, words: &str) {
        for paragraph in words.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
            self.plain = format!("{}{paragraph}\n\n", self.plain);
            self.html = format!("{}<p>{}</p>", self.html, xml(paragraph).replace('\n', "<br>"));
        }
    }

    fn link(&mut self, label: &str, url: &str) {
        self.plain = format!("{}{label}: {url}\n\n", self.plain);
        self.html = format!("{}<p><a href=\"{}\">{}</a></p>", self.html, xml(url), xml(label));
    }

    fn rule(&mut self) {
        self.plain.push_str("-- \n");
        self.html.push_str("<hr>");
    }

    fn written(self, subject: String, language: &str) -> Written {
        let (plain, html) = (format!("{}\n", self.plain.trim_end()), self.html);
        let html = format!("<!doctype html><html lang=\"{language}\"><body>{html}</body></html>");
        Written { subject, plain, html }
    }
}

/// A subject in one line.
fn subject(r: Reading<'_>, words: &str) -> String {
    format!("[{}] {}", r.settings.name, words.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// An update of a post, said for the first time or to remind of it. `manage` leads to the subscription.
#[must_use]
pub fn post_mail(r: Reading<'_>, post: &Post, (update, reminds): (&Update, bool), manage: &str) -> Written {
    let s = SubscribeWords::of(r.words);
    let name = post.name.words().unwrap_or(r.words.removed);
    let mut draft = Draft::default();
    draft.strong(name);
    let at = r.when(update.at).text();
    if reminds {
        draft.strong(s.reminder);
    }
    draft.text(&format!("{} · {at}", r.words.stands(post, update.status)));
    if let Some(window) = post.window() {
        draft.text(&format!("{} – {}", r.when(window.from).text(), r.when(window.to).text()));
    }
    let affected = r.affected(post);
    if !affected.is_empty() {
        draft.text(&format!("{} {}", r.words.affected, affected.join(", ")));
    }
    draft.text(update.body.words().unwrap_or(r.words.removed));
    let is_last = post.updates.last().is_some_and(|last| last.key == update.key);
    if let Some(by) = post.next_by.filter(|_| is_last) {
        draft.text(&format!("{} {}", r.words.more_by, r.when(by).text()));
    }
    if let Some(url) = &r.settings.url {
        draft.link(s.read_on, &format!("{url}/incidents/{}", post.id));
    }
    draft.rule();
    draft.link(s.change, manage);
    // Headlines change with what is said; mails of one post stand together by their subject.
    let first = post.updates.iter().find_map(|update| update.name.as_ref()?.words());
    draft.written(subject(r, first.unwrap_or(name)), r.words.code)
}

/// What is said of a subscription itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Somebody asked for it.
    Confirm,
    /// There is one already.
    Known,
    /// Its program does not answer.
    Stopped,
}

/// A mail about a subscription. `manage` leads to it.
#[must_use]
pub fn subscription_mail(r: Reading<'_>, about: About, manage: &str) -> Written {
    let s = SubscribeWords::of(r.words);
    let (words, label) = match about {
        About::Confirm => (s.mail_confirm, s.confirm),
        About::Known => (s.mail_known, s.change),
        About::Stopped => (s.mail_stopped, s.change),
    };
    let mut draft = Draft::default();
    draft.strong(&format!("{} {}", r.words.status_of, r.settings.name));
    draft.text(words);
    draft.link(label, manage);
    draft.written(subject(r, if about == About::Confirm { s.confirm } else { s.title }), r.words.code)
}

/// A text for a list: how it stands, and its words.
#[must_use]
pub fn list_mail(
    words: &'static Words,
    (title, body): (&str, &str),
    status: crate::status::PostStatus,
    link: Option<&str>,
    is_correction: bool,
) -> Written {
    let s = SubscribeWords::of(words);
    let mut draft = Draft::default();
    draft.strong(title);
    let phase = words.phase(status);
    draft.text(&if is_correction { format!("{} · {phase}", s.correction) } else { phase.to_owned() });
    draft.text(body);
    if let Some(link) = link {
        draft.link(s.read_on, link);
    }
    draft.written(title.split_whitespace().collect::<Vec<_>>().join(" "), words.code)
}

/// What a program is told, as hosted pages tell it.
#[must_use]
pub fn notification(r: Reading<'_>, post: &Post, manage: &str) -> Value {
    json!({
        "meta": { "unsubscribe": manage, "generated_at": r.now },
        "page": { "id": page_id(r), "status_indicator": indicator(r), "status_description": r.words.overall(r.worst()) },
        "incident": notified(r, post),
    })
}
