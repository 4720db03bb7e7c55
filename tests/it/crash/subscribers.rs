//! Some hundred subscribers are told while the bot is killed again and again: nobody is passed over, and nobody gets what was recorded to
//! have been sent again.

use std::{collections::BTreeMap, time::Duration};

use serde_json::Value;
use watchroom::sandbox::{Handle, Outcome};

use crate::harness::{
    binary::{Place, Served, eventually, slack},
    neighbour::mail::{PASSWORD, Server},
    subscribers::link,
};

/// So many.
const MANY: usize = 240;
/// So often it is killed on the way.
const KILLS: usize = 3;
/// So many rows are told beside each other: what each had just handed over when it was killed may not be recorded.
const ROWS: usize = 8;

const PAGE: &str = r#"
[mail]
from = "Watchroom <watchroom@example.com>"

[status_page]
name = "Example"
url = "https://status.example.com"
[status_page.subscribers]
[[status_page.components]]
id = "pay"
"#;

/// A bot with a page, and its mail server.
async fn place(slack: &Handle) -> (Place, Server) {
    let server = Server::start().await;
    let mut place = Place::beside(slack);
    place.write("watchroom.toml", &format!("{}{PAGE}", crate::harness::binary::SETTINGS));
    let port = server.config().port;
    let password = PASSWORD.replace(' ', "%20");
    place.set("SMTP_URL", &format!("smtp://watchroom:{password}@127.0.0.1:{port}?tls=none"));
    place.set("RUST_LOG", "debug");
    (place, server)
}

async fn post(url: &str, from: &str, fields: &[(&str, &str)]) -> u16 {
    let http = watchroom::adapters::http::client().expect("a client");
    let request = http.post(url).header("x-forwarded-for", from).form(fields);
    request.send().await.expect("an answer").status().as_u16()
}

async fn subscribe_all(bot: &Served, server: &Server) {
    for n in 0..MANY {
        let (mail, from) = (mailbox(n), format!("8.8.{}.{}", n / 8, n % 8));
        assert_eq!(post(&format!("{}/status/subscribe", bot.url), &from, &[("mail", &mail)]).await, 202);
    }
    eventually("all are asked to confirm", async || server.taken().len() == MANY).await;
    for mail in server.taken() {
        assert_eq!(post(&link(&mail, &bot.url), "8.8.8.8", &[("do", "keep")]).await, 200);
    }
}

fn mailbox(n: usize) -> String {
    format!("reader{n}@customer.example")
}

/// Sends an update for the public, as a person does.
async fn update(slack: &Handle, bot: &Served) {
    let alice = slack.act_as("alice");
    alice.slash("general", "/incident declare sev2 checkout is down").await.expect("typed").expect_ok();
    bot.settle(slack).await;
    let room = slack.channels().into_iter().find(|c| c.name.starts_with("inc-1")).expect("a room").id;
    alice.slash(&room, "/incident channels").await.expect("typed").expect_ok();
    let register = slack.ephemerals("alice", &room).pop().expect("the register");
    alice.press(&register, "Write update for customers").await.expect("pressed");
    eventually("the form is there", async || slack.view("alice").is_some()).await;
    let values = [("Impact", "Some payments fail"), ("Next update", "in 30 min")];
    alice.fill(values.map(|(name, value)| (name, Value::from(value)))).await.expect("fields");
    assert_eq!(alice.submit().await.expect("sent"), Outcome::Updated, "shown first");
    let sent = alice.submit().await.expect("sent");
    assert!(matches!(sent, Outcome::Closed | Outcome::Cleared), "{sent:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_while_subscribers_are_told_loses_and_doubles_nobody() {
    let slack = slack().await;
    let (place, server) = place(&slack).await;
    let mut bot = place.serve();
    slack.set_bot_url(&bot.url);
    subscribe_all(&bot, &server).await;
    let mut logs = String::new();
    let before = server.taken().len();
    server.take_time(Duration::from_millis(20));
    update(&slack, &bot).await;
    for kill in 1..=KILLS {
        eventually("some are told", async || server.taken().len() > before + kill * MANY / (KILLS + 2)).await;
        bot.kill();
        logs += &bot.log();
        bot = place.serve();
        slack.set_bot_url(&bot.url);
    }
    bot.settle(&slack).await;
    logs += &bot.log();
    let mut told: BTreeMap<String, Vec<String>> = (0..MANY).map(|n| (mailbox(n), Vec::new())).collect();
    for mail in server.taken().into_iter().skip(before) {
        told.get_mut(&mail.to).expect("a subscriber").push(mail.header("Message-ID"));
    }
    assert_eq!(told.iter().filter(|(_, mails)| mails.is_empty()).count(), 0, "nobody is passed over");
    let twice: Vec<_> = told.values().filter(|mails| mails.len() > 1).collect();
    assert!(twice.len() <= KILLS * ROWS, "only what was just handed over may come again: {}", twice.len());
    assert!(twice.iter().all(|mails| mails.iter().all(|id| *id == mails[0])), "and its reader's program can tell");
    assert!(!logs.contains("customer.example") && logs.contains("watchroom serves"), "addresses stand in no log");
    place.run(&["verify"]).fine();
}
