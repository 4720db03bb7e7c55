//! Paging: asked, asked again, passed on, answered, given up aloud.

use watchroom::paging::Target;

use crate::harness::{Bot, minutes, policy, shown};

#[tokio::test]
async fn escalation_walks_the_policy() {
    let mut bot =
        Bot::with(|s| s.policies = vec![policy("checkout", &[("U0BOB", 5), ("U0DAVE", 5), ("U0ERIN", 5)])]).await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page checkout").await;
    bot.expect_dm("bob", "checkout is down");
    assert!(!bot.slack.dm("dave").iter().any(|m| m.contains("checkout is down")), "not dave's turn yet");
    bot.advance(minutes(5)).await;
    bot.expect_dm("dave", "checkout is down");
    bot.crash_and_restart().await;
    bot.advance(minutes(5)).await;
    bot.expect_dm("erin", "checkout is down");
    bot.press("erin", &bot.slack.dm("erin"), "Acknowledge").await;
    bot.expect_once(&room, "acknowledged after 10 min.");
    bot.advance(minutes(30)).await;
    assert!(bot.slack.dm("carol").is_empty(), "acknowledged: nobody else is asked");
}

#[tokio::test]
async fn a_person_is_asked_again_before_the_fallback() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page @bob").await;
    let asked = |bot: &Bot| bot.slack.dm("bob").iter().filter(|m| m.contains("checkout is down")).count();
    assert_eq!(asked(&bot), 1);
    bot.advance(minutes(2)).await;
    assert_eq!(asked(&bot), 2, "asked again after two minutes");
    bot.advance(minutes(3)).await;
    bot.expect_dm("carol", "checkout is down");
    bot.advance(minutes(10)).await;
    assert!(bot.count(&room, "Nobody has acknowledged") >= 1, "said aloud in the room");
}

/// A user group of thirty who can all be reached.
fn crowd(bot: &Bot) {
    bot.slack.with(|ws| {
        let frank = ws.users["U0FRANK"].clone();
        let crowd: Vec<String> = (10..40).map(|n| format!("U0CROWD{n}")).collect();
        for id in crowd.clone() {
            let mut person = frank.clone();
            (person.id, person.name, person.deleted) = (id.clone(), id.to_lowercase(), false);
            ws.users.insert(id, person);
        }
        ws.groups.get_mut("S0CHECKOUT").expect("a group").users = crowd;
    });
}

#[tokio::test]
async fn of_a_large_group_some_are_asked_and_the_room_hears_how_many_are_not() {
    let bot = Bot::start().await;
    crowd(&bot);
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page @checkout-team @bob").await;
    let asked = |bot: &Bot| (10..40).filter(|n| !bot.slack.dm(&format!("U0CROWD{n}")).is_empty()).count();
    assert_eq!(asked(&bot), 9, "with bob that is ten:\n{}", shown(&bot.said(&room)));
    bot.expect_dm("bob", "checkout is down");
    bot.expect_once(&room, "21 more are not");
    let state = serde_json::to_vec(
        bot.app().engine.incident("INC-1".parse().expect("an id")).await.expect("read").expect("there").as_ref(),
    );
    assert!(state.expect("serialises").len() < 8 * 1024);
    bot.press("U0CROWD12", &bot.slack.dm("U0CROWD12"), "Acknowledge").await;
    bot.slash_in("alice", &room, "/incident cancel -- it was a test").await;
    for n in [10, 12, 17] {
        bot.expect_dm(&format!("U0CROWD{n}"), "was cancelled");
    }
    assert_eq!(asked(&bot), 9, "and nobody else ever");
}

#[tokio::test]
async fn more_people_than_can_be_asked_at_once_are_refused_with_a_way_out() {
    let bot = Bot::start().await;
    crowd(&bot);
    let room = bot.declare("alice", "sev1 checkout is down").await;
    let eleven: Vec<String> = (10..21).map(|n| format!("@u0crowd{n}")).collect();
    let answer = bot.slash_in("alice", &room, &format!("/incident page {}", eleven.join(" "))).await;
    assert!(answer.text.contains("10 people at once") && answer.text.contains("Nobody was asked"), "{}", answer.text);
    for n in 10..18 {
        bot.slash_in("alice", &room, &format!("/incident page @u0crowd{n}")).await;
    }
    let answer = bot.slash_in("alice", &room, "/incident page @bob").await;
    assert!(answer.text.contains("8 pages of INC-1 wait") && answer.text.contains("phone"), "{}", answer.text);
    assert!(bot.slack.dm("bob").is_empty());
    bot.slash_in("U0CROWD10", &room, "/incident ack").await;
    bot.slash_in("alice", &room, "/incident page @bob").await;
    bot.expect_dm("bob", "checkout is down");
}

