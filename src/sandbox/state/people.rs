//! People and user groups.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::TEAM;

/// Someone in the workspace, or the bot.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct User {
    /// `U…`.
    pub id: String,
    /// What people type after `@`.
    pub name: String,
    /// First and last name.
    pub real_name: String,
    /// What they do.
    pub title: String,
    /// IANA name of their time zone.
    pub tz: String,
    /// Their colour in the page, six hex digits.
    pub color: String,
    /// Deactivated.
    pub deleted: bool,
    /// The app's bot user.
    pub is_bot: bool,
    /// A guest, who is in single channels only.
    #[serde(default)]
    pub is_guest: bool,
}

impl User {
    /// As `users.info` shows it.
    pub fn json(&self, now: jiff::Timestamp, with_email: bool) -> Value {
        let offset = jiff::tz::TimeZone::get(&self.tz).map_or(0, |tz| tz.to_offset(now).seconds());
        let mut user = json!({
            "id": self.id, "team_id": TEAM, "name": self.name, "deleted": self.deleted, "color": self.color,
            "real_name": self.real_name, "is_bot": self.is_bot, "is_app_user": false, "updated": now.as_second(),
            "profile": {
                "title": self.title, "real_name": self.real_name, "real_name_normalized": self.real_name,
                "display_name": self.name, "display_name_normalized": self.name, "team": TEAM,
                "first_name": self.real_name.split(' ').next().unwrap_or_default(),
                "last_name": self.real_name.split(' ').next_back().unwrap_or_default(),
            },
        });
        if with_email && !self.is_bot {
            user["profile"]["email"] = json!(self.email());
        }
        // Slack leaves these out for people who left.
        if !self.deleted {
            user["tz"] = json!(self.tz);
            user["tz_label"] = json!(self.tz);
            user["tz_offset"] = json!(offset);
            for flag in ["is_admin", "is_owner", "is_primary_owner", "is_restricted", "is_ultra_restricted"] {
                user[flag] = json!(false);
            }
            user["is_restricted"] = json!(self.is_guest);
        }
        user
    }

    /// Their address; nobody reads it.
    pub fn email(&self) -> String {
        format!("{}@example.com", self.name)
    }

    /// As the page wants it.
    pub fn page(&self) -> Value {
        json!({
            "id": self.id, "name": self.name, "real_name": self.real_name, "tz": self.tz, "title": self.title,
            "deleted": self.deleted, "is_bot": self.is_bot, "color": self.color,
        })
    }
}

/// A user group.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Group {
    /// `S…`.
    pub id: String,
    /// What people type after `@`.
    pub handle: String,
    /// Its long name.
    pub name: String,
    /// Members by id.
    pub users: Vec<String>,
    /// No longer in use.
    pub disabled: bool,
}

impl Group {
    /// As `usergroups.list` shows it.
    pub fn json(&self, with_users: bool, with_count: bool) -> Value {
        let mut group = json!({
            "id": self.id, "team_id": TEAM, "is_usergroup": true, "is_subteam": true, "name": self.name,
            "description": "", "handle": self.handle, "is_external": false, "auto_type": null,
            "date_delete": i64::from(self.disabled),
            "prefs": { "channels": [], "groups": [] },
        });
        if with_users {
            group["users"] = json!(self.users);
        }
        if with_count {
            group["user_count"] = json!(self.users.len());
        }
        group
    }
}
