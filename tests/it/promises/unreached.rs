//! Nobody is silently unreached: the record shows it, and a human hears it.

use watchroom::{
    config::Settings,
    incident::What,
    paging::{Outcome, Target},
    sandbox::{Fault, FaultKind},
};

use crate::harness::{Bot, minutes, policy, shown};

fn failures(history: &[What]) -> Vec<String> {
    let failed = history.iter().filter_map(|what| match what {
        What::PageAttempted { attempt, .. } => match &attempt.outcome {
            Outcome::Failed { why } => Some(format!("{} {why}", attempt.to)),
            _ => None,
        },
        _ => None,
    });
    failed.collect()
}

fn is_exhausted(history: &[What]) -> bool {
    history.iter().any(|what| matches!(what, What::PageExhausted { .. }))
}

#[tokio::test]
async fn somebody_who_left_is_named_and_the_next_one_is_asked_at_once() {
    let bot = Bot::with(|s| s.policies = vec![policy("checkout", &[("U0FRANK", 5), ("U0DAVE", 5)])]).await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page checkout").await;
    let failed = failures(&bot.history("INC-1").await);
    assert!(failed.iter().any(|f| f.starts_with("<@U0FRANK>")), "{failed:?}");
    bot.expect_once(&room, "@frank could not be reached");
    bot.expect_dm("dave", "checkout is down");
}

#[tokio::test]
async fn somebody_who_leaves_while_being_asked_is_named() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page @bob").await;
    bot.slack.deactivate("bob").expect("deactivated");
    bot.advance(minutes(2)).await;
    assert_eq!(failures(&bot.history("INC-1").await).len(), 1);
    bot.expect_once(&room, "@bob could not be reached");
}

#[tokio::test]
async fn a_group_without_anyone_is_said_and_passed_on() {
    for group in ["S0ONCALL", "S0NOWHERE"] {
        let nobody = |s: &mut Settings| {
            s.policies = vec![policy("night", &[("U0BOB", 5)])];
            s.policies[0].steps[0].targets = vec![Target::Group(group.into())];
        };
        let bot = Bot::with(nobody).await;
        let room = bot.declare("carol", "sev1 checkout is down").await;
        bot.slack.deactivate("alice").expect("deactivated");
        bot.slack.deactivate("bob").expect("deactivated");
        bot.slash_in("carol", &room, "/incident page night").await;
        let history = bot.history("INC-1").await;
        let empty = history.iter().any(|w| matches!(w, What::PageTargetsFound { people, .. } if people.is_empty()));
        assert!(empty, "{history:?}");
        // Slack does not know the second one: nobody can say whether somebody is in it.
        bot.expect_once(
            &room,
            if group == "S0ONCALL" { "can be reached." } else { "could not be asked (no_such_subteam)." },
        );
        bot.expect_dm("carol", "Acknowledge");
    }
}

#[tokio::test]
async fn an_exhausted_policy_is_on_record_in_the_room_and_with_whoever_asked() {
    let bot = Bot::with(|s| s.policies = vec![policy("checkout", &[("U0BOB", 5), ("U0DAVE", 5)])]).await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("erin", &room, "/incident page checkout").await;
    bot.advance(minutes(15)).await;
    assert!(is_exhausted(&bot.history("INC-1").await));
    bot.expect_once(&room, "Nobody has acknowledged.");
    bot.expect_dm("alice", "Nobody has acknowledged.");
    bot.expect_dm("erin", "Nobody has acknowledged.");
    assert!(bot.card(&room).contains("obody"), "the card says so too:\n{}", bot.card(&room));
    bot.advance(minutes(60)).await;
    bot.expect_once(&room, "Nobody has acknowledged.");
}

#[tokio::test]
async fn an_exhausted_policy_is_heard_without_a_room() {
    let bot = Bot::with(|s| s.policies = vec![policy("checkout", &[("U0BOB", 5)])]).await;
    bot.slack.fault(Fault::new(FaultKind::ServerError { status: 500 }).on("conversations.create"));
    bot.slash("alice", "/incident declare sev1 checkout is down").await;
    bot.slash("alice", "/incident INC-1 page checkout").await;
    bot.advance(minutes(10)).await;
    assert!(is_exhausted(&bot.history("INC-1").await));
    bot.expect_dm("alice", "Nobody has acknowledged.");
}

#[tokio::test]
async fn a_lost_room_is_on_record_and_its_commander_hears_of_it() {
    for (how, words) in [("kicked", "lost the bot"), ("archived", "was archived"), ("deleted", "was deleted")] {
        let bot = Bot::start().await;
        let room = bot.declare("alice", "sev1 checkout is down").await;
        match how {
            "kicked" => bot.slack.kick_bot(&room).expect("thrown out"),
            "archived" => bot.slack.archive(&room).expect("archived"),
            _ => bot.slack.send_event(serde_json::json!({ "type": "channel_deleted", "channel": room })),
        }
        bot.settle().await;
        let history = bot.history("INC-1").await;
        assert!(history.iter().any(|w| matches!(w, What::RoomLost { .. })), "{how}: {history:?}");
        bot.expect_dm("alice", words);
        bot.advance(minutes(10)).await;
        bot.expect_dm("alice", "is overdue");
    }
}

