//! The status page under load, beside nginx serving the same bytes from disk in the same run; and what people who type commands notice of
//! it.
//!
//! `cargo bench --bench status -- [seconds of each round] [rounds]`; needs the Debian package `nginx`.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "figures for people, far below where a float loses a digit"
)]

mod apart;
#[expect(dead_code, reason = "a bot with a page is made here")]
mod bot;
mod load;
mod table;

use std::{
    net::{SocketAddr, TcpListener as Port},
    path::{Path, PathBuf},
    process::{Child, Command, ExitCode, Stdio},
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use tokio::net::TcpListener;
use watchroom::{
    app::{self, App, Ports},
    clock::SystemClock,
    config::{Component, StatusPageSettings},
    engine::Ask,
    ids::UserId,
    incident::{Actor, Command as Asked, Declaration},
    status::{ComponentStatus, Window, maintenance},
};

use crate::{
    apart::say,
    bot::median,
    load::{Figures, Load},
    table::Table,
};

/// Kept-alive connections of readers.
const CONNECTIONS: usize = 64;
/// Requests a second while people type.
const CROWD: f64 = 2000.0;
/// Commands a second that people type.
const TYPED: f64 = 50.0;
/// How many components the page shows.
const COMPONENTS: usize = 20;

fn page() -> StatusPageSettings {
    let component = |n: usize| Component {
        id: format!("c{n}").as_str().into(),
        name: format!("Component {n}"),
        group: Some(format!("Group {}", n / 5)),
        description: Some("What it is, in a sentence.".into()),
    };
    StatusPageSettings {
        components: (0..COMPONENTS).map(component).collect(),
        ..StatusPageSettings::of("Bench", "https://status.example.com", &[])
    }
}

/// A bot whose page has something on it.
async fn served(dir: &Path) -> (App, SocketAddr) {
    let mut config = bot::config(dir, bot::slack().await);
    config.settings.show_status_page(page());
    let app = app::build(&config, Arc::new(SystemClock), Ports::default()).await.expect("a bot");
    app.delivery.pause(true);
    app.start();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = app.listen(listener).expect("a bot that listens");
    let now = app.engine.clock().now();
    for n in 1..=5 {
        let from = now + jiff::SignedDuration::from_hours(n);
        let plan = maintenance::Plan {
            name: format!("New database {n}"),
            body: "Short interruptions are possible.".into(),
            window: Window { from, to: from + jiff::SignedDuration::from_hours(1) },
            impact: [("c1".into(), ComponentStatus::UnderMaintenance)].into(),
            notify: false,
        };
        let asked = maintenance::Ask::Plan(plan);
        app.engine.change_maintenance(None, &UserId("U0001".into()), None, &asked).await.expect("planned");
    }
    let declaration = Declaration { title: "Trouble with the checkout".into(), ..Declaration::default() };
    let by = Actor::Person(UserId("U0001".into()));
    app.engine.ask(Ask::new(None, by, None, Asked::Declare(declaration))).await.expect("declared");
    (app, address)
}

/// nginx on a free port, which ends with this.
struct Nginx(Child);

impl Drop for Nginx {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn nginx() -> Option<PathBuf> {
    ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"].map(PathBuf::from).into_iter().find(|p| p.exists())
}

/// Serves `body` from a file in `dir`.
fn from_disk(nginx: &Path, dir: &Path, body: &[u8]) -> (Nginx, SocketAddr) {
    let address = Port::bind("127.0.0.1:0").and_then(|port| port.local_addr()).expect("a free port");
    let root = dir.join("nginx");
    std::fs::create_dir_all(&root).expect("a directory");
    std::fs::write(root.join("status"), body).expect("written");
    let root = root.display();
    let config = format!(
        "daemon off; pid {root}/pid; error_log {root}/error.log; worker_processes auto;\n\
         events {{ worker_connections 1024; }}\n\
         http {{ access_log off; sendfile on; default_type text/html; keepalive_requests 100000000;\n\
         client_body_temp_path {root}/t1; proxy_temp_path {root}/t2; fastcgi_temp_path {root}/t3; uwsgi_temp_path {root}/t4;\n\
         scgi_temp_path {root}/t5; server {{ listen {address}; root {root}; }} }}\n"
    );
    let path = dir.join("nginx.conf");
    std::fs::write(&path, config).expect("written");
    // Its workers are nobody's, who may not read below the build's directory, unless they run as whoever runs this.
    let mut command = Command::new(nginx);
    command.arg("-c").arg(&path).arg("-g").arg("master_process off;").stdout(Stdio::null()).stderr(Stdio::null());
    let child = Nginx(command.spawn().expect("nginx starts"));
    for _ in 0..100 {
        if std::net::TcpStream::connect(address).is_ok() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    (child, address)
}

/// Reads the page.
fn read(to: SocketAddr, load: Load) -> Figures {
    let bytes = b"GET /status HTTP/1.1\r\nhost: bench\r\naccept-language: en\r\n\r\n".to_vec();
    apart::alone(load::drive(to, load, Arc::new(move || bytes.clone())))
}

/// Types commands.
fn typed(to: SocketAddr, load: Load, counter: &Arc<AtomicU64>) -> Figures {
    apart::alone(load::run(to, load, Arc::clone(counter)))
}

/// Beside nginx; nothing where there is none.
fn beside_nginx(bot: SocketAddr, dir: &Path, body: &[u8], load: Load, rounds: usize, table: &mut Table) {
    let Some(nginx) = nginx() else { return };
    let (_child, disk) = from_disk(&nginx, dir, body);
    let (mut ratios, mut slower) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let bare = read(disk, load);
        say("nginx, from disk", &bare);
        let full = read(bot, load);
        say("status page", &full);
        ratios.push(full.rate() / bare.rate());
        slower.push(full.percentile(0.99) / bare.percentile(0.99));
    }
    let ratio = median(ratios);
    table.row("status pages a second / nginx (at least)".to_owned(), ratio, 0.5, ratio >= 0.5);
    table.at_most("p99 of the status page / nginx", median(slower), 3.0);
}

#[expect(clippy::print_stdout, reason = "it prints what was measured")]
fn main() -> ExitCode {
    let mut words = std::env::args().skip(1).filter(|word| !word.starts_with("--"));
    let seconds: u64 = words.next().map_or(3, |word| word.parse().expect("how many seconds"));
    let rounds: usize = words.next().map_or(5, |word| word.parse().expect("how many rounds"));
    watchroom::adapters::http::install_crypto();
    watchroom::telemetry::start(None, false);
    let dir = bot::directory("status");
    let runtime = bot::runtime();
    let (app, bot) = runtime.block_on(served(&dir.join("record")));
    let client = watchroom::adapters::http::client().expect("a client");
    let body = runtime.block_on(async {
        let answer = client.get(format!("http://{bot}/status")).header("accept-language", "en").send().await;
        answer.expect("an answer").bytes().await.expect("a page")
    });
    println!("the page has {} bytes", body.len());
    let load =
        Load { connections: CONNECTIONS, lasts: Duration::from_secs(seconds), rate: None, first: 1, incidents: 1 };
    let mut table = Table::default();
    read(bot, Load { lasts: Duration::from_secs(1), ..load });
    beside_nginx(bot, &dir, &body, load, rounds, &mut table);
    let counter = Arc::new(AtomicU64::new(1));
    let (people, crowd) = (Load { connections: 4, rate: Some(TYPED), ..load }, Load { rate: Some(CROWD), ..load });
    let mut slower = Vec::new();
    for _ in 0..rounds {
        let alone = typed(bot, people, &counter);
        say("commands", &alone);
        let reading = std::thread::spawn(move || read(bot, crowd));
        let beside = typed(bot, people, &counter);
        say("commands beside readers", &beside);
        say("status page, paced", &reading.join().expect("readers"));
        slower.push(beside.percentile(0.99) / alone.percentile(0.99));
    }
    table.at_most("p99 of a command beside 2000 readers a second / alone", median(slower), 2.0);
    runtime.block_on(app.stop());
    std::fs::remove_dir_all(dir).expect("removed");
    if nginx().is_none() {
        println!("NOT MEASURED: the page beside nginx, which is not installed here (`apt-get install nginx`)");
    }
    table.print()
}
