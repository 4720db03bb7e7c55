//! Declaring: a room, a card, the people, an announcement, a commander.

use watchroom::sandbox::{Fault, FaultKind};

use crate::harness::{Bot, shown};

/// Better safe than sorry.
const NOT_SURE: &str = "not_sure";

#[tokio::test]
async fn one_command_opens_everything() {
    let bot = Bot::start().await;
    let answer = bot.slash("alice", "/incident declare sev1 checkout is down").await;
    assert!(answer.text.contains("INC-1"), "{}", answer.text);
    let room = bot.latest_room();
    let channel = bot.slack.channel(&room);
    assert_eq!(channel.name, "inc-1-checkout-is-down");
    assert!(channel.topic.contains("checkout is down"), "{}", channel.topic);
    assert!(channel.members.contains(&"U0ALICE".to_owned()), "{:?}", channel.members);
    let card = bot.card(&room);
    for part in ["INC-1", "checkout is down", "SEV1", "Investigating", "U0ALICE"] {
        assert!(card.contains(part), "`{part}` is missing on the card:\n{card}");
    }
    bot.expect_once("incidents", "checkout is down");
    let brief = bot.expect_dm("alice", "INC-1");
    assert!(brief.contains("Accept") && brief.contains("Hand over"), "{brief}");
}

/// Whoever declares by typing hears where the room is as soon as it is there, once; a room that cannot be made yet keeps nobody
/// waiting for the answer.
#[tokio::test]
async fn the_one_who_declares_is_told_where_the_room_is() {
    let bot = Bot::start().await;
    let answer = bot.slash("alice", "/incident declare sev1 checkout is down").await;
    let link = format!("<#{}>", bot.latest_room());
    let told = bot.slack.ephemerals("alice", "general").iter().filter(|m| m.text.contains(&link)).count();
    assert_eq!(told, 1, "{}: {}", answer.text, shown(&bot.slack.ephemerals("alice", "general")));
    assert!(bot.slack.ephemerals("bob", "general").is_empty(), "nobody else");
    let answer = bot.slash("bob", "/incident declare sev2 security: keys leaked").await;
    assert!(answer.text.contains("SEC-1"), "{}", answer.text);
    let link = format!("<#{}>", bot.secret_room());
    let told = bot.slack.ephemerals("bob", "general");
    assert!(told.iter().any(|m| m.text.contains(&link)), "{}", shown(&told));
    assert!(told.iter().all(|m| !m.text.contains("keys leaked")), "{}", shown(&told));
}

/// Whoever declares by form hears it too, once: where they opened the form, and by direct message where that was nowhere, or in a
/// channel that we are not in.
#[tokio::test]
async fn the_one_who_declares_by_form_is_told_where_the_room_is() {
    let bot = Bot::start().await;
    let declare = async |who: &str, title: &str| {
        bot.submit(who, &[("What is wrong?", title), ("Why is it an incident?", NOT_SURE)]).await;
        format!("is <#{}>; you are being invited", bot.latest_room())
    };
    bot.slash("bob", "/incident").await;
    let told = declare("bob", "search is slow").await;
    let whispered = bot.slack.ephemerals("bob", "general");
    assert_eq!(whispered.iter().filter(|m| m.contains(&told)).count(), 1, "{}", shown(&whispered));
    assert!(!bot.slack.dm("bob").iter().any(|m| m.contains(&told)), "once");
    bot.slack.act_as("carol").open_shortcut("declare").await.expect("chosen");
    bot.settle().await;
    let told = declare("carol", "mail is late").await;
    bot.expect_dm("carol", &told);
    let far = bot.slack.with(|ws| ws.create_channel("U0DAVE", "far-away", true)).expect("a channel without us");
    bot.slash_in("dave", &far, "/incident").await;
    let told = declare("dave", "printers burn").await;
    bot.expect_dm("dave", &told);
}

#[tokio::test]
async fn the_bare_command_opens_the_form_and_the_form_declares() {
    let bot = Bot::start().await;
    bot.slash("bob", "/incident").await;
    let form = bot.form("bob");
    assert!(form.contains("Declare"), "{form:?}");
    let outcome =
        bot.submit("bob", &[("What is wrong?", "search is slow"), ("Why is it an incident?", NOT_SURE)]).await;
    assert!(matches!(outcome, watchroom::sandbox::Outcome::Closed), "{outcome:?}");
    assert!(bot.card(&bot.latest_room()).contains("search is slow"));
}

#[tokio::test]
async fn one_tick_suggests_the_severity_and_the_worst_tick_counts() {
    let bot = Bot::start().await;
    for (n, ticks) in
        [vec![NOT_SURE], vec!["It needs more people than those already working on it", "Data may be lost or wrong"]]
            .into_iter()
            .enumerate()
    {
        bot.slash("bob", "/incident").await;
        let bob = bot.slack.act_as("bob");
        // No two titles share a telling word.
        let title = format!("trouble{n} is slow");
        let needed = [("What is wrong?", title.as_str().into()), ("Why is it an incident?", ticks.clone().into())];
        bob.fill(needed).await.expect("filled: a title and a tick are all that is needed");
        let outcome = bob.submit().await.expect("sent");
        assert!(matches!(outcome, watchroom::sandbox::Outcome::Closed), "{outcome:?}");
        bot.settle().await;
    }
    let playbook = watchroom::playbook::Playbook::builtin();
    let severity = |label: &str| playbook.criteria.iter().find(|c| c.label == label).expect("a criterion").suggest;
    let worst =
        severity("It needs more people than those already working on it").min(severity("Data may be lost or wrong"));
    assert!(bot.card(&bot.latest_room()).contains(&worst.to_string()), "{}", bot.card(&bot.latest_room()));
}

