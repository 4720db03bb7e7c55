//! Which timers ring next. Pure.

use std::collections::{HashMap, HashSet, VecDeque};

use jiff::Timestamp;

use crate::store::Job;

/// How many timers ring at once.
const AT_ONCE: usize = 64;
/// How many that can be rung are looked for at once: a look costs more the more have rung just before.
const LOOK: usize = 1024;

/// Timers that are due or being rung, and those that could not be.
#[derive(Debug, Default)]
pub(super) struct Timers {
    /// When the earliest of those that are not known yet is due, as far as is known.
    pub next: Option<Timestamp>,
    /// Due, and not rung yet.
    waiting: VecDeque<Job>,
    busy: HashSet<String>,
    failed: HashMap<String, Failed>,
}

#[derive(Debug, Clone, Copy)]
struct Failed {
    until: Timestamp,
    tries: u32,
}

impl Timers {
    /// Is it time to look for timers that are due?
    pub fn to_look(&self, now: Timestamp) -> bool {
        self.waiting.is_empty() && self.next_wake().is_some_and(|at| at <= now)
    }

    /// How many due timers must be looked at to find those that can be rung behind those that cannot.
    pub fn to_look_at(&self) -> usize {
        LOOK + self.busy.len() + self.failed.len()
    }

    /// These are due. They come before all that is not urgent.
    pub fn found(&mut self, due: Vec<Job>, now: Timestamp) {
        let (busy, failed) = (&self.busy, &self.failed);
        let can = |job: &Job| !busy.contains(&job.key) && failed.get(&job.key).is_none_or(|failed| failed.until <= now);
        self.waiting = due.into_iter().filter(can).collect();
    }

    /// Do some wait that are due?
    pub fn are_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// The ones to ring now.
    pub fn take(&mut self) -> Vec<Job> {
        let room = AT_ONCE.saturating_sub(self.busy.len()).min(self.waiting.len());
        let taken: Vec<Job> = self.waiting.drain(..room).collect();
        self.busy.extend(taken.iter().map(|job| job.key.clone()));
        taken
    }

    /// It rang.
    pub fn rang(&mut self, key: &str) {
        self.busy.remove(key);
        self.failed.remove(key);
    }

    /// How often it could not be rung, this time too.
    pub fn tries(&self, key: &str) -> u32 {
        self.failed.get(key).map_or(0, |failed| failed.tries).saturating_add(1)
    }

    /// It could not be rung; not again before `until`.
    pub fn failed(&mut self, key: String, until: Timestamp) {
        let tries = self.tries(&key);
        self.busy.remove(&key);
        self.failed.insert(key, Failed { until, tries });
    }

    /// When to look again. With all hands full, or all that is due not yet rung, that is when one has rung.
    pub fn next_wake(&self) -> Option<Timestamp> {
        if self.busy.len() >= AT_ONCE || self.are_waiting() {
            return None;
        }
        self.failed.iter().filter(|(key, _)| !self.busy.contains(*key)).map(|(_, f)| f.until).chain(self.next).min()
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use serde_json::json;

    use super::*;
    use crate::store::Queue;

    const T0: Timestamp = Timestamp::UNIX_EPOCH;

    fn due(keys: std::ops::Range<u64>) -> Vec<Job> {
        let job = |id: u64| Job { id, key: id.to_string(), queue: Queue::Timer, due: T0, body: json!(null).into() };
        keys.map(job).collect()
    }

    #[test]
    fn those_that_are_due_ring_a_few_at_a_time_without_another_look() {
        let mut timers = Timers { next: Some(T0), ..Timers::default() };
        assert!(timers.to_look(T0));
        timers.found(due(0..100), T0);
        assert_eq!(timers.take().len(), AT_ONCE);
        assert!(timers.are_waiting() && !timers.to_look(T0));
        timers.rang("0");
        assert_eq!(timers.take().len(), 1);
        (1..80).for_each(|n| timers.rang(&n.to_string()));
        assert_eq!(timers.take().len(), 35);
        assert!(!timers.are_waiting() && timers.to_look(T0), "behind them there may be more");
    }

    #[test]
    fn one_that_rings_or_failed_is_not_rung_again_at_once() {
        let mut timers = Timers { next: Some(T0), ..Timers::default() };
        timers.found(due(0..2), T0);
        assert_eq!(timers.take().len(), 2);
        let later = T0 + SignedDuration::from_secs(9);
        timers.failed("1".to_owned(), later);
        timers.next = None;
        assert_eq!(timers.next_wake(), Some(later));
        timers.found(due(0..2), T0);
        assert_eq!(timers.take().len(), 0);
        timers.found(due(0..2), later);
        assert_eq!(timers.take().len(), 1, "the other one rings still");
    }
}
