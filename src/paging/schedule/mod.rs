//! Who is on call: built-in schedules. Pure: no clock, and nothing is worked out ahead and kept.
//!
//! A [`Schedule`] has layers, low to high; a layer has rotations, whose people take turns, or shifts that are [`Imported`] from a
//! calendar. [`Override`]s change what
//! the schedule says for a while, and whoever has an [`Absence`] is not on call at all. [`Roster`] puts the three together
//! and answers:
//!
//! ```text
//! layers, low to high ─► overrides, oldest to newest ─► without who is absent ─► people on call, or a gap and its reason
//! ```
//!
//! # Time
//!
//! Everything that people plan (handovers, restrictions, when a layer is active, from when a rotation is as it is) is in
//! local time of the schedule's zone; instants are computed when somebody asks, so that a new time zone database counts at
//! once. Every span is half-open: whoever comes has the instant of the handover, whoever goes does not.
//!
//! A local time that a change of clocks makes ambiguous is always taken the same way, for starts and ends alike (RFC 5545,
//! and what jiff calls "compatible"): one that **does not exist** is moved on by as much as the clocks are (02:30 becomes
//! 03:30), one that **comes twice** is the first of the two. A shift or a restriction of which nothing is left thereby does
//! not take place that day.

mod change;
mod findings;
mod handover;
mod ids;
mod imported;
mod model;
mod restriction;
mod roster;
mod slot;
mod track;
mod walk;
mod zone;

#[cfg(test)]
mod tests;

pub use change::{Absence, Change, Overlap, Override, overlaps};
pub use findings::Finding;
pub use ids::{OverrideId, ScheduleId};
pub use imported::{Imported, Named, Planned};
pub use model::{Active, Day, Every, Handover, Layer, Mode, Rotation, Schedule, WeeklyWindow};
pub use roster::{HORIZON, Roster};
pub use slot::{Cover, Gap, OnCall, OnDuty, Slot, Source, coverage};
pub use zone::{UnknownZone, Zone};
