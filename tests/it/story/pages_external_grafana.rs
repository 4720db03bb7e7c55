//! Pages that go to Grafana OnCall, and what is done to them there.

use serde_json::{Value, json};

use crate::harness::{
    Bot,
    fails::Fails,
    grafana::{FakeGrafana, INTEGRATION},
    minutes,
    providers::{WEBHOOK_TOKEN, with_grafana},
};

/// An incident, paged by the policy; and the key of the page there.
async fn paged() -> (Bot, FakeGrafana, String, String) {
    let (bot, grafana) = with_grafana().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page night").await;
    grafana.catch_up();
    let key = key_of(&grafana);
    (bot, grafana, room, key)
}

fn key_of(fake: &FakeGrafana) -> String {
    let memory = fake.memory();
    assert_eq!(memory.groups.len(), 1, "{:?}", memory.groups);
    memory.groups[0]["uid"].as_str().expect("a key").to_owned()
}

fn state(fake: &FakeGrafana) -> String {
    fake.memory().groups[0]["state"].as_str().expect("a state").to_owned()
}

/// An outgoing webhook with the whole payload; some events have no time. The alert group is as the event leaves it.
fn event(kind: &str, key: &str, by: Option<(&str, &str)>, second: Option<i64>) -> Value {
    let at = |second| jiff::Timestamp::from_second(1_795_316_400 + second).expect("a time").to_string();
    let user = by.map(|(id, name)| json!({ "id": id, "username": name, "email": format!("{name}@example.net") }));
    let state = match kind {
        "acknowledge" => "acknowledged",
        "resolve" => "resolved",
        _ => "firing",
    };
    let mut event = json!({ "type": kind });
    if let Some(second) = second {
        event["time"] = json!(at(second));
    }
    json!({
        "event": event, "user": user, "alert_group_id": "I1",
        "alert_group": { "id": "I1", "integration_id": INTEGRATION, "state": state, "title": "t" },
        "alert_payload": { "alert_uid": key, "state": "alerting", "title": "t" },
        "integration": { "id": INTEGRATION, "type": "formatted_webhook", "name": "Watchroom", "team": null },
        "notified_users": [], "users_to_be_notified": [{ "id": "UZOE", "username": "Zoe", "email": "zoe@example.net" }],
    })
}

async fn told(bot: &Bot, event: &Value) {
    assert_eq!(bot.told_with_token("grafana-oncall", WEBHOOK_TOKEN, event).await, 202, "{event}");
}

#[tokio::test]
async fn a_page_is_one_alert_group_that_is_acknowledged_and_resolved_from_here() {
    let (mut bot, grafana) = with_grafana().await;
    grafana.fail([Fails::AfterTheWrite]);
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page night").await;
    bot.seconds(3).await;
    bot.crash_and_restart().await;
    grafana.catch_up();
    bot.advance(minutes(5)).await;
    grafana.catch_up();
    assert!(key_of(&grafana).starts_with("watchroom/INC-1/1.1/"));
    assert_eq!(grafana.memory().groups[0]["title"], "INC-1 SEV1: checkout is down");
    assert_eq!(state(&grafana), "firing");
    bot.slash_in("bob", &room, "/incident ack").await;
    assert_eq!(state(&grafana), "acknowledged");
    grafana.fail([Fails::Status(503), Fails::Malformed]);
    bot.slash_in("alice", &room, "/incident cancel it was nothing").await;
    bot.seconds(10).await;
    assert_eq!(state(&grafana), "resolved");
    assert_eq!(bot.count(&room, "could not"), 0);
}

#[tokio::test]
async fn an_outage_is_said_aloud_and_the_next_step_is_asked_at_once() {
    let (bot, grafana) = with_grafana().await;
    grafana.fail(vec![Fails::Status(503); 60]);
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page night").await;
    bot.seconds(14).await;
    bot.expect_once(&room, "Grafana OnCall (CFRPV98RPR1U8) could not be reached (cannot be reached: status 503)");
    bot.expect_dm("dave", "checkout is down");
}

#[tokio::test]
async fn what_is_given_back_here_is_asked_anew_there() {
    let (bot, grafana, room, _) = paged().await;
    bot.slash_in("bob", &room, "/incident ack").await;
    bot.slash_in("bob", &room, "/incident unack").await;
    grafana.catch_up();
    let memory = grafana.memory();
    let all: Vec<&str> = memory.groups.iter().filter_map(|group| group["state"].as_str()).collect();
    assert_eq!(all, ["resolved", "firing"]);
    assert_ne!(memory.groups[0]["uid"], memory.groups[1]["uid"]);
}

