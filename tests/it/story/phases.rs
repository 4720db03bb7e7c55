//! Phases, severity, times, and the end.

use crate::harness::{Bot, shown};

#[tokio::test]
async fn the_next_phase_is_one_press_away() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.press_card("bob", &room, "Identified →").await;
    bot.press_card("bob", &room, "Monitoring →").await;
    let card = bot.card(&room);
    assert!(card.contains("Monitoring") && card.contains("~"), "the old phase is struck through:\n{card}");
    bot.press_card("bob", &room, "Confirm final fix").await;
    bot.submit("bob", &[("fix", "rolled back"), ("signal", "orders flow again"), ("then", "watch")]).await;
    bot.press_card("bob", &room, "Resolved →").await;
    assert!(bot.card(&room).contains("Resolved"));
    assert!(bot.slack.channel(&room).pins.len() == 1, "the card was edited, not reposted");
}

#[tokio::test]
async fn phases_go_back_with_a_reason() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident mitigate").await;
    bot.slash_in("alice", &room, "/incident phase investigating it came back").await;
    bot.expect_once(&room, "it came back");
    assert!(bot.card(&room).contains("Investigating"));
}

/// [I1] Nobody is held up for a reason: what is left out is said, and why can be told afterwards.
#[tokio::test]
async fn a_phase_may_be_left_out_first_and_explained_then() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    let asked = bot.slash_in("alice", &room, "/incident phase monitoring").await.text;
    assert!(asked.contains("Why?") && asked.contains("/incident INC-1 phase monitoring"), "{asked}");
    let said = shown(&bot.said(&room));
    assert!(said.contains("Identified left out"), "{said}");
    let again = bot.slash_in("alice", &room, "/incident phase monitoring").await.text;
    assert!(again.contains("already"), "{again}");
    bot.slash_in("alice", &room, "/incident phase monitoring it mended itself").await;
    let timeline = bot.slash_in("alice", &room, "/incident timeline").await.text;
    assert!(timeline.contains("it mended itself"), "{timeline}");
}

#[tokio::test]
async fn a_resolved_incident_is_closed_and_reopened() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 search is slow").await;
    let early = bot.slash_in("alice", &room, "/incident close").await;
    assert!(early.text.contains("resolve"), "told what to do first: {}", early.text);
    bot.slash_in("alice", &room, "/incident resolve a new index").await;
    bot.slash_in("alice", &room, "/incident close").await;
    let late = bot.slash_in("alice", &room, "/incident sev 1").await;
    assert!(late.text.contains("reopen"), "told what to do: {}", late.text);
    let reopened = bot.slash_in("alice", &room, "/incident reopen still slow").await;
    assert!(bot.card(&room).contains("Investigating"), "{}", reopened.text);
}

#[tokio::test]
async fn severity_asks_two_impacts_and_suggests_the_higher() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev4 a blemish").await;
    bot.slash_in("alice", &room, "/incident severity").await;
    let form = bot.form("alice");
    assert!(form.contains("ervice") && form.contains("ustomer"), "{form:?}");
    let answers = [
        ("Service: what is broken?", "A core function works badly"),
        ("Customers: who suffers?", "Most customers cannot work"),
        ("Why?", "nobody can pay"),
    ];
    let outcome = bot.submit("alice", &answers).await;
    assert!(matches!(outcome, watchroom::sandbox::Outcome::Closed), "{outcome:?}");
    assert!(bot.card(&room).contains("SEV1"), "the worse of the two:\n{}", bot.card(&room));
    let card = bot.card(&room);
    assert!(card.contains("~SEV4~"), "the old value is struck through:\n{card}");
    bot.expect_once(&room, "nobody can pay");
}

#[tokio::test]
async fn a_guessed_time_is_corrected_in_the_readers_zone() {
    let bot = Bot::start().await;
    let room = bot.declare("bob", "sev1 checkout is down").await;
    let answer = bot.slash_in("bob", &room, "/incident time started 20 min ago").await;
    assert!(answer.text.contains("INC-1"), "{}", answer.text);
    let wrong = bot.slash_in("bob", &room, "/incident time started 2036-01-01 10:00 UTC").await;
    assert!(wrong.text.contains("future") || wrong.text.contains("ahead"), "{}", wrong.text);
}

#[tokio::test]
async fn a_merged_incident_points_to_the_one_that_goes_on() {
    let bot = Bot::start().await;
    let first = bot.declare("alice", "sev1 checkout is down").await;
    let second = bot.declare("bob", "sev2 payments fail").await;
    bot.slash_in("bob", &second, "/incident merge INC-1").await;
    assert!(bot.count(&first, "INC-2") >= 1, "the first one hears of it");
    let late = bot.slash_in("bob", &second, "/incident note more").await;
    assert!(late.status == 200);
    let refused = bot.slash_in("bob", &second, "/incident sev 1").await;
    assert!(refused.text.contains("INC-1"), "{}", refused.text);
}

/// Whoever types a name that there is not hears which there are, of that incident's kind; both readings stay on offer, and nothing
/// is changed.
#[tokio::test]
async fn a_name_that_there_is_not_is_answered_with_those_that_there_are() {
    let bot = Bot::start().await;
    let ops = bot.declare("alice", "sev2 checkout is down").await;
    let secret = bot.declare_secret("alice", "sev2 security: keys leaked").await;
    let before = (bot.history("INC-1").await, bot.history("SEC-1").await);
    let phases = ["There is no phase `sleeping`", "`investigating`, `identified`, `monitoring`, `resolved`", "`next`"];
    let course = ["There is no phase `sleeping`", "`containment`", "`notification`", "`next`"];
    let both = ["incidents of kind `ops` have `investigating`", "of kind `security` have `detection`"];
    let asked: [(&str, &str, &[&str]); 8] = [
        (ops.as_str(), "phase sleeping", &phases[..]),
        (&secret, "phase sleeping soundly", &course),
        ("general", "SEC-1 phase sleeping", &course),
        ("general", "phase sleeping", &both),
        (&ops, "severity huge", &["There is no severity `huge`", "`1` (critical)", "`5` ("]),
        (&ops, "kind of magic", &["There is no kind `of`", "`ops`, `security`"]),
        (&ops, "role juggler", &["There is no role `juggler`", "`commander`", "`scribe`"]),
        (&secret, "consult juggler why?", &["There is no role `juggler`", "`legal`"]),
    ];
    for (place, typed, says) in asked {
        let answer = bot.slash_in("alice", place, &format!("/incident {typed}")).await;
        for part in says.iter().chain(&["Nothing was changed. What did you mean?", "Declare “"]) {
            assert!(answer.body.to_string().contains(part), "`{typed}` says not `{part}`: {}", answer.body);
        }
        let of_other_kind = if place == ops { "containment" } else { "identified" };
        assert!(place == "general" || !answer.text.contains(of_other_kind), "`{typed}`: {}", answer.text);
    }
    for (typed, says) in [
        (
            "phase containment",
            "There is no phase `containment` here, so nothing was changed. Choose one of: investigating",
        ),
        ("severity 9", "There is no SEV9, so nothing was changed. Choose one of: `1` critical"),
        ("kind -- magic", "There is no kind `magic`; there are `ops`, `security`. Nothing was changed."),
        ("role juggler @bob", "There is no role `juggler`; there are"),
    ] {
        let answer = bot.slash_in("alice", &ops, &format!("/incident {typed}")).await;
        assert!(answer.text.contains(says), "`{typed}`: {}", answer.text);
    }
    assert_eq!((bot.history("INC-1").await, bot.history("SEC-1").await), before, "nothing was changed");
}
