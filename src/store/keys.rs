//! What stands where in the key-value side of a store: one tree, a letter for each kind of entry.
//!
//! | key | value |
//! | --- | --- |
//! | `s` stream | how long it is and its last hash |
//! | `e` len stream seq | where the event stands in the journal |
//! | `d` document key | the document |
//! | `q` len lane place | a pending job of a lane |
//! | `t` due place | a pending timer |
//! | `j` job key | where the pending job with this key stands |
//! | `r` job key | the receipt |
//! | `k` remembered key | until when, and the answer |
//! | `x` until key | the same keys by when they run out |
//!
//! Numbers are big-endian and `len` is four bytes, so that byte order is the order people mean and no name can run into
//! the next field.

use jiff::Timestamp;

use crate::ids::StreamId;

fn named(kind: u8, name: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(1 + name.len());
    key.push(kind);
    key.extend_from_slice(name.as_bytes());
    key
}

fn fielded(kind: u8, name: &str, room: usize) -> Vec<u8> {
    let mut key = Vec::with_capacity(5 + name.len() + room);
    key.push(kind);
    // A name of four gibibytes cannot reach us: requests are bounded to one mebibyte.
    key.extend_from_slice(&u32::try_from(name.len()).unwrap_or(u32::MAX).to_be_bytes());
    key.extend_from_slice(name.as_bytes());
    key
}

pub(super) fn head(stream: &str) -> Vec<u8> {
    named(b's', stream)
}

pub(super) fn event(stream: &StreamId, seq: u64) -> Vec<u8> {
    let mut key = fielded(b'e', &stream.to_string(), 8);
    key.extend_from_slice(&seq.to_be_bytes());
    key
}

/// What places of events begin with.
pub(super) const EVENTS: &[u8] = b"e";

/// What documents begin with.
pub(super) const DOCS: &[u8] = b"d";

pub(super) fn doc(key: &str) -> Vec<u8> {
    named(b'd', key)
}

/// Every lane.
pub(super) const LANES: &[u8] = b"q";

/// All entries of one lane.
pub(super) fn lane(lane: &str) -> Vec<u8> {
    fielded(b'q', lane, 8)
}

pub(super) fn in_lane(name: &str, place: u64) -> Vec<u8> {
    let mut key = lane(name);
    key.extend_from_slice(&place.to_be_bytes());
    key
}

/// The lane an entry of a lane belongs to.
pub(super) fn lane_of(key: &[u8]) -> Option<&str> {
    let (len, rest) = key.get(1..)?.split_first_chunk()?;
    std::str::from_utf8(rest.get(..usize::try_from(u32::from_be_bytes(*len)).ok()?)?).ok()
}

/// Every timer.
pub(super) const TIMERS: &[u8] = b"t";

/// The end of all timers that are due.
pub(super) fn due_until(now: Timestamp) -> Vec<u8> {
    let mut key = TIMERS.to_vec();
    key.extend_from_slice(&instant(now));
    key.extend_from_slice(&[0xff; 9]);
    key
}

pub(super) fn timer(due: Timestamp, place: u64) -> Vec<u8> {
    let mut key = TIMERS.to_vec();
    key.extend_from_slice(&instant(due));
    key.extend_from_slice(&place.to_be_bytes());
    key
}

/// The place at the end of the key of a job, in its lane or among the timers.
pub(super) fn place_of(key: &[u8]) -> Option<u64> {
    key.last_chunk().map(|place| u64::from_be_bytes(*place))
}

/// When the timer under this key is due.
pub(super) fn due_of(key: &[u8]) -> Option<Timestamp> {
    at(key.get(1..13)?)
}

pub(super) fn job(key: &str) -> Vec<u8> {
    named(b'j', key)
}

pub(super) fn receipt(key: &str) -> Vec<u8> {
    named(b'r', key)
}

/// What remembered keys begin with.
pub(super) const REMEMBERED: &[u8] = b"k";

pub(super) fn remembered(key: &str) -> Vec<u8> {
    named(b'k', key)
}

/// All remembered keys by when they run out.
pub(super) const EXPIRIES: &[u8] = b"x";

pub(super) fn expiry(until: Timestamp, key: &str) -> Vec<u8> {
    let mut out = expired_before(until);
    out.extend_from_slice(key.as_bytes());
    out
}

/// The end of all keys that have run out at `now`.
pub(super) fn expired_before(now: Timestamp) -> Vec<u8> {
    let mut out = EXPIRIES.to_vec();
    out.extend_from_slice(&instant(now));
    out
}

/// The remembered key that an expiry is about.
pub(super) fn expiring(key: &[u8]) -> Option<&str> {
    std::str::from_utf8(key.get(13..)?).ok()
}

/// Added to nanoseconds so that instants before 1970 sort first.
const SHIFT: i128 = 1 << 95;

/// An instant as twelve bytes that sort by time.
pub(super) fn instant(at: Timestamp) -> [u8; 12] {
    let shifted = (at.as_nanosecond() + SHIFT).to_be_bytes();
    let mut out = [0; 12];
    out.copy_from_slice(&shifted[4..]);
    out
}

/// What [`instant`] wrote.
pub(super) fn at(bytes: &[u8]) -> Option<Timestamp> {
    let mut shifted = [0; 16];
    shifted[4..].copy_from_slice(bytes.get(..12)?);
    Timestamp::from_nanosecond(i128::from_be_bytes(shifted) - SHIFT).ok()
}

/// The first key after all that start with `prefix`; none if there is no such key.
pub(super) fn after_all(prefix: &[u8]) -> Option<Vec<u8>> {
    let kept = prefix.iter().rposition(|&b| b != 0xff)?;
    let mut end = prefix[..=kept].to_vec();
    end[kept] += 1;
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_sort_by_time_and_come_back() {
        let all = [Timestamp::MIN, "1969-12-31T23:59:59.5Z".parse().unwrap(), Timestamp::UNIX_EPOCH, Timestamp::MAX];
        for pair in all.windows(2) {
            assert!(instant(pair[0]) < instant(pair[1]));
        }
        for instant_at in all {
            assert_eq!(at(&instant(instant_at)), Some(instant_at));
        }
    }

    #[test]
    fn a_lane_never_runs_into_another() {
        let end = after_all(&lane("a")).unwrap();
        assert!(in_lane("a", u64::MAX) < end && in_lane("aa", 0) >= end && in_lane("a\u{0}", 0) >= end);
        assert_eq!(lane_of(&in_lane("room\u{0}1", 7)), Some("room\u{0}1"));
        assert_eq!(after_all(&[0xff]), None);
    }
}
