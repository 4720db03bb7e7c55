//! 5  Where everything is kept: one trait, and behind it journal + sled for one machine, `PostgreSQL` for several
//! replicas, memory for simulation.
//!
//! One [`Commit`] holds all that one request changes: the events, the work they ask for, the timers, the work they
//! finish, and the key and answer of the request itself. It is on disk, whole, when [`Store::commit`] returns; or it
//! never was. Nothing outside this module knows keys, bytes or SQL.
//!
//! **Events** are appended to streams. Each stream is hash-chained. A text that a person wrote stands in an event's
//! body as `{"$text": "words"}`; the store keeps words and a salt beside the body, and chains only the body with the
//! words replaced by a salted digest, so that [`Commit::erase`] can remove the words for good while the chain still
//! verifies. Read back after that, the body says `{"$text": null}`.
//!
//! **Documents** are what is derived from events: the state of each incident and the indices to find it by. They are
//! made by the [`Projector`], inside the commit and again whenever the store rebuilds itself from the journal.
//!
//! **Jobs** are what must still be done: outbox entries in lanes, in order, and timers by due time. They are facts of
//! the commit that asked for them; a rebuild restores them from the journal and never computes them again.

mod chain;
pub mod journal;
mod json;
mod keys;
mod kv;
mod ledger;
pub mod memory;
mod place;
pub mod postgres;
mod reads;
mod rest;
pub mod sled;
mod text;
mod wakes;

use std::{any::Any, borrow::Cow, fmt, sync::Arc, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use json::Json;
pub use rest::{AtRest, RestError};

use crate::ids::StreamId;

/// One durable, atomic change. Empty parts cost nothing.
#[derive(Debug, Clone, Default)]
pub struct Commit {
    /// Streams that must be exactly this long, or the commit is refused with [`CommitError::Conflict`].
    pub expect: Vec<(StreamId, u64)>,
    /// Keys that must not be remembered yet, or the commit is refused with [`CommitError::Known`]. Looked at before
    /// `expect`: whoever says the same again gets the first answer, although the streams have moved on since.
    pub remember: Vec<Remember>,
    /// New events, in order. A stream that is appended to should also stand in `expect`.
    pub append: Vec<Append>,
    /// Texts to remove for good: `(stream, seq)` of the events that carry them.
    pub erase: Vec<(StreamId, u64)>,
    /// Work that this change asks for.
    pub enqueue: Vec<NewJob>,
    /// Work that this change ends, with what came of it. Ended before `enqueue` is looked at, so that a job can be
    /// finished and asked for anew in one commit.
    pub finish: Vec<Finish>,
    /// When, in the clock of the application; `None` is the instant of the commit before.
    pub at: Option<Timestamp>,
}

/// A key that is said once: an inbound request's, or a claim such as "this person declared this title just now".
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Remember {
    /// What makes the request itself and no other.
    pub key: String,
    /// The key is free again after this instant.
    pub until: Timestamp,
    /// Given back to whoever comes with the same key. Carries no text that a person wrote.
    pub answer: Json,
}

/// An event to be appended.
#[derive(Debug, Clone)]
pub struct Append {
    /// To which stream.
    pub stream: StreamId,
    /// The event: a JSON object. Texts that people wrote stand in it as `{"$text": "words"}`, at any depth.
    pub body: Json,
    /// What the [`Projector`] would make of the event, from whoever knows already. Never stored: a rebuild reads the body.
    pub foreseen: Option<Foreseen>,
}

/// Known to the [`Projector`] and to whoever appends, and opaque to the store.
pub type Foreseen = Arc<dyn Any + Send + Sync>;

impl Append {
    /// An event of `stream`.
    pub fn new<T: Serialize + ?Sized>(stream: StreamId, body: &T) -> Self {
        Self { stream, body: Json::of(body), foreseen: None }
    }
}

/// An event as it was stored, texts filled in again (`null` where they were erased).
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Its stream.
    pub stream: StreamId,
    /// Its place in the stream, from 1.
    pub seq: u64,
    /// When it was committed.
    pub at: Timestamp,
    /// The event.
    pub body: Value,
}

/// What a job is, which decides how it is found again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Queue {
    /// An outbox entry: waits in this lane, in order of commit, not before its due time.
    Lane(String),
    /// A timer: waits for its due time among all timers.
    Timer,
}

