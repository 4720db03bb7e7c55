//! A kind of place as the stories need it, and a bot that publishes there.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use watchroom::{
    config::{Config, ConnectorConfig, ConnectorKind},
    engine::Ask as Request,
    incident::{
        Actor, Command, Incident,
        comms::{Ask, Delivered, Drafting},
    },
    playbook::Playbook,
};

use crate::{
    harness::{Bot, edited, fails::Fails, shown, status_page},
    story::comms::{drafting, outlet},
};

/// The connector's name, and the channel of the register that it is.
pub const PLACE: &str = "place";
pub const HERE: &str = "status_page";
/// What people call that channel.
pub const LABEL: &str = "Public status page";
/// Where a text goes beside it: into a channel in Slack, and to our own page.
const BESIDE: [&str; 2] = ["customer_email", "service_desk"];

/// A kind of connector, and what can be expected of it.
pub struct Kind {
    /// A place of this kind.
    pub start: fn() -> BoxFuture<'static, Box<dyn Place>>,
    /// What an answer that was lost leads to.
    pub doubt: Doubt,
    /// What it answers is needed: one that cannot be read is as good as lost.
    pub reads: bool,
    /// Words can be taken away there.
    pub withdraws: bool,
    /// It can say how long it is to be left alone.
    pub says_when: bool,
}

/// What becomes of a text whose answer was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// It is found there, or sent again to a place that knows a repetition.
    Settles,
    /// The room is asked.
    Asks,
}

/// A place that only plays: it keeps what it is told, and fails as it is told.
pub trait Place: Send + Sync {
    /// The kind of connector that leads there, once the settings have what it needs.
    fn connect(&self, config: &mut Config) -> ConnectorKind;
    /// The next requests that would change something there end like this.
    fn fail(&self, fails: &[Fails]);
    /// The texts that stand there, as readers see them, in the order of their arrival; what stands there twice is there twice.
    fn texts(&self) -> Vec<String>;
    /// How many requests would have changed something there, whatever became of them.
    fn asked(&self) -> usize;
    /// What has to be linked to an incident before anything can be said there.
    fn linked(&self) -> Option<String> {
        None
    }
}

/// A bot that publishes at such a place and at two others, and an incident of Alice's.
pub struct World {
    pub bot: Bot,
    pub place: Box<dyn Place>,
    pub room: String,
}

fn register(p: &mut Playbook) {
    outlet(p, HERE).connector = Some(PLACE.into());
    outlet(p, BESIDE[0]).slack = Some("support".into());
    outlet(p, BESIDE[0]).when.min_duration_min = 0;
    outlet(p, BESIDE[1]).connector = Some("status_page".into());
}

/// A bot that knows a place of this kind, with this register.
pub async fn bot(kind: &Kind, register: fn(&mut Playbook)) -> (Bot, Box<dyn Place>) {
    let place = (kind.start)().await;
    let bot = Bot::configured(|config| {
        config.playbook = edited(register);
        config.settings.show_status_page(status_page());
        let kind = place.connect(config);
        config.settings.connectors.insert(PLACE.into(), kind.abilities());
        config.connectors.push(ConnectorConfig { name: PLACE.into(), kind });
    })
    .await;
    (bot, place)
}

/// Links to the room's incident what the place needs.
pub async fn link(bot: &Bot, place: &dyn Place, room: &str) {
    if let Some(address) = place.linked() {
        bot.slash_in("alice", room, &format!("/incident link {address}")).await;
    }
}

impl World {
    pub async fn of(kind: &Kind) -> Self {
        let (bot, place) = bot(kind, register).await;
        let room = bot.declare("alice", "sev2 checkout is down").await;
        link(&bot, place.as_ref(), &room).await;
        Self { bot, place, room }
    }

    /// Alice sends a text everywhere; returns when what can be done now is done.
    pub async fn send(&self, words: &str) {
        self.hand_over(words).await;
        self.bot.settle().await;
    }

    /// The same, without waiting for what comes of it.
    pub async fn hand_over(&self, words: &str) {
        let all = [HERE, BESIDE[0], BESIDE[1]];
        send(&self.bot, "INC-1", drafting(&all, words, true)).await;
    }

    /// How often this stands there.
    pub fn here(&self, words: &str) -> usize {
        self.place.texts().iter().filter(|text| text.contains(words)).count()
    }

    /// The others have it, once.
    pub async fn expect_beside(&self, words: &str) {
        self.bot.expect_once("support", words);
        let page = self.bot.app().engine.status_page().await.expect("read");
        let updates = page.posts.iter().flat_map(|post| &post.updates);
        assert_eq!(updates.filter(|u| u.body.or_tombstone().contains(words)).count(), 1, "{words}: {page:?}");
    }

    pub async fn incident(&self) -> Arc<Incident> {
        self.bot.app().engine.incident("INC-1".parse().expect("an id")).await.expect("read").expect("there")
    }

    /// How the latest text stands there, as the record has it.
    pub async fn state(&self) -> Delivered {
        let it = self.incident().await;
        it.comms.sends.last().and_then(|send| send.delivery(&HERE.into())).expect("sent there").state.clone()
    }

    /// The message about the latest text says this of the place, and has a button to try again or none.
    #[track_caller]
    pub fn expect_receipt(&self, says: &str, retry: bool) {
        let said = self.bot.said(&self.room);
        let receipt = said.iter().rev().find(|m| m.contains("sent the update for customers"));
        let receipt = receipt.unwrap_or_else(|| panic!("no receipt: {}", shown(&said)));
        assert!(receipt.contains(&format!("*{LABEL}*: {says}")), "no `{says}` in {receipt}");
        assert_eq!(receipt.contains(&format!("Retry: {LABEL}")), retry, "{receipt}");
    }
}

/// Alice writes a text and sends it.
pub async fn send(bot: &Bot, id: &str, text: Drafting) {
    let by = Actor::Person("U0ALICE".into());
    let asked = Request::new(None, by, Some(id.parse().expect("an id")), Command::Comms(Ask::Draft(text)));
    bot.app().engine.ask(asked).await.expect("sent");
}
