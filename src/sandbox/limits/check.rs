//! The checker: collects what is wrong, and the plain field checks.

use std::collections::BTreeSet;

use serde_json::Value;

/// Where blocks are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    Message,
    Modal,
    Home,
}

/// One check of one message or view.
#[derive(Debug)]
pub struct Check {
    pub surface: Surface,
    pub errors: Vec<String>,
    pub block_ids: BTreeSet<String>,
    pub focused: bool,
}

impl Check {
    pub fn new(surface: Surface) -> Self {
        Self { surface, errors: Vec::new(), block_ids: BTreeSet::new(), focused: false }
    }

    /// Notes what is wrong at a place.
    pub fn fail(&mut self, path: &str, what: impl AsRef<str>) {
        self.errors.push(format!("[ERROR] {} [json-pointer:{path}]", what.as_ref()));
    }

    /// Fields Slack does not know are refused.
    pub fn only(&mut self, path: &str, object: &Value, known: &[&str]) {
        let Some(map) = object.as_object() else {
            return self.fail(path, "must be an object");
        };
        for key in map.keys().filter(|k| !known.contains(&k.as_str())) {
            self.fail(path, format!("invalid additional property: {key}"));
        }
    }

    /// A string with bounds in characters.
    pub fn string(&mut self, path: &str, object: &Value, key: &str, min: usize, max: usize, required: bool) {
        match &object[key] {
            Value::Null if required => self.fail(path, format!("missing required field: {key}")),
            Value::Null => {}
            Value::String(text) => {
                let length = text.chars().count();
                let path = format!("{path}/{key}");
                if length > max {
                    self.fail(&path, format!("must be less than {} characters", max + 1));
                }
                if length < min {
                    self.fail(&path, format!("must be more than {} characters", min - 1));
                }
            }
            _ => self.fail(&format!("{path}/{key}"), "failed to match all allowed schemas: must be a string"),
        }
    }

    /// `true`, `false` or absent.
    pub fn boolean(&mut self, path: &str, object: &Value, key: &str) {
        if !matches!(object[key], Value::Null | Value::Bool(_)) {
            self.fail(&format!("{path}/{key}"), "must be a boolean");
        }
    }

    /// A whole number within bounds, or absent.
    pub fn number(&mut self, path: &str, object: &Value, key: &str, min: i64, max: i64) {
        let value = &object[key];
        if !value.is_null() && !value.as_i64().is_some_and(|n| (min..=max).contains(&n)) {
            self.fail(&format!("{path}/{key}"), format!("must be a whole number from {min} to {max}"));
        }
    }

    /// One of these words.
    pub fn one_of(&mut self, path: &str, object: &Value, key: &str, words: &[&str], required: bool) {
        match &object[key] {
            Value::Null if required => self.fail(path, format!("missing required field: {key}")),
            Value::Null => {}
            Value::String(word) if words.contains(&word.as_str()) => {}
            other => self.fail(&format!("{path}/{key}"), format!("must be one of {}, not {other}", words.join(", "))),
        }
    }

    /// An address.
    pub fn url(&mut self, path: &str, object: &Value, key: &str, max: usize, required: bool) {
        self.string(path, object, key, 1, max, required);
        if object[key].as_str().is_some_and(|u| url::Url::parse(u).is_err()) {
            self.fail(&format!("{path}/{key}"), "must be a valid URL");
        }
    }

    /// A list with bounds; its items, where it is one.
    pub fn list<'a>(&mut self, path: &str, value: &'a Value, min: usize, max: usize) -> &'a [Value] {
        let Some(items) = value.as_array() else {
            self.fail(path, "must be an array");
            return &[];
        };
        if items.len() > max {
            self.fail(path, format!("no more than {max} items allowed"));
        }
        if items.len() < min {
            self.fail(path, format!("no fewer than {min} items allowed"));
        }
        items
    }

    /// Ids or addresses: strings in a list.
    pub fn strings(&mut self, path: &str, object: &Value, key: &str) {
        if object[key].is_null() {
            return;
        }
        let path = format!("{path}/{key}");
        if self.list(&path, &object[key], 0, 100).iter().any(|v| !v.is_string()) {
            self.fail(&path, "must be strings");
        }
    }
}
