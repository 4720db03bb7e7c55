//! The record: what a store promises, and that it keeps it when things break.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod contract;
mod copies;
pub mod crash;
mod damage;
pub mod database;
mod formats;
pub mod kit;
mod past;
mod postgres;
