//! What customers report: a reference, an acknowledgement, and nothing else for whoever told us.

use serde_json::json;
use watchroom::{
    config::ApiToken,
    incident::{What, case::Fact},
};

use crate::harness::{Bot, minutes, shown};

const TOKEN: &str = "open sesame";

async fn with_desk() -> Bot {
    Bot::configured(|config| config.api_tokens = vec![ApiToken::new("desk", TOKEN), ApiToken::new("shop", "other")])
        .await
}

/// A delivery; its status and what was answered.
async fn deliver(bot: &Bot, token: Option<&str>, body: String) -> (u16, String) {
    let request = bot.http.post(format!("{}/hooks/report", bot.url)).body(body);
    let request = match token {
        Some(token) => request.header("authorization", format!("Bearer {token}")),
        None => request,
    };
    let answer = request.send().await.expect("an answer");
    (answer.status().as_u16(), answer.text().await.expect("a text"))
}

fn sent(key: &str, text: &str) -> String {
    json!({ "key": key, "text": text, "reporter": "Quagga Ltd" }).to_string()
}

/// [E1] Reports are counted for their incident, and the earliest time of any of them is kept.
#[tokio::test]
async fn reports_are_counted_and_the_first_time_is_kept() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    bot.slash_in("dave", &room, "/incident reports add Quagga cannot pay").await;
    bot.slash_in("dave", &room, "/incident reports add at 20 min ago Okapi cannot pay").await;
    bot.slash_in("dave", &room, "/incident reports add at 10 min ago: Tapir cannot pay").await;
    let it = bot.app().engine.incident("INC-1".parse().expect("an id")).await.expect("read").expect("there");
    assert_eq!(it.case.reports, 3);
    let first = it.case.first_report_at.expect("a time").as_second();
    assert_eq!(bot.clock_second() - first, 20 * 60, "the earliest of all");
    assert!(bot.card(&room).contains("Customer reports"), "{}", bot.card(&room));
    let list = bot.slash_in("dave", &room, "/incident reports").await;
    for part in ["3 in all", "Quagga cannot pay", "Okapi cannot pay", "Tapir cannot pay", "*R-3*"] {
        assert!(list.text.contains(part), "no `{part}` in {}", list.text);
    }
    let later = bot.slash_in("dave", &room, "/incident reports add at 2026-11-23T03:00:00Z x").await;
    assert!(later.text.contains("still to come"), "{}", later.text);
}

/// [G7] Whoever reports gets a reference; an acknowledgement is a press away; without one the report is shown overdue, in the
/// list and in the room of its incident, once.
#[tokio::test]
async fn every_report_is_acknowledged_or_overdue() {
    let bot = Bot::start().await;
    let told = bot.slash("erin", "/incident report A stranger used our tokens").await;
    assert!(told.text.contains("has the reference R-1"), "{}", told.text);
    bot.advance(minutes(29)).await;
    assert!(!bot.slash("alice", "/incident list").await.text.contains("not acknowledged in time"));
    bot.advance(minutes(2)).await;
    let list = bot.slash("alice", "/incident list").await;
    assert!(list.text.contains("1, :hourglass: 1 of them not acknowledged in time"), "{}", list.text);
    let room = bot.declare("alice", "sev2 checkout is down").await;
    bot.slash_in("alice", &room, "/incident reports attach R-1").await;
    bot.settle().await;
    bot.expect_once(&room, "Nobody has acknowledged R-1 in time");
    assert!(bot.card(&room).contains("1 overdue"), "{}", bot.card(&room));
    bot.press("bob", &bot.said(&room), "Acknowledge R-1").await;
    bot.expect_once(&room, "@bob acknowledged R-1");
    let said = bot.said(&room);
    assert_eq!(bot.count(&room, "Acknowledge R-1"), 0, "nothing is left to press: {}", shown(&said));
    for line in ["belongs to this incident", "Nobody has acknowledged R-1 in time"] {
        let line = said.iter().find(|m| m.contains(line)).expect("its line");
        assert!(line.contains("Acknowledged by @bob") && line.contains("Show reports"), "{line}");
    }
    bot.expect_once("incidents", "Nobody had acknowledged *R-1* in time; it is dealt with now.");
    assert!(!bot.card(&room).contains("overdue"), "{}", bot.card(&room));
    let own = bot.slash("erin", "/incident report R-1").await;
    assert!(own.text.contains("acknowledged by"), "{}", own.text);
    let again = bot.slash_in("carol", &room, "/incident reports ack R-1").await;
    assert!(again.text.contains("looks at R-1 already"), "{}", again.text);
    bot.slash("dave", "/incident report Another thing").await;
    bot.advance(minutes(60)).await;
    bot.expect_once(&room, "Nobody has acknowledged");
    let acknowledged = bot.slash("alice", "/incident reports ack R-4").await;
    assert!(acknowledged.text.contains("acknowledged by <@U0ALICE>"), "{}", acknowledged.text);
    bot.expect_once("incidents", "*R-4*, which nobody had acknowledged in time, is: @alice looks at it since");
    assert_eq!(bot.count("incidents", "Acknowledge R-"), 0, "{}", shown(&bot.said("incidents")));
}

