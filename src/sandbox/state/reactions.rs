//! Reactions, pins and bookmarks.

use serde_json::json;

use super::{Bookmark, Notice, Pin, Reaction, Workspace};
use crate::sandbox::Refusal;

impl Workspace {
    /// Puts an emoji on a message.
    pub fn react(&mut self, channel: &str, ts: &str, user: &str, name: &str) -> Result<(), Refusal> {
        let message = self.channel_mut(channel)?.message_mut(ts)?;
        let author = message.author.user().to_owned();
        match message.reactions.iter_mut().find(|r| r.name == name) {
            Some(reaction) if reaction.users.iter().any(|u| u == user) => return Err("already_reacted".into()),
            Some(reaction) => reaction.users.push(user.to_owned()),
            None => message.reactions.push(Reaction { name: name.to_owned(), users: vec![user.to_owned()] }),
        }
        self.tell_reaction("reaction_added", channel, ts, user, name, &author);
        Ok(())
    }

    /// Takes it off again.
    pub fn unreact(&mut self, channel: &str, ts: &str, user: &str, name: &str) -> Result<(), Refusal> {
        let message = self.channel_mut(channel)?.message_mut(ts)?;
        let author = message.author.user().to_owned();
        let reaction = message.reactions.iter_mut().find(|r| r.name == name).ok_or(Refusal::from("no_reaction"))?;
        let before = reaction.users.len();
        reaction.users.retain(|u| u != user);
        if reaction.users.len() == before {
            return Err("no_reaction".into());
        }
        message.reactions.retain(|r| !r.users.is_empty());
        self.tell_reaction("reaction_removed", channel, ts, user, name, &author);
        Ok(())
    }

    fn tell_reaction(&mut self, event: &str, channel: &str, ts: &str, user: &str, name: &str, author: &str) {
        let event_ts = self.fresh_ts();
        let body = json!({
            "type": event, "user": user, "reaction": name, "item_user": author, "event_ts": event_ts,
            "item": { "type": "message", "channel": channel, "ts": ts },
        });
        self.emit(event, Some(channel), body);
        self.notice(Notice::Message { channel: channel.to_owned(), ts: ts.to_owned() });
    }

    /// Pins a message.
    pub fn pin(&mut self, channel: &str, ts: &str, by: &str) -> Result<(), Refusal> {
        let at = self.now.as_second();
        let room = self.channel_mut(channel)?;
        room.message(ts)?;
        if room.pins.iter().any(|p| p.ts == ts) {
            return Err("already_pinned".into());
        }
        if room.pins.len() >= 100 {
            return Err("too_many_pins".into());
        }
        room.pins.insert(0, Pin { ts: ts.to_owned(), by: by.to_owned(), at });
        self.tell_pin("pin_added", channel, ts, by)
    }

    /// Unpins it.
    pub fn unpin(&mut self, channel: &str, ts: &str, by: &str) -> Result<(), Refusal> {
        let room = self.channel_mut(channel)?;
        room.message(ts)?;
        let before = room.pins.len();
        room.pins.retain(|p| p.ts != ts);
        if room.pins.len() == before {
            return Err("no_pin".into());
        }
        self.tell_pin("pin_removed", channel, ts, by)
    }

    fn tell_pin(&mut self, event: &str, channel: &str, ts: &str, by: &str) -> Result<(), Refusal> {
        let room = self.channel(channel)?;
        let message = room.message_json(room.message(ts)?, false);
        let created = self.now.as_second();
        let link = self.permalink(channel, ts, None);
        let has_pins = !room.pins.is_empty();
        let mut item =
            json!({ "type": "message", "channel": channel, "created": created, "created_by": by, "message": message });
        item["message"]["permalink"] = json!(link);
        let mut body =
            json!({ "type": event, "user": by, "channel_id": channel, "item": item, "event_ts": self.fresh_ts() });
        if event == "pin_removed" {
            body["has_pins"] = json!(has_pins);
        }
        self.emit(event, Some(channel), body);
        self.notice(Notice::Message { channel: channel.to_owned(), ts: ts.to_owned() });
        self.notice(Notice::Channel(channel.to_owned()));
        Ok(())
    }

    /// Adds a link to the top of a channel.
    pub fn bookmark(
        &mut self,
        channel: &str,
        title: &str,
        link: &str,
        emoji: Option<&str>,
    ) -> Result<Bookmark, Refusal> {
        let (id, now) = (self.fresh("Bk"), self.now.as_second());
        let bookmark = Bookmark {
            id,
            title: title.to_owned(),
            link: link.to_owned(),
            emoji: emoji.map(str::to_owned),
            created: now,
            updated: 0,
        };
        let room = self.channel_mut(channel)?;
        if room.bookmarks.len() >= 100 {
            return Err("too_many_bookmarks".into());
        }
        room.bookmarks.push(bookmark.clone());
        self.notice(Notice::Channel(channel.to_owned()));
        Ok(bookmark)
    }
}
