//! Scheduled maintenance on our own page.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use watchroom::{
    playbook::{Contact, Playbook},
    sandbox::Outcome,
    status::{ComponentStatus, Post, PostStatus, Standing},
};

use crate::harness::{BEGIN, Bot, edited, minutes, status_page};

async fn page(bot: &Bot) -> Arc<Standing> {
    bot.app().engine.status_page().await.expect("read")
}

async fn latest(bot: &Bot) -> Post {
    page(bot).await.posts.first().expect("a post").clone()
}

async fn pay(bot: &Bot) -> ComponentStatus {
    page(bot).await.page.status(&"pay".into())
}

async fn read(bot: &Bot, path: &str) -> String {
    // What is served is looked at a few times a second.
    bot.advance(SignedDuration::from_secs(1)).await;
    let answer = bot.http.get(format!("{}{path}", bot.url)).send().await.expect("an answer");
    assert_eq!(answer.status(), 200, "{path}");
    answer.text().await.expect("a body")
}

async fn names(bot: &Bot, path: &str) -> Vec<(String, String)> {
    let read: Value = serde_json::from_str(&read(bot, &format!("/api/v2/{path}.json")).await).expect("JSON");
    let all = read["scheduled_maintenances"].as_array().expect("a list");
    let text = |v: &Value| v.as_str().expect("a text").to_owned();
    all.iter().map(|one| (text(&one["name"]), text(&one["status"]))).collect()
}

/// Plans it by the form, from and until so many minutes from now.
pub(super) async fn plan(bot: &Bot, who: &str, name: &str, from: i64, until: i64) -> Outcome {
    bot.slash(who, &format!("/incident maintenance plan {name}")).await;
    assert!(bot.form(who).contains("They stand meanwhile"), "{:?}", bot.form(who));
    let at = |minutes: i64| json!(bot.clock_second() + minutes * 60);
    let values = [
        ("What is done", json!("Short interruptions are possible.")),
        ("From", at(from)),
        ("Until", at(until)),
        ("Components", json!(["Payments"])),
    ];
    bot.slack.act_as(who).fill(values).await.expect("fields of the form");
    bot.submit(who, &[]).await
}

/// How often anybody was told that the page changed by itself.
fn told(bot: &Bot, text: &str) -> usize {
    bot.slack.dm("alice").iter().filter(|m| m.contains(text)).count()
}

/// Announced at once, reminded of, begun and ended at its time, over a crash at each step, and every time told once.
#[tokio::test]
async fn maintenance_is_announced_begins_and_ends_at_its_time() {
    let mut bot = Bot::with_status_page().await;
    assert_eq!(plan(&bot, "alice", "New database", 25 * 60, 26 * 60).await, Outcome::Updated);
    assert_eq!(names(&bot, "scheduled-maintenances/upcoming").await, [("New database".into(), "scheduled".into())]);
    assert_eq!(names(&bot, "scheduled-maintenances/active").await, []);
    let html = read(&bot, "/status").await;
    for told in ["Scheduled maintenance", "New database", "Short interruptions", "Payments (Under maintenance)"] {
        assert!(html.contains(told), "no `{told}` in {html}");
    }
    assert!(html.contains("All systems operational"), "{html}");
    bot.expect_once("incidents", "New database");

    bot.crash_and_restart().await;
    bot.advance(minutes(2 * 60)).await;
    assert_eq!(told(&bot, "Maintenance begins in"), 1, "a day before");
    bot.crash_and_restart().await;
    bot.advance(minutes(22 * 60 + 30)).await;
    assert_eq!(told(&bot, "Maintenance begins in"), 2, "an hour before");
    assert_eq!(bot.count("incidents", "Maintenance begins in"), 2);
    assert_eq!(pay(&bot).await, ComponentStatus::Operational);

    bot.advance(minutes(30)).await;
    assert_eq!(pay(&bot).await, ComponentStatus::UnderMaintenance);
    assert_eq!(names(&bot, "scheduled-maintenances/active").await, [("New database".into(), "in_progress".into())]);
    let html = read(&bot, "/status").await;
    assert!(html.contains("Maintenance under way") && html.contains("The scheduled maintenance has begun."), "{html}");
    assert!(!html.contains("Current incidents"), "it is none: {html}");
    bot.crash_and_restart().await;
    assert_eq!(told(&bot, "Is the maintenance over?"), 0);
    bot.advance(minutes(46)).await;
    assert_eq!(told(&bot, "Is the maintenance over?"), 1);
    bot.crash_and_restart().await;
    bot.advance(minutes(15)).await;
    assert_eq!(pay(&bot).await, ComponentStatus::Operational);
    let post = latest(&bot).await;
    let said: Vec<_> = post.updates.iter().map(|update| update.status).collect();
    assert_eq!(said, [PostStatus::Scheduled, PostStatus::InProgress, PostStatus::Completed]);
    bot.crash_and_restart().await;
    bot.advance(minutes(60)).await;
    assert_eq!((told(&bot, "has begun"), told(&bot, "has ended"), told(&bot, "Is the maintenance over?")), (1, 1, 1));
    assert!(!bot.expect_dm("alice", "has ended").contains("late"));
    assert_eq!(latest(&bot).await.updates.len(), 3);
    let feed = read(&bot, "/history.atom").await;
    assert!(feed.contains("Completed: New database") && feed.contains("Scheduled maintenance: 2026-11-"), "{feed}");
}

