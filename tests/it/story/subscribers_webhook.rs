//! Programs that subscribed to the status page.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use jiff::SignedDuration;
use serde_json::{Value, json};
use sha2::Sha256;
use watchroom::status::ComponentStatus;

use super::status_page::update;
use crate::harness::{
    minutes,
    neighbour::{Asked, Fault, Neighbour},
    subscribers::{link, subscribing},
};

const OWNER: &str = "ops@customer.example";

async fn program() -> Neighbour {
    Neighbour::start(|_, _| (200, json!({}))).await
}

/// The signature, computed as the specification says.
fn signature(secret: &str, asked: &Asked) -> String {
    let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").expect("a secret")).expect("base64");
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("a key");
    let body = String::from_utf8(asked.body.clone()).expect("text");
    mac.update(format!("{}.{}.{body}", asked.header("webhook-id"), asked.header("webhook-timestamp")).as_bytes());
    format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
}

/// A program is told once whoever answers for it confirmed it: signed, once for each update, with what hosted pages tell.
#[tokio::test]
async fn a_program_is_told_signed_and_behind_an_answer_that_was_lost_again() {
    let (bot, server) = subscribing(|_| {}).await;
    let program = program().await;
    let url = program.url.join("updates").expect("an address").to_string();
    let asked = bot.ask_for_updates("8.8.8.8", &[("mail", OWNER), ("webhook", &url)]).await;
    assert_eq!(asked.0, 202, "{}", asked.1);
    let link = link(&server.taken_for(OWNER)[0], &bot.url);
    assert!(!bot.open(&link).await.1.contains("whsec_"), "whoever has not confirmed may be somebody else");
    bot.declare("alice", "sev2 checkout is down").await;
    update(&bot, "alice", "Nobody hears this", &[]).await;
    assert!(program.done().is_empty());
    let page = bot.press_subscription(&link, &[("do", "keep")]).await.1;
    let secret = page.split("<code>").nth(1).and_then(|rest| rest.split('<').next()).expect("a secret");
    let secret = &secret.replace("&#x2f;", "/");

    program.fail([Fault::Cut, Fault::Status(500)]);
    update(&bot, "alice", "Some payments fail", &[("pay", ComponentStatus::PartialOutage)]).await;
    for _ in 0..2 {
        bot.advance(minutes(1)).await;
    }
    let told = program.done();
    let [first, again] = &told[..] else { panic!("{told:?}") };
    assert_eq!((first.path.as_str(), first.header("webhook-id")), ("/updates", again.header("webhook-id")));
    assert_eq!(first.header("webhook-signature"), signature(secret, first));
    let body = first.json();
    assert_eq!(body["page"]["status_indicator"], "major");
    assert_eq!(body["incident"]["status"], "investigating");
    assert_eq!(body["incident"]["incident_updates"].as_array().map(Vec::len), Some(2));
    assert!(body["meta"]["unsubscribe"].as_str().is_some_and(|url| url.contains("/subscription/")), "{body}");
    assert!(!body.to_string().contains(OWNER) && !body.to_string().contains("INC-1"), "{body}");
    assert_eq!(server.taken_for(OWNER).len(), 1, "updates are not mailed to its owner");
    update(&bot, "alice", "Payments by card fail", &[]).await;
    assert_ne!(program.done()[2].header("webhook-id"), first.header("webhook-id"));
}

