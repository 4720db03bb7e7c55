//! A ladder of three steps, killed at each of its stored transitions: it goes on as if nothing had happened.
//!
//! A process that is killed leaves what it committed and what Slack took, and nothing else; so each life here ends at an exact
//! commit, right after it or with it undone, and its tasks and connections are cut off. What this does not cover: a commit
//! torn in the middle, and what the kernel had not written (`store/crash.rs` and `power_cut_of_the_whole_bot…` do), and a Slack
//! that cannot be asked whether it took a message (`delivery/tests/doubt.rs` does).

use watchroom::{incident::What, paging::Outcome};

use crate::harness::{
    Bot, minutes,
    mortal::{Death, Fate},
    policy, shown,
};

/// What people and the record have of it in the end.
#[derive(Debug, PartialEq)]
struct Seen {
    /// The page's events.
    events: Vec<String>,
    /// Conversations, line by line.
    said: Vec<(String, Vec<String>)>,
}

/// Lives as long as there is something to do, and begins anew whenever it dies.
async fn live(bot: &mut Bot) {
    while let Some(fate) = bot.fate.clone() {
        tokio::select! {
            biased;
            () = fate.died() => bot.crash_and_boot().await,
            () = bot.settle() => return,
        }
    }
    bot.settle().await;
}

/// Types a command until it has `happened`: whoever gets no answer types it again.
async fn typed(bot: &mut Bot, who: &str, text: &str, happened: fn(&What) -> bool) {
    while !bot.history("INC-1").await.iter().any(happened) {
        let fate = bot.fate.clone();
        let person = bot.slack.act_as(who);
        tokio::select! {
            biased;
            () = async { match &fate { Some(fate) => fate.died().await, None => std::future::pending().await } } => {
                bot.crash_and_boot().await;
            }
            answer = person.slash("general", text) => assert_eq!(answer.expect("typed").error, None, "`{text}`"),
        }
        live(bot).await;
    }
}

/// Asked by step, again, passed on, by the fallback, in vain, and acknowledged after all.
async fn walk(fate: Option<std::sync::Arc<Fate>>) -> Seen {
    let steps = policy("checkout", &[("U0BOB", 5), ("U0DAVE", 5), ("U0ERIN", 5)]);
    let mut bot = Bot::with(|s| s.policies = vec![steps]).await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.crash().await;
    bot.fate.clone_from(&fate);
    bot.crash_and_boot().await;
    typed(&mut bot, "alice", "/incident INC-1 page checkout", |w| matches!(w, What::PageStarted { .. })).await;
    for _ in 0..21 {
        bot.clock.advance(minutes(1));
        live(&mut bot).await;
    }
    typed(&mut bot, "carol", "/incident INC-1 ack", |w| matches!(w, What::PageAcknowledged { .. })).await;
    if let Some(fate) = fate {
        assert!(fate.deaths() > 40, "only {} deaths", fate.deaths());
        fate.spare();
    }
    bot.settle().await;
    bot.expect_nothing_doubled(1);
    bot.expect_in_order(&room);
    let events = bot.history("INC-1").await.into_iter().filter_map(of_page).collect();
    bot.crash().await;
    let mut said = vec![("room".to_owned(), lines(&bot, &room))];
    for who in ["bob", "dave", "erin", "carol"] {
        said.push((who.to_owned(), bot.slack.dm(who).iter().map(ToString::to_string).collect()));
    }
    assert_eq!(said.iter().skip(1).map(|(_, lines)| lines.len()).collect::<Vec<_>>(), [3, 3, 3, 1], "{said:#?}");
    Seen { events, said }
}

/// What the room says. What is due in the same minute rings in any order; that of the page stands in its events.
fn lines(bot: &Bot, room: &str) -> Vec<String> {
    let said = bot.said(room);
    assert!(bot.count(room, "Nobody has acknowledged") == 1, "{}", shown(&said));
    let mut lines: Vec<String> = said.iter().map(ToString::to_string).collect();
    lines.sort();
    lines
}

/// An event of the page, but for Slack's own id of a message.
fn of_page(mut what: What) -> Option<String> {
    if let What::PageAttempted { attempt, .. } = &mut what
        && let Outcome::Sent { ts, .. } = &mut attempt.outcome
    {
        *ts = "".into();
    }
    let told = format!("{what:?}");
    told.starts_with("Page").then_some(told)
}

#[tokio::test]
async fn a_ladder_killed_right_after_each_of_its_commits_goes_on() {
    let undisturbed = walk(None).await;
    assert!(undisturbed.events.len() > 20, "{undisturbed:#?}");
    assert_eq!(walk(Some(Fate::one_commit_each(Death::After))).await, undisturbed);
}

/// Slack took the message, and the record does not know.
#[tokio::test]
async fn a_ladder_killed_right_before_each_of_its_commits_goes_on() {
    assert_eq!(walk(Some(Fate::one_commit_each(Death::Before))).await, walk(None).await);
}
