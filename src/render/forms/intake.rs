//! Which criteria are true, and what else is asked once.

use serde_json::Value;
use slack_morphism::prelude::*;

use super::{
    fields::{checkboxes, optional_select_with},
    modal,
};
use crate::{
    incident::{Incident, intake::Detection},
    playbook::{CriterionId, SERVICES_SHOWN, ServiceId},
    render::{
        View,
        ids::{FormMemory, field, form, value},
        limits::{SHORT, choice, section},
        line::severity_label,
    },
};

/// The services of the playbook, and that it is unknown; nothing where the playbook has none.
pub(super) fn service(w: View<'_>, chosen: Option<&ServiceId>) -> Option<SlackBlock> {
    let services: Vec<_> = w
        .playbook
        .services
        .iter()
        .filter(|s| s.id.as_str().chars().count() <= SHORT)
        .take(SERVICES_SHOWN)
        .map(|s| choice(&s.label, s.id.as_str()))
        .collect();
    if services.is_empty() {
        return None;
    }
    let options = std::iter::once(choice("Unknown", value::UNKNOWN)).chain(services).collect();
    let chosen = chosen.map_or(value::UNKNOWN, ServiceId::as_str);
    let hint = "Similar incidents are found by it. Its people are paged where the severity says so, and by Escalate.";
    Some(optional_select_with(field::SERVICE, "Which service?", options, chosen, hint))
}

/// Who noticed first; asked where nobody said so yet.
pub(super) fn detection(it: &Incident) -> Option<SlackBlock> {
    if it.intake.detection.is_some() {
        return None;
    }
    let options = Detection::ALL.map(|source| {
        let label = match source {
            Detection::Monitoring => "Our monitoring",
            Detection::Employee => "One of us",
            Detection::Customer => "A customer",
            Detection::Other => "Someone else",
        };
        choice(label, detection_value(source))
    });
    Some(optional_select_with(field::DETECTION, "Who noticed first?", options.into(), "", "May stay empty."))
}

/// As the form carries it.
const fn detection_value(source: Detection) -> &'static str {
    match source {
        Detection::Monitoring => "monitoring",
        Detection::Employee => "employee",
        Detection::Customer => "customer",
        Detection::Other => "other",
    }
}

/// As the form carried it.
pub fn detection_of(value: &str) -> Option<Detection> {
    Detection::ALL.into_iter().find(|source| detection_value(*source) == value)
}

/// Which criteria are true.
pub fn criteria_form(w: View<'_>, it: &Incident) -> Value {
    let criteria = w.playbook.criteria.iter().map(|c| (c.label.as_str(), c.id.as_str(), None));
    let ticked: Vec<&str> = it.intake.criteria.iter().map(CriterionId::as_str).collect();
    let now = section(&format!(
        "{} stays {}. The ticks record why it is an incident.",
        it.id,
        severity_label(w, it.severity)
    ));
    let mut content = vec![
        now,
        checkboxes(
            field::CRITERIA,
            "Why is it an incident?",
            criteria,
            &ticked,
            "One tick is enough. None is fine too: then it stays unsure.",
        ),
    ];
    content.extend(service(w, it.intake.service.as_ref()));
    content.extend(detection(it));
    modal(form::intake::CRITERIA, &format!("What of {}?", it.id), "Keep", &FormMemory::of(it.id), &content)
}
