//! What people follow: told to them, and listed.

use super::{
    Message, View,
    escape::escape,
    ids::{ButtonValue, action::follow as action},
    limits::{Look, actions, button, rows, section},
    lists::row,
    when::date,
};
use crate::incident::{
    Incident,
    following::{Subscriptions, Wanted},
};

/// How many of one's subscriptions have a button.
const BUTTONS: usize = 20;

/// What changed of what somebody follows, as it stands.
pub fn news(w: View<'_>, all: &[&Incident]) -> Message {
    if all.is_empty() {
        return Message::plain("What stood here is not for everybody any more.");
    }
    let lines: Vec<String> = all.iter().map(|it| told(w, it)).collect();
    let text = format!(
        ":bell: *What you follow*\n{}\n_`/incident subscribe` shows what that is, and mutes it._",
        rows(&lines, 2500)
    );
    Message::new(&text, vec![section(&text)])
}

fn told(w: View<'_>, it: &Incident) -> String {
    let due = it.update.due.filter(|_| it.is_open()).map(|due| format!(" · next update {}", date(due)));
    format!("{}{}", row(w, it, it.called()), due.unwrap_or_default())
}

/// What somebody subscribed to, with a way out of each.
pub fn subscriptions(w: View<'_>, all: &Subscriptions) -> Message {
    if all.all.is_empty() {
        return Message::plain(
            "You follow nothing. `/incident subscribe sev2` tells you of incidents as bad as SEV2 or worse, `/incident subscribe \
             checkout` of those of a service, `/incident subscribe resolved` when one comes into that phase, `/incident subscribe INC-7` of \
             that one; what stands together must all fit: `/incident subscribe checkout sev1`. You hear of it here, and need not be in the \
             room.",
        );
    }
    // People count from one; a button knows which it is for good.
    let counted = || all.all.iter().zip(1..);
    let lines: Vec<String> = counted().map(|((_, wanted), n): (_, u32)| format!("{n}: {}", words(w, wanted))).collect();
    let muted = if all.muted { "\n:mute: Muted: you hear of none of it." } else { "" };
    let text = format!("*You follow*\n{}{muted}", rows(&lines, 2500));
    let remove = |((number, _), n): (&(u64, Wanted), u32)| {
        let value = ButtonValue::default().extra(number.to_string());
        button(&format!("{}.{number}", action::REMOVE), &format!("Remove {n}"), &value, Look::Usual)
    };
    let mut buttons: Vec<_> = counted().take(BUTTONS).map(remove).collect();
    let (id, label) = if all.muted { (action::UNMUTE, "Unmute") } else { (action::MUTE, "Mute") };
    buttons.push(button(id, label, &ButtonValue::default(), Look::Usual));
    Message::new(&text, vec![section(&text), actions(buttons)])
}

fn words(w: View<'_>, wanted: &Wanted) -> String {
    let mut parts = Vec::new();
    parts.extend(wanted.incident.map(|id| id.to_string()));
    parts.extend(wanted.service.as_ref().map(|id| {
        let label = w.playbook.service(id.as_str()).map_or(id.as_str(), |service| service.label.as_str());
        format!("incidents of {}", escape(label))
    }));
    parts.extend(wanted.severity.map(|worst| format!("{worst} or worse")));
    let phases: Vec<String> = wanted.phases.iter().map(|phase| escape(phase.as_str())).collect();
    if !phases.is_empty() {
        parts.push(format!("when they come into {}", phases.join(" or ")));
    }
    if parts.is_empty() { "every incident".to_owned() } else { parts.join(", ") }
}
