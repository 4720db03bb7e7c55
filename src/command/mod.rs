//! 2  What a person typed after `/incident`, turned into what it means. Pure.
//!
//! One table ([`GRAMMAR`]) holds every verb: its other names, its usage, its help, and the function that reads its
//! arguments. [`parse()`] finds the verb; a verb counts only where its arguments can be read. Text that can be read in two
//! ways changes nothing: both readings are offered.

mod access;
mod args;
mod case;
mod course;
mod declare;
mod duty;
mod entries;
mod evidence;
mod external;
mod following;
mod grammar;
mod help;
mod markup;
mod names;
mod near;
mod oncall;
mod parse;
mod people;
mod queries;
mod report;
mod span;
mod status_page;
mod table;
mod time;
mod trouble;
mod verbs;

pub use declare::without_security;
pub use grammar::{Does, Verb, verb};
pub use help::{help, help_on};
pub use markup::{plain, unmarked};
pub use oncall::Rostering;
pub use parse::{FormKind, ListWhat, ParseCx, Parsed, Query, Reading, Said, Step, named, parse};
pub use report::Reporting;
pub use span::span;
pub use status_page::{Longer, Publishing};
pub use table::GRAMMAR;
pub use time::{Toward, when};

#[cfg(test)]
mod tests;
