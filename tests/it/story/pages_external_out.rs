//! Pages that go to another provider: once, whatever happens, and what is done to them here is done there.

use serde_json::{Value, json};

use crate::harness::{
    Bot, minutes,
    pagerduty::{Fails, FakePagerDuty},
    providers::{key_of, with_opsgenie, with_pagerduty},
};

/// An incident, paged by the policy.
async fn paged(bot: &Bot) -> String {
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page night").await;
    room
}

fn status(fake: &FakePagerDuty) -> String {
    fake.memory().incidents[0]["status"].as_str().expect("a status").to_owned()
}

#[tokio::test]
async fn a_page_is_made_once_though_the_answer_was_lost_and_it_is_asked_again() {
    for by_event in [true, false] {
        let (mut bot, pagerduty) = with_pagerduty(by_event, &[]).await;
        pagerduty.fail([Fails::AfterTheWrite]);
        let room = paged(&bot).await;
        bot.seconds(3).await;
        bot.crash_and_restart().await;
        bot.advance(minutes(5)).await;
        let key = key_of(&pagerduty);
        assert!(key.starts_with("watchroom/INC-1/1.1/"), "{key}");
        assert_eq!(pagerduty.memory().incidents[0]["title"], "INC-1 SEV1: checkout is down");
        assert_eq!(bot.count(&room, "could not be reached"), 0);
        assert!(bot.slack.dm("dave").is_empty(), "it is not his turn");
    }
}

#[tokio::test]
async fn an_outage_is_said_aloud_and_the_next_step_is_asked_at_once() {
    let (bot, pagerduty) = with_pagerduty(true, &[]).await;
    pagerduty.fail(vec![Fails::Status(503); 60]);
    let room = paged(&bot).await;
    bot.seconds(2).await;
    assert!(bot.slack.dm("dave").is_empty(), "it may be back in a moment");
    bot.seconds(12).await;
    bot.expect_once(&room, "PagerDuty (PSVC) could not be reached (cannot be reached: status 503)");
    bot.expect_once(&room, "Nobody of this step could be reached; asking the next step: <@U0DAVE>");
    bot.expect_dm("dave", "checkout is down");
    pagerduty.memory().fails.clear();
    bot.seconds(20).await;
    assert_eq!(pagerduty.memory().incidents.len(), 1, "whoever is asked there may still come");
}

#[tokio::test]
async fn whoever_answers_here_is_shown_there_and_the_end_too() {
    for by_event in [true, false] {
        let (bot, pagerduty) = with_pagerduty(by_event, &[]).await;
        let room = paged(&bot).await;
        assert_eq!(status(&pagerduty), "triggered");
        pagerduty.fail([Fails::Status(503), Fails::AfterTheWrite]);
        bot.slash_in("bob", &room, "/incident ack").await;
        bot.seconds(5).await;
        assert_eq!(status(&pagerduty), "acknowledged");
        bot.slash_in("alice", &room, "/incident cancel it was nothing").await;
        assert_eq!(status(&pagerduty), "resolved");
        assert_eq!(bot.count(&room, "could not"), 0);
    }
}

#[tokio::test]
async fn resolving_here_resolves_there() {
    let (bot, pagerduty) = with_pagerduty(true, &[]).await;
    let room = bot.declare("alice", "sev3 checkout is slow").await;
    bot.slash_in("alice", &room, "/incident page night").await;
    assert_eq!(status(&pagerduty), "triggered");
    bot.slash_in("alice", &room, "/incident resolve a new index").await;
    assert_eq!(status(&pagerduty), "resolved");
}

#[tokio::test]
async fn what_is_given_back_here_is_asked_anew_there() {
    let (bot, pagerduty) = with_pagerduty(true, &[]).await;
    let room = paged(&bot).await;
    bot.slash_in("bob", &room, "/incident ack").await;
    bot.slash_in("bob", &room, "/incident unack").await;
    let memory = pagerduty.memory();
    let all: Vec<&str> = memory.incidents.iter().filter_map(|i| i["status"].as_str()).collect();
    assert_eq!(all, ["resolved", "triggered"]);
    assert_ne!(memory.incidents[0]["incident_key"], memory.incidents[1]["incident_key"]);
}

