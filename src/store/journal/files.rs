//! Directories, locks and open segments.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    JournalError,
    format::{self, Position},
};
use crate::store::place::Place;

/// Where the journal is, within a store's directory.
pub(in crate::store) fn directory(store: &Path) -> PathBuf {
    store.join("journal")
}

/// The numbers of all segments, lowest first.
pub(in crate::store) fn segments(dir: &Path) -> Result<Vec<u64>, JournalError> {
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(JournalError::io(dir))?,
    };
    let mut numbers = Vec::new();
    for entry in entries {
        let entry = entry.map_err(JournalError::io(dir))?;
        numbers.extend(entry.file_name().to_str().and_then(format::number));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// The last segment and how long it is by now.
pub(super) fn length(dir: &Path) -> Result<(u64, u64), JournalError> {
    let Some(last) = segments(dir)?.pop() else { return Ok((0, 0)) };
    let path = format::path(dir, last);
    Ok((last, fs::metadata(&path).map_err(JournalError::io(path))?.len()))
}

/// Makes names in `dir` durable.
pub(in crate::store) fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Replaces a small file as a whole, durably.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension("tmp");
    let mut file = File::create(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    path.parent().map_or(Ok(()), sync_dir)
}

/// One process at a time. Given back when it is dropped, or when the process ends in whatever way.
#[derive(Debug)]
pub(in crate::store) struct Lock(#[expect(dead_code, reason = "held, never read")] File);

impl Lock {
    pub fn take(store: &Path) -> Result<Self, JournalError> {
        if !store.exists() {
            fs::create_dir_all(store).map_err(JournalError::io(store))?;
            // The directory's own name must survive a power cut as well; what is synced in it would be lost with it.
            let above = store.canonicalize().map_err(JournalError::io(store))?;
            above.parent().map_or(Ok(()), sync_dir).map_err(JournalError::io(store))?;
        }
        let path = store.join("lock");
        let file = File::options().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(JournalError::io(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(JournalError::InUse(store.to_owned())),
            Err(TryLockError::Error(error)) => Err(JournalError::Io { path, error }),
        }
    }
}

/// How many segments are kept open for reading.
const KEPT_OPEN: usize = 16;

/// Segments that are read from at any offset.
#[derive(Debug)]
pub(in crate::store) struct Segments {
    dir: PathBuf,
    open: Mutex<Vec<(u64, Arc<File>)>>,
}

impl Segments {
    pub fn new(dir: PathBuf) -> Self {
        Self { dir, open: Mutex::default() }
    }

    /// Where they are.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    fn file(&self, segment: u64) -> io::Result<Arc<File>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = open.iter().position(|(number, _)| *number == segment) {
            return Ok(Arc::clone(&open[at].1));
        }
        let file = Arc::new(File::open(format::path(&self.dir, segment))?);
        if open.len() == KEPT_OPEN {
            open.remove(0);
        }
        open.push((segment, Arc::clone(&file)));
        Ok(file)
    }

    /// The bytes of an event's body, and of its line of texts (empty if there is none).
    pub fn read(&self, place: Place) -> io::Result<(Vec<u8>, Vec<u8>)> {
        let file = self.file(place.segment)?;
        let mut body = vec![0; format::index(place.body_len)];
        file.read_exact_at(&mut body, place.body)?;
        let mut texts = vec![0; format::index(place.texts_len)];
        file.read_exact_at(&mut texts, place.texts)?;
        Ok((body, texts))
    }
}

/// Does the journal stand where someone remembers it?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Standing {
    /// The group that ended there still does.
    Holds,
    /// Something else is there.
    Differs,
    /// The journal is shorter than that.
    Short,
}

/// Looks whether a group (or a segment's header) ends at `position`.
pub(in crate::store) fn standing(dir: &Path, position: &Position) -> Result<Standing, JournalError> {
    if position.segment == 0 {
        return Ok(Standing::Holds);
    }
    let path = format::path(dir, position.segment);
    let file = match File::open(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Standing::Short),
        file => file.map_err(JournalError::io(&path))?,
    };
    if file.metadata().map_err(JournalError::io(&path))?.len() < position.offset {
        return Ok(Standing::Short);
    }
    for end in [
        format::trailer(position.group, position.commits, position.sum),
        format::header(position.segment, position.sum),
    ] {
        let Some(start) = position.offset.checked_sub(end.len() as u64) else { continue };
        let mut found = vec![0; end.len()];
        file.read_exact_at(&mut found, start).map_err(JournalError::io(&path))?;
        if found == end.as_bytes() {
            return Ok(Standing::Holds);
        }
        // Filled ahead, and never written.
        if found.last() == Some(&0) {
            return Ok(Standing::Short);
        }
    }
    Ok(Standing::Differs)
}
