//! What is done at another provider to a page of ours shows here, once, from whom it must be.

use serde_json::{Value, json};

use crate::harness::{
    Bot, minutes,
    pagerduty::FakePagerDuty,
    providers::{WEBHOOK_SECRET, WEBHOOK_TOKEN, event, key_of, signed, with_opsgenie, with_pagerduty},
    shown,
};

async fn paged() -> (Bot, FakePagerDuty, String, String) {
    let (bot, pagerduty) = with_pagerduty(true, &[]).await;
    let erin = json!({ "id": "PERIN", "summary": "Erin", "email": "erin@example.com" });
    pagerduty.memory().users.insert("PERIN".into(), erin);
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page night").await;
    let key = key_of(&pagerduty);
    (bot, pagerduty, room, key)
}

#[tokio::test]
async fn whoever_acknowledges_there_is_on_it_here_and_it_is_not_sent_back() {
    let (bot, pagerduty, room, key) = paged().await;
    let asked = pagerduty.memory().bodies.len();
    bot.told_by_pagerduty(&event("E1", "acknowledged", &key, Some("PERIN"), 30)).await;
    bot.expect_once(&room, "<@U0ERIN> acknowledged in PagerDuty");
    assert_eq!(pagerduty.memory().bodies.len(), asked, "nothing is sent back");
    assert!(bot.slack.channel(&room).members.iter().any(|m| m == "U0ERIN"), "she is brought in");
    bot.advance(minutes(15)).await;
    assert!(bot.slack.dm("dave").is_empty(), "nobody else is asked");
}

#[tokio::test]
async fn whoever_slack_does_not_know_is_named_and_somebody_here_may_take_over() {
    let (bot, pagerduty, room, key) = paged().await;
    bot.told_by_pagerduty(&event("E1", "acknowledged", &key, Some("Zed <@U0BOB>"), 30)).await;
    bot.expect_once(&room, "Zed &lt;@U0BOB&gt; acknowledged in PagerDuty");
    assert!(bot.card(&room).contains("somebody acknowledged in PagerDuty"));
    bot.advance(minutes(29)).await;
    assert!(bot.slack.dm("dave").is_empty(), "somebody is on it");
    bot.slash_in("bob", &room, "/incident ack").await;
    bot.expect_once(&room, ":white_check_mark: <@U0BOB> acknowledged");
    assert_eq!(pagerduty.memory().incidents[0]["status"], "acknowledged", "and there it is shown as well");
}

/// Nobody can ask them by themselves: the room is asked, and silence lets the ladder go on.
#[tokio::test]
async fn the_room_is_asked_whether_somebody_whom_slack_does_not_know_is_still_on_it() {
    let (mut bot, pagerduty, room, key) = paged().await;
    bot.told_by_pagerduty(&event("E1", "acknowledged", &key, Some("Zed"), 30)).await;
    bot.advance(minutes(29)).await;
    assert_eq!(bot.count(&room, "Are they still on it?"), 0);
    bot.advance(minutes(1)).await;
    bot.expect_once(&room, "<@U0ALICE>: somebody acknowledged in PagerDuty 30 min ago, and Slack does not know them");
    bot.press("carol", &bot.said(&room), "Somebody still is").await;
    bot.expect_once(&room, "<@U0CAROL> says that somebody is still on it");
    bot.advance(minutes(29)).await;
    assert_eq!(bot.count(&room, "Are they still on it?"), 1, "it was said");
    bot.advance(minutes(2)).await;
    assert_eq!(bot.count(&room, "Are they still on it?"), 2);
    bot.crash_and_restart().await;
    assert_eq!(pagerduty.memory().incidents.len(), 1);
    bot.advance(minutes(5)).await;
    bot.expect_once(&room, "Nobody says that whoever acknowledged is still on it: others are asked again");
    let all: Vec<String> = pagerduty.memory().incidents.iter().map(|i| i["status"].to_string()).collect();
    assert_eq!(all, ["\"resolved\"", "\"triggered\""], "the step that was reached asks there once more");
    bot.advance(minutes(11)).await;
    bot.expect_dm("dave", "checkout is down");
}

