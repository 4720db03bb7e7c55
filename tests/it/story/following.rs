//! Whoever follows incidents hears of them by direct message, without being in their rooms, and never of what is need-to-know.

use jiff::SignedDuration;

use crate::harness::{Bot, minutes, shown};

fn heard(bot: &Bot, who: &str) -> Vec<watchroom::sandbox::SeenMessage> {
    bot.slack.dm(who).into_iter().filter(|m| m.contains("What you follow")).collect()
}

/// By severity: what is as bad or worse is told, once, with what it is now; not to whoever did it, and not what is less bad.
#[tokio::test]
async fn incidents_are_followed_by_severity() {
    let mut bot = Bot::start().await;
    let said = bot.slash("erin", "/incident subscribe sev2").await.text;
    assert!(said.contains("SEV2 or worse"), "{said}");
    bot.slash("alice", "/incident subscribe sev2").await;
    bot.declare("alice", "sev3 search is slow").await;
    assert!(heard(&bot, "erin").is_empty(), "{}", shown(&heard(&bot, "erin")));
    bot.declare("alice", "sev1 checkout is down").await;
    bot.crash_and_restart().await;
    let told = heard(&bot, "erin");
    assert_eq!(told.len(), 1, "{}", shown(&told));
    assert!(told[0].contains("checkout is down") && told[0].contains("Investigating"), "{}", told[0]);
    assert!(heard(&bot, "alice").is_empty(), "she declared it herself");
}

/// What changes within ten minutes of a message comes in one, as it stands then.
#[tokio::test]
async fn what_changes_soon_after_comes_in_one_message() {
    let bot = Bot::start().await;
    bot.slash("erin", "/incident subscribe all").await;
    let first = bot.declare("alice", "sev2 checkout is down").await;
    assert_eq!(heard(&bot, "erin").len(), 1);
    bot.advance(minutes(2)).await;
    bot.slash_in("alice", &first, "/incident sev 1").await;
    bot.slash_in("alice", &first, "/incident phase identified").await;
    bot.declare("alice", "sev2 mail is slow").await;
    bot.advance(minutes(7)).await;
    assert_eq!(heard(&bot, "erin").len(), 1, "{}", shown(&heard(&bot, "erin")));
    bot.advance(minutes(2)).await;
    let told = heard(&bot, "erin");
    assert_eq!(told.len(), 2, "{}", shown(&told));
    let last = told.last().expect("told");
    assert!(
        last.contains("checkout is down") && last.contains("Identified") && last.contains("mail is slow"),
        "{last}"
    );
    bot.advance(minutes(15)).await;
    assert_eq!(heard(&bot, "erin").len(), 2, "nothing changed since");
}

/// One incident is followed from anywhere; phases and mute are heeded, and what is removed is over.
#[tokio::test]
async fn one_incident_is_followed_until_that_is_taken_back() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev3 search is slow").await;
    bot.declare("alice", "sev3 mail is slow").await;
    bot.slash("erin", "/incident INC-1 subscribe").await;
    bot.slash("dave", "/incident subscribe inc-1 resolved").await;
    bot.slash_in("alice", &room, "/incident phase identified").await;
    assert_eq!((heard(&bot, "erin").len(), heard(&bot, "dave").len()), (1, 0));
    assert!(!bot.slack.channel(&room).members.iter().any(|m| m == "U0ERIN"), "she is not in the room");
    bot.advance(minutes(11)).await;
    let list = bot.slash("erin", "/incident subscribe mute").await.text;
    assert!(list.contains("INC-1") && list.contains("Muted"), "{list}");
    bot.slash_in("alice", &room, "/incident update We look at the index").await;
    assert_eq!(heard(&bot, "erin").len(), 1, "muted");
    bot.slash("erin", "/incident subscribe unmute").await;
    bot.slash_in("alice", &room, "/incident resolve -- a new index").await;
    assert_eq!((heard(&bot, "erin").len(), heard(&bot, "dave").len()), (2, 1));
    bot.slash("erin", "/incident subscribe").await;
    let list = bot.slack.ephemerals("erin", "general").pop().expect("the list");
    let answer = bot.slack.act_as("erin").press(&list, "Remove 1").await.expect("pressed");
    assert_eq!(answer.error, None, "{answer:?}");
    bot.settle().await;
    bot.advance(minutes(11)).await;
    bot.slash_in("alice", &room, "/incident reopen it is slow again").await;
    assert_eq!(heard(&bot, "erin").len(), 2, "{}", shown(&heard(&bot, "erin")));
}