#[tokio::test]
async fn pages_that_cannot_go_out_are_on_record_and_the_next_are_asked() {
    let bot = Bot::with(|s| s.policies = vec![policy("checkout", &[("U0BOB", 5), ("U0DAVE", 5)])]).await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slack.fault(Fault::new(FaultKind::ServerError { status: 500 }).on("conversations.open").seconds(150));
    bot.slash_in("alice", &room, "/incident page checkout").await;
    bot.advance(minutes(4)).await;
    let failed = failures(&bot.history("INC-1").await);
    assert!(failed.iter().any(|f| f.starts_with("<@U0BOB>")), "{failed:?}");
    assert!(bot.count(&room, "@bob could not be reached") == 1, "{}", shown(&bot.said(&room)));
    bot.expect_dm("dave", "checkout is down");
    bot.expect_nothing_doubled(1);
}

#[tokio::test]
async fn an_updates_channel_that_is_not_there_is_said_aloud() {
    let bot = Bot::with(|s| s.updates_channel = Some("#nowhere".into())).await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident update We roll back").await;
    let history = bot.history("INC-1").await;
    assert!(history.iter().any(|w| matches!(w, What::DeliveryFailed { .. })), "{history:?}");
    bot.expect_once(&room, "could not");
}

/// Slack is slow to say who is in a group: they are asked, although the step has asked others again meanwhile.
#[tokio::test]
async fn who_is_found_out_late_is_asked_all_the_same() {
    let slowly = |s: &mut Settings| {
        s.policies = vec![policy("night", &[("U0ERIN", 10), ("U0DAVE", 5)])];
        s.policies[0].steps[0].targets.push(Target::Group("S0ONCALL".into()));
    };
    let bot = Bot::with(slowly).await;
    let room = bot.declare("carol", "sev1 checkout is down").await;
    bot.slack.fault(Fault::new(FaultKind::Latency { millis: 1500 }).on("usergroups.users.list").times(1));
    bot.slack.act_as("carol").slash(&room, "/incident page night").await.expect("typed");
    bot.clock.advance(minutes(2));
    bot.settle().await;
    let history = bot.history("INC-1").await;
    let place = |is: fn(&What) -> bool| history.iter().position(is);
    let again = place(|what| matches!(what, What::PageRepeated { .. })).expect("asked again");
    let found = place(|what| matches!(what, What::PageTargetsFound { .. }));
    assert!(found.is_some_and(|found| again < found), "{history:#?}");
    bot.expect_dm("bob", "checkout is down");
    assert!(bot.slack.dm("dave").is_empty(), "it is not his turn: {}", shown(&bot.said(&room)));
}

/// The process dies before it looks up whom the fallback asks, and is away for longer than the fallback has: there is nobody behind
/// it, so that it is asked all the same.
#[tokio::test]
async fn a_fallback_that_nobody_looked_up_in_time_is_asked_after_all() {
    let mut bot = Bot::with(|s| {
        let mut shop = policy("shop", &[("U0BOB", 5)]);
        // Not on this severity: the fallback has its turn at once.
        shop.steps[0].only.severities = vec![watchroom::playbook::Severity(1)];
        s.policies = vec![shop];
    })
    .await;
    let room = bot.declare("alice", "sev3 checkout is slow").await;
    bot.slack.fault(Fault::new(FaultKind::Latency { millis: 1500 }).on("usergroups.users.list").times(2));
    bot.slack.act_as("alice").slash(&room, "/incident page shop").await.expect("typed");
    bot.crash().await;
    bot.clock.advance(minutes(30));
    bot.restart().await;
    bot.settle().await;
    bot.expect_dm("carol", "checkout is slow");
    assert!(!is_exhausted(&bot.history("INC-1").await), "{}", shown(&bot.said(&room)));
    bot.advance(minutes(6)).await;
    assert!(is_exhausted(&bot.history("INC-1").await), "and has its five minutes");
    bot.expect_nothing_doubled(1);
}

/// Slack does not say for minutes who is in the fallback's group: it is tried until it does, and the room hears that meanwhile.
#[tokio::test]
async fn a_fallback_is_looked_up_for_as_long_as_it_takes() {
    let bot = Bot::with(|s| s.policies = vec![policy("shop", &[("U0FRANK", 5)])]).await;
    let room = bot.declare("alice", "sev3 checkout is slow").await;
    bot.slack.fault(Fault::new(FaultKind::ServerError { status: 503 }).on("usergroups.users.list").seconds(14 * 60));
    bot.slash_in("alice", &room, "/incident page shop").await;
    bot.advance(minutes(12)).await;
    bot.expect_once(&room, "whom the fallback asks, yet, and goes on trying");
    assert!(!is_exhausted(&bot.history("INC-1").await), "{}", shown(&bot.said(&room)));
    bot.advance(minutes(4)).await;
    bot.expect_dm("carol", "checkout is slow");
    bot.advance(minutes(6)).await;
    assert!(is_exhausted(&bot.history("INC-1").await), "then everybody was asked");
    bot.expect_nothing_doubled(1);
}

