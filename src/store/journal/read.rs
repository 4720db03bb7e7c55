//! The events as they can be read without a store: for `watchroom export --format markdown`.

use std::path::Path;

use super::{
    JournalError, Position,
    audit::{Audit, until},
    directory,
    walk::Walk,
};
use crate::{
    ids::StreamId,
    store::{Recorded, text},
};

/// The events of the store at `store` whose streams are `wanted`, in the order they were committed, beside a running server.
///
/// # Errors
/// [`JournalError::Damaged`]: the journal is verified first.
pub fn read(store: &Path, wanted: impl Fn(&StreamId) -> bool) -> Result<Vec<Recorded>, JournalError> {
    let audit = Audit::of(store)?;
    let mut walk = Walk::from(&directory(store), Position::default())?;
    let mut found = Vec::new();
    while let Some(group) = until(&mut walk, &audit.end)? {
        for fact in group.commits.into_iter().flat_map(|entry| entry.facts.events) {
            let mut event = fact.recorded;
            if wanted(&event.stream) {
                if audit.erased.contains(&(event.stream.clone(), event.seq)) {
                    text::blank(&mut event.body);
                }
                found.push(event);
            }
        }
    }
    Ok(found)
}
