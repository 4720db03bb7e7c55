//! Socket Mode: Slack brings what people do over connections that we open, where it cannot reach us.
//!
//! Two connections are kept, because Slack ends each now and then. Whatever comes over one of them goes the way of a request over HTTP,
//! and is acknowledged where that would have been answered: after its commit.

mod connection;
mod frame;

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use tokio::time::{Instant, sleep, timeout};

use self::connection::{Connection, End};
use super::Door;
use crate::{
    adapters::slack::Sockets,
    hearing::Hearing,
    lifecycle::{Stopping, Tasks},
    ports::Trouble,
};

/// How many are kept.
pub const CONNECTIONS: usize = 2;
/// The first wait before a new try, doubled with each; and the longest.
const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(30);
/// How long until it is tried again what somebody has to mend.
const MENDED: Duration = Duration::from_secs(10);
/// One that has lasted so long was a good one.
const GOOD: Duration = Duration::from_secs(20);
/// How long a connection is still read that Slack is about to end.
const GOODBYE: Duration = Duration::from_mins(1);

/// The way in over connections that we open.
#[derive(Debug)]
pub struct SocketMode {
    door: Arc<Door>,
    sockets: Sockets,
    hearing: Arc<Hearing>,
}

impl SocketMode {
    /// What comes over connections that `sockets` opens goes through `door`.
    pub fn new(door: Arc<Door>, sockets: Sockets, hearing: Arc<Hearing>) -> Self {
        Self { door, sockets, hearing }
    }

    /// Keeps one connection open until it is told to stop.
    pub async fn keep(&self, tasks: Weak<Tasks>, stop: Stopping) {
        let mut tries = 0;
        loop {
            let began = Instant::now();
            let wait = match self.one(&tasks, &stop).await {
                Ok(End::Stopped) => return,
                Ok(End::Refresh) if began.elapsed() > GOOD => {
                    tries = 0;
                    continue;
                }
                // A server that ends each at once would have us open them as fast as we can.
                Ok(End::Refresh) => None,
                Ok(End::Disabled) => {
                    self.failed("Socket Mode is switched off in the app's settings; switch it on", Some(MENDED))
                }
                Ok(End::Lost(why)) => self.failed(why, None),
                Err(trouble) => self.failed(&explained(&trouble), waited(&trouble)),
            };
            tries = if began.elapsed() > GOOD { 1 } else { tries + 1 };
            let wait = wait.unwrap_or_else(|| pause(tries));
            tokio::select! {
                () = sleep(wait) => {}
                () = stop.wait() => return,
            }
        }
    }

    async fn one(&self, tasks: &Weak<Tasks>, stop: &Stopping) -> Result<End, Trouble> {
        let socket = tokio::select! {
            opened = self.sockets.open() => opened?,
            () = stop.wait() => return Ok(End::Stopped),
        };
        let (door, hearing) = (Arc::clone(&self.door), Arc::clone(&self.hearing));
        let mut connection = Connection::new(door, Weak::clone(tasks), socket, hearing);
        let end = connection.run(stop).await;
        if let (End::Refresh, Some(owner)) = (&end, tasks.upgrade()) {
            // What Slack has still put on this one is read, and answered, beside the new one.
            let stop = stop.clone();
            owner.spawn_apart("socket", async move {
                let to_its_end = async { while connection.run(&stop).await == End::Refresh {} };
                drop(timeout(GOODBYE, to_its_end).await);
            });
        }
        Ok(end)
    }

    fn failed(&self, why: &str, wait: Option<Duration>) -> Option<Duration> {
        tracing::warn!(why, "no connection to Slack");
        self.hearing.failed(why);
        wait
    }
}

/// Why there is no connection, in a sentence that says what to do.
pub fn explained(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Refused(code) => format!(
            "Slack refuses SLACK_APP_TOKEN: {code}. It must be an app-level token (xapp-…) with the scope `connections:write`, and Socket Mode \
             must be on in the app's settings"
        ),
        Trouble::RateLimited(_) | Trouble::Unreachable(_) | Trouble::Ambiguous(_) => format!("Slack {trouble}"),
    }
}

/// How long to wait, where that is known.
fn waited(trouble: &Trouble) -> Option<Duration> {
    match trouble {
        Trouble::RateLimited(wait) => Some(*wait),
        Trouble::Refused(_) => Some(MENDED),
        Trouble::Unreachable(_) | Trouble::Ambiguous(_) => None,
    }
}

/// How long to wait after so many tries: longer each time, and not all at once where there are many of us.
fn pause(tries: u32) -> Duration {
    let mut byte = [0];
    // Without a random number they come together once: no harm.
    let _ = getrandom::fill(&mut byte);
    let whole = FIRST.saturating_mul(1 << tries.saturating_sub(1).min(8)).min(LONGEST);
    whole.mul_f64(0.5 + f64::from(byte[0]) / 512.0)
}
