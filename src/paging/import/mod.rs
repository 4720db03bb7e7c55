//! Schedules and policies of another provider, read from what its API answers, as ours. Pure.
//!
//! ```text
//! answers (JSON) ─► what each holds ─► the provider's own words ─► draft: our schedules, policies, and what was lost
//!                                                                    └─ compared with what the provider rendered itself
//! ```
//!
//! # Time
//!
//! Providers give instants, or local times, and count shifts in seconds or by the calendar; ours are in local time of the
//! schedule's zone (see [`schedule`](super::schedule)). A length that is whole days or weeks is taken as such, so that a handover
//! stays at its hour when the clocks change. What is over by now is left out.
//!
//! # What is lost
//!
//! Nothing is left out silently: each thing that could not be carried over, or means something else here, is a [`Left`]. Where
//! the export has the provider's own rendering of a schedule, ours is held against it from now on.

mod compare;
mod draft;
mod grafana;
mod lost;
mod opsgenie;
mod pagerduty;
mod people;
mod repeat;
mod source;
mod window;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::Timestamp;

pub use compare::Checked;
pub use lost::{Asks, Left, Lost, Of, Unreadable, Why};
pub use people::{Met, is_placeholder};
pub use source::Source;

use self::draft::Draft;
use super::{
    Policy,
    schedule::{Schedule, Zone},
};
use crate::ids::UserId;

/// Whose answers they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// PagerDuty's REST API, v2 and v3 schedules.
    PagerDuty,
    /// Opsgenie's REST API.
    Opsgenie,
    /// Grafana OnCall's HTTP API.
    Grafana,
}

/// What is known beside the answers.
#[derive(Clone, Copy, Debug)]
pub struct Beside<'a> {
    /// People in Slack by e-mail address in lower case. They go before those that the provider knows.
    pub people: &'a BTreeMap<String, UserId>,
    /// Whose clocks local times are of where the export does not say.
    pub zone: &'a Zone,
    /// What is over by now is left out.
    pub now: Timestamp,
}

/// What became of an export.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// Its schedules.
    pub schedules: Vec<Schedule>,
    /// Its escalation policies.
    pub policies: Vec<Policy>,
    /// Everyone named in them, as they are written there.
    pub people: BTreeMap<UserId, Met>,
    /// What could not be carried over, or means something else here.
    pub left: Vec<Left>,
    /// How schedules compare with the provider's own rendering of them.
    pub checked: Vec<Checked>,
}

/// Reads all answers together: they refer to one another.
///
/// # Errors
/// What is no answer of this provider, all of it.
pub fn read(provider: Provider, sources: &[Source], beside: &Beside<'_>) -> Result<Imported, Vec<Unreadable>> {
    let draft = Draft::new(beside);
    let read = match provider {
        Provider::PagerDuty => pagerduty::read(sources, draft),
        Provider::Opsgenie => opsgenie::read(sources, draft),
        Provider::Grafana => grafana::read(sources, draft),
    }?;
    if read.schedules.is_empty() && read.policies.is_empty() && read.left.is_empty() {
        return Err(vec![Unreadable { file: String::new(), why: Why::Nothing }]);
    }
    Ok(read)
}
