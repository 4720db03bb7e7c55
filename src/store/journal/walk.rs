//! Reading a journal group by group.

use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::{
    Damage, JournalError, files,
    format::{self, Position, index},
    line,
};
use crate::{
    ids::StreamId,
    store::{chain::checksum, ledger::Facts, text::Texts},
};

/// A group as it stands in the journal.
#[derive(Debug)]
pub(in crate::store) struct Group {
    pub commits: Vec<Entry>,
    /// Where it ends.
    pub end: Position,
    /// Its checksum holds. Left to the reader to look at, because the hash chains of its events name a damage better.
    pub sound: Result<(), Box<Damage>>,
}

/// A commit as it stands in the journal.
#[derive(Debug)]
pub(in crate::store) struct Entry {
    pub facts: Facts,
    /// What became of the texts of each event.
    pub texts: Vec<Texts>,
    segment: u64,
    offset: u64,
}

/// Goes through a journal. It may be growing meanwhile.
#[derive(Debug)]
pub(in crate::store) struct Walk {
    dir: PathBuf,
    at: Position,
    /// The present segment from `from` on, as far as it was read.
    bytes: Vec<u8>,
    from: u64,
}

/// What is wrong with a group, and where.
type Flaw = (u64, String);

impl Walk {
    /// Starts after `at`.
    pub fn from(dir: &Path, at: Position) -> Result<Self, JournalError> {
        let mut walk = Self { dir: dir.to_owned(), at, bytes: Vec::new(), from: at.offset };
        if at.segment > 0 {
            walk.grow()?;
        }
        Ok(walk)
    }

    /// Where the journal is.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The end of the last group that was read.
    pub fn at(&self) -> Position {
        self.at
    }

    /// The next group; none at the end.
    pub fn next(&mut self) -> Result<Option<Group>, JournalError> {
        loop {
            let more = self.exists(self.at.segment + 1);
            if self.at.segment > 0 {
                match self.group() {
                    Ok(Some(group)) => return Ok(Some(group)),
                    // The writer may have been in the middle of it: a second look decides.
                    Ok(None) | Err(_) if self.grow()? => continue,
                    Err((offset, why)) => return Err(JournalError::Damaged(Box::new(self.damage(offset, why)))),
                    Ok(None) => {}
                }
            }
            if !more {
                return self.nothing_follows();
            }
            self.enter(self.at.segment + 1)?;
        }
    }

    fn exists(&self, segment: u64) -> bool {
        format::path(&self.dir, segment).exists()
    }

    /// Reads again what lies behind the last whole group; true if it is longer by now. (A group that found no space is
    /// cut off again, so what was read of it before says nothing.)
    fn grow(&mut self) -> Result<bool, JournalError> {
        let path = format::path(&self.dir, self.at.segment);
        let before = self.bytes.len();
        self.bytes.truncate(index(self.at.offset - self.from));
        let mut read = || {
            let mut file = File::open(&path)?;
            file.seek(SeekFrom::Start(self.at.offset))?;
            file.read_to_end(&mut self.bytes)
        };
        read().map_err(JournalError::io(&path))?;
        // Whoever writes fills it with zeros ahead; no group ends with one.
        let written = self.bytes.iter().rposition(|&b| b != 0).map_or(0, |last| last + 1);
        self.bytes.truncate(written);
        Ok(self.bytes.len() > before)
    }

    /// A missing segment is a damage of its own.
    fn nothing_follows(&self) -> Result<Option<Group>, JournalError> {
        let last = files::segments(&self.dir)?.last().copied().unwrap_or(0);
        if last <= self.at.segment {
            return Ok(None);
        }
        let segment = format::name(self.at.segment + 1);
        let why = "the file is missing, although later ones are there".to_owned();
        Err(JournalError::Damaged(Box::new(Damage { segment, line: 0, event: None, why, last: false })))
    }

    fn enter(&mut self, segment: u64) -> Result<(), JournalError> {
        let before = self.at;
        self.bytes.clear();
        self.from = 0;
        self.at = Position { segment, offset: 0, ..before };
        self.grow()?;
        let header = format::header(segment, before.sum);
        if self.bytes.starts_with(header.as_bytes()) {
            self.at.offset = header.len() as u64;
            return Ok(());
        }
        let damage = self.damage(0, self.why_not(&header));
        // The segment was never entered: whoever cuts off a damaged end goes on in the one before.
        self.at = before;
        Err(JournalError::Damaged(Box::new(damage)))
    }

