//! The bot and a simulated Slack, in the hands of a story: people type, press and look; the clock stands still until it is
//! moved. Underneath it is what production runs, over real sockets, on a real store.

pub mod binary;
pub mod fails;
pub mod feed;
pub mod grafana;
pub mod hosted;
pub mod neighbour;
pub mod ntfy;
pub mod opsgenie;
pub mod pager;
pub mod pagerduty;
pub mod places;
pub mod providers;
pub mod reach;
pub mod subscribers;
pub mod webhook;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::net::TcpListener;
use url::Url;
use watchroom::{
    app::{self, App, Ports},
    cli::app_of_manifest,
    clock::MovableClock,
    config::{Config, PlaybookFile, Secret, Settings, SettingsFile, StatusPageSettings},
    incident::What,
    ingress::CONNECTIONS,
    paging::{Policy, Step, Target},
    playbook::Playbook,
    sandbox::{
        Answer, Handle, SeenMessage, SeenView, Workspace,
        state::{BOT_USER, Kind},
    },
};

use self::binary::eventually;

/// When stories begin: a Sunday night.
pub const BEGIN: i64 = 1_795_316_400;

/// A bot at work in a simulated Slack.
pub struct Bot {
    /// The simulated Slack.
    pub slack: Handle,
    /// Time, for both.
    pub clock: MovableClock,
    /// Its settings.
    pub config: Config,
    /// Where it listens.
    pub url: String,
    /// For requests that no person and no Slack would send.
    pub http: reqwest::Client,
    app: Option<App>,
    dir: PathBuf,
}

/// The built-in playbook, changed.
pub fn edited(change: impl FnOnce(&mut Playbook)) -> PlaybookFile {
    let mut playbook = Playbook::builtin();
    change(&mut playbook);
    // What is in Slack is posted there, and not by a connector.
    for channel in playbook.channels.iter_mut().filter(|channel| channel.slack.is_some()) {
        channel.connector = None;
    }
    let text = toml::to_string(&playbook).expect("a playbook");
    let playbook = Playbook::read(&text).expect("a sound playbook");
    PlaybookFile { path: None, text, playbook: Some(Arc::new(playbook)), problems: Vec::new() }
}

/// A status page.
pub fn status_page() -> StatusPageSettings {
    let components = [("pay", "Payments", Some("Shop")), ("cart", "Cart", Some("Shop")), ("search", "Search", None)];
    StatusPageSettings {
        support_url: Some("https://example.com/help".into()),
        timezone: "Europe/Berlin".into(),
        ..StatusPageSettings::of("Example", "https://status.example.com", &components)
    }
}

/// Minutes, as a duration.
pub fn minutes(n: i64) -> SignedDuration {
    SignedDuration::from_mins(n)
}

