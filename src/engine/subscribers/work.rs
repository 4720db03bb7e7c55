//! The work that tells subscribers: a job in each row of them, and lanes of their own for who cannot be told in passing.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    status::ROWS,
    store::{Job, Json, NewJob, OnPending, Queue, ReadError},
};

/// What the lanes of this work begin with.
const LANES: &str = "subscribers/";
/// The body of an outbox entry that tells subscribers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mailing {
    /// Version of this shape.
    pub v: u8,
    /// What.
    pub what: Whom,
}

/// Who is told what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Whom {
    /// A row, of a post.
    Row {
        /// The place of the fact in the stream of the page.
        fact: u64,
        /// Which row.
        row: u64,
        /// Everybody up to this number was told.
        after: u64,
    },
    /// One of them.
    One {
        /// Whom.
        subscriber: u64,
        /// What.
        word: Word,
    },
}

/// What one subscriber is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// What was posted by this fact.
    Post(u64),
    /// Somebody says that they want to be told: do they?
    Confirm,
    /// Somebody asked for what they have already: how to change it.
    Known,
    /// Their program does not answer.
    Stopped,
}

/// Is this the lane of such work, and not of an incident's?
pub fn is_of_subscribers(lane: &str) -> bool {
    lane.starts_with(LANES)
}

/// The lane of one subscriber.
pub(super) fn lane_of(subscriber: u64) -> String {
    format!("{LANES}one/{subscriber}")
}

pub(super) fn row_job(fact: u64, row: u64, after: u64, now: Timestamp) -> NewJob {
    let (key, queue) = (format!("{LANES}{fact}/{row}"), Queue::Lane(format!("{LANES}row/{row}")));
    let body = Json::of(&Mailing { v: 1, what: Whom::Row { fact, row, after } });
    // It keeps its place: what was posted later comes later.
    NewJob { key, queue, due: now, on_pending: OnPending::Replace, body }
}

/// Tells one of them, in a lane of their own.
pub(super) fn one_job(subscriber: u64, word: Word, now: Timestamp) -> NewJob {
    let what = match word {
        Word::Post(fact) => format!("post/{fact}"),
        Word::Confirm => "confirm".to_owned(),
        Word::Known => "known".to_owned(),
        Word::Stopped => "stopped".to_owned(),
    };
    let (key, queue) = (format!("{LANES}one/{subscriber}/{what}"), Queue::Lane(lane_of(subscriber)));
    let body = Json::of(&Mailing { v: 1, what: Whom::One { subscriber, word } });
    NewJob { key, queue, due: now, on_pending: OnPending::Keep, body }
}

/// What tells all subscribers of the fact at this place in the stream of the page.
pub fn all_rows(fact: u64, now: Timestamp) -> Vec<NewJob> {
    (0..ROWS).map(|row| row_job(fact, row, 0, now)).collect()
}

/// Of a job's body.
///
/// # Errors
/// Where another release wrote it.
pub fn mailing(job: &Job) -> Result<Whom, ReadError> {
    let read = job.body.read::<Mailing>().map(|mailing| mailing.what);
    read.map_err(|e| ReadError(format!("job `{}` was written by another release: {e}", job.key)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::row;

    #[test]
    fn a_row_keeps_its_place() {
        let (first, later) = (row_job(7, 3, 0, Timestamp::UNIX_EPOCH), row_job(7, 3, 80, Timestamp::UNIX_EPOCH));
        assert_eq!((first.key, first.on_pending), (later.key, OnPending::Replace));
        assert_eq!(all_rows(7, Timestamp::UNIX_EPOCH).len() as u64, ROWS);
        assert!(is_of_subscribers(&lane_of(7)) && row(11) == 3);
    }
}
