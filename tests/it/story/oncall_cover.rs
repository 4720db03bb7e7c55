//! Whoever is said to be on call is: an absence goes before everything, and nobody counts on somebody who is away.

use jiff::SignedDuration;
use watchroom::{
    paging::{Policy, Step, Target},
    sandbox::{Fault, FaultKind},
};

use super::oncall::weekly;
use crate::harness::{Bot, edited, shown};

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

async fn on_call(bot: &Bot) -> String {
    bot.slash("carol", "/incident oncall primary").await.text
}

/// How often somebody was told this.
fn told(bot: &Bot, who: &str, text: &str) -> usize {
    bot.slack.dm(who).iter().filter(|m| m.contains(text)).count()
}

#[tokio::test]
async fn nobody_is_put_on_call_who_is_away_then_whether_they_take_turns_or_not() {
    let bot = bot().await;
    for who in ["dave", "alice"] {
        bot.slash(who, "/incident away until 08:00").await;
        for typed in ["", " instead of @bob"] {
            let answer = bot.slash("carol", &format!("/incident override primary @{who}{typed} for 2h")).await.text;
            assert!(answer.contains("is away from") && answer.contains("nothing was changed"), "{typed}: {answer}");
        }
        let added = bot.slash("carol", &format!("/incident override primary add @{who} for 2h")).await.text;
        assert!(added.contains("is away from"), "{added}");
        assert_eq!(told(&bot, who, "You are on call"), 0, "{}", shown(&bot.slack.dm(who)));
    }
    assert!(on_call(&bot).await.contains("now <@U0BOB>"));
    bot.slash("dave", "/incident away").await;
    bot.press("dave", &bot.slack.ephemerals("dave", "general"), "Back now").await;
    let answer = bot.slash("carol", "/incident override primary @dave for 2h").await.text;
    assert!(answer.contains("<@U0DAVE> instead of everybody"), "{answer}");
    assert!(on_call(&bot).await.contains("now <@U0DAVE>"));
}

#[tokio::test]
async fn whoever_is_away_is_not_asked_to_cover_and_cannot_say_yes() {
    let bot = bot().await;
    bot.slash("erin", "/incident away until 08:00").await;
    bot.slash("bob", "/incident override primary cover me for 4h").await;
    assert!(bot.slack.dm("erin").is_empty(), "{}", shown(&bot.slack.dm("erin")));
    bot.expect_dm("dave", "in their place");
    // He has forgotten it a minute later.
    bot.slash("dave", "/incident away until 08:00").await;
    bot.press("dave", &bot.slack.dm("dave"), "I will").await;
    let answers = bot.slack.ephemerals("dave", &bot.slack.dm_id("dave"));
    assert!(answers.iter().any(|m| m.contains("@dave is away from")), "{}", shown(&answers));
    assert_eq!(told(&bot, "bob", "in your place"), 0, "nobody covers him: {}", shown(&bot.slack.dm("bob")));
    assert!(on_call(&bot).await.contains("now <@U0BOB>"));
    let nobody = bot.slash("bob", "/incident override primary cover me for 4h").await.text;
    assert!(nobody.contains("Nobody else is in this schedule who is not away then"), "{nobody}");
}