#[tokio::test]
async fn nobody_reachable_is_said_aloud_at_once() {
    let gone = |s: &mut watchroom::config::Settings| {
        s.policies = vec![policy("gone", &[("U0FRANK", 5)])];
        s.policies[0].fallback.clear();
        s.fallback.clear();
    };
    let bot = Bot::with(gone).await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page gone").await;
    assert!(bot.count(&room, "Nobody has acknowledged") >= 1, "{}", crate::harness::shown(&bot.said(&room)));
    let told = bot.expect_dm("alice", "Nobody has acknowledged");
    assert!(told.contains("/incident INC-1 page @person") && told.contains("<#"), "what to do, and where: {told}");
}

#[tokio::test]
async fn acknowledging_shows_on_the_message_and_only_once() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page @bob").await;
    let before = bot.expect_dm("bob", "Acknowledge");
    bot.press("bob", std::slice::from_ref(&before), "Acknowledge").await;
    let after = bot.expect_dm("bob", "checkout is down");
    assert!(!after.blocks.iter().any(|b| b.to_string().contains("\"Acknowledge\"")), "no button is left: {after}");
    let late = bot.slash_in("carol", &room, "/incident ack").await;
    assert!(late.text.contains("U0BOB"), "told who has it: {}", late.text);
    assert_eq!(bot.count(&room, "acknowledged after 0 s."), 1);
}

/// However it ends: whoever still is asked, whoever is on it, and nobody twice.
#[tokio::test]
async fn whoever_was_paged_hears_that_it_is_over() {
    let bot = Bot::start().await;
    bot.declare("erin", "sev3 mail is late").await;
    for (id, title, end, told) in [
        ("INC-2", "checkout hangs", "cancel it was a test", "was cancelled"),
        ("INC-3", "search fails", "merge INC-1", "was merged into INC-1, which goes on"),
        ("INC-4", "printers burn", "resolve a new fuse", "is resolved"),
        ("INC-5", "disks fill", "close", "is closed"),
    ] {
        let room = bot.declare("alice", &format!("sev3 {title}")).await;
        if end == "close" {
            bot.slash_in("alice", &room, "/incident resolve a bigger one").await;
        }
        bot.slash_in("alice", &room, "/incident page @bob").await;
        bot.press("bob", &bot.slack.dm("bob"), "Acknowledge").await;
        bot.slash_in("alice", &room, "/incident page @dave").await;
        bot.slash_in("alice", &room, &format!("/incident {end}")).await;
        for who in ["bob", "dave"] {
            let mine: Vec<_> = bot.slack.dm(who).into_iter().filter(|m| m.contains(id)).collect();
            let over: Vec<_> = mine.iter().filter(|m| m.contains("You do not need to do anything")).collect();
            assert!(over.len() == 1 && over[0].contains(told), "{end} to {who}: {}", shown(&mine));
            let asks = mine.iter().any(|m| m.blocks.iter().any(|b| b.to_string().contains("\"Acknowledge\"")));
            assert!(!asks, "{end}, and {who} is still asked: {}", shown(&mine));
        }
        bot.advance(minutes(20)).await;
        assert!(bot.slack.dm("carol").is_empty(), "{end}: nobody is asked any more");
    }
}

/// Only so many pages are followed at once. Which one makes room for a further one is said in the room, and at the end its people
/// hear that it is over like all others.
#[tokio::test]
async fn a_page_that_makes_room_for_another_is_not_forgotten() {
    let mut bot = Bot::with(|s| s.fallback = vec![Target::Person("U0ERIN".into())]).await;
    crowd(&bot);
    let room = bot.declare("alice", "sev1 checkout is down").await;
    let page = async |bot: &Bot, n: u32| bot.slash_in("alice", &room, &format!("/incident page @u0crowd{n}")).await;
    let person = |n: u32| format!("U0CROWD{n}");
    let last = |bot: &Bot, who: &str| {
        bot.slack
            .dm(who)
            .into_iter()
            .rfind(|m| m.contains("checkout is down") && !m.contains("was cancelled"))
            .unwrap_or_else(|| panic!("{who} is not asked"))
    };
    page(&bot, 10).await;
    bot.advance(minutes(11)).await;
    bot.expect_once(&room, "Nobody has acknowledged");
    for n in 11..18 {
        page(&bot, n).await;
    }
    bot.press(&person(11), &bot.slack.dm(&person(11)), "Acknowledge").await;
    assert_eq!(bot.count(&room, "made room"), 0, "eight are followed");
    let answer = page(&bot, 18).await;
    assert!(answer.text.contains("they are being asked"), "{}", answer.text);
    bot.expect_once(&room, "Page 1 (@u0crowd10) made room for a new one. It asks nobody any more.");
    page(&bot, 19).await;
    bot.expect_once(
        &room,
        "Page 2 (@u0crowd11) made room for a new one. @u0crowd11 is on it, and is not asked any more whether",
    );
    let late = bot.press(&person(10), &[last(&bot, &person(10))], "Acknowledge").await;
    assert_eq!(late.error, None);
    let told = bot.slack.ephemerals(&person(10), &bot.slack.dm_id(&person(10)));
    assert!(told.iter().any(|m| m.contains("made room for newer ones")), "{}", shown(&told));
    bot.crash_and_restart().await;
    bot.slash_in("alice", &room, "/incident cancel -- it was a test").await;
    for who in (10..20).map(person).chain(["erin".to_owned()]) {
        let over = bot.slack.dm(&who).iter().filter(|m| m.contains("was cancelled")).count();
        assert_eq!(over, 1, "{who}: {}", shown(&bot.slack.dm(&who)));
        let asked = last(&bot, &who);
        assert!(
            !asked.blocks.iter().any(|b| b.to_string().contains("\"Acknowledge\"")),
            "{who} is still asked: {asked}"
        );
    }
    // It was told: a second end is news of what was paged since.
    bot.slash_in("alice", &room, "/incident reopen -- it was none").await;
    page(&bot, 20).await;
    bot.slash_in("alice", &room, "/incident cancel -- it was one").await;
    bot.expect_dm(&person(20), "was cancelled");
    for who in (10..20).map(person) {
        let over = bot.slack.dm(&who).iter().filter(|m| m.contains("was cancelled")).count();
        assert_eq!(over, 1, "{who}: {}", shown(&bot.slack.dm(&who)));
    }
}

