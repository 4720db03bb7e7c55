//! What is said to others: chosen, drafted, approved, sent, received, and never too late unnoticed.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::json;
use watchroom::{
    engine::{Ask as Request, Refusal},
    incident::{
        Actor, Command, Incident, Rejection, What, When,
        comms::{Ask, Delivered, Drafting, Fact, No},
    },
    playbook::{Audience, OutletId, Playbook, Severity},
    sandbox::{Answer, Outcome},
};

use super::oncall::weekly;
use crate::harness::{Bot, edited, key_of, minutes, shown};

/// Opens the form for customers from the register.
pub async fn write(bot: &Bot, who: &str, room: &str) {
    bot.slash_in(who, room, "/incident channels").await;
    let register = bot.slack.ephemerals(who, room).pop().expect("the register");
    let answer = bot.slack.act_as(who).press(&register, "Write update for customers").await.expect("pressed");
    assert_eq!(answer.error, None, "{answer:?}");
    bot.settle().await;
}

/// What the open form's button is called.
fn button(bot: &Bot, who: &str) -> String {
    bot.form(who).json["submit"]["text"].as_str().unwrap_or_default().to_owned()
}

/// Fills the customers' form and sends it, past the preview. Warnings are left to the story.
pub async fn submit(bot: &Bot, who: &str, impact: &str, then: &str) -> Outcome {
    go_on(bot, who, &[("Impact", impact), ("Then", then)]).await
}

/// The same with what else is filled in.
async fn go_on(bot: &Bot, who: &str, values: &[(&str, &str)]) -> Outcome {
    let before = button(bot, who);
    let outcome = bot.submit(who, values).await;
    match outcome {
        Outcome::Updated if before != "Send" && button(bot, who) == "Send" => bot.submit(who, &[]).await,
        outcome => outcome,
    }
}

pub fn fact(history: &[What], wanted: impl Fn(&Fact) -> bool) -> usize {
    history.iter().filter(|what| matches!(what, What::Comms(fact) if wanted(fact))).count()
}

/// Asks as a person, past every form.
pub async fn ask(bot: &Bot, who: &str, ask: Ask) -> Result<(), No> {
    let by = Actor::Person(bot.slack.user_id(who).as_str().into());
    let id = "INC-1".parse().expect("an id");
    let asked = bot.app().engine.ask(Request::new(None, by, Some(id), Command::Comms(ask))).await;
    bot.settle().await;
    match asked {
        Ok(_) => Ok(()),
        Err(Refusal::Rejected { why: Rejection::Comms(no), .. }) => Err(no),
        Err(other) => panic!("{other}"),
    }
}

pub fn drafting(outlets: &[&str], impact: &str, send: bool) -> Drafting {
    let fields = [("impact", impact)].into_iter().filter(|(_, words)| !words.is_empty());
    Drafting {
        to: Audience::External,
        scenario: None,
        fields: fields.map(|(name, words)| (name.to_owned(), words.to_owned())).collect::<BTreeMap<_, _>>(),
        outlets: outlets.iter().map(|id| OutletId::from(*id)).collect(),
        next_by: Some(When::In(30)),
        warnings: vec![],
        of: None,
        send,
        again: false,
        impact: [].into(),
        quiet: false,
        corrects: None,
    }
}

/// A bot with the built-in playbook, changed.
pub async fn with_playbook(change: impl FnOnce(&mut Playbook)) -> Bot {
    Bot::configured(|config| config.playbook = edited(change)).await
}

pub fn outlet<'a>(playbook: &'a mut Playbook, id: &str) -> &'a mut watchroom::playbook::Outlet {
    playbook.channels.iter_mut().find(|o| o.id.as_str() == id).expect("a channel of the built-in register")
}

/// The status page is a Slack channel, and so is the service desk.
pub fn in_slack(playbook: &mut Playbook) {
    outlet(playbook, "status_page").slack = Some("general".into());
    outlet(playbook, "service_desk").slack = Some("C0SUPPORT".into());
}

fn state(it: &Arc<Incident>, id: &str) -> Delivered {
    it.comms.sends.last().and_then(|s| s.delivery(&id.into())).expect("sent there").state.clone()
}

pub async fn incident(bot: &Bot) -> Arc<Incident> {
    bot.app().engine.incident("INC-1".parse().expect("an id")).await.expect("read").expect("there")
}

/// [D1] [K1] [K2] [K5] The register marks what applies: SEV2 has the status page, SEV4 nothing; who may, how and more stand there.
#[tokio::test]
async fn the_register_marks_the_channels_that_apply_now() {
    let bot = with_playbook(|p| {
        outlet(p, "status_page").how = "Sign in and choose Update".into();
        outlet(p, "status_page").how_when_down = "Phone the hoster".into();
    })
    .await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    let said = bot.slash_in("alice", &room, "/incident channels").await.text;
    assert!(said.contains("*Public status page* for customers · posted by hand · *applies now*"), "{said}");
    assert!(!said.contains("*Social network account* for customers · posted by hand · *applies now*"), "{said}");
    for told in
        ["Sign in and choose Update", "Phone the hoster", "do not diagnose in public", "<@U0ALICE>", "after 60 min"]
    {
        assert!(said.contains(told), "no `{told}` in {said}");
    }
    bot.slash_in("alice", &room, "/incident sev 4").await;
    let said = bot.slash_in("alice", &room, "/incident channels").await.text;
    assert!(!said.contains("applies now"), "{said}");
}

/// [D1] [E1] Customers' reports and customers whose impact is confirmed say that customers feel it, whatever the severity.
#[tokio::test]
async fn what_customers_report_marks_their_channels() {
    let bot = Bot::start().await;
    let marked = "*Service desk banner and macros* for customers · posted by hand · *applies now*";
    let room = bot.declare("alice", "sev3 search is slow").await;
    let register = async |room: &str| bot.slash_in("alice", room, "/incident channels").await.text;
    let said = register(&room).await;
    assert!(!said.contains(marked), "{said}");
    bot.slash_in("dave", &room, "/incident reports add Quagga finds nothing").await;
    let said = register(&room).await;
    assert!(said.contains(marked), "{said}");

    let room = bot.declare("alice", "sev3 mail is slow").await;
    bot.slash_in("alice", &room, "/incident customers add Okapi").await;
    let said = register(&room).await;
    assert!(!said.contains(marked), "it only may be: {said}");
    bot.slash_in("alice", &room, "/incident customers confirm 1 mail is late").await;
    let said = register(&room).await;
    assert!(said.contains(marked), "{said}");
}

/// [D1] When the trouble has lasted, the register asks for one more channel, once, across a restart.
#[tokio::test]
async fn a_channel_becomes_due_when_it_lasts() {
    let mut bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    bot.advance(minutes(58)).await;
    assert_eq!(bot.count(&room, "also inform *Mail to affected customers*"), 0);
    bot.crash_and_restart().await;
    bot.advance(minutes(3)).await;
    bot.expect_once(&room, "also inform *Mail to affected customers*");
    bot.crash_and_restart().await;
    bot.advance(minutes(30)).await;
    bot.expect_once(&room, "also inform *Mail to affected customers*");
}

/// [J1] [D6] [K4] With impact and next time alone a text goes out; what has no connector is posted by hand and says so.
#[tokio::test]
async fn the_template_is_sent_as_it_is_with_two_fields() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    write(&bot, "alice", &room).await;
    let form = bot.form("alice");
    assert!(
        !form.contains("Workaround") || form.contains("There is no workaround yet."),
        "optional places have words: {form:?}"
    );
    assert_eq!(button(&bot, "alice"), "Continue");
    let outcome = bot.submit("alice", &[("Impact", "Some payments fail"), ("Next update", "in 30 min")]).await;
    assert_eq!(outcome, Outcome::Updated, "shown first");
    let first = bot.form("alice").json["blocks"][1].to_string();
    assert!(
        first.contains(">We are looking into a problem with our service. Some payments fail."),
        "at the top: {first}"
    );
    assert_eq!(bot.count(&room, "Some payments fail"), 0, "nobody has it yet");
    assert_eq!(button(&bot, "alice"), "Send");
    assert_eq!(bot.submit("alice", &[]).await, Outcome::Cleared);
    bot.expect_once(&room, "We are looking into a problem with our service. Some payments fail. It began around");
    let receipt =
        bot.said(&room).into_iter().rev().find(|m| m.contains("released the update for customers")).expect("a receipt");
    let copied = receipt.blocks.iter().map(ToString::to_string).find(|b| b.contains("```")).expect("a text to copy");
    for ours in ["INC-1", "inc-1", "U0ALICE", "checkout is down", "commander"] {
        assert!(!copied.contains(ours), "`{ours}` goes out: {copied}");
    }
    bot.press("alice", &[receipt], "Posted by hand: Public status page").await;
    bot.submit("alice", &[("When", "5 minutes ago"), ("Where it can be seen", "https://status.example/1")]).await;
    bot.expect_once(&room, "posted by hand by @alice");
    bot.expect_once(&room, "https://status.example/1");
    let it = incident(&bot).await;
    assert!(state(&it, "status_page").is_there());
    assert_eq!(bot.count(&room, "sent the update for customers"), 1, "one receipt, kept up to date");
}

/// What goes out was shown as it goes out: words or a time that were changed after the preview are shown once more.
#[tokio::test]
async fn what_was_changed_after_it_was_shown_is_shown_anew() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    write(&bot, "alice", &room).await;
    let shown = || bot.form("alice").json["blocks"].to_string();
    let outcome = bot.submit("alice", &[("Impact", "Some payments fail"), ("Next update", "in 30 min")]).await;
    assert_eq!((outcome, button(&bot, "alice")), (Outcome::Updated, "Send".to_owned()));
    assert!(!shown().contains("You changed the text"), "{}", shown());
    assert_eq!(bot.submit("alice", &[("Impact", "All payments fail")]).await, Outcome::Updated);
    assert_eq!(bot.count(&room, "payments fail"), 0, "not unseen: {}", crate::harness::shown(&bot.said(&room)));
    assert!(shown().contains(">We are looking into a problem with our service. All payments fail."), "{}", shown());
    assert!(shown().contains("You changed the text after it was shown"), "{}", shown());
    assert_eq!(bot.submit("alice", &[("Next update", "in 1 h")]).await, Outcome::Updated);
    assert_eq!(bot.count(&room, "payments fail"), 0, "the time stands in it");
    assert_eq!(bot.submit("alice", &[]).await, Outcome::Cleared);
    bot.expect_once(&room, "All payments fail");
}

