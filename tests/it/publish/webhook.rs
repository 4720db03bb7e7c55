//! A program of the deployment's own: it knows a repetition by its id, and what it answers matters to nobody.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Json, Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::Response,
    routing::post,
};
use futures_util::{FutureExt, future::BoxFuture};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinSet};
use watchroom::config::{Config, ConnectorKind, Secret, WebhookConfig};

use super::place::{Doubt, Kind, Place};
use crate::harness::fails::{self, Fails};

pub const KIND: Kind = Kind { start, doubt: Doubt::Settles, reads: false, withdraws: false, says_when: true };

#[derive(Default)]
struct Memory {
    /// By the id that a repetition shares.
    told: Vec<(String, Value)>,
    asked: usize,
    fails: VecDeque<Fails>,
}

type Shared = Arc<Mutex<Memory>>;

struct Program {
    url: String,
    memory: Shared,
    _serving: JoinSet<()>,
}

fn start() -> BoxFuture<'static, Box<dyn Place>> {
    async {
        let memory = Shared::default();
        let app = Router::new()
            .route("/hook", post(told))
            .layer(middleware::from_fn_with_state(Arc::clone(&memory), guard))
            .with_state(Arc::clone(&memory));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        Box::new(Program { url, memory, _serving: serving }) as Box<dyn Place>
    }
    .boxed()
}

impl Program {
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().expect("a lock")
    }
}

impl Place for Program {
    fn connect(&self, config: &mut Config) -> ConnectorKind {
        let (name, url) = ("partners".to_owned(), Secret::new(&self.url));
        let secret = Some(Secret::new("whsec_c2lyZW4="));
        config.ways.webhooks.push(WebhookConfig {
            name: name.clone(),
            url,
            template: None,
            secret,
            allow_private: true,
        });
        config.settings.webhooks.push(name.clone());
        ConnectorKind::Webhook { webhook: name }
    }

    fn fail(&self, fails: &[Fails]) {
        self.memory().fails.extend(fails);
    }

    fn texts(&self) -> Vec<String> {
        self.memory().told.iter().map(|(_, body)| body.to_string()).collect()
    }

    fn asked(&self) -> usize {
        self.memory().asked
    }
}

async fn guard(State(memory): State<Shared>, request: Request, next: Next) -> Response {
    let fails = {
        let mut memory = memory.lock().expect("a lock");
        memory.asked += 1;
        memory.fails.pop_front()
    };
    fails::answer(fails, json!({}), "{\"tak", request, next).await
}

async fn told(State(memory): State<Shared>, headers: HeaderMap, Json(body): Json<Value>) -> StatusCode {
    let id = headers["webhook-id"].to_str().expect("text").to_owned();
    let mut memory = memory.lock().expect("a lock");
    if memory.told.iter().all(|(known, _)| *known != id) {
        memory.told.push((id, body));
    }
    StatusCode::NO_CONTENT
}
