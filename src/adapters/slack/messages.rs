//! Messages: posted, updated, found again.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    SlackChat,
    calls::{Turn, Twice, needed, next_cursor, text},
};
use crate::{
    ids::{ChannelId, MessageTs, UserId},
    incident::MessageRef,
    ports::{ChatMessage, Trouble},
    render::Message,
};

/// What marks our messages' metadata as ours.
const EVENT_TYPE: &str = "watchroom";
/// How far back an own message is looked for: that many pages of that many messages.
const PAGES_BACK: usize = 3;
const PAGE: &str = "200";

impl SlackChat {
    pub(super) async fn post_message(
        &self,
        to: &ChannelId,
        thread: Option<&MessageTs>,
        message: &Message,
        key: &str,
    ) -> Result<MessageRef, Trouble> {
        let turn = if key.starts_with("page/") { Turn::Page(to.clone()) } else { Turn::Message(to.clone()) };
        let mut body = json!({
            "channel": to,
            "text": message.text,
            "blocks": message.blocks,
            "metadata": { "event_type": EVENT_TYPE, "event_payload": { "key": key } },
            "unfurl_links": false,
            "unfurl_media": false,
        });
        if let Some(thread) = thread {
            body["thread_ts"] = json!(thread);
        }
        let answer = self.call("chat.postMessage", &body, Twice::Double, turn).await?;
        // Slack answers with the id of the conversation, also where a person's id was given.
        let channel = text(&answer, "/channel").map_or_else(|| to.clone(), ChannelId::from);
        Ok(MessageRef { channel, ts: MessageTs(needed(&answer, "/ts")?) })
    }

    pub(super) async fn update_message(&self, at: &MessageRef, message: &Message) -> Result<(), Trouble> {
        // Metadata that is not mentioned stays as it is.
        let body = json!({ "channel": at.channel, "ts": at.ts, "text": message.text, "blocks": message.blocks });
        self.call("chat.update", &body, Twice::Harmless, Turn::Method).await.map(drop)
    }

    pub(super) async fn find_own(
        &self,
        to: &ChannelId,
        thread: Option<&MessageTs>,
        key: &str,
        since: Timestamp,
    ) -> Result<Option<MessageRef>, Trouble> {
        let oldest = format!("{}.000000", since.as_second());
        let mut cursor = String::new();
        for _ in 0..PAGES_BACK {
            let mut arguments = vec![
                ("channel", to.as_str()),
                ("oldest", &oldest),
                ("inclusive", "true"),
                ("include_all_metadata", "true"),
                ("limit", PAGE),
            ];
            if !cursor.is_empty() {
                arguments.push(("cursor", &cursor));
            }
            if let Some(thread) = thread {
                arguments.push(("ts", thread.as_str()));
            }
            let method = if thread.is_some() { "conversations.replies" } else { "conversations.history" };
            let answer = self.look(method, &arguments).await?;
            let found = messages(&answer).find(|m| has_key(m, key)).and_then(|m| text(m, "/ts"));
            if let Some(ts) = found {
                return Ok(Some(MessageRef { channel: to.clone(), ts: ts.to_owned().into() }));
            }
            match next_cursor(&answer) {
                Some(next) => cursor = next,
                None => break,
            }
        }
        Ok(None)
    }

    pub(super) async fn read_message(&self, at: &MessageRef) -> Result<Option<ChatMessage>, Trouble> {
        let (channel, ts) = (at.channel.as_str(), at.ts.as_str());
        let arguments = [("channel", channel), ("oldest", ts), ("latest", ts), ("inclusive", "true")];
        let answer = self.look("conversations.history", &arguments).await?;
        if let Some(message) = messages(&answer).find(|m| text(m, "/ts") == Some(ts)) {
            return Ok(Some(seen(message, at)));
        }
        // Replies in a thread do not stand in the channel's own history. There the message that the thread hangs below comes first,
        // whatever is asked for: a limit of one would leave the reply out.
        let mut thread = arguments.to_vec();
        thread.push(("ts", ts));
        match self.look("conversations.replies", &thread).await {
            Ok(answer) => Ok(messages(&answer).find(|m| text(m, "/ts") == Some(ts)).map(|m| seen(m, at))),
            Err(Trouble::Refused(code)) if code == "thread_not_found" => Ok(None),
            Err(trouble) => Err(trouble),
        }
    }

    pub(super) async fn post_ephemeral(
        &self,
        channel: &ChannelId,
        thread: Option<&MessageTs>,
        user: &UserId,
        message: &Message,
    ) -> Result<(), Trouble> {
        let mut body = json!({ "channel": channel, "user": user, "text": message.text, "blocks": message.blocks });
        if let Some(thread) = thread {
            body["thread_ts"] = json!(thread);
        }
        self.call("chat.postEphemeral", &body, Twice::Double, Turn::Now).await.map(drop)
    }

    /// `instead`: of the message that was acted on.
    pub(super) async fn answer_at(&self, response_url: &str, message: &Message, instead: bool) -> Result<(), Trouble> {
        let url = response_url.parse().map_err(|_| Trouble::Refused("invalid_url".into()))?;
        let body = json!({
            "response_type": "ephemeral",
            "replace_original": instead,
            "text": message.text,
            "blocks": message.blocks,
        });
        self.client.http_api.connector.respond(url, &body).await
    }
}

fn messages(answer: &Value) -> impl Iterator<Item = &Value> {
    answer.get("messages").and_then(Value::as_array).into_iter().flatten()
}

fn has_key(message: &Value, key: &str) -> bool {
    text(message, "/metadata/event_type") == Some(EVENT_TYPE)
        && text(message, "/metadata/event_payload/key") == Some(key)
}

fn seen(message: &Value, at: &MessageRef) -> ChatMessage {
    let by_person = text(message, "/bot_id").is_none();
    ChatMessage {
        author: text(message, "/user").filter(|_| by_person).map(UserId::from),
        text: text(message, "/text").unwrap_or_default().to_owned(),
        ts: at.ts.clone(),
        thread: text(message, "/thread_ts").map(MessageTs::from),
    }
}