/// The room that would be asked cannot be used: whoever leads is asked where they read it, whether Slack told of the loss or not.
#[tokio::test]
async fn whoever_leads_is_asked_by_direct_message_where_the_room_cannot_be() {
    for how in ["archived", "kicked", "found out"] {
        let (mut bot, _pagerduty, room, key) = paged().await;
        bot.told_by_pagerduty(&event("E1", "acknowledged", &key, Some("Zed"), 30)).await;
        bot.advance(minutes(29)).await;
        match how {
            "archived" => bot.slack.archive(&room).expect("archived"),
            "kicked" => bot.slack.kick_bot(&room).expect("thrown out"),
            _ => bot.slack.with(|ws| ws.channels.get_mut(&room).expect("a room").archived = true),
        }
        bot.advance(minutes(1)).await;
        let asked = |bot: &Bot| bot.slack.dm("alice").iter().filter(|m| m.contains("Are they still on it?")).count();
        assert_eq!(asked(&bot), 1, "{how}: {}", shown(&bot.slack.dm("alice")));
        let said = bot.expect_dm("alice", "Are they still on it?");
        assert!(said.contains("INC-1 checkout is down") && said.contains("Slack does not know them"), "{how}: {said}");
        bot.press("alice", &bot.slack.dm("alice"), "Somebody still is").await;
        bot.advance(minutes(30)).await;
        bot.crash_and_restart().await;
        assert_eq!(asked(&bot), 2, "{how}: {}", shown(&bot.slack.dm("alice")));
        assert!(bot.slack.dm("dave").is_empty(), "{how}: she said that somebody is");
        bot.press("alice", &bot.slack.dm("alice"), "I am on it").await;
        bot.advance(minutes(10)).await;
        assert!(bot.slack.dm("dave").is_empty(), "{how}: alice is on it");
    }
}

#[tokio::test]
async fn whoever_is_in_the_room_may_take_over_or_say_that_nobody_is_on_it() {
    let (bot, _pagerduty, room, key) = paged().await;
    bot.told_by_pagerduty(&event("E1", "acknowledged", &key, Some("Zed"), 30)).await;
    bot.advance(minutes(30)).await;
    // Saying it again there is a sign of life too.
    bot.told_by_pagerduty(&event("E2", "acknowledged", &key, Some("Zed"), 1795)).await;
    bot.advance(minutes(6)).await;
    assert_eq!(bot.count(&room, "Nobody says that whoever acknowledged"), 0);
    bot.slash_in("carol", &room, "/incident unack").await;
    bot.expect_once(&room, "<@U0CAROL> says that nobody is on it any more: others are asked again");
    let (bot, _pagerduty, room, key) = paged().await;
    bot.told_by_pagerduty(&event("E1", "acknowledged", &key, Some("Zed"), 30)).await;
    bot.advance(minutes(30)).await;
    bot.press("bob", &bot.said(&room), "I am on it").await;
    bot.expect_once(&room, ":white_check_mark: <@U0BOB> acknowledged");
    bot.advance(minutes(6)).await;
    assert!(bot.slack.dm("dave").is_empty(), "bob is on it");
}

/// Somebody whom Slack knows acknowledges after somebody whom it does not.
#[tokio::test]
async fn who_is_known_counts_more_than_who_is_not() {
    let (bot, _pagerduty, room, key) = paged().await;
    bot.told_by_pagerduty(&event("E1", "acknowledged", &key, Some("Zed"), 30)).await;
    bot.told_by_pagerduty(&event("E2", "acknowledged", &key, Some("PERIN"), 60)).await;
    bot.expect_once(&room, "<@U0ERIN> acknowledged in PagerDuty");
}

