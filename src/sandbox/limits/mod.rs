//! Slack's limits on blocks and views, with Slack's way to name the place that breaks one.

mod blocks;
mod check;
mod elements;
mod objects;
mod rich;

use serde_json::Value;

use check::{Check, Surface};

use super::{Refusal, state::ViewKind};

const MOST_BLOCKS_IN_MESSAGE: usize = 50;
const MOST_BLOCKS_IN_VIEW: usize = 100;
/// Undocumented: all texts of one message together.
const MOST_TEXT_IN_MESSAGE: usize = 13_000;
const MOST_MARKDOWN: usize = 12_000;
const LARGEST_VIEW: usize = 250_000;

/// Whether a message may carry these blocks.
pub fn message(blocks: &[Value]) -> Result<(), Refusal> {
    let mut check = Check::new(Surface::Message);
    check.blocks("/blocks", blocks, MOST_BLOCKS_IN_MESSAGE);
    let markdown: usize = blocks.iter().filter(|b| b["type"] == "markdown").map(texts).sum();
    if markdown > MOST_MARKDOWN {
        check.fail("/blocks", "markdown text is limited to 12000 characters in all");
    }
    if !check.errors.is_empty() {
        return Err(Refusal::with("invalid_blocks", check.errors));
    }
    if blocks.iter().map(texts).sum::<usize>() > MOST_TEXT_IN_MESSAGE {
        return Err("msg_blocks_too_long".into());
    }
    Ok(())
}

/// Whether this may be a view; `kind` where only that kind will do.
pub fn view(view: &Value, kind: Option<ViewKind>) -> Result<(), Refusal> {
    if view.to_string().len() > LARGEST_VIEW {
        return Err("view_too_large".into());
    }
    let home = view["type"] == "home";
    let mut check = Check::new(if home { Surface::Home } else { Surface::Modal });
    let wanted = match kind {
        Some(ViewKind::Home) => &["home"][..],
        Some(ViewKind::Modal) => &["modal"][..],
        None => &["modal", "home"][..],
    };
    check.one_of("/view", view, "type", wanted, true);
    check.view_fields(view, home);
    match view["blocks"].as_array() {
        Some(blocks) => check.blocks("/view/blocks", blocks, MOST_BLOCKS_IN_VIEW),
        None => check.fail("/view", "missing required field: blocks"),
    }
    if check.errors.is_empty() { Ok(()) } else { Err(Refusal::with("invalid_arguments", check.errors)) }
}

/// Whether these are options a select may be given in answer to `block_suggestion`.
pub fn suggestions(answer: &Value) -> Result<(), Refusal> {
    let mut check = Check::new(Surface::Modal);
    match (answer.get("options"), answer.get("option_groups")) {
        (Some(options), None) => check.options("/options", options, objects::Text::Plain, 0, 100),
        (None, Some(groups)) => check.option_groups("/option_groups", groups),
        _ => check.fail("", "one of options and option_groups is required"),
    }
    if check.errors.is_empty() { Ok(()) } else { Err(Refusal::with("invalid_arguments", check.errors)) }
}

/// How many characters of text stand in a value.
fn texts(value: &Value) -> usize {
    match value {
        Value::Object(map) => {
            map.iter().map(|(k, v)| if k == "text" && v.is_string() { length(v) } else { texts(v) }).sum()
        }
        Value::Array(items) => items.iter().map(texts).sum(),
        _ => 0,
    }
}

fn length(value: &Value) -> usize {
    value.as_str().map_or(0, |s| s.chars().count())
}

impl Check {
    fn view_fields(&mut self, view: &Value, home: bool) {
        let path = "/view";
        let mut known = vec!["type", "blocks", "private_metadata", "callback_id", "external_id"];
        if !home {
            known.extend(["title", "close", "submit", "clear_on_close", "notify_on_close", "submit_disabled"]);
        }
        self.only(path, view, &known);
        self.string(path, view, "private_metadata", 0, 3000, false);
        self.string(path, view, "callback_id", 0, 255, false);
        self.string(path, view, "external_id", 0, 255, false);
        if home {
            return;
        }
        self.text(path, view, "title", objects::Text::Plain, 24, true);
        self.text(path, view, "submit", objects::Text::Plain, 24, false);
        self.text(path, view, "close", objects::Text::Plain, 24, false);
        for flag in ["clear_on_close", "notify_on_close", "submit_disabled"] {
            self.boolean(path, view, flag);
        }
        let asks = view["blocks"].as_array().into_iter().flatten().any(|b| b["type"] == "input");
        if asks && view["submit"].is_null() {
            self.fail(path, "submit is required when an input is in blocks");
        }
    }
}
