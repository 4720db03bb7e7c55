//! What people type to the bot itself: nobody reads it, and they are told.

use watchroom::sandbox::{Fault, FaultKind};

use crate::harness::{Bot, minutes, shown};

const SAID: &str = "Nobody reads what is written here, and no room got these words";

fn answers(bot: &Bot, who: &str) -> usize {
    bot.slack.dm(who).iter().filter(|m| m.contains(SAID)).count()
}

/// [H5] A reply to a message of the bot does not vanish: whoever typed it hears once that it reached nobody and what to do instead,
/// in its thread, however often Slack sends it; the words are nowhere, and the answer names nothing.
#[tokio::test]
async fn words_typed_to_the_bot_are_answered_once() {
    let mut bot = Bot::start().await;
    let room = bot.declare_secret("alice", "sev2 security: zebra tokens").await;
    bot.slash_in("alice", &room, "/incident role analyst @bob").await;
    let (dm, brief) = (bot.slack.dm_id("bob"), bot.expect_dm("bob", "SEC-1"));
    let bob = bot.slack.act_as("bob");
    let ts = bob.reply(&dm, &brief.ts, "the okapi is gone").expect("said");
    bot.settle().await;
    let answer = bot.expect_dm("bob", SAID);
    assert_eq!(answer.thread_ts.as_deref(), Some(brief.ts.as_str()), "below what he answered");
    assert!(answer.contains("press a button on the message above, or type `/incident INC-n note"), "{answer}");
    assert!(!answer.contains("SEC") && !answer.contains("zebra"), "it names nothing: {answer}");
    // More words, an edit, a deletion, and all of it once more.
    bob.say(&dm, "does anybody read this?").expect("said");
    bob.edit_message(&dm, &ts, "the okapi is back").expect("edited");
    bob.delete_message(&dm, &ts).expect("deleted");
    bot.settle().await;
    assert!(bot.slack.send_events_again(50) > 3);
    bot.settle().await;
    bot.crash_and_restart().await;
    bot.slack.send_events_again(50);
    bot.settle().await;
    assert_eq!(answers(&bot, "bob"), 1, "{}", shown(&bot.slack.dm("bob")));
    assert_eq!(bot.count(&room, "okapi"), 0);
    assert!(!format!("{:?}", bot.history("SEC-1").await).contains("okapi"));
    // Later they may have forgotten; what came before is not answered again.
    bot.advance(minutes(11)).await;
    bot.slack.send_events_again(50);
    bot.settle().await;
    assert_eq!(answers(&bot, "bob"), 1);
    bot.slack.act_as("bob").say(&dm, "hello?").expect("said");
    bot.settle().await;
    assert_eq!(answers(&bot, "bob"), 2);
    let last = bot.slack.dm("bob").into_iter().rfind(|m| m.contains(SAID)).expect("an answer");
    assert_eq!(last.thread_ts, None, "where it was said");
}

/// Whoever never heard of the bot hears it too, also where Slack took no message at that time.
#[tokio::test]
async fn an_answer_waits_until_slack_takes_it() {
    let bot = Bot::start().await;
    let dm = bot.slack.dm_id("carol");
    bot.slack.fault(Fault::new(FaultKind::Outage).on("chat.postMessage").times(2));
    bot.slack.act_as("carol").say(&dm, "it is slow").expect("said");
    bot.settle().await;
    bot.advance(minutes(3)).await;
    assert_eq!(answers(&bot, "carol"), 1, "{}", shown(&bot.slack.dm("carol")));
}
