//! Time survives: what came due while nobody was there happens once, and says how late.

use watchroom::incident::What;

use crate::harness::{Bot, edited, minutes, policy, shown};

fn asked(bot: &Bot, who: &str) -> usize {
    bot.slack.dm(who).iter().filter(|m| m.contains("checkout is down") && !m.contains("overdue")).count()
}

#[tokio::test]
async fn an_overdue_update_is_said_once_and_how_late() {
    let mut bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.crash().await;
    bot.clock.advance(minutes(25));
    bot.restart().await;
    bot.expect_once(&room, "is overdue.");
    bot.expect_once(&room, "15 min late");
    for _ in 0..3 {
        bot.crash_and_restart().await;
        bot.advance(minutes(5)).await;
    }
    bot.expect_once(&room, "is overdue.");
    bot.expect_nothing_doubled(1);
}

#[tokio::test]
async fn nobody_is_reminded_that_something_is_due_soon_when_it_is_overdue() {
    let mut bot = Bot::configured(|config| config.playbook = edited(|p| p.values.clear())).await;
    bot.declare("alice", "sev3 checkout is down").await;
    let before = bot.slack.dm("alice").len();
    bot.crash().await;
    bot.clock.advance(minutes(75));
    bot.restart().await;
    let told = bot.slack.dm("alice");
    assert!(told.len() <= before + 1, "{}", shown(&told));
}

#[tokio::test]
async fn an_overdue_page_is_passed_on_once_and_says_how_late() {
    let mut bot =
        Bot::with(|s| s.policies = vec![policy("checkout", &[("U0BOB", 5), ("U0DAVE", 5), ("U0ERIN", 5)])]).await;
    let room = bot.declare("alice", "sev3 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page checkout").await;
    // Bob has been asked for the second time; the next look is due after five minutes.
    bot.advance(minutes(4)).await;
    let before = asked(&bot, "bob");
    bot.crash().await;
    bot.clock.advance(minutes(60));
    bot.restart().await;
    assert_eq!(asked(&bot, "dave"), 1, "{}", shown(&bot.slack.dm("dave")));
    assert_eq!((asked(&bot, "bob"), asked(&bot, "erin")), (before, 0), "one step at a time");
    bot.expect_once(&room, "59 min late");
    bot.crash_and_restart().await;
    bot.advance(minutes(4)).await;
    assert_eq!((asked(&bot, "dave"), asked(&bot, "erin")), (3, 0), "dave has his five minutes");
    bot.advance(minutes(1)).await;
    assert_eq!(asked(&bot, "erin"), 1);
    bot.expect_once(&room, "_(4 min late");
    assert_eq!(bot.count(&room, " late)_"), 2, "only what was late says so:\n{}", shown(&bot.said(&room)));
}

#[tokio::test]
async fn timers_of_what_is_over_do_not_ring() {
    let mut bot = Bot::configured(|config| config.playbook = edited(|p| p.values.clear())).await;
    let room = bot.declare("alice", "sev3 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page @bob").await;
    bot.press("bob", &bot.slack.dm("bob"), "Acknowledge").await;
    bot.slash_in("alice", &room, "/incident update We roll back no next update").await;
    let before = (bot.said(&room).len(), bot.slack.dm("alice").len(), asked(&bot, "bob"));
    bot.crash().await;
    bot.clock.advance(minutes(300));
    bot.restart().await;
    bot.advance(minutes(30)).await;
    assert_eq!((bot.said(&room).len(), bot.slack.dm("alice").len(), asked(&bot, "bob")), before);
    assert!(bot.slack.dm("carol").is_empty());
}

#[tokio::test]
async fn timers_of_an_ended_incident_do_not_ring() {
    let mut bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page @bob").await;
    bot.slash_and_crash("alice", &room, "/incident cancel -- it was a test").await;
    let before = bot.history("INC-1").await.len();
    bot.crash().await;
    bot.clock.advance(minutes(600));
    bot.restart().await;
    bot.advance(minutes(30)).await;
    assert_eq!(bot.history("INC-1").await.len(), before);
    bot.expect_nothing_doubled(1);
}

#[tokio::test]
async fn a_timer_that_rings_while_the_process_dies_rings_once() {
    let mut bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page @bob").await;
    for _ in 0..16 {
        // Nothing is waited for: the crash meets the timers wherever they are.
        bot.clock.advance(minutes(1));
        tokio::task::yield_now().await;
        bot.crash_and_restart().await;
    }
    let history = bot.history("INC-1").await;
    let count = |wanted: fn(&What) -> bool| history.iter().filter(|what| wanted(what)).count();
    assert_eq!(count(|w| matches!(w, What::PageExhausted { .. })), 1);
    assert_eq!(count(|w| matches!(w, What::UpdateMissed { .. })), 1);
    assert_eq!(count(|w| matches!(w, What::UpdateReminded { .. })), 1);
    assert_eq!(count(|w| matches!(w, What::PageRepeated { .. })), 2);
    bot.expect_once(&room, "is overdue.");
    bot.expect_once(&room, "Nobody has acknowledged.");
    bot.expect_nothing_doubled(1);
}
