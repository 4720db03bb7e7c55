//! What people answer to a page, besides that they are on it.

use crate::harness::{Bot, minutes, policy, shown};

/// Bob, then Dave, then Erin, then Carol as the fallback.
async fn ladder() -> Bot {
    Bot::with(|s| s.policies = vec![policy("checkout", &[("U0BOB", 5), ("U0DAVE", 5), ("U0ERIN", 5)])]).await
}

fn asked(bot: &Bot, who: &str) -> usize {
    bot.slack.dm(who).iter().filter(|m| m.contains("checkout is down")).count()
}

#[tokio::test]
async fn whoever_cannot_come_says_so_and_the_next_one_is_asked_at_once() {
    let bot = ladder().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page checkout").await;
    bot.press("bob", &bot.slack.dm("bob"), "I can't").await;
    assert_eq!(asked(&bot, "dave"), 0, "the form is open, nothing is said yet");
    bot.submit("bob", &[("Why?", "on a train")]).await;
    bot.expect_dm("dave", "You are paged");
    bot.expect_once(&room, "<@U0BOB> cannot come — on a train");
    bot.expect_once(&room, "asking the next step: <@U0DAVE>");
    let theirs = bot.expect_dm("bob", "You said that you cannot come: on a train. Now <@U0DAVE> is asked");
    assert!(!theirs.blocks.iter().any(|b| b.to_string().contains("I can't\"")), "{theirs}");
    let timeline = bot.slash_in("alice", &room, "/incident timeline").await;
    assert!(timeline.text.contains("on a train"), "{}", timeline.text);
    // A second time, and after Dave has it.
    let again = bot.slash_in("bob", &room, "/incident cannot").await;
    assert!(again.text.contains("said already"), "{}", again.text);
    let never = bot.slash_in("erin", &room, "/incident cant I sleep").await;
    assert!(never.text.contains("not asked by name") && never.text.contains("U0DAVE"), "{}", never.text);
    bot.press("dave", &bot.slack.dm("dave"), "Acknowledge").await;
    let late = bot.slash_in("erin", &room, "/incident decline").await;
    assert!(late.text.contains("<@U0DAVE> acknowledged"), "{}", late.text);
    bot.advance(minutes(20)).await;
    assert_eq!((asked(&bot, "bob"), asked(&bot, "dave"), asked(&bot, "erin")), (1, 1, 0));
    bot.expect_once(&room, "cannot come");
}

#[tokio::test]
async fn of_two_who_are_asked_the_other_one_is_waited_for() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page @bob @dave").await;
    let answer = bot.slash_in("bob", &room, "/incident cant").await;
    assert!(
        answer.text.contains("not asked any more") && answer.text.contains("<@U0DAVE> is asked"),
        "{}",
        answer.text
    );
    assert_eq!(asked(&bot, "carol"), 0, "Dave may still answer");
    bot.advance(minutes(2)).await;
    assert_eq!((asked(&bot, "bob"), asked(&bot, "dave")), (1, 2), "only Dave is asked again");
    let last = bot.slash_in("dave", &room, "/incident cant ill").await;
    assert!(last.text.contains("S0MANAGERS> is asked"), "{}", last.text);
    assert_eq!(asked(&bot, "carol"), 1);
    // Nobody is left: that is said aloud, and whoever could not may after all.
    bot.slash_in("carol", &room, "/incident cant").await;
    assert_eq!(bot.count(&room, "Nobody has acknowledged"), 1, "{}", shown(&bot.said(&room)));
    bot.slash_in("bob", &room, "/incident ack").await;
    bot.expect_once(&room, "acknowledged after 2 min.");
}

#[tokio::test]
async fn whoever_cannot_is_not_asked_by_a_later_step_either() {
    let bot = Bot::with(|s| {
        s.policies = vec![policy("checkout", &[("U0BOB", 5), ("U0BOB", 5), ("U0DAVE", 5)])];
        s.policies[0].repeat = 1;
    })
    .await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page checkout").await;
    bot.slash_in("bob", &room, "/incident cant").await;
    assert_eq!((asked(&bot, "bob"), asked(&bot, "dave")), (1, 1), "the second step has nobody else");
    bot.advance(minutes(60)).await;
    assert_eq!(asked(&bot, "bob"), 1, "nor in the next round");
    bot.expect_once(&room, "asking the fallback");
}

#[tokio::test]
async fn a_reason_is_a_few_words_and_none_is_fine() {
    let bot = ladder().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page checkout").await;
    let long = bot.slash_in("bob", &room, &format!("/incident cant {}", "x".repeat(201))).await;
    assert!(long.text.contains("200 is the most"), "{}", long.text);
    let hostile = bot.slash_in("bob", &room, "/incident cant <!here> *_\u{202E}evil ```").await;
    assert!(hostile.text.contains("noted"), "{}", hostile.text);
    let line = bot.said(&room).into_iter().find(|m| m.contains("cannot come")).expect("said");
    assert!(line.text.contains("&lt;!here&gt;"), "nobody is woken by a reason: {}", line.text);
}

