//! Entries of the database brought to where commits are decided, which is no place to wait in.
//!
//! What a commit will ask for can mostly be told beforehand, and is fetched in one go for a whole group. What was not
//! foreseen is noted, fetched, and the group decided again from the start.

use std::{
    cell::RefCell,
    collections::{BTreeSet, HashMap},
};

use foldhash::fast::RandomState;
use tokio_postgres::Row;

use crate::store::{
    ReadError, keys,
    kv::{Entries, Kv},
    ledger::Request,
};

/// What was fetched of the database.
#[derive(Debug, Default)]
pub(super) struct Fetched {
    known: HashMap<Vec<u8>, Option<Vec<u8>>, RandomState>,
    /// Keys that ran out, by when: see [`keys::EXPIRIES`].
    expired: Vec<Vec<u8>>,
    /// What was asked for and is not known.
    missing: RefCell<BTreeSet<Vec<u8>>>,
}

/// What to fetch.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// Entries under these keys.
    pub keys: Vec<Vec<u8>>,
    /// Of these keys of jobs also what stands in the places that they name.
    pub jobs: Vec<Vec<u8>>,
}

impl Wanted {
    /// What deciding and applying these will ask for, as far as that can be told.
    pub fn of<'a>(requests: impl Iterator<Item = &'a Request>) -> Self {
        let (mut keys, mut jobs) = (BTreeSet::new(), BTreeSet::new());
        for Request { commit, .. } in requests {
            keys.extend(commit.remember.iter().map(|remember| keys::remembered(&remember.key)));
            let streams = commit.expect.iter().map(|(stream, _)| stream).chain(commit.append.iter().map(|a| &a.stream));
            keys.extend(streams.map(|stream| keys::head(&stream.to_string())));
            jobs.extend(commit.enqueue.iter().map(|job| keys::job(&job.key)));
            jobs.extend(commit.finish.iter().map(|done| keys::job(&done.key)));
        }
        keys.extend(jobs.iter().cloned());
        Self { keys: keys.into_iter().collect(), jobs: jobs.into_iter().collect() }
    }
}

impl Fetched {
    /// Takes in what the database gave for `wanted`: `key, value` rows.
    pub fn add(&mut self, wanted: Wanted, rows: &[Row]) {
        for key in wanted.keys {
            self.known.entry(key).or_insert(None);
        }
        for row in rows {
            self.known.insert(row.get(0), Some(row.get(1)));
        }
    }

    /// Takes in keys that ran out, and wants what they are about.
    pub fn add_expired(&mut self, rows: &[Row]) {
        self.expired = rows.iter().map(|row| row.get(0)).collect();
    }

    /// What has been asked for in vain since the last time.
    pub fn take_missing(&mut self) -> Option<Wanted> {
        let missing = std::mem::take(self.missing.get_mut());
        (!missing.is_empty()).then(|| Wanted { keys: missing.into_iter().collect(), jobs: Vec::new() })
    }

    /// Was something asked for in vain?
    pub fn lacks(&self) -> bool {
        !self.missing.borrow().is_empty()
    }
}

impl Kv for Fetched {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        // Where events stand is known by the table of events, which also erases them.
        if key.starts_with(keys::EVENTS) {
            return Ok(None);
        }
        if let Some(known) = self.known.get(key) {
            return Ok(known.clone());
        }
        self.missing.borrow_mut().insert(key.to_vec());
        Err(ReadError("not fetched yet".to_owned()))
    }

    /// Only asked of the keys that ran out.
    fn range(&self, low: &[u8], high: Option<&[u8]>, limit: usize, _: bool) -> Result<Entries, ReadError> {
        let within = self.expired.iter().filter(|key| &key[..] >= low && high.is_none_or(|high| &key[..] < high));
        Ok(within.take(limit).map(|key| (key.clone(), Vec::new())).collect())
    }
}
