//! Socket Mode: Slack brings everything over connections that the bot opened; nothing of what it asks goes another way.

use std::time::Duration;

use serde_json::json;
use watchroom::sandbox::{Fault, FaultKind, Outcome, signature};

use crate::harness::{Bot, binary::eventually, minutes};

/// What opens a connection.
const OPEN: &str = "apps.connections.open";

async fn ready(bot: &Bot) -> (u16, String) {
    let answer = bot.http.get(format!("{}/readyz", bot.url)).send().await.expect("it answers");
    (answer.status().as_u16(), answer.text().await.expect("text"))
}

async fn metric(bot: &Bot, name: &str) -> u64 {
    let text = bot.http.get(format!("{}/metrics", bot.url)).send().await.expect("it answers").text().await;
    let text = text.expect("text");
    let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("no {name} in {text}"));
    line.rsplit(' ').next().and_then(|n| n.parse().ok()).expect("a number")
}

/// Commands, forms, buttons, menus' options, shortcuts and events come over connections alone, and are answered as over HTTP.
#[tokio::test]
async fn an_incident_is_run_over_connections_alone() {
    let mut bot = Bot::over_sockets().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    bot.press_card("alice", &room, "Identified →").await;
    assert!(bot.card(&room).contains("Identified"));
    // A form that opens, and one whose fields are wrong.
    bot.slack.act_as("bob").open_shortcut("declare").await.expect("chosen");
    let wrong = bot.submit("bob", &[("What is wrong?", " "), ("Why is it an incident?", "not_sure")]).await;
    assert!(matches!(wrong, Outcome::Errors(_)), "{wrong:?}");
    let sent = bot.submit("bob", &[("What is wrong?", "search is slow"), ("Why is it an incident?", "not_sure")]).await;
    assert!(matches!(sent, Outcome::Closed), "{sent:?}");
    // An event.
    bot.slack.act_as("bob").join(&room).expect("a public room");
    let said = bot.slack.act_as("bob").say(&room, "the cache was cold").expect("said");
    bot.slack.act_as("bob").react(&room, &said, "pushpin").expect("marked");
    bot.settle().await;
    let timeline = bot.slash_in("alice", &room, "/incident timeline").await;
    assert!(timeline.text.contains("the cache was cold"), "{}", timeline.text);
    // What it answered is there after a crash.
    bot.slash_and_crash("alice", &room, "/incident note the disk was full").await;
    let timeline = bot.slash_in("alice", &room, "/incident timeline").await;
    assert!(timeline.text.contains("the disk was full"), "{}", timeline.text);
    bot.expect_nothing_doubled(2);
    // Nobody can bring it anything over HTTP, signed with no secret at all neither.
    let (body, now) = ("user_id=U0ALICE&text=list", bot.clock_second());
    let knock = bot.http.post(format!("{}/slack/commands", bot.url)).header("x-slack-request-timestamp", now);
    let knock = knock.header("x-slack-signature", signature("", now, body)).body(body).send().await;
    assert_eq!(knock.expect("it answers").status().as_u16(), 401);
}

/// What takes long is acknowledged when it is done, and holds up nothing else, though it all comes over the same connections.
#[tokio::test]
async fn a_slow_command_holds_up_no_other() {
    let bot = Bot::over_sockets().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    bot.slack.fault(Fault::new(FaultKind::Latency { millis: 2000 }).on("views.open"));
    let (alice, bob) = (bot.slack.act_as("alice"), bot.slack.act_as("bob"));
    bob.join(&room).expect("a public room");
    let slow = async {
        let answer = alice.slash("general", "/incident").await.expect("typed");
        (answer, tokio::time::Instant::now())
    };
    let quick = async {
        for n in 0..4 {
            let answer = bob.slash(&room, &format!("/incident note {n}")).await.expect("typed");
            assert_eq!(answer.error, None);
            assert!(answer.elapsed < Duration::from_millis(1500), "{:?}", answer.elapsed);
        }
        tokio::time::Instant::now()
    };
    let ((_, slow), quick) = tokio::join!(slow, quick);
    assert!(quick < slow, "the notes waited for the form");
}

