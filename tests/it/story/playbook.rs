//! The playbook's file: shown, changed, broken, while incidents go on.

use jiff::SignedDuration;
use watchroom::playbook::{BUILTIN, EditionId};

use crate::harness::{Bot, edited, minutes, shown};

/// The built-in playbook with one more role.
fn with_a_role(id: &str) -> String {
    let role = format!("[[roles]]\nid = \"{id}\"\nlabel = \"The {id}\"\npurpose = \"Keeps {id}.\"\n\n[[roles]]\n");
    BUILTIN.replacen("[[roles]]\n", &role, 1).replacen("version = \"1\"", "version = \"2\"", 1)
}

const BROKEN: &str = "name = \"Ours\"\ncolour = \"red\"\n";

#[tokio::test]
async fn the_playbook_in_force_is_shown() {
    let bot = Bot::start().await;
    let answer = bot.slash("alice", "/incident playbook").await;
    for part in [
        "Built-in playbook",
        "version 1",
        "in force since",
        "Data may be lost or wrong",
        "stay inside the window",
        "Incident commander",
    ] {
        assert!(answer.text.contains(part), "{part} is missing in {}", answer.text);
    }
    let edition = EditionId::of(BUILTIN).to_string();
    assert!(answer.text.contains(&edition), "which text it is: {}", answer.text);
}

/// Nobody changes the file, and its review becomes overdue all the same.
#[tokio::test]
async fn an_overdue_review_is_shown() {
    let reviewed =
        "version = \"1\"\nowner = \"group:S0MANAGERS\"\nlast_reviewed = \"2026-11-01\"\nreview_every_days = 90";
    let bot = Bot::with_playbook(&BUILTIN.replacen("version = \"1\"", reviewed, 1)).await;
    let shown = bot.slash("alice", "/incident playbook").await.text;
    assert!(!shown.contains("overdue"), "{shown}");
    bot.clock.advance(jiff::SignedDuration::from_hours(24 * 120));
    let shown = bot.slash("alice", "/incident playbook").await.text;
    assert!(shown.contains("(group:S0MANAGERS answers for it) is overdue since 2027-01-30"), "{shown}");
}

/// [B4] A role that is new in the file can be given without a restart, and without code.
#[tokio::test]
async fn a_new_role_can_be_given_once_it_stands_in_the_file() {
    let bot = Bot::with_playbook(BUILTIN).await;
    let refused = bot.slash("alice", "/incident INC-1 role lamplighter @bob").await;
    assert!(!refused.text.contains("lamplighter*"), "{}", refused.text);
    bot.write_playbook(&with_a_role("lamplighter"));
    bot.app().reload_files().await.expect("recorded");
    let room = bot.declare("alice", "sev3 it is dark").await;
    bot.slash_in("alice", &room, "/incident role lamplighter @bob").await;
    assert!(bot.card(&room).contains("The lamplighter"), "{}", bot.card(&room));
}

/// [A3] A broken file leaves the last good playbook in force, and the bot says so, also after a restart.
#[tokio::test]
async fn a_broken_file_leaves_the_last_good_one_in_force() {
    let mut bot = Bot::with_playbook(&with_a_role("lamplighter")).await;
    bot.write_playbook(BROKEN);
    bot.app().reload_files().await.expect("nothing to record");
    for restarted in [false, true] {
        if restarted {
            bot.crash_and_restart().await;
        }
        let shown = bot.slash("alice", "/incident playbook").await.text;
        assert!(shown.contains("version 2") && shown.contains("cannot be used"), "{shown}");
        assert!(shown.contains("playbook.toml:2: there is no key `colour` here"), "{shown}");
        let declared = bot.slash("alice", &format!("/incident declare sev3 dark again {restarted}")).await.text;
        assert!(declared.contains("the last good one is in force"), "{declared}");
        let taken = bot.slash_in("alice", &bot.latest_room(), "/incident role lamplighter").await.text;
        assert!(taken.contains("The lamplighter"), "{taken}");
    }
    bot.write_playbook(BUILTIN);
    bot.app().reload_files().await.expect("recorded");
    let shown = bot.slash("alice", "/incident playbook").await.text;
    assert!(shown.contains("version 1") && !shown.contains("cannot be used"), "{shown}");
}

