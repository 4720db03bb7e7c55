//! 7  Calendars of other programs that say who is on call: fetched every few minutes, their last good copy kept, their names matched
//! to people.
//!
//! ```text
//! fetched ─► read ─► names matched ─► engine: shifts of a layer, news for the owner
//!    │ kept in calendars/, beside the record
//! ```
//!
//! Nothing of it is on the way of a command: who is on call is answered from what was read last, after a start from the last good
//! copy. The record has what the owner was told, and no calendars: these may be large and change every hour. Several processes on
//! one record fetch for themselves.

mod calendar;
mod keep;
mod people;

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Mutex, Notify, watch};

pub use calendar::Calendar;
pub use people::People;

use crate::{
    adapters::calendar::Fetcher,
    clock::SharedClock,
    config::{Aliases, CalendarSource, Config},
    engine::Engine,
    paging::schedule::Zone,
    ports::Chat,
};

/// The longest from one look to the next where there is nothing to look at.
const NEVER: SignedDuration = SignedDuration::from_hours(24 * 365);

/// All calendars of the configuration.
#[derive(Debug)]
pub struct Calendars {
    engine: Arc<Engine>,
    chat: Arc<dyn Chat>,
    clock: SharedClock,
    fetcher: Fetcher,
    all: Mutex<All>,
    /// Counts calls of [`Calendars::settled`].
    asked: AtomicU64,
    /// The last of those that came true.
    settled: watch::Sender<u64>,
    nudge: Notify,
}

/// What the settings in force name.
#[derive(Debug)]
struct All {
    aliases: Aliases,
    watched: Vec<Watched>,
}

/// A calendar, and what is to be done about it.
#[derive(Debug)]
struct Watched {
    calendar: Calendar,
    due: Timestamp,
    /// Others are on call by it, and the schedule was not looked at since.
    is_news: bool,
}

impl Watched {
    /// To be fetched at once.
    const fn new(calendar: Calendar) -> Self {
        Self { calendar, due: Timestamp::MIN, is_news: false }
    }
}

/// Those of a configuration, each with its last good copy where there is one. Reads files.
pub fn opened(config: &Config) -> Vec<Calendar> {
    let zone = |source: &CalendarSource| {
        let followed = config.settings.schedule_of(&source.schedule);
        followed.map_or_else(Zone::utc, |followed| followed.schedule.tz.clone())
    };
    let dir = directory(&config.data);
    config.calendars.iter().map(|source| Calendar::open(source.clone(), zone(source), &dir)).collect()
}

/// Where copies are kept, beside the record.
fn directory(data: &Path) -> std::path::PathBuf {
    data.join("calendars")
}

impl Calendars {
    /// From their last good copies; nothing is fetched before [`run`](Self::run).
    ///
    /// # Errors
    /// Where reading them panicked.
    pub async fn open(
        config: &Config,
        engine: Arc<Engine>,
        chat: Arc<dyn Chat>,
        clock: SharedClock,
    ) -> Result<Self, tokio::task::JoinError> {
        let of = config.clone();
        let mut all = Vec::new();
        for mut calendar in tokio::task::spawn_blocking(move || opened(&of)).await? {
            // Nobody is asked before the start: who was found the last time counts.
            let people = People { aliases: &config.people, chat: None };
            let feed = calendar.feed(&people, clock.now()).await;
            engine.begin_feed(&calendar.source().schedule, feed);
            all.push(Watched::new(calendar));
        }
        Ok(Self {
            engine,
            chat,
            clock,
            fetcher: Fetcher::default(),
            all: Mutex::new(All { aliases: config.people.clone(), watched: all }),
            asked: AtomicU64::new(0),
            settled: watch::Sender::new(0),
            nudge: Notify::new(),
        })
    }

