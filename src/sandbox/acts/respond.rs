//! Messages the bot sends as an answer: at once, or to a `response_url`.

use serde_json::Value;

use crate::sandbox::{
    Refusal,
    api::{Args, draft},
    state::{Author, Draft, Message, Notice, Workspace},
};

impl Workspace {
    /// Shows an answer: a message for one or for all, in place of the message that was pressed, or its removal.
    pub fn respond(&mut self, user: &str, channel: &str, pressed: Option<&str>, body: &Value) -> Result<(), Refusal> {
        if body["delete_original"] == true || body["delete_original"] == "true" {
            return self.remove_pressed(channel, pressed.ok_or(Refusal::from("no_original"))?);
        }
        let args = Args(body.as_object().cloned().unwrap_or_default());
        let mut draft = draft(&args, 40_000)?;
        if (body["replace_original"] == true || body["replace_original"] == "true")
            && let Some(ts) = pressed
        {
            return self.replace_pressed(channel, ts, draft);
        }
        let for_all = body["response_type"] == "in_channel";
        // A thread that is gone does not stop an answer.
        if draft.thread_ts.as_ref().is_some_and(|ts| self.channel(channel).is_ok_and(|c| c.message(ts).is_err())) {
            draft.thread_ts = None;
        }
        if for_all {
            self.post(channel, Author::Bot { name: None }, draft)?;
        } else {
            self.whisper(channel, user, draft);
        }
        Ok(())
    }

    fn remove_pressed(&mut self, channel: &str, ts: &str) -> Result<(), Refusal> {
        let before = self.ephemerals.len();
        self.ephemerals.retain(|e| e.message.ts != ts);
        if self.ephemerals.len() == before {
            return self.delete(channel, ts);
        }
        self.notice(Notice::MessageRemoved { channel: channel.to_owned(), ts: ts.to_owned() });
        Ok(())
    }

    fn replace_pressed(&mut self, channel: &str, ts: &str, mut draft: Draft) -> Result<(), Refusal> {
        if let Some(at) = self.ephemerals.iter().position(|e| e.message.ts == ts) {
            self.name_draft(&mut draft);
            self.ephemerals[at].message.draft = draft;
            self.notice(Notice::Message { channel: channel.to_owned(), ts: ts.to_owned() });
            return Ok(());
        }
        let before = self.channel(channel)?.message(ts)?;
        draft.thread_ts.clone_from(&before.draft.thread_ts);
        if draft.metadata.is_none() {
            draft.metadata.clone_from(&before.draft.metadata);
        }
        self.edit(channel, ts, super::BOT_USER, draft).map(drop)
    }

    /// A message this person can see: said or whispered.
    pub fn seen_message(&self, channel: &str, ts: &str, user: &str) -> Result<&Message, Refusal> {
        let at = self.channel(channel)?;
        if !at.visible_to(user) {
            return Err("channel_not_found".into());
        }
        let whispered = self.ephemerals.iter().find(|e| e.channel == channel && e.message.ts == ts && e.user == user);
        match whispered {
            Some(whispered) => Ok(&whispered.message),
            None => at.message(ts),
        }
    }
}
