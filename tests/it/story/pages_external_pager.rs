//! Pages that go to a program of the deployment's own, and what it says of them.

use serde_json::{Value, json};
use watchroom::clock::Clock as _;

use crate::harness::{
    Bot,
    fails::Fails,
    minutes,
    pager::{FakePager, signature, signed},
    providers::with_pager,
};

/// An incident, paged by the policy; and the key of the page there.
async fn paged() -> (Bot, FakePager, String, String) {
    let (bot, pager) = with_pager(true, &[]).await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page night").await;
    let key = key_of(&pager);
    (bot, pager, room, key)
}

fn key_of(pager: &FakePager) -> String {
    let memory = pager.memory();
    assert_eq!(memory.pages.len(), 1, "{:?}", memory.pages);
    memory.pages.keys().next().expect("a page").clone()
}

fn state(pager: &FakePager) -> String {
    pager.memory().pages.values().next().expect("a page").clone()
}

/// What it says of a page, so many seconds after the story began.
fn update(kind: &str, key: &str, by: Option<&Value>, second: i64) -> Value {
    let at = jiff::Timestamp::from_second(1_795_316_400 + second).expect("a time");
    json!({ "type": format!("page.{kind}"), "timestamp": at.to_string(), "data": { "key": key, "by": by } })
}

fn erin() -> Value {
    json!({ "name": "Erin", "slack": "U0ERIN" })
}

impl Bot {
    /// A pager delivers a body with these headers; the status and the words that it gets.
    async fn pager_says(&self, name: &str, headers: [&str; 3], body: &str) -> (u16, String) {
        let [id, stamp, signature] = headers;
        let request = self.http.post(format!("{}/hooks/pager/{name}", self.url)).body(body.to_owned());
        let request = request.header("webhook-id", id).header("webhook-timestamp", stamp);
        let answer = request.header("webhook-signature", signature).send().await.expect("an answer");
        self.settle().await;
        (answer.status().as_u16(), answer.text().await.expect("words"))
    }

    fn stamp(&self) -> String {
        self.clock.now().as_second().to_string()
    }

    /// The same, signed as it should be by the one that is called siren.
    async fn siren_says(&self, id: &str, update: &Value) -> (u16, String) {
        let (stamp, body) = (self.stamp(), update.to_string());
        self.pager_says("siren", [id, &stamp, &signed(id, &stamp, &body)], &body).await
    }

    async fn siren_is_heard(&self, id: &str, update: &Value) {
        assert_eq!(self.siren_says(id, update).await.0, 202, "{update}");
    }
}

#[tokio::test]
async fn a_page_is_asked_for_once_under_its_key_and_what_is_done_here_is_told() {
    let (mut bot, pager) = with_pager(true, &[]).await;
    pager.fail([Fails::AfterTheWrite]);
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page night").await;
    bot.seconds(3).await;
    bot.crash_and_restart().await;
    bot.advance(minutes(5)).await;
    let key = key_of(&pager);
    assert!(key.starts_with("watchroom/INC-1/1.1/") && key.ends_with("/pager:siren"), "{key}");
    let asked = pager.memory().told[0]["data"].clone();
    assert_eq!((&asked["title"], &asked["urgent"]), (&json!("INC-1 SEV1: checkout is down"), &json!(true)));
    bot.slash_in("bob", &room, "/incident ack").await;
    assert_eq!(state(&pager), "acknowledged");
    pager.fail([Fails::Status(503), Fails::Limits(Some(2))]);
    bot.slash_in("alice", &room, "/incident cancel it was nothing").await;
    bot.seconds(10).await;
    assert_eq!(state(&pager), "resolved");
    assert_eq!(bot.count(&room, "could not"), 0);
}

#[tokio::test]
async fn an_outage_is_said_aloud_and_the_next_step_is_asked_at_once() {
    for (allowed, why) in [(true, "cannot be reached: status 500"), (false, "private_address")] {
        let (bot, pager) = with_pager(allowed, &[]).await;
        pager.fail(vec![Fails::Status(500); 60]);
        let room = bot.declare("alice", "sev1 checkout is down").await;
        bot.slash_in("alice", &room, "/incident page night").await;
        bot.seconds(14).await;
        bot.expect_once(&room, "Pager (siren) could not be reached");
        assert_eq!(bot.count(&room, why), 1, "{why}");
        bot.expect_dm("dave", "checkout is down");
    }
}

#[tokio::test]
async fn escalate_is_told_and_what_is_given_back_is_asked_anew() {
    let (bot, pager) = with_pager(true, &["U0BOB"]).await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page night").await;
    bot.press("bob", &bot.slack.dm("bob"), "Escalate").await;
    let told = pager.memory().told.last().cloned().expect("told");
    assert_eq!((&told["type"], &told["data"]["level"]), (&json!("page.escalated"), &json!(2)));
    bot.slash_in("bob", &room, "/incident ack").await;
    bot.slash_in("bob", &room, "/incident unack").await;
    let memory = pager.memory();
    let kinds: Vec<&str> = memory.told.iter().filter_map(|told| told["type"].as_str()).collect();
    assert!(kinds.ends_with(&["page.acknowledged", "page.resolved"]), "{kinds:?}");
    assert_eq!(bot.count(&room, "could not"), 0);
}

