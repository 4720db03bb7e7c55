//! `watchroom verify`: every chain, every sum, every text.

use std::path::Path;

use super::{Damage, JournalError, audit::Audit};

/// What was found to be in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// How many streams there are.
    pub streams: u64,
    /// How many events.
    pub events: u64,
    /// How many commits.
    pub commits: u64,
    /// How many events were ordered to lose their texts, and did.
    pub erased: u64,
    /// A last group that is not finished: a server is writing it just now, or crashed while it did. Nobody was told that
    /// it is durable, and the next start cuts it off.
    pub unfinished: Option<Damage>,
}

/// Walks the hash chain of every stream in the store at `store`, beside a running server or on a copy.
///
/// # Errors
/// [`JournalError::Damaged`] names the first broken link: segment, line, and where it can be told stream and event.
pub fn verify(store: &Path) -> Result<Verified, JournalError> {
    let audit = Audit::of(store)?;
    Ok(Verified {
        streams: audit.heads.len() as u64,
        events: audit.events,
        commits: audit.commits,
        erased: audit.erased.len() as u64,
        unfinished: audit.unfinished,
    })
}