/// One that does not answer for a day is told nothing any more; its owner hears of that once, and can let it go on.
#[tokio::test]
async fn a_program_that_is_away_for_long_is_stopped_with_one_notice() {
    let (bot, server) = subscribing(|_| {}).await;
    let program = program().await;
    let link = bot.subscribe(&server, OWNER, &[("webhook", program.url.as_str())]).await;
    bot.subscribe(&server, "reader@customer.example", &[]).await;
    bot.declare("alice", "sev2 checkout is down").await;
    program.fail((0..2000).map(|_| Fault::Status(503)));
    update(&bot, "alice", "Some payments fail", &[]).await;
    update(&bot, "alice", "Payments by card fail", &[]).await;
    assert_eq!(server.taken_for("reader@customer.example").len(), 3, "it holds up nobody else");
    for _ in 0..25 {
        bot.clock.advance(SignedDuration::from_hours(1));
        bot.settle().await;
    }
    let notices = || server.taken_for(OWNER).iter().filter(|mail| mail.shown().contains("did not answer")).count();
    assert_eq!((notices(), program.done().len()), (1, 0));
    assert!(bot.open(&link).await.1.contains("is told nothing any more"));
    update(&bot, "alice", "Payments fail everywhere", &[]).await;
    bot.advance(minutes(10)).await;
    assert_eq!((notices(), program.done().len()), (1, 0), "it is stopped");
    bot.press_subscription(&link, &[("do", "keep")]).await;
    program.forgive();
    update(&bot, "alice", "Payments work again", &[]).await;
    bot.advance(minutes(1)).await;
    let told: Vec<Value> = program.done().iter().map(Asked::json).collect();
    assert_eq!(told.len(), 1, "it goes on with what comes then: {told:?}");
}

/// One that sends the bot elsewhere is not followed: an address that nobody looked at is not called.
#[tokio::test]
async fn a_program_sends_the_bot_nowhere_else() {
    let elsewhere = program().await;
    let to = elsewhere.url.to_string();
    let app = axum::Router::new().fallback(move || {
        let to = to.clone();
        async move { (axum::http::StatusCode::TEMPORARY_REDIRECT, [("location", to)]) }
    });
    let door = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/x", door.local_addr().expect("its own"));
    let mut served = tokio::task::JoinSet::new();
    served.spawn(async move { axum::serve(door, app).await });
    let (bot, server) = subscribing(|_| {}).await;
    let link = bot.subscribe(&server, OWNER, &[("webhook", &url)]).await;
    bot.declare("alice", "sev2 checkout is down").await;
    update(&bot, "alice", "Some payments fail", &[]).await;
    bot.advance(minutes(2)).await;
    assert!(elsewhere.done().is_empty(), "{:?}", elsewhere.done());
    assert_eq!(bot.open(&link).await.0, 200, "it is tried again, for somebody may mend it");
}

/// One that says that it is gone is forgotten; and nobody has the bot call into a private network, nor anything but https.
#[tokio::test]
async fn a_program_that_is_gone_is_forgotten_and_none_is_in_our_own_network() {
    let (bot, server) = subscribing(|_| {}).await;
    let program = program().await;
    let link = bot.subscribe(&server, OWNER, &[("webhook", program.url.as_str())]).await;
    bot.declare("alice", "sev2 checkout is down").await;
    program.fail([Fault::Status(410)]);
    update(&bot, "alice", "Some payments fail", &[]).await;
    assert_eq!(bot.open(&link).await.0, 404);
    assert_eq!(bot.app().engine.subscribers_count().await.expect("read").confirmed, 0);

    let (bot, server) = subscribing(|config| {
        let page = config.settings.status_page.as_mut().expect("a page");
        page.subscribers = Some(watchroom::config::SubscriberSettings { private_webhooks: false });
    })
    .await;
    let wrong = [
        "http://program.example/x",
        "https://127.0.0.1/x",
        "https://169.254.169.254/latest",
        "https://[::1]/",
        "https://2130706433/",
        "https://user:password@program.example/",
        "ftp://program.example/",
        "program",
    ];
    for (n, url) in wrong.into_iter().enumerate() {
        let from = format!("8.8.8.{n}");
        assert_eq!(bot.ask_for_updates(&from, &[("mail", OWNER), ("webhook", url)]).await.0, 422, "{url}");
    }
    assert!(server.taken().is_empty());
    // A name is looked at where it is resolved: nothing knocks at this door.
    let door = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("https://localhost:{}/x", door.local_addr().expect("its own").port());
    let link = bot.subscribe(&server, OWNER, &[("webhook", &url)]).await;
    bot.declare("alice", "sev2 checkout is down").await;
    update(&bot, "alice", "Some payments fail", &[]).await;
    bot.advance(minutes(1)).await;
    assert_eq!(bot.open(&link).await.0, 200, "it waits, and never gets there");
    assert!(futures_util::FutureExt::now_or_never(door.accept()).is_none(), "the bot called into its own network");
}
