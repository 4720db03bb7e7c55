//! A chat that does as it is told, and remembers.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
};

use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::Semaphore;

use crate::{
    ids::{ChannelId, GroupId, UserId},
    incident::MessageRef,
    ports::{Chat, ChatMessage, Identity, OwnChannel, Person, Trouble},
    render::Message,
};

/// What happens to a call instead of what should.
#[derive(Debug, Clone)]
pub enum Fate {
    /// Nothing is done.
    Before(Trouble),
    /// It is done, and the answer is lost.
    After(Trouble),
    /// It waits for a permit first.
    Held(Arc<Semaphore>),
    /// The bot falls over its own feet.
    Panic,
}

#[derive(Debug, Clone)]
pub struct Post {
    pub at: MessageRef,
    pub key: String,
    pub text: String,
}

#[derive(Debug, Default)]
struct State {
    calls: Vec<String>,
    posts: Vec<Post>,
    channels: Vec<OwnChannel>,
    /// Fates by the beginning of the call, each used once.
    once: HashMap<String, VecDeque<Fate>>,
    /// Fates by the beginning of the call that stay until they are taken away.
    always: HashMap<String, Fate>,
    clock: u64,
}

#[derive(Debug, Default)]
pub struct FakeChat {
    state: Mutex<State>,
}

impl FakeChat {
    /// The next call that begins like this meets this fate.
    pub fn once(&self, call: &str, fate: Fate) {
        self.state.lock().unwrap().once.entry(call.to_owned()).or_default().push_back(fate);
    }

    /// Every call that begins like this meets this trouble, until there is none.
    pub fn always(&self, call: &str, trouble: Option<Trouble>) {
        let mut state = self.state.lock().unwrap();
        match trouble {
            Some(trouble) => drop(state.always.insert(call.to_owned(), Fate::Before(trouble))),
            None => drop(state.always.remove(call)),
        }
    }

    /// A channel that was there before.
    pub fn channel(&self, name: &str, ours: bool, purpose: &str) -> ChannelId {
        let id = ChannelId(format!("C-{name}"));
        let channel = OwnChannel { id: id.clone(), name: name.into(), ours, purpose: purpose.into() };
        self.state.lock().unwrap().channels.push(channel);
        id
    }

    pub fn channels(&self) -> Vec<OwnChannel> {
        self.state.lock().unwrap().channels.clone()
    }

    /// Someone deletes it.
    pub fn delete(&self, key: &str) {
        self.state.lock().unwrap().posts.retain(|p| p.key != key);
    }

    pub fn calls(&self) -> Vec<String> {
        self.state.lock().unwrap().calls.clone()
    }

    pub fn count(&self, call: &str) -> usize {
        self.calls().iter().filter(|c| c.starts_with(call)).count()
    }

    /// Messages whose key begins like this.
    pub fn posts(&self, key: &str) -> Vec<Post> {
        self.state.lock().unwrap().posts.iter().filter(|p| p.key.starts_with(key)).cloned().collect()
    }

    /// Notes the call, and lets it meet its fate. What comes back is to be answered after it was done.
    async fn meet(&self, call: String) -> Result<Option<Trouble>, Trouble> {
        let fate = {
            let mut state = self.state.lock().unwrap();
            let once = state.once.iter_mut().find(|(c, fates)| call.starts_with(*c) && !fates.is_empty());
            let fate = match once {
                Some((_, fates)) => fates.pop_front(),
                None => state.always.iter().find(|(c, _)| call.starts_with(*c)).map(|(_, fate)| fate.clone()),
            };
            state.calls.push(call);
            fate
        };
        match fate {
            None => Ok(None),
            Some(Fate::Before(trouble)) => Err(trouble),
            Some(Fate::After(trouble)) => Ok(Some(trouble)),
            Some(Fate::Held(permits)) => {
                permits.acquire().await.expect("open").forget();
                Ok(None)
            }
            Some(Fate::Panic) => panic!("a fault, on purpose"),
        }
    }
}

