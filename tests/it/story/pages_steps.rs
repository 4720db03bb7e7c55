//! Steps that ask only in some incidents, or at some hours. The stories begin on Sunday at 03:00 UTC, 04:00 in Berlin.

use watchroom::{
    paging::{
        Condition, Hours,
        schedule::{Day, WeeklyWindow, Zone},
    },
    playbook::Severity,
};

use crate::harness::{Bot, minutes, policy, shown};

fn only(severities: &[u8]) -> Condition {
    Condition { severities: severities.iter().copied().map(Severity).collect(), between: None }
}

/// From 22:00 until 07:00 in Berlin, in the nights that begin on these days.
fn nights(days: Vec<Day>) -> Condition {
    let time = |text: &str| text.parse().expect("a time");
    let window = WeeklyWindow { days, from: time("22:00"), until: time("07:00") };
    let zone = Zone::named("Europe/Berlin").expect("a zone");
    Condition { severities: Vec::new(), between: Some(Hours { zone, window }) }
}

/// Bob under the first condition, Dave under the second, then Erin.
async fn ladder(first: Condition, second: Condition) -> Bot {
    Bot::with(|s| {
        let mut policy = policy("checkout", &[("U0BOB", 5), ("U0DAVE", 5), ("U0ERIN", 5)]);
        (policy.steps[0].only, policy.steps[1].only) = (first, second);
        policy.repeat = 1;
        s.policies = vec![policy];
    })
    .await
}

fn asked(bot: &Bot) -> [usize; 3] {
    ["bob", "dave", "erin"].map(|who| bot.slack.dm(who).iter().filter(|m| m.contains("asked for help")).count())
}

#[tokio::test]
async fn a_step_for_worse_incidents_is_left_out_at_once_and_the_timeline_says_why() {
    let bot = ladder(only(&[1, 2]), only(&[])).await;
    let room = bot.declare("alice", "sev3 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page checkout").await;
    assert_eq!(asked(&bot), [0, 1, 0]);
    bot.expect_once(&room, "asks for help by checkout.");
    bot.expect_once(&room, "Step 1 is left out: it asks only on SEV1, SEV2.");
    bot.expect_once(&room, "First <@U0DAVE> is asked.");
    let timeline = bot.slash_in("alice", &room, "/incident timeline").await;
    assert!(timeline.text.contains("Step 1 is left out"), "{}", timeline.text);
    // It gets worse: in the next round the step asks.
    bot.slash_in("alice", &room, "/incident sev 1 all customers").await;
    bot.advance(minutes(10)).await;
    assert_eq!(asked(&bot)[0], 1, "{}", shown(&bot.said(&room)));
    bot.expect_once(&room, "Step 1 is left out");
}

#[tokio::test]
async fn a_step_for_the_night_asks_until_the_morning_by_the_clocks_of_its_zone() {
    let bot = ladder(nights(vec![Day::Sat]), nights(vec![Day::Sun])).await;
    let room = bot.declare("alice", "sev3 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page checkout").await;
    assert_eq!(asked(&bot), [1, 0, 0], "the night that began on Saturday");
    bot.advance(minutes(5)).await;
    assert_eq!(asked(&bot)[1..], [0, 1], "Sunday's night is yet to come");
    bot.expect_once(&room, "Step 2 is left out: it asks only from 22:00 to 07:00 (Sun, Europe/Berlin).");
    bot.slash_in("erin", &room, "/incident ack").await;
    // 06:59, and then 07:00, in Berlin.
    bot.advance(minutes(174)).await;
    let before = asked(&bot)[0];
    bot.slash_in("alice", &room, "/incident page checkout").await;
    assert_eq!(asked(&bot)[0], before + 1, "it is still night: {}", shown(&bot.slack.dm("bob")));
    bot.slash_in("erin", &room, "/incident ack").await;
    bot.advance(minutes(1)).await;
    bot.slash_in("alice", &room, "/incident page checkout").await;
    assert_eq!(asked(&bot)[0], before + 1, "it is morning");
}

#[tokio::test]
async fn where_no_step_asks_now_the_fallback_is_asked_at_once() {
    let bot = Bot::with(|s| {
        let mut policy = policy("checkout", &[("U0BOB", 5)]);
        policy.steps[0].only = only(&[1]);
        policy.repeat = 100;
        s.policies = vec![policy];
    })
    .await;
    let room = bot.declare("alice", "sev4 the logo is blurred").await;
    bot.slash_in("alice", &room, "/incident page checkout").await;
    assert_eq!(asked(&bot), [0, 0, 0]);
    bot.expect_once(&room, "Step 1 is left out");
    bot.expect_once(&room, "No step asks now; asking the fallback");
    bot.expect_dm("carol", "You are paged");
}