/// [G7] A guest sees their own report and nothing but it: no list, no report of others, no incident that theirs belongs to.
#[tokio::test]
async fn whoever_reports_sees_nothing_but_their_report() {
    let bot = Bot::start().await;
    bot.slack.with(|ws| ws.users.get_mut("U0DAVE").expect("dave").is_guest = true);
    bot.slash("alice", "/incident report the zebra is loose").await;
    let told = bot.slash("dave", "/incident report our quagga is gone").await;
    assert!(told.text.contains("reference R-2"), "{}", told.text);
    for typed in ["reports", "reports attach R-2", "reports ack R-2", "reports forget R-1"] {
        let said = bot.slash("dave", &format!("/incident {typed}")).await;
        assert!(said.text.contains("You can tell us of something"), "{typed}: {}", said.text);
    }
    let other = bot.slash("dave", "/incident report R-1").await;
    assert!(other.text.contains("There is no R-1"), "{}", other.text);
    let room = bot.declare_secret("alice", "sev2 security: hyena").await;
    bot.slash_in("alice", &room, "/incident reports attach R-2").await;
    bot.slash_in("alice", &room, "/incident reports ack R-2").await;
    for typed in ["report R-2", "report"] {
        let own = bot.slash("dave", &format!("/incident {typed}")).await;
        assert!(
            own.text.contains("our quagga is gone") && own.text.contains("a person is looking at it"),
            "{}",
            own.text
        );
        assert!(
            !own.text.contains("SEC") && !own.text.contains("alice") && !own.text.contains("zebra"),
            "{}",
            own.text
        );
    }
    assert!(!bot.slash("dave", "/incident list").await.text.contains("Customers' reports"));
}

/// [G7] [G9] A report that belongs to a need-to-know incident is seen by those inside and by whoever made it.
#[tokio::test]
async fn a_report_of_a_secret_is_one() {
    let bot = Bot::start().await;
    bot.slash("erin", "/incident report our quagga is gone").await;
    let room = bot.declare_secret("alice", "sev2 security: hyena").await;
    let before = bot.slash("bob", "/incident reports").await;
    assert!(before.text.contains("quagga"), "it belongs to nothing yet: {}", before.text);
    bot.slash_in("alice", &room, "/incident reports attach R-1").await;
    assert!(bot.slash_in("alice", &room, "/incident reports").await.text.contains("quagga"));
    for typed in ["reports", "report R-1", "SEC-1 reports", "reports ack R-1", "reports forget R-1", "list"] {
        let said = bot.slash("bob", &format!("/incident {typed}")).await;
        assert!(!said.text.contains("quagga") && !said.text.contains("hyena"), "{typed}: {}", said.text);
    }
    // Whoever reported it sees where it stands, and not where it belongs.
    for typed in ["report R-1", "report", "reports ack R-1", "reports forget R-1"] {
        let own = bot.slash("erin", &format!("/incident {typed}")).await;
        assert!(own.text.contains("nobody has said yet that they look at it"), "{typed}: {}", own.text);
        assert!(!own.text.contains("SEC") && !own.text.contains("Acknowledge"), "{typed}: {}", own.text);
    }
    bot.declare("bob", "sev3 something else").await;
    let taken = bot.slash("bob", "/incident INC-1 reports attach R-1").await;
    assert!(taken.text.contains("There is no R-1"), "{}", taken.text);
    for channel in ["incidents", "general"] {
        assert_eq!(bot.count(channel, "quagga") + bot.count(channel, "R-1"), 0, "{}", shown(&bot.said(channel)));
    }
}

