//! What whoever writes looks at before a text goes out: how it will look, and what it had better not say. It stands at the top.

use slack_morphism::prelude::*;

use super::{Memory, Place, Writing};
use crate::{
    incident::{
        Incident,
        comms::{self, Fit, Letter, No, Send},
    },
    playbook::{Hit, Outlet, Template, Warning},
    render::{
        View,
        comms::{no_sentence, outlet_label, quoted},
        escape::escape,
        limits::{SECTION, context, cut, rows, section},
    },
};

/// What the form's button does. Nothing goes out that was not shown first; a draft is looked at in the room.
pub(super) const fn button_label(is_for_now: bool, memory: &Memory, writing: &Writing) -> &'static str {
    let is_warned = !writing.hits.is_empty() || writing.same;
    match (is_for_now, is_warned) {
        (true, true) => "Send anyway",
        (true, false) if memory.seen.is_some() => "Send",
        (true, false) => "Continue",
        (false, true) => "Share anyway",
        (false, false) => "Share draft",
    }
}

/// What to look at once more. Said once.
pub(super) fn warnings(writing: &Writing, button: &str) -> Vec<SlackBlock> {
    let same = writing.same.then(|| "It says the same as the last one. Readers want to know what is new.".to_owned());
    warned(writing.hits.iter().map(warning).chain(same).collect(), button)
}

/// Words to look at once more, in a form that is sent with `button`.
pub(in crate::render::forms) fn look_again(hits: &[Hit], button: &str) -> Vec<SlackBlock> {
    warned(hits.iter().map(warning).collect(), button)
}

fn warned(lines: Vec<String>, button: &str) -> Vec<SlackBlock> {
    if lines.is_empty() {
        return Vec::new();
    }
    let lines: Vec<String> = lines.into_iter().map(|line| format!(":warning: {line}")).collect();
    let text = format!("{}\nChange it, or press “{button}” to leave it as it is.", rows(&lines, 2000));
    vec![section(&text), SlackDividerBlock::new().into()]
}

fn warning(hit: &Hit) -> String {
    let words = escape(&cut(&hit.words, 80));
    match hit.warning {
        Warning::Promise => format!("“{words}” promises something that you may not be able to keep."),
        Warning::Time => {
            format!("Readers take “{words}” for a promise. Say when the next update comes, not when it will be over.")
        }
        Warning::Blame => format!("“{words}” blames a person. Say what happened, not who did it."),
        Warning::Supplier => format!("“{words}” is a supplier. For readers it is your service."),
        Warning::Customer => format!("“{words}” is a customer. Readers must not learn who else is a customer."),
        Warning::Host => format!("“{words}” is the name of one of our servers."),
    }
}

/// The text, and how long it is in each chosen channel.
pub(super) fn preview(
    w: View<'_>,
    it: &Incident,
    template: &Template,
    places: &[Place<'_>],
    writing: &Writing,
) -> Vec<SlackBlock> {
    let letter = comms::letter(it, w.playbook, w.now, template, &writing.fields, writing.next);
    of_letter(w, it, letter, places, writing)
}

/// The same of a correction.
pub(super) fn corrected(
    w: View<'_>,
    it: &Incident,
    send: &Send,
    template: &Template,
    places: &[Place<'_>],
    writing: &Writing,
) -> Vec<SlackBlock> {
    let letter = comms::corrected_letter(it, send, w.playbook, template, &writing.fields);
    of_letter(w, it, letter, places, writing)
}

fn of_letter(
    w: View<'_>,
    it: &Incident,
    letter: Result<Letter, No>,
    places: &[Place<'_>],
    writing: &Writing,
) -> Vec<SlackBlock> {
    let letter = match letter {
        Ok(letter) => letter,
        Err(no) => return vec![section(&no_sentence(w, &no, it)), SlackDividerBlock::new().into()],
    };
    let chosen: Vec<&Outlet> = places.iter().filter(|p| p.ticked).map(|p| p.outlet).collect();
    // The text stands there once, however many places take it.
    let short = letter.title().is_none() || chosen.iter().all(|o| comms::is_short(o));
    let lines: Vec<String> = chosen.into_iter().map(|outlet| sized(w, &letter, outlet, short)).collect();
    let lines = (!lines.is_empty()).then(|| section(&rows(&lines, SECTION)));
    let text = section(&cut(&quoted(&letter.shown(short)), SECTION));
    let impact = writing.impact.as_ref().and_then(|impact| super::impact_line(w, impact));
    let impact = impact.map(|line| context(&escape(&line)));
    lines.into_iter().chain([text]).chain(impact).chain([SlackDividerBlock::new().into()]).collect()
}

/// `*Public status page* · 230 characters`. `short`: the text that is shown has no headline, so none is to be left out.
fn sized(w: View<'_>, letter: &Letter, outlet: &Outlet, short: bool) -> String {
    let fit = Fit::of(letter, outlet, w.settings);
    let size = match (fit.limit, fit.length) {
        (None, length) => format!("{length} characters"),
        (Some(limit), length) if fit.is_too_long() => format!(":x: {length} of {limit} characters: too long"),
        (Some(limit), length) => format!("{length} of {limit} characters"),
    };
    let without = if comms::is_short(outlet) && !short { ", without its headline" } else { "" };
    format!("*{}* · {size}{without}", outlet_label(w, &outlet.id))
}
