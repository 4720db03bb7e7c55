//! What was sent is corrected: changed where that is possible, else said behind it, and looked at like a text that is sent.

use serde_json::{Value, json};
use watchroom::{
    config::{Abilities, ConnectorConfig, ConnectorKind},
    incident::comms::{Amended, Ask, Delivery, Drafting, Fact, No},
    playbook::Audience,
    sandbox::{Fault, FaultKind, Outcome},
};

use super::comms::{ask, drafting, fact, in_slack, incident, outlet, submit, with_playbook, write};
use crate::harness::{Bot, edited, minutes, shown, status_page, webhook::Webhook};

/// What corrects the first send, whose corrections so many were seen of.
fn correcting(seen: u32, words: &str, outlets: &[&str]) -> Drafting {
    Drafting { corrects: Some((1, seen)), next_by: None, ..drafting(outlets, words, true) }
}

async fn correct(bot: &Bot, who: &str, seen: u32, words: &str) -> Result<(), No> {
    ask(bot, who, Ask::Draft(correcting(seen, words, &["status_page"]))).await
}

async fn send(bot: &Bot, words: &str) {
    assert_eq!(ask(bot, "alice", Ask::Draft(drafting(&["status_page"], words, true))).await, Ok(()));
}

/// The message in the room that says what became of the first send.
fn receipt(bot: &Bot, room: &str) -> Vec<watchroom::sandbox::SeenMessage> {
    bot.said(room).into_iter().filter(|m| m.contains("the update for customers*")).collect()
}

async fn place(bot: &Bot) -> Delivery {
    incident(bot).await.comms.sends[0].delivery(&"status_page".into()).expect("sent there").clone()
}

/// [D6] Corrected by its receipt's button: the form has what was filled in, shows the text first, and changes it where it stands; support
/// hears the new words, the room who did it, and the record keeps the old ones. [E2]
#[tokio::test]
async fn a_correction_changes_the_text_where_it_stands() {
    let mut bot = with_playbook(in_slack).await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    bot.slash_in("dave", &room, "/incident role support").await;
    send(&bot, "Some payments fail").await;
    let due = incident(&bot).await.comms.external.due;
    bot.advance(minutes(5)).await;
    bot.press("alice", &receipt(&bot, &room), "Correct").await;
    let form = bot.form("alice");
    assert!(form.contains("Some payments fail") && form.contains("This corrects the update for customers"), "{form:?}");
    assert!(!form.contains("Next update"), "the promise stays: {form:?}");
    assert_eq!(bot.submit("alice", &[("Impact", "All payments fail")]).await, Outcome::Updated, "shown first");
    let shown_first = bot.form("alice").json["blocks"].to_string();
    assert!(
        shown_first.contains(">We are looking into a problem with our service. All payments fail."),
        "{shown_first}"
    );
    bot.expect_once("general", "Some payments fail.");
    assert_eq!(bot.submit("alice", &[]).await, Outcome::Cleared);

    bot.crash_and_restart().await;
    bot.expect_once("general", "All payments fail.");
    assert_eq!(bot.count("general", "Some payments fail."), 0, "{}", shown(&bot.said("general")));
    bot.expect_once(&room, "corrected the update for customers of");
    let receipt = receipt(&bot, &room);
    assert_eq!(receipt.len(), 1, "{}", shown(&receipt));
    assert!(
        receipt[0].contains("Corrected by @alice") && receipt[0].contains("· :pencil2: corrected"),
        "{}",
        receipt[0]
    );
    let support = bot.expect_dm("dave", "corrects what was sent to customers");
    assert!(support.contains("*Say*") && support.contains("All payments fail."), "{support}");
    let said = |words: &'static str| {
        move |f: &Fact| match f {
            Fact::Sent { letter, .. } | Fact::Corrected { letter, .. } => letter.body().or_tombstone().contains(words),
            _ => false,
        }
    };
    let history = bot.history("INC-1").await;
    assert_eq!((fact(&history, said("Some payments")), fact(&history, said("All payments"))), (1, 1));
    assert_eq!(incident(&bot).await.comms.external.due, due, "what was promised stays promised");
    // What it says is what is filled in the next time.
    bot.slash_in("alice", &room, "/incident update correct").await;
    assert!(bot.form("alice").contains("All payments fail"), "{:?}", bot.form("alice"));
}