/// Work to be remembered until it is finished.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewJob {
    /// Unique among pending jobs; a second job with the key of a pending one follows `on_pending`.
    pub key: String,
    /// Where it waits.
    pub queue: Queue,
    /// Not before.
    pub due: Timestamp,
    /// What becomes of a pending job with the same key.
    pub on_pending: OnPending,
    /// The work itself. Carries references, never text that a person wrote.
    pub body: Json,
}

/// What a new job does to a pending one of the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnPending {
    /// The pending one stays, the new one is dropped: it was said already.
    Keep,
    /// The pending one's body, due time and id are replaced; it keeps its place in its lane.
    Replace,
    /// There is none, and nobody looks for one: the key names an event of the same commit.
    New,
}

/// A pending job. Its `id` changes whenever it is replaced, so that finishing an outdated one does not lose the new.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Unique for ever; grows with each commit.
    pub id: u64,
    /// See [`NewJob::key`].
    pub key: String,
    /// See [`NewJob::queue`].
    pub queue: Queue,
    /// See [`NewJob::due`].
    pub due: Timestamp,
    /// See [`NewJob::body`].
    pub body: Json,
}

/// The end of a job, or its postponement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finish {
    /// The job's id. One that is no longer pending ends nothing: it was replaced or ended meanwhile.
    pub id: u64,
    /// The job's key.
    pub key: String,
    /// What the neighbour answered that must be found again (`{"channel": …, "ts": …}`), kept under the job's key; also
    /// when the job was replaced meanwhile, for the neighbour did answer.
    pub receipt: Option<Value>,
    /// `Some` leaves the job pending and moves its due time instead.
    pub postpone: Option<Timestamp>,
}

/// Why nothing was changed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CommitError {
    /// Someone was faster. Load again, decide again.
    #[error("{stream} has {actual} events by now")]
    Conflict {
        /// The stream that is longer or shorter than expected.
        stream: StreamId,
        /// How long it is.
        actual: u64,
    },
    /// This was said before; here is what was answered then.
    #[error("`{key}` was answered before")]
    Known {
        /// The remembered key.
        key: String,
        /// Its answer.
        answer: Json,
    },
    /// The disk is full. Nothing answered is lost; writes go on when there is space again.
    #[error("the disk that holds the record is full")]
    Full,
    /// The database does not answer, or took too long. Where its answer was lost the commit may have been made all the same:
    /// whoever asks again with the same key hears so.
    #[error("the database that holds the record cannot be reached: {0}")]
    Away(String),
    /// Another process carries out jobs by now, see [`Store::lease`]: what this one finished may have been begun there.
    #[error("another process has taken over")]
    Fenced,
    /// The store has stopped for good: a write or sync failed, and what is on disk is in doubt until a restart.
    #[error("the record cannot be written: {0}")]
    Closed(String),
}

/// A read failed.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the record cannot be read: {0}")]
pub struct ReadError(pub String);

/// Derived documents: `(key, Some(value))` puts, `(key, None)` deletes.
pub type Puts = Vec<(String, Option<Doc>)>;

/// What a document says. What changes with every event need not be written down each time: see [`Doc::Later`].
#[derive(Clone)]
pub enum Doc {
    /// Its bytes.
    Bytes(Vec<u8>),
    /// Gives its bytes, always the same, whenever they are asked for.
    Later(Arc<dyn Fn() -> Vec<u8> + Send + Sync>),
}

impl Doc {
    /// Its bytes.
    pub fn bytes(&self) -> Cow<'_, [u8]> {
        match self {
            Self::Bytes(bytes) => Cow::Borrowed(bytes),
            Self::Later(write) => Cow::Owned(write()),
        }
    }

    /// Its bytes, and nothing else any more.
    pub fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Later(write) => write(),
        }
    }
}

impl From<Vec<u8>> for Doc {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl fmt::Debug for Doc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Doc").field(&self.bytes().len()).finish()
    }
}

/// How documents follow from events. Pure and total: a stored event is true, and replaying it never fails.
pub trait Projector: Send + Sync + 'static {
    /// The documents that change when `event` is appended to its stream.
    ///
    /// `doc` reads a document as it stands before this event, including what earlier events of the same commit changed.
    fn project(&self, event: &Recorded, doc: &dyn Fn(&str) -> Option<Vec<u8>>) -> Puts;

    /// The same as [`project`](Self::project), from what was foreseen of event `seq` of `stream` when it was appended.
    /// None if that says nothing to this projector.
    fn foreseen(&self, stream: &StreamId, seq: u64, foreseen: &Foreseen) -> Option<Puts> {
        let _ = (stream, seq, foreseen);
        None
    }

    /// Why what was projected cannot be relied on, if it cannot: a database that others use too is left as it was then.
    fn objection(&self) -> Option<String> {
        None
    }

    /// What was projected last was not kept after all. Whoever remembers what is projected must not any more.
    fn forget(&self) {}

    /// A number that changes whenever `project` would make other documents; the store then rebuilds itself.
    fn version(&self) -> u32;
}

