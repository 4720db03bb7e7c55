//! Updates on our own status page.

use std::sync::Arc;

use watchroom::{
    engine::{Ask as Request, Standing},
    incident::{
        Actor, Command, Incident, When,
        comms::{Ask, Delivered, Drafting},
    },
    playbook::Audience,
    status::{ComponentStatus, Impact, PostStatus},
};

use crate::harness::Bot;

/// Sends an update to the page, as a person.
async fn update(bot: &Bot, who: &str, words: &str, impact: &[(&str, ComponentStatus)]) {
    let impact: Impact = impact.iter().map(|(id, status)| ((*id).into(), *status)).collect();
    let drafting = Drafting {
        to: Audience::External,
        scenario: None,
        fields: [("impact", words), ("cause", "A database is full")].map(|(k, v)| (k.to_owned(), v.to_owned())).into(),
        outlets: vec!["status_page".into()],
        next_by: Some(When::In(30)),
        warnings: vec![],
        of: None,
        send: true,
        again: false,
        impact,
        quiet: false,
    };
    let by = Actor::Person(bot.slack.user_id(who).as_str().into());
    let id = Some("INC-1".parse().expect("an id"));
    let asked = Request::new(None, by, id, Command::Comms(Ask::Draft(drafting)));
    bot.app().engine.ask(asked).await.expect("sent");
    bot.settle().await;
}

async fn incident(bot: &Bot) -> Arc<Incident> {
    bot.app().engine.incident("INC-1".parse().expect("an id")).await.expect("read").expect("there")
}

async fn page(bot: &Bot) -> Arc<Standing> {
    bot.app().engine.status_page().await.expect("read")
}

/// What is sent stands on the page, once, with its components, over a crash; the receipt in the room leads there.
#[tokio::test]
async fn an_update_stands_on_the_page_and_the_room_has_a_receipt() {
    let mut bot = Bot::with_status_page().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    update(&bot, "alice", "Some payments fail", &[("pay", ComponentStatus::PartialOutage)]).await;
    let standing = page(&bot).await;
    let [post] = &standing.posts[..] else { panic!("{standing:?}") };
    assert_eq!((post.status, post.worst()), (PostStatus::Investigating, ComponentStatus::PartialOutage));
    assert!(post.updates[0].body.or_tombstone().contains("Some payments fail."), "{post:?}");
    assert_eq!(standing.page.status(&"pay".into()), ComponentStatus::PartialOutage);
    assert!(!post.id.as_str().contains("INC"), "{post:?}");
    let link = format!("https://status.example.com/incidents/{}", post.id);
    bot.expect_once(&room, &format!("*Public status page*: published · <{link}|open>"));

    bot.crash_and_restart().await;
    assert_eq!(page(&bot).await, standing);
    bot.slash_in("alice", &room, "/incident phase identified").await;
    update(&bot, "alice", "Payments by card fail", &[("pay", ComponentStatus::MajorOutage)]).await;
    let standing = page(&bot).await;
    let [post] = &standing.posts[..] else { panic!("{standing:?}") };
    assert_eq!((post.status, post.updates.len()), (PostStatus::Identified, 2));
}

/// Words that are redacted in the room are gone from the page, for good.
#[tokio::test]
async fn redacted_words_are_gone_from_the_page() {
    let bot = Bot::with_status_page().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    update(&bot, "alice", "Zebra pays nothing", &[]).await;
    assert!(page(&bot).await.posts[0].updates[0].body.or_tombstone().contains("Zebra"));
    let sent = incident(&bot).await.comms.sends[0].seq;
    bot.slash_in("alice", &room, &format!("/incident redact {sent} names a customer")).await;
    bot.settle().await;
    let standing = page(&bot).await;
    assert_eq!(standing.posts[0].updates[0].body.words(), None, "{standing:?}");
}

/// Without a page of its own a bot says that a person is to post it.
#[tokio::test]
async fn without_a_page_a_person_posts_it() {
    let bot = Bot::start().await;
    bot.declare("alice", "sev2 checkout is down").await;
    update(&bot, "alice", "Some payments fail", &[]).await;
    let it = incident(&bot).await;
    assert!(matches!(it.comms.sends[0].deliveries[0].state, Delivered::ByHand), "{:?}", it.comms.sends);
    assert!(page(&bot).await.posts.is_empty());
}
