//! 3  What alerts are before they are an incident, or part of one. Pure: no clock, no I/O, no logging.
//!
//! A source delivers alerts; those of one group key and one service are one [`Group`], which people see as one live message. What a
//! delivery means for it is decided by [`arrive()`]: deliveries may come twice, late and in any order. A group is free until it is
//! attached to an incident, or dismissed. [`Rule`]s say which of these becomes of it without anybody's press.
//!
//! What happens stands in the stream `org/alerts` as [`Noticed`] facts; [`apply()`] folds them.

mod apply;
mod arrive;
mod fact;
mod group;
mod incoming;
mod rule;
#[cfg(test)]
mod tests;

pub use apply::apply;
pub use arrive::{Arrival, Source, arrive};
pub use fact::{Ended, Fired, Happening, NOTICED_VERSION, Noticed, Opened};
pub use group::{Group, One, Standing, Words};
pub use incoming::{Alert, Delivery, LONGEST, line};
pub use rule::{Act, Rule};

use jiff::SignedDuration;

/// How many alerts of one group are told apart; of more one knows that there are more.
pub const MOST: usize = 1000;
/// How many of them are known by their words.
pub const WORDED: usize = 50;
/// While so many groups fire that nobody took, those that come are folded into one.
pub const MOST_GROUPS: usize = 20;
/// The message of a group is edited no more often than this, however many alerts come.
pub const SPACING: SignedDuration = SignedDuration::from_secs(5);
/// What fires again within this time belongs to the group that was quiet meanwhile; later it is news, and a message of its own. So long
/// after its incident was resolved, it is news too that it fires on.
pub const QUIET: SignedDuration = SignedDuration::from_mins(30);
/// A group in which nothing fires is forgotten so long after its last change.
pub const KEPT_QUIET: SignedDuration = SignedDuration::from_hours(7 * 24);
/// One that goes on firing, with no change at all, is forgotten so long after: what is delivered then is news.
pub const KEPT_FIRING: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A group's reference: `A-12`.
#[must_use]
pub fn reference(number: u64) -> String {
    format!("A-{number}")
}
