//! The timeline: what people put there, and nothing else; edited openly, redacted for good.

use watchroom::{
    incident::What,
    sandbox::{
        Fault, FaultKind,
        state::{Author, Draft},
    },
};

use crate::harness::{Bot, minutes, shown};

/// [C3] A message is kept by an emoji.
#[tokio::test]
async fn a_pushpin_puts_a_message_on_the_timeline_at_its_own_time() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slack.act_as("bob").join(&room).expect("joined");
    let ts = bot.slack.act_as("bob").say(&room, "the database is at 100 % CPU").expect("said");
    bot.slack.act_as("bob").say(&room, "lunch?").expect("said");
    bot.advance(minutes(10)).await;
    bot.slack.act_as("alice").react(&room, &ts, "pushpin").expect("an emoji");
    bot.settle().await;
    bot.slack.act_as("bob").react(&room, &ts, "pushpin").expect("an emoji");
    bot.settle().await;
    let timeline = bot.slash_in("alice", &room, "/incident timeline").await;
    let text = format!("{} {}", timeline.text, timeline.blocks);
    assert_eq!(text.matches("the database is at 100 % CPU").count(), 2, "once in text, once in blocks: {text}");
    assert!(!text.contains("lunch"), "only what someone put there is kept");
    let above =
        timeline.text.lines().take_while(|line| !line.contains("100 % CPU")).last().expect("who kept it, and when");
    assert!(above.contains("2026-11-22 03:00") && !above.contains("03:10"), "when it was said: {above}");
}

/// A reply in a thread is kept like any other message, and nothing else of its thread.
#[tokio::test]
async fn a_pushpin_keeps_a_reply_in_a_thread() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    let bob = bot.slack.act_as("bob");
    bob.join(&room).expect("joined");
    let root = bob.say(&room, "what changed today?").expect("said");
    bob.reply(&room, &root, "nothing on my side").expect("said");
    bot.advance(minutes(5)).await;
    let ts = bob.reply(&room, &root, "deploy 41 went out at noon").expect("said");
    bot.advance(minutes(10)).await;
    bot.slack.act_as("alice").react(&room, &ts, "pushpin").expect("an emoji");
    bot.settle().await;
    let text = bot.slash_in("alice", &room, "/incident timeline").await.text;
    let line =
        text.split("\n`").find(|entry| entry.contains("deploy 41")).unwrap_or_else(|| panic!("not kept: {text}"));
    assert!(line.contains("03:05") && line.contains("U0BOB"), "its own time, its own author: {line}");
    assert!(!text.contains("what changed") && !text.contains("on my side"), "{text}");
}

/// Somebody posts a message without words.
fn picture(bot: &Bot, channel: &str, thread: Option<&str>) -> String {
    let (id, thread_ts) = (bot.slack.channel(channel).id, thread.map(str::to_owned));
    let draft = Draft { thread_ts, ..Draft::default() };
    bot.slack.with(|ws| ws.post(&id, Author::User("U0BOB".into()), draft)).expect("posted").ts
}

/// What cannot be kept is not lost in silence: whoever wanted it hears why, and what to do.
#[tokio::test]
async fn a_pushpin_that_keeps_nothing_says_why() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    let root = bot.slack.act_as("alice").say(&room, "how does it look?").expect("said");
    for ts in [picture(&bot, &room, None), picture(&bot, &room, Some(&root))] {
        bot.slack.act_as("alice").react(&room, &ts, "pushpin").expect("an emoji");
        bot.settle().await;
    }
    let told = bot.slack.ephemerals("alice", &room);
    let why: Vec<_> = told.iter().filter(|m| m.contains("no words that could be kept")).collect();
    assert_eq!(why.len(), 2, "{}", shown(&told));
    assert!(why.iter().all(|m| m.contains("/incident INC-1 note")), "{}", shown(&told));
    assert_eq!(why[1].thread_ts.as_deref(), Some(root.as_str()), "where they look");
    // Slack may not show us every message.
    let ts = bot.slack.act_as("alice").say(&room, "the index is gone").expect("said");
    bot.slack.fault(Fault::new(FaultKind::Restricted).on("conversations.history"));
    bot.slack.act_as("alice").react(&room, &ts, "pushpin").expect("an emoji");
    bot.settle().await;
    let told = bot.slack.ephemerals("alice", &room);
    assert!(told.iter().any(|m| m.contains("I may not read that message")), "{}", shown(&told));
    let history = bot.history("INC-1").await;
    assert!(!history.iter().any(|what| matches!(what, What::EntryAdded { .. })), "{history:?}");
}

