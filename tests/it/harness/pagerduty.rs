//! A PagerDuty that remembers: who is on call, schedules of both generations, incidents and events. It fails as it is told to.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Json, Router,
    extract::{Path, Query, Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinSet};
use watchroom::config::{Config, PagerDutyConfig};

use super::fails;
pub use super::fails::Fails;

pub const TOKEN: &str = "y_NbAkKc66ryYTWUXYEu";
pub const ROUTING_KEY: &str = "e93facc04764012d7bfb002500d5d1a6";

/// What it knows.
#[derive(Debug, Default)]
pub struct Memory {
    /// Rows of `GET /oncalls`, each of a policy.
    pub on_call: Vec<Value>,
    /// Policies by service.
    pub services: HashMap<String, String>,
    pub users: HashMap<String, Value>,
    /// By their ids, as they answer.
    pub layered: HashMap<String, Value>,
    pub shift_based: HashMap<String, Value>,
    pub incidents: Vec<Value>,
    /// Rows that come to the front of the list as soon as its first page was read.
    pub comes_underway: VecDeque<Value>,
    pub fails: VecDeque<Fails>,
    /// All but events gets 503.
    pub rest_is_down: bool,
    /// Each request: method, path with query, and `from`.
    pub requests: Vec<String>,
    /// Bodies of events, in order.
    pub bodies: Vec<Value>,
    /// Scopes that the token lacks.
    pub lacks: Vec<&'static str>,
}

type Shared = Arc<Mutex<Memory>>;

/// The fake; it ends with the story.
#[derive(Debug)]
pub struct FakePagerDuty {
    pub url: String,
    memory: Shared,
    _tasks: JoinSet<()>,
}

impl FakePagerDuty {
    pub async fn start() -> Self {
        let memory = Shared::default();
        let app = Router::new()
            .route("/oncalls", get(oncalls))
            .route("/services/{id}", get(service))
            .route("/users/{id}", get(user))
            .route("/schedules/{id}", get(layered))
            .route("/v3/schedules/{id}", get(shift_based))
            .route("/incidents", get(incidents).post(open).put(change))
            .layer(middleware::from_fn_with_state(Arc::clone(&memory), rights))
            .route("/v2/enqueue", post(enqueue))
            .layer(middleware::from_fn_with_state(Arc::clone(&memory), fail))
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

    /// Somebody is on call by a policy.
    pub fn put_on_call(&self, policy: &str, level: u32, who: &str, span: (Option<&str>, Option<&str>)) {
        let row = row(policy, level, who, span);
        self.memory().on_call.push(row);
    }

    /// Settings for it, as they are read from a file and the environment.
    pub fn settings(&self, toml: &str, env: &[(&str, &str)]) -> PagerDutyConfig {
        let mut all: BTreeMap<String, String> =
            env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        all.insert("PAGERDUTY_API_URL".into(), self.url.clone());
        all.insert("PAGERDUTY_EVENTS_URL".into(), format!("{}/v2", self.url));
        let path = std::env::temp_dir().join(format!("watchroom-pd-{}-{}.toml", std::process::id(), super::unique()));
        std::fs::write(&path, toml).expect("a file");
        let config = Config::load(Some(&path), &|name| all.get(name).cloned()).expect("settings");
        std::fs::remove_file(path).expect("our own file");
        config.pagerduty.expect("it is set up")
    }
}

/// A row of `GET /oncalls`.
pub fn row(policy: &str, level: u32, who: &str, (start, end): (Option<&str>, Option<&str>)) -> Value {
    json!({
        "user": { "id": who, "type": "user", "summary": who, "name": who, "email": format!("{who}@Example.com") },
        "schedule": { "id": "S1", "type": "schedule_reference", "summary": "S1" },
        "escalation_policy": { "id": policy, "type": "escalation_policy_reference", "summary": policy },
        "escalation_level": level, "start": start, "end": end,
    })
}

async fn fail(State(memory): State<Shared>, request: Request, next: Next) -> Response {
    let fails = {
        let mut memory = memory.lock().expect("a lock");
        let from = request.headers().get("from").and_then(|v| v.to_str().ok()).unwrap_or("-").to_owned();
        memory.requests.push(format!("{} {} {from}", request.method(), request.uri()));
        memory.fails.pop_front()
    };
    let limited = json!({ "error": { "message": "Rate Limit Exceeded", "code": 2020 } });
    fails::answer(fails, limited, "{\"oncalls\": [{\"us", request, next).await
}

async fn rights(State(memory): State<Shared>, request: Request, next: Next) -> Response {
    let is_down = memory.lock().expect("a lock").rest_is_down;
    match is_down.then_some(StatusCode::SERVICE_UNAVAILABLE).or_else(|| refusal(&memory, &request)) {
        Some(status) => status.into_response(),
        None => next.run(request).await,
    }
}

/// The token, and what it may.
fn refusal(memory: &Shared, request: &Request) -> Option<StatusCode> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    if header("authorization") != Some(&format!("Token token={TOKEN}")) {
        return Some(StatusCode::UNAUTHORIZED);
    }
    if header("accept") != Some("application/vnd.pagerduty+json;version=2") {
        return Some(StatusCode::NOT_ACCEPTABLE);
    }
    let object = request.uri().path().trim_start_matches("/v3").split('/').nth(1).unwrap_or_default();
    let may = if request.method() == "GET" { "read" } else { "write" };
    let needs = format!("{object}.{may}");
    memory.lock().expect("a lock").lacks.contains(&needs.as_str()).then_some(StatusCode::FORBIDDEN)
}

