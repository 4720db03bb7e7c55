//! How trouble comes in: what is ticked, what is kept, what is similar, which service.

use serde_json::json;
use watchroom::{
    ids::{IncidentId, StreamId},
    incident::{
        Ending, Incident, What,
        intake::{Detection, Fact},
    },
    playbook::{Contact, Moment, Nudge, OutsideContact, Service, Value as OurValue},
    sandbox::{Outcome, SeenMessage},
};

use crate::harness::{Bot, edited, minutes, policy, shown};

/// A service, whose people the policy of its name wakes.
pub fn service(id: &str) -> Service {
    Service {
        id: id.into(),
        label: format!("The {id}"),
        public_name: None,
        aliases: vec![],
        owner: None,
        policy: None,
        components: vec![],
        depends_on: vec![],
    }
}

/// A bot with these services.
async fn with_services(services: Vec<Service>) -> Bot {
    Bot::configured(|config| config.playbook = edited(|p| p.services = services)).await
}

async fn incident(bot: &Bot, number: u64) -> Option<Incident> {
    let found = bot.app().engine.incident(IncidentId::inc(number)).await.expect("a record");
    found.map(|it| it.as_ref().clone())
}

/// Opens the declare form and fills it in.
async fn fill(bot: &Bot, who: &str, title: &str, ticks: &[&str]) {
    bot.slash(who, "/incident").await;
    bot.slack
        .act_as(who)
        .fill([("What is wrong?", json!(title)), ("Why is it an incident?", json!(ticks))])
        .await
        .expect("filled");
}

async fn send(bot: &Bot, who: &str) -> Outcome {
    let outcome = bot.slack.act_as(who).submit().await.expect("sent");
    bot.settle().await;
    outcome
}

/// [A1] Any single tick of N -> incident. What every subset of ticks does is a test of the door itself.
#[tokio::test]
async fn any_single_tick_declares() {
    let bot = Bot::start().await;
    let ids: Vec<String> = bot.app().engine.playbook().criteria.iter().map(|c| c.id.to_string()).collect();
    for (n, tick) in (1..).zip(ids.iter().map(String::as_str).chain(["not_sure"])) {
        // No two titles share a telling word.
        fill(&bot, "alice", &format!("trouble{n}"), &[tick]).await;
        assert_eq!(send(&bot, "alice").await, Outcome::Closed, "{tick}");
        // One of them is about data, and kept from whoever was not let in.
        let declared = bot.app().engine.seen_by(&"U0ALICE".into()).recent(99).await.expect("a record");
        assert_eq!(declared.len(), n, "{tick}");
    }
    assert!(bot.app().engine.kept(9).await.expect("a record").is_empty());
}

/// [A1] 0 ticks -> nothing declared, event kept; the form loses nothing, and one tick more declares.
#[tokio::test]
async fn a_form_without_a_tick_keeps_its_words_and_what_was_typed() {
    let bot = with_services(vec![service("checkout"), service("search")]).await;
    fill(&bot, "alice", "search is slow", &[]).await;
    bot.slack.act_as("alice").choose(&bot.form("alice"), "Which service?", "search").await.expect("chosen");
    assert_eq!(send(&bot, "alice").await, Outcome::Updated);
    let form = bot.form("alice");
    assert!(form.contains("nothing was declared") && form.contains("Declare anyway"), "{form:?}");
    assert_eq!(send(&bot, "alice").await, Outcome::Updated);
    assert_eq!(bot.app().engine.kept(9).await.expect("a record").len(), 1, "the same words are one event");
    bot.slack.act_as("alice").fill([("Why is it an incident?", json!(["service_impact"]))]).await.expect("filled");
    assert_eq!(send(&bot, "alice").await, Outcome::Closed);
    let it = incident(&bot, 1).await.expect("declared");
    assert_eq!((it.title(), it.severity.0), ("search is slow", 2));
    assert_eq!(it.intake.service, Some("search".into()), "what was chosen before is not lost");
    assert!(bot.app().engine.kept(9).await.expect("a record").is_empty(), "the event is promoted");
    assert!(bot.card(&bot.latest_room()).contains("The search"));
}

/// [A2] Promote 40 min later: `detected_at` stays the event time, `declared_at` is now.
#[tokio::test]
async fn a_kept_event_is_promoted_with_its_own_time() {
    let mut bot = Bot::start().await;
    fill(&bot, "alice", "disk fills up", &[]).await;
    send(&bot, "alice").await;
    let happened = bot.clock_second();
    bot.advance(minutes(40)).await;
    bot.crash_and_restart().await;
    for who in ["bob", "carol"] {
        bot.slash(who, "/incident list").await;
    }
    let shown = bot.slack.ephemerals("bob", "general");
    assert!(shown.last().expect("a list").contains("disk fills up"), "{shown:?}");
    bot.press("bob", &shown, "Promote").await;
    let it = incident(&bot, 1).await.expect("declared");
    assert_eq!(it.detected_at.map(jiff::Timestamp::as_second), Some(happened));
    assert_eq!(it.declared_at.as_second(), happened + 40 * 60);
    assert_eq!((it.title(), it.intake.event), ("disk fills up", Some(1)));
    // Somebody with an old list before them is told; nothing is declared twice.
    bot.press("carol", &bot.slack.ephemerals("carol", "general"), "Promote").await;
    let told = bot.slack.ephemerals("carol", "general");
    assert!(told.last().expect("an answer").contains("Event 1 is an incident already: INC-1"), "{told:?}");
    assert!(incident(&bot, 2).await.is_none());
}