#[tokio::test]
async fn whoever_counts_on_somebody_hears_that_they_are_away_after_all() {
    let bot = bot().await;
    bot.slash("bob", "/incident override primary cover me for 4h").await;
    bot.press("dave", &bot.slack.dm("dave"), "I will").await;
    bot.expect_dm("bob", "in your place");
    bot.slash("carol", "/incident override primary add @dave for 1h").await;
    bot.slash("alice", "/incident override primary add @dave for 8h").await;
    bot.advance(HOUR * 2).await;
    let answer = bot.slash("dave", "/incident away for 1h").await.text;
    assert!(answer.contains("has nobody else"), "{answer}");
    for (who, over) in [("bob", 2), ("alice", 4)] {
        let said = bot.expect_dm(who, "@dave is away until");
        assert!(said.contains(&format!("for *primary team* then, although override {over} says so")), "{said}");
    }
    assert_eq!(told(&bot, "carol", "@dave is away"), 0, "hers is over: {}", shown(&bot.slack.dm("carol")));
    bot.expect_dm("carol", "Nobody is on call for *primary team*");
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

#[tokio::test]
async fn the_owner_hears_that_a_user_group_does_not_follow_once_a_week_and_in_each_way_that_it_cannot() {
    let mut bot = Bot::with(|s| {
        s.schedules = vec![weekly("primary", &["U0BOB", "U0DAVE"])];
        s.schedules[0].user_group = Some("S0ONCALL".into());
    })
    .await;
    bot.settle().await;
    let members = |bot: &Bot| bot.slack.with(|ws| ws.groups["S0ONCALL"].users.clone());
    assert_eq!(members(&bot), ["U0BOB"]);
    bot.slack.fault(Fault::new(FaultKind::Restricted).on("usergroups.users.update"));
    bot.slash("alice", "/incident override primary @erin for 100h").await;
    assert_eq!(members(&bot), ["U0BOB"], "Slack refuses");
    bot.expect_dm("carol", "does not follow *primary team*: Slack refuses (`restricted_action`)");
    bot.crash_and_restart().await;
    bot.advance(HOUR * 24).await;
    let hint = "does not follow *primary team*";
    assert_eq!(told(&bot, "carol", hint), 1, "{}", shown(&bot.slack.dm("carol")));
    // A week later it is as it was.
    bot.clock.advance(HOUR * 24 * 7);
    bot.settle().await;
    assert_eq!(told(&bot, "carol", hint), 2, "{}", shown(&bot.slack.dm("carol")));
    bot.slack.with(|ws| ws.groups.get_mut("S0ONCALL").expect("a group").disabled = true);
    bot.advance(HOUR * 24).await;
    bot.expect_dm("carol", "(`no_such_subteam`)");
    assert_eq!(told(&bot, "carol", hint), 3, "{}", shown(&bot.slack.dm("carol")));
}

/// Who by what, since when and until when stands in every answer: of a schedule, and of a policy or a service that asks it.
#[tokio::test]
async fn each_answer_tells_by_which_rotation_or_override_and_since_and_until_when() {
    let bot = Bot::configured(|config| {
        let step = |target| Step { targets: vec![target], wait_min: 5, ..Step::default() };
        config.settings.schedules = vec![weekly("primary", &["U0BOB", "U0DAVE", "U0ERIN"])];
        let steps = vec![step(Target::Schedule("primary".into()))];
        config.settings.policies = vec![Policy {
            name: "shop".into(),
            steps,
            fallback: vec![Target::Person("U0CAROL".into())],
            ..Policy::default()
        }];
        config.playbook = edited(|book| {
            let ledger = "id = \"ledger\"\nlabel = \"Ledger\"\nowner = \"user:U0BOB\"\npolicy = \"shop\"";
            book.services.push(toml::from_str(ledger).expect("a service"));
        });
    })
    .await;
    // The story begins on a Sunday at 03:00; bob has had the week since Monday.
    let (began, ends) = (stamp("2026-11-16T09:00Z"), stamp("2026-11-23T09:00Z"));
    for asked in ["primary", "shop", "ledger"] {
        let answer = bot.slash("alice", &format!("/incident oncall {asked}")).await.text;
        for part in [
            "now <@U0BOB>",
            &format!("since <!date^{began}^"),
            &format!("until <!date^{ends}^"),
            "by the rotation weekly",
        ] {
            assert!(answer.contains(part), "{asked}: {part} is missing in {answer}");
        }
    }
    bot.slash("alice", "/incident override primary add @erin for 2h").await;
    let now = bot.clock_second();
    for asked in ["primary", "shop", "ledger"] {
        let answer = bot.slash("alice", &format!("/incident oncall {asked}")).await.text;
        for part in [
            "now <@U0BOB>, <@U0ERIN>",
            &format!("since <!date^{now}^"),
            &format!("until <!date^{}^", now + 7200),
            "<@U0BOB> by the rotation weekly, <@U0ERIN> by override 1",
        ] {
            assert!(answer.contains(part), "{asked}: {part} is missing in {answer}");
        }
    }
}

#[tokio::test]
async fn the_list_says_which_of_two_overrides_of_the_same_time_wins() {
    let bot = bot().await;
    bot.slash("alice", "/incident override primary @dave for 4h").await;
    bot.slash("alice", "/incident override primary @erin for 2h").await;
    bot.slash("alice", "/incident override primary @carol from 2026-12-01 until 2026-12-02").await;
    let until = bot.clock_second() + 7200;
    let list = bot.slash("alice", "/incident override primary").await.text;
    let lines: Vec<&str> = list.lines().collect();
    let place = lines.iter().position(|line| line.contains("*1*")).unwrap_or_else(|| panic!("{list}"));
    let wins = format!("override 2 was made later and wins where both apply, until <!date^{until}^");
    assert!(lines[place + 1].contains(&wins), "{list}");
    assert_eq!(list.matches("was made later").count(), 1, "the others stand: {list}");
    assert!(on_call(&bot).await.contains("now <@U0ERIN>"), "it is as the list has it");
    bot.advance(HOUR * 2).await;
    let list = bot.slash("alice", "/incident override primary").await.text;
    assert!(!list.contains("was made later"), "it is over: {list}");
    assert!(on_call(&bot).await.contains("now <@U0DAVE>"));
}

/// Whoever is on call leaves in the middle of their shift, with nobody having looked at the schedule since.
#[tokio::test]
async fn whoever_was_removed_from_slack_in_their_shift_counts_as_nobody_and_the_next_step_is_asked_at_once() {
    let bot = bot().await;
    bot.settle().await;
    bot.slack.deactivate("bob").expect("deactivated");
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page shop").await;
    bot.expect_once(&room, "@bob could not be reached");
    let asked = bot.expect_dm("carol", "You are paged");
    assert_eq!(asked.ts.split('.').next(), Some(bot.clock_second().to_string().as_str()), "at once: {asked}");
    bot.press("carol", &[asked], "Acknowledge").await;
    bot.expect_once(&room, "acknowledged after 0 s.");
}

fn stamp(at: &str) -> i64 {
    at.parse::<jiff::Timestamp>().expect("an instant").as_second()
}

/// What the whole list leaves out it counts, and names as one types it.
#[tokio::test]
async fn the_whole_list_says_what_it_leaves_out_and_how_to_see_it() {
    for (schedules, more) in
        [(15, None), (16, Some("And 1 more: `s16`. `/incident oncall s16` shows")), (90, Some("And 75 more: `s16`, "))]
    {
        let bot =
            Bot::with(|s| s.schedules = (1..=schedules).map(|n| weekly(&format!("s{n}"), &["U0BOB"])).collect()).await;
        let said = bot.slash("carol", "/incident oncall").await.text;
        assert!(said.contains("(`s1`): now <@U0BOB>") && said.contains(" · by the rotation weekly"), "{said}");
        match more {
            None => assert!(!said.contains(" more"), "{said}"),
            Some(more) => assert!(said.contains(more) && !said.contains("(`s16`)"), "{said}"),
        }
        assert_eq!(said.contains("`s75`, and 15 that stand behind these in watchroom.toml"), schedules == 90, "{said}");
    }
}

/// One time of day means two instants to two people.
#[tokio::test]
async fn an_answer_says_in_which_zone_a_time_was_read() {
    let bot = bot().await;
    for (who, typed, read) in [
        ("carol", "override primary @dave until 08:00", "read in America/New_York."),
        ("carol", "override primary @erin from tomorrow 18:00 UTC until 2026-11-23 20:00 UTC", "read in UTC."),
        (
            "carol",
            "override primary @erin from 2026-11-24 18:00 UTC until 2026-11-25",
            "read in UTC and America/New_York.",
        ),
        ("carol", "away 2026-12-24 to 2026-12-27", "read in America/New_York."),
        ("erin", "swap @bob 2026-12-02", "read in America/Los_Angeles."),
    ] {
        let said = bot.slash(who, &format!("/incident {typed}")).await.text;
        assert!(said.contains(&format!("The times that you typed were {read}")), "{typed}: {said}");
    }
    let said = bot.slash("carol", "/incident override primary @erin for 2h").await;
    assert!(!said.text.contains("read in"), "it counts from now on: {}", said.text);
}

/// Only the schedules that an absence touches are looked at again: each look asks Slack about its user group.
#[tokio::test]
async fn an_absence_has_nobody_look_at_schedules_that_it_does_not_touch() {
    let bot = Bot::with(|s| {
        let mut other = weekly("other", &["U0ERIN"]);
        other.user_group = Some("S0CHECKOUT".into());
        s.schedules = vec![weekly("primary", &["U0BOB", "U0DAVE"]), other];
    })
    .await;
    bot.settle().await;
    let looks = |bot: &Bot| bot.slack.calls().iter().filter(|call| call.method == "usergroups.users.list").count();
    let before = looks(&bot);
    assert!(before > 0, "it follows");
    bot.slash("bob", "/incident away for 2h").await;
    bot.settle().await;
    assert_eq!(looks(&bot), before, "it is none of bob's");
    assert_eq!(told(&bot, "carol", "Nobody is on call for *primary team*"), 1, "his own is looked at");
    bot.slash("carol", "/incident override other add @dave for 4h").await;
    bot.settle().await;
    let before = looks(&bot);
    bot.slash("dave", "/incident away from 2026-11-23 until 2026-11-24").await;
    bot.settle().await;
    assert!(looks(&bot) > before, "an override has put him on it");
}
