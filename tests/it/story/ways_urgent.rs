//! What is not urgent rings no telephone; what has waited does when its hours begin, or when it gets worse. The stories begin on Sunday
//! at 04:00 in Berlin.

use watchroom::{
    incident::What,
    paging::{
        Condition, Hours, Outcome, Policy,
        reach::{Ask, Choice, Way},
        schedule::{Day, WeeklyWindow, Zone},
    },
    playbook::Severity,
};

use crate::harness::{
    Bot, minutes,
    neighbour::{
        Neighbour, gotify,
        twilio::{self, calls, texts},
    },
    policy,
    providers::with_opsgenie,
    shown,
};

const NUMBER: &str = "+15005550009";

/// On SEV1 and SEV2, or on Sundays from 07:00 to 18:00.
fn by_day() -> Vec<Condition> {
    let time = |text: &str| text.parse().expect("a time");
    let window = WeeklyWindow { days: vec![Day::Sun], from: time("07:00"), until: time("18:00") };
    let zone = Zone::named("Europe/Berlin").expect("a zone");
    let severe = Condition { severities: vec![Severity(1), Severity(2)], between: None };
    vec![severe, Condition { severities: Vec::new(), between: Some(Hours { zone, window }) }]
}

/// The policy `shop` asks bob every half hour. He is pushed to and called at once, and gets a text message after some minutes.
struct Shop {
    bot: Bot,
    twilio: Neighbour,
    gotify: Neighbour,
}

impl Shop {
    async fn open(urgent: Option<Vec<Condition>>) -> Self {
        let (twilio, gotify) = (twilio::start().await, gotify::start().await);
        let bot = Bot::configured(|config| {
            config.ways.twilio = Some(twilio::config(&twilio));
            config.ways.gotify = Some(gotify::config(&gotify));
            config.settings.ways = config.ways.set_up();
            let mut shop = Policy { urgent, ..policy("shop", &[("U0BOB", 600)]) };
            shop.steps[0].repeat_min = 30;
            config.settings.policies = vec![shop];
        })
        .await;
        let choice =
            |way, address: &str, after: &str| Choice { way, address: Some(address.into()), after: Some(after.into()) };
        let chosen = Ask::Choose(vec![
            choice(Way::Gotify, "bob", "0"),
            choice(Way::Call, NUMBER, "0"),
            choice(Way::Sms, NUMBER, "5"),
        ]);
        bot.app().engine.change_contacts(None, &"U0BOB".into(), &chosen, None).await.expect("chosen");
        Self { bot, twilio, gotify }
    }

    async fn page(&self, declare: &str) -> String {
        let room = self.bot.declare("alice", declare).await;
        self.bot.slash_in("alice", &room, "/incident page shop").await;
        room
    }

    /// How often bob was called, and sent a text message.
    fn rung(&self) -> (usize, usize) {
        (calls(&self.twilio).len(), texts(&self.twilio).len())
    }

    /// Priorities of what was pushed.
    fn pushed(&self) -> Vec<u64> {
        self.gotify.done().iter().map(|push| push.json()["priority"].as_u64().expect("a number")).collect()
    }

    /// The last message that asks bob.
    fn asked(&self) -> String {
        self.bot.asked("bob").last().expect("a page").to_string()
    }
}

#[tokio::test]
async fn a_page_of_the_night_rings_when_its_hours_begin() {
    let shop = Shop::open(Some(by_day())).await;
    let room = shop.page("sev3 checkout is slow").await;
    let said = shop.bot.slash_in("alice", &room, "/incident oncall shop").await.text;
    let when = "Urgent on SEV1, SEV2, or from 07:00 to 18:00 (Sun, Europe/Berlin)";
    assert!(said.contains(&format!("{when}; otherwise nobody is called or sent a text message.")), "{said}");
    assert!(shop.asked().contains(&format!("Not urgent now: no call, no text message. {when}.")), "{}", shop.asked());
    shop.bot.advance(minutes(179)).await;
    assert_eq!((shop.rung(), shop.pushed()), ((0, 0), vec![5; 6]), "Slack and pushes alone, as often as the step asks");
    assert!(shop.asked().contains("Not urgent now"), "{}", shop.asked());
    shop.bot.advance(minutes(1)).await;
    assert_eq!((shop.rung(), shop.pushed()[6..].to_vec()), ((1, 1), vec![10]), "it is 07:00");
    assert!(!shop.asked().contains("Not urgent"), "{}", shop.asked());
    shop.bot.expect_nothing_doubled(1);
}

#[tokio::test]
async fn a_page_that_begins_within_the_hours_rings_at_once() {
    let shop = Shop::open(Some(by_day())).await;
    shop.bot.advance(minutes(180)).await;
    shop.page("sev5 a lamp blinks").await;
    assert_eq!((shop.rung(), shop.pushed()), ((1, 0), vec![10]));
    shop.bot.advance(minutes(5)).await;
    assert_eq!(shop.rung(), (1, 1));
}

