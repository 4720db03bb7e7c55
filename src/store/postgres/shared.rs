//! What the tasks of the store share.

use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::sync::watch;
use tokio_postgres::Row;

use super::{
    Options,
    connect::Address,
    error::Fault,
    group::LAYOUT,
    reader::{READERS, Reader},
    statements::Ask,
};
use crate::store::{Health, ReadError, SharedProjector, keys, ledger::spoilt, wakes::Wakes};

/// What every task of the store knows.
pub(super) struct Shared {
    pub address: Address,
    pub projector: SharedProjector,
    pub options: Options,
    /// This process, among all that ever were.
    pub id: Vec<u8>,
    /// Where hints are given and heard.
    pub channel: String,
    pub wakes: Wakes,
    pub readers: watch::Sender<[Option<Arc<Reader>>; READERS]>,
    /// Which reader is next.
    pub turn: AtomicUsize,
    /// Commits that are no news any more.
    pub seen: AtomicU64,
    health: Mutex<Health>,
    /// The fence, once this process has had leave to carry out jobs.
    lease: Mutex<Held>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Held {
    fence: Option<i64>,
    /// As far as is known.
    now: bool,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Shared {
    pub fn new(address: Address, projector: SharedProjector, options: Options, id: Vec<u8>, channel: String) -> Self {
        Self {
            address,
            projector,
            options,
            id,
            channel,
            wakes: Wakes::default(),
            readers: watch::Sender::new(std::array::from_fn(|_| None)),
            turn: AtomicUsize::new(0),
            seen: AtomicU64::new(0),
            health: Mutex::new(Health::Writable),
            lease: Mutex::default(),
        }
    }

    pub fn health(&self) -> Health {
        self.health.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes the health, unless it is closed for good.
    fn turn(&self, to: Health) {
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        if *health == to || matches!(*health, Health::Closed(_)) {
            return;
        }
        match &to {
            Health::Writable => tracing::info!("the database can be written again"),
            Health::Full => {
                tracing::error!("the database's disk is full: nothing is written until there is space again");
            }
            Health::Away(why) if matches!(*health, Health::Writable) => tracing::error!(why, "the database is away"),
            Health::Away(_) => {}
            Health::Closed(why) => tracing::error!(why, "the store has stopped"),
        }
        *health = to;
    }

    pub fn writable(&self) {
        self.turn(Health::Writable);
    }

    pub fn away(&self, why: &str) {
        self.turn(Health::Away(why.to_owned()));
    }

    pub fn full(&self) {
        self.turn(Health::Full);
    }

    /// Nothing can be written any more. The first reason stands.
    pub fn fail(&self, why: &str) {
        self.turn(Health::Closed(why.to_owned()));
    }

    /// It was closed, as it was meant to be.
    pub fn closed(&self) {
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        if !matches!(*health, Health::Closed(_)) {
            *health = Health::Closed("it was closed".to_owned());
        }
    }

    /// So many commits are no news.
    pub fn upto(&self, commits: u64) {
        self.seen.fetch_max(commits, Ordering::SeqCst);
    }

    /// The fence with which this process may finish jobs; none where it never asked for leave.
    pub fn held(&self) -> Option<i64> {
        self.lease().fence
    }

    /// Does this process carry out jobs?
    pub fn works(&self) -> bool {
        self.lease().now
    }

    fn lease(&self) -> Held {
        *self.lease.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What came of asking for leave.
    pub fn leave(&self, given: Option<i64>) {
        let mut held = self.lease.lock().unwrap_or_else(PoisonError::into_inner);
        *held = Held { fence: given.or(held.fence), now: given.is_some() };
    }

    /// Is the database as this release needs it? `state` is `layout, projector, …`.
    pub fn may_write(&self, state: &Row) -> Result<(), Fault> {
        let layout: i64 = state.get(0);
        if layout != LAYOUT {
            return Err(Fault::Over(format!("another release has laid out the record anew ({layout})")));
        }
        self.is_ours(state.get(1)).map_err(Fault::Over)
    }

    /// Documents that another release makes otherwise are not for this one.
    pub fn is_ours(&self, projector: Option<i64>) -> Result<(), String> {
        match projector {
            Some(version) if version == i64::from(self.projector.version()) => Ok(()),
            _ => Err("another release has taken over the database; start that one here too".to_owned()),
        }
    }
}

/// Every lane that has work.
pub(super) async fn lanes_of(shared: &Shared) -> Result<Vec<String>, ReadError> {
    let end = keys::after_all(keys::LANES).unwrap_or_default();
    let rows = shared.rows(Ask::Lanes, &[&keys::LANES, &end]).await?;
    let lane = |row: &Row| keys::lane_of(row.get(0)).map(str::to_owned).ok_or_else(|| spoilt("a lane"));
    rows.iter().map(lane).collect()
}

/// About so long: processes beside each other should not act in step.
pub(super) fn jittered(about: Duration) -> Duration {
    let mut dice = [0; 1];
    // Without random numbers they do, which harms nobody much.
    let thrown = getrandom::fill(&mut dice).map_or(128, |()| u32::from(dice[0]));
    about * (192 + thrown / 2) / 256
}