/// [A1] "Declare anyway" takes the form as it is now.
#[tokio::test]
async fn declare_anyway_declares_what_the_form_says() {
    let bot = Bot::start().await;
    fill(&bot, "alice", "disk fills up", &[]).await;
    send(&bot, "alice").await;
    bot.slack.act_as("alice").fill([("What is wrong?", json!("the disk of db-3 fills up"))]).await.expect("filled");
    bot.slack.act_as("alice").press(&bot.form("alice"), "Declare anyway").await.expect("pressed");
    bot.settle().await;
    let it = incident(&bot, 1).await.expect("declared");
    assert_eq!((it.title(), it.intake.event), ("the disk of db-3 fills up", Some(1)));
    assert!(bot.form("alice").contains("INC-1"), "the form says what became of it");
}

/// Words that nobody promotes can be removed for good; so can those of one that was.
#[tokio::test]
async fn the_words_of_an_event_can_be_forgotten() {
    let bot = Bot::start().await;
    for secret in ["hunter2 leaks", "swordfish leaks"] {
        fill(&bot, "alice", secret, &[]).await;
        send(&bot, "alice").await;
    }
    bot.slash("bob", "/incident list").await;
    let shown = bot.slack.ephemerals("bob", "general");
    // The latest stands first.
    let blocks = shown.last().expect("a list").blocks.clone();
    let ids: Vec<String> = blocks
        .iter()
        .flat_map(|b| b["elements"].as_array().cloned().unwrap_or_default())
        .filter_map(|e| e["action_id"].as_str().map(str::to_owned))
        .collect();
    let press = |action: String| {
        let (actor, message) = (bot.slack.act_as("bob"), shown.last().expect("a list").clone());
        async move { actor.press(&message, &action).await.expect("pressed") }
    };
    press(ids.iter().find(|id| id.contains("forget") && id.ends_with(".2")).expect("a button").clone()).await;
    press(ids.iter().find(|id| id.contains("promote") && id.ends_with(".1")).expect("a button").clone()).await;
    bot.settle().await;
    bot.slash("bob", "/incident INC-1 redact 1 a password").await;
    let events = bot.app().engine.store().events(&StreamId::Org("events".into()), 1, 9).await.expect("a record");
    let left = format!("{events:?}");
    assert!(events.len() == 5 && !left.contains("hunter2") && !left.contains("swordfish"), "{left}");
    let list = bot.slash("bob", "/incident list").await;
    assert!(!list.text.contains("swordfish"), "{}", list.text);
    let journal = bot.config.data.join("journal");
    let found = std::process::Command::new("grep").args(["-rlF", "swordfish"]).arg(journal).output().expect("grep");
    assert!(found.stdout.is_empty(), "the journal still has the words");
}

/// [A4] Ticks suggest the severity, the worst wins; it is shown before sending, and nothing typed is lost by that.
#[tokio::test]
async fn the_form_shows_what_it_will_be() {
    let bot = Bot::start().await;
    fill(&bot, "alice", "search is slow", &["needs_coordination"]).await;
    bot.settle().await;
    let form = bot.form("alice");
    assert!(form.contains("This will be") && form.contains("SEV3"), "{form:?}");
    bot.slack
        .act_as("alice")
        .fill([("Why is it an incident?", json!(["needs_coordination", "data_lost"]))])
        .await
        .expect("filled");
    bot.settle().await;
    let form = bot.form("alice");
    assert!(form.contains("*:red_circle: SEV1 critical*"), "{form:?}");
    assert!(form.json.to_string().contains("search is slow"), "{form:?}");
    send(&bot, "alice").await;
    assert_eq!(incident(&bot, 1).await.map(|it| it.severity.0), Some(1));
}

/// [A1] A command with a title declares at once, which counts as not sure; the card asks afterwards, once.
/// [L1] Who noticed first is asked once, quietly.
#[tokio::test]
async fn the_card_asks_afterwards_which_is_true() {
    let bot = with_services(vec![service("checkout")]).await;
    let room = bot.declare("alice", "sev3 the site is down").await;
    bot.press_card("bob", &room, "Why is it an incident?").await;
    let form = bot.form("bob");
    assert!(form.contains("Who noticed first?") && form.contains("Which service?"), "{form:?}");
    let values =
        [("Why is it an incident?", "data_lost"), ("Who noticed first?", "A customer"), ("Which service?", "checkout")];
    assert_eq!(bot.submit("bob", &values).await, Outcome::Closed);
    let it = incident(&bot, 1).await.expect("declared");
    assert_eq!(it.intake.criteria, vec!["data_lost".into()]);
    assert_eq!((it.intake.detection, it.intake.service.clone()), (Some(Detection::Customer), Some("checkout".into())));
    assert_eq!(it.severity.0, 3, "a suggestion changes nothing by itself");
    assert!(!bot.card(&room).contains("Why is it an incident?"), "asked once");
    let mended = bot.declare("alice", "sev3 search is slow").await;
    assert!(bot.card(&mended).contains("Why is it an incident?"));
    bot.slash_in("alice", &mended, "/incident resolve rolled back").await;
    assert!(!bot.card(&mended).contains("Why is it an incident?"), "what is mended asks nothing");
    assert!(bot.card(&room).contains("The checkout"));
    bot.press("bob", &bot.said(&room), "Make it SEV1").await;
    assert_eq!(incident(&bot, 1).await.map(|it| it.severity.0), Some(1));
}

/// A service is named by any of its names, and changed with the title.
#[tokio::test]
async fn a_service_is_named_and_changed() {
    let mut checkout = service("checkout");
    checkout.aliases = vec!["cart and checkout".into()];
    let bot = with_services(vec![checkout, service("search")]).await;
    let room = bot.declare("alice", "sev2 for Cart and checkout: cards fail").await;
    let it = incident(&bot, 1).await.expect("declared");
    assert_eq!((it.title(), it.intake.service.clone()), ("cards fail", Some("checkout".into())));
    let list = bot.slash("bob", "/incident list").await;
    assert!(list.text.contains("The checkout"), "{}", list.text);
    bot.slack.act_as("alice").choose(&bot.card(&room), "…", "Rename").await.expect("chosen");
    bot.settle().await;
    assert_eq!(bot.submit("alice", &[("Which service?", "search")]).await, Outcome::Closed);
    let it = incident(&bot, 1).await.expect("declared");
    assert_eq!((it.title(), it.intake.service.clone()), ("cards fail", Some("search".into())));
    bot.declare("alice", "for nothing at all we pay twice").await;
    let it = incident(&bot, 2).await.expect("declared");
    assert_eq!((it.title(), it.intake.service.clone()), ("for nothing at all we pay twice", None));
}

