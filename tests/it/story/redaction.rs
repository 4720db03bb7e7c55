//! Redacting: the words go from every place where the bot put them.

use crate::harness::{Bot, minutes, shown};

const SECRET: &str = "hunter2";

/// Everything that anyone can still read and that the bot wrote. Slack's own notices are out of its reach.
fn readable(bot: &Bot) -> Vec<String> {
    let people = ["alice", "bob", "carol", "dave"];
    let mut all: Vec<String> =
        people.iter().filter_map(|who| bot.slack.home(who)).map(|v| v.json.to_string()).collect();
    for channel in bot.slack.channels() {
        all.extend([channel.name.clone(), channel.topic.clone(), channel.purpose.clone()]);
        let ours =
            bot.said(&channel.id).into_iter().filter(|m| m.subtype.as_deref().is_none_or(|s| s == "bot_message"));
        all.extend(ours.map(|m| format!("{m} {} {:?}", m.text, m.blocks)));
    }
    for who in people {
        all.extend(bot.slack.dm(who).iter().map(|m| format!("{m} {} {:?}", m.text, m.blocks)));
    }
    all
}

#[track_caller]
fn expect_gone(bot: &Bot) {
    let left: Vec<String> = readable(bot).into_iter().filter(|text| text.contains(SECRET)).collect();
    assert!(left.is_empty(), "still there:\n{}", left.join("\n"));
}

/// An incident whose title stands in as many places as there are.
async fn talked_about(bot: &Bot) -> String {
    for who in ["alice", "bob"] {
        bot.slack.act_as(who).open_home().expect("opened");
    }
    let room = bot.declare("alice", &format!("sev1 the password {SECRET} leaked")).await;
    bot.slash_in("alice", &room, "/incident page @bob").await;
    bot.advance(minutes(8)).await; // asked again, passed on, and the update is due soon
    bot.slash_in("alice", &room, "/incident update We look into it").await;
    bot.slash_in("alice", &room, "/incident handoff @dave").await;
    bot.press("dave", &bot.slack.dm("dave"), "Decline").await;
    bot.slash_in("carol", &room, "/incident lead @dave").await;
    bot.slash_in("dave", &room, "/incident role scribe @bob").await;
    for who in ["alice", "bob"] {
        bot.slack.act_as(who).open_home().expect("opened");
    }
    bot.settle().await;
    room
}

#[tokio::test]
async fn a_redacted_title_is_gone_everywhere_and_the_room_keeps_its_number() {
    let bot = Bot::start().await;
    let room = talked_about(&bot).await;
    let before = readable(&bot).into_iter().filter(|text| text.contains(SECRET)).count();
    assert!(before >= 12, "the story is too short: the words stand in {before} places");
    assert!(bot.slack.channel(&room).name.contains(SECRET));
    let answer = bot.slash_in("dave", &room, "/incident redact 1 it named a password").await;
    assert!(answer.text.contains("INC-1"), "{}", answer.text);
    bot.advance(minutes(1)).await;
    expect_gone(&bot);
    assert_eq!(bot.slack.channel(&room).name, "inc-1");
    bot.expect_once(&room, "Slack's own notices in this room");
    // What stands there instead is still of use.
    let page = bot.expect_dm("bob", "INC-1");
    assert!(page.contains("[redacted]") || page.contains("redacted"), "{page}");
    assert!(bot.count("general", "We look into it") == 1, "{}", shown(&bot.said("general")));
    let again = bot.slash_in("dave", &room, "/incident title the vault").await;
    assert!(again.text.contains("INC-1"), "{}", again.text);
    assert!(bot.card(&room).contains("the vault"));
    bot.expect_nothing_doubled(1);
    expect_gone(&bot);
}

#[tokio::test]
async fn an_earlier_title_is_gone_everywhere_too() {
    let bot = Bot::start().await;
    let room = talked_about(&bot).await;
    for title in ["the vault", "the safe", "the key"] {
        bot.slash_in("dave", &room, &format!("/incident title {title}")).await;
    }
    bot.slash_in("dave", &room, "/incident redact 1 it named a password").await;
    bot.advance(minutes(1)).await;
    expect_gone(&bot);
    assert_eq!(bot.slack.channel(&room).name, "inc-1");
    assert!(bot.card(&room).contains("the key"));
    let page = bot.expect_dm("carol", "the key");
    assert!(page.contains("INC-1"), "{page}");
}

#[tokio::test]
async fn a_redaction_survives_a_crash_and_a_slack_that_is_away() {
    let mut bot = Bot::start().await;
    let room = talked_about(&bot).await;
    bot.slack.fault(watchroom::sandbox::Fault::new(watchroom::sandbox::FaultKind::Outage).seconds(300));
    bot.slash_and_crash("dave", &room, "/incident redact 1 it named a password").await;
    bot.advance(minutes(12)).await;
    bot.crash_and_restart().await;
    expect_gone(&bot);
    assert_eq!(bot.slack.channel(&room).name, "inc-1");
    bot.expect_nothing_doubled(1);
}

#[tokio::test]
async fn a_taken_number_gets_a_suffix() {
    let bot = Bot::start().await;
    bot.slack.with(|ws| ws.create_channel("U0CAROL", "inc-1", false)).expect("a room of that name");
    let room = bot.declare("alice", &format!("sev1 the password {SECRET} leaked")).await;
    bot.slash_in("alice", &room, "/incident redact 1 it named a password").await;
    assert_eq!(bot.slack.channel(&room).name, "inc-1-2");
    expect_gone(&bot);
}

#[tokio::test]
async fn a_name_that_people_gave_the_room_stays() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 the password leaked").await;
    bot.slack.rename(&room, "the-vault").expect("renamed");
    bot.settle().await;
    bot.slash_in("alice", &room, "/incident redact 1 it named a password").await;
    assert_eq!(bot.slack.channel(&room).name, "the-vault");
}

#[tokio::test]
async fn a_room_that_was_out_of_reach_catches_up_and_somebody_hears_so() {
    let bot = Bot::start().await;
    let room = talked_about(&bot).await;
    bot.slash_in("dave", &room, &format!("/incident note {SECRET} was the old one")).await;
    let entry = bot.history("INC-1").await.len();
    bot.slack.archive(&room).expect("archived");
    bot.settle().await;
    for number in [1, entry] {
        bot.slash("dave", &format!("/incident INC-1 redact {number} it named a password")).await;
    }
    bot.advance(minutes(1)).await;
    bot.expect_dm("dave", "Open the room and invite Watchroom");
    bot.slack.unarchive(&room).expect("opened");
    bot.slack.invite_bot(&room).expect("invited");
    bot.settle().await;
    bot.advance(minutes(1)).await;
    expect_gone(&bot);
    assert_eq!(bot.slack.channel(&room).name, "inc-1");
}
