//! Following incidents without being in their rooms.

use super::{
    args::{Args, Bad, Meaning, Outcome, words, wrong},
    parse::{ParseCx, Parsed},
    people::severity_word,
};
use crate::{
    ids::IncidentId,
    incident::following::{Subscribing, Wanted},
    playbook::PhaseId,
};

/// `subscribe`, `subscribe sev2 checkout resolved`, `subscribe INC-7`, `subscribe remove 3`, `subscribe mute`.
pub fn subscribe(args: &Args<'_>, cx: &ParseCx<'_>) -> Outcome {
    let (first, rest) = args.first();
    let fact = match (first.to_lowercase().as_str(), rest) {
        ("", _) | ("list", "") => None,
        ("mute", "") => Some(Subscribing::Muted { muted: true }),
        ("unmute", "") => Some(Subscribing::Muted { muted: false }),
        ("remove", number) => {
            let number = number.parse().map_err(|_| {
                wrong("Which one? `/incident subscribe` shows their numbers: `/incident subscribe remove 3`.")
            })?;
            Some(Subscribing::Removed { number })
        }
        ("all", "") => Some(Subscribing::Added { wanted: Wanted::default() }),
        _ => Some(Subscribing::Added { wanted: wanted(args, cx)? }),
    };
    Ok(Meaning::Whole(Parsed::Follow { incident: None, fact }))
}

/// Each word narrows it: an incident, a severity, a service, a phase.
fn wanted(args: &Args<'_>, cx: &ParseCx<'_>) -> Result<Wanted, Bad> {
    let mut wanted = Wanted::default();
    for word in words(args.rest) {
        let word = word.trim_matches([',', ':']);
        let lower = word.to_lowercase();
        if matches!(lower.as_str(), "service" | "phase" | "severity" | "or" | "and" | "worse" | "to") {
            continue;
        }
        if let Ok(id) = word.parse::<IncidentId>() {
            wanted.incident = Some(id);
        } else if let Some(severity) = severity_word(&lower) {
            wanted.severity = Some(severity);
        } else if let Some(service) = cx.playbook.services.iter().find(|service| {
            service.id.as_str().eq_ignore_ascii_case(&lower) || service.label.eq_ignore_ascii_case(&lower)
        }) {
            wanted.service = Some(service.id.clone());
        } else if cx.playbook.kinds.iter().any(|kind| kind.phase(&lower).is_some()) {
            wanted.phases.push(PhaseId::from(lower.as_str()));
        } else {
            return Err(Bad::Unread);
        }
    }
    Ok(wanted)
}