/// What the impacts suggest is a severity that the incident's own playbook has, whatever the file says by now.
#[tokio::test]
async fn a_severity_is_suggested_by_the_playbook_of_then() {
    let bot = Bot::with_playbook(BUILTIN).await;
    let room = bot.declare("alice", "sev2 checkout is slow").await;
    let without = edited(|playbook| playbook.severities.retain(|s| s.level.0 != 4));
    bot.write_playbook(&without.text);
    bot.app().reload_files().await.expect("recorded");
    let impacts = [("Service: what is broken?", "4"), ("Customers: who suffers?", "4"), ("Why?", "carts are lost")];
    for (room, suggested) in [(room, "SEV4"), (bot.declare("bob", "sev2 search is slow").await, "SEV3")] {
        bot.slash_in("carol", &room, "/incident severity").await;
        assert!(bot.form("carol").contains("what is broken?"), "{:?}", bot.form("carol"));
        bot.submit("carol", &impacts).await;
        assert!(bot.card(&room).contains(suggested), "{suggested}: {}", bot.card(&room));
    }
}

/// A service that the file has no more is still paged for an incident that was declared when it had it, by its form too.
#[tokio::test]
async fn a_service_of_then_is_paged_by_the_form() {
    let with = format!("{BUILTIN}\n[[services]]\nid = \"search\"\nlabel = \"Search\"\nowner = \"user:U0DAVE\"\n");
    let bot = Bot::with_playbook(&with).await;
    let room = bot.declare("alice", "sev2 for search: nothing is found").await;
    bot.write_playbook(BUILTIN);
    bot.app().reload_files().await.expect("recorded");
    bot.press_card("alice", &room, "Escalate").await;
    bot.submit("alice", &[("Or by service", "search")]).await;
    bot.expect_dm("dave", "nothing is found");
}

/// How often the bot looks at the file, by its own clock.
const LOOK: SignedDuration = SignedDuration::from_secs(5);

/// Nobody tells the bot that the file was edited: it looks by itself, and what stands there counts once it was the same twice.
#[tokio::test]
async fn an_edited_file_is_taken_up_by_the_bot_itself() {
    let bot = Bot::with_playbook(BUILTIN).await;
    let shown = async || bot.slash("alice", "/incident playbook").await.text;
    bot.write_playbook(&with_a_role("lamplighter"));
    bot.advance(LOOK).await;
    assert!(shown().await.contains("version 1"), "it may be half written: {}", shown().await);
    bot.advance(LOOK).await;
    assert!(shown().await.contains("version 2"), "{}", shown().await);

    // Whoever saves twice in a row meant the second.
    bot.write_playbook(BROKEN);
    bot.advance(LOOK).await;
    bot.write_playbook("");
    bot.advance(LOOK).await;
    bot.write_playbook(&with_a_role("lamplighter"));
    bot.advance(LOOK + LOOK).await;
    bot.advance(LOOK).await;
    assert_eq!(bot.count("incidents", "cannot be used"), 0);

    bot.write_playbook(BROKEN);
    bot.advance(LOOK).await;
    bot.advance(LOOK).await;
    for _ in 0..3 {
        let broken = shown().await;
        assert!(broken.contains("version 2") && broken.contains("cannot be used"), "{broken}");
        bot.expect_once("incidents", "cannot be used");
        bot.advance(minutes(10)).await;
    }

    bot.write_playbook(BUILTIN);
    bot.advance(LOOK).await;
    bot.advance(LOOK).await;
    let mended = shown().await;
    assert!(mended.contains("version 1") && !mended.contains("cannot be used"), "{mended}");
    bot.expect_once("incidents", "can be used again");
}

