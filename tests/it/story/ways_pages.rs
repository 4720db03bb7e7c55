//! Pages go out by more than Slack: each way has its turn, and nothing is said twice.

use watchroom::{
    config::Settings,
    incident::What,
    paging::{Guard, Outcome, reach::Way},
};

use crate::harness::{Bot, minutes, ntfy::Ntfy, policy, reach::pushing, shown};

/// What came of asking by push, in order.
async fn outcomes(bot: &Bot, id: &str) -> Vec<Outcome> {
    let history = bot.history(id).await.into_iter();
    let pushed = history.filter_map(|what| match what {
        What::PageAttempted { attempt, .. } if attempt.way == Some(Way::Ntfy) => Some(attempt.outcome),
        _ => None,
    });
    pushed.collect()
}

/// A bot with a policy that asks bob, then dave, and an incident of which bob is paged by it.
async fn paged(after: u32) -> (Bot, Ntfy, String) {
    let (bot, ntfy) =
        pushing(|config| config.settings.policies = vec![policy("checkout", &[("U0BOB", 10), ("U0DAVE", 5)])]).await;
    bot.choose_ntfy("bob", after).await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page checkout").await;
    (bot, ntfy, room)
}

#[tokio::test]
async fn a_push_comes_after_the_minutes_that_its_person_chose_and_is_on_record() {
    let (bot, ntfy, room) = paged(3).await;
    bot.expect_dm("bob", "checkout is down");
    bot.advance(minutes(2)).await;
    assert_eq!(ntfy.pushed("bob").len(), 0, "not its turn yet");
    bot.advance(minutes(1)).await;
    let pushed = ntfy.pushed("bob");
    assert_eq!(pushed.len(), 1, "{pushed:?}");
    assert_eq!(pushed[0]["title"], "INC-1 SEV1: checkout is down");
    assert_eq!(pushed[0]["priority"], 5);
    assert!(pushed[0]["actions"][1]["url"].as_str().is_some_and(|url| url.ends_with(&room)), "{pushed:?}");
    assert!(matches!(outcomes(&bot, "INC-1").await.as_slice(), [Outcome::Taken { id: Some(_) }]));
    let timeline = bot.slash_in("alice", &room, "/incident timeline").await.text;
    assert!(timeline.contains("<@U0BOB> was asked by ntfy"), "{timeline}");
    bot.advance(minutes(1)).await;
    assert_eq!(ntfy.pushed("bob").len(), 2, "what is asked again is pushed again:\n{}", shown(&bot.asked("bob")));
    bot.expect_nothing_doubled(1);
}

#[tokio::test]
async fn whoever_answers_before_its_turn_gets_no_push() {
    let (bot, ntfy, _) = paged(3).await;
    bot.press("bob", &bot.slack.dm("bob"), "Acknowledge").await;
    bot.advance(minutes(20)).await;
    assert_eq!(ntfy.asked(), 0);
}

#[tokio::test]
async fn a_step_that_has_moved_on_pushes_to_nobody_of_it() {
    let (bot, ntfy, _) = paged(9).await;
    bot.press("bob", &bot.slack.dm("bob"), "Escalate").await;
    bot.advance(minutes(15)).await;
    assert_eq!(ntfy.asked(), 0, "dave has no way, and bob's step is over");
}

/// Policies wait less long than some people would: their ways come all the same, also where nobody else is asked after them.
#[tokio::test]
async fn a_way_that_would_come_after_its_step_comes_before_the_step_ends() {
    let (bot, ntfy) =
        pushing(|config| config.settings.policies = vec![policy("checkout", &[("U0BOB", 5), ("U0DAVE", 5)])]).await;
    bot.choose_ntfy("bob", 30).await;
    // The fallback.
    bot.choose_ntfy("carol", 5).await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page checkout").await;
    let pushed = || (ntfy.pushed("bob").len(), ntfy.pushed("carol").len());
    bot.advance(minutes(3)).await;
    assert_eq!(pushed(), (0, 0), "{}", shown(&bot.said(&room)));
    bot.advance(minutes(1)).await;
    assert_eq!(pushed(), (1, 0), "a minute before dave is asked");
    bot.advance(minutes(9)).await;
    assert_eq!(pushed(), (1, 0), "the fallback is asked since three minutes");
    bot.advance(minutes(1)).await;
    assert_eq!(pushed(), (1, 1), "a minute before the page counts as unanswered");
    assert_eq!(bot.count(&room, "Nobody has acknowledged"), 0);
    bot.advance(minutes(1)).await;
    bot.expect_once(&room, "Nobody has acknowledged");
}

/// What asks by Slack alone may wake nobody: the card says so of the step that does, and only of that one.
#[tokio::test]
async fn the_card_says_when_a_step_asks_by_slack_alone() {
    const ALONE: &str = "by Slack message only, which may not wake anyone";
    let (bot, ntfy, room) = paged(3).await;
    let card = || bot.card(&room);
    assert!(card().contains("waiting for @bob") && !card().contains(ALONE), "bob has a way: {}", card());
    bot.press("bob", &bot.slack.dm("bob"), "Escalate").await;
    assert!(card().contains("waiting for @dave") && card().contains(ALONE), "dave has none: {}", card());
    bot.press("dave", &bot.slack.dm("dave"), "Acknowledge").await;
    assert!(!card().contains(ALONE), "nobody is waited for: {}", card());
    // A way that does not work is none.
    ntfy.say(Some(403));
    bot.choose_ntfy("erin", 0).await;
    bot.slash_in("alice", &room, "/incident page @erin").await;
    bot.advance(minutes(1)).await;
    assert!(card().contains("waiting for @erin") && card().contains(ALONE), "{}", card());
}

