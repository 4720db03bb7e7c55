//! What is refused for good.

use super::{
    bench::{Bench, LEAD},
    fake::Fate,
};
use crate::{
    config::Settings,
    incident::{Command, Declaration, Event, RoomLoss, RoomState, What, access::Ask},
    paging::Outcome,
    ports::Trouble,
};

fn no(code: &str) -> Trouble {
    Trouble::Refused(code.into())
}

fn rename(title: &str) -> Command {
    Command::Rename { title: title.into() }
}

fn given_up(what: &What) -> bool {
    matches!(what, What::DeliveryFailed { .. })
}

#[tokio::test]
async fn a_lost_room_is_noted_and_the_rest_for_it_ends_quietly() {
    for (code, how) in [("is_archived", RoomLoss::Archived), ("channel_not_found", RoomLoss::Deleted)] {
        let bench = Bench::new(Settings::default()).await;
        let id = bench.declare("first").await;
        bench.start();
        bench.settle().await;
        for call in ["post C-inc", "update C-inc", "topic C-inc"] {
            bench.chat.always(call, Some(no(code)));
        }
        bench.ask(id, rename("second")).await;
        bench.settle().await;
        assert_eq!(bench.incident(id).await.room.as_ref().map(|r| r.state), Some(RoomState::Lost(how)));
        assert_eq!(bench.events(id, given_up).await.len(), 0);
        assert_eq!(bench.left().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_bot_that_was_thrown_out_comes_back_once_and_then_gives_in() {
    let bench = Bench::new(Settings::default()).await;
    let id = bench.declare("first").await;
    bench.start();
    bench.settle().await;
    bench.chat.once("post C-inc", Fate::Before(no("not_in_channel")));
    bench.ask(id, rename("second")).await;
    bench.settle().await;
    assert_eq!(bench.chat.count("join"), 1);
    assert!(bench.incident(id).await.open_room().is_some());
    bench.chat.always("post C-inc", Some(no("not_in_channel")));
    bench.chat.always("join", Some(no("method_not_supported_for_channel_type")));
    bench.ask(id, rename("third")).await;
    bench.settle().await;
    let state = bench.incident(id).await.room.as_ref().map(|r| r.state);
    assert_eq!(state, Some(RoomState::Lost(RoomLoss::Removed)));
}

#[tokio::test]
async fn giving_up_is_said_once_and_does_not_feed_on_itself() {
    let bench = Bench::new(Settings::default()).await;
    bench.chat.always("post C-inc-1-first card/", Some(no("invalid_blocks")));
    let id = bench.declare("first").await;
    bench.start();
    bench.settle().await;
    bench.ask(id, rename("second")).await;
    bench.settle().await;
    assert_eq!(bench.events(id, given_up).await.len(), 1);
    assert_eq!(bench.left().await, Vec::<String>::new());
}

#[tokio::test]
async fn without_a_room_the_lead_hears_what_was_given_up() {
    let bench = Bench::new(Settings::default()).await;
    bench.chat.always("create", Some(no("restricted_action")));
    let id = bench.declare("first").await;
    bench.start();
    bench.settle().await;
    assert_eq!(bench.events(id, given_up).await.len(), 1);
    let told: Vec<_> = bench.chat.posts("say/").into_iter().map(|p| p.at.channel.to_string()).collect();
    assert_eq!(told, [format!("D-{LEAD}")]);
    assert_eq!(bench.left().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_person_who_cannot_be_paged_is_passed_over_at_once() {
    let bench = Bench::new(Settings::default()).await;
    bench.chat.always("direct U-gone", Some(no("user_disabled")));
    let id = bench.declare("first").await;
    bench.page(id, &["U-gone", "U-bob"]).await;
    bench.start();
    bench.settle().await;
    assert_eq!(bench.chat.posts("page/").len(), 1);
    let history = bench.engine.history(id).await.unwrap();
    let failed = |event: &Event| matches!(&event.what, What::PageAttempted { attempt, .. } if attempt.outcome == Outcome::Failed { why: "user_disabled".into() });
    assert!(history.iter().any(|(_, event)| failed(event)), "{history:?}");
}

#[tokio::test]
async fn who_cannot_be_invited_is_named() {
    let bench = Bench::new(Settings::default()).await;
    let id = bench.declare("first").await;
    bench.ask(id, Command::AssignRole { role: None, to: "U-guest".into(), why: None }).await;
    bench.start();
    bench.settle().await;
    let failed = bench.events(id, given_up).await;
    assert!(
        matches!(&failed[..], [e] if matches!(&e.what, What::DeliveryFailed { what, .. } if what.contains("U-guest")))
    );
}

#[tokio::test]
async fn a_broken_token_loses_nothing() {
    let bench = Bench::new(Settings::default()).await;
    bench.chat.always("", Some(no("token_revoked")));
    let id = bench.declare("first").await;
    bench.start();
    bench.settle().await;
    bench.advance(3600).await;
    bench.chat.always("", None);
    bench.advance(300).await;
    assert!(bench.incident(id).await.open_room().is_some());
    assert_eq!(bench.events(id, given_up).await.len(), 0);
    assert_eq!(bench.left().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_fault_in_one_job_harms_no_other() {
    let bench = Bench::new(Settings::default()).await;
    bench.chat.once("topic", Fate::Panic);
    let id = bench.declare("first").await;
    bench.start();
    bench.settle().await;
    assert_eq!(bench.chat.posts("card/").len(), 1);
    assert_eq!(bench.events(id, given_up).await.len(), 1);
}

#[tokio::test]
async fn the_archived_room_has_the_summary_as_its_last_word() {
    let bench = Bench::new(Settings { archive_on_close: true, ..Settings::default() }).await;
    let id = bench.declare("first").await;
    bench.start();
    bench.settle().await;
    bench.ask(id, Command::Resolve { why: None }).await;
    bench.ask(id, Command::Close { why: None }).await;
    bench.settle().await;
    let calls = bench.chat.calls();
    let archived = calls.iter().position(|c| c.starts_with("archive")).unwrap();
    assert!(calls[archived - 1].contains(" archive/INC-1/"), "{calls:?}");
    assert_eq!(bench.chat.posts("tell/").len(), 0, "nobody misses it");
    assert_eq!(bench.left().await, Vec::<String>::new());
}

/// Where Slack does not let the bot take someone out, those inside are told to do it by hand.
#[tokio::test]
async fn who_cannot_be_taken_out_of_a_private_room_is_named_aloud() {
    let bench = Bench::new(Settings::default()).await;
    let id = bench.declare_as(Declaration { title: "keys".into(), secret: true, ..Declaration::default() }).await;
    bench.start();
    bench.settle().await;
    assert_eq!(bench.chat.count("create private sec-1-"), 1);
    let (who, why) = ("U-guest".into(), "x".to_owned());
    bench.ask(id, Command::Access(Ask::LetIn { who, why: why.clone() })).await;
    bench.chat.always("kick", Some(no("restricted_action")));
    bench.ask(id, Command::Access(Ask::Remove { who: "U-guest".into(), why })).await;
    bench.settle().await;
    let told = bench.events(id, |w| matches!(w, What::DeliveryFailed { what, .. } if what.contains("by hand"))).await;
    assert_eq!(told.len(), 1);
    assert!(!bench.incident(id).await.access.inside.contains(&"U-guest".into()), "here it holds at once");
    assert_eq!(bench.left().await, Vec::<String>::new());
}
