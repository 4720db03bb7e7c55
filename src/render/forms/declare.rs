//! Declare an incident.

use serde_json::Value;

use super::{
    fields::{TextField, checkboxes, select, text},
    modal,
};
use crate::{
    ids::ChannelId,
    incident::MessageRef,
    playbook::Severity,
    render::{
        View,
        ids::{FormMemory, field, form, value},
        limits::{choice, context},
    },
};

/// What a declaration starts from.
#[derive(Clone, Debug, Default)]
pub struct Declaring {
    /// The title so far.
    pub title: String,
    /// How bad, if that was said.
    pub severity: Option<Severity>,
    /// The message it is declared from.
    pub source: Option<MessageRef>,
    /// Where.
    pub channel: Option<ChannelId>,
}

/// The form.
pub fn declare_form(w: View<'_>, from: &Declaring) -> Value {
    let title: String = from.title.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect();
    let criteria = w.playbook.criteria.iter().map(|c| (c.label.as_str(), c.id.as_str()));
    let criteria = criteria.chain(std::iter::once(("Not sure; better safe than sorry", value::NOT_SURE)));
    let suggested = choice("As the ticks suggest", value::SUGGESTED);
    let severities = w
        .playbook
        .severities
        .iter()
        .map(|s| choice(&format!("{} {}: {}", s.level, s.label, s.means), &s.level.0.to_string()));
    let content = [
        text(&TextField {
            id: field::TITLE,
            label: "What is wrong?",
            initial: &title,
            hint: "A few words; they become the room's name. You can change them later.",
            lines: false,
            optional: false,
            limit: 200,
        }),
        checkboxes(field::CRITERIA, "What is true?", criteria, "One tick is enough; none counts as not sure."),
        select(
            field::SEVERITY,
            "How bad is it?",
            std::iter::once(suggested).chain(severities).collect(),
            Some(from.severity.map_or(value::SUGGESTED.to_owned(), |s| s.0.to_string()).as_str()),
            "When in doubt, choose the worse one; it is easy to go down later.",
        ),
        context("You lead until someone takes over. Cancelling takes one command, so do not hesitate."),
    ];
    let memory = FormMemory { incident: None, source: from.source.clone(), channel: from.channel.clone() };
    modal(form::DECLARE, "Declare an incident", "Declare", &memory, &content)
}
