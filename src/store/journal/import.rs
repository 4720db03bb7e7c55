//! `watchroom import`: an export becomes the journal of an empty store, whole or not at all.

use std::{collections::HashMap, fmt, io::BufRead, path::Path};

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    JournalError, Lock, Position,
    backup::Building,
    export::{EventLine, Header, Trailer, VERSION},
    run::Run,
    write::{AppendError, Draft, Writer},
};
use crate::{
    ids::StreamId,
    store::{
        Recorded,
        chain::{Head, checksum},
        ledger::{Fact, Facts},
        place::Place,
        text::{self, Sealed},
    },
};

/// How large a segment made by an import gets.
const SEGMENT_BYTES: u64 = 32 << 20;
/// How many commits share a group.
const GROUP: u64 = 512;

/// What was imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    /// How many events.
    pub events: u64,
    /// Of how many streams.
    pub streams: u64,
}

/// Reads an export from `from` into the empty store at `store`.
///
/// # Errors
/// [`JournalError::BadExport`] names the first line that is wrong; [`JournalError::NotEmpty`] if there is a record already.
pub fn import(store: &Path, from: &mut dyn BufRead) -> Result<Imported, JournalError> {
    let _lock = Lock::take(store)?;
    let building = Building::begin(store)?;
    let writer = Writer::open(building.dir().to_owned(), SEGMENT_BYTES, Position::default())?;
    let mut groups = Groups { writer, draft: None, grouped: 0 };
    let imported = read_in(from, &mut groups)?;
    groups.finish()?;
    building.finish()?;
    let end = groups.writer.end();
    if end.group > 0 {
        Run { boot: None, clean: true, acknowledged: end }.write(store).map_err(JournalError::io(store))?;
    }
    Ok(imported)
}

/// Takes the commits of an export, one after the other.
pub(in crate::store) trait Sink {
    fn take(&mut self, facts: Facts) -> Result<(), JournalError>;
}

/// Reads an export into `sink`. Only when it returns is it known that the export was whole.
pub(in crate::store) fn read_in(from: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<Imported, JournalError> {
    let mut import = Import { sink, heads: HashMap::new(), events: 0, facts: None, commit: 0, erased: vec![] };
    let mut lines = Lines { from, number: 0, hasher: Sha256::new(), bytes: Vec::new() };
    import.read(&mut lines)?;
    import.finish()?;
    Ok(Imported { events: import.events, streams: import.heads.len() as u64 })
}

/// The groups of a journal in the making.
struct Groups {
    writer: Writer,
    draft: Option<Draft>,
    grouped: u64,
}

impl Sink for Groups {
    fn take(&mut self, mut facts: Facts) -> Result<(), JournalError> {
        let mut draft = match self.draft.take() {
            Some(draft) => draft,
            None => self.writer.begin().map_err(|error| self.failed(error))?,
        };
        self.grouped += 1;
        self.writer.push(&mut draft, &mut facts).map_err(|error| self.failed(error))?;
        if self.grouped == GROUP {
            return self.append(draft);
        }
        self.draft = Some(draft);
        Ok(())
    }
}

impl Groups {
    fn append(&mut self, draft: Draft) -> Result<(), JournalError> {
        self.grouped = 0;
        self.writer.append(draft).map_err(|error| self.failed(error))
    }

    fn finish(&mut self) -> Result<(), JournalError> {
        self.draft.take().map_or(Ok(()), |draft| self.append(draft))
    }

    fn failed(&self, error: AppendError) -> JournalError {
        let error = match error {
            AppendError::Full => std::io::Error::from(std::io::ErrorKind::StorageFull),
            AppendError::Failed(why) => std::io::Error::other(why),
        };
        JournalError::io(self.writer.dir())(error)
    }
}

/// Numbered lines and their sum.
struct Lines<'a> {
    from: &'a mut dyn BufRead,
    number: u64,
    hasher: Sha256,
    bytes: Vec<u8>,
}

impl Lines<'_> {
    /// Reads the next line; false at the end.
    fn next(&mut self) -> Result<bool, JournalError> {
        self.number += 1;
        self.bytes.clear();
        let read = self.from.read_until(b'\n', &mut self.bytes).map_err(JournalError::io("the export"))?;
        if read > 0 && !self.bytes.ends_with(b"\n") {
            return Err(self.bad("it ends in the middle of a line"));
        }
        Ok(read > 0)
    }

    fn bad(&self, why: impl fmt::Display) -> JournalError {
        JournalError::BadExport { line: self.number, why: format!("{why}") }
    }
}

