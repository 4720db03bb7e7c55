//! A program of the deployment's own that pages people, as anybody may write one: it knows its pages by their keys.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Json, Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use http::StatusCode;
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::{net::TcpListener, task::JoinSet};
use watchroom::config::{PagerConfig, Secret};

use super::fails::{self, Fails};

/// What both sides sign with, and the key in it.
pub const SECRET: &str = "whsec_c2lyZW4=";
const KEY: &[u8] = b"siren";

#[derive(Debug, Default)]
pub struct Memory {
    /// By key: `asked`, `acknowledged`, `escalated`, `resolved`.
    pub pages: BTreeMap<String, String>,
    /// All that it was told, in order.
    pub told: Vec<Value>,
    /// What it says of who is on call.
    pub on_call: Value,
    pub fails: VecDeque<Fails>,
}

type Shared = Arc<Mutex<Memory>>;

/// The program; it ends with the story.
#[derive(Debug)]
pub struct FakePager {
    pub url: String,
    memory: Shared,
    _tasks: JoinSet<()>,
}

impl FakePager {
    pub async fn start() -> Self {
        let memory = Shared::default();
        let app = Router::new()
            .route("/pages", post(told))
            .route("/on-call", get(on_call))
            .layer(middleware::from_fn_with_state(Arc::clone(&memory), guard))
            .with_state(Arc::clone(&memory));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        Self { url, memory, _tasks: tasks }
    }

    pub fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().expect("a lock")
    }

    /// The next requests end like this.
    pub fn fail(&self, fails: impl IntoIterator<Item = Fails>) {
        self.memory().fails.extend(fails);
    }

    /// What a bot knows of it.
    pub fn config(&self, name: &str, allow_private: bool) -> PagerConfig {
        PagerConfig {
            name: name.into(),
            url: Secret::new(&format!("{}/pages", self.url)),
            on_call_url: Some(Secret::new(&format!("{}/on-call", self.url))),
            secret: Secret::new(SECRET),
            allow_private,
        }
    }
}

/// What it signs with.
pub fn signature(key: &[u8], id: &str, stamp: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key");
    mac.update(format!("{id}.{stamp}.{body}").as_bytes());
    format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
}

/// The same with the secret that counts.
pub fn signed(id: &str, stamp: &str, body: &str) -> String {
    signature(KEY, id, stamp, body)
}

/// Nothing comes in that is not signed; and it fails as it is told to.
async fn guard(State(memory): State<Shared>, request: Request, next: Next) -> Response {
    let fails = memory.lock().expect("a lock").fails.pop_front();
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.expect("a body");
    let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let text = String::from_utf8(body.to_vec()).expect("text");
    if header("webhook-signature") != signed(header("webhook-id"), header("webhook-timestamp"), &text) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let request = Request::from_parts(parts, Body::from(body));
    fails::answer(fails, json!({}), "{\"levels\": [{\"le", request, next).await
}

async fn told(State(memory): State<Shared>, Json(body): Json<Value>) -> StatusCode {
    let mut memory = memory.lock().expect("a lock");
    memory.told.push(body.clone());
    let key = body["data"]["key"].as_str().unwrap_or_default().to_owned();
    let state = body["type"].as_str().and_then(|kind| kind.strip_prefix("page.")).unwrap_or_default();
    match memory.pages.get(&key).map(String::as_str) {
        // Asked for again while it is open is the same page.
        Some("asked" | "acknowledged" | "escalated") if state == "asked" => StatusCode::OK,
        None if state != "asked" => StatusCode::NOT_FOUND,
        _ => {
            memory.pages.insert(key, state.to_owned());
            StatusCode::ACCEPTED
        }
    }
}

async fn on_call(State(memory): State<Shared>) -> Response {
    Json(memory.lock().expect("a lock").on_call.clone()).into_response()
}
