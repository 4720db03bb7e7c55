//! A Slack that says yes to everything and has nothing to show.

use jiff::Timestamp;
use serde_json::Value;
use watchroom::{
    ids::{ChannelId, GroupId, UserId},
    incident::MessageRef,
    ports::{Chat, ChatMessage, Identity, OwnChannel, Person, Trouble},
    render::Message,
};

/// See above.
#[derive(Debug)]
pub struct Yes;

#[async_trait::async_trait]
impl Chat for Yes {
    async fn post(&self, to: &ChannelId, _: &Message, _: &str) -> Result<MessageRef, Trouble> {
        Ok(MessageRef { channel: to.clone(), ts: "1.000001".into() })
    }
    async fn update(&self, _: &MessageRef, _: &Message) -> Result<(), Trouble> {
        Ok(())
    }
    async fn find_posted(&self, _: &ChannelId, _: &str, _: Timestamp) -> Result<Option<MessageRef>, Trouble> {
        Ok(None)
    }
    async fn direct(&self, to: &UserId) -> Result<ChannelId, Trouble> {
        Ok(ChannelId(format!("D{to}")))
    }
    async fn create_channel(&self, name: &str) -> Result<ChannelId, Trouble> {
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
    async fn set_topic(&self, _: &ChannelId, _: &str) -> Result<(), Trouble> {
        Ok(())
    }
    async fn set_purpose(&self, _: &ChannelId, _: &str) -> Result<(), Trouble> {
        Ok(())
    }
    async fn bookmark(&self, _: &ChannelId, _: &str, _: &str, _: &str) -> Result<(), Trouble> {
        Ok(())
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
    async fn person(&self, user: &UserId) -> Result<Person, Trouble> {
        Ok(Person { name: user.to_string(), zone: Some("Europe/Berlin".into()), active: true, is_bot: false })
    }
    async fn message(&self, at: &MessageRef) -> Result<Option<ChatMessage>, Trouble> {
        Ok(Some(ChatMessage { author: Some("U1".into()), text: "words".into(), ts: at.ts.clone() }))
    }
    async fn open_view(&self, _: &str, _: &Value) -> Result<(), Trouble> {
        Ok(())
    }
    async fn push_view(&self, _: &str, _: &Value) -> Result<(), Trouble> {
        Ok(())
    }
    async fn update_view(&self, _: &str, _: Option<&str>, _: &Value) -> Result<(), Trouble> {
        Ok(())
    }
    async fn publish_home(&self, _: &UserId, _: &Value) -> Result<(), Trouble> {
        Ok(())
    }
    async fn respond(&self, _: &str, _: &Message) -> Result<(), Trouble> {
        Ok(())
    }
    async fn whisper(&self, _: &ChannelId, _: &UserId, _: &Message) -> Result<(), Trouble> {
        Ok(())
    }
    async fn identity(&self) -> Result<Identity, Trouble> {
        let team = String::from("T1");
        Ok(Identity { team: team.clone(), team_name: team, user: "UBOT".into(), scopes: Vec::new(), server_time: None })
    }
}
