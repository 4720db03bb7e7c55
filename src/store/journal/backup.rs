//! `watchroom backup` and `watchroom restore`: the journal, copied up to a whole group.
//!
//! A backup is itself a store: `journal` and the note where it ends, so that one that has lost its end is recognised.

use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use super::{JournalError, Lock, Position, audit::Audit, directory, files, format, run::Run};

/// How often a copy is brought up to date because a text was erased meanwhile.
const TRIES: u32 = 5;

/// What was copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackedUp {
    /// How many events.
    pub events: u64,
    /// Of how many streams.
    pub streams: u64,
}

/// Copies the store at `store` into the empty or new directory `to`, beside a running server. The copy is verified.
pub fn backup(store: &Path, to: &Path) -> Result<BackedUp, JournalError> {
    // Looked at first: a mistyped source should not leave an empty backup behind.
    Audit::of(store)?;
    let _lock = Lock::take(to)?;
    copy(store, to)
}

/// Copies the backup at `from` into the empty store at `store`.
pub fn restore(from: &Path, store: &Path) -> Result<BackedUp, JournalError> {
    Audit::of(from)?;
    let _lock = Lock::take(store)?;
    copy(from, store)
}

fn copy(from: &Path, to: &Path) -> Result<BackedUp, JournalError> {
    let building = Building::begin(to)?;
    let (mut tries, mut start) = (1, Position::default());
    loop {
        let audit = Audit::of(from)?;
        copy_between(&directory(from), building.dir(), &start, &audit.end)?;
        start = audit.end;
        let copied = Audit::of_copy(building.dir());
        match copied {
            Ok(copied) if copied.end == audit.end => {
                building.finish()?;
                let run = Run { boot: None, clean: true, acknowledged: audit.end };
                run.write(to).map_err(JournalError::io(to))?;
                return Ok(BackedUp { events: copied.events, streams: copied.heads.len() as u64 });
            }
            // A text was erased between the two looks, by an order that is not in this copy yet: what came since is added.
            Err(JournalError::Damaged(damage)) if tries == TRIES => return Err(JournalError::Moving(damage)),
            Ok(_) | Err(JournalError::Damaged(_)) => tries += 1,
            Err(error) => return Err(error),
        }
    }
}

/// Copies what lies between two places in the journal, behind what the copy has already.
fn copy_between(from: &Path, to: &Path, start: &Position, end: &Position) -> Result<(), JournalError> {
    for segment in start.segment.max(1)..=end.segment {
        let (source, target) = (format::path(from, segment), format::path(to, segment));
        let first = if segment == start.segment { start.offset } else { 0 };
        let last = if segment == end.segment { end.offset } else { u64::MAX };
        let copy = || {
            let mut copied = File::options().create(true).append(true).open(&target)?;
            let mut original = File::open(&source)?;
            original.seek(SeekFrom::Start(first))?;
            io::copy(&mut original.take(last - first), &mut copied)?;
            copied.sync_all()
        };
        copy().map_err(JournalError::io(source.clone()))?;
    }
    files::sync_dir(to).map_err(JournalError::io(to))
}

/// A journal in the making, in a directory of another name until it is whole.
#[derive(Debug)]
pub(super) struct Building {
    store: PathBuf,
    dir: PathBuf,
    finished: bool,
}

impl Building {
    /// Refuses a store that has a record.
    pub fn begin(store: &Path) -> Result<Self, JournalError> {
        let journal = directory(store);
        if store.join("sled").exists() || !files::segments(&journal)?.is_empty() {
            return Err(JournalError::NotEmpty(store.to_owned()));
        }
        let dir = store.join("journal.partial");
        if dir.exists() {
            fs::remove_dir_all(&dir).map_err(JournalError::io(&dir))?;
        }
        fs::create_dir_all(&dir).map_err(JournalError::io(&dir))?;
        Ok(Self { store: store.to_owned(), dir, finished: false })
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Gives it its name, durably.
    pub fn finish(mut self) -> Result<(), JournalError> {
        let journal = directory(&self.store);
        let rename = || {
            if journal.exists() {
                fs::remove_dir(&journal)?;
            }
            fs::rename(&self.dir, &journal)?;
            files::sync_dir(&self.store)
        };
        rename().map_err(JournalError::io(&journal))?;
        self.finished = true;
        Ok(())
    }
}

impl Drop for Building {
    fn drop(&mut self) {
        if !self.finished
            && let Err(error) = fs::remove_dir_all(&self.dir)
        {
            tracing::warn!(%error, dir = %self.dir.display(), "an unfinished copy could not be removed");
        }
    }
}