/// Our own page shows the new words, and when they were corrected; its headline is that of the latest update.
#[tokio::test]
async fn the_own_page_says_that_it_was_corrected() {
    let bot = Bot::with_status_page().await;
    bot.declare("alice", "sev2 checkout is down").await;
    send(&bot, "Some payments fail").await;
    bot.advance(minutes(10)).await;
    assert_eq!(correct(&bot, "alice", 0, "All payments fail").await, Ok(()));
    let standing = bot.app().engine.status_page().await.expect("read");
    let [post] = &standing.posts[..] else { panic!("{standing:?}") };
    let [update] = &post.updates[..] else { panic!("{post:?}") };
    assert!(update.body.or_tombstone().contains("All payments fail.") && update.corrected_at.is_some(), "{update:?}");
    bot.advance(minutes(1)).await;
    let page = bot.http.get(format!("{}/status", bot.url)).header("accept-language", "en").send().await.expect("read");
    let page = page.text().await.expect("a page");
    assert!(page.contains("(corrected <time") && !page.contains("Some payments fail"), "{page}");
    let delivery = place(&bot).await;
    assert!(matches!(delivery.amended, Some(Amended::Done { behind: false, by: None, .. })), "{delivery:?}");
    assert_eq!(correct(&bot, "alice", 1, "All payments fail").await, Err(No::SaysSo));
}

/// Where Slack lets nobody change a message any more the correction stands in its thread, once, over a crash.
#[tokio::test]
async fn what_cannot_be_changed_is_corrected_behind_it() {
    let mut bot = with_playbook(in_slack).await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    send(&bot, "Some payments fail").await;
    let stands = bot.said("general").into_iter().find(|m| m.contains("Some payments fail.")).expect("sent");
    bot.slack.fault(Fault::new(FaultKind::EditWindowClosed).on("chat.update"));
    bot.slack.fault(Fault::new(FaultKind::ErrorAfter).on("chat.postMessage").times(1));
    let corrected = Ask::Draft(correcting(0, "All payments fail", &["status_page"]));
    assert_eq!(ask(&bot, "alice", corrected).await, Ok(()));
    bot.crash_and_restart().await;
    bot.advance(minutes(5)).await;
    bot.slack.clear_faults();
    bot.advance(minutes(5)).await;
    bot.expect_once("general", "Some payments fail.");
    bot.expect_once("general", "*Correction* of the update of");
    let behind = bot.said("general").into_iter().find(|m| m.contains("*Correction*")).expect("corrected");
    assert_eq!(behind.thread_ts.as_deref(), Some(stands.ts.as_str()), "{behind}");
    assert!(!behind.contains("INC-1") && !behind.contains("alice"), "{behind}");
    // Nor could the receipt be changed: it was posted anew.
    let receipt = receipt(&bot, &room).pop().expect("a receipt");
    assert!(receipt.contains("the correction stands behind it"), "{receipt}");
    // Redacted, both are gone.
    let seq = incident(&bot).await.comms.sends[0].seq;
    bot.slash_in("alice", &room, &format!("/incident redact {seq} it named a customer")).await;
    assert_eq!(bot.count("general", "payments fail"), 0, "{}", shown(&bot.said("general")));
}

/// A status page that is told by a webhook, with these abilities.
async fn with_webhook(edits: bool) -> (Bot, Webhook) {
    let program = Webhook::start().await;
    let bot = Bot::configured(|config| {
        program.set_up(config, None, true);
        config.playbook = edited(|p| outlet(p, "status_page").connector = Some("partners".into()));
        let kind = ConnectorKind::Webhook { webhook: "siren".into() };
        config.connectors = vec![ConnectorConfig { name: "partners".into(), kind }];
        config.settings.connectors.insert("partners".into(), Abilities { edits, ..Abilities::default() });
    })
    .await;
    (bot, program)
}

fn told(program: &Webhook) -> Vec<(String, Value)> {
    let told = program.told().into_iter().map(|(headers, body)| {
        let id = headers["webhook-id"].to_str().expect("text").to_owned();
        (id, serde_json::from_str(&body).expect("JSON"))
    });
    told.collect()
}

