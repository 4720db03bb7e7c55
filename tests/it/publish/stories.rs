//! What is true of every kind of place.

use std::time::Duration;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use watchroom::{
    config::Settings,
    engine::{Ask as Request, Refusal},
    ids::{IncidentId, Series, StreamId},
    incident::{
        Actor, Command, Context, Declaration, EVENT_VERSION, Event, Rejection, Turns,
        access::codename,
        comms::{Ask, Delivered, No},
        decide,
    },
    playbook::{Audience, Playbook, Severity},
    store::{Append, Commit},
};

use super::place::{Doubt, HERE, Kind, LABEL, PLACE, World, bot, link, send};
use crate::{
    harness::{fails::Fails, minutes, shown},
    story::{
        comms::{drafting, outlet},
        released::for_the_public,
    },
};

const WORDS: &str = "Some payments fail";

/// How a place fails at once, and how it does not answer for a while.
const ANSWERS: [Fails; 7] = [
    Fails::Status(422),
    Fails::Status(401),
    Fails::Status(500),
    Fails::Status(503),
    Fails::Limits(Some(90)),
    Fails::AfterTheWrite,
    Fails::Malformed,
];
const SILENCE: [Fails; 3] = [Fails::Hangs, Fails::Ignores, Fails::Stalls];

pub async fn whatever_it_answers_the_others_have_the_text_and_it_stands_there_once(kind: &Kind) {
    for fails in ANSWERS {
        one(kind, fails).await;
    }
}

pub async fn without_an_answer_the_others_have_the_text_and_it_stands_there_once(kind: &Kind) {
    join_all(SILENCE.map(|fails| one(kind, fails))).await;
}

/// The place fails once.
async fn one(kind: &Kind, fails: Fails) {
    let world = World::of(kind).await;
    world.place.fail(&[fails]);
    world.send(WORDS).await;
    world.expect_beside(WORDS).await;
    if let (Fails::Limits(Some(_)), true) = (fails, kind.says_when) {
        assert_eq!(world.here(WORDS), 0, "{fails:?}");
        world.bot.advance(SignedDuration::from_secs(80)).await;
        assert_eq!((world.here(WORDS), world.place.asked()), (0, 1), "not before its time");
    }
    world.bot.advance(minutes(10)).await;
    ended(&world, kind, fails).await;
}

/// How it ended: with the text there once and a receipt that says so; or with nothing there that the room does not know of.
async fn ended(world: &World, kind: &Kind, fails: Fails) {
    let (state, here) = (world.state().await, world.here(WORDS));
    let is_no = matches!(fails, Fails::Status(400..500));
    match &state {
        Delivered::Published { .. } => {
            assert!(!is_no && here == 1, "{fails:?}: there {here} times");
            world.expect_receipt("published", false);
        }
        Delivered::Failed { why } if why == "maybe_there" => {
            let is_needed = kind.reads || !matches!(fails, Fails::Malformed | Fails::Stalls);
            assert!(kind.doubt == Doubt::Asks && !is_no && is_needed && here <= 1, "{fails:?}: there {here} times");
            world.expect_receipt("may be there already", true);
        }
        Delivered::Failed { why } => {
            assert!(is_no && here == 0, "{fails:?}: there {here} times, {why}");
            world.expect_receipt("could not be posted", true);
        }
        Delivered::OnItsWay
        | Delivered::Trying { .. }
        | Delivered::ByHand
        | Delivered::Posted { .. }
        | Delivered::Done { .. } => panic!("{fails:?}: {state:?}, there {here} times"),
    }
    world.expect_beside(WORDS).await;
}

pub async fn what_was_refused_is_tried_again_by_a_press(kind: &Kind) {
    let mut world = World::of(kind).await;
    world.place.fail(&[Fails::Status(422)]);
    world.send(WORDS).await;
    world.expect_receipt("could not be posted", true);
    world.bot.expect_once(&world.room, &format!("*{LABEL}*: the update could not be posted"));
    world.bot.press("alice", &world.bot.said(&world.room), &format!("Retry: {LABEL}")).await;
    world.expect_receipt("published", false);
    assert_eq!(world.here(WORDS), 1);
    world.bot.crash_and_restart().await;
    world.bot.advance(minutes(10)).await;
    assert_eq!(world.here(WORDS), 1);
    world.expect_beside(WORDS).await;
}

