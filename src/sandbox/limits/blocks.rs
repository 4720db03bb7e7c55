//! The blocks.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    check::{Check, Surface},
    objects::Text,
};

/// What may stand beside a section's text.
const ACCESSORIES: &[&str] = &[
    "button",
    "checkboxes",
    "datepicker",
    "timepicker",
    "image",
    "overflow",
    "radio_buttons",
    "workflow_button",
    "static_select",
    "external_select",
    "users_select",
    "conversations_select",
    "channels_select",
    "multi_static_select",
    "multi_external_select",
    "multi_users_select",
    "multi_conversations_select",
    "multi_channels_select",
];
/// What may stand in a row of actions.
const ACTIONS: &[&str] = &[
    "button",
    "checkboxes",
    "datepicker",
    "datetimepicker",
    "timepicker",
    "overflow",
    "radio_buttons",
    "workflow_button",
    "rich_text_input",
    "static_select",
    "external_select",
    "users_select",
    "conversations_select",
    "channels_select",
    "multi_static_select",
    "multi_external_select",
    "multi_users_select",
    "multi_conversations_select",
    "multi_channels_select",
];
/// What may stand in an input.
const INPUTS: &[&str] = &[
    "plain_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
    "rich_text_input",
    "file_input",
    "checkboxes",
    "radio_buttons",
    "datepicker",
    "datetimepicker",
    "timepicker",
    "static_select",
    "external_select",
    "users_select",
    "conversations_select",
    "channels_select",
    "multi_static_select",
    "multi_external_select",
    "multi_users_select",
    "multi_conversations_select",
    "multi_channels_select",
];

impl Check {
    /// A list of blocks.
    pub fn blocks(&mut self, path: &str, blocks: &[Value], most: usize) {
        if blocks.len() > most {
            self.fail(path, format!("no more than {most} items allowed"));
        }
        for (at, block) in blocks.iter().enumerate() {
            self.block(&format!("{path}/{at}"), block);
        }
    }

    fn block(&mut self, path: &str, block: &Value) {
        self.string(path, block, "block_id", 0, 255, false);
        if let Some(id) = block["block_id"].as_str().filter(|id| !id.is_empty())
            && !self.block_ids.insert(id.to_owned())
        {
            self.fail(&format!("{path}/block_id"), format!("block_id already exists: {id}"));
        }
        let Some(kind) = block["type"].as_str() else {
            return self.fail(path, "missing required field: type");
        };
        match kind {
            "section" => self.section(path, block),
            "divider" => self.only(path, block, &["type", "block_id"]),
            "header" => {
                self.only(path, block, &["type", "block_id", "text"]);
                self.text(path, block, "text", Text::Plain, 150, true);
            }
            "image" => self.image_block(path, block),
            "actions" => self.actions(path, block),
            "context" => self.context(path, block),
            "input" => self.input(path, block),
            "rich_text" => self.rich_text(path, block),
            "video" => self.video(path, block),
            "markdown" if self.surface == Surface::Message => {
                self.only(path, block, &["type", "block_id", "text"]);
                self.string(path, block, "text", 1, 12_000, true);
            }
            "file" if self.surface == Surface::Message => {
                self.only(path, block, &["type", "block_id", "external_id", "source"]);
                self.string(path, block, "external_id", 1, 255, true);
                self.one_of(path, block, "source", &["remote"], true);
            }
            "table" if self.surface == Surface::Message => self.table(path, block),
            other => self.fail(&format!("{path}/type"), format!("unsupported type: {other}")),
        }
    }

    fn section(&mut self, path: &str, block: &Value) {
        self.only(path, block, &["type", "block_id", "text", "fields", "accessory", "expand"]);
        self.boolean(path, block, "expand");
        if block["text"].is_null() && block["fields"].is_null() {
            self.fail(path, "missing required field: text or fields");
        }
        self.text(path, block, "text", Text::Any, 3000, false);
        if !block["fields"].is_null() {
            let path = format!("{path}/fields");
            for (at, field) in self.list(&path, &block["fields"], 1, 10).iter().enumerate() {
                self.text_object(&format!("{path}/{at}"), field, Text::Any, 2000);
            }
        }
        if !block["accessory"].is_null() {
            self.element(&format!("{path}/accessory"), &block["accessory"], ACCESSORIES);
        }
    }

