//! What was entered in a form.

use jiff::Timestamp;
use serde_json::Value;

use crate::{ids::UserId, render::ids::comms::USUAL};

/// The values of a form, by block; each of our blocks has one element, whatever its action is called.
#[derive(Debug, Clone, Copy)]
pub struct Values<'a>(pub Option<&'a Value>);

impl<'a> Values<'a> {
    /// The element of a block.
    fn element(self, block: &str) -> Option<&'a Value> {
        self.0?.get(block)?.as_object()?.values().next()
    }

    /// A text, trimmed; `None` where there is none.
    pub fn text(self, block: &str) -> Option<String> {
        let text = self.element(block)?.get("value")?.as_str()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// Every text in blocks whose names begin so, trimmed, by the rest of the name.
    pub fn texts(self, prefix: &str) -> impl Iterator<Item = (&'a str, String)> {
        let blocks = self.0.and_then(Value::as_object).into_iter().flat_map(|all| all.keys());
        let named = move |block: &'a String| Some((block.strip_prefix(prefix)?, self.text(block)?));
        blocks.filter_map(named).collect::<Vec<_>>().into_iter()
    }

    /// Which variant of a field it is that was filled in: what stands behind its name in its action.
    pub fn variant(self, block: &str) -> Option<&'a str> {
        let action = self.0?.get(block)?.as_object()?.keys().next()?;
        action.strip_prefix(block)?.strip_prefix('.')
    }

    /// The special case that was chosen for a text; none: the usual one.
    pub fn scenario(self, block: &str) -> Option<String> {
        self.chosen(block).filter(|chosen| *chosen != USUAL).map(str::to_owned)
    }

    /// The chosen option.
    pub fn chosen(self, block: &str) -> Option<&'a str> {
        self.element(block)?.pointer("/selected_option/value")?.as_str()
    }

    /// Every chosen option in blocks whose names begin so, by the rest of the name.
    pub fn choices(self, prefix: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let blocks = self.0.and_then(Value::as_object).into_iter().flat_map(|all| all.keys());
        let named = move |block: &'a String| Some((block.strip_prefix(prefix)?, self.chosen(block)?));
        blocks.filter_map(named).collect::<Vec<_>>().into_iter()
    }

    /// Is there such a field in the form?
    pub fn has(self, block: &str) -> bool {
        self.element(block).is_some()
    }

    /// Every chosen option.
    pub fn all(self, block: &str) -> Vec<&'a str> {
        let options = self.element(block).and_then(|e| e.get("selected_options")).and_then(Value::as_array);
        options.into_iter().flatten().filter_map(|o| o.get("value")?.as_str()).collect()
    }

    /// The chosen person.
    pub fn user(self, block: &str) -> Option<UserId> {
        self.element(block)?.get("selected_user")?.as_str().filter(|id| is_id(id)).map(UserId::from)
    }

    /// Every chosen person.
    pub fn users(self, block: &str) -> Vec<UserId> {
        ids(self.element(block).and_then(|e| e.get("selected_users"))).map(UserId::from).collect()
    }

    /// The chosen moment.
    pub fn moment(self, block: &str) -> Option<Timestamp> {
        Timestamp::from_second(self.element(block)?.get("selected_date_time")?.as_i64()?).ok()
    }
}

fn ids(value: Option<&Value>) -> impl Iterator<Item = &str> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).filter(|id| is_id(id))
}

/// Ids stand between angle brackets in what is posted; anything else there could be a mention of everyone.
fn is_id(id: &str) -> bool {
    !id.is_empty() && id.len() <= 32 && id.bytes().all(|b| b.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_block() {
        let state = serde_json::json!({
            "title": { "x": { "type": "plain_text_input", "value": "  a  " } },
            "empty": { "x": { "value": null } },
            "sev": { "y": { "selected_option": { "value": "2" } } },
            "who": { "z": { "selected_user": "U1" } },
            "bad": { "z": { "selected_user": "!channel" } },
            "all": { "z": { "selected_users": ["U1", "U2", "<!here>", ""], "selected_options": [{ "value": "a" }, {}] } },
        });
        let v = Values(Some(&state));
        assert_eq!(v.text("title").as_deref(), Some("a"));
        assert_eq!((v.text("empty"), v.text("none"), Values(None).text("title")), (None, None, None));
        assert_eq!((v.chosen("sev"), v.user("who")), (Some("2"), Some("U1".into())));
        assert_eq!(v.user("bad"), None);
        assert_eq!((v.users("all").len(), v.all("all")), (2, vec!["a"]));
    }
}
