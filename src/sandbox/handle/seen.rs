//! What people see.

use std::fmt;

use serde_json::Value;

use super::Handle;
use crate::sandbox::state::{self, Arrival, Author, Channel, Kind, Message, View, Workspace};

/// A message as someone sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenMessage {
    /// Where.
    pub channel: String,
    /// Which.
    pub ts: String,
    /// Who wrote it; the bot's user for the app.
    pub user: String,
    /// The top-level text, as sent.
    pub text: String,
    /// The blocks, as sent.
    pub blocks: Vec<Value>,
    /// The message it replies to.
    pub thread_ts: Option<String>,
    /// Message metadata.
    pub metadata: Option<Value>,
    /// Whether Slack shows "(edited)"; it does not where the app sent blocks.
    pub edited: bool,
    /// How often it was edited.
    pub edits: usize,
    /// Whether it is pinned.
    pub pinned: bool,
    /// Whether only one person sees it.
    pub ephemeral: bool,
    /// `channel_join` and the like.
    pub subtype: Option<String>,
    /// Emoji and who put them.
    pub reactions: Vec<(String, Vec<String>)>,
    /// All of it as a person reads it: every text of the blocks, or the top-level text where there are none; a line each.
    pub shown: String,
}

impl SeenMessage {
    /// Whether a person reads this there: in the text or in the blocks.
    pub fn contains(&self, text: &str) -> bool {
        self.shown.contains(text) || self.text.contains(text)
    }
}

impl fmt::Display for SeenMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

/// A modal or App Home as its person sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenView {
    /// `V…`.
    pub id: String,
    /// Its title; empty for a home.
    pub title: String,
    /// The whole view as payloads show it.
    pub json: Value,
    /// All texts as a person reads them, a line each.
    pub shown: String,
}

impl SeenView {
    /// Whether a person reads this there.
    pub fn contains(&self, text: &str) -> bool {
        self.title.contains(text) || self.shown.contains(text)
    }
}

/// A channel as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenChannel {
    /// `C…` or `D…`.
    pub id: String,
    /// Empty for a direct message.
    pub name: String,
    /// What sort.
    pub kind: Kind,
    /// Closed.
    pub archived: bool,
    /// The topic.
    pub topic: String,
    /// The description.
    pub purpose: String,
    /// Ids of those in it.
    pub members: Vec<String>,
    /// Pinned messages, newest pin first.
    pub pins: Vec<String>,
    /// Title and link.
    pub bookmarks: Vec<(String, String)>,
}

impl SeenMessage {
    pub(super) fn of(ws: &Workspace, channel: &Channel, message: &Message, ephemeral: bool) -> Self {
        let draft = &message.draft;
        let attached: Vec<&Value> = draft.attachments.iter().collect();
        let mut lines = Vec::new();
        draft.blocks.iter().chain(attached).for_each(|block| read(block, &mut lines));
        if draft.blocks.is_empty() {
            lines.insert(0, draft.text.clone());
        }
        let user = match &message.author {
            Author::User(id) => id.clone(),
            Author::Bot { name: Some(name) } => name.clone(),
            Author::Bot { name: None } => state::BOT_USER.to_owned(),
        };
        Self {
            channel: channel.id.clone(),
            ts: message.ts.clone(),
            user,
            text: draft.text.clone(),
            blocks: draft.blocks.clone(),
            thread_ts: draft.thread_ts.clone(),
            metadata: draft.metadata.clone(),
            edited: message.edited.is_some(),
            edits: message.edits,
            pinned: channel.pins.iter().any(|p| p.ts == message.ts),
            ephemeral,
            subtype: draft.subtype.clone(),
            reactions: message.reactions.iter().map(|r| (r.name.clone(), r.users.clone())).collect(),
            shown: state::plain(ws, &lines.join("\n")),
        }
    }
}

impl SeenView {
    fn of(ws: &Workspace, view: &View) -> Self {
        let mut lines = Vec::new();
        view.blocks().iter().for_each(|block| read(block, &mut lines));
        let title = view.payload["title"]["text"].as_str().unwrap_or_default().to_owned();
        Self { id: view.id.clone(), title, json: view.json(), shown: state::plain(ws, &lines.join("\n")) }
    }
}

