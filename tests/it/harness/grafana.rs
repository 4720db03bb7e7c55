//! A Grafana OnCall that remembers: schedules, escalation chains, alert groups. An alert is taken at once, and grouped later.

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
use http::StatusCode;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinSet};
use watchroom::config::{Config, GrafanaOnCallConfig};

use super::fails::{self, Fails};

pub const TOKEN: &str = "glsa_HOruNAb7SOiCdshU9algkrq7FDsNSLAa_54e2f8be";
pub const STACK: &str = "https://stack.grafana.example";
/// The one integration, and the last part of its address.
pub const INTEGRATION: &str = "CFRPV98RPR1U8";
const ADDRESS: &str = "mReAoNwDm0eMwKo1mTeTwYo";
/// Whose the token is.
const BOT: &str = "UBOT";

/// What it knows.
#[derive(Debug, Default)]
pub struct Memory {
    pub users: HashMap<String, Value>,
    /// Who is on call now, by schedule.
    pub on_call: HashMap<String, Vec<String>>,
    /// Rows of `final_shifts`, by schedule.
    pub shifts: HashMap<String, Vec<Value>>,
    /// Escalation chains by integration; some have none.
    pub chains: HashMap<String, Option<String>>,
    /// Rows of `GET /escalation_policies`.
    pub steps: Vec<Value>,
    /// Alerts that were grouped, the latest last.
    pub alerts: Vec<Value>,
    pub groups: Vec<Value>,
    /// Alerts that were taken and are not grouped yet.
    pub taken: VecDeque<Value>,
    /// Rows that come to the front of the steps as soon as a page of them was read.
    pub comes_underway: VecDeque<Value>,
    /// What becomes of an alert group as soon as it was looked at.
    pub changes_underway: VecDeque<&'static str>,
    /// How long a page of a list is.
    pub page: usize,
    pub fails: VecDeque<Fails>,
    /// All but the addresses of integrations gets 503.
    pub api_is_down: bool,
    /// Each request: method, and path with query.
    pub requests: Vec<String>,
    /// Bodies of alerts, in order.
    pub bodies: Vec<Value>,
    /// Rights that the token lacks, by the first part of a path.
    pub lacks: Vec<&'static str>,
}

type Shared = Arc<Mutex<Memory>>;

/// The fake; it ends with the story.
#[derive(Debug)]
pub struct FakeGrafana {
    pub url: String,
    memory: Shared,
    _tasks: JoinSet<()>,
}

