//! What an open incident knew when it turned out to be a secret: it holds there too, whatever the playbook says by then.

use watchroom::{
    ids::IncidentId,
    incident::{What, course::Fact, intake::Detection},
    paging::Target,
    playbook::BUILTIN,
    sandbox::{Fault, FaultKind},
};

use crate::harness::{Bot, minutes, policy, shown};

/// The sentence that the room has for ticks that suggest a secret.
const SUGGESTS: &str = "`/incident private` makes it one";

fn sec_1() -> IncidentId {
    "SEC-1".parse().expect("an id")
}

/// [I4] A service that left the playbook's file does not hold up the move, and is still the service there.
#[tokio::test]
async fn what_left_the_playbook_does_not_hold_up_a_secret() {
    let with = format!("{BUILTIN}\n[[services]]\nid = \"checkout\"\nlabel = \"Checkout\"\nowner = \"user:U0DAVE\"\n");
    let bot = Bot::with_playbook(&with).await;
    let room = bot.declare("alice", "sev2 for checkout: cards fail").await;
    bot.write_playbook(BUILTIN);
    bot.app().reload_files().await.expect("recorded");
    let said = bot.slash_in("alice", &room, "/incident private keys leaked").await.text;
    assert!(said.contains("SEC-1"), "{said}");
    let engine = &bot.app().engine;
    let it = engine.incident(sec_1()).await.expect("read").expect("declared");
    assert_eq!(it.intake.service, Some("checkout".into()));
    let old = engine.incident("INC-1".parse().expect("an id")).await.expect("read").expect("declared");
    assert_eq!(it.playbook, old.playbook, "it keeps its playbook");
    assert!(bot.card(&bot.secret_room()).contains("Checkout"));
}

/// [G5] [I4] Ticks on the card that suggest a secret say so, with a press that makes it one; what was ticked and who noticed
/// hold there, and advisors are asked because of it.
#[tokio::test]
async fn ticks_suggest_a_secret_and_hold_there() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 a bucket is public").await;
    bot.press_card("alice", &room, "Why is it an incident?").await;
    bot.submit("alice", &[("Why is it an incident?", "data_exposed"), ("Who noticed first?", "A customer")]).await;
    bot.expect_once(&room, SUGGESTS);
    bot.press("alice", &bot.said(&room), "Make it need-to-know").await;
    let it = bot.app().engine.incident(sec_1()).await.expect("read").expect("declared");
    assert_eq!(
        (it.intake.criteria.clone(), it.intake.detection),
        (vec!["data_exposed".into()], Some(Detection::Customer))
    );
    let card = bot.card(&bot.secret_room());
    for advisor in ["Advisor: legal", "Advisor: privacy"] {
        assert!(card.contains(&format!("*{advisor}* (nobody has this role yet)")), "{card}");
    }
    assert!(!card.contains("Why is it an incident?"), "{card}");
    let asked = |what: &What| matches!(what, What::Course(Fact::ConsultAsked { .. }));
    assert_eq!(bot.history("SEC-1").await.iter().filter(|what| asked(what)).count(), 2);
    bot.press_card("alice", &bot.declare("alice", "sev1 nothing works").await, "Why is it an incident?").await;
    bot.submit("alice", &[("Why is it an incident?", "data_lost")]).await;
    let other = bot.said("inc-2-nothing-works");
    assert!(!shown(&other).contains(SUGGESTS), "{}", shown(&other));
}

/// The built-in playbook with one more open kind, of which the legal advisor knows as well.
fn with_vendors() -> String {
    let (ops, security) = ("[[kinds]]\nid = \"ops\"", "[[kinds]]\nid = \"security\"");
    let from = BUILTIN.find(ops).expect("the first kind");
    let to = BUILTIN.find(security).expect("the second kind");
    let vendor = BUILTIN[from..to].replace("\"ops\"", "\"vendor\"").replace("\"Operational\"", "\"Vendor\"");
    let vendor =
        vendor.replace("id = \"investigating\"\nlabel = \"Investigating\"", "id = \"asking\"\nlabel = \"Asking\"");
    let legal = "label = \"Advisor: legal\"\nkinds = [\"security\"";
    assert!(BUILTIN.contains(legal));
    let book = BUILTIN.replacen(legal, &format!("{legal}, \"vendor\""), 1);
    book.replace("kinds = [\"ops\"]", "kinds = [\"ops\", \"vendor\"]").replacen(
        security,
        &format!("{vendor}{security}"),
        1,
    )
}

