//! A calendar of another program says who is on call.

use std::{fmt::Write as _, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use watchroom::{
    config::{Address, CalendarSource, Config, Followed, Secret},
    paging::{
        Policy, Step, Target,
        rota::Watch,
        schedule::{Active, Imported, Layer, Mode, Schedule, Zone},
    },
    sandbox::{Fault, FaultKind},
};

use crate::harness::{
    Bot,
    feed::{FeedHost, Serves},
    minutes, shown,
};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Hours since the beginning of the story's day, as calendars write it.
fn time(hours: i64) -> String {
    let day: Timestamp = "2026-11-22T00:00Z".parse().expect("an instant");
    (day + HOUR * i32::try_from(hours).expect("few hours")).strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Events of these: who or which title, from and until.
fn calendar(shifts: &[(&str, i64, i64)]) -> String {
    let mut text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//test//EN\r\n".to_owned();
    for (n, (who, from, until)) in shifts.iter().enumerate() {
        let named = if who.contains('@') && !who.starts_with('[') {
            format!("SUMMARY:On call\r\nATTENDEE:mailto:{who}")
        } else {
            format!("SUMMARY:{who}")
        };
        let (from, until) = (time(*from), time(*until));
        let event = format!(
            "BEGIN:VEVENT\r\nUID:{n}@test\r\nDTSTAMP:{from}\r\nDTSTART:{from}\r\nDTEND:{until}\r\n{named}\r\nEND:VEVENT\r\n"
        );
        text.write_str(&event).expect("a text takes more");
    }
    text + "END:VCALENDAR\r\n"
}

/// Bob until the evening, then dave.
fn usual() -> String {
    calendar(&[("bob@example.com", 0, 18), ("dave@example.com", 18, 24 * 20)])
}

fn source(url: &str) -> CalendarSource {
    CalendarSource {
        schedule: "primary".into(),
        layer: "feed".into(),
        address: Address::Web(Secret::new(url)),
        refresh: minutes(10),
        allow_private: true,
    }
}

/// One schedule of this calendar, owned by carol, and a policy that asks it first, then frank's manager.
fn scheduled(config: &mut Config, source: CalendarSource) {
    let layer = Layer {
        name: "feed".into(),
        mode: Mode::Replace,
        active: Active::default(),
        rotations: Vec::new(),
        calendar: Some(Arc::new(Imported::default())),
    };
    let tz = Zone::named("UTC").expect("a zone");
    let settings = &mut config.settings;
    settings.schedules = vec![Followed {
        schedule: Schedule { id: "primary".into(), name: "Primary".into(), tz, layers: vec![layer] },
        owner: Some(Target::Person("U0CAROL".into())),
        user_group: None,
        watch: Watch { remind_min: 60, gaps_expected: false },
    }];
    let step = |target| Step { targets: vec![target], wait_min: 5, ..Step::default() };
    let steps = vec![step(Target::Schedule("primary".into())), step(Target::Person("U0ERIN".into()))];
    settings.policies =
        vec![Policy { name: "shop".into(), steps, fallback: settings.fallback.clone(), ..Policy::default() }];
    config.calendars = vec![source];
}

/// A bot beside this host, with its calendar read.
async fn bot(host: &FeedHost) -> Bot {
    let bot = Bot::configured(|config| scheduled(config, source(&host.url))).await;
    bot.settle().await;
    bot
}

async fn asked(bot: &Bot) -> String {
    let answer = bot.slash("alice", "/incident oncall primary").await.text;
    assert!(!answer.contains("hush"), "the address is a secret: {answer}");
    answer
}

/// How often somebody was told this.
fn told(bot: &Bot, who: &str, text: &str) -> usize {
    bot.slack.dm(who).iter().filter(|m| m.contains(text)).count()
}

/// Pages the policy for a new incident; its room.
async fn page(bot: &Bot) -> String {
    let room = bot.declare("alice", "sev1 checkout is down").await;
    bot.slash_in("alice", &room, "/incident page shop").await;
    room
}

#[tokio::test]
async fn whoever_the_calendar_names_is_woken_and_its_age_is_shown() {
    let host = FeedHost::start(Serves::Text(usual())).await;
    let bot = bot(&host).await;
    let room = page(&bot).await;
    bot.expect_dm("bob", "checkout is down");
    bot.expect_once(&room, "@bob is on call for primary");
    let answer = asked(&bot).await;
    for part in ["now <@U0BOB>", "next <@U0DAVE>", "by the rotation calendar", "Calendar of feed: fetched", "changed"] {
        assert!(answer.contains(part), "{part} is missing in {answer}");
    }
    let steps = bot.slash("alice", "/incident oncall shop").await.text;
    let first = steps.lines().find(|line| line.starts_with("*Step 1*")).expect("a step");
    for part in ["now <@U0BOB>", ", since ", ", until ", "by the rotation calendar", "calendar fetched <!date^"] {
        assert!(first.contains(part), "{part} is missing in {first}");
    }
    assert!(bot.slack.dm("carol").is_empty(), "all is well: {}", shown(&bot.slack.dm("carol")));
    // Reminders work on it as on other shifts.
    bot.advance(HOUR * 14 + minutes(1)).await;
    bot.expect_dm("dave", "You are on call for *Primary* from");
    assert_eq!(host.answered()[..2], [200, 304], "what did not change is not sent again");
}

#[tokio::test]
async fn what_people_change_in_the_calendar_counts_within_minutes_and_overrides_stand_above_it() {
    let host = FeedHost::start(Serves::Text(usual())).await;
    let mut bot = Bot::configured(|config| {
        scheduled(config, source(&host.url));
        config.settings.schedules[0].user_group = Some("S0ONCALL".into());
    })
    .await;
    bot.settle().await;
    let members = |bot: &Bot| bot.slack.with(|ws| ws.groups["S0ONCALL"].users.clone());
    assert_eq!(members(&bot), ["U0BOB"]);
    host.serve(Serves::Text(calendar(&[("erin@example.com", 0, 18), ("dave@example.com", 18, 24 * 20)])));
    bot.advance(minutes(10)).await;
    assert_eq!(members(&bot), ["U0ERIN"]);
    let answer = bot.slash("alice", "/incident override primary @dave instead of @erin for 2h").await;
    assert!(answer.text.contains("<@U0DAVE> instead of <@U0ERIN>"), "{}", answer.text);
    bot.expect_dm("erin", "is on call for *Primary* in your place");
    assert_eq!(members(&bot), ["U0DAVE"]);
    bot.crash_and_restart().await;
    assert!(asked(&bot).await.contains("now <@U0DAVE>"));
    bot.advance(HOUR * 2).await;
    assert_eq!(members(&bot), ["U0ERIN"]);
    // Those whom the calendar names are asked to cover, as others are.
    let asks = bot.slash("erin", "/incident override primary cover me for 1h").await;
    assert!(asks.text.contains("asked to cover"), "{}", asks.text);
    bot.expect_dm("dave", "in their place");
}

#[tokio::test]
async fn a_calendar_that_cannot_be_read_leaves_its_last_good_copy_after_a_restart_too() {
    let host = FeedHost::start(Serves::Text(usual())).await;
    let mut bot = bot(&host).await;
    let whole = usual();
    for (serves, why) in [
        (Serves::Status(500), "its host answers 500"),
        (Serves::Status(404), "there is no calendar any more"),
        (Serves::Text("<html>Sign in</html>".into()), "what is there is no calendar"),
        (Serves::Text(whole[..whole.len() / 2].into()), "ends in the middle"),
        (Serves::Text("x".repeat(6 << 20)), "larger than 5 MiB"),
        (Serves::To("/elsewhere".into()), "leads on too often"),
        (Serves::To("http://169.254.169.254/latest/meta-data".into()), "private network"),
        (Serves::To("ftp://example.com/".into()), "no web address"),
    ] {
        host.serve(serves);
        bot.advance(minutes(10)).await;
        let answer = asked(&bot).await;
        assert!(answer.contains(why) && answer.contains("its last good copy counts"), "{why}: {answer}");
        assert!(answer.contains("now <@U0BOB>"), "{answer}");
    }
    for typed in ["/incident oncall", "/incident oncall shop"] {
        let all = bot.slash("alice", typed).await.text;
        assert!(all.contains("its calendar cannot be read since"), "{typed}: {all}");
    }
    bot.crash_and_restart().await;
    assert!(asked(&bot).await.contains("cannot be read since"));
    page(&bot).await;
    bot.expect_dm("bob", "checkout is down");
}

#[tokio::test]
async fn the_owner_hears_once_when_it_fails_for_an_hour_and_once_when_it_works_again() {
    let host = FeedHost::start(Serves::Text(usual())).await;
    let mut bot = bot(&host).await;
    host.serve(Serves::Status(503));
    bot.advance(minutes(65)).await;
    assert_eq!(told(&bot, "carol", "The calendar of *Primary* (layer feed) fails"), 0);
    bot.crash_and_restart().await;
    bot.advance(minutes(30)).await;
    bot.expect_dm("carol", "its host answers 503; its last good copy counts");
    bot.crash_and_restart().await;
    bot.advance(HOUR * 3).await;
    assert_eq!(told(&bot, "carol", "fails"), 1, "{}", shown(&bot.slack.dm("carol")));
    host.serve(Serves::Text(usual()));
    bot.advance(minutes(20)).await;
    bot.crash_and_restart().await;
    bot.advance(minutes(20)).await;
    let works = "can be read again; it could not";
    assert_eq!(told(&bot, "carol", works), 1, "{}", shown(&bot.slack.dm("carol")));
    // What lasts minutes is no news.
    host.serve(Serves::Status(503));
    bot.advance(minutes(30)).await;
    host.serve(Serves::Text(usual()));
    bot.advance(minutes(20)).await;
    assert_eq!((told(&bot, "carol", "fails"), told(&bot, "carol", works)), (1, 1), "{}", shown(&bot.slack.dm("carol")));
}

#[tokio::test]
async fn whom_slack_does_not_know_is_nobody_and_everybody_hears_the_name() {
    let host = FeedHost::start(Serves::Text(calendar(&[("zed@elsewhere.example", 0, 40), ("Carla", 40, 80)]))).await;
    let mut bot = bot(&host).await;
    let room = page(&bot).await;
    bot.expect_once(
        &room,
        "Nobody is on call for primary. The calendar names “zed@elsewhere.example”, whom Slack does not know.",
    );
    bot.expect_dm("erin", "checkout is down");
    let answer = asked(&bot).await;
    assert!(answer.contains("*nobody* (the calendar names “zed@elsewhere.example”"), "{answer}");
    assert!(answer.contains("Slack does not know “Carla”, “zed@elsewhere.example”"), "{answer}");
    bot.crash_and_restart().await;
    bot.advance(HOUR).await;
    assert_eq!(
        told(&bot, "carol", "(layer feed) names “Carla”, “zed@elsewhere.example”"),
        1,
        "{}",
        shown(&bot.slack.dm("carol"))
    );
    assert_eq!(told(&bot, "carol", "the calendar names somebody whom Slack does not know"), 1);
    // The configuration says who is meant.
    let people = r#"[people]
        "Zed@elsewhere.example" = "U0DAVE"
        "carla" = "user:U0BOB""#;
    let path = bot.config.data.with_extension("toml");
    std::fs::write(&path, people).expect("our own directory");
    bot.config.people = Config::load(Some(&path), &|_| None).expect("sound").people;
    std::fs::remove_file(path).expect("our own file");
    bot.crash_and_restart().await;
    let answer = asked(&bot).await;
    assert!(answer.contains("now <@U0DAVE>") && answer.contains("next <@U0BOB>"), "{answer}");
    assert!(!answer.contains("does not know"), "{answer}");
}

#[tokio::test]
async fn whoever_is_known_counts_on_while_slack_refuses_to_say_whose_an_address_is() {
    let host = FeedHost::start(Serves::Text(usual())).await;
    let bot = bot(&host).await;
    assert!(asked(&bot).await.contains("now <@U0BOB>"));
    bot.slack.fault(Fault::new(FaultKind::Restricted).on("users.lookupByEmail"));
    // By then Slack is asked again who they are.
    bot.clock.advance(HOUR * 25);
    bot.settle().await;
    let answer = asked(&bot).await;
    assert!(answer.contains("now <@U0DAVE>") && !answer.contains("does not know"), "{answer}");
    page(&bot).await;
    bot.expect_dm("dave", "checkout is down");
    assert_eq!(told(&bot, "carol", "whom Slack does not know"), 0, "{}", shown(&bot.slack.dm("carol")));
    // Whoever was never known is nobody all the same, and everybody hears the name.
    host.serve(Serves::Text(calendar(&[("dave@example.com", 0, 40), ("erin@example.com", 40, 80)])));
    bot.advance(minutes(10)).await;
    let answer = asked(&bot).await;
    assert!(answer.contains("now <@U0DAVE>") && answer.contains("Slack does not know “erin@example.com”."), "{answer}");
}

#[tokio::test]
async fn an_address_in_our_own_network_is_refused_unless_that_is_meant() {
    let host = FeedHost::start(Serves::Text(usual())).await;
    for url in [host.url.clone(), host.url.replace("127.0.0.1", "localhost")] {
        let careful = CalendarSource { allow_private: false, ..source(&url) };
        let bot = Bot::configured(|config| scheduled(config, careful)).await;
        bot.settle().await;
        let answer = asked(&bot).await;
        assert!(answer.contains("its address is in a private network"), "{answer}");
        assert!(answer.contains("never fetched") && answer.contains("*nobody*"), "{answer}");
        bot.advance(minutes(70)).await;
        bot.expect_dm("carol", "set allow_private = true");
    }
    assert_eq!(host.answered(), [0_u16; 0], "nobody came by");
    // It may lead on where it is.
    let start = FeedHost::start(Serves::To(host.url.clone())).await;
    let bot = bot(&start).await;
    assert!(asked(&bot).await.contains("now <@U0BOB>"));
}

#[tokio::test]
async fn a_calendar_that_is_slow_keeps_nobody_waiting_and_is_no_gap_before_it_was_read() {
    let host = FeedHost::start(Serves::Late(usual())).await;
    let bot = Bot::configured(|config| scheduled(config, source(&host.url))).await;
    let alice = bot.slack.act_as("alice");
    let answer = alice.slash("general", "/incident oncall primary").await.expect("typed");
    assert!(answer.error.is_none() && answer.text.contains("not fetched yet"), "{}", answer.text);
    bot.app().delivery.settled().await;
    assert!(bot.slack.dm("carol").is_empty(), "nobody knows yet: {}", shown(&bot.slack.dm("carol")));
    host.release();
    bot.settle().await;
    assert!(asked(&bot).await.contains("now <@U0BOB>"));
    assert!(bot.slack.dm("carol").is_empty(), "{}", shown(&bot.slack.dm("carol")));
}

#[tokio::test]
async fn a_level_is_asked_by_itself_and_a_file_is_a_calendar_too() {
    let path = std::env::temp_dir().join(format!("watchroom-shifts-{}.ics", std::process::id()));
    std::fs::write(&path, calendar(&[("[L1] @U0BOB", 0, 40), ("[L2] U0DAVE", 0, 40)])).expect("a file");
    let bot = Bot::configured(|config| {
        scheduled(config, CalendarSource { address: Address::File(path.clone()), ..source("") });
        let second = Target::Rotation { schedule: "primary".into(), rotation: "L2".into() };
        config.settings.policies[0].steps[0].targets = vec![second];
    })
    .await;
    let room = page(&bot).await;
    bot.expect_dm("dave", "checkout is down");
    bot.expect_once(&room, "@dave is on call for primary (L2)");
    assert!(bot.slack.dm("bob").is_empty(), "{}", shown(&bot.slack.dm("bob")));
    std::fs::remove_file(&path).expect("our own file");
    bot.advance(minutes(10)).await;
    let answer = asked(&bot).await;
    assert!(answer.contains("its file cannot be read") && answer.contains("<@U0BOB>, <@U0DAVE>"), "{answer}");
}

#[tokio::test]
async fn a_calendar_of_another_address_is_no_copy_of_this_one() {
    let host = FeedHost::start(Serves::Text(usual())).await;
    let other = FeedHost::start(Serves::Status(500)).await;
    let mut bot = bot(&host).await;
    assert!(asked(&bot).await.contains("now <@U0BOB>"));
    bot.config.calendars = vec![source(&other.url)];
    bot.crash_and_restart().await;
    let answer = asked(&bot).await;
    assert!(answer.contains("*nobody*") && answer.contains("nobody is known by it"), "{answer}");
}
