//! A commit as a line of JSON, with its texts on lines of their own after it.

use std::{io::Write, ops::Range};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::format;
use crate::{
    ids::StreamId,
    store::{
        Finish, Job, Recorded, Remember,
        chain::Hash,
        ledger::{Fact, Facts},
        place::Place,
        text::{self, Sealed, Texts},
    },
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    n: u64,
    at: Timestamp,
    #[serde(borrow, default)]
    events: Vec<EventLine<'a>>,
    #[serde(default)]
    erase: Vec<(StreamId, u64)>,
    #[serde(default)]
    done: Vec<Finish>,
    #[serde(default)]
    jobs: Vec<Job>,
    #[serde(default)]
    keys: Vec<Remember>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventLine<'a> {
    stream: StreamId,
    seq: u64,
    hash: Hash,
    #[serde(default)]
    texts: u64,
    #[serde(borrow)]
    body: &'a RawValue,
}

/// Appends the commit to `out`, which starts at `base` in its segment; tells each event its place. What is hashed goes
/// to `hasher` as well.
pub(super) fn write(
    out: &mut Vec<u8>,
    base: u64,
    segment: u64,
    facts: &mut Facts,
    hasher: &mut Sha256,
) -> std::io::Result<()> {
    let start = out.len();
    write!(out, "{{\"n\":{},\"at\":\"{}\"", facts.number, facts.at)?;
    for (nth, fact) in facts.events.iter_mut().enumerate() {
        out.extend_from_slice(if nth == 0 { b",\"events\":[" } else { b"," });
        out.extend_from_slice(b"{\"stream\":");
        serde_json::to_writer(&mut *out, &fact.recorded.stream)?;
        write!(out, ",\"seq\":{},\"hash\":\"{}\"", fact.recorded.seq, fact.hash)?;
        let texts_len = fact.sealed.texts.as_ref().map_or(0, String::len) as u64;
        if texts_len > 0 {
            write!(out, ",\"texts\":{texts_len}")?;
        }
        out.extend_from_slice(b",\"body\":");
        let (body, body_len) = (base + out.len() as u64, fact.sealed.body.len() as u64);
        fact.place = Place { segment, body, body_len, texts: body, texts_len };
        out.extend_from_slice(fact.sealed.body.as_bytes());
        out.push(b'}');
    }
    if !facts.events.is_empty() {
        out.push(b']');
    }
    member(out, "erase", &facts.erase)?;
    member(out, "done", &facts.done)?;
    member(out, "jobs", &facts.jobs)?;
    member(out, "keys", &facts.keys)?;
    out.extend_from_slice(b"}\n");
    hasher.update(&out[start..]);
    for fact in &mut facts.events {
        if let Some(texts) = &fact.sealed.texts {
            fact.place.texts = base + out.len() as u64;
            out.extend_from_slice(texts.as_bytes());
            out.push(b'\n');
        }
    }
    Ok(())
}

fn member<T: Serialize>(out: &mut Vec<u8>, name: &str, list: &[T]) -> std::io::Result<()> {
    if list.is_empty() {
        return Ok(());
    }
    write!(out, ",\"{name}\":")?;
    Ok(serde_json::to_writer(out, list)?)
}

/// A line read back.
pub(super) struct Parsed {
    /// Texts not yet filled in.
    pub facts: Facts,
}

/// Reads what [`write()`] wrote, without the end of the line; `offset` is where `bytes` start in the segment.
pub(super) fn parse(bytes: &[u8], segment: u64, offset: u64) -> Result<Parsed, serde_json::Error> {
    let line: Line<'_> = serde_json::from_slice(bytes)?;
    let mut events = Vec::with_capacity(line.events.len());
    for event in line.events {
        let raw = event.body.get();
        let within = (raw.as_ptr() as usize - bytes.as_ptr() as usize) as u64;
        let body = offset + within;
        let place = Place { segment, body, body_len: raw.len() as u64, texts: body, texts_len: event.texts };
        let body = serde_json::from_str(raw)?;
        let recorded = Recorded { stream: event.stream, seq: event.seq, at: line.at, body };
        let sealed = Sealed { body: raw.to_owned(), texts: None };
        events.push(Fact { recorded, foreseen: None, sealed, hash: event.hash, place });
    }
    let Line { n: number, at, erase, done, jobs, keys, .. } = line;
    Ok(Parsed { facts: Facts { number, at, events, erase, done, jobs, keys } })
}

/// Fills in the texts of an event from its line, which is `bytes[range]`.
pub(super) fn fill(fact: &mut Fact, bytes: &[u8], range: Range<usize>, offset: u64) -> Texts {
    fact.place.texts = offset;
    let line = &bytes[range];
    let texts = match text::parse(line) {
        Texts::There(texts) if text::fill(&mut fact.recorded.body, &texts) => Texts::There(texts),
        Texts::Blank => Texts::Blank,
        Texts::There(_) | Texts::Torn => Texts::Torn,
    };
    match texts {
        Texts::There(_) => fact.sealed.texts = std::str::from_utf8(line).ok().map(str::to_owned),
        Texts::Blank | Texts::Torn => text::blank(&mut fact.recorded.body),
    }
    texts
}

/// True for a line that can only be a trailer.
pub(super) fn is_trailer(line: &[u8]) -> bool {
    line.starts_with(format::END)
}