/// A place that a connector publishes to is told of the correction once, by the name of what it corrects; while it fails the room sees that,
/// and after a crash it is told again under the same id.
#[tokio::test]
async fn a_connector_is_told_of_the_correction() {
    let (mut bot, program) = with_webhook(true).await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    send(&bot, "Some payments fail").await;
    program.say(503);
    assert_eq!(correct(&bot, "alice", 0, "All payments fail").await, Ok(()));
    bot.advance(minutes(2)).await;
    assert!(receipt(&bot, &room)[0].contains("not corrected yet"), "{}", receipt(&bot, &room)[0]);
    assert!(receipt(&bot, &room)[0].contains("Posted by hand: Public status page"), "{}", receipt(&bot, &room)[0]);
    bot.crash_and_restart().await;
    program.say(204);
    bot.advance(minutes(6)).await;
    assert!(receipt(&bot, &room)[0].contains(":pencil2: corrected"), "{}", receipt(&bot, &room)[0]);
    let told = told(&program);
    let (first, last) = (&told[0], told.last().expect("told"));
    assert_eq!(last.1["update"]["id"], first.1["update"]["id"], "{told:?}");
    assert!(last.1["update"]["body"].as_str().expect("text").contains("All payments fail."), "{told:?}");
    let ids: std::collections::BTreeSet<&str> = told.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids.len(), 2, "the text and its correction: {told:?}");
    assert!(!told.iter().any(|(_, body)| body.to_string().contains("INC-1")), "{told:?}");
}

/// What is posted by hand is corrected by hand: the room gets the words to copy, and a press says that it was done.
#[tokio::test]
async fn what_was_posted_by_hand_is_corrected_by_hand() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    send(&bot, "Some payments fail").await;
    let at = bot.app().engine.clock().now();
    let hand = Ask::PostedByHand { send: 1, outlet: "status_page".into(), at, link: None };
    assert_eq!(ask(&bot, "alice", hand).await, Ok(()));
    assert_eq!(correct(&bot, "alice", 0, "All payments fail").await, Ok(()));
    let shown = |part: &str| serde_json::to_string(&receipt(&bot, &room)[0].blocks).expect("blocks").contains(part);
    assert!(shown("please correct it by hand") && shown("```") && shown("All payments fail."));
    assert!(bot.card(&room).contains("Not posted yet"), "{}", bot.card(&room));
    bot.press("alice", &receipt(&bot, &room), "Posted by hand: Public status page").await;
    assert_eq!(bot.submit("alice", &[("When", "just now")]).await, Outcome::Cleared);
    assert!(shown("corrected by hand by"), "{}", receipt(&bot, &room)[0]);
    assert!(!bot.card(&room).contains("Not posted yet"), "{}", bot.card(&room));
}

/// [K3] [F1] [D4] A correction is looked at like a send: who may, another person, the length, words of the internal update; it goes where
/// the text went, and nowhere else.
#[tokio::test]
async fn a_correction_is_looked_at_like_a_send() {
    let bot = with_playbook(|p| {
        in_slack(p);
        outlet(p, "status_page").two_person = true;
        outlet(p, "status_page").max_chars = 300;
    })
    .await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    bot.slash_in("alice", &room, "/incident role communications @bob").await;
    let first = Ask::Draft(drafting(&["status_page"], "Some fail", false));
    assert_eq!(ask(&bot, "bob", first).await, Ok(()));
    assert_eq!(ask(&bot, "alice", Ask::Approve { draft: 1, version: 1 }).await, Ok(()));
    assert_eq!(ask(&bot, "bob", Ask::Send { draft: 1, version: 1, again: false, alone: None }).await, Ok(()));
    bot.expect_once("general", "Some fail.");

    let refused = correct(&bot, "dave", 0, "All fail").await;
    assert!(matches!(refused, Err(No::NotAuthorised { .. })), "{refused:?}");
    let refused = correct(&bot, "bob", 0, &"All fail ".repeat(40)).await;
    assert!(matches!(refused, Err(No::TooLongFor { limit: 300, .. })), "{refused:?}");
    bot.slash_in("alice", &room, "/incident update The primary fell over").await;
    assert_eq!(correct(&bot, "bob", 0, "the primary fell over").await, Err(No::InternalText));
    let elsewhere = Ask::Draft(correcting(0, "All fail", &["service_desk"]));
    assert_eq!(ask(&bot, "bob", elsewhere).await, Err(No::NoSuchOutlet("service_desk".into())));
    // It needs another person: kept as a draft beside that of the next update.
    assert_eq!(ask(&bot, "bob", Ask::Draft(drafting(&["status_page"], "More fail", false))).await, Ok(()));
    assert_eq!(correct(&bot, "bob", 0, "All fail").await, Ok(()));
    bot.expect_once("general", "Some fail.");
    let draft = incident(&bot).await.comms.draft_of(Audience::External, Some(1)).expect("a draft").clone();
    let send = |version| Ask::Send { draft: draft.number, version, again: false, alone: None };
    bot.expect_once(&room, "correction of the update for customers*");
    assert!(matches!(ask(&bot, "bob", send(1)).await, Err(No::NotApproved { .. })));
    let approve = || Ask::Approve { draft: draft.number, version: 1 };
    assert_eq!(ask(&bot, "bob", approve()).await, Err(No::OwnText));
    assert_eq!(ask(&bot, "alice", approve()).await, Ok(()));
    assert_eq!(ask(&bot, "bob", send(1)).await, Ok(()));
    bot.expect_once("general", "All fail.");
    assert!(incident(&bot).await.comms.draft_for(Audience::External).is_some(), "the next update's draft is as it was");
}

