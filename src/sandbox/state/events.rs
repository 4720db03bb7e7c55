//! What the bot and the open pages are told.

use serde_json::Value;

use super::{BOT_USER, Workspace};

/// Something an open page has to show. Rendered for each viewer when it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A message is new or changed; ephemeral ones too.
    Message {
        /// Where.
        channel: String,
        /// Which.
        ts: String,
    },
    /// A message is gone.
    MessageRemoved {
        /// Where.
        channel: String,
        /// Which.
        ts: String,
    },
    /// A channel's own data changed.
    Channel(String),
    /// The list of channels changed.
    Channels,
    /// Unread counts of a channel changed.
    Unread(String),
    /// This person's modals changed.
    View(String),
    /// This person's modal waits for the bot.
    ViewLoading(String),
    /// This person's App Home changed.
    Home(String),
    /// A word to one person that no message carries.
    Toast {
        /// To whom.
        user: String,
        /// What.
        text: String,
        /// `info` or `error`.
        level: &'static str,
    },
    /// Something arrived on a telephone, or a call stands elsewhere.
    Arrival(String),
    /// The clock was moved.
    Clock,
}

/// Something that happened, to be passed on.
#[derive(Clone, Debug, PartialEq)]
pub enum Happening {
    /// For the bot: the inner event of an `event_callback`.
    Event(Value),
    /// For the pages.
    Page(Notice),
}

impl Workspace {
    /// Tells the bot, if its manifest subscribes and, for something in a channel, the bot is in it.
    pub(super) fn emit(&mut self, subscription: &str, channel: Option<&str>, event: Value) {
        let present = channel.and_then(|id| self.channels.get(id)).is_none_or(|c| c.members.contains(BOT_USER));
        if present && self.events.contains(subscription) {
            self.happened.push(Happening::Event(event));
        }
    }

    /// Tells the bot something that belongs to no channel.
    pub fn tell_bot(&mut self, subscription: &str, event: Value) {
        self.emit(subscription, None, event);
    }

    /// Tells the pages.
    pub fn notice(&mut self, notice: Notice) {
        let happening = Happening::Page(notice);
        if !self.happened.contains(&happening) {
            self.happened.push(happening);
        }
    }

    /// A word to one person.
    pub fn toast(&mut self, user: &str, text: impl Into<String>, level: &'static str) {
        self.notice(Notice::Toast { user: user.to_owned(), text: text.into(), level });
    }
}
