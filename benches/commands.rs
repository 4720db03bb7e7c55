//! Durable commands a second, against a server that only verifies the signature, in the same run; and what a text for
//! customers and a look at what phases still need add to one.
//!
//! `cargo bench --bench commands -- [seconds of each round] [rounds]`

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "figures for people, far below where a float loses a digit"
)]

mod apart;
mod bot;
mod load;
mod table;

use std::{
    collections::BTreeMap,
    hint::black_box,
    net::SocketAddr,
    process::ExitCode,
    sync::{Arc, atomic::AtomicU64},
    time::{Duration, Instant},
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
    ids::{IncidentId, UserId},
    incident::{Actor, Command, Context, Declaration, Incident, Turns, comms, course},
    ingress::verify,
    playbook::Audience,
};

use crate::{
    apart::say,
    bot::median,
    load::{Figures, Load, SECRET},
    table::Table,
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

/// A text for customers by the template of a phase, and a look at what every phase and closing still need.
fn text_and_gates(it: &Incident, app: &App) {
    let (playbook, now, by) = (app.engine.playbook(), app.engine.clock().now(), Actor::Bot);
    let fields = BTreeMap::from([("impact".to_owned(), "Payments fail for some customers".to_owned())]);
    let template = playbook.templates.iter().find(|t| t.audience == Audience::External).expect("a template");
    black_box(comms::letter(it, playbook, now, template, &fields, Some(now)).expect("a text"));
    for phase in &playbook.kind(&it.kind).phases {
        black_box(course::missing(phase, it, now));
    }
    black_box(course::closing(
        it,
        &Context { by: &by, now, playbook, settings: app.engine.settings(), turns: &Turns::new() },
    ));
}

/// Seconds that one of them takes.
async fn text_and_gates_take(app: &App) -> f64 {
    let it = app.engine.incident(IncidentId::inc(1)).await.expect("a record").expect("an incident");
    let one = |_| {
        let start = Instant::now();
        text_and_gates(&it, app);
        start.elapsed().as_secs_f64()
    };
    median((0..10_000).map(one).collect())
}

/// Runs the load.
fn run(to: SocketAddr, load: Load, counter: &Arc<AtomicU64>) -> Figures {
    apart::alone(load::run(to, load, Arc::clone(counter)))
}

#[expect(clippy::print_stdout, reason = "it prints what was measured")]
fn main() -> ExitCode {
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
    let half = median(rates.clone()) / 2.0;
    let mut paced = Vec::new();
    for _ in 0..rounds {
        let bare = run(baseline, load(Some(half), seconds), &counter);
        say("signature only, paced", &bare);
        let full = run(bot, load(Some(half), seconds), &counter);
        say("durable command, paced", &full);
        paced.push(full.percentile(0.99) / bare.percentile(0.99));
    }
    let alone = run(bot, Load { connections: 1, ..load(None, seconds) }, &counter);
    say("durable command, alone", &alone);
    let text = runtime.block_on(text_and_gates_take(&app));
    println!(
        "a text and the gates take {:.1} us: {:.2} of a command's share of the machine",
        text * 1e6,
        text * median(rates)
    );
    let added = text / (alone.percentile(0.5) / 1000.0);
    runtime.block_on(app.stop());
    std::fs::remove_dir_all(dir).expect("removed");
    let mut table = Table::default();
    let (what, ratio) = ("durable commands a second / signature only, 64 connections (at least)", median(ratios));
    table.row(what.to_owned(), ratio, 0.25, ratio >= 0.25);
    table.at_most("p99 at 64 connections, ms", median(slowest), 20.0);
    table.at_most("p99 / signature only at half that rate", median(paced), 10.0);
    table.at_most("a text and the gates / durable command, alone", added, 0.1);
    table.print()
}
