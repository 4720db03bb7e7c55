//! The record without a server, wherever it is kept: read, exported, imported and verified, beside those that run.

use std::{
    fmt,
    io::{BufRead, Write},
    path::PathBuf,
};

use super::{
    Recorded,
    journal::{self, Exported, Imported, JournalError, Verified},
    postgres::{self, CopyError},
};
use crate::ids::StreamId;

/// A record at rest.
#[derive(Clone)]
pub enum AtRest {
    /// The journal of the store in this directory.
    Directory(PathBuf),
    /// The database at this address, `postgres://…`.
    Database(String),
}

/// Why the record was not read or written.
#[derive(Debug, thiserror::Error)]
pub enum RestError {
    /// In a directory.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// In a database.
    #[error(transparent)]
    Database(#[from] CopyError),
}

impl RestError {
    /// There is no record yet: the first start makes it.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Journal(JournalError::Missing(_)) | Self::Database(CopyError::Missing(_)))
    }
}

impl AtRest {
    /// The events whose streams are `wanted`, in the order in which they were committed.
    pub fn read(&self, wanted: impl Fn(&StreamId) -> bool + Sync) -> Result<Vec<Recorded>, RestError> {
        match self {
            Self::Directory(dir) => Ok(journal::read(dir, wanted)?),
            Self::Database(url) => Ok(postgres::read(url, wanted)?),
        }
    }

    /// Writes the events to `out`, all or those of `only`, as [`journal::export`] does.
    pub fn export(&self, only: Option<&StreamId>, out: &mut (dyn Write + Send)) -> Result<Exported, RestError> {
        match self {
            Self::Directory(dir) => Ok(journal::export(dir, only, out)?),
            Self::Database(url) => Ok(postgres::export(url, only, out)?),
        }
    }

    /// Reads an export into a record that is empty.
    pub fn import(&self, from: &mut (dyn BufRead + Send)) -> Result<Imported, RestError> {
        match self {
            Self::Directory(dir) => Ok(journal::import(dir, from)?),
            Self::Database(url) => Ok(postgres::import(url, from)?),
        }
    }

    /// Walks the hash chain of every stream.
    pub fn verify(&self) -> Result<Verified, RestError> {
        match self {
            Self::Directory(dir) => Ok(journal::verify(dir)?),
            Self::Database(url) => Ok(postgres::verify(url)?),
        }
    }
}

/// For people, without secrets.
impl fmt::Display for AtRest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directory(dir) => write!(f, "{}", dir.display()),
            Self::Database(url) => write!(f, "the database at {}", postgres::shown(url)),
        }
    }
}

impl fmt::Debug for AtRest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AtRest({self})")
    }
}
