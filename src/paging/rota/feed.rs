//! What is known of a calendar that a layer takes its shifts from.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::paging::{ical::Finding, schedule::Imported};

/// A calendar as it was read last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Feed {
    /// The layer that it is of.
    pub layer: String,
    /// Its shifts.
    pub imported: Arc<Imported>,
    /// When it was fetched last: how old its shifts are at most. None: never.
    pub fetched: Option<Timestamp>,
    /// When it was another for the last time.
    pub changed: Option<Timestamp>,
    /// It cannot be read at present; its shifts are those of the last good copy.
    pub failing: Option<Failing>,
    /// Whom it names, in shifts that are not over, that are nobody in Slack; as written, each once.
    pub strangers: Vec<String>,
    /// What of it could not be read.
    pub findings: Vec<Finding>,
    /// How many more there were.
    pub untold: usize,
}

impl Feed {
    /// Was it never tried yet? Then nothing can be said of who is on call by it.
    #[must_use]
    pub const fn is_awaited(&self) -> bool {
        self.fetched.is_none() && self.failing.is_none()
    }
}

/// What the owner hears of a calendar. Names of people stand in the calendar alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedNews {
    /// It cannot be read since then.
    Failing {
        /// Since when.
        since: Timestamp,
    },
    /// It can be read again.
    Works {
        /// Since when it could not be.
        since: Timestamp,
    },
    /// It names people whom Slack does not know.
    Strangers,
}

impl FeedNews {
    /// What makes it itself among those of one calendar, told at `now`.
    #[must_use]
    pub fn once(&self, now: Timestamp) -> String {
        match self {
            Self::Failing { since } => format!("failing/{}", since.as_second()),
            Self::Works { since } => format!("works/{}", since.as_second()),
            Self::Strangers => format!("strangers/{}", now.as_second()),
        }
    }
}

/// A calendar cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failing {
    /// When that was seen first.
    pub since: Timestamp,
    /// Why, at the last try.
    pub why: Missed,
}

/// Why a calendar was not read. Nothing here has its address, which is a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missed {
    /// Its host cannot be reached, in the system's words.
    Unreachable(String),
    /// Its host did not answer in time.
    TooSlow,
    /// Its host answered with this status.
    Status(u16),
    /// It leads on and on, or to where nothing is fetched from.
    Redirects,
    /// It is, or leads to, an address in a private network, or of the machine itself.
    Private,
    /// Its file cannot be read, in the system's words.
    File(String),
    /// It is larger than what is read.
    TooLarge,
    /// What is there is no calendar.
    NoCalendar,
    /// What is there ends in the middle.
    CutShort,
}
