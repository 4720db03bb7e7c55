//! Seam to `render`.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Door, message};
use crate::{
    command::FormKind,
    engine::{Done, Refusal},
    ids::{IncidentId, UserId},
    incident::{Command, Event, Incident},
    playbook::Severity,
    render::Message,
};

pub fn card(_door: &Door, it: &Incident) -> Message {
    message::say(&format!("{} {} {}", it.id, it.severity, it.title()))
}

pub fn list(_door: &Door, heading: &str, list: &[Arc<Incident>]) -> Message {
    message::say(&format!("{heading} {}", list.iter().map(|i| i.id.to_string()).collect::<Vec<_>>().join(" ")))
}

pub fn events(_door: &Door, it: &Incident, events: &[(u64, Event)]) -> Message {
    message::say(&format!("{} {} events", it.id, events.len()))
}

pub fn done(_door: &Door, done: &Done) -> Message {
    message::say(&format!("{} done", done.incident.id))
}

pub fn refused(_door: &Door, refusal: &Refusal, _me: &UserId) -> Message {
    message::say(&refusal.to_string())
}

pub fn duplicate(first: IncidentId, _command: &Command) -> Message {
    message::say(&format!("declared as {first}"))
}

pub fn home(_door: &Door) -> Value {
    json!({ "type": "home", "blocks": [] })
}

pub fn declare_form(_door: &Door, title: &str, _severity: Option<Severity>) -> Value {
    json!({ "type": "modal", "title": title })
}

pub fn form(_door: &Door, it: &Incident, form: FormKind) -> Value {
    json!({ "type": "modal", "callback_id": format!("{form:?} {}", it.id) })
}
