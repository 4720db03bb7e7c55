//! Several bots over one database: one conversation, whoever answers; and one that carries on when another dies.

use std::{sync::Arc, time::Duration};

use tokio::net::TcpListener;
use watchroom::{
    app::{self, App, Ports},
    config::Secret,
    store::AtRest,
};

use crate::{
    harness::{Bot, shown},
    store::database::Database,
};

/// How long a takeover may take: a process that is gone without a word keeps its lease for ten seconds.
const PATIENCE: Duration = Duration::from_secs(18);

/// A bot over this database, and another one beside it.
async fn two(database: &Database) -> (Bot, App, String) {
    let bot = Bot::configured(|config| config.database = Some(Secret::new(&database.url()))).await;
    // The first has leave to carry out jobs.
    bot.settle().await;
    let ports = Ports { unhurried: true, ..Ports::default() };
    let other = app::build(&bot.config, Arc::new(bot.clock.clone()), ports).await.expect("the second starts");
    other.start();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", other.listen(listener).expect("a free port"));
    (bot, other, url)
}

fn verified(database: &Database) -> u64 {
    AtRest::Database(database.url()).verify().expect("every link holds").events
}

/// People talk to whichever bot the balancer chooses. Numbers go on, nothing is said twice, and what is said stands in order.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_answers_it_is_one_bot() {
    let database = Database::new();
    let (bot, other, other_url) = two(&database).await;
    let urls = [bot.url.clone(), other_url];
    let room = bot.declare("alice", "sev1 checkout is down").await;
    for n in 0..6 {
        bot.slack.set_bot_url(&urls[(n + 1) % 2]);
        let answer = bot.slash_in("alice", &room, &format!("/incident note finding {n}")).await;
        assert!(!answer.text.contains("Try again"), "{}", answer.text);
    }
    for (n, what) in ["sev3 search is slow", "sev3 mail is late", "sev3 pay is odd"].iter().enumerate() {
        bot.slack.set_bot_url(&urls[n % 2]);
        bot.declare("bob", what).await;
    }
    let rooms: Vec<_> = bot.slack.channels().into_iter().map(|c| c.name).filter(|n| n.starts_with("inc-")).collect();
    let expected = ["inc-1-checkout-is-down", "inc-2-search-is-slow", "inc-3-mail-is-late", "inc-4-pay-is-odd"];
    assert_eq!(rooms, expected);
    // Each declared through one bot, and told of by whichever works.
    for what in ["checkout is down", "search is slow", "mail is late", "pay is odd"] {
        bot.expect_once("incidents", what);
    }
    let timeline = bot.slash_in("alice", &room, "/incident timeline").await;
    let places: Vec<_> = (0..6).map(|n| timeline.text.find(&format!("finding {n}"))).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?} in {}", timeline.text);
    assert!(verified(&database) > 10);
    other.stop().await;
}

/// The bot that carries out the work dies without a word: the other one takes it up, and does nothing again that was done.
#[tokio::test(flavor = "multi_thread")]
async fn when_one_dies_the_other_carries_on() {
    let database = Database::new();
    let (mut bot, other, other_url) = two(&database).await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.crash().await;
    bot.slack.set_bot_url(&other_url);
    let person = bot.slack.act_as("bob");
    let answer = person.slash("general", "/incident declare sev2 search is slow").await.expect("typed");
    assert_eq!(answer.error, None, "{:?}", answer.complaints);
    assert!(answer.text.contains("INC-2"), "{}", answer.text);
    let taken_over = async {
        while !bot.slack.channels().iter().any(|channel| channel.name == "inc-2-search-is-slow") {
            other.settled().await;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, taken_over).await.expect("the other one makes the room");
    other.settled().await;
    bot.settle().await;
    other.settled().await;
    for what in ["checkout is down", "search is slow"] {
        bot.expect_once("incidents", what);
    }
    let cards = bot.slack.messages(&room).iter().filter(|m| m.contains("Assign roles")).count();
    assert_eq!(cards, 1, "{}", shown(&bot.slack.messages(&room)));
    assert!(verified(&database) > 2);
    other.stop().await;
}
