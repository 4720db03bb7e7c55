//! Opsgenie's own words: <https://docs.opsgenie.com/docs/api-overview>. What is not looked at is left out.

use jiff::Timestamp;
use serde::Deserialize;

use crate::paging::schedule::Day;

#[derive(Debug, Deserialize)]
pub struct Schedule {
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
pub struct Rotation {
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
pub enum Length {
    Hourly,
    Daily,
    Weekly,
}

/// Whoever takes part in something: `user`, `team`, `escalation`, `schedule`, `none` …
#[derive(Debug, Deserialize)]
pub struct Recipient {
    #[serde(rename = "type")]
    pub kind: String,
    pub id: Option<String>,
    pub name: Option<String>,
    /// A user's e-mail address.
    pub username: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Restriction {
    TimeOfDay { restriction: OfDay },
    WeekdayAndTimeOfDay { restrictions: Vec<OfWeek> },
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OfDay {
    pub start_hour: i64,
    #[serde(default)]
    pub start_min: i64,
    pub end_hour: i64,
    #[serde(default)]
    pub end_min: i64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OfWeek {
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
pub enum Weekday {
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
        match self {
            Self::Monday => Day::Mon,
            Self::Tuesday => Day::Tue,
            Self::Wednesday => Day::Wed,
            Self::Thursday => Day::Thu,
            Self::Friday => Day::Fri,
            Self::Saturday => Day::Sat,
            Self::Sunday => Day::Sun,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Override {
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
pub struct Parent {
    pub id: String,
    #[serde(default)]
    pub name: String,
}

#[derive(Debug, Deserialize)]
pub struct Named {
    #[serde(default)]
    pub name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Timeline {
    #[serde(rename = "_parent", alias = "parent")]
    pub parent: Option<Parent>,
    pub final_timeline: Turns,
}

#[derive(Debug, Deserialize)]
pub struct Turns {
    #[serde(default)]
    pub rotations: Vec<OfRotation>,
}

#[derive(Debug, Deserialize)]
pub struct OfRotation {
    #[serde(default)]
    pub periods: Vec<Period>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Period {
    pub start_date: Timestamp,
    pub end_date: Timestamp,
    pub recipient: Option<Recipient>,
}

#[derive(Debug, Deserialize)]
pub struct Escalation {
    pub id: String,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub rules: Vec<Rule>,
    pub repeat: Option<Repeat>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
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
pub enum Delay {
    Minutes(u32),
    #[serde(rename_all = "camelCase")]
    Amount {
        time_amount: u32,
        #[serde(default)]
        time_unit: Unit,
    },
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    Days,
    Hours,
    #[default]
    Minutes,
    Seconds,
    #[serde(other)]
    Less,
}

impl Delay {
    /// In seconds, and at least one where it is less.
    pub fn seconds(&self) -> u64 {
        match *self {
            Self::Minutes(n) | Self::Amount { time_amount: n, time_unit: Unit::Minutes } => u64::from(n) * 60,
            Self::Amount { time_amount: n, time_unit: Unit::Days } => u64::from(n) * 86_400,
            Self::Amount { time_amount: n, time_unit: Unit::Hours } => u64::from(n) * 3600,
            Self::Amount { time_amount: n, time_unit: Unit::Seconds } => n.into(),
            Self::Amount { time_amount: n, time_unit: Unit::Less } => u64::from(n > 0),
        }
    }

    /// In minutes, and at least one where it is less.
    pub fn minutes(&self) -> u32 {
        u32::try_from(self.seconds().div_ceil(60)).unwrap_or(u32::MAX)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Repeat {
    pub wait_interval: Option<u32>,
    pub count: Option<u32>,
    pub reset_recipient_states: Option<bool>,
    pub close_alert_after_all: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    pub id: String,
    pub username: String,
    #[serde(default)]
    pub full_name: String,
}

/// `…/schedules/{id}/on-calls?flat=false`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OnCalls {
    #[serde(default)]
    pub on_call_participants: Vec<Participant>,
}

/// `…/schedules/{id}/next-on-calls?flat=false`: Opsgenie calls them recipients, Jira Service Management participants.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NextOnCalls {
    /// Whoever comes at the very next handover.
    pub exact_next_on_call_recipients: Option<Vec<Participant>>,
    /// Whoever comes next in each rotation.
    pub next_on_call_recipients: Option<Vec<Participant>>,
    pub next_on_call_participants: Option<Vec<Participant>>,
}

impl NextOnCalls {
    /// Those of the very next handover, where it tells them; none where it tells nothing that is known here.
    pub fn participants(self) -> Option<Vec<Participant>> {
        let exact = self.exact_next_on_call_recipients;
        let all = self.next_on_call_recipients.or(self.next_on_call_participants);
        match exact {
            Some(exact) if !exact.is_empty() => Some(exact),
            exact => all.or(exact),
        }
    }
}

/// Somebody, or something that stands for others: `user`, `team`, `escalation`, `rotation`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Participant {
    #[serde(rename = "type")]
    pub kind: String,
    pub id: Option<String>,
    /// Of a user of Opsgenie the e-mail address.
    pub name: Option<String>,
    /// Of an escalation: minutes until they are asked.
    #[serde(default)]
    pub escalation_time: u32,
    #[serde(default, alias = "nextOnCallParticipants")]
    pub on_call_participants: Vec<Participant>,
}

/// `…/alerts/{alias}?identifierType=alias`.
#[derive(Debug, Deserialize)]
pub struct Alert {
    /// Its own id, not our key.
    pub id: String,
    /// `open` or `closed`.
    pub status: String,
    #[serde(default)]
    pub acknowledged: bool,
    #[serde(default)]
    pub owner: Option<String>,
    #[serde(default)]
    pub report: Option<Report>,
}

/// `…/alerts/requests/{id}`, which is not there before the request is done.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestStatus {
    pub is_success: Option<bool>,
    /// In words.
    pub status: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub acknowledged_by: Option<String>,
}