/// Where the incident is a thread, the messages of that thread are kept, and no others of its channel.
#[tokio::test]
async fn a_pushpin_keeps_a_message_of_an_incident_without_a_room() {
    let bot = Bot::start().await;
    let dave = bot.slack.act_as("dave");
    let before = dave.say("support", "the logo looks odd").expect("said");
    dave.react("support", &before, "pushpin").expect("an emoji");
    bot.slash_in("dave", "support", "/incident declare thread: the logo is blurred").await;
    let root =
        bot.said("support").into_iter().find(|m| m.contains("INC-1") && m.thread_ts.is_none()).expect("a thread").ts;
    let elsewhere = dave.say("support", "who brings cake?").expect("said");
    let aside = dave.reply("support", &elsewhere, "erin does").expect("said");
    let inside = dave.reply("support", &root, "the old file was cached").expect("said");
    let picture = picture(&bot, "support", Some(&root));
    for ts in [&before, &elsewhere, &aside, &inside, &picture] {
        dave.unreact("support", ts, "pushpin").ok();
        dave.react("support", ts, "pushpin").expect("an emoji");
        bot.settle().await;
    }
    let history = bot.history("INC-1").await;
    let kept = history.iter().filter_map(|what| match what {
        What::EntryAdded { text, source: Some(source), .. } => Some((text.or_tombstone(), source.ts.as_str())),
        _ => None,
    });
    assert_eq!(kept.collect::<Vec<_>>(), [("the old file was cached", inside.as_str())]);
    let told = bot.slack.ephemerals("dave", "support");
    let why: Vec<_> = told.iter().filter(|m| m.contains("no words that could be kept")).collect();
    assert!(why.len() == 1 && why[0].thread_ts.as_deref() == Some(root.as_str()), "{}", shown(&told));
    let thread: Vec<_> = bot.said("support").into_iter().filter(|m| m.thread_ts.as_deref() == Some(&root)).collect();
    assert!(thread.iter().any(|m| m.contains("put a message on the timeline")), "{}", shown(&thread));
}

/// A long timeline is read page by page, by whoever may see it and only by them.
#[tokio::test]
async fn earlier_entries_are_a_press_away() {
    let bot = Bot::start().await;
    let room = bot.declare_secret("alice", "sev2 security: zebra tokens").await;
    for n in 10..45 {
        bot.slash_in("alice", &room, &format!("/incident note step {n}")).await;
    }
    let latest = bot.slash_in("alice", &room, "/incident timeline").await.text;
    assert!(latest.contains("step 44") && !latest.contains("step 10"), "{latest}");
    let answers = bot.slack.ephemerals("alice", &room);
    bot.press("alice", &answers, "Earlier").await;
    let earlier = bot.slack.ephemerals("alice", &room).pop().expect("an answer");
    assert!(earlier.contains("step 10") && !earlier.contains("step 44"), "{earlier}");
    let last = answers.last().expect("an answer");
    bot.slack.act_as("dave").press(last, "Earlier").await.ok();
    bot.settle().await;
    assert!(bot.slack.ephemerals("dave", &room).iter().all(|m| !m.contains("step ")), "outside");
}

/// [C3] An edit keeps the old text, and a message that is deleted in Slack stays in the record.
#[tokio::test]
async fn an_edit_keeps_the_old_words_and_a_deletion_keeps_the_entry() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    let alice = bot.slack.act_as("alice");
    let ts = alice.say(&room, "deploy 41 broke it").expect("said");
    alice.react(&room, &ts, "pushpin").expect("an emoji");
    bot.settle().await;
    alice.edit_message(&room, &ts, "deploy 42 broke it").expect("edited");
    bot.settle().await;
    alice.delete_message(&room, &ts).expect("deleted");
    bot.settle().await;
    let timeline = bot.slash_in("alice", &room, "/incident timeline").await;
    let text = format!("{} {}", timeline.text, timeline.blocks);
    assert!(text.contains("deploy 41") && text.contains("deploy 42"), "{text}");
    let history = bot.app().engine.history("INC-1".parse().expect("an id")).await.expect("a record");
    let export = watchroom::render::markdown(&history);
    assert!(export.contains("deploy 41") && export.contains("deploy 42"), "{export}");
}

#[tokio::test]
async fn redacted_words_are_gone_everywhere_and_the_chain_still_verifies() {
    let mut bot = Bot::start().await;
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident note the password is hunter2").await;
    bot.expect_once(&room, "hunter2");
    let seq =
        bot.app().engine.history("INC-1".parse().expect("an id")).await.expect("read").last().expect("an event").0;
    bot.slash_in("alice", &room, &format!("/incident redact {seq} a secret")).await;
    assert_eq!(
        bot.count(&room, "hunter2"),
        0,
        "the posted words are gone:\n{}",
        crate::harness::shown(&bot.said(&room))
    );
    let timeline = bot.slash_in("alice", &room, "/incident timeline").await;
    assert!(!format!("{} {}", timeline.text, timeline.blocks).contains("hunter2"));
    assert!(timeline.text.contains("redacted"), "a tombstone stays: {}", timeline.text);
    bot.crash_and_restart().await;
    let again = bot.slash_in("alice", &room, "/incident timeline").await;
    assert!(again.text.contains("redacted"));
    let journal = bot.config.data.clone();
    let found = std::process::Command::new("grep").args(["-rlF", "hunter2"]).arg(journal.join("journal")).output();
    assert!(found.expect("grep").stdout.is_empty(), "the journal still has the words");
}

/// Numbers that are missing on the timeline are explained.
#[tokio::test]
async fn a_timeline_says_why_numbers_are_missing() {
    let bot = Bot::start().await;
    let room = bot.declare("alice", "sev3 search is slow").await;
    let why = "Numbers that are missing here are the bot's own steps";
    bot.slash_in("alice", &room, "/incident note it is the index").await;
    let timeline = bot.slash_in("alice", &room, "/incident timeline").await;
    let numbers = bot.history("INC-1").await.len();
    let shown = (1..=numbers).filter(|n| timeline.text.contains(&format!("`{n}` "))).count();
    assert!(shown < numbers, "that the room was opened is no entry: {}", timeline.text);
    assert!(timeline.blocks.to_string().contains(why), "{}", timeline.blocks);
}