/// A shared projector.
pub type SharedProjector = Arc<dyn Projector>;

/// Leave to carry out jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lease {
    /// Nobody else can have it: the store belongs to this process.
    Sole,
    /// Until so long after it was asked for, and on when it is asked for again within that time.
    For {
        /// Grows with each process that gets it.
        fence: u64,
        /// How long.
        time: Duration,
    },
}

/// Is the store able to write?
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// All is well.
    Writable,
    /// Reads work, writes wait for space on the disk.
    Full,
    /// The database cannot be reached; all goes on by itself when it can. The sentence says why.
    Away(String),
    /// The process must be restarted; the sentence says why.
    Closed(String),
}

/// The record and everything derived from it.
///
/// Reads see every commit that has returned. All methods are safe to call from many tasks at once.
#[async_trait::async_trait]
pub trait Store: Send + Sync + fmt::Debug + 'static {
    /// Makes one change durable.
    ///
    /// # Errors
    /// See [`CommitError`]; after any of them nothing of `commit` was kept, but for what [`CommitError::Away`] says.
    async fn commit(&self, commit: Commit) -> Result<(), CommitError>;

    /// What was answered to `key`, if it is remembered and has not run out at `now`.
    async fn known(&self, key: &str, now: Timestamp) -> Result<Option<Json>, ReadError>;

    /// A document.
    async fn doc(&self, key: &str) -> Result<Option<Vec<u8>>, ReadError>;

    /// Up to `limit` documents whose key starts with `prefix`, in key order, after the key `after` if there is one;
    /// the highest keys first when `backwards` (then "after" means below).
    async fn docs(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
        backwards: bool,
    ) -> Result<Vec<(String, Vec<u8>)>, ReadError>;

    /// How many events `stream` has.
    async fn length(&self, stream: &StreamId) -> Result<u64, ReadError>;

    /// Up to `limit` events of `stream` with `seq >= from`, in order.
    async fn events(&self, stream: &StreamId, from: u64, limit: usize) -> Result<Vec<Recorded>, ReadError>;

    /// Every lane that has pending jobs.
    async fn lanes(&self) -> Result<Vec<String>, ReadError>;

    /// Up to `limit` pending jobs of `lane`, in order.
    async fn lane(&self, lane: &str, limit: usize) -> Result<Vec<Job>, ReadError>;

    /// Up to `limit` timers with `due <= now`, earliest first.
    async fn timers(&self, now: Timestamp, limit: usize) -> Result<Vec<Job>, ReadError>;

    /// When the earliest timer is due.
    async fn next_timer(&self) -> Result<Option<Timestamp>, ReadError>;

    /// The receipt kept for the job with this key.
    async fn receipt(&self, job_key: &str) -> Result<Option<Value>, ReadError>;

    /// Up to `limit` receipts of jobs whose key starts with `prefix`, in key order, after the key `after` if there is
    /// one.
    async fn receipts(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Value)>, ReadError>;

    /// Lanes that got work since the last call, and whether timers changed: a hint to look, never the only way to learn
    /// of work. Resolves when there is something to report. One caller.
    async fn wakeup(&self) -> Wakeup;

    /// Asks for leave to carry out jobs, or to go on with it; none while another process has it.
    ///
    /// Where several processes share a store, one at a time works on lanes and timers. Once this process has had leave, its commits
    /// that finish jobs are refused with [`CommitError::Fenced`] as soon as another has it.
    async fn lease(&self) -> Result<Option<Lease>, ReadError> {
        Ok(Some(Lease::Sole))
    }

    /// Can it write?
    fn health(&self) -> Health;

    /// Waits for what is under way, flushes, and marks a clean stop. Later commits fail with [`CommitError::Closed`].
    async fn close(&self);
}

/// See [`Store::wakeup`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wakeup {
    /// Lanes with new or changed jobs.
    pub lanes: Vec<String>,
    /// Some timer was set.
    pub timers: bool,
}