impl FakeGrafana {
    pub async fn start() -> Self {
        let memory = Shared::new(Mutex::new(Memory { page: 50, ..Memory::default() }));
        let api = Router::new()
            .route("/schedules/{id}/", get(schedule))
            .route("/schedules/{id}/final_shifts/", get(final_shifts))
            .route("/integrations/{id}/", get(integration))
            .route("/escalation_policies/", get(steps))
            .route("/users/{id}/", get(user))
            .route("/alerts/", get(alerts))
            .route("/alert_groups/{id}/", get(group))
            .route("/alert_groups/{id}/{action}", post(act))
            .layer(middleware::from_fn_with_state(Arc::clone(&memory), rights));
        let app = Router::new()
            .nest("/oncall/api/v1", api)
            .route("/oncall/integrations/v1/formatted_webhook/{address}/", post(take))
            .layer(middleware::from_fn_with_state(Arc::clone(&memory), fail))
            .with_state(Arc::clone(&memory));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/oncall", listener.local_addr().expect("an address"));
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

    /// What it is set up with.
    pub fn env(&self) -> Vec<(&'static str, String)> {
        let address = format!("{}/integrations/v1/formatted_webhook/{ADDRESS}/", self.url);
        vec![
            ("GRAFANA_ONCALL_API_URL", self.url.clone()),
            ("GRAFANA_ONCALL_TOKEN", TOKEN.into()),
            ("GRAFANA_ONCALL_INTEGRATION_URL", address),
        ]
    }

    /// Settings for it, as they are read from a file and the environment.
    pub fn settings(&self, toml: &str) -> GrafanaOnCallConfig {
        let all: BTreeMap<&str, String> = self.env().into_iter().collect();
        let path = std::env::temp_dir().join(format!("watchroom-gr-{}-{}.toml", std::process::id(), super::unique()));
        std::fs::write(&path, toml).expect("a file");
        let config = Config::load(Some(&path), &|name| all.get(name).cloned()).expect("settings");
        std::fs::remove_file(path).expect("our own file");
        config.grafana_oncall.expect("it is set up")
    }

    /// Somebody there, with an id of Slack where they are connected.
    pub fn put_user(&self, id: &str, name: &str, slack: Option<&str>) {
        let slack = slack.map(|id| json!({ "user_id": id, "team_id": "T0TEAM" }));
        let user = json!({ "id": id, "username": name, "email": format!("{name}@Example.com"), "slack": slack });
        self.memory().users.insert(id.into(), user);
    }

    /// Groups what was taken until now.
    pub fn catch_up(&self) {
        let mut memory = self.memory();
        while let Some(payload) = memory.taken.pop_front() {
            let is_over = payload["state"] == "ok";
            let same = |g: &Value| g["uid"] == payload["alert_uid"] && (is_over || g["state"] != "resolved");
            let known = memory.groups.iter().rev().find(|g| same(g)).map(|group| group["id"].clone());
            let id = known.unwrap_or_else(|| {
                let id = json!(format!("I{}", memory.groups.len() + 1));
                memory.groups.push(json!({
                    "id": id, "integration_id": INTEGRATION, "uid": payload["alert_uid"], "state": "firing",
                    "title": payload["title"], "acknowledged_by": null, "acknowledged_at": null,
                    "created_at": "2026-11-22T03:00:01.430444Z", "resolved_at": null,
                }));
                id
            });
            let n = memory.alerts.len();
            let created_at = format!("2026-11-22T03:00:{:02}.100000Z", n % 60);
            memory.alerts.push(json!({
                "id": format!("A{n}"), "alert_group_id": id, "created_at": created_at, "payload": payload,
            }));
        }
    }
}

async fn fail(State(memory): State<Shared>, request: Request, next: Next) -> Response {
    let fails = {
        let mut memory = memory.lock().expect("a lock");
        memory.requests.push(format!("{} {}", request.method(), request.uri()));
        memory.fails.pop_front()
    };
    let limited = json!({ "detail": "Request was throttled. Expected available in 60 seconds." });
    fails::answer(fails, limited, "{\"count\": 1, \"resu", request, next).await
}

async fn rights(State(memory): State<Shared>, request: Request, next: Next) -> Response {
    if memory.lock().expect("a lock").api_is_down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if is_let_in(&memory, &request) { next.run(request).await } else { StatusCode::FORBIDDEN.into_response() }
}

/// OnCall's own key, or a service account's token; and what it may.
fn is_let_in(memory: &Shared, request: &Request) -> bool {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let by_account =
        header("authorization") == Some(&format!("Bearer {TOKEN}")) && header("x-grafana-url") == Some(STACK);
    let object = request.uri().path().split('/').nth(1).unwrap_or_default();
    let may = !memory.lock().expect("a lock").lacks.contains(&object);
    may && (by_account || header("authorization") == Some(TOKEN))
}

type Asked = Query<HashMap<String, String>>;

fn value<'a>(asked: &'a HashMap<String, String>, name: &str) -> &'a str {
    asked.get(name).map_or("", String::as_str)
}

/// A part of a list, as it was asked for.
fn part(all: &[Value], size: usize, asked: &HashMap<String, String>) -> Response {
    let number: usize = asked.get("page").map_or(Ok(1), |n| n.parse()).unwrap_or(0);
    let pages = all.len().div_ceil(size).max(1);
    if number == 0 || number > pages {
        return (StatusCode::NOT_FOUND, Json(json!({ "detail": "Invalid page." }))).into_response();
    }
    let rows: Vec<&Value> = all.iter().skip((number - 1) * size).take(size).collect();
    let next = (number < pages).then(|| format!("https://oncall.example.com/?page={}", number + 1));
    Json(json!({
        "count": all.len(), "next": next, "previous": null, "results": rows,
        "current_page_number": number, "page_size": size, "total_pages": pages,
    }))
    .into_response()
}

fn found(value: Option<Value>) -> Response {
    let none = || (StatusCode::NOT_FOUND, Json(json!({ "detail": "Not found." }))).into_response();
    value.map_or_else(none, |value| Json(value).into_response())
}

