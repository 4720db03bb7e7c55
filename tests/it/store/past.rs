//! What a bot of the past recorded is read by every later one, and nothing of it is lost.
//!
//! `fixtures/bot-v1` was written by the bot that wrote version 1 of every event: `evening.jsonl` is the export of an evening in
//! `watchroom sandbox`, with an incident from its declaration to its second closing, one that was merged into it, one that was
//! cancelled, a need-to-know one with all records of a case, and a report; `paged` is a backup of a `watchroom serve` whose page
//! went to PagerDuty, where somebody acknowledged it whom Slack does not know. They are never made anew: a bot that records
//! something else is given an evening of its own, by `watchroom export` and `watchroom backup`, beside these.

use std::{fs, path::Path};

use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use watchroom::{
    alert::Noticed,
    ids::StreamId,
    incident::{Event, case::Filed, intake::Noted},
    paging::rota::{Personal, Rostered},
    store::journal,
};

use super::kit::copy;
use crate::harness::Bot;

fn fixtures() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/store/fixtures/bot-v1"))
}

/// Today's bot at `time`, on the record that `put` makes in its place.
async fn bot_on(time: &str, put: impl FnOnce(&Path)) -> Bot {
    let mut bot = Bot::start().await;
    bot.crash().await;
    fs::remove_dir_all(&bot.config.data).expect("our own directory");
    put(&bot.config.data);
    let time: Timestamp = time.parse().expect("a time");
    bot.clock.advance(time.duration_since(Timestamp::from_second(bot.clock_second()).expect("a time")));
    bot.restart().await;
    bot
}

/// The evening, a little after its last event.
async fn evening() -> Bot {
    let export = fs::read(fixtures().join("evening.jsonl")).expect("a fixture");
    bot_on("2026-11-27T17:24:00Z", |data| {
        assert_eq!(journal::import(data, &mut &export[..]).expect("imported").events, 92);
    })
    .await
}

/// The page at PagerDuty, a little after its last event.
async fn paged() -> Bot {
    bot_on("2026-11-27T17:16:00Z", |data| copy(&fixtures().join("paged"), data)).await
}

/// Everything that an event says, without the names that it says it under; those of its kind may change as well.
fn words(value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(all) => all.iter().flat_map(words).collect(),
        Value::Object(all) => all
            .iter()
            .filter(|(key, _)| !["kind", "fact"].contains(&key.as_str()))
            .flat_map(|(_, v)| words(v))
            .collect(),
        said => vec![said.to_string()],
    }
}

/// An event as today's bot reads it, written down once more; nothing where it is only read as text.
fn read(stream: &StreamId, body: &Value) -> Option<Value> {
    fn through<T: Serialize + DeserializeOwned>(body: &Value) -> Value {
        let event: T = serde_json::from_value(body.clone()).unwrap_or_else(|e| panic!("not readable: {e} in {body}"));
        serde_json::to_value(event).expect("our own types serialise")
    }
    Some(match stream {
        StreamId::Incident(_) => through::<Event>(body),
        StreamId::Schedule(_) => through::<Rostered>(body),
        StreamId::Person(_) => through::<Personal>(body),
        StreamId::Org(name) if name == "events" => through::<Noted>(body),
        StreamId::Org(name) if name == "reports" => through::<Filed>(body),
        StreamId::Org(name) if name == "alerts" => through::<Noticed>(body),
        StreamId::Org(_) => return None,
    })
}

/// Every event of these streams is read, and says what it said; how many there are.
async fn expect_read(bot: &Bot, streams: &[&str]) -> usize {
    let mut count = 0;
    for stream in streams {
        let stream: StreamId = stream.parse().expect("a stream");
        for event in bot.app().engine.store().events(&stream, 1, 1000).await.expect("a record") {
            count += 1;
            let Some(today) = read(&stream, &event.body) else { continue };
            let mut left = words(&today);
            for said in words(&event.body) {
                let at = left.iter().position(|word| *word == said);
                let at = at.unwrap_or_else(|| panic!("event {} of {stream} said {said}: {today}", event.seq));
                left.swap_remove(at);
            }
        }
    }
    count
}

/// What is asked is answered with all of this.
async fn expect_said(bot: &Bot, asked: &str, parts: &[&str]) {
    let answer = bot.slash("alice", &format!("/incident {asked}")).await.text;
    for part in parts {
        assert!(answer.contains(part), "`{asked}`: no `{part}` in {answer}");
    }
}