/// A policy may end in a channel, as where nothing else is set up: whoever is there is woken, and the first member who acknowledges
/// has it.
#[tokio::test]
async fn a_channel_is_asked_and_one_of_its_members_acknowledges() {
    let ends_in_a_channel = |s: &mut watchroom::config::Settings| {
        s.policies = vec![policy("checkout", &[("U0BOB", 5)])];
        s.policies[0].fallback = vec![Target::Channel("C0INCIDENTS".into())];
    };
    let mut bot = Bot::with(ends_in_a_channel).await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page checkout").await;
    let asked =
        |bot: &Bot| -> Vec<_> { bot.said("incidents").into_iter().filter(|m| m.contains("asked for help")).collect() };
    bot.advance(minutes(4)).await;
    assert!(asked(&bot).is_empty(), "not the channel's turn yet");
    bot.advance(minutes(1)).await;
    let [message] = &asked(&bot)[..] else { panic!("asked once: {}", shown(&asked(&bot))) };
    assert!(message.text.starts_with("<!here> Help is needed: INC-1 checkout is down"), "{}", message.text);
    let blocks = serde_json::Value::from(message.blocks.clone()).to_string();
    assert!(blocks.contains("<!here> *INC-1 checkout is down*"), "{blocks}");
    assert!(!message.contains("I can't"), "nobody there is asked by name: {message}");
    bot.crash_and_restart().await;
    bot.advance(minutes(1)).await;
    assert_eq!(asked(&bot).len(), 1, "a channel is woken once");
    bot.press("dave", &asked(&bot), "Acknowledge").await;
    bot.expect_once(&room, "@dave acknowledged after 6 min.");
    assert!(bot.slack.channel(&room).members.contains(&"U0DAVE".to_owned()), "whoever is on it is let in");
    let [message] = &asked(&bot)[..] else { panic!("shown in place: {}", shown(&asked(&bot))) };
    assert!(message.contains("@dave acknowledged after 6 min."), "{message}");
    let blocks = serde_json::Value::from(message.blocks.clone()).to_string();
    assert!(!blocks.contains("<!here>") && !message.text.contains("<!here>"), "an edit wakes nobody: {blocks}");
    assert!(!blocks.contains("\"Acknowledge\""), "no button is left: {blocks}");
    bot.advance(minutes(10)).await;
    assert_eq!((asked(&bot).len(), bot.count(&room, "Nobody has acknowledged")), (1, 0));
    bot.slash_in("alice", &room, "/incident cancel -- it was a test").await;
    bot.expect_once("incidents", "was cancelled. You do not need to do anything.");
}

/// A role is whoever holds it when the step is reached; where nobody does, that is said and the next step is asked at once.
#[tokio::test]
async fn a_step_that_asks_a_role_asks_whoever_holds_it_by_then() {
    let roles = ["scribe", "commander", "scribe"];
    let bot = Bot::with(|s| {
        s.policies = vec![policy("checkout", &[("U0BOB", 5), ("U0BOB", 5), ("U0BOB", 5)])];
        for (step, role) in s.policies[0].steps.iter_mut().zip(roles) {
            step.targets = vec![Target::Role(role.into())];
        }
    })
    .await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("bob", &room, "/incident page checkout").await;
    bot.expect_once(&room, "Nobody is scribe.");
    bot.expect_once(&room, "Nobody of this step could be reached; asking the next step: whoever is commander.");
    bot.expect_once(&room, "<@U0ALICE> is commander.");
    assert_eq!(bot.asked("alice").len(), 1, "{}", shown(&bot.slack.dm("alice")));
    bot.slash_in("alice", &room, "/incident assign scribe @erin").await;
    bot.slash_in("alice", &room, "/incident lead @dave").await;
    bot.advance(minutes(5)).await;
    bot.expect_once(&room, "<@U0ERIN> is scribe.");
    bot.press("erin", &bot.asked("erin"), "Acknowledge").await;
    bot.expect_once(&room, "<@U0ERIN> acknowledged after 5 min.");
    assert!(bot.asked("dave").is_empty(), "whoever leads now was not asked: that step is over");
}
