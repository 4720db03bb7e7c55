//! What was there before: nothing of it stays where those outside read it.

use serde_json::json;
use watchroom::{
    engine::{Ask, Refusal},
    incident::{Actor, Command, EntryKind, Rejection},
    playbook::Playbook,
    sandbox::{Fault, FaultKind, Outcome},
};

use super::read_by;
use crate::harness::{Bot, edited, minutes, shown};

/// The status page is #general, and customers are told there.
fn in_slack(playbook: &mut Playbook) {
    let page = playbook.channels.iter_mut().find(|o| o.id.as_str() == "status_page").expect("in the register");
    page.slack = Some("general".into());
}

async fn write_to_customers(bot: &Bot, room: &str, impact: &str, then: &str) {
    bot.slash_in("alice", room, "/incident channels").await;
    let register = bot.slack.ephemerals("alice", room).pop().expect("the register");
    bot.press("alice", &[register], "Write update for customers").await;
    if bot.submit("alice", &[("Impact", impact), ("Then", then)]).await == Outcome::Updated {
        bot.submit("alice", &[]).await;
    }
}

/// [I4] What was written to others, as a draft, as it was sent and as its receipt, is in the old room and outside no more.
#[tokio::test]
async fn drafts_and_receipts_leave_the_old_room() {
    let bot = Bot::configured(|config| config.playbook = edited(in_slack)).await;
    let old = bot.declare("alice", "sev2 logins fail").await;
    write_to_customers(&bot, &old, "Some zebra logins fail.", "Send it now").await;
    bot.expect_once("general", "Some zebra logins fail.");
    write_to_customers(&bot, &old, "All zebra logins fail.", "Share it in the room as a draft").await;
    assert!(bot.count(&old, "zebra") >= 2, "a receipt and a draft: {}", shown(&bot.said(&old)));
    bot.slash("alice", "/incident INC-1 private").await;
    bot.advance(minutes(1)).await;
    for place in [old.as_str(), "general", "incidents"] {
        assert_eq!(bot.count(place, "zebra"), 0, "{place} says:\n{}", shown(&bot.said(place)));
    }
}

/// [G9] A text for customers, its receipt and a draft that Slack took without our hearing of it are taken back too.
#[tokio::test]
async fn texts_sent_in_doubt_are_taken_back() {
    for then in ["Send it now", "Share it in the room as a draft"] {
        let bot = Bot::configured(|config| config.playbook = edited(in_slack)).await;
        let old = bot.declare("alice", "sev2 logins fail").await;
        bot.slack.fault(Fault::new(FaultKind::DropAfter).on("chat.postMessage").times(3));
        write_to_customers(&bot, &old, "Some zebra logins fail.", then).await;
        let places = [old.as_str(), "general"];
        let there: usize = places.iter().map(|place| bot.count(place, "zebra")).sum();
        assert!(there > 0, "{then}: Slack took it");
        bot.slash("alice", "/incident INC-1 private").await;
        bot.slack.clear_faults();
        bot.advance(minutes(10)).await;
        for place in places {
            assert_eq!(bot.count(place, "zebra"), 0, "{then}: {place} says:\n{}", shown(&bot.said(place)));
        }
    }
}

/// [I4] An old room that is closed gives its words up when it is open again; those who go on hear of it meanwhile.
#[tokio::test]
async fn a_closed_old_room_gives_up_its_words_later() {
    let bot = Bot::start().await;
    let old = bot.declare("alice", "sev2 zebra logins fail").await;
    bot.slash_in("alice", &old, "/incident note the zebra token was used").await;
    bot.slash_in("alice", &old, "/incident page @carol").await;
    bot.slack.archive(&old).expect("archived");
    bot.settle().await;
    bot.slash("alice", "/incident INC-1 private").await;
    bot.advance(minutes(1)).await;
    bot.expect_once(&bot.secret_room(), "Open the room and invite Watchroom");
    assert!(bot.count(&old, "zebra") > 0, "nobody can write into a closed room");
    let told = shown(&bot.slack.dm("carol"));
    assert!(told.contains(&super::name(1)) && !told.contains("zebra"), "{told}");
    bot.slack.unarchive(&old).expect("opened");
    bot.slack.invite_bot(&old).expect("invited");
    bot.settle().await;
    bot.advance(minutes(1)).await;
    let said: Vec<_> = bot.said(&old).into_iter().filter(|m| m.subtype.is_none()).collect();
    assert!(!said.iter().any(|m| m.contains("zebra")), "{}", shown(&said));
    assert!(bot.card(&old).contains("continues elsewhere"));
    assert_eq!(bot.slack.channel(&old).name, "inc-1");
}