/// Chooses which text a form is for.
async fn choose(bot: &Bot, who: &str, text: &str) {
    bot.slack.act_as(who).fill([("Which text", json!(text))]).await.expect("chosen");
    bot.settle().await;
}

/// What stands in a field of the open form.
fn stands(bot: &Bot, who: &str, label: &str) -> Option<String> {
    let form = bot.form(who).json;
    let mut blocks = form["blocks"].as_array().expect("blocks").iter();
    let field = blocks.find(|b| b["label"]["text"] == label)?;
    Some(field["element"]["initial_value"].as_str().unwrap_or_default().to_owned())
}

/// A special case has a text of its own, which whoever writes chooses where there is one; the words that they typed stay, whatever
/// they choose, and "use as is" works. A draft remembers it.
#[tokio::test]
async fn a_special_case_has_a_text_of_its_own() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    write(&bot, "alice", &room).await;
    assert!(!bot.form("alice").contains("Which text"), "no special case in this phase");
    bot.slack.act_as("alice").close().await.expect("closed");
    bot.slash_in("alice", &room, "/incident phase identified").await;
    write(&bot, "alice", &room).await;
    assert_eq!(stands(&bot, "alice", "Cause").as_deref(), Some(""), "{:?}", bot.form("alice"));
    let typed = [("Impact", json!("Some payments fail")), ("Cause", json!("Our card network is slow"))];
    bot.slack.act_as("alice").fill(typed).await.expect("filled");
    choose(&bot, "alice", "Supplier outage").await;
    assert_eq!(stands(&bot, "alice", "Impact").as_deref(), Some("Some payments fail"));
    assert_eq!(stands(&bot, "alice", "Cause (not in this text)").as_deref(), Some("Our card network is slow"));
    choose(&bot, "alice", "The usual text").await;
    assert_eq!(stands(&bot, "alice", "Cause").as_deref(), Some("Our card network is slow"), "nothing is lost");
    choose(&bot, "alice", "Supplier outage").await;
    bot.slack.act_as("alice").press(&bot.form("alice"), "Preview").await.expect("pressed");
    bot.settle().await;
    let form = bot.form("alice");
    assert!(form.contains("A service that our service is built on does not work as it should."), "{form:?}");
    let outcome = submit(&bot, "alice", "Some payments fail", "Share it in the room as a draft").await;
    assert_eq!(outcome, Outcome::Cleared);
    bot.expect_once(&room, "A service that our service is built on does not work as it should.");
    assert_eq!(bot.count(&room, "card network"), 0, "not in this text");
    // Opened again, the draft is still for the special case; sent as it is.
    bot.press("alice", &bot.said(&room), "Edit").await;
    let form = bot.form("alice");
    assert!(form.contains("ops_identified_external_supplier") && !form.contains("Cause"), "{form:?}");
    assert_eq!(go_on(&bot, "alice", &[("Then", "Send it now")]).await, Outcome::Cleared);
    assert_eq!(fact(&bot.history("INC-1").await, |f| matches!(f, Fact::Sent { .. })), 1);
    bot.expect_once(&room, "Still affected: Some payments fail. There is no workaround yet.");
}

/// The usual text needs its required places alone, and so does that of a special case; nobody is asked for more.
#[tokio::test]
async fn the_text_of_a_special_case_is_sent_as_it_is() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    bot.slash_in("alice", &room, "/incident phase identified").await;
    write(&bot, "alice", &room).await;
    choose(&bot, "alice", "Supplier outage").await;
    assert_eq!(submit(&bot, "alice", "Some payments fail", "Send it now").await, Outcome::Cleared);
    bot.expect_once(&room, "We are in touch with those who run it");
}

/// What is filled in is sent as it was seen: where the phase changed meanwhile, or the menu did and the form not yet, the other text is
/// shown first, with the words.
#[tokio::test]
async fn another_text_than_the_one_seen_is_shown_first() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    write(&bot, "alice", &room).await;
    bot.slash_in("bob", &room, "/incident phase monitoring").await;
    assert_eq!(bot.submit("alice", &[("Impact", "Some payments fail")]).await, Outcome::Updated);
    let form = bot.form("alice");
    assert!(form.contains("Another text is shown now") && form.contains("ops_monitoring_external"), "{form:?}");
    assert_eq!(stands(&bot, "alice", "Impact (not in this text)").as_deref(), Some("Some payments fail"));
    assert_eq!(fact(&bot.history("INC-1").await, |f| matches!(f, Fact::Sent { .. })), 0);
    assert_eq!(button(&bot, "alice"), "Send");
    let outcome = bot.submit("alice", &[("Change", "We moved to another site"), ("Then", "Send it now")]).await;
    assert_eq!(outcome, Outcome::Cleared);
    bot.expect_once(&room, "our service is recovering: We moved to another site.");
}

/// The internal update begins with the text of the special case; words that a person wrote stay.
#[tokio::test]
async fn the_internal_update_begins_with_the_text_of_the_special_case() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    bot.slash_in("alice", &room, "/incident phase identified").await;
    bot.press_card("alice", &room, "Post update").await;
    choose(&bot, "alice", "Supplier outage").await;
    let begun = stands(&bot, "alice", "Update").expect("a text");
    assert!(begun.starts_with("A supplier's outage is behind this: checkout is down."), "{begun}");
    choose(&bot, "alice", "The usual text").await;
    let begun = stands(&bot, "alice", "Update").expect("a text");
    assert!(begun.starts_with("We know what causes this"), "{begun}");
    bot.slack.act_as("alice").fill([("Update", json!("We ask Globex"))]).await.expect("filled");
    choose(&bot, "alice", "Supplier outage").await;
    bot.slack.act_as("alice").press(&bot.form("alice"), "Preview").await.expect("pressed");
    bot.settle().await;
    assert_eq!(stands(&bot, "alice", "Update").as_deref(), Some("We ask Globex"), "their own words");
    bot.slack.act_as("alice").submit().await.expect("sent");
    bot.settle().await;
    bot.expect_once(&room, "We ask Globex");
}

/// How often words stand in the blocks of a message, which are what people see of it.
fn times(blocks: &[serde_json::Value], words: &str) -> usize {
    blocks.iter().map(|b| b.to_string().matches(words).count()).sum()
}

/// What a person is still to post was not sent, and nobody is told that it was; the text stands there once, before it
/// is released and after, however many places it goes to.
#[tokio::test]
async fn what_waits_for_a_person_is_not_called_sent() {
    let bot = with_playbook(|p| outlet(p, "service_desk").slack = Some("C0SUPPORT".into())).await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident role communications").await;
    bot.slash_in("alice", &room, "/incident role support @dave").await;
    let release = async |places: &[&str], impact: &str| {
        write(&bot, "alice", &room).await;
        let filled = [("Where", json!(places)), ("Impact", json!(impact))];
        bot.slack.act_as("alice").fill(filled).await.expect("filled");
        bot.slack.act_as("alice").press(&bot.form("alice"), "Preview").await.expect("pressed");
        bot.settle().await;
        let form = bot.form("alice").json["blocks"].as_array().expect("blocks").clone();
        let previewed = times(&form, &format!(">We are looking into a problem with our service. {impact}"));
        bot.submit("alice", &[("Then", "Send it now")]).await;
        let receipt = bot.said(&room).into_iter().rev().find(|m| m.contains("the update for customers*"));
        (previewed, receipt.expect("a receipt"))
    };
    let (previewed, receipt) = release(&["status_page", "customer_email"], "Some payments fail.").await;
    assert_eq!((previewed, times(&receipt.blocks, "Some payments fail.")), (1, 1), "{receipt}");
    assert!(receipt.contains("Nobody has it yet") && !receipt.contains("sent the update"), "{receipt}");
    for place in ["Public status page", "Mail to affected customers"] {
        assert!(receipt.contains(&format!("*{place}*: please post it by hand")), "{receipt}");
    }
    let timeline = bot.slash_in("alice", &room, "/incident timeline").await.text;
    assert!(timeline.contains("released the update for customers, to be posted by hand on Public"), "{timeline}");
    assert!(!timeline.contains("sent the update"), "{timeline}");
    assert!(bot.expect_dm("dave", "Some payments fail.").contains("posted by hand next"));
    // One person posted it in one place: somebody has it now.
    bot.press("alice", &[receipt], "Posted by hand: Public status page").await;
    bot.submit("alice", &[("When", "just now")]).await;
    let receipt = bot.said(&room).into_iter().rev().find(|m| m.contains("the update for customers*"));
    assert!(receipt.expect("a receipt").contains("sent the update for customers"));
    // A short text and a whole one: one text, and a word about its headline.
    let (previewed, receipt) = release(&["status_page", "social"], "All payments fail.").await;
    assert_eq!((previewed, times(&receipt.blocks, "All payments fail.")), (1, 1), "{receipt}");
    assert!(receipt.contains("please post it by hand, without its headline"), "{receipt}");
    // Where the bot posts as well, it was sent.
    let (_, receipt) = release(&["status_page", "service_desk"], "No payments fail.").await;
    assert!(receipt.contains("sent the update for customers"), "{receipt}");
    assert_eq!(times(&receipt.blocks, "No payments fail."), 1, "{receipt}");
    let timeline = bot.slash_in("alice", &room, "/incident timeline").await.text;
    let line = "sent the update for customers (Service desk banner and macros), to be posted by hand on Public";
    assert!(timeline.contains(line), "{timeline}");
}

