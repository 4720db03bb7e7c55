//! A program that is told of pages, and keeps what it is told.

use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, http::StatusCode, routing::post};
use tokio::{net::TcpListener, task::JoinSet};
use watchroom::config::{Config, ConnectorConfig, ConnectorKind, Secret, WebhookConfig};

/// A program of the deployment's own.
pub struct Webhook {
    url: String,
    seen: Arc<Mutex<Seen>>,
    _serving: JoinSet<()>,
}

#[derive(Default)]
struct Seen {
    told: Vec<(HeaderMap, String)>,
    says: u16,
}

impl Webhook {
    /// A program that listens.
    pub async fn start() -> Self {
        let seen = Arc::new(Mutex::new(Seen { says: 204, ..Seen::default() }));
        let app = Router::new().route("/hook", post(told)).with_state(seen.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        Self { url, seen, _serving: serving }
    }

    /// A bot with these settings knows it as `siren`.
    pub fn set_up(&self, config: &mut Config, template: Option<&str>, allow_private: bool) {
        let (name, url) = ("siren".to_owned(), Secret::new(&self.url));
        let secret = Some(Secret::new("whsec_c2lyZW4="));
        let template = template.map(str::to_owned);
        config.ways.webhooks = vec![WebhookConfig { name, url, template, secret, allow_private }];
        config.settings.webhooks = vec!["siren".into()];
    }

    /// A bot with these settings publishes to it, as this connector.
    pub fn connect(&self, config: &mut Config, name: &str) {
        let (url, secret) = (Secret::new(&self.url), Some(Secret::new("whsec_c2lyZW4=")));
        let webhook = WebhookConfig { name: name.to_owned(), url, template: None, secret, allow_private: true };
        config.ways.webhooks.push(webhook);
        config.settings.webhooks.push(name.to_owned());
        let kind = ConnectorKind::Webhook { webhook: name.to_owned() };
        config.settings.connectors.insert(name.to_owned(), kind.abilities());
        config.connectors.push(ConnectorConfig { name: name.to_owned(), kind });
    }

    /// From now on it answers so.
    pub fn say(&self, status: u16) {
        self.seen.lock().expect("not poisoned").says = status;
    }

    /// What it was told: headers and body.
    pub fn told(&self) -> Vec<(HeaderMap, String)> {
        self.seen.lock().expect("not poisoned").told.clone()
    }
}

async fn told(State(seen): State<Arc<Mutex<Seen>>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let mut seen = seen.lock().expect("not poisoned");
    seen.told.push((headers, String::from_utf8(body.to_vec()).expect("text")));
    StatusCode::from_u16(seen.says).expect("a status")
}
