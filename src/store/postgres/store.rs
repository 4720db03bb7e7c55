//! The trait, over the database.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use serde_json::Value;
use tokio::{
    sync::oneshot,
    time::{Instant, timeout},
};
use tokio_postgres::Row;

use super::{
    OpenError, Options, PATIENCE, Shared,
    committer::Waiting,
    error::NO_ANSWER,
    group::limit as rows_of,
    lanes_of,
    open::{self, Reading, Writing},
    record,
    statements::Ask,
};
use crate::{
    ids::StreamId,
    store::{
        Commit, CommitError, Health, Job, Json, Lease, ReadError, Recorded, SharedProjector, Store, Wakeup,
        chain::Head,
        keys,
        kv::Entries,
        ledger::{Request, job_of, remembered, spoilt},
        reads,
    },
};

/// So much longer than the committer itself would let it wait.
const GRACE: Duration = Duration::from_millis(300);

/// The store that several processes share. Close it; dropped without that it counts as crashed, and whatever it carried out is
/// taken over when its lease ends.
pub struct PostgresStore {
    shared: Arc<Shared>,
    writing: Mutex<Option<Writing>>,
    reading: Option<Reading>,
}

impl PostgresStore {
    /// Opens the store at `url` (`postgres://…`), or makes one there. Blocks until the tables are there and the documents are those
    /// of this release.
    pub fn open(url: &str, projector: SharedProjector, options: Options) -> Result<Self, OpenError> {
        let (shared, writing, reading) = open::open(url, projector, options)?;
        Ok(Self { shared, writing: Mutex::new(Some(writing)), reading: Some(reading) })
    }

    fn writing(&self) -> std::sync::MutexGuard<'_, Option<Writing>> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn entry(&self, key: Vec<u8>) -> Result<Option<Vec<u8>>, ReadError> {
        let rows = self.shared.rows(Ask::Entry, &[&key]).await?;
        Ok(rows.first().map(|row| row.get(0)))
    }

    async fn range(
        &self,
        low: Vec<u8>,
        high: Option<Vec<u8>>,
        limit: usize,
        backwards: bool,
    ) -> Result<Entries, ReadError> {
        let ask = if backwards { Ask::EntriesDown } else { Ask::EntriesUp };
        // No key starts with such a byte.
        let high = high.unwrap_or_else(|| vec![0xff]);
        let rows = self.shared.rows(ask, &[&low, &high, &rows_of(limit)]).await?;
        Ok(rows.iter().map(|row: &Row| (row.get(0), row.get(1))).collect())
    }

    async fn jobs(&self, low: Vec<u8>, high: Option<Vec<u8>>, limit: usize) -> Result<Vec<Job>, ReadError> {
        self.range(low, high, limit, false).await?.iter().map(|(_, bytes)| job_of(bytes)).collect()
    }
}

/// Ends the thread that writes; what was taken is still committed.
fn end(shared: &Shared, Writing { queue, thread }: Writing) {
    drop(queue);
    if thread.join().is_err() {
        shared.fail("the committer panicked");
    }
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        if let Some(writing) = self.writing().take() {
            end(&self.shared, writing);
        }
        if let Some(Reading { stop, thread }) = self.reading.take() {
            stop.send_replace(true);
            // It has nothing to say that matters any more.
            drop(thread.join());
        }
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").field("shared", &self.shared).finish_non_exhaustive()
    }
}

