//! Saying things, reacting, pinning, coming and going.

use serde_json::json;

use super::actor;
use crate::sandbox::{
    Refusal,
    state::{self, Author, BOT_USER, Draft, Message, Workspace},
};

impl Workspace {
    fn may_speak(&self, user: &str, channel: &str) -> Result<(), Refusal> {
        actor(self, user)?;
        let at = self.channel(channel)?;
        if !at.visible_to(user) {
            return Err("channel_not_found".into());
        }
        if at.archived {
            return Err("is_archived".into());
        }
        if at.members.contains(user) { Ok(()) } else { Err("not_in_channel".into()) }
    }

    /// Someone types a message.
    pub fn say(&mut self, user: &str, channel: &str, typed: &str, thread: Option<&str>) -> Result<Message, Refusal> {
        self.may_speak(user, channel)?;
        if typed.trim().is_empty() {
            return Err("no_text".into());
        }
        let text = state::escape_message(self, typed);
        let draft = Draft { text, thread_ts: thread.map(str::to_owned), ..Draft::default() };
        self.post(channel, Author::User(user.to_owned()), draft)
    }

    /// Someone edits a message of their own.
    pub fn edit_own(&mut self, user: &str, channel: &str, ts: &str, typed: &str) -> Result<(), Refusal> {
        self.may_speak(user, channel)?;
        let message = self.channel(channel)?.message(ts)?;
        if message.author != Author::User(user.to_owned()) || message.draft.subtype.is_some() {
            return Err("cant_update_message".into());
        }
        if typed.trim().is_empty() {
            return Err("no_text".into());
        }
        let text = state::escape_message(self, typed);
        let draft = Draft { text, ..self.channel(channel)?.message(ts)?.draft.clone() };
        self.edit(channel, ts, user, draft).map(drop)
    }

    /// Someone deletes a message of their own.
    pub fn delete_own(&mut self, user: &str, channel: &str, ts: &str) -> Result<(), Refusal> {
        if let Some(at) = self.ephemerals.iter().position(|e| e.message.ts == ts && e.user == user) {
            // "Dismiss message".
            self.ephemerals.remove(at);
            self.notice(state::Notice::MessageRemoved { channel: channel.to_owned(), ts: ts.to_owned() });
            return Ok(());
        }
        self.may_speak(user, channel)?;
        if self.channel(channel)?.message(ts)?.author != Author::User(user.to_owned()) {
            return Err("cant_delete_message".into());
        }
        self.delete(channel, ts)
    }

    /// Someone puts an emoji on a message, or takes it off.
    pub fn toggle_reaction(
        &mut self,
        user: &str,
        channel: &str,
        ts: &str,
        name: &str,
        on: bool,
    ) -> Result<(), Refusal> {
        self.may_speak(user, channel)?;
        let name = name.trim_matches(':');
        if on { self.react(channel, ts, user, name) } else { self.unreact(channel, ts, user, name) }
    }

    /// Someone pins a message, or unpins it.
    pub fn toggle_pin(&mut self, user: &str, channel: &str, ts: &str, on: bool) -> Result<(), Refusal> {
        self.may_speak(user, channel)?;
        if on { self.pin(channel, ts, user) } else { self.unpin(channel, ts, user) }
    }

    /// Someone joins a public channel.
    pub fn join_as(&mut self, user: &str, channel: &str) -> Result<(), Refusal> {
        actor(self, user)?;
        let at = self.channel(channel)?;
        if at.kind != state::Kind::Public {
            return Err("channel_not_found".into());
        }
        if at.archived {
            return Err("is_archived".into());
        }
        self.join(channel, user, None)
    }

    /// Someone opens the app's home tab.
    pub fn home_opened(&mut self, user: &str) {
        let channel = self.open_dm(user, BOT_USER);
        let mut event = json!({
            "type": "app_home_opened", "user": user, "channel": channel, "tab": "home", "event_ts": self.fresh_ts(),
        });
        if let Some(view) = self.home_view(user) {
            event["view"] = view.json();
        }
        self.tell_bot("app_home_opened", event);
    }
}
