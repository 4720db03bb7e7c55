//! For whoever runs the bot: is it alive, can it work, what did it count?

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric, text::encode},
    metrics::{counter::ConstCounter, gauge::ConstGauge},
    registry::Registry,
};
use serde_json::json;
use tokio::sync::watch;

use super::Door;
use crate::{engine::Engine, hearing::Hearing, lifecycle::Broken, store::Health};

/// What there is to tell.
#[derive(Debug)]
pub struct Ops {
    /// The bot.
    pub engine: Arc<Engine>,
    /// What came in.
    pub door: Arc<Door>,
    /// The first task that broke, if one did.
    pub broken: watch::Receiver<Option<Broken>>,
    /// Whether Slack can bring us anything, where that goes over connections that we open.
    pub hearing: Option<Arc<Hearing>>,
}

/// `/healthz`, `/readyz`, `/metrics`.
pub fn ops_router(ops: Arc<Ops>) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(ops)
}

/// Ready while the record can be written, every task runs, and Slack can bring us what people do. A full disk is not ready: nothing new
/// can be promised.
async fn ready(State(ops): State<Arc<Ops>>) -> Response {
    let store = match ops.engine.store().health() {
        Health::Writable => Ok("writable".to_owned()),
        Health::Full => Err("the disk that holds the record is full".to_owned()),
        Health::Away(why) => Err(format!("the database cannot be reached: {why}")),
        Health::Closed(why) => Err(why),
    };
    let tasks = ops.broken.borrow().as_ref().map_or(Ok("running".to_owned()), |broken| Err(broken.to_string()));
    let socket = ops.hearing.as_ref().map(|hearing| match hearing.deaf() {
        None => Ok(format!("{} connections to Slack", hearing.live())),
        Some(deaf) => Err(format!("none to Slack since {}: {}", deaf.since, deaf.why)),
    });
    let is_deaf = ops.hearing.as_ref().is_some_and(|hearing| hearing.is_only_way() && hearing.deaf().is_some());
    let ready = store.is_ok() && tasks.is_ok() && !is_deaf;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let word = |state: Result<String, String>| state.unwrap_or_else(|why| why);
    let mut said = json!({ "ready": ready, "store": word(store), "tasks": word(tasks) });
    if let Some(socket) = socket {
        said["socket"] = json!(word(socket));
    }
    (status, Json(said)).into_response()
}

async fn metrics(State(ops): State<Arc<Ops>>) -> Response {
    let lanes = match ops.engine.store().lanes().await {
        Ok(lanes) => i64::try_from(lanes.len()).unwrap_or(i64::MAX),
        Err(_) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
    };
    let mut registry = Registry::with_prefix("watchroom");
    registry.register_collector(Box::new(Seen { ops, lanes }));
    let mut text = String::new();
    match encode(&mut text, &registry) {
        Ok(()) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// The counts of this moment.
#[derive(Debug)]
struct Seen {
    ops: Arc<Ops>,
    lanes: i64,
}

impl Collector for Seen {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let counters = &self.ops.door.counters;
        for (name, help, count) in [
            ("requests_unsigned", "Requests without a valid, fresh signature", &counters.unsigned),
            ("requests_oversized", "Requests over the size limit", &counters.oversized),
            ("requests_not_understood", "Signed requests that could not be understood", &counters.not_understood),
            ("requests_failed", "Requests that the record could not take", &counters.failed),
            ("commands", "Slash commands", &counters.commands),
            ("interactions", "Buttons, menus and forms", &counters.interactions),
            ("events", "Slack events", &counters.events),
            ("forms_failed", "Forms that Slack did not open in time", &counters.forms_failed),
        ] {
            let counter = ConstCounter::new(count.get());
            counter.encode(encoder.encode_descriptor(name, help, None, counter.metric_type())?)?;
        }
        if let Some(hearing) = &self.ops.hearing {
            let live = ConstGauge::new(i64::try_from(hearing.live()).unwrap_or(i64::MAX));
            let (name, help) = ("socket_connections", "Live connections over which Slack brings what people do");
            live.encode(encoder.encode_descriptor(name, help, None, live.metric_type())?)?;
        }
        let lanes = ConstGauge::new(self.lanes);
        lanes.encode(encoder.encode_descriptor(
            "outbox_lanes",
            "Lanes with work that is not done",
            None,
            lanes.metric_type(),
        )?)
    }
}
