//! Which timers ring next. Pure.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use crate::store::Job;

/// How many timers ring at once.
pub(super) const AT_ONCE: usize = 64;

/// Timers that are being rung, and those that could not be.
#[derive(Debug, Default)]
pub(super) struct Timers {
    /// When the earliest is due, as far as is known.
    pub next: Option<Timestamp>,
    /// More are due than could be taken.
    behind: bool,
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
    pub fn to_ring(&self, now: Timestamp) -> bool {
        self.next_wake().is_some_and(|at| at <= now)
    }

    /// How many due timers must be looked at to find those that can be rung behind those that cannot, and whether there are
    /// more.
    pub fn to_look_at(&self) -> usize {
        AT_ONCE + 1 + self.busy.len() + self.failed.len()
    }

    /// Of those that are due, the ones to ring now.
    pub fn take(&mut self, due: Vec<Job>, now: Timestamp) -> Vec<Job> {
        let room = AT_ONCE.saturating_sub(self.busy.len());
        let mut taken: Vec<Job> = due;
        taken.retain(|job| {
            !self.busy.contains(&job.key) && self.failed.get(&job.key).is_none_or(|failed| failed.until <= now)
        });
        self.behind = taken.len() > room;
        taken.truncate(room);
        self.busy.extend(taken.iter().map(|job| job.key.clone()));
        taken
    }

    /// Are more due than ring? They come before all that is not urgent.
    pub fn is_behind(&self) -> bool {
        self.behind
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

    /// When to look again. With all hands full that is when one of them is free.
    pub fn next_wake(&self) -> Option<Timestamp> {
        if self.busy.len() >= AT_ONCE {
            return None;
        }
        self.failed.iter().filter(|(key, _)| !self.busy.contains(*key)).map(|(_, f)| f.until).chain(self.next).min()
    }
}
