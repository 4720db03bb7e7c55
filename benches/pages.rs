//! Many pages at once, each walking a ladder of three steps and then the fallback, at real time: is every message sent once, and how
//! late?
//!
//! Two kinds of lateness, each from when the step was due:
//! - **until the step began**: it is on disk that these people are asked now, and whom it left is passed on. This is the bot's own, and
//!   has the target;
//! - **until its message was at Slack**: beside the bot it measures the neighbour, which is a server on the same machine here that answers
//!   at once, on the bot's own cores, with a conversation opened anew for each of 40 000 people. Slack itself takes about one message a
//!   second in each conversation, and several hundred a minute of a workspace: as many pages would keep it busy for an hour. So the figure
//!   has no target; that nothing is lost or doubled on the way has.
//!
//! `cargo bench --bench pages -- [pages]`; it takes a little over three minutes, since a step waits a minute at least.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "figures for people, far below where a float loses a digit"
)]

#[expect(dead_code, reason = "what other benches use")]
mod bot;
#[expect(dead_code, reason = "it has the signing secret; the load itself is for commands")]
mod load;
#[expect(dead_code, reason = "what other benches put into the record")]
mod seed;
mod table;

use std::{
    collections::HashMap,
    process::ExitCode,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Json, Router, body::Bytes, extract::State, http::Uri};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use watchroom::{
    app::App,
    clock::{Clock, SystemClock},
    engine::{Ask, Incidents},
    ids::{IncidentId, StreamId, UserId},
    incident::{Actor, Command, Event, What},
    paging::{Policy, Step, Target},
    store::{
        Store,
        sled::{Options, SledStore},
    },
};

use crate::table::Table;

/// Steps, and the fallback.
const ASKED: usize = 4;
/// How long after the last step was due a message may still come before it counts as lost.
const PATIENCE: Duration = Duration::from_mins(1);

/// When each message to each person arrived, by the person's conversation.
type Arrived = Arc<Mutex<HashMap<String, Vec<Timestamp>>>>;

/// A Slack in which everybody has a conversation of their own, and which notes when messages come.
async fn answer(State(arrived): State<Arrived>, uri: Uri, body: Bytes) -> Json<Value> {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
    match uri.path().rsplit('/').next() {
        Some("conversations.open") => Json(json!({"ok": true, "channel": {"id": format!("D{}", text("users"))}})),
        Some("chat.postMessage") => {
            let channel = text("channel");
            arrived.lock().expect("no panics").entry(channel.clone()).or_default().push(SystemClock.now());
            Json(json!({"ok": true, "channel": channel, "ts": "1700000000.000100"}))
        }
        _ => {
            Json(json!({"ok": true, "user_id": "UBOT", "team_id": "T1", "bot_id": "B1", "messages": [], "channels": [],
            "user": {"id": "U1", "name": "u", "tz": "UTC"}}))
        }
    }
}

/// Whom page `n` asks at this step.
fn person(n: u64, step: usize) -> UserId {
    UserId(format!("U{n}S{step}"))
}

fn policy(n: u64) -> Policy {
    let asks = |step| vec![Target::Person(person(n, step))];
    let steps = (0..ASKED - 1).map(|step| Step { targets: asks(step), wait_min: 1, ..Step::default() });
    let name = "ladder".to_owned();
    Policy { name, steps: steps.collect(), fallback: asks(ASKED - 1), ..Policy::default() }
}

async fn start_all(app: &App, pages: u64) {
    let mut tasks = JoinSet::new();
    for task in 0..64 {
        let engine = Arc::clone(&app.engine);
        tasks.spawn(async move {
            for n in (1..=pages).skip(task).step_by(64) {
                let (by, id) = (Actor::Person(UserId::from("U0001")), Some(IncidentId::inc(n)));
                let asked = engine.ask(Ask::new(None, by, id, Command::StartPage { policy: policy(n) })).await;
                asked.expect("a page");
            }
        });
    }
    tasks.join_all().await;
}