#[tokio::test]
async fn whoever_is_outside_a_need_to_know_incident_may_say_that_they_cannot() {
    let bot = Bot::start().await;
    let room = bot.declare_secret("alice", "sev2 security: keys leaked").await;
    bot.slash_in("alice", &room, "/incident page @bob").await;
    bot.press("bob", &bot.slack.dm("bob"), "I can't").await;
    bot.submit("bob", &[("Why?", "the keys are not mine")]).await;
    bot.expect_once(&room, "<@U0BOB> cannot come — the keys are not mine");
    for who in ["bob", "carol"] {
        let told = shown(&bot.slack.dm(who));
        assert!(!told.contains("keys"), "{who} reads more than the codename:\n{told}");
    }
    bot.expect_dm("bob", "You said that you cannot come. Now");
}

/// The summary names whom each page reached, and who acknowledged it when; of a need-to-know incident only to those inside.
#[tokio::test]
async fn the_summary_says_who_was_paged_and_who_came() {
    let bot = ladder().await;
    let room = bot.declare_secret("alice", "sev2 security: hyena").await;
    bot.slash_in("alice", &room, "/incident page checkout").await;
    let waiting = bot.slash_in("alice", &room, "/incident summary").await.text;
    assert!(waiting.contains("asked <@U0BOB>; nobody has acknowledged yet."), "{waiting}");
    bot.advance(minutes(6)).await;
    bot.press("dave", &bot.slack.dm("dave"), "Acknowledge").await;
    let at = bot.clock_second();
    bot.slash_in("alice", &room, "/incident page @erin").await;
    bot.slash_in("alice", &room, "/incident resolve keys are new").await;
    let said = bot.slash_in("alice", &room, "/incident summary").await;
    let page = format!("Page 1 (checkout): asked <@U0BOB>, <@U0DAVE>; <@U0DAVE> acknowledged <!date^{at}^");
    for said in [said.text, said.blocks.to_string()] {
        assert!(said.contains(&page), "no `{page}` in {said}");
        assert!(said.contains("Page 2: asked <@U0ERIN>; it was over before anybody acknowledged."), "{said}");
    }
    let outside = bot.slash("bob", "/incident SEC-1 summary").await.text;
    assert!(!outside.contains("checkout") && !outside.contains("U0DAVE"), "{outside}");
}

/// By any of the messages with which the step has asked; and two presses mean one step, not two.
#[tokio::test]
async fn whoever_escalates_has_the_next_one_asked_at_once_and_once() {
    let bot = ladder().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page checkout").await;
    bot.advance(minutes(4)).await;
    let messages = bot.asked("bob");
    assert_eq!(messages.len(), 3, "asked again every two minutes: {}", shown(&messages));
    bot.press("bob", &messages[..1], "Escalate").await;
    bot.expect_dm("dave", "You are paged");
    bot.expect_once(&room, "<@U0BOB> escalated; asking the next step: <@U0DAVE>");
    // He has the last one before him as it was.
    let last = &messages[2];
    let actions = last.blocks.iter().find(|b| b.to_string().contains("\"Escalate\"")).expect("buttons");
    let button = actions["elements"].as_array().and_then(|all| all.iter().find(|e| e["text"]["text"] == "Escalate"));
    bot.slack.act_as("bob").press_stale(last, actions, button.expect("a button")).await.expect("pressed").expect_ok();
    bot.settle().await;
    assert_eq!((asked(&bot, "dave"), asked(&bot, "erin")), (1, 0), "the next step, not the one after it");
    bot.press("bob", &bot.asked("bob"), "Acknowledge").await;
    bot.expect_once(&room, "<@U0BOB> acknowledged after 4 min.");
    bot.advance(minutes(20)).await;
    assert_eq!((asked(&bot, "dave"), asked(&bot, "erin")), (1, 0), "whoever passed it on may still take it");
}

/// Passed on by everybody, and by the fallback: that is said aloud at once, and each step has its whole time from then on.
#[tokio::test]
async fn what_everybody_passes_on_reaches_the_fallback_and_is_said_aloud() {
    let bot = ladder().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page checkout").await;
    bot.advance(minutes(3)).await;
    bot.press("bob", &bot.asked("bob"), "Escalate").await;
    bot.advance(minutes(4)).await;
    assert_eq!(asked(&bot, "erin"), 0, "dave has five minutes since bob passed it on");
    bot.advance(minutes(1)).await;
    bot.press("erin", &bot.asked("erin"), "Escalate").await;
    bot.expect_once(&room, "<@U0ERIN> escalated; asking the fallback");
    assert_eq!(bot.count(&room, "Nobody has acknowledged"), 0);
    bot.press("carol", &bot.asked("carol"), "Escalate").await;
    bot.expect_once(&room, "Nobody has acknowledged");
}