    fn why_not(&self, header: &str) -> String {
        let end = self.bytes.iter().position(|&b| b == b'\n').unwrap_or(self.bytes.len());
        let found: Option<serde_json::Value> = serde_json::from_slice(&self.bytes[..end]).ok();
        match found.as_ref().and_then(|found| found["watchroom_journal"].as_u64()) {
            Some(version) if version != format::VERSION => format!(
                "it has format {version} and this release reads format {}; start the release that wrote it",
                format::VERSION
            ),
            _ => format!("the segment does not start with {}", header.trim_end()),
        }
    }

    /// The line that starts at `start` (without its end), and where the next one starts.
    fn line(&self, start: usize) -> Result<(&[u8], usize), Flaw> {
        let rest = &self.bytes[start..];
        match rest.iter().position(|&b| b == b'\n') {
            Some(end) => Ok((&rest[..end], start + end + 1)),
            None => Err((self.from + start as u64, "it ends in the middle of a group".to_owned())),
        }
    }

    fn group(&mut self) -> Result<Option<Group>, Flaw> {
        let start = index(self.at.offset - self.from);
        if start == self.bytes.len() {
            return Ok(None);
        }
        let number = self.at.group + 1;
        let header = format::group(number);
        let (found, mut next) = self.line(start)?;
        if found != header.trim_end().as_bytes() {
            return Err((self.at.offset, format!("group {number} does not start here")));
        }
        let mut hasher = Sha256::new();
        hasher.update(self.at.sum.0);
        hasher.update(&header);
        let mut commits = Vec::new();
        loop {
            let (found, after) = self.line(next)?;
            if line::is_trailer(found) {
                let sum = checksum(hasher);
                let count = commits.len() as u64;
                let end = Position { offset: self.from + after as u64, group: number, commits: count, sum, ..self.at };
                let sound = if found == format::trailer(number, count, sum).trim_end().as_bytes() {
                    Ok(())
                } else {
                    Err(Box::new(self.damage(self.from + next as u64, format!("group {number} fails its checksum"))))
                };
                self.at = end;
                return Ok(Some(Group { commits, end, sound }));
            }
            hasher.update(&self.bytes[next..after]);
            let (entry, after) = self.entry(next, after)?;
            commits.push(entry);
            next = after;
        }
    }

    /// The commit on the line from `start` to `end`, and where its last line of texts ends.
    fn entry(&self, start: usize, end: usize) -> Result<(Entry, usize), Flaw> {
        let offset = self.from + start as u64;
        let segment = self.at.segment;
        let parsed = line::parse(&self.bytes[start..end - 1], segment, offset);
        let mut facts = parsed.map_err(|error| (offset, format!("not a commit ({error})")))?.facts;
        let mut texts = Vec::with_capacity(facts.events.len());
        let mut next = end;
        for fact in &mut facts.events {
            if fact.place.texts_len == 0 {
                texts.push(Texts::There(Vec::new()));
                continue;
            }
            let (found, after) = self.line(next)?;
            if found.len() as u64 != fact.place.texts_len {
                return Err((self.from + next as u64, "a line of texts has not the length it was written with".into()));
            }
            texts.push(line::fill(fact, &self.bytes, next..after - 1, self.from + next as u64));
            next = after;
        }
        Ok((Entry { facts, texts, segment, offset }, next))
    }

    /// Describes a flaw at `offset` of the present segment.
    fn damage(&self, offset: u64, why: String) -> Damage {
        let start = index(self.at.offset.saturating_sub(self.from)).min(self.bytes.len());
        let later_group = self.bytes[start..]
            .split(|&b| b == b'\n')
            .skip(1)
            .any(|line| line.starts_with(format::GROUP) && line.ends_with(b"}"));
        let last = !later_group && !self.exists(self.at.segment + 1);
        let line = line_at(&format::path(&self.dir, self.at.segment), offset).unwrap_or(0);
        Damage { segment: format::name(self.at.segment), line, event: None, why, last }
    }
}

impl Entry {
    /// Describes what is wrong with one of its events, in the journal in `dir`.
    pub fn broken(&self, dir: &Path, event: (StreamId, u64), why: String) -> Damage {
        let line = line_at(&format::path(dir, self.segment), self.offset).unwrap_or(0);
        Damage { segment: format::name(self.segment), line, event: Some(event), why, last: false }
    }
}

/// The number of the line at `offset`, from 1.
fn line_at(path: &Path, offset: u64) -> io::Result<u64> {
    let bytes = fs::read(path)?;
    Ok(1 + bytes.iter().take(index(offset)).map(|&b| u64::from(b == b'\n')).sum::<u64>())
}