/// [A6] Before submit, open incidents with the same service or words are listed; Join brings in, Declare anyway declares.
#[tokio::test]
async fn similar_ones_are_offered_before_declaring() {
    let bot = with_services(vec![service("checkout")]).await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    fill(&bot, "bob", "Checkout gives errors", &["service_impact"]).await;
    assert_eq!(send(&bot, "bob").await, Outcome::Updated);
    let form = bot.form("bob");
    assert!(form.contains("INC-1") && form.contains("same words: checkout") && form.contains("Join"), "{form:?}");
    assert!(incident(&bot, 2).await.is_none());
    bot.slack.act_as("bob").press(&form, "Join").await.expect("pressed");
    bot.settle().await;
    assert!(bot.slack.channel(&room).members.contains(&"U0BOB".to_owned()), "joined");
    fill(&bot, "carol", "Checkout gives errors", &["service_impact"]).await;
    send(&bot, "carol").await;
    assert_eq!(send(&bot, "carol").await, Outcome::Closed, "nothing typed is lost, the second press declares");
    assert_eq!(incident(&bot, 2).await.map(|it| it.title().to_owned()), Some("Checkout gives errors".into()));
}

/// What was offered stays above the form while its button speaks of it, whatever is ticked meanwhile.
#[tokio::test]
async fn what_is_offered_stays_while_the_form_is_filled_in() {
    let bot = Bot::start().await;
    bot.declare("alice", "sev1 checkout is down").await;
    fill(&bot, "bob", "Checkout gives errors", &["service_impact"]).await;
    assert_eq!(send(&bot, "bob").await, Outcome::Updated);
    let choose = async |severity: &str| {
        bot.slack.act_as("bob").choose(&bot.form("bob"), "How bad is it?", severity).await.expect("chosen");
        bot.settle().await;
        let form = bot.form("bob");
        (form.contains("Is it one of these?") && form.contains("INC-1"), form.json["submit"]["text"].clone())
    };
    assert_eq!(choose("2").await, (true, json!("Declare anyway")));
    // Other words are like no other incident: nothing is offered, and the button does not speak of it.
    bot.slack.act_as("bob").fill([("What is wrong?", json!("printers jam"))]).await.expect("filled");
    assert_eq!(choose("3").await, (false, json!("Declare")));
    assert_eq!(send(&bot, "bob").await, Outcome::Closed);
    assert_eq!(incident(&bot, 2).await.map(|it| it.title().to_owned()), Some("printers jam".into()));
}

/// [A6] What a service needs is next to it: trouble there is offered too, and is named where people are asked for help.
#[tokio::test]
async fn trouble_of_what_a_service_needs_is_similar() {
    let mut checkout = service("checkout");
    checkout.depends_on = vec!["ledger".into()];
    let bot = with_services(vec![checkout, service("ledger"), service("search")]).await;
    bot.declare("alice", "sev2 for ledger: writes hang").await;
    bot.declare("alice", "sev2 for search: nothing is found").await;
    let answer = bot.slash("bob", "/incident declare sev2 for checkout: cards fail").await;
    assert!(answer.text.contains("INC-1") && answer.text.contains("a service next to it"), "{}", answer.text);
    assert!(!answer.text.contains("INC-2"), "{}", answer.text);
    let other = bot.slash("bob", "/incident INC-1 similar").await;
    assert!(other.text.contains("INC-3"), "the other way round: {}", other.text);
    bot.press_card("bob", &bot.latest_room(), "Escalate").await;
    let form = bot.form("bob");
    assert!(form.contains("It is about The checkout, which needs The ledger."), "{form:?}");
}

/// [A6] Two declares within 5 s for the same message -> one incident.
#[tokio::test]
async fn two_declares_of_one_message_are_one_incident() {
    let bot = Bot::start().await;
    let ts = bot.slack.act_as("dave").say("support", "three customers cannot log in").expect("said");
    for who in ["dave", "erin"] {
        bot.slack.act_as(who).message_shortcut("declare_from_message", "support", &ts).await.expect("chosen");
        bot.slack.act_as(who).fill([("Why is it an incident?", json!(["not_sure"]))]).await.expect("filled");
    }
    let (one, two) = (bot.slack.act_as("dave"), bot.slack.act_as("erin"));
    let (one, two) = tokio::join!(one.submit(), two.submit());
    bot.settle().await;
    let mut outcomes = [one.expect("sent"), two.expect("sent")];
    outcomes.sort_by_key(|o| *o != Outcome::Closed);
    assert_eq!(outcomes, [Outcome::Closed, Outcome::Updated]);
    assert_eq!(bot.app().engine.seen_by(&"U0ALICE".into()).recent(9).await.expect("a record").len(), 1);
}

/// [A6] A command declares at once, and offers to merge afterwards.
#[tokio::test]
async fn a_command_offers_similar_ones_afterwards() {
    let bot = Bot::start().await;
    bot.declare("alice", "sev1 checkout is down").await;
    let answer = bot.slash("bob", "/incident declare sev2 the checkout hangs").await;
    assert!(answer.text.contains("INC-2 is declared") && answer.text.contains("INC-1"), "{}", answer.text);
    bot.press("bob", &bot.slack.ephemerals("bob", "general"), "Merge into INC-1").await;
    assert!(bot.history("INC-2").await.iter().any(|what| matches!(what, What::MergedInto { .. })));
}

