//! When a page is urgent, in words: plain text, since `doctor` and `check` say it too.

use super::paging::hours;
use crate::paging::{Condition, LEAST_URGENT, Policy};

/// `on SEV1, SEV2, or from 08:00 to 18:00 (Mon, Europe/Berlin)`; nothing where it never is.
fn when(policy: &Policy) -> Option<String> {
    let Some(conditions) = &policy.urgent else { return Some(format!("on SEV1 to {LEAST_URGENT}")) };
    let words = |condition: &Condition| {
        let severities: Vec<String> = condition.severities.iter().map(ToString::to_string).collect();
        let on = (!severities.is_empty()).then(|| format!("on {}", severities.join(", ")));
        let parts: Vec<String> = on.into_iter().chain(condition.between.as_ref().map(hours)).collect();
        if parts.is_empty() { "always".to_owned() } else { parts.join(" ") }
    };
    let all: Vec<String> = conditions.iter().map(words).collect();
    (!all.is_empty()).then(|| all.join(", or "))
}

/// What a policy says of it.
#[must_use]
pub fn urgency(policy: &Policy) -> String {
    match when(policy) {
        Some(when) => format!("Urgent {when}; otherwise nobody is called or sent a text message."),
        None => "Never urgent: nobody is called or sent a text message.".to_owned(),
    }
}

/// What whoever is asked reads of it, where it is not urgent now.
pub(super) fn not_urgent(policy: &Policy) -> String {
    let when = when(policy).map(|when| format!(" Urgent {when}.")).unwrap_or_default();
    format!("Not urgent now: no call, no text message.{when}")
}
