//! Answers that only one person sees: what they offer is not offered any more once it is done.

use crate::harness::{Bot, shown};

/// The card that `/incident` shows one person is not kept up to date: it says so, and nothing on it stands out. Pressed, it shows the
/// incident as it is then, also where the incident has gone on meanwhile.
#[tokio::test]
async fn a_card_of_ones_own_is_brought_up_to_date_where_it_is_pressed() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev3 search is slow").await;
    let card = bot.slash_in("alice", &room, "/incident").await;
    assert!(!card.blocks.to_string().contains("\"primary\""), "{}", card.blocks);
    assert!(card.text.contains(&format!("the card in <#{room}> is kept up to date")), "{}", card.text);
    let answers = || bot.slack.ephemerals("alice", &room);
    bot.press("alice", &answers(), "Identified →").await;
    let now = answers();
    assert!(now.len() == 1 && now[0].contains("Monitoring →") && !now[0].contains("Identified →"), "{}", shown(&now));
    assert!(now[0].contains("Add what is missing"), "what is said about the press stands below: {}", shown(&now));
    bot.slash_in("bob", &room, "/incident phase investigating it was not that").await;
    bot.press("alice", &now, "Monitoring →").await;
    let now = answers();
    assert!(now.len() == 1 && now[0].contains("has gone on") && now[0].contains("Identified →"), "{}", shown(&now));
    assert!(bot.card(&room).contains("Identified →"), "nothing was changed by the old one");
}

/// What a form did that was opened from an answer stands in the answer's place, also after a look at how it would be.
#[tokio::test]
async fn an_answer_whose_form_was_sent_says_what_was_done() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev3 search is slow").await;
    bot.slash_in("alice", &room, "/incident show").await;
    let answers = || bot.slack.ephemerals("alice", &room);
    bot.press("alice", &answers(), "Post update").await;
    assert!(answers()[0].contains("Post update"), "the form may still be closed: {}", shown(&answers()));
    let alice = bot.slack.act_as("alice");
    alice.fill([("Update", "It is the index".into())]).await.expect("filled");
    alice.press(watchroom::sandbox::Target::View, "Preview").await.expect("pressed");
    bot.settle().await;
    bot.submit("alice", &[("Update", "It is the index")]).await;
    let now = answers();
    assert!(now.len() == 1 && now[0].contains("posted, and recorded as entry"), "{}", shown(&now));
    assert!(!now[0].contains("Post update"), "{}", shown(&now));
    bot.expect_once(&room, "It is the index");
}

/// What missed the grammar is offered once: the reading that was meant is done in the offer's place.
#[tokio::test]
async fn an_offer_that_was_taken_is_gone() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev3 search is slow").await;
    bot.slash_in("alice", &room, "/incident timelin").await;
    let answers = || bot.slack.ephemerals("alice", &room);
    let offered = answers().pop().expect("an offer");
    assert!(offered.contains("Did you mean"), "{offered}");
    let element = &offered.blocks.last().expect("buttons")["elements"][0];
    let label = element["text"]["text"].as_str().expect("a label");
    bot.press("alice", std::slice::from_ref(&offered), label).await;
    let now = answers();
    assert!(now.len() == 1 && !now[0].contains("Did you mean"), "{}", shown(&now));
    assert!(now[0].contains("Timeline of INC-1"), "{}", shown(&now));
}

/// A list of reports shows that one is acknowledged, and the others still wait.
#[tokio::test]
async fn a_list_is_shown_anew_where_it_was_pressed() {
    let bot = Bot::start().await;
    bot.slash("erin", "/incident report zebra cannot pay").await;
    bot.slash("erin", "/incident report quagga cannot pay").await;
    bot.slash("alice", "/incident reports").await;
    let answers = || bot.slack.ephemerals("alice", "general");
    bot.press("alice", &answers(), "Acknowledge R-1").await;
    let now = answers();
    assert!(now.len() == 1 && now[0].contains("acknowledged by @alice"), "{}", shown(&now));
    assert!(now[0].contains("Acknowledge R-2") && !now[0].contains("Acknowledge R-1"), "{}", shown(&now));
}
