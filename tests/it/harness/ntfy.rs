//! A push server as ntfy is one: it takes what is published as JSON, and shows what comes again under one sequence once.

use std::sync::{Arc, Mutex};

use axum::{
    Json, Router,
    extract::State,
    http::HeaderMap,
    http::StatusCode,
    response::IntoResponse,
    routing::{get, post},
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinSet};
use url::Url;
use watchroom::config::{Config, NtfyConfig, Secret};

/// What the bot publishes with.
pub const TOKEN: &str = "tk_story";

/// A server of pushes.
pub struct Ntfy {
    url: Url,
    seen: Arc<Mutex<Seen>>,
    _serving: JoinSet<()>,
}

#[derive(Default)]
struct Seen {
    /// Everything that was taken.
    taken: Vec<Value>,
    /// What it says instead of taking anything.
    says: Option<u16>,
    /// It takes what is published, and the answer is lost.
    loses: bool,
    asked: usize,
}

impl Ntfy {
    /// A server that listens.
    pub async fn start() -> Self {
        let seen = Arc::new(Mutex::new(Seen::default()));
        let app = Router::new().route("/", post(publish)).route("/v1/health", get(health)).with_state(seen.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        Self { url: Url::parse(&url).expect("an address"), seen, _serving: serving }
    }

    /// Where it is.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// A bot with these settings pushes by it.
    pub fn set_up(&self, config: &mut Config) {
        config.ways.ntfy = Some(NtfyConfig { url: self.url.clone(), token: Some(Secret::new(TOKEN)) });
        config.settings.ways = config.ways.set_up();
    }

    /// From now on it answers so, or takes what comes again.
    pub fn say(&self, status: Option<u16>) {
        self.seen().says = status;
    }

    /// From now on it takes what comes, and nobody hears that.
    pub fn lose_answers(&self, loses: bool) {
        self.seen().loses = loses;
    }

    /// How often anything was published, taken or not.
    pub fn asked(&self) -> usize {
        self.seen().asked
    }

    /// Everything that was taken, in order.
    pub fn taken(&self) -> Vec<Value> {
        self.seen().taken.clone()
    }

    /// Everything that was taken under a topic, each sequence once.
    pub fn pushed(&self, topic: &str) -> Vec<Value> {
        let mut shown: Vec<Value> = Vec::new();
        for push in self.seen().taken.iter().filter(|push| push["topic"] == topic) {
            shown.retain(|earlier| earlier["sequence_id"] != push["sequence_id"]);
            shown.push(push.clone());
        }
        shown
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().expect("not poisoned")
    }
}

async fn health() -> Json<Value> {
    Json(json!({ "healthy": true }))
}

async fn publish(
    State(seen): State<Arc<Mutex<Seen>>>,
    headers: HeaderMap,
    Json(push): Json<Value>,
) -> axum::response::Response {
    let mut seen = seen.lock().expect("not poisoned");
    seen.asked += 1;
    if headers.get("authorization").is_none_or(|value| value != format!("Bearer {TOKEN}").as_str()) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    if let Some(status) = seen.says {
        let status = StatusCode::from_u16(status).expect("a status");
        return (status, Json(json!({ "error": "as the story wants it" }))).into_response();
    }
    for part in ["topic", "title", "message"] {
        assert!(push[part].is_string(), "{part} is missing in {push}");
    }
    let id = format!("push{}", seen.taken.len());
    seen.taken.push(push);
    if seen.loses {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    Json(json!({ "id": id, "event": "message" })).into_response()
}
