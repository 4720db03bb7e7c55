//! Names, headers and trailers: the parts of a segment that must be exactly what they are.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::store::chain::Hash;

/// The version this release writes, and the only one there has been.
pub(super) const VERSION: u64 = 1;

/// How a group starts; nothing else in a segment starts a line like this.
pub(super) const GROUP: &[u8] = b"{\"group\":";

/// How a group's trailer starts.
pub(super) const END: &[u8] = b"{\"end\":";

/// The end of a group: where the next one starts, and what it follows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::store) struct Position {
    /// The segment's number, from 1; 0 before there is any.
    pub segment: u64,
    /// How many of its bytes lie before.
    pub offset: u64,
    /// The number of the last group.
    pub group: u64,
    /// How many commits it had.
    pub commits: u64,
    /// Its sum.
    pub sum: Hash,
}

pub(super) fn name(segment: u64) -> String {
    format!("{segment:08}.jsonl")
}

pub(in crate::store) fn path(dir: &Path, segment: u64) -> PathBuf {
    dir.join(name(segment))
}

/// The number in a segment's name.
pub(super) fn number(name: &str) -> Option<u64> {
    let number = name.strip_suffix(".jsonl")?.parse().ok()?;
    (self::name(number) == name).then_some(number)
}

pub(super) fn header(segment: u64, after: Hash) -> String {
    format!("{{\"watchroom_journal\":{VERSION},\"segment\":{segment},\"after\":\"{after}\"}}\n")
}

pub(super) fn group(number: u64) -> String {
    format!("{{\"group\":{number}}}\n")
}

pub(super) fn trailer(number: u64, commits: u64, sum: Hash) -> String {
    format!("{{\"end\":{number},\"commits\":{commits},\"sum\":\"{sum}\"}}\n")
}

/// A length or offset in memory.
pub(super) fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
