//! What people change about who is on call: overrides, cover, swaps and absences, as facts in streams of their own. Pure.
//!
//! A schedule's stream (`sched/primary`) has [`Rostered`] facts, which fold into a [`Roll`]; a person's (`person/U1`) has
//! [`Personal`] facts, which fold into a [`Calendar`]. [`decide()`] says what an ask means now. Nothing rewrites the past: what is
//! in force already is cut short, not taken away.

mod ask;
mod calendar;
mod decide;
mod fact;
mod feed;
mod roll;
mod same;
mod watch;

#[cfg(test)]
mod tests;

pub use ask::{Ask, AwayAsk, LONGEST, No};
pub use calendar::{Away, Calendar, PERSONAL_VERSION, Personal, PersonalFact};
pub use decide::{away, comers, decide};
pub use fact::{Fact, ROSTERED_VERSION, Rostered, Span};
pub use feed::{Failing, Feed, FeedNews, Missed};
pub use roll::{Asked, Roll, Rolled, Wanted};
pub use same::{Same, is_concerned, same, schedules_of};
pub use watch::{Due, Missing, Watch, Why, watch};
