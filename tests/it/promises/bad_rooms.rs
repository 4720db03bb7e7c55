//! Rooms that were renamed, closed, deleted or emptied behind our back.

use serde_json::json;
use watchroom::incident::What;

use crate::harness::{Bot, minutes, shown};

#[tokio::test]
async fn a_renamed_room_goes_on_being_the_room() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slack.rename(&room, "the-big-one").expect("renamed");
    bot.settle().await;
    bot.slash_in("alice", &room, "/incident note still here").await;
    bot.expect_once(&room, "still here");
    assert!(bot.card(&room).contains("checkout is down"));
    assert!(bot.slack.dm("alice").iter().all(|m| !m.contains("lost")), "nothing was lost");
}

#[tokio::test]
async fn a_room_that_was_archived_and_opened_again_catches_up() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slack.archive(&room).expect("archived");
    bot.settle().await;
    bot.expect_dm("alice", "was archived");
    let answer = bot.slash("alice", "/incident INC-1 sev 2 meanwhile").await;
    assert!(answer.text.contains("INC-1"), "{}", answer.text);
    assert!(!bot.card(&room).contains("SEV2"), "nobody can write into a closed room");
    bot.slack.unarchive(&room).expect("opened");
    bot.settle().await;
    bot.advance(minutes(1)).await;
    assert!(bot.card(&room).contains("SEV2"), "the card is up to date again:\n{}", bot.card(&room));
    bot.slash("alice", "/incident INC-1 note back again").await;
    bot.expect_once(&room, "back again");
    bot.expect_nothing_doubled(1);
}

#[tokio::test]
async fn a_bot_that_was_thrown_out_and_invited_back_catches_up() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slack.kick_bot(&room).expect("thrown out");
    bot.settle().await;
    bot.expect_dm("alice", "someone removed it");
    bot.slash("alice", "/incident INC-1 sev 2 meanwhile").await;
    bot.slack.invite_bot(&room).expect("invited");
    bot.settle().await;
    bot.advance(minutes(1)).await;
    assert!(bot.card(&room).contains("SEV2"), "{}", bot.card(&room));
    let history = bot.history("INC-1").await;
    assert!(history.iter().any(|w| matches!(w, What::RoomBack { .. })), "{history:?}");
    bot.slash("alice", "/incident INC-1 note back again").await;
    bot.expect_once(&room, "back again");
    bot.expect_nothing_doubled(1);
}

/// Slack sends an event again, late, or under another id; what it tells of may be over by then.
#[tokio::test]
async fn a_late_word_of_an_earlier_welcome_brings_no_room_back() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    let joined = |at: i64| {
        json!({"type": "member_joined_channel", "user": "U0BOT", "channel": room, "channel_type": "C",
            "event_ts": format!("{at}.000100")})
    };
    let before = bot.clock_second();
    bot.advance(minutes(2)).await;
    bot.slack.kick_bot(&room).expect("thrown out");
    bot.settle().await;
    bot.slack.send_event(joined(before));
    // The room's new name is told to everybody, also to those who may not enter it.
    bot.slack.send_event(json!({"type": "channel_rename", "channel": {"id": room, "name": "the-big-one"}}));
    bot.settle().await;
    let came_back = |history: &[What]| history.iter().filter(|w| matches!(w, What::RoomBack { .. })).count();
    let history = bot.history("INC-1").await;
    assert_eq!(came_back(&history), 0, "{history:?}");
    bot.advance(minutes(1)).await;
    bot.slack.send_event(joined(bot.clock_second()));
    bot.settle().await;
    let history = bot.history("INC-1").await;
    assert_eq!(came_back(&history), 1, "{history:?}");
}

#[tokio::test]
async fn a_room_that_was_deleted_leaves_an_incident_that_can_be_ended() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slack.with(|ws| ws.channels.remove(&room));
    // The bot hears nothing of it and finds out by itself.
    bot.slash("alice", "/incident INC-1 note where is everybody").await;
    bot.advance(minutes(1)).await;
    let history = bot.history("INC-1").await;
    assert!(history.iter().any(|w| matches!(w, What::RoomLost { .. })), "{history:?}");
    bot.expect_dm("alice", "was deleted");
    for (typed, words) in
        [("resolve -- a new index", "Resolved"), ("close", "closed"), ("timeline", "where is everybody")]
    {
        let answer = bot.slash("alice", &format!("/incident INC-1 {typed}")).await;
        assert!(answer.text.contains(words), "`{typed}`: {}", answer.text);
    }
    assert!(bot.app().engine.store().lanes().await.expect("lanes").is_empty(), "nothing is stuck");
}

#[tokio::test]
async fn a_card_that_somebody_deleted_comes_back_once() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    let card = bot.card(&room);
    bot.slack.with(|ws| {
        let channel = ws.channels.get_mut(&room).expect("the room");
        channel.messages.retain(|m| m.ts != card.ts);
        channel.pins.retain(|p| p.ts != card.ts);
    });
    bot.slash("alice", "/incident INC-1 sev 2").await;
    assert!(bot.card(&room).contains("SEV2"), "{}", shown(&bot.said(&room)));
    bot.slash("alice", "/incident INC-1 sev 3").await;
    assert!(bot.card(&room).contains("SEV3"));
    bot.expect_nothing_doubled(1);
}
