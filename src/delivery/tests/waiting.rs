//! Order, pauses, and who waits for whom.

use std::time::Duration;

use super::{bench::Bench, fake::Fate};
use crate::{
    config::Settings,
    incident::{Command, EntryKind, What},
    paging::{Outcome, PageState},
    ports::Trouble,
};

fn down() -> Trouble {
    Trouble::Unreachable("no connection".into())
}

fn note(text: &str) -> Command {
    Command::AddEntry { entry: EntryKind::Note, text: text.into(), said_at: None, author: None, source: None }
}

#[tokio::test]
async fn a_room_is_opened_before_anything_is_said_in_it_and_lines_keep_their_order() {
    let bench = Bench::new(Settings::default()).await;
    let id = bench.declare("checkout is down").await;
    for n in 0..20 {
        bench.ask(id, note(&format!("note {n}"))).await;
    }
    bench.chat.once("post C-inc-1", Fate::Before(down()));
    bench.start();
    bench.settle().await;
    bench.advance(10).await;
    let lines: Vec<u64> =
        bench.chat.posts("say/").iter().map(|p| p.key.rsplit('/').next().unwrap().parse().unwrap()).collect();
    assert_eq!(lines.len(), 21);
    assert!(lines.is_sorted(), "{lines:?}");
    let calls = bench.chat.calls();
    let first = |call: &str| calls.iter().position(|c| c.starts_with(call)).unwrap();
    assert!(first("create") < first("post C-inc-1"));
    assert_eq!(bench.left().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_page_goes_first_and_is_not_held_up_by_a_room_that_fails() {
    let bench = Bench::new(Settings::default()).await;
    bench.chat.always("create", Some(down()));
    let id = bench.declare("checkout is down").await;
    bench.page(id, &["U-bob"]).await;
    bench.start();
    bench.settle().await;
    assert_eq!(bench.chat.calls().first().map(String::as_str), Some("direct U-bob"));
    assert_eq!(bench.chat.posts("page/").len(), 1);
    assert_eq!(bench.chat.posts("say/").len(), 0);
    assert!(bench.incident(id).await.pages[0].pending.is_empty());
}

#[tokio::test]
async fn the_neighbour_says_when_to_come_back() {
    let bench = Bench::new(Settings::default()).await;
    bench.declare("checkout is down").await;
    bench.chat.once("create", Fate::Before(Trouble::RateLimited(Duration::from_secs(40))));
    bench.start();
    bench.settle().await;
    bench.advance(39).await;
    assert_eq!(bench.chat.count("create"), 1);
    bench.advance(1).await;
    assert_eq!(bench.chat.count("create"), 2);
    assert_eq!(bench.left().await, Vec::<String>::new());
}

#[tokio::test]
async fn pauses_grow_but_it_is_tried_for_ever() {
    let bench = Bench::new(Settings::default()).await;
    bench.chat.always("create", Some(down()));
    bench.declare("checkout is down").await;
    bench.start();
    bench.settle().await;
    for _ in 0..120 {
        bench.advance(60).await;
    }
    let tries = bench.chat.count("create");
    assert!((24..70).contains(&tries), "{tries} tries in two hours");
    bench.chat.always("create", None);
    bench.advance(300).await;
    assert_eq!(bench.left().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_page_that_does_not_go_out_passes_on_and_still_goes_out_later() {
    let bench = Bench::new(Settings::default()).await;
    let id = bench.declare("checkout is down").await;
    bench.chat.always("direct U-bob", Some(down()));
    bench.page(id, &["U-bob", "U-carol"]).await;
    bench.start();
    bench.settle().await;
    for _ in 0..30 {
        bench.advance(1).await;
    }
    assert!(bench.chat.posts("page/").is_empty(), "a hiccup does not pass a page on");
    for _ in 0..60 {
        bench.advance(1).await;
    }
    let asked: Vec<_> = bench.chat.posts("page/").iter().map(|p| p.at.channel.to_string()).collect();
    assert_eq!(asked, ["D-U-carol"]);
    let failed = bench.events(
        id,
        |w| matches!(w, What::PageAttempted { attempt, .. } if matches!(attempt.outcome, Outcome::Failed { .. })),
    );
    assert_eq!(failed.await.len(), 1, "once is enough");
    bench.chat.always("direct U-bob", None);
    bench.advance(16).await;
    assert_eq!(bench.chat.posts("page/").len(), 2);
    assert_eq!(bench.incident(id).await.pages[0].state, PageState::Waiting);
}

#[tokio::test]
async fn nobody_is_asked_for_help_that_is_not_needed_any_more() {
    let bench = Bench::new(Settings::default()).await;
    let id = bench.declare("checkout is down").await;
    bench.chat.always("direct U-bob", Some(down()));
    bench.page(id, &["U-bob"]).await;
    bench.start();
    bench.settle().await;
    bench.ask(id, Command::Acknowledge { page: None, way: None }).await;
    bench.chat.always("direct U-bob", None);
    bench.advance(5).await;
    assert!(bench.chat.posts("page/").is_empty());
    assert_eq!(bench.left().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_group_that_cannot_be_looked_up_counts_as_empty() {
    let bench = Bench::new(Settings::default()).await;
    let id = bench.declare("checkout is down").await;
    bench.chat.always("group", Some(down()));
    let group = crate::paging::Target::Group("S1".into());
    let fallback = vec![crate::paging::Target::Channel("C0EVERYONE".into())];
    let policy = crate::paging::Policy::of("group".into(), vec![group], 5, 0, fallback);
    bench.ask(id, Command::StartPage { policy }).await;
    bench.start();
    bench.settle().await;
    for _ in 0..15 {
        bench.advance(1).await;
    }
    let asked: Vec<_> = bench.chat.posts("page/").iter().map(|p| p.at.channel.to_string()).collect();
    assert_eq!(asked, ["C0EVERYONE"]);
}
