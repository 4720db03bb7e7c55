//! The call bridge of the configuration: one press from wherever people look.

use crate::harness::Bot;

const BRIDGE: &str = "https://meet.example.com/incident";

#[tokio::test]
async fn the_call_is_one_press_away_on_card_and_bookmark() {
    let bot = Bot::with(|s| s.call_bridge = Some(BRIDGE.into())).await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    let link = format!("<{BRIDGE}|Call>");
    let stands = |card: &watchroom::sandbox::SeenMessage| card.blocks.iter().any(|b| b.to_string().contains(&link));
    assert!(stands(&bot.card(&room)), "{}", bot.card(&room));
    let bookmarks = bot.slack.channel(&room).bookmarks;
    assert!(format!("{bookmarks:?}").contains(BRIDGE), "{bookmarks:?}");
    // It stays there while the card is edited, and beside links that people add.
    bot.slash_in("alice", &room, "/incident link https://graphs.example.com/checkout").await;
    bot.slash_in("alice", &room, "/incident phase next").await;
    let card = bot.card(&room);
    assert!(stands(&card) && card.contains("https://graphs.example.com/checkout"), "{card}");
}

#[tokio::test]
async fn without_a_bridge_nothing_is_said_of_a_call() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    assert!(!bot.card(&room).contains("Call"), "{}", bot.card(&room));
    assert!(!format!("{:?}", bot.slack.channel(&room).bookmarks).contains("Call"));
}

/// However much was said since, the card is a press away at the top of the room.
#[tokio::test]
async fn the_card_is_bookmarked_in_the_room() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    let bookmarks = bot.slack.channel(&room).bookmarks;
    assert_eq!(bookmarks.len(), 1, "{bookmarks:?}");
    let ts = bot.card(&room).ts.replace('.', "");
    assert!(bookmarks[0].0 == "INC-1 card" && bookmarks[0].1.ends_with(&format!("/p{ts}")), "{bookmarks:?}");
}
