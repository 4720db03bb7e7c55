//! Slack is not the only path: where it fails, others go first, and only who is reached by none counts as nobody.

use jiff::SignedDuration;
use watchroom::{
    incident::What,
    sandbox::{Fault, FaultKind},
};

use crate::harness::{Bot, minutes, ntfy::Ntfy, policy, reach::pushing, shown};

/// A bot whose policy asks `first`, then dave, with a push to `first` after so many minutes; and an incident.
async fn start(first: &str, topic: &str, after: u32) -> (Bot, Ntfy, String) {
    let (bot, ntfy) =
        pushing(|config| config.settings.policies = vec![policy("checkout", &[(first, 20), ("U0DAVE", 5)])]).await;
    bot.choose_ntfy(topic, after).await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    (bot, ntfy, room)
}

fn slack_is_down(bot: &Bot) {
    bot.slack.fault(Fault::new(FaultKind::ServerError { status: 500 }).on("conversations.open"));
}

/// The clock goes on by so many seconds, in steps in which what is tried again has its turn.
async fn seconds(bot: &Bot, seconds: i64) {
    for _ in 0..seconds {
        bot.clock.advance(SignedDuration::from_secs(1));
        bot.settle().await;
    }
}

async fn steps(bot: &Bot) -> u32 {
    let history = bot.history("INC-1").await;
    let reached = history.iter().filter_map(|what| match what {
        What::PageStepReached { step, .. } => Some(*step),
        _ => None,
    });
    reached.max().expect("a step")
}

#[tokio::test]
async fn where_slack_is_down_a_push_does_not_wait_for_its_minutes() {
    let (bot, ntfy, room) = start("U0BOB", "bob", 10).await;
    slack_is_down(&bot);
    bot.slash_in("alice", &room, "/incident page checkout").await;
    assert_eq!(ntfy.pushed("bob").len(), 0);
    seconds(&bot, 20).await;
    assert_eq!(ntfy.pushed("bob").len(), 1, "{:?}", bot.history("INC-1").await);
    assert_eq!(steps(&bot).await, 0, "bob is reached");
    bot.advance(minutes(4)).await;
    assert_eq!((ntfy.pushed("bob").len(), steps(&bot).await), (3, 0), "asked again every two minutes");
}

#[tokio::test]
async fn whom_slack_refuses_and_a_push_reaches_is_not_passed_over() {
    let (bot, ntfy, room) = start("U0FRANK", "frank", 10).await;
    bot.slash_in("alice", &room, "/incident page checkout").await;
    assert_eq!(ntfy.pushed("frank").len(), 1, "at once: Slack will never reach them");
    bot.expect_once(&room, "@frank could not be reached (");
    assert_eq!(steps(&bot).await, 0);
    let (status, page) = bot.press_link(&bot.behind(&ntfy.pushed("frank")[0]), "acknowledge").await;
    assert!(status == 200 && page.contains("You are on it"), "{status} {page}");
    bot.expect_once(&room, "acknowledged by ntfy after 0 s.");
    bot.advance(minutes(30)).await;
    assert!(bot.asked("dave").is_empty(), "{}", shown(&bot.asked("dave")));
}

#[tokio::test]
async fn whom_neither_reaches_counts_as_nobody_at_once() {
    let (bot, ntfy, room) = start("U0FRANK", "frank", 10).await;
    ntfy.say(Some(403));
    bot.slash_in("alice", &room, "/incident page checkout").await;
    assert_eq!(steps(&bot).await, 1);
    bot.expect_dm("dave", "checkout is down");
    bot.expect_once(&room, "could not be reached by ntfy (http_403)");
}

#[tokio::test]
async fn a_push_server_that_is_down_holds_nobody_up_for_long_and_is_tried_on() {
    let (bot, ntfy, room) = start("U0FRANK", "frank", 0).await;
    ntfy.say(Some(503));
    bot.slash_in("alice", &room, "/incident page checkout").await;
    assert_eq!(steps(&bot).await, 0, "it may come back");
    seconds(&bot, 20).await;
    assert_eq!(steps(&bot).await, 1);
    bot.expect_dm("dave", "checkout is down");
    bot.expect_once(&room, "could not be reached by ntfy (");
}

#[tokio::test]
async fn a_push_server_that_comes_back_is_used() {
    let (bot, ntfy, room) = start("U0BOB", "bob", 0).await;
    ntfy.say(Some(503));
    bot.slash_in("alice", &room, "/incident page checkout").await;
    seconds(&bot, 20).await;
    bot.expect_once(&room, "could not be reached by ntfy (");
    ntfy.say(None);
    seconds(&bot, 20).await;
    assert_eq!(ntfy.pushed("bob").len(), 1);
    assert_eq!(steps(&bot).await, 0, "Slack reached bob all the time");
}

#[tokio::test]
async fn whom_slack_never_reaches_is_pushed_to_again() {
    let (bot, ntfy, room) = start("U0FRANK", "frank", 0).await;
    bot.slash_in("alice", &room, "/incident page checkout").await;
    bot.advance(minutes(4)).await;
    assert_eq!(ntfy.pushed("frank").len(), 3, "every two minutes");
    bot.expect_once(&room, "@frank could not be reached (");
}

/// What stands on an earlier message cannot be brought up to date either: that must not hide that the new one does not get through.
#[tokio::test]
async fn whom_slack_reached_before_and_does_not_reach_now_is_reached_by_what_does() {
    let (bot, ntfy) = pushing(|config| {
        let mut checkout = policy("checkout", &[("U0BOB", 5), ("U0DAVE", 5)]);
        checkout.repeat = 1;
        config.settings.policies = vec![checkout];
    })
    .await;
    bot.choose_ntfy("bob", 3).await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page checkout").await;
    bot.advance(minutes(4)).await;
    let before = ntfy.pushed("bob").len();
    bot.slack.fault(Fault::new(FaultKind::ServerError { status: 500 }).on("chat.update"));
    bot.advance(minutes(5)).await;
    assert_eq!((bot.asked("bob").len(), ntfy.pushed("bob").len()), (3, before), "it is dave's turn");
    bot.slack.fault(Fault::new(FaultKind::ServerError { status: 500 }).on("chat.postMessage"));
    bot.advance(minutes(1)).await;
    seconds(&bot, 25).await;
    assert_eq!(ntfy.pushed("bob").len(), before + 1, "in the second round it does not wait for its minutes");
    let failed = bot.history("INC-1").await.into_iter().filter(|what| match what {
        What::PageAttempted { attempt, .. } => {
            attempt.round == 1 && attempt.to.key() == "U0BOB" && !attempt.outcome.arrived()
        }
        _ => false,
    });
    assert_eq!(failed.count(), 1, "it is on record");
}
