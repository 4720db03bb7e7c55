//! What the stories about the store share.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use watchroom::{
    ids::{IncidentId, StreamId},
    store::{
        Append, Commit, Finish, NewJob, OnPending, Projector, Puts, Queue, Recorded, Remember, SharedProjector,
        sled::{OpenError, Options, SledStore},
    },
};

/// A directory that is gone when the test is.
pub struct Dir(PathBuf);

impl Dir {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("store-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&dir).unwrap();
        Self(dir)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Counts the events of each stream and keeps the last one; drops both on `{"kind": "forget"}`.
#[derive(Debug, Clone, Copy)]
pub struct Counting(pub u32);

impl Projector for Counting {
    fn project(&self, event: &Recorded, doc: &dyn Fn(&str) -> Option<Vec<u8>>) -> Puts {
        let (count, last) = (format!("count/{}", event.stream), format!("last/{}", event.stream));
        if event.body["kind"] == "forget" {
            return vec![(count, None), (last, None)];
        }
        let before: u64 = doc(&count).map_or(0, |bytes| serde_json::from_slice(&bytes).unwrap());
        let value = (before + 1).to_string().into_bytes();
        vec![(count, Some(value)), (last, Some(event.body.to_string().into_bytes()))]
    }

    fn version(&self) -> u32 {
        self.0
    }
}

pub fn counting() -> SharedProjector {
    Arc::new(Counting(1))
}

pub fn options() -> Options {
    Options {
        segment_bytes: 16 << 10,
        cache_bytes: 4 << 20,
        low_water: 1 << 20,
        ballast: 64 << 10,
        flush_every: Duration::from_millis(50),
    }
}

pub fn open(dir: &Path) -> Result<SledStore, OpenError> {
    SledStore::open(dir, counting(), options())
}

pub fn inc(number: u64) -> StreamId {
    StreamId::Incident(IncidentId::inc(number))
}

/// So many seconds after the beginning.
pub fn at(seconds: i64) -> Timestamp {
    "2026-01-01T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
}

pub fn note(stream: &StreamId, text: &str) -> Append {
    Append { stream: stream.clone(), body: json!({"kind": "note", "text": {"$text": text}}) }
}

pub fn appending(append: Vec<Append>) -> Commit {
    Commit { append, at: Some(at(0)), ..Commit::default() }
}

pub fn lane(key: &str, lane: &str, on_pending: OnPending, body: Value) -> NewJob {
    NewJob { key: key.to_owned(), queue: Queue::Lane(lane.to_owned()), due: at(0), on_pending, body }
}

pub fn timer(key: &str, due: i64) -> NewJob {
    let body = json!({"timer": key});
    NewJob { key: key.to_owned(), queue: Queue::Timer, due: at(due), on_pending: OnPending::Replace, body }
}

pub fn asking(enqueue: Vec<NewJob>) -> Commit {
    Commit { enqueue, at: Some(at(0)), ..Commit::default() }
}

pub fn done(id: u64, key: &str) -> Finish {
    Finish { id, key: key.to_owned(), receipt: None, postpone: None }
}

pub fn finishing(finish: Vec<Finish>) -> Commit {
    Commit { finish, at: Some(at(0)), ..Commit::default() }
}

pub fn key(key: &str, until: i64, answer: Value) -> Remember {
    Remember { key: key.to_owned(), until: at(until), answer }
}