impl Bot {
    /// A bot with the usual settings: announcements in #incidents, updates in #general, managers as fallback.
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// A bot whose settings were changed first.
    pub async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::configured(|config| change(&mut config.settings)).await
    }

    /// A bot whose settings or playbook were changed first.
    pub async fn configured(change: impl FnOnce(&mut Config)) -> Self {
        watchroom::adapters::http::install_crypto();
        watchroom::telemetry::start(Some("warn"), false);
        let clock = MovableClock::still(Timestamp::from_second(BEGIN).expect("a time"));
        let mut slack = app_of_manifest(Arc::new(clock.clone()));
        slack.rate_limits = false;
        slack.salt = Some("story".into());
        let slack = Workspace::start(slack).await.expect("a free port");
        let dir = std::env::temp_dir().join(format!("watchroom-it-{}-{}", std::process::id(), unique()));
        let mut config = Config::defaults();
        config.data = dir.join("record");
        config.slack.api_url = Url::parse(&slack.api_url()).expect("an address");
        config.slack.signing_secret = Some(Secret::new(slack.signing_secret()));
        config.slack.bot_token = Some(Secret::new(slack.bot_token()));
        let settings = &mut config.settings;
        settings.announce_channel = Some("C0INCIDENTS".into());
        settings.updates_channel = Some("C0GENERAL".into());
        settings.fallback = vec![Target::Group("S0MANAGERS".into())];
        change(&mut config);
        let http = watchroom::adapters::http::client().expect("a client");
        let mut bot = Self { slack, clock, config, url: String::new(), http, app: None, dir };
        bot.boot().await;
        bot
    }

    /// A bot that Slack cannot reach: everything comes over connections that it opens.
    pub async fn over_sockets() -> Self {
        let mut bot = Self::start().await;
        bot.crash().await;
        bot.slack.set_socket_mode(true);
        bot.config.slack.signing_secret = None;
        bot.config.slack.app_token = Some(Secret::new(bot.slack.app_token()));
        bot.restart().await;
        bot
    }

    /// A bot with a status page of its own at `https://status.example.com`, which shows payments and search.
    pub async fn with_status_page() -> Self {
        Self::configured(|config| config.settings.show_status_page(status_page())).await
    }

    /// A bot whose built-in playbook was changed first: each pair is a piece of its text, and what stands there instead.
    pub async fn with_changes(changes: &[(&str, &str)]) -> Self {
        let mut text = include_str!("../../../src/playbook/builtin.toml").to_owned();
        for (piece, instead) in changes {
            assert!(text.contains(piece), "the built-in playbook has no `{piece}`");
            text = text.replacen(piece, instead, 1);
        }
        Self::with_playbook(&text).await
    }

    /// A bot with its playbook in a file of its own.
    pub async fn with_playbook(text: &str) -> Self {
        let mut bot = Self::start().await;
        bot.keep_playbook(text).await;
        bot
    }

    /// From now on its playbook is in a file of its own.
    pub async fn keep_playbook(&mut self, text: &str) {
        self.config.playbook.path = Some(self.dir.join("playbook.toml"));
        self.write_playbook(text);
        self.crash_and_restart().await;
    }

    /// Somebody edits the playbook's file; the bot has not looked yet.
    pub fn write_playbook(&self, text: &str) {
        std::fs::write(self.dir.join("playbook.toml"), text).expect("our own directory");
    }

    /// From now on what it says of on call, pages and channels stands in a file of its own.
    pub async fn keep_settings(&mut self, text: &str) {
        self.write_settings(text);
        self.config.file = Some(SettingsFile::read(&self.dir.join("watchroom.toml")));
        self.crash_and_restart().await;
    }

    /// Somebody edits the settings' file; the bot has not looked yet.
    pub fn write_settings(&self, text: &str) {
        std::fs::write(self.dir.join("watchroom.toml"), text).expect("our own directory");
    }

    async fn boot(&mut self) {
        if let Some(file) = &self.config.file {
            let file = SettingsFile::read(&file.path);
            let read = Config::of(&file, &|_| None, self.config.playbook.clone()).expect("sound settings");
            let Config { settings, file, calendars, people, .. } = read;
            self.config = Config { settings, file, calendars, people, ..self.config.clone() };
        }
        if let Some(path) = self.config.playbook.path.clone() {
            self.config.playbook = PlaybookFile::read(Some(&path), None);
        }
        // Politeness towards the real Slack would wait for a clock that stands still here.
        let ports = Ports { unhurried: true, ..Ports::default() };
        let app = app::build(&self.config, Arc::new(self.clock.clone()), ports).await.expect("the bot starts");
        app.start();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = app.listen(listener).expect("a free port");
        self.url = format!("http://{address}");
        self.slack.set_bot_url(&self.url);
        self.app = Some(app);
        if self.config.slack.signing_secret.is_none() {
            eventually("it can be heard", async || self.slack.sockets() == CONNECTIONS).await;
        }
    }

    /// The app itself, for what no person can see.
    pub fn app(&self) -> &App {
        self.app.as_ref().expect("the bot runs")
    }

    /// Waits until everything that can be done now is done, on both sides.
    pub async fn settle(&self) {
        loop {
            let before = (self.slack.version(), self.slack.calls_made());
            self.slack.settled().await;
            if let Some(app) = &self.app {
                app.settled().await;
            }
            self.slack.settled().await;
            if before == (self.slack.version(), self.slack.calls_made()) {
                return;
            }
        }
    }

    /// Moves the clock, minute by minute, so that nothing due in between is late.
    pub async fn advance(&self, by: SignedDuration) {
        self.settle().await;
        let mut left = by;
        while left > SignedDuration::ZERO {
            let step = left.min(minutes(1));
            self.clock.advance(step);
            left -= step;
            self.settle().await;
        }
    }

    /// Somebody types a command, and the process dies right after the answer. Then it starts again.
    pub async fn slash_and_crash(&mut self, who: &str, channel: &str, typed: &str) -> Answer {
        let answer = self.slack.act_as(who).slash(channel, typed).await.expect("typed");
        assert_eq!(answer.error, None, "`{typed}` was not answered: {:?}", answer.complaints);
        self.crash_and_restart().await;
        answer
    }

    /// Somebody types a command in #general.
    pub async fn slash(&self, who: &str, typed: &str) -> Answer {
        self.slash_in(who, "general", typed).await
    }

    /// Somebody types a command in a channel.
    pub async fn slash_in(&self, who: &str, channel: &str, typed: &str) -> Answer {
        let person = self.slack.act_as(who);
        self.enter(who, channel).await;
        let answer = person.slash(channel, typed).await.expect("typed");
        assert_eq!(answer.error, None, "`{typed}` was not answered in time: {:?}", answer.complaints);
        self.settle().await;
        answer
    }

    /// Somebody joins a channel that they are not in; into a private one somebody who is in it brings them.
    async fn enter(&self, who: &str, channel: &str) {
        let (person, place) = (self.slack.act_as(who), self.slack.channel(channel));
        if place.members.iter().any(|m| m == person.id()) {
            return;
        }
        if place.kind == Kind::Public {
            person.join(channel).expect("anyone may join a public channel");
        } else {
            let member = place.members.iter().find(|m| m.as_str() != BOT_USER).expect("somebody in it");
            self.slack.with(|ws| ws.join(&place.id, person.id(), Some(member))).expect("brought in");
            self.settle().await;
        }
    }

    /// Declares an incident as `who` and returns its room.
    pub async fn declare(&self, who: &str, what: &str) -> String {
        let answer = self.slash(who, &format!("/incident declare {what}")).await;
        assert!(answer.text.contains("INC-"), "not declared: {}", answer.text);
        self.latest_room()
    }

    /// Declares a need-to-know incident as `who` and returns its room.
    pub async fn declare_secret(&self, who: &str, what: &str) -> String {
        let answer = self.slash(who, &format!("/incident declare {what}")).await;
        assert!(answer.text.contains("SEC-"), "not declared: {}", answer.text);
        self.secret_room()
    }

    /// The id of the latest need-to-know incident's room.
    pub fn secret_room(&self) -> String {
        let rooms = self.slack.channels().into_iter().filter(|c| c.name.starts_with("sec-"));
        let number = |name: &str| name.split('-').nth(1).and_then(|n| n.parse::<u64>().ok());
        rooms.max_by_key(|c| number(&c.name)).expect("a private room").id
    }

    /// The id of the latest incident's room.
    pub fn latest_room(&self) -> String {
        let rooms = self.slack.channels().into_iter().filter(|c| c.name.starts_with("inc-"));
        let number = |name: &str| name.split('-').nth(1).and_then(|n| n.parse::<u64>().ok());
        rooms.max_by_key(|c| number(&c.name)).expect("a room").id
    }

    /// Presses a button on the latest message that has it.
    pub async fn press(&self, who: &str, messages: &[SeenMessage], button: &str) -> Answer {
        let message = messages.iter().rev().find(|m| m.contains(button));
        let message = message.unwrap_or_else(|| panic!("no `{button}` on any of {}", shown(messages)));
        let person = self.slack.act_as(who);
        if !self.slack.channel(&message.channel).name.is_empty() {
            self.enter(who, &message.channel).await;
        }
        let answer = person.press(message, button).await.expect("pressed");
        assert_eq!(answer.error, None, "`{button}` was not answered in time");
        self.settle().await;
        answer
    }

    /// Presses a button on the pinned card of a room.
    pub async fn press_card(&self, who: &str, room: &str, button: &str) -> Answer {
        self.press(who, &[self.card(room)], button).await
    }

    /// Fills in the open form and sends it.
    pub async fn submit(&self, who: &str, values: &[(&str, &str)]) -> watchroom::sandbox::Outcome {
        let person = self.slack.act_as(who);
        person.fill(values.iter().map(|(name, value)| (*name, Value::from(*value)))).await.expect("fields of the form");
        let outcome = person.submit().await.expect("sent");
        self.settle().await;
        outcome
    }

    /// The time, in Unix seconds, as requests are stamped with it.
    pub fn clock_second(&self) -> i64 {
        use watchroom::clock::Clock as _;
        self.clock.now().as_second()
    }

    /// The time, so many minutes from now.
    pub fn in_minutes(&self, later: i64) -> Timestamp {
        use watchroom::clock::Clock as _;
        self.clock.now() + minutes(later)
    }

    /// What the record has of an incident.
    pub async fn history(&self, id: &str) -> Vec<What> {
        let history = self.app().engine.history(id.parse().expect("an id")).await.expect("a record");
        history.into_iter().map(|(_, event)| event.what).collect()
    }

    /// Everything the bot has said anywhere, under the keys that its messages carry.
    pub fn keys(&self, channel: &str) -> Vec<String> {
        self.said(channel).iter().filter_map(key_of).map(str::to_owned).collect()
    }

    /// Nothing that should be there once is there twice: rooms, cards, and messages in any conversation.
    #[track_caller]
    pub fn expect_nothing_doubled(&self, incidents: usize) {
        let channels = self.slack.channels();
        let rooms: Vec<_> = channels.iter().filter(|c| c.name.starts_with("inc-")).map(|c| &c.name).collect();
        assert_eq!(rooms.len(), incidents, "{rooms:?}");
        for channel in &channels {
            let mut keys = self.keys(&channel.id);
            let all = keys.len();
            keys.sort();
            keys.dedup();
            assert_eq!(keys.len(), all, "said twice in {}:\n{}", channel.name, shown(&self.said(&channel.id)));
            assert!(!channel.name.starts_with("inc-") || channel.pins.len() == 1, "one card in {}", channel.name);
        }
    }

    /// The lines of a room stand in the order in which things happened.
    #[track_caller]
    pub fn expect_in_order(&self, room: &str) {
        let said = self.said(room);
        expect_in_order(&said.iter().filter_map(key_of).collect::<Vec<_>>());
    }

    /// The pinned card of a room.
    pub fn card(&self, room: &str) -> SeenMessage {
        let pins = self.slack.channel(room).pins;
        let messages = self.slack.messages(room);
        let mut pinned = messages.into_iter().filter(|m| pins.contains(&m.ts));
        let card = pinned.next().expect("a pinned card");
        assert!(pinned.next().is_none(), "one card and no other");
        card
    }

    /// What is said in a channel.
    pub fn said(&self, channel: &str) -> Vec<SeenMessage> {
        self.slack.messages(channel)
    }

    /// How often a channel says this.
    pub fn count(&self, channel: &str, text: &str) -> usize {
        self.said(channel).iter().filter(|m| m.contains(text)).count()
    }

    /// A channel says this exactly once.
    #[track_caller]
    pub fn expect_once(&self, channel: &str, text: &str) {
        let messages = self.said(channel);
        let hits = messages.iter().filter(|m| m.contains(text)).count();
        assert_eq!(hits, 1, "`{text}` in {channel}, which says:\n{}", shown(&messages));
    }

    /// Someone's direct messages say this.
    #[track_caller]
    pub fn expect_dm(&self, who: &str, text: &str) -> SeenMessage {
        let messages = self.slack.dm(who);
        let hit = messages.iter().rev().find(|m| m.contains(text)).cloned();
        hit.unwrap_or_else(|| panic!("no `{text}` for {who}, who was told:\n{}", shown(&messages)))
    }

    /// The form that is open for someone.
    #[track_caller]
    pub fn form(&self, who: &str) -> SeenView {
        self.slack.view(who).unwrap_or_else(|| panic!("no form is open for {who}"))
    }

    /// Ends the process without warning, as far as a story can, and starts it again on the same record.
    pub async fn crash_and_restart(&mut self) {
        self.crash().await;
        self.restart().await;
    }

    /// Ends the bot without warning.
    pub async fn crash(&mut self) {
        if let Some(app) = self.app.take() {
            app.abandon().await;
        }
    }

    /// Starts a bot that was ended.
    pub async fn restart(&mut self) {
        self.boot().await;
        self.settle().await;
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        drop(self.app.take());
        // A leftover directory must not hide a test's own failure.
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

/// Messages, for a person who reads why a test failed.
pub fn shown(messages: &[SeenMessage]) -> String {
    messages.iter().map(|m| format!("- {m}")).collect::<Vec<_>>().join("\n")
}

/// The key of the work that posted a message.
pub fn key_of(message: &SeenMessage) -> Option<&str> {
    message.metadata.as_ref()?["event_payload"]["key"].as_str()
}

/// The lines of a room, by the keys of its messages, tell things in the order in which they happened.
#[track_caller]
pub fn expect_in_order(keys: &[&str]) {
    let lines = keys.iter().filter_map(|k| k.strip_prefix("say/")?.split_once('/')?.1.parse::<u64>().ok());
    let lines: Vec<u64> = lines.collect();
    assert!(lines.len() > 1 && lines.is_sorted(), "{lines:?}");
}

/// A policy of people, each with minutes until the next.
pub fn policy(name: &str, steps: &[(&str, u32)]) -> Policy {
    let step = |(who, wait_min): &(&str, u32)| Step {
        targets: vec![Target::Person((*who).into())],
        wait_min: *wait_min,
        repeat_min: 2,
        ..Step::default()
    };
    let fallback = vec![Target::Group("S0MANAGERS".into())];
    Policy { name: name.into(), steps: steps.iter().map(step).collect(), fallback, ..Policy::default() }
}

/// Every file below a directory, by its path below it, with its text.
pub fn files_below(dir: &Path) -> Vec<(String, String)> {
    let (mut files, mut folders) = (Vec::new(), vec![dir.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let below = path.strip_prefix(dir).expect("below it").display().to_string();
            files.push((below, std::fs::read_to_string(&path).expect("text")));
        }
    }
    files
}

pub fn unique() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