    /// Takes what edited settings name: those that are new are fetched at once, those that are gone no more, and of all of them the
    /// names are looked at again. A layer whose calendar is elsewhere now goes by the old one until the new one was read.
    ///
    /// # Errors
    /// Where reading their copies panicked.
    pub async fn adopt(&self, config: &Config) -> Result<(), tokio::task::JoinError> {
        let of = config.clone();
        let opened = tokio::task::spawn_blocking(move || opened(&of)).await?;
        let mut all = self.all.lock().await;
        let mut before = std::mem::take(&mut all.watched);
        for mut calendar in opened {
            let known = before.iter().position(|known| known.calendar.is(&calendar)).map(|n| before.swap_remove(n));
            if let Some(mut known) = known {
                known.calendar.fetch_as(calendar.source().clone());
                all.watched.push(Watched { due: Timestamp::MIN, ..known });
                continue;
            }
            let (schedule, layer) = (calendar.source().schedule.clone(), calendar.source().layer.clone());
            let people = People { aliases: &config.people, chat: None };
            let feed = calendar.feed(&people, self.clock.now()).await;
            if !feed.is_awaited() || self.engine.feed(&schedule, &layer).is_none() {
                self.engine.begin_feed(&schedule, feed);
            }
            all.watched.push(Watched::new(calendar));
        }
        all.aliases = config.people.clone();
        drop(all);
        self.nudge.notify_one();
        Ok(())
    }

    /// Fetches them, at once and every few minutes. Does not return.
    pub async fn run(&self) {
        loop {
            let asked = self.asked.load(Ordering::SeqCst);
            let next = self.look().await;
            self.settled.send_replace(asked);
            tokio::select! {
                () = self.clock.sleep_until(next) => {}
                () = self.nudge.notified() => {}
            }
        }
    }

    /// Returns when none is to be fetched now, or being fetched. Only while [`run`](Self::run) runs.
    pub async fn settled(&self) {
        if self.all.lock().await.watched.is_empty() {
            return;
        }
        let mine = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let mut settled = self.settled.subscribe();
        self.nudge.notify_one();
        // The sender lives in `self`, so that waiting cannot fail.
        drop(settled.wait_for(|last| *last >= mine).await);
    }

    /// Fetches those that are due, beside each other; returns when the next one is.
    async fn look(&self) -> Timestamp {
        let now = self.clock.now();
        let mut all = self.all.lock().await;
        let All { aliases, watched: all } = &mut *all;
        let aliases = &*aliases;
        let due = all.iter_mut().filter(|watched| watched.due <= now);
        join_all(due.map(|watched| self.refresh(watched, aliases))).await;
        let next = all.iter().map(|watched| watched.due).min();
        next.unwrap_or_else(|| now.saturating_add(NEVER).unwrap_or(Timestamp::MAX))
    }

    async fn refresh(&self, watched: &mut Watched, aliases: &Aliases) {
        let calendar = &mut watched.calendar;
        let (schedule, layer) = (calendar.source().schedule.clone(), calendar.source().layer.clone());
        calendar.fetch(&self.fetcher, self.clock.now()).await;
        let now = self.clock.now();
        let people = People { aliases, chat: Some(self.chat.as_ref()) };
        let feed = calendar.feed(&people, now).await;
        if let Some(failing) = &feed.failing {
            // Why is told to people; nothing of it stands in a log, where nobody expects secrets.
            tracing::warn!(%schedule, layer, since = %failing.since, "a calendar cannot be read; its last good copy counts");
        }
        let before = self.engine.feed(&schedule, &layer);
        watched.is_news |= before.is_none_or(|before| before.is_awaited() || before.imported != feed.imported);
        match self.engine.take_feed(&schedule, feed, calendar.recovered(), watched.is_news).await {
            Ok(()) => {
                calendar.is_told();
                watched.is_news = false;
            }
            Err(error) => {
                tracing::error!(%schedule, layer, %error, "what a calendar says was not recorded; tried again");
            }
        }
        calendar.keep().await;
        watched.due = now.saturating_add(calendar.source().refresh).unwrap_or(Timestamp::MAX);
    }
}