/// A bot that was down over the beginning, or over all of it, ends up right when it is back, says how late, and says nothing twice.
#[tokio::test]
async fn what_fell_due_while_the_bot_was_down_happens_once() {
    let mut bot = Bot::with_status_page().await;
    plan(&bot, "alice", "New database", 120, 240).await;
    plan(&bot, "alice", "New index", 30, 90).await;
    bot.crash().await;
    bot.clock.advance(minutes(180));
    bot.restart().await;
    let status = |standing: &Standing, name: &str| {
        let post = standing.posts.iter().find(|post| post.name.words() == Some(name)).expect("planned");
        (post.status, post.updates.len())
    };
    let standing = page(&bot).await;
    assert_eq!(status(&standing, "New database"), (PostStatus::InProgress, 2));
    assert_eq!(status(&standing, "New index"), (PostStatus::Completed, 2), "it only ends");
    assert_eq!(pay(&bot).await, ComponentStatus::UnderMaintenance);
    bot.expect_dm("alice", "has begun, 1 h late");
    bot.expect_dm("alice", "has ended, 1 h 30 min late");
    assert_eq!(told(&bot, "Maintenance begins in"), 0, "it has begun");
    bot.crash_and_restart().await;
    bot.advance(minutes(1)).await;
    assert_eq!((told(&bot, "has begun"), told(&bot, "has ended")), (1, 1));
}

/// It begins earlier, takes longer and ends when somebody says so; what an incident says beside it wins.
#[tokio::test]
async fn it_begins_takes_longer_and_ends_when_somebody_says_so() {
    let bot = Bot::with_status_page().await;
    plan(&bot, "alice", "New database", 120, 180).await;
    let answer = bot.slash("bob", "/incident maintenance finish").await.text;
    assert!(answer.contains("There is none of which that could be said"), "{answer}");
    bot.slash("bob", "/incident maintenance begin").await;
    assert_eq!(pay(&bot).await, ComponentStatus::UnderMaintenance);
    let window = latest(&bot).await.window().expect("a window");
    assert_eq!(window.from.as_second(), BEGIN, "earlier than planned");
    let card = bot.said("incidents");
    bot.press("bob", &card, "1 hour longer").await;
    bot.press("bob", &bot.said("incidents"), "1 hour longer").await;
    assert_eq!(latest(&bot).await.window().expect("a window").to.as_second(), BEGIN + 300 * 60);
    let before = latest(&bot).await.window();
    let answer = bot.slash("bob", "/incident maintenance extend until 05:00").await.text;
    assert!(answer.contains("It is to go on at least so long already"), "{answer}");
    assert_eq!(latest(&bot).await.window(), before);
    bot.slash("bob", "/incident maintenance extend by 30m").await;
    let now = latest(&bot).await;
    assert_eq!(now.updates.last().and_then(|u| u.body.words()), Some("The maintenance takes longer than planned."));

    let room = bot.declare("alice", "sev2 checkout is down").await;
    super::status_page::update(&bot, "alice", "Payments fail", &[("pay", ComponentStatus::MajorOutage)]).await;
    assert_eq!(pay(&bot).await, ComponentStatus::MajorOutage);
    bot.slash("alice", "/incident maintenance finish").await;
    assert_eq!(pay(&bot).await, ComponentStatus::MajorOutage, "the incident goes on");
    bot.slash_in("alice", &room, "/incident resolve a new index").await;
    super::status_page::update(&bot, "alice", "Payments work again", &[]).await;
    assert_eq!(pay(&bot).await, ComponentStatus::Operational);
    let again = bot.slash("alice", "/incident maintenance finish M-1").await.text;
    assert!(again.contains("It is over."), "{again}");
}