#[tokio::test]
async fn a_page_is_not_held_up_by_the_end_of_the_one_before() {
    let (bot, grafana, room, _) = paged().await;
    bot.slash_in("bob", &room, "/incident ack").await;
    // What is grouped cannot be changed; what is new gets in all the same.
    grafana.memory().api_is_down = true;
    bot.slash_in("bob", &room, "/incident unack").await;
    grafana.catch_up();
    {
        let memory = grafana.memory();
        let all: Vec<&str> = memory.groups.iter().filter_map(|group| group["state"].as_str()).collect();
        assert_eq!(all, ["acknowledged", "firing"]);
    }
    grafana.memory().api_is_down = false;
    bot.seconds(20).await;
    assert_eq!(state(&grafana), "resolved");
    assert_eq!(bot.count(&room, "could not"), 0);
}

#[tokio::test]
async fn whoever_acknowledges_while_it_is_being_grouped_is_shown_there_once_it_is() {
    let (bot, grafana) = with_grafana().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page night").await;
    bot.slash_in("bob", &room, "/incident ack").await;
    bot.seconds(20).await;
    grafana.catch_up();
    assert_eq!(state(&grafana), "firing");
    bot.seconds(20).await;
    assert_eq!(state(&grafana), "acknowledged");
    assert_eq!(bot.count(&room, "could not"), 0);
    // What never gets there is given up aloud in the end.
    grafana.memory().alerts.clear();
    bot.slash_in("alice", &room, "/incident cancel it was nothing").await;
    bot.advance(minutes(4)).await;
    assert_eq!(bot.count(&room, "could not"), 0);
    bot.advance(minutes(2)).await;
    bot.expect_once(&room, "could not resolve in Grafana OnCall (CFRPV98RPR1U8): not_found");
}

#[tokio::test]
async fn without_webhooks_the_next_look_finds_who_answered_there() {
    let (bot, grafana, room, _) = paged().await;
    {
        let mut memory = grafana.memory();
        memory.groups[0]["state"] = json!("acknowledged");
        memory.groups[0]["acknowledged_by"] = json!("UERIN");
        memory.groups[0]["acknowledged_at"] = json!("2026-11-22T03:00:30Z");
    }
    bot.advance(minutes(2)).await;
    bot.expect_once(&room, "<@U0ERIN> acknowledged in Grafana OnCall after 2 min");
    bot.advance(minutes(20)).await;
    assert!(bot.slack.dm("dave").is_empty());
}

#[tokio::test]
async fn whoever_acknowledges_there_is_known_by_their_id_in_slack_or_named() {
    let (bot, grafana, room, key) = paged().await;
    told(&bot, &event("acknowledge", &key, Some(("UERIN", "erin")), Some(30))).await;
    bot.expect_once(&room, "<@U0ERIN> acknowledged in Grafana OnCall");
    assert_eq!(state(&grafana), "firing", "it is not sent back");
    told(&bot, &event("resolve", &key, Some(("UZED", "Zed <@U0BOB>")), Some(60))).await;
    bot.expect_once(&room, "Zed &lt;@U0BOB&gt; resolved page 1 in Grafana OnCall (CFRPV98RPR1U8). INC-1 goes on.");
}

#[tokio::test]
async fn whoever_slack_does_not_know_is_on_it_all_the_same() {
    let (bot, grafana, room, key) = paged().await;
    told(&bot, &event("acknowledge", &key, Some(("UZED", "zed")), Some(30))).await;
    bot.expect_once(&room, "zed acknowledged in Grafana OnCall");
    bot.advance(minutes(29)).await;
    assert!(bot.slack.dm("dave").is_empty(), "somebody is on it");
    bot.slash_in("bob", &room, "/incident ack").await;
    assert_eq!(state(&grafana), "acknowledged", "and there it is shown as well");
}

