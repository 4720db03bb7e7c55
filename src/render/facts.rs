//! What the bot itself fills in, in templates.

use std::collections::BTreeMap;

use super::{View, when::duration};
use crate::{
    incident::Incident,
    playbook::{Audience, Template, fill},
};

/// What the record knows, under the names that templates use. Times are as text, in UTC.
pub fn facts(w: View<'_>, it: &Incident) -> BTreeMap<String, String> {
    let kind = w.playbook.kind(&it.kind);
    let phase = kind.phase(it.phase.as_str()).map_or_else(|| it.phase.to_string(), |p| p.label.clone());
    let ended = it.ended_at.unwrap_or(w.now);
    let minute = |at: jiff::Timestamp| at.strftime("%Y-%m-%d %H:%M UTC").to_string();
    [
        ("incident", it.id.to_string()),
        ("title", it.title().to_owned()),
        ("severity", it.severity.to_string()),
        ("phase", phase),
        ("started_at", minute(it.started_at)),
        ("ended_at", minute(ended)),
        ("duration", duration(ended.duration_since(it.started_at))),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// The text that an internal update in the present phase starts with; nothing where the playbook has none that needs no
/// person's words.
pub fn starting_text(w: View<'_>, it: &Incident) -> String {
    let template = w.playbook.template_for(Audience::Internal, &it.kind, &it.phase, None);
    template.and_then(|template| filled(w, it, template)).unwrap_or_default()
}

fn filled(w: View<'_>, it: &Incident, template: &Template) -> Option<String> {
    let mut values = template.defaults.clone();
    values.extend(facts(w, it));
    fill(&template.body, &values).ok()
}
