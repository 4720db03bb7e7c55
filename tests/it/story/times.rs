//! When it really began, was noticed and ended: corrected by whoever knows, in whatever zone they think.

use crate::harness::{Bot, minutes, shown};

/// Alice sits in London (UTC in November), bob in Berlin (an hour ahead), dave in India (five and a half). It is 03:00 UTC.
async fn declared() -> (Bot, String) {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    (bot, room)
}

async fn started(bot: &Bot) -> String {
    let it = bot.app().engine.incident("INC-1".parse().expect("an id")).await.expect("read").expect("there");
    it.started_at.to_string()
}

#[tokio::test]
async fn a_bare_time_is_the_last_one_on_the_clock_of_whoever_types() {
    let (bot, room) = declared().await;
    for (who, typed, at) in [
        ("alice", "02:10", "2026-11-22T02:10:00Z"),
        ("bob", "02:10", "2026-11-22T01:10:00Z"),
        ("dave", "02:10", "2026-11-21T20:40:00Z"),
        ("bob", "02:10 UTC", "2026-11-22T02:10:00Z"),
        ("alice", "02:10 Europe/Berlin", "2026-11-22T01:10:00Z"),
        ("alice", "02:10+05:30", "2026-11-21T20:40:00Z"),
        ("alice", "2:40am", "2026-11-22T02:40:00Z"),
        // Across midnight: the last 23:50 was yesterday.
        ("alice", "23:50", "2026-11-21T23:50:00Z"),
        ("bob", "23:50", "2026-11-21T22:50:00Z"),
        ("alice", "yesterday 23:40", "2026-11-21T23:40:00Z"),
        ("alice", "2026-11-20 10:00", "2026-11-20T10:00:00Z"),
        // Later than now on their clock today: it must have been yesterday.
        ("bob", "04:30", "2026-11-21T03:30:00Z"),
    ] {
        let answer = bot.slash_in(who, &room, &format!("/incident time started {typed}")).await;
        assert!(answer.text.contains("corrected"), "{who}: `{typed}`: {}", answer.text);
        assert_eq!(started(&bot).await, at, "{who}: `{typed}`");
        // Answered with a zone: Slack shows the reader's own, and names it where it cannot.
        assert!(answer.text.contains("<!date^") && answer.text.contains("UTC"), "{}", answer.text);
    }
    assert!(bot.card(&room).contains("2026-11-21 03:30"), "{}", bot.card(&room));
}

#[tokio::test]
async fn the_room_hears_of_it_once_with_the_old_time() {
    let (bot, room) = declared().await;
    bot.slash_in("bob", &room, "/incident time started 02:10").await;
    bot.expect_once(&room, "corrected when it started");
    let line = bot.said(&room).into_iter().find(|m| m.contains("corrected when it started")).expect("a line");
    assert!(line.contains("2026-11-22 01:10") && line.contains("2026-11-22 03:00"), "new and old: {line}");
    let card = bot.card(&room);
    assert!(card.contains("~2026-11-22 03:00 UTC~ 2026-11-22 01:10 (01:10 UTC)"), "with its zone: {card}");
    let again = bot.slash_in("bob", &room, "/incident time started 02:10").await;
    assert!(again.text.contains("INC-1"), "{}", again.text);
    bot.expect_once(&room, "corrected when it started");
}

#[tokio::test]
async fn impossible_times_are_refused_with_the_reason_and_change_nothing() {
    let (bot, room) = declared().await;
    let before = started(&bot).await;
    for (typed, said) in [
        ("started tomorrow 02:10", "future"),
        ("started 2026-11-22 03:01", "future"),
        ("started 2026-11-22 09:00 Asia/Kolkata", "future"),
        ("started 2019-01-01 02:10", "a year"),
        ("started 25:99", "cannot read that time"),
        ("started half past two", "cannot read that time"),
        ("started", "cannot read that time"),
        ("", "Which time"),
        ("started <!channel>", "cannot read that time"),
        ("ended 02:10 yesterday morning", "cannot read that time"),
    ] {
        let answer = bot.slash_in("alice", &room, &format!("/incident time {typed}")).await;
        assert!(answer.text.contains(said), "`{typed}`: {}", answer.text);
        assert_eq!(started(&bot).await, before, "`{typed}`");
    }
    assert_eq!(bot.count(&room, "corrected when"), 0, "{}", shown(&bot.said(&room)));
}

#[tokio::test]
async fn it_cannot_end_before_it_began() {
    let (bot, room) = declared().await;
    bot.advance(minutes(30)).await;
    bot.slash_in("alice", &room, "/incident time started 02:30").await;
    let early = bot.slash_in("alice", &room, "/incident time ended 02:20").await;
    assert!(early.text.contains("before"), "{}", early.text);
    let fine = bot.slash_in("alice", &room, "/incident time ended 03:20").await;
    assert!(fine.text.contains("corrected"), "{}", fine.text);
    let late = bot.slash_in("alice", &room, "/incident time started 03:25").await;
    assert!(late.text.contains("before"), "{}", late.text);
    let noticed = bot.slash_in("alice", &room, "/incident time detected 02:45").await;
    assert!(noticed.text.contains("corrected"), "{}", noticed.text);
    let summary = bot.slash_in("alice", &room, "/incident summary").await.text;
    assert!(summary.contains("People felt it for 50 min"), "{summary}");
}
