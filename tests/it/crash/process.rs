//! A ladder whose bot is a process that gets `kill -9` at each of its stored transitions: it goes on as if nothing had happened.
//!
//! Each life makes one commit. It is killed right after it, before anybody hears of it; or with the next one undone, when Slack has taken
//! what that would have recorded.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use serde_json::{Value, json};
use watchroom::{
    cli::app_of_manifest,
    clock::{Clock as _, MovableClock},
    ids::StreamId,
    sandbox::{Handle, Workspace},
    store::journal,
};

use super::{
    mortal::Death,
    victim::{Life, Victim},
};
use crate::{
    harness::{
        BEGIN, expect_in_order, key_of, minutes,
        ntfy::{self, Ntfy},
        reach::PUBLIC,
        shown,
    },
    store::kit::Dir,
};

/// What a bot is set up with, but for whom it asks.
const SETTINGS: &str = r#"
announce_channel = "C0INCIDENTS"
updates_channel = "C0GENERAL"
"#;

/// Bob, Dave, Erin, each by name.
const BY_NAME: &str = r#"
[paging]
fallback = ["group:S0MANAGERS"]
[[policies]]
name = "checkout"
ack_timeout_min = 3
steps = [{ targets = ["user:U0BOB"] }, { targets = ["user:U0DAVE"] }, { targets = ["user:U0ERIN"] }]
"#;

/// Whoever is on call, which is Dave, then a user group, which is Bob and Carol.
const LOOKED_UP: &str = r#"
[paging]
fallback = ["user:U0ERIN"]
[[schedules]]
id = "primary"
[[schedules.rotations]]
participants = ["U0DAVE"]
start = "2026-01-05T09:00"
every = "1 week"
[[policies]]
name = "checkout"
steps = [
  { targets = ["schedule:primary"], wait_min = 120, repeat_min = 0 },
  { targets = ["group:S0CHECKOUT"], wait_min = 120, repeat_min = 0 },
]
"#;

/// What people and the record have of it in the end.
#[derive(Debug, PartialEq)]
struct Seen {
    /// The page's events.
    events: Vec<String>,
    /// Conversations, line by line.
    said: BTreeMap<&'static str, Vec<String>>,
}

struct Ladder {
    slack: Handle,
    clock: MovableClock,
    life: Life,
    victim: Victim,
    deaths: u32,
    /// How many minutes pass before it is born again.
    late: i64,
    _dir: Dir,
}

impl Ladder {
    /// A bot with these settings, and an incident that was declared.
    async fn declared(severity: &str, asks: &str, env: &[(&str, &str)]) -> Self {
        watchroom::adapters::http::install_crypto();
        let clock = MovableClock::still(Timestamp::from_second(BEGIN).expect("a time"));
        let mut slack = app_of_manifest(Arc::new(clock.clone()));
        slack.rate_limits = false;
        slack.salt = Some("story".into());
        let slack = Workspace::start(slack).await.expect("a free port");
        let dir = Dir::new();
        let settings = dir.path().join("watchroom.toml");
        std::fs::write(&settings, [SETTINGS, asks].concat()).expect("a file");
        let secrets = [
            ("SLACK_API_URL", slack.api_url()),
            ("SLACK_SIGNING_SECRET", slack.signing_secret().to_owned()),
            ("SLACK_BOT_TOKEN", slack.bot_token().to_owned()),
        ];
        let env = env.iter().map(|(name, value)| (*name, (*value).to_owned())).chain(secrets);
        let life = Life {
            dir: dir.path().join("record"),
            settings,
            env: env.map(|(name, value)| (name.to_owned(), value)).collect(),
            death: None,
            now: clock.now(),
        };
        let victim = Victim::born(&life, &slack).await;
        let mut ladder = Self { slack, clock, life, victim, deaths: 0, late: 0, _dir: dir };
        ladder.typed("alice", &format!("declare {severity} checkout is down"), ("declared", 1)).await;
        ladder
    }

    /// From now on lives end so, and the next one begins so many minutes later.
    async fn haunt(&mut self, death: Option<Death>, late: i64) {
        (self.life.death, self.late) = (death, late);
        self.reborn().await;
        self.live().await;
    }

    async fn reborn(&mut self) {
        self.victim.kill();
        self.life.now = self.clock.now();
        self.victim = Victim::born(&self.life, &self.slack).await;
    }