#[tokio::test]
async fn twice_replayed_and_out_of_order_change_nothing_more() {
    let (mut bot, _grafana, room, key) = paged().await;
    // What has no time happened when it came: before a second one it is told once.
    let untimed = event("unacknowledge", &key, None, None);
    told(&bot, &untimed).await;
    let mut late = event("acknowledge", &key, Some(("UERIN", "erin")), None);
    late["alert_group"]["state"] = json!("firing");
    told(&bot, &late).await;
    assert_eq!(bot.count(&room, "acknowledged in Grafana OnCall"), 0, "it happened before, and comes after");
    for _ in 0..2 {
        told(&bot, &untimed).await;
        bot.advance(minutes(1)).await;
        bot.crash_and_restart().await;
    }
    bot.expect_once(&room, "Nobody is on it in Grafana OnCall (CFRPV98RPR1U8) any more");
    told(&bot, &event("escalation", &key, None, None)).await;
    bot.expect_once(&room, "Grafana OnCall (CFRPV98RPR1U8) asks the next ones there: Zoe");
}

#[tokio::test]
async fn an_acknowledgement_counts_though_something_without_a_time_came_before_it() {
    for by_webhook in [true, false] {
        let (bot, grafana, room, key) = paged().await;
        bot.seconds(5).await;
        // Who acknowledged at three seconds is told after this came in at five.
        told(&bot, &event("escalation", &key, None, None)).await;
        if by_webhook {
            told(&bot, &event("acknowledge", &key, Some(("UERIN", "erin")), Some(3))).await;
        } else {
            let mut memory = grafana.memory();
            memory.groups[0]["state"] = json!("acknowledged");
            memory.groups[0]["acknowledged_by"] = json!("UERIN");
            memory.groups[0]["acknowledged_at"] = json!("2026-11-22T03:00:03Z");
        }
        bot.advance(minutes(15)).await;
        bot.expect_once(&room, "<@U0ERIN> acknowledged in Grafana OnCall");
        assert!(bot.slack.dm("dave").is_empty(), "somebody is on it");
    }
}

#[tokio::test]
async fn what_is_told_late_is_overruled_by_the_state_that_comes_with_it() {
    let (bot, _grafana, room, key) = paged().await;
    told(&bot, &event("acknowledge", &key, Some(("UERIN", "erin")), Some(30))).await;
    // They gave it back and took it again, of which the first is told last.
    let mut late = event("unacknowledge", &key, None, None);
    late["alert_group"]["state"] = json!("acknowledged");
    told(&bot, &late).await;
    assert_eq!(bot.count(&room, "Nobody is on it"), 0);
    told(&bot, &event("unacknowledge", &key, None, None)).await;
    assert_eq!(bot.count(&room, "Nobody is on it"), 1);
}

#[tokio::test]
async fn what_is_forged_or_unreadable_is_refused_and_what_is_unknown_is_taken() {
    let (bot, _grafana, room, key) = paged().await;
    let before = bot.history("INC-1").await.len();
    let real = event("acknowledge", &key, Some(("UERIN", "erin")), Some(30));
    for token in ["", "wrong", "open"] {
        assert_eq!(bot.told_with_token("grafana-oncall", token, &real).await, 401, "{token}");
    }
    for body in
        [json!([]), json!({}), json!({ "event": 1 }), json!({ "event": { "type": "acknowledge", "time": "soon" } })]
    {
        assert_eq!(bot.told_with_token("grafana-oncall", WEBHOOK_TOKEN, &body).await, 400, "{body}");
    }
    for kind in ["silence", "unsilence", "alert group created", "status of something else"] {
        told(&bot, &event(kind, &key, None, Some(40))).await;
    }
    let other = key.replace("1.1", "1.2");
    for key in ["", "08d6891a-835c-e661-39fa-96b6a9e26552", "watchroom/INC-1/1.1/0/grafana:CFRPV98RPR1U8", &other] {
        told(&bot, &event("acknowledge", key, Some(("UERIN", "erin")), Some(50))).await;
    }
    let mut strange = real.clone();
    strange["alert_payload"] = json!("no alert of ours");
    told(&bot, &strange).await;
    assert_eq!(bot.history("INC-1").await.len(), before);
    assert_eq!(bot.count(&room, "in Grafana OnCall"), 0);
}