#[tokio::test]
async fn escalate_goes_to_the_next_level_there() {
    let (bot, pagerduty) = with_pagerduty(false, &["U0BOB"]).await;
    let room = paged(&bot).await;
    bot.press("bob", &bot.slack.dm("bob"), "Escalate").await;
    assert_eq!(pagerduty.memory().incidents[0]["level"], 2);
    bot.expect_dm("dave", "checkout is down");
    assert_eq!(bot.count(&room, "could not"), 0);
}

/// Whoever is asked there hears it as one that can wait, until the incident becomes worse.
#[tokio::test]
async fn a_page_becomes_urgent_there_when_the_incident_does() {
    for by_event in [true, false] {
        let (bot, pagerduty) = with_pagerduty(by_event, &[]).await;
        let room = bot.declare("alice", "sev4 the logo is blurred").await;
        bot.slash_in("alice", &room, "/incident page night").await;
        assert_ne!(pagerduty.memory().incidents[0]["urgency"], "high");
        bot.slash_in("alice", &room, "/incident severity 5 nobody minds").await;
        assert_ne!(pagerduty.memory().incidents[0]["urgency"], "high");
        bot.slash_in("alice", &room, "/incident severity 2 nobody can pay").await;
        assert_eq!(pagerduty.memory().incidents[0]["urgency"], "high");
        assert_eq!(bot.count(&room, "ould not make"), 0);
    }
    let (bot, opsgenie) = with_opsgenie("team:4513b7ea").await;
    let room = bot.declare("alice", "sev4 the logo is blurred").await;
    bot.slash_in("alice", &room, "/incident page night").await;
    opsgenie.catch_up();
    assert_eq!(opsgenie.memory().alerts[0]["priority"], "P3");
    opsgenie.memory().prompt = true;
    bot.slash_in("alice", &room, "/incident severity 2 nobody can pay").await;
    bot.advance(minutes(1)).await;
    assert_eq!(opsgenie.memory().alerts[0]["priority"], "P1");
}

#[tokio::test]
async fn an_outage_of_hours_is_said_aloud_and_the_end_gets_there_after_it() {
    let (mut bot, pagerduty) = with_pagerduty(true, &[]).await;
    let room = paged(&bot).await;
    pagerduty.fail((0..900).map(|n| Fails::Status(if n % 2 == 0 { 503 } else { 500 })));
    bot.slash_in("bob", &room, "/incident ack").await;
    bot.advance(minutes(14)).await;
    assert_eq!(bot.count(&room, "acknowledge in PagerDuty"), 0);
    bot.advance(minutes(4)).await;
    bot.expect_once(&room, "could not acknowledge in PagerDuty (PSVC) yet, and goes on trying");
    bot.slash_in("alice", &room, "/incident cancel it was nothing").await;
    bot.advance(minutes(20)).await;
    bot.expect_once(
        &room,
        "could not resolve in PagerDuty (PSVC) yet, which may go on asking people, and goes on trying",
    );
    bot.crash_and_restart().await;
    bot.advance(minutes(60)).await;
    assert_eq!(status(&pagerduty), "triggered");
    assert_eq!(bot.count(&room, "goes on trying"), 2, "each once, whatever the reason");
    pagerduty.memory().fails.clear();
    bot.advance(minutes(6)).await;
    assert_eq!(status(&pagerduty), "resolved");
    let acts: Vec<Value> = pagerduty.memory().bodies.iter().map(|body| body["event_action"].clone()).collect();
    assert_eq!(acts, ["trigger", "resolve"], "what is over needs no acknowledgement");
}

