//! The page's files, and what it reads.

use std::sync::{Arc, atomic::Ordering};

use axum::{
    Json,
    extract::{Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::sandbox::{
    page,
    shell::Shell,
    state::{BOT_USER, Workspace},
};

/// Nothing from outside, nothing inline; pictures in messages may come from anywhere.
const POLICY: &str = "default-src 'self'; img-src 'self' https: data:; frame-ancestors 'none'; base-uri 'none'";

fn file(kind: &'static str, content: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, content).into_response()
}

/// Every file of the page, at its path.
pub fn files<S: Clone + Send + Sync + 'static>() -> axum::Router<S> {
    page::FILES.iter().fold(axum::Router::new(), |router, (path, kind, content)| {
        router.route(path, get(|| async { file(kind, content) }))
    })
}

/// Who looks, and at what.
#[derive(Debug, Deserialize)]
pub struct Viewer {
    #[serde(rename = "as", default)]
    pub user: String,
    #[serde(default)]
    pub channel: String,
    pub thread: Option<String>,
}

/// A refusal as the page's API tells it.
pub fn refuse(error: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "ok": false, "error": error }))).into_response()
}

/// Everything a page needs to start.
pub async fn bootstrap(State(shell): State<Arc<Shell>>, Query(viewer): Query<Viewer>) -> Response {
    let found = shell.with(|ws| {
        // Whoever comes without a name, or with one that is not here any more, looks on as the first person.
        let known = ws.user(&viewer.user).is_ok().then(|| viewer.user.clone());
        let me = known.or_else(|| ws.users.values().find(|u| !u.is_bot && !u.deleted).map(|u| u.id.clone()))?;
        Some(begin(&shell, ws, &me))
    });
    found.map_or_else(|| refuse("user_not_found"), |body| Json(body).into_response())
}

fn begin(shell: &Shell, ws: &Workspace, me: &str) -> Value {
    let config = &shell.config;
    let command = |c: &crate::sandbox::Command| json!({ "command": c.command, "description": c.description, "usage_hint": c.usage_hint });
    let shortcut = |s: &crate::sandbox::Shortcut| json!({ "callback_id": s.callback_id, "name": s.name });
    let mut channels: Vec<Value> =
        ws.channels.values().filter(|c| c.visible_to(me)).map(|c| ws.channel_page(c, me)).collect();
    channels.push(json!({
        "id": "HOME", "name": ws.app_name, "kind": "home", "is_member": true, "archived": false, "topic": "",
        "members": [me, BOT_USER], "unread": 0, "mentions": 0, "last_ts": null, "pins": [], "bookmarks": [],
        "im_user": BOT_USER,
    }));
    json!({
        "team": { "name": ws.team_name }, "me": me, "channels": channels,
        "users": ws.users.values().map(crate::sandbox::state::User::page).collect::<Vec<_>>(),
        "groups": ws.groups.values().map(|g| json!({ "id": g.id, "handle": g.handle, "name": g.name, "users": g.users }))
            .collect::<Vec<_>>(),
        "commands": config.commands.iter().map(command).collect::<Vec<_>>(),
        "shortcuts": {
            "global": config.global_shortcuts.iter().map(shortcut).collect::<Vec<_>>(),
            "message": config.message_shortcuts.iter().map(shortcut).collect::<Vec<_>>(),
        },
        "emoji": super::emoji::all(), "hint": config.hint, "now": ws.now.as_millisecond(),
        "home": ws.home_view(me).map(crate::sandbox::state::View::json),
        "view": ws.top_view(me).map(crate::sandbox::state::View::json),
        "stack_depth": ws.stacks.get(me).map_or(0, Vec::len),
        "clock_moves": config.movable.is_some(), "phones": ws.phones_page(),
    })
}

/// What one person sees in a channel or a thread.
pub async fn messages(State(shell): State<Arc<Shell>>, Query(viewer): Query<Viewer>) -> Response {
    let found = shell.with(|ws| {
        let channel = ws.channels.get(&viewer.channel).filter(|c| c.visible_to(&viewer.user))?;
        Some(ws.messages_page(channel, &viewer.user, viewer.thread.as_deref()))
    });
    match found {
        Some(messages) => Json(json!({ "messages": messages })).into_response(),
        None => refuse("channel_not_found"),
    }
}

/// Which faults are switched on.
pub async fn faults(State(shell): State<Arc<Shell>>) -> Json<Value> {
    let now = shell.config.clock.now();
    let active = json!(shell.faults().active(now));
    Json(json!({ "faults": active, "rate_limits": shell.rate_limits.load(Ordering::Relaxed) }))
}