/// Every text in a block, in reading order.
fn read(value: &Value, lines: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            if let Some(text) = map.get("text").and_then(Value::as_str) {
                lines.push(text.to_owned());
            }
            // The order people read in, not that of the keys.
            let order =
                ["label", "title", "text", "fields", "elements", "element", "accessory", "options", "hint", "rows"];
            for key in order {
                if let Some(inner) = map.get(key).filter(|v| v.is_object() || v.is_array()) {
                    read(inner, lines);
                }
            }
            for key in ["placeholder", "initial_value", "initial_option", "alt_text"] {
                match map.get(key) {
                    Some(Value::String(text)) => lines.push(text.clone()),
                    Some(inner) => read(inner, lines),
                    None => {}
                }
            }
            if let Some(inner) = map.get("blocks") {
                read(inner, lines);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| read(item, lines)),
        _ => {}
    }
}

impl SeenChannel {
    fn of(channel: &Channel) -> Self {
        Self {
            id: channel.id.clone(),
            name: channel.name.clone(),
            kind: channel.kind,
            archived: channel.archived,
            topic: channel.topic.0.clone(),
            purpose: channel.purpose.0.clone(),
            members: channel.members.iter().cloned().collect(),
            pins: channel.pins.iter().map(|p| p.ts.clone()).collect(),
            bookmarks: channel.bookmarks.iter().map(|b| (b.title.clone(), b.link.clone())).collect(),
        }
    }
}

impl Handle {
    /// Every channel and direct message there is.
    pub fn channels(&self) -> Vec<SeenChannel> {
        self.with(|ws| ws.channels.values().map(SeenChannel::of).collect())
    }

    /// One channel.
    ///
    /// # Panics
    /// Where there is none of that name or id.
    #[track_caller]
    pub fn channel(&self, channel: &str) -> SeenChannel {
        self.find_channel(channel).unwrap_or_else(|| panic!("no channel {channel}"))
    }

    /// One channel, if there is one of that name or id.
    pub fn find_channel(&self, channel: &str) -> Option<SeenChannel> {
        self.with(|ws| ws.find_channel(channel).map(SeenChannel::of))
    }

    /// Everything said in a channel, threads too, oldest first.
    ///
    /// # Panics
    /// Where there is no such channel.
    #[track_caller]
    pub fn messages(&self, channel: &str) -> Vec<SeenMessage> {
        let id = self.channel(channel).id;
        self.with(|ws| {
            let Some(at) = ws.channels.get(&id) else { return Vec::new() };
            at.messages.iter().map(|m| SeenMessage::of(ws, at, m, false)).collect()
        })
    }

    /// What this person alone was shown in a channel.
    ///
    /// # Panics
    /// Where there is no such channel or person.
    #[track_caller]
    pub fn ephemerals(&self, who: &str, channel: &str) -> Vec<SeenMessage> {
        let (user, id) = (self.user_id(who), self.channel(channel).id);
        self.with(|ws| {
            let Some(at) = ws.channels.get(&id) else { return Vec::new() };
            let whispered = ws.ephemerals.iter().filter(|e| e.user == user && e.channel == id);
            whispered.map(|e| SeenMessage::of(ws, at, &e.message, true)).collect()
        })
    }

    /// What stands in this person's direct message with the bot.
    ///
    /// # Panics
    /// Where there is no such person.
    #[track_caller]
    pub fn dm(&self, who: &str) -> Vec<SeenMessage> {
        let id = self.dm_id(who);
        self.messages(&id)
    }

    /// The id of this person's direct message with the bot.
    ///
    /// # Panics
    /// Where there is no such person.
    #[track_caller]
    pub fn dm_id(&self, who: &str) -> String {
        let user = self.user_id(who);
        self.with(|ws| ws.open_dm(&user, state::BOT_USER))
    }

    /// The modal this person has before them.
    ///
    /// # Panics
    /// Where there is no such person.
    #[track_caller]
    pub fn view(&self, who: &str) -> Option<SeenView> {
        let user = self.user_id(who);
        self.with(|ws| ws.top_view(&user).map(|view| SeenView::of(ws, view)))
    }

    /// This person's App Home.
    ///
    /// # Panics
    /// Where there is no such person.
    #[track_caller]
    pub fn home(&self, who: &str) -> Option<SeenView> {
        let user = self.user_id(who);
        self.with(|ws| ws.home_view(&user).map(|view| SeenView::of(ws, view)))
    }

    /// What arrived on somebody's telephone, oldest first.
    #[track_caller]
    pub fn phone(&self, who: &str) -> Vec<Arrival> {
        let user = self.user_id(who);
        self.with(|ws| ws.arrivals.iter().filter(|arrival| arrival.user == user).cloned().collect())
    }

    /// A person's id.
    ///
    /// # Panics
    /// Where there is no such person.
    #[track_caller]
    pub fn user_id(&self, who: &str) -> String {
        self.with(|ws| ws.find_user(who).map(|u| u.id.clone())).unwrap_or_else(|| panic!("no user {who}"))
    }
}
