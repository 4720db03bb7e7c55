//! An Opsgenie that remembers, and a Jira Service Management beside it. What is written is taken at once and done later.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Json, Router,
    extract::{Path, Query, Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, patch, post},
};
use http::StatusCode;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinSet};

use super::fails::{self, Fails};

pub const KEY: &str = "eb243592-faa2-4ba2-a551q-1afdf565c889";
pub const JIRA_TOKEN: &str = "ATATT3xFfGF0";
pub const CLOUD: &str = "35273b54-3f06-40d2-880f-dd28cf8daafa";

#[derive(Debug, Default)]
pub struct Memory {
    /// Participants by schedule.
    pub on_call: HashMap<String, Value>,
    /// Those who come next, by schedule.
    pub next: HashMap<String, Value>,
    pub escalations: HashMap<String, Value>,
    /// Alerts, the latest last.
    pub alerts: Vec<Value>,
    /// What was taken and is not done yet: of which request, alias, action, body.
    pub taken: VecDeque<(String, String, String, Value)>,
    /// What came of requests, by their ids.
    pub outcomes: HashMap<String, Value>,
    /// Whom it does not know any more: what names them is taken, and comes to nothing.
    pub deleted: Vec<&'static str>,
    /// What is taken, and comes to nothing.
    pub fails_later: Vec<&'static str>,
    /// It does at once what it takes.
    pub prompt: bool,
    /// It knows no requests, whether they are done or not.
    pub forgets: bool,
    /// The key may write, and not look.
    pub blind: bool,
    /// All that was written, in order: alias, action, body.
    pub told: Vec<(String, String, Value)>,
    pub fails: VecDeque<Fails>,
    pub requests: Vec<String>,
}

type Shared = Arc<Mutex<Memory>>;

#[derive(Debug)]
pub struct FakeOpsgenie {
    pub url: String,
    memory: Shared,
    _tasks: JoinSet<()>,
}

impl FakeOpsgenie {
    pub async fn start() -> Self {
        let memory = Shared::default();
        let jira = format!("/jsm/ops/api/{CLOUD}/v1");
        let app = Router::new()
            .route("/v2/schedules/{id}/on-calls", get(on_calls))
            .route(&format!("{jira}/schedules/{{id}}/on-calls"), get(on_calls))
            .route("/v2/schedules/{id}/next-on-calls", get(next_on_calls))
            .route(&format!("{jira}/schedules/{{id}}/next-on-calls"), get(next_on_calls))
            .route("/v2/escalations/{id}", get(escalation))
            .route("/v2/alerts/{alias}", get(alert))
            .route("/v2/alerts/requests/{id}", get(outcome))
            .route(&format!("{jira}/alerts/requests/{{id}}"), get(outcome))
            .route(&format!("{jira}/alerts/alias"), get(alert_by_alias))
            .route("/v2/alerts", post(create))
            .route("/v2/alerts/{alias}/{action}", post(act).put(act))
            .route("/jsm/ops/integration/v2/alerts", post(create))
            .route("/jsm/ops/integration/v2/alerts/{alias}/acknowledge", post(acknowledge))
            .route("/jsm/ops/integration/v2/alerts/{alias}/close", post(close))
            .route(&format!("{jira}/alerts/{{id}}/escalate"), post(escalate))
            .route(&format!("{jira}/alerts/{{id}}/priority"), patch(priority))
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

    pub fn fail(&self, fails: impl IntoIterator<Item = Fails>) {
        self.memory().fails.extend(fails);
    }

    /// Does what was taken until now.
    pub fn catch_up(&self) {
        self.memory().catch_up();
    }
}

impl Memory {
    fn catch_up(&mut self) {
        while let Some((request, alias, action, body)) = self.taken.pop_front() {
            let said = if self.fails_later.contains(&action.as_str()) {
                Err("It could not be done")
            } else {
                self.carry_out(&alias, &action, &body)
            };
            let outcome = json!({
                "success": said.is_ok(), "isSuccess": said.is_ok(), "action": action, "alias": alias, "integrationId": "i",
                "processedAt": "2026-11-22T03:00:01Z", "alertId": format!("id-of-{alias}"),
                "status": said.err().unwrap_or("Done"),
            });
            self.outcomes.insert(request, outcome);
        }
    }

    fn carry_out(&mut self, alias: &str, action: &str, body: &Value) -> Result<(), &'static str> {
        let gone = |id: &Value| self.deleted.iter().any(|gone| id == gone);
        if gone(&body["responders"][0]["id"]) || gone(&body["escalation"]["id"]) {
            return Err("Responder does not exist");
        }
        let open = self.alerts.iter_mut().rev().find(|a| a["alias"] == alias && a["status"] == "open");
        match (action, open) {
            ("create", Some(open)) => open["count"] = json!(open["count"].as_u64().unwrap_or(1) + 1),
            ("create", None) => {
                let alert = json!({
                    "id": format!("id-of-{alias}"), "alias": alias, "status": "open", "acknowledged": false, "count": 1,
                    "message": body["message"], "responders": body["responders"], "priority": body["priority"],
                });
                self.alerts.push(alert);
            }
            ("acknowledge", Some(open)) if open["acknowledged"] == true => return Err("Alert is already acknowledged"),
            ("acknowledge", Some(open)) => {
                open["acknowledged"] = json!(true);
                open["report"] = json!({ "ackTime": 15_702, "acknowledgedBy": "Alice@Example.com" });
            }
            ("close", Some(open)) => open["status"] = json!("closed"),
            ("escalate", Some(open)) => open["escalated"] = body["escalation"]["id"].clone(),
            ("priority", Some(open)) => open["priority"] = body["priority"].clone(),
            (_, None | Some(_)) => return Err("Alert does not exist"),
        }
        Ok(())
    }

