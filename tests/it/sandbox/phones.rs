//! The sample people's telephones, with the real bot: it reaches them by its own adapters, and hears what comes of it.

use url::Url;
use watchroom::{
    cli::ways_of_phones,
    ids::UserId,
    incident::What,
    paging::{
        Outcome,
        reach::{Ask, Choice, Way},
    },
    sandbox::{
        Fault, FaultKind, phones,
        state::{Arrival, Arrived, Line},
    },
};

use super::World;
use crate::harness::{Bot, minutes, policy, shown};

const BOBS: &str = "+12025550102";

/// A bot as the sandbox sets it up, with a policy that asks bob, then dave; bob chose these ways, each with its minutes.
async fn bot(ways: &[(Way, &str, u32)]) -> (Bot, String) {
    let bot = Bot::configured(|config| {
        let at = |path: &str| config.slack.api_url.join(path).expect("an address");
        config.ways = ways_of_phones(at("/twilio/"), at("/ntfy/"));
        config.settings.public_url = Some(at("/").to_string());
        config.settings.ways = config.ways.set_up();
        config.settings.policies = vec![policy("checkout", &[("U0BOB", 20), ("U0DAVE", 5)])];
    })
    .await;
    let choice = |(way, address, after): &(Way, &str, u32)| Choice {
        way: *way,
        address: Some((*address).to_owned()),
        after: Some(after.to_string()),
    };
    let ask = Ask::Choose(ways.iter().map(choice).collect());
    bot.app().engine.change_contacts(None, &UserId::from("U0BOB"), &ask, None).await.expect("chosen");
    let room = bot.declare("alice", "sev1 checkout is down").await;
    (bot, room)
}

/// The latest of what arrived with bob.
fn latest(bot: &Bot) -> Arrival {
    bot.slack.phone("bob").pop().expect("something arrived")
}

fn line(bot: &Bot) -> Line {
    match latest(bot).what {
        Arrived::Call { line, .. } => line,
        other => panic!("no call: {other:?}"),
    }
}

async fn outcomes(bot: &Bot, way: Way) -> Vec<Outcome> {
    let history = bot.history("INC-1").await;
    let of = history.into_iter().filter_map(|what| match what {
        What::PageAttempted { attempt, .. } if attempt.way == Some(way) => Some(attempt.outcome),
        _ => None,
    });
    of.collect()
}

#[tokio::test]
async fn a_telephone_rings_and_a_key_acknowledges() {
    let (bot, room) = bot(&[(Way::Call, BOBS, 3)]).await;
    bot.slash_in("alice", &room, "/incident page checkout").await;
    bot.advance(minutes(2)).await;
    assert!(bot.slack.phone("bob").is_empty());
    bot.advance(minutes(1)).await;
    let Arrived::Call { words, .. } = latest(&bot).what else { panic!("no call: {:?}", latest(&bot)) };
    assert!(words.contains("checkout is down") && words.contains("Press 1 to acknowledge"), "{words}");
    let (bob, call) = (bot.slack.act_as("bob"), latest(&bot).id);
    assert_eq!(line(&bot), Line::Ringing);
    bob.press_key(&call, "1").await.expect("it rings");
    bot.settle().await;
    assert!(matches!(line(&bot), Line::Pressed { said, .. } if said.contains("You are on it")), "{:?}", line(&bot));
    bot.expect_once(&room, ":white_check_mark: @bob acknowledged by voice call after 3 min");
    assert!(outcomes(&bot, Way::Call).await.contains(&Outcome::Delivered));
    assert!(bob.press_key(&call, "2").await.is_err(), "the call is over");
}

