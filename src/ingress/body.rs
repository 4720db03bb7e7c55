//! The bytes of a request, at most so many and in time.

use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _};
use futures_util::StreamExt as _;
use http::StatusCode;

use super::Door;

/// How long a sender may take for its body.
const PATIENCE: Duration = Duration::from_secs(10);

/// A body of at most `limit` bytes; one that has more is counted.
///
/// # Errors
/// 413 where it is too long, 408 where it takes too long, 400 where it breaks off.
pub(super) async fn read(door: &Door, body: Body, limit: usize) -> Result<Bytes, StatusCode> {
    let read = tokio::time::timeout(PATIENCE, whole(body, limit)).await.unwrap_or(Err(StatusCode::REQUEST_TIMEOUT));
    if read == Err(StatusCode::PAYLOAD_TOO_LARGE) {
        door.counters.oversized.up();
    }
    read
}

async fn whole(body: Body, limit: usize) -> Result<Bytes, StatusCode> {
    // A body that says beforehand that it is too long is not read at all.
    if body.size_hint().lower() > limit as u64 {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let mut stream = body.into_data_stream();
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| StatusCode::BAD_REQUEST)?;
        if bytes.len() + chunk.len() > limit {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Bytes::from(bytes))
}