#[tokio::test]
async fn a_secret_goes_there_by_its_codename_alone_and_lets_nobody_in() {
    let (bot, grafana) = with_grafana().await;
    let room = bot.declare_secret("alice", "sev1 security: the vault was opened").await;
    bot.slash_in("alice", &room, "/incident page night").await;
    grafana.catch_up();
    let codename = bot.slack.channel(&room).name.replace("sec-1-", "");
    {
        let memory = grafana.memory();
        assert_eq!(
            (&memory.bodies[0]["title"], &memory.bodies[0]["message"]),
            (&json!(format!("SEC-1: {codename}")), &json!(""))
        );
        let said = format!("{:?}{:?}", memory.bodies, memory.requests);
        for word in ["vault", "opened", "SEV1", "alice", "Alice", "night"] {
            assert!(!said.contains(word), "{word} in {said}");
        }
        assert!(said.contains(&room), "a link: {said}");
    }
    told(&bot, &event("acknowledge", &key_of(&grafana), Some(("UERIN", "erin")), Some(30))).await;
    bot.expect_once(&room, "erin acknowledged in Grafana OnCall");
    assert!(!bot.slack.channel(&room).members.iter().any(|m| m == "U0ERIN"));
}

#[tokio::test]
async fn it_is_paged_by_name_and_says_who_is_on_call_with_the_answer_s_age() {
    let (bot, grafana) = with_grafana().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    for (typed, told) in [
        ("grafana:CNONE", "Grafana OnCall cannot be paged for `CNONE`"),
        ("grafana:schedule:S1", "is no id of an integration of Grafana OnCall"),
    ] {
        let answer = bot.slash_in("alice", &room, &format!("/incident page {typed}")).await.text;
        assert!(answer.contains(told) && answer.contains("Nobody was paged"), "{typed}: {answer}");
    }
    bot.slash_in("alice", &room, &format!("/incident page grafana:{INTEGRATION}")).await;
    bot.expect_once(&room, "asks for help: Grafana OnCall (CFRPV98RPR1U8)");
    grafana.catch_up();
    assert_eq!(grafana.memory().groups.len(), 1);
    let now = bot.slash("alice", "/incident oncall").await.text;
    for of in ["CFRPV98RPR1U8", "schedule:S1"] {
        let line = format!("*Grafana OnCall ({of})*: level 1 <@U0ERIN>, the same for four weeks at least · asked");
        assert!(now.contains(&line), "{now}");
    }
    grafana.fail(vec![Fails::Status(503); 50]);
    bot.advance(minutes(12)).await;
    let stale = bot.slash("alice", "/incident oncall").await.text;
    assert!(stale.contains("level 1 <@U0ERIN>") && stale.contains("stale, 12 min old"), "{stale}");
}

/// What is open there stays as important as it began, which the room hears once.
#[tokio::test]
async fn the_room_hears_that_a_page_cannot_become_urgent_there() {
    let (bot, grafana) = with_grafana().await;
    let room = bot.declare("alice", "sev4 the logo is blurred").await;
    bot.slash_in("alice", &room, "/incident page night").await;
    grafana.catch_up();
    for severity in ["2 nobody can pay", "4 they can", "1 nobody can after all"] {
        bot.slash_in("alice", &room, &format!("/incident severity {severity}")).await;
    }
    bot.expect_once(&room, "make page 1 urgent in Grafana OnCall");
}

/// One schedule that cannot be looked at does not hide the others of its chain, nor another integration those beside it.
#[tokio::test]
async fn what_cannot_be_looked_at_hides_nobody_else() {
    let (bot, grafana) = with_grafana().await;
    let step = |position: i64, schedule: &str| {
        json!({
            "id": format!("E{position}"), "escalation_chain_id": "F1", "position": position,
            "type": "notify_on_call_from_schedule", "notify_on_call_from_schedule": schedule,
        })
    };
    grafana.memory().steps = vec![step(0, "SGONE"), step(1, "S1")];
    let said = bot.slash("alice", "/incident oncall").await.text;
    let line = "level 1 <@U0ERIN> and :warning: whoever is behind schedule SGONE (refused: http_404)";
    assert!(said.contains(line), "{said}");
    let alone = bot.slash("alice", &format!("/incident oncall grafana:{INTEGRATION}")).await.text;
    assert!(alone.contains(line) && !alone.contains("schedule:S1"), "{alone}");
    let alone = bot.slash("alice", "/incident oncall grafana:schedule:S1").await.text;
    assert!(alone.contains("<@U0ERIN>") && !alone.contains("SGONE"), "{alone}");
    let other = bot.slash("alice", "/incident oncall grafana:CSTRANGE").await.text;
    assert!(other.contains("The settings do not name this"), "{other}");
}