/// It is changed in the form that it was planned in, reminded of anew, and cancelled with words for the public.
#[tokio::test]
async fn a_plan_changes_and_is_cancelled_with_words_for_the_public() {
    let bot = Bot::with_status_page().await;
    plan(&bot, "alice", "New database", 90, 120).await;
    bot.advance(minutes(31)).await;
    assert_eq!(told(&bot, "Maintenance begins in"), 1);
    bot.slash("alice", "/incident maintenance change").await;
    let moved = bot.clock_second() + 90 * 60;
    let values = [("Headline", json!("Newer database")), ("From", json!(moved)), ("Until", json!(moved + 3600))];
    bot.slack.act_as("alice").fill(values).await.expect("fields of the form");
    assert_eq!(bot.submit("alice", &[]).await, Outcome::Updated);
    bot.expect_once("incidents", "Newer database");
    bot.advance(minutes(31)).await;
    assert_eq!(told(&bot, "Maintenance begins in"), 2, "of the new time");
    let post = latest(&bot).await;
    assert_eq!((post.name.words(), post.updates.len()), (Some("Newer database"), 2));
    assert_eq!(post.window().expect("a window").from.as_second(), moved);

    bot.press("alice", &bot.slack.dm("alice"), "Cancel").await;
    bot.submit("alice", &[("What the public reads", "The supplier is not ready.")]).await;
    bot.advance(minutes(120)).await;
    let post = latest(&bot).await;
    assert!(post.cancelled && post.status == PostStatus::Completed, "{post:?}");
    let html = read(&bot, "/status").await;
    assert!(html.contains("Cancelled") && html.contains("The supplier is not ready."), "{html}");
    assert_eq!(told(&bot, "has begun"), 0);
    assert_eq!(bot.count("incidents", "*cancelled*"), 1);
}

/// How long it takes is said in the speaker's own zone, also over a change of clocks; and what was broken off is not over by itself later.
#[tokio::test]
async fn it_takes_longer_in_the_speakers_own_zone_and_is_broken_off() {
    let bot = Bot::with_status_page().await;
    plan(&bot, "alice", "New database", 10, 60).await;
    bot.slash("bob", "/incident maintenance begin").await;
    let until = async |who: &str, typed: &str| {
        let answer = bot.slash(who, &format!("/incident maintenance extend until {typed}")).await.text;
        (latest(&bot).await.window().expect("a window").to.to_string(), answer)
    };
    // Carol is in New York, where the day before has not ended; Bob in Berlin.
    assert_eq!(until("carol", "tomorrow 02:30").await.0, "2026-11-22T07:30:00Z");
    let (to, answer) = until("bob", "08:00").await;
    assert!(to == "2026-11-22T07:30:00Z" && answer.contains("at least so long already"), "{to}: {answer}");
    assert_eq!(until("bob", "tomorrow 02:30").await.0, "2026-11-23T01:30:00Z");
    assert_eq!(told(&bot, "Is the maintenance over?"), 0);
    bot.slash("bob", "/incident maintenance cancel").await;
    let post = latest(&bot).await;
    assert!(
        post.cancelled && post.updates.last().and_then(|u| u.body.words()).is_some_and(|w| w.contains("cancelled"))
    );
    assert_eq!(pay(&bot).await, ComponentStatus::Operational);
    bot.advance(minutes(24 * 60)).await;
    assert_eq!((latest(&bot).await.updates.len(), told(&bot, "has ended")), (post.updates.len(), 0));

    // In the night to the 28th of March there is no half past two in Berlin: what is meant is an hour after half past one.
    let spring: Timestamp = "2027-03-27T22:00:00Z".parse().expect("a time");
    bot.clock.advance(spring.duration_since(bot.in_minutes(0)));
    bot.settle().await;
    plan(&bot, "bob", "Clocks", 30, 60).await;
    bot.slash("bob", "/incident maintenance begin").await;
    assert_eq!(until("bob", "tomorrow 02:30").await.0, "2027-03-28T01:30:00Z");
    assert_eq!(until("bob", "tomorrow 04:30").await.0, "2027-03-28T02:30:00Z");
}