#[tokio::test]
async fn what_is_given_back_there_returns_to_the_step_that_was_reached() {
    for who in ["PERIN", "Zed"] {
        let (mut bot, pagerduty, room, key) = paged().await;
        bot.told_by_pagerduty(&event("E1", "acknowledged", &key, Some(who), 30)).await;
        bot.advance(minutes(15)).await;
        pagerduty.memory().incidents[0]["status"] = json!("triggered");
        for _ in 0..2 {
            bot.told_by_pagerduty(&event("E2", "unacknowledged", &key, None, 900)).await;
            bot.expect_once(&room, "Nobody is on it in PagerDuty (PSVC) any more: others are asked again");
        }
        bot.crash_and_restart().await;
        assert_eq!(pagerduty.memory().incidents.len(), 1, "it goes on there by itself");
        assert!(bot.slack.dm("dave").is_empty(), "it is not his turn");
        bot.advance(minutes(11)).await;
        bot.expect_dm("dave", "checkout is down");
    }
}

/// Whoever said here that they are on it still are: the provider's own time may have run out.
#[tokio::test]
async fn what_was_acknowledged_here_holds_although_it_is_given_back_there() {
    let (bot, _pagerduty, room, key) = paged().await;
    bot.slash_in("bob", &room, "/incident ack").await;
    bot.told_by_pagerduty(&event("E1", "unacknowledged", &key, None, 60)).await;
    bot.expect_once(&room, "Nobody is on it in PagerDuty (PSVC) any more; PagerDuty asks its people again");
    bot.advance(minutes(15)).await;
    assert!(bot.slack.dm("dave").is_empty(), "bob is on it");
}

#[tokio::test]
async fn the_echo_of_what_was_done_here_changes_nothing() {
    let (bot, _pagerduty, room, key) = paged().await;
    bot.slash_in("bob", &room, "/incident ack").await;
    let before = bot.history("INC-1").await.len();
    bot.told_by_pagerduty(&event("E1", "acknowledged", &key, None, 30)).await;
    assert_eq!(bot.history("INC-1").await.len(), before);
    bot.slash_in("alice", &room, "/incident cancel it was nothing").await;
    let before = bot.history("INC-1").await.len();
    bot.told_by_pagerduty(&event("E2", "resolved", &key, None, 60)).await;
    assert_eq!(bot.history("INC-1").await.len(), before);
}

#[tokio::test]
async fn what_else_happens_there_is_told_in_the_room_and_the_incident_goes_on() {
    let (bot, pagerduty, room, key) = paged().await;
    bot.told_by_pagerduty(&event("E1", "escalated", &key, None, 10)).await;
    bot.expect_once(&room, "PagerDuty (PSVC) asks the next ones there: Zoe");
    bot.told_by_pagerduty(&event("E2", "reassigned", &key, Some("PERIN"), 20)).await;
    bot.expect_once(&room, "PagerDuty (PSVC) asks others there: Zoe");
    bot.told_by_pagerduty(&event("E3", "resolved", &key, Some("PZED"), 30)).await;
    bot.expect_once(
        &room,
        "PZED resolved page 1 in PagerDuty (PSVC). INC-1 goes on, and nobody has acknowledged it here.",
    );
    pagerduty.memory().incidents[0]["status"] = json!("resolved");
    bot.advance(minutes(8)).await;
    assert_eq!(pagerduty.memory().incidents.len(), 1, "whoever resolved it is not woken again");
    bot.advance(minutes(3)).await;
    bot.expect_dm("dave", "checkout is down");
}

#[tokio::test]
async fn twice_replayed_and_out_of_order_change_nothing_more() {
    let (mut bot, _pagerduty, room, key) = paged().await;
    let late = event("E2", "unacknowledged", &key, None, 40);
    bot.told_by_pagerduty(&late).await;
    // It happened before, and comes after.
    bot.told_by_pagerduty(&event("E1", "acknowledged", &key, Some("PERIN"), 30)).await;
    assert_eq!(bot.count(&room, "acknowledged in PagerDuty"), 0);
    bot.told_by_pagerduty(&late).await;
    bot.advance(minutes(3)).await;
    bot.crash_and_restart().await;
    bot.told_by_pagerduty(&late).await;
    bot.expect_once(&room, "Nobody is on it in PagerDuty (PSVC) any more");
}

