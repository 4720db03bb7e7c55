//! Server-sent events: what happens, as one person sees it.

use std::{convert::Infallible, sync::Arc};

use axum::{
    extract::{Query, State},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;

use super::page::{Viewer, refuse};
use crate::sandbox::shell::Shell;

/// `GET /sandbox/stream?as=U1`.
pub async fn stream(State(shell): State<Arc<Shell>>, Query(viewer): Query<Viewer>) -> Response {
    let user = viewer.user;
    let Ok(now) = shell.with(|ws| ws.user(&user).map(|_| ws.now.as_millisecond())) else {
        return refuse("user_not_found");
    };
    let notices = shell.notices.subscribe();
    let stop = shell.stop.subscribe();
    let hello = stream::iter([Ok::<_, Infallible>(event("clock", &json!({ "now": now })))]);
    let news = stream::unfold((shell, notices, stop, user), |(shell, mut notices, mut stop, user)| async move {
        loop {
            let received = tokio::select! {
                received = notices.recv() => received,
                _ = stop.wait_for(|stop| *stop) => return None,
            };
            let shown = match received {
                Ok(notice) => shell.with(|ws| ws.render_notice(&notice, &user)),
                // This page was too slow and missed some: it has to read everything again.
                Err(RecvError::Lagged(_)) => Some(("channels", json!({}))),
                Err(RecvError::Closed) => return None,
            };
            if let Some((kind, data)) = shown {
                return Some((Ok(event(kind, &data)), (shell, notices, stop, user)));
            }
        }
    });
    Sse::new(futures_util::StreamExt::chain(hello, news)).keep_alive(KeepAlive::default()).into_response()
}

fn event(kind: &str, data: &Value) -> Event {
    Event::default().event(kind).data(data.to_string())
}
