//! The elements of blocks.

use serde_json::Value;

use super::{check::Check, length, objects::Text};

impl Check {
    /// An element, if its type may stand here.
    pub fn element(&mut self, path: &str, element: &Value, allowed: &[&str]) {
        let Some(kind) = element["type"].as_str() else {
            return self.fail(path, "missing required field: type");
        };
        if !allowed.contains(&kind) {
            return self.fail(&format!("{path}/type"), format!("unsupported type: {kind}"));
        }
        self.string(path, element, "action_id", 0, 255, false);
        self.confirm(path, element);
        self.focus(path, element);
        match kind {
            "button" => self.button(path, element),
            "workflow_button" => {
                self.fields(path, element, &["text", "workflow", "style", "accessibility_label"]);
                self.text(path, element, "text", Text::Plain, 75, true);
            }
            "image" => {
                self.only(path, element, &["type", "image_url", "slack_file", "alt_text"]);
                self.image_fields(path, element);
            }
            "overflow" => {
                self.fields(path, element, &["options"]);
                self.options(&format!("{path}/options"), &element["options"], Text::Plain, 1, 5);
            }
            "checkboxes" | "radio_buttons" => self.boxes(path, element),
            "datepicker" | "timepicker" | "datetimepicker" => self.time(path, element, kind),
            "plain_text_input" => self.plain_text_input(path, element),
            "email_text_input" | "url_text_input" => {
                self.fields(path, element, &["initial_value", "dispatch_action_config", "placeholder"]);
                self.placeholder(path, element);
                self.string(path, element, "initial_value", 0, 3000, false);
            }
            "number_input" => self.number_input(path, element),
            "rich_text_input" => {
                self.fields(path, element, &["initial_value", "dispatch_action_config", "placeholder"]);
                self.placeholder(path, element);
            }
            "file_input" => {
                self.fields(path, element, &["filetypes", "max_files"]);
                self.strings(path, element, "filetypes");
                self.number(path, element, "max_files", 1, 10);
            }
            select => self.select(path, element, select),
        }
    }

    /// The fields every element has, and these.
    fn fields(&mut self, path: &str, element: &Value, more: &[&str]) {
        let mut known = vec!["type", "action_id", "confirm", "focus_on_load"];
        known.extend(more);
        self.only(path, element, &known);
    }

    fn focus(&mut self, path: &str, element: &Value) {
        self.boolean(path, element, "focus_on_load");
        if element["focus_on_load"] == true && std::mem::replace(&mut self.focused, true) {
            self.fail(&format!("{path}/focus_on_load"), "only one element can have focus on load");
        }
    }

    fn placeholder(&mut self, path: &str, element: &Value) {
        self.text(path, element, "placeholder", Text::Plain, 150, false);
    }

    fn button(&mut self, path: &str, element: &Value) {
        self.fields(path, element, &["text", "value", "url", "style", "accessibility_label"]);
        self.text(path, element, "text", Text::Plain, 75, true);
        self.string(path, element, "value", 0, 2000, false);
        self.url(path, element, "url", 3000, false);
        self.one_of(path, element, "style", &["primary", "danger"], false);
        self.string(path, element, "accessibility_label", 0, 75, false);
    }

    /// Fields of an image, as block or element.
    pub fn image_fields(&mut self, path: &str, image: &Value) {
        self.string(path, image, "alt_text", 0, 2000, true);
        if image["slack_file"].is_null() {
            self.url(path, image, "image_url", 3000, true);
        }
    }

    fn boxes(&mut self, path: &str, element: &Value) {
        let initial = if element["type"] == "checkboxes" { "initial_options" } else { "initial_option" };
        self.fields(path, element, &["options", initial]);
        self.options(&format!("{path}/options"), &element["options"], Text::Any, 1, 10);
        if element["initial_options"].as_array().is_some_and(Vec::is_empty) {
            self.fail(&format!("{path}/initial_options"), "no fewer than 1 items allowed");
        }
        self.initial_among_options(path, element);
    }