pub async fn what_waits_keeps_its_order(kind: &Kind) {
    let world = World::of(kind).await;
    world.place.fail(&[Fails::Limits(Some(100)), Fails::Status(503)]);
    let texts = ["Alpacas wait", "Badgers wait", "Camels wait"];
    for words in texts {
        world.send(words).await;
        world.expect_beside(words).await;
        assert_eq!(world.here(words), 0);
    }
    world.bot.advance(minutes(10)).await;
    let there: Vec<usize> = texts.map(|words| world.here(words)).into();
    assert_eq!(there, [1, 1, 1], "{:?}", world.place.texts());
    let there = world.place.texts();
    let place = |words: &str| there.iter().position(|text| text.contains(words));
    assert!(texts.map(place).is_sorted(), "{there:?}");
}

/// The process dies while the place has the text and its answer is still to come.
pub async fn after_a_crash_it_stands_there_once(kind: &Kind) {
    let mut world = World::of(kind).await;
    world.place.fail(&[Fails::Hangs]);
    world.hand_over(WORDS).await;
    let arrived = async {
        while world.here(WORDS) == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), arrived).await.expect("it arrives");
    world.bot.crash_and_restart().await;
    world.bot.advance(minutes(10)).await;
    ended(&world, kind, Fails::Hangs).await;
}

pub async fn words_are_taken_back_or_the_room_is_told(kind: &Kind) {
    let world = World::of(kind).await;
    world.send("Quagga pays nothing").await;
    assert_eq!(world.here("Quagga"), 1);
    let sent = world.incident().await.comms.sends[0].seq;
    world.bot.slash_in("alice", &world.room, &format!("/incident redact {sent} names a customer")).await;
    world.bot.advance(minutes(2)).await;
    assert_eq!(world.here("Quagga"), usize::from(!kind.withdraws), "{:?}", world.place.texts());
    let told = format!("Watchroom could not take the words of an update back from *{LABEL}*");
    assert_eq!(
        world.bot.count(&world.room, &told),
        usize::from(!kind.withdraws),
        "{}",
        shown(&world.bot.said(&world.room))
    );
    assert_eq!(world.bot.count("support", "Quagga"), 0);
}

/// They are redacted while nobody knows whether they stand there.
pub async fn words_that_may_have_gone_out_are_taken_back_too(kind: &Kind) {
    let world = World::of(kind).await;
    world.place.fail(&[Fails::AfterTheWrite]);
    world.send("Quagga pays nothing").await;
    assert_eq!(world.here("Quagga"), 1);
    let sent = world.incident().await.comms.sends[0].seq;
    world.bot.slash_in("alice", &world.room, &format!("/incident redact {sent} names a customer")).await;
    world.bot.advance(minutes(10)).await;
    let told = world.bot.count(&world.room, &format!("find out whether an update stands at *{LABEL}*"));
    assert!(!kind.withdraws || world.here("Quagga") == 0 || told == 1, "{:?}", world.place.texts());
    assert!(!matches!(world.state().await, Delivered::OnItsWay | Delivered::Trying { .. }));
    let asked = world.place.asked();
    world.bot.advance(minutes(10)).await;
    assert_eq!(world.place.asked(), asked, "and nothing more");
}

/// A drill, as the record has one.
pub async fn a_drill_does_not_reach_it(kind: &Kind) {
    let world = World::of(kind).await;
    let engine = &world.bot.app().engine;
    let id = IncidentId { series: Series::Drill, number: 1 };
    let (by, settings, turns) = (Actor::Person("U0ALICE".into()), Settings::default(), Turns::new());
    let now = Timestamp::from_second(world.bot.clock_second()).expect("a time");
    let cx = Context { by: &by, now, playbook: engine.playbook(), settings: &settings, turns: &turns };
    let (title, severity) = ("checkout is down".into(), Some(Severity(2)));
    let declaration = Declaration { id: Some(id), title, severity, ..Declaration::default() };
    let events = decide(None, &Command::Declare(declaration), &cx).expect("declared").into_iter();
    let event = |what| Append::new(StreamId::Incident(id), &Event { v: EVENT_VERSION, at: now, by: by.clone(), what });
    let append: Vec<Append> = events.map(event).collect();
    let expect = vec![(StreamId::Incident(id), 0)];
    let declared = Commit { expect, append, at: Some(now), ..Commit::default() };
    engine.store().commit(declared).await.expect("kept");

    send(&world.bot, "DRILL-1", drafting(&[HERE, "customer_email", "service_desk"], WORDS, true)).await;
    world.bot.advance(minutes(10)).await;
    let drill = engine.incident(id).await.expect("read").expect("there");
    assert_eq!(drill.comms.sends.len(), 1, "{drill:?}");
    for delivery in &drill.comms.sends[0].deliveries {
        assert!(matches!(delivery.state, Delivered::ByHand), "{delivery:?}");
    }
    assert_eq!((world.place.asked(), world.bot.count("support", WORDS)), (0, 0));
    assert!(engine.status_page().await.expect("read").posts.is_empty());
}

