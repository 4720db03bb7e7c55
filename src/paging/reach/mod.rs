//! Ways to a person beside the chat, so that no page hangs on one alone: which somebody chose, and where each stands while a page
//! asks them.

mod address;
mod ask;
mod beside;
mod contacts;
mod fact;
#[cfg(test)]
mod tests;
mod way;

pub use address::{Malformed, clean};
pub use ask::{Ask, Choice, LATEST_MIN, No, TEST_AGAIN, decide};
pub use beside::{Beside, Plan, Stage, plan};
pub use contacts::{Contact, Contacts, Test, Tried};
pub use fact::Fact;
pub use way::Way;
