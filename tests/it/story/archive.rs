//! A room that is archived when its incident is closed: the summary first, then the door.

use watchroom::{
    incident::What,
    sandbox::{Fault, FaultKind},
};

use crate::harness::{Bot, minutes, shown};

async fn closed(bot: &Bot) -> String {
    let room = bot.declare("alice", "sev2 search is slow").await;
    bot.slash_in("alice", &room, "/incident fix a new index").await;
    bot.slash_in("alice", &room, "/incident resolve a new index").await;
    bot.slash_in("alice", &room, "/incident close").await;
    room
}

async fn archiving() -> Bot {
    Bot::with(|s| s.archive_on_close = true).await
}

/// The room's last words, and nothing was tried in it after them.
#[track_caller]
fn expect_summary_then_archived(bot: &Bot, room: &str) {
    assert!(bot.slack.channel(room).archived, "{}", shown(&bot.said(room)));
    bot.expect_once(room, "Summary of INC-1");
    let summary = bot.said(room).into_iter().find(|m| m.contains("Summary of INC-1")).expect("a summary");
    assert!(summary.contains("a new index") && summary.contains("Closed"), "{summary}");
    let calls = bot.slack.calls();
    let done = |method: &str, text: &str| {
        calls.iter().find(|c| c.ok() && c.method == method && c.args.to_string().contains(text)).map(|c| c.seq)
    };
    let posted = done("chat.postMessage", "Summary of INC-1").expect("posted");
    let archived = done("conversations.archive", room).expect("archived");
    assert!(posted < archived, "the summary comes first");
}

#[tokio::test]
async fn closing_posts_the_summary_and_archives_the_room() {
    let bot = archiving().await;
    let room = closed(&bot).await;
    expect_summary_then_archived(&bot, &room);
    assert!(bot.card(&room).contains("Closed"), "the card was up to date when the door was closed");
    let history = bot.history("INC-1").await;
    assert!(!history.iter().any(|w| matches!(w, What::DeliveryFailed { .. })), "{history:?}");
    assert!(bot.slack.dm("alice").iter().all(|m| !m.contains("was archived")), "nobody misses the room");
    bot.advance(minutes(5)).await;
    bot.expect_nothing_doubled(1);
    let summary = bot.slash("alice", "/incident INC-1 summary").await;
    assert!(summary.text.contains("a new index"), "the record is there: {}", summary.text);
    bot.expect_once("incidents", "is archived");
}

#[tokio::test]
async fn nothing_is_archived_where_nobody_asked_for_it() {
    let bot = Bot::start().await;
    let room = closed(&bot).await;
    assert!(!bot.slack.channel(&room).archived);
    assert_eq!(bot.count(&room, "Summary of INC-1"), 0);
}

#[tokio::test]
async fn a_failure_in_the_middle_loses_neither_summary_nor_end() {
    for (kind, method) in [
        (FaultKind::DropAfter, "chat.postMessage"),
        (FaultKind::ServerError { status: 500 }, "conversations.archive"),
        (FaultKind::DropAfter, "conversations.archive"),
        (FaultKind::RateLimited { retry_after: 30 }, "conversations.archive"),
    ] {
        let mut bot = archiving().await;
        let room = bot.declare("alice", "sev2 search is slow").await;
        bot.slash_in("alice", &room, "/incident fix a new index").await;
        bot.slash_in("alice", &room, "/incident resolve a new index").await;
        bot.slack.fault(Fault::new(kind).on(method).times(2));
        bot.slash_and_crash("alice", &room, "/incident close").await;
        bot.advance(minutes(3)).await;
        expect_summary_then_archived(&bot, &room);
        bot.expect_nothing_doubled(1);
        assert!(bot.app().engine.store().lanes().await.expect("lanes").is_empty(), "{method}: nothing is stuck");
    }
}