struct Import<'a> {
    sink: &'a mut dyn Sink,
    heads: HashMap<StreamId, Head>,
    events: u64,
    /// The commit that is being gathered.
    facts: Option<Facts>,
    /// Its number, or that of the one before.
    commit: u64,
    erased: Vec<(StreamId, u64)>,
}

impl Import<'_> {
    fn read(&mut self, lines: &mut Lines<'_>) -> Result<(), JournalError> {
        let header = lines.next()?.then(|| serde_json::from_slice::<Header>(&lines.bytes).ok()).flatten();
        match header {
            Some(Header { watchroom_export: VERSION }) => {}
            Some(Header { watchroom_export: other }) => {
                return Err(lines.bad(format!("it has format {other} and this release reads format {VERSION}")));
            }
            None => return Err(lines.bad("this is not an export of watchroom")),
        }
        lines.hasher.update(&lines.bytes);
        loop {
            if !lines.next()? {
                return Err(lines.bad("it ends before its last line: the export is incomplete"));
            }
            if lines.bytes.starts_with(b"{\"end\":") {
                break;
            }
            self.event(lines)?;
            lines.hasher.update(&lines.bytes);
        }
        let trailer: Trailer = serde_json::from_slice(&lines.bytes).map_err(|error| lines.bad(error))?;
        if !trailer.end || trailer.events != self.events || trailer.sum != checksum(lines.hasher.clone()) {
            return Err(lines.bad("the checksum does not fit: a line was changed, added or lost"));
        }
        if lines.next()? {
            return Err(lines.bad("something follows the last line"));
        }
        Ok(())
    }

    fn event(&mut self, lines: &Lines<'_>) -> Result<(), JournalError> {
        let event: EventLine<'_> = serde_json::from_slice(&lines.bytes).map_err(|error| lines.bad(error))?;
        let head = self.heads.entry(event.stream.clone()).or_default();
        let next = head.next(&event.stream.to_string(), event.at, event.body.get());
        if (next.length, next.hash) != (event.seq, event.hash) {
            let why = format!("event {} of {} does not continue the chain of its stream", event.seq, event.stream);
            return Err(lines.bad(why));
        }
        *head = next;
        let mut body: Value = serde_json::from_str(event.body.get()).map_err(|error| lines.bad(error))?;
        let texts = if event.erased {
            text::blank(&mut body);
            self.erased.push((event.stream.clone(), event.seq));
            Some(" ".to_owned())
        } else if text::fill(&mut body, &event.texts) {
            (!event.texts.is_empty()).then(|| text::line(&event.texts))
        } else {
            return Err(
                lines.bad(format!("the texts of event {} of {} are not what was hashed", event.seq, event.stream))
            );
        };
        if self.facts.as_ref().is_none_or(|facts| facts.number != event.commit) {
            if event.commit <= self.commit {
                return Err(lines.bad("its commit does not follow the one before"));
            }
            self.commit()?;
            self.commit = event.commit;
            self.facts = Some(empty(event.commit, event.at));
        }
        if let Some(facts) = &mut self.facts {
            if facts.at != event.at {
                return Err(lines.bad("its time is not that of its commit"));
            }
            let recorded = Recorded { stream: event.stream, seq: event.seq, at: event.at, body };
            let sealed = Sealed { body: event.body.get().to_owned(), texts };
            facts.events.push(Fact { recorded, foreseen: None, sealed, hash: event.hash, place: Place::default() });
        }
        self.events += 1;
        Ok(())
    }

    /// Hands on the commit that was gathered.
    fn commit(&mut self) -> Result<(), JournalError> {
        self.facts.take().map_or(Ok(()), |facts| self.sink.take(facts))
    }

    /// Hands on what is left, and orders the blanks: they were erased before the export.
    fn finish(&mut self) -> Result<(), JournalError> {
        let at = self.facts.as_ref().map(|facts| facts.at).unwrap_or_default();
        self.commit()?;
        if !self.erased.is_empty() {
            let erase = std::mem::take(&mut self.erased);
            self.facts = Some(Facts { erase, ..empty(self.commit + 1, at) });
            self.commit()?;
        }
        Ok(())
    }
}

fn empty(number: u64, at: jiff::Timestamp) -> Facts {
    Facts { number, at, events: vec![], erase: vec![], done: vec![], jobs: vec![], keys: vec![] }
}
