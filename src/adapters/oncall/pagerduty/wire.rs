//! PagerDuty's own words: <https://developer.pagerduty.com/api-reference/>. What is not looked at is left out.

use jiff::Timestamp;
use serde::Deserialize;

use crate::ports::PersonThere;

/// Anything that is named by its id. A user comes whole where that was asked for.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Reference {
    pub id: String,
    #[serde(default)]
    pub summary: Option<String>,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub email: Option<String>,
}

impl From<Reference> for PersonThere {
    fn from(user: Reference) -> Self {
        let name = user.name.or(user.summary).unwrap_or_else(|| user.id.clone());
        Self { id: user.id, name, email: user.email.map(|email| email.to_lowercase()) }
    }
}

/// One of `GET /oncalls`.
#[derive(Debug, Deserialize)]
pub(super) struct OnCall {
    pub user: Reference,
    pub escalation_level: u32,
    /// None: ever.
    pub start: Option<Timestamp>,
    /// None: for ever.
    pub end: Option<Timestamp>,
}

/// `GET /services/{id}`.
#[derive(Debug, Deserialize)]
pub(super) struct ServiceAnswer {
    pub service: Service,
}

#[derive(Debug, Deserialize)]
pub(super) struct Service {
    pub escalation_policy: Reference,
}

/// `GET /users/{id}`.
#[derive(Debug, Deserialize)]
pub(super) struct UserAnswer {
    pub user: Reference,
}

/// `GET /v3/schedules/{id}`.
#[derive(Debug, Deserialize)]
pub(super) struct ShiftsAnswer {
    pub schedule: ShiftSchedule,
}

#[derive(Debug, Deserialize)]
pub(super) struct ShiftSchedule {
    pub final_schedule: Computed,
}

#[derive(Debug, Deserialize)]
pub(super) struct Computed {
    pub computed_shift_assignments: Vec<Assignment>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Assignment {
    pub start_time: Timestamp,
    pub end_time: Timestamp,
    pub member: Member,
}

#[derive(Debug, Deserialize)]
pub(super) struct Member {
    /// None: the place is empty.
    pub user_id: Option<String>,
}

/// `GET /schedules/{id}`.
#[derive(Debug, Deserialize)]
pub(super) struct LayersAnswer {
    pub schedule: LayeredSchedule,
}

#[derive(Debug, Deserialize)]
pub(super) struct LayeredSchedule {
    pub final_schedule: Rendered,
}

#[derive(Debug, Deserialize)]
pub(super) struct Rendered {
    pub rendered_schedule_entries: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Entry {
    pub start: Timestamp,
    pub end: Timestamp,
    pub user: Option<Reference>,
}

/// One of `GET /incidents`.
#[derive(Debug, Deserialize)]
pub(super) struct Incident {
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
pub(super) enum Status {
    Triggered,
    Acknowledged,
    Resolved,
}

#[derive(Debug, Deserialize)]
pub(super) struct Assigned {
    pub assignee: Reference,
}

#[derive(Debug, Deserialize)]
pub(super) struct Acknowledged {
    pub at: Timestamp,
    pub acknowledger: Reference,
}