    fn take(&mut self, alias: String, action: &str, body: Value) -> Response {
        let request = format!("request-{}", self.taken.len() + self.outcomes.len() + 1);
        self.told.push((alias.clone(), action.to_owned(), body.clone()));
        self.taken.push_back((request.clone(), alias, action.to_owned(), body));
        if self.prompt {
            self.catch_up();
        }
        let body = json!({ "result": "Request will be processed", "took": 0.1, "requestId": request });
        (StatusCode::ACCEPTED, Json(body)).into_response()
    }
}

async fn guard(State(memory): State<Shared>, request: Request, next: Next) -> Response {
    let jira_reads = request.uri().path().starts_with("/jsm/ops/api/");
    let header = request.headers().get("authorization").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let (fails, blind) = {
        let mut memory = memory.lock().expect("a lock");
        memory.requests.push(format!("{} {}", request.method(), request.uri()));
        (memory.fails.pop_front(), memory.blind && request.method() == "GET")
    };
    if blind {
        return StatusCode::FORBIDDEN.into_response();
    }
    let known = if jira_reads { header.starts_with("Basic ") } else { header == format!("GenieKey {KEY}") };
    if !known {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    fails::answer(fails, json!({ "message": "You are making too many requests!" }), "{\"data\": {", request, next).await
}

/// Opsgenie wraps what it says.
fn said(request: &http::Uri, value: Option<Value>) -> Response {
    let Some(value) = value else { return StatusCode::NOT_FOUND.into_response() };
    let wrapped = if request.path().starts_with("/v2/") {
        json!({ "data": value, "took": 0.1, "requestId": "r" })
    } else {
        value
    };
    Json(wrapped).into_response()
}

async fn on_calls(State(memory): State<Shared>, Path(id): Path<String>, request: Request) -> Response {
    let found = memory.lock().expect("a lock").on_call.get(&id).cloned();
    said(request.uri(), found.map(|participants| json!({ "onCallParticipants": participants })))
}

/// Opsgenie tells those of the very next handover apart; the other calls them otherwise.
async fn next_on_calls(State(memory): State<Shared>, Path(id): Path<String>, request: Request) -> Response {
    let found = memory.lock().expect("a lock").next.get(&id).cloned();
    let is_jira = request.uri().path().starts_with("/jsm/");
    let known = |next: Value| {
        if is_jira {
            json!({ "nextOnCallParticipants": next })
        } else {
            json!({ "nextOnCallRecipients": [], "exactNextOnCallRecipients": next })
        }
    };
    said(request.uri(), found.map(known))
}

async fn escalation(State(memory): State<Shared>, Path(id): Path<String>, request: Request) -> Response {
    said(request.uri(), memory.lock().expect("a lock").escalations.get(&id).cloned())
}

fn latest(memory: &Shared, alias: &str) -> Option<Value> {
    memory.lock().expect("a lock").alerts.iter().rev().find(|a| a["alias"] == alias).cloned()
}

async fn alert(State(memory): State<Shared>, Path(alias): Path<String>, request: Request) -> Response {
    said(request.uri(), latest(&memory, &alias))
}

async fn alert_by_alias(
    State(memory): State<Shared>,
    Query(asked): Query<HashMap<String, String>>,
    request: Request,
) -> Response {
    said(request.uri(), latest(&memory, asked.get("alias").map_or("", String::as_str)))
}

/// Not there before the request is done.
async fn outcome(State(memory): State<Shared>, Path(id): Path<String>, request: Request) -> Response {
    let memory = memory.lock().expect("a lock");
    said(request.uri(), if memory.forgets { None } else { memory.outcomes.get(&id).cloned() })
}

async fn create(State(memory): State<Shared>, Json(body): Json<Value>) -> Response {
    let (message, alias) = (body["message"].as_str().unwrap_or_default(), body["alias"].as_str().unwrap_or_default());
    if message.is_empty() || message.chars().count() > 130 || alias.len() > 512 {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    }
    memory.lock().expect("a lock").take(alias.to_owned(), "create", body.clone())
}

/// What an integration's key may do there beside creating.
async fn acknowledge(memory: State<Shared>, Path(alias): Path<String>, body: Json<Value>) -> Response {
    act(memory, Path((alias, "acknowledge".into())), body).await
}

async fn close(memory: State<Shared>, Path(alias): Path<String>, body: Json<Value>) -> Response {
    act(memory, Path((alias, "close".into())), body).await
}

/// By a user, and by the alert's own id.
async fn escalate(memory: State<Shared>, Path(id): Path<String>, Json(body): Json<Value>) -> Response {
    let Some(alias) = id.strip_prefix("id-of-") else { return StatusCode::NOT_FOUND.into_response() };
    let body = json!({ "escalation": { "id": body["escalationId"] } });
    act(memory, Path((alias.to_owned(), "escalate".into())), Json(body)).await
}

async fn priority(memory: State<Shared>, Path(id): Path<String>, body: Json<Value>) -> Response {
    let Some(alias) = id.strip_prefix("id-of-") else { return StatusCode::NOT_FOUND.into_response() };
    act(memory, Path((alias.to_owned(), "priority".into())), body).await
}

async fn act(
    State(memory): State<Shared>,
    Path((alias, action)): Path<(String, String)>,
    Json(body): Json<Value>,
) -> Response {
    memory.lock().expect("a lock").take(alias, &action, body)
}
