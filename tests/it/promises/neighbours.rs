//! Slow or broken neighbours do not matter: commands are answered in time, work waits in order and is delivered once.

use std::time::Duration;

use watchroom::sandbox::{Fault, FaultKind};

use crate::harness::{Bot, minutes, shown};

/// What Slack allows a command.
const IN_TIME: Duration = Duration::from_secs(3);

/// What is typed, wherever the room is by then.
const TYPED: [&str; 8] = [
    "declare sev2 checkout is down",
    "INC-1 note the cache was cold",
    "INC-1 sev 1 nobody can pay",
    "INC-1 page @bob",
    "INC-1 role scribe @dave",
    "INC-1 phase identified it is the cache",
    "INC-1 update We roll back",
    "INC-1 decision we fail over",
];

/// Types all of it, each answered in time.
async fn type_all(bot: &Bot) {
    let alice = bot.slack.act_as("alice");
    for typed in TYPED {
        let answer = alice.slash("general", &format!("/incident {typed}")).await.expect("typed");
        assert_eq!(answer.error, None, "`{typed}` was not answered in time");
        assert!(answer.elapsed < IN_TIME, "`{typed}` took {:?}", answer.elapsed);
        assert!(answer.text.contains("INC-1"), "`{typed}`: {}", answer.text);
    }
}

/// All of it has arrived, once and in order.
#[track_caller]
fn expect_all(bot: &Bot) {
    let room = bot.latest_room();
    for said in [
        "the cache was cold",
        "nobody can pay",
        "asks for help",
        "made @dave",
        "it is the cache",
        "We roll back",
        "fail over",
    ] {
        bot.expect_once(&room, said);
    }
    bot.expect_once("general", "We roll back");
    bot.expect_once("incidents", "checkout is down");
    bot.expect_dm("bob", "checkout is down");
    let card = bot.card(&room);
    assert!(card.contains("SEV1") && card.contains("Identified"), "{card}");
    bot.expect_nothing_doubled(1);
    bot.expect_in_order(&room);
}

#[tokio::test]
async fn a_slow_slack_keeps_nobody_waiting() {
    let bot = Bot::start().await;
    bot.slack.fault(Fault::new(FaultKind::Latency { millis: 2500 }));
    type_all(&bot).await;
    let alice = bot.slack.act_as("alice");
    for typed in ["/incident", "/incident INC-1 severity", "/incident list", "/incident INC-1 timeline"] {
        let answer = alice.slash("general", typed).await.expect("typed");
        assert!(answer.error.is_none() && answer.elapsed < IN_TIME, "`{typed}` took {:?}", answer.elapsed);
    }
    bot.slack.clear_faults();
    bot.settle().await;
    bot.advance(minutes(1)).await;
    expect_all(&bot);
}

#[tokio::test]
async fn a_slow_slack_keeps_nobody_waiting_who_presses_a_button() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    let card = bot.card(&room);
    let ack = bot.slack.act_as("alice");
    bot.slack.fault(Fault::new(FaultKind::Latency { millis: 2900 }));
    for button in ["Post update", "Assign roles", "Identified →", "Take Communications lead"] {
        let answer = ack.press(&card, button).await.expect("pressed");
        assert!(answer.error.is_none() && answer.elapsed < IN_TIME, "`{button}` took {:?}", answer.elapsed);
    }
    bot.slack.clear_faults();
    bot.settle().await;
    let card = bot.card(&room);
    assert!(card.contains("Monitoring →") && !card.contains("Take Communications lead"), "{card}");
}

#[tokio::test]
async fn half_an_hour_without_slack_loses_nothing_and_doubles_nothing() {
    let mut bot = Bot::start().await;
    bot.slack.fault(Fault::new(FaultKind::Outage).seconds(30 * 60));
    type_all(&bot).await;
    bot.advance(minutes(15)).await;
    bot.crash_and_restart().await;
    bot.advance(minutes(14)).await;
    assert!(bot.slack.channels().iter().all(|c| !c.name.starts_with("inc-")), "nothing got through");
    bot.advance(minutes(2)).await;
    assert!(bot.slack.dm("bob").iter().any(|m| m.contains("checkout is down")), "people first, within a minute");
    bot.advance(minutes(6)).await;
    expect_all(&bot);
    assert!(bot.slack.dm("bob").len() <= 2, "not asked once for every try:\n{}", shown(&bot.slack.dm("bob")));
}

#[tokio::test]
async fn what_slack_says_about_waiting_is_obeyed() {
    let bot = Bot::start().await;
    bot.slack.fault(Fault::new(FaultKind::RateLimited { retry_after: 45 }).on("conversations.create").times(1));
    bot.slack.fault(Fault::new(FaultKind::RateLimited { retry_after: 20 }).on("chat.postMessage").times(2));
    type_all(&bot).await;
    bot.settle().await;
    let tries = |method: &str| bot.slack.calls().into_iter().filter(|c| c.method == method).collect::<Vec<_>>();
    for _ in 0..4 {
        bot.clock.advance(jiff::SignedDuration::from_secs(10));
        bot.settle().await;
    }
    assert_eq!(tries("conversations.create").len(), 1, "not before it is time");
    bot.advance(minutes(3)).await;
    let made = tries("conversations.create");
    assert_eq!(made.len(), 2);
    assert!(made[1].at.duration_since(made[0].at).as_secs() >= 45, "{made:?}");
    expect_all(&bot);
}

#[tokio::test]
async fn answers_that_are_lost_after_the_work_was_done_double_nothing() {
    for kind in
        [FaultKind::DropAfter, FaultKind::ErrorAfter, FaultKind::ServerError { status: 502 }, FaultKind::DropBefore]
    {
        for methods in ["conversations.*", "chat.postMessage", "*"] {
            let bot = Bot::start().await;
            bot.slack.fault(Fault::new(kind).on(methods).times(5));
            type_all(&bot).await;
            bot.advance(minutes(4)).await;
            bot.slack.fault(Fault::new(kind).on(methods).times(4));
            bot.slash("alice", "/incident INC-1 note later on").await;
            bot.advance(minutes(4)).await;
            expect_all(&bot);
            bot.expect_once(&bot.latest_room(), "later on");
        }
    }
}

#[tokio::test]
async fn a_connection_that_hangs_after_the_work_was_done_doubles_nothing() {
    let bot = Bot::start().await;
    bot.slack.fault(Fault::new(FaultKind::TimeoutAfter).on("chat.postMessage").times(3));
    type_all(&bot).await;
    bot.settle().await;
    bot.advance(minutes(2)).await;
    expect_all(&bot);
}

#[tokio::test]
async fn one_room_that_fails_does_not_hold_the_others() {
    let bot = Bot::start().await;
    bot.slack.fault(Fault::new(FaultKind::RateLimited { retry_after: 900 }).on("conversations.create").times(1));
    bot.slash("alice", "/incident declare sev2 checkout is down").await;
    bot.slack.clear_faults();
    bot.slash("bob", "/incident declare sev2 search is slow").await;
    bot.slash("bob", "/incident INC-2 note the index is gone").await;
    let room = bot.latest_room();
    bot.expect_once(&room, "the index is gone");
    bot.advance(minutes(16)).await;
    bot.expect_nothing_doubled(2);
}