/// When each step of a page was due, and when it began.
async fn steps(store: &Arc<dyn Store>, n: u64) -> Vec<(Timestamp, Timestamp)> {
    let events = store.events(&StreamId::Incident(IncidentId::inc(n)), 1, 1000).await.expect("events");
    let events = events.into_iter().map(|e| serde_json::from_value::<Event>(e.body).expect("an event"));
    let mut due = None;
    let mut steps = Vec::new();
    for event in events {
        if let What::PageStepReached { tick_at, .. } = event.what {
            steps.push((due.replace(tick_at).unwrap_or(event.at), event.at));
        }
    }
    steps
}

fn late(due: Timestamp, at: Timestamp) -> f64 {
    at.duration_since(due).as_secs_f64()
}

fn percentile(figures: &mut [f64], share: f64) -> f64 {
    figures.sort_by(f64::total_cmp);
    let last = figures.len().saturating_sub(1);
    figures.get(((last as f64) * share).round() as usize).copied().unwrap_or(f64::NAN)
}

#[expect(clippy::print_stdout, reason = "it prints what was measured")]
async fn all(pages: u64) -> ExitCode {
    let arrived = Arrived::default();
    let slack = bot::serve(Router::new().fallback(answer).with_state(Arc::clone(&arrived))).await;
    let dir = bot::directory("pages");
    let filled: Arc<dyn Store> =
        Arc::new(SledStore::open(&dir, Arc::new(Incidents::default()), Options::default()).expect("a store"));
    seed::open(Arc::clone(&filled), pages).await;
    filled.close().await;
    drop(filled);
    let (app, _) = bot::bot(&dir, slack, false).await;
    let began = SystemClock.now();
    start_all(&app, pages).await;
    println!("{pages} pages began within {:.2} s", late(began, SystemClock.now()));
    let wanted = pages as usize * ASKED;
    let deadline = SystemClock.now() + Duration::from_mins(ASKED as u64 - 1) + PATIENCE;
    let count = || arrived.lock().expect("no panics").values().map(Vec::len).sum::<usize>();
    while count() < wanted && SystemClock.now() < deadline {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    // Whatever is doubled comes now.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let (mut lost, mut doubled, mut begun, mut shown) = (0, 0, Vec::new(), Vec::new());
    let store = Arc::clone(app.engine.store());
    for n in 1..=pages {
        let steps = steps(&store, n).await;
        lost += ASKED.saturating_sub(steps.len());
        doubled += steps.len().saturating_sub(ASKED);
        for (step, (due, at)) in steps.into_iter().enumerate() {
            begun.push(late(due, at));
            let arrived = arrived.lock().expect("no panics");
            let times = arrived.get(&format!("D{}", person(n, step))).map(Vec::as_slice).unwrap_or_default();
            doubled += times.len().saturating_sub(1);
            match times.first() {
                Some(first) => shown.push(late(due, *first)),
                None => lost += 1,
            }
        }
    }
    app.abandon().await;
    std::fs::remove_dir_all(dir).expect("removed");
    for (what, figures) in [("a step began", &mut begun), ("its message was at Slack", &mut shown)] {
        let (p50, p99, last) = (percentile(figures, 0.5), percentile(figures, 0.99), percentile(figures, 1.0));
        println!("{what} after it was due by: p50 {p50:.2} s, p99 {p99:.2} s, the last {last:.2} s");
    }
    let mut table = Table::default();
    table.at_most("steps and messages that are lost", f64::from(u32::try_from(lost).expect("few")), 0.0);
    table.at_most("steps and messages that are doubled", f64::from(u32::try_from(doubled).expect("few")), 0.0);
    table.at_most("a step began late by, p99, s", percentile(&mut begun, 0.99), 2.0);
    table.print()
}

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1).filter(|word| !word.starts_with("--"));
    let pages = words.next().map_or(10_000, |word| word.parse().expect("how many pages"));
    watchroom::adapters::http::install_crypto();
    bot::runtime().block_on(all(pages))
}
