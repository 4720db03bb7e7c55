//! Arguments of a Web API call, from JSON or from a form, where nested values are JSON text.

use serde_json::{Map, Value};

use crate::sandbox::Refusal;

/// The arguments as they came.
#[derive(Clone, Debug, Default)]
pub struct Args(pub Map<String, Value>);

impl Args {
    /// A text; numbers and booleans count as their text, empty and null as absent.
    pub fn text(&self, key: &str) -> Option<String> {
        match self.0.get(key)? {
            Value::String(text) if text.is_empty() => None,
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(yes) => Some(yes.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// A text that has to be there.
    pub fn required(&self, key: &str) -> Result<String, Refusal> {
        self.text(key).ok_or_else(|| Refusal::missing(key))
    }

    /// `true`, `"true"`, `1`, `"1"`.
    pub fn yes(&self, key: &str) -> bool {
        matches!(self.text(key).as_deref(), Some("true" | "1"))
    }

    /// Ids: an array, or one text with commas.
    pub fn list(&self, key: &str) -> Vec<String> {
        let split = |text: &str| text.split(',').map(|s| s.trim().to_owned()).filter(|s| !s.is_empty()).collect();
        match self.0.get(key) {
            Some(Value::Array(items)) => items.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect(),
            Some(Value::String(text)) => split(text),
            _ => Vec::new(),
        }
    }

    /// A nested value: JSON, or JSON in a text. `None` if absent, an error if it is not JSON.
    pub fn nested(&self, key: &str) -> Result<Option<Value>, ()> {
        match self.0.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) => serde_json::from_str(text).map(Some).map_err(drop),
            Some(value) => Ok(Some(value.clone())),
        }
    }
}

/// One page of a list: Slack's cursors.
pub fn paged<T: Clone>(args: &Args, all: &[T], default: usize) -> Result<(Vec<T>, String), Refusal> {
    let start: usize = match args.text("cursor") {
        None => 0,
        Some(cursor) => cursor
            .strip_prefix("page:")
            .and_then(|at| at.parse().ok())
            .filter(|at| *at <= all.len())
            .ok_or(Refusal::from("invalid_cursor"))?,
    };
    let limit: usize = match args.text("limit") {
        None => default,
        Some(limit) => limit.parse().ok().filter(|l| *l <= 1000).ok_or(Refusal::from("invalid_limit"))?,
    };
    let end = all.len().min(start + if limit == 0 { default } else { limit });
    let next = if end < all.len() { format!("page:{end}") } else { String::new() };
    Ok((all[start..end].to_vec(), next))
}
