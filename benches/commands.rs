//! Durable commands a second, against a server that only verifies the signature, in the same run.
//!
//! `cargo bench --bench commands -- [seconds of each round] [rounds]`

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "figures for people, far below where a float loses a digit"
)]

mod bot;
mod load;

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    routing::post,
};
use http::{Request, StatusCode};
use watchroom::{
    app::App,
    clock::{Clock, SystemClock},
    engine::Ask,
    ids::UserId,
    incident::{Actor, Command, Declaration},
    ingress::verify,
};

use crate::{
    bot::{Table, median},
    load::{Figures, Load, SECRET},
};

/// As many as the bot reads of a request.
const LIMIT: usize = 1024 * 1024;
/// The commands are spread over so many incidents.
const INCIDENTS: u64 = 1000;
/// Kept-alive connections.
const CONNECTIONS: usize = 64;

/// Verifies, and says yes.
async fn baseline() -> SocketAddr {
    let yes = |request: Request<Body>| async {
        let (parts, body) = request.into_parts();
        let Ok(body) = to_bytes(body, LIMIT).await else { return StatusCode::PAYLOAD_TOO_LARGE };
        match verify(SECRET, &parts.headers, &body, SystemClock.now()) {
            Ok(()) => StatusCode::OK,
            Err(_) => StatusCode::UNAUTHORIZED,
        }
    };
    bot::serve(Router::new().route("/slack/commands", post(yes))).await
}

async fn declare(app: &App) {
    for n in 1..=INCIDENTS {
        let declaration = Declaration { title: format!("Trouble {n} with the checkout"), ..Declaration::default() };
        let by = Actor::Person(UserId(format!("U{:04}", n % 50)));
        app.engine.ask(Ask::new(None, by, None, Command::Declare(declaration))).await.expect("declared");
    }
}

/// Runs the load on a thread of its own, as another process would.
fn run(to: SocketAddr, load: Load, counter: &Arc<AtomicU64>) -> Figures {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let figures = runtime.block_on(load::run(to, load, Arc::clone(counter)));
    assert_eq!(figures.refused, 0, "every request is answered with 200");
    figures
}

#[expect(clippy::print_stdout, reason = "it prints what was measured")]
fn say(what: &str, figures: &Figures) {
    let (rate, p50, p99) = (figures.rate(), figures.percentile(0.5), figures.percentile(0.99));
    println!("{what:<26} {rate:>9.0} /s   p50 {p50:>7.3} ms   p99 {p99:>7.3} ms");
}

fn main() {
    let mut words = std::env::args().skip(1).filter(|word| !word.starts_with("--"));
    let seconds: u64 = words.next().map_or(3, |word| word.parse().expect("how many seconds"));
    let rounds: usize = words.next().map_or(5, |word| word.parse().expect("how many rounds"));
    watchroom::adapters::http::install_crypto();
    watchroom::telemetry::start(None, false);
    let dir = bot::directory("commands");
    let runtime = bot::runtime();
    let (baseline, app, bot) = runtime.block_on(async {
        let (app, bot) = bot::bot(&dir, bot::slack().await, true).await;
        declare(&app).await;
        (baseline().await, app, bot)
    });
    let counter = Arc::new(AtomicU64::new(1));
    let load = |rate, seconds| Load {
        connections: CONNECTIONS,
        lasts: Duration::from_secs(seconds),
        rate,
        first: 1,
        incidents: INCIDENTS,
    };
    run(bot, load(None, 1), &counter);
    run(baseline, load(None, 1), &counter);
    let (mut ratios, mut rates, mut slowest) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        let bare = run(baseline, load(None, seconds), &counter);
        say("signature only", &bare);
        let full = run(bot, load(None, seconds), &counter);
        say("durable command", &full);
        ratios.push(full.rate() / bare.rate());
        rates.push(full.rate());
        slowest.push(full.percentile(0.99));
    }
    let half = median(rates) / 2.0;
    let mut paced = Vec::new();
    for _ in 0..rounds {
        let bare = run(baseline, load(Some(half), seconds), &counter);
        say("signature only, paced", &bare);
        let full = run(bot, load(Some(half), seconds), &counter);
        say("durable command, paced", &full);
        paced.push(full.percentile(0.99) / bare.percentile(0.99));
    }
    runtime.block_on(app.stop());
    std::fs::remove_dir_all(dir).expect("removed");
    let mut table = Table::default();
    let (what, ratio) = ("durable commands a second / signature only, 64 connections (at least)", median(ratios));
    table.row(what.to_owned(), ratio, 0.25, ratio >= 0.25);
    table.at_most("p99 at 64 connections, ms", median(slowest), 20.0);
    table.at_most("p99 / signature only at half that rate", median(paced), 10.0);
    table.print();
}
