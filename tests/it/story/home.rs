//! App Home: who is on call, one's own four weeks, and by what one is reached.

use jiff::SignedDuration;
use watchroom::{
    ids::UserId,
    paging::reach::{Ask, Choice, Way},
    sandbox::SeenView,
};

use super::oncall::weekly;
use crate::harness::{
    Bot, minutes,
    neighbour::twilio,
    ntfy::Ntfy,
    policy,
    reach::{PUBLIC, pushing},
};

/// What somebody reads who opens their home.
async fn opened(bot: &Bot, who: &str) -> SeenView {
    bot.slack.act_as(who).open_home().expect("opened");
    bot.settle().await;
    shown(bot, who)
}

/// What stands there, without opening it again.
fn shown(bot: &Bot, who: &str) -> SeenView {
    bot.slack.home(who).expect("a home")
}

async fn on_call() -> (Bot, Ntfy) {
    pushing(|config| {
        config.settings.schedules = vec![weekly("primary", &["U0BOB", "U0DAVE", "U0ERIN"])];
    })
    .await
}

#[tokio::test]
async fn a_home_shows_who_is_on_call_and_ones_own_four_weeks() {
    let (bot, _ntfy) = on_call().await;
    // A Sunday in bob's week: his next one begins in three weeks.
    let bob = opened(&bot, "bob").await;
    for part in ["On call now", "*primary team*: now @bob", "next @dave", "Your next four weeks"] {
        assert!(bob.contains(part), "{part}: {bob:?}");
    }
    let weeks: Vec<String> = bob.json["blocks"]
        .as_array()
        .expect("blocks")
        .iter()
        .filter_map(|block| block["text"]["text"].as_str())
        .filter(|text| text.starts_with("*<!date^"))
        .map(str::to_owned)
        .collect();
    let with: Vec<bool> = weeks.iter().map(|week| week.contains(":pager: *primary team*")).collect();
    assert_eq!(with, [true, false, true, true], "his week ends tomorrow, and the next falls into two: {weeks:#?}");
    assert!(weeks[0].contains("until <!date^") && weeks[1].contains("not on call"), "{weeks:#?}");
    assert!(opened(&bot, "alice").await.contains("You are not on call within the next four weeks"));
}

/// It is not opened again: whatever changes about somebody shows where they are looking.
#[tokio::test]
async fn an_open_home_follows_what_changes_about_oneself() {
    let (bot, ntfy) = on_call().await;
    assert!(!opened(&bot, "erin").await.contains("(`er…`)"));
    opened(&bot, "alice").await;
    bot.slash("carol", "/incident override primary @alice for 2h").await;
    bot.settle().await;
    let alice = shown(&bot, "alice");
    assert!(alice.contains("now @alice") && alice.contains(":pager: *primary team* until"), "{alice:?}");
    bot.slash("erin", "/incident away 2026-12-24 to 2026-12-27").await;
    bot.choose_ntfy("erin", 3).await;
    bot.settle().await;
    let erin = shown(&bot, "erin");
    assert!(erin.contains("Away from") && erin.contains("after 3 minutes by ntfy (`er…`)"), "{erin:?}");
    assert!(erin.contains("not proved yet"), "{erin:?}");
    // Tested from there, and proved.
    bot.slack.act_as("erin").press(&erin, "Test").await.expect("a button");
    bot.settle().await;
    let push = ntfy.pushed("erin").pop().expect("a test");
    bot.press_link(&bot.behind(&push), "acknowledge").await;
    let erin = shown(&bot, "erin");
    assert!(erin.contains("proved on") && !erin.contains("not proved yet"), "{erin:?}");
}

#[tokio::test]
async fn a_home_masks_addresses_and_names_the_ways_that_are_missing() {
    let twilio = twilio::start().await;
    let bot = Bot::configured(|config| {
        config.ways.twilio = Some(twilio::config(&twilio));
        config.settings.ways = config.ways.set_up();
        config.settings.public_url = Some(PUBLIC.into());
    })
    .await;
    let before = opened(&bot, "bob").await;
    assert!(
        before.contains("Only Slack messages reach you") && before.contains("Not set by you: SMS, voice call."),
        "{before:?}"
    );
    let choice = Choice { way: Way::Sms, address: Some("+49 170 1234567".into()), after: None };
    let asked = Ask::Choose(vec![choice]);
    bot.app().engine.change_contacts(None, &UserId::from("U0BOB"), &asked, None).await.expect("chosen");
    bot.settle().await;
    let after = shown(&bot, "bob");
    assert!(after.contains("at once by SMS (`…567`)") && after.contains("Not set by you: voice call."), "{after:?}");
    assert!(!after.json.to_string().contains("4567"), "{after:?}");
    // From there to the form, which shows it whole.
    bot.slack.act_as("bob").press(&after, "Change").await.expect("a button");
    bot.settle().await;
    let form = bot.form("bob");
    assert!(form.json.to_string().contains("+491701234567"), "{form:?}");
    assert!(!opened(&bot, "alice").await.json.to_string().contains("567"), "only whoever it belongs to sees it");
}

#[tokio::test]
async fn where_there_is_nothing_but_slack_a_home_says_so() {
    let bot = Bot::start().await;
    let home = opened(&bot, "alice").await;
    assert!(home.contains("no other way is set up here") && !home.contains("On call now"), "{home:?}");
}

