//! Composition objects: text, options, confirmation.

use std::collections::BTreeSet;

use serde_json::Value;

use super::check::Check;

/// Which text objects will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text {
    /// Only `plain_text`.
    Plain,
    /// `plain_text` or `mrkdwn`.
    Any,
}

impl Check {
    /// A text object in a field.
    pub fn text(&mut self, path: &str, object: &Value, key: &str, kind: Text, max: usize, required: bool) {
        let value = &object[key];
        if value.is_null() {
            if required {
                self.fail(path, format!("missing required field: {key}"));
            }
            return;
        }
        self.text_object(&format!("{path}/{key}"), value, kind, max);
    }

    /// A text object.
    pub fn text_object(&mut self, path: &str, value: &Value, kind: Text, max: usize) {
        let words = if kind == Text::Plain { &["plain_text"][..] } else { &["plain_text", "mrkdwn"][..] };
        self.one_of(path, value, "type", words, true);
        self.string(path, value, "text", 1, max, true);
        if value["type"] == "mrkdwn" {
            self.only(path, value, &["type", "text", "verbatim"]);
            self.boolean(path, value, "verbatim");
        } else {
            self.only(path, value, &["type", "text", "emoji"]);
            self.boolean(path, value, "emoji");
        }
    }

    /// Options of a select, a group of buttons, or an overflow menu; their values differ.
    pub fn options(&mut self, path: &str, value: &Value, text: Text, min: usize, max: usize) {
        let mut seen = BTreeSet::new();
        for (at, option) in self.list(path, value, min, max).iter().enumerate() {
            let path = format!("{path}/{at}");
            self.option(&path, option, text);
            if let Some(value) = option["value"].as_str()
                && !seen.insert(value.to_owned())
            {
                self.fail(&format!("{path}/value"), format!("option values must be unique: {value}"));
            }
        }
    }

    /// One option.
    pub fn option(&mut self, path: &str, option: &Value, text: Text) {
        self.only(path, option, &["text", "value", "description", "url"]);
        self.text(path, option, "text", text, 75, true);
        self.string(path, option, "value", 1, 75, true);
        self.text(path, option, "description", text, 75, false);
        self.url(path, option, "url", 3000, false);
    }

    /// Groups of options.
    pub fn option_groups(&mut self, path: &str, value: &Value) {
        for (at, group) in self.list(path, value, 1, 100).iter().enumerate() {
            let path = format!("{path}/{at}");
            self.only(&path, group, &["label", "options"]);
            self.text(&path, group, "label", Text::Plain, 75, true);
            self.options(&format!("{path}/options"), &group["options"], Text::Plain, 0, 100);
        }
    }

    /// A confirmation dialog, where there is one.
    pub fn confirm(&mut self, path: &str, element: &Value) {
        let confirm = &element["confirm"];
        if confirm.is_null() {
            return;
        }
        let path = format!("{path}/confirm");
        self.only(&path, confirm, &["title", "text", "confirm", "deny", "style"]);
        self.text(&path, confirm, "title", Text::Plain, 100, false);
        self.text(&path, confirm, "text", Text::Any, 300, true);
        self.text(&path, confirm, "confirm", Text::Plain, 30, false);
        self.text(&path, confirm, "deny", Text::Plain, 30, false);
        self.one_of(&path, confirm, "style", &["primary", "danger"], false);
    }

    /// An initial choice has to be one of the options.
    pub fn initial_among_options(&mut self, path: &str, element: &Value) {
        let groups = element["option_groups"].as_array().into_iter().flatten().map(|g| &g["options"]);
        let offered: Vec<&Value> =
            std::iter::once(&element["options"]).chain(groups).filter_map(Value::as_array).flatten().collect();
        // The order of keys, and fields left to their default, make no difference.
        let same = |a: &Value, b: &Value| a["value"] == b["value"] && a["text"]["text"] == b["text"]["text"];
        let chosen = element["initial_options"].as_array().into_iter().flatten();
        for choice in chosen.chain(Some(&element["initial_option"]).filter(|v| !v.is_null())) {
            if !offered.iter().any(|o| same(o, choice)) {
                self.fail(path, format!("initial choice is not one of the options: {}", choice["value"]));
            }
        }
    }
}
