//! Fields of forms. Each one's block id is its action id.

use jiff::SignedDuration;
use slack_morphism::prelude::*;

use crate::render::{
    comms::place_label,
    ids::comms::USUAL,
    limits::{SHORT, choice, cut, plain},
    when::duration,
};

type Choice = SlackBlockChoiceItem<SlackBlockPlainTextOnly>;

/// A label's greatest length.
const LABEL: usize = 150;

/// So many minutes from now.
pub fn in_minutes(minutes: u32) -> Choice {
    choice(&format!("in {}", duration(SignedDuration::from_mins(minutes.into()))), &minutes.to_string())
}

fn action(id: &str) -> SlackActionId {
    SlackActionId(id.to_owned())
}

fn input(id: &str, label: &str, element: SlackInputBlockElement) -> SlackInputBlock {
    SlackInputBlock::new(plain(label, LABEL), element).with_block_id(SlackBlockId(id.to_owned()))
}

/// How many special cases a menu shows.
const SCENARIOS: usize = 50;

/// How a text field looks.
pub(super) struct TextField<'a> {
    pub id: &'a str,
    pub label: &'a str,
    pub initial: &'a str,
    pub hint: &'a str,
    pub lines: bool,
    pub optional: bool,
    pub limit: u64,
}

pub(super) fn text(f: &TextField<'_>) -> SlackBlock {
    let element = SlackBlockPlainTextInputElement::new().with_action_id(action(f.id)).with_max_length(f.limit);
    let element = if f.lines { element.with_multiline(true) } else { element };
    let initial: String = f.initial.chars().take(usize::try_from(f.limit).unwrap_or(usize::MAX)).collect();
    let element = if initial.is_empty() { element } else { element.with_initial_value(initial) };
    let block = input(f.id, f.label, SlackInputBlockElement::PlainTextInput(element));
    let block = if f.optional { block.with_optional(true) } else { block };
    if f.hint.is_empty() { block.into() } else { block.with_hint(plain(f.hint, LABEL)).into() }
}

pub(super) fn select(id: &str, label: &str, options: Vec<Choice>, initial: Option<&str>, hint: &str) -> SlackBlock {
    let chosen = initial.and_then(|value| options.iter().find(|o| o.value == value).cloned());
    let element = SlackBlockStaticSelectElement::new().with_action_id(action(id)).with_options(options);
    let element = match chosen {
        Some(chosen) => element.with_initial_option(chosen),
        None => element,
    };
    let block =
        input(id, label, SlackInputBlockElement::StaticSelect(element.with_placeholder(plain("Choose", SHORT))));
    if hint.is_empty() { block.into() } else { block.with_hint(plain(hint, LABEL)).into() }
}

/// A menu that may stay empty.
pub(super) fn optional_select(id: &str, label: &str, options: Vec<Choice>, hint: &str) -> SlackBlock {
    optional_select_with(id, label, options, "", hint)
}

/// A menu that may stay empty, with one chosen where there is such a one.
pub(super) fn optional_select_with(
    id: &str,
    label: &str,
    options: Vec<Choice>,
    initial: &str,
    hint: &str,
) -> SlackBlock {
    let chosen = options.iter().find(|o| o.value == initial).cloned();
    let element = SlackBlockStaticSelectElement::new().with_action_id(action(id)).with_options(options);
    let element = element.with_placeholder(plain("Choose", SHORT));
    let element = match chosen {
        Some(chosen) => element.with_initial_option(chosen),
        None => element,
    };
    let block = input(id, label, SlackInputBlockElement::StaticSelect(element)).with_optional(true);
    block.with_hint(plain(hint, LABEL)).into()
}

/// The bot hears at once when something is chosen here, not only when the form is sent.
pub(super) fn at_once(block: SlackBlock) -> SlackBlock {
    match block {
        SlackBlock::Input(input) => SlackBlock::Input(input.with_dispatch_action(true)),
        other => other,
    }
}

/// Slack keeps what stands in a field whose ids stay the same when a form is shown anew. With another variant it is another field, and
/// what the form says stands in it.
pub(super) fn variant(block: SlackBlock, variant: &str) -> SlackBlock {
    let SlackBlock::Input(mut input) = block else { return block };
    if let SlackInputBlockElement::PlainTextInput(element) = &mut input.element {
        element.action_id = element.action_id.take().map(|id| action(&format!("{}.{variant}", id.0)));
    }
    SlackBlock::Input(input)
}

/// The special cases that a text may be for. Choosing one shows the form anew.
pub(super) fn scenario(id: &str, all: &[&str], chosen: Option<&str>) -> SlackBlock {
    let label = |name: &&str| choice(&place_label(name), name);
    let options = std::iter::once(choice("The usual text", USUAL)).chain(all.iter().take(SCENARIOS).map(label));
    let hint = "Another one changes the text and what it asks for. The words that you typed are kept.";
    at_once(select(id, "Which text", options.collect(), Some(chosen.unwrap_or(USUAL)), hint))
}