/// [G5] Another kind has other advisors: those that it has beyond the one before are asked because of what was ticked, once.
#[tokio::test]
async fn another_kind_asks_its_own_advisors() {
    let bot = Bot::with_playbook(&with_vendors()).await;
    let room = bot.declare("alice", "sev1 a bucket is public").await;
    bot.press_card("alice", &room, "Why is it an incident?").await;
    bot.submit("alice", &[("Why is it an incident?", "data_exposed")]).await;
    assert!(!bot.card(&room).contains("Advisor: legal"), "{}", bot.card(&room));
    bot.advance(minutes(3)).await;
    bot.slash_in("alice", &room, "/incident kind vendor it is theirs").await;
    bot.advance(minutes(2)).await;
    let summary = bot.slash_in("alice", &room, "/incident summary").await.text;
    assert!(summary.contains("Asking 2 min") && summary.contains("5 min"), "each minute in its own phase: {summary}");
    assert!(bot.card(&room).contains("*Advisor: legal* (nobody has this role yet)"), "{}", bot.card(&room));
    bot.slash_in("alice", &room, "/incident kind ops").await;
    let asked = |what: &What| matches!(what, What::Course(Fact::ConsultAsked { .. }));
    assert_eq!(bot.history("INC-1").await.iter().filter(|what| asked(what)).count(), 1);
}

/// [G9] What Slack took without our hearing of it is taken back too: lines in the old room, a task and a page in direct messages,
/// updates outside.
#[tokio::test]
async fn what_was_sent_in_doubt_is_taken_back() {
    for typed in [
        "task quagga words @bob by 20m",
        "note quagga words",
        "page @bob",
        "update quagga words",
        "lead @bob",
        "handoff @bob",
        "consult operations quagga words?",
    ] {
        let bot = Bot::start().await;
        let room = bot.declare("alice", "sev3 quagga is slow").await;
        bot.slash_in("alice", &room, "/incident role operations @bob").await;
        bot.slack.fault(Fault::new(FaultKind::DropAfter).on("chat.postMessage").times(3));
        bot.slash_in("alice", &room, &format!("/incident {typed}")).await;
        bot.slash_in("alice", &room, "/incident kind security someone had access").await;
        bot.slack.clear_faults();
        bot.advance(minutes(10)).await;
        expect_taken_back(&bot, &room, typed);
    }
}

/// [G9] So is a reminder, which may be about several incidents at once.
#[tokio::test]
async fn a_reminder_sent_in_doubt_is_taken_back() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev3 quagga is slow").await;
    bot.slash_in("alice", &room, "/incident task quagga words @bob by 20m").await;
    bot.slack.fault(Fault::new(FaultKind::DropAfter).on("chat.postMessage").times(9));
    bot.advance(minutes(20)).await;
    let told = bot.slack.dm("bob");
    assert!(told.len() > 1, "a task and a reminder: {}", shown(&told));
    bot.slash_in("alice", &room, "/incident kind security someone had access").await;
    bot.slack.clear_faults();
    bot.advance(minutes(10)).await;
    expect_taken_back(&bot, &room, "a reminder");
}

/// No word of it stands in its old room, with whoever was told, or outside.
fn expect_taken_back(bot: &Bot, room: &str, what: &str) {
    for said in [bot.said(room), bot.slack.dm("bob"), bot.said("incidents"), bot.said("general")] {
        // What the topic and the name were, Slack itself goes on saying.
        let by_slack = ["set the channel topic", "has renamed the channel"];
        let ours: Vec<_> = said.into_iter().filter(|m| !by_slack.iter().any(|words| m.text.contains(words))).collect();
        let ours = shown(&ours);
        assert!(!ours.contains("quagga"), "{what}: {ours}");
    }
}

/// [I4] [K6] Channels hear nothing of a secret. A page that asked one, or had one for its fallback, goes on with whoever leads, and is
/// never dropped.
#[tokio::test]
async fn a_page_that_asked_a_channel_asks_whoever_leads() {
    let bot = Bot::with(|settings| {
        let support = vec![Target::Channel("C0SUPPORT".into())];
        settings.fallback.clone_from(&support);
        settings.policies = vec![policy("desk", &[("U0BOB", 5)]), policy("night", &[("U0DAVE", 5)])];
        settings.policies[0].steps[0].targets.clone_from(&support);
        settings.policies.iter_mut().for_each(|p| p.fallback.clone_from(&support));
    })
    .await;
    let old = bot.declare("alice", "sev1 logins fail").await;
    for name in ["desk", "night"] {
        bot.slash_in("erin", &old, &format!("/incident page {name}")).await;
    }
    bot.slash_in("erin", &old, "/incident private keys leaked").await;
    let room = bot.secret_room();
    assert_eq!(bot.asked("alice").len(), 1, "nobody else is left of the first: {}", shown(&bot.slack.dm("alice")));
    assert!(bot.card(&room).contains("waiting for @alice"), "{}", bot.card(&room));
    bot.press("alice", &bot.asked("alice"), "Acknowledge").await;
    let asked = bot.asked("dave");
    assert!(asked.last().is_some_and(|page| page.contains("SEC-1")), "{}", shown(&asked));
    bot.advance(minutes(5)).await;
    assert_eq!(bot.asked("alice").len(), 2, "the fallback of the second: {}", shown(&bot.said(&room)));
    bot.advance(minutes(5)).await;
    bot.expect_once(&room, "Nobody has acknowledged");
    assert_eq!(bot.count("support", "SEC-1"), 0);
}
