//! The timeline: entries, their edits, redaction, links.

use jiff::Timestamp;

use super::{TEXT_LIMIT, must_be_open, text};
use crate::{
    ids::UserId,
    incident::{EntryKind, Incident, MessageRef, Needed, Redactable, Rejection, Text, What},
};

/// The longest address that is kept.
const LINK_LIMIT: usize = 2000;

/// Entries are taken after the end too: what is learnt late belongs on the timeline.
pub(super) fn add(
    entry: EntryKind,
    raw: &str,
    said_at: Option<Timestamp>,
    author: Option<&UserId>,
    source: Option<&MessageRef>,
) -> Result<Vec<What>, Rejection> {
    // A message is kept as it was said, however long; what a person types for the record is bounded.
    let text = match entry {
        EntryKind::Message => Text::new(super::clean(raw, false)),
        EntryKind::Note | EntryKind::Change | EntryKind::Decision | EntryKind::Fix => {
            text(raw, Needed::Entry, TEXT_LIMIT)?
        }
    };
    Ok(vec![What::EntryAdded { entry, text, said_at, author: author.cloned(), source: source.cloned() }])
}

pub(super) fn edit(it: &Incident, entry: u64, raw: &str) -> Result<Vec<What>, Rejection> {
    if entry == 0 || entry > it.version {
        return Err(Rejection::NoSuchEntry(entry));
    }
    Ok(vec![What::EntryEdited { entry, text: Text::new(super::clean(raw, false)) }])
}

pub(super) fn redact(entry: u64, found: Option<&Redactable>, why: &str) -> Result<Vec<What>, Rejection> {
    let why = text(why, Needed::Reason, TEXT_LIMIT)?;
    match found {
        None => Err(Rejection::NoSuchEntry(entry)),
        Some(Redactable { has_words: false, .. }) => Err(Rejection::AlreadyRedacted(entry)),
        Some(Redactable { edits, title, .. }) => {
            Ok(vec![What::Redacted { entry, edits: edits.clone(), title: *title, why }])
        }
    }
}

pub(super) fn link(it: &Incident, raw: &str) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    let url = text(raw, Needed::Link, LINK_LIMIT)?;
    let address = url.words().unwrap_or_default();
    let is_web =
        ["https://", "http://"].iter().any(|scheme| address.starts_with(scheme) && address.len() > scheme.len());
    if !is_web || address.contains([' ', '<', '>', '|', '"']) {
        return Err(Rejection::NotALink);
    }
    if it.links.iter().any(|l| l.text == url) { Err(Rejection::AlreadySo) } else { Ok(vec![What::LinkAdded { url }]) }
}
