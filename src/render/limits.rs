//! Slack's limits, and the blocks that keep them.

use serde_json::Value;
use slack_morphism::prelude::*;

use super::{escape::hush, ids::ButtonValue};

/// A message's top-level text. Slack takes more when posting, but not when editing.
pub(super) const TEXT: usize = 3900;
/// A section's text.
pub(super) const SECTION: usize = 2900;
/// A header's text.
pub(super) const HEADER: usize = 150;
/// An option's or a button's text.
pub(super) const SHORT: usize = 75;
/// Blocks of one message; Slack takes 50.
const BLOCKS: usize = 48;
/// Blocks of a form or an App Home; Slack takes 100.
const VIEW_BLOCKS: usize = 98;
/// Paragraphs that one text is split into.
const PARAGRAPHS: usize = 3;
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

/// Drops what is beyond the limits of an App Home, and says so. These count blocks only.
pub(super) fn bound_view(mut blocks: Vec<SlackBlock>) -> Vec<SlackBlock> {
    if blocks.len() > VIEW_BLOCKS {
        let left_out = blocks.len() - VIEW_BLOCKS;
        blocks.truncate(VIEW_BLOCKS);
        blocks.push(context(&format!("… and {left_out} more")));
    }
    blocks
}

/// Rows under each other, as many as fit; how many did not is said below them.
pub(super) fn rows(rows: &[String], limit: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    for (n, row) in rows.iter().enumerate() {
        let row = cut(row, limit / 2);
        used += row.chars().count() + 1;
        if used > limit {
            return format!("{out}\n… and {} more", rows.len() - n);
        }
        if n > 0 {
            out.push('\n');
        }
        out.push_str(&row);
    }
    out
}

/// One text as sections, split between words, so that a long one is read whole.
pub(super) fn paragraphs(markup: &str) -> Vec<SlackBlock> {
    let mut parts = Vec::new();
    let mut rest = markup;
    while rest.chars().count() > SECTION && parts.len() + 1 < PARAGRAPHS {
        // Without the ellipsis: what follows stands in the next section.
        let whole = cut(rest, SECTION);
        let whole = whole.strip_suffix('…').unwrap_or(&whole);
        let at =
            whole.rfind(['\n', ' ']).filter(|at| *at > 0 && !inside_brackets(&whole[..*at])).unwrap_or(whole.len());
        if at == 0 {
            break;
        }
        parts.push(section(&rest[..at]));
        rest = rest[at..].trim_start();
    }
    if !rest.trim().is_empty() {
        parts.push(section(rest));
    }
    parts
}

/// Does this end within `<…>`?
fn inside_brackets(markup: &str) -> bool {
    markup.rfind('<').is_some_and(|open| !markup[open..].contains('>'))
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

/// A paragraph with a button beside it.
pub(super) fn section_with(markup: &str, beside: SlackBlockButtonElement) -> SlackBlock {
    SlackSectionBlock::new().with_text(markdown(markup)).with_accessory(beside.into()).into()
}

/// Short facts, two in a row; ten fit into one block.
pub(super) fn fields(facts: &[String]) -> impl Iterator<Item = SlackBlock> + '_ {
    facts.chunks(10).map(|facts| {
        let fields = facts.iter().map(|fact| SlackBlockText::MarkDown(text(fact, 1900))).collect();
        SlackSectionBlock::new().with_fields(fields).into()
    })
}

/// Small print.
pub(super) fn context(markup: &str) -> SlackBlock {
    SlackContextBlock::new(vec![SlackContextBlockElement::MarkDown(text(markup, SECTION))]).into()
}

pub(super) fn actions(elements: Vec<SlackActionBlockElement>) -> SlackBlock {
    SlackActionsBlock::new(elements).into()
}

pub(super) fn plain(words: &str, limit: usize) -> SlackBlockPlainTextOnly {
    let words = if words.is_empty() { " " } else { words };
    SlackBlockPlainTextOnly::from(SlackBlockPlainText::new(cut(words, limit)).with_emoji(true))
}

fn text(markup: &str, limit: usize) -> SlackBlockMarkDownText {
    SlackBlockMarkDownText::new(cut(&hush(markup), limit))
}

fn markdown(markup: &str) -> SlackBlockText {
    SlackBlockText::MarkDown(text(markup, SECTION))
}

/// How a button looks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Usual,
    Primary,
    Danger,
}

pub(super) fn button(action: &str, label: &str, value: &ButtonValue, look: Look) -> SlackActionBlockElement {
    SlackActionBlockElement::Button(plain_button(action, label, value, look))
}

/// A button for [`section_with`].
pub(super) fn plain_button(action: &str, label: &str, value: &ButtonValue, look: Look) -> SlackBlockButtonElement {
    let button = SlackBlockButtonElement::new(plain(label, SHORT))
        .with_action_id(SlackActionId(action.to_owned()))
        .with_value(value.to_string());
    match look {
        Look::Usual => button,
        Look::Primary => button.with_style(SlackBlockButtonStyle::Primary),
        Look::Danger => button.with_style(SlackBlockButtonStyle::Danger),
    }
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

    #[test]
    fn a_long_text_is_split_and_not_lost() {
        let words = "lorem <@U0ALICE|alice smith> &amp; ".repeat(200);
        let parts: Vec<String> = paragraphs(&words)
            .iter()
            .map(|block| json(block)["text"]["text"].as_str().expect("a section").to_owned())
            .collect();
        assert!(parts.len() > 1 && parts.iter().all(|p| p.chars().count() <= SECTION), "{}", parts.len());
        assert!(parts.iter().all(|p| p.matches('<').count() == p.matches('>').count()), "no mention is torn");
        let squeezed = |text: &str| text.split_whitespace().collect::<String>();
        assert_eq!(squeezed(&parts.concat()), squeezed(&words));
        assert_eq!(paragraphs(&"x".repeat(100_000)).len(), PARAGRAPHS);
        assert!(paragraphs(" ").is_empty());
    }

    #[test]
    fn rows_that_do_not_fit_are_counted() {
        let all: Vec<String> = (0..10).map(|n| format!("row {n}")).collect();
        assert_eq!(rows(&all[..2], 100), "row 0\nrow 1");
        assert_eq!(rows(&all, 12), "row 0\nrow 1\n… and 8 more");
    }
}