/// Closing names for what customers still wait: what was promised to them, and what nobody has posted yet. A major incident
/// is not closed without a reason; what is to be posted stays visible, and can be recorded afterwards, also past the room.
#[tokio::test]
async fn closing_names_what_customers_wait_for() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    assert_eq!(ask(&bot, "alice", Ask::Draft(drafting(&["status_page"], "Some payments fail.", true))).await, Ok(()));
    assert!(bot.card(&room).contains("Not posted yet"), "{}", bot.card(&room));
    bot.slash_in("alice", &room, "/incident resolve a new index").await;
    let refused = bot.slash_in("alice", &room, "/incident close").await.text;
    for open in ["an update for customers was due by", "*Public status page* is not posted yet"] {
        assert!(refused.contains(open), "no `{open}` in {refused}");
    }
    assert!(!bot.history("INC-1").await.contains(&What::Closed {}));
    let refusal = bot.slack.ephemerals("alice", &room).pop().expect("an answer");
    bot.press("alice", &[refusal], "Show channels").await;
    let register = bot.slack.ephemerals("alice", &room).pop().expect("the register");
    assert!(register.contains("Write update for customers"), "{register}");
    let closed = bot.slash_in("alice", &room, "/incident close they were told by phone").await.text;
    assert!(closed.contains("closed") && closed.contains("*Public status page* is not posted"), "{closed}");
    bot.expect_once(&room, "ends INC-1 although an update for customers was due");
    assert!(bot.card(&room).contains("Not posted yet"), "{}", bot.card(&room));
    bot.slash("alice", "/incident INC-1 channels").await;
    let register = bot.slack.ephemerals("alice", "general").pop().expect("the register");
    bot.press("alice", &[register], "Posted by hand: Public status page").await;
    bot.submit("alice", &[("When", "just now")]).await;
    assert!(state(&incident(&bot).await, "status_page").is_there());
    bot.expect_once(&room, "posted by hand by @alice");
    assert!(!bot.card(&room).contains("Not posted yet"), "{}", bot.card(&room));
}

/// An incident that is cancelled or goes on in another one is held up by nothing; for what customers wait is named all the same.
#[tokio::test]
async fn what_customers_wait_for_is_named_however_it_ends() {
    for end in ["cancel it was a test", "merge INC-2"] {
        let bot = Bot::start().await;
        let room = bot.declare("alice", "sev2 checkout is down").await;
        bot.slash("alice", "/incident declare sev2 the database is full").await;
        assert_eq!(
            ask(&bot, "alice", Ask::Draft(drafting(&["status_page"], "Some payments fail.", true))).await,
            Ok(())
        );
        let said = bot.slash_in("alice", &room, &format!("/incident {end}")).await.text;
        assert!(said.contains("an update for customers was due by"), "{end}: {said}");
        bot.expect_once(&room, "ends INC-1 although an update for customers was due");
        assert!(!incident(&bot).await.is_open(), "{end}");
    }
}

/// With all said and posted nothing holds up closing; a minor incident is closed at once, and the answer and the room name
/// what is open.
#[tokio::test]
async fn only_what_is_open_is_named() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev3 checkout is slow").await;
    assert_eq!(ask(&bot, "alice", Ask::Draft(drafting(&["status_page"], "Some payments fail.", true))).await, Ok(()));
    bot.slash_in("alice", &room, "/incident resolve a new index").await;
    let closed = bot.slash_in("alice", &room, "/incident close").await.text;
    assert!(closed.contains("an update for customers was due by"), "{closed}");
    assert!(closed.contains("*Public status page* is not posted yet"), "{closed}");
    bot.expect_once(&room, "ends INC-1 although an update for customers was due");
    assert!(bot.history("INC-1").await.contains(&What::Closed {}));

    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    assert_eq!(ask(&bot, "alice", Ask::Draft(drafting(&["status_page"], "Some payments fail.", true))).await, Ok(()));
    bot.slash_in("alice", &room, "/incident resolve a new index").await;
    let last = Drafting { next_by: None, ..drafting(&["status_page"], "Some payments failed.", true) };
    assert_eq!(ask(&bot, "alice", Ask::Draft(last)).await, Ok(()));
    let at = bot.app().engine.clock().now();
    let hand = Ask::PostedByHand { send: 2, outlet: "status_page".into(), at, link: None };
    assert_eq!(ask(&bot, "alice", hand).await, Ok(()), "the newer one covers the older");
    let closed = bot.slash_in("alice", &room, "/incident close").await.text;
    assert!(closed.contains("closed") && !closed.contains("customers"), "{closed}");
    assert_eq!(bot.count(&room, "ends INC-1 although"), 0, "{}", shown(&bot.said(&room)));
}

/// The register names who approves only where somebody must; the fields say what to write in them.
#[tokio::test]
async fn the_register_and_the_form_say_what_to_do() {
    let bot = with_playbook(|p| outlet(p, "status_page").two_person = true).await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    let said = bot.slash_in("alice", &room, "/incident channels").await.text;
    assert!(!said.contains("may approve"), "{said}");
    assert_eq!(said.matches("must approve").count(), 1, "{said}");
    bot.slash_in("alice", &room, "/incident phase identified").await;
    write(&bot, "alice", &room).await;
    let form = bot.form("alice");
    assert!(form.contains("Only what is confirmed. Where it is not, say"), "{form:?}");
    assert!(!form.contains("No uncertain causes"), "{form:?}");
}

/// [D2] What has a hole in it is kept, and cannot be sent.
#[tokio::test]
async fn a_draft_with_a_hole_is_kept_and_not_sent() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    let hole = Err(No::Unfilled(vec!["impact".into()]));
    assert_eq!(ask(&bot, "alice", Ask::Draft(drafting(&["status_page"], "", true))).await, hole);
    assert_eq!(ask(&bot, "alice", Ask::Draft(drafting(&["status_page"], "", false))).await, Ok(()));
    let draft = bot.said(&room).into_iter().find(|m| m.contains("Draft by")).expect("a draft");
    assert!(draft.contains("Still empty: *Impact*"), "{draft}");
    assert!(!draft.blocks.iter().any(|b| b.to_string().contains("comms.send")), "no way to send it: {draft}");
    let send = Ask::Send { draft: 1, version: 1, again: false, alone: None };
    assert_eq!(ask(&bot, "alice", send).await, hole);
    // Edited, it keeps its message and counts its versions.
    bot.press("bob", &[draft], "Edit").await;
    submit(&bot, "bob", "Some payments fail", "Share it in the room as a draft").await;
    bot.expect_once(&room, "Draft by @bob: update for customers");
    bot.expect_once(&room, "version 2");
}

/// [D4] The words of the internal update are refused as words for customers.
#[tokio::test]
async fn internal_words_never_go_outside() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    bot.slash_in("alice", &room, "/incident update The  primary of Globex fell over").await;
    write(&bot, "alice", &room).await;
    let outcome = submit(&bot, "alice", "the primary of globex fell over", "Send it now").await;
    assert!(
        matches!(&outcome, Outcome::Errors(told) if told["place.impact"].contains("internal update")),
        "{outcome:?}"
    );
    assert_eq!(fact(&bot.history("INC-1").await, |f| matches!(f, Fact::Sent { .. })), 0);
    assert!(!bot.form("alice").contains("checkout is down"), "nothing internal stands in the form");
}

/// [J2] The same text twice asks once more, and is then sent.
#[tokio::test]
async fn the_same_text_twice_asks_for_confirmation() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    let sent = async || fact(&bot.history("INC-1").await, |f| matches!(f, Fact::Sent { .. }));
    write(&bot, "alice", &room).await;
    assert_eq!(submit(&bot, "alice", "Some payments fail.", "Send it now").await, Outcome::Cleared);
    write(&bot, "alice", &room).await;
    assert_eq!(submit(&bot, "alice", "Some payments fail.", "Send it now").await, Outcome::Updated);
    assert!(bot.form("alice").contains("says the same as the last one"), "{:?}", bot.form("alice"));
    assert_eq!(sent().await, 1);
    assert_eq!(bot.submit("alice", &[]).await, Outcome::Cleared);
    assert_eq!(sent().await, 2);
}

/// [J2] What is written later is asked for what is new since the last one, and in later phases for what is known by then; the first one is
/// asked for nothing of the kind.
#[tokio::test]
async fn later_texts_are_asked_for_what_is_new() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    write(&bot, "alice", &room).await;
    let form = bot.form("alice");
    assert!(!form.contains("what is new") && !form.contains("Cause"), "{form:?}");
    assert_eq!(submit(&bot, "alice", "Some payments fail.", "Send it now").await, Outcome::Cleared);
    bot.advance(minutes(10)).await;
    for (phase, place) in [("identified", "Cause"), ("monitoring", "Change")] {
        bot.slash_in("alice", &room, &format!("/incident phase {phase} by the graphs")).await;
        write(&bot, "alice", &room).await;
        let form = bot.form("alice");
        assert!(form.contains("The last one went out") && form.contains("Say what is new since then"), "{form:?}");
        let field = form.json["blocks"].as_array().expect("blocks").iter().find(|b| b["label"]["text"] == place);
        assert!(field.is_some_and(|field| field["optional"] != true), "{place} must be filled in: {form:?}");
        bot.slack.act_as("alice").close().await.expect("closed");
    }
    let hint = async || {
        bot.press_card("alice", &room, "Post update").await;
        let form = bot.form("alice").json.to_string();
        bot.slack.act_as("alice").close().await.expect("closed");
        form.contains("What is new since the last update")
    };
    assert!(!hint().await, "colleagues have heard nothing yet");
    bot.slash_in("alice", &room, "/incident update We look at the database").await;
    assert!(hint().await);
}

/// [J3] Without a next time nothing is sent; the one that was promised is the one that is reminded of.
#[tokio::test]
async fn the_next_time_is_required_and_kept() {
    let bot = with_playbook(|p| p.values.clear()).await;
    let room = bot.declare("alice", "sev3 checkout is slow").await;
    let missing = Drafting { next_by: None, ..drafting(&["status_page"], "Some payments fail.", true) };
    assert_eq!(ask(&bot, "alice", Ask::Draft(missing)).await, Err(No::NoNextUpdate));
    let never = Drafting { next_by: Some(When::Never), ..drafting(&["status_page"], "Some payments fail.", true) };
    assert_eq!(ask(&bot, "alice", Ask::Draft(never)).await, Err(No::NoNextUpdate));
    assert_eq!(ask(&bot, "alice", Ask::Draft(drafting(&["status_page"], "Some payments fail.", true))).await, Ok(()));
    let before = bot.slack.dm("alice").len();
    bot.advance(minutes(23)).await;
    assert_eq!(bot.slack.dm("alice").len(), before);
    bot.advance(minutes(1)).await;
    bot.expect_dm("alice", "update for customers due");
    bot.advance(minutes(6)).await;
    bot.expect_once(&room, "The next update for customers was due");
    // Once it is resolved, no further one is promised, and none needed.
    bot.slash_in("alice", &room, "/incident resolve").await;
    let last = Drafting { next_by: None, ..drafting(&["status_page"], "Some payments failed.", true) };
    assert_eq!(ask(&bot, "alice", Ask::Draft(last)).await, Ok(()));
    assert_eq!(incident(&bot).await.comms.external.due, None);
}

