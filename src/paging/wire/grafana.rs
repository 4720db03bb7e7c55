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
    /// Users by id.
    pub on_call_now: Option<Vec<String>>,
}

/// A page of a list.
#[derive(Debug, Deserialize)]
pub struct Part {
    /// Of the whole list.
    pub count: usize,
    pub next: Option<String>,
    pub results: Vec<serde_json::Value>,
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
    #[serde(default, deserialize_with = "one_or_several")]
    pub slack: Vec<InSlack>,
}

/// Its documents have a list, and its answers one.
fn one_or_several<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Vec<InSlack>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Known {
        Several(Vec<InSlack>),
        One(InSlack),
    }
    Ok(match Option::deserialize(d)? {
        None => Vec::new(),
        Some(Known::Several(all)) => all,
        Some(Known::One(one)) => vec![one],
    })
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

/// One of `GET /integrations`.
#[derive(Debug, Deserialize)]
pub struct Integration {
    pub default_route: Option<Route>,
}

#[derive(Debug, Deserialize)]
pub struct Route {
    pub escalation_chain_id: Option<String>,
}

/// One of `GET /alerts`.
#[derive(Debug, Deserialize)]
pub struct Alert {
    #[serde(rename = "alert_group_id")]
    pub group: String,
    pub created_at: Timestamp,
    /// As it came.
    #[serde(default)]
    pub payload: serde_json::Value,
}

/// `GET /alert_groups/{id}`.
#[derive(Debug, Deserialize)]
pub struct AlertGroup {
    pub id: String,
    pub state: State,
    /// A user's id; none where a program did it.
    pub acknowledged_by: Option<String>,
    pub acknowledged_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    #[serde(alias = "new")]
    Firing,
    Acknowledged,
    Silenced,
    Resolved,
}
