//! What people write into a playbook's file, and what they are told of it.

mod huge;
mod lint;
mod schema;
mod slips;

use watchroom::playbook::{Reading, read};

/// A sound playbook that leaves no key out.
pub const FULL: &str = include_str!("full.toml");

/// What is said of it on the day that it was written for.
pub fn looked_at(text: &str) -> Reading {
    read(text, Some(jiff::civil::date(2026, 11, 25)))
}
