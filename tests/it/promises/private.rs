//! Private stays private: a need-to-know incident shows nothing on any surface to anyone outside it.
//!
//! Random histories of open and need-to-know incidents are played by people inside and outside. Every word that is secret is one
//! of its own kind, so that it can be searched for in bytes. What leaves the bot is taken where it leaves: every call to
//! Slack, with whoever can read there, everything that goes by another way, by a webhook, to another provider or to a pager of
//! one's own, every answer to a request, every page over HTTP, what connectors publish, our own status page in every form that it has, every
//! line of the log; and at the end everything that stands in Slack. What is added to the bot later leaves by the same doors; verbs, buttons, forms and pages are taken from where the bot
//! itself has them.

mod acts;
mod history;
mod leaks;
mod log;
mod looks;
mod neighbours;
mod outside;
mod page;
mod ways;

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use proptest::{collection::vec, prelude::*, test_runner::TestRunner};

use self::{acts::ACTS, history::History};
use crate::store::crash::variable;

/// How many histories are played, and for how long new ones are begun. The variable `WATCHROOM_PRIVACY_CASES` asks for more and
/// takes whatever time they need, which nextest does not give: `WATCHROOM_PRIVACY_CASES=500 cargo test --test it nobody_outside_reads`.
const CASES: u32 = 8;
const LONG_ENOUGH: Duration = Duration::from_secs(12);

/// [G9] Whatever happens, in whatever order, and whoever looks by whatever way: nobody outside reads a word of it.
#[test]
fn nobody_outside_reads_a_word_of_a_secret() {
    let wanted = variable("WATCHROOM_PRIVACY_CASES").map(|cases| cases.parse().expect("a number"));
    let config = ProptestConfig {
        cases: wanted.unwrap_or(CASES),
        max_shrink_iters: 16,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let _log = log::start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (began, played) = (Instant::now(), Cell::new(0));
    let acts = vec((0..ACTS, 0..5_usize, 0..5_usize, 0..256_usize), 20..40);
    TestRunner::new(config)
        .run(&acts, |acts| {
            // A slow machine plays fewer, but never none.
            if wanted.is_none() && played.get() > 1 && began.elapsed() > LONG_ENOUGH {
                return Ok(());
            }
            played.set(played.get() + 1);
            let found = runtime.block_on(History::played(&acts));
            prop_assert!(found.is_empty(), "{}", found.join("\n"));
            Ok(())
        })
        .expect("nothing leaks");
}

/// The search finds what is there: a word that everybody may read is found with everybody who may read it, by every way.
#[tokio::test]
async fn the_search_finds_what_is_said_aloud() {
    let _log = log::start();
    let mut history = History::start().await;
    history.declare_aloud().await;
    history.read_page().await;
    let found = history.leaks.join("\n");
    for way in [
        "calls chat.postMessage",
        "calls chat.update",
        "calls conversations.create",
        "stands in Slack",
        "answers",
        "neighbour is told",
        "the program is told",
        // Our own page.
        "the file status/index.html",
        "the file status/history/index.html",
        "the file status/incidents/",
        "the file api/v2/summary.json",
        "the file api/v2/incidents.json",
        "the file history.atom",
        "the file history.rss",
        "/status in ja",
        "/api/v2/incidents/unresolved.json in en",
        // The register's channels for customers and for the leadership.
        "\"channel\":\"C0SUPPORT\"",
        "\"channel\":\"C0INCIDENTS\"",
    ] {
        assert!(found.contains(way), "not found by what {way}: {found}");
    }
    assert_eq!(history.neighbours.idle(), Vec::<&str>::new(), "nobody is left out");
    tracing::trace!(word = history.word_of_first(), "a line of the log");
    history.weigh(None).await;
    assert!(history.leaks.iter().any(|leak| leak.contains("the log says")), "{:?}", history.leaks);
}

/// [G9] [H5] Whom the playbook names is asked and informed of a secret, each sort of them, and reads no word of it: a group is told that a
/// phase began, whoever is on call is asked, and of what is outside Slack those in the room are asked to tell.
#[tokio::test]
async fn whom_the_playbook_names_hears_of_a_secret_and_reads_no_word() {
    let _log = log::start();
    let mut history = History::start().await;
    history.act(2, 0, 1, 0).await;
    history.write(0, "SEC-1".parse().expect("an id"), true).await;
    history.say(0, "SEC-1 phase containment it goes on").await;
    history.act(7, 0, 0, 3).await;
    for (who, heard) in [("carol", "Containment* began"), ("dave", "Advisor: legal of SEC-1")] {
        assert!(history.bot.slack.dm(who).iter().any(|m| m.contains(heard)), "{who}: {:?}", history.bot.slack.dm(who));
    }
    assert!(history.bot.slack.dm("bob").is_empty(), "{:?}", history.bot.slack.dm("bob"));
    let room = history.bot.secret_room();
    assert!(history.bot.said(&room).iter().any(|m| m.contains("call +49 30 1234567")), "{:?}", history.bot.said(&room));
    let shared = history.bot.said(&room).iter().filter(|m| m.contains("Draft by")).count();
    assert!(shared > 0, "a text for the public is a draft in the room: {:?}", history.bot.said(&room));
    assert_eq!(history.end().await, Vec::<String>::new());
}

/// [K6] What those whom the playbook names for it release is public with its own words alone, and what is written after it is not; what was
/// public of an incident that goes on as a secret is taken down.
#[tokio::test]
async fn what_is_released_is_public_with_its_own_words_alone() {
    let _log = log::start();
    let mut history = History::start().await;
    let secret = "SEC-1".parse().expect("an id");
    history.act(2, 0, 1, 0).await;
    history.release(secret).await;
    let posts = history.posts().await;
    assert_eq!(posts.len(), 1, "{posts:?}");
    history.write(0, secret, true).await;
    assert_eq!(history.posts().await, posts, "the next one is a draft");

    history.act(0, 1, 0, 0).await;
    history.write(1, "INC-1".parse().expect("an id"), true).await;
    assert_eq!(history.posts().await.len(), 2);
    history.say(1, "INC-1 private somebody reads it").await;
    assert_eq!(history.posts().await, posts, "the other one is gone");
    assert_eq!(history.end().await, Vec::<String>::new());
}
