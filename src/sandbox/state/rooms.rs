//! Opening, joining, leaving, renaming and closing channels.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Author, BOT_USER, Channel, Draft, Kind, Notice, TEAM, Workspace, channel_name_error};
use crate::sandbox::Refusal;

impl Workspace {
    /// Makes a channel with one member. Names of archived channels stay taken.
    pub fn create_channel(&mut self, by: &str, name: &str, private: bool) -> Result<String, Refusal> {
        self.free_name(name, None)?;
        let id = self.fresh("C");
        let kind = if private { Kind::Private } else { Kind::Public };
        let channel = Channel::new(&id, name, kind, BTreeSet::from([by.to_owned()]), by, self.now);
        self.channels.insert(id.clone(), channel);
        if !private {
            let event = json!({
                "type": "channel_created",
                "channel": { "id": id, "name": name, "created": self.now.as_second(), "creator": by },
            });
            self.emit("channel_created", None, event);
        }
        self.notice(Notice::Channels);
        self.system(&id, by, "channel_join", &format!("<@{by}> has joined the channel"))?;
        self.emit_member("member_joined_channel", &id, by, None);
        Ok(id)
    }

    fn free_name(&self, name: &str, except: Option<&str>) -> Result<(), Refusal> {
        if let Some(error) = channel_name_error(name) {
            return Err(error.into());
        }
        let taken =
            self.channels.values().any(|c| c.kind != Kind::Im && c.name == name && Some(c.id.as_str()) != except);
        if taken { Err("name_taken".into()) } else { Ok(()) }
    }

    /// The direct message between two, made where there was none.
    pub fn open_dm(&mut self, one: &str, other: &str) -> String {
        let members = BTreeSet::from([one.to_owned(), other.to_owned()]);
        if let Some(found) = self.channels.values().find(|c| c.kind == Kind::Im && c.members == members) {
            return found.id.clone();
        }
        let id = self.fresh("D");
        let channel = Channel::new(&id, "", Kind::Im, members, one, self.now);
        self.channels.insert(id.clone(), channel);
        self.notice(Notice::Channels);
        id
    }

    /// Adds a member; nothing happens if they are in already.
    pub fn join(&mut self, channel: &str, user: &str, inviter: Option<&str>) -> Result<(), Refusal> {
        if !self.channel_mut(channel)?.members.insert(user.to_owned()) {
            return Ok(());
        }
        self.system(channel, user, "channel_join", &format!("<@{user}> has joined the channel"))?;
        self.emit_member("member_joined_channel", channel, user, inviter);
        self.notice(Notice::Channels);
        Ok(())
    }

    /// Takes a member out, of their own will or not.
    pub fn leave(&mut self, channel: &str, user: &str) -> Result<(), Refusal> {
        if !self.channel(channel)?.members.contains(user) {
            return Err("not_in_channel".into());
        }
        self.system(channel, user, "channel_leave", &format!("<@{user}> has left the channel"))?;
        self.channel_mut(channel)?.members.remove(user);
        if user == BOT_USER {
            let kind = self.channel(channel)?.kind;
            let name = if kind == Kind::Private { "group_left" } else { "channel_left" };
            self.emit(name, None, json!({ "type": name, "channel": channel }));
        } else {
            self.emit_member("member_left_channel", channel, user, None);
        }
        self.notice(Notice::Channels);
        Ok(())
    }

    fn emit_member(&mut self, name: &str, channel: &str, user: &str, inviter: Option<&str>) {
        let Some(kind) = self.channels.get(channel).map(|c| c.kind) else { return };
        let letter = if kind == Kind::Private { "G" } else { "C" };
        let ts = self.fresh_ts();
        let mut event = json!({
            "type": name, "user": user, "channel": channel, "channel_type": letter, "team": TEAM, "event_ts": ts,
        });
        if let Some(inviter) = inviter {
            event["inviter"] = json!(inviter);
        }
        self.emit(name, Some(channel), event);
    }

    /// Gives a channel another name.
    pub fn rename(&mut self, channel: &str, by: &str, name: &str) -> Result<(), Refusal> {
        self.free_name(name, Some(channel))?;
        let now = self.now;
        let at = self.channel_mut(channel)?;
        let old = std::mem::replace(&mut at.name, name.to_owned());
        at.previous_names.insert(0, old.clone());
        let kind = at.kind;
        let text = format!("<@{by}> has renamed the channel from \"{old}\" to \"{name}\"");
        self.system(channel, by, "channel_name", &text)?;
        let event = event_name(kind, "rename");
        let body = json!({
            "type": event, "event_ts": self.fresh_ts(),
            "channel": { "id": channel, "name": name, "name_normalized": name, "created": now.as_second() },
        });
        self.emit(event, Some(channel), body);
        self.notice(Notice::Channel(channel.to_owned()));
        Ok(())
    }

