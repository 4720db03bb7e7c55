//! What an HTTP neighbour's answer, or the lack of one, means. Addresses and bodies stay behind: they say who somebody is.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use reqwest::{
    Client, Response, StatusCode,
    header::{DATE, HeaderMap, RETRY_AFTER},
};
use serde_json::Value;
use url::Url;

use crate::{adapters::http::Http, ports::Trouble};

/// How long to wait where the neighbour asks for patience and does not say how long.
const PATIENCE: Duration = Duration::from_secs(30);
/// The latest that a neighbour is believed to want us back.
const LONGEST: SignedDuration = SignedDuration::from_hours(1);

/// What requests are made with.
pub(in crate::adapters) async fn client(http: &Http) -> Result<&Client, Trouble> {
    http.client().await.map_err(|e| Trouble::Unreachable(e.to_string()))
}

/// A place below a neighbour's base address.
pub(in crate::adapters) fn at(base: &Url, path: &str) -> Result<Url, Trouble> {
    base.join(path).map_err(|e| Trouble::Unreachable(format!("its address cannot be put together: {e}")))
}

/// What became of a request: the answer's JSON, `null` where it is none.
pub(in crate::adapters) async fn read(sent: Result<Response, reqwest::Error>) -> Result<Value, Trouble> {
    explained(sent, |_| None).await
}

/// The same of a neighbour that says in the body why it refuses.
pub(in crate::adapters) async fn explained(
    sent: Result<Response, reqwest::Error>,
    why: impl FnOnce(&Value) -> Option<String>,
) -> Result<Value, Trouble> {
    let answer = sent.map_err(|e| failed(&e))?;
    let status = answer.status();
    if !status.is_success() {
        let trouble = refused(status, asked(answer.headers()));
        let Trouble::Refused(code) = trouble else { return Err(trouble) };
        return Err(Trouble::Refused(why(&answer.json().await.unwrap_or(Value::Null)).unwrap_or(code)));
    }
    // It was taken: whether what it says can be read matters to nobody.
    Ok(answer.json().await.unwrap_or(Value::Null))
}

/// How long it asks us to wait: in seconds (of which some neighbours name parts), or until when by its own clock.
fn asked(headers: &HeaderMap) -> Option<Duration> {
    let value = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    if let Some(seconds) = value(RETRY_AFTER.as_str()).and_then(|text| text.parse::<f64>().ok()) {
        let longest = LONGEST.unsigned_abs();
        return Duration::try_from_secs_f64(seconds.ceil()).ok().map(|wait| wait.min(longest));
    }
    let now = rfc2822::parse(value(DATE.as_str())?).ok()?.timestamp();
    let until = value("x-rate-limit-reset").or_else(|| value("x-ratelimit-reset"))?;
    let until = match until.parse::<i64>() {
        Ok(second) => Timestamp::from_second(second).ok()?,
        Err(_) => until.parse().ok()?,
    };
    let wait = until.duration_since(now).clamp(SignedDuration::from_secs(1), LONGEST);
    Duration::try_from(wait).ok()
}

fn failed(e: &reqwest::Error) -> Trouble {
    match () {
        () if e.is_connect() => Trouble::Unreachable("no connection".into()),
        () if e.is_builder() => Trouble::Unreachable("the request could not be made".into()),
        () if e.is_timeout() => Trouble::Ambiguous("no answer in time".into()),
        () => Trouble::Ambiguous("the connection broke".into()),
    }
}

/// What Statuspage also says to one request too many.
const ENHANCE_YOUR_CALM: u16 = 420;

/// A refusal is named by its status: `http_403`.
fn refused(status: StatusCode, asked: Option<Duration>) -> Trouble {
    match status {
        _ if status.as_u16() == ENHANCE_YOUR_CALM => Trouble::RateLimited(asked.unwrap_or(PATIENCE)),
        StatusCode::TOO_MANY_REQUESTS => Trouble::RateLimited(asked.unwrap_or(PATIENCE)),
        StatusCode::REQUEST_TIMEOUT => Trouble::Unreachable("status 408".into()),
        StatusCode::SERVICE_UNAVAILABLE => {
            asked.map_or(Trouble::Unreachable("status 503".into()), Trouble::RateLimited)
        }
        _ if status.is_server_error() => Trouble::Ambiguous(format!("status {}", status.as_u16())),
        _ => Trouble::Refused(format!("http_{}", status.as_u16())),
    }
}
