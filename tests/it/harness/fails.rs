//! How a provider fails, whichever it is.

use std::convert::Infallible;

use axum::{
    Json,
    body::Body,
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use http::StatusCode;
use serde_json::Value;

/// What becomes of the next request, whatever it is.
#[derive(Clone, Copy, Debug)]
pub enum Fails {
    /// 429, with seconds to wait where it says so.
    Limits(Option<u64>),
    /// This status, with nothing done.
    Status(u16),
    /// It is done, and the answer is lost.
    AfterTheWrite,
    /// It is done, and the answer is cut in the middle.
    Malformed,
    /// It is done, and nothing is answered.
    Hangs,
    /// Nothing is done, and nothing is answered.
    Ignores,
    /// It is done, and the answer stops in the middle, with the connection open.
    Stalls,
}

/// What such a request ends with: `limited` is said to one too many, `cut` is all that gets through of an answer that breaks off.
pub async fn answer(fails: Option<Fails>, limited: Value, cut: &'static str, request: Request, next: Next) -> Response {
    match fails {
        None => next.run(request).await,
        Some(Fails::Limits(wait)) => {
            let mut answer = (StatusCode::TOO_MANY_REQUESTS, Json(limited)).into_response();
            if let Some(wait) = wait {
                answer.headers_mut().insert("retry-after", wait.into());
            }
            answer
        }
        Some(Fails::Status(status)) => StatusCode::from_u16(status).expect("a status").into_response(),
        Some(Fails::AfterTheWrite) => {
            next.run(request).await;
            StatusCode::BAD_GATEWAY.into_response()
        }
        Some(Fails::Malformed) => {
            next.run(request).await;
            cut.into_response()
        }
        Some(Fails::Hangs) => {
            next.run(request).await;
            std::future::pending().await
        }
        Some(Fails::Ignores) => std::future::pending().await,
        Some(Fails::Stalls) => {
            let status = next.run(request).await.status();
            let begins = stream::once(async move { Ok::<_, Infallible>(cut) });
            (status, Body::from_stream(begins.chain(stream::pending()))).into_response()
        }
    }
}
