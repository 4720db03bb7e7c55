//! One request to a provider, and what its answer, or the lack of one, means. Addresses and bodies stay behind: they say who somebody is.

use std::time::Duration;

use reqwest::{RequestBuilder, Response, StatusCode, header::HeaderMap, header::RETRY_AFTER};
use serde_json::Value;

use crate::ports::Trouble;

/// How long a question may take: whoever asks waits for it, and Slack waits three seconds.
pub(super) const ASKED: Duration = Duration::from_secs(2);
/// How long a write may take: a page that does not get through has to go to others within seconds.
pub(super) const SENT: Duration = Duration::from_secs(4);
/// How long to wait where the neighbour asks for patience and does not say how long.
const PATIENCE: Duration = Duration::from_secs(30);
/// The longest that a neighbour is believed to want.
const LONGEST: Duration = Duration::from_hours(1);
/// The largest answer that is read, in bytes.
const LARGEST: usize = 8 * 1024 * 1024;

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Failed {
    /// It refused, with this status.
    Refused(StatusCode),
    /// Anything else.
    Trouble(Trouble),
}

impl Failed {
    /// In our words; `scope` is what a token needs for the request.
    pub(super) fn trouble(self, scope: &str) -> Trouble {
        match self {
            Self::Trouble(trouble) => trouble,
            Self::Refused(StatusCode::UNAUTHORIZED) => Trouble::Refused("the token is not known (401)".into()),
            Self::Refused(StatusCode::FORBIDDEN) => {
                Trouble::Refused(format!("the token may not do this (403); it needs {scope}"))
            }
            Self::Refused(status) => Trouble::Refused(format!("http_{}", status.as_u16())),
        }
    }
}

/// The answer's JSON, `null` where there is none to be expected.
pub(super) async fn answer(request: RequestBuilder) -> Result<Value, Failed> {
    let answer = request.send().await.map_err(|e| Failed::Trouble(lost(&e)))?;
    let status = answer.status();
    if !status.is_success() {
        return Err(refused(status, answer.headers()));
    }
    let body = body(answer).await.map_err(Failed::Trouble)?;
    if body.is_empty() {
        return Ok(Value::Null);
    }
    let unread = |_| Failed::Trouble(Trouble::Unreachable("an answer that cannot be read".into()));
    serde_json::from_slice(&body).map_err(unread)
}

/// Was it taken? What else the answer says is nothing to us.
pub(super) async fn taken(request: RequestBuilder) -> Result<(), Failed> {
    let answer = request.send().await.map_err(|e| Failed::Trouble(lost(&e)))?;
    let status = answer.status();
    if status.is_success() { Ok(()) } else { Err(refused(status, answer.headers())) }
}

async fn body(mut answer: Response) -> Result<Vec<u8>, Trouble> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|e| lost(&e))? {
        body.extend_from_slice(&chunk);
        if body.len() > LARGEST {
            return Err(Trouble::Unreachable("an answer that is too large".into()));
        }
    }
    Ok(body)
}

/// The request may have got through: nothing that is asked here does harm twice, so that it is tried again.
fn lost(e: &reqwest::Error) -> Trouble {
    let what = match () {
        () if e.is_connect() => "no connection",
        () if e.is_builder() => "the request could not be made",
        () if e.is_timeout() => "no answer in time",
        () => "the connection broke",
    };
    Trouble::Unreachable(what.into())
}

fn refused(status: StatusCode, headers: &HeaderMap) -> Failed {
    let seconds = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs);
    let asked = seconds(RETRY_AFTER.as_str()).or_else(|| seconds("ratelimit-reset"));
    let asked = asked.map(|wait| wait.clamp(Duration::from_secs(1), LONGEST));
    match status {
        StatusCode::TOO_MANY_REQUESTS => Failed::Trouble(Trouble::RateLimited(asked.unwrap_or(PATIENCE))),
        _ if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => {
            let said = Trouble::Unreachable(format!("status {}", status.as_u16()));
            Failed::Trouble(asked.map_or(said, Trouble::RateLimited))
        }
        _ => Failed::Refused(status),
    }
}
