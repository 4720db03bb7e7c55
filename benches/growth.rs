//! What grows with the record, and what must not: the time of a command, the start, memory, disk, timers.
//!
//! `cargo bench --bench growth -- [closed incidents] [seconds of each round] [--full]`; `--full` is 100 000 incidents.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "figures for people, far below where a float loses a digit"
)]

mod bot;
mod load;
#[expect(dead_code, reason = "what other benches put into the record")]
mod seed;
mod table;

use std::{
    net::SocketAddr,
    path::Path,
    process::{Child, Command, ExitCode, Stdio},
    sync::{Arc, atomic::AtomicU64},
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use watchroom::{
    app::App,
    clock::{Clock, SystemClock},
    engine::{Ask, Incidents},
    ids::{IncidentId, StreamId, UserId},
    incident::{Actor, Command as Wish, Declaration},
    store::{
        Store,
        sled::{Options, SledStore},
    },
};

use crate::{
    bot::median,
    load::{Load, SECRET},
    table::Table,
};

/// Closed incidents in the small record.
const FEW: u64 = 100;
/// Open incidents that commands go to.
const OPEN: u64 = 200;
/// Pending timers.
const TIMERS: u64 = 10_000;
/// How long an idle process is watched.
const IDLE: Duration = Duration::from_secs(8);

#[expect(clippy::print_stdout, reason = "it prints what was measured")]
fn say(line: impl std::fmt::Display) {
    println!("{line}");
}

fn store(dir: &Path) -> Arc<dyn Store> {
    Arc::new(SledStore::open(dir, Arc::new(Incidents::default()), Options::default()).expect("a store"))
}

fn size(dir: &Path) -> u64 {
    let entries = std::fs::read_dir(dir).expect("a directory").map(|entry| entry.expect("an entry"));
    let one = |entry: std::fs::DirEntry| match entry.metadata().expect("a file") {
        data if data.is_dir() => size(&entry.path()),
        data => data.len(),
    };
    entries.map(one).sum()
}

/// Fills a record; how long its events are as JSON.
async fn seeded(dir: &Path, closed: u64) -> u64 {
    let store = store(dir);
    let since = Instant::now();
    let bytes = seed::closed(Arc::clone(&store), closed).await;
    store.close().await;
    say(format!("{closed} closed incidents of 10 events written in {:.1?}", since.elapsed()));
    bytes
}

fn disk(dir: &Path, bytes: u64, table: &mut Table) {
    let (journal, sled) = (size(&dir.join("journal")), size(&dir.join("sled")));
    let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    say(format!("events {:.1} MiB, journal {:.1} MiB, sled {:.1} MiB", mib(bytes), mib(journal), mib(sled)));
    table.at_most("journal and sled / events as JSON", (journal + sled) as f64 / bytes as f64, 3.0);
}

/// How long a start takes after a clean stop, against sled alone on the same files.
async fn start(dir: &Path, slack: SocketAddr, table: &mut Table) {
    let (mut ours, mut sleds) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        let since = Instant::now();
        let db = ::sled::Config::new().path(dir.join("sled")).cache_capacity(16 << 20).flush_every_ms(None).open();
        let db = db.expect("sled opens");
        sleds.push(since.elapsed().as_secs_f64() * 1000.0);
        drop(db);
        let since = Instant::now();
        let (app, _) = bot::bot(dir, slack, true).await;
        ours.push(since.elapsed().as_secs_f64() * 1000.0);
        app.stop().await;
    }
    let (ours, sleds) = (median(ours), median(sleds));
    say(format!("start {ours:.1} ms, sled's own open {sleds:.1} ms"));
    table.at_most("start after a clean stop / sled's own open", ours / sleds, 2.0);
}

async fn open_some(app: &App) {
    for n in 1..=OPEN {
        let declaration = Declaration { title: format!("Trouble {n} with the checkout"), ..Declaration::default() };
        let by = Actor::Person(UserId(format!("U{:04}", n % 50)));
        app.engine.ask(Ask::new(None, by, None, Wish::Declare(declaration))).await.expect("declared");
    }
}

/// The time of a command in a small and in a large record, turn about.
async fn commands(small: &Path, large: &Path, closed: u64, seconds: u64, slack: SocketAddr, table: &mut Table) {
    let counter = Arc::new(AtomicU64::new(1));
    let (few, at_few) = bot::bot(small, slack, true).await;
    let (many, at_many) = bot::bot(large, slack, true).await;
    open_some(&few).await;
    open_some(&many).await;
    let run = |to, closed, seconds| {
        let lasts = Duration::from_secs(seconds);
        let load = Load { connections: 64, lasts, rate: None, first: closed + 1, incidents: OPEN };
        load::run(to, load, Arc::clone(&counter))
    };
    run(at_few, FEW, 1).await;
    run(at_many, closed, 1).await;
    let mut ratios = Vec::new();
    for _ in 0..5 {
        let (small, large) = (run(at_few, FEW, seconds).await, run(at_many, closed, seconds).await);
        assert_eq!(small.refused + large.refused, 0, "every command is answered with 200");
        let told = |figures: &load::Figures| format!("{:.0} (p99 {:.2} ms)", figures.rate(), figures.percentile(0.99));
        say(format!("commands a second: {} with few, {} with many", told(&small), told(&large)));
        ratios.push(small.rate() / large.rate());
    }
    table.at_most("time of a command with many / with few closed incidents", median(ratios), 1.2);
    few.stop().await;
    many.stop().await;
}

