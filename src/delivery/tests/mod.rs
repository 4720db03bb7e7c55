//! The outbox against a chat that fails in every way.

mod bench;
mod doubt;
mod fake;
mod refused;
mod running;
mod waiting;
