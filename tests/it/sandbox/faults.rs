//! Rate limits, and what goes wrong on purpose.

use std::time::{Duration, Instant};

use serde_json::json;
use watchroom::sandbox::{Fault, FaultKind};

use super::World;

#[tokio::test]
async fn limits_hold_for_each_method_and_channel() {
    let world = World::with(|config| config.rate_limits = true).await;
    let (one, two) = (world.room("inc-1").await, world.room("inc-2").await);
    for _ in 0..4 {
        world.post(&one, "x").await;
    }
    let post = |room: &str| json!({ "channel": room, "text": "x" });
    let limited = world.send("chat.postMessage", post(&one)).await.unwrap();
    assert_eq!(limited.status(), 429);
    assert_eq!(limited.headers()["retry-after"], "1");
    world.post(&two, "another room").await;
    world.advance(1);
    world.post(&one, "later").await;
    for at in 0..18 {
        world.room(&format!("room-{at}")).await;
    }
    let create = json!({ "name": "one-too-many" });
    let limited = world.send("conversations.create", create.clone()).await.unwrap();
    assert_eq!((limited.status().as_u16(), &limited.headers()["retry-after"]), (429, &"3".parse().unwrap()));
    assert!(world.slack.find_channel("one-too-many").is_none());
    world.slack.rate_limits(false);
    world.ok("conversations.create", create).await;
}

#[tokio::test]
async fn a_fault_happens_before_or_after_the_work() {
    use FaultKind::{DropAfter, DropBefore, ErrorAfter, Outage, RateLimited, ServerError, TimeoutAfter};
    let world = World::new().await;
    let room = world.room("inc-1").await;
    for (at, (kind, status, done)) in [
        (DropBefore, None, false),
        (DropAfter, None, true),
        (TimeoutAfter, None, true),
        (ErrorAfter, Some(500), true),
        (ServerError { status: 502 }, Some(502), false),
        (RateLimited { retry_after: 7 }, Some(429), false),
        (Outage, Some(503), false),
    ]
    .into_iter()
    .enumerate()
    {
        let text = format!("message {at}");
        world.slack.fault(Fault::new(kind).on("chat.*").times(1));
        let post =
            world.http.post(format!("{}chat.postMessage", world.slack.api_url())).bearer_auth("xoxb-sandbox-token");
        // Nothing ever answers a `TimeoutAfter`; the others answer or break long before.
        let patience = Duration::from_millis(if kind == TimeoutAfter { 300 } else { 5_000 });
        let answer = post.timeout(patience).json(&json!({ "channel": room, "text": text })).send().await;
        assert_eq!(answer.ok().map(|r| r.status().as_u16()), status, "{kind}");
        assert_eq!(world.slack.messages("inc-1").iter().any(|m| m.text == text), done, "{kind}");
        let call = world.slack.take_call("chat.postMessage", |_| true).unwrap();
        assert_eq!((call.status, call.fault), (status.unwrap_or(0), Some(kind.to_string())));
        world.post(&room, "it works again").await;
        world.slack.take_calls();
    }
}

#[tokio::test]
async fn an_outage_ends_by_the_clock_and_latency_delays() {
    let world = World::new().await;
    world.slack.fault(Fault::new(FaultKind::Outage).seconds(60));
    assert_eq!(world.send("auth.test", json!({})).await.unwrap().status(), 503);
    world.advance(60);
    world.ok("auth.test", json!({})).await;
    world.slack.fault(Fault::new(FaultKind::Latency { millis: 50 }));
    let started = Instant::now();
    world.ok("auth.test", json!({})).await;
    assert!(started.elapsed() >= Duration::from_millis(50));
    world.slack.clear_faults();
}

#[tokio::test]
async fn calls_are_read_once() {
    let world = World::new().await;
    world.ok("auth.test", json!({})).await;
    world.room("inc-1").await;
    let call = world.slack.take_call("conversations.create", |c| c.args["name"] == "inc-1").unwrap();
    assert!(call.ok() && call.args.get("token").is_none());
    assert_eq!(world.slack.unread_calls().len(), 1);
    assert_eq!(world.slack.take_calls()[0].method, "auth.test");
    assert!(world.slack.unread_calls().is_empty());
    assert_eq!(world.slack.calls().len(), 2);
}

#[tokio::test]
async fn a_stopped_workspace_is_gone() {
    let world = World::new().await;
    let url = format!("{}auth.test", world.slack.api_url());
    world.slack.fault(Fault::new(FaultKind::TimeoutAfter).on("api.test"));
    let World { slack, http, .. } = world;
    let hanging = http.post(format!("{}api.test", slack.api_url())).send();
    let stopping = async {
        // The call has come, and nobody answers it.
        while slack.calls().is_empty() {
            tokio::task::yield_now().await;
        }
        slack.stop();
    };
    let (answer, ()) = tokio::join!(hanging, stopping);
    assert!(answer.is_err(), "whoever waits is let go");
    assert!(http.post(url).send().await.is_err());
}
