//! Channels: made, found, joined, dressed.

use std::collections::HashMap;

use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::{
    SlackChat,
    calls::{Turn, Twice, needed, next_cursor, text},
};
use crate::{
    ids::{ChannelId, UserId},
    ports::{OwnChannel, Trouble},
};

/// How many channels are asked for at a time: the most that Slack gives.
const PAGE: &str = "999";
/// How many pages of our own channels are looked through.
const OWN_PAGES: usize = 50;
/// How many pages of a channel's people are looked at.
const MEMBER_PAGES: usize = 5;
/// How many people are invited at once: the most that Slack takes.
const INVITED: usize = 100;

/// Refusals that speak of the person who is invited, not of the channel.
const NOT_THIS_PERSON: [&str; 9] = [
    "cant_invite",
    "invitee_cant_see_channel",
    "no_user",
    "ura_max_channels",
    "user_disabled",
    "user_is_restricted",
    "user_is_ultra_restricted",
    "user_not_found",
    "users_not_found",
];

/// What is known of channels' names.
#[derive(Debug, Default)]
pub(super) struct Channels {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    names: HashMap<String, ChannelId>,
    /// Where a walk that was interrupted goes on; a walk of a large workspace runs into Slack's limit.
    cursor: Option<String>,
}

impl SlackChat {
    pub(super) async fn named(&self, name: &str) -> Result<Option<ChannelId>, Trouble> {
        let mut known = self.channels.known.lock().await;
        loop {
            if let Some(id) = known.names.get(name) {
                return Ok(Some(id.clone()));
            }
            let mut arguments =
                vec![("types", "public_channel,private_channel"), ("exclude_archived", "true"), ("limit", PAGE)];
            let cursor = known.cursor.clone();
            if let Some(cursor) = &cursor {
                arguments.push(("cursor", cursor));
            }
            let answer = self.look("conversations.list", &arguments).await?;
            for channel in channels(&answer) {
                if let (Some(name), Some(id)) = (text(channel, "/name"), text(channel, "/id")) {
                    // Names are lower case and ids upper case: neither can be taken for the other.
                    known.names.extend([name, id].map(|word| (word.to_owned(), id.into())));
                }
            }
            known.cursor = next_cursor(&answer);
            if known.cursor.is_none() {
                return Ok(known.names.get(name).cloned());
            }
        }
    }

    pub(super) async fn own(&self, prefix: &str) -> Result<Vec<OwnChannel>, Trouble> {
        let me = self.me().await?;
        let (mut found, mut cursor) = (Vec::new(), String::new());
        for _ in 0..OWN_PAGES {
            let mut arguments =
                vec![("types", "public_channel,private_channel"), ("exclude_archived", "true"), ("limit", PAGE)];
            if !cursor.is_empty() {
                arguments.push(("cursor", &cursor));
            }
            let answer = self.look("users.conversations", &arguments).await?;
            found.extend(channels(&answer).filter_map(|c| own_channel(c, &me)).filter(|c| c.name.starts_with(prefix)));
            match next_cursor(&answer) {
                Some(next) => cursor = next,
                None => break,
            }
        }
        Ok(found)
    }

    /// Is this person in the channel? Of a room with more people than anyone works with, the first so many are looked at.
    pub(super) async fn has_member(&self, channel: &ChannelId, person: &UserId) -> Result<bool, Trouble> {
        let mut cursor = String::new();
        for _ in 0..MEMBER_PAGES {
            let mut arguments = vec![("channel", channel.as_str()), ("limit", PAGE)];
            if !cursor.is_empty() {
                arguments.push(("cursor", &cursor));
            }
            let answer = self.look("conversations.members", &arguments).await?;
            let mut members = answer.get("members").and_then(Value::as_array).into_iter().flatten();
            if members.any(|member| member.as_str() == Some(person.as_str())) {
                return Ok(true);
            }
            match next_cursor(&answer) {
                Some(next) => cursor = next,
                None => break,
            }
        }
        Ok(false)
    }

