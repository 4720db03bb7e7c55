//! What Twilio brings: `POST /hooks/twilio/<token>`, a key that somebody pressed in a call; `POST /hooks/twilio/status/<token>`, what
//! became of a call or of a text message. The token is that of the link which answers the page.
//!
//! Both are signed with the account's auth token. What comes twice, or late, changes nothing more.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    extract::Request,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use http::{StatusCode, header::CONTENT_TYPE};
use sha1::Sha1;
use url::Url;

use super::{
    Door,
    ack::{self, Say},
    body::read,
};
use crate::{
    config::Secret,
    engine::Linked,
    paging::{
        Outcome,
        reach::{self, Way},
    },
    render::by_way::{call_again, call_ended, call_failed, twilio_failed},
};

/// The largest form that is read.
const LIMIT: usize = 64 * 1024;

/// A form's fields: each with each of its values once.
pub type Fields = BTreeSet<(String, String)>;

/// Twilio's signature (`X-Twilio-Signature`) of a form that it posts to this address: HMAC-SHA1, in base64, of the address and of
/// names and values of all fields, in the order of their names. None without a secret: an empty key must not open the door.
#[must_use]
pub fn twilio_signature(secret: &str, url: &str, fields: &Fields) -> Option<String> {
    Some(BASE64_STANDARD.encode(keyed(secret, url, fields)?.finalize().into_bytes()))
}

fn keyed(secret: &str, url: &str, fields: &Fields) -> Option<Hmac<Sha1>> {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).ok().filter(|_| !secret.is_empty())?;
    mac.update(url.as_bytes());
    for (name, value) in fields {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    Some(mac)
}

/// A key pressed in a call: 1, on it; 2, cannot come. Answers with what is said next.
pub async fn pressed(door: &Door, request: Request) -> Response {
    let Some((url, fields)) = admit(door, request).await else { return StatusCode::FORBIDDEN.into_response() };
    let say = match fields.get("Digits").map(String::as_str) {
        Some("1") => Say::Acknowledge,
        Some("2") => Say::Cannot,
        Some(_) | None => return spoken(call_again(&url)),
    };
    // Whatever came of it is said; of another status Twilio would say that an application failed.
    spoken(call_ended(&ack::answer(door, token(&url), say).await.sheet.sentence))
}

/// What became of a call or of a text message.
pub async fn told(door: &Door, request: Request) -> Response {
    let Some((url, fields)) = admit(door, request).await else { return StatusCode::FORBIDDEN.into_response() };
    let (Some(linked), Some((way, id, outcome))) = (door.engine.links().read(token(&url)), outcome(&fields)) else {
        return StatusCode::NO_CONTENT.into_response();
    };
    let kept = match linked {
        Linked::Page { id: incident, page, who, .. } => door.engine.heard_of(incident, page, &who, id, outcome).await,
        Linked::Test { who, way: tested, test } => {
            if let Outcome::Failed { why } = outcome
                && tested == way
            {
                let tried = reach::Ask::Tried { test, way, why: Some(why) };
                door.engine.change_contacts(None, &who, &tried, None).await.map(drop)
            } else {
                // That it came is said by whom it reached.
                Ok(())
            }
        }
    };
    match kept {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(refusal) => {
            tracing::error!(error = %refusal, "what Twilio told could not be kept");
            door.counters.failed.up();
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// By which way, Twilio's id, and what came of it; none where that is not known yet.
fn outcome(fields: &BTreeMap<String, String>) -> Option<(Way, &str, Outcome)> {
    if let (Some(sid), Some(status)) = (fields.get("MessageSid"), fields.get("MessageStatus")) {
        let outcome = match status.as_str() {
            "delivered" => Outcome::Delivered,
            "failed" | "undelivered" => {
                let code = fields.get("ErrorCode").and_then(|code| code.parse().ok());
                Outcome::Failed { why: code.map_or_else(|| status.clone(), twilio_failed) }
            }
            _ => return None,
        };
        return Some((Way::Sms, sid, outcome));
    }
    let (sid, status) = (fields.get("CallSid")?, fields.get("CallStatus")?);
    let outcome = match (status.as_str(), call_failed(status)) {
        (_, Some(why)) => Outcome::Failed { why: why.to_owned() },
        ("completed", None) => Outcome::Delivered,
        (_, None) => return None,
    };
    Some((Way::Call, sid, outcome))
}

/// The address as Twilio knows it, and the form, of a request that it signed.
async fn admit(door: &Door, request: Request) -> Option<(String, BTreeMap<String, String>)> {
    let (parts, body) = request.into_parts();
    let verified = async {
        let body = read(door, body, LIMIT).await.ok()?;
        let fields: Fields = url::form_urlencoded::parse(&body).into_owned().collect();
        let base = door.engine.settings().public_url.as_deref()?.trim_end_matches('/');
        let url = format!("{base}{}", parts.uri);
        let signature = parts.headers.get("x-twilio-signature")?.as_bytes();
        let signature = BASE64_STANDARD.decode(signature).ok()?;
        let secret = door.twilio_secret.as_ref().map(Secret::expose)?;
        let is_signed =
            |url: &String| keyed(secret, url, &fields).is_some_and(|mac| mac.verify_slice(&signature).is_ok());
        spellings(&url).iter().any(is_signed).then(|| (url, fields.into_iter().collect()))
    };
    let verified = verified.await;
    if verified.is_none() {
        door.counters.unsigned.up();
    }
    verified
}

/// The address with its port and without: Twilio signs now the one, now the other.
fn spellings(url: &str) -> Vec<String> {
    let mut all = vec![url.to_owned()];
    if let Some((parsed, port)) = Url::parse(url).ok().and_then(|url| Some((url.clone(), url.port_or_known_default()?)))
    {
        let (scheme, host) = (parsed.scheme(), parsed.host_str().unwrap_or_default());
        let rest = &parsed[url::Position::BeforePath..];
        all.push(format!("{scheme}://{host}{rest}"));
        all.push(format!("{scheme}://{host}:{port}{rest}"));
    }
    all
}

/// What the address ends with.
fn token(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or_default()
}

fn spoken(twiml: String) -> Response {
    ([(CONTENT_TYPE, "text/xml; charset=utf-8")], twiml).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";

    fn fields() -> Fields {
        let number = "+12349013030";
        let fields = [("CallSid", "CA1234567890ABCDE"), ("Caller", number), ("Digits", "1234"), ("From", number)];
        let fields = fields.into_iter().chain([("To", "+18005551212")]);
        fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    #[test]
    fn agrees_with_the_published_example() {
        let signature = twilio_signature("12345", URL, &fields());
        assert_eq!(signature.as_deref(), Some("0/KCTR6DLpKmkAf8muzZqo1nDgQ="));
        assert_eq!(twilio_signature("", URL, &fields()), None, "an empty key opens no door");
    }

    #[test]
    fn an_address_is_known_with_its_port_and_without() {
        let (bare, with) = ("https://x.example/a?b=1", "https://x.example:443/a?b=1");
        assert!(spellings(bare).contains(&with.to_owned()) && spellings(bare).contains(&bare.to_owned()));
        let odd = "http://x.example:8080/a";
        assert!(spellings(odd).contains(&odd.to_owned()) && spellings(odd).contains(&"http://x.example/a".to_owned()));
    }
}
