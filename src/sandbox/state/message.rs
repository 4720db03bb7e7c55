//! Messages: posting, editing, deleting, and how the Web API shows them.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{APP, BOT, BOT_USER, Channel, Kind, Notice, TEAM, Workspace};
use crate::sandbox::Refusal;

/// What stands where a message was that has a thread.
const GONE: &str = "This message was deleted.";

/// Who wrote a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Author {
    /// A person.
    User(String),
    /// The app, perhaps under another name.
    Bot {
        /// `username`, where the app posts under another name.
        name: Option<String>,
    },
}

impl Author {
    /// The user id that stands on the message.
    pub fn user(&self) -> &str {
        match self {
            Self::User(id) => id,
            Self::Bot { .. } => BOT_USER,
        }
    }
}

/// One emoji on a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// Without colons.
    pub name: String,
    /// In the order they reacted.
    pub users: Vec<String>,
}

/// What is to be posted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// The top-level text.
    pub text: String,
    /// Block Kit.
    pub blocks: Vec<Value>,
    /// Attachments.
    pub attachments: Vec<Value>,
    /// Message metadata.
    pub metadata: Option<Value>,
    /// The message it replies to.
    pub thread_ts: Option<String>,
    /// Whether a reply shows in the channel too.
    pub broadcast: bool,
    /// `channel_join` and the like.
    pub subtype: Option<String>,
}

/// A message as it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Its id within the channel.
    pub ts: String,
    /// Who wrote it.
    pub author: Author,
    /// What it says.
    pub draft: Draft,
    /// Who edited it last, and when; not where the app sent blocks, which shows no mark.
    pub edited: Option<(String, String)>,
    /// How often it was edited.
    pub edits: usize,
    /// Emoji on it.
    pub reactions: Vec<Reaction>,
    /// Deleted, but its thread is still there.
    pub tombstone: bool,
}

/// A message only one person sees.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ephemeral {
    /// Where.
    pub channel: String,
    /// For whom.
    pub user: String,
    /// What.
    pub message: Message,
}

impl Message {
    /// The parts that any payload shows.
    pub fn json(&self) -> Value {
        let mut message = json!({
            "type": "message", "ts": self.ts, "user": self.author.user(), "team": TEAM, "text": self.draft.text,
        });
        if let Author::Bot { name } = &self.author {
            message["bot_id"] = json!(BOT);
            message["app_id"] = json!(APP);
            if let Some(name) = name {
                message["username"] = json!(name);
                message["subtype"] = json!("bot_message");
            }
        }
        let draft = &self.draft;
        for (key, list) in [("blocks", &draft.blocks), ("attachments", &draft.attachments)] {
            if !list.is_empty() {
                message[key] = json!(list);
            }
        }
        if let Some(subtype) = &draft.subtype {
            message["subtype"] = json!(subtype);
        }
        if let Some(thread) = &draft.thread_ts {
            message["thread_ts"] = json!(thread);
        }
        if let Some((user, ts)) = &self.edited {
            message["edited"] = json!({ "user": user, "ts": ts });
        }
        if !self.reactions.is_empty() {
            let reaction = |r: &Reaction| json!({ "name": r.name, "users": r.users, "count": r.users.len() });
            message["reactions"] = self.reactions.iter().map(reaction).collect();
        }
        if self.tombstone {
            message["subtype"] = json!("tombstone");
            message["hidden"] = json!(true);
        }
        message
    }
}

impl Channel {
    /// A message as history shows it: with its thread's figures and where it is pinned.
    pub fn message_json(&self, message: &Message, with_metadata: bool) -> Value {
        let mut shown = message.json();
        let replies: Vec<&Message> = self.replies(&message.ts).collect();
        if let Some(last) = replies.last() {
            let mut users: Vec<&str> = Vec::new();
            for user in replies.iter().map(|r| r.author.user()) {
                if !users.contains(&user) {
                    users.push(user);
                }
            }
            shown["thread_ts"] = json!(message.ts);
            shown["reply_count"] = json!(replies.len());
            shown["reply_users"] = json!(users);
            shown["reply_users_count"] = json!(users.len());
            shown["latest_reply"] = json!(last.ts);
        }
        if let Some(pin) = self.pins.iter().find(|p| p.ts == message.ts) {
            shown["pinned_to"] = json!([self.id]);
            shown["pinned_info"] = json!({ "channel": self.id, "pinned_by": pin.by, "pinned_ts": pin.at });
        }
        if let Some(metadata) = message.draft.metadata.as_ref().filter(|_| with_metadata) {
            shown["metadata"] = metadata.clone();
        }
        shown
    }

    /// Replies in a thread, without its first message.
    pub fn replies(&self, parent: &str) -> impl Iterator<Item = &Message> {
        self.messages.iter().filter(move |m| m.draft.thread_ts.as_deref() == Some(parent) && m.ts != parent)
    }
}

impl Workspace {
    /// Posts a message. Whether the author may is the caller's question.
    pub fn post(&mut self, channel: &str, author: Author, mut draft: Draft) -> Result<Message, Refusal> {
        let ts = self.fresh_ts();
        // A reply to a reply belongs to the same thread.
        if let Some(thread) = draft.thread_ts.clone() {
            let parent = self.channel(channel)?.message(&thread).map_err(|_| Refusal::from("thread_not_found"))?;
            draft.thread_ts = Some(parent.draft.thread_ts.clone().unwrap_or(thread));
        }
        self.name_draft(&mut draft);
        let thread = draft.thread_ts.clone();
        let message = Message { ts, author, draft, edited: None, edits: 0, reactions: Vec::new(), tombstone: false };
        let at = self.channel_mut(channel)?;
        at.messages.push(message.clone());
        at.read.insert(message.author.user().to_owned(), message.ts.clone());
        let kind = at.kind;
        self.tell_message(channel, kind, &message);
        self.notice(Notice::Message { channel: channel.to_owned(), ts: message.ts.clone() });
        if let Some(parent) = thread {
            self.notice(Notice::Message { channel: channel.to_owned(), ts: parent });
        }
        self.notice(Notice::Unread(channel.to_owned()));
        Ok(message)
    }

