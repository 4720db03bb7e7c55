//! Page somebody; say that one cannot come.

use serde_json::Value;

use super::{
    fields::{TextField, optional_select, optional_select_with, people, text},
    modal,
};
use crate::{
    ids::IncidentId,
    incident::{Incident, WHY_LIMIT},
    paging::PageId,
    playbook::ServiceId,
    render::{
        View,
        ids::{FormMemory, field, form},
        intake::service_label,
        limits::{SHORT, choice, context, section},
    },
};

/// The incident's service, and what it needs.
fn about(w: View<'_>, service: &ServiceId) -> String {
    let needs = w.playbook.service(service.as_str()).map(|s| s.depends_on.as_slice()).unwrap_or_default();
    let needs: Vec<String> = needs.iter().map(|s| service_label(w, s)).collect();
    let needs = if needs.is_empty() { String::new() } else { format!(", which needs {}", needs.join(", ")) };
    format!(
        "It is about {}{needs}. Where people or a policy are chosen, they are asked instead.",
        service_label(w, service)
    )
}

/// Whom to ask: people, or a policy.
pub fn escalate_form(w: View<'_>, it: &Incident) -> Value {
    let mut content = vec![people(field::PEOPLE, "Who is needed?")];
    // The settings refuse longer names, which Slack would not take.
    let fits = w.settings.policies.iter().filter(|p| p.name.chars().count() <= SHORT);
    let policies: Vec<_> = fits.take(100).map(|p| choice(&p.name, &p.name)).collect();
    if !policies.is_empty() {
        content.push(optional_select(
            field::POLICY,
            "Or by policy",
            policies,
            "Its steps are asked one after the other.",
        ));
    }
    let services: Vec<_> = w.playbook.services.iter().filter(|s| s.id.as_str().chars().count() <= SHORT).collect();
    if !services.is_empty() {
        let options = services.iter().take(100).map(|s| choice(&s.label, s.id.as_str())).collect();
        let theirs = it.intake.service.as_ref().map(|s| about(w, s));
        let hint = theirs.unwrap_or_else(|| "Its own people are asked.".into());
        let theirs = it.intake.service.as_ref().map(ServiceId::as_str).unwrap_or_default();
        content.push(optional_select_with(field::SERVICE, "Or by service", options, theirs, &hint));
    }
    content.push(context(
        "They get a direct message with Acknowledge, and are asked again; then the fallback is asked. Slack messages may not \
         wake anyone: if it is urgent, call by phone too.",
    ));
    modal(form::ESCALATE, &format!("Escalate {}", it.id), "Page", &FormMemory::of(it.id), &content)
}

/// "I can't": why, if they like. It says nothing of the incident, which whoever was paged may not know.
pub fn cannot_form(incident: IncidentId, page: PageId) -> Value {
    let why = text(&TextField {
        id: field::WHY,
        label: "Why?",
        initial: "",
        hint: "A few words, for those who are asked instead.",
        lines: false,
        optional: true,
        limit: u64::try_from(WHY_LIMIT).unwrap_or(u64::MAX),
    });
    let words = section(
        "Whoever comes next is asked at once, unless others of your step still may answer. You can change your mind.",
    );
    let memory = FormMemory { number: page.0, ..FormMemory::of(incident) };
    modal(form::CANNOT, &format!("{incident}: I can't"), "I can't", &memory, &[words, why])
}
