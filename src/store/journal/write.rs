//! Appending groups, and erasing texts.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::{
    JournalError,
    files::{self, sync_dir},
    format::{self, Position},
    line,
    spare::{self, Spare},
};
use crate::store::{
    chain::{Hash, checksum},
    ledger::Facts,
    place::Place,
};

/// How far ahead of its end a segment is filled with zeros, at least and at most: about as much as it holds already. A
/// sync of blocks that are there waits for the disk alone, and not for the file system's own journal as well. More at once
/// would keep whoever waits for that one group waiting longer.
const AHEAD: std::ops::RangeInclusive<u64> = 64 << 10..=256 << 10;

/// Why a group was not appended.
#[derive(Debug)]
pub(in crate::store) enum AppendError {
    /// No space. The journal is as it was before.
    Full,
    /// What is on disk is in doubt.
    Failed(String),
}

/// The one writer of a journal.
#[derive(Debug)]
pub(in crate::store) struct Writer {
    dir: PathBuf,
    segment_bytes: u64,
    /// None until there is a segment.
    file: Option<File>,
    end: Position,
    /// How long the segment's file is: behind `end` it has zeros.
    filled: u64,
    /// The next segment, once the present one is half full.
    spare: Option<Spare>,
    /// How long the last group was: the next one is much like it.
    room: usize,
}

/// A group that is being put together.
#[derive(Debug)]
pub(in crate::store) struct Draft {
    bytes: Vec<u8>,
    hasher: Sha256,
    commits: u64,
}

impl Writer {
    /// Goes on at `end`; what lies behind it was never acknowledged and is cut off.
    pub fn open(dir: PathBuf, segment_bytes: u64, end: Position) -> Result<Self, JournalError> {
        fs::create_dir_all(&dir).map_err(JournalError::io(&dir))?;
        let unacknowledged: Vec<_> =
            files::segments(&dir)?.into_iter().filter(|&number| number > end.segment).collect();
        for later in &unacknowledged {
            let path = format::path(&dir, *later);
            fs::remove_file(&path).map_err(JournalError::io(path))?;
        }
        if !unacknowledged.is_empty() {
            sync_dir(&dir).map_err(JournalError::io(&dir))?;
        }
        spare::clear(&dir).map_err(JournalError::io(&dir))?;
        let mut file = None;
        if end.segment > 0 {
            let path = format::path(&dir, end.segment);
            let open = || {
                let file = File::options().read(true).write(true).open(&path)?;
                if file.metadata()?.len() != end.offset {
                    file.set_len(end.offset)?;
                    file.sync_all()?;
                }
                Ok(file)
            };
            file = Some(open().map_err(JournalError::io(&path))?);
        }
        Ok(Self { dir, segment_bytes, file, end, filled: end.offset, spare: None, room: 0 })
    }

    /// Where its segments are.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The end of the last group.
    pub fn end(&self) -> Position {
        self.end
    }

    /// Starts a group, in a new segment if the present one is large enough.
    pub fn begin(&mut self) -> Result<Draft, AppendError> {
        if self.file.is_none() || self.end.offset >= self.segment_bytes {
            self.new_segment().map_err(|error| match refusal(&error) {
                AppendError::Full => AppendError::Full,
                AppendError::Failed(why) => AppendError::Failed(format!("a new segment cannot be made: {why}")),
            })?;
        }
        let header = format::group(self.end.group + 1);
        let mut hasher = Sha256::new();
        hasher.update(self.end.sum.0);
        hasher.update(&header);
        let mut bytes = Vec::with_capacity(self.room);
        bytes.extend_from_slice(header.as_bytes());
        Ok(Draft { bytes, hasher, commits: 0 })
    }

    fn new_segment(&mut self) -> io::Result<()> {
        let segment = self.end.segment + 1;
        let path = format::path(&self.dir, segment);
        let header = format::header(segment, self.end.sum);
        let ready = self.spare.take_if(|spare| spare.is_done()).and_then(|spare| spare.take(&path));
        let made = || {
            let file = match ready {
                Some(file) => file,
                None => File::options().read(true).write(true).create(true).truncate(true).open(&path)?,
            };
            file.write_all_at(header.as_bytes(), 0)?;
            file.sync_all()?;
            sync_dir(&self.dir)?;
            let filled = file.metadata()?.len();
            Ok((file, filled))
        };
        match made() {
            Ok((file, filled)) => {
                self.file = Some(file);
                self.end = Position { segment, offset: header.len() as u64, ..self.end };
                self.filled = filled;
                Ok(())
            }
            Err(error) => {
                if path.exists() {
                    fs::remove_file(&path)?;
                }
                Err(error)
            }
        }
    }

