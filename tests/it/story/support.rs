//! Those who answer customers: they have the words that went out, and no others.

use watchroom::{
    incident::comms::{Ask, Drafting, No},
    playbook::Playbook,
};

use super::{
    comms::{ask, drafting, incident, outlet, with_playbook},
    oncall::weekly,
};
use crate::harness::{Bot, edited, minutes, shown};

fn box_of(bot: &Bot, who: &str) -> Vec<String> {
    let told = bot.slack.dm(who).into_iter().filter(|m| m.contains("*Say*"));
    told.map(|m| m.to_string()).collect()
}

/// [E2] Support gets the words at once, with what to say and what not, on every send.
#[tokio::test]
async fn support_gets_the_words_at_once() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    bot.slash_in("alice", &room, "/incident role support @dave").await;
    for (n, words) in ["Some payments fail.", "Most payments fail."].into_iter().enumerate() {
        let before = bot.clock_second();
        assert_eq!(ask(&bot, "alice", Ask::Draft(drafting(&["status_page"], words, true))).await, Ok(()));
        let boxes = box_of(&bot, "dave");
        assert!(boxes.len() == n + 1 && boxes[n].contains(words) && boxes[n].contains("*Don't say*"), "{boxes:?}");
        assert!(bot.clock_second() - before < 5, "within five seconds");
    }
}

/// [E2] Where two people send, support gets what the second one found right, in the seconds in which it goes out; never a draft, nor words
/// that were changed since.
#[tokio::test]
async fn support_gets_what_the_second_person_approved() {
    let bot = with_playbook(|p| outlet(p, "status_page").two_person = true).await;
    let room = bot.declare("alice", "sev2 checkout is down").await;
    bot.slash_in("alice", &room, "/incident role support @dave").await;
    bot.slash_in("alice", &room, "/incident role communications @bob").await;
    let words = |of, words: &str| Ask::Draft(Drafting { of, ..drafting(&["status_page"], words, true) });
    assert_eq!(ask(&bot, "bob", words(None, "Some payments fail.")).await, Ok(()), "kept as a draft");
    let approve = |version| Ask::Approve { draft: 1, version };
    let send = |version| Ask::Send { draft: 1, version, again: false, alone: None };
    assert_eq!(ask(&bot, "alice", approve(1)).await, Ok(()));
    // It was approved as it was.
    assert_eq!(ask(&bot, "bob", words(Some((1, 1)), "All payments fail.")).await, Ok(()));
    let refused = ask(&bot, "bob", send(2)).await;
    assert!(matches!(refused, Err(No::NotApproved { .. })), "{refused:?}");
    bot.advance(minutes(2)).await;
    assert_eq!(box_of(&bot, "dave"), Vec::<String>::new());
    let approved = bot.clock_second();
    assert_eq!(ask(&bot, "alice", approve(2)).await, Ok(()));
    assert_eq!(ask(&bot, "bob", send(2)).await, Ok(()));
    let boxes = box_of(&bot, "dave");
    assert!(boxes.len() == 1 && boxes[0].contains("All payments fail."), "{boxes:?}");
    assert!(bot.clock_second() - approved < 5, "within five seconds");
    assert!(!shown(&bot.slack.dm("dave")).contains("Some payments"), "{}", shown(&bot.slack.dm("dave")));
}

/// [E2] Nobody has the role: whom the playbook names for it gets the words, each member of a group and whoever is on call; what is redacted
/// is taken back from all of them.
#[tokio::test]
async fn without_anybody_in_the_role_those_named_for_it_get_the_words() {
    let named = |p: &mut Playbook, by: &str| {
        let support = p.roles.iter_mut().find(|r| r.id.as_str() == "support").expect("built in");
        support.main = Some(by.parse().expect("a contact"));
    };
    for (by, who) in
        [("group:S0CHECKOUT", ["bob", "carol"].as_slice()), ("oncall:desk", &["dave"]), ("user:U0ERIN", &["erin"])]
    {
        let bot = Bot::configured(|config| {
            config.settings.schedules = vec![weekly("desk", &["U0DAVE"])];
            config.playbook = edited(|p| named(p, by));
        })
        .await;
        let room = bot.declare("alice", "sev2 checkout is down").await;
        assert_eq!(
            ask(&bot, "alice", Ask::Draft(drafting(&["status_page"], "Globex cannot pay.", true))).await,
            Ok(())
        );
        for person in ["alice", "bob", "carol", "dave", "erin"] {
            let expected = usize::from(who.contains(&person));
            assert_eq!(box_of(&bot, person).len(), expected, "{by}: {person}: {}", shown(&bot.slack.dm(person)));
        }
        let seq = incident(&bot).await.comms.sends[0].seq;
        bot.slash_in("alice", &room, &format!("/incident redact {seq} it named a customer")).await;
        for person in who {
            assert!(!shown(&bot.slack.dm(person)).contains("Globex"), "{by}: {}", shown(&bot.slack.dm(person)));
        }
    }
}
