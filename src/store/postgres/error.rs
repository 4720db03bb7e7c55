//! Why a database cannot be used, in sentences that say what to do next.

use tokio_postgres::{Error, error::SqlState};

use super::connect::{Address, sentence};

/// The store was not opened, and nothing in the database was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// `DATABASE_URL` cannot be read.
    #[error(
        "DATABASE_URL: {0}; write for example postgres://watchroom:password@db.example.com/watchroom?sslmode=verify-full"
    )]
    Address(String),
    /// Nobody answers.
    #[error(
        "the database at {at} cannot be reached: {why}; check host, port and sslmode in DATABASE_URL, and that the server runs"
    )]
    Unreachable {
        /// Where.
        at: String,
        /// Why not.
        why: String,
    },
    /// The server does not let us in.
    #[error(
        "the database at {at} does not let us in: {why}; check user and password in DATABASE_URL, and the server's pg_hba.conf"
    )]
    Refused {
        /// Where.
        at: String,
        /// What it said.
        why: String,
    },
    /// There is no such database.
    #[error("the server has no such database as {at}: {why}; create it (`createdb --owner=watchroom watchroom`)")]
    NoDatabase {
        /// Where.
        at: String,
        /// What it said.
        why: String,
    },
    /// The role may not make or change the tables.
    #[error(
        "the database at {at} does not let this user make the tables: {why}; as its owner run `GRANT CREATE ON SCHEMA \
         public TO …`, or give the bot a database of its own"
    )]
    Rights {
        /// Where.
        at: String,
        /// What it said.
        why: String,
    },
    /// Older than what is needed.
    #[error("the database at {at} is version {version}; Watchroom needs 13 or newer")]
    TooOld {
        /// Where.
        at: String,
        /// Its version.
        version: String,
    },
    /// Another release laid it out.
    #[error(
        "the record in the database at {at} was laid out by a newer release of watchroom ({layout}); start that release"
    )]
    Layout {
        /// Where.
        at: String,
        /// Which layout it has.
        layout: i64,
    },
    /// Anything else.
    #[error("the database at {at} cannot be used: {why}")]
    Broken {
        /// Where.
        at: String,
        /// Why not.
        why: String,
    },
}

impl OpenError {
    pub(super) fn of(address: &Address, error: &Error) -> Self {
        let (at, why) = (address.to_string(), sentence(error));
        match error.code() {
            Some(&SqlState::INVALID_PASSWORD | &SqlState::INVALID_AUTHORIZATION_SPECIFICATION) => {
                Self::Refused { at, why }
            }
            Some(&SqlState::INVALID_CATALOG_NAME) => Self::NoDatabase { at, why },
            // The second is said where there is no schema to make them in.
            Some(&SqlState::INSUFFICIENT_PRIVILEGE | &SqlState::INVALID_SCHEMA_NAME) => Self::Rights { at, why },
            Some(_) => Self::Broken { at, why },
            // The driver says so itself, before anything is sent.
            None if why.contains("password missing") => Self::Refused { at, why },
            None => Self::Unreachable { at, why },
        }
    }

    /// It does not answer at all.
    pub(super) fn silent(address: &Address) -> Self {
        Self::Unreachable { at: address.to_string(), why: NO_ANSWER.to_owned() }
    }

    pub(super) fn broken(address: &Address, why: &str) -> Self {
        Self::Broken { at: address.to_string(), why: why.to_owned() }
    }
}

/// Why there is no connection, where the server is there and says nothing.
pub(super) const NO_ANSWER: &str = "the server does not answer";

/// Why a group of commits was not made, or not known to be.
#[derive(Debug)]
pub(super) enum Fault {
    /// The connection is gone, or the server is going: another connection may do.
    Lost(String),
    /// Another transaction was in the way, or the server was too busy.
    Again(String),
    /// The server has no space.
    Full,
    /// The server does not take this group.
    Refused(String),
    /// This process must not go on.
    Over(String),
}

impl Fault {
    pub fn of(error: &Error) -> Self {
        let why = sentence(error);
        let Some(code) = error.code() else { return Self::Lost(why) };
        match code.code() {
            "53100" => Self::Full,
            // Serialization failure, deadlock, lock or statement timeout, unknown completion.
            "40001" | "40P01" | "40003" | "55P03" | "57014" => Self::Again(why),
            // A standby that was a primary; what happens to the server or to the connection itself.
            "25006" | "25P03" => Self::Lost(why),
            code if ["08", "53", "57", "58"].contains(&&code[..2]) => Self::Lost(why),
            _ => Self::Refused(why),
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::of(&error)
    }
}