/// [A5] Cancelling is one press and a reason, and what was cancelled counts nowhere: it is owed nothing, missed nothing, like nothing,
/// repeated by nothing, and is among those that go on in no list.
#[tokio::test]
async fn what_was_cancelled_counts_nowhere() {
    let bot = with_services(vec![service("checkout")]).await;
    let room = bot.declare("erin", "sev1 for checkout: card payments fail").await;
    bot.slash_in("erin", &room, "/incident similar tag full disk").await;
    bot.slash_in("erin", &room, "/incident task look at it @dave by 20m").await;
    bot.advance(minutes(5)).await;
    let dave = bot.slack.act_as("dave");
    drop(dave.join(&room));
    dave.choose(&bot.card(&room), "…", "Cancel incident").await.expect("chosen");
    bot.settle().await;
    bot.submit("dave", &[("Why?", "a test of ours")]).await;
    let ending = incident(&bot, 1).await.expect("declared").ending;
    assert!(matches!(ending, Some(Ending::Cancelled { at }) if at.as_second() == bot.clock_second()), "{ending:?}");
    let why = |what: &What| matches!(what, What::Cancelled { why: Some(why) } if why.words() == Some("a test of ours"));
    assert!(bot.history("INC-1").await.iter().any(why));
    let told = ["alice", "bob", "carol", "dave", "erin"].map(|who| bot.slack.dm(who).len());
    bot.advance(minutes(180)).await;
    assert_eq!(
        ["alice", "bob", "carol", "dave", "erin"].map(|who| bot.slack.dm(who).len()),
        told,
        "nobody is reminded"
    );
    let it = incident(&bot, 1).await.expect("declared");
    let comms = &it.comms;
    assert_eq!((comms.external.misses, comms.executive.misses, comms.internal_misses), (0, 0, 0));
    assert!(
        !it.update.missed && it.update.due.is_none() && comms.external.due.is_none() && comms.executive.due.is_none()
    );
    for list in ["list", "list mine"] {
        let answer = bot.slash("erin", &format!("/incident {list}")).await;
        assert!(!answer.text.contains("INC-1"), "{list}: {}", answer.text);
    }
    // The same trouble once more: it is the first of its kind.
    let again = bot.declare("bob", "sev1 for checkout: card payments fail").await;
    bot.slash_in("bob", &again, "/incident similar tag full disk").await;
    let second = incident(&bot, 2).await.expect("declared");
    assert_eq!((second.intake.repeats, second.intake.resembles), (None, None));
}

/// [A5] User without any role can declare; cancel is one click with reason; cancelled ones count for nothing.
#[tokio::test]
async fn anyone_may_declare_and_cancelled_ones_count_for_nothing() {
    let bot = with_services(vec![service("checkout")]).await;
    let room = bot.declare("erin", "for checkout: card payments fail").await;
    bot.slash_in("dave", &room, "/incident cancel -- a test of ours").await;
    let list = bot.slash("bob", "/incident list").await;
    assert!(!list.text.contains("INC-1"), "{}", list.text);
    let answer = bot.slash("bob", "/incident declare for checkout: card payments fail once more").await;
    assert!(!answer.text.contains("INC-1"), "a cancelled one is like nothing: {}", answer.text);
    let similar = bot.slash("bob", "/incident INC-2 similar").await;
    assert!(similar.text.contains("None in the last 180 days"), "{}", similar.text);
    assert_eq!(incident(&bot, 2).await.expect("declared").intake.resembles, None);
}

/// [L5] Same service + same condition tag within 180 days -> flagged, with a link to the work that was left; not another service, not
/// another condition, not only the same words, and not after.
#[tokio::test]
async fn the_same_service_by_the_same_condition_is_repeated() {
    let bot = with_services(vec![service("checkout"), service("search")]).await;
    let declared = async |title: &str| bot.declare("alice", title).await;
    let tag = async |room: &str, tag: &str| bot.slash_in("alice", room, &format!("/incident similar {tag}")).await.text;
    let repeats = async |n: u64| incident(&bot, n).await.expect("declared").intake.repeats;
    let first = declared("for checkout: card payments fail").await;
    let said = tag(&first, "tag Expired  certificate").await;
    assert!(said.contains("“expired certificate”") && !said.contains(":repeat:"), "{said}");
    bot.slash_in("alice", &first, "/incident task renew it by itself @bob by 3 days").await;
    bot.slash_in("alice", &first, "/incident resolve").await;
    bot.slash_in("alice", &first, "/incident close").await;
    let other = declared("for search: index is gone").await;
    tag(&other, "tag expired certificate").await;
    assert_eq!(repeats(2).await, None, "another service");

    bot.advance(minutes(1)).await;
    let again = declared("for checkout: nobody can pay").await;
    assert_eq!(repeats(3).await, None, "nothing is tagged by itself");
    tag(&again, "tag full disk").await;
    assert_eq!(repeats(3).await, None, "another condition");
    let said = tag(&again, "tag expired certificate").await;
    assert!(said.contains(":repeat: INC-1 had the same service and the same condition"), "{said}");
    bot.expect_once(&again, "INC-1 had the same service and the same condition");
    assert_eq!(repeats(3).await, Some(IncidentId::inc(1)));
    let shown = bot.slash("bob", "/incident show INC-3").await.text;
    assert!(shown.contains("Repeated: INC-1") && shown.contains("“full disk”, “expired certificate”"), "{shown}");
    let similar = bot.slash("bob", "/incident INC-3 similar").await.text;
    let row = &similar[similar.find("INC-1").expect("found")..];
    for part in
        ["repeated*", "same condition: expired certificate", "One task of it is still open: `/incident INC-1 tasks`"]
    {
        assert!(row.contains(part), "no `{part}` in {row}");
    }
    let twice = tag(&again, "tag EXPIRED certificate").await;
    assert!(!twice.contains("tagged what"), "{twice}");
    tag(&first, "tag full disk").await;
    assert_eq!(repeats(1).await, None, "it came first");
    tag(&again, "untag expired certificate").await;
    assert_eq!(repeats(3).await, Some(IncidentId::inc(1)), "the disk was full both times");
    tag(&first, "untag full disk").await;
    tag(&again, "untag full disk").await;
    assert_eq!(repeats(3).await, None, "that was not it");
    bot.clock.advance(jiff::SignedDuration::from_hours(24 * 181));
    tag(&again, "tag expired certificate").await;
    assert_eq!(repeats(3).await, None, "long ago");
    // Redacting reaches what was tagged.
    let tagged = |what: &What| matches!(what, What::Intake(Fact::Tagged { .. }));
    let seq = bot.history("INC-1").await.iter().position(tagged).expect("tagged") + 1;
    bot.slash_in("alice", &first, &format!("/incident redact {seq} it named a supplier")).await;
    let shown = bot.slash("bob", "/incident show INC-1").await.text;
    assert!(!shown.contains("expired certificate"), "{shown}");
}