#[async_trait::async_trait]
impl Store for PostgresStore {
    async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        let closed = || {
            CommitError::Closed(match self.shared.health() {
                Health::Closed(why) => why,
                Health::Writable | Health::Full | Health::Away(_) => "it was closed".to_owned(),
            })
        };
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { request: Request::prepare(commit)?, answer, since: Instant::now() };
        match self.writing().as_ref() {
            Some(writing) if writing.queue.send(waiting).is_ok() => {}
            _ => return Err(closed()),
        }
        let Ok(answered) = timeout(PATIENCE + GRACE, answered).await else {
            self.shared.away(NO_ANSWER);
            return Err(CommitError::Away(NO_ANSWER.to_owned()));
        };
        answered.unwrap_or_else(|_| Err(closed()))
    }

    async fn known(&self, key: &str, now: Timestamp) -> Result<Option<Json>, ReadError> {
        let found = remembered(self.entry(keys::remembered(key)).await?.as_deref())?;
        Ok(found.filter(|(until, _)| *until >= now).map(|(_, answer)| answer))
    }

    async fn doc(&self, key: &str) -> Result<Option<Vec<u8>>, ReadError> {
        self.entry(keys::doc(key)).await
    }

    async fn docs(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
        backwards: bool,
    ) -> Result<Vec<(String, Vec<u8>)>, ReadError> {
        let (low, high) = reads::docs_between(prefix, after, backwards);
        self.range(low, high, limit, backwards).await?.into_iter().map(reads::doc_entry).collect()
    }

    async fn length(&self, stream: &StreamId) -> Result<u64, ReadError> {
        let Some(bytes) = self.entry(keys::head(&stream.to_string())).await? else { return Ok(0) };
        Head::decode(&bytes).map(|head| head.length).ok_or_else(|| spoilt("a stream's head"))
    }

    async fn events(&self, stream: &StreamId, from: u64, limit: usize) -> Result<Vec<Recorded>, ReadError> {
        let (name, from) = (stream.to_string().into_bytes(), i64::try_from(from).unwrap_or(i64::MAX));
        let rows = self.shared.rows(Ask::Events, &[&name, &from, &rows_of(limit)]).await?;
        rows.iter().map(|row| record::recorded(stream, row)).collect()
    }

    async fn lanes(&self) -> Result<Vec<String>, ReadError> {
        lanes_of(&self.shared).await
    }

    async fn lane(&self, lane: &str, limit: usize) -> Result<Vec<Job>, ReadError> {
        let low = keys::lane(lane);
        let high = keys::after_all(&low);
        self.jobs(low, high, limit).await
    }

    async fn timers(&self, now: Timestamp, limit: usize) -> Result<Vec<Job>, ReadError> {
        self.jobs(keys::TIMERS.to_vec(), Some(keys::due_until(now)), limit).await
    }

    async fn next_timer(&self) -> Result<Option<Timestamp>, ReadError> {
        let first = self.range(keys::TIMERS.to_vec(), keys::after_all(keys::TIMERS), 1, false).await?.pop();
        first.map(|(key, _)| keys::due_of(&key).ok_or_else(|| spoilt("a timer"))).transpose()
    }

    async fn receipt(&self, job_key: &str) -> Result<Option<Value>, ReadError> {
        self.entry(keys::receipt(job_key)).await?.map(|bytes| reads::receipt_of(&bytes)).transpose()
    }

    async fn receipts(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Value)>, ReadError> {
        let (low, high) = reads::receipts_between(prefix, after);
        self.range(low, high, limit, false).await?.into_iter().map(reads::receipt_entry).collect()
    }

    async fn wakeup(&self) -> Wakeup {
        self.shared.wakes.next().await
    }

    async fn lease(&self) -> Result<Option<Lease>, ReadError> {
        let time = self.shared.options.lease;
        let milliseconds = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        let rows = self.shared.rows(Ask::TakeLease, &[&self.shared.id, &milliseconds]).await?;
        let fence: Option<i64> = rows.first().map(|row| row.get(0));
        self.shared.leave(fence);
        Ok(fence.map(|fence| Lease::For { fence: fence.unsigned_abs(), time }))
    }

    fn health(&self) -> Health {
        self.shared.health()
    }

    async fn close(&self) {
        let (shared, writing) = (Arc::clone(&self.shared), self.writing().take());
        let Some(writing) = writing else { return };
        let ended = tokio::task::spawn_blocking(move || {
            end(&shared, writing);
            shared.closed();
        });
        if let Err(panic) = ended.await {
            self.shared.fail(&format!("closing failed: {panic}"));
        }
        // Others need not wait for the end of the lease.
        if self.shared.works()
            && let Err(error) = self.shared.rows(Ask::LeaveLease, &[&self.shared.id]).await
        {
            tracing::warn!(%error, "the work could not be handed over; others take it up when the lease ends");
        }
    }
}
