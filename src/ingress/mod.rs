//! 1  Bytes from Slack: bounded, verified, parsed, carried out, answered.
//!
//! Nothing is parsed before its signature is checked on the raw bytes, and nothing is answered "done" before it is
//! durable. What must be quick (forms, the answer that only the person sees) happens within the request and is bounded;
//! everything else is the outbox's.

mod ack;
mod alerts;
mod body;
mod calendar;
mod case;
mod comms;
mod counters;
mod course;
mod dispatch;
mod door;
mod duty;
mod event;
mod external;
mod following;
mod forms;
mod groups;
mod hook;
mod inbound;
mod intake;
mod interaction;
mod letter;
mod message;
mod oncall;
mod ops;
mod people;
mod press;
mod providers;
mod query;
mod reach;
mod report;
mod router;
mod server;
mod slash;
mod socket;
mod status_page;
mod submit;
mod suggest;
mod thread;
mod twilio;
mod values;
mod verify;
mod words;

pub use ack::{Say, Told, answer as answer_link, look as look_at_link};
pub use counters::Counters;
pub use door::Door;
pub use ops::{Ops, ops_router};
pub use people::People;
pub use router::router;
pub use server::{Peer, serve};
pub use socket::{CONNECTIONS, SocketMode, explained};
pub use twilio::{Fields, twilio_signature};
pub use verify::{Unsigned, sign, verify};

#[cfg(test)]
mod tests;
