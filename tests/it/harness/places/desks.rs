//! Jira Service Management and Zendesk.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use watchroom::config::{ConnectorKind, DeskConfig, Secret};

use super::{FakePlace, Memory, Said, Text};

const USER: &str = "watchroom@example.com";
const TOKEN: &str = "desk-hush";

/// One with the requests SUP-1 and SUP-2.
pub async fn jira() -> FakePlace {
    let place = FakePlace::start(as_jira).await;
    place.memory().now = "2100-01-01T00:00:00.000+0000";
    for request in ["SUP-1", "SUP-2"] {
        place.memory().tickets.insert(request.into(), json!({ "public": true }));
    }
    place
}

/// One with the problem 7, its open tickets 8 and 9 and its closed one 10, and a ticket 11 by itself.
pub async fn zendesk() -> FakePlace {
    let place = FakePlace::start(as_zendesk).await;
    for (id, ticket) in [
        ("7", json!({ "id": 7, "type": "problem", "status": "open" })),
        ("8", json!({ "id": 8, "type": "incident", "problem_id": 7, "status": "open" })),
        ("9", json!({ "id": 9, "type": "incident", "problem_id": 7, "status": "pending" })),
        ("10", json!({ "id": 10, "type": "incident", "problem_id": 7, "status": "closed" })),
        ("11", json!({ "id": 11, "type": "question", "status": "open" })),
    ] {
        place.memory().tickets.insert(id.into(), ticket);
    }
    place
}

fn desk(place: &FakePlace) -> DeskConfig {
    DeskConfig { url: place.url.clone(), user: USER.into(), token: Secret::new(TOKEN), allow_private: true }
}

pub fn at_jira(place: &FakePlace) -> ConnectorKind {
    ConnectorKind::JiraDesk(desk(place))
}

pub fn at_zendesk(place: &FakePlace) -> ConnectorKind {
    ConnectorKind::Zendesk(desk(place))
}

fn is_let_in(said: &Said, user: &str) -> bool {
    let basic = BASE64_STANDARD.encode(format!("{user}:{TOKEN}"));
    said.header("authorization") == format!("Basic {basic}")
}

/// The text of a document, paragraph by paragraph.
fn text_of(document: &Value) -> String {
    let paragraph = |paragraph: &Value| {
        let runs = paragraph["content"].as_array().into_iter().flatten();
        let runs = runs.map(|run| if run["type"] == "hardBreak" { "\n" } else { run["text"].as_str().unwrap_or("?") });
        runs.collect::<String>()
    };
    assert_eq!((&document["type"], &document["version"]), (&json!("doc"), &json!(1)), "{document}");
    let all = document["content"].as_array().into_iter().flatten().map(paragraph);
    all.collect::<Vec<_>>().join("\n\n")
}

fn as_jira(memory: &mut Memory, said: &Said) -> (u16, Value) {
    let none = || (404, json!({ "errorMessages": ["Issue does not exist or you do not have permission to see it."] }));
    if !is_let_in(said, USER) {
        return (401, json!({ "message": "Client must be authenticated to access this resource." }));
    }
    let (method, parts) = said.parts();
    match (method, parts.as_slice()) {
        ("GET", ["rest", "api", "3", "myself"]) => (200, json!({ "displayName": "Watchroom" })),
        ("GET", ["rest", "api", "3", "comment", id, "properties", "watchroom"]) => match memory.text(id) {
            Some(Text { key: Some(key), .. }) => (200, json!({ "key": "watchroom", "value": { "key": key } })),
            Some(_) | None => (404, json!({ "errorMessages": ["The property does not exist."] })),
        },
        (_, ["rest", "api", "3", "issue", request, ..]) if !memory.tickets.contains_key(*request) => none(),
        ("GET", ["rest", "api", "3", "issue", request, "comment"]) => {
            let own = memory.texts.iter().rev().filter(|text| text.under.as_deref() == Some(request));
            let is_public = &memory.tickets[*request]["public"];
            let comments: Vec<Value> =
                own.map(|text| json!({ "id": text.id, "created": text.at, "jsdPublic": is_public })).collect();
            (200, json!({ "comments": comments, "total": comments.len(), "startAt": 0 }))
        }
        ("POST", ["rest", "api", "3", "issue", request, "comment"]) => {
            let is_public = memory.tickets[*request]["public"].clone();
            let key = said.body["properties"][0]["value"]["key"].as_str().map(str::to_owned);
            let words = text_of(&said.body["body"]);
            let text = memory.keep(&words, Some((*request).to_owned()), key);
            (201, json!({ "id": text.id, "created": text.at, "jsdPublic": is_public }))
        }
        ("PUT", ["rest", "api", "3", "issue", _, "comment", id]) => match memory.text(id) {
            Some(text) => {
                text.words = text_of(&said.body["body"]);
                (200, json!({ "id": text.id }))
            }
            None => none(),
        },
        ("DELETE", ["rest", "api", "3", "issue", _, "comment", id]) => {
            if memory.delete(id) {
                (204, Value::Null)
            } else {
                none()
            }
        }
        _ => none(),
    }
}

fn as_zendesk(memory: &mut Memory, said: &Said) -> (u16, Value) {
    let none = || (404, json!({ "error": "RecordNotFound", "description": "Not found" }));
    if !is_let_in(said, &format!("{USER}/token")) {
        return (401, json!({ "error": "Couldn't authenticate you" }));
    }
    let (method, parts) = said.parts();
    let id = parts.get(3).map(|id| id.trim_end_matches(".json").to_owned()).unwrap_or_default();
    let whole = json!({ "has_more": false });
    match (method, parts.as_slice()) {
        ("GET", ["api", "v2", "users", "me.json"]) => {
            (200, json!({ "user": { "name": "Watchroom", "role": if memory.blind { "end-user" } else { "agent" } } }))
        }
        (_, ["api", "v2", "tickets", ..]) if !memory.tickets.contains_key(&id) => none(),
        ("GET", ["api", "v2", "tickets", _]) => (200, json!({ "ticket": memory.tickets[&id] })),
        ("GET", ["api", "v2", "tickets", _, "incidents.json"]) => {
            let of = |ticket: &&Value| ticket["problem_id"].as_u64().map(|of| of.to_string()) == Some(id.clone());
            (200, json!({ "tickets": memory.tickets.values().filter(of).collect::<Vec<_>>(), "meta": whole }))
        }
        ("GET", ["api", "v2", "tickets", _, "audits.json"]) => {
            let own = memory.texts.iter().filter(|text| text.under.as_ref() == Some(&id));
            let audits: Vec<Value> = own
                .map(|text| {
                    let custom = json!({ "watchroom": text.key });
                    json!({ "id": text.id.parse::<u64>().ok(), "created_at": text.at, "metadata": { "custom": custom } })
                })
                .collect();
            (200, json!({ "audits": audits, "meta": whole }))
        }
        ("PUT", ["api", "v2", "tickets", _]) => {
            let ticket = &said.body["ticket"];
            assert_eq!(ticket["comment"]["public"], true, "{said:?}");
            if memory.tickets[&id]["status"] == "closed" {
                return (422, json!({ "error": "RecordInvalid", "description": "Record validation errors" }));
            }
            let key = ticket["metadata"]["watchroom"].as_str().map(str::to_owned);
            let words = ticket["comment"]["body"].as_str().unwrap_or_default();
            let text = memory.keep(words, Some(id.clone()), key);
            (200, json!({ "ticket": memory.tickets[&id], "audit": { "id": text.id.parse::<u64>().ok() } }))
        }
        _ => none(),
    }
}
