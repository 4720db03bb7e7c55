//! Status updates: posted, promised, reminded of.

use watchroom::sandbox::Outcome;

use crate::harness::{Bot, minutes, shown};

#[tokio::test]
async fn an_update_goes_to_the_room_and_the_updates_channel() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.press_card("alice", &room, "Post update").await;
    let form = bot.form("alice");
    assert!(form.json.to_string().contains("checkout is down"), "prefilled from the phase's template: {form:?}");
    bot.submit("alice", &[("Update", "Payments fail for everyone. We roll back.")]).await;
    bot.expect_once(&room, "We roll back.");
    bot.expect_once("general", "We roll back.");
}

#[tokio::test]
async fn the_owner_is_reminded_and_then_the_room() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.advance(minutes(8)).await;
    bot.expect_dm("alice", "pdate");
    assert_eq!(bot.count(&room, "is overdue."), 0);
    bot.advance(minutes(2)).await;
    assert_eq!(bot.count(&room, "is overdue."), 1, "{}", crate::harness::shown(&bot.said(&room)));
    let line = bot.said(&room).into_iter().filter(|m| m.contains("is overdue.")).collect::<Vec<_>>();
    bot.press("alice", &line, "Post internal update, INC-1").await;
    assert!(bot.form("alice").contains("Update"), "the form is a press away");
    bot.slack.act_as("alice").close().await.expect("closed");
    bot.advance(minutes(60)).await;
    assert_eq!(bot.count(&room, "is overdue."), 1, "said once, not every minute");
    let missing = |bot: &Bot| bot.slack.dm("alice").iter().filter(|text| text.contains("still missing")).count();
    let told = missing(&bot);
    bot.slash_in("alice", &room, "/incident phase identified").await;
    bot.slash_in("alice", &room, "/incident phase monitoring").await;
    bot.advance(minutes(30)).await;
    let again = "what is owed is the same: nobody hears of it again";
    assert_eq!((bot.count(&room, "is overdue."), missing(&bot)), (1, told), "{again}");
}

#[tokio::test]
async fn reminders_of_two_incidents_are_one_message() {
    let bot = Bot::start().await;
    bot.declare("alice", "sev1 checkout is down").await;
    bot.declare("alice", "sev1 search is down").await;
    let before = bot.slack.dm("alice").len();
    bot.advance(minutes(9)).await;
    let told = bot.slack.dm("alice");
    assert_eq!(told.len(), before + 1, "{}", crate::harness::shown(&told));
    let last = told.last().expect("a message");
    assert!(last.contains("INC-1") && last.contains("INC-2"), "{last}");
}

/// What readers outside see last promises nothing once nobody owes it, in the message that is there; a promise that comes back with a
/// reopening stands in it again.
#[tokio::test]
async fn the_last_update_outside_promises_nothing_that_is_not_owed() {
    let mut bot = Bot::start().await;
    let room = bot.declare("alice", "sev3 search is slow").await;
    bot.slash_in("alice", &room, "/incident update We look next 30m").await;
    bot.slash_in("alice", &room, "/incident update It is the index next 30m").await;
    assert_eq!(bot.count("general", "Next update by"), 2, "{}", shown(&bot.said("general")));
    let messages = bot.said("general").len();
    bot.slash_in("alice", &room, "/incident resolve a new index").await;
    bot.expect_once("general", "It is the index");
    bot.expect_once("general", "INC-1 is resolved; no further update is promised.");
    assert_eq!(
        bot.count("general", "Next update by"),
        1,
        "the one before it was kept: {}",
        shown(&bot.said("general"))
    );
    bot.slash_in("alice", &room, "/incident close").await;
    bot.expect_once("general", "INC-1 is over; no further update comes.");
    bot.slash_in("alice", &room, "/incident reopen it is slow again").await;
    assert_eq!(bot.count("general", "Next update by"), 2, "{}", shown(&bot.said("general")));
    bot.slash_and_crash("alice", &room, "/incident cancel a test").await;
    bot.expect_once("general", "INC-1 was no incident; no further update comes.");
    assert_eq!(bot.said("general").len(), messages, "edited, never posted again");
}