/// Slack ends connections now and then, and networks break: others are opened, and what comes meanwhile comes over the other.
#[tokio::test]
async fn connections_that_end_are_replaced() {
    let bot = Bot::over_sockets().await;
    bot.declare("alice", "sev2 checkout is down").await;
    let opened = || bot.slack.calls().iter().filter(|call| call.method == OPEN).count();
    assert_eq!(opened(), 2);
    bot.slack.refresh_sockets();
    eventually("two new ones", async || bot.slack.sockets() == 2).await;
    assert_eq!(opened(), 4);
    bot.slash("alice", "/incident INC-1 note one").await;
    bot.slack.cut_sockets();
    eventually("two new ones again", async || bot.slack.sockets() == 2).await;
    bot.slash("alice", "/incident INC-1 note two").await;
    eventually("both are live", async || metric(&bot, "watchroom_socket_connections").await == 2).await;
    assert_eq!(ready(&bot).await.0, 200);
    // An event whose acknowledgement was lost on the way comes again with its id, and counts once.
    let room = bot.latest_room();
    let said = bot.slack.act_as("alice").say(&room, "the cache was cold").expect("said");
    bot.slack.act_as("alice").react(&room, &said, "pushpin").expect("marked");
    bot.settle().await;
    assert!(bot.slack.send_events_again(3) > 0);
    bot.settle().await;
    let timeline = bot.slash_in("alice", &room, "/incident timeline").await;
    assert_eq!(timeline.text.matches("the cache was cold").count(), 1, "{}", timeline.text);
}

/// Where no connection comes about, `/readyz` says why, and people hear within a minute, in rooms and where incidents are announced;
/// and in the same place that it is over.
#[tokio::test]
async fn people_hear_that_slack_brings_nothing() {
    let bot = Bot::over_sockets().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    bot.slack.fault(Fault::new(FaultKind::Outage).on(OPEN));
    bot.slack.cut_sockets();
    eventually("it is told why", async || ready(&bot).await.1.contains("503")).await;
    assert_eq!(ready(&bot).await.0, 503);
    let answer = bot.slack.act_as("alice").slash("general", "/incident list").await.expect("typed");
    assert_eq!(answer.error.as_deref(), Some("dispatch_failed"));
    let deaf = "Slack has brought me nothing";
    assert_eq!(bot.count(&room, deaf), 0, "not before a minute has passed");
    bot.advance(minutes(2)).await;
    for place in [room.as_str(), "incidents"] {
        eventually("it is said", async || bot.count(place, deaf) == 1).await;
    }
    // However long it lasts, once is enough.
    bot.advance(minutes(5)).await;
    bot.slack.clear_faults();
    let heard = "Slack can reach me again";
    for place in [room.as_str(), "incidents"] {
        eventually("it is said to be over", async || bot.count(place, heard) == 1).await;
        assert_eq!(bot.count(place, deaf), 0, "it stands in its place");
    }
    assert_eq!(ready(&bot).await.0, 200);
    bot.slash("alice", "/incident INC-1 note it works").await;
}

/// Socket Mode switched off in the app's settings, and a token that is none: `/readyz` says what to do.
#[tokio::test]
async fn what_must_be_mended_is_said() {
    let bot = Bot::over_sockets().await;
    bot.slack.set_socket_mode(false);
    eventually("it is told", async || ready(&bot).await.1.contains("switched off in the app's settings")).await;
    assert_eq!(ready(&bot).await.0, 503);
    bot.slack.set_socket_mode(true);
    eventually("it is back by itself", async || ready(&bot).await.0 == 200).await;

    let wrong = Bot::configured(|config| config.slack.app_token = config.slack.bot_token.clone()).await;
    eventually("it is told", async || ready(&wrong).await.1.contains("not_allowed_token_type")).await;
    assert!(ready(&wrong).await.1.contains("connections:write"), "what to do");
    // With the secret it can be reached all the same: it is ready, and nobody is told otherwise.
    assert_eq!(ready(&wrong).await.0, 200);
    let room = wrong.declare("alice", "sev2 checkout is down").await;
    wrong.advance(minutes(3)).await;
    assert_eq!(wrong.count(&room, "Slack has brought me nothing"), 0);
}

/// Whatever Slack sends that nobody understands, or that is no message at all: the connection goes on, and it is counted.
#[tokio::test]
async fn strange_messages_change_nothing() {
    let bot = Bot::over_sockets().await;
    let before = metric(&bot, "watchroom_requests_not_understood_total").await;
    let unknown = json!({ "type": "workflow_of_tomorrow", "envelope_id": "e1", "payload": { "a": 1 } }).to_string();
    let empty = json!({ "type": "slash_commands", "envelope_id": "e2" }).to_string();
    let nulls = json!({ "type": "interactive", "envelope_id": "e3", "payload": null }).to_string();
    let nameless = json!({ "type": "slash_commands", "payload": { "user_id": "U0ALICE", "text": "list" } }).to_string();
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for frame in ["", "{", "null", "[]", &deep, &unknown, &empty, &nulls, &nameless] {
        bot.slack.push_over_socket(frame);
    }
    let count = || async { metric(&bot, "watchroom_requests_not_understood_total").await - before };
    eventually("each is counted", async || count().await == 9).await;
    bot.slack.push_over_socket(&format!("\"{}\"", "x".repeat(1_100_000)));
    eventually("too large", async || metric(&bot, "watchroom_requests_oversized_total").await == 1).await;
    assert_eq!(bot.slack.sockets(), 2);
    bot.declare("alice", "sev2 checkout is down").await;
}
