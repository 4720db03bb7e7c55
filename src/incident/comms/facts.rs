//! What the bot itself fills in, in templates.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    incident::{
        Incident,
        times::{duration, utc},
    },
    playbook::{Audience, Playbook},
};

/// What the record knows, under the names that templates use. Texts that leave the organisation get no number, title, person or
/// room of ours: where a template of theirs has such a place, a person fills it in. Times are as text, in UTC.
#[must_use]
pub fn facts(
    it: &Incident,
    playbook: &Playbook,
    now: Timestamp,
    to: Audience,
    next_by: Option<Timestamp>,
) -> BTreeMap<String, String> {
    let kind = playbook.kind(&it.kind);
    let phase = kind.phase(it.phase.as_str()).map_or_else(|| it.phase.to_string(), |p| p.label.clone());
    let ended = it.ended_at.unwrap_or(now);
    let mut facts = BTreeMap::from(
        [
            ("service", service(it, playbook)),
            ("severity", it.severity.to_string()),
            ("phase", phase),
            ("started_at", utc(it.started_at)),
            ("ended_at", utc(ended)),
            ("duration", duration(ended.duration_since(it.started_at))),
            ("next_update", next_by.map_or_else(|| "no later time".to_owned(), utc)),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    );
    if !to.is_outside() {
        let lead = it.lead().map_or_else(|| "nobody".to_owned(), |lead| format!("<@{lead}>"));
        let room = it.open_room().map_or_else(|| "no room".to_owned(), |room| format!("<#{}>", room.channel));
        let inside =
            [("incident", it.id.to_string()), ("title", it.title().to_owned()), ("lead", lead), ("room", room)];
        facts.extend(inside.map(|(name, value)| (name.to_owned(), value)));
    }
    facts
}

/// What is affected, as readers know it.
fn service(it: &Incident, playbook: &Playbook) -> String {
    let known = it.intake.service.as_ref().and_then(|id| playbook.services.iter().find(|s| s.id == *id));
    known.and_then(|service| service.public_name.clone()).unwrap_or_else(|| "our service".into())
}
