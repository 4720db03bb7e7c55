//! A post for ten thousand subscribers: how long until all are queued, and whether they are told at the mail server's pace.
//!
//! `cargo bench --bench subscribers -- [subscribers]`

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "figures for people, far below where a float loses a digit"
)]

#[expect(dead_code, reason = "this one is set up with a mail server")]
mod bot;
#[expect(dead_code, reason = "what other benches load the bot with")]
mod load;
mod table;

use std::{
    collections::BTreeSet,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use jiff::Timestamp;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};
use watchroom::{
    app::{self, Ports},
    clock::SystemClock,
    config::{MailConfig, MailTls, StatusPageSettings, SubscriberSettings},
    engine::Engine,
    ids::StreamId,
    incident::{Actor, Text},
    status::{Change, Destination, Impact, PostStatus, SUBSCRIBED_VERSION, Subscribed, Subscription},
    store::{Append, Commit},
};

use crate::table::Table;

/// How long the server looks through a mail.
const LOOKS: Duration = Duration::from_millis(2);
/// So many connections mail at a time.
const CONNECTIONS: f64 = 8.0;
/// Plain commits, to compare with.
const COMMITS: u32 = 50;

#[expect(clippy::print_stdout, reason = "it prints what was measured")]
fn say(line: impl std::fmt::Display) {
    println!("{line}");
}

/// A mail server that counts what it took.
async fn mail_server(taken: Arc<AtomicU64>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    #[expect(clippy::disallowed_methods, reason = "it lives as long as the bench")]
    drop(tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let taken = Arc::clone(&taken);
            // Whoever breaks off is gone.
            drop(tokio::spawn(async move { drop(talk(stream, &taken).await) }));
        }
    }));
    port
}

async fn talk(stream: TcpStream, taken: &AtomicU64) -> std::io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    writer.write_all(b"220 ready\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let answer: &[u8] = if line == "DATA" {
            writer.write_all(b"354 go on\r\n").await?;
            while lines.next_line().await?.is_some_and(|line| line != ".") {}
            tokio::time::sleep(LOOKS).await;
            taken.fetch_add(1, Ordering::Relaxed);
            b"250 taken\r\n"
        } else {
            b"250 ok\r\n"
        };
        writer.write_all(answer).await?;
    }
    Ok(())
}

fn page() -> StatusPageSettings {
    StatusPageSettings {
        subscribers: Some(SubscriberSettings::default()),
        ..StatusPageSettings::of("Bench", "https://status.example.com", &[])
    }
}

/// As many as asked for and confirmed it long ago.
async fn seeded(engine: &Engine, many: u64) {
    let stream = StreamId::Org("subscribers".into());
    let fact = |what| Subscribed { v: SUBSCRIBED_VERSION, at: Timestamp::UNIX_EPOCH, what };
    for first in (0..many).step_by(250) {
        let mut append = Vec::new();
        for n in first..(first + 250).min(many) {
            let asked = Subscription::Asked {
                token: Text::new(format!("token-{n}")),
                to: Destination::Mail { address: Text::new(format!("reader{n}@example.com")) },
                language: "en".into(),
                components: BTreeSet::new(),
            };
            let confirmed = Subscription::Confirmed { subscriber: n * 2 + 1, components: BTreeSet::new() };
            append.extend([asked, confirmed].map(|what| Append::new(stream.clone(), &fact(what))));
        }
        engine.store().commit(Commit { append, ..Commit::default() }).await.expect("committed");
    }
    assert_eq!(engine.subscribers_count().await.expect("read").confirmed, many);
}

fn update(n: u32) -> Change {
    Change::IncidentPosted {
        post: "bench".into(),
        update: format!("update-{n}"),
        name: "Payments fail".into(),
        body: "Some payments fail. We look into it.".into(),
        status: PostStatus::Investigating,
        impact: Impact::new(),
        started_at: Timestamp::UNIX_EPOCH,
        next_by: None,
        notify: n == 0,
    }
}

/// How long one change of the page takes, in milliseconds.
async fn posted(engine: &Engine, n: u32) -> f64 {
    let since = Instant::now();
    engine.change_status_page(&Actor::Bot, update(n), |_| false).await.expect("posted");
    since.elapsed().as_secs_f64() * 1000.0
}

async fn all(many: u64) -> ExitCode {
    let (slack, taken, mut table) = (bot::slack().await, Arc::<AtomicU64>::default(), Table::default());
    let dir = bot::directory("subscribers");
    let mut config = bot::config(&dir, slack);
    config.settings.show_status_page(page());
    config.ways.mail = Some(MailConfig {
        host: "127.0.0.1".into(),
        port: mail_server(Arc::clone(&taken)).await,
        tls: MailTls::None,
        login: None,
        from: "Watchroom <watchroom@example.com>".parse().expect("an address"),
    });
    let app = app::build(&config, Arc::new(SystemClock), Ports::default()).await.expect("a bot");
    seeded(&app.engine, many).await;
    let mut plain = Vec::new();
    for n in 1..=COMMITS {
        plain.push(posted(&app.engine, n).await);
    }
    let plain = bot::median(plain);
    let queued = posted(&app.engine, 0).await;
    app.start();
    let since = Instant::now();
    while taken.load(Ordering::Relaxed) < many {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    app.settled().await;
    let took = since.elapsed().as_secs_f64();
    let pace = many as f64 * LOOKS.as_secs_f64() / CONNECTIONS;
    say(format!("{many} subscribers: queued in {queued:.2} ms (a plain post {plain:.2} ms), told in {took:.1} s"));
    assert_eq!(taken.load(Ordering::Relaxed), many, "each is told once");
    table.at_most("a post for all subscribers queued, ms", queued, 1000.0);
    table.at_most("queued / a post that tells nobody", queued / plain, 20.0);
    table.at_most("told / the server's own pace on eight connections", took / pace, 4.0);
    app.stop().await;
    std::fs::remove_dir_all(dir).expect("removed");
    table.print()
}

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1).filter(|word| !word.starts_with("--"));
    let many = words.next().map_or(10_000, |word| word.parse().expect("how many subscribers"));
    watchroom::adapters::http::install_crypto();
    bot::runtime().block_on(all(many))
}
