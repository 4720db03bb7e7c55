//! Gotify: messages by tokens of applications.

use serde_json::{Value, json};
use watchroom::config::{GotifyConfig, Secret};

use super::{Asked, Neighbour};

/// The token of bob's application.
pub const TOKEN: &str = "AbCdEfGh.bobs-token";

/// A server that knows bob's application.
pub async fn start() -> Neighbour {
    Neighbour::start(answer).await
}

/// How to reach it.
pub fn config(server: &Neighbour) -> GotifyConfig {
    let tokens = [("bob", TOKEN), ("carol", "AgoneGONEgone")];
    let tokens = tokens.into_iter().map(|(name, token)| (name.to_owned(), Secret::new(token))).collect();
    GotifyConfig { url: server.url.clone(), tokens }
}

fn answer(asked: &Asked, number: usize) -> (u16, Value) {
    match (asked.method.as_str(), asked.path.as_str()) {
        ("GET", "/version") => (200, json!({ "version": "2.6.3", "commit": "x", "buildDate": "x" })),
        ("POST", "/message") if asked.header("x-gotify-key") == TOKEN => {
            (200, json!({ "id": number, "appid": 1, "message": "…", "date": "2026-11-22T03:00:00Z" }))
        }
        ("POST", "/message") => {
            let why = "you need to provide a valid access token or user credentials to access this api";
            (401, json!({ "error": "Unauthorized", "errorCode": 401, "errorDescription": why }))
        }
        _ => (404, json!({ "error": "Not Found", "errorCode": 404, "errorDescription": "page not found" })),
    }
}
