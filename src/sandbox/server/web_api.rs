//! `/api/<method>` and `/response/…`: authentication, faults, rate limits, the log.

use std::sync::{Arc, atomic::Ordering};

use axum::{
    body::Bytes,
    extract::{ConnectInfo, Path, RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use super::cut::Connection;
use crate::sandbox::{
    api::{self, Args, Method, Request},
    faults::FaultKind,
    rate::Tier,
    refusal::Refusal,
    shell::{Call, Shell},
};

/// The one method for the app's token instead of the bot's.
const OPEN_CONNECTION: &str = "apps.connections.open";

/// A call that was answered: status, body, `Retry-After`.
struct Answer {
    status: u16,
    body: Value,
    retry_after: Option<u64>,
}

impl Answer {
    fn ok(body: Value) -> Self {
        Self { status: 200, body, retry_after: None }
    }

    fn refuse(error: &str) -> Self {
        Self::ok(Refusal::from(error).body(&[]))
    }

    fn limited(seconds: u64) -> Self {
        Self { status: 429, body: json!({ "ok": false, "error": "ratelimited" }), retry_after: Some(seconds) }
    }

    fn failed(status: u16, error: &str) -> Self {
        Self { status, body: json!({ "ok": false, "error": error }), retry_after: None }
    }

    fn response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(self.body)).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// One Web API call.
pub async fn call(
    State(shell): State<Arc<Shell>>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let (args, token) = match read_args(&headers, query.as_deref(), &body) {
        Ok(args) => split_token(args, &headers),
        Err(error) => return Answer::refuse(error).response(),
    };
    let shown = Value::Object(args.0.clone());
    if name == OPEN_CONNECTION {
        let open = || open_connection(&shell, &headers);
        return through_faults(&shell, &connection, &name, shown, open).await;
    }
    let known = token.as_deref() == Some(shell.config.bot_token.as_str());
    let handle = || handle(&shell, &name, args, token.as_deref());
    let mut response = through_faults(&shell, &connection, &name, shown, handle).await;
    // Whose token it is learns on every answer what the token may do.
    if let (true, Ok(scopes)) = (known, HeaderValue::from_str(&shell.config.scopes.join(","))) {
        response.headers_mut().insert("x-oauth-scopes", scopes);
    }
    response
}

/// Lets a request pass the faults that are switched on, and writes it down.
async fn through_faults(
    shell: &Arc<Shell>,
    connection: &Connection,
    name: &str,
    args: Value,
    handle: impl FnOnce() -> Answer,
) -> Response {
    let verdict = shell.faults().judge(name, shell.config.clock.now());
    if !verdict.delay.is_zero() {
        tokio::time::sleep(verdict.delay).await;
    }
    let done = |answer: &Answer, status: u16| Call {
        seq: 0,
        method: name.to_owned(),
        args: args.clone(),
        response: answer.body.clone(),
        status,
        at: shell.config.clock.now(),
        fault: verdict.fault.map(|f| f.to_string()),
        read: false,
    };
    let (answer, dropped) = match verdict.fault {
        Some(FaultKind::RateLimited { retry_after }) => (Answer::limited(retry_after), false),
        Some(FaultKind::ServerError { status }) => (Answer::failed(status, "internal_error"), false),
        Some(FaultKind::Restricted) => (Answer::refuse("restricted_action"), false),
        Some(FaultKind::EditWindowClosed) => (Answer::refuse("edit_window_closed"), false),
        Some(FaultKind::Outage) => (Answer::failed(503, "service_unavailable"), false),
        Some(FaultKind::DropBefore) => (Answer::failed(0, "connection_dropped"), true),
        Some(FaultKind::ErrorAfter) => {
            let answer = handle();
            shell.record(done(&answer, 500));
            return Answer::failed(500, "internal_error").response();
        }
        Some(FaultKind::DropAfter | FaultKind::TimeoutAfter) => (handle(), true),
        Some(FaultKind::Latency { .. }) | None => (handle(), false),
    };
    shell.record(done(&answer, if dropped { 0 } else { answer.status }));
    if !dropped {
        return answer.response();
    }
    if verdict.fault == Some(FaultKind::TimeoutAfter) {
        // Until the caller gives up, which ends this handler, or the workspace stops.
        let mut stop = shell.stop.subscribe();
        drop(stop.wait_for(|stop| *stop).await);
    }
    connection.cut();
    answer.response()
}

/// Gives out an address for one connection. Slack wants the app's token in the header here, and nowhere else.
fn open_connection(shell: &Shell, headers: &HeaderMap) -> Answer {
    match bearer(headers) {
        None => Answer::refuse("not_authed"),
        Some(token) if token == shell.config.bot_token => Answer::refuse("not_allowed_token_type"),
        Some(token) if token != shell.config.app_token => Answer::refuse("invalid_auth"),
        Some(_) => {
            let url = shell.own_url().replacen("http", "ws", 1);
            Answer::ok(json!({ "ok": true, "url": format!("{url}/socket/{}", shell.sockets.ticket(shell.count())) }))
        }
    }
}

fn handle(shell: &Arc<Shell>, name: &str, args: Args, token: Option<&str>) -> Answer {
    let Some(method) = api::method(name) else { return Answer::refuse("unknown_method") };
    if name != "api.test" {
        match token {
            None => return Answer::refuse("not_authed"),
            Some(token) if token != shell.config.bot_token => return Answer::refuse("invalid_auth"),
            Some(_) if !shell.with(|ws| ws.installed) => return Answer::refuse("account_inactive"),
            Some(_) => {}
        }
    }
    if let Err(seconds) = within_limits(shell, method, &args) {
        return Answer::limited(seconds);
    }
    Answer::ok(shell.with(|ws| api::call(&mut Request { ws, args, scopes: &shell.config.scopes }, method)))
}

fn within_limits(shell: &Shell, method: &Method, args: &Args) -> Result<(), u64> {
    if !shell.rate_limits.load(Ordering::Relaxed) {
        return Ok(());
    }
    let channel = if method.tier == Tier::Posting { args.text("channel").unwrap_or_default() } else { String::new() };
    shell.limiter().take(method.name, &channel, method.tier, shell.config.clock.now())
}

/// The token, from the header or from the arguments, which it leaves.
fn split_token(mut args: Args, headers: &HeaderMap) -> (Args, Option<String>) {
    let inline = args.text("token");
    args.0.remove("token");
    (args, bearer(headers).map(str::to_owned).or(inline))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

fn read_args(headers: &HeaderMap, query: Option<&str>, body: &[u8]) -> Result<Args, &'static str> {
    let mut args = from_form(query.unwrap_or_default().as_bytes());
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    match kind.split(';').next().unwrap_or_default().trim() {
        _ if body.is_empty() => {}
        "application/json" => match serde_json::from_slice(body) {
            Ok(Value::Object(map)) => args.extend(map),
            Ok(_) => return Err("json_not_object"),
            Err(_) => return Err("invalid_json"),
        },
        "application/x-www-form-urlencoded" => args.extend(from_form(body)),
        "" => return Err("missing_post_type"),
        _ => return Err("invalid_post_type"),
    }
    Ok(Args(args))
}

fn from_form(form: &[u8]) -> Map<String, Value> {
    url::form_urlencoded::parse(form).map(|(k, v)| (k.into_owned(), Value::String(v.into_owned()))).collect()
}

/// A late answer to a command or a press.
pub async fn respond(
    State(shell): State<Arc<Shell>>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    Path((_, secret)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let parsed = serde_json::from_slice::<Value>(&body).ok().filter(Value::is_object);
    let shown = parsed.clone().unwrap_or(Value::Null);
    let answered = through_faults(&shell, &connection, "response_url", shown, || {
        let Some(message) = parsed else { return Answer::failed(400, "invalid_payload") };
        let used = shell.with(|ws| ws.use_response_url(&secret));
        let Ok(url) = used else {
            return Answer::failed(404, &used.err().map_or_else(String::new, |refusal| refusal.error));
        };
        let shown = shell.with(|ws| ws.respond(&url.user, &url.channel, url.message_ts.as_deref(), &message));
        match shown {
            Ok(()) => Answer::ok(json!({ "ok": true })),
            Err(refusal) => Answer { status: 400, body: refusal.body(&[]), retry_after: None },
        }
    });
    let response = answered.await;
    // What went well is answered with the bare word.
    if response.status() == StatusCode::OK { "ok".into_response() } else { response }
}
