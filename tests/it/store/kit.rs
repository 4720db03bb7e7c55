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
        Append, Commit, Finish, NewJob, OnPending, Projector, Puts, Queue, ReadError, Recorded, Remember,
        SharedProjector, Store,
        sled::{OpenError, Options, SledStore},
    },
};

/// A directory that is gone when the test is; one that failed leaves it to be looked at.
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
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.0);
        }
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
        let (value, body) = ((before + 1).to_string(), event.body.to_string());
        vec![(count, Some(value.into_bytes().into())), (last, Some(body.into_bytes().into()))]
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
        settle_every: Duration::from_millis(50),
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
    Append::new(stream.clone(), &json!({"kind": "note", "text": {"$text": text}}))
}

pub fn appending(append: Vec<Append>) -> Commit {
    Commit { append, at: Some(at(0)), ..Commit::default() }
}

pub fn lane(key: &str, lane: &str, on_pending: OnPending, body: Value) -> NewJob {
    NewJob { key: key.to_owned(), queue: Queue::Lane(lane.to_owned()), due: at(0), on_pending, body: body.into() }
}

pub fn timer(key: &str, due: i64) -> NewJob {
    let body = json!({"timer": key});
    NewJob { key: key.to_owned(), queue: Queue::Timer, due: at(due), on_pending: OnPending::Replace, body: body.into() }
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
    Remember { key: key.to_owned(), until: at(until), answer: answer.into() }
}

/// Numbers that look random, from a seed that is printed when a test fails.
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    pub fn new() -> Self {
        let seed = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), std::process::id());
        eprintln!("seed {seed}");
        Self(seed | 1)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// A store with something of everything: several segments, texts, an erased one, jobs, timers, keys and receipts.
pub async fn fill(store: &dyn Store) {
    for round in 0..24 {
        let streams = [inc(1), inc(2), StreamId::Org("main".to_owned())];
        let commit = Commit {
            append: streams.iter().map(|stream| note(stream, &format!("words of round {round} in {stream}"))).collect(),
            remember: vec![key(&format!("key {round}"), 3600, json!({"round": round}))],
            enqueue: vec![
                lane(&format!("job {round}"), &format!("lane {}", round % 3), OnPending::New, json!(round)),
                lane("card", "lane 0", OnPending::Replace, json!(round)),
                timer(&format!("timer {}", round % 5), i64::from(round)),
            ],
            at: Some(at(round.into())),
            ..Commit::default()
        };
        store.commit(commit).await.unwrap();
        if round % 4 == 3 {
            let job = store.lane("lane 1", 1).await.unwrap().remove(0);
            let receipt = Some(json!({"ts": round}));
            store.commit(finishing(vec![Finish { receipt, ..done(job.id, &job.key) }])).await.unwrap();
        }
    }
    store.commit(Commit { erase: vec![(inc(1), 3), (inc(2), 20)], ..appending(vec![]) }).await.unwrap();
}

/// All that can be read of a store that [`fill`] has filled.
pub async fn everything(store: &dyn Store) -> Result<Vec<String>, ReadError> {
    let mut all = Vec::new();
    for (key, value) in store.docs("", None, 10_000, false).await? {
        all.push(format!("{key} = {}", String::from_utf8_lossy(&value)));
    }
    for stream in [inc(1), inc(2), StreamId::Org("main".to_owned())] {
        all.push(format!("{stream} {}", store.length(&stream).await?));
        all.extend(store.events(&stream, 1, 10_000).await?.iter().map(|event| format!("{event:?}")));
    }
    for lane in store.lanes().await? {
        all.extend(store.lane(&lane, 10_000).await?.iter().map(|job| format!("{job:?}")));
    }
    all.extend(store.timers(at(9999), 10_000).await?.iter().map(|job| format!("{job:?}")));
    for round in 0..24 {
        all.push(format!("{:?}", store.known(&format!("key {round}"), at(99)).await?));
        all.push(format!("{:?}", store.receipt(&format!("job {round}")).await?));
    }
    Ok(all)
}

/// A closed store in `dir`, and all that can be read of it.
pub async fn filled(dir: &Path) -> Vec<String> {
    let store = SledStore::open(dir, counting(), Options { segment_bytes: 3 << 10, ..options() }).unwrap();
    fill(&store).await;
    let all = everything(&store).await.unwrap();
    store.close().await;
    all
}

/// Copies a directory of files and directories.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The files of a directory, by name.
pub fn files(dir: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}
