//! Help from outside: recorded before anybody is brought in, and over when its time is.

use watchroom::{
    incident::{What, access, case::Fact},
    sandbox::Outcome,
};

use crate::harness::{Bot, minutes};

/// A need-to-know incident of alice's; dave is a guest of the workspace.
async fn with_a_guest() -> (Bot, String) {
    let bot = Bot::start().await;
    bot.slack.with(|ws| ws.users.get_mut("U0DAVE").expect("dave").is_guest = true);
    let room = bot.declare_secret("alice", "sev2 security: zebra tokens").await;
    (bot, room)
}

const ENGAGE: &str = "/incident external add @dave skill until: 2 hours nda: yes scope: reads the quagga disk images";

/// Is dave in the room?
fn is_in(bot: &Bot, room: &str) -> bool {
    bot.slack.channel(room).members.contains(&"U0DAVE".to_owned())
}

/// [G6] Without a record a guest is not brought in, by whatever way; with one they are.
#[tokio::test]
async fn a_guest_comes_in_only_by_a_record() {
    let (bot, room) = with_a_guest().await;
    for typed in ["access add @dave he knows disks", "role analyst @dave", "handoff @dave analyst", "page @dave"] {
        let refused = bot.slash_in("alice", &room, &format!("/incident {typed}")).await;
        assert!(refused.text.contains("is from outside"), "{typed}: {}", refused.text);
    }
    assert!(!is_in(&bot, &room) && bot.slack.dm("dave").is_empty());
    let recorded = bot.slash_in("alice", &room, ENGAGE).await;
    assert!(!is_in(&bot, &room), "a record alone brings nobody in");
    for next in [
        "that alone brings <@U0DAVE> nowhere",
        "`/incident SEC-1 access add @name &lt;why&gt;`",
        "`/incident SEC-1 role ",
    ] {
        assert!(recorded.text.contains(next), "what comes next: no `{next}` in {}", recorded.text);
    }
    bot.slash_in("alice", &room, "/incident access add @dave he knows disks").await;
    assert!(is_in(&bot, &room));
    bot.expect_once(&room, "helps from outside, for a skill that is missing");
    let list = bot.slash_in("alice", &room, "/incident external").await;
    for part in ["<@U0DAVE>", "a skill that is missing", "NDA", "reads the quagga disk images"] {
        assert!(list.text.contains(part), "no `{part}` in {}", list.text);
    }
    // People of the organisation need none, and open incidents are everybody's.
    bot.slash_in("alice", &room, "/incident access add @bob he knows tokens").await;
    assert!(bot.slack.channel(&room).members.contains(&"U0BOB".to_owned()));
    let open = bot.declare("alice", "sev3 checkout is slow").await;
    bot.slash_in("alice", &open, "/incident role responder @dave").await;
    assert!(is_in(&bot, &open));
}

/// [G6] When its time is over, so is their access: they leave the room, hold no role and see nothing; the room is told, once,
/// also where the bot was down meanwhile.
#[tokio::test]
async fn access_ends_with_the_engagement() {
    let (mut bot, room) = with_a_guest().await;
    bot.slash_in("alice", &room, ENGAGE).await;
    bot.slash_in("alice", &room, "/incident role analyst @dave").await;
    assert!(is_in(&bot, &room));
    assert!(bot.card(&room).contains("Outside help"), "{}", bot.card(&room));
    bot.advance(minutes(119)).await;
    assert!(is_in(&bot, &room), "not before its time");
    bot.crash().await;
    bot.clock.advance(minutes(10));
    bot.restart().await;
    assert!(!is_in(&bot, &room));
    bot.expect_once(&room, "Engagement 1 of @dave is over (its time is over)");
    assert!(!bot.card(&room).contains("Outside help"), "{}", bot.card(&room));
    let history = bot.history("SEC-1").await;
    let removed =
        |what: &What| matches!(what, What::Access(access::Fact::Removed { who, .. }) if who.as_str() == "U0DAVE");
    assert_eq!(history.iter().filter(|what| removed(what)).count(), 1);
    assert!(history.iter().any(|what| matches!(what, What::RoleDropped { from, .. } if from.as_str() == "U0DAVE")));
    let asked = bot.slash("dave", "/incident show SEC-1").await;
    assert!(asked.text.contains("There is no SEC-1"), "{}", asked.text);
    let again = bot.slash_in("alice", &room, "/incident access add @dave once more").await;
    assert!(again.text.contains("is from outside"), "{}", again.text);
}