/// [L5] What may be the same is found when it is declared, by service and words, with why; and not after 180 days.
#[tokio::test]
async fn what_happened_before_is_found_with_its_reasons() {
    let bot = with_services(vec![service("checkout"), service("search")]).await;
    for (n, title) in ["for checkout: card payments fail", "for search: card index lost"].into_iter().enumerate() {
        let room = bot.declare("alice", title).await;
        bot.slash_in("alice", &room, "/incident resolve").await;
        bot.slash_in("alice", &room, "/incident close").await;
        assert!(incident(&bot, n as u64 + 1).await.is_some_and(|it| !it.is_open()));
    }
    bot.declare("bob", "for checkout: card payments hang").await;
    let third = incident(&bot, 3).await.expect("declared").intake.clone();
    assert_eq!((third.resembles, third.repeats), (Some(IncidentId::inc(1)), None), "words alone are no proof");
    let similar = bot.slash("bob", "/incident INC-3 similar").await;
    let (first, second) = (similar.text.find("INC-1").expect("found"), similar.text.find("INC-2").expect("found"));
    assert!(first < second, "the most alike first: {}", similar.text);
    assert!(
        similar.text.contains("_same service · same words: card, payments · same kind_")
            && !similar.text.contains("*repeated*"),
        "{}",
        similar.text
    );
    bot.clock.advance(jiff::SignedDuration::from_hours(24 * 181));
    let similar = bot.slash("bob", "/incident INC-3 similar").await;
    assert!(similar.text.contains("None in the last 180 days"), "{}", similar.text);
}

/// [C2] `page <service>` pages its policy, else its owner; unknown service -> pages the fallback, never silently nothing.
#[tokio::test]
async fn a_service_is_paged_by_whoever_is_named_for_it() {
    let (mut checkout, mut search, mut mail) = (service("checkout"), service("search"), service("mail"));
    checkout.policy = Some("shop".into());
    search.owner = Some(Contact::User("U0DAVE".into()));
    mail.owner = Some(Contact::External("vendor".into()));
    let bot = Bot::configured(|config| {
        config.playbook = edited(|p| {
            p.services = vec![checkout, search, mail];
            p.contacts = vec![OutsideContact {
                id: "vendor".into(),
                name: "Vendor".into(),
                organisation: String::new(),
                email: String::new(),
                phone: "1".into(),
                user: None,
            }];
        });
        config.settings.policies = vec![policy("shop", &[("U0BOB", 5)])];
    })
    .await;
    let room = bot.declare("alice", "sev1 the site is down").await;
    let managers_asked = |bot: &Bot| bot.slack.dm("carol").len();
    for (name, who) in [("checkout", "bob"), ("The search", "dave")] {
        let (asked, managers) = (bot.slack.dm(who).len(), managers_asked(&bot));
        bot.slash_in("alice", &room, &format!("/incident page {name}")).await;
        assert_eq!((bot.slack.dm(who).len(), managers_asked(&bot)), (asked + 1, managers), "{name}");
    }
    for name in ["mail", "warehouse"] {
        let managers = managers_asked(&bot);
        let answer = bot.slash_in("alice", &room, &format!("/incident page {name}")).await;
        let says = format!("nobody is named for {name}, so the fallback is asked at once");
        assert!(answer.text.contains(&says), "{}", answer.text);
        assert_eq!(managers_asked(&bot), managers + 1, "{name}");
    }
    bot.press_card("alice", &room, "Escalate").await;
    bot.submit("alice", &[("Or by service", "The search")]).await;
    assert!(bot.history("INC-1").await.iter().filter(|w| matches!(w, What::PageStarted { .. })).count() >= 4);
    // The form begins with the service of its incident; whoever chooses a person means them.
    let room = bot.declare("alice", "sev3 for search it finds nothing").await;
    let pages =
        async || bot.history("INC-2").await.into_iter().filter(|w| matches!(w, What::PageStarted { .. })).count();
    let before = pages().await;
    let dave = bot.slack.dm("dave").len();
    bot.press_card("alice", &room, "Escalate").await;
    bot.submit("alice", &[]).await;
    assert_eq!((pages().await, bot.slack.dm("dave").len()), (before + 1, dave + 1), "its owner is asked");
    bot.press_card("alice", &room, "Escalate").await;
    let alice = bot.slack.act_as("alice");
    alice.fill([("Who is needed?", serde_json::json!(["U0ERIN"]))]).await.expect("a person");
    alice.submit().await.expect("sent");
    bot.settle().await;
    assert_eq!(pages().await, before + 2, "{}", shown(&bot.slack.dm("erin")));
}

