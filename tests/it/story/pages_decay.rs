//! An acknowledgement holds while something is heard of whoever gave it.

use watchroom::sandbox::{Fault, FaultKind};

use crate::harness::{Bot, minutes, policy, shown};

/// Bob has acknowledged; behind him are Dave and the fallback.
async fn on_it(severity: &str) -> (Bot, String) {
    let bot = Bot::with(|s| {
        s.policies = vec![policy("checkout", &[("U0BOB", 5), ("U0DAVE", 5)])];
        s.policies[0].ack_timeout_min = None;
    })
    .await;
    let room = bot.declare("alice", &format!("{severity} checkout is down")).await;
    bot.slash_in("alice", &room, "/incident page checkout").await;
    bot.press("bob", &bot.slack.dm("bob"), "Acknowledge").await;
    (bot, room)
}

fn pages(bot: &Bot, who: &str) -> usize {
    bot.slack.dm(who).iter().filter(|m| m.contains("asked for help")).count()
}

fn questions(bot: &Bot) -> usize {
    bot.slack.dm("bob").iter().filter(|m| m.contains("still on it")).count()
}

#[tokio::test]
async fn silence_is_asked_after_in_private_and_then_the_ladder_goes_on() {
    let (mut bot, room) = on_it("sev1").await;
    bot.advance(minutes(29)).await;
    assert_eq!(questions(&bot), 0, "{}", shown(&bot.slack.dm("bob")));
    bot.crash_and_restart().await;
    bot.advance(minutes(1)).await;
    bot.expect_dm("bob", "Are you still on it?");
    assert_eq!(bot.count(&room, "Are you still"), 0, "nobody else hears that he is asked");
    bot.crash_and_restart().await;
    bot.advance(minutes(4)).await;
    assert_eq!((pages(&bot, "bob"), pages(&bot, "dave")), (1, 0));
    bot.advance(minutes(1)).await;
    bot.expect_once(&room, "is not heard of any more");
    assert_eq!((pages(&bot, "bob"), pages(&bot, "dave")), (2, 0), "the step that was reached is asked again");
    bot.expect_dm("bob", "The page went on: now <@U0BOB> is asked");
    bot.advance(minutes(5)).await;
    assert_eq!(pages(&bot, "dave"), 1, "and then the next one");
    let late = bot.slash_in("bob", &room, "/incident ack").await;
    assert!(late.text.contains("you are on it"), "{}", late.text);
    bot.expect_nothing_doubled(1);
}

#[tokio::test]
async fn any_word_or_press_of_theirs_renews_it_and_adds_nothing_to_the_record() {
    let (bot, room) = on_it("sev2").await;
    for _ in 0..3 {
        bot.advance(minutes(25)).await;
        let before = bot.history("INC-1").await.len();
        bot.slash_in("bob", &room, "/incident note I look at the queue").await;
        assert_eq!(bot.history("INC-1").await.len(), before + 1, "the note alone");
        bot.slash_in("alice", &room, "/incident note so do I").await;
    }
    assert_eq!(questions(&bot), 0, "{}", shown(&bot.slack.dm("bob")));
    // What others do is no sign of him.
    bot.advance(minutes(20)).await;
    bot.slash_in("alice", &room, "/incident note anybody?").await;
    bot.advance(minutes(10)).await;
    let asked = bot.expect_dm("bob", "Are you still on it?");
    bot.press("bob", &[asked], "Still on it").await;
    bot.expect_dm("bob", "You are still on it; thank you.");
    bot.advance(minutes(29)).await;
    assert_eq!((pages(&bot, "bob"), questions(&bot)), (1, 1));
    bot.advance(minutes(1)).await;
    assert_eq!(questions(&bot), 2, "{}", shown(&bot.slack.dm("bob")));
    // A word will do as well as the button.
    bot.slash_in("bob", &room, "/incident fix restarted the queue").await;
    bot.advance(minutes(6)).await;
    assert_eq!((pages(&bot, "bob"), pages(&bot, "dave")), (1, 0));
}

#[tokio::test]
async fn whoever_hands_it_back_is_not_asked_again_and_the_next_one_is_at_once() {
    let (bot, room) = on_it("sev1").await;
    bot.advance(minutes(30)).await;
    let asked = bot.expect_dm("bob", "Are you still on it?");
    bot.press("bob", &[asked], "Hand back").await;
    bot.expect_once(&room, "<@U0BOB> handed the page back");
    assert_eq!((pages(&bot, "bob"), pages(&bot, "dave")), (1, 1));
    let answer = bot.slash_in("bob", &room, "/incident unack").await;
    assert!(answer.text.contains("nothing to hand back"), "{}", answer.text);
    bot.press("dave", &bot.slack.dm("dave"), "Acknowledge").await;
    // Somebody else sees that nobody is there.
    let answer = bot.slash_in("alice", &room, "/incident unack").await;
    assert!(answer.text.contains("<@U0DAVE> is asked"), "{}", answer.text);
    bot.expect_once(&room, "<@U0ALICE> says that <@U0DAVE> is not on it any more");
    assert_eq!(pages(&bot, "dave"), 2);
}

#[tokio::test]
async fn minor_incidents_and_those_that_are_over_ask_nobody() {
    let (bot, room) = on_it("sev3").await;
    bot.advance(minutes(300)).await;
    assert_eq!(questions(&bot), 0);
    // It is worse than was thought: then it matters that nothing was heard for hours.
    bot.slash_in("alice", &room, "/incident sev 1 all customers").await;
    assert_eq!(questions(&bot), 1, "{}", shown(&bot.slack.dm("bob")));
    bot.slash_in("alice", &room, "/incident resolve -- rolled back").await;
    bot.advance(minutes(60)).await;
    assert_eq!((questions(&bot), pages(&bot, "bob"), pages(&bot, "dave")), (0, 1, 0), "it is over");
    bot.expect_dm("bob", "This is over");
}

#[tokio::test]
async fn zero_never_asks() {
    let bot = Bot::with(|s| s.page_ack_timeout_min = Some(0)).await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page @bob").await;
    bot.press("bob", &bot.slack.dm("bob"), "Acknowledge").await;
    bot.advance(minutes(300)).await;
    assert_eq!((questions(&bot), pages(&bot, "bob")), (0, 1));
}

/// There are five minutes for the answer, from when it was due: Slack was away for four of them.
#[tokio::test]
async fn the_question_gets_out_as_soon_as_slack_is_back() {
    let (bot, _) = on_it("sev1").await;
    bot.advance(minutes(29)).await;
    bot.slack.fault(Fault::new(FaultKind::Outage).seconds(300));
    bot.seconds(299).await;
    assert_eq!(questions(&bot), 0, "Slack is down since a minute before");
    bot.seconds(20).await;
    let asked = bot.expect_dm("bob", "Are you still on it?");
    bot.press("bob", &[asked], "Still on it").await;
    bot.advance(minutes(10)).await;
    assert_eq!((pages(&bot, "bob"), pages(&bot, "dave")), (1, 0));
}
