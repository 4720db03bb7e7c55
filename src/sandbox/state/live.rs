//! The page's view of the workspace: what each person sees of it, live.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Author, Channel, Kind, Message, Notice, View, Workspace};

impl Workspace {
    /// How many messages this person has not read, and how many of them call for them.
    pub fn unread(&self, channel: &Channel, viewer: &str) -> (usize, usize) {
        if !channel.members.contains(viewer) {
            return (0, 0);
        }
        let read = channel.read.get(viewer).map_or("", String::as_str);
        let news = channel.messages.iter().rev().take_while(|m| m.ts.as_str() > read).filter(|m| {
            let in_channel = m.draft.thread_ts.is_none() || m.draft.broadcast;
            in_channel && m.author.user() != viewer && m.draft.subtype.is_none()
        });
        let (mut unread, mut mentions) = (0, 0);
        for message in news {
            unread += 1;
            mentions += usize::from(channel.kind == Kind::Im || self.calls_for(&message.draft.text, viewer));
        }
        (unread, mentions)
    }

    fn calls_for(&self, text: &str, viewer: &str) -> bool {
        text.contains(&format!("<@{viewer}"))
            || ["<!channel", "<!here", "<!everyone"].iter().any(|call| text.contains(call))
            || self
                .groups
                .values()
                .any(|g| g.users.iter().any(|u| u == viewer) && text.contains(&format!("<!subteam^{}", g.id)))
    }

    /// Marks everything in a channel as read.
    pub fn mark_read(&mut self, channel: &str, viewer: &str) {
        let Some(at) = self.channels.get_mut(channel) else { return };
        if let Some(last) = at.messages.last().map(|m| m.ts.clone()) {
            at.read.insert(viewer.to_owned(), last);
            self.notice(Notice::Unread(channel.to_owned()));
        }
    }

    /// A message as the page shows it.
    pub fn message_page(&self, channel: &Channel, message: &Message, ephemeral: bool, replies: usize) -> Value {
        let draft = &message.draft;
        let (who, value) = match &message.author {
            Author::User(id) => ("user", json!(id)),
            Author::Bot { name } => ("bot", json!(name.as_ref().unwrap_or(&self.app_name))),
        };
        let mut shown = json!({
            "ts": message.ts, "text": draft.text, "blocks": draft.blocks, "attachments": draft.attachments,
            "edited": message.edited.as_ref().map(|(_, ts)| ts), "thread_ts": draft.thread_ts,
            "reply_count": replies, "reactions": message.reactions,
            "ephemeral": ephemeral, "pinned": channel.pins.iter().any(|p| p.ts == message.ts),
            "deleted": message.tombstone, "subtype": draft.subtype, "broadcast": draft.broadcast,
        });
        shown[who] = value;
        shown
    }

    /// Everything in a channel, or in one thread, that this person sees, in order.
    pub fn messages_page(&self, channel: &Channel, viewer: &str, thread: Option<&str>) -> Vec<Value> {
        let belongs = |m: &Message| match thread {
            Some(parent) => m.ts == parent || m.draft.thread_ts.as_deref() == Some(parent),
            None => m.draft.thread_ts.as_ref().is_none_or(|parent| *parent == m.ts) || m.draft.broadcast,
        };
        let said = channel.messages.iter().map(|m| (m, false));
        let whispered = self.ephemerals.iter().filter(|e| e.channel == channel.id && e.user == viewer);
        let mut all: Vec<(&Message, bool)> =
            said.chain(whispered.map(|e| (&e.message, true))).filter(|(m, _)| belongs(m)).collect();
        all.sort_by(|a, b| a.0.ts.cmp(&b.0.ts));
        let mut replies: BTreeMap<&str, usize> = BTreeMap::new();
        for parent in channel.messages.iter().filter_map(|m| m.draft.thread_ts.as_deref().filter(|t| *t != m.ts)) {
            *replies.entry(parent).or_default() += 1;
        }
        let count = |m: &Message| replies.get(m.ts.as_str()).copied().unwrap_or_default();
        all.into_iter().map(|(m, ephemeral)| self.message_page(channel, m, ephemeral, count(m))).collect()
    }

    /// The modal on top of this person's stack.
    pub fn top_view(&self, user: &str) -> Option<&View> {
        self.stacks.get(user)?.last().and_then(|id| self.views.get(id))
    }

    /// This person's App Home.
    pub fn home_view(&self, user: &str) -> Option<&View> {
        self.homes.get(user).and_then(|id| self.views.get(id))
    }

    /// A notice as one viewer's page is sent it; nothing where it is none of their business.
    pub fn render_notice(&self, notice: &Notice, viewer: &str) -> Option<(&'static str, Value)> {
        let seen = |id: &String| self.channels.get(id).filter(|c| c.visible_to(viewer));
        match notice {
            Notice::Message { channel, ts } => {
                let at = seen(channel)?;
                let whispered = || self.ephemerals.iter().find(|e| e.message.ts == *ts && e.user == viewer);
                let message = match at.message(ts) {
                    Ok(message) => self.message_page(at, message, false, at.replies(ts).count()),
                    Err(_) => self.message_page(at, &whispered()?.message, true, 0),
                };
                Some(("message", json!({ "channel": channel, "message": message })))
            }
            Notice::MessageRemoved { channel, ts } => {
                seen(channel)?;
                Some(("message_removed", json!({ "channel": channel, "ts": ts })))
            }
            Notice::Channel(id) => Some(("channel", self.channel_page(seen(id)?, viewer))),
            Notice::Channels => Some(("channels", json!({}))),
            Notice::Unread(id) => {
                let (unread, mentions) = self.unread(seen(id)?, viewer);
                Some(("unread", json!({ "channel": id, "unread": unread, "mentions": mentions })))
            }
            Notice::View(user) | Notice::ViewLoading(user) if user == viewer => {
                let depth = self.stacks.get(user).map_or(0, Vec::len);
                let loading = matches!(notice, Notice::ViewLoading(_));
                let view = self.top_view(user).map(View::json);
                Some(("view", json!({ "view": view, "stack_depth": depth, "loading": loading })))
            }
            Notice::Home(user) if user == viewer => {
                Some(("home", json!({ "view": self.home_view(user).map(View::json) })))
            }
            Notice::Toast { user, text, level } if user == viewer => {
                Some(("toast", json!({ "text": text, "level": level })))
            }
            Notice::Arrival(id) => {
                let arrival = self.arrivals.iter().find(|arrival| arrival.id == *id)?;
                Some(("arrival", arrival.page(self.now)))
            }
            Notice::Clock => Some(("clock", json!({ "now": self.now.as_millisecond() }))),
            Notice::View(_) | Notice::ViewLoading(_) | Notice::Home(_) | Notice::Toast { .. } => None,
        }
    }
}
