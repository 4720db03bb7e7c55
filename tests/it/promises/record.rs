//! The record cannot be quietly changed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use watchroom::store::journal;

use crate::harness::{Bot, minutes};

/// An incident with all sorts of words, one of them redacted; the bot has crashed at its end.
async fn story() -> Bot {
    let mut bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident note the password is hunter2").await;
    let history = bot.history("INC-1").await.len();
    bot.slash_in("alice", &room, "/incident note the cache was cold").await;
    bot.slash_in("alice", &room, "/incident update We roll back").await;
    bot.slash_in("alice", &room, &format!("/incident redact {history} a secret")).await;
    bot.slash_in("alice", &room, "/incident page @bob").await;
    bot.advance(minutes(12)).await;
    bot.slash_in("alice", &room, "/incident resolve -- a new cache").await;
    bot.crash().await;
    bot
}

fn segments(data: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(data.join("journal")).expect("a journal");
    let mut paths: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).collect();
    paths.sort();
    paths
}

#[tokio::test]
async fn the_chain_holds_after_a_story_and_after_a_redaction() {
    let bot = story().await;
    let verified = journal::verify(&bot.config.data).expect("every link holds");
    // The incident, and the playbook that it was declared under.
    assert_eq!((verified.streams, verified.erased), (2, 1));
    assert!(verified.events > 15 && verified.unfinished.is_none(), "{verified:?}");
    let mut out = Vec::new();
    journal::export(&bot.config.data, None, &mut out).expect("exported");
    let out = String::from_utf8(out).expect("text");
    assert!(out.contains("the cache was cold") && !out.contains("hunter2"), "the words are gone");
    assert!(out.contains("a secret"), "who took them away, and why, stays");
}

#[tokio::test]
async fn the_chain_can_be_walked_beside_the_running_bot() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    for n in 0..5 {
        let before = journal::verify(&bot.config.data).expect("every link holds").events;
        bot.slash_in("alice", &room, &format!("/incident note number {n}")).await;
        assert_eq!(journal::verify(&bot.config.data).expect("every link holds").events, before + 1);
    }
}

#[tokio::test]
async fn any_flipped_byte_is_found_and_named() {
    let bot = story().await;
    let data = &bot.config.data;
    let whole = journal::verify(data).expect("every link holds");
    let path = segments(data).pop().expect("a segment");
    let bytes = fs::read(&path).expect("read");
    let step = (bytes.len() / 97).max(1);
    let mut named = 0;
    for at in (0..bytes.len()).step_by(step) {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1;
        fs::write(&path, &flipped).expect("written");
        match journal::verify(data) {
            Err(error) => {
                let error = error.to_string();
                assert!(error.contains(".jsonl line "), "byte {at}: {error}");
                named += 1;
            }
            // In the last group it may also be a write that was never finished, which is told too.
            Ok(found) => assert!(found.unfinished.is_some(), "byte {at}: {found:?}"),
        }
    }
    assert!(named > 80, "{named} named");
    fs::write(&path, &bytes).expect("written");
    assert_eq!(journal::verify(data).expect("every link holds"), whole);
}

#[tokio::test]
async fn a_line_that_was_taken_out_or_put_in_is_found() {
    let bot = story().await;
    let data = &bot.config.data;
    let path = segments(data).pop().expect("a segment");
    let text = fs::read_to_string(&path).expect("read");
    let lines: Vec<&str> = text.lines().collect();
    for at in 1..lines.len() / 2 {
        let mut fewer = lines.clone();
        fewer.remove(at);
        fs::write(&path, fewer.join("\n") + "\n").expect("written");
        assert!(journal::verify(data).is_err(), "line {at} is missing: {}", lines[at]);
        let mut more = lines.clone();
        more.insert(at, lines[at]);
        fs::write(&path, more.join("\n") + "\n").expect("written");
        assert!(journal::verify(data).is_err(), "line {at} is there twice: {}", lines[at]);
    }
}

#[tokio::test]
async fn words_cannot_be_swapped_for_others_of_the_same_length() {
    let bot = story().await;
    let data = &bot.config.data;
    let path = segments(data).pop().expect("a segment");
    let text = fs::read_to_string(&path).expect("read");
    assert!(text.contains("the cache was cold"));
    fs::write(&path, text.replace("the cache was cold", "the cache was warm")).expect("written");
    let error = journal::verify(data).expect_err("found").to_string();
    assert!(error.contains("INC-1") && error.contains(".jsonl line "), "{error}");
}
