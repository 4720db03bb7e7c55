//! 6  The outbox carried out: lanes in order, pages first, nothing lost, nothing silently given up.
//!
//! One loop ([`Delivery::run`]) does it all. A lane is worked on strictly in order, one job at a time; lanes run beside
//! each other. What fails waits with growing pauses, or as long as the neighbour says; what may have been done is looked
//! for before it is done again; what is refused for good becomes an event on the timeline, which tells the people.
//!
//! **Patience.** Everything but pages is tried for ever, at least every five minutes: a card that is late is still
//! wanted. A page is tried for ever too, at least every quarter of a minute, while anyone is still wanted; but when it
//! has not gone out [a minute](pages::PATIENCE) after it was asked for, that attempt is recorded as failed, so that the
//! page passes on to others meanwhile. Where its person has other ways than the chat, ten seconds are enough: those have their
//! turn at once then, and each of them has [ten seconds](reach::PATIENCE) of its own. What is done here is done at other providers for as
//! long as it takes, and said aloud after a quarter of an hour; only to move a page on there is given up after a minute. A user group that cannot be looked up
//! is asked for a few times and for ten seconds; then others are asked, for the same reason, and the room hears that it could not be asked
//! who is in it. Behind a fallback there is nobody, so that it is asked for an hour.
//!
//! **Doubt.** A send whose answer was lost, and the first job of each lane when the process starts, may have been done.
//! Messages carry their job's key, rooms carry their incident's, so that both can be found and adopted. Where looking is
//! refused, the message is sent again: twice is better than never.

mod alerts;
mod aside;
mod broadcast;
mod comms;
mod correcting;
mod digest;
mod doubt;
mod duty;
mod errand;
mod external;
mod fold;
mod following;
mod giving_up;
mod hearing;
mod lanes;
mod maintenance;
mod pages;
mod people;
mod playbook;
mod posting;
mod publish;
mod reach;
mod redaction;
mod report;
pub mod retry;
mod room;
mod rota;
mod run;
mod subscribers;
mod thread;
mod timers;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use tokio::sync::{Notify, watch};

pub use hearing::Told;

use crate::{
    clock::SharedClock,
    engine::Engine,
    incident::MessageRef,
    ports::{Chat, Connector, Reach},
    providers::Providers,
};

/// Carries out what the record asks for.
#[derive(Debug)]
pub struct Delivery {
    engine: Arc<Engine>,
    chat: Arc<dyn Chat>,
    reach: Arc<dyn Reach>,
    providers: Arc<Providers>,
    /// Places that take texts for others, by name.
    connectors: BTreeMap<String, Arc<dyn Connector>>,
    clock: SharedClock,
    /// Spreads retries; another number spreads them in another way.
    seed: u64,
    /// Messages that were posted and whose jobs are not finished yet, by the jobs' keys: no need to look for these.
    posted: Mutex<HashMap<String, MessageRef>>,
    /// Messages to one person about one incident are decided on one after the other.
    turns: fold::Turns,
    paused: AtomicBool,
    /// Counts calls of [`Delivery::settled`].
    asked: AtomicU64,
    /// The last of those that came true.
    settled: watch::Sender<u64>,
    nudge: Notify,
}

impl Delivery {
    /// Nothing happens before [`run`](Self::run).
    pub fn new(
        engine: Arc<Engine>,
        chat: Arc<dyn Chat>,
        reach: Arc<dyn Reach>,
        providers: Arc<Providers>,
        clock: SharedClock,
    ) -> Self {
        Self {
            engine,
            chat,
            reach,
            providers,
            connectors: BTreeMap::new(),
            clock,
            seed: 0,
            posted: Mutex::default(),
            turns: fold::Turns::default(),
            paused: AtomicBool::new(false),
            asked: AtomicU64::new(0),
            settled: watch::Sender::new(0),
            nudge: Notify::new(),
        }
    }

    /// Publishes to these places too.
    #[must_use]
    pub fn with_connectors(mut self, connectors: BTreeMap<String, Arc<dyn Connector>>) -> Self {
        self.connectors = connectors;
        self
    }

    /// Spreads retries in another way: processes beside each other should not retry in step.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Stops taking up work, or goes on with it. What is under way is ended.
    pub fn pause(&self, paused: bool) {
        self.paused.store(paused, Ordering::SeqCst);
        self.nudge.notify_one();
    }

    /// Returns when nothing is under way and nothing could be done now: every lane is empty or waits for its next try,
    /// and no timer is due. Counts everything that was committed before the call, and all that followed from it.
    ///
    /// While paused, only what is under way counts. After the end of [`run`](Self::run) it returns at once; before its
    /// beginning it waits for it.
    pub async fn settled(&self) {
        let mine = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let mut settled = self.settled.subscribe();
        self.nudge.notify_one();
        // The sender lives in `self`, so that waiting cannot fail.
        drop(settled.wait_for(|last| *last >= mine).await);
    }
}

#[cfg(test)]
mod tests;
