//! Opsgenie's own words: <https://docs.opsgenie.com/docs/api-overview>. What is not looked at is left out.

use jiff::Timestamp;
use serde::Deserialize;

use crate::paging::{import::window::DAYS, schedule::Day};

#[derive(Debug, Deserialize)]
pub(super) struct Schedule {
    pub id: String,
    #[serde(default)]
    pub name: String,
    pub timezone: Option<String>,
    pub enabled: Option<bool>,
    /// Only with `expand=rotation`.
    pub rotations: Option<Vec<Rotation>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rotation {
    #[serde(default)]
    pub name: String,
    pub start_date: Timestamp,
    pub end_date: Option<Timestamp>,
    #[serde(rename = "type")]
    pub kind: Length,
    pub length: Option<u16>,
    #[serde(default)]
    pub participants: Vec<Recipient>,
    pub time_restriction: Option<Restriction>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Length {
    Hourly,
    Daily,
    Weekly,
}

/// Whoever takes part in something: `user`, `team`, `escalation`, `schedule`, `none` …
#[derive(Debug, Deserialize)]
pub(super) struct Recipient {
    #[serde(rename = "type")]
    pub kind: String,
    pub id: Option<String>,
    pub name: Option<String>,
    /// A user's e-mail address.
    pub username: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub(super) enum Restriction {
    TimeOfDay { restriction: OfDay },
    WeekdayAndTimeOfDay { restrictions: Vec<OfWeek> },
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OfDay {
    pub start_hour: i64,
    #[serde(default)]
    pub start_min: i64,
    pub end_hour: i64,
    #[serde(default)]
    pub end_min: i64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OfWeek {
    pub start_day: Weekday,
    pub start_hour: i64,
    #[serde(default)]
    pub start_min: i64,
    pub end_day: Weekday,
    pub end_hour: i64,
    #[serde(default)]
    pub end_min: i64,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    pub const fn day(self) -> Day {
        DAYS[self as usize]
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Override {
    #[serde(rename = "_parent", alias = "parent")]
    pub parent: Option<Parent>,
    pub user: Recipient,
    pub start_date: Timestamp,
    pub end_date: Timestamp,
    /// None: of all of them.
    #[serde(default)]
    pub rotations: Vec<Named>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Parent {
    pub id: String,
    #[serde(default)]
    pub name: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Named {
    #[serde(default)]
    pub name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Timeline {
    #[serde(rename = "_parent", alias = "parent")]
    pub parent: Option<Parent>,
    pub final_timeline: Turns,
}

#[derive(Debug, Deserialize)]
pub(super) struct Turns {
    #[serde(default)]
    pub rotations: Vec<OfRotation>,
}

#[derive(Debug, Deserialize)]
pub(super) struct OfRotation {
    #[serde(default)]
    pub periods: Vec<Period>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Period {
    pub start_date: Timestamp,
    pub end_date: Timestamp,
    pub recipient: Option<Recipient>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Escalation {
    pub id: String,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub rules: Vec<Rule>,
    pub repeat: Option<Repeat>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rule {
    #[serde(default)]
    pub condition: String,
    #[serde(default)]
    pub notify_type: String,
    /// From the beginning of the alert.
    pub delay: Delay,
    pub recipient: Recipient,
}

/// With its unit; or in minutes.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Delay {
    Minutes(u32),
    #[serde(rename_all = "camelCase")]
    Amount {
        time_amount: u32,
        time_unit: Option<String>,
    },
}

impl Delay {
    /// In minutes, and at least one where it is less.
    pub fn minutes(&self) -> u32 {
        match self {
            Self::Minutes(minutes) => *minutes,
            Self::Amount { time_amount: n, time_unit } => match time_unit.as_deref().unwrap_or("minutes") {
                "days" => n.saturating_mul(24 * 60),
                "hours" => n.saturating_mul(60),
                "minutes" => *n,
                "seconds" => n.div_ceil(60),
                _ => u32::from(*n > 0),
            },
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Repeat {
    pub wait_interval: Option<u32>,
    pub count: Option<u32>,
    pub reset_recipient_states: Option<bool>,
    pub close_alert_after_all: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct User {
    pub id: String,
    pub username: String,
    #[serde(default)]
    pub full_name: String,
}
