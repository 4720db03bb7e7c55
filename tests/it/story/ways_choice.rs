//! People say by which ways they are reached, after how long, and prove it.

use serde_json::json;
use watchroom::{ids::StreamId, sandbox::Outcome};

use crate::harness::{Bot, minutes, ntfy::Ntfy, reach::pushing, shown};

async fn press_private(bot: &Bot, who: &str, button: &str) -> String {
    bot.press(who, &bot.slack.ephemerals(who, "general"), button).await;
    bot.slack.ephemerals(who, "general").pop().expect("an answer").text
}

const TOPIC: &str = "Push by ntfy: topic";
const AFTER: &str = "Minutes until ntfy";

/// Bob opens the form and sends it with these.
async fn choose(bot: &Bot, topic: &str, after: &str) -> Outcome {
    bot.slash("bob", "/incident oncall me").await;
    bot.press("bob", &bot.slack.ephemerals("bob", "general"), "Change").await;
    bot.submit("bob", &[(TOPIC, topic), (AFTER, after)]).await
}

async fn mine(bot: &Bot) -> String {
    bot.slash("bob", "/incident oncall me").await.text
}

#[tokio::test]
async fn ways_are_chosen_in_a_form_and_shown() {
    let (bot, _ntfy) = pushing(|_| {}).await;
    assert!(mine(&bot).await.contains("Only Slack messages reach you"));
    assert_eq!(choose(&bot, "bob-7f3a", "5").await, Outcome::Updated);
    let said = mine(&bot).await;
    assert!(said.contains("after 5 minutes by ntfy (`bob-7f3a`)") && said.contains("not proved yet"), "{said}");
    assert_eq!(choose(&bot, "bob-7f3a", "").await, Outcome::Updated);
    assert!(mine(&bot).await.contains("at once by ntfy"));
    assert_eq!(choose(&bot, "", "").await, Outcome::Updated);
    assert!(mine(&bot).await.contains("Only Slack messages reach you"));
    let other = bot.slash("alice", "/incident oncall me").await.text;
    assert!(!other.contains("bob-7f3a"), "{other}");
}

#[tokio::test]
async fn what_is_no_address_is_said_at_its_field_and_changes_nothing() {
    let (bot, _ntfy) = pushing(|_| {}).await;
    for (topic, after, field, says) in [
        ("https://ntfy.sh/bob", "5", "way.ntfy", "no topic"),
        ("bob on call", "", "way.ntfy", "no topic"),
        ("bob", "soon", "after.ntfy", "0 to 120"),
        ("bob", "500", "after.ntfy", "0 to 120"),
    ] {
        let Outcome::Errors(errors) = choose(&bot, topic, after).await else { panic!("{topic} {after} was taken") };
        assert!(errors.get(field).is_some_and(|said| said.contains(says)), "{topic} {after}: {errors:?}");
    }
    assert!(mine(&bot).await.contains("Only Slack messages reach you"));
}

#[tokio::test]
async fn an_address_that_is_not_used_any_more_is_erased() {
    let (mut bot, _ntfy) = pushing(|_| {}).await;
    choose(&bot, "bob-first", "0").await;
    choose(&bot, "bob-second", "0").await;
    let stream = StreamId::Person("U0BOB".into());
    let events = bot.app().engine.store().events(&stream, 1, 10).await.expect("a record");
    let record = json!(events.iter().map(|event| &event.body).collect::<Vec<_>>()).to_string();
    assert!(!record.contains("bob-first") && record.contains("bob-second"), "{record}");
    bot.crash_and_restart().await;
    assert!(mine(&bot).await.contains("bob-second"));
}

#[tokio::test]
async fn a_test_goes_out_at_once_and_whoever_answers_it_proves_the_way() {
    let (bot, ntfy) = pushing(|_| {}).await;
    let none = bot.slash("bob", "/incident oncall test me").await.text;
    assert!(none.contains("no way to test"), "{none}");
    choose(&bot, "bob", "15").await;
    let said = bot.slash("bob", "/incident oncall test me").await.text;
    assert!(said.contains("A test goes out by ntfy"), "{said}");
    bot.expect_dm("bob", "ntfy: went out");
    let push = ntfy.pushed("bob").remove(0);
    assert!(push["message"].as_str().is_some_and(|m| m.contains("only a test")), "{push}");
    let again = bot.slash("bob", "/incident oncall test me").await.text;
    assert!(again.contains("a moment ago") && ntfy.asked() == 1, "{again}");
    let link = bot.behind(&push);
    assert!(bot.open(&link).await.1.contains("only a test"));
    assert!(mine(&bot).await.contains("not proved yet"), "looking proves nothing");
    for _ in 0..2 {
        let (status, page) = bot.press_link(&link, "acknowledge").await;
        assert!(status == 200 && page.contains("Thank you"), "{status} {page}");
    }
    bot.expect_dm("bob", "it reaches you");
    assert!(mine(&bot).await.contains("proved on"));
    choose(&bot, "bob-other", "0").await;
    assert!(mine(&bot).await.contains("not proved yet"), "another address is another way");
    assert_eq!(bot.press_link(&link, "acknowledge").await.0, 410);
}

#[tokio::test]
async fn a_test_that_does_not_go_out_says_why() {
    let (bot, ntfy) = pushing(|_| {}).await;
    choose(&bot, "bob", "0").await;
    ntfy.say(Some(403));
    bot.slash("bob", "/incident oncall test me").await;
    bot.expect_dm("bob", "ntfy: :warning: did not go out (http_403)");
    bot.advance(minutes(2)).await;
    ntfy.say(Some(503));
    bot.slash("bob", "/incident oncall test me").await;
    bot.expect_dm("bob", "on its way");
    bot.advance(minutes(2)).await;
    assert_eq!(
        bot.slack.dm("bob").iter().filter(|m| m.contains("did not go out")).count(),
        2,
        "{}",
        shown(&bot.slack.dm("bob"))
    );
}

/// A deployment that nobody outside reaches.
async fn hidden() -> (Bot, Ntfy) {
    pushing(|config| config.settings.public_url = None).await
}

#[tokio::test]
async fn without_a_public_address_a_press_in_slack_proves_the_way() {
    let (bot, ntfy) = hidden().await;
    choose(&bot, "bob", "0").await;
    mine(&bot).await;
    let answer = press_private(&bot, "bob", "Test").await;
    assert!(answer.contains("A test goes out"), "{answer}");
    assert_eq!(ntfy.pushed("bob").len(), 1);
    bot.press("bob", &bot.slack.dm("bob"), "It came by ntfy").await;
    bot.expect_dm("bob", "it reaches you");
    assert!(mine(&bot).await.contains("proved on"));
}

#[tokio::test]
async fn where_no_way_is_set_up_nothing_is_offered() {
    let bot = Bot::start().await;
    let said = bot.slash("bob", "/incident oncall me").await.text;
    assert!(!said.contains("Ways to reach you"), "{said}");
    let said = bot.slash("bob", "/incident oncall test me").await.text;
    assert!(said.contains("no way to test"), "{said}");
}
