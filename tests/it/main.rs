//! Every story in one binary: a file per promise, a sentence per test.

mod adapters;
mod cli;
mod crash;
mod harness;
mod incident;
mod layering;
mod sandbox;
mod store;
mod story;
