//! Shortcuts: from the lightning menu, and from any message.

use std::time::Duration;

use jiff::SignedDuration;
use watchroom::sandbox::{Answer, Fault, FaultKind, Outcome};

use crate::harness::{Bot, minutes, shown};

/// The global shortcut needs no channel: the form is there at once, whole, and declares.
#[tokio::test]
async fn the_global_shortcut_opens_the_form_and_the_form_declares() {
    let bot = Bot::start().await;
    let bob = bot.slack.act_as("bob");
    let answer = bob.open_shortcut("declare").await.expect("chosen");
    assert_eq!(answer.error, None, "{:?}", answer.complaints);
    // Before anything else happens: whoever looks at it sees the fields, not a promise of them.
    let form = bot.form("bob");
    for part in ["Declare", "What is wrong?", "Why is it an incident?"] {
        assert!(form.contains(part), "no `{part}` in {form:?}");
    }
    assert!(!format!("{:?}", form.json).contains("oading"), "{form:?}");
    // A minute later it still works: the trigger was only for opening it.
    bot.advance(minutes(1)).await;
    let outcome =
        bot.submit("bob", &[("What is wrong?", "search is slow"), ("Why is it an incident?", "not_sure")]).await;
    assert!(matches!(outcome, Outcome::Closed), "{outcome:?}");
    let room = bot.latest_room();
    assert!(bot.card(&room).contains("search is slow"));
    assert!(bot.slack.channel(&room).members.contains(&"U0BOB".to_owned()), "whoever declares is inside");
    bot.expect_dm("bob", "INC-1");
}

/// Every way to a form, as somebody goes it: by typing, by the lightning menu, from a message, by a button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Typed,
    Shortcut,
    Message,
    Button,
}

const WAYS: [Way; 4] = [Way::Typed, Way::Shortcut, Way::Message, Way::Button];

/// bob asks for a form.
async fn asked(bot: &Bot, way: Way, room: &str, ts: &str) -> Answer {
    let bob = bot.slack.act_as("bob");
    let answer = match way {
        Way::Typed => bob.slash("general", "/incident").await,
        Way::Shortcut => bob.open_shortcut("declare").await,
        Way::Message => bob.message_shortcut("declare_from_message", room, ts).await,
        Way::Button => bob.press(&bot.card(room), "Post update").await,
    };
    answer.expect("chosen")
}

/// An incident's room with bob in it, and a message of his.
async fn a_room(bot: &Bot) -> (String, String) {
    let room = bot.declare("alice", "sev2 search is slow").await;
    let bob = bot.slack.act_as("bob");
    bob.join(&room).expect("joined");
    let ts = bob.say(&room, "the index is gone").expect("said");
    bot.settle().await;
    (room, ts)
}

/// While Slack is slow with everything, the form still comes within its trigger's three seconds, also where somebody's zone must
/// be asked for first.
#[tokio::test]
async fn the_form_opens_while_slack_is_slow() {
    let bot = Bot::start().await;
    let (room, ts) = a_room(&bot).await;
    bot.slack.fault(Fault::new(FaultKind::Latency { millis: 1200 }));
    for way in WAYS {
        let answer = asked(&bot, way, &room, &ts).await;
        assert_eq!(answer.error, None, "{way:?}: {:?}", answer.complaints);
        assert!(answer.elapsed > Duration::from_millis(1200), "{way:?}: nothing was slow");
        let title = if way == Way::Button { "Update INC-1" } else { "What is wrong?" };
        assert!(bot.form("bob").contains(title), "{way:?}");
        bot.slack.act_as("bob").close().await.expect("closed");
    }
}

/// What bob was told, wherever that was: aside, or by direct message.
fn told(bot: &Bot) -> String {
    let aside = ["general", bot.latest_room().as_str()].map(|place| shown(&bot.slack.ephemerals("bob", place)));
    format!("{}\n{}", aside.join("\n"), shown(&bot.slack.dm("bob")))
}