#[tokio::test]
async fn a_call_that_nobody_takes_or_that_is_declined_is_heard_of() {
    let (bot, room) = bot(&[(Way::Call, BOBS, 0)]).await;
    bot.slash_in("alice", &room, "/incident page checkout").await;
    assert_eq!(line(&bot), Line::Ringing);
    bot.advance(minutes(1)).await;
    assert_eq!(line(&bot), Line::Missed);
    assert!(bot.said(&room).iter().any(|m| m.contains("nobody answered the telephone")), "{}", shown(&bot.said(&room)));
    bot.advance(minutes(1)).await;
    assert_eq!(line(&bot), Line::Ringing, "asked again");
    bot.slack.act_as("bob").decline_call(&latest(&bot).id).await.expect("it rings");
    bot.settle().await;
    assert_eq!(line(&bot), Line::Declined);
    let failed = |why: &str| Outcome::Failed { why: why.to_owned() };
    assert!(outcomes(&bot, Way::Call).await.contains(&failed("the line was busy")));
}

/// The address in it is the workspace's own, and leads to the bot, wherever that is.
#[tokio::test]
async fn a_text_message_has_a_link_that_acknowledges() {
    let (mut bot, room) = bot(&[(Way::Sms, BOBS, 1)]).await;
    bot.slash_in("alice", &room, "/incident page checkout").await;
    bot.advance(minutes(1)).await;
    let Arrived::Text { words } = latest(&bot).what else { panic!("no text: {:?}", latest(&bot)) };
    assert!(outcomes(&bot, Way::Sms).await.contains(&Outcome::Delivered));
    let link =
        words.split_whitespace().find(|word| word.starts_with(&bot.slack.page_url())).expect("a link").to_owned();
    bot.crash_and_restart().await;
    let (status, page) = bot.open(&link).await;
    assert!(status == 200 && page.contains("checkout is down"), "{status} {page}");
    assert_eq!(bot.press_link(&link, "acknowledge").await.0, 200);
    bot.expect_once(&room, ":white_check_mark: @bob acknowledged by SMS after 1 min");
}

#[tokio::test]
async fn where_slack_is_down_the_telephone_goes_first() {
    let (bot, room) = bot(&[(Way::Ntfy, "bob", 10)]).await;
    bot.slack.fault(Fault::new(FaultKind::Outage));
    bot.slash_in("alice", &room, "/incident page checkout").await;
    assert!(bot.slack.phone("bob").is_empty());
    for _ in 0..20 {
        bot.clock.advance(jiff::SignedDuration::from_secs(1));
        bot.settle().await;
    }
    let Arrived::Push { title, urgent, links, .. } = latest(&bot).what else { panic!("no push: {:?}", latest(&bot)) };
    assert!(title.contains("checkout is down") && urgent, "{title}");
    assert!(!bot.slack.dm("bob").iter().any(|m| m.contains("checkout")), "Slack has told nobody");
    let (label, link) = &links[0];
    assert_eq!(label, "Acknowledge");
    assert_eq!(bot.press_link(link, "acknowledge").await.0, 200);
    bot.slack.clear_faults();
    bot.advance(minutes(1)).await;
    bot.expect_once(&room, ":white_check_mark: @bob acknowledged by ntfy after");
}

/// Only whoever has the keys sends anything, and only to a number that is somebody's.
#[tokio::test]
async fn strangers_reach_no_telephone() {
    let world = World::new().await;
    let http = watchroom::adapters::http::client().expect("a client");
    let send = async |password: &str, to: &str| {
        let url = format!("{}2010-04-01/Accounts/{}/Messages.json", world.slack.twilio_url(), phones::TWILIO_ACCOUNT);
        let request = http.post(url).basic_auth(phones::TWILIO_ACCOUNT, Some(password));
        let fields = [("To", to), ("From", phones::FROM), ("Body", "hello")];
        request.form(&fields).send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(send("guessed", BOBS).await, 401);
    assert_eq!(send(phones::TWILIO_TOKEN, "+12025550199").await, 400);
    let push = http.post(world.slack.ntfy_url()).json(&serde_json::json!({ "topic": "bob", "message": "hello" }));
    assert_eq!(push.send().await.expect("an answer").status().as_u16(), 403);
    assert!(world.slack.phone("bob").is_empty());
    assert_eq!(send(phones::TWILIO_TOKEN, BOBS).await, 201);
    assert_eq!(world.slack.phone("bob").len(), 1);
    assert!(Url::parse(&world.slack.public_url()).is_ok());
}