/// [G6] A later record counts instead of an earlier one; one can be ended by hand, in the room of an open incident too.
#[tokio::test]
async fn an_engagement_is_extended_or_ended() {
    let (bot, room) = with_a_guest().await;
    bot.slash_in("alice", &room, ENGAGE).await;
    bot.slash_in("alice", &room, "/incident access add @dave he knows disks").await;
    bot.slash_in("alice", &room, &ENGAGE.replace("2 hours", "5 hours")).await;
    bot.advance(minutes(130)).await;
    assert!(is_in(&bot, &room), "the later one counts");
    let open = bot.declare("alice", "sev3 checkout is slow").await;
    bot.slash_in("alice", &open, ENGAGE).await;
    bot.slash_in("alice", &open, "/incident role responder @dave").await;
    bot.slash_in("alice", &open, "/incident external").await;
    let list = bot.slack.ephemerals("alice", &open).pop().expect("a list");
    bot.slack.act_as("alice").press(&list, "case.end_external.1").await.expect("pressed");
    bot.settle().await;
    assert!(!is_in(&bot, &open) && is_in(&bot, &room));
    let over = bot.slash_in("alice", &open, "/incident external end 1").await;
    assert!(over.text.contains("already"), "{}", over.text);
}

/// [G6] [H4] Whoever helps from outside holds the role made for that, is asked as it, and loses it with the engagement; nobody
/// else can have it.
#[tokio::test]
async fn the_helper_holds_the_role_of_helpers() {
    let (bot, room) = with_a_guest().await;
    let none = bot.slash_in("alice", &room, "/incident role consultancy @bob").await;
    assert!(none.text.contains("while an engagement of theirs is on record") && none.text.contains("external add"));
    bot.slash_in("alice", &room, ENGAGE).await;
    let bob = bot.slash_in("alice", &room, "/incident role consultancy @bob").await;
    assert!(bob.text.contains("engagement of theirs"), "he is one of us: {}", bob.text);
    bot.slash_in("alice", &room, "/incident role consultancy @dave").await;
    assert!(is_in(&bot, &room));
    let roles = bot.slash_in("alice", &room, "/incident roles").await.text;
    assert!(roles.contains("(`consultancy`): <@U0DAVE>"), "{roles}");
    bot.slash_in("alice", &room, "/incident phase investigation it is real").await;
    bot.expect_dm("dave", "Investigation* began. What must we heed in it?");
    bot.advance(minutes(121)).await;
    let roles = bot.slash_in("alice", &room, "/incident roles").await.text;
    assert!(!roles.contains("consultancy") && !is_in(&bot, &room), "{roles}");
}

/// [G6] The form asks for the same as the command, and says what comes next when it is sent.
#[tokio::test]
async fn the_form_of_a_record_says_what_brings_them_in() {
    let (bot, room) = with_a_guest().await;
    bot.slash_in("alice", &room, "/incident external add").await;
    let person = bot.slack.act_as("alice");
    let until = bot.clock_second() + 7200;
    let values = [("Who helps?", "U0DAVE".into()), ("Until when?", until.into())];
    person.fill(values).await.expect("filled");
    let words = [
        ("Why from outside?", "skill"),
        ("What do they do here?", "reads the quagga disk images"),
        ("Is there an NDA?", "yes"),
    ];
    assert_eq!(bot.submit("alice", &words).await, Outcome::Updated);
    let told = bot.form("alice").json.to_string();
    for next in ["that alone brings <@U0DAVE> nowhere", "/incident SEC-1 access add @name", "/incident SEC-1 role "] {
        assert!(told.contains(next), "no `{next}` in {told}");
    }
    bot.expect_once(&room, "helps from outside, for a skill that is missing");
}

/// [G6] Every part of a record is asked for.
#[tokio::test]
async fn a_record_names_reason_scope_nda_and_end() {
    let (bot, room) = with_a_guest().await;
    for (typed, answer) in [
        ("external add somebody", "Whom, and why from outside?"),
        ("external add @dave because", "Whom, and why from outside?"),
        ("external add @dave skill nda: yes scope: x", "Until when?"),
        ("external add @dave skill until: 2 hours scope: x", "Is there an NDA?"),
        ("external add @dave skill until: 2 hours nda: yes", "is empty"),
        ("external add @dave skill until: 2020-01-01T00:00:00Z nda: yes scope: x", "ends later than now"),
        ("external end 7", "There is no engagement 7"),
        ("external end", "Which one?"),
    ] {
        let said = bot.slash_in("alice", &room, &format!("/incident {typed}")).await;
        assert!(said.text.contains(answer), "{typed}: {}", said.text);
    }
    assert!(!bot.history("SEC-1").await.iter().any(|what| matches!(what, What::Case(Fact::Engaged { .. }))));
}
