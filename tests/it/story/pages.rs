//! Paging: asked, asked again, passed on, answered, given up aloud.

use crate::harness::{Bot, minutes, policy};

#[tokio::test]
async fn escalation_walks_the_policy() {
    let mut bot =
        Bot::with(|s| s.policies = vec![policy("checkout", &[("U0BOB", 5), ("U0DAVE", 5), ("U0ERIN", 5)])]).await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page checkout").await;
    bot.expect_dm("bob", "checkout is down");
    assert!(!bot.slack.dm("dave").iter().any(|m| m.contains("checkout is down")), "not dave's turn yet");
    bot.advance(minutes(5)).await;
    bot.expect_dm("dave", "checkout is down");
    bot.crash_and_restart().await;
    bot.advance(minutes(5)).await;
    bot.expect_dm("erin", "checkout is down");
    bot.press("erin", &bot.slack.dm("erin"), "Acknowledge").await;
    bot.expect_once(&room, "acknowledged after 10 min");
    bot.advance(minutes(30)).await;
    assert!(bot.slack.dm("carol").is_empty(), "acknowledged: nobody else is asked");
}

#[tokio::test]
async fn a_person_is_asked_again_before_the_fallback() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page @bob").await;
    let asked = |bot: &Bot| bot.slack.dm("bob").iter().filter(|m| m.contains("checkout is down")).count();
    assert_eq!(asked(&bot), 1);
    bot.advance(minutes(2)).await;
    assert_eq!(asked(&bot), 2, "asked again after two minutes");
    bot.advance(minutes(3)).await;
    bot.expect_dm("carol", "checkout is down");
    bot.advance(minutes(10)).await;
    assert!(bot.count(&room, "Nobody has acknowledged") >= 1, "said aloud in the room");
}

#[tokio::test]
async fn nobody_reachable_is_said_aloud_at_once() {
    let gone = |s: &mut watchroom::config::Settings| {
        s.policies = vec![policy("gone", &[("U0FRANK", 5)])];
        s.policies[0].fallback.clear();
        s.fallback.clear();
    };
    let bot = Bot::with(gone).await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page gone").await;
    assert!(bot.count(&room, "Nobody has acknowledged") >= 1, "{}", crate::harness::shown(&bot.said(&room)));
    bot.expect_dm("alice", "Nobody has acknowledged");
}

#[tokio::test]
async fn acknowledging_shows_on_the_message_and_only_once() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page @bob").await;
    let before = bot.expect_dm("bob", "Acknowledge");
    bot.press("bob", std::slice::from_ref(&before), "Acknowledge").await;
    let after = bot.expect_dm("bob", "checkout is down");
    assert!(!after.blocks.iter().any(|b| b.to_string().contains("\"Acknowledge\"")), "no button is left: {after}");
    let late = bot.slash_in("carol", &room, "/incident ack").await;
    assert!(late.text.contains("U0BOB"), "told who has it: {}", late.text);
    assert_eq!(bot.count(&room, "acknowledged after"), 1);
}

#[tokio::test]
async fn whoever_was_paged_hears_that_it_is_over() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page @bob").await;
    bot.slash_in("alice", &room, "/incident cancel it was a test").await;
    bot.expect_dm("bob", "cancelled");
    bot.advance(minutes(20)).await;
    assert!(bot.slack.dm("carol").is_empty(), "a cancelled incident asks nobody");
}