#[tokio::test]
async fn no_word_of_an_older_record_is_lost() {
    let bot = evening().await;
    let streams = ["inc/INC-1", "inc/INC-2", "inc/INC-3", "inc/SEC-1", "org/reports", "org/playbook"];
    assert!(expect_read(&bot, &streams).await >= 92);
    let verified = journal::verify(&bot.config.data).expect("every link holds");
    assert_eq!((verified.streams, verified.erased), (6, 1));
    let bot = paged().await;
    assert!(expect_read(&bot, &["inc/INC-1", "org/playbook"]).await >= 13);
    assert_eq!(journal::verify(&bot.config.data).expect("every link holds").streams, 2);
}

#[tokio::test]
async fn an_older_record_of_an_incident_says_what_it_said_and_goes_on() {
    let bot = evening().await;
    let card = ["checkout is down for everybody", "SEV1", "Closed", "<@U0BOB>", "https://graphs.example/checkout"];
    expect_said(&bot, "show INC-1", &card).await;
    let course = [
        "declared 9 min later",
        "Communications lead <@U0DAVE>",
        "changed: the cache was emptied",
        "decided: we put the old cache back",
        "may we restart it?",
        "fixed: the old cache is back",
        "nobody can pay",
        "carts are lost again",
        "We put the old cache back; carts are kept",
    ];
    expect_said(&bot, "INC-1 summary", &course).await;
    let entries = [
        "asks for help: <@U0BOB> (checkout)",
        "acknowledged after 2 min",
        "_[redacted]_",
        "the error rate is at 40 %",
        "edited entry 21: the error rate is at 45 %",
        "The message of entry 21 was deleted in Slack",
        "Task 1 for <@U0BOB>",
        "took over as *Incident commander*",
        "redacted entry 20",
    ];
    expect_said(&bot, "INC-1 timeline", &entries).await;
    expect_said(&bot, "show INC-2", &["carts are slow", "INC-1"]).await;
    expect_said(&bot, "show INC-3", &["the logo is blurred", "Cancelled"]).await;
    let before = bot.history("INC-1").await.len();
    bot.slash("bob", "/incident INC-1 reopen the cache is cold again").await;
    bot.slash("bob", "/incident INC-1 note the shop is slow").await;
    expect_said(&bot, "show INC-1", &["Investigating"]).await;
    assert!(bot.history("INC-1").await.len() >= before + 2, "it goes on");
    let declared = bot.slash("bob", "/incident declare sev3 search is slow").await.text;
    assert!(declared.starts_with("INC-4 "), "numbers go on: {declared}");
    journal::verify(&bot.config.data).expect("every link holds");
}

#[tokio::test]
async fn an_older_record_of_a_case_says_what_it_said_and_goes_on() {
    let bot = evening().await;
    expect_said(&bot, "show SEC-1", &["zebra tokens were read", "SEV2", "Customer communications lead: <@U0BOB>"])
        .await;
    let customers =
        ["Order: Quagga first", "approved by <@U0ALICE>", "sec@quagga.example", "Issue new ones", "not affected"];
    expect_said(&bot, "SEC-1 customers", &customers).await;
    let digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    expect_said(&bot, "SEC-1 evidence", &["the disk image", digest, "custodian <@U0BOB>", "locker 7"]).await;
    let observed = ["the backup was not read", "a stranger copied the tokens", "the access log shows it"];
    expect_said(&bot, "SEC-1 observe", &observed).await;
    expect_said(&bot, "SEC-1 external", &["<@U0ERIN>", "NDA", "reads the disk image"]).await;
    expect_said(&bot, "reports", &["R-1", "A stranger used our tokens"]).await;
    let outside = bot.slash("dave", "/incident show SEC-1").await.text;
    assert!(outside.contains("There is no SEC-1"), "who is outside stays outside: {outside}");
    bot.slash("bob", "/incident SEC-1 evidence pass 1 @carol the vault").await;
    expect_said(&bot, "SEC-1 evidence", &["custodian <@U0CAROL>", "the vault"]).await;
    journal::verify(&bot.config.data).expect("every link holds");
}

#[tokio::test]
async fn an_older_record_of_a_page_at_another_provider_says_what_it_said_and_goes_on() {
    let bot = paged().await;
    let told = ["PZED acknowledged in PagerDuty", "PagerDuty (PSVC) asks the next ones there: Zoe"];
    expect_said(&bot, "INC-1 timeline", &told).await;
    expect_said(&bot, "show INC-1", &["checkout is down", "SEV1"]).await;
    let answer = bot.slash("bob", "/incident INC-1 ack").await.text;
    assert!(!answer.contains("could not"), "{answer}");
    expect_said(&bot, "INC-1 timeline", &["<@U0BOB> acknowledged"]).await;
    journal::verify(&bot.config.data).expect("every link holds");
}