/// Guests are no part of it.
#[tokio::test]
async fn a_guest_reads_nothing_of_who_is_on_call() {
    let (bot, _ntfy) = on_call().await;
    bot.slack.with(|ws| ws.users.get_mut("U0DAVE").expect("dave").is_guest = true);
    let home = opened(&bot, "dave").await;
    assert!(home.contains("Declare an incident"), "{home:?}");
    assert!(!home.contains("primary") && !home.contains("Ways to reach you"), "{home:?}");
    bot.advance(SignedDuration::from_hours(30)).await;
    bot.slash("carol", "/incident override primary @erin instead of @dave for 2h").await;
    bot.settle().await;
    assert!(!shown(&bot, "dave").contains("primary"), "nor when it changes");
}

/// What a guest has nothing to do with is in no list of theirs; what they do has its place.
#[tokio::test]
async fn a_guest_sees_what_they_have_to_do_with_alone() {
    let bot = Bot::start().await;
    bot.slack.with(|ws| ws.users.get_mut("U0DAVE").expect("dave").is_guest = true);
    let room = bot.declare("alice", "sev2 the zebra is loose").await;
    bot.declare("alice", "sev3 the quagga sleeps").await;
    bot.slash_in("alice", &bot.latest_room(), "/incident cancel it woke up").await;
    let lists = async |bot: &Bot, who: &str| {
        let home = opened(bot, who).await.json.to_string();
        let mut all = vec![home];
        for typed in ["list", "list recent", "find zebra"] {
            all.push(bot.slash(who, &format!("/incident {typed}")).await.text);
        }
        all
    };
    for said in lists(&bot, "dave").await {
        assert!(!said.contains("zebra is loose") && !said.contains("quagga"), "{said}");
    }
    for said in lists(&bot, "bob").await {
        assert!(said.contains("zebra is loose"), "{said}");
    }
    bot.slash_in("alice", &room, "/incident assign operations @dave").await;
    for said in lists(&bot, "dave").await {
        assert!(said.contains("zebra is loose") && !said.contains("quagga"), "{said}");
    }
}

/// By its number, too, a guest finds nothing that they have nothing to do with, and changes nothing of it: as if there were none.
#[tokio::test]
async fn a_guest_finds_by_number_what_they_have_to_do_with_alone() {
    let bot = Bot::start().await;
    bot.slack.with(|ws| ws.users.get_mut("U0DAVE").expect("dave").is_guest = true);
    let room = bot.declare("alice", "sev2 the zebra is loose").await;
    let before = bot.history("INC-1").await.len();
    let verbs =
        ["show INC-1", "INC-1", "INC-1 timeline", "INC-1 summary", "INC-1 roles", "INC-1 channels", "INC-1 similar"];
    let changing =
        ["INC-1 note I was here", "INC-1 sev 1", "INC-1 lead @dave", "INC-1 update All is well", "INC-1 page @bob"];
    for typed in verbs.iter().chain(&changing) {
        let said = bot.slash("dave", &format!("/incident {typed}")).await.text;
        let none = bot.slash("dave", &format!("/incident {}", typed.replace("INC-1", "INC-9"))).await.text;
        assert_eq!(said, none.replace("INC-9", "INC-1"), "{typed}");
        assert!(said.starts_with("There is no INC-1."), "{typed}: {said}");
    }
    assert_eq!(bot.history("INC-1").await.len(), before, "nothing changed");
    let colleague = bot.slash("bob", "/incident show INC-1").await.text;
    assert!(colleague.contains("the zebra is loose"), "{colleague}");
    // What they declare themselves is like it, which they do not hear of.
    let own = bot.slash("dave", "/incident declare sev3 the zebra is loose again").await.text;
    assert!(own.contains("INC-2") && !own.contains("INC-1"), "{own}");
    assert!(bot.slash("dave", "/incident show INC-2").await.text.contains("loose again"));
    // Once they hold a role in it they find it.
    bot.slash_in("alice", &room, "/incident assign operations @dave").await;
    let said = bot.slash("dave", "/incident show INC-1").await.text;
    assert!(said.contains("the zebra is loose"), "{said}");
}

/// Whoever was brought into the room by hand reads all of it there, and works in it.
#[tokio::test]
async fn a_guest_in_the_room_works_in_it() {
    let bot = Bot::start().await;
    bot.slack.with(|ws| ws.users.get_mut("U0DAVE").expect("dave").is_guest = true);
    let room = bot.declare("alice", "sev2 the zebra is loose").await;
    bot.slack.with(|ws| ws.join(&room, "U0DAVE", Some("U0ALICE"))).expect("in the room");
    let card = bot.slash_in("dave", &room, "/incident").await.text;
    assert!(card.contains("the zebra is loose"), "{card}");
    bot.slash_in("dave", &room, "/incident note I saw it at the fountain").await;
    let timeline = bot.slash("dave", "/incident INC-1 timeline").await.text;
    assert!(timeline.contains("at the fountain"), "{timeline}");
}

/// Whoever is paged answers the page, also when others are asked by then.
#[tokio::test]
async fn a_guest_who_is_paged_answers() {
    let bot = Bot::with(|s| s.policies = vec![policy("zoo", &[("U0DAVE", 5), ("U0BOB", 5)])]).await;
    bot.slack.with(|ws| ws.users.get_mut("U0DAVE").expect("dave").is_guest = true);
    let room = bot.declare("alice", "sev2 the zebra is loose").await;
    bot.slash_in("alice", &room, "/incident page zoo").await;
    bot.advance(minutes(6)).await;
    bot.expect_dm("bob", "the zebra is loose");
    let page = bot.expect_dm("dave", "the zebra is loose");
    bot.press("dave", &[page], "Acknowledge").await;
    bot.expect_once(&room, "@dave acknowledged after 6 min.");
}
