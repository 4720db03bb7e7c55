//! Places beside the chat that take texts for others, which only play: each remembers what stands there, and fails as it is told.

pub mod desks;
pub mod hooks;
pub mod social;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Json, Router,
    body::to_bytes,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinSet};
use url::Url;
use watchroom::config::{Config, ConnectorConfig, ConnectorKind, Secret};

use super::fails::{self, Fails};

/// A text that stands there.
#[derive(Clone, Debug, Default)]
pub struct Text {
    pub id: String,
    /// What it stands below, or on.
    pub under: Option<String>,
    pub words: String,
    /// Our key, where the place keeps one.
    pub key: Option<String>,
    /// When it was said, as the place writes times.
    pub at: String,
}

/// What it remembers.
#[derive(Debug)]
pub struct Memory {
    pub texts: Vec<Text>,
    /// Tickets that there are, with what stands behind each.
    pub tickets: BTreeMap<String, Value>,
    /// Everything that was asked, in order: `POST /path?query`.
    pub requests: Vec<String>,
    /// How many of these would have changed something.
    pub asked: usize,
    pub fails: VecDeque<Fails>,
    /// It does not let us look.
    pub blind: bool,
    /// It has forgotten the keys of what it was told, or does not say what it is about.
    pub forgets: bool,
    /// The token is of another account than what stands there.
    pub foreign: bool,
    /// The time there.
    pub now: &'static str,
    made: usize,
    plays: Plays,
}

/// One request.
#[derive(Debug)]
pub struct Said {
    pub method: Method,
    pub path: String,
    pub query: BTreeMap<String, String>,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Said {
    /// `POST /api/v1/statuses` apart: the method and the parts of the way.
    pub fn parts(&self) -> (&str, Vec<&str>) {
        (self.method.as_str(), self.path.split('/').filter(|part| !part.is_empty()).collect())
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// What it makes of a request.
pub type Plays = fn(&mut Memory, &Said) -> (u16, Value);

impl Memory {
    /// What is said there now is this.
    pub fn keep(&mut self, words: &str, under: Option<String>, key: Option<String>) -> Text {
        self.made += 1;
        let text =
            Text { id: (10_000 + self.made).to_string(), under, words: words.to_owned(), key, at: self.now.to_owned() };
        self.texts.push(text.clone());
        text
    }

    pub fn text(&mut self, id: &str) -> Option<&mut Text> {
        self.texts.iter_mut().find(|text| text.id == id)
    }

    /// Takes it away; was it there?
    pub fn delete(&mut self, id: &str) -> bool {
        let before = self.texts.len();
        self.texts.retain(|text| text.id != id);
        self.texts.len() < before
    }
}

type Shared = Arc<Mutex<Memory>>;

/// A place that listens.
pub struct FakePlace {
    pub url: Url,
    memory: Shared,
    _serving: JoinSet<()>,
}

impl FakePlace {
    pub async fn start(plays: Plays) -> Self {
        let memory = Memory {
            texts: Vec::new(),
            tickets: BTreeMap::new(),
            requests: Vec::new(),
            asked: 0,
            fails: VecDeque::new(),
            blind: false,
            forgets: false,
            foreign: false,
            // Later than anything that a story sends.
            now: "2100-01-01T00:00:00.000Z",
            made: 0,
            plays,
        };
        let memory = Arc::new(Mutex::new(memory));
        let app = Router::new()
            .fallback(said)
            .layer(middleware::from_fn_with_state(Arc::clone(&memory), guard))
            .with_state(Arc::clone(&memory));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        Self { url: url.parse().expect("an address"), memory, _serving: serving }
    }

    pub fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().expect("a lock")
    }

    /// The next requests that would change something end like this.
    pub fn fail(&self, fails: impl IntoIterator<Item = Fails>) {
        self.memory().fails.extend(fails);
    }

    /// What stands there, as readers see it, in order.
    pub fn texts(&self) -> Vec<String> {
        self.memory().texts.iter().map(|text| text.words.clone()).collect()
    }

    /// An address below its own that is a secret.
    pub fn secret(&self, path: &str) -> Secret {
        Secret::new(self.url.join(path).expect("an address").as_str())
    }
}

/// A bot with these settings publishes there, in this channel of its register.
pub fn set_up(config: &mut Config, name: &str, kind: ConnectorKind) {
    config.settings.connectors.insert(name.to_owned(), kind.abilities());
    config.connectors.push(ConnectorConfig { name: name.to_owned(), kind });
}

async fn guard(State(memory): State<Shared>, request: Request, next: Next) -> Response {
    let fails = {
        let mut memory = memory.lock().expect("a lock");
        let (method, uri) = (request.method().clone(), request.uri().clone());
        memory.requests.push(format!("{method} {uri}"));
        if method == Method::GET {
            None
        } else {
            memory.asked += 1;
            memory.fails.pop_front()
        }
    };
    fails::answer(fails, json!({}), "{\"i", request, next).await
}

async fn said(State(memory): State<Shared>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.expect("a body");
    let query = parts.uri.query().unwrap_or_default();
    let said = Said {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        headers: parts.headers,
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    };
    let mut memory = memory.lock().expect("a lock");
    let plays = memory.plays;
    let (status, answer) = plays(&mut memory, &said);
    let status = StatusCode::from_u16(status).expect("a status");
    if answer.is_null() { status.into_response() } else { (status, Json(answer)).into_response() }
}
