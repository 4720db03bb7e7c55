//! What the bot itself fills in, in templates for colleagues.

use std::collections::BTreeMap;

use super::View;
use crate::{
    incident::{Incident, comms},
    playbook::{Audience, Template, fill},
};

/// What the record knows, under the names that templates for colleagues use.
pub fn facts(w: View<'_>, it: &Incident) -> BTreeMap<String, String> {
    comms::facts(it, w.playbook, w.now, Audience::Internal, None)
}

/// Who reads an internal update.
pub fn colleagues(it: &Incident) -> Audience {
    if it.is_secret() { Audience::NeedToKnow } else { Audience::Internal }
}

/// The text that an internal update in the present phase starts with, in this special case; nothing where the playbook has none that
/// needs no person's words.
pub fn starting_text(w: View<'_>, it: &Incident, scenario: Option<&str>) -> String {
    let template = w.playbook.template_for(colleagues(it), &it.kind, &it.phase, scenario);
    template.and_then(|template| filled(w, it, template)).unwrap_or_default()
}

fn filled(w: View<'_>, it: &Incident, template: &Template) -> Option<String> {
    let mut values = template.defaults.clone();
    values.extend(facts(w, it));
    fill(&template.body, &values).ok()
}
