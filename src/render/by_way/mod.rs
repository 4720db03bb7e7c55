//! A [`Notice`](super::Notice) as each way takes it, and why a way did not take it.

mod call;
mod letter;
mod text;
mod why;

pub use call::{call, call_again, call_ended};
pub use letter::{Letter, letter};
pub use text::{push, text};
pub use why::{call_failed, mail_refused, twilio_failed};