    /// Closes a channel. Slack ejects every bot from it.
    pub fn archive(&mut self, channel: &str, by: &str) -> Result<(), Refusal> {
        let kind = self.channel(channel)?.kind;
        self.system(channel, by, "channel_archive", &format!("<@{by}> archived the channel"))?;
        let event = event_name(kind, "archive");
        let body = json!({ "type": event, "channel": channel, "user": by, "is_moved": 0, "event_ts": self.fresh_ts() });
        self.emit(event, Some(channel), body);
        let at = self.channel_mut(channel)?;
        at.archived = true;
        at.members.remove(BOT_USER);
        self.notice(Notice::Channels);
        Ok(())
    }

    /// Opens a closed channel again; the bot is not in it.
    pub fn unarchive(&mut self, channel: &str, by: &str) -> Result<(), Refusal> {
        let at = self.channel_mut(channel)?;
        at.archived = false;
        let kind = at.kind;
        if by == BOT_USER {
            at.members.insert(BOT_USER.to_owned());
        }
        self.system(channel, by, "channel_unarchive", &format!("<@{by}> un-archived the channel"))?;
        let event = event_name(kind, "unarchive");
        let body = json!({ "type": event, "channel": channel, "user": by, "event_ts": self.fresh_ts() });
        // The bot is told of public channels although it is no longer in them.
        let within = (kind == Kind::Private).then_some(channel);
        self.emit(event, within, body);
        self.notice(Notice::Channels);
        Ok(())
    }

    /// Sets the topic (`purpose`: the description) of a channel.
    pub fn set_topic(&mut self, channel: &str, by: &str, text: &str, purpose: bool) -> Result<(), Refusal> {
        let now = self.now.as_second();
        let at = self.channel_mut(channel)?;
        let slot = if purpose { &mut at.purpose } else { &mut at.topic };
        if slot.0 == text {
            return Ok(());
        }
        *slot = (text.to_owned(), by.to_owned(), now);
        // Slack calls the purpose a description wherever people read it.
        let (what, called) = if purpose { ("purpose", "description") } else { ("topic", "topic") };
        self.system(channel, by, &format!("channel_{what}"), &format!("<@{by}> set the channel {called}: {text}"))?;
        self.notice(Notice::Channel(channel.to_owned()));
        Ok(())
    }

    /// One of the lines Slack itself writes into a channel.
    fn system(&mut self, channel: &str, by: &str, subtype: &str, text: &str) -> Result<(), Refusal> {
        let author = if by == BOT_USER { Author::Bot { name: None } } else { Author::User(by.to_owned()) };
        let draft = Draft { text: text.to_owned(), subtype: Some(subtype.to_owned()), ..Draft::default() };
        self.post(channel, author, draft).map(drop)
    }

    /// An administrator removes the app: its token dies, and the bot is told.
    pub fn uninstall(&mut self) {
        self.tell_bot(
            "tokens_revoked",
            json!({ "type": "tokens_revoked", "tokens": { "oauth": [], "bot": [BOT_USER] } }),
        );
        self.tell_bot("app_uninstalled", json!({ "type": "app_uninstalled" }));
        self.installed = false;
    }

    /// Deactivates someone: they stay on old messages and in no channel.
    pub fn deactivate(&mut self, user: &str) -> Result<(), Refusal> {
        let person = self.users.get_mut(user).ok_or(Refusal::from("user_not_found"))?;
        person.deleted = true;
        let now = self.now;
        let event = json!({ "type": "user_change", "user": person.json(now, false), "event_ts": format!("{}", now.as_second()) });
        for channel in self.channels.values_mut().filter(|c| c.kind != Kind::Im) {
            channel.members.remove(user);
        }
        for group in self.groups.values_mut() {
            group.users.retain(|u| u != user);
        }
        self.emit("user_change", None, event);
        self.notice(Notice::Channels);
        Ok(())
    }

    /// A channel as the page shows it to one person.
    pub fn channel_page(&self, channel: &Channel, viewer: &str) -> Value {
        let (unread, mentions) = self.unread(channel, viewer);
        let bookmark = |b: &super::Bookmark| json!({ "title": b.title, "link": b.link, "emoji": b.emoji });
        let mut shown = json!({
            "id": channel.id, "name": channel.name, "kind": channel.kind, "is_member": channel.members.contains(viewer),
            "archived": channel.archived, "topic": channel.topic.0, "members": channel.members,
            "unread": unread, "mentions": mentions, "last_ts": channel.messages.last().map(|m| &m.ts),
            "pins": channel.pins.iter().map(|p| &p.ts).collect::<Vec<_>>(),
            "bookmarks": channel.bookmarks.iter().map(bookmark).collect::<Vec<_>>(), "creator": channel.creator,
        });
        if let Some(partner) = channel.im_partner(viewer) {
            shown["im_user"] = json!(partner);
            shown["name"] = json!(self.users.get(partner).map(|u| &u.name));
        }
        shown
    }
}

/// Public and private channels have event names of their own.
fn event_name(kind: Kind, what: &str) -> &'static str {
    match (kind, what) {
        (Kind::Private, "rename") => "group_rename",
        (Kind::Private, "archive") => "group_archive",
        (Kind::Private, _) => "group_unarchive",
        (_, "rename") => "channel_rename",
        (_, "archive") => "channel_archive",
        (..) => "channel_unarchive",
    }
}
