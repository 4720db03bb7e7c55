//! The leadership hears what is open, at its time: once, whatever happens meanwhile, and never of what is need-to-know.

use jiff::{SignedDuration, civil::time};
use watchroom::config::Digest;

use crate::harness::{Bot, minutes, shown};

/// At five in the morning in Berlin, an hour after stories begin.
fn digest(when_nothing: bool) -> Digest {
    Digest {
        channel: "general".into(),
        at: time(5, 0, 0, 0),
        days: vec![],
        timezone: "Europe/Berlin".into(),
        when_nothing,
    }
}

async fn with_digest(when_nothing: bool) -> Bot {
    Bot::with(|settings| settings.digest = Some(digest(when_nothing))).await
}

async fn pass(bot: &Bot, hours: i64) {
    bot.clock.advance(SignedDuration::from_hours(hours));
    bot.settle().await;
}

/// At its time what is open stands in the channel, the worst first, once; what is over or need-to-know is none of it.
#[tokio::test]
async fn what_is_open_is_told_at_its_time() {
    let mut bot = with_digest(false).await;
    bot.declare("alice", "sev3 search is slow").await;
    bot.declare("alice", "sev1 checkout is down").await;
    let over = bot.declare("alice", "sev1 mail is down").await;
    bot.slash_in("alice", &over, "/incident cancel false alarm").await;
    bot.declare_secret("alice", "sev1 security: zebra tokens").await;
    bot.advance(minutes(59)).await;
    assert_eq!(bot.count("general", "incidents are open"), 0, "it is not time yet");
    bot.advance(minutes(2)).await;
    bot.expect_once("general", "2 incidents are open");
    let said = bot.said("general").into_iter().find(|m| m.contains("incidents are open")).expect("told");
    let at = |part: &str| said.text.find(part).unwrap_or_else(|| panic!("no `{part}` in {said}"));
    assert!(at("checkout is down") < at("search is slow"), "{said}");
    assert!(said.text.contains("led by <@U0ALICE>"), "{}", said.text);
    for hidden in ["SEC-", "zebra", "mail is down"] {
        assert!(!said.contains(hidden), "`{hidden}` in {said}");
    }
    bot.crash_and_restart().await;
    bot.advance(minutes(5)).await;
    bot.expect_once("general", "2 incidents are open");
    pass(&bot, 24).await;
    assert_eq!(bot.count("general", "2 incidents are open"), 2, "and the next day again");
}

/// After a pause it is told once, late, and says so; what was due before anybody asked for it never is.
#[tokio::test]
async fn a_digest_that_was_missed_is_told_once() {
    let mut bot = with_digest(false).await;
    bot.declare("alice", "sev1 checkout is down").await;
    assert_eq!(bot.count("general", "is open"), 0, "{}", shown(&bot.said("general")));
    bot.crash().await;
    bot.clock.advance(SignedDuration::from_hours(24 * 3 + 4));
    bot.restart().await;
    bot.expect_once("general", "One incident is open");
    bot.expect_once("general", "This was due");
    bot.crash_and_restart().await;
    bot.advance(minutes(2)).await;
    bot.expect_once("general", "One incident is open");
}

/// Where nothing is open nothing is said, unless that is wanted.
#[tokio::test]
async fn nothing_is_said_of_nothing() {
    let (quiet, wanted) = (with_digest(false).await, with_digest(true).await);
    for bot in [&quiet, &wanted] {
        pass(bot, 1).await;
    }
    assert_eq!(quiet.count("general", "is open"), 0);
    wanted.expect_once("general", "No incident is open");
}

/// Where the answer to a digest was lost and meanwhile all is over, nothing more is posted; what may stand there is brought up to date, and found
/// when words are redacted.
#[tokio::test]
async fn a_digest_whose_answer_was_lost_is_neither_repeated_nor_left_behind() {
    use watchroom::sandbox::{Fault, FaultKind};
    for (kind, stands) in [(FaultKind::DropBefore, 0), (FaultKind::DropAfter, 1)] {
        let bot = with_digest(false).await;
        let room = bot.declare("alice", "sev1 zebra is down").await;
        bot.advance(minutes(59)).await;
        bot.slack.fault(Fault::new(kind).on("chat.postMessage"));
        bot.advance(minutes(1)).await;
        bot.slack.clear_faults();
        bot.slash_in("alice", &room, "/incident cancel false alarm").await;
        bot.advance(minutes(10)).await;
        let said: Vec<_> = bot.said("general").into_iter().filter(|m| m.contains("incident is open")).collect();
        assert_eq!(said.len(), stands, "{kind:?}: {}", shown(&said));
        assert!(said.iter().all(|m| m.contains("No incident is open")), "{kind:?}: {}", shown(&said));
    }
}

/// [G9] A title that is redacted, and an incident that becomes need-to-know, are gone from the digest that named them.
#[tokio::test]
async fn what_a_digest_must_not_say_any_more_is_gone_from_it() {
    let bot = with_digest(false).await;
    let room = bot.declare("alice", "sev1 zebra is down").await;
    let other = bot.declare("alice", "sev1 quagga has keys").await;
    pass(&bot, 1).await;
    bot.expect_once("general", "2 incidents are open");
    bot.slash_in("alice", &room, "/incident redact 1 it names a customer").await;
    bot.slash_in("alice", &other, "/incident private it may be an attack").await;
    bot.advance(minutes(2)).await;
    for word in ["zebra", "quagga"] {
        assert_eq!(bot.count("general", word), 0, "{}", shown(&bot.said("general")));
    }
    bot.expect_once("general", "One incident is open");
}