/// [G7] A program with a token delivers a report; the same delivery again, at any later time, changes nothing.
#[tokio::test]
async fn a_delivery_that_comes_again_changes_nothing() {
    let mut bot = with_desk().await;
    let first = deliver(&bot, Some(TOKEN), sent("case-1", "we cannot pay")).await;
    assert_eq!(first, (201, "{\"reference\":\"R-1\"}".to_owned()));
    for _ in 0..3 {
        assert_eq!(deliver(&bot, Some(TOKEN), sent("case-1", "we cannot pay")).await.0, 200);
    }
    bot.crash_and_restart().await;
    bot.clock.advance(minutes(60 * 24 * 3));
    let late = deliver(&bot, Some(TOKEN), sent("case-1", "we cannot pay")).await;
    assert_eq!(late, (200, "{\"reference\":\"R-1\"}".to_owned()), "days later, after a crash");
    assert_eq!(deliver(&bot, Some("other"), sent("case-1", "something else")).await.1, "{\"reference\":\"R-2\"}");
    let both = (sent("case-2", "a"), sent("case-2", "a"));
    let both = tokio::join!(deliver(&bot, Some(TOKEN), both.0), deliver(&bot, Some(TOKEN), both.1));
    assert_eq!(both.0.1, both.1.1, "at the same moment: {both:?}");
    let list = bot.slash("alice", "/incident reports").await;
    assert_eq!(list.text.matches("we cannot pay").count(), 1, "{}", list.text);
    assert!(list.text.contains("through desk for Quagga Ltd"), "{}", list.text);
}

/// [G7] Without a token nothing comes in and nothing is told; what is no report, or too long, is refused with a sentence.
#[tokio::test]
async fn only_reports_with_a_token_come_in() {
    let bot = with_desk().await;
    let closed = Bot::start().await;
    for token in [None, Some(""), Some("open"), Some("open sesame!")] {
        let (status, said) = deliver(&bot, token, sent("k", "x")).await;
        assert!(status == 401 && said.contains("Authorization: Bearer"), "{token:?}: {status} {said}");
        let none_may = deliver(&closed, token, sent("k", "x")).await;
        assert_eq!(none_may, (status, said), "and not a word more where no program may call: {token:?}");
    }
    let (status, said) = deliver(&bot, Some(TOKEN), "x".repeat(70_000)).await;
    assert!(status == 413 && said.contains("at most 64 KiB"), "{status} {said}");
    for (body, part) in [
        (String::new(), "This is not JSON"),
        ("[]".into(), "not a report"),
        (json!({ "text": "x" }).to_string(), "`key` is missing"),
        (json!({ "key": "k" }).to_string(), "`text` is missing"),
        (json!({ "key": 7, "text": "x" }).to_string(), "`key` must be a text in quotes"),
        (
            json!({ "key": "k", "text": "x", "reportr": "Quagga" }).to_string(),
            "no field `reportr`; did you mean `reporter`?",
        ),
        (json!({ "key": "k", "text": "x", "severity": 1 }).to_string(), "there are: key, text, reporter, at"),
        (sent("", "x"), "`key` must have"),
        (sent(&"k".repeat(300), "x"), "`key` must have"),
        (sent("k", " \u{0}"), "is empty"),
        (sent("k", &"x".repeat(3000)), "2500 is the most"),
        (json!({ "key": "k", "text": "x", "at": "2027-01-01T00:00:00Z" }).to_string(), "still to come"),
        (json!({ "key": "k", "text": "x", "at": "soon" }).to_string(), "as 2026-11-22T03:00:00Z"),
        (json!({ "key": "k", "text": "x", "at": "2026-11-22T03:00:00" }).to_string(), "with its zone"),
    ] {
        let (status, said) = deliver(&bot, Some(TOKEN), body).await;
        assert!(status == 400 && said.replace("&lt;", "<").contains(part.trim_matches('`')), "{part}: {status} {said}");
    }
    let list = bot.slash("alice", "/incident reports").await;
    assert!(list.text.contains("No customer has reported anything"), "{}", list.text);
}

