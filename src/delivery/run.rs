//! The one loop, in the one process that has leave to carry out what the record asks for.

use std::{
    pin::pin,
    sync::{PoisonError, atomic::Ordering},
    time::Duration,
};

use futures_util::{
    FutureExt, StreamExt,
    future::{BoxFuture, Either, select},
    stream::FuturesUnordered,
};
use jiff::{SignedDuration, Timestamp};
use tokio::time::{Instant, sleep, timeout};

use super::{
    Delivery,
    lanes::{Lanes, Outcome},
    retry,
    timers::Timers,
};
use crate::{
    engine::Refusal,
    lifecycle::Stopping,
    store::{Job, Lease, ReadError},
};

/// How often a process that has no leave to carry out jobs asks for it.
const STAND_BY: Duration = Duration::from_millis(500);

/// How often the store is asked for lanes and timers that no hint spoke of.
const POLL: SignedDuration = SignedDuration::from_secs(5);

/// What ended.
enum Ended {
    Lane(String, Outcome),
    Timer(Job, Result<(), Refusal>),
}

/// Leave to work, and when it was asked for.
struct Held {
    lease: Lease,
    asked: Instant,
}

struct Loop<'a> {
    of: &'a Delivery,
    lanes: Lanes,
    timers: Timers,
    under_way: FuturesUnordered<BoxFuture<'a, Ended>>,
    looked_at: Timestamp,
}

impl Delivery {
    /// Works until `stopping`, then ends what is under way. Of several processes over one store one works, and the others stand by.
    pub async fn run(&self, stopping: Stopping) {
        while let Some(lease) = self.leave(&stopping).await {
            let mut it = Loop {
                of: self,
                lanes: Lanes::default(),
                timers: Timers::default(),
                under_way: FuturesUnordered::new(),
                looked_at: Timestamp::MIN,
            };
            // Whatever waits at the head of a lane now may have been done by a process that did not live to say so.
            match self.engine.store().lanes().await {
                Ok(lanes) => lanes.iter().for_each(|lane| it.lanes.doubt(lane)),
                Err(error) => {
                    // Without knowing, it would be done a second time.
                    tracing::error!(%error, "cannot tell which work was interrupted; it is looked at again in a moment");
                    tokio::select! {
                        () = sleep(STAND_BY) => {}
                        () = stopping.wait() => {}
                    }
                    continue;
                }
            }
            match select(pin!(it.until(&stopping)), pin!(self.keep(lease))).await {
                Either::Left(_) => break,
                Either::Right(_) => {
                    tracing::warn!("another process carries on; what was under way here is looked at there");
                }
            }
            // Cut off, as by a crash: what came of it is found out by whoever carries on.
            self.posted.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
        // Nobody waits for what will not come.
        self.settled.send_replace(u64::MAX);
    }

    /// Waits for leave to carry out jobs; none when it is time to stop.
    async fn leave(&self, stopping: &Stopping) -> Option<Held> {
        loop {
            if stopping.is_requested() {
                return None;
            }
            let asked = Instant::now();
            match self.engine.store().lease().await {
                Ok(Some(lease)) => return Some(Held { lease, asked }),
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, "cannot ask for leave to work"),
            }
            tokio::select! {
                () = sleep(STAND_BY) => {}
                () = stopping.wait() => {}
                // Here nothing is under way, and nothing could be done.
                () = self.nudge.notified() => drop(self.settled.send_replace(self.asked.load(Ordering::SeqCst))),
            }
        }
    }

    /// Returns when leave has ended, or may end before it can be asked for again.
    async fn keep(&self, Held { lease, asked }: Held) {
        let Lease::For { fence, time } = lease else { return std::future::pending().await };
        let (pause, mut until) = (time / 4, asked + time);
        loop {
            sleep(pause).await;
            let asked = Instant::now();
            match timeout(pause, self.engine.store().lease()).await {
                Ok(Ok(Some(Lease::For { fence: now, .. }))) if now == fence => until = asked + time,
                // It may be reached again before the time is over.
                Ok(Err(_)) | Err(_) if Instant::now() + 2 * pause < until => {}
                Ok(_) | Err(_) => return,
            }
        }
    }

    fn is_paused(&self) -> bool {
        self.paused.load(Ordering::SeqCst)
    }
}

