//! What can be wrong with a journal or with a file made from one.

use std::{fmt, io, path::PathBuf};

use crate::ids::StreamId;

/// A place where the journal is not what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The segment's file name.
    pub segment: String,
    /// The line in it, from 1.
    pub line: u64,
    /// The event it belongs to, where that can be told.
    pub event: Option<(StreamId, u64)>,
    /// What is wrong there.
    pub why: String,
    /// It is in the last group: what a crash in the middle of a write leaves behind, unless that group was acknowledged.
    pub(crate) last: bool,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} line {}", self.segment, self.line)?;
        if let Some((stream, seq)) = &self.event {
            write!(f, " (event {seq} of {stream})")?;
        }
        write!(f, ": {}", self.why)
    }
}

/// Why an operation on the journal was not carried out. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The journal is damaged.
    #[error("the journal is damaged in {0}")]
    Damaged(Box<Damage>),
    /// A file that was to be read in is damaged or incomplete.
    #[error("line {line} of the export: {why}; nothing was imported")]
    BadExport {
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        why: String,
    },
    /// There is a record already where one was to be made.
    #[error("{0} is not empty; choose an empty or new directory")]
    NotEmpty(PathBuf),
    /// There is no journal to read.
    #[error("there is no journal in {0}")]
    Missing(PathBuf),
    /// Another process has the store.
    #[error("{0} is in use by another watchroom process; stop it first")]
    InUse(PathBuf),
    /// Texts are being erased again and again while the copy is made.
    #[error("the record changed while it was copied ({0}); try again")]
    Moving(Box<Damage>),
    /// The file system failed us.
    #[error("{path}: {error}")]
    Io {
        /// Which file or directory.
        path: PathBuf,
        /// How.
        error: io::Error,
    },
}

impl JournalError {
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |error| Self::Io { path, error }
    }
}