fn nudged(bot: &Bot, text: &str) -> usize {
    bot.slack.dm("alice").iter().filter(|m| m.contains(text)).count()
}

/// [L3] While others things move, it is asked after thirty minutes, no sooner.
#[tokio::test]
async fn a_stopgap_is_asked_for_after_half_an_hour() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev3 search is slow").await;
    bot.slash_in("alice", &room, "/incident phase identified").await;
    for minute in [10, 20] {
        bot.advance(minutes(10)).await;
        bot.slash_in("bob", &room, &format!("/incident note replicas lag, minute {minute}")).await;
    }
    bot.advance(minutes(9)).await;
    assert_eq!(nudged(&bot, "Roll back, or a stopgap"), 0);
    bot.advance(minutes(1)).await;
    assert_eq!(nudged(&bot, "Roll back, or a stopgap"), 1, "{}", shown(&bot.slack.dm("alice")));
    assert_eq!(nudged(&bot, "Nothing moved"), 0, "it did");
}

/// [L2] "stuck" nudge; max one nudge per 20 min; can be muted per incident. It is private to whoever leads.
#[tokio::test]
async fn a_value_has_its_say_once_when_nothing_moves() {
    let mut bot = Bot::start().await;
    let room = bot.declare("alice", "sev3 search is slow").await;
    bot.advance(minutes(15)).await;
    bot.slash_in("alice", &room, "/incident note replicas lag").await;
    bot.advance(minutes(19)).await;
    assert_eq!(nudged(&bot, "Nothing moved for a while"), 0, "the note moved it");
    bot.crash_and_restart().await;
    bot.slash_in("alice", &room, "/incident note and fall behind").await;
    bot.advance(minutes(19)).await;
    assert_eq!(nudged(&bot, "Nothing moved for a while"), 0, "moved again, after the timer had rung once for nothing");
    bot.advance(minutes(1)).await;
    assert_eq!(nudged(&bot, "Nothing moved for a while"), 1, "{}", shown(&bot.slack.dm("alice")));
    assert_eq!(bot.count(&room, "Nothing moved"), 0, "said to whoever leads, not in the room");
    bot.advance(minutes(120)).await;
    assert_eq!(nudged(&bot, "Nothing moved for a while"), 1, "once in an incident");
    bot.declare("alice", "sev3 mail is slow").await;
    bot.slash("alice", "/incident INC-2 note deferred").await;
    let message = bot.expect_dm("alice", "Nothing moved");
    bot.slack.act_as("alice").press(&message, "Mute").await.expect("pressed");
    bot.settle().await;
    assert!(bot.history("INC-1").await.iter().any(|w| matches!(w, What::Intake(Fact::Muted {}))));
    bot.advance(minutes(25)).await;
    assert_eq!(nudged(&bot, "Nothing moved for a while"), 2, "only the one incident is muted");
}

/// [L2] Whatever people record is movement: observations, evidence, tasks, questions.
#[tokio::test]
async fn records_of_people_are_movement() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev3 search is slow").await;
    let records = [
        "observe replicas lag",
        "evidence the log of db1",
        "task look at the index @bob",
        "consult support who calls?",
    ];
    for record in records {
        bot.advance(minutes(15)).await;
        bot.slash_in("alice", &room, &format!("/incident {record}")).await;
    }
    bot.advance(minutes(15)).await;
    assert_eq!(nudged(&bot, "Nothing moved for a while"), 0, "{}", shown(&bot.slack.dm("alice")));
    bot.advance(minutes(30)).await;
    assert_eq!(nudged(&bot, "Nothing moved for a while"), 1, "timers move nothing");
}

/// [L1] A report from before we noticed says that a customer was first, without anybody choosing it.
#[tokio::test]
async fn a_report_from_before_says_that_a_customer_was_first() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev3 search is slow").await;
    bot.slash_in("dave", &room, "/incident reports add Quagga finds nothing").await;
    assert_eq!(nudged(&bot, "A customer noticed before we did"), 0, "we knew by then");
    bot.slash_in("dave", &room, "/incident reports add at 20 min ago Okapi finds nothing").await;
    assert_eq!(nudged(&bot, "A customer noticed before we did"), 1, "{}", shown(&bot.slack.dm("alice")));
}

/// [L3] "rollback or stopgap?" nudge when Identified > 30 min without fix entry. [L2] Max one nudge per 20 min.
#[tokio::test]
async fn a_known_cause_without_a_fix_is_asked_for_a_stopgap() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev3 search is slow").await;
    bot.slash_in("alice", &room, "/incident phase identified").await;
    bot.advance(minutes(29)).await;
    assert_eq!((nudged(&bot, "Nothing moved"), nudged(&bot, "Roll back, or a stopgap")), (1, 0));
    bot.advance(minutes(10)).await;
    assert_eq!(nudged(&bot, "Roll back, or a stopgap"), 0, "20 minutes after the one before, not sooner");
    bot.advance(minutes(1)).await;
    assert_eq!(nudged(&bot, "Roll back, or a stopgap"), 1, "{}", shown(&bot.slack.dm("alice")));
    let room = bot.declare("alice", "sev3 mail is slow").await;
    bot.slash_in("alice", &room, "/incident phase identified").await;
    bot.slash_in("alice", &room, "/incident fix rolled back").await;
    bot.advance(minutes(60)).await;
    assert_eq!(nudged(&bot, "Roll back, or a stopgap"), 1, "there is a fix");
}

