//! Schedules: who is on call, who is woken by them, and what people change about it.

use std::num::NonZeroU16;

use jiff::SignedDuration;
use serde_json::json;
use watchroom::{
    config::Followed,
    paging::{
        Policy, Step, Target,
        rota::Watch,
        schedule::{Active, Every, Handover, Layer, Mode, Rotation, Schedule, Zone},
    },
};

use crate::harness::{Bot, edited, minutes, shown};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// These take turns by the week, each from Monday 09:00 UTC; the story begins on a Sunday in the first one's week.
pub fn weekly(id: &str, people: &[&str]) -> Followed {
    let rotation = Rotation {
        name: "weekly".into(),
        effective_from: None,
        participants: people.iter().map(|who| vec![(*who).into()]).collect(),
        handover: Handover { start: "2026-11-16T09:00".parse().expect("a time"), every: Every::Weeks(NonZeroU16::MIN) },
        shifts_per_participant: NonZeroU16::MIN,
        restrictions: Vec::new(),
    };
    let layer = Layer {
        name: "all".into(),
        mode: Mode::Replace,
        active: Active::default(),
        rotations: vec![rotation],
        calendar: None,
    };
    let tz = Zone::named("UTC").expect("a zone");
    Followed {
        schedule: Schedule { id: id.into(), name: format!("{id} team"), tz, layers: vec![layer] },
        owner: Some(Target::Person("U0CAROL".into())),
        user_group: None,
        watch: Watch { remind_min: 60, gaps_expected: false },
    }
}

/// Presses a button on the last private answer in #general that has it; the answer to that.
async fn press_private(bot: &Bot, who: &str, button: &str) -> String {
    bot.press(who, &bot.slack.ephemerals(who, "general"), button).await;
    bot.slack.ephemerals(who, "general").pop().expect("an answer").text
}

const THREE: [&str; 3] = ["U0BOB", "U0DAVE", "U0ERIN"];

/// One schedule, and a policy that asks it first, then carol.
async fn bot() -> Bot {
    Bot::with(|s| {
        s.schedules = vec![weekly("primary", &THREE)];
        let step = |target| Step { targets: vec![target], wait_min: 5, ..Step::default() };
        let steps = vec![step(Target::Schedule("primary".into())), step(Target::Person("U0CAROL".into()))];
        s.policies = vec![Policy { name: "shop".into(), steps, fallback: s.fallback.clone(), ..Policy::default() }];
    })
    .await
}

#[tokio::test]
async fn whoever_is_on_call_is_paged_and_the_room_hears_who_that_is() {
    let bot = bot().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page shop").await;
    bot.expect_dm("bob", "checkout is down");
    bot.expect_once(&room, "@bob is on call for primary");
    assert!(bot.slack.dm("dave").is_empty(), "not his week");
    bot.press("bob", &bot.slack.dm("bob"), "Acknowledge").await;
    bot.expect_once(&room, "acknowledged after 0 s.");
    let answer = bot.slash_in("alice", &room, "/incident page primary").await;
    assert!(!answer.text.contains("no such"), "{}", answer.text);
    assert_eq!(
        bot.slack.dm("bob").iter().filter(|m| m.contains("You are paged")).count(),
        1,
        "{}",
        shown(&bot.slack.dm("bob"))
    );
}

#[tokio::test]
async fn an_override_wakes_the_other_one_and_both_hear_of_it() {
    let bot = bot().await;
    let answer = bot.slash("alice", "/incident override primary @dave for 2h because bob is at the dentist").await;
    assert!(answer.text.contains("<@U0DAVE> instead of everybody"), "{}", answer.text);
    bot.expect_dm("dave", "You are on call for");
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page shop").await;
    bot.expect_dm("dave", "checkout is down");
    assert!(!bot.slack.dm("bob").iter().any(|m| m.contains("checkout is down")), "{}", shown(&bot.slack.dm("bob")));
    let now = bot.slash("bob", "/incident oncall").await.text;
    assert!(now.contains("now <@U0DAVE>") && now.contains("next <@U0BOB>"), "{now}");
    bot.advance(HOUR * 2).await;
    let then = bot.slash("bob", "/incident who primary").await.text;
    assert!(then.contains("now <@U0BOB>") && then.contains("next <@U0DAVE>"), "{then}");
}

