//! PagerDuty's own words: <https://developer.pagerduty.com/api-reference/>. What is not looked at is left out.

use jiff::{Timestamp, civil::Time};
use serde::Deserialize;

/// `GET /schedules/{id}`.
#[derive(Debug, Deserialize)]
pub(super) struct Schedule {
    pub id: String,
    pub name: Option<String>,
    pub time_zone: Option<String>,
    /// Not in lists.
    #[serde(rename = "schedule_layers")]
    pub layers: Option<Vec<Layer>>,
    pub overrides_subschedule: Option<Sub>,
    #[serde(rename = "final_schedule")]
    pub rendered: Option<Sub>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Layer {
    #[serde(default)]
    pub name: Option<String>,
    pub start: Timestamp,
    pub end: Option<Timestamp>,
    pub rotation_virtual_start: Option<Timestamp>,
    pub rotation_turn_length_seconds: i64,
    #[serde(default)]
    pub users: Vec<Turn>,
    #[serde(default)]
    pub restrictions: Option<Vec<Restriction>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Turn {
    pub user: Option<Reference>,
}

/// Anything that is named by its id.
#[derive(Debug, Deserialize)]
pub(super) struct Reference {
    pub id: String,
    #[serde(default, rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub summary: Option<String>,
}

impl Reference {
    pub fn name(&self) -> &str {
        self.summary.as_deref().unwrap_or_default()
    }
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Restriction {
    DailyRestriction {
        start_time_of_day: Time,
        duration_seconds: i64,
    },
    WeeklyRestriction {
        start_time_of_day: Time,
        /// Monday is 1.
        start_day_of_week: i64,
        duration_seconds: i64,
    },
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Sub {
    #[serde(default)]
    pub rendered_schedule_entries: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Entry {
    pub start: Timestamp,
    pub end: Timestamp,
    pub user: Option<Reference>,
}

/// `GET /v3/schedules/{id}`.
#[derive(Debug, Deserialize)]
pub(super) struct ShiftSchedule {
    pub id: String,
    pub name: Option<String>,
    pub time_zone: Option<String>,
    #[serde(default)]
    pub rotations: Option<Vec<Rotation>>,
    pub final_schedule: Option<Computed>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Rotation {
    #[serde(default)]
    pub events: Vec<Event>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Event {
    #[serde(default)]
    pub name: String,
    pub start_time: Zoned,
    pub end_time: Zoned,
    pub effective_since: Timestamp,
    pub effective_until: Option<Timestamp>,
    #[serde(default)]
    pub recurrence: Vec<String>,
    pub assignment_strategy: Strategy,
}

#[derive(Debug, Deserialize)]
pub(super) struct Zoned {
    pub date_time: String,
    pub time_zone: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type")]
pub(super) enum Strategy {
    #[serde(rename = "rotating_member_assignment_strategy")]
    Rotating {
        #[serde(default)]
        shifts_per_member: Option<u16>,
        members: Vec<Member>,
    },
    #[serde(rename = "every_member_assignment_strategy")]
    Every { members: Vec<Member> },
}

#[derive(Debug, Deserialize)]
pub(super) struct Member {
    /// None: the place is meant to be empty.
    pub user_id: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Computed {
    #[serde(default)]
    pub computed_shift_assignments: Vec<Assignment>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Assignment {
    pub start_time: Timestamp,
    pub end_time: Timestamp,
    pub member: Member,
    pub source: Option<ShiftSource>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ShiftSource {
    #[serde(rename = "type")]
    pub kind: String,
}

/// One of `GET /escalation_policies`.
#[derive(Debug, Deserialize)]
pub(super) struct Policy {
    pub id: String,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub num_loops: u32,
    #[serde(default)]
    pub escalation_rules: Vec<Rule>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Rule {
    pub escalation_delay_in_minutes: u32,
    #[serde(default)]
    pub targets: Vec<Reference>,
    pub escalation_rule_assignment_strategy: Option<Assigned>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Assigned {
    #[serde(rename = "type")]
    pub kind: String,
}

/// One of `GET /users`.
#[derive(Debug, Deserialize)]
pub(super) struct User {
    pub id: String,
    #[serde(default)]
    pub name: String,
    pub email: Option<String>,
}
