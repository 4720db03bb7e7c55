//! What people are told of customers' reports: those who can attach them to an incident, and whoever reported.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Engine, Refusal};
use crate::{
    ids::UserId,
    incident::{
        Actor,
        case::{Report, Source},
    },
    store::{Commit, Finish, Job, Json, NewJob, OnPending, Queue, ReadError},
};

/// What the lanes of this work begin with.
const LANES: &str = "report/";
/// What the timers of reports begin with.
const TIMERS: &str = "timer/report/";
/// What is reported in an incident's room is attached in the next moment, and need not be announced.
const ATTACHED_WITHIN: SignedDuration = SignedDuration::from_secs(5);

/// The body of an outbox entry about a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Telling {
    /// Version of this shape.
    pub v: u8,
    /// Which report.
    pub report: u64,
    /// What of it.
    pub what: Told,
}

/// What is told of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// It came and belongs to no incident: to the incidents channel; kept up to date.
    Came,
    /// Nobody has acknowledged it in time: there too; kept up to date.
    Overdue,
    /// Somebody looks at it: to the one who reported it.
    Acknowledged(UserId),
}

/// The body of a report's timer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Waits {
    v: u8,
    report: u64,
}

/// Is this the lane of work about a report, and not about an incident?
pub fn is_of_report(lane: &str) -> bool {
    lane.starts_with(LANES)
}

/// Is this a report's timer?
pub(super) fn is_timer(key: &str) -> bool {
    key.starts_with(TIMERS)
}

fn tell(report: u64, what: Told, due: Timestamp) -> NewJob {
    let (lane, key, on_pending) = match &what {
        Told::Came => ("desk", format!("report/{report}"), OnPending::Replace),
        Told::Overdue => ("desk", format!("report/{report}/overdue"), OnPending::Replace),
        Told::Acknowledged(to) => (to.as_str(), format!("report/{report}/told/{to}"), OnPending::Keep),
    };
    let queue = Queue::Lane(format!("{LANES}{lane}"));
    NewJob { key, queue, due, on_pending, body: Json::of(&Telling { v: 1, report, what }) }
}

fn timer(report: u64, due: Timestamp) -> NewJob {
    let (key, on_pending) = (format!("{TIMERS}{report}"), OnPending::Replace);
    NewJob { key, queue: Queue::Timer, due, on_pending, body: Json::of(&Waits { v: 1, report }) }
}

impl Engine {
    fn has_desk(&self) -> bool {
        self.settings().announce_channel.is_some()
    }

    /// For a report that came in.
    pub(super) fn of_new_report(&self, report: u64, due: Timestamp, now: Timestamp) -> Vec<NewJob> {
        if !self.has_desk() {
            return Vec::new();
        }
        let soon = now.saturating_add(ATTACHED_WITHIN).unwrap_or(now);
        vec![tell(report, Told::Came, soon), timer(report, due)]
    }

    /// For a report that changed: what was announced of it is kept up to date.
    pub(super) fn of_changed_report(&self, report: u64, now: Timestamp) -> Vec<NewJob> {
        if !self.has_desk() {
            return Vec::new();
        }
        [Told::Came, Told::Overdue].map(|what| tell(report, what, now)).to_vec()
    }

    /// For a report that belongs to no incident again.
    pub(super) fn of_freed_report(&self, report: u64, due: Timestamp) -> Option<NewJob> {
        self.has_desk().then(|| timer(report, due))
    }

    /// A report's timer is due: where nobody looks at it, and it belongs to no incident that would say so, people hear of it.
    pub(super) async fn ring_report(&self, job: &Job, finish: Finish) -> Result<(), Refusal> {
        let waits: Waits = job
            .body
            .read()
            .map_err(|e| Refusal::Closed(format!("timer `{}` was written by another release: {e}", job.key)))?;
        let (at, report) = (self.clock.now(), self.report(waits.report).await?);
        let late = report.is_some_and(|report| report.is_free() && report.is_overdue(at));
        let enqueue = if late {
            vec![tell(waits.report, Told::Overdue, at), tell(waits.report, Told::Came, at)]
        } else {
            Vec::new()
        };
        let commit = Commit { enqueue, finish: vec![finish], at: Some(at), ..Commit::default() };
        self.store.commit(commit).await.map_err(|e| Refusal::Closed(e.to_string()))
    }

    /// A report, for what is told of it.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn report_to_tell(&self, telling: &Telling) -> Result<Option<Report>, ReadError> {
        self.report(telling.report).await
    }
}

/// Whoever reported it hears that somebody looks at it, unless they do so themselves.
pub(super) fn of_acknowledged(report: &Report, by: &Actor, now: Timestamp) -> Option<NewJob> {
    match &report.source {
        Source::Person(who) if by.person() != Some(who) => {
            Some(tell(report.number, Told::Acknowledged(who.clone()), now))
        }
        Source::Person(_) | Source::Hook(_) => None,
    }
}