#[tokio::test]
async fn free_text_opens_the_form_with_that_title() {
    let bot = Bot::start().await;
    bot.slash("bob", "/incident payments fail in Brazil").await;
    assert!(bot.form("bob").json.to_string().contains("payments fail in Brazil"));
    assert!(bot.slack.channels().iter().all(|c| !c.name.starts_with("inc-")), "nothing is declared yet");
}

#[tokio::test]
async fn a_slip_does_not_make_a_second_incident() {
    let bot = Bot::start().await;
    bot.declare("alice", "checkout is down").await;
    let again = bot.slash("alice", "/incident declare  Checkout IS down").await;
    assert!(again.text.contains("INC-1"), "{}", again.text);
    let rooms = bot.slack.channels().into_iter().filter(|c| c.name.starts_with("inc-")).count();
    assert_eq!(rooms, 1, "shown the first one instead");
}

#[tokio::test]
async fn a_taken_room_name_gets_a_suffix() {
    let bot = Bot::start().await;
    bot.slack
        .with(|ws| ws.create_channel("U0CAROL", "inc-1-checkout-is-down", false))
        .expect("a room of the same name");
    bot.declare("alice", "checkout is down").await;
    let ours = bot.slack.channels().into_iter().filter(|c| c.name.starts_with("inc-1-")).count();
    assert_eq!(ours, 2);
    bot.expect_dm("alice", "INC-1");
}

#[tokio::test]
async fn a_message_becomes_an_incident_with_its_own_time() {
    let bot = Bot::start().await;
    let ts = bot.slack.act_as("dave").say("support", "three customers cannot log in").expect("said");
    bot.advance(crate::harness::minutes(20)).await;
    bot.slack.act_as("dave").message_shortcut("declare_from_message", "support", &ts).await.expect("chosen");
    bot.settle().await;
    assert!(bot.form("dave").json.to_string().contains("three customers cannot log in"));
    bot.submit("dave", &[("Why is it an incident?", NOT_SURE)]).await;
    let room = bot.latest_room();
    let card = bot.card(&room);
    assert!(card.contains("three customers cannot log in"));
    // It is declared twenty minutes after it was said.
    let times = serde_json::Value::from(card.blocks.clone()).to_string();
    let said: i64 = ts.split('.').next().expect("a second").parse().expect("a number");
    for (what, second) in [("Started", said), ("Declared", bot.clock_second())] {
        assert!(times.contains(&format!("*{what}*\\n<!date^{second}^")), "{what} is not at {second}: {times}");
    }
    assert!(card.contains("Declared by @dave from a message in #support."), "{card}");
    let link = link_to(&bot, "support", &ts);
    let first = bot.said(&room).into_iter().find(|m| m.contains("dave declared INC-1")).expect("the first line");
    assert!(first.contains("Declared from a message in #support."), "{first}");
    assert!(first.text.contains(&format!("<{link}|Show the message>")), "{}", first.text);
}

fn link_to(bot: &Bot, channel: &str, ts: &str) -> String {
    let id = bot.slack.channel(channel).id;
    bot.slack.with(|ws| ws.permalink(&id, ts, None))
}

/// From which message a need-to-know incident came is told in its room alone.
#[tokio::test]
async fn the_message_behind_a_secret_is_named_in_its_room_alone() {
    let bot = Bot::start().await;
    let ts = bot.slack.act_as("dave").say("support", "someone reads the ledger").expect("said");
    bot.slack.act_as("dave").message_shortcut("declare_from_message", "support", &ts).await.expect("chosen");
    bot.submit("dave", &[("Why is it an incident?", "data_exposed")]).await;
    let (room, link) = (bot.secret_room(), link_to(&bot, "support", &ts));
    let names = |m: &watchroom::sandbox::SeenMessage| m.text.contains(&link) || m.contains("from a message in");
    assert!(bot.said(&room).iter().any(|m| m.text.contains(&link)), "{}", shown(&bot.said(&room)));
    for channel in bot.slack.channels().into_iter().filter(|c| c.id != room) {
        let said = bot.said(&channel.id);
        assert!(!said.iter().any(&names), "in #{}: {}", channel.name, shown(&said));
    }
}

/// A line without a link is better than none.
#[tokio::test]
async fn a_message_whose_address_slack_does_not_tell_is_still_named() {
    let bot = Bot::start().await;
    let ts = bot.slack.act_as("dave").say("support", "three customers cannot log in").expect("said");
    bot.slack.fault(Fault::new(FaultKind::ServerError { status: 500 }).on("chat.getPermalink"));
    bot.slack.act_as("dave").message_shortcut("declare_from_message", "support", &ts).await.expect("chosen");
    bot.submit("dave", &[("Why is it an incident?", NOT_SURE)]).await;
    let room = bot.latest_room();
    bot.expect_once(&room, "Declared from a message in #support.");
    assert_eq!(bot.count(&room, "Show the message"), 0);
}