/// Two who correct the same text at once: the second sees that, keeps their words, and says those instead, or lets it be.
#[tokio::test]
async fn two_corrections_at_once_do_not_overwrite_each_other() {
    let bot = with_playbook(in_slack).await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    bot.slash_in("alice", &room, "/incident role communications @bob").await;
    send(&bot, "Some payments fail").await;
    bot.press("bob", &receipt(&bot, &room), "Correct").await;
    assert_eq!(correct(&bot, "alice", 0, "All payments fail").await, Ok(()));
    assert_eq!(correct(&bot, "alice", 0, "No payment fails").await, Err(No::Corrected { by: Some("U0ALICE".into()) }));
    assert_eq!(submit(&bot, "bob", "Card payments fail", "Send it now").await, Outcome::Updated);
    let form = bot.form("bob");
    assert!(form.contains("@alice corrected it meanwhile") && form.contains("Card payments fail"), "{form:?}");
    bot.expect_once("general", "All payments fail.");
    assert_eq!(bot.submit("bob", &[]).await, Outcome::Cleared);
    bot.expect_once("general", "Card payments fail.");
    assert_eq!(incident(&bot).await.comms.sends[0].corrections.len(), 2);
}

/// What is corrected while it is on its way gets there with the new words, once.
#[tokio::test]
async fn what_is_on_its_way_gets_there_corrected() {
    let mut bot = with_playbook(in_slack).await;
    bot.declare("alice", "sev2 checkout is down").await;
    bot.slack.fault(Fault::new(FaultKind::ServerError { status: 503 }).on("chat.postMessage"));
    send(&bot, "Some payments fail").await;
    assert_eq!(correct(&bot, "alice", 0, "All payments fail").await, Ok(()));
    bot.crash_and_restart().await;
    bot.slack.clear_faults();
    bot.advance(minutes(10)).await;
    bot.expect_once("general", "All payments fail.");
    assert_eq!(bot.count("general", "Some payments fail"), 0, "{}", shown(&bot.said("general")));
    assert_eq!(place(&bot).await.stands, 1);
}

/// What is wrong in public is mended also where the incident is over; what was redacted is not said again, also where its correction was on
/// its way.
#[tokio::test]
async fn a_correction_may_come_late() {
    let bot = with_playbook(in_slack).await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    send(&bot, "Some payments fail").await;
    bot.slash_in("alice", &room, "/incident cancel false alarm").await;
    assert_eq!(correct(&bot, "alice", 0, "All payments work").await, Ok(()));
    bot.expect_once("general", "All payments work.");

    bot.slack.fault(Fault::new(FaultKind::ServerError { status: 503 }).on("chat.update"));
    assert_eq!(correct(&bot, "alice", 1, "Globex pays nothing").await, Ok(()));
    let it = incident(&bot).await;
    let corrected = *it.comms.sends[0].corrections.last().expect("corrected");
    bot.slash_in("alice", &room, &format!("/incident redact {corrected} it named a customer")).await;
    bot.slack.clear_faults();
    bot.advance(minutes(10)).await;
    for place in ["general", &room] {
        assert_eq!(bot.count(place, "Globex"), 0, "{}", shown(&bot.said(place)));
    }
    assert_eq!(bot.count("general", "All payments work"), 0, "it stands nowhere any more");
    assert_eq!(correct(&bot, "alice", 2, "All payments work").await, Err(No::Withdrawn));
    bot.slash_in("alice", &room, "/incident INC-1 update correct").await;
    assert!(bot.form("alice").contains("Its words were redacted"), "{:?}", bot.form("alice"));
}

