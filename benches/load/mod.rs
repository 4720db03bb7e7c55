//! A load generator: plain HTTP/1.1 over kept-alive connections, signed like Slack, light enough to share two cores with
//! what it measures.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

/// The signing secret of bot and baseline.
pub const SECRET: &str = "bench-signing-secret";

/// What one run showed.
#[derive(Debug, Clone)]
pub struct Figures {
    /// Requests answered with 200.
    pub answered: u64,
    /// Requests answered with anything else.
    pub refused: u64,
    /// Over how long.
    pub took: Duration,
    /// Sorted times to answer.
    pub latencies: Vec<Duration>,
}

impl Figures {
    /// Requests a second.
    pub fn rate(&self) -> f64 {
        self.answered as f64 / self.took.as_secs_f64()
    }

    /// The time within which this share of requests was answered, in milliseconds.
    pub fn percentile(&self, share: f64) -> f64 {
        let last = self.latencies.len().saturating_sub(1);
        let at = ((last as f64) * share).round() as usize;
        self.latencies.get(at).map_or(f64::NAN, |d| d.as_secs_f64() * 1000.0)
    }
}

/// How hard.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// Kept-alive connections.
    pub connections: usize,
    /// For how long.
    pub lasts: Duration,
    /// Requests a second over all connections; none: as fast as answers come.
    pub rate: Option<f64>,
    /// Commands go to `INC-` this and those after it.
    pub first: u64,
    /// So many of them.
    pub incidents: u64,
}

/// A signed slash command.
fn request(mac: &Hmac<Sha256>, n: u64, load: Load) -> Vec<u8> {
    let now = jiff_now();
    let incident = load.first + n % load.incidents;
    let body = format!(
        "token=t&team_id=T1&team_domain=bench&channel_id=C0GENERAL&channel_name=general&user_id=U{:04}&user_name=u&\
         command=%2Fincident&text=INC-{incident}+note+replica+lag+is+at+{n}+seconds+and+falling&api_app_id=A1&\
         is_enterprise_install=false&response_url=http%3A%2F%2F127.0.0.1%2Fr&trigger_id=bench.{n}",
        n % 50
    );
    let mut mac = mac.clone();
    mac.update(format!("v0:{now}:").as_bytes());
    mac.update(body.as_bytes());
    let signature = hex::encode(mac.finalize().into_bytes());
    format!(
        "POST /slack/commands HTTP/1.1\r\nhost: bench\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         x-slack-request-timestamp: {now}\r\nx-slack-signature: v0={signature}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

#[expect(clippy::disallowed_methods, reason = "a load generator lives in real time")]
fn jiff_now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// Reads one answer; its status.
async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> std::io::Result<u16> {
    buffer.clear();
    loop {
        if stream.read_buf(buffer).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let Some(head) = buffer.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&buffer[..head]).to_lowercase();
        let length = text.lines().find_map(|l| l.strip_prefix("content-length:")).and_then(|v| v.trim().parse().ok());
        if buffer.len() >= head + 4 + length.unwrap_or(0) {
            let status = text.split(' ').nth(1).and_then(|s| s.parse().ok());
            return status.ok_or_else(|| std::io::ErrorKind::InvalidData.into());
        }
    }
}

/// Sends commands to `to` and measures the answers. `counter` numbers the requests, so that none is sent twice.
pub async fn run(to: SocketAddr, load: Load, counter: Arc<AtomicU64>) -> Figures {
    let mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("any length of key");
    let ask = move || request(&mac, counter.fetch_add(1, Ordering::Relaxed), load);
    drive(to, load, Arc::new(ask)).await
}

/// Sends to `to` whatever `ask` makes, and measures the answers.
pub async fn drive(to: SocketAddr, load: Load, ask: Arc<dyn Fn() -> Vec<u8> + Send + Sync>) -> Figures {
    let began = Instant::now();
    let mut connections = JoinSet::new();
    for place in 0..load.connections {
        let ask = Arc::clone(&ask);
        connections.spawn(async move {
            let mut stream = TcpStream::connect(to).await.expect("the server listens");
            stream.set_nodelay(true).expect("a socket option");
            let (mut buffer, mut latencies, mut refused) = (Vec::with_capacity(8192), Vec::new(), 0);
            let every = load.rate.map(|rate| Duration::from_secs_f64(load.connections as f64 / rate));
            // Connections start spread over the first interval, so that a paced load has no bursts.
            let mut due = began + every.map_or(Duration::ZERO, |e| e.mul_f64(place as f64 / load.connections as f64));
            while began.elapsed() < load.lasts {
                if let Some(every) = every {
                    tokio::time::sleep_until(due.into()).await;
                    due += every;
                }
                let bytes = ask();
                // A paced request counts from when it was due: waiting in line is part of the answer.
                let asked = every.and_then(|every| due.checked_sub(every)).unwrap_or_else(Instant::now);
                stream.write_all(&bytes).await.expect("written");
                let status = answer(&mut stream, &mut buffer).await.expect("answered");
                if status == 200 {
                    latencies.push(asked.elapsed());
                } else {
                    refused += 1;
                }
            }
            (latencies, refused)
        });
    }
    let (mut latencies, mut refused) = (Vec::new(), 0);
    while let Some(done) = connections.join_next().await {
        let (more, not) = done.expect("a connection");
        latencies.extend(more);
        refused += not;
    }
    latencies.sort_unstable();
    Figures { answered: latencies.len() as u64, refused, took: began.elapsed(), latencies }
}
