//! A step that everybody in it must acknowledge.

use watchroom::paging::{Answers, Target};

use crate::harness::{Bot, minutes, policy, shown};

/// Bob and Dave must both answer; then Erin is asked.
async fn both() -> (Bot, String) {
    let bot = Bot::with(|s| {
        let mut policy = policy("checkout", &[("U0BOB", 5), ("U0ERIN", 5)]);
        policy.steps[0].targets.push(Target::Person("U0DAVE".into()));
        policy.steps[0].acknowledge = Answers::All;
        s.policies = vec![policy];
    })
    .await;
    let room = bot.declare("alice", "sev3 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page checkout").await;
    (bot, room)
}

fn asked(bot: &Bot, who: &str) -> usize {
    bot.slack.dm(who).iter().filter(|m| m.contains("asked for help")).count()
}

#[tokio::test]
async fn the_page_waits_until_all_have_answered() {
    let (mut bot, room) = both().await;
    bot.press("bob", &bot.slack.dm("bob"), "Acknowledge").await;
    bot.expect_once(&room, "<@U0BOB> acknowledged. Everyone whom this step asks is to");
    let theirs = bot.expect_dm("bob", "You acknowledged. <@U0DAVE> is still waited for.");
    assert!(!theirs.blocks.iter().any(|b| b.to_string().contains("\"Acknowledge\"")), "{theirs}");
    let again = bot.slash_in("bob", &room, "/incident ack").await;
    assert!(again.text.contains("on it already"), "{}", again.text);
    bot.crash_and_restart().await;
    bot.advance(minutes(2)).await;
    assert_eq!((asked(&bot, "bob"), asked(&bot, "dave")), (1, 2), "only who is missing is asked again");
    bot.press("dave", &bot.slack.dm("dave"), "Acknowledge").await;
    bot.expect_once(&room, "acknowledged after 2 min.");
    bot.advance(minutes(30)).await;
    assert_eq!((asked(&bot, "bob"), asked(&bot, "dave"), asked(&bot, "erin")), (1, 2, 0));
}

#[tokio::test]
async fn those_missing_are_passed_on_when_the_time_is_over() {
    let (bot, room) = both().await;
    bot.slash_in("bob", &room, "/incident ack").await;
    // Somebody who was not asked helps, which is not what was asked for.
    bot.slash_in("alice", &room, "/incident ack").await;
    bot.advance(minutes(5)).await;
    assert_eq!((asked(&bot, "bob"), asked(&bot, "erin")), (1, 1), "{}", shown(&bot.said(&room)));
    bot.advance(minutes(20)).await;
    bot.expect_once(&room, "*Not everyone has acknowledged* whom the policy wants");
    bot.slash_in("dave", &room, "/incident ack").await;
    bot.expect_once(&room, "acknowledged after 25 min.");
}

#[tokio::test]
async fn of_those_who_must_answer_one_cannot_and_the_next_step_is_asked() {
    let (bot, room) = both().await;
    bot.slash_in("bob", &room, "/incident ack").await;
    bot.slash_in("dave", &room, "/incident cant").await;
    assert_eq!(asked(&bot, "erin"), 1, "{}", shown(&bot.said(&room)));
    bot.slash_in("erin", &room, "/incident ack").await;
    bot.expect_once(&room, "<@U0ERIN> acknowledged after 0 s.");
    bot.advance(minutes(30)).await;
    assert_eq!((asked(&bot, "bob"), asked(&bot, "dave"), asked(&bot, "erin")), (1, 1, 1));
}