/// A trigger that is over before the form gets there opens nothing: the person is told at once what to type instead.
#[tokio::test]
async fn a_form_that_comes_too_late_says_what_to_type_instead() {
    for way in WAYS {
        let bot = Bot::start().await;
        let (room, ts) = a_room(&bot).await;
        let before = bot.history("INC-1").await.len();
        let late = async { bot.clock.advance(SignedDuration::from_secs(4)) };
        // The trigger is made as it is asked for; before anything else moves, its three seconds are over.
        let (answer, ()) = tokio::join!(biased; asked(&bot, way, &room, &ts), late);
        assert_eq!(answer.error, None, "{way:?}: {:?}", answer.complaints);
        bot.settle().await;
        let opened: Vec<_> = bot.slack.calls().into_iter().filter(|call| call.method == "views.open").collect();
        assert!(opened.iter().all(|call| call.response["error"] == "expired_trigger_id"), "{way:?}: {opened:?}");
        assert!(!opened.is_empty() && bot.slack.view("bob").is_none(), "{way:?}: a form");
        let instead = match way {
            Way::Typed | Way::Shortcut => "/incident declare sev2",
            Way::Message => "/incident declare sev2 the index is gone",
            Way::Button => "/incident INC-1 update",
        };
        let told = told(&bot);
        assert_eq!(told.matches("so nothing was changed. Try again, or type").count(), 1, "{way:?}: {told}");
        assert!(told.contains(instead), "{way:?}: no `{instead}` in {told}");
        assert_eq!(bot.history("INC-1").await.len(), before, "{way:?}: nothing was changed");
    }
}

/// Where Slack takes longer to open a form than its trigger lives, nobody waits for it in vain.
#[tokio::test]
async fn a_form_that_takes_too_long_says_what_to_type_instead() {
    let bot = Bot::start().await;
    let (room, ts) = a_room(&bot).await;
    bot.slack.fault(Fault::new(FaultKind::Latency { millis: 3500 }).on("views.open"));
    for way in [Way::Typed, Way::Shortcut] {
        let before = told(&bot).matches("Slack did not open the form in time").count();
        let answer = asked(&bot, way, &room, &ts).await;
        assert_eq!(answer.error, None, "{way:?}: {:?}", answer.complaints);
        assert!(answer.elapsed < Duration::from_secs(3), "{way:?}: {:?}", answer.elapsed);
        bot.settle().await;
        let told = told(&bot);
        assert_eq!(told.matches("Slack did not open the form in time").count(), before + 1, "{way:?}: {told}");
        assert!(told.contains("/incident declare sev2"), "{way:?}: {told}");
    }
}

/// A trigger that came to nothing is no dead end: the person is told what to type instead.
#[tokio::test]
async fn a_form_that_slack_does_not_open_says_what_to_type() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 search is slow").await;
    let ts = bot.slack.act_as("alice").say(&room, "the index is gone").expect("said");
    bot.slack.fault(Fault::new(FaultKind::ServerError { status: 500 }).on("views.open"));
    let answer = bot.slack.act_as("alice").message_shortcut("declare_from_message", &room, &ts).await.expect("chosen");
    assert_eq!(answer.error, None, "{:?}", answer.complaints);
    bot.settle().await;
    let told = bot.slack.ephemerals("alice", &room);
    assert!(told.iter().any(|m| m.contains("/incident declare sev2 the index is gone")), "{}", shown(&told));
}

/// The timeline of a room, as people read it.
async fn timeline(bot: &Bot, room: &str) -> String {
    bot.slash_in("alice", room, "/incident timeline").await.text
}

/// The entry of a timeline that has these words, from its number on.
fn entry<'a>(timeline: &'a str, words: &str) -> &'a str {
    let found = timeline.split("\n`").find(|entry| entry.contains(words));
    found.unwrap_or_else(|| panic!("no `{words}` on the timeline: {timeline}"))
}

