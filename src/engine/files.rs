//! What people hear of the files that they edit while the bot runs: the playbook's, and the settings'.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Engine, Refusal};
use crate::{
    config::Heard,
    ids::StreamId,
    playbook::EditionId,
    store::{Append, Commit},
};

/// How many events are read at a time.
pub(super) const CHUNK: usize = 100;

/// Somebody was told that a file is broken, or mended: an event of `org/playbook` or `org/settings`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Told {
    v: u8,
    at: Timestamp,
    /// Or mended again.
    pub(super) broken: bool,
}

/// What nobody was told yet of a file that people edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// Which file.
    pub file: Edited,
    /// What about it.
    pub what: Heard,
    pub(super) key: String,
}

/// A file that people edit while the bot runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edited {
    /// The playbook's.
    Playbook,
    /// The settings'.
    Settings,
}

impl News {
    /// What tells a message about this from one about anything else.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl Edited {
    pub(super) fn stream(self) -> StreamId {
        StreamId::Org(self.name().into())
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Playbook => "playbook",
            Self::Settings => "settings",
        }
    }

    /// That it broke, or is mended, where the last that somebody was told is something else.
    pub(super) fn news(self, broken: bool, told_broken: bool, recorded: u64, edition: &EditionId) -> Option<News> {
        let what = if broken { Heard::Broken } else { Heard::Mended };
        let key = || format!("{}/{recorded}/{edition}", self.name());
        (broken != told_broken).then(|| News { file: self, what, key: key() })
    }
}

impl Engine {
    /// Somebody was told this of a file.
    ///
    /// # Errors
    /// [`Refusal`] where it cannot be recorded; then it may be told again.
    pub async fn told(&self, news: &News) -> Result<(), Refusal> {
        let _one_at_a_time = self.adopting.lock().await;
        let broken = match news.what {
            Heard::Broken => true,
            Heard::Mended => false,
            // The next start ends it, whether anybody was told or not.
            Heard::Waits => {
                self.choices.told_of_wait();
                return Ok(());
            }
        };
        let at = self.clock.now();
        // Other processes may have recorded theirs.
        match news.file {
            Edited::Playbook => Box::pin(self.books.catch_up(self.store.as_ref())).await?,
            Edited::Settings => Box::pin(self.choices.catch_up(self.store.as_ref())).await?,
        }
        let recorded = match news.file {
            Edited::Playbook => self.books.recorded(),
            Edited::Settings => self.choices.recorded(),
        };
        self.record_of(news.file, recorded, &Told { v: 1, at, broken }, at).await?;
        match news.file {
            Edited::Playbook => self.books.told(broken),
            Edited::Settings => self.choices.told(broken),
        }
        Ok(())
    }

    pub(super) async fn record_of(
        &self,
        file: Edited,
        recorded: u64,
        event: &impl Serialize,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        let commit = Commit {
            expect: vec![(file.stream(), recorded)],
            append: vec![Append::new(file.stream(), event)],
            at: Some(at),
            ..Commit::default()
        };
        Ok(self.store.commit(commit).await?)
    }
}
