//! A reply means durable: what was answered survives a crash right behind the answer.

use crate::harness::{Bot, minutes, policy, shown};

/// What is typed in the room, and what the room says of it once.
const TYPED: [(&str, &str); 14] = [
    ("note the cache was cold", "the cache was cold"),
    ("change deployed 41", "deployed 41"),
    ("decision we fail over", "we fail over"),
    ("fix restarted the queue", "restarted the queue"),
    ("link https://graphs.example/7", "kept a link"),
    ("sev 1 nobody can pay", "nobody can pay"),
    ("phase identified it is the cache", "it is the cache"),
    ("title payments are down", "renamed"),
    ("role scribe @bob", "made @bob"),
    ("handoff @dave", "asked @dave to take over"),
    ("update We roll back next 30m", "We roll back"),
    ("time started 20 min ago", "corrected when it started"),
    ("mitigate", "→ *:eyes: Monitoring*"),
    ("resolve -- with a warm cache", "with a warm cache"),
];

#[tokio::test]
async fn whatever_was_answered_is_there_after_a_crash_and_is_said_once() {
    let mut bot = Bot::start().await;
    let answer = bot.slash_and_crash("alice", "general", "/incident declare sev2 checkout is down").await;
    assert!(answer.text.contains("INC-1"), "{}", answer.text);
    let room = bot.latest_room();
    bot.slack.act_as("alice").join(&room).expect("joined");
    assert!(bot.card(&room).contains("checkout is down"));
    bot.expect_once("incidents", "checkout is down");
    for (typed, said) in TYPED {
        let answer = bot.slash_and_crash("alice", &room, &format!("/incident {typed}")).await;
        assert!(answer.text.starts_with("INC-1: "), "`{typed}`: {}", answer.text);
        bot.expect_once(&room, said);
    }
    let card = bot.card(&room);
    for part in ["payments are down", "SEV1", "Resolved", "@alice", "@bob"] {
        assert!(card.contains(part), "`{part}` is missing on the card:\n{card}");
    }
    bot.expect_nothing_doubled(1);
    bot.expect_in_order(&room);
    let timeline = bot.slash_in("alice", &room, "/incident timeline").await;
    for said in ["the cache was cold", "deployed 41", "we fail over", "restarted the queue", "We roll back"] {
        assert!(timeline.text.contains(said), "`{said}` is not on the timeline: {}", timeline.text);
    }
}

#[tokio::test]
async fn an_incident_stays_ended_after_a_crash_and_can_be_reopened() {
    let mut bot = Bot::start().await;
    let room = bot.declare("alice", "sev3 checkout is down").await;
    for (typed, state) in
        [("cancel -- false alarm", "ancelled"), ("reopen it was none", "goes on"), ("resolve", "esolved")]
    {
        bot.slash_and_crash("alice", &room, &format!("/incident {typed}")).await;
        let again = bot.slash_in("alice", &room, &format!("/incident {typed}")).await;
        assert!(!again.text.is_empty(), "refused the second time ({state})");
    }
    bot.slash_and_crash("alice", &room, "/incident close").await;
    let late = bot.slash_in("alice", &room, "/incident sev 1").await;
    assert!(late.text.contains("has ended"), "{}", late.text);
    bot.expect_nothing_doubled(1);
}

#[tokio::test]
async fn roles_and_hand_overs_are_kept_through_a_crash() {
    let mut bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_and_crash("alice", &room, "/incident handoff @bob").await;
    assert!(bot.card(&room).contains("@alice"), "alice stays responsible");
    let offer = bot.expect_dm("bob", "Accept");
    bot.slack.act_as("bob").press(&offer, "Accept").await.expect("pressed").expect_ok();
    bot.crash_and_restart().await;
    let card = bot.card(&room);
    assert!(card.contains("~@alice~ @bob"), "bob leads:\n{card}");
    let told = bot.expect_dm("bob", "INC-1");
    assert!(!told.blocks.iter().any(|b| b.to_string().contains("\"Accept\"")), "no button is left: {told}");
}

#[tokio::test]
async fn a_form_that_was_taken_survives_a_crash() {
    let mut bot = Bot::start().await;
    bot.slash("bob", "/incident").await;
    let bob = bot.slack.act_as("bob");
    bob.fill([("What is wrong?", "search is slow".into()), ("Why is it an incident?", "not_sure".into())])
        .await
        .expect("filled");
    bob.submit().await.expect("sent");
    bot.crash_and_restart().await;
    assert!(bot.card(&bot.latest_room()).contains("search is slow"));
    bot.expect_nothing_doubled(1);
}

#[tokio::test]
async fn a_page_goes_on_after_a_crash() {
    let mut bot = Bot::with(|s| s.policies = vec![policy("checkout", &[("U0BOB", 5), ("U0DAVE", 5)])]).await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_and_crash("alice", &room, "/incident page checkout").await;
    let asked = |bot: &Bot, who: &str| bot.slack.dm(who).iter().filter(|m| m.contains("Acknowledge")).count();
    assert_eq!(asked(&bot, "bob"), 1, "{}", shown(&bot.slack.dm("bob")));
    bot.advance(minutes(5)).await;
    assert_eq!(asked(&bot, "dave"), 1);
    let page = bot.expect_dm("dave", "Acknowledge");
    bot.slack.act_as("dave").press(&page, "Acknowledge").await.expect("pressed").expect_ok();
    bot.crash_and_restart().await;
    bot.advance(minutes(30)).await;
    assert!(bot.slack.dm("carol").is_empty(), "acknowledged before the crash: nobody else is asked");
    bot.expect_once(&room, "acknowledged after 5 min.");
    bot.expect_nothing_doubled(1);
}

/// Only a start can mend a record that cannot be written: the process says so and ends, for its supervisor to start it.
#[tokio::test]
async fn a_record_that_cannot_be_written_ends_the_process() {
    let bot = Bot::start().await;
    bot.app().engine.store().close().await;
    let ready = bot.http.get(format!("{}/readyz", bot.url)).send().await.expect("it still answers");
    assert_eq!(ready.status().as_u16(), 503);
    assert_eq!(bot.app().failed().await.task, "record");
}

#[tokio::test]
async fn a_promised_update_is_remembered_through_a_crash() {
    let mut bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_and_crash("alice", &room, "/incident update We roll back next 30m").await;
    bot.advance(minutes(29)).await;
    assert_eq!(bot.count(&room, "is overdue."), 0, "not due yet");
    bot.advance(minutes(1)).await;
    bot.expect_once(&room, "is overdue.");
}