    fn image_block(&mut self, path: &str, block: &Value) {
        self.only(path, block, &["type", "block_id", "image_url", "slack_file", "alt_text", "title"]);
        self.image_fields(path, block);
        self.text(path, block, "title", Text::Plain, 2000, false);
    }

    fn actions(&mut self, path: &str, block: &Value) {
        self.only(path, block, &["type", "block_id", "elements"]);
        let path = format!("{path}/elements");
        let mut ids = BTreeSet::new();
        for (at, element) in self.list(&path, &block["elements"], 1, 25).iter().enumerate() {
            let path = format!("{path}/{at}");
            self.element(&path, element, ACTIONS);
            if let Some(id) = element["action_id"].as_str().filter(|id| !id.is_empty())
                && !ids.insert(id.to_owned())
            {
                self.fail(&format!("{path}/action_id"), format!("action_id already exists in this block: {id}"));
            }
        }
    }

    fn context(&mut self, path: &str, block: &Value) {
        self.only(path, block, &["type", "block_id", "elements"]);
        let path = format!("{path}/elements");
        for (at, element) in self.list(&path, &block["elements"], 1, 10).iter().enumerate() {
            let path = format!("{path}/{at}");
            if element["type"] == "image" {
                self.element(&path, element, &["image"]);
            } else {
                self.text_object(&path, element, Text::Any, 3000);
            }
        }
    }

    fn input(&mut self, path: &str, block: &Value) {
        self.only(path, block, &["type", "block_id", "label", "element", "hint", "optional", "dispatch_action"]);
        self.text(path, block, "label", Text::Plain, 2000, true);
        self.text(path, block, "hint", Text::Plain, 2000, false);
        self.boolean(path, block, "optional");
        self.boolean(path, block, "dispatch_action");
        if block["element"].is_null() {
            self.fail(path, "missing required field: element");
        } else {
            self.element(&format!("{path}/element"), &block["element"], INPUTS);
        }
        if block["element"]["type"] == "file_input" && self.surface != Surface::Modal {
            self.fail(&format!("{path}/element"), "file_input is only for modals");
        }
    }

    fn video(&mut self, path: &str, block: &Value) {
        let known = [
            "type",
            "block_id",
            "alt_text",
            "author_name",
            "description",
            "provider_icon_url",
            "provider_name",
            "title",
            "title_url",
            "thumbnail_url",
            "video_url",
        ];
        self.only(path, block, &known);
        self.string(path, block, "alt_text", 1, 2000, true);
        self.string(path, block, "author_name", 0, 49, false);
        self.text(path, block, "title", Text::Plain, 199, true);
        self.text(path, block, "description", Text::Plain, 200, false);
        self.url(path, block, "thumbnail_url", 3000, true);
        self.url(path, block, "video_url", 3000, true);
        self.url(path, block, "title_url", 3000, false);
        self.url(path, block, "provider_icon_url", 3000, false);
        // It needs `links.embed:write` and a domain of the app's own.
        self.fail(path, "the app has no domain to embed videos from");
    }

    fn table(&mut self, path: &str, block: &Value) {
        self.only(path, block, &["type", "block_id", "rows", "column_settings"]);
        let path = format!("{path}/rows");
        for (at, row) in self.list(&path, &block["rows"], 1, 100).iter().enumerate() {
            let path = format!("{path}/{at}");
            for (at, cell) in self.list(&path, row, 1, 20).iter().enumerate() {
                let path = format!("{path}/{at}");
                match cell["type"].as_str() {
                    Some("raw_text") => self.string(&path, cell, "text", 1, 3000, true),
                    Some("rich_text") => self.rich_text(&path, cell),
                    _ => self.fail(&path, "a cell is raw_text or rich_text"),
                }
            }
        }
    }
}
