//! Journal + sled: the journal is the commit point, sled serves every read.
//!
//! One thread commits ([`committer`]): it takes whatever waits, decides it in order, appends it to the journal as one group,
//! syncs, lets it be read, and only then wakes those who wait. A second thread brings what is committed to sled, from one of
//! the journal's positions as checkpoint to the next, about once a second ([`layers`], [`tree`]). sled may be behind the
//! journal at any time, and a start brings it up again ([`replay`]). Nothing that was answered is ever only in sled.
//!
//! Beside the directories `journal` and `sled` stand `lock` (one process at a time), `run.json` (did the last run stop
//! cleanly, and where), `ballast` (space kept for a full disk), sometimes `distrust` (sled gave back nonsense: rebuild it) and
//! `sled.old` (what was set aside). Everything but `journal` may be deleted while the process is stopped.
//!
//! Reads are a few microseconds in memory or in the page cache and are made on the caller's thread.

mod committer;
mod disk;
mod error;
mod layers;
mod leaf;
mod open;
mod replay;
mod tree;

use std::{
    fmt,
    path::Path,
    sync::{Arc, Mutex, PoisonError, RwLock},
    thread::JoinHandle,
    time::Duration,
};

use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::oneshot;

use self::{committer::Queue, layers::Layers};
use super::{
    Commit, CommitError, Health, Job, Json, ReadError, Recorded, SharedProjector, Store, Wakeup,
    journal::{Lock, Position, Segments},
    ledger::Request,
    place::Indexed,
    reads,
    text::{self, Texts},
    wakes::Wakes,
};
use crate::ids::StreamId;

pub use error::OpenError;

/// What can be set for tests and small machines.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// A segment of the journal is closed when it is at least this long.
    pub segment_bytes: u64,
    /// sled's cache.
    pub cache_bytes: u64,
    /// Writes are refused when less than this is left on the disk.
    pub low_water: u64,
    /// Kept as a file, and given to sled when the disk is full.
    pub ballast: u64,
    /// How long what is committed waits for more before it is brought to sled.
    pub settle_every: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            segment_bytes: 32 << 20,
            cache_bytes: 16 << 20,
            low_water: 32 << 20,
            ballast: 4 << 20,
            settle_every: Duration::from_secs(1),
        }
    }
}

/// The store of a single machine. Close it; dropped without that it counts as crashed, which costs nothing but the time to
/// replay what sled did not have yet. Its directory is free again when it is dropped.
pub struct SledStore {
    shared: Arc<Shared>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// What the store's threads and its readers share.
struct Shared {
    layers: Layers,
    queue: Queue,
    segments: Segments,
    /// Held for reading while texts are read and for writing while some are overwritten.
    erasing: RwLock<()>,
    wakes: Wakes,
    health: Mutex<Health>,
    /// The last group that is on disk.
    done: Mutex<Position>,
    disk: disk::Disk,
    _lock: Lock,
}

impl SledStore {
    /// Opens the store in `dir`, or makes one there. Blocks until sled holds all that the journal does.
    pub fn open(dir: &Path, projector: SharedProjector, options: Options) -> Result<Self, OpenError> {
        open::open(dir, projector, options)
    }

    fn read<T>(&self, read: impl FnOnce(&Layers) -> Result<T, ReadError>) -> Result<T, ReadError> {
        read(&self.shared.layers).inspect_err(|error| self.shared.distrust(&error.0))
    }

    fn event(&self, stream: &StreamId, seq: u64, entry: Indexed) -> Result<Recorded, ReadError> {
        let wrong = |why: &str| ReadError(format!("event {seq} of {stream} in the journal: {why}"));
        let (body, texts) = self.shared.segments.read(entry.place).map_err(|error| wrong(&error.to_string()))?;
        let mut body: Value = serde_json::from_slice(&body).map_err(|error| wrong(&error.to_string()))?;
        if entry.erased {
            text::blank(&mut body);
        } else if entry.place.texts_len > 0 {
            match text::parse(&texts) {
                Texts::There(texts) if text::fill(&mut body, &texts) => {}
                // Erased this instant; the index says so in the next.
                Texts::Blank => text::blank(&mut body),
                Texts::There(_) | Texts::Torn => return Err(wrong("its texts are damaged; run `watchroom verify`")),
            }
        }
        Ok(Recorded { stream: stream.clone(), seq, at: entry.at, body })
    }

