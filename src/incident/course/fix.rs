//! The final fix, and what people say of what phases need.

use super::{Fact, No, STATEMENT_LIMIT, Said, is_statement};
use crate::incident::{
    Context, EVENT_VERSION, EntryKind, Event, Incident, Needed, Rejection, What, apply,
    decide::{TEXT_LIMIT, text, to_stage},
};
use crate::playbook::Stage;

/// Sentences and a fix, as they were said; what was left empty was not.
pub(super) fn said(said: &Said) -> Result<Vec<What>, Rejection> {
    let is_said = |words: &&String| !words.trim().is_empty();
    let mut events = Vec::new();
    for (need, words) in said.statements.iter().filter(|(_, words)| is_said(&words)) {
        if !is_statement(*need) {
            return Err(Rejection::Course(No::NotAStatement));
        }
        let text = text(words, Needed::Entry, STATEMENT_LIMIT)?;
        events.push(What::Course(Fact::Stated { need: *need, text }));
    }
    if let Some(fix) = said.fix.as_ref().filter(is_said) {
        events.push(entry(fix)?);
    }
    Ok(events)
}

fn entry(fix: &str) -> Result<What, Rejection> {
    let text = text(fix, Needed::Entry, TEXT_LIMIT)?;
    Ok(What::EntryAdded { entry: EntryKind::Fix, text, said_at: None, author: None, source: None })
}

/// Which fix, by which signal; and the phase that follows, where that is wanted.
pub(super) fn confirm(
    it: &Incident,
    on_record: Option<u64>,
    fix: Option<&str>,
    signal: &str,
    resolve: bool,
    cx: &Context<'_>,
) -> Result<Vec<What>, Rejection> {
    let mut events = Vec::new();
    let entry = match (on_record, fix.map(str::trim).filter(|fix| !fix.is_empty())) {
        (_, Some(fix)) => {
            events.push(entry(fix)?);
            it.version + 1
        }
        (Some(entry), None) if it.course.fixes.contains(&entry) => entry,
        (_, None) => return Err(Rejection::Course(No::NoSuchFix)),
    };
    events.push(What::Course(Fact::FixConfirmed { entry, signal: text(signal, Needed::Signal, TEXT_LIMIT)? }));
    if resolve && it.stage != Stage::Resolved {
        let on = after(it, &events, cx);
        events.extend(to_stage(&on, Stage::Resolved, None, cx)?);
    }
    Ok(events)
}

/// The incident as it will be after these.
pub(super) fn after(it: &Incident, events: &[What], cx: &Context<'_>) -> Incident {
    let event = |what: &What| Event { v: EVENT_VERSION, at: cx.now, by: cx.by.clone(), what: what.clone() };
    events.iter().fold(it.clone(), |it, what| apply(Some(it.clone()), &event(what)).unwrap_or(it))
}
