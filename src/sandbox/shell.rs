//! What is around the state: time, the network, faults, and the tasks that deliver.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use tokio::{
    sync::{broadcast, watch},
    task::JoinSet,
};

use super::{
    Config,
    faults::Faults,
    rate::Limiter,
    sender::Sockets,
    state::{Happening, Notice, Workspace},
};

/// How many calls are remembered.
const LONGEST_LOG: usize = 50_000;

/// How many events can be sent again.
const MOST_EVENTS: usize = 1_000;

/// One Web API call, or one use of a response address (`response_url`).
#[derive(Clone, Debug, Serialize)]
pub struct Call {
    /// Counts from 1.
    pub seq: u64,
    /// `chat.postMessage`, or `response_url`.
    pub method: String,
    /// The arguments without the token.
    pub args: Value,
    /// The body that was sent, or would have been.
    pub response: Value,
    /// The HTTP status; 0 where the connection was broken.
    pub status: u16,
    /// When, by the workspace's clock.
    pub at: Timestamp,
    /// The fault it met.
    pub fault: Option<String>,
    /// Whether a test has taken note of it.
    pub read: bool,
}

impl Call {
    /// Whether Slack said yes.
    pub fn ok(&self) -> bool {
        self.response["ok"] == true
    }
}

/// Deliveries to the bot that are not over.
#[derive(Debug, Default)]
pub struct Flight {
    busy: usize,
    waiting: BTreeMap<u64, Timestamp>,
}

/// The running workspace, shared by its server, its senders and its handles.
#[derive(Debug)]
pub struct Shell {
    pub config: Config,
    pub http: reqwest::Client,
    pub address: OnceLock<std::net::SocketAddr>,
    pub rate_limits: AtomicBool,
    pub stop: watch::Sender<bool>,
    pub notices: broadcast::Sender<Notice>,
    /// Connections that the bot opened, where the app is in Socket Mode.
    pub sockets: Sockets,
    state: Mutex<Workspace>,
    faults: Mutex<Faults>,
    limiter: Mutex<Limiter>,
    log: Mutex<VecDeque<Call>>,
    bot_url: Mutex<String>,
    events: Mutex<VecDeque<String>>,
    tasks: Mutex<JoinSet<()>>,
    flight: watch::Sender<Flight>,
    counter: AtomicU64,
    changes: AtomicU64,
}

/// A panic elsewhere must not take the workspace with it: the data is plain and stays usable.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shell {
    pub fn new(config: Config, workspace: Workspace, http: reqwest::Client) -> Arc<Self> {
        Arc::new(Self {
            rate_limits: AtomicBool::new(config.rate_limits),
            bot_url: Mutex::new(config.bot_url.clone()),
            config,
            http,
            address: OnceLock::new(),
            stop: watch::Sender::new(false),
            notices: broadcast::Sender::new(4096),
            sockets: Sockets::default(),
            state: Mutex::new(workspace),
            faults: Mutex::default(),
            limiter: Mutex::default(),
            log: Mutex::default(),
            events: Mutex::default(),
            tasks: Mutex::default(),
            flight: watch::Sender::default(),
            counter: AtomicU64::new(0),
            changes: AtomicU64::new(0),
        })
    }

    /// Uses the state at the present time and passes on what happened.
    pub fn with<T>(self: &Arc<Self>, f: impl FnOnce(&mut Workspace) -> T) -> T {
        let (result, happened) = {
            let mut state = lock(&self.state);
            state.now = self.config.clock.now();
            let result = f(&mut state);
            let happened = std::mem::take(&mut state.happened);
            if let (Some(keeper), false) = (&self.config.keeper, happened.is_empty()) {
                keeper.keep(&state);
            }
            (result, happened)
        };
        if !happened.is_empty() {
            self.changes.fetch_add(1, Ordering::Relaxed);
        }
        for happening in happened {
            match happening {
                Happening::Event(event) => self.send_event(event),
                Happening::Page(notice) => self.tell_pages(notice),
            }
        }
        result
    }

    /// Tells the open pages; without any, nobody has to know.
    pub fn tell_pages(&self, notice: Notice) {
        drop(self.notices.send(notice));
    }

    pub fn faults(&self) -> MutexGuard<'_, Faults> {
        lock(&self.faults)
    }

    pub fn limiter(&self) -> MutexGuard<'_, Limiter> {
        lock(&self.limiter)
    }

    /// Grows with every change that anyone could see.
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::Relaxed)
    }

    pub fn bot_url(&self) -> String {
        lock(&self.bot_url).clone()
    }

    pub fn set_bot_url(&self, url: &str) {
        url.trim_end_matches('/').clone_into(&mut lock(&self.bot_url));
    }

    /// The address of the workspace itself, without a slash at the end.
    pub fn own_url(&self) -> String {
        self.address.get().map_or_else(String::new, |address| format!("http://{address}"))
    }

    /// A number that no other call of this gives.
    pub fn count(&self) -> u64 {
        self.counter.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub fn record(&self, mut call: Call) {
        let mut log = lock(&self.log);
        call.seq = log.back().map_or(1, |last| last.seq + 1);
        log.push_back(call);
        if log.len() > LONGEST_LOG {
            log.pop_front();
        }
    }

    /// The log of calls, oldest first.
    pub fn calls(&self) -> MutexGuard<'_, VecDeque<Call>> {
        lock(&self.log)
    }

    /// Remembers the envelope of an event, to send it again.
    pub fn remember_event(&self, envelope: String) {
        let mut events = lock(&self.events);
        events.push_back(envelope);
        if events.len() > MOST_EVENTS {
            events.pop_front();
        }
    }

    /// Envelopes of the last events, oldest first.
    pub fn past_events(&self) -> Vec<String> {
        lock(&self.events).iter().cloned().collect()
    }

    /// Starts a task that ends with the workspace at the latest.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = lock(&self.tasks);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task);
    }

    /// Ends everything.
    pub fn end(&self) {
        self.stop.send_replace(true);
        lock(&self.tasks).abort_all();
    }

    /// Marks a delivery as under way until the guard is dropped.
    pub fn busy(self: &Arc<Self>) -> Busy {
        self.flight.send_modify(|f| f.busy += 1);
        Busy(Arc::clone(self))
    }

    /// Waits by the workspace's clock; `settled` knows what for.
    pub async fn wait_until(self: &Arc<Self>, due: Timestamp, busy: Busy) -> Busy {
        let id = self.count();
        self.flight.send_modify(|f| {
            f.waiting.insert(id, due);
        });
        drop(busy);
        self.config.clock.sleep_until(due).await;
        let busy = self.busy();
        self.flight.send_modify(|f| {
            f.waiting.remove(&id);
        });
        busy
    }

    /// Returns when nothing is being delivered to the bot, and nothing is due.
    pub async fn settled(&self) {
        let mut flight = self.flight.subscribe();
        let now = || self.config.clock.now();
        // The sender lives in `self`, so waiting cannot fail.
        drop(flight.wait_for(|f| f.busy == 0 && f.waiting.values().all(|due| *due > now())).await);
    }
}

/// A delivery under way.
#[derive(Debug)]
pub struct Busy(Arc<Shell>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.flight.send_modify(|f| f.busy -= 1);
    }
}