/// [I4] What was worked on in a thread of a channel leaves a stub there, above and in the thread.
#[tokio::test]
async fn a_thread_becomes_a_stub() {
    let bot = Bot::start().await;
    let dave = bot.slack.act_as("dave");
    drop(dave.join("support"));
    dave.slash("support", "/incident the zebra logo is blurred").await.expect("typed");
    dave.fill([("Why is it an incident?", json!(["not_sure"]))]).await.expect("filled");
    dave.choose(&bot.form("dave"), "How bad is it?", "4").await.expect("chosen");
    bot.settle().await;
    dave.fill([("Where?", json!(["thread"]))]).await.expect("offered for what needs few people");
    dave.submit().await.expect("sent");
    bot.settle().await;
    bot.slash("dave", "/incident INC-1 note a zebra was here").await;
    assert!(bot.count("support", "zebra") > 2, "{}", shown(&bot.said("support")));
    bot.slash("dave", "/incident INC-1 private").await;
    bot.advance(minutes(1)).await;
    assert_eq!(bot.count("support", "zebra"), 0, "{}", shown(&bot.said("support")));
    assert!(bot.count("support", "INC-1 continues elsewhere") > 0, "{}", shown(&bot.said("support")));
    assert!(!read_by(&bot, "bob").contains("zebra"));
    assert!(bot.card(&bot.secret_room()).contains("zebra logo"));
}

/// [G9] Whoever was removed gets nothing by asking again what was answered before, and their App Home forgets it.
#[tokio::test]
async fn the_removed_get_no_old_answer() {
    let bot = Bot::start().await;
    let room = bot.declare_secret("erin", "sev1 security: zebra keys leaked").await;
    bot.slash_in("erin", &room, "/incident access add @bob knows the vault").await;
    bot.slack.act_as("bob").open_home().expect("a home");
    bot.settle().await;
    let home = || bot.slack.home("bob").expect("a home").json.to_string();
    assert!(home().contains("SEC-1"), "{}", home());
    let note = || {
        let entry = Command::AddEntry {
            entry: EntryKind::Note,
            text: "rotated".into(),
            said_at: None,
            author: None,
            source: None,
        };
        let (by, id) = (Actor::Person("U0BOB".into()), "SEC-1".parse().expect("an id"));
        bot.app().engine.ask(Ask::new(Some("pressed twice".into()), by, Some(id), entry))
    };
    note().await.expect("noted");
    assert!(note().await.expect("the same answer").repeated);
    bot.slash_in("erin", &room, "/incident access remove @bob done here").await;
    let refused = note().await.expect_err("they are outside");
    let as_if_none = matches!(&refused, Refusal::Rejected { why: Rejection::NoSuchIncident(_), incident: None });
    assert!(as_if_none, "{refused:?}");
    assert!(!home().contains("SEC-1"), "{}", home());
}

/// [G9] Words that were kept where everybody could read them leave App Homes when they are declared as a secret.
#[tokio::test]
async fn kept_words_that_become_a_secret_leave_app_homes() {
    let bot = Bot::start().await;
    bot.slash("erin", "/incident").await;
    let erin = bot.slack.act_as("erin");
    erin.fill([("What is wrong?", json!("tokens in a zebra log"))]).await.expect("filled");
    erin.submit().await.expect("sent");
    bot.slack.act_as("bob").open_home().expect("a home");
    bot.settle().await;
    let home = || bot.slack.home("bob").expect("a home").json.to_string();
    assert!(home().contains("zebra"), "everybody may promote it: {}", home());
    erin.fill([("Why is it an incident?", json!(["data_exposed"]))]).await.expect("filled");
    erin.submit().await.expect("sent");
    bot.settle().await;
    assert!(bot.card(&bot.secret_room()).contains("zebra"));
    assert!(!home().contains("zebra"), "{}", home());
}

/// [I4] A room whose making was never answered has the title in its name, too.
#[tokio::test]
async fn a_room_that_nobody_heard_of_loses_its_name() {
    let bot = Bot::start().await;
    bot.slack.fault(Fault::new(FaultKind::DropAfter).on("conversations.create").times(1));
    bot.slash("alice", "/incident declare sev2 zebra logins fail").await;
    bot.slack.clear_faults();
    assert!(bot.slack.find_channel("inc-1-zebra-logins-fail").is_some(), "made, and nobody heard of it");
    bot.slash("alice", "/incident INC-1 private").await;
    bot.advance(minutes(6)).await;
    let names: Vec<String> = bot.slack.channels().into_iter().map(|c| c.name).collect();
    assert!(!names.iter().any(|name| name.contains("zebra")), "{names:?}");
}
