//! A file per promise of the contract, a sentence per test.

mod bad_forms;
mod bad_input;
mod bad_requests;
mod bad_rooms;
mod durable;
mod neighbours;
mod people_first;
mod private;
mod record;
mod said_once;
mod time_survives;
mod unreached;
