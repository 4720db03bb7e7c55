//! Small answers, and the seam to `render`, which has the words for everything about incidents.

use std::sync::Arc;

use serde::Serialize;
use slack_morphism::prelude::{
    SlackActionBlockElement, SlackActionsBlock, SlackBlock, SlackBlockButtonElement, SlackBlockMarkDownText,
    SlackBlockPlainText, SlackSectionBlock,
};

use crate::{
    command::{Reading, Verb, verb},
    ids::IncidentId,
    incident::Incident,
    render::{
        Message,
        escape::escape,
        ids::{ButtonValue, action},
    },
};

/// What is said where a signed request makes no sense.
pub const NOTHING_SENT: &str =
    "Nothing was sent to customers or the leadership yet. What colleagues were told is corrected by the next update.";
pub const NOT_UNDERSTOOD: &str = "I could not understand what Slack sent, so nothing was changed. Please try again; `/incident help` lists what can \
     be typed.";
/// How many incidents are offered as buttons.
pub const OFFERED: usize = 5;
/// The longest that a button can carry, in bytes, with room to spare.
const LONGEST_VALUE: usize = 1900;
/// The longest text of one section.
const LONGEST_SECTION: usize = 2900;

/// A plain text: what looks like markup in it is shown as it is, except for `code`.
pub fn say(text: &str) -> Message {
    markup(escape(text))
}

/// What is said of a message that has nothing to keep on the timeline of this incident.
pub fn no_words(id: IncidentId) -> Message {
    say(&format!("That message has no words that could be kept; type `/incident {id} note` and what it shows."))
}

/// A text in Slack's markup.
pub fn markup(text: String) -> Message {
    let blocks = sections(&text).into_iter().map(section).collect();
    Message { text, blocks }
}

fn section(text: String) -> SlackBlock {
    SlackSectionBlock::new().with_text(SlackBlockMarkDownText::new(text).into()).into()
}

/// Parts of at most a section each, cut between lines where there are any.
fn sections(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for line in text.split_inclusive('\n') {
        let mut rest = line;
        loop {
            let part = parts.last_mut().filter(|p| p.len() + rest.len() <= LONGEST_SECTION || p.is_empty());
            let Some(part) = part else {
                parts.push(String::new());
                continue;
            };
            let cut =
                if rest.len() <= LONGEST_SECTION { rest.len() } else { rest.floor_char_boundary(LONGEST_SECTION) };
            part.push_str(&rest[..cut]);
            rest = &rest[cut..];
            if rest.is_empty() {
                break;
            }
        }
    }
    parts
}

/// A text and buttons, each of which says something else instead.
pub fn offer(text: &str, readings: &[Reading]) -> Message {
    let mut message = say(text);
    let fits = readings.iter().filter(|r| value(&r.input).len() <= LONGEST_VALUE);
    let buttons: Vec<SlackActionBlockElement> =
        fits.enumerate().map(|(n, r)| button(format!("{}.{n}", action::RUN), &r.label, &r.input)).collect();
    if !buttons.is_empty() {
        message.blocks.push(SlackActionsBlock::new(buttons).into());
    }
    message
}

/// The update that was `typed` says the same as the last one: it is posted only by whoever says so once more.
pub fn same_update(id: IncidentId, typed: &str) -> Message {
    let behind = |text: &str| text.trim().split_once(char::is_whitespace).map_or("", |(_, rest)| rest).to_owned();
    let first = typed.split_whitespace().next().unwrap_or_default().trim_end_matches(':').to_lowercase();
    // The incident may be named before the verb.
    let words = if verb(&first).is_some() { behind(typed) } else { behind(&behind(typed)) };
    let again = Reading { label: "Post it again".into(), input: format!("{id} update -- {}", words.trim_start()) };
    offer(
        "Nothing was posted: the last update says the same, and readers look for what is new since then. To post it all the \
         same, type `/incident update -- <text>`.",
        &[again],
    )
}

/// What a button carries that says this.
fn value(input: &str) -> String {
    ButtonValue::default().extra(input).to_string()
}

fn button(action: String, label: &str, input: &str) -> SlackActionBlockElement {
    let text = SlackBlockPlainText::new(label.to_owned());
    SlackBlockButtonElement::new(text.into()).with_action_id(action.into()).with_value(value(input)).into()
}

/// Asks of which incident a verb was meant.
pub fn which_incident(verb: &Verb, input: &str, title: Option<&Reading>, open: &[Arc<Incident>]) -> Message {
    let example = open.first().map_or_else(|| "INC-1".to_owned(), |it| it.id.to_string());
    let text = if open.is_empty() {
        format!("`{}` is about an incident, and none is open. `/incident` alone declares one.", verb.name)
    } else {
        format!(
            "`{}` is about an incident, and this channel is no incident's room. Which one? In other places type \
             `/incident {example} {}`.",
            verb.name, verb.name
        )
    };
    let mut readings: Vec<Reading> = open
        .iter()
        .map(|it| {
            let label: String = format!("{} {}", it.id, it.called()).chars().take(75).collect();
            Reading { label, input: format!("{} {input}", it.id) }
        })
        .collect();
    readings.extend(title.cloned());
    offer(&text, &readings)
}

/// As the answer that only whoever asked sees.
pub fn ephemeral(message: &Message) -> impl Serialize + '_ {
    #[derive(Serialize)]
    struct Ephemeral<'a> {
        response_type: &'static str,
        text: &'a str,
        blocks: &'a [SlackBlock],
    }
    Ephemeral { response_type: "ephemeral", text: &message.text, blocks: &message.blocks }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_into_sections() {
        let long = "é".repeat(4000) + "\n" + &"line\n".repeat(1000);
        let parts = sections(&long);
        assert_eq!(parts.concat(), long);
        assert!(parts.iter().all(|p| p.len() <= LONGEST_SECTION), "{:?}", parts.iter().map(String::len));
        assert_eq!(sections("a\nb"), ["a\nb"]);
    }
}