/// [J4] The customers of the incident are named in nothing that goes to all of them.
#[tokio::test]
async fn the_customers_of_the_incident_are_not_named() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    bot.slash_in("alice", &room, "/incident customers add Quagga Ltd").await;
    write(&bot, "alice", &room).await;
    assert_eq!(submit(&bot, "alice", "Orders of quagga ltd fail", "Send it now").await, Outcome::Updated);
    assert!(bot.form("alice").contains("“Quagga Ltd” is a customer"), "{:?}", bot.form("alice"));
    assert_eq!(bot.slack.act_as("alice").submit().await.expect("sent"), Outcome::Cleared);
}

/// [J4] Words to look at once more are said once, and never block twice.
#[tokio::test]
async fn doubtful_words_are_said_once() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    write(&bot, "alice", &room).await;
    let words = "It will be fixed soon; human error on db1.internal; back by 18:00 or in 2 hours, since 14:05";
    let outcome = submit(&bot, "alice", words, "Send it now").await;
    assert_eq!(outcome, Outcome::Updated);
    let form = bot.form("alice");
    for warned in ["“soon”", "“human error”", "“db1.internal”", "“will be fixed”", "“by 18:00”", "“in 2 hours”"]
    {
        assert!(form.contains(warned), "no {warned} in {form:?}");
    }
    assert!(!form.contains("“14:05”"), "what was is no promise: {form:?}");
    let blocks = form.json["blocks"].as_array().expect("blocks").clone();
    let at = |part: &str| blocks.iter().position(|b| b.to_string().contains(part)).expect("shown");
    assert!(
        at("“soon”") < at(">We are looking into") && at(">We are looking into") < at("\"Where\""),
        "first: {form:?}"
    );
    assert!(form.contains("press “Send anyway” to leave it") && button(&bot, "alice") == "Send anyway", "{form:?}");
    // The button says what it does with what is chosen now.
    bot.slack.act_as("alice").fill([("Then", json!("Share it in the room as a draft"))]).await.expect("chosen");
    bot.settle().await;
    assert_eq!(button(&bot, "alice"), "Share anyway");
    bot.slack.act_as("alice").fill([("Then", json!("Send it now"))]).await.expect("chosen");
    bot.settle().await;
    assert_eq!(button(&bot, "alice"), "Send anyway");
    assert_eq!(bot.slack.act_as("alice").submit().await.expect("sent"), Outcome::Cleared);
    bot.settle().await;
    assert_eq!(fact(&bot.history("INC-1").await, |f| matches!(f, Fact::Sent { .. })), 1);
}

/// [J4] Words that were typed after it was shown are looked at too; a draft is looked at in the room, and is shared at once.
#[tokio::test]
async fn doubtful_words_that_come_later_are_said_too() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    write(&bot, "alice", &room).await;
    assert_eq!(bot.submit("alice", &[("Impact", "Some payments fail")]).await, Outcome::Updated);
    assert_eq!(bot.submit("alice", &[("Impact", "It will be fixed soon")]).await, Outcome::Updated);
    assert!(bot.form("alice").contains("“soon”") && button(&bot, "alice") == "Send anyway", "{:?}", bot.form("alice"));
    bot.slack.act_as("alice").close().await.expect("closed");
    write(&bot, "dave", &room).await;
    assert_eq!(button(&bot, "dave"), "Share draft", "{:?}", bot.form("dave"));
    assert_eq!(bot.submit("dave", &[("Impact", "Cards are declined")]).await, Outcome::Cleared);
    bot.expect_once(&room, "Draft by @dave");
}

/// [K3] Ticked at first is what applies and what whoever writes may send to, and the form names the rest; whoever may send nowhere writes a
/// draft for all that apply. A refusal names the channel.
#[tokio::test]
async fn only_channels_that_the_writer_may_send_to_are_ticked() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    let ticked = |who: &str| {
        let form = bot.form(who).json;
        let mut blocks = form["blocks"].as_array().expect("blocks").iter();
        let boxes = blocks.find(|b| b["label"]["text"] == "Where").expect("the channels")["element"].clone();
        boxes["initial_options"].to_string()
    };
    write(&bot, "alice", &room).await;
    assert!(ticked("alice").contains("status_page") && !ticked("alice").contains("social"), "{}", ticked("alice"));
    let form = bot.form("alice");
    assert!(form.contains("you may not send there: *Social network account*"), "{form:?}");
    let all = [("Where", json!(["status_page", "social"])), ("Impact", json!("Some payments fail"))];
    bot.slack.act_as("alice").fill(all).await.expect("filled");
    let refused = go_on(&bot, "alice", &[("Then", "Send it now")]).await;
    let Outcome::Errors(told) = &refused else { panic!("{refused:?}") };
    assert!(told["comms.then"].contains("Untick Social network account ("), "{told:?}");
    bot.slack.act_as("alice").fill([("Where", json!(["status_page"]))]).await.expect("filled");
    assert_eq!(go_on(&bot, "alice", &[]).await, Outcome::Cleared);
    write(&bot, "dave", &room).await;
    assert!(ticked("dave").contains("status_page") && ticked("dave").contains("social"), "{}", ticked("dave"));
}

/// [K3] Author and approver are two people, both by role; whether they may is looked at when Send is pressed.
#[tokio::test]
async fn two_people_send_where_the_register_says_so() {
    let bot = with_playbook(|p| outlet(p, "status_page").two_person = true).await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    bot.slash_in("alice", &room, "/incident role communications @bob").await;
    write(&bot, "bob", &room).await;
    submit(&bot, "bob", "Some payments fail.", "Share it in the room as a draft").await;
    let draft = || bot.said(&room).into_iter().filter(|m| m.contains("Draft by")).collect::<Vec<_>>();
    let text = |answer: Answer, who: &str| {
        let whispered = bot.slack.ephemerals(who, &room).pop().map(|m| m.to_string()).unwrap_or_default();
        format!("{} {whispered}", answer.text)
    };
    let said = text(bot.press("bob", &draft(), "Send").await, "bob");
    assert!(
        said.contains("needs two people") && said.contains("untick *Public status page* (below a draft: under Edit)"),
        "{said}"
    );
    let said = text(bot.press("bob", &draft(), "Approve").await, "bob");
    assert!(said.contains("somebody else must approve it: Incident commander (@alice) presses Approve"), "{said}");
    let said = text(bot.press("dave", &draft(), "Approve").await, "dave");
    let next =
        "Only *Incident commander* may approve this. Ask @alice, or take the role: `/incident INC-1 role commander`";
    assert!(said.contains(next), "{said}");
    bot.press("alice", &draft(), "Approve").await;
    bot.expect_once(&room, "Approved by @alice");
    // What counts is who holds which role now.
    bot.slash_in("alice", &room, "/incident unassign communications").await;
    let said = text(bot.press("bob", &draft(), "Send").await, "bob");
    assert!(said.contains("only *Communications lead* or *Incident commander* may send"), "{said}");
    bot.slash_in("bob", &room, "/incident role communications").await;
    bot.press("bob", &draft(), "Send").await;
    assert_eq!(fact(&bot.history("INC-1").await, |f| matches!(f, Fact::Sent { alone: None, .. })), 1);
}

/// [K3] With nobody to approve, an author may send after five minutes, with a reason that everyone sees.
#[tokio::test]
async fn alone_it_takes_five_minutes_and_a_reason() {
    let bot = with_playbook(|p| outlet(p, "status_page").two_person = true).await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    write(&bot, "alice", &room).await;
    submit(&bot, "alice", "Some payments fail.", "Share it in the room as a draft").await;
    bot.advance(minutes(4)).await;
    let alone = |why: &str| Ask::Send { draft: 1, version: 1, again: false, alone: Some(why.to_owned()) };
    assert!(matches!(ask(&bot, "alice", alone("asleep")).await, Err(No::NotApproved { .. })));
    bot.advance(minutes(1)).await;
    bot.press("alice", &bot.said(&room), "Send").await;
    bot.submit("alice", &[("Why without approval", "Bob is on a plane")]).await;
    bot.expect_once(&room, "Sent without approval: Bob is on a plane");
    let timeline = bot.slash_in("alice", &room, "/incident timeline").await.text;
    assert!(timeline.contains("Sent without approval: Bob is on a plane"), "{timeline}");
}

