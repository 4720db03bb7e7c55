//! 3  What stands on public status pages. Pure: no clock, no I/O, no logging.
//!
//! Words of the field, as hosted pages use them: [`ComponentStatus`] and [`PostStatus`]. A [`Page`] is our own one: its [`Post`]s (an incident
//! or a maintenance window, each with its [`Update`]s), and how its components stand, which follows from the posts that are open.
//!
//! What happens stands in the stream `org/status` as [`Posted`] facts; [`apply()`] folds them. Whoever wants to hear of it is a
//! [`Subscriber`], whose facts stand in `org/subscribers`.

mod apply;
mod fact;
pub mod maintenance;
mod page;
mod said;
mod subscriber;
#[cfg(test)]
mod tests;
mod words;

pub use apply::apply;
pub use fact::{Change, POSTED_VERSION, Posted};
pub use page::{Kind, Page, Post, PostId, Spell, Standing, Update, Window};
pub use subscriber::{
    CONFIRM_WITHIN, Destination, Leaving, MOST_PENDING, ROWS, SUBSCRIBED_VERSION, Subscribed, Subscriber, Subscription,
    row,
};
pub use words::{ComponentId, ComponentStatus, Impact, PostStatus};

/// What the page's own history goes back to, in days: that many bars are shown.
pub const HISTORY_DAYS: i64 = 90;