/// Whoever answers for the playbook hears once that its file broke, and once that it is mended, restarts or not.
#[tokio::test]
async fn the_owner_hears_that_the_file_broke_and_that_it_is_mended() {
    let ours = BUILTIN.replacen("version = \"1\"", "version = \"1\"\nowner = \"user:U0DAVE\"", 1);
    let mut bot = Bot::with_playbook(&ours).await;
    let heard =
        |bot: &Bot| bot.slack.dm("dave").into_iter().filter(|m| m.contains("of the playbook")).collect::<Vec<_>>();
    assert!(heard(&bot).is_empty(), "{}", shown(&heard(&bot)));
    for text in [BROKEN, "", BROKEN] {
        bot.write_playbook(text);
        bot.app().reload_files().await.expect("recorded");
        bot.crash_and_restart().await;
        bot.app().reload_files().await.expect("recorded");
        assert_eq!(heard(&bot).len(), 1, "once: {}", shown(&heard(&bot)));
    }
    let told = &heard(&bot)[0];
    assert!(told.contains("there is no key `colour` here") && told.contains("stays in force"), "{told}");
    for again in [1, 2] {
        bot.write_playbook(&ours);
        bot.app().reload_files().await.expect("recorded");
        assert_eq!(heard(&bot).len(), 2, "mended, said once ({again}): {}", shown(&heard(&bot)));
    }
    assert!(heard(&bot)[1].contains("can be used again"), "{}", shown(&heard(&bot)));
    bot.write_playbook("");
    bot.app().reload_files().await.expect("recorded");
    assert_eq!(heard(&bot).len(), 3, "broken again: {}", shown(&heard(&bot)));
}

/// An owner who is whoever is on call.
#[tokio::test]
async fn whoever_is_on_call_for_the_playbook_hears_that_the_file_broke() {
    let ours = BUILTIN.replacen("version = \"1\"", "version = \"1\"\nowner = \"oncall:desk\"", 1);
    let mut bot = Bot::with(|s| s.schedules = vec![super::oncall::weekly("desk", &["U0DAVE"])]).await;
    bot.keep_playbook(&ours).await;
    bot.write_playbook(BROKEN);
    bot.app().reload_files().await.expect("recorded");
    bot.expect_dm("dave", "there is no key `colour` here");
    assert_eq!(bot.count("incidents", "cannot be used"), 0);
}

/// Without an owner in Slack the incidents channel hears it.
#[tokio::test]
async fn without_an_owner_the_incidents_channel_hears_of_a_broken_file() {
    let bot = Bot::with_playbook(BUILTIN).await;
    bot.write_playbook(BROKEN);
    bot.app().reload_files().await.expect("recorded");
    bot.expect_once("incidents", "cannot be used");
}

/// An incident keeps the playbook that it was declared under: a role that left the file is still a role there.
#[tokio::test]
async fn an_incident_keeps_its_playbook() {
    let mut bot = Bot::with_playbook(&with_a_role("lamplighter")).await;
    let old = bot.declare("alice", "sev3 it is dark").await;
    bot.slash_in("alice", &old, "/incident role lamplighter @bob").await;
    bot.write_playbook(BUILTIN);
    bot.app().reload_files().await.expect("recorded");
    bot.crash_and_restart().await;
    let shown = bot.slash_in("alice", &old, "/incident playbook").await.text;
    assert!(shown.contains("INC-1 was declared under another one and keeps it"), "{shown}");
    bot.slash_in("alice", &old, "/incident role lamplighter @dave").await;
    assert!(bot.card(&old).contains("The lamplighter") && bot.card(&old).contains("U0DAVE"), "{}", bot.card(&old));
    let new = bot.declare("carol", "sev3 something else").await;
    let refused = bot.slash_in("carol", &new, "/incident role lamplighter").await.text;
    assert!(!bot.card(&new).contains("lamplighter"), "{refused}");
}

#[tokio::test]
async fn a_first_start_with_a_broken_file_says_what_to_mend() {
    let mut bot = Bot::start().await;
    bot.crash().await;
    bot.config.data = bot.config.data.with_file_name("another-record");
    bot.config.playbook.path = Some(bot.config.data.with_file_name("playbook.toml"));
    bot.write_playbook(BROKEN);
    bot.config.playbook = watchroom::config::PlaybookFile::read(bot.config.playbook.path.as_deref(), None);
    let app =
        watchroom::app::build(&bot.config, std::sync::Arc::new(bot.clock.clone()), watchroom::app::Ports::default())
            .await;
    let error = app.expect_err("there is no last good one").to_string();
    assert!(error.contains("there is no key `colour`") && error.contains("playbook.toml:1"), "{error}");
}