#[tokio::test]
async fn an_override_is_taken_back_by_a_press_and_the_past_stays_as_it_was() {
    let bot = bot().await;
    bot.slash("alice", "/incident override primary @dave instead of @bob for 4h").await;
    bot.advance(HOUR).await;
    let undone = press_private(&bot, "alice", "Undo").await;
    assert!(undone.contains("is ended"), "{undone}");
    bot.expect_dm("dave", "ended an override");
    bot.expect_dm("bob", "ended an override");
    let now = bot.slash("alice", "/incident oncall primary").await.text;
    assert!(now.contains("now <@U0BOB>"), "{now}");
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_a_way_out() {
    let bot = bot().await;
    for (typed, says) in [
        ("override primary @dave instead of @erin for 2h", "is not on call then"),
        ("override primary @bob instead of @bob for 2h", "one and the same"),
        ("override primary @dave until yesterday", "When?"),
        ("override primary @dave from 2028-01-01 until 2028-01-02", "more than a year"),
        ("override primary @dave", "When?"),
        ("override nowhere @dave for 2h", "Of which schedule?"),
        ("override primary for 2h", "Who is on call then?"),
        ("oncall nowhere", "There is no schedule"),
        ("swap @alice", "no schedule together"),
        ("swap", "with whom"),
        ("away", "not away"),
        ("away never", "From when until when?"),
        ("override primary cover me for 2h", "is not on call then"),
    ] {
        let answer = bot.slash("alice", &format!("/incident {typed}")).await.text;
        assert!(answer.contains(says), "{typed}: {answer}");
    }
    for who in ["bob", "dave", "erin", "carol"] {
        assert!(bot.slack.dm(who).is_empty(), "nobody was told of anything: {}", shown(&bot.slack.dm(who)));
    }
}

#[tokio::test]
async fn the_first_who_says_yes_covers_and_the_others_see_it() {
    let bot = bot().await;
    let answer = bot.slash("bob", "/incident override primary cover me until 08:00 because my child is ill").await.text;
    assert!(answer.contains("are asked to cover"), "{answer}");
    bot.expect_dm("erin", "in their place");
    bot.expect_dm("dave", "my child is ill");
    bot.press("erin", &bot.slack.dm("erin"), "I will").await;
    bot.expect_dm("erin", "You said yes");
    let daves = bot.expect_dm("dave", "said yes");
    assert!(!daves.contains("I will"), "nothing is left to press: {}", daves.text);
    bot.expect_dm("bob", "is on call for *primary team* in your place");
    let now = bot.slash("alice", "/incident oncall primary").await.text;
    assert!(now.contains("now <@U0ERIN>"), "{now}");
}

#[tokio::test]
async fn two_exchange_their_shifts_once_the_other_agrees() {
    let bot = bot().await;
    let answer = bot.slash("dave", "/incident swap @erin").await.text;
    assert!(answer.contains("<@U0ERIN> is asked to be on call"), "{answer}");
    bot.expect_dm("erin", "exchange shifts");
    bot.press("erin", &bot.slack.dm("erin"), "Exchange").await;
    bot.expect_dm("dave", "said yes");
    // Dave's week begins on Monday, erin's a week later.
    bot.advance(HOUR * 24 * 3).await;
    let now = bot.slash("alice", "/incident oncall primary").await.text;
    assert!(now.contains("now <@U0ERIN>"), "{now}");
    bot.advance(HOUR * 24 * 7).await;
    let now = bot.slash("alice", "/incident oncall primary").await.text;
    assert!(now.contains("now <@U0DAVE>"), "{now}");
}

#[tokio::test]
async fn a_swap_that_is_declined_changes_nothing() {
    let bot = bot().await;
    bot.slash("dave", "/incident swap primary @erin").await;
    bot.press("erin", &bot.slack.dm("erin"), "Decline").await;
    bot.expect_dm("dave", "declined to exchange");
    bot.advance(HOUR * 24 * 3).await;
    let now = bot.slash("alice", "/incident oncall primary").await.text;
    assert!(now.contains("now <@U0DAVE>"), "{now}");
}

#[tokio::test]
async fn an_absence_that_leaves_a_gap_is_told_to_the_owner_and_a_page_goes_on_at_once() {
    let bot = bot().await;
    let answer = bot.slash("bob", "/incident away until 08:00").await.text;
    assert!(answer.contains("has nobody else"), "{answer}");
    bot.expect_dm("carol", "Nobody is on call for *primary team*");
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page shop").await;
    bot.expect_once(&room, "Nobody is on call for primary");
    bot.expect_dm("carol", "You are paged");
    assert!(!bot.slack.dm("bob").iter().any(|m| m.contains("You are paged")), "he is away");
    bot.slash("bob", "/incident away").await;
    press_private(&bot, "bob", "Back now").await;
    let now = bot.slash("alice", "/incident oncall").await.text;
    assert!(now.contains("now <@U0BOB>"), "{now}");
}

#[tokio::test]
async fn a_gap_is_told_aloud_where_the_owner_has_left() {
    let bot = Bot::with(|s| {
        let gone = Some(Target::Person("U0FRANK".into()));
        s.schedules = vec![Followed { owner: gone, ..weekly("primary", &THREE) }];
    })
    .await;
    bot.slash("bob", "/incident away until 08:00").await;
    bot.expect_once("incidents", "Nobody is on call for");
}

#[tokio::test]
async fn the_owner_hears_days_before_of_whoever_left_and_stands_in_the_schedule_once() {
    let mut bot = bot().await;
    bot.settle().await;
    assert!(bot.slack.dm("carol").is_empty(), "{}", shown(&bot.slack.dm("carol")));
    // Erin's week is the one after the next.
    bot.slack.with(|ws| ws.users.get_mut("U0ERIN").expect("erin").deleted = true);
    bot.advance(HOUR * 24).await;
    bot.expect_dm("carol", "Deactivated in Slack or not known there, and on call for *primary team*:\n• @erin from");
    bot.crash_and_restart().await;
    bot.advance(HOUR * 24 * 3).await;
    let told = bot.slack.dm("carol").iter().filter(|m| m.contains("Deactivated")).count();
    assert_eq!(told, 1, "{}", shown(&bot.slack.dm("carol")));
}

#[tokio::test]
async fn the_owner_of_a_later_step_hears_days_before_that_it_asks_the_same_people_once() {
    let mut bot = Bot::with(|s| {
        let of = |id, people: &[&str], owner: &str| Followed {
            owner: Some(Target::Person(owner.into())),
            ..weekly(id, people)
        };
        // From Monday on it is dave's week in both.
        s.schedules =
            vec![of("primary", &["U0BOB", "U0DAVE"], "U0ALICE"), of("secondary", &["U0ERIN", "U0DAVE"], "U0CAROL")];
        let step = |id: &str| Step { targets: vec![Target::Schedule(id.into())], wait_min: 5, ..Step::default() };
        let steps = vec![step("primary"), step("secondary")];
        s.policies = vec![Policy { name: "shop".into(), steps, fallback: s.fallback.clone(), ..Policy::default() }];
    })
    .await;
    bot.settle().await;
    let said = bot.expect_dm("carol", "By *secondary team* a step asks the same people as the step before");
    assert!(said.contains("• shop, step 2: @dave from"), "{said}");
    bot.crash_and_restart().await;
    bot.clock.advance(HOUR * 24);
    bot.settle().await;
    for (who, times) in [("carol", 1), ("alice", 0)] {
        let told = bot.slack.dm(who).iter().filter(|m| m.contains("the same people")).count();
        assert_eq!(told, times, "{who}: {}", shown(&bot.slack.dm(who)));
    }
    let answer = bot.slash("carol", "/incident override secondary @erin for 336h").await.text;
    assert!(answer.contains("<@U0ERIN>"), "{answer}");
    // What was told is forgotten by then, and dave still has the first one.
    bot.clock.advance(HOUR * (24 * 6 + 1));
    bot.settle().await;
    let told = bot.slack.dm("carol").iter().filter(|m| m.contains("the same people")).count();
    assert_eq!(told, 1, "somebody else has it now: {}", shown(&bot.slack.dm("carol")));
}

#[tokio::test]
async fn a_shift_is_announced_an_hour_before_once_even_over_a_crash() {
    let mut bot = bot().await;
    // Monday, 07:59 UTC: an hour and a minute before dave's week.
    bot.advance(HOUR * 28 + minutes(59)).await;
    assert!(bot.slack.dm("dave").is_empty(), "{}", shown(&bot.slack.dm("dave")));
    bot.crash().await;
    bot.clock.advance(minutes(2));
    bot.restart().await;
    bot.settle().await;
    bot.expect_dm("dave", "You are on call for *primary team* from");
    bot.crash_and_restart().await;
    bot.advance(HOUR * 3).await;
    let told = bot.slack.dm("dave").iter().filter(|m| m.contains("You are on call")).count();
    assert_eq!(told, 1, "{}", shown(&bot.slack.dm("dave")));
}

#[tokio::test]
async fn a_user_group_follows_who_is_on_call() {
    let bot = Bot::with(|s| {
        let mut primary = weekly("primary", &THREE);
        primary.user_group = Some("S0ONCALL".into());
        s.schedules = vec![primary];
    })
    .await;
    let members = |bot: &Bot| bot.slack.with(|ws| ws.groups["S0ONCALL"].users.clone());
    bot.settle().await;
    assert_eq!(members(&bot), ["U0BOB"]);
    bot.slash("alice", "/incident override primary @erin for 1h").await;
    assert_eq!(members(&bot), ["U0ERIN"]);
    bot.advance(HOUR).await;
    assert_eq!(members(&bot), ["U0BOB"]);
    bot.advance(HOUR * 24 * 2).await;
    assert_eq!(members(&bot), ["U0DAVE"], "a week later it is dave's turn");
}

#[tokio::test]
async fn a_role_is_offered_to_whoever_is_on_call() {
    let bot = Bot::configured(|config| {
        config.settings.schedules = vec![weekly("primary", &["U0DAVE"])];
        config.playbook = edited(|book| {
            let role = book.roles.iter_mut().find(|r| r.id.as_str() == "operations").expect("a role");
            role.main = Some("oncall:primary".parse().expect("a contact"));
        });
    })
    .await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.expect_dm("dave", "Operations lead");
    bot.press("dave", &bot.slack.dm("dave"), "Accept").await;
    assert!(bot.card(&room).contains("<@U0DAVE>"), "{}", bot.card(&room).text);
}

#[tokio::test]
async fn the_form_and_the_calendar_do_without_typing() {
    let bot = bot().await;
    bot.slash("alice", "/incident oncall primary").await;
    let weeks = press_private(&bot, "alice", "Four weeks").await;
    for who in THREE {
        assert!(weeks.contains(&format!("<@{who}>")), "{weeks}");
    }
    bot.press("alice", &bot.slack.ephemerals("alice", "general"), "Override").await;
    let form = bot.form("alice");
    assert!(form.contains("Who is on call then"), "{form:?}");
    let begins = bot.clock_second() + 3600;
    let gone = [
        ("Schedule", json!("primary")),
        ("Who is on call then", json!("U0FRANK")),
        ("From", json!(begins)),
        ("Until", json!(begins + 3600)),
    ];
    bot.slack.act_as("alice").fill(gone).await.expect("fields of the form");
    let refused = bot.submit("alice", &[]).await;
    assert!(format!("{refused:?}").contains("is deactivated"), "{refused:?}");
    bot.submit("alice", &[("Who is on call then", "U0ERIN")]).await;
    let done = bot.form("alice");
    assert!(done.contains("instead of everybody"), "{done:?}");
    bot.expect_dm("erin", "You are on call for *primary team*");
    let mine = bot.slash("dave", "/incident oncall me").await.text;
    assert!(mine.contains("primary team"), "{mine}");
    bot.slack.act_as("dave").open_home().expect("opened");
    bot.settle().await;
    let home = bot.slack.home("dave").expect("a home");
    assert!(home.contains(":pager: *primary team* from") && home.contains("now @bob"), "{home:?}");
    let asked = bot.slash("dave", "/incident oncall shop").await.text;
    assert!(asked.contains("Step 1") && asked.contains("now <@U0BOB>") && asked.contains("Step 2"), "{asked}");
}

/// A step by one rotation names whoever is on call by that one, since and until when, and by what; each of several by their own.
#[tokio::test]
async fn a_step_by_a_rotation_names_whoever_is_on_call_by_it() {
    let bot = Bot::with(|s| {
        let mut followed = weekly("primary", &["U0BOB"]);
        let layer = &mut followed.schedule.layers[0];
        let nights = Rotation {
            name: "L2".into(),
            participants: vec![vec!["U0ERIN".into()], vec!["U0ALICE".into()]],
            ..layer.rotations[0].clone()
        };
        layer.rotations.push(nights);
        s.schedules = vec![followed];
        let rotation = Target::Rotation { schedule: "primary".into(), rotation: "L2".into() };
        let step = |targets| Step { targets, wait_min: 5, ..Step::default() };
        let steps = vec![step(vec![rotation]), step(vec![Target::Schedule("primary".into())])];
        s.policies = vec![Policy { name: "shop".into(), steps, fallback: s.fallback.clone(), ..Policy::default() }];
    })
    .await;
    let asked = bot.slash("alice", "/incident oncall shop").await.text;
    let line = |place: &str| {
        let found = asked.lines().find(|line| line.starts_with(place));
        found.unwrap_or_else(|| panic!("no {place} in {asked}")).to_owned()
    };
    let first = line("*Step 1*");
    assert!(first.contains("*primary team* (L2): now <@U0ERIN>") && !first.contains("U0BOB"), "{first}");
    assert!(first.contains(", since ") && first.contains("by the rotation L2"), "{first}");
    let second = line("*Step 2*");
    assert!(second.contains("<@U0BOB> by the rotation weekly, <@U0ERIN> by the rotation L2"), "{second}");
    bot.slash("alice", "/incident override primary @dave instead of @erin for 2h").await;
    let asked = bot.slash("alice", "/incident oncall shop").await.text;
    assert!(asked.contains("now <@U0DAVE>") && asked.contains("<@U0DAVE> by override"), "{asked}");
}
