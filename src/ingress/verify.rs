//! Slack's signature, and those of sources of alerts and of pagers: HMAC-SHA256 over the raw bytes, with a time stamp that must be recent.

use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use jiff::Timestamp;
use sha2::Sha256;

use crate::{config::Secret, standard_webhooks::is_signed};

/// How far a request's time stamp may be from our clock, in seconds.
const WINDOW_S: i64 = 300;

/// The request was not signed by Slack, or too long ago. Why is told to nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the request is not signed, not by Slack, or too old")]
pub struct Unsigned;

/// Checks `X-Slack-Signature` and `X-Slack-Request-Timestamp`, in constant time.
///
/// # Errors
/// [`Unsigned`], whatever is wrong.
pub fn verify(secret: &str, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<(), Unsigned> {
    let header = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).ok_or(Unsigned);
    let stamp = header("x-slack-request-timestamp")?;
    recent(stamp, now)?;
    let signature = header("x-slack-signature")?.strip_prefix("v0=").ok_or(Unsigned)?;
    let signature = hex::decode(signature).map_err(|_| Unsigned)?;
    mac(secret, stamp, body).ok_or(Unsigned)?.verify_slice(&signature).map_err(|_| Unsigned)
}

/// Checks a signature over `stamp:body`, in hex, in constant time: that of Grafana, and of whoever signs alerts.
///
/// # Errors
/// [`Unsigned`], whatever is wrong.
pub fn verify_stamped(secret: &str, stamp: &str, signature: &str, body: &[u8], now: Timestamp) -> Result<(), Unsigned> {
    recent(stamp, now)?;
    let signature = hex::decode(signature).map_err(|_| Unsigned)?;
    keyed(secret, &[stamp.as_bytes(), b":", body]).ok_or(Unsigned)?.verify_slice(&signature).map_err(|_| Unsigned)
}

/// Checks a signature over the body alone, in hex, in constant time: that of PagerDuty.
///
/// # Errors
/// [`Unsigned`], whatever is wrong.
pub fn verify_body(secret: &str, signature: &str, body: &[u8]) -> Result<(), Unsigned> {
    let signature = hex::decode(signature).map_err(|_| Unsigned)?;
    keyed(secret, &[body]).ok_or(Unsigned)?.verify_slice(&signature).map_err(|_| Unsigned)
}

/// Checks `webhook-signature` and `webhook-timestamp` as Standard Webhooks has them, in constant time; gives `webhook-id`.
///
/// # Errors
/// [`Unsigned`], whatever is wrong.
pub fn verify_webhook<'a>(
    secret: &Secret,
    headers: &'a HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Result<&'a str, Unsigned> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).ok_or(Unsigned);
    let (id, stamp) = (header("webhook-id")?, header("webhook-timestamp")?);
    recent(stamp, now)?;
    let is_whole = !id.is_empty() && is_signed(secret, id, stamp, body, header("webhook-signature")?);
    if is_whole { Ok(id) } else { Err(Unsigned) }
}

fn recent(stamp: &str, now: Timestamp) -> Result<(), Unsigned> {
    let at: i64 = stamp.parse().map_err(|_| Unsigned)?;
    if now.as_second().abs_diff(at) > WINDOW_S.unsigned_abs() { Err(Unsigned) } else { Ok(()) }
}

/// The signature of `body` sent at `stamp`, as Slack writes it.
#[must_use]
pub fn sign(secret: &str, stamp: &str, body: &[u8]) -> String {
    let mac = mac(secret, stamp, body).map(|m| hex::encode(m.finalize().into_bytes()));
    format!("v0={}", mac.unwrap_or_default())
}

fn mac(secret: &str, stamp: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    keyed(secret, &[b"v0:", stamp.as_bytes(), b":", body])
}

/// `None` without a secret: an empty key must not open the door.
fn keyed(secret: &str, parts: &[&[u8]]) -> Option<Hmac<Sha256>> {
    if secret.is_empty() {
        return None;
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    for part in parts {
        mac.update(part);
    }
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Slack's published example.
    const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
    const STAMP: &str = "1531420618";
    const BODY: &str = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&\
        channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&\
        response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&\
        trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    const SIGNATURE: &str = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";

    fn headers(stamp: &str, signature: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-slack-request-timestamp", stamp.parse().unwrap());
        headers.insert("x-slack-signature", signature.parse().unwrap());
        headers
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn agrees_with_the_published_example() {
        assert_eq!(sign(SECRET, STAMP, BODY.as_bytes()), SIGNATURE);
        assert_eq!(verify(SECRET, &headers(STAMP, SIGNATURE), BODY.as_bytes(), at(1_531_420_618)), Ok(()));
    }

    #[test]
    fn the_window_is_five_minutes_both_ways() {
        for (second, fine) in [(-301, false), (-300, true), (300, true), (301, false)] {
            let verified = verify(SECRET, &headers(STAMP, SIGNATURE), BODY.as_bytes(), at(1_531_420_618 + second));
            assert_eq!(verified.is_ok(), fine, "{second}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let now = at(1_531_420_618);
        let upper = SIGNATURE.to_uppercase();
        for (stamp, signature) in [
            (STAMP, ""),
            (STAMP, "v0="),
            (STAMP, &SIGNATURE[..66]),
            (STAMP, &SIGNATURE[3..]),
            (STAMP, upper.as_str()),
            (STAMP, "v1=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"),
            ("1531420619", SIGNATURE),
            ("", SIGNATURE),
            ("9223372036854775807", SIGNATURE),
            ("-9223372036854775808", SIGNATURE),
        ] {
            let verified = verify(SECRET, &headers(stamp, signature), BODY.as_bytes(), now);
            assert_eq!(verified, Err(Unsigned), "{stamp} {signature}");
        }
        assert_eq!(verify(SECRET, &HeaderMap::new(), BODY.as_bytes(), now), Err(Unsigned));
        assert_eq!(verify(SECRET, &headers(STAMP, SIGNATURE), &BODY.as_bytes()[1..], now), Err(Unsigned));
        let keyless = sign("", STAMP, BODY.as_bytes());
        assert_eq!(verify("", &headers(STAMP, &keyless), BODY.as_bytes(), now), Err(Unsigned));
    }
}