#[tokio::test]
async fn it_is_told_that_a_page_has_become_urgent() {
    let (bot, pager) = with_pager(true, &["U0BOB"]).await;
    let room = bot.declare("alice", "sev4 the logo is blurred").await;
    bot.slash_in("alice", &room, "/incident page night").await;
    bot.slash_in("alice", &room, "/incident severity 2 nobody can pay").await;
    let told = pager.memory().told.clone();
    let raised = told.iter().find(|told| told["type"] == "page.raised").unwrap_or_else(|| panic!("{told:?}"));
    assert_eq!(raised["data"]["urgent"], json!(true));
}

#[tokio::test]
async fn whoever_acknowledges_there_is_on_it_here_by_their_id_in_slack_their_address_or_their_name() {
    for (by, who) in [
        (json!({ "name": "E.", "slack": "U0ERIN" }), "<@U0ERIN>"),
        (json!({ "name": "E.", "email": "Erin@example.com" }), "<@U0ERIN>"),
        (json!({ "name": "Zed <@U0BOB>" }), "Zed &lt;@U0BOB&gt;"),
    ] {
        let (bot, pager, room, key) = paged().await;
        bot.siren_is_heard("m1", &update("acknowledged", &key, Some(&by), 30)).await;
        bot.expect_once(&room, &format!("{who} acknowledged in Pager"));
        bot.advance(minutes(12)).await;
        assert!(bot.slack.dm("dave").is_empty(), "nobody else is asked");
        assert_eq!(state(&pager), "asked", "it is not sent back");
    }
}

#[tokio::test]
async fn what_else_happens_there_is_told_and_whoever_resolved_it_is_not_woken_by_a_repetition() {
    let (bot, pager, room, key) = paged().await;
    bot.advance(minutes(1)).await;
    let mut escalated = update("escalated", &key, None, 10);
    escalated["data"]["asked"] = json!(["Zoe", "Yan"]);
    bot.siren_is_heard("m1", &escalated).await;
    bot.expect_once(&room, "Pager (siren) asks the next ones there: Zoe, Yan");
    bot.siren_is_heard("m2", &update("resolved", &key, Some(&erin()), 20)).await;
    bot.expect_once(
        &room,
        "Erin resolved page 1 in Pager (siren). INC-1 goes on, and nobody has acknowledged it here.",
    );
    let told = pager.memory().told.len();
    bot.advance(minutes(8)).await;
    assert_eq!(pager.memory().told.len(), told);
    bot.advance(minutes(3)).await;
    bot.expect_dm("dave", "checkout is down");
}

#[tokio::test]
async fn twice_replayed_and_out_of_order_change_nothing_more() {
    let (mut bot, _pager, room, key) = paged().await;
    let late = update("unacknowledged", &key, None, 40);
    let (stamp, body) = (bot.stamp(), late.to_string());
    let proof = signed("m2", &stamp, &body);
    let deliver = async |bot: &Bot| bot.pager_says("siren", ["m2", &stamp, &proof], &body).await.0;
    bot.advance(minutes(1)).await;
    assert_eq!(deliver(&bot).await, 202);
    // It happened before, and comes after.
    bot.siren_is_heard("m1", &update("acknowledged", &key, Some(&erin()), 30)).await;
    assert_eq!(bot.count(&room, "acknowledged in Pager"), 0);
    assert_eq!(deliver(&bot).await, 202, "again, which changes nothing");
    bot.crash_and_restart().await;
    assert_eq!(deliver(&bot).await, 202);
    bot.advance(minutes(5)).await;
    assert_eq!(deliver(&bot).await, 401, "too old to be anything but a replay");
    bot.expect_once(&room, "Nobody is on it in Pager (siren) any more");
    // A clock that is a year ahead does not make all that follows look old.
    bot.siren_is_heard("m3", &update("escalated", &key, None, 365 * 86_400)).await;
    bot.advance(minutes(1)).await;
    bot.siren_is_heard("m4", &update("acknowledged", &key, Some(&erin()), 420)).await;
    bot.expect_once(&room, "<@U0ERIN> acknowledged in Pager");
}

