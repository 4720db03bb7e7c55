//! 7  The files that people edit, looked at every few seconds: what they write in the playbook's and the settings' comes into force without
//! a restart.

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

use crate::{
    calendars::Calendars,
    clock::SharedClock,
    config::{Config, PlaybookFile, Settings, SettingsFile},
    delivery::Delivery,
    engine::Engine,
    playbook::EditionId,
    providers::Providers,
};

/// How often the files are looked at.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_secs(5);

/// What takes up what they say.
#[derive(Debug)]
pub struct Files {
    /// What decides by it.
    pub engine: Arc<Engine>,
    /// What tells of it.
    pub delivery: Arc<Delivery>,
    /// What fetches the calendars that it names.
    pub calendars: Arc<Calendars>,
    /// What knows the people that it names.
    pub providers: Arc<Providers>,
}

/// Follows the files.
#[derive(Debug)]
pub struct Follower {
    files: Files,
    playbook: Option<PathBuf>,
    /// The settings' file as it was at the start, and what it said.
    settings: Option<(SettingsFile, Settings)>,
    clock: SharedClock,
    seen: Mutex<Seen>,
    /// Counts calls of [`Follower::settled`].
    asked: AtomicU64,
    /// The last of those that came true.
    settled: watch::Sender<u64>,
    nudge: Notify,
}

/// What the settings' file says, under which playbook: what it names may stand there.
type Said = (SettingsFile, EditionId);

#[derive(Debug)]
struct Seen {
    /// What stood in the playbook's file when it was looked at last.
    book: PlaybookFile,
    /// What the engine was given of it last: it came into force, or its problems were told.
    given: EditionId,
    /// The same of the settings' file.
    settings: Option<Said>,
    settings_given: Option<Said>,
}

impl Follower {
    /// Of the files that `config`, which the bot was put together with, was read from; none where there are none.
    #[must_use]
    pub fn of(config: &Config, files: Files, clock: SharedClock) -> Option<Self> {
        let playbook = config.playbook.path.clone();
        let settings = config.file.clone().map(|file| (file, config.settings.clone()));
        if playbook.is_none() && settings.is_none() {
            return None;
        }
        let given = config.playbook.edition();
        let said = config.file.clone().map(|file| (file, given.clone()));
        let seen = Seen { book: config.playbook.clone(), given, settings: said.clone(), settings_given: said };
        let (asked, settled, nudge) = (AtomicU64::new(0), watch::Sender::new(0), Notify::new());
        Some(Self { files, playbook, settings, clock, seen: Mutex::new(seen), asked, settled, nudge })
    }

    /// Looks again and again. Does not return.
    pub async fn run(&self) {
        let mut due = self.next();
        loop {
            let asked = self.asked.load(Ordering::SeqCst);
            if self.clock.now() >= due {
                if let Err(error) = self.look(false).await {
                    tracing::error!(%error, "what people edit was not taken up; it is looked at again in a moment");
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

    /// Lets what stands in the files come into force, where it can be used, and tells the news of it. A file that people edit may be half
    /// written: unless `at_once`, what stands in it counts once it was the same twice.
    ///
    /// # Errors
    /// A sentence, where it cannot be read or recorded.
    pub async fn look(&self, at_once: bool) -> anyhow::Result<()> {
        let mut seen = self.seen.lock().await;
        let (book, file) = self.read(&seen.book).await?;
        let now = book.edition();
        let is_whole = at_once || now == seen.book.edition();
        seen.book = book;
        if self.playbook.is_some() && is_whole && now != seen.given {
            self.files.engine.adopt(&seen.book).await?;
            seen.given = now.clone();
        }
        if let Some(file) = file {
            let said = Some((file.clone(), now));
            let is_whole = at_once || said == seen.settings;
            seen.settings.clone_from(&said);
            if is_whole && said != seen.settings_given {
                self.adopt_settings(&file, seen.book.clone()).await?;
                seen.settings_given = said;
            }
        }
        self.files.delivery.tell_of_files().await;
        Ok(())
    }

    /// The playbook, and the settings' file where there is one.
    async fn read(&self, before: &PlaybookFile) -> anyhow::Result<(PlaybookFile, Option<SettingsFile>)> {
        let (path, before) = (self.playbook.clone(), before.clone());
        let settings = self.settings.as_ref().map(|(file, _)| file.path.clone());
        // What grows old is told when somebody looks, since it grows old while nobody changes the file.
        let read = tokio::task::spawn_blocking(move || {
            let book = match path {
                Some(path) => before.again(&path),
                None => before,
            };
            (book, settings.as_deref().map(SettingsFile::read))
        });
        read.await.context("reading what people edit panicked")
    }

    /// Lets what an edit says of who is on call, paged and told come into force, where all of the file can be used and it names
    /// nothing that is not there, and was there before.
    async fn adopt_settings(&self, file: &SettingsFile, book: PlaybookFile) -> anyhow::Result<()> {
        let (Some((start, of_start)), files) = (&self.settings, &self.files) else { return Ok(()) };
        let again = file.clone();
        let read = tokio::task::spawn_blocking(move || Config::of(&again, &Config::environment, book)).await;
        let config = match read.context("reading the settings panicked")? {
            Ok(config) => config,
            Err(problems) => {
                files.engine.keep_settings(problems.0);
                return Ok(());
            }
        };
        let waits = start.waits_for_start(file);
        let config = Config { settings: config.settings.clone().in_process_of(of_start), ..config };
        let before = Config { settings: files.engine.settings().clone(), ..config.clone() }.unknown_names();
        let mut unknown = config.unknown_names();
        unknown.retain(|name| !before.contains(name));
        if !unknown.is_empty() {
            unknown.extend(waits.iter().map(|key| format!("`{key}` counts from the next start of the bot on")));
            files.engine.keep_settings(unknown);
            return Ok(());
        }
        files.calendars.adopt(&config).await.context("reading the copies of calendars panicked")?;
        files.providers.write_down(config.people);
        files.engine.adopt_settings(config.settings, waits).await?;
        files.engine.forget_feeds();
        Ok(())
    }

    fn next(&self) -> Timestamp {
        self.clock.now().saturating_add(LOOK_AGAIN).unwrap_or(Timestamp::MAX)
    }
}