    async fn died(&mut self) {
        self.deaths += 1;
        self.clock.advance(minutes(self.late));
        self.reborn().await;
    }

    /// Lives as long as there is something to do, and begins anew whenever it dies.
    async fn live(&mut self) {
        loop {
            let before = (self.slack.version(), self.slack.calls_made());
            let (dead, now) = (self.victim.dead(), self.clock.now());
            let settled = async {
                self.slack.settled().await;
                self.victim.settle(now).await;
                self.slack.settled().await;
            };
            tokio::select! {
                biased;
                () = dead.notified() => self.died().await,
                () = settled => if before == (self.slack.version(), self.slack.calls_made()) { return },
            }
        }
    }

    async fn advance(&mut self, by: i64) {
        for _ in 0..by {
            self.clock.advance(minutes(1));
            self.live().await;
        }
    }

    /// Types a command until this is so often on the record: whoever gets no answer types it again.
    async fn typed(&mut self, who: &str, text: &str, (kind, times): (&str, usize)) {
        while self.happened(kind) < times {
            let dead = self.victim.dead();
            let (person, line) = (self.slack.act_as(who), format!("/incident {text}"));
            tokio::select! {
                biased;
                () = dead.notified() => self.died().await,
                answer = person.slash("general", &line) => {
                    assert_eq!(answer.expect("typed").error, None, "`{text}`");
                }
            }
            self.live().await;
        }
    }

    /// What happened to the incident, beside the bot that may be running.
    fn events(&self) -> Vec<Value> {
        let of_incident = |stream: &StreamId| matches!(stream, StreamId::Incident(_));
        let events = journal::read(&self.life.dir, of_incident).expect("a record");
        events.into_iter().map(|event| event.body["what"].clone()).collect()
    }

    /// How often the record has events of this kind.
    fn happened(&self, kind: &str) -> usize {
        self.events().iter().filter(|what| what["kind"] == kind).count()
    }

    /// How often somebody was asked.
    fn asked(&self, who: &str) -> usize {
        self.slack.dm(who).iter().filter(|m| m.contains("asked for help")).count()
    }

    /// Somebody says in Slack that they want a push as well, after so many minutes.
    async fn wants_push(&mut self, who: &str, after: &str) {
        let person = self.slack.act_as(who);
        person.slash("general", "/incident oncall me").await.expect("typed").expect_ok();
        let shown = self.slack.ephemerals(who, "general").pop().expect("their ways");
        person.press(&shown, "Change").await.expect("pressed").expect_ok();
        self.live().await;
        let fields = [("Push by ntfy: topic", json!(who)), ("Minutes until ntfy", json!(after))];
        person.fill(fields).await.expect("the form is open");
        person.submit().await.expect("sent");
        self.live().await;
    }

    fn seen(&self) -> Seen {
        let events =
            self.events().into_iter().filter(|what| what["kind"].as_str().is_some_and(|k| k.starts_with("page_")));
        let mut said: BTreeMap<&str, Vec<String>> = ["bob", "dave", "erin", "carol"]
            .map(|who| (who, self.slack.dm(who).iter().map(ToString::to_string).collect()))
            .into();
        let rooms = self.slack.channels().into_iter().filter(|c| c.name.starts_with("inc-"));
        let mut room: Vec<String> = rooms.flat_map(|c| self.slack.messages(&c.id)).map(|m| m.to_string()).collect();
        // What is due in the same minute rings in any order; that of the page stands in its events.
        room.sort();
        said.insert("the room", room);
        Seen { events: events.map(without_ts).collect(), said }
    }

    /// Every message carries the key of the work that posted it; those of a room are in the order of what they tell.
    fn expect_once_and_in_order(&self) {
        for channel in self.slack.channels() {
            let said = self.slack.messages(&channel.id);
            let mut keys: Vec<&str> = said.iter().filter_map(key_of).collect();
            if channel.name.starts_with("inc-") {
                expect_in_order(&keys);
            }
            let all = keys.len();
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(keys.len(), all, "said twice in {}:\n{}", channel.name, shown(&said));
        }
    }
}

/// An event of the page, but for Slack's own id of a message.
fn without_ts(mut what: Value) -> String {
    if let Some(ts) = what.pointer_mut("/attempt/outcome/sent/ts") {
        *ts = Value::Null;
    }
    what.to_string()
}