impl Loop<'_> {
    async fn until(&mut self, stopping: &Stopping) {
        loop {
            let ending = stopping.is_requested();
            if ending && self.under_way.is_empty() {
                return;
            }
            if !ending {
                self.start().await;
            }
            let next = self.next_wake(ending);
            let of = self.of;
            tokio::select! {
                Some(ended) = self.under_way.next() => {
                    self.ended(ended);
                    // What ended together, as in one group of commits, is followed up together.
                    while let Some(Some(ended)) = self.under_way.next().now_or_never() {
                        self.ended(ended);
                    }
                }
                wake = of.engine.store().wakeup(), if !ending => {
                    self.heard(&wake);
                }
                () = of.clock.sleep_until(next), if !ending => {}
                () = of.nudge.notified(), if !ending => {}
                () = stopping.wait(), if !ending => {}
            }
        }
    }

    fn heard(&mut self, wake: &crate::store::Wakeup) {
        for lane in &wake.lanes {
            self.lanes.heard(lane);
        }
        if wake.timers {
            // Timers are few and a look is cheap: it will tell when the next one is due.
            self.timers.next = Some(Timestamp::MIN);
        }
    }

    /// Starts all that can be started, and says so where that is nothing.
    async fn start(&mut self) {
        let now = self.of.clock.now();
        if now.duration_since(self.looked_at) >= POLL || now < self.looked_at {
            self.look(now).await;
        }
        self.lanes.wake(now);
        if !self.of.is_paused() {
            self.ring(now).await;
            self.take();
        }
        let asked = self.of.asked.load(Ordering::SeqCst);
        if asked > *self.of.settled.borrow() && self.under_way.is_empty() {
            self.settle(asked, now).await;
        }
    }

    fn take(&mut self) {
        while let Some(turn) = self.lanes.take(self.timers.are_waiting()) {
            let of = self.of;
            self.under_way.push(
                async move {
                    let outcome = of.work(&turn).await;
                    Ended::Lane(turn.lane, outcome)
                }
                .boxed(),
            );
        }
    }

    async fn ring(&mut self, now: Timestamp) {
        if self.timers.to_look(now)
            && let Err(error) = self.look_for_timers(now).await
        {
            tracing::error!(%error, "cannot look for timers");
            self.timers.next = Some(now.saturating_add(POLL).unwrap_or(Timestamp::MAX));
        }
        let of = self.of;
        for job in self.timers.take() {
            self.under_way.push(
                async move {
                    let rang = of.engine.ring(&job).await;
                    Ended::Timer(job, rang)
                }
                .boxed(),
            );
        }
    }

    /// Finds the timers that are due; notes when to look for others.
    async fn look_for_timers(&mut self, now: Timestamp) -> Result<(), ReadError> {
        let (store, most) = (self.of.engine.store(), self.timers.to_look_at());
        let due = store.timers(now, most).await?;
        self.timers.next = if due.len() < most {
            // Those that are due already are being rung, or wait for their next try, or are looked at when one has rung.
            store.next_timer().await?.filter(|at| *at > now)
        } else {
            Some(Timestamp::MIN)
        };
        self.timers.found(due, now);
        Ok(())
    }

    fn ended(&mut self, ended: Ended) {
        match ended {
            Ended::Lane(lane, outcome) => self.lanes.ended(&lane, outcome),
            Ended::Timer(job, Ok(())) => {
                self.timers.rang(&job.key);
                // Others may be due behind it.
                self.timers.next = Some(Timestamp::MIN);
            }
            Ended::Timer(job, Err(error)) => {
                tracing::error!(timer = job.key, %error, "a timer could not be carried out and will be tried again");
                let wait = retry::wait(None, self.timers.tries(&job.key), retry::PAGE_CAP, self.of.seed ^ job.id);
                let until = self.of.clock.now().saturating_add(wait).unwrap_or(Timestamp::MAX);
                self.timers.failed(job.key, until);
            }
        }
    }

    /// Asks the store itself, which is the only one to know for sure.
    async fn look(&mut self, now: Timestamp) -> bool {
        self.looked_at = now;
        // Hints that wait belong to what is looked at now.
        while let Some(wake) = self.of.engine.store().wakeup().now_or_never() {
            self.heard(&wake);
        }
        match self.of.engine.store().lanes().await {
            Ok(lanes) => lanes.iter().for_each(|lane| self.lanes.found(lane)),
            Err(error) => {
                tracing::error!(%error, "cannot look for work");
                return false;
            }
        }
        self.timers.next = Some(Timestamp::MIN);
        true
    }

    /// Nothing is under way: is there really nothing to do?
    async fn settle(&mut self, asked: u64, now: Timestamp) {
        if !self.of.is_paused() {
            if !self.look(now).await {
                return;
            }
            self.ring(now).await;
            self.take();
        }
        if self.under_way.is_empty() {
            self.of.settled.send_replace(asked);
        }
    }

    fn next_wake(&self, ending: bool) -> Timestamp {
        let poll = self.looked_at.saturating_add(POLL).unwrap_or(Timestamp::MAX);
        if ending || self.of.is_paused() {
            return poll;
        }
        [self.lanes.next_wake(), self.timers.next_wake()].into_iter().flatten().chain([poll]).min().unwrap_or(poll)
    }
}