#[tokio::test]
async fn what_is_forged_or_unreadable_is_refused_and_what_is_unknown_is_taken() {
    let (bot, _pagerduty, room, key) = paged().await;
    let before = bot.history("INC-1").await.len();
    let forged = event("E1", "acknowledged", &key, Some("PERIN"), 30).to_string();
    for signature in ["", "v1=", "v1=00", &signed("another", &forged), &signed(WEBHOOK_SECRET, "{}"), "v0=x"] {
        assert_eq!(bot.deliver(&forged, signature).await, 401, "{signature}");
    }
    for body in ["", "[]", "{\"event\": 1}", "{\"event\": {\"id\": \"E1\", \"event_type\": \"incident.acknowledged\"}}"]
    {
        assert_eq!(bot.deliver(body, &signed(WEBHOOK_SECRET, body)).await, 400, "{body}");
    }
    let large = " ".repeat(300 * 1024);
    assert_eq!(bot.deliver(&large, &signed(WEBHOOK_SECRET, &large)).await, 413);
    let other = key.replace("1.1", "1.2");
    let strange = key.replace("INC-1", "INC-99");
    for key in ["", "somebody else's", "watchroom/INC-1/1.1/0/pagerduty:PSVC", &other, &strange] {
        bot.told_by_pagerduty(&event("E9", "acknowledged", key, Some("PERIN"), 30)).await;
    }
    bot.told_by_pagerduty(&event("E10", "priority_updated", &key, None, 30)).await;
    let ping = json!({ "event": { "id": "P", "event_type": "pagey.ping", "occurred_at": "2026-11-22T03:00:00Z", "data": {} } });
    bot.told_by_pagerduty(&ping).await;
    assert_eq!(bot.history("INC-1").await.len(), before);
    assert_eq!(bot.count(&room, "in PagerDuty"), 0);
}

#[tokio::test]
async fn nobody_is_let_into_a_secret_from_outside() {
    let (bot, pagerduty) = with_pagerduty(true, &[]).await;
    let erin = json!({ "id": "PERIN", "summary": "Erin", "email": "erin@example.com" });
    pagerduty.memory().users.insert("PERIN".into(), erin);
    let room = bot.declare_secret("alice", "sev1 security: the vault was opened").await;
    bot.slash_in("alice", &room, "/incident page night").await;
    let key = key_of(&pagerduty);
    bot.told_by_pagerduty(&event("E1", "acknowledged", &key, Some("PERIN"), 30)).await;
    bot.expect_once(&room, "PERIN acknowledged in PagerDuty");
    assert!(!bot.slack.channel(&room).members.iter().any(|m| m == "U0ERIN"));
    bot.advance(minutes(15)).await;
    assert!(bot.slack.dm("dave").is_empty(), "somebody is on it");
}

#[tokio::test]
async fn opsgenie_tells_too() {
    let (bot, opsgenie) = with_opsgenie("team:4513b7ea").await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page night").await;
    opsgenie.catch_up();
    let alias = opsgenie.memory().alerts[0]["alias"].as_str().expect("an alias").to_owned();
    let told = |action: &str, who: &str, second: i64| -> Value {
        json!({
            "action": action, "integrationName": "Webhook", "source": { "name": "web", "type": "web" },
            "alert": {
                "alertId": "052652ac", "alias": alias, "message": "m", "username": who,
                "updatedAt": (1_795_316_400 + second) * 1_000_000_000,
            },
        })
    };
    assert_eq!(bot.told_by_opsgenie("wrong", &told("Acknowledge", "erin@example.com", 30)).await, 401);
    assert_eq!(bot.told_by_opsgenie(WEBHOOK_TOKEN, &json!({ "action": "Acknowledge" })).await, 400);
    for _ in 0..2 {
        assert_eq!(bot.told_by_opsgenie(WEBHOOK_TOKEN, &told("Acknowledge", "Erin@example.com", 30)).await, 202);
    }
    bot.expect_once(&room, "<@U0ERIN> acknowledged in Opsgenie");
    opsgenie.catch_up();
    assert_eq!(opsgenie.memory().alerts[0]["acknowledged"], false, "it was not sent back");
    assert_eq!(bot.told_by_opsgenie(WEBHOOK_TOKEN, &told("Close", "zed@example.net", 60)).await, 202);
    bot.expect_once(&room, "zed@example.net resolved page 1 in Opsgenie (team:4513b7ea). INC-1 goes on.");
}
