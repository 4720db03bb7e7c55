//! Mastodon and X.

use serde_json::{Value, json};
use watchroom::config::{ConnectorKind, MastodonConfig, Secret, XConfig};

use super::{FakePlace, Memory, Said, Text};

pub const TOKEN: &str = "mastodon-hush";

pub async fn mastodon() -> FakePlace {
    FakePlace::start(as_mastodon).await
}

pub fn on_mastodon(place: &FakePlace) -> ConnectorKind {
    let url = place.url.clone();
    ConnectorKind::Mastodon(MastodonConfig { url, token: Secret::new(TOKEN), max_chars: 500, allow_private: true })
}

fn status(text: &Text) -> Value {
    let escaped = text.words.replace('&', "&amp;").replace('<', "&lt;");
    json!({
        "id": text.id, "in_reply_to_id": text.under, "created_at": text.at, "content": format!("<p>{escaped}</p>"),
        "url": format!("https://social.example/@shop/{}", text.id),
    })
}

fn as_mastodon(memory: &mut Memory, said: &Said) -> (u16, Value) {
    let none = || (404, json!({ "error": "Record not found" }));
    if said.header("authorization") != format!("Bearer {TOKEN}") {
        return (401, json!({ "error": "The access token is invalid" }));
    }
    match said.parts() {
        ("GET", parts) if parts == ["api", "v2", "instance"] => {
            (200, json!({ "configuration": { "statuses": { "max_characters": 500 } } }))
        }
        ("GET", _) if memory.blind => (403, json!({ "error": "This action is outside the authorized scopes" })),
        ("GET", parts) if parts == ["api", "v1", "accounts", "verify_credentials"] => {
            (200, json!({ "id": "42", "acct": "shop" }))
        }
        ("GET", parts) if parts == ["api", "v1", "accounts", "42", "statuses"] => {
            (200, memory.texts.iter().rev().map(status).collect())
        }
        ("GET", parts) if parts.len() == 5 && parts[4] == "source" => match memory.text(parts[3]) {
            Some(text) => (200, json!({ "id": text.id, "text": text.words, "spoiler_text": "" })),
            None => none(),
        },
        ("POST", parts) if parts == ["api", "v1", "statuses"] => {
            let words = said.body["status"].as_str().unwrap_or_default();
            let key = said.header("idempotency-key").to_owned();
            assert!(!key.is_empty() && said.body["visibility"] == "public", "{said:?}");
            let known = memory.texts.iter().find(|text| text.key.as_ref() == Some(&key) && !memory.forgets);
            if let Some(known) = known {
                return (200, status(known));
            }
            if words.trim().is_empty() || words.chars().count() > 500 {
                return (422, json!({ "error": "Validation failed: Text character limit of 500 exceeded" }));
            }
            let under = said.body["in_reply_to_id"].as_str().map(str::to_owned);
            if under.as_ref().is_some_and(|under| memory.text(under).is_none()) {
                return (404, json!({ "error": "The post you are trying to reply to does not appear to exist." }));
            }
            (200, status(&memory.keep(words, under, Some(key))))
        }
        ("PUT" | "DELETE", _) if memory.foreign => none(),
        ("GET", parts) if parts.len() == 4 && parts[2] == "statuses" => {
            memory.text(parts[3]).map_or_else(none, |text| (200, status(text)))
        }
        ("PUT", parts) if parts.len() == 4 => match memory.text(parts[3]) {
            Some(text) => {
                said.body["status"].as_str().unwrap_or_default().clone_into(&mut text.words);
                (200, status(text))
            }
            None => none(),
        },
        ("DELETE", parts) if parts.len() == 4 => {
            if memory.delete(parts[3]) {
                (200, json!({ "id": parts[3], "text": "" }))
            } else {
                none()
            }
        }
        _ => none(),
    }
}

pub async fn x() -> FakePlace {
    FakePlace::start(as_x).await
}

pub fn on_x(place: &FakePlace) -> ConnectorKind {
    ConnectorKind::X(XConfig {
        api_url: place.url.clone(),
        api_key: Secret::new("x-key"),
        api_key_secret: Secret::new("x-key-hush"),
        access_token: Secret::new("42-token"),
        access_token_secret: Secret::new("token-hush"),
        allow_private: true,
    })
}

/// An answer to somebody begins with their name, some signs are written as HTML has them, and addresses are short.
fn post(text: &Text) -> Value {
    let name = if text.under.is_some() { "@shop " } else { "" };
    let escaped = text.words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let words = escaped.replace("https://status.example.com", "https://t.co/abc");
    let urls = json!([{ "url": "https://t.co/abc", "expanded_url": "https://status.example.com" }]);
    json!({ "id": text.id, "text": format!("{name}{words}"), "entities": { "urls": urls } })
}

fn as_x(memory: &mut Memory, said: &Said) -> (u16, Value) {
    let no = |status: u16, title: &str, detail: &str| {
        (status, json!({ "title": title, "detail": detail, "type": "about:blank", "status": status }))
    };
    let signed = said.header("authorization");
    let parts = ["OAuth oauth_consumer_key=\"x-key\"", "oauth_token=\"42-token\"", "oauth_signature=\""];
    if !parts.iter().all(|part| signed.contains(part)) {
        return no(401, "Unauthorized", "Unauthorized");
    }
    match said.parts() {
        ("GET", parts) if parts == ["2", "users", "me"] => (200, json!({ "data": { "id": "42", "username": "shop" } })),
        ("GET", _) if memory.blind => {
            no(403, "Client Forbidden", "When authenticating requests to the X API v2 endpoints …")
        }
        ("GET", parts) if parts == ["2", "users", "42", "tweets"] => {
            let since = &said.query["start_time"];
            let found: Vec<Value> = memory.texts.iter().rev().filter(|t| t.at >= *since).map(post).collect();
            if found.is_empty() {
                return (200, json!({ "meta": { "result_count": 0 } }));
            }
            (200, json!({ "meta": { "result_count": found.len() }, "data": found }))
        }
        ("POST", parts) if parts == ["2", "tweets"] => {
            let words = said.body["text"].as_str().unwrap_or_default();
            let under = said.body["reply"]["in_reply_to_tweet_id"].as_str().map(str::to_owned);
            if memory.texts.iter().any(|text| text.words == words) {
                return no(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content.");
            }
            if under.as_ref().is_some_and(|under| memory.forgets || memory.text(under).is_none()) {
                let why = "You attempted to reply to a Tweet that is deleted or not visible to you.";
                return no(403, "Forbidden", why);
            }
            let text = memory.keep(words, under, None);
            (201, json!({ "data": { "id": text.id, "text": words, "edit_history_tweet_ids": [text.id] } }))
        }
        ("DELETE", parts) if parts.len() == 3 => {
            memory.delete(parts[2]);
            (200, json!({ "data": { "deleted": true } }))
        }
        _ => no(404, "Not Found", "Not Found"),
    }
}
