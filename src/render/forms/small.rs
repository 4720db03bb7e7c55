//! Forms with a field or two.

use serde_json::{Value, json};

use super::{
    fields::{TextField, select, text},
    modal,
};
use crate::{
    ids::UserId,
    incident::{Incident, MessageRef},
    playbook::Severity,
    render::{
        View,
        ids::{FormMemory, field, form},
        limits::{choice, context, plain, section},
        line::severity_label,
    },
};

pub(super) fn reason(label: &str, optional: bool) -> slack_morphism::blocks::SlackBlock {
    text(&TextField { id: field::WHY, label, initial: "", hint: "", lines: true, optional, limit: 2500 })
}

/// What each side suffers, worst first: severity it suggests, and the words.
const SERVICE: [(u8, &str); 4] = [
    (1, "A core function is down or data is lost"),
    (2, "A core function works badly"),
    (3, "Something works badly, or redundancy is gone"),
    (4, "Nothing that anyone would notice"),
];
const CUSTOMER: [(u8, &str); 4] =
    [(1, "Most customers cannot work"), (2, "Many customers are affected"), (3, "Some notice"), (4, "None notice")];

/// Impact on the service, impact on customers, and the severity; the worse of the two is suggested.
pub fn severity_form(w: View<'_>, it: &Incident) -> Value {
    let impact = |all: &[(u8, &str)]| all.iter().map(|(n, words)| choice(words, &n.to_string())).collect::<Vec<_>>();
    let levels = w
        .playbook
        .severities
        .iter()
        .map(|s| choice(&format!("{} {}: {}", s.level, s.label, s.means), &s.level.0.to_string()));
    let levels =
        std::iter::once(choice("The worse of the two above", crate::render::ids::value::SUGGESTED)).chain(levels);
    let now = it.severity.0.clamp(1, 4).to_string();
    let content = [
        section(&format!("Now: *{}*", severity_label(w, it.severity))),
        select(field::SERVICE_IMPACT, "Service: what is broken?", impact(&SERVICE), Some(&now), ""),
        select(field::CUSTOMER_IMPACT, "Customers: who suffers?", impact(&CUSTOMER), Some(&now), ""),
        select(
            field::SEVERITY,
            "Severity",
            levels.collect(),
            Some(crate::render::ids::value::SUGGESTED),
            if it.course.reviewed {
                "When in doubt, the worse one. The present one is confirmed already; with a reason, that is noted."
            } else {
                "When in doubt, the worse one. Sending the same one confirms it."
            },
        ),
        text(&TextField {
            id: field::WHY,
            label: "Why?",
            initial: "",
            hint: "A line, where it changes; kept as a note where it stays.",
            lines: true,
            optional: true,
            limit: 2500,
        }),
    ];
    modal(form::SEVERITY, &format!("Severity of {}", it.id), "Change", &FormMemory::of(it.id), &content)
}

/// The severity that two impacts suggest: the worse of them, as far as the playbook has it.
pub fn suggested(w: View<'_>, service: u8, customer: u8) -> Severity {
    let worse = Severity(service.min(customer));
    let fits = |s: &&crate::playbook::SeverityDef| s.level <= worse;
    w.playbook.severities.iter().rev().find(fits).map_or(w.playbook.default_severity, |s| s.level)
}

/// The title, and the service where the playbook has any.
pub fn rename_form(w: View<'_>, it: &Incident) -> Value {
    let title = text(&TextField {
        id: field::TITLE,
        label: "What is wrong?",
        initial: it.title.text.words().unwrap_or_default(),
        hint: "The room keeps its name.",
        lines: false,
        optional: false,
        limit: 200,
    });
    let content: Vec<_> = std::iter::once(title).chain(super::intake::service(w, it.intake.service.as_ref())).collect();
    modal(form::RENAME, &format!("Rename {}", it.id), "Rename", &FormMemory::of(it.id), &content)
}

/// A link to keep.
pub fn link_form(it: &Incident) -> Value {
    let url = text(&TextField {
        id: field::URL,
        label: "Address",
        initial: "",
        hint: "A dashboard, a runbook, a ticket: it begins with https://",
        lines: false,
        optional: false,
        limit: 2000,
    });
    modal(form::LINK, &format!("Link for {}", it.id), "Keep", &FormMemory::of(it.id), &[url])
}

/// It was none.
pub fn cancel_form(it: &Incident) -> Value {
    let words =
        section(&format!("{} was no incident after all. Everyone who was paged is told. The record is kept.", it.id));
    let content = [words, reason("Why?", true)];
    let mut form =
        modal(form::CANCEL, &format!("Cancel {}", it.id), "Cancel incident", &FormMemory::of(it.id), &content);
    // "Cancel" beside that could be either.
    form["close"] = json!(plain("Leave it open", 24));
    form
}

/// It is mended.
pub fn resolve_form(it: &Incident) -> Value {
    let words = section(&format!("{} is mended for good. Everyone who was paged is told.", it.id));
    let mended = text(&TextField {
        id: field::WHY,
        label: "What mended it?",
        initial: "",
        hint: "Where the final fix is not confirmed yet, these words are the reason why it goes without.",
        lines: true,
        optional: true,
        limit: 2500,
    });
    modal(form::RESOLVE, &format!("Resolve {}", it.id), "Resolve", &FormMemory::of(it.id), &[words, mended])
}

/// It goes on.
pub fn reopen_form(it: &Incident) -> Value {
    modal(form::REOPEN, &format!("Reopen {}", it.id), "Reopen", &FormMemory::of(it.id), &[reason("Why?", true)])
}

/// Which incident a message belongs to, and its words where a form can carry them.
pub fn pick_form(open: &[&Incident], message: &MessageRef, author: Option<&UserId>, words: &str) -> Value {
    /// What `private_metadata` takes, with room to spare.
    const CARRIED: usize = 2900;
    let mut memory = FormMemory {
        source: Some(message.clone()),
        channel: Some(message.channel.clone()),
        words: Some(words.to_owned()).filter(|words| !words.trim().is_empty()),
        author: author.cloned(),
        ..FormMemory::default()
    };
    if memory.to_string().chars().count() > CARRIED {
        memory.words = None;
    }
    if open.is_empty() {
        let none = context("No incident goes on. Declare one from this message instead.");
        return json!({
            "type": "modal", "callback_id": form::PICK, "title": plain("Add to timeline", 24),
            "close": plain("Close", 24), "private_metadata": memory.to_string(),
            "blocks": crate::render::limits::blocks(&[none]),
        });
    }
    let options: Vec<_> = open.iter().take(100).map(|it| choice(&pick_option(it), &it.id.to_string())).collect();
    let first = open[0].id.to_string();
    let content = [select(field::INCIDENT, "Incident", options, Some(&first), "The message is kept at its own time.")];
    modal(form::PICK, "Add to timeline", "Add", &memory, &content)
}

/// An incident in a menu.
pub fn pick_option(it: &Incident) -> String {
    format!("{} {}", it.id, it.called())
}