/// [G7] A report that belongs to no incident is announced, once, without its words; the message shows how it stands, and whoever
/// reported it hears that a person looks at it.
#[tokio::test]
async fn a_report_that_belongs_to_nothing_is_heard() {
    let mut bot = with_desk().await;
    deliver(&bot, Some(TOKEN), sent("case-1", "zebra cannot pay")).await;
    deliver(&bot, Some(TOKEN), sent("case-1", "zebra cannot pay")).await;
    bot.slash("erin", "/incident report the quagga is loose").await;
    bot.advance(minutes(1)).await;
    bot.expect_once("incidents", "Customer report *R-1* of");
    bot.expect_once("incidents", "Customer report *R-2* of");
    bot.crash_and_restart().await;
    bot.advance(minutes(1)).await;
    let press = async |who: &str, label: &str| {
        bot.press(who, &bot.said("incidents"), label).await;
    };
    press("bob", "Acknowledge R-2").await;
    bot.expect_once("incidents", "Acknowledged by @bob");
    bot.expect_dm("erin", "A person is looking at what you reported as *R-2*");
    assert!(!shown(&bot.slack.dm("erin")).contains("bob"), "not who");
    bot.advance(minutes(30)).await;
    bot.expect_once("incidents", "Nobody has acknowledged *R-1* in time");
    bot.expect_once("incidents", "*Nobody has acknowledged it in time.*");
    let said = shown(&bot.said("incidents"));
    assert!(!said.contains("zebra") && !said.contains("quagga") && !said.contains("Quagga"), "{said}");
    bot.declare_secret("alice", "sev2 security: hyena").await;
    bot.slash("alice", "/incident SEC-1 reports attach R-1").await;
    bot.expect_once("incidents", "It is being dealt with.");
    assert!(!shown(&bot.said("incidents")).contains("SEC-1"), "{}", shown(&bot.said("incidents")));
}

/// [G7] What is reported in the room of an incident belongs to it, and is not announced; whoever reported it hears when somebody
/// looks at it, and nobody hears of their own.
#[tokio::test]
async fn a_report_of_an_incident_is_said_in_its_room() {
    let bot = with_desk().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    bot.slash_in("dave", &room, "/incident report quagga cannot pay").await;
    bot.slash_in("dave", &room, "/incident reports add tapir cannot pay").await;
    bot.advance(minutes(31)).await;
    assert_eq!(bot.count("incidents", "Customer report"), 0, "{}", shown(&bot.said("incidents")));
    assert_eq!(bot.count("incidents", "in time"), 0, "{}", shown(&bot.said("incidents")));
    bot.slash_in("bob", &room, "/incident reports ack R-1").await;
    bot.slash_in("dave", &room, "/incident reports ack R-3").await;
    bot.expect_dm("dave", "what you reported as *R-1*");
    assert!(!shown(&bot.slack.dm("dave")).contains("R-3"), "their own");
}

