//! Pages that go to Opsgenie or Jira Service Management, which take what is written at once and do it later, if at all.

use serde_json::{Value, json};

use crate::harness::{
    Bot,
    fails::Fails,
    minutes,
    opsgenie::FakeOpsgenie,
    providers::{WEBHOOK_TOKEN, with_jira, with_opsgenie},
};

async fn paged(bot: &Bot) -> String {
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page night").await;
    room
}

fn only_alert(fake: &FakeOpsgenie) -> Value {
    let memory = fake.memory();
    assert_eq!(memory.alerts.len(), 1, "{:?}", memory.alerts);
    memory.alerts[0].clone()
}

/// A webhook about the only alert.
fn told(fake: &FakeOpsgenie, action: &str, who: &str, second: i64) -> Value {
    json!({
        "action": action, "integrationName": "Webhook", "source": { "name": "web", "type": "web" },
        "alert": {
            "alertId": "052652ac", "alias": only_alert(fake)["alias"], "message": "m", "username": who,
            "updatedAt": (1_795_316_400 + second) * 1000,
        },
    })
}

#[tokio::test]
async fn what_is_taken_and_comes_to_nothing_reached_nobody() {
    let (bot, opsgenie) = with_opsgenie("team:gone").await;
    opsgenie.memory().deleted.push("gone");
    let room = paged(&bot).await;
    assert!(bot.slack.dm("dave").is_empty(), "it may be done in a moment");
    opsgenie.catch_up();
    bot.seconds(2).await;
    bot.expect_once(&room, "Opsgenie (team:gone) could not be reached (Responder does not exist)");
    bot.expect_dm("dave", "checkout is down");
}

#[tokio::test]
async fn what_is_taken_and_not_done_in_time_is_said_and_the_next_step_is_asked() {
    let (bot, opsgenie) = with_opsgenie("team:t").await;
    let room = paged(&bot).await;
    bot.seconds(14).await;
    bot.expect_once(&room, "Opsgenie (team:t) could not be reached (no answer: it was taken, and is not done yet)");
    bot.expect_dm("dave", "checkout is down");
    opsgenie.catch_up();
    bot.seconds(20).await;
    assert_eq!(only_alert(&opsgenie)["count"], 1, "whoever is asked there may still come");
}

#[tokio::test]
async fn what_is_done_here_and_comes_to_nothing_there_is_said_aloud() {
    let (bot, opsgenie) = with_opsgenie("team:t").await;
    opsgenie.memory().prompt = true;
    let room = paged(&bot).await;
    // Somebody did there what is done here, just before.
    opsgenie.memory().alerts[0]["acknowledged"] = json!(true);
    bot.slash_in("bob", &room, "/incident ack").await;
    assert_eq!(bot.count(&room, "could not"), 0);
    opsgenie.memory().fails_later.push("close");
    bot.slash_in("alice", &room, "/incident cancel it was a test").await;
    bot.expect_once(&room, "could not resolve in Opsgenie (team:t): It could not be done");
}

#[tokio::test]
async fn an_outage_is_said_aloud_and_the_next_step_is_asked_at_once() {
    let (bot, opsgenie) = with_opsgenie("team:t").await;
    opsgenie.memory().prompt = true;
    opsgenie.fail(vec![Fails::Status(503); 60]);
    let room = paged(&bot).await;
    bot.seconds(2).await;
    assert!(bot.slack.dm("dave").is_empty(), "it may be back in a moment");
    bot.seconds(12).await;
    bot.expect_once(&room, "Opsgenie (team:t) could not be reached (cannot be reached: status 503)");
    bot.expect_dm("dave", "checkout is down");
    opsgenie.memory().fails.clear();
    bot.seconds(20).await;
    assert_eq!(only_alert(&opsgenie)["count"], 1);
    bot.slash_in("alice", &room, "/incident cancel it was a test").await;
    assert_eq!(only_alert(&opsgenie)["status"], "closed");
}

#[tokio::test]
async fn a_page_is_made_once_though_answers_are_lost_and_the_bot_dies() {
    let (mut bot, opsgenie) = with_opsgenie("team:t").await;
    opsgenie.fail([Fails::AfterTheWrite, Fails::Malformed]);
    let room = paged(&bot).await;
    bot.seconds(1).await;
    bot.crash_and_restart().await;
    opsgenie.catch_up();
    bot.seconds(5).await;
    opsgenie.catch_up();
    bot.seconds(5).await;
    only_alert(&opsgenie);
    assert_eq!(bot.count(&room, "could not be reached"), 0);
}

