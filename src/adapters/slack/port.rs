//! [`Chat`], method by method.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    SlackChat,
    calls::{Turn, Twice},
};
use crate::{
    ids::{ChannelId, GroupId, UserId},
    incident::MessageRef,
    ports::{Chat, ChatMessage, Identity, OwnChannel, Person, Trouble},
    render::Message,
};

#[async_trait::async_trait]
impl Chat for SlackChat {
    async fn post(&self, to: &ChannelId, message: &Message, key: &str) -> Result<MessageRef, Trouble> {
        self.post_message(to, None, message, key).await
    }

    async fn reply(&self, under: &MessageRef, message: &Message, key: &str) -> Result<MessageRef, Trouble> {
        self.post_message(&under.channel, Some(&under.ts), message, key).await
    }

    async fn update(&self, at: &MessageRef, message: &Message) -> Result<(), Trouble> {
        self.update_message(at, message).await
    }

    async fn find_posted(&self, to: &ChannelId, key: &str, since: Timestamp) -> Result<Option<MessageRef>, Trouble> {
        self.find_own(to, None, key, since).await
    }

    async fn find_reply(&self, under: &MessageRef, key: &str, since: Timestamp) -> Result<Option<MessageRef>, Trouble> {
        self.find_own(&under.channel, Some(&under.ts), key, since).await
    }

    async fn direct(&self, to: &UserId) -> Result<ChannelId, Trouble> {
        self.open_direct(to).await
    }

    async fn create_channel(&self, name: &str, private: bool) -> Result<ChannelId, Trouble> {
        self.create(name, private).await
    }

    async fn own_channels(&self, prefix: &str) -> Result<Vec<OwnChannel>, Trouble> {
        self.own(prefix).await
    }

    async fn channel_named(&self, name: &str) -> Result<Option<ChannelId>, Trouble> {
        self.named(name).await
    }

    async fn join(&self, channel: &ChannelId) -> Result<(), Trouble> {
        self.change("conversations.join", json!({ "channel": channel }), "already_in_channel").await
    }

    async fn invite(&self, channel: &ChannelId, people: &[UserId]) -> Result<Vec<UserId>, Trouble> {
        self.invite_all(channel, people).await
    }

    async fn rename_channel(&self, channel: &ChannelId, name: &str) -> Result<(), Trouble> {
        self.change("conversations.rename", json!({ "channel": channel, "name": name }), "").await
    }

    async fn is_member(&self, channel: &ChannelId, person: &UserId) -> Result<bool, Trouble> {
        self.has_member(channel, person).await
    }

    async fn kick(&self, channel: &ChannelId, person: &UserId) -> Result<(), Trouble> {
        self.change("conversations.kick", json!({ "channel": channel, "user": person }), "not_in_channel").await
    }

    async fn set_topic(&self, channel: &ChannelId, topic: &str) -> Result<(), Trouble> {
        self.change("conversations.setTopic", json!({ "channel": channel, "topic": topic }), "").await
    }

    async fn set_purpose(&self, channel: &ChannelId, purpose: &str) -> Result<(), Trouble> {
        self.change("conversations.setPurpose", json!({ "channel": channel, "purpose": purpose }), "").await
    }

    async fn bookmark(&self, channel: &ChannelId, title: &str, link: &str, emoji: &str) -> Result<(), Trouble> {
        self.add_bookmark(channel, title, link, emoji).await
    }

    async fn permalink(&self, at: &MessageRef) -> Result<Option<String>, Trouble> {
        let arguments = [("channel", at.channel.as_str()), ("message_ts", at.ts.as_str())];
        let answer = self.look("chat.getPermalink", &arguments).await?;
        let link = answer.get("permalink").and_then(Value::as_str);
        Ok(link.filter(|link| link.starts_with("https://") || link.starts_with("http://")).map(str::to_owned))
    }

    async fn pin(&self, at: &MessageRef) -> Result<(), Trouble> {
        self.change("pins.add", json!({ "channel": at.channel, "timestamp": at.ts }), "already_pinned").await
    }

    async fn archive(&self, channel: &ChannelId) -> Result<(), Trouble> {
        self.change("conversations.archive", json!({ "channel": channel }), "already_archived").await
    }

    async fn group_members(&self, group: &GroupId) -> Result<Vec<UserId>, Trouble> {
        self.members(group).await
    }

    async fn set_group_members(&self, group: &GroupId, people: &[UserId]) -> Result<(), Trouble> {
        self.set_members(group, people).await
    }

    async fn person(&self, user: &UserId) -> Result<Person, Trouble> {
        self.look_up(user).await
    }

    async fn person_of_email(&self, email: &str) -> Result<Option<UserId>, Trouble> {
        self.of_email(email).await
    }

    async fn message(&self, at: &MessageRef) -> Result<Option<ChatMessage>, Trouble> {
        self.read_message(at).await
    }

    async fn open_view(&self, trigger: &str, view: &Value) -> Result<(), Trouble> {
        let body = json!({ "trigger_id": trigger, "view": view });
        self.call("views.open", &body, Twice::Double, Turn::Now).await.map(drop)
    }

    async fn push_view(&self, trigger: &str, view: &Value) -> Result<(), Trouble> {
        let body = json!({ "trigger_id": trigger, "view": view });
        self.call("views.push", &body, Twice::Double, Turn::Now).await.map(drop)
    }

    async fn update_view(&self, view_id: &str, hash: Option<&str>, view: &Value) -> Result<(), Trouble> {
        let mut body = json!({ "view_id": view_id, "view": view });
        if let Some(hash) = hash {
            body["hash"] = hash.into();
        }
        self.call("views.update", &body, Twice::Harmless, Turn::Now).await.map(drop)
    }

    async fn publish_home(&self, user: &UserId, view: &Value) -> Result<(), Trouble> {
        let body = json!({ "user_id": user, "view": view });
        self.call("views.publish", &body, Twice::Harmless, Turn::Now).await.map(drop)
    }

    async fn respond(&self, response_url: &str, message: &Message) -> Result<(), Trouble> {
        self.answer_at(response_url, message, false).await
    }

    async fn replace(&self, response_url: &str, message: &Message) -> Result<(), Trouble> {
        self.answer_at(response_url, message, true).await
    }

    async fn whisper(&self, channel: &ChannelId, user: &UserId, message: &Message) -> Result<(), Trouble> {
        self.post_ephemeral(channel, None, user, message).await
    }

    async fn whisper_under(&self, under: &MessageRef, user: &UserId, message: &Message) -> Result<(), Trouble> {
        self.post_ephemeral(&under.channel, Some(&under.ts), user, message).await
    }

    async fn identity(&self) -> Result<Identity, Trouble> {
        self.who_am_i().await
    }
}
