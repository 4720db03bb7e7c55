//! Status pages that others host, each as its host answers: they remember what is said there, and fail as they are told.

mod incident_io;
mod instatus;
mod statuspage;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Json,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinSet};
use watchroom::config::{Config, ConnectorConfig, ConnectorKind, Host, HostedPage, Secret};

use super::{
    BEGIN, Bot, edited,
    fails::{self, Fails},
};

/// Every host.
pub const HOSTS: [Host; 3] = [Host::Statuspage, Host::IncidentIo, Host::Instatus];
/// The page.
pub const PAGE: &str = "kctbh9vrtdwd";
/// What lets in.
pub const TOKEN: &str = "89a229ce1a8dbcf9ff30430fbe35eb4c";

/// A page, and what stands on it. Statuses are in the words of the bot, whatever the host calls them.
#[derive(Debug, Default)]
pub struct Memory {
    /// How components stand, by their ids there.
    pub components: BTreeMap<String, String>,
    /// The oldest first.
    pub incidents: Vec<Posted>,
    /// What becomes of the next writes.
    pub fails: VecDeque<Fails>,
    /// What becomes of the next looks.
    pub fails_looks: VecDeque<Fails>,
    /// It does not know the token.
    pub shut: bool,
    /// Every request.
    pub requests: Vec<String>,
    second: i64,
}

/// An incident there.
#[derive(Debug, Default)]
pub struct Posted {
    pub id: String,
    pub name: String,
    pub status: String,
    pub started: String,
    pub metadata: Value,
    pub updates: Vec<Said>,
    pub components: BTreeSet<String>,
    pub backfilled: Option<String>,
    key: Option<String>,
}

/// A text there.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    pub id: String,
    pub body: String,
    pub status: String,
    pub notified: bool,
    pub at: String,
    pub components: BTreeMap<String, String>,
}

type Shared = Arc<Mutex<Memory>>;

#[derive(Debug)]
pub struct FakeHost {
    pub host: Host,
    pub url: String,
    memory: Shared,
    _tasks: JoinSet<()>,
}

impl FakeHost {
    pub async fn start(host: Host) -> Self {
        let memory = Shared::default();
        let standing = ["there-pay", "there-cart"].map(|id| (id.to_owned(), "operational".to_owned()));
        memory.lock().expect("a lock").components = standing.into();
        let routes = match host {
            Host::Statuspage => statuspage::routes(),
            Host::IncidentIo => incident_io::routes(),
            Host::Instatus => instatus::routes(),
        };
        let app =
            routes.layer(middleware::from_fn_with_state(Arc::clone(&memory), guard)).with_state(Arc::clone(&memory));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        Self { host, url, memory, _tasks: tasks }
    }

    pub fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().expect("a lock")
    }

    /// The next writes meet these.
    pub fn fail(&self, fails: impl IntoIterator<Item = Fails>) {
        self.memory().fails.extend(fails);
    }

    /// As settings have it, with a component of each that it has.
    pub fn page(&self) -> HostedPage {
        let base = if self.host == Host::Statuspage { "v1/" } else { "" };
        HostedPage {
            host: self.host,
            page: PAGE.into(),
            token: Secret::new(TOKEN),
            api_url: format!("{}{base}", self.url).parse().expect("an address"),
            chosen: Some(true),
            page_url: Some("https://status.example.com".into()),
            components: [("pay", "there-pay"), ("cart", "there-cart")].map(|(id, it)| (id.into(), it.into())).into(),
        }
    }

    /// Every text of every incident, in order.
    pub fn said(&self) -> Vec<Said> {
        self.memory().incidents.iter().flat_map(|it| it.updates.clone()).collect()
    }

    /// How a component stands: `there-pay`.
    pub fn component(&self, id: &str) -> String {
        self.memory().components[id].clone()
    }
}

/// A bot with these settings has the register's status page there, as `public`.
pub fn set_up(config: &mut Config, page: HostedPage) {
    let kind = ConnectorKind::Hosted(page);
    config.settings.connectors.insert("public".into(), kind.abilities());
    config.connectors.push(ConnectorConfig { name: "public".into(), kind });
    config.playbook = edited(|playbook| {
        let channel = playbook.channels.iter_mut().find(|it| it.id.as_str() == "status_page");
        channel.expect("built in").connector = Some("public".into());
    });
}

/// A bot whose status page is there.
pub async fn with_page_at(host: Host) -> (Bot, FakeHost) {
    let fake = FakeHost::start(host).await;
    let bot = Bot::configured(|config| set_up(config, fake.page())).await;
    (bot, fake)
}

impl Memory {
    /// The next moment.
    fn now(&mut self) -> String {
        self.second += 1;
        Timestamp::from_second(BEGIN + self.second).expect("a time").to_string()
    }

    pub fn incident(&mut self, id: &str) -> Option<&mut Posted> {
        self.incidents.iter_mut().find(|it| it.id == id)
    }

    /// Somebody else's incident, which touches this component so.
    pub fn put_incident(&mut self, component: &str, status: &str) {
        let id =
            self.begin(Posted { name: "Another".into(), started: "2026-11-01T00:00:00Z".into(), ..Posted::default() });
        self.say(&id, "Something else.", "investigating", false, &[(component.to_owned(), status.to_owned())].into());
    }

    fn begin(&mut self, it: Posted) -> String {
        let id = format!("i{}", self.incidents.len() + 1);
        self.incidents.push(Posted { id: id.clone(), ..it });
        id
    }

    /// Something is said of an incident; the id of what was said.
    pub fn say(
        &mut self,
        id: &str,
        body: &str,
        status: &str,
        notified: bool,
        components: &BTreeMap<String, String>,
    ) -> String {
        let at = self.now();
        self.components.extend(components.clone());
        let it = self.incident(id).expect("an incident");
        status.clone_into(&mut it.status);
        it.components.extend(components.keys().cloned());
        let (id, body, status) = (format!("{id}-u{}", it.updates.len() + 1), body.to_owned(), status.to_owned());
        it.updates.push(Said { id: id.clone(), body, status, notified, at, components: components.clone() });
        id
    }

    fn knows(&self, components: &BTreeMap<String, String>) -> bool {
        components.keys().all(|id| self.components.contains_key(id))
    }
}

async fn guard(State(memory): State<Shared>, request: Request, next: Next) -> Response {
    let header = request.headers().get("authorization").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let (fails, shut) = {
        let mut memory = memory.lock().expect("a lock");
        memory.requests.push(format!("{} {}", request.method(), request.uri()));
        let looks = request.method() == "GET";
        let fails = if looks { memory.fails_looks.pop_front() } else { memory.fails.pop_front() };
        (fails, memory.shut)
    };
    if shut || ![format!("OAuth {TOKEN}"), format!("Bearer {TOKEN}")].contains(&header) {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "error": "Could not authenticate" }))).into_response();
    }
    fails::answer(fails, json!({ "error": "Too many requests" }), "{\"id\": ", request, next).await
}

fn refused(why: &str) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "error": [why] }))).into_response()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn reword(memory: &Shared, (id, update): (&str, &str), body: &Value) -> Response {
    let mut memory = memory.lock().expect("a lock");
    let found = memory.incident(id).and_then(|it| it.updates.iter_mut().find(|said| said.id == update));
    let Some(said) = found else { return StatusCode::NOT_FOUND.into_response() };
    said.body = text(body);
    Json(json!({ "id": said.id, "body": said.body, "status": said.status })).into_response()
}