async fn schedule(State(memory): State<Shared>, Path(id): Path<String>) -> Response {
    let now = memory.lock().expect("a lock").on_call.get(&id).cloned();
    found(now.map(
        |now| json!({ "id": id, "name": id, "type": "web", "team_id": null, "time_zone": "UTC", "on_call_now": now }),
    ))
}

/// Both days are wanted, and the last one is left out.
async fn final_shifts(State(memory): State<Shared>, Path(id): Path<String>, Query(asked): Asked) -> Response {
    let (from, to) = (value(&asked, "start_date"), value(&asked, "end_date"));
    if [from, to].iter().any(|day| day.parse::<jiff::civil::Date>().is_err()) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let memory = memory.lock().expect("a lock");
    let is_within = |row: &&Value| row["shift_start"].as_str() < Some(to) && row["shift_end"].as_str() > Some(from);
    let rows: Vec<Value> = memory.shifts.get(&id).into_iter().flatten().filter(is_within).cloned().collect();
    part(&rows, rows.len().max(1), &asked)
}

async fn integration(State(memory): State<Shared>, Path(id): Path<String>) -> Response {
    let chain = memory.lock().expect("a lock").chains.get(&id).cloned();
    let route = |chain| json!({ "id": "RVBE4RKQSCGJ2", "escalation_chain_id": chain, "slack": {} });
    found(chain.map(|chain| json!({ "id": id, "type": "formatted_webhook", "default_route": route(chain) })))
}

async fn steps(State(memory): State<Shared>, Query(asked): Asked) -> Response {
    let mut memory = memory.lock().expect("a lock");
    let own = |row: &&Value| row["escalation_chain_id"] == value(&asked, "escalation_chain_id");
    let rows: Vec<Value> = memory.steps.iter().filter(own).cloned().collect();
    let answer = part(&rows, memory.page, &asked);
    if let Some(row) = memory.comes_underway.pop_front() {
        memory.steps.insert(0, row);
    }
    answer
}

async fn user(State(memory): State<Shared>, Path(id): Path<String>) -> Response {
    found(memory.lock().expect("a lock").users.get(&id).cloned())
}

/// The latest first; the words may stand anywhere in an alert.
async fn alerts(State(memory): State<Shared>, Query(asked): Asked) -> Response {
    let memory = memory.lock().expect("a lock");
    let search = value(&asked, "search");
    let rows: Vec<Value> =
        memory.alerts.iter().rev().filter(|a| a["payload"].to_string().contains(search)).cloned().collect();
    part(&rows, memory.page, &asked)
}

async fn group(State(memory): State<Shared>, Path(id): Path<String>) -> Response {
    let mut memory = memory.lock().expect("a lock");
    let answer = found(memory.groups.iter().find(|g| g["id"] == id).cloned());
    if let Some(action) = memory.changes_underway.pop_front() {
        change(&mut memory, &id, action);
    }
    answer
}

async fn act(State(memory): State<Shared>, Path((id, action)): Path<(String, String)>) -> Response {
    change(&mut memory.lock().expect("a lock"), &id, &action).into_response()
}

/// What is so already is refused.
fn change(memory: &mut Memory, id: &str, action: &str) -> StatusCode {
    let Some(group) = memory.groups.iter_mut().find(|g| g["id"] == id) else { return StatusCode::NOT_FOUND };
    let state = group["state"].as_str().unwrap_or_default();
    let next = match (action, state) {
        ("acknowledge", "firing" | "silenced") => "acknowledged",
        ("resolve", "firing" | "silenced" | "acknowledged") => "resolved",
        _ => return StatusCode::BAD_REQUEST,
    };
    if next == "acknowledged" {
        group["acknowledged_by"] = json!(BOT);
        group["acknowledged_at"] = json!("2026-11-22T03:00:40.123456Z");
    }
    group["state"] = json!(next);
    StatusCode::OK
}

/// By nothing but its address.
async fn take(State(memory): State<Shared>, Path(address): Path<String>, Json(body): Json<Value>) -> Response {
    if address != ADDRESS {
        return (StatusCode::FORBIDDEN, "Integration key was not found. Permission denied.").into_response();
    }
    let mut memory = memory.lock().expect("a lock");
    memory.bodies.push(body.clone());
    memory.taken.push_back(body);
    "Ok.".into_response()
}