/// In the room one press is enough; the message keeps its own time, and whoever does it again is told.
#[tokio::test]
async fn a_message_of_the_room_goes_on_the_timeline_at_its_own_time() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    let bob = bot.slack.act_as("bob");
    bob.join(&room).expect("joined");
    bot.advance(minutes(5)).await;
    let ts = bob.say(&room, "the database is at 100 % CPU").expect("said");
    bot.advance(minutes(25)).await;
    let alice = bot.slack.act_as("alice");
    let answer = alice.message_shortcut("add_to_timeline", &room, &ts).await.expect("chosen");
    assert_eq!(answer.error, None, "{:?}", answer.complaints);
    bot.settle().await;
    bot.expect_once(&room, "put a message on the timeline");
    let text = timeline(&bot, &room).await;
    let line = entry(&text, "100 % CPU");
    assert!(line.contains("03:05") && line.contains("U0BOB"), "its own time, its own author: {line}");
    // Again, by someone else, and by the pushpin.
    bob.message_shortcut("add_to_timeline", &room, &ts).await.expect("chosen");
    bot.settle().await;
    let told = bot.slack.ephemerals("bob", &room);
    assert!(told.iter().any(|m| m.contains("on the timeline of INC-1 already")), "{}", shown(&told));
    alice.react(&room, &ts, "pushpin").expect("an emoji");
    bot.settle().await;
    assert_eq!(timeline(&bot, &room).await.matches("100 % CPU").count(), 1);
    // Edited: the old words stay beside the new ones. Deleted: it stays as it was put there.
    bob.edit_message(&room, &ts, "the database is at 10 % CPU").expect("edited");
    bot.settle().await;
    let text = timeline(&bot, &room).await;
    assert!(text.contains("100 % CPU") && text.contains("at 10 % CPU"), "{text}");
    bob.delete_message(&room, &ts).expect("deleted");
    bot.settle().await;
    let text = timeline(&bot, &room).await;
    assert!(text.contains("100 % CPU") && text.contains("at 10 % CPU"), "{text}");
    bot.expect_nothing_doubled(1);
}

/// Elsewhere a form asks for the incident; it takes the message with its author and its time, wherever it stands.
#[tokio::test]
async fn a_message_from_elsewhere_is_put_on_the_timeline_that_is_picked() {
    let bot = Bot::start().await;
    // The bot is in none of these, and cannot enter the private one.
    for channel in ["support", "security"] {
        let before = bot.clock_second();
        let room = bot.declare("alice", &format!("sev2 trouble{before} is near")).await;
        bot.declare("alice", &format!("sev3 other{before} is far")).await;
        let carol = bot.slack.act_as("carol");
        let ts = carol.say(channel, "three customers cannot log in").expect("said");
        bot.advance(minutes(20)).await;
        let answer = carol.message_shortcut("add_to_timeline", channel, &ts).await.expect("chosen");
        assert_eq!(answer.error, None, "{:?}", answer.complaints);
        let form = bot.form("carol");
        assert!(form.contains("Add to timeline"), "{form:?}");
        let wanted = form.json.to_string();
        let id = if wanted.contains("INC-3") { "INC-3" } else { "INC-1" };
        let title = format!("{id} trouble{before} is near");
        let outcome = bot.submit("carol", &[("Incident", &title)]).await;
        assert!(matches!(outcome, Outcome::Closed), "#{channel}: {outcome:?}");
        let text = timeline(&bot, &room).await;
        let line = entry(&text, "three customers");
        let said = watchroom::incident::times::utc(jiff::Timestamp::from_second(before).expect("a time"));
        assert!(line.contains(said.as_str()) && line.contains("U0CAROL"), "its own time and author: {line}");
        // Once more: told so, at once.
        carol.message_shortcut("add_to_timeline", channel, &ts).await.expect("chosen");
        bot.settle().await;
        let told = bot.slack.ephemerals("carol", channel);
        assert!(told.iter().any(|m| m.contains("already")), "{}", shown(&told));
        assert!(bot.slack.view("carol").is_none(), "no form for what is there");
    }
}

/// With nothing open, the way on is said.
#[tokio::test]
async fn a_message_with_no_incident_to_go_to_says_what_to_do() {
    let bot = Bot::start().await;
    let ts = bot.slack.act_as("dave").say("support", "it is slow").expect("said");
    bot.slack.act_as("dave").message_shortcut("add_to_timeline", "support", &ts).await.expect("chosen");
    assert!(bot.form("dave").contains("Declare one from this message instead"), "{:?}", bot.form("dave"));
}