/// [L1] nudge if a customer was first. [L5] Repeated ones are told. [L6] in the company's own wording.
#[tokio::test]
async fn values_speak_in_the_words_of_the_company() {
    let own = |id: &str, on, text: &str| OurValue {
        id: id.into(),
        text: format!("We {id}."),
        question: "How?".into(),
        nudge: Some(Nudge { on, after_min: 0, text: text.into() }),
    };
    let bot = Bot::configured(|config| {
        config.playbook = edited(|p| {
            p.services = vec![service("checkout")];
            p.values = vec![
                own("listen", Moment::CustomerFirst, "They knew before us."),
                own("learn", Moment::Repeated, "We had this."),
                own("rest", Moment::Resolved, "Sleep now."),
            ];
        });
    })
    .await;
    let room = bot.declare("alice", "for checkout: card payments fail").await;
    bot.press_card("alice", &room, "Why is it an incident?").await;
    bot.submit("alice", &[("Who noticed first?", "A customer")]).await;
    assert_eq!(nudged(&bot, "We listen."), 1, "{}", shown(&bot.slack.dm("alice")));
    assert_eq!(nudged(&bot, "They knew before us."), 1);
    bot.slash_in("alice", &room, "/incident resolve").await;
    assert_eq!(nudged(&bot, "Sleep now."), 0, "not both at once");
    bot.advance(minutes(20)).await;
    assert_eq!(nudged(&bot, "Sleep now."), 1);
    bot.declare("alice", "for checkout: card payments hang").await;
    assert_eq!(nudged(&bot, "We had this."), 1);
    let shown = bot.slash("bob", "/incident playbook").await.text;
    assert!(["We listen.", "We learn.", "We rest."].iter().all(|own| shown.contains(own)), "{shown}");
    assert!(!shown.contains("We know before our customers do"), "none but their own: {shown}");
}

/// Declares a SEV4 in #support by the form, in a thread.
async fn in_a_thread(bot: &Bot, who: &str) -> SeenMessage {
    let person = bot.slack.act_as(who);
    drop(person.join("support"));
    person.slash("support", "/incident the logo is blurred").await.expect("typed");
    person.fill([("Why is it an incident?", json!(["not_sure"]))]).await.expect("filled");
    person.choose(&bot.form(who), "How bad is it?", "4").await.expect("chosen");
    bot.settle().await;
    person.fill([("Where?", json!(["thread"]))]).await.expect("offered for what needs few people");
    assert_eq!(send(bot, who).await, Outcome::Closed);
    let said = bot.said("support");
    said.iter().find(|m| m.contains("INC-1") && m.thread_ts.is_none()).expect("a message to hang below").clone()
}

fn in_thread_of(bot: &Bot, root: &SeenMessage) -> Vec<SeenMessage> {
    bot.said("support").into_iter().filter(|m| m.thread_ts.as_ref() == Some(&root.ts) && m.ts != root.ts).collect()
}

/// Keep it light: what needs few people is worked on in a thread, with buttons and mentions, and no room at all.
#[tokio::test]
async fn a_small_incident_is_a_thread() {
    let mut bot = Bot::start().await;
    let root = in_a_thread(&bot, "dave").await;
    assert!(bot.slack.channels().iter().all(|c| !c.name.starts_with("inc-")), "no room");
    let thread = in_thread_of(&bot, &root);
    assert_eq!(thread.len(), 1, "the card, and nothing else: {}", shown(&thread));
    let controls = thread[0].blocks.iter().flat_map(|b| b["elements"].as_array().cloned().unwrap_or_default());
    let controls = controls.filter(|e| e["type"] == "button" || e["type"] == "overflow");
    let controls: Vec<String> = controls.map(|e| e["text"]["text"].as_str().unwrap_or("…").to_owned()).collect();
    let few = [
        "Identified →",
        "Post update",
        "Escalate",
        "Why is it an incident?",
        "Open a room",
        "…",
        "Accept Incident commander",
    ];
    assert_eq!(controls, few, "what a thread needs, and no more");
    let dave = bot.slack.act_as("dave");
    dave.reply("support", &root.ts, "@watchroom note the old file was cached").expect("said");
    bot.settle().await;
    let noted = in_thread_of(&bot, &root);
    assert!(noted.iter().any(|m| m.contains("noted: the old file was cached")), "{}", shown(&noted));
    let aside = bot.slack.ephemerals("dave", "support");
    assert!(aside.is_empty(), "the thread says it, and nobody else: {}", shown(&aside));
    dave.reply("support", &root.ts, "@watchroom timeline").expect("said");
    bot.settle().await;
    let aside = bot.slack.ephemerals("dave", "support");
    assert!(aside.len() == 1 && aside[0].contains("old file was cached"), "what only they asked: {}", shown(&aside));
    bot.crash_and_restart().await;
    dave.reply("support", &root.ts, "@watchroom fix uploaded it again").expect("said");
    dave.reply("support", &root.ts, "@watchroom thanks a lot").expect("said");
    bot.settle().await;
    let history = bot.history("INC-1").await;
    let entries = history.iter().filter(|what| matches!(what, What::EntryAdded { .. })).count();
    assert_eq!(entries, 2, "what is no verb changes nothing");
    let told = bot.slack.ephemerals("dave", "support");
    assert!(told.iter().any(|m| m.contains("Mention me with a verb")), "{told:?}");
    dave.reply("support", &root.ts, "@watchroom resolve").expect("said");
    bot.settle().await;
    let above = bot.said("support").into_iter().find(|m| m.ts == root.ts).expect("still there");
    assert!(above.contains("Resolved"), "the message above shows how it stands: {above}");
    dave.reply("support", &root.ts, "@watchroom close").expect("said");
    bot.settle().await;
    let above = bot.said("support").into_iter().find(|m| m.ts == root.ts).expect("still there");
    assert!(above.contains("Closed") && !above.contains("Work goes on"), "{above}");
    let aside = bot.said("support").into_iter().filter(|m| m.ts != root.ts && m.thread_ts.is_none());
    let aside: Vec<SeenMessage> = aside.filter(|m| m.user == "U0BOT" && m.subtype.is_none()).collect();
    assert!(aside.is_empty(), "nothing else in the channel: {}", shown(&aside));
    assert!(bot.slack.channels().iter().all(|c| !c.name.starts_with("inc-")), "still no room");
}

