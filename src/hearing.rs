//! 7  Whether Slack can bring us what people do, where that goes over connections that we open (Socket Mode), and that people hear where
//! it cannot: what they type and press then comes to nothing, while pages and reminders go on.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use crate::{
    clock::SharedClock,
    delivery::{Delivery, Told},
};

/// For so long a connection may be missing before people are told: Slack ends each now and then, and a new one takes seconds.
const PATIENCE: SignedDuration = SignedDuration::from_secs(60);
/// How long until it is tried again to tell those who could not be told.
const AGAIN: SignedDuration = SignedDuration::from_secs(60);

/// Since when, and why, no connection is live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deaf {
    /// Since then.
    pub since: Timestamp,
    /// A sentence: what went wrong last.
    pub why: String,
}

#[derive(Debug)]
struct State {
    live: usize,
    deaf: Option<Deaf>,
}

/// The connections that Slack brings us things over.
#[derive(Debug)]
pub struct Hearing {
    state: watch::Sender<State>,
    clock: SharedClock,
    only_way: bool,
}

/// A connection that is live, until this is dropped.
#[derive(Debug)]
pub struct Live(Arc<Hearing>);

impl Drop for Live {
    fn drop(&mut self) {
        let now = self.0.clock.now();
        self.0.state.send_modify(|state| {
            state.live -= 1;
            if state.live == 0 {
                state.deaf = Some(Deaf { since: now, why: "the connection to Slack ended".into() });
            }
        });
    }
}

impl Hearing {
    /// No connection yet. `only_way` where Slack cannot bring us anything without.
    #[must_use]
    pub fn new(clock: SharedClock, only_way: bool) -> Arc<Self> {
        let deaf = Some(Deaf { since: clock.now(), why: "no connection to Slack yet".into() });
        Arc::new(Self { state: watch::Sender::new(State { live: 0, deaf }), clock, only_way })
    }

    /// Can Slack bring us nothing where no connection is live?
    pub fn is_only_way(&self) -> bool {
        self.only_way
    }

    /// One more connection is live.
    #[must_use]
    pub fn joined(self: &Arc<Self>) -> Live {
        self.state.send_modify(|state| {
            state.live += 1;
            state.deaf = None;
        });
        Live(Arc::clone(self))
    }

    /// A connection did not come about, or ended for this reason.
    pub fn failed(&self, why: &str) {
        self.state.send_modify(|state| {
            if let Some(deaf) = &mut state.deaf {
                why.clone_into(&mut deaf.why);
            }
        });
    }

    /// How many connections are live.
    pub fn live(&self) -> usize {
        self.state.borrow().live
    }

    /// Since when none is, and why.
    pub fn deaf(&self) -> Option<Deaf> {
        self.state.borrow().deaf.clone()
    }

    /// Tells people, in the rooms of what is open and where incidents are announced, when Slack could bring us nothing for a minute; and,
    /// in the same place, when it can again. Does not return.
    pub async fn tell(&self, delivery: &Delivery) {
        let mut watching = self.state.subscribe();
        loop {
            // The sender lives in `self`, so that waiting cannot fail.
            drop(watching.wait_for(|state| state.deaf.is_some()).await);
            let Some(deaf) = self.deaf() else { continue };
            let due = deaf.since.saturating_add(PATIENCE).unwrap_or(Timestamp::MAX);
            tokio::select! {
                () = self.clock.sleep_until(due) => {}
                _ = watching.wait_for(|state| state.deaf.is_none()) => continue,
            }
            // Meanwhile it may have ended, and begun anew.
            if self.deaf().is_none_or(|now| now.since != deaf.since) {
                continue;
            }
            self.tell_of(deaf.since, &mut watching, delivery).await;
        }
    }

    /// Tells of one time without a connection, to its end.
    async fn tell_of(&self, since: Timestamp, watching: &mut watch::Receiver<State>, delivery: &Delivery) {
        let mut told = Told::default();
        loop {
            delivery.say_deaf(since, &mut told, || self.deaf().is_some()).await;
            let again = self.clock.now().saturating_add(AGAIN).unwrap_or(Timestamp::MAX);
            tokio::select! {
                () = self.clock.sleep_until(again) => {}
                _ = watching.wait_for(|state| state.deaf.is_none()) => break,
            }
        }
        delivery.say_heard(since, self.clock.now(), told).await;
    }
}