/// [K3] Of a need-to-know incident nothing goes out on one person's word, however long the second one, whom the register names, takes:
/// neither a brief nor a notice to a customer.
#[tokio::test]
async fn a_second_person_is_never_waived_for_a_secret() {
    let bot = with_playbook(|p| {
        let brief = outlet(p, "security_leadership");
        brief.two_person = true;
        brief.approve_roles = vec!["coordinator".into(), "legal".into()];
    })
    .await;
    let room = bot.declare_secret("alice", "sev2 security: zebra tokens").await;
    for role in ["internal_comms @bob", "customer_comms @bob", "legal @carol"] {
        bot.slash_in("alice", &room, &format!("/incident role {role}")).await;
    }
    let sent = async || fact(&bot.history("SEC-1").await, |f| matches!(f, Fact::Sent { .. }));
    bot.slash_in("bob", &room, "/incident channels").await;
    let register = bot.slack.ephemerals("bob", &room).pop().expect("the register");
    bot.press("bob", &[register], "Write executive update").await;
    assert_eq!(submit(&bot, "bob", "Tokens were read.", "Send it now").await, Outcome::Updated, "kept as a draft");
    let draft = || bot.said(&room).into_iter().filter(|m| m.contains("Draft by")).collect::<Vec<_>>();
    assert!(!shown(&draft()).contains("its author may send it"), "{}", shown(&draft()));
    bot.advance(minutes(10)).await;
    bot.press("bob", &draft(), "Send").await;
    let told = bot.slack.ephemerals("bob", &room).pop().expect("an answer").to_string();
    assert!(
        told.contains("needs two people, and *Security incident coordinator* or *Advisor: legal* must approve"),
        "{told}"
    );
    assert!(!told.contains("with a reason"), "{told}");
    assert!(bot.slack.view("bob").is_none_or(|form| !form.contains("Why without approval")));
    // Nor past every form.
    let alone = Ask::Send { draft: 1, version: 1, again: true, alone: Some("asleep".into()) };
    let request = Request::new(
        None,
        Actor::Person(bot.slack.user_id("bob").as_str().into()),
        Some("SEC-1".parse().expect("an id")),
        Command::Comms(alone),
    );
    let refused = bot.app().engine.ask(request).await;
    let never = |r: &Refusal| {
        matches!(r, Refusal::Rejected { why: Rejection::Comms(No::NotApproved { alone_from: None, .. }), .. })
    };
    assert!(refused.as_ref().is_err_and(never), "{refused:?}");
    assert_eq!(sent().await, 0);
    // Whoever approves is let in, and none of its authors.
    bot.press("bob", &draft(), "Approve").await;
    bot.press("bob", &draft(), "Send").await;
    assert_eq!(sent().await, 0, "their own text");
    bot.press("carol", &draft(), "Approve").await;
    bot.press("bob", &draft(), "Send").await;
    assert_eq!(sent().await, 1, "{}", shown(&bot.said(&room)));

    for typed in [
        "customers add Quagga security: sec@quagga.example",
        "customers confirm 1 its tokens were read",
        "customers plan Quagga first | bob | Your tokens were read",
    ] {
        bot.slash_in("bob", &room, &format!("/incident {typed}")).await;
    }
    bot.advance(minutes(60)).await;
    let told = "/incident customers told 1 mail | We revoked your tokens | Issue new ones";
    let refused = bot.slash_in("bob", &room, told).await.text;
    assert!(refused.contains("waits for a second person"), "{refused}");
    bot.slash_in("carol", &room, "/incident customers approve").await;
    bot.slash_in("bob", &room, told).await;
    bot.expect_once(&room, "told customer 1");
}

/// [K3] What is sent at once and needs a second person is kept as a draft and says so; asked for again, the time to send it alone stays.
#[tokio::test]
async fn what_needs_two_people_is_kept_as_a_draft() {
    let bot = with_playbook(|p| outlet(p, "status_page").two_person = true).await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    bot.slash_in("alice", &room, "/incident role communications @bob").await;
    write(&bot, "bob", &room).await;
    assert_eq!(submit(&bot, "bob", "Some payments fail.", "Send it now").await, Outcome::Updated);
    let told = bot.form("bob");
    for part in ["Nothing was sent yet", "Incident commander (<@U0ALICE>)", "press Send below the draft"] {
        assert!(told.json.to_string().contains(part), "no `{part}` in {told:?}");
    }
    bot.expect_once(&room, "Draft by @bob: update for customers");
    bot.advance(minutes(3)).await;
    let again =
        Drafting { of: Some((1, 1)), ..drafting(&["status_page", "service_desk"], "Some payments fail.", true) };
    let refused = ask(&bot, "bob", Ask::Draft(again)).await;
    let declared = incident(&bot).await.declared_at;
    let Err(No::NotApproved { alone_from: Some(from), .. }) = refused else { panic!("{refused:?}") };
    assert!(from.duration_since(declared) < minutes(6), "the clock goes on");
    assert_eq!(incident(&bot).await.comms.drafts[0].version, 1);
    bot.advance(minutes(3)).await;
    bot.press("bob", &bot.said(&room), "Send").await;
    bot.submit("bob", &[("Why without approval", "Alice is on a plane")]).await;
    bot.expect_once(&room, "Sent without approval: Alice is on a plane");
}

/// [K3] Training that has expired is refused when Send is pressed, not before.
#[tokio::test]
async fn expired_training_is_refused() {
    let bot = with_playbook(|p| {
        let page = outlet(p, "status_page");
        page.trained_only = true;
        page.trained = [("U0ALICE".into(), jiff::civil::date(2026, 11, 22))].into();
    })
    .await;
    bot.declare("alice", "sev2 checkout is down").await;
    assert_eq!(ask(&bot, "alice", Ask::Draft(drafting(&["status_page"], "Some payments fail.", true))).await, Ok(()));
    bot.clock.advance(minutes(60 * 24));
    let again = Drafting { of: None, ..drafting(&["status_page"], "All payments fail.", false) };
    assert_eq!(ask(&bot, "alice", Ask::Draft(again)).await, Ok(()), "writing is not sending");
    bot.clock.advance(minutes(1));
    let send = Ask::Send { draft: 2, version: 1, again: false, alone: None };
    let refused = ask(&bot, "alice", send).await;
    assert!(matches!(refused, Err(No::NotTrained { until: Some(_), .. })), "{refused:?}");
}

/// [K4] While a channel's service fails, the receipt shows how by hand, the text to copy, and a press that says that it was; then the bot
/// leaves it.
#[tokio::test]
async fn a_service_that_fails_is_done_without() {
    use watchroom::sandbox::{Fault, FaultKind};
    let bot = with_playbook(|p| {
        outlet(p, "status_page").slack = Some("status".into());
        outlet(p, "status_page").how_when_down = "Phone the hoster".into();
    })
    .await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    assert_eq!(ask(&bot, "alice", Ask::Draft(drafting(&["status_page"], "Some payments fail.", true))).await, Ok(()));
    let receipt = || bot.said(&room).into_iter().filter(|m| m.contains("sent the update for")).collect::<Vec<_>>();
    // The channel is there now, and Slack takes no message: what stands there is changed all the same.
    bot.slack.rename("support", "status").expect("renamed");
    bot.slack.fault(Fault::new(FaultKind::ServerError { status: 503 }).on("chat.postMessage"));
    bot.press("alice", &receipt(), "Retry: Public status page").await;
    bot.advance(minutes(2)).await;
    assert!(matches!(state(&incident(&bot).await, "status_page"), Delivered::Trying { .. }));
    let shown = serde_json::to_string(&receipt()[0].blocks).expect("blocks");
    for part in ["Phone the hoster", "```", "Some payments fail.", "Posted by hand: Public status page"] {
        assert!(shown.contains(part), "no `{part}` in {shown}");
    }
    bot.press("alice", &receipt(), "Posted by hand: Public status page").await;
    bot.submit("alice", &[("When", "5 minutes ago")]).await;
    bot.slack.clear_faults();
    bot.advance(minutes(10)).await;
    assert_eq!(bot.count("status", "Some payments fail."), 0, "a person posted it");
    assert!(receipt()[0].contains("posted by hand by @alice"), "{}", receipt()[0]);
}

/// [D6] [K4] One text fans out; one that fails stops no other, shows how by hand, is tried once more by a press, and stands nowhere twice.
#[tokio::test]
async fn one_text_fans_out_and_one_failure_stops_nothing() {
    let bot = with_playbook(|p| {
        in_slack(p);
        outlet(p, "service_desk").slack = Some("desk".into());
        outlet(p, "service_desk").how_when_down = "Phone the desk".into();
    })
    .await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    write(&bot, "alice", &room).await;
    let outlets = json!(["status_page", "service_desk"]);
    bot.slack.act_as("alice").fill([("Where", outlets)]).await.expect("ticked");
    submit(&bot, "alice", "Some payments fail.", "Send it now").await;
    bot.expect_once("general", "Some payments fail.");
    bot.expect_once(&room, "Service desk banner and macros*: the update could not be posted (channel_not_found)");
    let it = incident(&bot).await;
    assert!(state(&it, "status_page").is_there() && !state(&it, "service_desk").is_there());
    let by_hand = bot.said(&room).into_iter().find(|m| m.contains("sent the update for customers")).expect("a receipt");
    for part in ["Phone the desk", "```", "Posted by hand: Service desk banner and macros"] {
        assert!(serde_json::to_string(&by_hand.blocks).expect("blocks").contains(part), "no `{part}` in {by_hand}");
    }
    // Someone makes the channel.
    bot.slack.rename("support", "desk").expect("renamed");
    let receipt =
        || bot.said(&room).into_iter().filter(|m| m.contains("sent the update for customers")).collect::<Vec<_>>();
    for _ in 0..2 {
        if receipt().iter().any(|m| m.contains("Retry")) {
            bot.press("alice", &receipt(), "Retry: Service desk banner and macros").await;
        }
    }
    assert!(state(&incident(&bot).await, "service_desk").is_there());
    bot.expect_once("desk", "Some payments fail.");
    bot.expect_once("general", "Some payments fail.");
    assert_eq!(receipt().len(), 1);
    let retry = Ask::Retry { send: 1, outlet: "service_desk".into() };
    assert_eq!(ask(&bot, "alice", retry).await, Err(No::NothingToRetry));
}

/// [K4] [D6] While Slack fails, the receipt says how by hand; posted by hand, it is not posted a second time; a crash doubles nothing.
#[tokio::test]
async fn what_does_not_get_through_can_be_posted_by_hand() {
    use watchroom::sandbox::{Fault, FaultKind};
    let mut bot = with_playbook(|p| {
        in_slack(p);
        outlet(p, "status_page").how_when_down = "Phone the hoster".into();
    })
    .await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    bot.slack.fault(Fault::new(FaultKind::ServerError { status: 503 }).on("chat.postMessage"));
    assert_eq!(ask(&bot, "alice", Ask::Draft(drafting(&["status_page"], "Some payments fail.", true))).await, Ok(()));
    bot.advance(minutes(3)).await;
    assert!(matches!(state(&incident(&bot).await, "status_page"), Delivered::Trying { .. }));
    let at = bot.app().engine.clock().now();
    let hand = Ask::PostedByHand { send: 1, outlet: "status_page".into(), at, link: None };
    assert_eq!(ask(&bot, "alice", hand).await, Ok(()));
    bot.crash_and_restart().await;
    bot.slack.clear_faults();
    bot.advance(minutes(10)).await;
    assert_eq!(bot.count("general", "Some payments fail."), 0, "a person posted it");
    bot.expect_once(&room, "posted by hand by @alice");
    bot.expect_nothing_doubled(1);
}