/// Asked by step and again; one cannot come; one acknowledges and is not heard of any more; passed on to the fallback, in vain; acknowledged
/// after all.
async fn walk(death: Option<Death>) -> Seen {
    let mut ladder = Ladder::declared("sev1", BY_NAME, &[]).await;
    ladder.haunt(death, 0).await;
    ladder.typed("alice", "INC-1 page checkout", ("page_started", 1)).await;
    ladder.advance(6).await;
    ladder.typed("dave", "INC-1 cannot on a train", ("page_declined", 1)).await;
    ladder.advance(3).await;
    ladder.typed("erin", "INC-1 ack", ("page_acknowledged", 1)).await;
    ladder.advance(18).await;
    ladder.typed("carol", "INC-1 ack", ("page_acknowledged", 2)).await;
    assert!(death.is_none() || ladder.deaths > 40, "only {} deaths", ladder.deaths);
    ladder.life.death = None;
    ladder.reborn().await;
    ladder.live().await;
    ladder.expect_once_and_in_order();
    let seen = ladder.seen();
    let count = |place: &str, part: &str| seen.said[place].iter().filter(|line| line.contains(part)).count();
    let asked = ["bob", "dave", "erin", "carol"].map(|who| count(who, "asked for help"));
    assert_eq!(asked, [3, 1, 5, 1], "{seen:#?}");
    assert_eq!(count("erin", "The page went on"), 1, "she was asked whether she was still on it: {seen:#?}");
    for said in ["cannot come", "is not heard of any more", "asking the fallback", "Nobody has acknowledged"] {
        assert_eq!(count("the room", said), 1, "`{said}`: {seen:#?}");
    }
    seen
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ladder_whose_process_is_killed_right_after_each_commit_goes_on() {
    let (killed, undisturbed) = tokio::join!(walk(Some(Death::After)), walk(None));
    assert_eq!(killed, undisturbed);
}

/// Slack took the message, and the record does not know.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ladder_whose_process_is_killed_right_before_each_commit_goes_on() {
    let (killed, undisturbed) = tokio::join!(walk(Some(Death::Before)), walk(None));
    assert_eq!(killed, undisturbed);
}

/// Those who are asked are looked up, and one of them is reached by a push as well; each life begins two minutes after the last one ended.
/// The steps wait longer than all that is done about one takes then, and the incident promises nothing else meanwhile.
async fn walk_looked_up(death: Death) {
    let pushes = Ntfy::start().await;
    let url = pushes.url().to_string();
    let env = [("NTFY_URL", url.as_str()), ("NTFY_TOKEN", ntfy::TOKEN), ("WATCHROOM_PUBLIC_URL", PUBLIC)];
    let mut ladder = Ladder::declared("sev4", LOOKED_UP, &env).await;
    ladder.wants_push("dave", "2").await;
    ladder.haunt(Some(death), 2).await;
    ladder.typed("alice", "INC-1 page checkout", ("page_started", 1)).await;
    for _ in 0..60 {
        if ladder.happened("page_exhausted") > 0 {
            break;
        }
        ladder.advance(5).await;
    }
    ladder.typed("carol", "INC-1 ack", ("page_acknowledged", 1)).await;
    assert!(ladder.deaths > 12, "only {} deaths", ladder.deaths);
    ladder.haunt(None, 0).await;
    ladder.expect_once_and_in_order();
    let seen = ladder.seen();
    let asked = ["dave", "bob", "carol", "erin"].map(|who| ladder.asked(who));
    assert_eq!((asked, pushes.pushed("dave").len()), ([1, 1, 1, 1], 1), "{seen:#?}");
    let happened = ["page_step_reached", "page_targets_found", "page_exhausted"].map(|kind| ladder.happened(kind));
    assert_eq!(happened, [3, 2, 1], "{seen:#?}");
    for said in [
        "@dave is on call for primary",
        "asking the fallback",
        "Nobody has acknowledged",
        ":white_check_mark: @carol acknowledged",
    ] {
        let lines = seen.said["the room"].iter().filter(|line| line.contains(said)).count();
        assert_eq!(lines, 1, "`{said}`: {seen:#?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_on_call_and_in_groups_are_reached_once_though_it_is_killed_after_each_commit_and_down_for_minutes() {
    walk_looked_up(Death::After).await;
}

/// Slack, or the server of pushes, took it, and the record does not know.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_on_call_and_in_groups_are_reached_once_though_it_is_killed_before_each_commit_and_down_for_minutes() {
    walk_looked_up(Death::Before).await;
}
