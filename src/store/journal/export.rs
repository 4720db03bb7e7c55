//! `watchroom export`: the events as JSON lines, whole or of one stream.
//!
//! ```text
//! {"watchroom_export":1}
//! {"commit":7,"stream":"inc/INC-1","seq":1,"at":"…","hash":"…","texts":[["<salt>","words"]],"body":{…}}
//! {"end":true,"events":1,"sum":"<sha256 of every byte before this line>"}
//! ```
//!
//! The trailer makes half an export recognisable. `"erased":true` stands where texts were. Jobs, receipts and remembered
//! keys are not events: a backup holds them.

use std::{
    fmt,
    io::{self, Write},
    path::Path,
};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::{
    JournalError, Position,
    audit::{Audit, until},
    directory,
    walk::Walk,
};
use crate::{
    ids::StreamId,
    store::{
        chain::{Hash, checksum},
        ledger::Fact,
        text::Texts,
    },
};

/// The version of the export this release writes.
pub(super) const VERSION: u64 = 1;

/// The first line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    pub watchroom_export: u64,
}

/// An event's line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EventLine<'a> {
    pub commit: u64,
    pub stream: StreamId,
    pub seq: u64,
    pub at: jiff::Timestamp,
    pub hash: Hash,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub texts: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub erased: bool,
    #[serde(borrow)]
    pub body: &'a RawValue,
}

/// The last line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Trailer {
    pub end: bool,
    pub events: u64,
    pub sum: Hash,
}

/// What was exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exported {
    /// How many events.
    pub events: u64,
}

/// Writes the events of the store at `store` to `out`, all or those of `only`. The journal is verified first.
pub fn export(store: &Path, only: Option<&StreamId>, out: &mut (dyn Write + Send)) -> Result<Exported, JournalError> {
    let audit = Audit::of(store)?;
    let mut walk = Walk::from(&directory(store), Position::default())?;
    let mut out = Summing::begin(out)?;
    while let Some(group) = until(&mut walk, &audit.end)? {
        for entry in group.commits {
            for (fact, texts) in entry.facts.events.iter().zip(entry.texts) {
                if only.is_none_or(|only| fact.recorded.stream == *only) {
                    let erased = audit.erased.contains(&(fact.recorded.stream.clone(), fact.recorded.seq));
                    out.event(entry.facts.number, fact, if erased { Texts::Blank } else { texts })?;
                }
            }
        }
    }
    out.end()
}

/// Writes lines and sums them up.
pub(in crate::store) struct Summing<'a> {
    out: &'a mut (dyn Write + Send),
    hasher: Sha256,
    events: u64,
}

impl<'a> Summing<'a> {
    /// Begins an export.
    pub fn begin(out: &'a mut (dyn Write + Send)) -> Result<Self, JournalError> {
        let mut begun = Self { out, hasher: Sha256::new(), events: 0 };
        begun.line(&Header { watchroom_export: VERSION })?;
        Ok(begun)
    }

    /// Ends it.
    pub fn end(mut self) -> Result<Exported, JournalError> {
        let (events, sum) = (self.events, checksum(self.hasher.clone()));
        self.line(&Trailer { end: true, events, sum })?;
        self.out.flush().map_err(JournalError::io("the output"))?;
        Ok(Exported { events })
    }

    /// Adds an event.
    pub fn event(&mut self, commit: u64, fact: &Fact, texts: Texts) -> Result<(), JournalError> {
        self.events += 1;
        let event = &fact.recorded;
        let body: &RawValue = serde_json::from_str(&fact.sealed.body).map_err(failed)?;
        let (texts, erased) = match texts {
            Texts::There(texts) => (texts, false),
            // Erased between the first look and this one, if not before.
            Texts::Blank | Texts::Torn => (Vec::new(), fact.place.texts_len > 0),
        };
        let (stream, seq, at, hash) = (event.stream.clone(), event.seq, event.at, fact.hash);
        self.line(&EventLine { commit, stream, seq, at, hash, texts, erased, body })
    }

    fn line(&mut self, line: &impl Serialize) -> Result<(), JournalError> {
        let mut bytes = serde_json::to_vec(line).map_err(failed)?;
        bytes.push(b'\n');
        self.hasher.update(&bytes);
        self.out.write_all(&bytes).map_err(failed)
    }
}

fn failed(error: impl Into<io::Error>) -> JournalError {
    JournalError::io("the output")(error.into())
}

impl fmt::Debug for Summing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Summing").field("events", &self.events).finish_non_exhaustive()
    }
}
