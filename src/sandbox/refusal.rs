//! Slack's way to say no.

use serde_json::{Value, json};

/// Why Slack refuses a call: its error code, and what it says beside it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{error}{}{}", if messages.is_empty() { "" } else { ": " }, messages.join("; "))]
pub struct Refusal {
    /// Slack's error code, `channel_not_found`.
    pub error: String,
    /// `response_metadata.messages`: the places in the arguments that are wrong.
    pub messages: Vec<String>,
    /// For `missing_scope`: what would have been needed.
    pub needed: Option<String>,
}

impl Refusal {
    /// A refusal with places.
    pub fn with(error: &str, messages: Vec<String>) -> Self {
        Self { error: error.to_owned(), messages, needed: None }
    }

    /// A required argument is absent.
    pub fn missing(argument: &str) -> Self {
        Self::with("invalid_arguments", vec![format!("[ERROR] missing required field: {argument}")])
    }

    /// The token lacks a scope.
    pub fn scope(needed: &str) -> Self {
        Self { error: "missing_scope".to_owned(), messages: Vec::new(), needed: Some(needed.to_owned()) }
    }

    /// The body Slack sends.
    pub fn body(&self, provided: &[String]) -> Value {
        let mut body = json!({ "ok": false, "error": self.error });
        if let Some(needed) = &self.needed {
            body["needed"] = json!(needed);
            body["provided"] = json!(provided.join(","));
        }
        if !self.messages.is_empty() {
            body["response_metadata"] = json!({ "messages": self.messages });
            if self.error == "invalid_blocks" {
                let plain: Vec<&str> = self.messages.iter().map(|m| m.trim_start_matches("[ERROR] ")).collect();
                body["errors"] = json!(plain);
            }
        }
        body
    }
}

impl From<&str> for Refusal {
    fn from(error: &str) -> Self {
        Self::with(error, Vec::new())
    }
}
