//! Socket Mode: what Slack sends to the bot goes over connections that the bot opened.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use serde_json::{Map, Value, json};
use tokio::sync::{mpsc, oneshot};

use super::{Delivery, Retry};
use crate::sandbox::{shell::Shell, state::APP};

/// Connections of the bot's.
#[derive(Debug, Default)]
pub struct Sockets {
    is_on: AtomicBool,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// Addresses that were given out and not used.
    tickets: HashSet<String>,
    open: Vec<Open>,
    /// Who waits for the acknowledgement of which envelope.
    waiting: HashMap<String, oneshot::Sender<Option<Value>>>,
    last: u64,
}

/// An open connection.
#[derive(Debug)]
struct Open {
    id: u64,
    /// It is to end: nothing new goes over it.
    retiring: bool,
    send: mpsc::UnboundedSender<Out>,
}

/// What goes out over a connection.
#[derive(Debug)]
pub enum Out {
    /// A message.
    Frame(String),
    /// Nothing more: it breaks.
    Cut,
}

impl Sockets {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the app is in Socket Mode.
    pub fn is_on(&self) -> bool {
        self.is_on.load(Ordering::Relaxed)
    }

    /// Switches Socket Mode on or off; whoever is connected is told, and let go.
    pub fn switch(&self, on: bool) {
        self.is_on.store(on, Ordering::Relaxed);
        if !on {
            self.tell_all("link_disabled");
            self.cut();
        }
    }

    /// How many connections are open, and not about to end.
    pub fn count(&self) -> usize {
        self.inner().open.iter().filter(|open| !open.retiring).count()
    }

    /// Asks the bot to open others in place of those that are open.
    pub fn refresh(&self) {
        self.tell_all("refresh_requested");
        self.inner().open.iter_mut().for_each(|open| open.retiring = true);
    }

    fn tell_all(&self, reason: &str) {
        let frame = json!({ "type": "disconnect", "reason": reason, "debug_info": { "host": "sandbox" } }).to_string();
        for open in &self.inner().open {
            // One that has just ended needs no word.
            drop(open.send.send(Out::Frame(frame.clone())));
        }
    }

    /// Breaks every connection, as a failing network does.
    pub fn cut(&self) {
        for open in self.inner().open.drain(..) {
            drop(open.send.send(Out::Cut));
        }
    }

    /// Sends anything over the first connection.
    pub fn push(&self, frame: &str) {
        if let Some(open) = self.inner().open.first() {
            drop(open.send.send(Out::Frame(frame.to_owned())));
        }
    }

    /// A ticket for one connection.
    pub fn ticket(&self, number: u64) -> String {
        let ticket = format!("t{number}");
        self.inner().tickets.insert(ticket.clone());
        ticket
    }

    /// Was this ticket given out, and not used?
    pub fn has(&self, ticket: &str) -> bool {
        self.inner().tickets.contains(ticket)
    }

    /// Opens a connection with a ticket: its number and what goes out over it. `None` where the ticket is none, or used.
    pub fn open(&self, ticket: &str) -> Option<(u64, mpsc::UnboundedReceiver<Out>)> {
        let mut inner = self.inner();
        if !inner.tickets.remove(ticket) {
            return None;
        }
        let (send, out) = mpsc::unbounded_channel();
        inner.last += 1;
        let id = inner.last;
        let count = inner.open.len() + 1;
        let hello = json!({
            "type": "hello", "num_connections": count, "connection_info": { "app_id": APP },
            "debug_info": { "host": "sandbox", "build_number": 1, "approximate_connection_time": 18_060 },
        });
        drop(send.send(Out::Frame(hello.to_string())));
        inner.open.push(Open { id, retiring: false, send });
        Some((id, out))
    }

    /// A connection has ended.
    pub fn close(&self, id: u64) {
        self.inner().open.retain(|open| open.id != id);
    }

    /// The bot acknowledges an envelope, perhaps with an answer.
    pub fn acknowledge(&self, envelope: &str, payload: Option<Value>) {
        if let Some(waiting) = self.inner().waiting.remove(envelope) {
            // Whoever waited may have given up.
            drop(waiting.send(payload));
        }
    }

    /// Sends an envelope over the connection whose turn it is; what will bring its acknowledgement. `None` without a connection.
    fn send(&self, envelope: &str, frame: String) -> Option<oneshot::Receiver<Option<Value>>> {
        let mut inner = self.inner();
        let live: Vec<usize> = (0..inner.open.len()).filter(|n| !inner.open[*n].retiring).collect();
        // Slack does not say whose turn it is.
        let turn = usize::try_from(inner.last).unwrap_or_default();
        let at = *live.get(turn % live.len().max(1))?;
        inner.last += 1;
        inner.open[at].send.send(Out::Frame(frame)).ok()?;
        let (acknowledge, acknowledged) = oneshot::channel();
        inner.waiting.insert(envelope.to_owned(), acknowledge);
        Some(acknowledged)
    }

    fn forget(&self, envelope: &str) {
        self.inner().waiting.remove(envelope);
    }
}

impl Shell {
    /// Brings over a connection what would have been posted there, and waits for its acknowledgement, no longer than Slack would.
    pub(super) async fn bring_to_bot(
        &self,
        path: &str,
        body: &str,
        retry: Option<Retry>,
    ) -> (Delivery, std::time::Duration) {
        let started = Instant::now();
        let envelope = format!("envelope-{}", self.count());
        let (kind, payload) = enveloped(path, body);
        let mut frame = json!({
            "type": kind, "envelope_id": envelope, "payload": payload, "accepts_response_payload": kind != "events_api",
        });
        if let Some((number, reason)) = retry {
            frame["retry_attempt"] = json!(number);
            frame["retry_reason"] = json!(reason);
        }
        let Some(acknowledged) = self.sockets.send(&envelope, frame.to_string()) else {
            return (Delivery::Unreachable, started.elapsed());
        };
        let delivery = match tokio::time::timeout(self.config.patience, acknowledged).await {
            Ok(Ok(payload)) => Delivery::Answered {
                status: 200,
                no_retry: false,
                json: payload.is_some(),
                body: payload.map(|payload| payload.to_string()).unwrap_or_default(),
            },
            Ok(Err(_)) | Err(_) => Delivery::TimedOut,
        };
        self.sockets.forget(&envelope);
        (delivery, started.elapsed())
    }
}

/// What a request's body is over a connection.
fn enveloped(path: &str, body: &str) -> (&'static str, Value) {
    let fields = || url::form_urlencoded::parse(body.as_bytes());
    match path {
        "/slack/commands" => {
            let fields: Map<String, Value> = fields().map(|(k, v)| (k.into_owned(), json!(v))).collect();
            ("slash_commands", Value::Object(fields))
        }
        "/slack/interactions" => {
            let payload = fields().find(|(k, _)| k == "payload").and_then(|(_, v)| serde_json::from_str(&v).ok());
            ("interactive", payload.unwrap_or_default())
        }
        _ => ("events_api", serde_json::from_str(body).unwrap_or_default()),
    }
}
