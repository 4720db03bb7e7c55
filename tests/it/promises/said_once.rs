//! Said once: whatever comes twice, is pressed twice or is interrupted, is done once.

use watchroom::sandbox::{Fault, FaultKind, signature};

use crate::harness::{Bot, minutes, policy, shown};

/// A signed command, as bytes that can be sent again and again.
struct Request {
    stamp: String,
    signature: String,
    body: String,
}

impl Request {
    fn command(bot: &Bot, channel: &str, text: &str) -> Self {
        let stamp = bot.clock_second();
        let channel = bot.slack.channel(channel).id;
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("command", "/incident"),
                ("text", text),
                ("user_id", "U0ALICE"),
                ("channel_id", &channel),
                ("trigger_id", "13345224609.738474920.8088930838d88f008e0"),
                ("response_url", "https://hooks.example/none"),
            ])
            .finish();
        Self { signature: signature(bot.slack.signing_secret(), stamp, &body), stamp: stamp.to_string(), body }
    }

    async fn send(&self, bot: &Bot) -> String {
        let request = bot
            .http
            .post(format!("{}/slack/commands", bot.url))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("x-slack-request-timestamp", &self.stamp)
            .header("x-slack-signature", &self.signature);
        let response = request.body(self.body.clone()).send().await.expect("an answer");
        assert_eq!(response.status(), 200);
        let answer = response.text().await.expect("words");
        bot.settle().await;
        answer
    }
}

#[tokio::test]
async fn a_command_that_comes_again_byte_for_byte_declares_once_and_answers_the_same() {
    let mut bot = Bot::start().await;
    let request = Request::command(&bot, "general", "declare sev1 checkout is down");
    let first = request.send(&bot).await;
    assert!(first.contains("INC-1"), "{first}");
    let (second, third) = tokio::join!(request.send(&bot), request.send(&bot));
    assert!(second.contains("INC-1") && third.contains("INC-1"), "{second}\n{third}");
    bot.crash_and_restart().await;
    assert!(request.send(&bot).await.contains("INC-1"));
    bot.expect_nothing_doubled(1);
    bot.expect_once("incidents", "checkout is down");
    assert_eq!(made(&bot, "conversations.create"), 1);
}

#[tokio::test]
async fn two_at_the_same_moment_are_one() {
    let bot = Bot::start().await;
    let request = Request::command(&bot, "general", "declare sev1 checkout is down");
    let (one, two) = tokio::join!(request.send(&bot), request.send(&bot));
    assert!(one.contains("INC-1") && two.contains("INC-1"), "{one}\n{two}");
    bot.expect_nothing_doubled(1);
}

#[tokio::test]
async fn a_note_a_page_and_an_update_that_come_again_stand_once() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    for (text, place, words) in [
        ("note the cache was cold", room.as_str(), "the cache was cold"),
        ("update We roll back", "general", "We roll back"),
    ] {
        let request = Request::command(&bot, &room, text);
        let request = Request::with_trigger(&bot, &request, text);
        request.send(&bot).await;
        request.send(&bot).await;
        bot.expect_once(place, words);
    }
    let page = Request::command(&bot, &room, "page <@U0BOB|bob>");
    page.send(&bot).await;
    page.send(&bot).await;
    assert_eq!(bot.slack.dm("bob").len(), 1, "{}", shown(&bot.slack.dm("bob")));
    bot.expect_nothing_doubled(1);
}

impl Request {
    /// The same with a trigger of its own.
    fn with_trigger(bot: &Bot, request: &Self, trigger: &str) -> Self {
        let body = request.body.replace("13345224609", &format!("{}{}", trigger.len(), "13345224609"));
        let stamp = bot.clock_second();
        Self { signature: signature(bot.slack.signing_secret(), stamp, &body), stamp: stamp.to_string(), body }
    }
}

/// How many calls of a method Slack carried out.
fn made(bot: &Bot, method: &str) -> usize {
    bot.slack.calls().iter().filter(|c| c.method == method && c.ok()).count()
}

#[tokio::test]
async fn events_that_come_again_change_nothing() {
    let mut bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    let alice = bot.slack.act_as("alice");
    let ts = alice.say(&room, "deploy 41 broke it").expect("said");
    alice.react(&room, &ts, "pushpin").expect("an emoji");
    bot.settle().await;
    alice.edit_message(&room, &ts, "deploy 42 broke it").expect("edited");
    bot.settle().await;
    let before = bot.history("INC-1").await;
    assert!(bot.slack.send_events_again(50) > 3);
    bot.settle().await;
    bot.crash_and_restart().await;
    bot.slack.send_events_again(50);
    bot.settle().await;
    assert_eq!(bot.history("INC-1").await, before);
    bot.expect_nothing_doubled(1);
}