    fn tell_message(&mut self, channel: &str, kind: Kind, message: &Message) {
        let mut event = message.json();
        event["channel"] = json!(channel);
        event["channel_type"] = json!(kind.channel_type());
        event["event_ts"] = json!(message.ts);
        if let Some(metadata) = &message.draft.metadata {
            event["metadata"] = metadata.clone();
        }
        let by_person = matches!(message.author, Author::User(_));
        if by_person && kind != Kind::Im && message.draft.text.contains(&format!("<@{BOT_USER}")) {
            let mut mention = event.clone();
            mention["type"] = json!("app_mention");
            self.emit("app_mention", Some(channel), mention);
        }
        self.emit(&format!("message.{}", kind.family()), Some(channel), event);
    }

    /// Changes a message in place.
    pub fn edit(&mut self, channel: &str, ts: &str, by: &str, mut draft: Draft) -> Result<Message, Refusal> {
        self.name_draft(&mut draft);
        let edited_at = self.fresh_ts();
        let message = self.channel_mut(channel)?.message_mut(ts)?;
        let before = message.clone();
        message.edits += 1;
        if draft.blocks.is_empty() {
            message.edited = Some((by.to_owned(), edited_at.clone()));
        }
        message.draft = draft;
        let after = message.clone();
        let event = json!({
            "type": "message", "subtype": "message_changed", "hidden": true, "channel": channel, "ts": edited_at,
            "message": after.json(), "previous_message": before.json(), "event_ts": edited_at,
        });
        self.tell_about(channel, event)?;
        self.notice(Notice::Message { channel: channel.to_owned(), ts: ts.to_owned() });
        Ok(after)
    }

    /// Deletes a message; one with a thread leaves a tombstone.
    pub fn delete(&mut self, channel: &str, ts: &str) -> Result<(), Refusal> {
        let at = self.channel_mut(channel)?;
        let before = at.message(ts)?.clone();
        let thread = before.draft.thread_ts.clone();
        if at.replies(ts).next().is_some() {
            let message = at.message_mut(ts)?;
            message.tombstone = true;
            message.reactions.clear();
            message.draft = Draft { text: GONE.to_owned(), thread_ts: thread.clone(), ..Draft::default() };
        } else {
            at.messages.retain(|m| m.ts != ts);
        }
        at.pins.retain(|p| p.ts != ts);
        let deleted_at = self.fresh_ts();
        let event = json!({
            "type": "message", "subtype": "message_deleted", "hidden": true, "channel": channel, "ts": deleted_at,
            "deleted_ts": ts, "previous_message": before.json(), "event_ts": deleted_at,
        });
        self.tell_about(channel, event)?;
        self.notice(Notice::MessageRemoved { channel: channel.to_owned(), ts: ts.to_owned() });
        for changed in thread.into_iter().chain([ts.to_owned()]) {
            self.notice(Notice::Message { channel: channel.to_owned(), ts: changed });
        }
        self.notice(Notice::Unread(channel.to_owned()));
        Ok(())
    }

    fn tell_about(&mut self, channel: &str, mut event: Value) -> Result<(), Refusal> {
        let kind = self.channel(channel)?.kind;
        event["channel_type"] = json!(kind.channel_type());
        self.emit(&format!("message.{}", kind.family()), Some(channel), event);
        Ok(())
    }

    /// The app shows a message to one person only.
    pub fn whisper(&mut self, channel: &str, user: &str, draft: Draft) -> String {
        self.whisper_as(channel, user, Author::Bot { name: None }, draft)
    }

    /// Shows a message to one person only.
    pub fn whisper_as(&mut self, channel: &str, user: &str, author: Author, mut draft: Draft) -> String {
        let ts = self.fresh_ts();
        self.name_draft(&mut draft);
        let message =
            Message { ts: ts.clone(), author, draft, edited: None, edits: 0, reactions: Vec::new(), tombstone: false };
        self.ephemerals.push(Ephemeral { channel: channel.to_owned(), user: user.to_owned(), message });
        self.notice(Notice::Message { channel: channel.to_owned(), ts: ts.clone() });
        ts
    }

    /// Blocks and elements of a message without ids are given some, as Slack does.
    pub fn name_draft(&mut self, draft: &mut Draft) {
        self.name_blocks(&mut draft.blocks);
        for attachment in &mut draft.attachments {
            if let Some(blocks) = attachment["blocks"].as_array_mut() {
                self.name_blocks(blocks);
            }
        }
    }

    /// Blocks and elements without ids are given some.
    pub(super) fn name_blocks(&mut self, blocks: &mut [Value]) {
        for block in blocks {
            if block.get("block_id").is_none_or(Value::is_null) {
                block["block_id"] = json!(self.fresh("b"));
            }
            for key in ["accessory", "element"] {
                if let Some(element) = block.get_mut(key) {
                    self.name_element(element);
                }
            }
            if block["type"] == "actions"
                && let Some(elements) = block["elements"].as_array_mut()
            {
                for element in elements {
                    self.name_element(element);
                }
            }
        }
    }

    fn name_element(&mut self, element: &mut Value) {
        let unnamed = element.get("action_id").is_none_or(Value::is_null);
        if unnamed && element.is_object() && element["type"] != "image" {
            element["action_id"] = json!(self.fresh("a"));
        }
    }
}
