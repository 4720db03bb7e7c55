//! The three addresses that Slack calls, those where programs bring what customers report, and alerts; the calendars; and the links
//! that answer pages.

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::{Request, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::StatusCode;
use tracing::{Instrument, field::Empty};

use super::{Door, ack, alerts, body::read, calendar, event, hook, interaction, providers, slash, twilio, verify};
use crate::{config::SourceKind, paging::external::Provider};

/// The largest request that is read.
pub(super) const LIMIT: usize = 1024 * 1024;

/// The way in.
pub fn router(door: Arc<Door>) -> Router {
    Router::new()
        .route("/slack/commands", post(commands))
        .route("/slack/interactions", post(interactions))
        .route("/slack/events", post(events))
        .route("/hooks/report", post(hooked))
        .route("/hooks/alertmanager", post(|State(door), request| alerted(door, SourceKind::Alertmanager, request)))
        .route("/hooks/grafana", post(|State(door), request| alerted(door, SourceKind::Grafana, request)))
        .route("/hooks/generic", post(|State(door), request| alerted(door, SourceKind::Generic, request)))
        .route("/hooks/pagerduty", post(|State(door), request| provider_webhook(door, Provider::PagerDuty, request)))
        .route("/hooks/opsgenie", post(|State(door), request| provider_webhook(door, Provider::Opsgenie, request)))
        .route(
            "/hooks/grafana-oncall",
            post(|State(door), request| provider_webhook(door, Provider::GrafanaOnCall, request)),
        )
        .route("/hooks/pager/{name}", post(|State(door), request| provider_webhook(door, Provider::Pager, request)))
        .route("/calendar/{file}", get(calendars))
        .route("/calendar/person/{file}", get(calendars))
        .route("/ack/{token}", get(acknowledged).post(acknowledged))
        .route("/hooks/twilio/{token}", post(key_pressed))
        .route("/hooks/twilio/status/{token}", post(told_by_twilio))
        .with_state(door)
}

async fn commands(State(door): State<Arc<Door>>, request: Request) -> Response {
    match admit(&door, request).await {
        Ok(body) => {
            slash::answer(&door, &body).instrument(tracing::info_span!("slack.command", command.verb = Empty)).await
        }
        Err(refused) => refused,
    }
}

async fn interactions(State(door): State<Arc<Door>>, request: Request) -> Response {
    match admit(&door, request).await {
        Ok(body) => {
            interaction::answer(&door, &body)
                .instrument(tracing::info_span!("slack.interaction", command.verb = Empty))
                .await
        }
        Err(refused) => refused,
    }
}

async fn events(State(door): State<Arc<Door>>, request: Request) -> Response {
    match admit(&door, request).await {
        Ok(body) => {
            event::answer(&door, &body).instrument(tracing::info_span!("slack.event", command.verb = Empty)).await
        }
        Err(refused) => refused,
    }
}

async fn hooked(State(door): State<Arc<Door>>, request: Request) -> Response {
    hook::report(door, request).instrument(tracing::info_span!("hook.report")).await
}

async fn alerted(door: Arc<Door>, kind: SourceKind, request: Request) -> Response {
    alerts::deliver(door, kind, request).instrument(tracing::info_span!("hook.alerts")).await
}

async fn provider_webhook(door: Arc<Door>, from: Provider, request: Request) -> Response {
    providers::deliver(door, from, request).instrument(tracing::info_span!("hook.provider")).await
}

async fn calendars(State(door): State<Arc<Door>>, request: Request) -> Response {
    calendar::get(&door, request).instrument(tracing::info_span!("calendar.get")).await
}

async fn acknowledged(State(door): State<Arc<Door>>, request: Request) -> Response {
    ack::serve(&door, request).instrument(tracing::info_span!("ack.answer")).await
}

async fn key_pressed(State(door): State<Arc<Door>>, request: Request) -> Response {
    twilio::pressed(&door, request).instrument(tracing::info_span!("hook.call")).await
}

async fn told_by_twilio(State(door): State<Arc<Door>>, request: Request) -> Response {
    twilio::told(&door, request).instrument(tracing::info_span!("hook.delivery")).await
}

/// The bytes of a request that Slack signed; nothing has looked into them yet.
async fn admit(door: &Door, request: Request) -> Result<Bytes, Response> {
    let (parts, body) = request.into_parts();
    let body = read(door, body, LIMIT).await.map_err(IntoResponse::into_response)?;
    if verify(&door.signing_secret, &parts.headers, &body, door.clock().now()).is_err() {
        door.counters.unsigned.up();
        return Err(StatusCode::UNAUTHORIZED.into_response());
    }
    Ok(body)
}
