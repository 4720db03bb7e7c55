//! The door, with a fake Slack behind it and a store in memory.

mod chat;
mod doors;
mod events;
mod pressed;
mod sent;
mod spoken;

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
};
use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};
use tower_service::Service as _;

use self::chat::FakeChat;
use super::{Door, router, sign};
use crate::{
    adapters::http::Http,
    clock::MovableClock,
    config::{Config, Settings},
    engine::{Ask, Engine, Incidents},
    ids::IncidentId,
    incident::{Actor, Command, Incident},
    paging::Target,
    providers::Providers,
    store::{Store, memory::MemoryStore},
};

const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
/// Our own user.
const BOT: &str = "UBOT";
/// The room of the first incident.
const ROOM: &str = "CROOM";

pub struct World {
    pub door: Arc<Door>,
    pub chat: Arc<FakeChat>,
    pub store: Arc<dyn Store>,
    router: Router,
    requests: std::sync::atomic::AtomicU64,
}

pub struct Reply {
    pub status: StatusCode,
    pub body: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    pub fn text(&self) -> String {
        self.json()["text"].as_str().unwrap_or_default().to_owned()
    }
}

impl World {
    pub async fn new() -> Self {
        let incidents = Arc::new(Incidents::default());
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(incidents.clone()));
        let clock = Arc::new(MovableClock::still("2026-11-22T03:00:00Z".parse().unwrap()));
        let settings = Settings {
            fallback: vec![Target::Person("U8".into())],
            page_wait_min: 5,
            timezone: "UTC".into(),
            ..Settings::default()
        };
        let playbook = crate::config::PlaybookFile::builtin();
        let engine = Engine::new(store.clone(), incidents, clock.clone(), &playbook, Arc::new(settings)).await.unwrap();
        let chat = Arc::new(FakeChat::default());
        let none = Config::defaults();
        let providers = Arc::new(Providers::new(&none, &Http::default(), chat.clone(), clock));
        let door = Arc::new(Door::new(Arc::new(engine), chat.clone(), providers, SECRET.into()));
        let router = router(door.clone());
        Self { door, chat, store, router, requests: 0.into() }
    }

    /// With `INC-1`, declared by U1, and its room.
    pub async fn with_incident() -> Self {
        let world = Self::new().await;
        let reply = world.slash("U1", "C1", "declare sev2 checkout is down").await;
        assert_eq!(reply.status, StatusCode::OK);
        let command = Command::RoomOpened { channel: ROOM.into(), name: "inc-1-checkout-is-down".into() };
        world.door.engine.ask(Ask::new(None, Actor::Bot, Some(IncidentId::inc(1)), command)).await.unwrap();
        world
    }

    pub async fn incident(&self) -> Arc<Incident> {
        self.door.engine.incident(IncidentId::inc(1)).await.unwrap().unwrap()
    }

    /// What U1 sees listed.
    pub async fn recent(&self, limit: usize) -> Vec<std::sync::Arc<Incident>> {
        self.door.engine.seen_by(&"U1".into()).recent(limit).await.unwrap()
    }

    /// A number that no request had before.
    pub fn next(&self) -> u64 {
        self.requests.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
    }

    pub async fn send(&self, path: &str, headers: &[(&str, String)], body: Vec<u8>) -> Reply {
        let mut request = Request::post(path);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let response = self.router.clone().call(request.body(Body::from(body)).unwrap()).await.unwrap();
        let status = response.status();
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Reply { status, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    pub async fn signed(&self, path: &str, body: String) -> Reply {
        let stamp = self.door.clock().now().as_second().to_string();
        let signature = sign(SECRET, &stamp, body.as_bytes());
        let headers = [("x-slack-request-timestamp", stamp), ("x-slack-signature", signature)];
        self.send(path, &headers, body.into_bytes()).await
    }

    pub async fn slash(&self, user: &str, channel: &str, text: &str) -> Reply {
        self.slash_again(user, channel, text, self.next()).await
    }

    pub async fn slash_again(&self, user: &str, channel: &str, text: &str, trigger: u64) -> Reply {
        let trigger = format!("trigger.{trigger}");
        let form = [("user_id", user), ("channel_id", channel), ("text", text), ("trigger_id", trigger.as_str())];
        self.signed("/slack/commands", serde_urlencoded::to_string(form).unwrap()).await
    }

    pub async fn interact(&self, payload: &Value) -> Reply {
        let form = [("payload", payload.to_string())];
        self.signed("/slack/interactions", serde_urlencoded::to_string(form).unwrap()).await
    }

    pub async fn event(&self, id: &str, event: Value) -> Reply {
        let envelope = json!({ "type": "event_callback", "team_id": null, "event_id": id, "event": event });
        self.signed("/slack/events", envelope.to_string()).await
    }

    pub fn now(&self) -> Timestamp {
        self.door.clock().now()
    }
}
