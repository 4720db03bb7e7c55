//! The next segment, made ready before it is needed.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
};

/// So much is brought to the disk at a time, so that whoever syncs meanwhile does not wait for all of it.
const PIECE: usize = 256 << 10;

/// A file of zeros as long as a segment, on disk: a sync of what is written there waits for the disk alone, and not for the
/// file system's own journal as well. A thread makes it, beside the writer.
#[derive(Debug)]
pub(super) struct Spare {
    path: PathBuf,
    stop: Arc<AtomicBool>,
    /// None once it ended or when it could not be started.
    thread: Option<JoinHandle<io::Result<File>>>,
}

impl Spare {
    /// Starts to make one. Without space for it there is none, and the next segment grows as it is written.
    pub fn start(dir: &Path, bytes: u64) -> Self {
        let (path, stop) = (path(dir), Arc::new(AtomicBool::new(false)));
        let (to, stopped) = (path.clone(), Arc::clone(&stop));
        let make = move || make(&to, bytes, &stopped).inspect_err(|error| give_up(&to, error));
        let thread = thread::Builder::new().name("store.spare".to_owned()).spawn(make);
        let thread = thread.inspect_err(|error| tracing::warn!(%error, "no segment is made ready")).ok();
        Self { path, stop, thread }
    }

    /// Is it ready, or will never be?
    pub fn is_done(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Waits for it and gives it the name `to`, if it could be made. The name is not durable yet.
    pub fn take(mut self, to: &Path) -> Option<File> {
        let thread = self.thread.take()?;
        // Why it could not be made was told when it was tried.
        let file = thread.join().ok()?.ok()?;
        fs::rename(&self.path, to)
            .inspect_err(|error| tracing::warn!(%error, "no segment is ready; the next one grows as it is written"))
            .ok()?;
        Some(file)
    }
}

impl Drop for Spare {
    /// Gives back the space.
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
        if let Err(error) = remove(&self.path) {
            tracing::warn!(%error, "a segment that was made ready could not be removed; the next start does it");
        }
    }
}

/// Removes what an earlier run may have left in `dir`.
pub(super) fn clear(dir: &Path) -> io::Result<()> {
    remove(&path(dir))
}

fn path(dir: &Path) -> PathBuf {
    dir.join("spare")
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Gives back the space of one that could not be made: the next segment may be far away.
fn give_up(path: &Path, error: &io::Error) {
    if error.kind() != io::ErrorKind::Interrupted {
        tracing::warn!(%error, "no segment could be made ready; the next one grows as it is written");
    }
    if let Err(error) = remove(path) {
        tracing::warn!(%error, "what there is of a segment that could not be made ready was not removed");
    }
}

fn make(path: &Path, bytes: u64, stop: &AtomicBool) -> io::Result<File> {
    let file = File::options().read(true).write(true).create(true).truncate(true).open(path)?;
    let zeros = vec![0; PIECE];
    let mut at = 0;
    while at < bytes {
        if stop.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let now = PIECE.min(usize::try_from(bytes - at).unwrap_or(PIECE));
        file.write_all_at(&zeros[..now], at)?;
        file.sync_data()?;
        at += now as u64;
    }
    Ok(file)
}