#[tokio::test]
async fn a_wait_of_an_hour_that_it_asks_for_ends_nothing() {
    let (bot, pagerduty) = with_pagerduty(true, &[]).await;
    let room = paged(&bot).await;
    pagerduty.fail([Fails::Limits(Some(3600))]);
    bot.slash_in("alice", &room, "/incident cancel it was nothing").await;
    bot.expect_once(&room, "could not resolve in PagerDuty (PSVC) yet");
    bot.advance(minutes(59)).await;
    assert_eq!(status(&pagerduty), "triggered");
    bot.advance(minutes(2)).await;
    assert_eq!(status(&pagerduty), "resolved");
}

#[tokio::test]
async fn what_it_cannot_do_holds_up_nothing_that_it_can() {
    let (bot, pagerduty) = with_pagerduty(true, &["U0BOB"]).await;
    let room = paged(&bot).await;
    pagerduty.memory().rest_is_down = true;
    bot.press("bob", &bot.slack.dm("bob"), "Escalate").await;
    bot.slash_in("dave", &room, "/incident ack").await;
    bot.seconds(20).await;
    assert_eq!(status(&pagerduty), "acknowledged");
    assert_eq!(bot.count(&room, "could not"), 0, "nobody else is to be asked any more");
    assert_eq!(pagerduty.memory().incidents[0]["level"], Value::Null);
}

#[tokio::test]
async fn who_cannot_be_asked_there_is_told_within_two_minutes() {
    let (bot, pagerduty) = with_pagerduty(true, &["U0BOB"]).await;
    let room = paged(&bot).await;
    pagerduty.memory().rest_is_down = true;
    bot.press("bob", &bot.slack.dm("bob"), "Escalate").await;
    bot.advance(minutes(2)).await;
    bot.expect_once(&room, "could not escalate in PagerDuty (PSVC): cannot be reached: status 503");
    bot.expect_dm("dave", "checkout is down");
}

#[tokio::test]
async fn without_webhooks_the_next_look_finds_who_answered_there() {
    let (bot, pagerduty) = with_pagerduty(true, &[]).await;
    let room = paged(&bot).await;
    let erin = json!({ "id": "PERIN", "summary": "Erin", "email": "erin@example.com" });
    {
        let mut memory = pagerduty.memory();
        memory.users.insert("PERIN".into(), erin.clone());
        memory.incidents[0]["status"] = json!("acknowledged");
        memory.incidents[0]["acknowledgements"] =
            json!([{ "at": "2026-11-22T03:00:30Z", "acknowledger": { "id": "PERIN", "summary": "Erin" } }]);
    }
    bot.advance(minutes(2)).await;
    bot.expect_once(&room, "<@U0ERIN> acknowledged in PagerDuty after 2 min");
    bot.advance(minutes(20)).await;
    assert!(bot.slack.dm("dave").is_empty());
    assert_eq!(pagerduty.memory().incidents.len(), 1);
}

#[tokio::test]
async fn a_secret_goes_there_by_its_codename_alone() {
    let (bot, pagerduty) = with_pagerduty(true, &[]).await;
    let room = bot.declare_secret("alice", "sev1 security: the vault was opened").await;
    bot.slash_in("alice", &room, "/incident page night").await;
    let memory = pagerduty.memory();
    assert_eq!(memory.incidents.len(), 1, "{:?}", memory.requests);
    let codename = bot.slack.channel(&room).name.replace("sec-1-", "");
    assert_eq!(memory.incidents[0]["title"], format!("SEC-1: {codename}"));
    assert_eq!(memory.bodies[0]["payload"]["custom_details"], json!({ "text": "" }));
    let said = format!("{:?}{:?}", memory.bodies, memory.requests);
    for word in ["vault", "opened", "SEV1", "alice", "Alice", "night"] {
        assert!(!said.contains(word), "{word} in {said}");
    }
    assert!(said.contains(&room), "a link: {said}");
}

