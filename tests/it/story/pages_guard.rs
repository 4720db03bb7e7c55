//! Many pages of one incident to one person: further ones are shown on their last message, none is lost.

use watchroom::{
    incident::What,
    paging::{Guard, Outcome},
    sandbox::SeenMessage,
};

use crate::harness::{Bot, minutes, policy, shown};

const POLICIES: [&str; 7] = ["api", "batch", "cache", "disk", "edge", "feed", "gate"];

/// A bot that knows policies which all ask bob, with an incident, and its room.
async fn start(guard: Guard) -> (Bot, String) {
    let bot = Bot::with(|s| {
        s.page_guard = guard;
        s.policies = POLICIES.iter().map(|name| policy(name, &[("U0BOB", 20)])).collect();
        s.policies.iter_mut().for_each(|p| p.steps[0].repeat_min = 0);
    })
    .await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    (bot, room)
}

async fn page(bot: &Bot, room: &str, names: &[&str]) {
    for name in names {
        bot.slash_in("alice", room, &format!("/incident page {name}")).await;
    }
}

/// Messages that asked bob.
fn asked(bot: &Bot) -> Vec<SeenMessage> {
    bot.slack.dm("bob").into_iter().filter(|m| m.contains("asked for help")).collect()
}

async fn count(bot: &Bot, is: fn(&What) -> bool) -> usize {
    bot.history("INC-1").await.iter().filter(|what| is(what)).count()
}

fn is_folded(what: &What) -> bool {
    matches!(what, What::PageAttempted { attempt, .. } if matches!(attempt.outcome, Outcome::Folded { .. }))
}

fn is_acknowledged(what: &What) -> bool {
    matches!(what, What::PageAcknowledged { .. })
}

#[tokio::test]
async fn the_sixth_page_within_minutes_is_shown_on_the_fifth_and_one_press_answers_both() {
    let (bot, room) = start(Guard::default()).await;
    page(&bot, &room, &POLICIES).await;
    assert_eq!(asked(&bot).len(), 5, "{}", shown(&asked(&bot)));
    assert_eq!(count(&bot, is_folded).await, 2);
    let last = asked(&bot).pop().expect("a message");
    assert!(last.contains("was added to 2 times") && last.contains("(edge)") && last.contains("(feed)"), "{last}");
    bot.expect_once(&room, "got many pages within minutes");
    bot.press("bob", &[last], "Acknowledge").await;
    assert_eq!(count(&bot, is_acknowledged).await, 3, "edge, feed and gate, and none of the others");
    let last = asked(&bot).pop().expect("a message");
    assert!(last.contains("acknowledged after") && !last.contains("Please acknowledge"), "{last}");
    assert!(!last.blocks.iter().any(|b| b.to_string().contains("\"Acknowledge\"")), "no button is left: {last}");
}

#[tokio::test]
async fn a_page_that_is_over_leaves_the_message_to_the_one_that_waits() {
    let (bot, room) = start(Guard::default()).await;
    page(&bot, &room, &POLICIES[..6]).await;
    let last = asked(&bot).pop().expect("a message");
    bot.press("bob", &[last], "I can't").await;
    bot.submit("bob", &[("Why?", "on a train")]).await;
    let last = asked(&bot).pop().expect("a message");
    assert!(last.contains("You are paged") && last.contains("(feed)"), "edge asks still: {last}");
    bot.press("bob", &[last], "Acknowledge").await;
    assert_eq!(count(&bot, is_acknowledged).await, 1);
}

#[tokio::test]
async fn after_some_minutes_pages_are_sent_again() {
    let (bot, room) = start(Guard::default()).await;
    page(&bot, &room, &POLICIES[..6]).await;
    assert_eq!(asked(&bot).len(), 5);
    bot.advance(minutes(10)).await;
    page(&bot, &room, &POLICIES[6..]).await;
    assert_eq!(asked(&bot).len(), 6, "{}", shown(&asked(&bot)));
}

#[tokio::test]
async fn repeats_of_several_pages_count_and_those_of_one_are_never_folded() {
    let bot = Bot::with(|s| {
        s.policies = vec![policy("api", &[("U0BOB", 60)]), policy("batch", &[("U0BOB", 60)])];
    })
    .await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    page(&bot, &room, &["api"]).await;
    bot.advance(minutes(30)).await;
    assert_eq!((asked(&bot).len(), count(&bot, is_folded).await), (16, 0), "one page that repeats");
    page(&bot, &room, &["batch"]).await;
    bot.advance(minutes(20)).await;
    let (sent, folded) = (asked(&bot).len() - 16, count(&bot, is_folded).await);
    assert!(sent <= 10 && sent + folded == 21, "{sent} sent, {folded} folded");
}

#[tokio::test]
async fn a_guard_that_is_switched_off_folds_nothing() {
    let (bot, room) = start(Guard { pages: 0, minutes: 10 }).await;
    page(&bot, &room, &POLICIES).await;
    assert_eq!((asked(&bot).len(), count(&bot, is_folded).await), (7, 0));
}

#[tokio::test]
async fn a_message_that_is_gone_holds_nothing() {
    let (bot, room) = start(Guard::default()).await;
    page(&bot, &room, &POLICIES[..5]).await;
    let last = asked(&bot).pop().expect("a message");
    bot.slack.with(|ws| ws.delete(&last.channel, &last.ts)).expect("deleted");
    page(&bot, &room, &POLICIES[5..6]).await;
    assert_eq!((asked(&bot).len(), count(&bot, is_folded).await), (5, 0), "sent anew");
}

#[tokio::test]
async fn a_folded_page_of_a_secret_shows_its_codename_alone() {
    let (bot, _) = start(Guard { pages: 1, minutes: 10 }).await;
    let room = bot.declare_secret("alice", "sev1 security: the vault was opened").await;
    page(&bot, &room, &POLICIES[..2]).await;
    let said = shown(&asked(&bot));
    assert!(said.contains("was added to once"), "{said}");
    for word in ["vault", "api", "batch"] {
        assert!(!said.contains(word), "{word} in {said}");
    }
}
