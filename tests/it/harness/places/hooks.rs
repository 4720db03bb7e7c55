//! Incoming webhooks of Teams, Discord and Mattermost.

use serde_json::{Value, json};
use watchroom::config::{ConnectorKind, HookConfig, HookKind};

use super::{FakePlace, Memory, Said, Text};

const TEAMS: &str = "workflows/0a1b/triggers/manual/paths/invoke?api-version=2016-06-01&sig=hush";
const DISCORD: &str = "api/webhooks/223704706495545344/hush";
const MATTERMOST: &str = "chat/hooks/hush";

pub async fn teams() -> FakePlace {
    FakePlace::start(as_teams).await
}

pub async fn discord() -> FakePlace {
    FakePlace::start(as_discord).await
}

pub async fn mattermost() -> FakePlace {
    FakePlace::start(as_mattermost).await
}

pub fn in_teams(place: &FakePlace) -> ConnectorKind {
    hook(place, HookKind::Teams, TEAMS)
}

pub fn in_discord(place: &FakePlace) -> ConnectorKind {
    hook(place, HookKind::Discord, DISCORD)
}

pub fn in_mattermost(place: &FakePlace) -> ConnectorKind {
    hook(place, HookKind::Mattermost, MATTERMOST)
}

fn hook(place: &FakePlace, kind: HookKind, path: &str) -> ConnectorKind {
    ConnectorKind::Hook(HookConfig { kind, url: place.secret(path), allow_private: true })
}

/// It takes what comes, and names nothing.
fn as_teams(memory: &mut Memory, said: &Said) -> (u16, Value) {
    if said.method != "POST" || said.query.get("sig").map(String::as_str) != Some("hush") {
        return (401, json!({ "error": { "code": "DirectApiAuthorizationRequired", "message": "…" } }));
    }
    let card = &said.body["attachments"][0];
    assert_eq!(said.body["type"], "message", "{said:?}");
    assert_eq!(card["contentType"], "application/vnd.microsoft.card.adaptive", "{said:?}");
    let blocks = card["content"]["body"].as_array().expect("a body");
    let runs = blocks.iter().map(|block| {
        assert_eq!(block["type"], "RichTextBlock", "no markup is read there: {block}");
        block["inlines"][0]["text"].as_str().expect("a run of text")
    });
    let words = runs.collect::<Vec<_>>().join("\n");
    memory.keep(&words, None, None);
    (202, Value::Null)
}

fn message(text: &Text) -> Value {
    json!({ "id": text.id, "channel_id": "199737254929760256", "content": text.words, "mentions": [] })
}

fn as_discord(memory: &mut Memory, said: &Said) -> (u16, Value) {
    let parts = said.parts();
    let none = |what: &str, code: u32| (404, json!({ "message": what, "code": code }));
    if !said.path.starts_with(&format!("/{DISCORD}")) {
        return none("Unknown Webhook", 10015);
    }
    let content = said.body["content"].as_str();
    if content.is_some() {
        assert_eq!(said.body["allowed_mentions"], json!({ "parse": [] }), "nobody is mentioned: {said:?}");
    }
    match (parts.0, parts.1.as_slice()) {
        ("GET", [_, _, _, _]) => (200, json!({ "id": "223704706495545344", "name": "Status", "type": 1 })),
        ("POST", [_, _, _, _]) => {
            let words = content.unwrap_or_default();
            if words.is_empty() || words.chars().count() > 2000 {
                return (400, json!({ "message": "Invalid Form Body", "code": 50035 }));
            }
            let kept = memory.keep(words, None, None);
            // Without it the answer says nothing.
            if said.query.get("wait").map(String::as_str) == Some("true") {
                (200, message(&kept))
            } else {
                (204, Value::Null)
            }
        }
        ("PATCH", [_, _, _, _, "messages", id]) => match memory.text(id) {
            Some(text) => {
                content.unwrap_or_default().clone_into(&mut text.words);
                (200, message(text))
            }
            None => none("Unknown Message", 10008),
        },
        ("DELETE", [_, _, _, _, "messages", id]) => {
            if memory.delete(id) {
                (204, Value::Null)
            } else {
                none("Unknown Message", 10008)
            }
        }
        _ => none("404: Not Found", 0),
    }
}

/// It says `ok`, which is no JSON; here it says nothing.
fn as_mattermost(memory: &mut Memory, said: &Said) -> (u16, Value) {
    match (said.method.as_str(), said.path.as_str()) {
        ("GET", "/chat/api/v4/system/ping") => (200, json!({ "status": "OK" })),
        ("POST", path) if path == format!("/{MATTERMOST}") => {
            memory.keep(said.body["text"].as_str().expect("a text"), None, None);
            (200, Value::Null)
        }
        _ => (400, json!({ "id": "web.incoming_webhook.invalid.app_error", "message": "Invalid webhook" })),
    }
}