#[tokio::test]
async fn who_is_on_call_or_in_a_group_is_pushed_to_as_well() {
    let (bot, ntfy) = pushing(|_| {}).await;
    for who in ["alice", "bob"] {
        bot.choose_ntfy(who, 0).await;
    }
    let room = bot.declare("carol", "sev1 checkout is down").await;
    bot.slash_in("carol", &room, "/incident page @oncall").await;
    assert_eq!((ntfy.pushed("alice").len(), ntfy.pushed("bob").len()), (1, 1), "{}", shown(&bot.said(&room)));
}

#[tokio::test]
async fn a_restart_in_between_neither_forgets_nor_doubles_a_push() {
    let (mut bot, ntfy, _) = paged(3).await;
    bot.advance(minutes(1)).await;
    bot.crash_and_restart().await;
    bot.crash().await;
    bot.clock.advance(minutes(2));
    bot.restart().await;
    assert_eq!(ntfy.pushed("bob").len(), 1);
    bot.crash_and_restart().await;
    assert_eq!((ntfy.pushed("bob").len(), ntfy.asked()), (1, 1));
}

#[tokio::test]
async fn an_answer_that_was_lost_shows_the_push_once() {
    let (bot, ntfy, _) = paged(1).await;
    ntfy.lose_answers(true);
    bot.advance(minutes(1)).await;
    ntfy.lose_answers(false);
    bot.clock.advance(jiff::SignedDuration::from_secs(5));
    bot.settle().await;
    assert!(ntfy.asked() > 1, "it cannot know whether the first one came");
    assert_eq!(ntfy.pushed("bob").len(), 1);
    assert!(matches!(outcomes(&bot, "INC-1").await.as_slice(), [Outcome::Taken { .. }]));
}

#[tokio::test]
async fn a_secret_is_pushed_by_its_codename_alone() {
    let (bot, ntfy) = pushing(|_| {}).await;
    bot.choose_ntfy("bob", 0).await;
    let room = bot.declare_secret("alice", "sev1 security: the vault was opened").await;
    bot.slash_in("alice", &room, "/incident page @bob").await;
    let pushed = ntfy.pushed("bob");
    assert_eq!(pushed.len(), 1);
    let codename = bot.slack.channel(&room).name.replace("sec-1-", "");
    assert_eq!(pushed[0]["title"], format!("SEC-1: {codename}"));
    let page = bot.open(&bot.behind(&pushed[0])).await.1;
    for said in [pushed[0].to_string(), page] {
        for word in ["vault", "opened", "SEV1", "alice", "Alice"] {
            assert!(!said.contains(word), "{word} in {said}");
        }
    }
}

/// These policies ask bob; he is pushed to `after` minutes. An incident of which he is paged by all of them.
async fn paged_by(names: &[&str], after: u32, change: impl FnOnce(&mut Settings)) -> (Bot, Ntfy) {
    let (bot, ntfy) = pushing(|config| {
        config.settings.policies = names.iter().map(|name| policy(name, &[("U0BOB", 30)])).collect();
        change(&mut config.settings);
    })
    .await;
    bot.choose_ntfy("bob", after).await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    for name in names {
        bot.slash_in("alice", &room, &format!("/incident page {name}")).await;
    }
    (bot, ntfy)
}

#[tokio::test]
async fn more_pushes_than_the_guard_lets_through_are_spared() {
    let (bot, ntfy) = paged_by(&["api", "batch"], 1, |settings| {
        settings.page_guard = Guard { pages: 1, minutes: 10 };
        settings.policies.iter_mut().for_each(|p| p.steps[0].repeat_min = 0);
    })
    .await;
    bot.advance(minutes(3)).await;
    assert_eq!(ntfy.pushed("bob").len(), 1);
    let pushed = outcomes(&bot, "INC-1").await;
    assert!(matches!(pushed.as_slice(), [Outcome::Taken { .. }, Outcome::Spared]), "{pushed:?}");
}

/// Three policies repeat in Slack until it folds them; the push that comes after five minutes is the first that can wake anyone.
#[tokio::test]
async fn what_is_folded_in_slack_rings_by_a_way_that_has_not_rung_yet() {
    let (bot, ntfy) = paged_by(&["api", "batch", "cache"], 5, |_| {}).await;
    bot.advance(minutes(4)).await;
    let in_chat = bot.history("INC-1").await.into_iter().filter_map(|what| match what {
        What::PageAttempted { attempt, .. } if attempt.way.is_none() => Some(attempt.outcome),
        _ => None,
    });
    let last: Vec<Outcome> = in_chat.collect();
    let last = &last[last.len() - 3..];
    assert!(last.iter().all(|outcome| matches!(outcome, Outcome::Folded { .. })), "{last:?}");
    assert_eq!(ntfy.pushed("bob").len(), 0, "not its turn yet");
    bot.advance(minutes(1)).await;
    assert_eq!(ntfy.pushed("bob").len(), 3, "{:?}", outcomes(&bot, "INC-1").await);
    bot.advance(minutes(4)).await;
    assert_eq!(ntfy.pushed("bob").len(), 5, "then the guard counts pushes: {:?}", outcomes(&bot, "INC-1").await);
}