#[tokio::test]
async fn opsgenie_is_paged_acknowledged_and_closed_by_one_alias() {
    let (bot, opsgenie) = with_opsgenie("team:4513b7ea").await;
    let room = paged(&bot).await;
    opsgenie.catch_up();
    bot.seconds(2).await;
    bot.advance(minutes(2)).await;
    opsgenie.catch_up();
    {
        let memory = opsgenie.memory();
        assert_eq!(memory.alerts.len(), 1, "{:?}", memory.alerts);
        assert_eq!(memory.alerts[0]["count"], 1, "it is there, and not asked for again");
        assert_eq!(memory.alerts[0]["responders"], json!([{ "type": "team", "id": "4513b7ea" }]));
    }
    bot.slash_in("bob", &room, "/incident ack").await;
    opsgenie.catch_up();
    assert_eq!(opsgenie.memory().alerts[0]["acknowledged"], true);
    bot.seconds(2).await;
    bot.slash_in("alice", &room, "/incident cancel it was a test").await;
    opsgenie.catch_up();
    assert_eq!(opsgenie.memory().alerts[0]["status"], "closed");
}

#[tokio::test]
async fn a_provider_is_paged_by_name_where_it_is_set_up() {
    let (bot, pagerduty) = with_pagerduty(true, &[]).await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    for (typed, told) in [
        ("pagerduty:PNONE", "PagerDuty cannot be paged for `PNONE`"),
        ("opsgenie:team:1", "Opsgenie cannot be paged; set OPSGENIE_API_KEY"),
        ("opsgenie:1", "does not say what is paged"),
    ] {
        let answer = bot.slash_in("alice", &room, &format!("/incident page {typed}")).await.text;
        assert!(answer.contains(told) && answer.contains("Nobody was paged"), "{typed}: {answer}");
    }
    assert_eq!(pagerduty.memory().incidents.len(), 0);
    bot.slash_in("alice", &room, "/incident page pagerduty:PSVC").await;
    assert_eq!(pagerduty.memory().incidents.len(), 1);
    bot.expect_once(&room, "asks for help: PagerDuty (PSVC)");
}

#[tokio::test]
async fn who_is_on_call_there_is_shown_with_its_age() {
    let (bot, pagerduty) = with_pagerduty(true, &[]).await;
    pagerduty.put_on_call("PPOL", 2, "stranger", (None, None));
    let now = bot.slash("alice", "/incident oncall").await.text;
    let same = "the same for four weeks at least";
    let line = format!("*PagerDuty (PSVC)*: level 1 <@U0ERIN>, {same}; level 2 stranger, {same} · asked");
    assert!(now.contains(&line), "{now}");
    let steps = bot.slash("alice", "/incident oncall night").await.text;
    assert!(steps.contains("*Step 1*: *PagerDuty (PSVC)*: level 1 <@U0ERIN>"), "{steps}");
    pagerduty.fail(vec![Fails::Status(503); 50]);
    bot.advance(minutes(12)).await;
    let stale = bot.slash("alice", "/incident oncall").await.text;
    assert!(stale.contains("level 1 <@U0ERIN>") && stale.contains("stale, 12 min old"), "{stale}");
}

/// Who comes next there, and from when, by level; where that alone cannot be asked, who is on call stands there all the same.
#[tokio::test]
async fn who_comes_next_there_is_shown_by_level() {
    let (bot, pagerduty) = with_pagerduty(true, &[]).await;
    let handover = bot.in_minutes(600).to_string();
    pagerduty.memory().on_call.clear();
    pagerduty.put_on_call("PPOL", 1, "erin", (None, Some(&handover)));
    pagerduty.put_on_call("PPOL", 1, "bob", (Some(&handover), None));
    pagerduty.put_on_call("PPOL", 2, "stranger", (None, Some(&handover)));
    pagerduty.put_on_call("PPOL", 3, "carol", (Some(&handover), None));
    let now = bot.slash("alice", "/incident oncall").await.text;
    let second = bot.in_minutes(600).as_second();
    for part in [
        format!("level 1 <@U0ERIN> until <!date^{second}^"),
        format!(", next <@U0BOB> from <!date^{second}^"),
        format!("level 2 stranger until <!date^{second}^"),
        format!(", next :warning: *nobody* from <!date^{second}^"),
        format!("level 3 :warning: *nobody*, next <@U0CAROL> from <!date^{second}^"),
    ] {
        assert!(now.contains(&part), "no `{part}` in {now}");
    }
}