fn answer<T>(done: T, lost: Option<Trouble>) -> Result<T, Trouble> {
    lost.map_or(Ok(done), Err)
}

#[async_trait::async_trait]
impl Chat for FakeChat {
    async fn post(&self, to: &ChannelId, message: &Message, key: &str) -> Result<MessageRef, Trouble> {
        let lost = self.meet(format!("post {to} {key}")).await?;
        let mut state = self.state.lock().unwrap();
        state.clock += 1;
        let at = MessageRef { channel: to.clone(), ts: format!("{}.000000", state.clock).into() };
        state.posts.push(Post { at: at.clone(), key: key.into(), text: message.text.clone() });
        answer(at, lost)
    }

    async fn reply(&self, under: &MessageRef, message: &Message, key: &str) -> Result<MessageRef, Trouble> {
        self.post(&under.channel, message, key).await
    }

    async fn find_reply(&self, under: &MessageRef, key: &str, since: Timestamp) -> Result<Option<MessageRef>, Trouble> {
        self.find_posted(&under.channel, key, since).await
    }

    async fn whisper_under(&self, under: &MessageRef, user: &UserId, message: &Message) -> Result<(), Trouble> {
        self.whisper(&under.channel, user, message).await
    }

    async fn update(&self, at: &MessageRef, message: &Message) -> Result<(), Trouble> {
        let lost = self.meet(format!("update {}/{}", at.channel, at.ts)).await?;
        let mut state = self.state.lock().unwrap();
        let post = state.posts.iter_mut().find(|p| p.at == *at);
        post.ok_or_else(|| Trouble::Refused("message_not_found".into()))?.text.clone_from(&message.text);
        answer((), lost)
    }

    async fn find_posted(&self, to: &ChannelId, key: &str, _: Timestamp) -> Result<Option<MessageRef>, Trouble> {
        let lost = self.meet(format!("find {to} {key}")).await?;
        let posts = self.posts(key).into_iter().find(|p| p.key == key && p.at.channel == *to);
        answer(posts.map(|p| p.at), lost)
    }

    async fn direct(&self, to: &UserId) -> Result<ChannelId, Trouble> {
        let lost = self.meet(format!("direct {to}")).await?;
        answer(ChannelId(format!("D-{to}")), lost)
    }

    async fn create_channel(&self, name: &str, private: bool) -> Result<ChannelId, Trouble> {
        let lost = self.meet(format!("create {}{name}", if private { "private " } else { "" })).await?;
        if self.channels().iter().any(|c| c.name == name) {
            return Err(Trouble::Refused("name_taken".into()));
        }
        answer(self.channel(name, true, ""), lost)
    }

    async fn own_channels(&self, prefix: &str) -> Result<Vec<OwnChannel>, Trouble> {
        let lost = self.meet(format!("own {prefix}")).await?;
        answer(self.channels().into_iter().filter(|c| c.name.starts_with(prefix)).collect(), lost)
    }

    async fn channel_named(&self, name: &str) -> Result<Option<ChannelId>, Trouble> {
        let lost = self.meet(format!("named {name}")).await?;
        answer(self.channels().into_iter().find(|c| c.name == name).map(|c| c.id), lost)
    }

    async fn join(&self, channel: &ChannelId) -> Result<(), Trouble> {
        let lost = self.meet(format!("join {channel}")).await?;
        answer((), lost)
    }

    async fn invite(&self, channel: &ChannelId, people: &[UserId]) -> Result<Vec<UserId>, Trouble> {
        let lost = self.meet(format!("invite {channel}")).await?;
        answer(people.iter().filter(|p| p.as_str() == "U-guest").cloned().collect(), lost)
    }

    async fn rename_channel(&self, channel: &ChannelId, name: &str) -> Result<(), Trouble> {
        let lost = self.meet(format!("rename {channel} {name}")).await?;
        answer((), lost)
    }

    async fn kick(&self, channel: &ChannelId, person: &UserId) -> Result<(), Trouble> {
        let lost = self.meet(format!("kick {channel} {person}")).await?;
        answer((), lost)
    }