/// [E1] A report that was attached to the wrong incident is taken away from it, and attached to the right one; neither counts it
/// twice. What belongs to a need-to-know incident stays there.
#[tokio::test]
async fn a_report_is_taken_to_the_right_incident() {
    let bot = with_desk().await;
    let wrong = bot.declare("alice", "sev2 checkout is down").await;
    let right = bot.declare("bob", "sev2 login is down").await;
    bot.slash_in("dave", &wrong, "/incident reports add at 20 min ago Okapi cannot log in").await;
    bot.slash_in("dave", &wrong, "/incident reports add at 5 min ago Quagga cannot pay").await;
    let refused = bot.slash_in("dave", &right, "/incident reports attach R-1").await;
    assert!(refused.text.contains("/incident INC-1 reports detach R-1"), "{}", refused.text);
    let not_there = bot.slash_in("dave", &right, "/incident reports detach R-1").await;
    assert!(not_there.text.contains("There is no R-1"), "{}", not_there.text);
    bot.slash_in("dave", &wrong, "/incident reports detach R-1").await;
    bot.expect_once(&wrong, "@dave found that R-1 does not belong to this incident");
    bot.slash_in("dave", &right, "/incident reports attach R-1").await;
    let of = async |id: &str| {
        let it = bot.app().engine.incident(id.parse().expect("an id")).await.expect("read").expect("there");
        (it.case.reports, it.case.first_report_at.map(|at| (bot.clock_second() - at.as_second()) / 60))
    };
    assert_eq!((of("INC-1").await, of("INC-2").await), ((1, Some(5)), (1, Some(20))));
    bot.advance(minutes(31)).await;
    bot.expect_once(&right, "Nobody has acknowledged R-1 in time");
    assert_eq!(bot.count(&wrong, "Nobody has acknowledged R-1"), 0, "{}", shown(&bot.said(&wrong)));
    let secret = bot.declare_secret("alice", "sev2 security: hyena").await;
    bot.slash_in("alice", &secret, "/incident reports add zebra").await;
    let stays = bot.slash_in("alice", &secret, "/incident reports detach R-7").await;
    assert!(stays.text.contains("R-7 stays here"), "{}", stays.text);
}

/// [G7] Whoever reported something waits after the end of the incident too: the report is raised as overdue, and acknowledged.
#[tokio::test]
async fn a_report_outlives_its_incident() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev3 checkout is slow").await;
    bot.slash_in("dave", &room, "/incident reports add Quagga cannot pay").await;
    bot.slash_in("alice", &room, "/incident resolve it was the cache").await;
    bot.slash_in("alice", &room, "/incident close").await;
    bot.advance(minutes(31)).await;
    bot.expect_once(&room, "Nobody has acknowledged R-1 in time");
    bot.slash_in("bob", &room, "/incident reports ack R-1").await;
    bot.expect_once(&room, "@bob acknowledged R-1");
}

/// [E1] A slip in the time of a report does not become the first report's time.
#[tokio::test]
async fn a_report_of_long_ago_is_a_slip() {
    let bot = with_desk().await;
    let old = json!({ "key": "k", "text": "x", "at": "2015-01-01T00:00:00Z" }).to_string();
    let (status, said) = deliver(&bot, Some(TOKEN), old).await;
    assert!(status == 400 && said.contains("more than a year ago"), "{status} {said}");
    let room = bot.declare("alice", "sev2 checkout is down").await;
    let typed = "/incident reports add at 2015-01-01T00:00:00Z x";
    let said = bot.slash_in("dave", &room, typed).await;
    assert!(said.text.contains("more than a year ago"), "{}", said.text);
    assert!(!bot.card(&room).contains("Customer reports"), "{}", bot.card(&room));
}

/// [E1] A report in an incident's room belongs to that incident; its words can be removed for good.
#[tokio::test]
async fn words_of_a_report_can_be_removed() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    bot.slash_in("bob", &room, "/incident report quagga cannot pay").await;
    let attached = |what: &What| matches!(what, What::Case(Fact::ReportAttached { report: 1, .. }));
    assert!(bot.history("INC-1").await.iter().any(attached));
    let forgotten = bot.slash_in("alice", &room, "/incident reports forget R-1").await;
    assert!(forgotten.text.contains("[redacted]") && !forgotten.text.contains("quagga"), "{}", forgotten.text);
    for typed in ["report R-1", "reports", "timeline", "summary"] {
        let said = bot.slash_in("alice", &room, &format!("/incident {typed}")).await;
        assert!(!said.text.contains("quagga"), "{typed}: {}", said.text);
    }
    let again = bot.slash_in("alice", &room, "/incident reports forget R-1").await;
    assert!(again.text.contains("There is no R-1"), "{}", again.text);
}