/// The bot as a process of its own.
struct Process(Child);

impl Process {
    async fn start(dir: &Path, slack: SocketAddr) -> Self {
        let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let listen = free.local_addr().expect("an address");
        drop(free);
        let child = Command::new(env!("CARGO_BIN_EXE_watchroom"))
            .arg("serve")
            .env("WATCHROOM_DATA", dir)
            .env("WATCHROOM_LISTEN", listen.to_string())
            .env("SLACK_SIGNING_SECRET", SECRET)
            .env("SLACK_BOT_TOKEN", bot::TOKEN)
            .env("SLACK_API_URL", format!("http://{slack}/api/"))
            .stderr(Stdio::null())
            .spawn()
            .expect("the bot starts");
        while tokio::net::TcpStream::connect(listen).await.is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Self(child)
    }

    /// Resident memory in MiB.
    fn memory(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).expect("a process");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("VmRSS");
        line.trim().trim_end_matches(" kB").parse::<f64>().expect("a number") / 1024.0
    }

    /// Time that its threads have had a processor.
    fn busy(&self) -> Duration {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.0.id())).expect("a process");
        let stats = tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("schedstat")).ok());
        stats.filter_map(|stat| Some(Duration::from_nanos(stat.split(' ').next()?.parse().ok()?))).sum()
    }

    /// Memory, and the share of a processor in thousandths, while nothing happens.
    async fn idle(mut self) -> (f64, f64) {
        tokio::time::sleep(Duration::from_secs(3)).await;
        let before = self.busy();
        tokio::time::sleep(IDLE).await;
        let busy = self.busy().saturating_sub(before).as_secs_f64() / IDLE.as_secs_f64() * 1000.0;
        let memory = self.memory();
        let told = Command::new("kill").arg(self.0.id().to_string()).status().expect("kill");
        assert!(told.success() && self.0.wait().expect("it ends").success(), "a clean stop");
        (memory, busy)
    }
}

/// All timers are due at one instant: how late is the last of them?
async fn ring(dir: &Path, slack: SocketAddr, table: &mut Table) {
    let due = SystemClock.now().saturating_add(SignedDuration::from_secs(12)).expect("soon");
    let filled = store(dir);
    seed::watched(Arc::clone(&filled), TIMERS, due).await;
    filled.close().await;
    drop(filled);
    let (app, _) = bot::bot(dir, slack, false).await;
    let store = Arc::clone(app.engine.store());
    assert!(SystemClock.now() < due, "the timers were there before they were due");
    SystemClock.sleep_until(due).await;
    while !store.timers(due, 1).await.expect("timers").is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut latest = Timestamp::MIN;
    for n in 1..=TIMERS {
        let stream = StreamId::Incident(IncidentId::inc(n));
        let missed = store.events(&stream, 2, 1).await.expect("events").pop().expect("the timer made an event");
        latest = latest.max(missed.at);
    }
    app.abandon().await;
    let late = latest.duration_since(due).as_secs_f64();
    table.at_most("10 000 timers due at once: the last one late by, s", late, 1.0);
}

async fn all(closed: u64, seconds: u64) -> ExitCode {
    let slack = bot::slack().await;
    let mut table = Table::default();
    let (small, large, empty) = (bot::directory("few"), bot::directory("many"), bot::directory("empty"));
    let (timers, ringing) = (bot::directory("timers"), bot::directory("ringing"));
    seeded(&small, FEW).await;
    let bytes = seeded(&large, closed).await;
    disk(&large, bytes, &mut table);
    start(&large, slack, &mut table).await;
    let (without, idle_without) = Process::start(&empty, slack).await.idle().await;
    let (with, _) = Process::start(&large, slack).await.idle().await;
    say(format!("idle memory {without:.1} MiB empty, {with:.1} MiB with {closed} closed incidents"));
    table.at_most("idle memory with many closed incidents, MiB", with, 64.0);
    table.at_most("idle memory more than empty, MiB", with - without, 8.0);
    let later = SystemClock.now().saturating_add(SignedDuration::from_hours(1)).expect("later");
    let filled = store(&timers);
    seed::watched(Arc::clone(&filled), TIMERS, later).await;
    filled.close().await;
    drop(filled);
    let (_, idle_with) = Process::start(&timers, slack).await.idle().await;
    say(format!("idle processor time {idle_without:.2} ms/s empty, {idle_with:.2} ms/s with {TIMERS} timers"));
    table.at_most("10 000 pending timers: processor time more than empty, ms/s", idle_with - idle_without, 1.0);
    commands(&small, &large, closed, seconds, slack, &mut table).await;
    ring(&ringing, slack, &mut table).await;
    for dir in [small, large, empty, timers, ringing] {
        std::fs::remove_dir_all(dir).expect("removed");
    }
    table.print()
}

fn main() -> ExitCode {
    let full = std::env::args().any(|word| word == "--full");
    let mut words = std::env::args().skip(1).filter(|word| !word.starts_with("--"));
    let closed = words.next().map_or(20_000, |word| word.parse().expect("how many closed incidents"));
    let closed = if full { 100_000 } else { closed };
    let seconds = words.next().map_or(2, |word| word.parse().expect("how many seconds"));
    watchroom::adapters::http::install_crypto();
    bot::runtime().block_on(all(closed, seconds))
}