#[tokio::test]
async fn what_gets_worse_rings_at_once_and_what_gets_better_stops() {
    let shop = Shop::open(None).await;
    let room = shop.page("sev4 a lamp blinks").await;
    assert!(shop.asked().contains("no text message. Urgent on SEV1 to SEV3."), "{}", shop.asked());
    shop.bot.advance(minutes(1)).await;
    shop.bot.slash_in("alice", &room, "/incident sev 1 all lamps are out").await;
    assert_eq!((shop.rung(), shop.pushed()), ((1, 0), vec![5, 10]), "it does not wait for its half hour");
    assert!(shop.asked().contains("SEV1") && !shop.asked().contains("Not urgent"), "{}", shop.asked());
    shop.bot.slash_in("alice", &room, "/incident sev 2 all but one").await;
    shop.bot.advance(minutes(4)).await;
    assert_eq!((shop.rung(), shop.pushed().len()), ((1, 1), 2), "the text message had its turn; it was urgent before");
    assert_eq!(shop.bot.asked("bob").len(), 2, "{}", shown(&shop.bot.asked("bob")));
    // The next page's text message is planned, and is not wanted any more when its turn comes.
    let room = shop.page("sev1 checkout is down").await;
    assert_eq!(shop.rung(), (2, 1));
    shop.bot.slash_in("alice", &room, "/incident sev 4 only the logo").await;
    shop.bot.advance(minutes(6)).await;
    assert_eq!(shop.rung(), (2, 1), "{}", shown(&shop.bot.said(&room)));
    let left_out = shop.bot.history("INC-2").await.into_iter().filter(|what| match what {
        What::PageAttempted { attempt, .. } => {
            attempt.way == Some(Way::Sms) && attempt.outcome == Outcome::Failed { why: "not_urgent".into() }
        }
        _ => false,
    });
    assert_eq!(left_out.count(), 1, "it is on record");
}

#[tokio::test]
async fn whoever_has_nothing_quiet_is_asked_in_slack_and_the_next_one_in_time() {
    let shop = Shop::open(Some(Vec::new())).await;
    let without = Ask::Choose(vec![Choice { way: Way::Gotify, address: None, after: None }]);
    shop.bot.app().engine.change_contacts(None, &"U0BOB".into(), &without, None).await.expect("taken out");
    let room = shop.page("sev1 checkout is down").await;
    assert!(shop.asked().contains("Not urgent now: no call, no text message."), "{}", shop.asked());
    shop.bot.advance(minutes(30)).await;
    assert_eq!((shop.rung(), shop.pushed().len()), ((0, 0), 0));
    shop.bot.press("bob", &shop.bot.slack.dm("bob"), "Escalate").await;
    shop.bot.expect_once(&room, "asking the fallback");
}

#[tokio::test]
async fn need_to_know_pages_are_urgent_whatever_the_policy_says() {
    let shop = Shop::open(Some(Vec::new())).await;
    let room = shop.bot.declare_secret("alice", "sev4 security: keys leaked").await;
    shop.bot.slash_in("alice", &room, "/incident page shop").await;
    assert_eq!((shop.rung(), shop.pushed()), ((1, 0), vec![10]), "{}", shown(&shop.bot.slack.dm("bob")));
    assert!(!shop.asked().contains("rgent"), "{}", shop.asked());
}

#[tokio::test]
async fn another_provider_hears_how_urgent_it_is() {
    let (mut bot, opsgenie) = with_opsgenie("team:4513b7ea").await;
    bot.config.settings.policies[0].urgent = Some(by_day());
    bot.crash_and_restart().await;
    for (trouble, priority) in [("sev3 checkout is slow", "P3"), ("sev2 search is down", "P1")] {
        let room = bot.declare("alice", trouble).await;
        bot.slash_in("alice", &room, "/incident page night").await;
        opsgenie.catch_up();
        let alert = opsgenie.memory().alerts.last().expect("an alert").clone();
        assert_eq!(alert["priority"], priority, "{alert}");
    }
}

/// What waits there quietly becomes urgent there too when its hours begin, also between two repetitions, and is asked again here.
#[tokio::test]
async fn another_provider_hears_when_the_hours_begin() {
    let (mut bot, opsgenie) = with_opsgenie("team:4513b7ea").await;
    opsgenie.memory().prompt = true;
    let policy = &mut bot.config.settings.policies[0];
    policy.urgent = Some(by_day());
    (policy.steps[0].wait_min, policy.steps[0].repeat_min) = (600, 0);
    bot.crash_and_restart().await;
    let room = bot.declare("alice", "sev3 checkout is slow").await;
    bot.slash_in("alice", &room, "/incident page night").await;
    let priority = |fake: &crate::harness::opsgenie::FakeOpsgenie| fake.memory().alerts[0]["priority"].clone();
    bot.advance(minutes(179)).await;
    assert_eq!(priority(&opsgenie), "P3");
    bot.crash_and_restart().await;
    bot.advance(minutes(1)).await;
    assert_eq!(priority(&opsgenie), "P1", "it is 07:00");
    bot.advance(minutes(60)).await;
    let raised = opsgenie.memory().told.iter().filter(|(_, action, _)| action == "priority").count();
    assert_eq!((raised, opsgenie.memory().alerts.len()), (1, 1), "once");
}
