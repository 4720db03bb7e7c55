//! What may have been done already.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::{bench::Bench, fake::Fate};
use crate::{
    config::Settings,
    incident::{Command, What},
    paging::PageId,
    ports::Trouble,
};

fn lost() -> Trouble {
    Trouble::Ambiguous("no answer in time".into())
}

fn rename(title: &str) -> Command {
    Command::Rename { title: title.into() }
}

#[tokio::test]
async fn a_lost_answer_is_looked_into_before_anything_is_said_again() {
    for (fate, done) in [(Fate::After(lost()), true), (Fate::Before(lost()), false)] {
        let bench = Bench::new(Settings::default()).await;
        bench.start();
        bench.settle().await;
        bench.chat.once("post C-inc-1", fate.clone());
        let id = bench.declare("checkout is down").await;
        let key = format!("say/{id}/1");
        bench.settle().await;
        bench.advance(5).await;
        bench.ask(id, rename("checkout is slow")).await;
        bench.settle().await;
        assert_eq!(bench.chat.posts(&key).len(), 1, "done: {done}");
        assert_eq!(bench.chat.posts("card/").len(), 1, "done: {done}");
        assert_eq!(bench.chat.count("find"), 1, "done: {done}");
        assert_eq!(bench.chat.count("pin"), 1, "done: {done}");
        assert_eq!(bench.left().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_card_that_changes_while_it_is_posted_is_one_card() {
    let bench = Bench::new(Settings::default()).await;
    let permits = Arc::new(Semaphore::new(0));
    bench.chat.once("post C-inc-1-first card/", Fate::Held(permits.clone()));
    let id = bench.declare("first").await;
    bench.start();
    bench.until_called("post C-inc-1-first card/", 1).await;
    bench.ask(id, rename("second")).await;
    permits.add_permits(1);
    bench.settle().await;
    let cards = bench.chat.posts("card/");
    assert_eq!(cards.len(), 1);
    assert!(bench.chat.count(&format!("update {}/{}", cards[0].at.channel, cards[0].at.ts)) >= 1, "shown as it is now");
    assert_eq!(bench.chat.count("pin"), 1);
}

#[tokio::test]
async fn a_card_that_someone_deleted_comes_back() {
    let bench = Bench::new(Settings::default()).await;
    let id = bench.declare("first").await;
    bench.start();
    bench.settle().await;
    bench.chat.delete(&format!("card/{id}"));
    bench.ask(id, rename("second")).await;
    bench.settle().await;
    assert_eq!(bench.chat.posts("card/").len(), 1);
    assert_eq!(bench.chat.count("pin"), 2);
}

#[tokio::test]
async fn a_process_that_was_cut_off_left_its_message_to_be_found() {
    let mut bench = Bench::new(Settings::default()).await;
    bench.start();
    bench.settle().await;
    let permits = Arc::new(Semaphore::new(0));
    // Both are posted, and nobody lives to hear of it.
    for call in ["post C-inc-1-first card/", "post D-U-bob page/"] {
        bench.chat.once(call, Fate::After(lost()));
    }
    bench.chat.once("find", Fate::Held(permits.clone()));
    bench.chat.once("find", Fate::Held(permits.clone()));
    let id = bench.declare("first").await;
    bench.page(id, &["U-bob"]).await;
    bench.settle().await;
    bench.clock.advance(jiff::SignedDuration::from_secs(2));
    bench.until_called("find", 2).await;
    bench.crash().await;
    bench.start();
    bench.settle().await;
    assert_eq!(bench.chat.posts("card/").len(), 1);
    assert_eq!(bench.chat.posts("page/").len(), 1);
    assert_eq!(bench.incident(id).await.pages[0].attempts.len(), 1);
    assert_eq!(bench.left().await, Vec::<String>::new());
}

#[tokio::test]
async fn where_looking_is_refused_it_is_sent_again() {
    let bench = Bench::new(Settings::default()).await;
    let id = bench.declare("first").await;
    bench.page(id, &["U-bob"]).await;
    bench.chat.once("post D-U-bob", Fate::After(lost()));
    bench.chat.always("find", Some(Trouble::Refused("missing_scope".into())));
    bench.start();
    bench.settle().await;
    bench.advance(5).await;
    assert_eq!(bench.chat.posts("page/").len(), 2);
    assert_eq!(bench.incident(id).await.pages[0].attempts.len(), 1);
}

#[tokio::test]
async fn a_room_of_a_lost_answer_is_adopted() {
    for step in ["create", "purpose"] {
        let bench = Bench::new(Settings::default()).await;
        let id = bench.declare("first").await;
        bench.chat.once(step, Fate::After(lost()));
        bench.start();
        bench.settle().await;
        bench.advance(5).await;
        assert_eq!(bench.chat.channels().len(), 1, "after {step}");
        assert_eq!(bench.incident(id).await.open_room().map(|r| r.name.as_str()), Some("inc-1-first"), "after {step}");
        assert!(bench.chat.channels()[0].purpose.contains("watchroom:INC-1:"), "after {step}");
    }
}

#[tokio::test]
async fn a_taken_name_is_adopted_if_ours_and_evaded_if_not() {
    for (ours, purpose, adopted) in [
        (true, "", true),
        (true, "Room of INC-1. watchroom:INC-1:12345", false), // of another record, long ago
        (true, "Where we talk", false),
        (false, "", false),
    ] {
        let bench = Bench::new(Settings::default()).await;
        bench.chat.channel("inc-1-first", ours, purpose);
        let id = bench.declare("first").await;
        bench.start();
        bench.settle().await;
        let name = if adopted { "inc-1-first" } else { "inc-1-first-2" };
        assert_eq!(bench.incident(id).await.open_room().map(|r| r.name.as_str()), Some(name), "{ours} {purpose}");
    }
}

#[tokio::test]
async fn a_page_that_went_out_while_it_was_answered_does_not_go_on_asking() {
    let bench = Bench::new(Settings::default()).await;
    let permits = Arc::new(Semaphore::new(0));
    bench.chat.once("post D-U-bob page/", Fate::Held(permits.clone()));
    let id = bench.declare("first").await;
    bench.page(id, &["U-bob"]).await;
    bench.start();
    bench.until_called("post D-U-bob page/", 1).await;
    bench.ask(id, Command::Acknowledge { page: Some(PageId(1)), way: None }).await;
    permits.add_permits(1);
    bench.settle().await;
    let page = bench.chat.posts("page/").pop().unwrap();
    assert!(bench.chat.count(&format!("update {}/{}", page.at.channel, page.at.ts)) >= 1);
}

#[tokio::test]
async fn words_that_are_being_posted_outside_are_taken_back_too() {
    let settings = Settings { updates_channel: Some("C0UPDATES".into()), ..Settings::default() };
    let bench = Bench::new(settings).await;
    let permits = Arc::new(Semaphore::new(0));
    bench.chat.once("post C0UPDATES", Fate::Held(permits.clone()));
    let id = bench.declare("first").await;
    bench.ask(id, Command::PostUpdate { text: "the password is hunter2".into(), next_by: None, again: false }).await;
    bench.start();
    bench.until_called("post C0UPDATES", 1).await;
    let updates = bench.engine.history(id).await.unwrap();
    let seq = updates.iter().find(|(_, e)| matches!(e.what, What::UpdatePosted { .. })).unwrap().0;
    bench.ask(id, Command::Redact { entry: seq, found: None, why: "a secret".into() }).await;
    let redacted = bench.incident(id).await.version;
    bench.until_called(&format!("post C-inc-1-first say/{id}/{redacted}"), 1).await;
    permits.add_permits(1);
    bench.settle().await;
    bench.advance(2).await;
    for key in [format!("say/{id}/{seq}"), format!("broadcast/{id}/{seq}")] {
        let posts = bench.chat.posts(&key);
        assert_eq!(posts.len(), 1, "{key}");
        assert!(!posts[0].text.contains("hunter2"), "{key}: {}", posts[0].text);
    }
    assert_eq!(bench.left().await, Vec::<String>::new());
}

#[tokio::test]
async fn words_that_cannot_be_taken_back_in_one_place_are_taken_back_in_the_other_and_somebody_hears_of_it() {
    let settings = Settings { updates_channel: Some("C0UPDATES".into()), ..Settings::default() };
    let bench = Bench::new(settings).await;
    bench.start();
    let id = bench.declare("first").await;
    bench.ask(id, Command::PostUpdate { text: "the password is hunter2".into(), next_by: None, again: false }).await;
    bench.settle().await;
    let seq = bench.incident(id).await.update.last.unwrap();
    let line = bench.chat.posts(&format!("say/{id}/{seq}")).remove(0).at;
    let refused = Fate::Before(Trouble::Refused("edit_window_closed".into()));
    bench.chat.once(&format!("update {}/{}", line.channel, line.ts), refused);
    bench.ask(id, Command::Redact { entry: seq, found: None, why: "a secret".into() }).await;
    bench.settle().await;
    let outside = bench.chat.posts(&format!("broadcast/{id}/{seq}"));
    assert!(!outside[0].text.contains("hunter2"), "{}", outside[0].text);
    assert_eq!(bench.events(id, |w| matches!(w, What::DeliveryFailed { .. })).await.len(), 1);
}
