//! The settings' file, edited while the bot runs: who is paged, who is on call.

use crate::harness::{Bot, minutes, shown};

/// A bot whose settings stand in a file: pages at `checkout` ask by these steps.
async fn with_steps(steps: &str) -> Bot {
    let mut bot = Bot::start().await;
    bot.keep_settings(&settings(steps, "")).await;
    bot
}

fn settings(steps: &str, more: &str) -> String {
    format!(
        "announce_channel = 'C0INCIDENTS'\n{more}\n[paging]\nfallback = ['group:S0MANAGERS']\n[[policies]]\nname = 'checkout'\n\
         steps = [{steps}]\n"
    )
}

fn asks(target: &str) -> String {
    format!("{{ targets = ['{target}'], wait_min = 5 }}")
}

fn rotation(schedule: &str, who: &str) -> String {
    format!(
        "[[schedules]]\nid = '{schedule}'\nname = '{schedule} team'\n[[schedules.rotations]]\nname = 'weekly'\n\
         participants = ['{who}']\nstart = '2026-11-16T09:00'\nevery = '1 week'\n"
    )
}

async fn edit(bot: &Bot, text: &str) {
    bot.write_settings(text);
    bot.app().reload_files().await.expect("taken up");
    bot.settle().await;
}

#[tokio::test]
async fn an_edited_policy_asks_others_while_a_page_that_waits_walks_on_by_the_old_one() {
    let bot = with_steps(&[asks("user:U0BOB"), asks("user:U0DAVE")].join(", ")).await;
    let room = bot.declare("alice", "sev3 checkout is slow").await;
    bot.slash_in("alice", &room, "/incident page checkout").await;
    bot.expect_dm("bob", "checkout is slow");
    edit(&bot, &settings(&asks("user:U0ERIN"), "")).await;
    bot.advance(minutes(5)).await;
    bot.expect_dm("dave", "checkout is slow");
    assert!(bot.slack.dm("erin").is_empty(), "the page goes by what it began with");
    let room = bot.declare("alice", "sev3 search is slow").await;
    bot.slash_in("alice", &room, "/incident page checkout").await;
    bot.expect_dm("erin", "search is slow");
}

/// Whoever answers for the playbook hears it, as of the playbook's own file.
#[tokio::test]
async fn a_broken_edit_leaves_the_last_good_settings_in_force_and_is_said_once() {
    let mut bot = with_steps(&asks("user:U0BOB")).await;
    let heard =
        |bot: &Bot| bot.said("incidents").into_iter().filter(|m| m.contains("settings' file")).collect::<Vec<_>>();
    for broken in ["colour = 'red'", "[[policies", &settings("", ""), &settings(&asks("bob"), "")] {
        edit(&bot, broken).await;
        assert_eq!(heard(&bot).len(), 1, "once: {}", shown(&heard(&bot)));
    }
    let told = &heard(&bot)[0];
    assert!(told.contains("unknown field `colour`") && told.contains("stay in force"), "{told}");
    let room = bot.declare("alice", "sev3 checkout is slow").await;
    bot.slash_in("alice", &room, "/incident page checkout").await;
    bot.expect_dm("bob", "checkout is slow");
    for _ in 0..2 {
        edit(&bot, &settings(&asks("user:U0ERIN"), "")).await;
        assert_eq!(heard(&bot).len(), 2, "mended, said once: {}", shown(&heard(&bot)));
    }
    assert!(heard(&bot)[1].contains("can be used again"), "{}", shown(&heard(&bot)));
    edit(&bot, "").await;
    assert_eq!(heard(&bot).len(), 2, "an empty file is sound, and asks nobody");
    edit(&bot, "[").await;
    bot.write_settings(&settings(&asks("user:U0ERIN"), ""));
    bot.crash_and_restart().await;
    bot.app().reload_files().await.expect("taken up");
    assert_eq!(heard(&bot).len(), 3, "mended before a start: {}", shown(&heard(&bot)));
}

#[tokio::test]
async fn a_schedule_that_a_policy_names_cannot_be_taken_out() {
    let mut bot = Bot::start().await;
    let steps = [asks("schedule:primary"), asks("user:U0ERIN")].join(", ");
    let whole = settings(&steps, "") + &rotation("primary", "U0BOB");
    bot.keep_settings(&whole).await;
    edit(&bot, &settings(&steps, "")).await;
    bot.expect_once("incidents", "policy `checkout`, step 1: [[schedules]] has no `primary`");
    let room = bot.declare("alice", "sev3 checkout is slow").await;
    bot.slash_in("alice", &room, "/incident page checkout").await;
    bot.expect_dm("bob", "checkout is slow");
    // Somebody else is on call by it from now on.
    edit(&bot, &(settings(&steps, "") + &rotation("primary", "U0DAVE"))).await;
    bot.expect_once("incidents", "The settings' file can be used again");
    let answer = bot.slash("alice", "/incident oncall primary").await;
    assert!(answer.text.contains("U0DAVE") && !answer.text.contains("U0BOB"), "{}", answer.text);
}

/// The policy goes with the schedule, and a page that began before still asks by it.
#[tokio::test]
async fn a_page_that_asks_a_schedule_which_is_gone_says_so_and_goes_on() {
    let mut bot = Bot::start().await;
    let steps = [asks("user:U0BOB"), asks("schedule:primary"), asks("user:U0ERIN")].join(", ");
    bot.keep_settings(&(settings(&steps, "") + &rotation("primary", "U0DAVE"))).await;
    let room = bot.declare("alice", "sev3 checkout is slow").await;
    bot.slash_in("alice", &room, "/incident page checkout").await;
    bot.expect_dm("bob", "checkout is slow");
    edit(&bot, &settings(&asks("user:U0BOB"), "")).await;
    bot.advance(minutes(5)).await;
    bot.expect_once(&room, "the settings have no schedule `primary` any more");
    bot.expect_dm("erin", "checkout is slow");
    assert!(bot.slack.dm("dave").is_empty());
}