/// Where a correction fails for good it is tried once more by a press; a place that was left out says so.
#[tokio::test]
async fn a_correction_that_fails_is_tried_once_more() {
    let bot = with_playbook(|p| {
        in_slack(p);
        outlet(p, "service_desk").slack = Some("support".into());
    })
    .await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    write(&bot, "alice", &room).await;
    let both = json!(["status_page", "service_desk"]);
    bot.slack.act_as("alice").fill([("Where", both)]).await.expect("ticked");
    submit(&bot, "alice", "Some payments fail", "Send it now").await;
    bot.slack.fault(Fault::new(FaultKind::Restricted).on("chat.update").times(1));
    let first = Ask::Draft(correcting(0, "All payments fail", &["status_page"]));
    assert_eq!(ask(&bot, "alice", first).await, Ok(()));
    bot.slack.clear_faults();
    bot.expect_once(&room, "the update could not be corrected (restricted_action)");
    bot.slash_in("alice", &room, "/incident note x").await;
    assert!(receipt(&bot, &room)[0].contains("it still says what it said before"), "{}", receipt(&bot, &room)[0]);
    bot.press("alice", &receipt(&bot, &room), "Retry: Public status page").await;
    bot.expect_once("general", "All payments fail.");
    let retry = Ask::Retry { send: 1, outlet: "status_page".into() };
    assert_eq!(ask(&bot, "alice", retry).await, Err(No::NothingToRetry));
    bot.expect_once("support", "Some payments fail.");
    let rest = Ask::Draft(correcting(1, "All payments fail", &["status_page", "service_desk"]));
    assert_eq!(ask(&bot, "alice", rest).await, Ok(()));
    bot.expect_once("support", "All payments fail.");
}

#[test]
fn a_page_of_ones_own_is_a_place_that_can_be_changed() {
    let mut settings = watchroom::config::Config::defaults().settings;
    settings.show_status_page(status_page());
    assert!(settings.connectors["status_page"].edits);
}

/// [E2] [F1] Support and whoever answers in public get the approved text with what may be said; a question that they log stands in the room, so that
/// the next update answers it.
#[tokio::test]
async fn questions_that_come_in_are_logged_where_the_text_is() {
    let bot = with_playbook(in_slack).await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    bot.slash_in("dave", &room, "/incident role support").await;
    bot.slash_in("erin", &room, "/incident role social").await;
    send(&bot, "Some payments fail").await;
    for who in ["dave", "erin"] {
        let say = bot.expect_dm(who, "*Say* (only this)");
        assert!(say.contains("Some payments fail.") && say.contains("Don't say"), "{say}");
    }
    bot.press("erin", &bot.slack.dm("erin"), "Log a question").await;
    assert_eq!(bot.submit("erin", &[("Question", "Are cards charged twice?")]).await, Outcome::Cleared);
    bot.expect_once(&room, "Question that came in: Are cards charged twice?");
    let timeline = bot.slash_in("alice", &room, "/incident timeline").await.text;
    assert!(timeline.contains("Are cards charged twice?"), "{timeline}");
}

/// A correction in a thread whose answer was lost is looked for where its words are redacted before anybody knows that it stands there.
#[tokio::test]
async fn a_correction_in_a_thread_that_nobody_knows_of_is_taken_back_too() {
    let mut bot = with_playbook(in_slack).await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    send(&bot, "Some payments fail").await;
    bot.slack.fault(Fault::new(FaultKind::EditWindowClosed).on("chat.update").times(1));
    bot.slack.fault(Fault::new(FaultKind::ErrorAfter).on("chat.postMessage").times(1));
    assert_eq!(correct(&bot, "alice", 0, "Globex pays nothing").await, Ok(()));
    bot.expect_once("general", "Globex pays nothing.");
    let corrected = incident(&bot).await.comms.sends[0].corrections[0];
    bot.slash_in("alice", &room, &format!("/incident redact {corrected} it named a customer")).await;
    bot.crash_and_restart().await;
    bot.advance(minutes(10)).await;
    for words in ["Globex", "payments fail"] {
        assert_eq!(bot.count("general", words), 0, "{}", shown(&bot.said("general")));
    }
}

/// Whatever an old update said, a program hears with its correction how the incident stands by now.
#[tokio::test]
async fn a_late_correction_says_how_it_stands_by_now() {
    let (bot, program) = with_webhook(true).await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    send(&bot, "Some payments fail").await;
    bot.slash_in("alice", &room, "/incident resolve a new index").await;
    send(&bot, "All is well").await;
    assert_eq!(correct(&bot, "alice", 0, "Few payments fail").await, Ok(()));
    let told = told(&program);
    let said: Vec<(&str, &str)> = told
        .iter()
        .map(|(_, body)| (body["type"].as_str().expect("text"), body["incident"]["status"].as_str().expect("text")))
        .collect();
    let (published, corrected) = ("status_update.published", "status_update.corrected");
    assert_eq!(said, [(published, "investigating"), (published, "resolved"), (corrected, "resolved")]);
}