/// What stands in the room promises nothing that does not hold either: a later update strikes it through, an end takes it back, and
/// nothing is posted for that.
#[tokio::test]
async fn an_update_in_the_room_promises_only_what_holds() {
    let mut bot = Bot::start().await;
    let room = bot.declare("alice", "sev3 search is slow").await;
    bot.slash_in("alice", &room, "/incident update We look next 30m").await;
    bot.slash_in("alice", &room, "/incident update It is the index next 30m").await;
    let line = |bot: &Bot, words: &str| bot.said(&room).into_iter().find(|m| m.contains(words)).expect("its line");
    let (first, last) = (line(&bot, "We look"), line(&bot, "It is the index"));
    assert!(first.contains("~Next update by") && first.contains("A later update was posted."), "{first}");
    assert!(last.contains("Next update by") && !last.contains("~"), "{last}");
    bot.expect_once("general", "A later update was posted.");
    bot.slash_and_crash("alice", &room, "/incident resolve a new index").await;
    let resolved = line(&bot, "It is the index");
    assert!(resolved.contains("INC-1 is resolved; no further update is promised."), "{resolved}");
    assert_eq!(resolved.ts, last.ts, "edited, never posted again");
    let summary = bot.slash_in("alice", &room, "/incident summary").await.text;
    assert!(summary.contains("no further update is promised") && !summary.contains("Next update by"), "{summary}");
    bot.slash_in("alice", &room, "/incident reopen it is slow again").await;
    assert!(line(&bot, "It is the index").contains("Next update by"), "it is owed again");
    bot.slash_in("alice", &room, "/incident cancel a test").await;
    bot.expect_once(&room, "INC-1 was no incident; no further update comes.");
    assert_eq!(bot.count(&room, "*Status update*"), 2, "{}", shown(&bot.said(&room)));
}

/// That an update is overdue stands no longer once one came, and offers nothing to press.
#[tokio::test]
async fn an_update_that_came_late_is_not_called_overdue() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.advance(minutes(11)).await;
    let overdue = |bot: &Bot| bot.said(&room).into_iter().find(|m| m.contains("is overdue.")).expect("said");
    assert!(overdue(&bot).contains("Post internal update, INC-1"), "{}", overdue(&bot));
    bot.slash_in("alice", &room, "/incident update We roll back next 15m").await;
    let settled = overdue(&bot);
    assert!(settled.contains("is overdue.~ One was posted") && !settled.contains("Post internal"), "{settled}");
}

/// An update that was redacted, or that somebody deleted, does not come back with the end of the incident.
#[tokio::test]
async fn an_update_that_is_gone_stays_gone() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev3 search is slow").await;
    let posted = bot.slash_in("alice", &room, "/incident update the password is hunter2 next 30m").await;
    let entry = posted.text.rsplit(' ').next().expect("an entry").trim_end_matches('.').to_owned();
    bot.slash_in("alice", &room, &format!("/incident redact {entry} a password")).await;
    bot.slash_in("alice", &room, "/incident resolve a new index").await;
    for place in ["general", &room] {
        bot.expect_once(place, "was redacted");
        assert_eq!(bot.count(place, "resolved;"), 0, "{}", shown(&bot.said(place)));
    }
    assert_eq!(
        bot.count("general", "hunter2") + bot.count("general", "resolved;"),
        0,
        "{}",
        shown(&bot.said("general"))
    );
    let room = bot.declare("alice", "sev3 mail is late").await;
    bot.slash_in("alice", &room, "/incident update We look at it next 30m").await;
    let ts = bot.said("general").last().expect("an update").ts.clone();
    bot.slack.with(|ws| ws.channels.get_mut("C0GENERAL").expect("general").messages.retain(|m| m.ts != ts));
    bot.slash_in("alice", &room, "/incident resolve a new queue").await;
    assert_eq!(bot.count("general", "We look at it"), 0, "{}", shown(&bot.said("general")));
    assert!(!bot.said(&room).iter().any(|m| m.contains("could not")), "{}", shown(&bot.said(&room)));
}

/// [J2] The same text twice asks for confirmation inside too: typed, by a button; in the form, by pressing once more. Other words
/// need none.
#[tokio::test]
async fn the_same_update_twice_asks_for_confirmation() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 checkout is slow").await;
    bot.slash_in("alice", &room, "/incident update We look into it next 30m").await;
    let due = || async {
        bot.app().engine.incident("INC-1".parse().expect("an id")).await.expect("read").expect("there").update.due
    };
    let promised = due().await;
    bot.advance(minutes(10)).await;
    let refused = bot.slash_in("alice", &room, "/incident INC-1 update we look INTO it").await;
    assert!(refused.text.contains("Nothing was posted: the last update says the same"), "{}", refused.text);
    assert_eq!((bot.count(&room, "We look into it"), due().await), (1, promised), "nothing is put off by it");
    bot.press("alice", &bot.slack.ephemerals("alice", &room), "Post it again").await;
    assert_eq!(bot.count(&room, "we look INTO it"), 1, "{}", shown(&bot.said(&room)));
    assert!(due().await > promised);

    bot.slash_in("alice", &room, "/incident update").await;
    let values = [("Update", "We look into it")];
    assert_eq!(bot.submit("alice", &values).await, Outcome::Updated);
    assert!(bot.form("alice").contains("The last update says the same"), "{:?}", bot.form("alice"));
    assert_eq!(bot.count(&room, "e look into it"), 1, "{}", shown(&bot.said(&room)));
    assert_eq!(bot.slack.act_as("alice").submit().await.expect("sent"), Outcome::Closed);
    bot.settle().await;
    assert_eq!(bot.count(&room, "e look into it"), 2, "{}", shown(&bot.said(&room)));
    bot.slash_in("alice", &room, "/incident update We found it").await;
    bot.expect_once(&room, "We found it");
}
