//! A text as its readers see it, and as support gets it.

use jiff::Timestamp;

use super::{super::limits::paragraphs, Message, View, quoted};
use crate::{
    incident::{
        Incident,
        comms::{Letter, Sending, Way},
    },
    playbook::Audience,
    render::{
        escape::escape,
        ids::{ButtonValue, comms as action},
        limits::{Look, SECTION, actions, button, section},
        when::date,
    },
};

/// A text, in a Slack channel. It names no incident, no room and nobody, and wakes nobody.
pub fn letter(letter: &Letter, to: &Sending) -> Message {
    let body = escape(letter.body().or_tombstone());
    let text = match letter.title() {
        Some(title) if !to.short => format!("*{}*\n{body}", escape(title.or_tombstone())),
        Some(_) | None => body,
    };
    Message::new(text.clone(), paragraphs(&text))
}

/// What another text says instead, where that one cannot be changed.
pub fn correction(letter: &Letter, sent_at: Timestamp) -> Message {
    let text = format!("*Correction* of the update of {}:\n{}", date(sent_at), escape(&letter.shown(false)));
    Message::new(text.clone(), paragraphs(&text))
}

/// What stands where a text stood that was redacted: it names nothing of ours.
pub fn withdrawn() -> Message {
    Message::plain("_This update was withdrawn._")
}

/// The words that support may use, and those it may not.
pub(in crate::render) fn support(
    w: View<'_>,
    it: &Incident,
    (to, is_correction): (Audience, bool),
    letter: &Letter,
    outlets: &[Sending],
) -> Message {
    let wording = &w.playbook.wording;
    let some: Vec<String> =
        wording.promises.iter().chain(&wording.blame).take(6).map(|p| format!("“{}”", escape(p))).collect();
    let some = if some.is_empty() { String::new() } else { format!(" Also do not use: {}.", some.join(", ")) };
    let by_hand = outlets.iter().all(|o| o.way == Way::Hand);
    let done = if by_hand { "was just released, and is posted by hand next, for" } else { "was just sent to" };
    let done = if is_correction { "corrects what was sent to" } else { done };
    let head = format!("*{} {}*\nThis {done} {}.", it.id, escape(it.title()), super::readers(to));
    let say = format!(":white_check_mark: *Say* (only this):\n{}", quoted(&letter.shown(false)));
    let not = format!(
        ":no_entry: *Don't say*: other causes, when it will be fixed, names of people, suppliers or other customers, or \
         anything from the incident's room.{some}"
    );
    let say = crate::render::limits::cut(&say, SECTION);
    let text = format!("{head}\n{say}\n{not}");
    let ask = button(action::QUESTION, "Log a question", &ButtonValue::of(it.id), Look::Usual);
    let blocks = [&head, &say, &not].map(|part| section(part)).into_iter().chain([actions(vec![ask])]);
    Message::new(text, blocks.collect())
}
