//! Whoever subscribed to our own status page: a stream of its own, and the work that tells them.
//!
//! A post that subscribers are told of asks for one job in each row of them. Such a job says how far the row was told: the list itself is the
//! queue, so that ten thousand are queued with one commit, and whoever left meanwhile is told nothing any more. Who cannot be told in passing
//! gets a job in a lane of their own.

mod asking;
mod change;
mod expiry;
mod news;
mod read;
mod stream;
mod work;

pub use asking::Asking;
pub use news::Posting;
pub use work::{Whom, Word, is_of_subscribers, mailing};

pub(super) use expiry::is_timer;
pub(super) use work::all_rows;
