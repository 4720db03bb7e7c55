//! Why a store does not open, in sentences that say what to do next.

use std::path::PathBuf;

use crate::store::journal::{Damage, JournalError};

/// The store was not opened, and its journal was not changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Someone else has it.
    #[error("{0} is in use by another watchroom process; stop that one first")]
    InUse(PathBuf),
    /// What was acknowledged cannot be read.
    #[error(
        "the journal in {dir} is damaged in {damage}. Nothing was changed. `watchroom verify` names the first event that is \
         affected; restore the last good backup with `watchroom restore` into an empty directory"
    )]
    Damaged {
        /// The store's directory.
        dir: PathBuf,
        /// Where and what.
        damage: Box<Damage>,
    },
    /// Acknowledged commits are not in the journal.
    #[error(
        "the journal in {dir} ends before group {group}, which was acknowledged: files are missing or were replaced by \
         older ones. Put them back, or restore the last good backup with `watchroom restore` into an empty directory. Only if this \
         older journal is the one to go on with, delete `sled` and `run.json` beside it and start again"
    )]
    Short {
        /// The store's directory.
        dir: PathBuf,
        /// The last group that is known to have been acknowledged.
        group: u64,
    },
    /// No space, not even to open.
    #[error("the disk that holds {dir} is full; free at least {mebibytes} MiB and start again")]
    Full {
        /// The store's directory.
        dir: PathBuf,
        /// How much is needed.
        mebibytes: u64,
    },
    /// Also a fresh database does not work.
    #[error("the database in {dir} cannot be used ({why}), nor could a new one be made from the journal")]
    Database {
        /// Where sled lives.
        dir: PathBuf,
        /// What it said.
        why: String,
    },
    /// The file system failed us.
    #[error("{path}: {error}; check that the directory exists and that this user may write to it")]
    Io {
        /// Which file or directory.
        path: PathBuf,
        /// How.
        error: std::io::Error,
    },
}

impl OpenError {
    pub(super) fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |error| Self::Io { path, error }
    }

    /// The same, said of the store in `dir`.
    pub(super) fn journal(dir: impl Into<PathBuf>) -> impl FnOnce(JournalError) -> Self {
        let dir = dir.into();
        move |error| match error {
            JournalError::Damaged(damage) | JournalError::Moving(damage) => Self::Damaged { dir, damage },
            JournalError::InUse(dir) => Self::InUse(dir),
            JournalError::Io { path, error } => Self::Io { path, error },
            JournalError::NotEmpty(_) | JournalError::Missing(_) | JournalError::BadExport { .. } => {
                Self::Database { dir, why: error.to_string() }
            }
        }
    }
}
