//! Channels and direct messages.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{BOT_USER, Message, TEAM};
use crate::sandbox::Refusal;

/// What sort of conversation it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Anyone may see and join.
    Public,
    /// Only members know of it.
    Private,
    /// Two people, or one and the bot.
    Im,
}

impl Kind {
    /// `channels`, `groups` or `im`: the family in scopes and event names.
    pub const fn family(self) -> &'static str {
        match self {
            Self::Public => "channels",
            Self::Private => "groups",
            Self::Im => "im",
        }
    }

    /// `channel`, `group` or `im`: `channel_type` in events.
    pub const fn channel_type(self) -> &'static str {
        match self {
            Self::Public => "channel",
            Self::Private => "group",
            Self::Im => "im",
        }
    }
}

/// A pinned message.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pin {
    /// Which message.
    pub ts: String,
    /// Who pinned it.
    pub by: String,
    /// Unix seconds.
    pub at: i64,
}

/// A link at the top of a channel.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Bookmark {
    /// `Bk…`.
    pub id: String,
    /// What people read.
    pub title: String,
    /// Where it leads.
    pub link: String,
    /// `:name:`.
    pub emoji: Option<String>,
    /// Unix seconds.
    pub created: i64,
    /// Unix seconds.
    pub updated: i64,
}

/// A conversation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Channel {
    /// `C…` or `D…`.
    pub id: String,
    /// Empty for direct messages.
    pub name: String,
    /// What sort.
    pub kind: Kind,
    /// Who made it.
    pub creator: String,
    /// When.
    pub created: Timestamp,
    /// Who is in it.
    pub members: BTreeSet<String>,
    /// Closed for good, or until someone unarchives it.
    pub archived: bool,
    /// Text, who set it, Unix seconds.
    pub topic: (String, String, i64),
    /// Text, who set it, Unix seconds.
    pub purpose: (String, String, i64),
    /// Oldest first.
    pub messages: Vec<Message>,
    /// Newest first.
    pub pins: Vec<Pin>,
    /// In the order they were added.
    pub bookmarks: Vec<Bookmark>,
    /// The last message each person has read.
    pub read: BTreeMap<String, String>,
    /// Names it had.
    pub previous_names: Vec<String>,
}

impl Channel {
    /// An empty one.
    pub fn new(id: &str, name: &str, kind: Kind, members: BTreeSet<String>, creator: &str, now: Timestamp) -> Self {
        let nothing = (String::new(), String::new(), 0);
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            kind,
            creator: creator.to_owned(),
            created: now,
            members,
            archived: false,
            topic: nothing.clone(),
            purpose: nothing,
            messages: Vec::new(),
            pins: Vec::new(),
            bookmarks: Vec::new(),
            read: BTreeMap::new(),
            previous_names: Vec::new(),
        }
    }

    /// Whether this person may see it at all.
    pub fn visible_to(&self, user: &str) -> bool {
        self.kind == Kind::Public || self.members.contains(user)
    }

    /// The other one in a direct message.
    pub fn im_partner(&self, me: &str) -> Option<&str> {
        (self.kind == Kind::Im)
            .then(|| self.members.iter().find(|m| *m != me).or(self.members.first()).map(String::as_str))?
    }

    /// A message that exists.
    pub fn message(&self, ts: &str) -> Result<&Message, Refusal> {
        self.position(ts).map(|at| &self.messages[at])
    }

    /// A message that exists, to change it.
    pub fn message_mut(&mut self, ts: &str) -> Result<&mut Message, Refusal> {
        self.position(ts).map(|at| &mut self.messages[at])
    }

    /// Messages stand in the order of their stamps, which are all of one length.
    fn position(&self, ts: &str) -> Result<usize, Refusal> {
        self.messages.binary_search_by(|m| m.ts.as_str().cmp(ts)).map_err(|_| "message_not_found".into())
    }

    /// As `conversations.info` shows it to the bot.
    pub fn json(&self, with_count: bool) -> Value {
        if self.kind == Kind::Im {
            return json!({
                "id": self.id, "created": self.created.as_second(), "is_im": true, "is_org_shared": false,
                "is_archived": self.archived, "user": self.im_partner(BOT_USER), "is_user_deleted": false,
                "priority": 0, "context_team_id": TEAM, "updated": self.created.as_millisecond(),
            });
        }
        let public = self.kind == Kind::Public;
        let block = |(value, creator, at): &(String, String, i64)| json!({ "value": value, "creator": creator, "last_set": at });
        let mut channel = json!({
            "id": self.id, "name": self.name, "name_normalized": self.name, "is_channel": public,
            "is_group": false, "is_im": false, "is_mpim": false, "is_private": !public,
            "is_archived": self.archived, "is_general": self.is_general(), "is_member": self.members.contains(BOT_USER),
            "is_shared": false, "is_org_shared": false, "is_ext_shared": false, "is_pending_ext_shared": false,
            "pending_shared": [], "shared_team_ids": [TEAM], "unlinked": 0, "context_team_id": TEAM,
            "created": self.created.as_second(), "creator": self.creator, "updated": self.created.as_millisecond(),
            "topic": block(&self.topic), "purpose": block(&self.purpose), "previous_names": self.previous_names,
        });
        if with_count {
            channel["num_members"] = json!(self.members.len());
        }
        channel
    }

    /// The channel everyone is in and nobody can archive.
    pub fn is_general(&self) -> bool {
        self.id == "C0GENERAL"
    }
}

/// Why Slack refuses a channel's name, if it does.
pub fn channel_name_error(name: &str) -> Option<&'static str> {
    let allowed = |c: char| c.is_alphanumeric() && !c.is_uppercase() || matches!(c, '-' | '_');
    if name.is_empty() {
        Some("invalid_name_required")
    } else if name.chars().count() > 80 {
        Some("invalid_name_maxlength")
    } else if !name.chars().all(allowed) {
        Some("invalid_name_specials")
    } else if name.chars().all(|c| matches!(c, '-' | '_')) {
        Some("invalid_name_punctuation")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::channel_name_error;

    #[test]
    fn names_are_as_slack_wants_them() {
        assert_eq!(channel_name_error("inc-1-checkout_down"), None);
        assert_eq!(channel_name_error(&"a".repeat(80)), None);
        for (name, error) in [
            ("", "invalid_name_required"),
            ("Inc", "invalid_name_specials"),
            ("a b", "invalid_name_specials"),
            ("a.b", "invalid_name_specials"),
            ("--_", "invalid_name_punctuation"),
        ] {
            assert_eq!(channel_name_error(name), Some(error), "{name}");
        }
        assert_eq!(channel_name_error(&"a".repeat(81)), Some("invalid_name_maxlength"));
    }
}
