//! From what the bot answered to the words for it.

use super::{Door, message};
use crate::{
    engine::{Done, Refusal},
    incident::{Command, Incident, What},
    playbook::Severity,
    render::{self, Message, TroubleKind, View, escape::escape},
};

impl Door {
    /// What renderings look at that are about no incident, or about several.
    pub(super) fn view(&self) -> View<'_> {
        View { playbook: self.engine.playbook(), settings: self.engine.settings(), now: self.clock().now() }
    }

    /// What renderings of this incident look at: it keeps its playbook.
    pub(super) fn view_of(&self, it: &Incident) -> View<'_> {
        View { playbook: self.engine.books().of(it), ..self.view() }
    }
}

/// What was done.
pub fn done(door: &Door, done: &Done) -> Message {
    let said = render::done(door.view_of(&done.incident), &done.incident, &done.events);
    let declared = done.events.first().is_some_and(|(_, e)| matches!(e.what, What::Declared { .. }));
    if declared && !door.engine.books().in_force().is_current {
        return render::with_note(said, render::PLAYBOOK_BROKEN);
    }
    said
}

/// Why nothing was done.
pub fn refused(door: &Door, refusal: &Refusal) -> Message {
    match refusal {
        Refusal::Rejected { why, incident } => {
            let w = incident.as_deref().map_or_else(|| door.view(), |it| door.view_of(it));
            render::refused(w, why, incident.as_deref())
        }
        Refusal::Duplicate { first } => message::say(&format!("You declared this a moment ago as {first}.")),
        Refusal::Full => trouble(door, TroubleKind::Full, refusal),
        Refusal::Closed(_) => trouble(door, TroubleKind::Closed, refusal),
        Refusal::Away(_) => trouble(door, TroubleKind::Away, refusal),
        Refusal::Busy => trouble(door, TroubleKind::Busy, refusal),
    }
}

/// The person hears a sentence, the log the reason.
fn trouble(door: &Door, kind: TroubleKind, refusal: &Refusal) -> Message {
    tracing::error!(error = %refusal, "a request could not be carried out");
    door.counters.failed.up();
    render::trouble(kind)
}

/// The same was declared a moment ago. The button carries what to type, so that it declares the same.
pub fn duplicate(first: &Incident, command: &Command) -> Message {
    let Command::Declare(declaration) = command else { return message::say("You did this a moment ago.") };
    let severity = declaration.severity.map(|Severity(n)| format!("sev{n} ")).unwrap_or_default();
    let secret = if first.is_secret() { "security: " } else { "" };
    let service = declaration.service.as_ref().map(|s| format!("for {s} ")).unwrap_or_default();
    render::duplicate(first, &format!("{severity}{secret}{service}{}", escape(&declaration.title)))
}
