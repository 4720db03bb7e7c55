//! A Slack that remembers what it was asked, and fails on demand.

use std::{collections::HashMap, sync::Mutex};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    ids::{ChannelId, GroupId, MessageTs, UserId},
    incident::MessageRef,
    ports::{Chat, ChatMessage, Identity, OwnChannel, Person, Trouble},
    render::Message,
};

#[derive(Debug, Default)]
pub struct FakeChat {
    /// `(how, to whom or where, what)`
    pub said: Mutex<Vec<(&'static str, String, Value)>>,
    pub messages: Mutex<HashMap<String, ChatMessage>>,
    /// What every call answers instead.
    pub fails: Mutex<Option<Trouble>>,
    /// Calls never answer.
    pub hangs: std::sync::atomic::AtomicBool,
}

impl FakeChat {
    async fn note(&self, how: &'static str, to: &str, what: Value) -> Result<(), Trouble> {
        if self.hangs.load(std::sync::atomic::Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
        if let Some(trouble) = self.fails.lock().unwrap().clone() {
            return Err(trouble);
        }
        self.said.lock().unwrap().push((how, to.to_owned(), what));
        Ok(())
    }

    /// Takes what was said so far.
    pub fn take(&self) -> Vec<(&'static str, String, Value)> {
        std::mem::take(&mut self.said.lock().unwrap())
    }

    /// The same without what was only asked about people.
    pub fn told(&self) -> Vec<(&'static str, String, Value)> {
        self.take().into_iter().filter(|(how, ..)| *how != "person").collect()
    }

    pub fn has_message(&self, ts: &str, author: &str, text: &str) {
        let message =
            ChatMessage { author: Some(author.into()), text: text.into(), ts: MessageTs(ts.into()), thread: None };
        self.messages.lock().unwrap().insert(ts.into(), message);
    }
}

fn shown(message: &Message) -> Value {
    json!({ "text": message.text, "blocks": message.blocks })
}

#[async_trait::async_trait]
impl Chat for FakeChat {
    async fn post(&self, to: &ChannelId, message: &Message, _: &str) -> Result<MessageRef, Trouble> {
        self.note("post", to.as_str(), shown(message)).await?;
        Ok(MessageRef { channel: to.clone(), ts: "1.000001".into() })
    }
    async fn reply(&self, under: &MessageRef, message: &Message, _: &str) -> Result<MessageRef, Trouble> {
        self.note("reply", under.ts.as_str(), shown(message)).await?;
        Ok(MessageRef { channel: under.channel.clone(), ts: "1.000002".into() })
    }
    async fn find_reply(&self, _: &MessageRef, _: &str, _: Timestamp) -> Result<Option<MessageRef>, Trouble> {
        Ok(None)
    }
    async fn whisper_under(&self, under: &MessageRef, user: &UserId, message: &Message) -> Result<(), Trouble> {
        self.note("whisper_under", &format!("{}/{user}", under.ts), shown(message)).await
    }
    async fn update(&self, at: &MessageRef, message: &Message) -> Result<(), Trouble> {
        self.note("update", at.channel.as_str(), shown(message)).await
    }
    async fn find_posted(&self, _: &ChannelId, _: &str, _: Timestamp) -> Result<Option<MessageRef>, Trouble> {
        Ok(None)
    }
    async fn direct(&self, to: &UserId) -> Result<ChannelId, Trouble> {
        Ok(ChannelId(format!("D{to}")))
    }
    async fn create_channel(&self, name: &str, _: bool) -> Result<ChannelId, Trouble> {
        Ok(ChannelId(format!("C{name}")))
    }
    async fn own_channels(&self, _: &str) -> Result<Vec<OwnChannel>, Trouble> {
        Ok(Vec::new())
    }
    async fn channel_named(&self, _: &str) -> Result<Option<ChannelId>, Trouble> {
        Ok(None)
    }
    async fn join(&self, _: &ChannelId) -> Result<(), Trouble> {
        Ok(())
    }
    async fn invite(&self, _: &ChannelId, _: &[UserId]) -> Result<Vec<UserId>, Trouble> {
        Ok(Vec::new())
    }
    async fn rename_channel(&self, _: &ChannelId, _: &str) -> Result<(), Trouble> {
        Ok(())
    }
    async fn kick(&self, _: &ChannelId, _: &UserId) -> Result<(), Trouble> {
        Ok(())
    }
    async fn is_member(&self, _: &ChannelId, _: &UserId) -> Result<bool, Trouble> {
        Ok(false)
    }
    async fn set_topic(&self, _: &ChannelId, _: &str) -> Result<(), Trouble> {
        Ok(())
    }
    async fn set_purpose(&self, _: &ChannelId, _: &str) -> Result<(), Trouble> {
        Ok(())
    }
    async fn bookmark(&self, _: &ChannelId, _: &str, _: &str, _: &str) -> Result<(), Trouble> {
        Ok(())
    }
    async fn permalink(&self, _: &MessageRef) -> Result<Option<String>, Trouble> {
        Ok(None)
    }
    async fn pin(&self, _: &MessageRef) -> Result<(), Trouble> {
        Ok(())
    }
    async fn archive(&self, _: &ChannelId) -> Result<(), Trouble> {
        Ok(())
    }
    async fn group_members(&self, _: &GroupId) -> Result<Vec<UserId>, Trouble> {
        Ok(Vec::new())
    }
    async fn set_group_members(&self, _: &GroupId, _: &[UserId]) -> Result<(), Trouble> {
        Ok(())
    }
    async fn person(&self, user: &UserId) -> Result<Person, Trouble> {
        self.note("person", user.as_str(), Value::Null).await?;
        Ok(Person {
            name: user.to_string(),
            zone: Some("Europe/Berlin".into()),
            active: true,
            is_bot: false,
            is_outside: false,
        })
    }
    async fn person_of_email(&self, _: &str) -> Result<Option<UserId>, Trouble> {
        Ok(None)
    }

    async fn message(&self, at: &MessageRef) -> Result<Option<ChatMessage>, Trouble> {
        self.note("message", at.ts.as_str(), Value::Null).await?;
        Ok(self.messages.lock().unwrap().get(at.ts.as_str()).cloned())
    }
    async fn open_view(&self, trigger: &str, view: &Value) -> Result<(), Trouble> {
        self.note("open_view", trigger, view.clone()).await
    }
    async fn push_view(&self, trigger: &str, view: &Value) -> Result<(), Trouble> {
        self.note("push_view", trigger, view.clone()).await
    }
    async fn update_view(&self, view_id: &str, _: Option<&str>, view: &Value) -> Result<(), Trouble> {
        self.note("update_view", view_id, view.clone()).await
    }
    async fn publish_home(&self, user: &UserId, view: &Value) -> Result<(), Trouble> {
        self.note("publish_home", user.as_str(), view.clone()).await
    }
    async fn respond(&self, response_url: &str, message: &Message) -> Result<(), Trouble> {
        self.note("respond", response_url, shown(message)).await
    }
    async fn replace(&self, response_url: &str, message: &Message) -> Result<(), Trouble> {
        self.note("replace", response_url, shown(message)).await
    }
    async fn whisper(&self, channel: &ChannelId, user: &UserId, message: &Message) -> Result<(), Trouble> {
        self.note("whisper", &format!("{channel}/{user}"), shown(message)).await
    }
    async fn identity(&self) -> Result<Identity, Trouble> {
        let team = String::from("T1");
        Ok(Identity {
            team: team.clone(),
            team_name: team,
            user: super::BOT.into(),
            scopes: Vec::new(),
            server_time: None,
        })
    }
}
