//! PagerDuty's own words: <https://developer.pagerduty.com/api-reference/>. What is not looked at is left out.

use jiff::{Timestamp, civil::Time};
use serde::Deserialize;

/// `GET /schedules/{id}`.
#[derive(Debug, Deserialize)]
pub struct Schedule {
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
pub struct Layer {
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
pub struct Turn {
    pub user: Option<Reference>,
}

/// Anything that is named by its id. A user comes whole where that was asked for.
#[derive(Clone, Debug, Deserialize)]
pub struct Reference {
    pub id: String,
    #[serde(default, rename = "type")]
    pub kind: String,
    pub summary: Option<String>,
    pub name: Option<String>,
    pub email: Option<String>,
}

impl Reference {
    pub fn name(&self) -> &str {
        self.name.as_deref().or(self.summary.as_deref()).unwrap_or_default()
    }
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Restriction {
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

#[derive(Debug, Deserialize)]
pub struct Sub {
    pub rendered_schedule_entries: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
pub struct Entry {
    pub start: Timestamp,
    pub end: Timestamp,
    pub user: Option<Reference>,
}

/// `GET /v3/schedules/{id}`.
#[derive(Debug, Deserialize)]
pub struct ShiftSchedule {
    pub id: String,
    pub name: Option<String>,
    pub time_zone: Option<String>,
    #[serde(default)]
    pub rotations: Option<Vec<Rotation>>,
    pub final_schedule: Option<Computed>,
}

#[derive(Debug, Deserialize)]
pub struct Rotation {
    #[serde(default)]
    pub events: Vec<Event>,
}

#[derive(Debug, Deserialize)]
pub struct Event {
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
pub struct Zoned {
    pub date_time: String,
    pub time_zone: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type")]
pub enum Strategy {
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
pub struct Member {
    /// None: the place is meant to be empty.
    pub user_id: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Computed {
    pub computed_shift_assignments: Option<Vec<Assignment>>,
}

#[derive(Debug, Deserialize)]
pub struct Assignment {
    pub start_time: Timestamp,
    pub end_time: Timestamp,
    pub member: Member,
    pub source: Option<ShiftSource>,
}

#[derive(Debug, Deserialize)]
pub struct ShiftSource {
    #[serde(rename = "type")]
    pub kind: String,
}

/// One of `GET /escalation_policies`.
#[derive(Debug, Deserialize)]
pub struct Policy {
    pub id: String,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub num_loops: u32,
    #[serde(default)]
    pub escalation_rules: Vec<Rule>,
}

#[derive(Debug, Deserialize)]
pub struct Rule {
    pub escalation_delay_in_minutes: u32,
    #[serde(default)]
    pub targets: Vec<Reference>,
    pub escalation_rule_assignment_strategy: Option<RuleStrategy>,
}

#[derive(Debug, Deserialize)]
pub struct RuleStrategy {
    #[serde(rename = "type")]
    pub kind: String,
}

/// One of `GET /users`.
#[derive(Debug, Deserialize)]
pub struct User {
    pub id: String,
    #[serde(default)]
    pub name: String,
    pub email: Option<String>,
}

/// One of `GET /oncalls`.
#[derive(Debug, Deserialize)]
pub struct OnCall {
    pub user: Reference,
    pub escalation_level: u32,
    /// None: ever.
    pub start: Option<Timestamp>,
    /// None: for ever.
    pub end: Option<Timestamp>,
}

/// `GET /services/{id}`.
#[derive(Debug, Deserialize)]
pub struct ServiceAnswer {
    pub service: Service,
}

#[derive(Debug, Deserialize)]
pub struct Service {
    pub escalation_policy: Reference,
}

/// `GET /users/{id}`.
#[derive(Debug, Deserialize)]
pub struct UserAnswer {
    pub user: Reference,
}

/// `GET /v3/schedules/{id}`.
#[derive(Debug, Deserialize)]
pub struct ShiftsAnswer {
    pub schedule: ShiftSchedule,
}

/// `GET /schedules/{id}`.
#[derive(Debug, Deserialize)]
pub struct LayersAnswer {
    pub schedule: Schedule,
}

/// One of `GET /incidents`.
#[derive(Debug, Deserialize)]
pub struct Incident {
    pub id: String,
    pub status: Status,
    pub service: Reference,
    #[serde(default)]
    pub assignments: Vec<Assigned>,
    #[serde(default)]
    pub acknowledgements: Vec<Acknowledged>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Triggered,
    Acknowledged,
    Resolved,
}

#[derive(Debug, Deserialize)]
pub struct Assigned {
    pub assignee: Reference,
}

#[derive(Debug, Deserialize)]
pub struct Acknowledged {
    pub at: Timestamp,
    pub acknowledger: Reference,
}
