//! Whoever is said to be on call is: an absence goes before everything, and nobody counts on somebody who is away.

use jiff::SignedDuration;
use watchroom::paging::{Policy, Step, Target};

use super::oncall::weekly;
use crate::harness::{Bot, shown};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Bob, dave and erin take turns by the week; a policy asks whoever has it, then carol, who owns the schedule.
async fn bot() -> Bot {
    Bot::with(|s| {
        s.schedules = vec![weekly("primary", &["U0BOB", "U0DAVE", "U0ERIN"])];
        let step = |target| Step { targets: vec![target], wait_min: 5, ..Step::default() };
        let steps = vec![step(Target::Schedule("primary".into())), step(Target::Person("U0CAROL".into()))];
        s.policies = vec![Policy { name: "shop".into(), steps, fallback: s.fallback.clone(), ..Policy::default() }];
    })
    .await
}

/// How often somebody was told this.
fn told(bot: &Bot, who: &str, text: &str) -> usize {
    bot.slack.dm(who).iter().filter(|m| m.contains(text)).count()
}

/// The schedule is looked at with each change and each day; what the owner knows is not said again.
#[tokio::test]
async fn a_gap_that_runs_is_told_to_the_owner_once() {
    let mut bot = bot().await;
    bot.slash("bob", "/incident away until 08:00").await;
    let hint = "Nobody is on call for *primary team*";
    assert_eq!(told(&bot, "carol", hint), 1, "{}", shown(&bot.slack.dm("carol")));
    for _ in 0..3 {
        bot.advance(HOUR).await;
        bot.slash("alice", "/incident override primary remove @erin from 2026-12-01 until 2026-12-02").await;
        bot.slash("carol", "/incident away from 2026-12-24 until 2026-12-27").await;
        bot.slash("carol", "/incident away").await;
        bot.press("carol", &bot.slack.ephemerals("carol", "general"), "Not away").await;
        bot.crash_and_restart().await;
    }
    let running = bot.slack.dm("carol").iter().filter(|m| m.contains(hint) && m.contains("@bob away")).count();
    assert_eq!(running, 1, "{}", shown(&bot.slack.dm("carol")));
}