/// [B3] The duty to tell customers ticks itself once a text is there: by Slack at once, by hand when somebody says so. A text that
/// is only released, or for others, ticks nothing.
#[tokio::test]
async fn telling_customers_ticks_itself() {
    let bot = with_playbook(in_slack).await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    bot.slash_in("dave", &room, "/incident role communications").await;
    let duty = async || {
        let list = bot.slash_in("dave", &room, "/incident checklist").await.text;
        list.lines().skip_while(|l| !l.contains("when they were promised")).nth(1).expect("the duty").to_owned()
    };
    assert_eq!(
        ask(&bot, "alice", Ask::Draft(drafting(&["customer_email"], "Some payments fail.", true))).await,
        Ok(())
    );
    assert!(duty().await.contains("open"), "it is only released: {}", duty().await);
    let at = bot.app().engine.clock().now();
    let hand = Ask::PostedByHand { send: 1, outlet: "customer_email".into(), at, link: None };
    assert_eq!(ask(&bot, "alice", hand).await, Ok(()));
    assert!(duty().await.contains("done"), "{}", duty().await);
    bot.advance(minutes(31)).await;
    assert!(duty().await.contains("late"), "it comes again: {}", duty().await);
    assert_eq!(ask(&bot, "alice", Ask::Draft(drafting(&["status_page"], "Fewer payments fail.", true))).await, Ok(()));
    assert!(duty().await.contains("done"), "{}", duty().await);
}

/// [F1] 280 characters go to a channel of 280, 281 do not.
#[tokio::test]
async fn a_text_that_is_too_long_for_a_channel_is_refused() {
    let bot = with_playbook(|p| {
        let template =
            p.templates.iter_mut().find(|t| t.id.as_str() == "ops_investigating_external").expect("built in");
        template.body = "{{ impact }} {{ next_update }}".into();
    })
    .await;
    bot.declare("alice", "sev1 checkout is down").await;
    bot.slash("alice", "/incident INC-1 role communications").await;
    // What stands behind it is as long as any time: ` 2026-11-22 03:30 UTC`.
    let text = |n: usize| format!("{}.", "x".repeat(n - 1 - 21));
    let long = ask(&bot, "alice", Ask::Draft(drafting(&["social"], &text(281), true))).await;
    assert_eq!(long, Err(No::TooLongFor { outlet: "social".into(), limit: 280, length: 281 }));
    assert_eq!(ask(&bot, "alice", Ask::Draft(drafting(&["social"], &text(280), true))).await, Ok(()));
}

/// [D3] A backup that is a user group: each of its members hears what is very late, and nobody twice.
#[tokio::test]
async fn a_group_that_is_backup_hears_what_is_late() {
    let backed = |p: &mut Playbook| {
        let lead = |r: &&mut watchroom::playbook::Role| matches!(r.id.as_str(), "commander" | "coordinator");
        p.roles.iter_mut().filter(lead).for_each(|r| r.backup = Some("group:S0CHECKOUT".parse().expect("a contact")));
    };
    let mut bot = with_playbook(backed).await;
    let told = |bot: &Bot, who: &str| {
        bot.slack.dm(who).iter().filter(|m| m.contains("update for customers that was due")).count()
    };
    bot.declare("bob", "sev1 checkout is down").await;
    bot.advance(minutes(15)).await;
    bot.crash_and_restart().await;
    bot.advance(minutes(10)).await;
    assert_eq!((told(&bot, "bob"), told(&bot, "carol"), told(&bot, "dave")), (1, 1, 0));
    assert!(bot.expect_dm("carol", "update for customers that was due").contains("<!subteam^S0CHECKOUT>"));
    // Of a secret only those hear who were let in.
    let bot = with_playbook(backed).await;
    bot.declare_secret("alice", "sev1 security: zebra tokens").await;
    bot.advance(minutes(100)).await;
    let late = |who: &str| bot.slack.dm(who).iter().filter(|m| m.contains("executive update that was due")).count();
    assert_eq!((late("alice"), late("bob"), late("carol")), (1, 0, 0));
}

/// Whoever posts on the status page by hand is told which of its components show the service.
#[tokio::test]
async fn the_status_page_is_posted_with_its_components() {
    let bot = with_playbook(|p| {
        let service = "id = \"checkout\"\nlabel = \"Checkout\"\ncomponents = [\"Cart\", \"Card payments\"]";
        p.services = vec![toml::from_str(service).expect("a service")];
    })
    .await;
    let room = bot.declare("alice", "sev2 for checkout: card payments fail").await;
    let words = drafting(&["status_page"], "Some payments fail.", true);
    assert_eq!(ask(&bot, "alice", Ask::Draft(words)).await, Ok(()));
    bot.expect_once(&room, "Components: Cart, Card payments.");
    assert!(
        bot.said(&room).iter().any(|m| m.contains("*Public status page*: Components: Cart")),
        "{}",
        shown(&bot.said(&room))
    );
    bot.press("alice", &bot.said(&room), "Posted by hand: Public status page").await;
    bot.submit("alice", &[("When", "5 minutes ago")]).await;
    assert_eq!(bot.count(&room, "Components:"), 0, "it is there: {}", shown(&bot.said(&room)));
}

/// [D3] A backup who is whoever is on call hears what is very late; of one outside Slack the room hears whom to call.
#[tokio::test]
async fn a_backup_on_call_or_outside_hears_what_is_late() {
    let backed = |p: &mut Playbook, by: &str| {
        let outside = ["id = \"firm\"\nname = \"Quill and Partners\"\nphone = \"+49 30 1234567\""];
        p.contacts = outside.map(|text| toml::from_str(text).expect("a contact")).into();
        let commander = p.roles.iter_mut().find(|r| r.id.as_str() == "commander").expect("built in");
        commander.backup = Some(by.parse().expect("a contact"));
    };
    let bot = Bot::configured(|config| {
        config.settings.schedules = vec![weekly("desk", &["U0DAVE"])];
        config.playbook = edited(|p| backed(p, "oncall:desk"));
    })
    .await;
    let late = "update for customers that was due";
    let told = |bot: &Bot, who: &str| bot.slack.dm(who).iter().filter(|m| m.contains(late)).count();
    let room = bot.declare("bob", "sev1 checkout is down").await;
    bot.advance(minutes(25)).await;
    assert_eq!((told(&bot, "bob"), told(&bot, "dave"), bot.count(&room, late)), (1, 1, 0));
    for (backup, call) in [("external:firm", "call +49 30 1234567"), ("oncall:gone", "no on-call schedule `gone`")] {
        let bot = with_playbook(|p| backed(p, backup)).await;
        let room = bot.declare("bob", "sev1 checkout is down").await;
        bot.advance(minutes(25)).await;
        assert_eq!((told(&bot, "bob"), bot.count(&room, late)), (1, 1), "{backup}: {}", shown(&bot.said(&room)));
        assert!(bot.said(&room).iter().any(|m| m.contains(late) && m.contains(call)), "{}", shown(&bot.said(&room)));
    }
}

/// [D3] Reminded at 80 %, visible at 100 %, escalated at 150 %, each once, whatever crashes; a post resets it.
#[tokio::test]
async fn customers_are_not_forgotten() {
    let mut bot = with_playbook(|p| {
        let commander = p.roles.iter_mut().find(|r| r.id.as_str() == "commander").expect("built in");
        commander.backup = Some("user:U0CAROL".parse().expect("a contact"));
    })
    .await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident role communications @bob").await;
    bot.slash_in("alice", &room, "/incident update We look into it next 120m").await;
    bot.advance(minutes(11)).await;
    assert!(!bot.slack.dm("bob").iter().any(|m| m.contains("Due soon")));
    bot.advance(minutes(1)).await;
    bot.expect_dm("bob", "update for customers due");
    assert_eq!(bot.count(&room, "update for customers was due"), 0);
    bot.crash_and_restart().await;
    bot.advance(minutes(3)).await;
    bot.expect_once(&room, "The first update for customers was due");
    bot.crash_and_restart().await;
    bot.advance(minutes(8)).await;
    let late = bot.expect_dm("carol", "still missing");
    assert!(late.contains("<#") && late.contains("Write "), "where, and a button: {late}");
    let told = |bot: &Bot, who: &str| {
        bot.slack.dm(who).iter().filter(|m| m.contains("update for customers that was due")).count()
    };
    assert_eq!((told(&bot, "alice"), told(&bot, "carol")), (1, 1));
    assert_eq!(incident(&bot).await.comms.external.misses, 1);
    bot.crash_and_restart().await;
    bot.advance(minutes(30)).await;
    assert_eq!((told(&bot, "alice"), told(&bot, "carol")), (1, 1), "once");
    assert_eq!(incident(&bot).await.comms.external.misses, 1, "counted once");
    assert_eq!(ask(&bot, "alice", Ask::Draft(drafting(&["status_page"], "Some payments fail.", true))).await, Ok(()));
    let promise = incident(&bot).await.comms.external.clone();
    assert!(promise.due.is_some() && !promise.missed && !promise.reminded && !promise.escalated, "{promise:?}");
    bot.expect_nothing_doubled(1);
}

/// [D3] While it is watched, and when it lasts, updates come half as often: the greater factor counts, and the text says when.
#[tokio::test]
async fn long_and_watched_incidents_are_told_of_less_often() {
    let bot = with_playbook(|p| p.cadence.long_factor = 3).await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    let due_in = async |bot: &Bot| {
        // The same words again would be asked about first.
        let said = bot.history("INC-1").await.len();
        bot.slash_in("alice", &room, &format!("/incident update Still at it, as of entry {said}")).await;
        let (due, now) = (incident(bot).await.update.due, bot.app().engine.clock().now());
        due.map(|due| due.duration_since(now).as_mins())
    };
    assert_eq!(due_in(&bot).await, Some(15));
    bot.slash_in("alice", &room, "/incident mitigate").await;
    assert_eq!(due_in(&bot).await, Some(30));
    bot.clock.advance(minutes(121));
    bot.settle().await;
    assert_eq!(due_in(&bot).await, Some(45), "the greater of the two");
    bot.slash_in("alice", &room, "/incident phase investigating").await;
    assert_eq!(due_in(&bot).await, Some(45));
}