/// Tick boxes: label, value and small print of each, and which are ticked.
pub(super) fn checkboxes<'a>(
    id: &str,
    label: &str,
    options: impl Iterator<Item = (&'a str, &'a str, Option<&'a str>)>,
    ticked: &[&str],
    hint: &str,
) -> SlackBlock {
    let option = |(label, value, small): (&str, &str, Option<&str>)| {
        let text = SlackBlockPlainText::new(cut(label, SHORT)).with_emoji(true);
        let item = SlackBlockChoiceItem::new(SlackBlockText::Plain(text), value.to_owned());
        match small {
            Some(small) => item.with_description(plain(small, SHORT)),
            None => item,
        }
    };
    let options: Vec<_> = options.map(option).collect();
    let chosen: Vec<_> = options.iter().filter(|o| ticked.contains(&o.value.as_str())).cloned().collect();
    let element = SlackBlockCheckboxesElement::new(options).with_action_id(action(id));
    // Slack takes no empty list here.
    let element = if chosen.is_empty() { element } else { element.with_initial_options(chosen) };
    let block = input(id, label, SlackInputBlockElement::Checkboxes(element)).with_optional(true);
    block.with_hint(plain(hint, LABEL)).into()
}

/// Tick boxes: label, value, and whether it is ticked.
pub(super) fn checked(id: &str, label: &str, options: Vec<(String, String, bool)>, hint: &str) -> SlackBlock {
    let all = options.into_iter().map(|(label, value, ticked)| {
        let text = SlackBlockPlainText::new(cut(&label, SHORT)).with_emoji(true);
        (SlackBlockChoiceItem::new(SlackBlockText::Plain(text), value), ticked)
    });
    let all: Vec<(SlackBlockChoiceItem<SlackBlockText>, bool)> = all.collect();
    let ticked: Vec<_> = all.iter().filter(|(_, ticked)| *ticked).map(|(option, _)| option.clone()).collect();
    let element = SlackBlockCheckboxesElement::new(all.into_iter().map(|(option, _)| option).collect());
    let element = element.with_action_id(action(id));
    let element = if ticked.is_empty() { element } else { element.with_initial_options(ticked) };
    let block = input(id, label, SlackInputBlockElement::Checkboxes(element)).with_optional(true);
    block.with_hint(plain(hint, LABEL)).into()
}

pub(super) fn person(id: &str, label: &str, initial: Option<&str>) -> SlackBlock {
    let element =
        SlackBlockUsersSelectElement::new().with_action_id(action(id)).with_placeholder(plain("A person", SHORT));
    let element = match initial {
        Some(user) => element.with_initial_user(user.to_owned()),
        None => element,
    };
    input(id, label, SlackInputBlockElement::UsersSelect(element)).into()
}

pub(super) fn people(id: &str, label: &str) -> SlackBlock {
    let element = SlackBlockMultiUsersSelectElement::new().with_action_id(action(id));
    let element = element.with_placeholder(plain("People", SHORT));
    input(id, label, SlackInputBlockElement::MultiUsersSelect(element)).with_optional(true).into()
}

/// Options of which several may be chosen, or none; each with whether it is.
pub(super) fn several(id: &str, label: &str, options: Vec<(Choice, bool)>, hint: &str) -> SlackBlock {
    let chosen: Vec<Choice> = options.iter().filter(|(_, chosen)| *chosen).map(|(option, _)| option.clone()).collect();
    let element = SlackBlockMultiStaticSelectElement::new().with_action_id(action(id));
    let element = element
        .with_placeholder(plain("Choose", SHORT))
        .with_options(options.into_iter().map(|(option, _)| option).collect());
    let element = if chosen.is_empty() { element } else { element.with_initial_options(chosen) };
    let block = input(id, label, SlackInputBlockElement::MultiStaticSelect(element)).with_optional(true);
    block.with_hint(plain(hint, LABEL)).into()
}

/// A moment that cannot be left empty, with one to begin with where there is one.
pub(super) fn when(id: &str, label: &str, initial: Option<jiff::Timestamp>, hint: &str) -> SlackBlock {
    let SlackBlock::Input(mut block) = point_in_time(id, label, hint, false) else {
        return point_in_time(id, label, hint, false);
    };
    let initial = initial.and_then(|at| serde_json::from_value(at.as_second().into()).ok());
    if let SlackInputBlockElement::DateTimePicker(element) = &mut block.element {
        element.initial_date_time = initial;
    }
    SlackBlock::Input(block)
}

pub(super) fn moment(id: &str, label: &str, hint: &str) -> SlackBlock {
    point_in_time(id, label, hint, true)
}

/// One that cannot be left empty.
pub(super) fn required_moment(id: &str, label: &str, hint: &str) -> SlackBlock {
    point_in_time(id, label, hint, false)
}

fn point_in_time(id: &str, label: &str, hint: &str, optional: bool) -> SlackBlock {
    let element = SlackBlockDateTimePickerElement::new().with_action_id(action(id));
    let block = input(id, label, SlackInputBlockElement::DateTimePicker(element)).with_optional(optional);
    block.with_hint(plain(hint, LABEL)).into()
}
