//! Grafana OnCall's own words: <https://grafana.com/docs/oncall/latest/oncall-api-reference/>. What is not looked at is left out.

use jiff::Timestamp;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub struct Schedule {
    pub id: String,
    #[serde(default)]
    pub name: String,
    pub time_zone: Option<String>,
    #[serde(default, deserialize_with = "or_none")]
    pub shifts: Vec<String>,
    pub ical_url_primary: Option<String>,
    pub ical_url_overrides: Option<String>,
}

/// A list, or `null`.
fn or_none<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(d: D) -> Result<Vec<T>, D::Error> {
    Option::deserialize(d).map(Option::unwrap_or_default)
}

#[derive(Debug, Deserialize)]
pub struct Shift {
    pub id: String,
    #[serde(default)]
    pub name: String,
    /// `rolling_users`, `recurrent_event`, `single_event`, `override`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Local.
    pub start: String,
    /// In seconds.
    pub duration: i64,
    /// Local.
    pub rotation_start: Option<String>,
    /// Local.
    pub until: Option<String>,
    pub time_zone: Option<String>,
    pub level: Option<i64>,
    pub frequency: Option<String>,
    pub interval: Option<u16>,
    pub week_start: Option<String>,
    #[serde(default, deserialize_with = "or_none")]
    pub by_day: Vec<String>,
    #[serde(default, deserialize_with = "or_none")]
    pub by_month: Vec<serde_json::Value>,
    #[serde(default, deserialize_with = "or_none")]
    pub by_monthday: Vec<serde_json::Value>,
    #[serde(default, deserialize_with = "or_none")]
    pub users: Vec<String>,
    #[serde(default, deserialize_with = "or_none")]
    pub rolling_users: Vec<Vec<String>>,
    pub start_rotation_from_user_index: Option<usize>,
}

#[derive(Debug, Deserialize)]
pub struct FinalShift {
    pub user_pk: String,
    pub user_email: Option<String>,
    pub shift_start: Timestamp,
    pub shift_end: Timestamp,
}

#[derive(Debug, Deserialize)]
pub struct User {
    pub id: String,
    #[serde(default)]
    pub username: String,
    pub email: Option<String>,
    pub slack: Option<Vec<InSlack>>,
}

#[derive(Debug, Deserialize)]
pub struct InSlack {
    pub user_id: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Group {
    pub id: String,
    pub slack: Option<GroupInSlack>,
}

#[derive(Debug, Deserialize)]
pub struct GroupInSlack {
    pub id: String,
}

#[derive(Debug, Deserialize)]
pub struct Chain {
    pub id: String,
    #[serde(default)]
    pub name: String,
}

#[derive(Debug, Deserialize)]
pub struct Step {
    pub id: String,
    pub escalation_chain_id: String,
    #[serde(default)]
    pub position: i64,
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    /// Of a wait, in seconds.
    pub duration: Option<u32>,
    pub important: Option<bool>,
    #[serde(default, deserialize_with = "or_none")]
    pub persons_to_notify: Vec<String>,
    #[serde(default, deserialize_with = "or_none")]
    pub persons_to_notify_next_each_time: Vec<String>,
    pub notify_on_call_from_schedule: Option<String>,
    #[serde(default, deserialize_with = "or_none")]
    pub groups_to_notify: Vec<String>,
    /// `09:00:00Z`.
    pub notify_if_time_from: Option<String>,
    pub notify_if_time_to: Option<String>,
}