/// Two windows and an incident on one component: the worst counts, and each end leaves what the others say.
#[tokio::test]
async fn windows_and_an_incident_on_one_component_leave_each_other_alone() {
    let mut bot = Bot::with_status_page().await;
    plan(&bot, "alice", "New database", 10, 60).await;
    plan(&bot, "bob", "New index", 30, 90).await;
    bot.crash().await;
    bot.clock.advance(minutes(45));
    bot.restart().await;
    assert_eq!(pay(&bot).await, ComponentStatus::UnderMaintenance);
    bot.declare("alice", "sev2 checkout is down").await;
    super::status_page::update(&bot, "alice", "Payments fail", &[("pay", ComponentStatus::PartialOutage)]).await;
    bot.advance(minutes(20)).await;
    assert_eq!(pay(&bot).await, ComponentStatus::PartialOutage, "the first window is over");
    super::status_page::update(&bot, "alice", "Payments work", &[("pay", ComponentStatus::Operational)]).await;
    assert_eq!(pay(&bot).await, ComponentStatus::UnderMaintenance, "the second one is not");
    bot.advance(minutes(30)).await;
    assert_eq!(pay(&bot).await, ComponentStatus::Operational);
    let spells = page(&bot).await.page.spells[&"pay".into()].iter().map(|s| s.status).collect::<Vec<_>>();
    assert_eq!(
        spells,
        [ComponentStatus::UnderMaintenance, ComponentStatus::PartialOutage, ComponentStatus::UnderMaintenance]
    );
}

/// What cannot be is refused at its field; windows may overlap, also where clocks change.
#[tokio::test]
async fn what_cannot_be_is_refused_at_its_field() {
    let bot = Bot::with_status_page().await;
    for (from, until, why) in [
        (-60, 60, "would have begun already"),
        (-120, -60, "over already"),
        (60, 30, "end before it begins"),
        (60, 60 * 24 * 40, "more than a month"),
        (60 * 24 * 400, 60 * 24 * 400 + 60, "more than a year ahead"),
    ] {
        let refused = format!("{:?}", plan(&bot, "alice", "New database", from, until).await);
        assert!(refused.contains(why), "{from} to {until}: {refused}");
        bot.slack.act_as("alice").close().await.expect("closed");
    }
    assert!(page(&bot).await.posts.is_empty());
    // In Berlin the hour from two to three is left out in that night.
    let spring: Timestamp = "2027-03-28T00:30:00Z".parse().expect("a time");
    let from = (spring.as_second() - BEGIN) / 60;
    assert_eq!(plan(&bot, "alice", "Clocks", from, from + 60).await, Outcome::Updated);
    assert_eq!(plan(&bot, "bob", "Also clocks", from + 10, from + 70).await, Outcome::Updated);
    let html = read(&bot, "/status").await;
    assert!(html.contains("2027-03-28 01:30 CET") && html.contains("2027-03-28 03:30 CEST"), "{html}");
    let answer = bot.slash("alice", "/incident maintenance cancel").await.text;
    assert!(answer.contains("Which one?") && answer.contains("Also clocks"), "{answer}");
}