type Asked = Query<Vec<(String, String)>>;

fn value<'a>(asked: &'a [(String, String)], name: &str) -> &'a str {
    asked.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str())
}

/// A part of a list, as it was asked for.
fn page(field: &str, all: &[Value], asked: &[(String, String)]) -> Response {
    let limit: usize = value(asked, "limit").parse().unwrap_or(25);
    let offset: usize = value(asked, "offset").parse().unwrap_or(0);
    if limit > 100 || offset + limit > 10_000 {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let rows: Vec<&Value> = all.iter().skip(offset).take(limit).collect();
    let total = (value(asked, "total") == "true").then_some(all.len());
    Json(json!({ field: rows, "limit": limit, "offset": offset, "more": offset + limit < all.len(), "total": total }))
        .into_response()
}

async fn oncalls(State(memory): State<Shared>, Query(asked): Asked) -> Response {
    let mut memory = memory.lock().expect("a lock");
    let policy = value(&asked, "escalation_policy_ids[]");
    let own = |row: &&Value| row["escalation_policy"]["id"] == policy && touches(row, ["start", "end"], &asked);
    let rows: Vec<Value> = memory.on_call.iter().filter(own).cloned().collect();
    let answer = page("oncalls", &rows, &asked);
    if let Some(row) = memory.comes_underway.pop_front() {
        memory.on_call.insert(0, row);
    }
    answer
}

fn found(field: &str, value: Option<Value>) -> Response {
    value.map_or(StatusCode::NOT_FOUND.into_response(), |value| Json(json!({ field: value })).into_response())
}

async fn service(State(memory): State<Shared>, Path(id): Path<String>) -> Response {
    let policy = memory.lock().expect("a lock").services.get(&id).cloned();
    found("service", policy.map(|policy| json!({ "id": id, "escalation_policy": { "id": policy } })))
}

async fn user(State(memory): State<Shared>, Path(id): Path<String>) -> Response {
    found("user", memory.lock().expect("a lock").users.get(&id).cloned())
}

/// The times that are asked for.
fn span(asked: &[(String, String)]) -> [Timestamp; 2] {
    ["since", "until"].map(|name| value(asked, name).parse().expect("a time"))
}

/// Is anything of the row within the times that are asked for?
fn touches(row: &Value, ends: [&str; 2], asked: &[(String, String)]) -> bool {
    let [since, until] = span(asked);
    let [from, to] = ends.map(|end| row[end].as_str().map(|at| at.parse::<Timestamp>().expect("a time")));
    from.is_none_or(|from| from < until) && to.is_none_or(|to| since < to)
}

/// What touches the times that are asked for, cut to them unless it is said that it may go beyond.
fn within(mut schedule: Value, rows: &str, ends: [&str; 2], asked: &[(String, String)]) -> Value {
    let all = schedule.pointer_mut(rows).and_then(Value::as_array_mut).expect("rows");
    all.retain(|row| touches(row, ends, asked));
    if value(asked, "overflow") != "true" {
        let [since, until] = span(asked);
        for row in all {
            let [from, to] = ends.map(|end| row[end].as_str().expect("a time").parse::<Timestamp>().expect("a time"));
            row[ends[0]] = json!(from.max(since).to_string());
            row[ends[1]] = json!(to.min(until).to_string());
        }
    }
    schedule
}

async fn layered(State(memory): State<Shared>, Path(id): Path<String>, Query(asked): Asked) -> Response {
    let known = memory.lock().expect("a lock").layered.get(&id).cloned();
    let rows = "/final_schedule/rendered_schedule_entries";
    found("schedule", known.map(|known| within(known, rows, ["start", "end"], &asked)))
}

async fn shift_based(State(memory): State<Shared>, Path(id): Path<String>, Query(asked): Asked) -> Response {
    let memory = memory.lock().expect("a lock");
    if memory.layered.contains_key(&id) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let rows = "/final_schedule/computed_shift_assignments";
    let known = memory.shift_based.get(&id).cloned();
    found("schedule", known.map(|known| within(known, rows, ["start_time", "end_time"], &asked)))
}

async fn incidents(State(memory): State<Shared>, Query(asked): Asked) -> Response {
    let memory = memory.lock().expect("a lock");
    let own = |i: &&Value| {
        i["incident_key"] == value(&asked, "incident_key") && i["service"]["id"] == value(&asked, "service_ids[]")
    };
    // The latest first, as it was asked for.
    let rows: Vec<Value> = memory.incidents.iter().rev().filter(own).cloned().collect();
    page("incidents", &rows, &asked)
}

/// A user of it must have sent this.
fn has_sender(headers: &HeaderMap) -> bool {
    headers.get("from").is_some_and(|from| from == "bot@example.com")
}

impl Memory {
    fn open(&mut self, service: &str, key: &str, title: &str) {
        let id = format!("I{}", self.incidents.len() + 1);
        let policy = self.services.get(service).cloned().unwrap_or_default();
        let first = self.on_call.iter().find(|r| r["escalation_policy"]["id"] == policy && r["escalation_level"] == 1);
        let assigned: Vec<Value> = first.iter().map(|r| json!({ "assignee": r["user"] })).collect();
        self.incidents.push(json!({
            "id": id, "status": "triggered", "title": title, "incident_key": key,
            "service": { "id": service, "type": "service_reference" }, "assignments": assigned, "acknowledgements": [],
        }));
    }

    fn is_open(&self, service: &str, key: &str) -> bool {
        let same = |i: &&Value| i["service"]["id"] == service && i["incident_key"] == key;
        self.incidents.iter().filter(same).any(|i| i["status"] != "resolved")
    }
}

async fn open(State(memory): State<Shared>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    let mut memory = memory.lock().expect("a lock");
    let incident = &body["incident"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (service, key) = (text(&incident["service"]["id"]), text(&incident["incident_key"]));
    if !has_sender(&headers) || memory.is_open(&service, &key) || !memory.services.contains_key(&service) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    memory.open(&service, &key, &text(&incident["title"]));
    (StatusCode::CREATED, Json(json!({ "incident": memory.incidents.last() }))).into_response()
}

async fn change(State(memory): State<Shared>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    let mut memory = memory.lock().expect("a lock");
    let change = &body["incidents"][0];
    if !has_sender(&headers) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let Some(incident) = memory.incidents.iter_mut().find(|i| i["id"] == change["id"]) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if let Some(status) = change["status"].as_str() {
        incident["status"] = json!(status);
        let by = json!([{ "at": "2026-03-02T10:00:00Z", "acknowledger": { "id": "PBOT", "summary": "bot" } }]);
        incident["acknowledgements"] = if status == "acknowledged" { by } else { json!([]) };
    }
    if let Some(urgency) = change["urgency"].as_str() {
        incident["urgency"] = json!(urgency);
    }
    if let Some(level) = change["escalation_level"].as_u64() {
        incident["level"] = json!(level);
    }
    Json(json!({ "incidents": [incident] })).into_response()
}

async fn enqueue(State(memory): State<Shared>, Json(body): Json<Value>) -> Response {
    let mut memory = memory.lock().expect("a lock");
    memory.bodies.push(body.clone());
    let (action, key) =
        (body["event_action"].as_str().unwrap_or_default(), body["dedup_key"].as_str().unwrap_or_default());
    let summary = body["payload"]["summary"].as_str().unwrap_or_default();
    if key.is_empty() || key.len() > 255 || summary.chars().count() > 1024 {
        return StatusCode::BAD_REQUEST.into_response();
    }
    // An event with another key is taken, and dropped.
    if body["routing_key"] == ROUTING_KEY {
        match action {
            "trigger" if !memory.is_open("PSVC", key) => memory.open("PSVC", key, summary),
            "trigger" => {}
            _ => {
                let status = if action == "acknowledge" { "acknowledged" } else { "resolved" };
                let same = |i: &&mut Value| i["incident_key"] == key && i["status"] != "resolved";
                for incident in memory.incidents.iter_mut().filter(same) {
                    incident["status"] = json!(status);
                }
            }
        }
    }
    (StatusCode::ACCEPTED, Json(json!({ "status": "success", "message": "Event processed", "dedup_key": key })))
        .into_response()
}
