//! The loop: settled, paused, ended; timers.

use std::{sync::Arc, time::Duration};

use futures_util::FutureExt;
use tokio::sync::Semaphore;

use super::{bench::Bench, fake::Fate};
use crate::{
    config::Settings,
    incident::{Command, What},
    ports::Trouble,
};

#[tokio::test]
async fn settled_waits_for_what_is_under_way_and_all_that_follows() {
    let bench = Bench::new(Settings::default()).await;
    let permits = Arc::new(Semaphore::new(0));
    bench.chat.once("create", Fate::Held(permits.clone()));
    bench.declare("first").await;
    bench.start();
    bench.until_called("create", 1).await;
    let settled = bench.delivery.settled();
    tokio::pin!(settled);
    for _ in 0..100 {
        tokio::task::yield_now().await;
        assert!((&mut settled).now_or_never().is_none(), "the room is still being opened");
    }
    permits.add_permits(1);
    settled.await;
    assert_eq!(bench.left().await, Vec::<String>::new());
}

#[tokio::test]
async fn settled_counts_what_was_asked_for_just_before() {
    let bench = Bench::new(Settings::default()).await;
    let id = bench.declare("first").await;
    bench.start();
    for n in 0..50 {
        bench.ask(id, Command::Rename { title: format!("title {n}") }).await;
        bench.settle().await;
        assert_eq!(bench.left().await, Vec::<String>::new(), "change {n}");
    }
}

#[tokio::test]
async fn settled_does_not_wait_for_what_waits_itself() {
    let bench = Bench::new(Settings::default()).await;
    bench.chat.always("create", Some(Trouble::Unreachable("no connection".into())));
    bench.declare("first").await;
    bench.start();
    bench.settle().await;
    assert!(bench.left().await.contains(&"open/INC-1".to_owned()));
}

#[tokio::test]
async fn paused_it_takes_up_nothing() {
    let bench = Bench::new(Settings::default()).await;
    bench.delivery.pause(true);
    bench.declare("first").await;
    bench.start();
    bench.settle().await;
    assert_eq!(bench.chat.calls(), Vec::<String>::new());
    bench.delivery.pause(false);
    bench.settle().await;
    assert_eq!(bench.left().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_stop_ends_what_is_under_way_and_begins_nothing() {
    let bench = Bench::new(Settings::default()).await;
    let permits = Arc::new(Semaphore::new(0));
    bench.chat.once("create", Fate::Held(permits.clone()));
    let id = bench.declare("first").await;
    bench.start();
    bench.until_called("create", 1).await;
    let stopped = bench.tasks.stop(Duration::from_secs(20));
    tokio::pin!(stopped);
    assert!((&mut stopped).now_or_never().is_none());
    permits.add_permits(1);
    assert!(stopped.await);
    assert!(bench.incident(id).await.open_room().is_some());
    assert_eq!(bench.chat.count("topic"), 0);
    bench.settle().await;
}

#[tokio::test]
async fn a_timer_that_came_due_while_nobody_was_there_rings_once() {
    let mut bench = Bench::new(Settings::default()).await;
    let id = bench.declare("first").await;
    bench.page(id, &["U-bob", "U-carol"]).await;
    bench.start();
    bench.settle().await;
    bench.crash().await;
    bench.clock.advance(jiff::SignedDuration::from_mins(6));
    bench.start();
    bench.settle().await;
    let steps = |w: &What| matches!(w, What::PageStepReached { .. });
    assert_eq!(bench.events(id, steps).await.len(), 2);
    let asked: Vec<_> = bench.chat.posts("page/").iter().map(|p| p.at.channel.to_string()).collect();
    assert_eq!(asked, ["D-U-bob", "D-U-carol"]);
    bench.advance(1).await;
    assert_eq!(bench.events(id, steps).await.len(), 2);
}

#[tokio::test]
async fn timers_ring_when_they_are_due() {
    let bench = Bench::new(Settings::default()).await;
    let id = bench.declare("first").await;
    bench.page(id, &["U-bob", "U-carol"]).await;
    bench.start();
    bench.settle().await;
    bench.advance(299).await;
    assert_eq!(bench.chat.posts("page/").len(), 1);
    bench.advance(1).await;
    assert_eq!(bench.chat.posts("page/").len(), 2);
    for _ in 0..12 {
        bench.advance(60).await;
    }
    assert_eq!(bench.events(id, |w| matches!(w, What::PageExhausted { .. })).await.len(), 1);
}