/// A small incident is one line in the channel where people talk about it: no form, no room. What may not do without a room is
/// refused, and nothing is declared.
#[tokio::test]
async fn a_word_declares_in_a_thread() {
    let bot = Bot::start().await;
    drop(bot.slack.act_as("dave").join("support"));
    for (typed, said) in [
        ("declare sev2 thread: the logo is blurred", "Only SEV4 and SEV5 may do without a room"),
        ("declare thread: sev1 the logo is blurred", "Only SEV4 and SEV5 may do without a room"),
        ("declare thread:", "What is it?"),
        ("declare thread: sev4", "What is it?"),
    ] {
        let refused = bot.slash_in("dave", "support", &format!("/incident {typed}")).await;
        assert!(
            refused.text.contains(said) && refused.text.contains("Nothing was declared"),
            "{typed}: {}",
            refused.text
        );
    }
    bot.slash_in("dave", "support", "/incident declare thread: the logo is blurred").await;
    bot.slash_in("dave", "support", "/incident declare Thread : sev5 the footer too").await;
    let roots: Vec<SeenMessage> = bot.said("support").into_iter().filter(|m| m.thread_ts.is_none()).collect();
    for (id, severity, title) in [("INC-1", "SEV4", "the logo is blurred"), ("INC-2", "SEV5", "the footer too")] {
        let root = roots.iter().find(|m| m.contains(id)).expect("a message to hang below");
        assert!(root.contains(severity) && root.contains(title), "{root}");
        assert_eq!(in_thread_of(&bot, root).len(), 1, "its card");
    }
    assert!(bot.slack.channels().iter().all(|c| !c.name.starts_with("inc-")), "no room");
}

/// What outgrows its thread gets a room; the thread says where it goes on.
#[tokio::test]
async fn a_thread_becomes_a_room() {
    let bot = Bot::start().await;
    let root = in_a_thread(&bot, "dave").await;
    bot.slash("erin", "/incident INC-1 role operations").await;
    bot.slash("carol", "/incident INC-1 role operations").await;
    bot.press("dave", &in_thread_of(&bot, &root), "Open a room").await;
    let room = bot.latest_room();
    for holder in ["U0ERIN", "U0CAROL"] {
        assert!(bot.slack.channel(&room).members.contains(&holder.to_owned()), "{holder} holds a role and is not in");
    }
    assert!(bot.card(&room).contains("the logo is blurred"));
    assert!(bot.slack.channel(&room).members.contains(&"U0DAVE".to_owned()));
    bot.expect_once(&room, "opened a room for INC-1");
    let thread = in_thread_of(&bot, &root);
    assert!(thread.iter().all(|m| !m.contains("Post update")), "one card only: {}", shown(&thread));
    let above = bot.said("support").into_iter().find(|m| m.ts == root.ts).expect("still there");
    assert!(above.contains("Work goes on in"), "{above}");
    bot.slash_in("dave", &room, "/incident note on it").await;
    bot.expect_once(&room, "on it");
    assert_eq!(in_thread_of(&bot, &root).len(), thread.len(), "nothing more goes to the thread");
}

/// Where the bot may not post there is a room after all; a severity that needs people offers no thread.
#[tokio::test]
async fn a_thread_where_the_bot_may_not_post_becomes_a_room() {
    let bot = Bot::start().await;
    let secret = bot.slack.with(|ws| ws.create_channel("U0DAVE", "back-office", true)).expect("a channel");
    let dave = bot.slack.act_as("dave");
    dave.slash("back-office", "/incident the logo is blurred").await.expect("typed");
    assert!(!bot.form("dave").contains("No room: work in a thread here"), "not for SEV3");
    dave.fill([("Why is it an incident?", json!(["not_sure"]))]).await.expect("filled");
    dave.choose(&bot.form("dave"), "How bad is it?", "5").await.expect("chosen");
    bot.settle().await;
    dave.fill([("Where?", json!(["thread"]))]).await.expect("offered");
    send(&bot, "dave").await;
    let room = bot.latest_room();
    assert!(bot.card(&room).contains("the logo is blurred"), "{secret:?}");
    assert!(bot.said(&room).iter().any(|m| m.contains("Slack refuses messages")), "{}", shown(&bot.said(&room)));
}

/// What turns out to be for few only leaves no words where everybody reads them, and no hint that there is something.
#[tokio::test]
async fn a_kept_event_that_turns_out_to_be_secret_leaves_nothing_outside() {
    let bot = Bot::start().await;
    let ts = bot.slack.act_as("dave").say("support", "someone reads the ledger").expect("said");
    bot.slack.act_as("dave").message_shortcut("declare_from_message", "support", &ts).await.expect("chosen");
    assert_eq!(send(&bot, "dave").await, Outcome::Updated);
    bot.slack.act_as("dave").fill([("Why is it an incident?", json!(["data_exposed"]))]).await.expect("filled");
    assert_eq!(send(&bot, "dave").await, Outcome::Closed);
    let events = bot.app().engine.store().events(&StreamId::Org("events".into()), 1, 9).await.expect("a record");
    assert!(!format!("{events:?}").contains("ledger") && !format!("{events:?}").contains("SEC-"), "{events:?}");
    bot.slack.act_as("erin").message_shortcut("declare_from_message", "support", &ts).await.expect("chosen");
    bot.slack.act_as("erin").fill([("Why is it an incident?", json!(["not_sure"]))]).await.expect("filled");
    assert_eq!(send(&bot, "erin").await, Outcome::Closed, "to her hers is the first");
    assert_eq!(incident(&bot, 1).await.map(|it| it.declared_by), Some("U0ERIN".into()));
}