#[tokio::test]
async fn where_it_tells_nothing_of_a_request_the_alert_tells() {
    let (bot, jira) = with_jira("team:t", &[]).await;
    jira.memory().forgets = true;
    let room = paged(&bot).await;
    bot.seconds(20).await;
    assert!(bot.slack.dm("dave").is_empty(), "it is there");
    bot.slash_in("bob", &room, "/incident ack").await;
    bot.slash_in("alice", &room, "/incident cancel it was a test").await;
    assert_eq!(only_alert(&jira)["status"], "closed");
    assert_eq!(bot.count(&room, "could not"), 0);
}

#[tokio::test]
async fn jira_is_paged_acknowledged_moved_on_and_closed_by_one_alias() {
    let (bot, jira) = with_jira("escalation:e1", &["U0BOB"]).await;
    let room = paged(&bot).await;
    bot.advance(minutes(2)).await;
    let alert = only_alert(&jira);
    assert_eq!(
        (&alert["count"], &alert["priority"]),
        (&json!(1), &json!("P1")),
        "it is there, and not asked for again"
    );
    assert_eq!(alert["responders"], json!([{ "type": "escalation", "id": "e1" }]));
    bot.press("bob", &bot.slack.dm("bob"), "Escalate").await;
    assert_eq!(only_alert(&jira)["escalated"], "e1");
    bot.slash_in("dave", &room, "/incident ack").await;
    assert_eq!(only_alert(&jira)["acknowledged"], true);
    bot.slash_in("alice", &room, "/incident cancel it was a test").await;
    assert_eq!(only_alert(&jira)["status"], "closed");
    assert_eq!(bot.count(&room, "could not"), 0);
    let memory = jira.memory();
    assert!(memory.requests.iter().all(|request| request.contains(" /jsm/ops/")), "{:?}", memory.requests);
}

#[tokio::test]
async fn without_webhooks_the_next_look_finds_who_answered_in_jira() {
    let (bot, jira) = with_jira("team:t", &[]).await;
    let room = paged(&bot).await;
    {
        let mut memory = jira.memory();
        memory.alerts[0]["acknowledged"] = json!(true);
        memory.alerts[0]["owner"] = json!("5b10a2844c20165700ede21g");
    }
    bot.advance(minutes(15)).await;
    bot.expect_once(&room, "5b10a2844c20165700ede21g acknowledged in Opsgenie");
    assert!(bot.slack.dm("dave").is_empty(), "somebody is on it");
}

#[tokio::test]
async fn webhooks_twice_replayed_and_out_of_order_change_nothing_more() {
    for at_jira in [false, true] {
        let (mut bot, fake) = if at_jira { with_jira("team:t", &[]).await } else { with_opsgenie("team:t").await };
        fake.memory().prompt = true;
        let room = paged(&bot).await;
        let late = told(&fake, "UnAcknowledge", "erin@example.com", 40);
        assert_eq!(bot.told_by_opsgenie(WEBHOOK_TOKEN, &late).await, 202);
        // It happened before, and comes after.
        let early = told(&fake, "Acknowledge", "erin@example.com", 30);
        assert_eq!(bot.told_by_opsgenie(WEBHOOK_TOKEN, &early).await, 202);
        assert_eq!(bot.count(&room, "acknowledged in"), 0);
        bot.crash_and_restart().await;
        assert_eq!(bot.told_by_opsgenie(WEBHOOK_TOKEN, &late).await, 202);
        bot.expect_once(&room, "Nobody is on it in Opsgenie (team:t) any more");
        let again = told(&fake, "Acknowledge", "erin@example.com", 50);
        for _ in 0..2 {
            assert_eq!(bot.told_by_opsgenie(WEBHOOK_TOKEN, &again).await, 202);
        }
        bot.expect_once(&room, "<@U0ERIN> acknowledged in Opsgenie");
        bot.advance(minutes(15)).await;
        assert!(bot.slack.dm("dave").is_empty(), "somebody is on it");
    }
}
