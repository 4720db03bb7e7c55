//! Reminders: all that one person is to hear of within ten minutes is one message, and each of its buttons says what it does.

use std::collections::BTreeSet;

use watchroom::sandbox::SeenMessage;

use crate::harness::{Bot, minutes, shown};

/// The labels of a message's buttons, as a screen reader reads them out.
fn labels(message: &SeenMessage) -> Vec<String> {
    let elements = message.blocks.iter().flat_map(|b| b["elements"].as_array().cloned().unwrap_or_default());
    let buttons = elements.filter(|e| e["type"] == "button");
    buttons.map(|e| e["text"]["text"].as_str().unwrap_or_default().to_owned()).collect()
}

fn reminders(bot: &Bot, who: &str) -> Vec<SeenMessage> {
    bot.slack.dm(who).into_iter().filter(|m| m.contains("Due soon or late")).collect()
}

/// Updates for everyone, duties and tasks of one incident: one message, and no two buttons of one name.
#[tokio::test]
async fn whatever_is_due_within_ten_minutes_is_one_message() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.press("alice", &bot.slack.dm("alice"), "Accept").await;
    bot.slash_in("alice", &room, "/incident task call the bank @alice by 14m").await;
    bot.slash_in("alice", &room, "/incident task restart the queue @bob by 14m").await;
    bot.advance(minutes(14)).await;
    let told = reminders(&bot, "alice");
    assert_eq!(told.len(), 1, "{}", shown(&told));
    for part in ["internal update due", "update for customers due", "Set the severity", "call the bank"] {
        assert!(told[0].contains(part), "no `{part}` in {}", told[0]);
    }
    assert!(!told[0].contains("restart the queue"), "that is bob's: {}", told[0]);
    assert_eq!(reminders(&bot, "bob").len(), 1, "{}", shown(&bot.slack.dm("bob")));
    let labels = labels(&told[0]);
    for label in [
        "Post internal update, INC-1",
        "Later: internal update, INC-1",
        "Write update for customers, INC-1",
        "Later: update for customers, INC-1",
    ] {
        assert!(labels.iter().any(|l| l == label), "no `{label}` in {labels:?}");
    }
    let distinct: BTreeSet<&String> = labels.iter().collect();
    assert_eq!(distinct.len(), labels.len(), "no two of one name: {labels:?}");
    assert!(labels.iter().all(|l| l.chars().count() <= 75), "{labels:?}");
}

/// Of two incidents, the buttons name theirs, and each puts off its own.
#[tokio::test]
async fn buttons_of_two_incidents_are_told_apart() {
    let bot = Bot::start().await;
    let first = bot.declare("alice", "sev2 checkout is down").await;
    bot.advance(minutes(4)).await;
    let second = bot.declare("alice", "sev2 search is down").await;
    bot.advance(minutes(12)).await;
    let told = reminders(&bot, "alice");
    assert_eq!(told.len(), 1, "{}", shown(&told));
    let names = labels(&told[0]);
    let distinct: BTreeSet<&String> = names.iter().collect();
    assert_eq!(distinct.len(), names.len(), "{names:?}");
    bot.press("alice", &told, "Later: internal update, INC-2").await;
    assert!(
        bot.form("alice").contains("next internal update"),
        "the form says what it is about: {:?}",
        bot.form("alice")
    );
    bot.submit("alice", &[("New time", "in 1 h")]).await;
    bot.expect_once(&second, "moved the next internal update");
    assert_eq!(bot.count(&first, "moved the next internal update"), 0);
}

/// What was done meanwhile is not reminded of, and where nothing is left there is no message.
#[tokio::test]
async fn what_is_done_is_not_reminded_of() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev3 checkout is slow").await;
    bot.slash_in("alice", &room, "/incident task call the bank @bob by 20m").await;
    bot.press("bob", &bot.slack.dm("bob"), "Done").await;
    bot.advance(minutes(40)).await;
    assert!(reminders(&bot, "bob").is_empty(), "{}", shown(&bot.slack.dm("bob")));
}

/// What is long missing and what is due next are one message, and no reminder follows on its heels.
#[tokio::test]
async fn what_is_missing_is_told_with_what_is_due_next() {
    let bot = Bot::start().await;
    bot.declare("alice", "sev1 checkout is down").await;
    bot.press("alice", &bot.slack.dm("alice"), "Accept").await;
    bot.advance(minutes(14)).await;
    let before = bot.slack.dm("alice").len();
    bot.advance(minutes(12)).await;
    let told = bot.slack.dm("alice").into_iter().skip(before);
    let told: Vec<SeenMessage> = told.filter(|m| m.contains("still missing") || m.contains("Due soon")).collect();
    assert_eq!(told.len(), 2, "{}", shown(&told));
    for part in ["internal update that was due", "still missing", "executive update due", "#inc-1"] {
        assert!(told[0].contains(part), "no `{part}` in {}", told[0]);
    }
    let labels = labels(&told[0]);
    for label in ["Post internal update, INC-1", "Write executive update, INC-1"] {
        assert!(labels.iter().any(|l| l == label), "no `{label}` in {labels:?}");
    }
    assert!(told[1].contains("update for customers that was due") && !told[1].contains("Due soon"), "{}", told[1]);
}

/// After a long outage the first reminder and what is missing by then are one message, which says of nothing twice that it is late.
#[tokio::test]
async fn after_an_outage_one_message_says_what_is_late() {
    let mut bot = Bot::start().await;
    bot.declare("alice", "sev1 checkout is down").await;
    bot.press("alice", &bot.slack.dm("alice"), "Accept").await;
    let before = bot.slack.dm("alice").len();
    bot.crash().await;
    bot.clock.advance(minutes(16));
    bot.restart().await;
    let told: Vec<SeenMessage> = bot.slack.dm("alice").into_iter().skip(before).collect();
    assert_eq!(told.len(), 1, "{}", shown(&told));
    assert!(told[0].contains("internal update that was due") && told[0].contains("still missing"), "{}", told[0]);
    assert!(!told[0].contains("internal update due"), "once is enough: {}", told[0]);
}

/// A value's quiet word, and a question that nobody answered, come with what else is due soon.
#[tokio::test]
async fn quiet_words_and_unanswered_questions_come_with_what_is_due() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev3 search is slow").await;
    for typed in ["task look at the index by 25m", "task call the vendor by 36m", "consult support who calls?"] {
        bot.slash_in("alice", &room, &format!("/incident {typed}")).await;
    }
    let before = bot.slack.dm("alice").len();
    bot.advance(minutes(19)).await;
    assert_eq!(bot.slack.dm("alice").len(), before, "{}", shown(&bot.slack.dm("alice")));
    bot.advance(minutes(1)).await;
    let told = bot.slack.dm("alice").split_off(before);
    assert_eq!(told.len(), 1, "{}", shown(&told));
    assert!(told[0].contains("Nothing moved for a while") && told[0].contains("look at the index"), "{}", told[0]);
    assert!(labels(&told[0]).iter().any(|l| l == "Mute values, INC-1"), "{:?}", labels(&told[0]));
    bot.advance(minutes(10)).await;
    let told = bot.slack.dm("alice").split_off(before + 1);
    assert_eq!(told.len(), 1, "{}", shown(&told));
    assert!(told[0].contains("Question 1 has no answer yet") && told[0].contains("call the vendor"), "{}", told[0]);
    bot.expect_once(&room, "Question 1 has no answer yet");
    bot.advance(minutes(9)).await;
    assert_eq!(bot.slack.dm("alice").len(), before + 2, "each once: {}", shown(&bot.slack.dm("alice")));
}