fn for_secrets(p: &mut Playbook) {
    for_the_public(p);
    outlet(p, HERE).slack = None;
    outlet(p, HERE).connector = Some(PLACE.into());
    outlet(p, "security_leadership").slack = None;
    outlet(p, "security_leadership").connector = Some(PLACE.into());
}

/// [K6] Nothing of it is published before those whom the playbook names for that released the very text; and then its own words alone.
pub async fn a_need_to_know_incident_reaches_it_only_released(kind: &Kind) {
    let (bot, place) = bot(kind, for_secrets).await;
    let room = bot.declare_secret("alice", "sev1 security: zebra tokens").await;
    link(&bot, place.as_ref(), &room).await;
    for (role, who) in [("customer_comms", "bob"), ("legal", "carol")] {
        bot.slash_in("alice", &room, &format!("/incident role {role} @{who}")).await;
    }
    let id: IncidentId = "SEC-1".parse().expect("an id");
    let ask = async |who: &str, ask: Ask| {
        let by = Actor::Person(bot.slack.user_id(who).as_str().into());
        let asked = bot.app().engine.ask(Request::new(None, by, Some(id), Command::Comms(ask))).await;
        bot.advance(minutes(2)).await;
        match asked {
            Ok(_) => Ok(()),
            Err(Refusal::Rejected { why: Rejection::Comms(no), .. }) => Err(no),
            Err(other) => panic!("{other}"),
        }
    };
    let text = drafting(&[HERE], "Some keys were read", false);
    let leaders = watchroom::incident::comms::Drafting {
        to: Audience::Executive,
        send: true,
        ..drafting(&["security_leadership"], "Zebra tokens leaked", true)
    };
    assert!(matches!(ask("alice", Ask::Draft(leaders)).await, Err(No::NeedToKnow)));
    assert_eq!(ask("alice", Ask::Draft(text)).await, Ok(()));
    let send = || Ask::Send { draft: 1, version: 1, again: true, alone: Some("now".into()) };
    assert!(matches!(ask("alice", send()).await, Err(No::NotReleased(_))));
    assert_eq!(ask("bob", Ask::Approve { draft: 1, version: 1 }).await, Ok(()));
    assert!(matches!(ask("alice", send()).await, Err(No::NotReleased(_))));
    assert_eq!(place.asked(), 0);
    assert_eq!(ask("carol", Ask::Approve { draft: 1, version: 1 }).await, Ok(()));
    assert_eq!(ask("alice", send()).await, Ok(()));
    let there = place.texts();
    assert_eq!(there.iter().filter(|text| text.contains("Some keys were read")).count(), 1, "{there:?}");
    for word in ["SEC", "sec-1", "ebra", "okens", codename(id).as_str(), "alice", "U0"] {
        assert!(there.iter().all(|text| !text.contains(word)), "{word}: {there:?}");
    }
}

pub async fn a_connector_that_is_gone_is_told(kind: &Kind) {
    let mut world = World::of(kind).await;
    world.place.fail(&[Fails::Status(503); 3]);
    world.send(WORDS).await;
    world.bot.crash().await;
    world.bot.config.connectors.clear();
    world.bot.config.settings.connectors.remove(PLACE);
    world.bot.restart().await;
    world.bot.advance(minutes(10)).await;
    assert_eq!(world.here(WORDS), 0);
    world.expect_receipt("could not be posted (its connector is not set up any more)", true);
    world.bot.expect_once(&world.room, &format!("*{LABEL}*: the update could not be posted"));
    world.expect_beside(WORDS).await;
    // What the settings do not have a person posts.
    world.bot.press("alice", &world.bot.said(&world.room), &format!("Retry: {LABEL}")).await;
    world.expect_receipt("please post it by hand", false);
}