#[tokio::test]
async fn what_is_forged_is_refused_and_what_is_wrong_is_said() {
    let (bot, _pager, room, key) = paged().await;
    let before = bot.history("INC-1").await.len();
    let (stamp, body) = (bot.stamp(), update("acknowledged", &key, Some(&erin()), 30).to_string());
    let old = (stamp.parse::<i64>().expect("a number") - 301).to_string();
    for (name, id, at, proof) in [
        ("siren", "m1", stamp.as_str(), String::new()),
        ("siren", "m1", &stamp, "v1,".into()),
        ("siren", "m1", &stamp, signature(b"another", "m1", &stamp, &body)),
        ("siren", "m1", &stamp, signed("m1", &stamp, "{}")),
        ("siren", "m2", &stamp, signed("m1", &stamp, &body)),
        ("siren", "", &stamp, signed("", &stamp, &body)),
        ("siren", "m1", &old, signed("m1", &old, &body)),
        ("nobody", "m1", &stamp, signed("m1", &stamp, &body)),
    ] {
        assert_eq!(bot.pager_says(name, [id, at, &proof], &body).await.0, 401, "{name} {id} {at} {proof}");
    }
    let of_another = key.replace("pager:siren", "pager:desk");
    for (wrong, told) in [
        (json!([]), "This is no update of a page"),
        (
            json!({ "type": "page.acknowledged", "timestamp": "soon", "data": { "key": key } }),
            "This is no update of a page",
        ),
        (update("done", &key, None, 30), "`type` is one of"),
        (update("acknowledged", &of_another, Some(&erin()), 30), "no page of this pager"),
        (update("acknowledged", &key, Some(&json!({ "slack": "U0ERIN" })), 30), "missing field `name`"),
    ] {
        let (status, said) = bot.siren_says("m9", &wrong).await;
        assert!(status == 400 && said.contains(told), "{wrong}: {status} {said}");
    }
    // Of a page that is not there any more nothing is to be said.
    bot.siren_is_heard("m8", &update("acknowledged", &key.replace("1.1", "1.2"), Some(&erin()), 30)).await;
    assert_eq!(bot.history("INC-1").await.len(), before);
    assert_eq!(bot.count(&room, "acknowledged in Pager"), 0);
}

#[tokio::test]
async fn a_secret_goes_there_by_its_codename_alone_and_lets_nobody_in() {
    let (bot, pager) = with_pager(true, &[]).await;
    let room = bot.declare_secret("alice", "sev1 security: the vault was opened").await;
    bot.slash_in("alice", &room, "/incident page night").await;
    let codename = bot.slack.channel(&room).name.replace("sec-1-", "");
    let said = format!("{:?}", pager.memory().told);
    assert!(said.contains(&format!("SEC-1: {codename}")) && said.contains(&room), "{said}");
    for word in ["vault", "opened", "SEV1", "alice", "Alice", "night"] {
        assert!(!said.contains(word), "{word} in {said}");
    }
    bot.siren_is_heard("m1", &update("acknowledged", &key_of(&pager), Some(&erin()), 30)).await;
    bot.expect_once(&room, "Erin acknowledged in Pager");
    assert!(!bot.slack.channel(&room).members.iter().any(|m| m == "U0ERIN"));
}

#[tokio::test]
async fn it_says_who_is_on_call_by_level() {
    let (bot, pager) = with_pager(true, &[]).await;
    let answer = bot.slash("alice", "/incident oncall").await.text;
    assert!(answer.contains("*Pager (siren)*: :warning: who is on call there is not known"), "{answer}");
    pager.memory().on_call = json!({ "levels": [
        { "level": 2, "people": [{ "name": "Zed", "email": "zed@example.net" }],
          "since": "2026-11-21T09:00:00Z", "until": "2026-11-28T09:00:00Z" },
        { "level": 1, "people": [{ "name": "E.", "slack": "U0ERIN" }, { "id": "77", "name": "Yan" }] },
    ]});
    bot.advance(minutes(1)).await;
    let answer = bot.slash("alice", "/incident oncall").await.text;
    assert!(
        answer.contains("*Pager (siren)*: level 1 <@U0ERIN> and Yan; level 2 Zed since <!date^1795251600^"),
        "{answer}"
    );
    assert!(answer.contains(" · who comes next is not known (refused: it does not say)"), "{answer}");
    for fails in [Fails::Malformed, Fails::Status(503), Fails::Hangs] {
        // Who is on call, and who comes next.
        pager.fail([fails, fails]);
        bot.advance(minutes(1)).await;
        let stale = bot.slash("alice", "/incident oncall").await.text;
        assert!(stale.contains("level 1 <@U0ERIN>") && stale.contains("stale"), "{fails:?}: {stale}");
    }
    pager.memory().on_call = json!({ "levels": [
        { "level": 1, "people": [{ "name": "E.", "slack": "U0ERIN" }],
          "next": { "people": [{ "name": "Bob", "slack": "U0BOB" }], "from": "2026-11-28T09:00:00Z" } },
    ]});
    bot.advance(minutes(1)).await;
    let answer = bot.slash("alice", "/incident oncall").await.text;
    assert!(answer.contains("level 1 <@U0ERIN>, next <@U0BOB> from <!date^1795856400^"), "{answer}");
}