#[tokio::test]
async fn a_room_that_the_bot_is_not_in_any_more_holds_nothing_up() {
    let bot = archiving().await;
    let room = bot.declare("alice", "sev2 search is slow").await;
    bot.slack.kick_bot(&room).expect("thrown out");
    bot.settle().await;
    bot.slash("alice", "/incident INC-1 resolve a new index").await;
    bot.slash("alice", "/incident INC-1 close").await;
    bot.advance(minutes(1)).await;
    assert!(!bot.slack.channel(&room).archived);
    let history = bot.history("INC-1").await;
    assert!(history.iter().any(|w| matches!(w, What::RoomLost { .. })), "{history:?}");
    assert!(bot.app().engine.store().lanes().await.expect("lanes").is_empty(), "nothing is stuck");
}

#[tokio::test]
async fn a_reopened_incident_goes_on_without_its_room_and_gets_it_back() {
    let bot = archiving().await;
    let room = closed(&bot).await;
    let answer = bot.slash("alice", "/incident INC-1 reopen it is slow again").await;
    assert!(
        answer.text.contains("INC-1") && answer.text.contains("archived"),
        "told where the room is: {}",
        answer.text
    );
    bot.slash("alice", "/incident INC-1 note the index is gone").await;
    bot.slack.unarchive(&room).expect("opened");
    bot.slack.invite_bot(&room).expect("invited");
    bot.settle().await;
    bot.advance(minutes(1)).await;
    assert!(bot.card(&room).contains("Investigating"), "{}", bot.card(&room));
    assert!(bot.slack.channel(&room).topic.contains("Investigating"), "{}", bot.slack.channel(&room).topic);
    bot.slash("alice", "/incident INC-1 resolve a new index").await;
    bot.slash("alice", "/incident INC-1 close").await;
    assert!(bot.slack.channel(&room).archived, "closed a second time");
    assert_eq!(bot.count(&room, "Summary of INC-1"), 2, "with a summary of its own");
}

/// A workspace may forbid apps to archive: that is said once, the summary is there, the record is whole, and words of the
/// summary can still be taken back.
#[tokio::test]
async fn a_room_that_slack_does_not_let_us_archive_is_said_once_and_loses_nothing() {
    let mut bot = archiving().await;
    bot.slack.fault(Fault::new(FaultKind::Restricted).on("conversations.archive"));
    let room = closed(&bot).await;
    bot.advance(minutes(10)).await;
    bot.crash_and_restart().await;
    bot.advance(minutes(10)).await;
    assert!(!bot.slack.channel(&room).archived);
    bot.expect_once(&room, "Summary of INC-1");
    bot.expect_once(&room, "could not archive this room");
    let said = bot.said(&room).into_iter().find(|m| m.contains("could not archive")).expect("said");
    assert!(said.contains("someone who may must do it") && said.contains("restricted_action"), "{said}");
    assert!(bot.card(&room).contains("Closed"), "{}", bot.card(&room));
    bot.expect_nothing_doubled(1);
    assert!(bot.app().engine.store().lanes().await.expect("lanes").is_empty(), "nothing is stuck");
    // The export has all of it, beside the running bot.
    let export = std::process::Command::new(env!("CARGO_BIN_EXE_watchroom"))
        .args(["export", "--incident", "INC-1", "--format", "markdown"])
        .env("WATCHROOM_DATA", &bot.config.data)
        .output()
        .expect("runs");
    let text = String::from_utf8_lossy(&export.stdout).into_owned();
    assert!(export.status.success() && text.contains("a new index"), "{text} {export:?}");
    let entry =
        bot.history("INC-1").await.iter().position(|w| matches!(w, What::EntryAdded { .. })).expect("a fix") + 1;
    bot.slash("alice", &format!("/incident INC-1 redact {entry} it names a customer")).await;
    let summary = bot.said(&room).into_iter().find(|m| m.contains("Summary of INC-1")).expect("a summary");
    assert!(summary.contains("redacted"), "the summary in the room follows: {summary}");
}
