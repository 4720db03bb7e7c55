//! Declare an incident.

use serde_json::Value;
use slack_morphism::blocks::SlackBlock;

use super::{
    fields::{TextField, at_once, checkboxes, select, text},
    intake::service,
    modal,
};
use crate::{
    ids::ChannelId,
    incident::{MessageRef, intake::suggested},
    playbook::{CriterionId, ServiceId, Severity},
    render::{
        View,
        ids::{FormMemory, field, form, value},
        limits::{choice, context},
        line::severity_label,
    },
};

/// What a declaration starts from, or has come to.
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
    /// What is ticked.
    pub criteria: Vec<CriterionId>,
    /// "Not sure" is ticked.
    pub unsure: bool,
    /// The service, if that was said.
    pub service: Option<ServiceId>,
    /// The kept event that its words are from.
    pub event: Option<u64>,
    /// Similar ones were shown; what is sent now declares.
    pub anyway: bool,
    /// What is said above the fields.
    pub above: Vec<SlackBlock>,
}

impl Declaring {
    /// Was anything ticked? "Not sure" counts.
    #[must_use]
    pub fn is_ticked(&self) -> bool {
        self.unsure || !self.criteria.is_empty()
    }
}

/// The form.
pub fn declare_form(w: View<'_>, from: &Declaring) -> Value {
    let title: String = from.title.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect();
    let criteria = w.playbook.criteria.iter().map(|c| (c.label.as_str(), c.id.as_str()));
    let criteria = criteria.chain(std::iter::once(("Not sure; better safe than sorry", value::NOT_SURE)));
    let mut ticked: Vec<&str> = from.criteria.iter().map(CriterionId::as_str).collect();
    ticked.extend(from.unsure.then_some(value::NOT_SURE));
    let worst = choice("As the ticks suggest", value::SUGGESTED);
    let severities = w
        .playbook
        .severities
        .iter()
        .map(|s| choice(&format!("{} {}: {}", s.level, s.label, s.means), &s.level.0.to_string()));
    let mut content = from.above.clone();
    content.push(text(&TextField {
        id: field::TITLE,
        label: "What is wrong?",
        initial: &title,
        hint: "A few words; they become the room's name. You can change them later.",
        lines: false,
        optional: false,
        limit: 200,
    }));
    let hint = "One tick is enough. Without any, your words are kept as an event and nothing is declared.";
    content.push(at_once(checkboxes(field::CRITERIA, "What is true?", criteria, &ticked, hint)));
    content.push(at_once(select(
        field::SEVERITY,
        "How bad is it?",
        std::iter::once(worst).chain(severities).collect(),
        Some(from.severity.map_or(value::SUGGESTED.to_owned(), |s| s.0.to_string()).as_str()),
        "When in doubt, choose the worse one; it is easy to go down later.",
    )));
    content.push(context(&foreseen(w, from)));
    content.extend(service(w, from.service.as_ref()));
    content.push(context("You lead until someone takes over. Cancelling takes one command, so do not hesitate."));
    let memory = FormMemory {
        source: from.source.clone(),
        channel: from.channel.clone(),
        event: from.event,
        anyway: from.anyway,
        ..FormMemory::default()
    };
    let send = if from.anyway { "Declare anyway" } else { "Declare" };
    modal(form::DECLARE, "Declare an incident", send, &memory, &content)
}

/// The severity that it would have.
#[must_use]
pub fn severity_of(w: View<'_>, from: &Declaring) -> Severity {
    let named = from.severity.filter(|s| w.playbook.severity(*s).is_some());
    named.or_else(|| suggested(w.playbook, &from.criteria)).unwrap_or(w.playbook.default_severity)
}

/// What it will be, by the ticks so far.
fn foreseen(w: View<'_>, from: &Declaring) -> String {
    if !from.is_ticked() {
        return "Nothing is ticked yet: this would be kept as an event, and no incident.".into();
    }
    let severity = severity_of(w, from);
    let means = w.playbook.severity(severity).map(|s| format!(" _{}_", s.means)).unwrap_or_default();
    format!("This will be *{}*.{means}", severity_label(w, severity))
}
