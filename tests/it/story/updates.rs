//! Status updates: posted, promised, reminded of.

use crate::harness::{Bot, minutes};

#[tokio::test]
async fn an_update_goes_to_the_room_and_the_updates_channel() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.press_card("alice", &room, "Post update").await;
    let form = bot.form("alice");
    assert!(form.json.to_string().contains("checkout is down"), "prefilled from the phase's template: {form:?}");
    bot.submit("alice", &[("Update", "Payments fail for everyone. We roll back.")]).await;
    bot.expect_once(&room, "We roll back.");
    bot.expect_once("general", "We roll back.");
}

#[tokio::test]
async fn the_owner_is_reminded_and_then_the_room() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.advance(minutes(8)).await;
    bot.expect_dm("alice", "pdate");
    assert_eq!(bot.count(&room, "is overdue."), 0);
    bot.advance(minutes(2)).await;
    assert_eq!(bot.count(&room, "is overdue."), 1, "{}", crate::harness::shown(&bot.said(&room)));
    bot.advance(minutes(60)).await;
    assert_eq!(bot.count(&room, "is overdue."), 1, "said once, not every minute");
}

#[tokio::test]
async fn reminders_of_two_incidents_are_one_message() {
    let bot = Bot::start().await;
    bot.declare("alice", "sev1 checkout is down").await;
    bot.declare("alice", "sev1 search is down").await;
    let before = bot.slack.dm("alice").len();
    bot.advance(minutes(9)).await;
    let told = bot.slack.dm("alice");
    assert_eq!(told.len(), before + 1, "{}", crate::harness::shown(&told));
    let last = told.last().expect("a message");
    assert!(last.contains("INC-1") && last.contains("INC-2"), "{last}");
}
