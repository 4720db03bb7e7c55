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
    incident::{
        MessageRef,
        intake::{may_thread, suggested},
    },
    playbook::{CriterionId, KindId, Playbook, ServiceId, Severity, Visibility},
    render::{
        View,
        access::kind_choice,
        ids::{FormMemory, field, form, value},
        limits::{choice, context},
        line::severity_label,
    },
};

/// What a declaration starts from, or has come to.
#[expect(clippy::struct_excessive_bools, reason = "each is a box or button of the form, on its own")]
#[derive(Clone, Debug, Default)]
pub struct Declaring {
    /// The title so far.
    pub title: String,
    /// How bad, if that was said.
    pub severity: Option<Severity>,
    /// `security:` was said.
    pub secret: bool,
    /// The kind, if one was chosen.
    pub kind: Option<KindId>,
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
    /// No room: a thread where the form was opened.
    pub thread: bool,
    /// The kept event that its words are from.
    pub event: Option<u64>,
    /// The alerts that it is declared of.
    pub alerts: Option<u64>,
    /// Similar ones were shown; what is sent now declares.
    pub anyway: bool,
    /// What is said above the fields.
    pub above: Vec<SlackBlock>,
}

impl Declaring {
    /// Was anything ticked, or a kind chosen? "Not sure" counts. What is said to be a secret is never kept as an event, which
    /// everybody can read.
    #[must_use]
    pub fn is_ticked(&self) -> bool {
        self.unsure || !self.criteria.is_empty() || self.secret || self.kind.is_some()
    }

    /// Would it be kept from those who are not let in?
    #[must_use]
    pub fn is_private(&self, playbook: &Playbook) -> bool {
        let ticked = playbook.criteria.iter().filter(|c| self.criteria.contains(&c.id)).filter_map(|c| c.kind.as_ref());
        match &self.kind {
            _ if self.secret => true,
            Some(kind) => is_private(playbook, kind),
            None => ticked.into_iter().any(|kind| is_private(playbook, kind)),
        }
    }
}

/// The form.
pub fn declare_form(w: View<'_>, from: &Declaring) -> Value {
    let title: String = from.title.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect();
    let private = "Private: only those let in see it";
    let criteria = w.playbook.criteria.iter().map(|c| {
        let is_secret = c.kind.as_ref().is_some_and(|kind| is_private(w.playbook, kind));
        (c.label.as_str(), c.id.as_str(), is_secret.then_some(private))
    });
    let criteria = criteria.chain(std::iter::once(("Not sure; better safe than sorry", value::NOT_SURE, None)));
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
        hint: "A few words; they become the room's name, unless it is private. You can change them later.",
        lines: false,
        optional: false,
        limit: 200,
    }));
    content.push(context(
        "Tick what is true. *One tick is enough, and so is “Not sure”*: it is declared. Without any, your words are only kept as \
         an event.",
    ));
    let hint = "The ticks suggest how bad it is and of which kind; you can choose both below.";
    content.push(at_once(checkboxes(field::CRITERIA, "Why is it an incident?", criteria, &ticked, hint)));
    content.push(at_once(select(
        field::SEVERITY,
        "How bad is it?",
        std::iter::once(worst).chain(severities).collect(),
        Some(from.severity.map_or(value::SUGGESTED.to_owned(), |s| s.0.to_string()).as_str()),
        "When in doubt, choose the worse one; it is easy to go down later.",
    )));
    content.push(at_once(kinds(w, from)));
    content.push(context(&foreseen(w, from)));
    content.extend(thread(w, from));
    content.extend(service(w, from.service.as_ref()));
    if from.anyway && !from.above.is_empty() {
        // Slack may leave whoever pressed the button down here.
        content
            .push(context(":arrow_up: What may be the same stands at the top. “Declare anyway” declares another one."));
    }
    content.push(context("You lead until someone takes over. Cancelling takes one command, so do not hesitate."));
    let memory = FormMemory {
        source: from.source.clone(),
        channel: from.channel.clone(),
        event: from.event,
        alerts: from.alerts,
        anyway: from.anyway,
        ..FormMemory::default()
    };
    let send = if from.anyway { "Declare anyway" } else { "Declare" };
    modal(form::DECLARE, "Declare an incident", send, &memory, &content)
}

fn is_private(playbook: &Playbook, kind: &KindId) -> bool {
    playbook.kinds.iter().any(|k| k.id == *kind && k.visibility == Visibility::NeedToKnow)
}

fn kinds(w: View<'_>, from: &Declaring) -> SlackBlock {
    let secret = w.playbook.secret_kind().filter(|_| from.secret).map(|k| &k.id);
    let chosen = from.kind.as_ref().or(secret).map_or(value::SUGGESTED, KindId::as_str);
    let kinds = w.playbook.kinds.iter().map(|k| choice(&kind_choice(&k.label, k.visibility), k.id.as_str()));
    let kinds = std::iter::once(choice("As the ticks suggest", value::SUGGESTED)).chain(kinds).collect();
    let hint = "A private one gets a private room and a codename before anything is posted.";
    select(field::KIND, "What kind?", kinds, Some(chosen), hint)
}

/// What needs few people may do without a room.
fn thread(w: View<'_>, from: &Declaring) -> Option<SlackBlock> {
    let is_small = w.playbook.severity(severity_of(w, from)).is_some_and(|s| s.thread);
    let fits = is_small && !from.is_private(w.playbook) && from.channel.as_ref().is_some_and(may_thread);
    let option = std::iter::once(("No room: work in a thread here", field::THREAD, None));
    let ticked: &[&str] = if from.thread { &[field::THREAD] } else { &[] };
    fits.then(|| checkboxes(field::THREAD, "Where?", option, ticked, "It can be given a room at any time."))
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
    let private = if from.is_private(w.playbook) {
        " *Private*: a private room and a codename; only those let in see it."
    } else {
        ""
    };
    format!("This will be *{}*.{means}{private}", severity_label(w, severity))
}