/// People count what they follow from one, whatever else they changed of their own before.
#[tokio::test]
async fn what_is_followed_is_counted_from_one() {
    let bot = Bot::start().await;
    for what in ["sev1", "sev2", "all"] {
        bot.slash("erin", &format!("/incident subscribe {what}")).await;
    }
    bot.slash("erin", "/incident subscribe mute").await;
    bot.slash("erin", "/incident subscribe remove 1").await;
    bot.slash("erin", "/incident subscribe sev3").await;
    let list = bot.slash("erin", "/incident subscribe remove 1").await.text;
    assert!(list.contains("1: every incident") && list.contains("2: SEV3 or worse") && !list.contains("3:"), "{list}");
    let none = bot.slash("erin", "/incident subscribe remove 3").await.text;
    assert!(none.contains("You have no subscription of that number"), "{none}");
}

/// What came while nobody knew whether a message was sent is in it: nothing is lost, nothing is sent twice.
#[tokio::test]
async fn what_came_behind_a_lost_answer_is_told_too() {
    use watchroom::sandbox::{Fault, FaultKind};
    let bot = Bot::start().await;
    bot.slash("erin", "/incident subscribe sev2").await;
    let room = bot.declare("alice", "sev3 checkout is down").await;
    bot.slack.fault(Fault::new(FaultKind::DropAfter).on("chat.postMessage"));
    bot.slash_in("alice", &room, "/incident sev 1").await;
    assert_eq!(heard(&bot, "erin").len(), 1);
    bot.slash("alice", "/incident declare sev2 mail is slow").await;
    bot.slack.clear_faults();
    bot.advance(minutes(3)).await;
    let told = heard(&bot, "erin");
    assert_eq!(told.len(), 1, "{}", shown(&told));
    assert!(told[0].contains("checkout is down") && told[0].contains("mail is slow"), "{}", told[0]);
}

/// [G9] Nothing need-to-know is followed, by whatever subscription; and what becomes it is gone from what was told.
#[tokio::test]
async fn nothing_need_to_know_is_followed() {
    let bot = Bot::start().await;
    bot.slash("erin", "/incident subscribe all").await;
    let room = bot.declare_secret("alice", "sev1 security: zebra tokens").await;
    bot.slash_in("alice", &room, "/incident sev 2").await;
    assert!(heard(&bot, "erin").is_empty(), "{}", shown(&heard(&bot, "erin")));
    let unknown = bot.slash("erin", "/incident subscribe SEC-1").await.text;
    let missing = bot.slash("erin", "/incident subscribe SEC-9").await.text;
    assert_eq!(unknown.replace("SEC-1", "SEC-9"), missing, "as if there were none");
    let inside = bot.slash_in("alice", &room, "/incident subscribe SEC-1").await.text;
    assert!(inside.contains("need-to-know"), "{inside}");
    let other = bot.declare("alice", "sev1 quagga has keys").await;
    assert!(shown(&heard(&bot, "erin")).contains("quagga"));
    bot.slash_in("alice", &other, "/incident private it may be an attack").await;
    bot.advance(SignedDuration::from_mins(12)).await;
    assert!(!shown(&bot.slack.dm("erin")).contains("quagga"), "{}", shown(&bot.slack.dm("erin")));
}