/// [K3] [D4] A need-to-know incident has no public channel.
#[tokio::test]
async fn need_to_know_has_no_public_channel() {
    use watchroom::incident::comms::outlets_for;
    let playbook = Playbook::builtin();
    let bot = Bot::start().await;
    bot.declare("alice", "sev1 checkout is down").await;
    let mut it = (*incident(&bot).await).clone();
    assert!(!outlets_for(&it, &playbook, Audience::External, it.declared_at).is_empty());
    it.kind = "security".into();
    it.severity = Severity(1);
    assert!(outlets_for(&it, &playbook, Audience::External, it.declared_at).is_empty());
}

/// Redacting a text takes it back wherever it stands, and says nothing of the incident there.
#[tokio::test]
async fn a_redacted_text_is_withdrawn_everywhere() {
    let bot = with_playbook(in_slack).await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    assert_eq!(ask(&bot, "alice", Ask::Draft(drafting(&["status_page"], "Globex cannot pay.", true))).await, Ok(()));
    bot.expect_once("general", "Globex cannot pay.");
    let seq = incident(&bot).await.comms.sends[0].seq;
    bot.slash_in("alice", &room, &format!("/incident redact {seq} it named a customer")).await;
    bot.slash_in("alice", &room, &format!("/incident redact {} it named a customer", seq - 1)).await;
    for place in ["general", &room] {
        assert_eq!(bot.count(place, "Globex"), 0, "{}", shown(&bot.said(place)));
    }
    let withdrawn = bot.said("general").into_iter().find(|m| m.contains("withdrawn")).expect("a word about it");
    assert!(!withdrawn.contains("INC-1"), "{withdrawn}");
}

/// The update form of a small incident is as light as ever; where customers feel it, a button leads to their text.
#[tokio::test]
async fn the_update_form_leads_to_the_customers_only_where_they_feel_it() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev3 checkout is slow").await;
    bot.press_card("alice", &room, "Post update").await;
    assert!(!bot.form("alice").contains("customers"), "{:?}", bot.form("alice"));
    bot.slack.act_as("alice").close().await.expect("closed");
    bot.slash_in("alice", &room, "/incident sev 2").await;
    bot.press_card("alice", &room, "Post update").await;
    let form = bot.form("alice");
    // What was begun for colleagues is still there afterwards, and goes out when they post it.
    let internal = [("Update", json!("The primary is down"))];
    bot.slack.act_as("alice").fill(internal).await.expect("filled");
    let answer = bot.slack.act_as("alice").press(&form, "Also write to customers").await.expect("pressed");
    assert_eq!(answer.error, None, "{answer:?}");
    bot.settle().await;
    assert_eq!(submit(&bot, "alice", "Some payments fail.", "Send it now").await, Outcome::Closed);
    assert_eq!((button(&bot, "alice").as_str(), bot.count(&room, "The primary is down")), ("Post", 0));
    bot.slack.act_as("alice").submit().await.expect("posted");
    bot.settle().await;
    bot.expect_once(&room, "The primary is down");
    bot.expect_once(&room, "released the update for customers");
}

/// [K6] What is still on its way is not posted any more once the incident is need-to-know.
#[tokio::test]
async fn what_is_on_its_way_stops_when_it_becomes_need_to_know() {
    use watchroom::sandbox::{Fault, FaultKind};
    let bot = with_playbook(in_slack).await;
    bot.declare("alice", "sev2 checkout is down").await;
    bot.slack.fault(Fault::new(FaultKind::ServerError { status: 503 }).on("chat.postMessage"));
    assert_eq!(ask(&bot, "alice", Ask::Draft(drafting(&["status_page"], "Some payments fail.", true))).await, Ok(()));
    bot.slash("alice", "/incident INC-1 kind security someone had access").await;
    bot.slack.clear_faults();
    bot.advance(minutes(10)).await;
    assert_eq!(bot.count("general", "Some payments fail."), 0);
}

/// [D3] An incident that turns out not to be over owes its texts again, whatever way it came back.
#[tokio::test]
async fn what_comes_back_owes_texts_again() {
    for back in ["phase investigating", "reopen"] {
        let bot = Bot::start().await;
        let room = bot.declare("alice", "sev1 checkout is down").await;
        assert!(incident(&bot).await.comms.external.due.is_some());
        bot.slash_in("alice", &room, "/incident resolve a new index").await;
        assert_eq!(incident(&bot).await.comms.external.due, None, "nothing was promised");
        bot.slash_in("alice", &room, &format!("/incident {back}")).await;
        let it = incident(&bot).await;
        assert!(it.comms.external.due.is_some() && it.comms.executive.due.is_some(), "{back}: {:?}", it.comms);
    }
}

/// [K3] Of several who hold a role, each may do what the register lets the role do.
#[tokio::test]
async fn everyone_who_holds_the_role_may_send() {
    let bot = with_playbook(|p| outlet(p, "status_page").post_roles = vec!["operations".into()]).await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    bot.slash_in("bob", &room, "/incident role operations").await;
    bot.slash_in("carol", &room, "/incident role operations").await;
    let refused = ask(&bot, "dave", Ask::Draft(drafting(&["status_page"], "Some payments fail.", true))).await;
    assert!(matches!(refused, Err(No::NotAuthorised { .. })), "{refused:?}");
    assert_eq!(ask(&bot, "carol", Ask::Draft(drafting(&["status_page"], "Some payments fail.", true))).await, Ok(()));
}

/// A preview before the next time is given keeps what was typed; while it is watched the form offers twice the usual time.
#[tokio::test]
async fn the_form_keeps_words_and_offers_the_time_that_counts() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    let offered = |bot: &Bot| {
        let blocks = bot.form("alice").json["blocks"].clone();
        let mut all = blocks.as_array().expect("blocks").iter();
        let initial = all.find_map(|b| b["element"]["initial_option"]["value"].as_str()?.parse::<u32>().ok());
        initial.expect("a usual time")
    };
    write(&bot, "alice", &room).await;
    let usual = offered(&bot);
    let typed = [("Impact", json!("Some payments fail.")), ("Next update", json!("at the time below"))];
    bot.slack.act_as("alice").fill(typed).await.expect("filled");
    bot.slack.act_as("alice").press(&bot.form("alice"), "Preview").await.expect("pressed");
    bot.settle().await;
    assert!(bot.form("alice").json.to_string().contains("Some payments fail."), "{}", bot.form("alice").json);
    bot.slash_in("alice", &room, "/incident mitigate").await;
    write(&bot, "alice", &room).await;
    assert_eq!(offered(&bot), usual * 2);
}

/// [D1] A start that is corrected, or a severity that is raised, moves when a channel is due since it lasts; it is asked for once.
#[tokio::test]
async fn a_corrected_start_and_a_raised_severity_move_when_a_channel_is_due() {
    let mail = "also inform *Mail to affected customers*";
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    bot.slash_in("alice", &room, "/incident time started 2026-11-22 01:50").await;
    bot.expect_once(&room, mail);
    bot.advance(minutes(61)).await;
    bot.expect_once(&room, mail);

    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    bot.advance(minutes(50)).await;
    bot.slash_in("alice", &room, "/incident time started 2026-11-22 03:40").await;
    bot.advance(minutes(49)).await;
    assert_eq!(bot.count(&room, mail), 0, "it lasts 59 minutes");
    bot.advance(minutes(1)).await;
    bot.expect_once(&room, mail);

    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev3 checkout is slow").await;
    bot.advance(minutes(70)).await;
    assert_eq!(bot.count(&room, mail), 0, "not at this severity");
    bot.slash_in("alice", &room, "/incident sev 2 it spreads").await;
    bot.expect_once(&room, mail);
    bot.slash_in("alice", &room, "/incident sev 1 it spreads more").await;
    bot.expect_once(&room, mail);
}

/// [K3] [D6] What failed is looked at again when it is tried once more: who may, training, when the channel is used, what is newer.
#[tokio::test]
async fn a_retry_is_looked_at_like_a_send() {
    let bot = with_playbook(|p| outlet(p, "status_page").slack = Some("nowhere".into())).await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    let write = |words: &'static str| ask(&bot, "alice", Ask::Draft(drafting(&["status_page"], words, true)));
    assert_eq!(write("Some payments fail.").await, Ok(()));
    let retry = |send: u32| Ask::Retry { send, outlet: "status_page".into() };
    let refused = ask(&bot, "dave", retry(1)).await;
    assert!(matches!(refused, Err(No::NotAuthorised { .. })), "{refused:?}");
    bot.slash_in("alice", &room, "/incident sev 4").await;
    let receipt = || bot.said(&room).into_iter().filter(|m| m.contains("sent the update for")).collect::<Vec<_>>();
    let pressed = bot.press("alice", &receipt(), "Retry: Public status page").await;
    let said = format!("{} {}", pressed.text, shown(&bot.slack.ephemerals("alice", &room)));
    assert!(said.contains("does not use *Public status page* any more"), "{said}");
    bot.slash_in("alice", &room, "/incident sev 2").await;
    assert_eq!(write("Most payments fail.").await, Ok(()));
    assert_eq!(ask(&bot, "alice", retry(1)).await, Err(No::Newer(Audience::External)));
    assert_eq!(ask(&bot, "alice", retry(2)).await, Ok(()), "the latest may be tried");
}

