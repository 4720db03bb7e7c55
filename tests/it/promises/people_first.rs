//! People before rooms: a page waits for no room, no card and no channel.

use watchroom::sandbox::{Fault, FaultKind};

use crate::harness::{Bot, minutes, shown};

/// Everything that makes and dresses rooms.
const ROOMS: [&str; 7] = [
    "conversations.create",
    "conversations.setPurpose",
    "conversations.setTopic",
    "conversations.invite",
    "pins.add",
    "bookmarks.add",
    "chat.update",
];

#[tokio::test]
async fn a_page_goes_out_at_once_while_no_room_can_be_made() {
    for kind in [
        FaultKind::ServerError { status: 500 },
        FaultKind::RateLimited { retry_after: 600 },
        FaultKind::DropBefore,
        FaultKind::ErrorAfter,
    ] {
        let bot = Bot::start().await;
        for method in ROOMS {
            bot.slack.fault(Fault::new(kind).on(method));
        }
        bot.slash("alice", "/incident declare sev1 checkout is down").await;
        bot.slash("alice", "/incident INC-1 page @bob").await;
        bot.expect_dm("bob", "checkout is down");
        assert!(bot.slack.channels().iter().all(|c| c.pins.is_empty()), "there is no card yet");
        bot.press("bob", &bot.slack.dm("bob"), "Acknowledge").await;
        bot.slack.clear_faults();
        bot.advance(minutes(12)).await;
        let room = bot.latest_room();
        assert!(bot.card(&room).contains("@bob"), "{}", bot.card(&room));
        bot.expect_once(&room, "acknowledged after 0 s.");
        bot.expect_nothing_doubled(1);
    }
}

#[tokio::test]
async fn escalation_goes_on_by_the_clock_while_no_room_can_be_made() {
    let bot = Bot::start().await;
    bot.slack.fault(Fault::new(FaultKind::ServerError { status: 503 }).on("conversations.create"));
    bot.slash("alice", "/incident declare sev1 checkout is down").await;
    bot.slash("alice", "/incident INC-1 page @bob").await;
    bot.advance(minutes(5)).await;
    bot.expect_dm("carol", "checkout is down");
    let asked = bot.slack.dm("bob").len();
    assert!(asked >= 2, "asked again meanwhile: {}", shown(&bot.slack.dm("bob")));
}

#[tokio::test]
async fn a_page_does_not_stand_behind_a_room_that_hangs() {
    let bot = Bot::start().await;
    // Slack takes the call and never answers; the bot hangs on it for ten seconds.
    bot.slack.fault(Fault::new(FaultKind::TimeoutAfter).on("conversations.create").times(1));
    let alice = bot.slack.act_as("alice");
    let started = std::time::Instant::now();
    alice.slash("general", "/incident declare sev1 checkout is down").await.expect("typed").expect_ok();
    alice.slash("general", "/incident INC-1 page @bob").await.expect("typed").expect_ok();
    while !bot.slack.dm("bob").iter().any(|m| m.contains("checkout is down")) {
        assert!(started.elapsed().as_secs() < 8, "the page waits for the room");
        tokio::task::yield_now().await;
    }
    bot.settle().await;
    bot.advance(minutes(1)).await;
    bot.expect_nothing_doubled(1);
}

#[tokio::test]
async fn a_page_goes_out_although_the_room_is_gone_and_the_channels_are_not_there() {
    let lost = |s: &mut watchroom::config::Settings| {
        s.announce_channel = Some("C0NOWHERE".into());
        s.updates_channel = Some("#nowhere".into());
    };
    let bot = Bot::with(lost).await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slack.archive(&room).expect("archived");
    bot.settle().await;
    bot.slash("alice", "/incident INC-1 page @bob").await;
    bot.expect_dm("bob", "checkout is down");
    bot.slash("alice", "/incident INC-1 update We roll back").await;
    bot.expect_dm("alice", "could not");
}