/// Those whom the playbook names for a role that posts on the page may plan; others, guests too, may not.
#[tokio::test]
async fn only_who_may_post_there_may_plan() {
    let bot = Bot::configured(|config| {
        config.settings.show_status_page(status_page());
        config.playbook = edited(|playbook: &mut Playbook| {
            let commander = playbook.roles.iter_mut().find(|role| role.id.as_str() == "commander").expect("it");
            commander.main = Some(Contact::User("U0BOB".into()));
        });
    })
    .await;
    let refused = bot.slash("alice", "/incident maintenance plan New database").await.text;
    assert!(refused.contains("Only those may post on the status page"), "{refused}");
    plan(&bot, "bob", "New database", 60, 120).await;
    assert_eq!(page(&bot).await.posts.len(), 1);
    bot.press("alice", &bot.said("incidents"), "Begin now").await;
    assert_eq!(latest(&bot).await.status, PostStatus::Scheduled, "alice may not");
    bot.press("bob", &bot.said("incidents"), "Begin now").await;
    assert_eq!(latest(&bot).await.status, PostStatus::InProgress);
}

/// `/incident statuspage` says what stands there and where it is; without a page, how to set one up.
#[tokio::test]
async fn the_page_is_shown_in_slack() {
    let bot = Bot::with_status_page().await;
    plan(&bot, "alice", "New database", 60, 120).await;
    bot.declare("alice", "sev2 checkout is down").await;
    super::status_page::update(&bot, "alice", "Payments fail", &[("pay", ComponentStatus::PartialOutage)]).await;
    let answer = bot.slash("bob", "/incident statuspage").await.text;
    let link = format!("https://status.example.com/incidents/{}", latest(&bot).await.id);
    for told in ["https://status.example.com", "New database", "Payments: Partial outage", "Cart: Operational", &link] {
        assert!(answer.contains(told), "no `{told}` in {answer}");
    }
    let bot = Bot::start().await;
    for typed in ["statuspage", "maintenance", "maintenance plan New database"] {
        let answer = bot.slash("alice", &format!("/incident {typed}")).await.text;
        assert!(answer.contains("[status_page]"), "{typed}: {answer}");
    }
}

/// What programs read of the page, with incidents and maintenance in every state, is left for `tests/run validate` to hold against what reads
/// hosted pages.
#[tokio::test]
async fn what_programs_read_is_left_for_their_own_readers() {
    let bot = Bot::with_status_page().await;
    plan(&bot, "alice", "Over", 1, 2).await;
    plan(&bot, "alice", "Goes on <b>&</b>", 3, 300).await;
    plan(&bot, "alice", "To come", 240, 300).await;
    bot.declare("alice", "sev2 checkout is down").await;
    super::status_page::update(&bot, "alice", "Payments <fail> & more", &[("pay", ComponentStatus::PartialOutage)])
        .await;
    bot.advance(minutes(4)).await;
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/status-page");
    std::fs::create_dir_all(&folder).expect("a folder for what is recorded");
    let documents = watchroom::render::status::Document::ALL.map(|(name, _)| format!("/api/v2/{name}"));
    for path in documents.iter().map(String::as_str).chain(["/history.atom", "/history.rss"]) {
        let body = read(&bot, path).await;
        assert!(body.contains("Example"), "{path}: {body}");
        let name = path.replace(['/', '.'], "-");
        let recorded = json!({ "path": path, "body": body }).to_string();
        std::fs::write(folder.join(format!("{name}.json")), recorded).expect("recorded");
    }
    let statuses = |all: Vec<(String, String)>| all.into_iter().map(|(_, status)| status).collect::<Vec<_>>();
    let all = statuses(names(&bot, "scheduled-maintenances").await);
    assert_eq!(all, ["scheduled", "in_progress", "completed"]);
    assert_eq!(statuses(names(&bot, "scheduled-maintenances/upcoming").await), ["scheduled"]);
    assert_eq!(statuses(names(&bot, "scheduled-maintenances/active").await), ["in_progress"]);
}
