//! A step that asks one person after the other, from page to page.

use watchroom::paging::{Policy, Target};

use crate::harness::{Bot, minutes, policy};

/// Bob, Dave or Erin, then the managers.
fn in_turn() -> Policy {
    let mut policy = policy("checkout", &[("U0BOB", 5)]);
    policy.steps[0].targets.extend(["U0DAVE", "U0ERIN"].map(|who| Target::Person(who.into())));
    policy.steps[0].round_robin = true;
    policy.steps[0].repeat_min = 0;
    policy
}

/// How many pages each of these got.
fn asked<const N: usize>(bot: &Bot, who: [&str; N]) -> [usize; N] {
    who.map(|who| bot.slack.dm(who).iter().filter(|m| m.contains("asked for help")).count())
}

async fn page(bot: &Bot, title: &str) -> String {
    let room = bot.declare("alice", title).await;
    bot.slash_in("alice", &room, "/incident page checkout").await;
    room
}

#[tokio::test]
async fn each_page_asks_the_next_one_over_incidents_and_restarts() {
    let mut bot = Bot::with(|s| s.policies = vec![in_turn()]).await;
    let who = ["bob", "dave", "erin"];
    page(&bot, "sev3 checkout is down").await;
    assert_eq!(asked(&bot, who), [1, 0, 0]);
    page(&bot, "sev3 search is slow").await;
    assert_eq!(asked(&bot, who), [1, 1, 0]);
    bot.crash_and_restart().await;
    page(&bot, "sev3 mail is late").await;
    assert_eq!(asked(&bot, who), [1, 1, 1], "a restart does not begin with the first again");
    page(&bot, "sev3 login fails").await;
    assert_eq!(asked(&bot, who), [2, 1, 1]);
}

#[tokio::test]
async fn without_an_answer_the_next_round_asks_the_next_one() {
    let bot = Bot::with(|s| s.policies = vec![Policy { repeat: 1, ..in_turn() }]).await;
    page(&bot, "sev3 checkout is down").await;
    bot.advance(minutes(5)).await;
    assert_eq!(asked(&bot, ["bob", "dave", "erin"]), [1, 1, 0]);
    bot.advance(minutes(5)).await;
    assert_eq!(asked(&bot, ["bob", "dave", "erin"]), [1, 1, 0], "then the fallback is asked");
}

#[tokio::test]
async fn who_cannot_come_is_passed_over_in_the_next_round() {
    let bot = Bot::with(|s| s.policies = vec![Policy { repeat: 2, ..in_turn() }]).await;
    let room = page(&bot, "sev3 checkout is down").await;
    bot.slash_in("bob", &room, "/incident cannot on a train").await;
    let after = asked(&bot, ["bob", "dave", "erin"]);
    assert_eq!((after[0], after[1] + after[2]), (1, 1), "somebody else at once");
}

#[tokio::test]
async fn of_a_group_one_member_is_asked_from_page_to_page() {
    let bot = Bot::with(|s| {
        let mut policy = in_turn();
        policy.steps[0].targets = vec![Target::Group("S0CHECKOUT".into())];
        s.policies = vec![policy];
    })
    .await;
    page(&bot, "sev3 checkout is down").await;
    assert_eq!(asked(&bot, ["bob", "carol"]), [1, 0]);
    page(&bot, "sev3 search is slow").await;
    assert_eq!(asked(&bot, ["bob", "carol"]), [1, 1]);
}
