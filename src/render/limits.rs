//! Slack's limits, and the blocks that keep them.

use serde_json::Value;
use slack_morphism::prelude::*;

use super::ids::ButtonValue;

/// A message's top-level text. Slack takes more when posting, but not when editing.
pub(super) const TEXT: usize = 3900;
/// A section's text.
pub(super) const SECTION: usize = 2900;
/// A header's text.
pub(super) const HEADER: usize = 150;
/// An option's or a button's text.
pub(super) const SHORT: usize = 75;
/// Blocks of one message.
const BLOCKS: usize = 48;
/// Characters of all blocks of one message together; about 13 000 is where Slack refuses.
const TOGETHER: usize = 11_500;

/// At most `limit` characters; what was cut is shown by an ellipsis. Never cuts inside a mention or an escape.
pub(super) fn cut(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let mut kept: String = text.chars().take(limit.saturating_sub(1)).collect();
    for (open, close) in [('<', '>'), ('&', ';')] {
        if let Some(at) = kept.rfind(open)
            && !kept[at..].contains(close)
            && (open == '<' || kept.len() - at < 6)
        {
            kept.truncate(at);
        }
    }
    kept.push('…');
    kept
}

/// Drops what is beyond a message's limits, and says so.
pub(super) fn bound(blocks: Vec<SlackBlock>) -> Vec<SlackBlock> {
    let mut kept = Vec::with_capacity(blocks.len());
    let mut characters = 0;
    let total = blocks.len();
    for block in blocks {
        characters += self::json(&block).to_string().chars().count();
        if kept.len() == BLOCKS || characters > TOGETHER {
            kept.push(context(&format!("… and {} more", total - kept.len())));
            break;
        }
        kept.push(block);
    }
    kept
}

/// Blocks as Slack's methods take them.
pub fn blocks(blocks: &[SlackBlock]) -> Value {
    Value::Array(blocks.iter().map(json).collect())
}

/// Slack's own types always serialise.
pub(super) fn json<T: serde::Serialize>(value: &T) -> Value {
    serde_json::to_value(value).expect("blocks serialise")
}

pub(super) fn header(text: &str) -> SlackBlock {
    SlackHeaderBlock::new(plain(text, HEADER)).into()
}

/// A paragraph in Slack's markup.
pub(super) fn section(markup: &str) -> SlackBlock {
    SlackSectionBlock::new().with_text(markdown(markup)).into()
}

/// Short facts, two in a row.
pub(super) fn fields(facts: &[String]) -> SlackBlock {
    let fields = facts.iter().take(10).map(|fact| SlackBlockText::MarkDown(text(&cut(fact, 1900)))).collect();
    SlackSectionBlock::new().with_fields(fields).into()
}

/// Small print.
pub(super) fn context(markup: &str) -> SlackBlock {
    SlackContextBlock::new(vec![SlackContextBlockElement::MarkDown(text(&cut(markup, SECTION)))]).into()
}

pub(super) fn actions(elements: Vec<SlackActionBlockElement>) -> SlackBlock {
    SlackActionsBlock::new(elements).into()
}

pub(super) fn plain(words: &str, limit: usize) -> SlackBlockPlainTextOnly {
    let words = if words.is_empty() { " " } else { words };
    SlackBlockPlainTextOnly::from(SlackBlockPlainText::new(cut(words, limit)).with_emoji(true))
}

fn text(markup: &str) -> SlackBlockMarkDownText {
    SlackBlockMarkDownText::new(markup.to_owned())
}

fn markdown(markup: &str) -> SlackBlockText {
    SlackBlockText::MarkDown(text(&cut(markup, SECTION)))
}

/// How a button looks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Usual,
    Primary,
    Danger,
}

pub(super) fn button(action: &str, label: &str, value: &ButtonValue, look: Look) -> SlackActionBlockElement {
    let button = SlackBlockButtonElement::new(plain(label, SHORT))
        .with_action_id(SlackActionId(action.to_owned()))
        .with_value(value.to_string());
    let button = match look {
        Look::Usual => button,
        Look::Primary => button.with_style(SlackBlockButtonStyle::Primary),
        Look::Danger => button.with_style(SlackBlockButtonStyle::Danger),
    };
    SlackActionBlockElement::Button(button)
}

/// One choice of a menu.
pub(super) fn choice(label: &str, value: &str) -> SlackBlockChoiceItem<SlackBlockPlainTextOnly> {
    SlackBlockChoiceItem::new(plain(label, SHORT), value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cutting_never_leaves_half_a_mention() {
        assert_eq!(cut("hello <@U123456>", 12), "hello …");
        assert_eq!(cut("a &amp; b", 5), "a …");
        assert_eq!(cut("<@U1> and more", 8), "<@U1> a…");
        assert_eq!(cut("ééééé", 5), "ééééé");
        assert_eq!(cut("éééééé", 5), "éééé…");
    }
}