    pub(super) async fn create(&self, name: &str, private: bool) -> Result<ChannelId, Trouble> {
        let body = json!({ "name": name, "is_private": private });
        let answer = self.call("conversations.create", &body, Twice::Double, Turn::Method).await?;
        needed(&answer, "/channel/id").map(ChannelId)
    }

    /// Calls a method that changes a channel; the refusal `so_already` says that there was nothing to change.
    pub(super) async fn change(&self, method: &str, body: Value, so_already: &str) -> Result<(), Trouble> {
        match self.call(method, &body, Twice::Harmless, Turn::Method).await {
            Err(Trouble::Refused(code)) if code == so_already => Ok(()),
            done => done.map(drop),
        }
    }

    pub(super) async fn invite_all(&self, channel: &ChannelId, people: &[UserId]) -> Result<Vec<UserId>, Trouble> {
        let mut left_out = Vec::new();
        for some in people.chunks(INVITED) {
            match self.invite_some(channel, some).await {
                Ok(not) => left_out.extend(not),
                // One of them spoils it for all: one by one, then.
                Err(Trouble::Refused(code)) if about_a_person(&code) && some.len() > 1 => {
                    for one in some {
                        left_out.extend(self.invite_one(channel, one).await?);
                    }
                }
                Err(Trouble::Refused(code)) if about_a_person(&code) => left_out.extend(not_in_yet(&code, some)),
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(left_out)
    }

    async fn invite_one(&self, channel: &ChannelId, person: &UserId) -> Result<Option<UserId>, Trouble> {
        let one = std::slice::from_ref(person);
        match self.invite_some(channel, one).await {
            Ok(not) => Ok(not.into_iter().next()),
            Err(Trouble::Refused(code)) if about_a_person(&code) => Ok(not_in_yet(&code, one).into_iter().next()),
            Err(trouble) => Err(trouble),
        }
    }

    async fn invite_some(&self, channel: &ChannelId, people: &[UserId]) -> Result<Vec<UserId>, Trouble> {
        let users = people.iter().map(UserId::as_str).collect::<Vec<_>>().join(",");
        let body = json!({ "channel": channel, "users": users, "force": true });
        let answer = self.call("conversations.invite", &body, Twice::Harmless, Turn::Method).await?;
        let errors = answer.get("errors").and_then(Value::as_array).into_iter().flatten();
        let left_out = errors.filter(|e| !text(e, "/error").is_some_and(is_in));
        Ok(left_out.filter_map(|e| text(e, "/user")).map(UserId::from).collect())
    }

    pub(super) async fn add_bookmark(
        &self,
        channel: &ChannelId,
        title: &str,
        link: &str,
        emoji: &str,
    ) -> Result<(), Trouble> {
        let listed = self.look("bookmarks.list", &[("channel_id", channel.as_str())]).await?;
        let mut there = listed.get("bookmarks").and_then(Value::as_array).into_iter().flatten();
        if there.any(|b| text(b, "/link") == Some(link)) {
            return Ok(());
        }
        let body = json!({ "channel_id": channel, "title": title, "type": "link", "link": link, "emoji": emoji });
        self.call("bookmarks.add", &body, Twice::Double, Turn::Method).await.map(drop)
    }
}

fn is_in(code: &str) -> bool {
    matches!(code, "already_in_channel" | "cant_invite_self")
}

fn about_a_person(code: &str) -> bool {
    is_in(code) || NOT_THIS_PERSON.contains(&code)
}

fn not_in_yet(code: &str, people: &[UserId]) -> Vec<UserId> {
    if is_in(code) { Vec::new() } else { people.to_vec() }
}

fn channels(answer: &Value) -> impl Iterator<Item = &Value> {
    answer.get("channels").and_then(Value::as_array).into_iter().flatten()
}

fn own_channel(channel: &Value, me: &UserId) -> Option<OwnChannel> {
    Some(OwnChannel {
        id: text(channel, "/id")?.into(),
        name: text(channel, "/name")?.to_owned(),
        ours: text(channel, "/creator") == Some(me.as_str()),
        purpose: text(channel, "/purpose/value").unwrap_or_default().to_owned(),
    })
}