    async fn is_member(&self, _: &ChannelId, _: &UserId) -> Result<bool, Trouble> {
        Ok(false)
    }

    async fn set_topic(&self, channel: &ChannelId, _: &str) -> Result<(), Trouble> {
        let lost = self.meet(format!("topic {channel}")).await?;
        answer((), lost)
    }

    async fn set_purpose(&self, channel: &ChannelId, purpose: &str) -> Result<(), Trouble> {
        let lost = self.meet(format!("purpose {channel}")).await?;
        let mut state = self.state.lock().unwrap();
        let channel = state.channels.iter_mut().find(|c| c.id == *channel);
        channel.ok_or_else(|| Trouble::Refused("channel_not_found".into()))?.purpose = purpose.into();
        answer((), lost)
    }

    async fn bookmark(&self, channel: &ChannelId, _: &str, link: &str, _: &str) -> Result<(), Trouble> {
        let lost = self.meet(format!("bookmark {channel} {link}")).await?;
        answer((), lost)
    }

    async fn pin(&self, at: &MessageRef) -> Result<(), Trouble> {
        let lost = self.meet(format!("pin {}/{}", at.channel, at.ts)).await?;
        answer((), lost)
    }

    async fn archive(&self, channel: &ChannelId) -> Result<(), Trouble> {
        let lost = self.meet(format!("archive {channel}")).await?;
        answer((), lost)
    }

    async fn group_members(&self, group: &GroupId) -> Result<Vec<UserId>, Trouble> {
        let lost = self.meet(format!("group {group}")).await?;
        answer(Vec::new(), lost)
    }

    async fn set_group_members(&self, group: &GroupId, people: &[UserId]) -> Result<(), Trouble> {
        let lost = self.meet(format!("group {group} = {people:?}")).await?;
        answer((), lost)
    }

    async fn person(&self, user: &UserId) -> Result<Person, Trouble> {
        let lost = self.meet(format!("person {user}")).await?;
        answer(Person { name: user.0.clone(), zone: None, active: true, is_bot: false, is_outside: false }, lost)
    }

    async fn person_of_email(&self, _: &str) -> Result<Option<UserId>, Trouble> {
        Ok(None)
    }

    async fn message(&self, at: &MessageRef) -> Result<Option<ChatMessage>, Trouble> {
        let lost = self.meet(format!("message {}/{}", at.channel, at.ts)).await?;
        answer(None, lost)
    }

    async fn open_view(&self, _: &str, _: &Value) -> Result<(), Trouble> {
        self.meet("open_view".into()).await.map(drop)
    }

    async fn permalink(&self, at: &MessageRef) -> Result<Option<String>, Trouble> {
        self.meet(format!("permalink {}", at.channel)).await?;
        Ok(None)
    }

    async fn push_view(&self, _: &str, _: &Value) -> Result<(), Trouble> {
        self.meet("push_view".into()).await.map(drop)
    }

    async fn update_view(&self, _: &str, _: Option<&str>, _: &Value) -> Result<(), Trouble> {
        self.meet("update_view".into()).await.map(drop)
    }

    async fn publish_home(&self, _: &UserId, _: &Value) -> Result<(), Trouble> {
        self.meet("publish_home".into()).await.map(drop)
    }

    async fn respond(&self, _: &str, _: &Message) -> Result<(), Trouble> {
        self.meet("respond".into()).await.map(drop)
    }

    async fn replace(&self, _: &str, _: &Message) -> Result<(), Trouble> {
        self.meet("replace".into()).await.map(drop)
    }

    async fn whisper(&self, _: &ChannelId, _: &UserId, _: &Message) -> Result<(), Trouble> {
        self.meet("whisper".into()).await.map(drop)
    }

    async fn identity(&self) -> Result<Identity, Trouble> {
        self.meet("identity".into()).await?;
        Ok(Identity {
            team: "T1".into(),
            team_name: "Team".into(),
            user: "U-bot".into(),
            scopes: Vec::new(),
            server_time: None,
        })
    }
}
