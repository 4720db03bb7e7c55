//! Roles in Slack: taken, given, handed over.

use crate::harness::Bot;

#[tokio::test]
async fn the_commander_accepts_by_direct_message() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.press("alice", &bot.slack.dm("alice"), "Accept").await;
    let brief = bot.expect_dm("alice", "INC-1");
    assert!(!brief.blocks.iter().any(|b| b.to_string().contains("\"Accept\"")), "no button is left: {brief}");
    assert!(bot.card(&room).contains("U0ALICE"));
}

#[tokio::test]
async fn a_hand_over_is_accepted_by_the_newcomer() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident handoff @bob").await;
    assert!(bot.card(&room).contains("U0ALICE"), "alice stays responsible until bob accepts");
    bot.press("bob", &bot.slack.dm("bob"), "Accept").await;
    assert!(bot.card(&room).contains("U0BOB"));
    assert!(bot.slack.channel(&room).members.contains(&"U0BOB".to_owned()));
}

#[tokio::test]
async fn of_two_who_take_a_role_exactly_one_has_it() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    let (bob, dave) = (bot.slack.act_as("bob"), bot.slack.act_as("dave"));
    let (one, two) = tokio::join!(
        bob.slash("general", "/incident INC-1 role support"),
        dave.slash("general", "/incident INC-1 role support")
    );
    bot.settle().await;
    let texts = [one.expect("answered").text, two.expect("answered").text];
    let card = bot.card(&room);
    assert!(card.contains("U0BOB") != card.contains("U0DAVE"), "exactly one:\n{card}");
    let winner = if card.contains("U0BOB") { "U0BOB" } else { "U0DAVE" };
    assert!(texts.iter().any(|t| t.contains(winner)), "the other is told who has it: {texts:?}");
}

/// Whoever leads and has not said so says it on the card as well; the button is for them alone, and goes.
#[tokio::test]
async fn the_lead_accepts_on_the_card() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    assert!(bot.card(&room).contains("not confirmed yet"));
    bot.press_card("bob", &room, "Accept Incident commander").await;
    let told = bot.slack.ephemerals("bob", &room);
    let told = told.last().expect("an answer");
    assert!(told.contains("<@U0ALICE> has *Incident commander*, not you") || told.contains("@alice has"), "{told}");
    bot.press_card("alice", &room, "Accept Incident commander").await;
    let card = bot.card(&room);
    assert!(!card.contains("not confirmed yet") && !card.contains("Accept Incident commander"), "{card}");
    bot.expect_once(&room, "confirmed: *Incident commander*");
    bot.slash_in("alice", &room, "/incident handoff @bob").await;
    bot.press_card("carol", &room, "Accept Incident commander").await;
    assert!(bot.card(&room).contains("@bob is asked"), "{}", bot.card(&room));
    bot.press_card("bob", &room, "Accept Incident commander").await;
    bot.expect_once(&room, "@bob took over as *Incident commander*");
    assert!(!bot.card(&room).contains("Accept Incident commander"), "{}", bot.card(&room));
}
