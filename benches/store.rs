//! How many durable commits a second, against the same bytes appended and synced by hand in the same run.
//!
//! `cargo bench --bench store -- [waiting] [seconds] [directory]`

use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use jiff::Timestamp;
use serde_json::json;
use watchroom::{
    ids::{IncidentId, StreamId},
    store::{
        Append, Commit, Finish, NewJob, OnPending, Projector, Puts, Queue, Recorded, Store,
        sled::{Options, SledStore},
    },
};

/// Two small documents for each event.
struct Two;

impl Projector for Two {
    fn project(&self, event: &Recorded, doc: &dyn Fn(&str) -> Option<Vec<u8>>) -> Puts {
        let key = format!("state/{}", event.stream);
        let mut state = doc(&key).unwrap_or_default();
        state.resize(300, b'.');
        let by_time = (format!("open/{:020}/{}", event.seq, event.stream), Some(Vec::new().into()));
        vec![(key, Some(state.into())), by_time]
    }

    fn version(&self) -> u32 {
        1
    }
}

fn commit(task: u64, n: u64, before: &[(u64, String)]) -> Commit {
    let stream = StreamId::Incident(IncidentId::inc(1 + task * 1000 + n % 16));
    let at = Timestamp::UNIX_EPOCH;
    let job = |key: String, queue| NewJob {
        key,
        queue,
        due: at,
        on_pending: OnPending::Keep,
        body: json!({"room": "C1"}).into(),
    };
    Commit {
        append: vec![Append::new(
            stream,
            &json!({"kind": "noted", "by": "U1", "text": {"$text": "the queue is draining again, slowly"}}),
        )],
        enqueue: vec![
            job(format!("post:{task}:{n}"), Queue::Lane(format!("room {task}"))),
            job(format!("card:{task}:{n}"), Queue::Lane(format!("card {task}"))),
        ],
        finish: before
            .iter()
            .map(|(id, key)| Finish { id: *id, key: key.clone(), receipt: None, postpone: None })
            .collect(),
        at: Some(at),
        ..Commit::default()
    }
}

async fn load(store: Arc<SledStore>, task: u64, until: Instant, count: Arc<AtomicU64>) -> Vec<Duration> {
    let mut took = Vec::new();
    for n in 0.. {
        if Instant::now() >= until {
            break;
        }
        let mut before = Vec::new();
        if n % 16 == 15 {
            for lane in [format!("room {task}"), format!("card {task}")] {
                let jobs = store.lane(&lane, 64).await.expect("a lane");
                before.extend(jobs.into_iter().map(|job| (job.id, job.key)));
            }
        }
        let since = Instant::now();
        store.commit(commit(task, n, &before)).await.expect("a commit");
        took.push(since.elapsed());
        count.fetch_add(1, Ordering::Relaxed);
    }
    took
}

/// The same number of bytes in as many groups, written and synced with nothing around it.
fn raw(dir: &Path, bytes: u64, groups: u64) -> Duration {
    let group = vec![b'x'; usize::try_from(bytes / groups).expect("a group fits into memory")];
    let mut file = File::create(dir.join("raw")).expect("a file");
    let since = Instant::now();
    for _ in 0..groups {
        file.write_all(&group).expect("space");
        file.sync_data().expect("a sync");
    }
    since.elapsed()
}

fn size(dir: &Path) -> u64 {
    let entries = std::fs::read_dir(dir).expect("a directory");
    entries.map(|entry| entry.and_then(|entry| entry.metadata()).expect("a file").len()).sum()
}

fn last_group(dir: &Path) -> u64 {
    let run: serde_json::Value =
        serde_json::from_slice(&std::fs::read(dir.join("run.json")).expect("run.json")).expect("JSON");
    run["acknowledged"]["group"].as_u64().expect("a number")
}

#[expect(clippy::print_stdout, reason = "it prints what it measured")]
fn main() {
    let mut words = std::env::args().skip(1).filter(|word| !word.starts_with("--"));
    let waiting: u64 = words.next().map_or(64, |word| word.parse().expect("how many wait"));
    let seconds: u64 = words.next().map_or(5, |word| word.parse().expect("how many seconds"));
    let dir = words.next().map_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")), PathBuf::from);
    let dir = dir.join(format!("bench-{}", std::process::id()));
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let store = Arc::new(SledStore::open(&dir, Arc::new(Two), Options::default()).expect("a store"));
    let count = Arc::new(AtomicU64::new(0));
    let since = Instant::now();
    let until = since + Duration::from_secs(seconds);
    let mut took: Vec<Duration> = runtime.block_on(async {
        let tasks = (0..waiting).map(|task| load(Arc::clone(&store), task, until, Arc::clone(&count)));
        let tasks: Vec<_> = tasks.map(|task| runtime.spawn(task)).collect();
        let mut all = Vec::new();
        for task in tasks {
            all.extend(task.await.expect("a task"));
        }
        all
    });
    let elapsed = since.elapsed();
    runtime.block_on(store.close());
    drop(store);
    took.sort_unstable();
    let commits = count.load(Ordering::Relaxed);
    let percent = |percent: usize| took[(took.len() - 1) * percent / 100];
    let rate = |elapsed: Duration| u128::from(commits) * 1_000_000_000 / elapsed.as_nanos();
    let (bytes, groups) = (size(&dir.join("journal")), last_group(&dir));
    let by_hand = raw(&dir, bytes, groups);
    println!("{waiting} waiting: {} commits/s, p50 {:?}, p99 {:?}", rate(elapsed), percent(50), percent(99));
    println!("{groups} groups of {} commits, {} bytes a commit", commits / groups, bytes / commits);
    println!("raw append and sync of the same: {} commits/s", rate(by_hand));
    println!("ratio {:.2}", by_hand.as_secs_f64() / elapsed.as_secs_f64());
    let since = Instant::now();
    let store = SledStore::open(&dir, Arc::new(Two), Options::default()).expect("a store");
    println!("reopened after a clean stop in {:?}, sled {} MiB", since.elapsed(), size(&dir.join("sled")) >> 20);
    drop(store);
    std::fs::remove_dir_all(dir.join("sled")).expect("removed");
    let since = Instant::now();
    drop(SledStore::open(&dir, Arc::new(Two), Options::default()).expect("a store"));
    println!("rebuilt from the journal at {} commits/s", rate(since.elapsed()));
    std::fs::remove_dir_all(dir).expect("removed");
}