    /// The threads, if nobody has ended them yet.
    fn threads(&self) -> Vec<JoinHandle<()>> {
        std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Shared {
    /// Ends the threads.
    fn stop(&self, threads: Vec<JoinHandle<()>>) {
        self.queue.close();
        for thread in threads {
            if thread.join().is_err() {
                self.fail("a thread of the store panicked");
            }
        }
    }

    /// Ends the threads and marks the clean stop, if it is one.
    fn close(&self, threads: Vec<JoinHandle<()>>) {
        if threads.is_empty() {
            return;
        }
        self.stop(threads);
        if !matches!(self.health(), Health::Closed(_)) {
            // Only after a clean stop is sled trusted over a restart of the machine.
            if let Err(fault) = self.layers.tree().sync() {
                return self.distrust(&fault.sentence());
            }
            let done = *self.done.lock().unwrap_or_else(PoisonError::into_inner);
            self.disk.stopped(&done);
            *self.health.lock().unwrap_or_else(PoisonError::into_inner) = Health::Closed("it was closed".to_owned());
        }
    }

    fn health(&self) -> Health {
        self.health.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Nothing can be written any more. The first reason stands.
    fn fail(&self, why: &str) {
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        if !matches!(*health, Health::Closed(_)) {
            tracing::error!(why, "the store has stopped");
            *health = Health::Closed(why.to_owned());
        }
    }

    /// sled failed or gave back what was never put there. The next start rebuilds it.
    fn distrust(&self, why: &str) {
        self.disk.distrust(why);
        self.fail(why);
    }

    fn set_full(&self, full: bool) {
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        match (&*health, full) {
            (Health::Writable, true) => {
                tracing::error!("the disk is full: nothing is written until there is space again");
                *health = Health::Full;
            }
            (Health::Full, false) => {
                tracing::info!("there is space on the disk again");
                *health = Health::Writable;
            }
            (Health::Closed(_) | Health::Away(_), _) | (Health::Writable, false) | (Health::Full, true) => {}
        }
    }
}

impl Drop for SledStore {
    fn drop(&mut self) {
        let threads = self.threads();
        self.shared.stop(threads);
    }
}

impl fmt::Debug for SledStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SledStore").field("health", &self.shared.health()).finish_non_exhaustive()
    }
}

#[async_trait::async_trait]
impl Store for SledStore {
    async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        let (answer, answered) = oneshot::channel();
        self.shared.queue.add(Request::prepare(commit)?, answer);
        match answered.await {
            Ok(told) => told.hear(),
            Err(_) => Err(CommitError::Closed(match self.shared.health() {
                Health::Closed(why) => why,
                Health::Writable | Health::Full | Health::Away(_) => "it was closed".to_owned(),
            })),
        }
    }

    async fn known(&self, key: &str, now: Timestamp) -> Result<Option<Json>, ReadError> {
        self.read(|tree| reads::known(tree, key, now))
    }

    async fn doc(&self, key: &str) -> Result<Option<Vec<u8>>, ReadError> {
        self.read(|tree| super::kv::Kv::get(tree, &super::keys::doc(key)))
    }

    async fn docs(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
        backwards: bool,
    ) -> Result<Vec<(String, Vec<u8>)>, ReadError> {
        self.read(|tree| reads::docs(tree, prefix, after, limit, backwards))
    }

    async fn length(&self, stream: &StreamId) -> Result<u64, ReadError> {
        self.read(|tree| reads::length(tree, stream))
    }

    async fn events(&self, stream: &StreamId, from: u64, limit: usize) -> Result<Vec<Recorded>, ReadError> {
        let _not_now = self.shared.erasing.read().unwrap_or_else(PoisonError::into_inner);
        let index = self.read(|tree| reads::index(tree, stream, from, limit))?;
        index.into_iter().map(|(seq, entry)| self.event(stream, seq, entry)).collect()
    }

    async fn lanes(&self) -> Result<Vec<String>, ReadError> {
        self.read(reads::lanes)
    }

    async fn lane(&self, lane: &str, limit: usize) -> Result<Vec<Job>, ReadError> {
        self.read(|tree| reads::lane(tree, lane, limit))
    }

    async fn timers(&self, now: Timestamp, limit: usize) -> Result<Vec<Job>, ReadError> {
        self.read(|tree| reads::timers(tree, now, limit))
    }

    async fn next_timer(&self) -> Result<Option<Timestamp>, ReadError> {
        self.read(reads::next_timer)
    }

    async fn receipt(&self, job_key: &str) -> Result<Option<Value>, ReadError> {
        self.read(|tree| reads::receipt(tree, job_key))
    }

    async fn receipts(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Value)>, ReadError> {
        self.read(|tree| reads::receipts(tree, prefix, after, limit))
    }

    async fn wakeup(&self) -> Wakeup {
        self.shared.wakes.next().await
    }

    fn health(&self) -> Health {
        self.shared.health()
    }

    async fn close(&self) {
        let (shared, threads) = (Arc::clone(&self.shared), self.threads());
        if let Err(panic) = tokio::task::spawn_blocking(move || shared.close(threads)).await {
            self.shared.fail(&format!("closing failed: {panic}"));
        }
    }
}
