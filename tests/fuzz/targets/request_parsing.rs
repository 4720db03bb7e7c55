//! Whatever is signed is answered: slash commands, interactions and events, well-formed and not. The bot behind the door
//! is the real one, on a store in memory, with a Slack that always says yes.
#![no_main]

/// The Slack that the door's own tests have.
#[path = "../../../src/ingress/tests/chat.rs"]
mod chat;

use std::{cell::RefCell, sync::Arc};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request, StatusCode},
};
use libfuzzer_sys::fuzz_target;
use tokio::runtime::Runtime;
use tower_service::Service as _;
use watchroom::{
    app::{self, Ports},
    clock::MovableClock,
    config::{Config, Secret},
    engine::Incidents,
    ingress::sign,
    store::memory::MemoryStore,
};

// `chat` knows the bot's own modules, and the bot, by these names.
use watchroom::{ids, incident, ports, render};
use self::chat::FakeChat;
const BOT: &str = "UBOT";

const SECRET: &str = "fuzz";
const NOW: i64 = 1_795_316_400;
/// So many requests meet the same bot; then it is replaced, so that its record does not grow for ever.
const LIFE: u32 = 2000;

struct World {
    runtime: Runtime,
    router: Router,
    chat: Arc<FakeChat>,
    served: u32,
}

impl World {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut config = Config::defaults();
        config.slack.signing_secret = Some(Secret::new(SECRET));
        let clock = Arc::new(MovableClock::still(jiff::Timestamp::from_second(NOW).unwrap()));
        let incidents = Arc::new(Incidents::default());
        let store = Arc::new(MemoryStore::new(incidents.clone()));
        let chat = Arc::new(FakeChat::default());
        chat.has_message("1.000001", "U1", "words");
        let ports = Ports { chat: Some(chat.clone()), store: Some((store, incidents)), ..Ports::default() };
        let app = runtime.block_on(app::build(&config, clock, ports)).unwrap();
        let mut world = Self { runtime, router: app.router(), chat, served: 0 };
        // Something to talk about.
        let (status, answer) = world.send("/slack/commands", b"text=declare+checkout+is+down&user_id=U1&trigger_id=1");
        assert!(status == StatusCode::OK && answer.contains("INC-1"), "{status} {answer}");
        world
    }

    fn send(&mut self, path: &str, body: &[u8]) -> (StatusCode, String) {
        self.served += 1;
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header("x-slack-request-timestamp", NOW)
            .header("x-slack-signature", sign(SECRET, &NOW.to_string(), body))
            .body(Body::from(body.to_vec()))
            .unwrap();
        self.runtime.block_on(async {
            let response = self.router.call(request).await.unwrap();
            let status = response.status();
            let answer = to_bytes(response.into_body(), 1 << 24).await.unwrap();
            self.chat.take();
            (status, String::from_utf8(answer.to_vec()).expect("an answer in UTF-8"))
        })
    }
}

thread_local! {
    static WORLD: RefCell<Option<World>> = const { RefCell::new(None) };
}

/// The first byte says what it is; the rest is the body, or the part of one that is hard to guess.
fn request(kind: u8, data: &[u8]) -> (&'static str, Vec<u8>) {
    let form = |fields: &[(&str, &str)]| serde_urlencoded::to_string(fields).unwrap().into_bytes();
    let text = String::from_utf8_lossy(data);
    match kind % 5 {
        0 => ("/slack/commands", data.to_vec()),
        1 => ("/slack/commands", form(&[("text", &text), ("user_id", "U1"), ("channel_id", "C1")])),
        2 => ("/slack/interactions", data.to_vec()),
        3 => ("/slack/interactions", form(&[("payload", &text)])),
        _ => ("/slack/events", data.to_vec()),
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((kind, data)) = data.split_first() else { return };
    WORLD.with_borrow_mut(|world| {
        if world.as_ref().is_some_and(|world| world.served > LIFE) {
            *world = None;
        }
        let (path, body) = request(*kind, data);
        let (status, answer) = world.get_or_insert_with(World::new).send(path, &body);
        assert_eq!(status, StatusCode::OK, "{path} {answer}");
        assert!(answer.is_empty() || serde_json::from_str::<serde_json::Value>(&answer).is_ok(), "{path} {answer}");
    });
});