    /// Adds a commit to the group and tells its events their places.
    pub fn push(&self, draft: &mut Draft, facts: &mut Facts) -> Result<(), AppendError> {
        draft.commits += 1;
        line::write(&mut draft.bytes, self.end.offset, self.end.segment, facts, &mut draft.hasher)
            .map_err(|error| AppendError::Failed(error.to_string()))
    }

    /// Makes the group durable.
    pub fn append(&mut self, draft: Draft) -> Result<(), AppendError> {
        let Draft { mut bytes, hasher, commits } = draft;
        let sum: Hash = checksum(hasher);
        let group = self.end.group + 1;
        bytes.extend_from_slice(format::trailer(group, commits, sum).as_bytes());
        let Some(file) = &self.file else { return Err(AppendError::Failed("there is no segment".to_owned())) };
        if let Err(error) = file.write_all_at(&bytes, self.end.offset) {
            // Half a group is no group; but it must not be in the way when there is space again.
            self.filled = self.end.offset;
            return Err(match file.set_len(self.end.offset) {
                Ok(()) => refusal(&error),
                Err(cut) => AppendError::Failed(format!("{error}; then, cutting off what was written of it: {cut}")),
            });
        }
        let offset = self.end.offset + bytes.len() as u64;
        if offset > self.filled {
            let filled = fill(file, offset, self.segment_bytes);
            self.filled = filled.map_err(|error| AppendError::Failed(format!("a write failed: {error}")))?;
        }
        // A sync that failed may have dropped what it could not write: trying again proves nothing.
        file.sync_data().map_err(|error| AppendError::Failed(format!("a sync failed: {error}")))?;
        self.end = Position { offset, group, commits, sum, ..self.end };
        self.room = bytes.len();
        Ok(())
    }

    /// How many bytes of space it would take to make the next segment ready, when it is time for that.
    pub fn wants_space(&self) -> Option<u64> {
        (self.spare.is_none() && self.end.offset > self.segment_bytes / 2).then_some(self.segment_bytes)
    }

    /// Begins to make the next segment ready.
    pub fn prepare(&mut self) {
        self.spare = Some(Spare::start(&self.dir, self.segment_bytes));
    }

    /// Gives the next segment's space to whoever needs it more.
    pub fn release(&mut self) {
        self.spare = None;
    }

    /// Gives back what was filled ahead.
    pub fn close(mut self) -> io::Result<()> {
        self.release();
        match self.file {
            Some(file) if self.filled > self.end.offset => {
                file.set_len(self.end.offset)?;
                file.sync_all()
            }
            _ => Ok(()),
        }
    }
}

/// Fills a segment that ends at `end` with zeros, as far as it will be needed and there is space for. How long it is then.
fn fill(file: &File, end: u64, segment_bytes: u64) -> io::Result<u64> {
    let ahead = end.clamp(*AHEAD.start(), *AHEAD.end()).min(segment_bytes.saturating_sub(end));
    match file.write_all_at(&vec![0; format::index(ahead)], end) {
        Ok(()) => Ok(end + ahead),
        Err(error) if matches!(refusal(&error), AppendError::Full) => file.set_len(end).map(|()| end),
        Err(error) => Err(error),
    }
}

/// Overwrites texts with spaces, durably. Done again without harm.
pub(in crate::store) fn erase(dir: &Path, places: &[Place]) -> io::Result<()> {
    for place in places {
        let file = File::options().write(true).open(format::path(dir, place.segment))?;
        file.write_all_at(&vec![b' '; format::index(place.texts_len)], place.texts)?;
        file.sync_data()?;
    }
    Ok(())
}

fn refusal(error: &io::Error) -> AppendError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => AppendError::Full,
        _ => AppendError::Failed(format!("a write failed: {error}")),
    }
}
