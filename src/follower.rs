//! 7  The playbook's file, looked at every few seconds: what people write there comes into force without a restart.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Mutex, Notify, watch};

use crate::{clock::SharedClock, config::PlaybookFile, delivery::Delivery, engine::Engine, playbook::EditionId};

/// How often the file is looked at.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_secs(5);

/// Follows the file.
#[derive(Debug)]
pub struct Follower {
    path: PathBuf,
    engine: Arc<Engine>,
    delivery: Arc<Delivery>,
    clock: SharedClock,
    seen: Mutex<Seen>,
    /// Counts calls of [`Follower::settled`].
    asked: AtomicU64,
    /// The last of those that came true.
    settled: watch::Sender<u64>,
    nudge: Notify,
}

#[derive(Debug)]
struct Seen {
    /// What stood in the file when it was looked at last.
    file: PlaybookFile,
    /// What the engine was given of it last: it came into force, or its problems were told.
    given: EditionId,
}

impl Follower {
    /// Of the file that `playbook`, which the engine was given, was read from; none where that is the one inside the binary.
    #[must_use]
    pub fn of(
        playbook: &PlaybookFile,
        engine: Arc<Engine>,
        delivery: Arc<Delivery>,
        clock: SharedClock,
    ) -> Option<Self> {
        let path = playbook.path.clone()?;
        let seen = Mutex::new(Seen { file: playbook.clone(), given: playbook.edition() });
        let (asked, settled, nudge) = (AtomicU64::new(0), watch::Sender::new(0), Notify::new());
        Some(Self { path, engine, delivery, clock, seen, asked, settled, nudge })
    }

    /// Looks again and again. Does not return.
    pub async fn run(&self) {
        let mut due = self.next();
        loop {
            let asked = self.asked.load(Ordering::SeqCst);
            if self.clock.now() >= due {
                if let Err(error) = self.look(false).await {
                    tracing::error!(%error, "the playbook's file was not taken up; it is looked at again in a moment");
                }
                due = self.next();
            }
            self.settled.send_replace(asked);
            tokio::select! {
                () = self.clock.sleep_until(due) => {}
                () = self.nudge.notified() => {}
            }
        }
    }

    /// Returns when no look is due, or under way. Only while [`run`](Self::run) runs.
    pub async fn settled(&self) {
        let mine = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let mut settled = self.settled.subscribe();
        self.nudge.notify_one();
        // The sender lives in `self`, so that waiting cannot fail.
        drop(settled.wait_for(|last| *last >= mine).await);
    }

    /// Lets what stands in the file come into force, where it can be used, and tells the news of it. A file that people edit may be half
    /// written: unless `at_once`, what stands in it counts once it was the same twice.
    ///
    /// # Errors
    /// A sentence, where it cannot be read or recorded.
    pub async fn look(&self, at_once: bool) -> anyhow::Result<()> {
        let mut seen = self.seen.lock().await;
        let (path, before) = (self.path.clone(), seen.file.clone());
        // What grows old is told when somebody looks, since it grows old while nobody changes the file.
        let read = tokio::task::spawn_blocking(move || before.again(&path)).await;
        let file = read.context("reading the playbook panicked")?;
        let now = file.edition();
        let is_whole = at_once || now == seen.file.edition();
        seen.file = file;
        if is_whole && now != seen.given {
            self.engine.adopt(&seen.file).await?;
            seen.given = now;
        }
        self.delivery.tell_of_playbook().await;
        Ok(())
    }

    fn next(&self) -> Timestamp {
        self.clock.now().saturating_add(LOOK_AGAIN).unwrap_or(Timestamp::MAX)
    }
}