    fn time(&mut self, path: &str, element: &Value, kind: &str) {
        let (key, pattern): (&str, fn(&str) -> bool) = match kind {
            "datepicker" => ("initial_date", |v| v.parse::<jiff::civil::Date>().is_ok() && v.len() == 10),
            "timepicker" => {
                ("initial_time", |v| v.len() == 5 && format!("{v}:00").parse::<jiff::civil::Time>().is_ok())
            }
            _ => ("initial_date_time", |_| false),
        };
        if kind == "datetimepicker" {
            self.fields(path, element, &[key]);
            self.number(path, element, key, 1_000_000_000, 9_999_999_999);
            return;
        }
        self.fields(path, element, &[key, "placeholder", "timezone"]);
        self.placeholder(path, element);
        if !element[key].is_null() && !element[key].as_str().is_some_and(pattern) {
            self.fail(&format!("{path}/{key}"), "is not a valid date or time");
        }
    }

    fn plain_text_input(&mut self, path: &str, element: &Value) {
        let known = ["initial_value", "multiline", "min_length", "max_length", "dispatch_action_config", "placeholder"];
        self.fields(path, element, &known);
        self.placeholder(path, element);
        self.boolean(path, element, "multiline");
        self.number(path, element, "min_length", 0, 3000);
        self.number(path, element, "max_length", 1, 3000);
        self.string(path, element, "initial_value", 0, 3000, false);
        let (min, max) = (element["min_length"].as_u64().unwrap_or(0), element["max_length"].as_u64().unwrap_or(3000));
        if min > max {
            self.fail(&format!("{path}/min_length"), "must not be more than max_length");
        }
        let initial = length(&element["initial_value"]) as u64;
        if initial > max {
            self.fail(&format!("{path}/initial_value"), "must not be longer than max_length");
        }
        let config = &element["dispatch_action_config"]["trigger_actions_on"];
        if !config.is_null() {
            let path = format!("{path}/dispatch_action_config/trigger_actions_on");
            for word in self.list(&path, config, 1, 2) {
                if !matches!(word.as_str(), Some("on_enter_pressed" | "on_character_entered")) {
                    self.fail(&path, "unknown trigger");
                }
            }
        }
    }

    fn number_input(&mut self, path: &str, element: &Value) {
        let known =
            ["is_decimal_allowed", "initial_value", "min_value", "max_value", "dispatch_action_config", "placeholder"];
        self.fields(path, element, &known);
        self.placeholder(path, element);
        if !element["is_decimal_allowed"].is_boolean() {
            self.fail(path, "missing required field: is_decimal_allowed");
        }
        for key in ["initial_value", "min_value", "max_value"] {
            let value = &element[key];
            // Numbers travel as texts.
            let wrong = value.as_str().is_none_or(|v| v.parse::<f64>().is_err());
            if !value.is_null() && wrong {
                self.fail(&format!("{path}/{key}"), "must be a number in a string");
            }
        }
    }

    fn select(&mut self, path: &str, element: &Value, kind: &str) {
        let (multi, base) = kind.strip_prefix("multi_").map_or((false, kind), |base| (true, base));
        let mut known = vec!["placeholder"];
        known.extend(if multi { &["max_selected_items"][..] } else { &["response_url_enabled"][..] });
        known.extend(match (base, multi) {
            ("static_select", false) => &["options", "option_groups", "initial_option"][..],
            ("static_select", true) => &["options", "option_groups", "initial_options"][..],
            ("external_select", false) => &["min_query_length", "initial_option"][..],
            ("external_select", true) => &["min_query_length", "initial_options"][..],
            ("users_select", false) => &["initial_user"][..],
            ("users_select", true) => &["initial_users"][..],
            ("channels_select", false) => &["initial_channel"][..],
            ("channels_select", true) => &["initial_channels"][..],
            (_, false) => &["initial_conversation", "default_to_current_conversation", "filter"][..],
            (_, true) => &["initial_conversations", "default_to_current_conversation", "filter"][..],
        });
        self.fields(path, element, &known);
        self.placeholder(path, element);
        self.number(path, element, "max_selected_items", 1, i64::MAX);
        self.number(path, element, "min_query_length", 0, 1000);
        for list in ["initial_users", "initial_channels", "initial_conversations"] {
            self.strings(path, element, list);
        }
        if base != "static_select" {
            return;
        }
        match (element.get("options"), element.get("option_groups")) {
            (Some(options), None) => self.options(&format!("{path}/options"), options, Text::Plain, 1, 100),
            (None, Some(groups)) => self.option_groups(&format!("{path}/option_groups"), groups),
            _ => self.fail(path, "exactly one of options and option_groups is required"),
        }
        self.initial_among_options(path, element);
    }
}