/// [K3] Alone sends only who wrote it and may; and whoever wrote on it, however early, does not approve it.
#[tokio::test]
async fn only_authors_send_alone_and_none_of_them_approves() {
    let bot = with_playbook(|p| outlet(p, "status_page").two_person = true).await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    bot.slash_in("alice", &room, "/incident role communications @bob").await;
    assert_eq!(ask(&bot, "bob", Ask::Draft(drafting(&["status_page"], "Some payments fail.", false))).await, Ok(()));
    bot.advance(minutes(6)).await;
    let alone = |version| Ask::Send { draft: 1, version, again: false, alone: Some("asleep".into()) };
    let refused = ask(&bot, "alice", alone(1)).await;
    assert!(matches!(refused, Err(No::NotApproved { alone_from: None, .. })), "she approves it instead: {refused:?}");
    assert_eq!(ask(&bot, "bob", alone(1)).await, Ok(()));

    let bot = with_playbook(|p| outlet(p, "status_page").two_person = true).await;
    bot.declare("alice", "sev2 checkout is down").await;
    let put = async |who: &str, version: u32, asked: Ask| {
        let id = "INC-1".parse().expect("an id");
        let by = Actor::Person(who.into());
        let asked = bot.app().engine.ask(Request::new(None, by, Some(id), Command::Comms(asked))).await;
        asked.map(|_| version + 1).map_err(|refusal| format!("{refusal:?}"))
    };
    let changed = |version: u32| {
        Ask::Draft(Drafting {
            of: (version > 0).then_some((2 - 1, version)),
            ..drafting(&["status_page"], &format!("Some payments fail, {version}."), false)
        })
    };
    let mut version = 0;
    for n in 0..20 {
        let who = if n == 0 { "U0ALICE".to_owned() } else { format!("U0AUTHOR{n}") };
        version = put(&who, version, changed(version)).await.expect("written");
    }
    let crowd = put("U0AUTHOR21", version, changed(version)).await;
    assert!(crowd.is_err_and(|e| e.contains("TooManyAuthors")), "one more helps nobody");
    let own = put("U0ALICE", version, Ask::Approve { draft: 1, version }).await;
    assert!(own.is_err_and(|e| e.contains("OwnText")), "the first of twenty wrote it too");
}

/// [D2] Two who write at once: the second keeps their words, sees whose draft is there, and opens it or takes it over.
#[tokio::test]
async fn the_second_to_write_opens_the_draft_or_takes_it_over() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    write(&bot, "alice", &room).await;
    write(&bot, "bob", &room).await;
    let share = "Share it in the room as a draft";
    assert_eq!(submit(&bot, "alice", "Some payments fail.", share).await, Outcome::Cleared);
    assert_eq!(submit(&bot, "bob", "Cards are declined.", share).await, Outcome::Updated);
    let form = bot.form("bob");
    for part in ["<@U0ALICE> has this draft", "Your words are kept", "Cards are declined.", "Open that draft"] {
        assert!(form.json.to_string().contains(part), "no `{part}` in {}", form.json);
    }
    bot.slack.act_as("bob").press(&form, "Open that draft").await.expect("pressed");
    bot.settle().await;
    assert!(bot.form("bob").json.to_string().contains("Some payments fail."), "{}", bot.form("bob").json);
    // His own words wait below, also where he changes the other draft first.
    assert!(bot.form("bob").contains("What you wrote in the form below is kept"), "{:?}", bot.form("bob"));
    assert_eq!(submit(&bot, "bob", "Most payments fail.", share).await, Outcome::Closed);
    bot.expect_once(&room, "Most payments fail.");
    assert!(bot.form("bob").json.to_string().contains("Cards are declined."), "{}", bot.form("bob").json);
    assert_eq!(bot.submit("bob", &[]).await, Outcome::Updated, "it changed since: his own change is told too");
    assert!(bot.form("bob").json.to_string().contains("Cards are declined."), "{}", bot.form("bob").json);
    assert_eq!(bot.submit("bob", &[]).await, Outcome::Cleared);
    bot.expect_once(&room, "Draft by @bob: update for customers");
    bot.expect_once(&room, "Cards are declined.");
    assert_eq!(bot.count(&room, "Draft by @alice"), 0, "one draft, taken over");
}

/// Bob has the update's form open, his text for customers on it, and on that the draft that alice wrote meanwhile.
async fn three_forms(bot: &Bot, room: &str) {
    let share = "Share it in the room as a draft";
    bot.press_card("bob", room, "Post update").await;
    let update = bot.form("bob");
    bot.slack.act_as("bob").press(&update, "Also write to customers").await.expect("pressed");
    bot.settle().await;
    write(bot, "alice", room).await;
    assert_eq!(submit(bot, "alice", "Some payments fail.", share).await, Outcome::Cleared);
    assert_eq!(submit(bot, "bob", "Cards are declined.", share).await, Outcome::Updated);
    bot.slack.act_as("bob").press(&bot.form("bob"), "Open that draft").await.expect("pressed");
    bot.settle().await;
}

/// [D2] Slack takes three forms on one another: whoever began with the update's form and has opened the other draft stays there, with
/// their words, where that one is changed once more.
#[tokio::test]
async fn no_form_is_asked_for_that_slack_does_not_take() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    let share = "Share it in the room as a draft";
    three_forms(&bot, &room).await;
    write(&bot, "alice", &room).await;
    assert_eq!(submit(&bot, "alice", "Most payments fail.", share).await, Outcome::Cleared);
    assert_eq!(submit(&bot, "bob", "Payments in euro fail.", share).await, Outcome::Updated);
    let third = bot.form("bob").json.to_string();
    for part in ["<@U0ALICE> has this draft", "stands in the room", "Payments in euro fail."] {
        assert!(third.contains(part), "no `{part}` in {third}");
    }
    assert!(!third.contains("Open that draft"), "Slack would refuse a fourth form: {third}");
    assert_eq!(bot.submit("bob", &[]).await, Outcome::Closed);
    bot.expect_once(&room, "Payments in euro fail.");
    let second = bot.form("bob").json.to_string();
    assert!(second.contains("Cards are declined.") && second.contains("Open that draft"), "{second}");
}

/// [D2] What is refused in the third form, on which Slack lays no other window, is said in it, above the words, which stay; said
/// again, it stands there once.
#[tokio::test]
async fn a_refusal_in_the_third_form_is_said_there() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    three_forms(&bot, &room).await;
    let bob = bot.slack.act_as("bob");
    bob.fill([("Impact", json!("Payments in euro fail."))]).await.expect("filled");
    let press = button(&bot, "bob");
    bot.slash_in("alice", &room, "/incident private keys leaked").await;
    for _ in 0..2 {
        bob.press(&bot.form("bob"), "Preview").await.expect("pressed");
        bot.settle().await;
        let third = bot.form("bob").json;
        let blocks = third["blocks"].as_array().expect("blocks");
        let said = |block: &&serde_json::Value| block.to_string().contains("continues elsewhere");
        assert!(said(&&blocks[0]), "above all else: {third}");
        assert_eq!(blocks.iter().filter(said).count(), 1, "{third}");
        assert!(third.to_string().contains("Payments in euro fail."), "nothing is lost: {third}");
        assert_eq!(button(&bot, "bob"), press);
    }
}

/// [J2] That a text may be sent although it says the same holds for that very text.
#[tokio::test]
async fn a_confirmation_holds_for_the_words_it_was_given_for() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    bot.slash_in("bob", &room, "/incident role communications").await;
    let send = |words: &'static str| ask(&bot, "alice", Ask::Draft(drafting(&["status_page"], words, true)));
    assert_eq!(send("Some payments fail.").await, Ok(()));
    write(&bot, "bob", &room).await;
    assert_eq!(submit(&bot, "bob", "Some payments fail.", "Send it now").await, Outcome::Updated);
    assert!(bot.form("bob").contains("says the same as the last one"));
    assert_eq!(send("Most payments fail.").await, Ok(()));
    assert_eq!(submit(&bot, "bob", "Most payments fail.", "Send it now").await, Outcome::Updated, "other words");
    assert!(bot.form("bob").contains("says the same as the last one"));
    assert_eq!(submit(&bot, "bob", "Most payments fail.", "Send it now").await, Outcome::Cleared);
    assert_eq!(fact(&bot.history("INC-1").await, |f| matches!(f, Fact::Sent { .. })), 3);
}

/// [K6] What travels with a message where others read says nothing of the incident, also to whoever tries numbers: it is another one in
/// another record.
#[tokio::test]
async fn what_travels_with_a_text_cannot_be_tried_out() {
    let mut marks = Vec::new();
    for _ in 0..2 {
        let bot = with_playbook(in_slack).await;
        bot.declare("alice", "sev2 checkout is down").await;
        let text = Ask::Draft(drafting(&["status_page"], "Some payments fail", true));
        assert_eq!(ask(&bot, "alice", text).await, Ok(()));
        let message = bot.said("general").into_iter().find(|m| m.contains("Some payments fail")).expect("sent");
        marks.push(key_of(&message).expect("a mark").to_owned());
    }
    assert_ne!(marks[0], marks[1]);
}

/// Resolving asks about every public post that says that it goes on, by whatever way it got there; the last word about it ends that.
#[tokio::test]
async fn resolving_asks_about_every_public_post_still_open() {
    let bot = with_playbook(|p| {
        in_slack(p);
        outlet(p, "service_desk").slack = None;
    })
    .await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    let both = ["status_page", "service_desk"];
    assert_eq!(ask(&bot, "alice", Ask::Draft(drafting(&both, "Some payments fail", true))).await, Ok(()));
    let at = bot.app().engine.clock().now();
    let link = Some("https://desk.example.com/banner".to_owned());
    let hand = Ask::PostedByHand { send: 1, outlet: "service_desk".into(), at, link };
    assert_eq!(ask(&bot, "alice", hand).await, Ok(()));
    bot.slash_in("alice", &room, "/incident resolve a new index").await;
    let asks = "still read that it goes on. Tell them that it is over.";
    let said = bot.said(&room).into_iter().find(|m| m.contains(asks)).expect("asked");
    for place in
        ["*Public status page* (<", "*Service desk banner and macros* (<https://desk.example.com/banner|open>)"]
    {
        assert!(said.contains(place), "no {place} in {said}");
    }
    assert_eq!(ask(&bot, "alice", Ask::Draft(drafting(&["status_page"], "All is well", true))).await, Ok(()));
    bot.slash_in("alice", &room, "/incident reopen it fails again").await;
    bot.slash_in("alice", &room, "/incident resolve another index").await;
    let said = bot.said(&room).into_iter().rfind(|m| m.contains(asks)).expect("asked");
    assert!(said.contains("*Service desk") && !said.contains("*Public status page*"), "{said}");
    // However many texts went elsewhere since.
    for n in 0..5 {
        let text = format!("All is well, for the time {n}");
        assert_eq!(ask(&bot, "alice", Ask::Draft(drafting(&["status_page"], &text, true))).await, Ok(()));
    }
    bot.slash_in("alice", &room, "/incident reopen it fails once more").await;
    bot.slash_in("alice", &room, "/incident resolve a third index").await;
    let said = bot.said(&room).into_iter().rfind(|m| m.contains(asks)).expect("asked");
    assert!(said.contains("*Service desk") && !said.contains("*Public status page*"), "{said}");
}
