//! Shifts that stand in a calendar of another program (iCalendar, RFC 5545). Pure.
//!
//! ```text
//! text ─► events ─► by UID: rules, dates, exceptions ─► occurrences in the window ─► one shift for each person named
//! ```
//!
//! Each event that takes time is a shift of whoever is invited to it; where nobody is, of its organizer; where there is none, of
//! whom its title names. Whoever declined is left out. Cancelled events and those shown as free are no shifts.
//!
//! # Time
//!
//! Local times are taken as [`schedule`](super::schedule) takes them, in the zone that is written with them; floating times and
//! whole days are of the schedule's zone. An occurrence is as long on the clock as the first one, so that a shift from 09:00
//! to 09:00 a week later ends at 09:00 when the clocks change, where RFC 5545 would have it end an hour off and leave a hole.
//!
//! # Bounds
//!
//! A calendar comes from outside: whatever is in it, reading takes bounded time and space, and what could not be read is told.

mod event;
mod find;
mod moment;
mod rule;
mod series;
mod week;
mod zones;

#[cfg(test)]
mod tests;

use jiff::Timestamp;

pub use find::read;

/// The largest calendar that is read, in bytes.
pub const LARGEST: usize = 5 * 1024 * 1024;
/// The most occurrences that are taken from one calendar.
pub const MOST: usize = 100_000;
/// The most findings that are told.
pub const TOLD: usize = 100;

/// What a calendar says about a window.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Every shift that touches the window, whole, as they begin.
    pub shifts: Vec<Shift>,
    /// What could not be read; at most [`TOLD`].
    pub findings: Vec<Finding>,
    /// How many more there were.
    pub untold: usize,
}

/// Somebody's shift, `[from, until)`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shift {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
    /// Who, as written: an e-mail address or the event's title.
    pub who: String,
    /// The level that the title begins with (`[L2] bob`).
    pub level: Option<u8>,
}

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It has more than [`LARGEST`] bytes; nothing of it was read.
    TooLarge,
    /// It is no calendar.
    NoCalendar,
    /// Its end is missing: it may have more than was read.
    CutShort,
    /// It repeats more often than [`MOST`] in the window, or takes too long to work out; what came until then counts.
    TooMuch,
    /// About one event.
    Event {
        /// Which one.
        which: Which,
        /// What about it.
        why: Unread,
    },
}

/// An event, as people find it again; what is long is cut.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Which {
    /// Its UID.
    pub uid: Option<String>,
    /// Its title.
    pub title: Option<String>,
}

/// What about an event could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// When it begins is missing or no time. It counts for nothing.
    Start,
    /// It ends when it begins, or before. It counts for nothing.
    Empty,
    /// It names nobody, or everybody declined. It counts for nothing.
    Nobody,
    /// It is shown as free. It counts for nothing.
    Free,
    /// A zone that is not known; taken as the schedule's.
    Zone(String),
    /// How it repeats; the rule is left out.
    Rule,
    /// A date to add, to leave out or to replace; it is left out.
    Date,
}
