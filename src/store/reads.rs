//! Reads that are the same over every key-value side.

use jiff::Timestamp;
use serde_json::Value;

use super::{
    Job, Json, ReadError,
    chain::Head,
    keys,
    kv::Kv,
    ledger::{job_of, remembered, spoilt},
    place::Indexed,
};
use crate::ids::StreamId;

pub(super) fn known(kv: &impl Kv, key: &str, now: Timestamp) -> Result<Option<Json>, ReadError> {
    let found = remembered(kv.get(&keys::remembered(key))?.as_deref())?;
    Ok(found.filter(|(until, _)| *until >= now).map(|(_, answer)| answer))
}

pub(super) fn docs(
    kv: &impl Kv,
    prefix: &str,
    after: Option<&str>,
    limit: usize,
    backwards: bool,
) -> Result<Vec<(String, Vec<u8>)>, ReadError> {
    let (low, high) = docs_between(prefix, after, backwards);
    kv.range(&low, high.as_deref(), limit, backwards)?.into_iter().map(doc_entry).collect()
}

/// Where the documents of [`docs`] lie: from, and before.
pub(super) fn docs_between(prefix: &str, after: Option<&str>, backwards: bool) -> (Vec<u8>, Option<Vec<u8>>) {
    let mut low = keys::doc(prefix);
    let mut high = keys::after_all(&low);
    if let Some(after) = after {
        let after = keys::doc(after);
        if backwards {
            high = Some(high.map_or_else(|| after.clone(), |high| high.min(after.clone())));
        } else {
            low = low.max([&after[..], &[0]].concat());
        }
    }
    (low, high)
}

/// A document by its name.
pub(super) fn doc_entry((key, value): (Vec<u8>, Vec<u8>)) -> Result<(String, Vec<u8>), ReadError> {
    Ok((name_of(key).ok_or_else(|| spoilt("a document's key"))?, value))
}

/// What stands behind the letter.
fn name_of(mut key: Vec<u8>) -> Option<String> {
    key.remove(0);
    String::from_utf8(key).ok()
}

pub(super) fn length(kv: &impl Kv, stream: &StreamId) -> Result<u64, ReadError> {
    let Some(bytes) = kv.get(&keys::head(&stream.to_string()))? else { return Ok(0) };
    Head::decode(&bytes).map(|head| head.length).ok_or_else(|| spoilt("a stream's head"))
}

/// Where events stand, with their place in the stream.
pub(super) fn index(
    kv: &impl Kv,
    stream: &StreamId,
    from: u64,
    limit: usize,
) -> Result<Vec<(u64, Indexed)>, ReadError> {
    let low = keys::event(stream, from);
    let high = keys::after_all(&low[..low.len() - 8]);
    let entry = |(key, value): (Vec<u8>, Vec<u8>)| {
        let seq = key.last_chunk().map(|seq| u64::from_be_bytes(*seq));
        seq.zip(Indexed::decode(&value)).ok_or_else(|| spoilt("an event's place"))
    };
    kv.range(&low, high.as_deref(), limit, false)?.into_iter().map(entry).collect()
}

/// Jumps from lane to lane, so that the time is that of the lanes and not of the jobs.
pub(super) fn lanes(kv: &impl Kv) -> Result<Vec<String>, ReadError> {
    let end = keys::after_all(keys::LANES);
    let mut low = keys::LANES.to_vec();
    let mut lanes = Vec::new();
    while let Some((key, _)) = kv.range(&low, end.as_deref(), 1, false)?.pop() {
        let lane = keys::lane_of(&key).ok_or_else(|| spoilt("a lane"))?;
        lanes.push(lane.to_owned());
        let Some(next) = keys::after_all(&keys::lane(lane)) else { break };
        low = next;
    }
    Ok(lanes)
}

pub(super) fn lane(kv: &impl Kv, lane: &str, limit: usize) -> Result<Vec<Job>, ReadError> {
    let low = keys::lane(lane);
    let found = kv.range(&low, keys::after_all(&low).as_deref(), limit, false)?;
    found.iter().map(|(_, bytes)| job_of(bytes)).collect()
}

pub(super) fn timers(kv: &impl Kv, now: Timestamp, limit: usize) -> Result<Vec<Job>, ReadError> {
    let found = kv.range(keys::TIMERS, Some(&keys::due_until(now)), limit, false)?;
    found.iter().map(|(_, bytes)| job_of(bytes)).collect()
}

pub(super) fn next_timer(kv: &impl Kv) -> Result<Option<Timestamp>, ReadError> {
    let first = kv.range(keys::TIMERS, keys::after_all(keys::TIMERS).as_deref(), 1, false)?.pop();
    first.map(|(key, _)| keys::due_of(&key).ok_or_else(|| spoilt("a timer"))).transpose()
}

pub(super) fn receipt(kv: &impl Kv, key: &str) -> Result<Option<Value>, ReadError> {
    kv.get(&keys::receipt(key))?.map(|bytes| receipt_of(&bytes)).transpose()
}

/// A receipt as it stands.
pub(super) fn receipt_of(bytes: &[u8]) -> Result<Value, ReadError> {
    serde_json::from_slice(bytes).map_err(|_| spoilt("a receipt"))
}

pub(super) fn receipts(
    kv: &impl Kv,
    prefix: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<(String, Value)>, ReadError> {
    let (low, high) = receipts_between(prefix, after);
    kv.range(&low, high.as_deref(), limit, false)?.into_iter().map(receipt_entry).collect()
}

/// Where the receipts of [`receipts`] lie: from, and before.
pub(super) fn receipts_between(prefix: &str, after: Option<&str>) -> (Vec<u8>, Option<Vec<u8>>) {
    let prefix = keys::receipt(prefix);
    let low =
        after.map_or_else(|| prefix.clone(), |after| [&keys::receipt(after)[..], &[0]].concat()).max(prefix.clone());
    (low, keys::after_all(&prefix))
}

/// A receipt by the key of its job.
pub(super) fn receipt_entry((key, value): (Vec<u8>, Vec<u8>)) -> Result<(String, Value), ReadError> {
    Ok((name_of(key).ok_or_else(|| spoilt("a receipt's key"))?, receipt_of(&value)?))
}
