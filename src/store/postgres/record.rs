//! Events as they stand in the database.

use serde_json::Value;
use tokio_postgres::Row;

use super::error::Fault;
use crate::{
    ids::StreamId,
    store::{
        ReadError, Recorded,
        chain::Hash,
        ledger::{Fact, Facts},
        place::Place,
        text::{self, Sealed, Texts},
    },
};

/// The body with its texts; `null` where they were erased.
fn filled(body: &str, texts: Option<&str>, erased: bool) -> Result<Value, String> {
    let mut value: Value = serde_json::from_str(body).map_err(|e| e.to_string())?;
    match texts.map(|texts| text::parse(texts.as_bytes())) {
        _ if erased => text::blank(&mut value),
        Some(Texts::There(texts)) if text::fill(&mut value, &texts) => {}
        Some(_) => return Err("its texts are damaged; run `watchroom verify`".to_owned()),
        None => {}
    }
    Ok(value)
}

/// `seq, at, body, texts, erased` of an event.
pub(super) fn recorded(stream: &StreamId, row: &Row) -> Result<Recorded, ReadError> {
    let seq = row.get::<_, i64>(0).unsigned_abs();
    let wrong = |why: String| ReadError(format!("event {seq} of {stream}: {why}"));
    let at = row.get::<_, &str>(1).parse().map_err(|e: jiff::Error| wrong(e.to_string()))?;
    let body = filled(row.get(2), row.get(3), row.get(4)).map_err(wrong)?;
    Ok(Recorded { stream: stream.clone(), seq, at, body })
}

/// `commit_number, nth, stream, seq, at, hash, body, texts, erased` of an event, as a commit of its own.
pub(super) fn facts_of(row: &Row) -> Result<Facts, Fault> {
    let name = String::from_utf8_lossy(row.get(2)).into_owned();
    let seq = row.get::<_, i64>(3).unsigned_abs();
    let wrong = |why: String| Fault::Over(format!("event {seq} of {name}: {why}"));
    let stream: StreamId = name.parse().map_err(|_| wrong("its stream has no name of ours".to_owned()))?;
    let at = row.get::<_, &str>(4).parse().map_err(|e: jiff::Error| wrong(e.to_string()))?;
    let hash = <[u8; 32]>::try_from(row.get::<_, &[u8]>(5)).map_err(|_| wrong("its hash is none".to_owned()))?;
    let (body, texts, erased): (&str, Option<&str>, bool) = (row.get(6), row.get(7), row.get(8));
    let value = filled(body, texts, erased).map_err(wrong)?;
    let recorded = Recorded { stream, seq, at, body: value };
    let sealed = Sealed { body: body.to_owned(), texts: texts.map(str::to_owned) };
    let fact = Fact { recorded, foreseen: None, sealed, hash: Hash(hash), place: Place::default() };
    let number = row.get::<_, i64>(0).unsigned_abs();
    Ok(Facts { number, at, events: vec![fact], erase: vec![], done: vec![], jobs: vec![], keys: vec![] })
}
