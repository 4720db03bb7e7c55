//! The record: what a store promises, and that it keeps it when things break.

mod contract;
mod kit;
