//! The workspace itself: plain data and what may be done to it. No I/O, no clock: the time is handed in.
//!
//! Whatever happens is written to `happened`; the shell delivers that to the bot and to open pages.

mod channel;
mod events;
mod live;
mod message;
mod people;
mod phone;
mod reactions;
mod rooms;
mod sample;
mod text;
mod tickets;
mod view;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use channel::{Bookmark, Channel, Kind, Pin, channel_name_error};
pub use events::{Happening, Notice};
pub use message::{Author, Draft, Ephemeral, Message, Reaction};
pub use people::{Group, User};
pub use phone::{Arrival, Arrived, Line, RINGS};
pub use text::{escape_command, escape_message, plain};
pub use tickets::{ResponseUrl, Trigger, TriggerContext};
pub use view::{View, ViewKind, inputs, state_of, value_key};

use crate::sandbox::Refusal;

/// The team's id.
pub const TEAM: &str = "T0SANDBOX";
/// The app's id.
pub const APP: &str = "A0SANDBOX";
/// The bot's id in messages.
pub const BOT: &str = "B0SANDBOX";
/// The bot as a user.
pub const BOT_USER: &str = "U0BOT";
/// The old verification token, sent in every payload and of no use.
pub const VERIFICATION_TOKEN: &str = "sandbox-verification-token";

/// A whole simulated workspace.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Workspace {
    /// The team's name.
    pub team_name: String,
    /// The team's domain, as in `<domain>.slack.com`.
    pub team_domain: String,
    /// The app's name.
    pub app_name: String,
    /// Event subscriptions of the app.
    pub events: BTreeSet<String>,
    /// Everyone, the bot too, by id.
    pub users: BTreeMap<String, User>,
    /// User groups by id.
    pub groups: BTreeMap<String, Group>,
    /// Channels and direct messages by id.
    pub channels: BTreeMap<String, Channel>,
    /// Messages only one person sees.
    pub ephemerals: Vec<Ephemeral>,
    /// Open modals and published homes by id.
    pub views: BTreeMap<String, View>,
    /// Each person's modals, the one on top last.
    pub stacks: BTreeMap<String, Vec<String>>,
    /// Each person's App Home.
    pub homes: BTreeMap<String, String>,
    /// What people chose in a message's inputs: `channel/ts/user` to state values.
    pub choices: BTreeMap<String, serde_json::Value>,
    /// Live triggers.
    pub triggers: BTreeMap<String, Trigger>,
    /// Live response addresses by their secret.
    pub response_urls: BTreeMap<String, ResponseUrl>,
    /// What arrived on people's telephones, oldest first.
    #[serde(default)]
    pub arrivals: Vec<Arrival>,
    /// Whether the app is installed; without it its token is worth nothing.
    pub installed: bool,
    /// What happened since the shell last looked.
    #[serde(skip)]
    pub happened: Vec<Happening>,
    /// The present, set by the shell before each use.
    pub now: Timestamp,
    salt: String,
    last_micros: i64,
    last_id: u64,
}

impl Workspace {
    /// The sample workspace.
    pub fn sample(app_name: &str, salt: &str, now: Timestamp) -> Self {
        let mut workspace = Self {
            team_name: "Sandbox".to_owned(),
            team_domain: "sandbox".to_owned(),
            app_name: app_name.to_owned(),
            events: BTreeSet::new(),
            users: BTreeMap::new(),
            groups: BTreeMap::new(),
            channels: BTreeMap::new(),
            ephemerals: Vec::new(),
            views: BTreeMap::new(),
            stacks: BTreeMap::new(),
            homes: BTreeMap::new(),
            choices: BTreeMap::new(),
            triggers: BTreeMap::new(),
            response_urls: BTreeMap::new(),
            arrivals: Vec::new(),
            installed: true,
            happened: Vec::new(),
            now,
            salt: salt.to_uppercase(),
            last_micros: 0,
            last_id: 0,
        };
        workspace.populate();
        workspace
    }

    /// A new id with Slack's leading letter.
    pub fn fresh(&mut self, letter: &str) -> String {
        self.last_id += 1;
        format!("{letter}0{}{:04}", self.salt, self.last_id)
    }

    /// A new message time stamp: the present, but never twice and never backwards.
    pub fn fresh_ts(&mut self) -> String {
        // Slack's stamps at one instant differ by a hundred micros.
        self.last_micros = self.now.as_microsecond().max(self.last_micros + 100);
        // Ten digits also near the epoch, so that stamps sort as texts.
        format!("{:010}.{:06}", self.last_micros / 1_000_000, self.last_micros % 1_000_000)
    }

    /// A channel that exists.
    pub fn channel(&self, id: &str) -> Result<&Channel, Refusal> {
        self.channels.get(id).ok_or_else(|| "channel_not_found".into())
    }

    /// A channel that exists, to change it.
    pub fn channel_mut(&mut self, id: &str) -> Result<&mut Channel, Refusal> {
        self.channels.get_mut(id).ok_or_else(|| "channel_not_found".into())
    }

    /// A user that exists.
    pub fn user(&self, id: &str) -> Result<&User, Refusal> {
        self.users.get(id).ok_or_else(|| "user_not_found".into())
    }

    /// Finds a user by id or by name, with or without `@`.
    pub fn find_user(&self, who: &str) -> Option<&User> {
        let who = who.trim_start_matches('@');
        self.users.get(who).or_else(|| self.users.values().find(|u| u.name == who))
    }

    /// Finds a channel by id or by name, with or without `#`; direct messages only by id.
    pub fn find_channel(&self, what: &str) -> Option<&Channel> {
        let what = what.trim_start_matches('#');
        self.channels.get(what).or_else(|| self.channels.values().find(|c| c.kind != Kind::Im && c.name == what))
    }

    /// The address of a message in the web client.
    pub fn permalink(&self, channel: &str, ts: &str, thread_ts: Option<&str>) -> String {
        let link = format!("https://{}.slack.com/archives/{channel}/p{}", self.team_domain, ts.replace('.', ""));
        match thread_ts {
            Some(thread) if thread != ts => format!("{link}?thread_ts={thread}&cid={channel}"),
            _ => link,
        }
    }
}