/// A step that asks a group for an hour, and dave then.
fn a_group_then_dave(s: &mut Settings) {
    s.policies = vec![policy("night", &[("U0ERIN", 60), ("U0DAVE", 5)])];
    s.policies[0].steps[0].targets = vec![Target::Group("S0ONCALL".into())];
}

/// The process was down for longer than a look-up may take, and the first one after that fails: that says nothing of who is in the
/// group, and they are asked.
#[tokio::test]
async fn one_look_up_that_fails_after_downtime_is_no_empty_group() {
    let mut bot = Bot::with(a_group_then_dave).await;
    let room = bot.declare("carol", "sev1 checkout is down").await;
    bot.slack.fault(Fault::new(FaultKind::Latency { millis: 1500 }).on("usergroups.users.list").times(2));
    bot.slack.act_as("carol").slash(&room, "/incident page night").await.expect("typed");
    bot.crash().await;
    bot.clock.advance(minutes(10));
    bot.slack.fault(Fault::new(FaultKind::ServerError { status: 503 }).on("usergroups.users.list").times(2));
    bot.restart().await;
    bot.advance(minutes(3)).await;
    bot.expect_dm("bob", "checkout is down");
    assert!(bot.slack.dm("dave").is_empty(), "it is not his turn: {}", shown(&bot.said(&room)));
    assert_eq!(bot.count(&room, "could not be asked"), 0, "{}", shown(&bot.said(&room)));
}

/// It is not asked for ever: the next step is asked then, and the room hears that nobody knows who was in the group.
#[tokio::test]
async fn a_group_that_nobody_can_look_up_is_passed_over_aloud() {
    // After a few tries; at once, where Slack wants to be left alone for longer than anybody waits.
    for (fault, after, why) in [
        (FaultKind::ServerError { status: 503 }, 2, "Slack cannot be reached: status 503"),
        (FaultKind::RateLimited { retry_after: 120 }, 0, "Slack asked to wait 120 s"),
    ] {
        let bot = Bot::with(a_group_then_dave).await;
        let room = bot.declare("carol", "sev1 checkout is down").await;
        bot.slack.fault(Fault::new(fault).on("usergroups.users.list").seconds(600));
        bot.slash_in("carol", &room, "/incident page night").await;
        bot.advance(minutes(after)).await;
        bot.expect_dm("dave", "checkout is down");
        bot.expect_once(&room, &format!("Who is in @oncall could not be asked ({why})."));
        assert_eq!(bot.count(&room, "Nobody in"), 0, "nobody knows that: {}", shown(&bot.said(&room)));
    }
}

/// A channel acknowledges nothing by itself: while the people of the fallback are not found, it goes on asking, and says so.
#[tokio::test]
async fn a_fallback_of_which_a_channel_alone_was_reached_goes_on() {
    let bot = Bot::with(|s| {
        s.policies = vec![policy("shop", &[("U0FRANK", 5)])];
        s.policies[0].fallback = vec![Target::Channel("C0GENERAL".into()), Target::Group("S0ONCALL".into())];
    })
    .await;
    let room = bot.declare("carol", "sev3 checkout is slow").await;
    bot.slack.fault(Fault::new(FaultKind::ServerError { status: 503 }).on("usergroups.users.list").seconds(14 * 60));
    bot.slash_in("carol", &room, "/incident page shop").await;
    bot.advance(minutes(12)).await;
    assert!(bot.count("C0GENERAL", "checkout is slow") > 0, "{}", shown(&bot.said("C0GENERAL")));
    bot.expect_once(&room, "whom the fallback asks, yet, and goes on trying");
    assert!(!is_exhausted(&bot.history("INC-1").await), "{}", shown(&bot.said(&room)));
    bot.advance(minutes(4)).await;
    bot.expect_dm("bob", "checkout is slow");
    bot.advance(minutes(6)).await;
    assert!(is_exhausted(&bot.history("INC-1").await), "then everybody was asked");
    bot.expect_once(&room, "Nobody has acknowledged.");
}

/// A channel alone, in which nobody acknowledges, ends as any other fallback does: aloud.
#[tokio::test]
async fn a_fallback_of_a_channel_alone_ends_aloud() {
    let bot = Bot::with(|s| {
        s.policies = vec![policy("shop", &[("U0FRANK", 5)])];
        s.policies[0].fallback = vec![Target::Channel("C0GENERAL".into())];
    })
    .await;
    let room = bot.declare("carol", "sev3 checkout is slow").await;
    bot.slash_in("carol", &room, "/incident page shop").await;
    bot.advance(minutes(6)).await;
    assert!(is_exhausted(&bot.history("INC-1").await), "{}", shown(&bot.said(&room)));
    bot.expect_once(&room, "Nobody has acknowledged.");
    bot.expect_dm("carol", "Nobody has acknowledged.");
}
