//! The simulated workspace refuses where Slack refuses, and sends what Slack sends. Its counterpart here is a bot that
//! only writes down what it gets.

#![expect(clippy::unwrap_used, reason = "in the helpers of tests as in the tests themselves")]

mod acting;
mod blocks;
mod events;
mod faults;
mod page;
mod phones;
mod rooms;
mod talking;
mod views;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use watchroom::{
    clock::MovableClock,
    sandbox::{Command, Config, Handle, Shortcut, Workspace},
};

/// Something the bot was sent.
#[derive(Clone, Debug)]
pub struct Seen {
    pub path: String,
    pub headers: HeaderMap,
    pub body: String,
}

impl Seen {
    pub fn field(&self, key: &str) -> String {
        let mut form = url::form_urlencoded::parse(self.body.as_bytes());
        form.find(|(k, _)| k == key).map(|(_, v)| v.into_owned()).unwrap_or_default()
    }

    /// The payload of an interaction, or the envelope of an event.
    pub fn json(&self) -> Value {
        let text = if self.path == "/slack/interactions" { self.field("payload") } else { self.body.clone() };
        serde_json::from_str(&text).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }
}

/// What the bot answers next; 200 and nothing where nothing was set.
#[derive(Clone, Debug)]
pub enum Reply {
    Json(Value),
    Text(&'static str),
    Status(u16),
    Never,
}

#[derive(Default)]
struct Memory {
    seen: Mutex<Vec<Seen>>,
    replies: Mutex<VecDeque<Reply>>,
}

/// A bot that writes down what it gets.
pub struct Bot {
    memory: Arc<Memory>,
    _tasks: JoinSet<()>,
}

async fn take(State(memory): State<Arc<Memory>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let body = String::from_utf8(body.to_vec()).unwrap();
    memory.seen.lock().unwrap().push(Seen { path: uri.path().to_owned(), headers, body });
    let reply = memory.replies.lock().unwrap().pop_front();
    match reply {
        None => StatusCode::OK.into_response(),
        Some(Reply::Json(body)) => axum::Json(body).into_response(),
        Some(Reply::Text(text)) => text.into_response(),
        Some(Reply::Status(status)) => StatusCode::from_u16(status).unwrap().into_response(),
        Some(Reply::Never) => std::future::pending().await,
    }
}

/// A workspace, the bot that writes down, and a clock that stands.
pub struct World {
    pub slack: Handle,
    pub bot: Bot,
    pub clock: MovableClock,
    pub http: reqwest::Client,
}

pub const SCOPES: &[&str] = &[
    "app_mentions:read",
    "bookmarks:read",
    "bookmarks:write",
    "channels:history",
    "channels:join",
    "channels:manage",
    "channels:read",
    "chat:write",
    "commands",
    "groups:history",
    "groups:read",
    "groups:write",
    "im:history",
    "im:read",
    "im:write",
    "pins:read",
    "pins:write",
    "reactions:read",
    "reactions:write",
    "team:read",
    "usergroups:read",
    "users:read",
];
const EVENTS: &[&str] = &[
    "app_home_opened",
    "app_mention",
    "channel_archive",
    "channel_rename",
    "channel_unarchive",
    "group_archive",
    "group_rename",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "pin_added",
    "pin_removed",
    "reaction_added",
    "reaction_removed",
];

fn shortcut(callback_id: &str, name: &str) -> Shortcut {
    Shortcut { callback_id: callback_id.to_owned(), name: name.to_owned() }
}

impl World {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let memory = Arc::new(Memory::default());
        let app = Router::new().fallback(take).with_state(Arc::clone(&memory));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let bot_url = format!("http://{}", listener.local_addr().unwrap());
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, app).await.unwrap() });
        let clock = MovableClock::still(Timestamp::from_second(1_700_000_000).unwrap());
        let command = Command {
            command: "/incident".to_owned(),
            description: "Incidents".to_owned(),
            usage_hint: "declare …".to_owned(),
            should_escape: true,
        };
        let mut config = Config {
            bot_url,
            scopes: SCOPES.iter().map(ToString::to_string).collect(),
            events: EVENTS.iter().map(ToString::to_string).collect(),
            commands: vec![command],
            global_shortcuts: vec![shortcut("declare", "Declare an incident")],
            message_shortcuts: vec![shortcut("declare_from", "Declare from this")],
            movable: Some(clock.clone()),
            rate_limits: false,
            patience: Duration::from_secs(5),
            salt: Some("T".to_owned()),
            ..Config::new(Arc::new(clock.clone()))
        };
        change(&mut config);
        let slack = Workspace::start(config).await.unwrap();
        #[expect(clippy::disallowed_methods, reason = "these tests call the workspace as any HTTP client would")]
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { slack, bot: Bot { memory, _tasks: tasks }, clock, http }
    }

    /// A workspace that does not wait long for its bot.
    pub async fn impatient() -> Self {
        Self::with(|config| config.patience = Duration::from_millis(500)).await
    }

    pub fn advance(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    /// Calls a method with JSON.
    pub async fn api(&self, method: &str, args: Value) -> Value {
        let response = self.send(method, args).await.unwrap();
        response.json().await.unwrap()
    }

    pub async fn send(&self, method: &str, args: Value) -> reqwest::Result<reqwest::Response> {
        let request = self.http.post(format!("{}{method}", self.slack.api_url()));
        request.bearer_auth("xoxb-sandbox-token").timeout(Duration::from_secs(5)).json(&args).send().await
    }

    /// Calls a method, which has to go well.
    #[track_caller]
    pub fn ok(&self, method: &str, args: Value) -> impl Future<Output = Value> {
        let at = std::panic::Location::caller();
        let (method, called) = (method.to_owned(), self.api(method, args));
        async move {
            let answer = called.await;
            assert_eq!(answer["ok"], true, "{method} at {at}: {answer}");
            answer
        }
    }

    /// Calls a method, which has to be refused; returns the error.
    pub async fn refused(&self, method: &str, args: Value) -> String {
        let answer = self.api(method, args).await;
        assert_eq!(answer["ok"], false, "{method}: {answer}");
        answer["error"].as_str().unwrap().to_owned()
    }

    /// A room the bot is in.
    pub async fn room(&self, name: &str) -> String {
        let answer = self.ok("conversations.create", json!({ "name": name })).await;
        answer["channel"]["id"].as_str().unwrap().to_owned()
    }

    /// A message of the bot.
    pub async fn post(&self, channel: &str, text: &str) -> String {
        let answer = self.ok("chat.postMessage", json!({ "channel": channel, "text": text })).await;
        answer["ts"].as_str().unwrap().to_owned()
    }

    pub fn reply_next(&self, reply: Reply) {
        self.bot.memory.replies.lock().unwrap().push_back(reply);
    }

    /// What the bot was sent since this was asked last, once everything under way has arrived.
    pub async fn received(&self) -> Vec<Seen> {
        self.slack.settled().await;
        std::mem::take(&mut *self.bot.memory.seen.lock().unwrap())
    }

    /// The types of the events that came, messages with their subtype, sorted.
    pub async fn events(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .received()
            .await
            .iter()
            .map(|seen| {
                let event = &seen.json()["event"];
                let subtype = event["subtype"].as_str().map(|s| format!("/{s}")).unwrap_or_default();
                format!("{}{subtype}", event["type"].as_str().unwrap())
            })
            .collect();
        names.sort();
        names
    }

    /// A live trigger, as the bot gets it with a command.
    pub async fn trigger(&self) -> String {
        self.slack.act_as("alice").slash("general", "/incident").await.unwrap();
        self.received().await.last().unwrap().field("trigger_id")
    }
}

/// A small modal.
pub fn modal(callback_id: &str) -> Value {
    json!({
        "type": "modal", "callback_id": callback_id, "title": { "type": "plain_text", "text": "Declare" },
        "submit": { "type": "plain_text", "text": "Declare" },
        "blocks": [
            {
                "type": "input", "block_id": "title", "label": { "type": "plain_text", "text": "Title" },
                "element": { "type": "plain_text_input", "action_id": "text", "max_length": 20 },
            },
            {
                "type": "input", "block_id": "sev", "optional": true, "label": { "type": "plain_text", "text": "Severity" },
                "element": { "type": "static_select", "action_id": "pick", "options": [option("SEV1", "1"), option("SEV2", "2")] },
            },
            { "type": "actions", "block_id": "more", "elements": [button("Preview", "preview", "p")] },
        ],
    })
}

pub fn option(text: &str, value: &str) -> Value {
    json!({ "text": { "type": "plain_text", "text": text }, "value": value })
}

pub fn button(text: &str, action_id: &str, value: &str) -> Value {
    json!({ "type": "button", "text": { "type": "plain_text", "text": text }, "action_id": action_id, "value": value })
}