#[tokio::test]
async fn what_counts_from_the_next_start_on_is_said() {
    let bot = with_steps(&asks("user:U0BOB")).await;
    for _ in 0..2 {
        edit(&bot, &settings(&asks("user:U0ERIN"), "listen = '127.0.0.1:9'\npublic_url = 'https://w.example'")).await;
        bot.expect_once("incidents", "What it says of `listen`, `public_url` counts from the next start");
    }
    let room = bot.declare("alice", "sev3 checkout is slow").await;
    bot.slash_in("alice", &room, "/incident page checkout").await;
    bot.expect_dm("erin", "checkout is slow");
    // A webhook has a secret, so that nobody can be asked by it before the next start.
    let siren = "[[webhooks]]\nname = 'siren'\nurl_env = 'PATH'\n";
    edit(&bot, &(settings(&asks("webhook:siren"), "") + siren)).await;
    assert_eq!(bot.count("incidents", "[[webhooks]] has no `siren`"), 0, "what PATH holds is no address");
    bot.expect_once("incidents", "The settings' file was changed and cannot be used");
}

/// A layer takes its shifts from a calendar from now on.
#[tokio::test]
async fn a_new_calendar_is_fetched_and_one_that_is_gone_is_forgotten() {
    let mut bot = Bot::start().await;
    let steps = asks("schedule:primary");
    bot.keep_settings(&(settings(&steps, "") + &rotation("primary", "U0BOB"))).await;
    let path = std::env::temp_dir().join(format!("watchroom-edited-{}.ics", std::process::id()));
    let event = "BEGIN:VEVENT\r\nUID:1@t\r\nDTSTAMP:20261122T000000Z\r\nDTSTART:20261122T000000Z\r\n\
                 DTEND:20261202T000000Z\r\nSUMMARY:Ada\r\nEND:VEVENT\r\n";
    let calendar = format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//t//EN\r\n{event}END:VCALENDAR\r\n");
    std::fs::write(&path, calendar).expect("our own directory");
    let layer = |people: &str| {
        format!(
            "{people}[[schedules]]\nid = 'primary'\nname = 'primary team'\n[[schedules.layers]]\nname = 'feed'\n\
             calendar = 'file:{}'\n",
            path.display()
        )
    };
    edit(&bot, &(settings(&steps, "") + &layer("[people]\nAda = 'U0DAVE'\n"))).await;
    let on_call = async |who: &str| {
        let answer = bot.slash("alice", "/incident oncall primary").await;
        assert!(answer.text.contains(who), "{who}: {}", answer.text);
    };
    on_call("U0DAVE").await;
    // The name is somebody else's now.
    edit(&bot, &(settings(&steps, "") + &layer("[people]\nAda = 'U0ERIN'\n"))).await;
    on_call("U0ERIN").await;
    edit(&bot, &(settings(&steps, "") + &rotation("primary", "U0BOB"))).await;
    on_call("U0BOB").await;
    std::fs::remove_file(path).expect("our own file");
}

/// Whoever set an override, or is in one, hears that it counts for nothing once its schedule is gone, whether the bot ran meanwhile
/// or not; and what is left of it to press is answered.
#[tokio::test]
async fn whoever_has_an_override_hears_that_its_schedule_is_gone() {
    let steps = asks("user:U0ERIN");
    let whole = settings(&steps, "") + &rotation("primary", "U0BOB");
    let told = |bot: &Bot, who: &str| {
        bot.slack.dm(who).iter().filter(|m| m.contains("`primary` was taken out of the bot's settings")).count()
    };
    for down in [false, true] {
        let mut bot = Bot::start().await;
        bot.keep_settings(&whole).await;
        let set = bot.slash("alice", "/incident override primary @dave instead of @bob for 4h").await;
        assert!(set.text.contains("<@U0DAVE> instead of <@U0BOB>"), "{}", set.text);
        bot.slash("carol", "/incident override primary @erin for 1h").await;
        bot.advance(minutes(90)).await;
        if down {
            bot.crash().await;
            bot.write_settings(&settings(&steps, ""));
            bot.restart().await;
        } else {
            edit(&bot, &settings(&steps, "")).await;
        }
        bot.settle().await;
        for (who, times) in [("alice", 1), ("dave", 1), ("bob", 1), ("carol", 0), ("erin", 0)] {
            assert_eq!(told(&bot, who), times, "{who}: {}", shown(&bot.slack.dm(who)));
        }
        let said = bot.expect_dm("alice", "count for nothing");
        assert!(said.contains("• 1 until") && said.contains("(by @alice)"), "{said}");
        bot.crash_and_restart().await;
        edit(&bot, &settings(&steps, "updates_channel = 'C0GENERAL'")).await;
        assert_eq!(told(&bot, "alice"), 1, "once: {}", shown(&bot.slack.dm("alice")));
        bot.press("alice", &bot.slack.ephemerals("alice", "general"), "Undo").await;
        let answer = bot.slack.ephemerals("alice", "general").pop().expect("an answer");
        assert!(answer.contains("There is no such schedule any more."), "{answer}");
        // Put back they count again, and taken out once more that is told once more.
        edit(&bot, &whole).await;
        let now = bot.slash("alice", "/incident oncall primary").await.text;
        assert!(now.contains("now <@U0DAVE>"), "{now}");
        edit(&bot, &settings(&steps, "")).await;
        assert_eq!(told(&bot, "alice"), 2, "{}", shown(&bot.slack.dm("alice")));
    }
}
