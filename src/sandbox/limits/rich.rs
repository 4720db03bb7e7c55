//! Rich text.

use serde_json::Value;

use super::check::Check;

/// What a line of rich text is made of.
const INLINE: &[&str] =
    &["text", "link", "user", "usergroup", "channel", "emoji", "broadcast", "color", "date", "team"];

impl Check {
    /// A rich text block.
    pub fn rich_text(&mut self, path: &str, block: &Value) {
        self.only(path, block, &["type", "block_id", "elements"]);
        let path = format!("{path}/elements");
        for (at, element) in self.list(&path, &block["elements"], 0, 1000).iter().enumerate() {
            let path = format!("{path}/{at}");
            match element["type"].as_str() {
                Some("rich_text_list") => {
                    self.one_of(&path, element, "style", &["bullet", "ordered"], true);
                    let path = format!("{path}/elements");
                    for (at, item) in self.list(&path, &element["elements"], 0, 1000).iter().enumerate() {
                        self.rich_line(&format!("{path}/{at}"), item);
                    }
                }
                Some("rich_text_section" | "rich_text_quote" | "rich_text_preformatted") => {
                    self.rich_line(&path, element);
                }
                _ => self.fail(&format!("{path}/type"), "unsupported type in rich_text"),
            }
        }
    }

    fn rich_line(&mut self, path: &str, line: &Value) {
        let path = format!("{path}/elements");
        for (at, inline) in self.list(&path, &line["elements"], 0, 1000).iter().enumerate() {
            let path = format!("{path}/{at}");
            self.one_of(&path, inline, "type", INLINE, true);
            let required = match inline["type"].as_str() {
                Some("text") => "text",
                Some("link") => "url",
                Some("user") => "user_id",
                Some("usergroup") => "usergroup_id",
                Some("channel") => "channel_id",
                Some("emoji") => "name",
                Some("broadcast") => "range",
                _ => continue,
            };
            self.string(&path, inline, required, 1, 12_000, true);
        }
    }
}
