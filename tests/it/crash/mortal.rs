//! A store that dies at an exact commit: what is in it then is all that a process killed there leaves behind.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::Notify;
use watchroom::{
    engine::Incidents,
    ids::StreamId,
    store::{
        Commit, CommitError, Health, Job, Json, ReadError, Recorded, SharedProjector, Store, Wakeup,
        sled::{Options, SledStore},
    },
};

/// Where in a commit a process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Death {
    /// What it says has been done; nobody will ever know by the record.
    Before,
    /// It is in the record, and nobody was answered yet.
    After,
}

/// When every life of a bot ends.
#[derive(Debug)]
pub struct Fate {
    death: Death,
    /// How many commits this life has left.
    left: AtomicI64,
    dead: AtomicBool,
    died: Notify,
}

impl Fate {
    /// Each life makes one commit: it dies right after it, or with the next one undone.
    pub fn one_commit_each(death: Death) -> Arc<Self> {
        Arc::new(Self { death, left: AtomicI64::new(i64::MAX), dead: AtomicBool::new(false), died: Notify::new() })
    }

    /// A life begins.
    pub fn begin(&self) {
        self.left.store(1, Ordering::SeqCst);
    }

    /// Resolves when a life has ended.
    pub async fn died(&self) {
        self.died.notified().await;
    }

    /// The record in this directory, in the hands of fate.
    pub async fn open(self: &Arc<Self>, dir: &Path) -> (Arc<dyn Store>, Arc<Incidents>) {
        let (incidents, dir) = (Arc::new(Incidents::default()), dir.to_owned());
        let projector = Arc::clone(&incidents) as SharedProjector;
        let open = move || SledStore::open(&dir, projector, Options::default()).expect("a record");
        let inner = tokio::task::spawn_blocking(open).await.expect("opened");
        (Arc::new(Mortal { inner, fate: Arc::clone(self) }), incidents)
    }
}

#[derive(Debug)]
struct Mortal {
    inner: SledStore,
    fate: Arc<Fate>,
}

impl Mortal {
    /// The dead neither read nor write.
    async fn end<T>(&self) -> T {
        self.fate.dead.store(true, Ordering::SeqCst);
        self.fate.died.notify_one();
        std::future::pending().await
    }

    async fn alive(&self) {
        if self.fate.dead.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
    }
}

#[async_trait::async_trait]
impl Store for Mortal {
    async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        let left = self.fate.left.fetch_sub(1, Ordering::SeqCst);
        match (self.fate.death, left) {
            (Death::After, 0) | (_, ..0) => std::future::pending().await,
            (Death::Before, 0) => self.end().await,
            (Death::After, 1) => match self.inner.commit(commit).await {
                // Another one came first, while this life began: what is decided anew is what it does.
                Err(conflict @ CommitError::Conflict { .. }) => {
                    self.fate.left.store(1, Ordering::SeqCst);
                    Err(conflict)
                }
                done => {
                    done.expect("nothing else is wrong");
                    self.end().await
                }
            },
            (Death::Before | Death::After, 1..) => self.inner.commit(commit).await,
        }
    }

    async fn known(&self, key: &str, now: Timestamp) -> Result<Option<Json>, ReadError> {
        self.alive().await;
        self.inner.known(key, now).await
    }

    async fn doc(&self, key: &str) -> Result<Option<Vec<u8>>, ReadError> {
        self.alive().await;
        self.inner.doc(key).await
    }

    async fn docs(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
        backwards: bool,
    ) -> Result<Vec<(String, Vec<u8>)>, ReadError> {
        self.alive().await;
        self.inner.docs(prefix, after, limit, backwards).await
    }

    async fn length(&self, stream: &StreamId) -> Result<u64, ReadError> {
        self.alive().await;
        self.inner.length(stream).await
    }

    async fn events(&self, stream: &StreamId, from: u64, limit: usize) -> Result<Vec<Recorded>, ReadError> {
        self.alive().await;
        self.inner.events(stream, from, limit).await
    }

    async fn lanes(&self) -> Result<Vec<String>, ReadError> {
        self.alive().await;
        self.inner.lanes().await
    }

    async fn lane(&self, lane: &str, limit: usize) -> Result<Vec<Job>, ReadError> {
        self.alive().await;
        self.inner.lane(lane, limit).await
    }

    async fn timers(&self, now: Timestamp, limit: usize) -> Result<Vec<Job>, ReadError> {
        self.alive().await;
        self.inner.timers(now, limit).await
    }

    async fn next_timer(&self) -> Result<Option<Timestamp>, ReadError> {
        self.alive().await;
        self.inner.next_timer().await
    }

    async fn receipt(&self, job_key: &str) -> Result<Option<Value>, ReadError> {
        self.alive().await;
        self.inner.receipt(job_key).await
    }

    async fn receipts(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Value)>, ReadError> {
        self.alive().await;
        self.inner.receipts(prefix, after, limit).await
    }

    async fn wakeup(&self) -> Wakeup {
        self.inner.wakeup().await
    }

    fn health(&self) -> Health {
        self.inner.health()
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}
