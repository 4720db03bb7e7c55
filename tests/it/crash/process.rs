//! A ladder whose bot is a process that gets `kill -9` at each of its stored transitions: it goes on as if nothing had happened.
//!
//! Each life makes one commit. It is killed right after it, before anybody hears of it; or with the next one undone, when Slack has taken
//! what that would have recorded.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use serde_json::Value;
use watchroom::{
    cli::app_of_manifest,
    clock::{Clock as _, MovableClock},
    ids::StreamId,
    paging::Policy,
    sandbox::{Handle, Workspace},
    store::journal,
};

use super::{
    mortal::Death,
    victim::{Life, Victim},
};
use crate::{
    harness::{BEGIN, expect_in_order, key_of, minutes, policy, shown},
    store::kit::Dir,
};

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
    _dir: Dir,
}

impl Ladder {
    /// An incident is declared; from then on lives end so.
    async fn begin(death: Option<Death>) -> Self {
        watchroom::adapters::http::install_crypto();
        let clock = MovableClock::still(Timestamp::from_second(BEGIN).expect("a time"));
        let mut slack = app_of_manifest(Arc::new(clock.clone()));
        slack.rate_limits = false;
        slack.salt = Some("story".into());
        let slack = Workspace::start(slack).await.expect("a free port");
        let dir = Dir::new();
        let steps = policy("checkout", &[("U0BOB", 5), ("U0DAVE", 5), ("U0ERIN", 5)]);
        let life = Life {
            dir: dir.path().join("record"),
            slack_api: slack.api_url(),
            signing_secret: slack.signing_secret().into(),
            bot_token: slack.bot_token().into(),
            policies: vec![Policy { ack_timeout_min: Some(3), ..steps }],
            death: None,
            now: clock.now(),
        };
        let victim = Victim::born(&life, &slack).await;
        let mut ladder = Self { slack, clock, life, victim, deaths: 0, _dir: dir };
        ladder.typed("alice", "declare sev1 checkout is down", ("declared", 1)).await;
        ladder.life.death = death;
        ladder.reborn().await;
        ladder.live().await;
        ladder
    }

    async fn reborn(&mut self) {
        self.victim.kill();
        self.life.now = self.clock.now();
        self.victim = Victim::born(&self.life, &self.slack).await;
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
                () = dead.notified() => {
                    self.deaths += 1;
                    self.reborn().await;
                }
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
        while self.events().iter().filter(|what| what["kind"] == kind).count() < times {
            let dead = self.victim.dead();
            let (person, line) = (self.slack.act_as(who), format!("/incident {text}"));
            tokio::select! {
                biased;
                () = dead.notified() => {
                    self.deaths += 1;
                    self.reborn().await;
                }
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
    let mut ladder = Ladder::begin(death).await;
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