#[tokio::test]
async fn an_event_that_changed_nothing_still_changes_nothing_when_it_comes_late() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    // An event that Slack sends again after the room was lost: by then it would not be refused any more.
    bot.slack.send_event(serde_json::json!({ "type": "channel_unarchive", "channel": room, "user": "U0CAROL" }));
    bot.settle().await;
    bot.slack.kick_bot(&room).expect("thrown out");
    bot.settle().await;
    let before = bot.history("INC-1").await;
    assert_eq!(bot.slack.send_events_again(2), 2);
    bot.settle().await;
    assert_eq!(bot.history("INC-1").await, before);
}

#[tokio::test]
async fn a_double_press_counts_once() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page @bob").await;
    let bob = bot.slack.act_as("bob");
    let page = bot.expect_dm("bob", "Acknowledge");
    let (one, two) = tokio::join!(bob.press(&page, "Acknowledge"), bob.press(&page, "Acknowledge"));
    one.expect("pressed").expect_ok();
    two.expect("pressed").expect_ok();
    let card = bot.card(&room);
    bob.join(&room).expect("joined");
    let (one, two) = tokio::join!(bob.press(&card, "Identified →"), bob.press(&card, "Identified →"));
    one.expect("pressed").expect_ok();
    two.expect("pressed").expect_ok();
    bot.settle().await;
    bot.expect_once(&room, "acknowledged after 0 s.");
    bot.expect_once(&room, "changed the phase");
    assert!(bot.card(&room).contains("Identified"), "one phase further, not two");
    bot.expect_nothing_doubled(1);
}

#[tokio::test]
async fn the_same_button_pressed_again_later_counts_again() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.press_card("bob", &room, "Identified →").await;
    bot.slash_in("bob", &room, "/incident phase investigating it was not that").await;
    bot.press_card("bob", &room, "Identified →").await;
    let back = bot.said(&room).iter().filter(|m| m.contains("changed the phase")).count();
    assert_eq!(back, 3, "{}", shown(&bot.said(&room)));
    bot.slash_in("alice", &room, "/incident unassign scribe").await;
    bot.slash_in("alice", &room, "/incident phase investigating no").await;
    let history = bot.history("INC-1").await;
    assert_eq!(history.iter().filter(|w| matches!(w, watchroom::incident::What::PhaseChanged { .. })).count(), 4);
}

#[tokio::test]
async fn a_form_sent_twice_declares_once() {
    let bot = Bot::start().await;
    bot.slash("bob", "/incident").await;
    let bob = bot.slack.act_as("bob");
    bob.fill([("What is wrong?", "search is slow".into()), ("Why is it an incident?", "not_sure".into())])
        .await
        .expect("filled");
    let (one, two) = tokio::join!(bob.submit(), bob.submit());
    assert!(one.is_ok() || two.is_ok());
    bot.settle().await;
    bot.expect_nothing_doubled(1);
    bot.expect_once("incidents", "search is slow");
}

#[tokio::test]
async fn a_crash_in_the_middle_of_delivering_doubles_nothing() {
    // Slack did it, and the bot died before it heard so.
    for method in [
        "conversations.create",
        "conversations.setPurpose",
        "conversations.setTopic",
        "conversations.invite",
        "chat.postMessage",
        "pins.add",
        "chat.update",
    ] {
        let pages = vec![policy("checkout", &[("U0BOB", 5), ("U0DAVE", 5)])];
        let mut bot = Bot::with(|s| s.policies = pages).await;
        bot.slack.fault(Fault::new(FaultKind::DropAfter).on(method).times(3));
        bot.slack.act_as("alice").slash("general", "/incident declare sev1 checkout is down").await.expect("typed");
        bot.slack.act_as("alice").slash("general", "/incident INC-1 page checkout").await.expect("typed");
        bot.settle().await;
        bot.crash_and_restart().await;
        bot.slack.clear_faults();
        bot.crash_and_restart().await;
        bot.advance(minutes(4)).await;
        let room = bot.latest_room();
        assert!(bot.card(&room).contains("checkout is down"), "{method}");
        bot.expect_once("incidents", "checkout is down");
        bot.expect_once(&room, "declared INC-1");
        bot.expect_nothing_doubled(1);
        bot.expect_in_order(&room);
    }
}
