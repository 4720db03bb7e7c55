//! Neighbours beside Slack that only play: they keep what they are asked, answer as theirs do, and misbehave as they are told.

pub mod gotify;
pub mod mail;
pub mod twilio;

use std::{
    collections::{BTreeMap, VecDeque},
    convert::Infallible,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::body::{Body, Bytes, to_bytes};
use futures_util::stream;
use http::{HeaderMap, Request, Response};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

/// What a neighbour does instead of answering.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Asks to wait so many seconds. Nothing is done.
    Limited(u64),
    /// Fails with this status. Nothing is done.
    Status(u16),
    /// Does it, and the connection breaks before the answer.
    Cut,
    /// Does it, and answers with what is no JSON.
    Garbage,
    /// Does it, and the answer's body never comes.
    Stalled,
}

/// One request.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Asked {
    /// A header's value.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    /// The body as a form.
    pub fn form(&self) -> BTreeMap<String, String> {
        url::form_urlencoded::parse(&self.body).into_owned().collect()
    }
}

/// What a neighbour answers: status and JSON.
pub type Answers = fn(&Asked, usize) -> (u16, Value);

struct Shared {
    answers: Answers,
    done: Mutex<Vec<Asked>>,
    faults: Mutex<VecDeque<Fault>>,
}

/// A neighbour that speaks HTTP.
pub struct Neighbour {
    /// Its base address.
    pub url: url::Url,
    shared: Arc<Shared>,
    _serving: JoinSet<()>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Neighbour {
    pub async fn start(answers: Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/", listener.local_addr().expect("its address")).parse().expect("an address");
        let shared = Arc::new(Shared { answers, done: Mutex::default(), faults: Mutex::default() });
        let (mut serving, accepting) = (JoinSet::new(), Arc::clone(&shared));
        serving.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(connection(stream, Arc::clone(&accepting)));
            }
        });
        Self { url, shared, _serving: serving }
    }

    /// The next requests meet these.
    pub fn fail(&self, faults: impl IntoIterator<Item = Fault>) {
        lock(&self.shared.faults).extend(faults);
    }

    /// From now on they do what they are asked.
    pub fn forgive(&self) {
        lock(&self.shared.faults).clear();
    }

    /// Everything that was done, in order; what was turned away is not.
    pub fn done(&self) -> Vec<Asked> {
        lock(&self.shared.done).clone()
    }
}

async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    let service = service_fn(move |request: Request<Incoming>| {
        let shared = Arc::clone(&shared);
        async move { answer(&shared, request).await }
    });
    // A connection that was cut on purpose has ended in an error.
    drop(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
}

/// An error breaks the connection.
async fn answer(shared: &Shared, request: Request<Incoming>) -> io::Result<Response<Body>> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(Body::new(body), 1 << 20).await.map_err(io::Error::other)?.to_vec();
    let path = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let asked = Asked { method: parts.method.to_string(), path, headers: parts.headers, body };
    let fault = lock(&shared.faults).pop_front();
    let response = |status: u16| Response::builder().status(status);
    let said = |status: u16, body: Body| response(status).body(body).map_err(io::Error::other);
    match &fault {
        Some(Fault::Limited(seconds)) => {
            let limited = response(429).header("retry-after", *seconds).body(Body::from("{}"));
            return limited.map_err(io::Error::other);
        }
        Some(Fault::Status(status)) => return said(*status, Body::from("an error page")),
        Some(Fault::Cut | Fault::Garbage | Fault::Stalled) | None => {}
    }
    let (status, json) = {
        let mut done = lock(&shared.done);
        let (status, json) = (shared.answers)(&asked, done.len() + 1);
        if status < 400 {
            done.push(asked);
        }
        (status, json)
    };
    match fault {
        Some(Fault::Cut) => Err(io::ErrorKind::ConnectionReset.into()),
        Some(Fault::Garbage) => said(status, Body::from("<html>")),
        Some(Fault::Stalled) => said(status, Body::from_stream(stream::pending::<Result<Bytes, Infallible>>())),
        Some(Fault::Limited(_) | Fault::Status(_)) | None => said(status, Body::from(json.to_string())),
    }
}
