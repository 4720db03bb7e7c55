//! Post a status update.

use serde_json::Value;
use slack_morphism::prelude::*;

use super::{
    comms::also_customers,
    fields::{TextField, in_minutes, moment, scenario, select, text, variant},
    modal,
};
use crate::{
    incident::Incident,
    playbook::Stage,
    render::{
        View,
        facts::{colleagues, starting_text},
        ids::{ButtonValue, FormMemory, action, field, form, value},
        limits::{Look, actions, button, choice, context, section},
        reply::preview,
    },
};

/// What the first update says.
const FIRST: &str = "What people notice, what we do, what they can do meanwhile. Promise no time of repair.";
/// What a later one does.
const NEWS: &str =
    "What is new since the last update: what people notice, what we do, what they can do. Promise no time of repair.";

/// What was typed so far, where the form is shown again.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The text; none: what the playbook begins with.
    pub text: Option<String>,
    /// The special case that it is for.
    pub scenario: Option<String>,
    /// Show how it will look.
    pub preview: bool,
    /// The next update's time, if any.
    pub next: Option<jiff::Timestamp>,
    /// The last update says the same; whoever saw that may post it.
    pub same_as_last: bool,
}

/// The form, with a preview where there is a draft.
pub fn update_form(w: View<'_>, it: &Incident, draft: Option<&Draft>) -> Value {
    let scenarios = w.playbook.scenarios(colleagues(it), &it.kind, &it.phase);
    let chosen = draft.and_then(|d| d.scenario.as_deref()).filter(|chosen| scenarios.contains(chosen));
    let typed = draft.and_then(|d| d.text.clone());
    let initial = typed.unwrap_or_else(|| starting_text(w, it, chosen));
    let factor = crate::incident::comms::factor(it, w.playbook, it.stage, w.now);
    let every =
        w.playbook.cadence_for(it.severity, &it.kind).map_or(0, |rule| rule.every_internal_min.saturating_mul(factor));
    let which = (!scenarios.is_empty()).then(|| scenario(action::SCENARIO, &scenarios, chosen));
    let is_same = draft.is_some_and(|d| d.same_as_last);
    let same = ":warning: The last update says the same. Readers look for what is new since then.";
    let mut content: Vec<SlackBlock> = is_same.then(|| context(same)).into_iter().collect();
    content.extend(draft.filter(|d| d.preview).into_iter().flat_map(|d| look(w, it, &initial, d)));
    content.extend(which);
    let hint = if it.comms.internal.is_some() { NEWS } else { FIRST };
    let words = text(&TextField {
        id: field::TEXT,
        label: "Update",
        initial: &initial,
        hint,
        lines: true,
        optional: false,
        limit: 2500,
    });
    content.push(match chosen {
        Some(chosen) => variant(words, chosen),
        None => words,
    });
    if it.stage == Stage::Resolved {
        content.push(context("It is resolved; no further update is owed."));
    } else {
        content.extend(next(every, true));
    }
    let show = button(action::PREVIEW, "Preview", &ButtonValue::of(it.id), Look::Usual);
    content.push(actions(std::iter::once(show).chain(also_customers(w, it)).collect()));
    let places = match &w.settings.updates_channel {
        _ if it.is_secret() => ":lock: Goes to the room alone: need-to-know.".to_owned(),
        Some(channel) => format!("Goes to the room and to {}.", channel_name(channel)),
        None => "Goes to the room.".to_owned(),
    };
    content.push(context(&places));
    let memory = FormMemory { anyway: is_same, ..FormMemory::of(it.id) };
    let post = if is_same { "Post it again" } else { "Post" };
    modal(form::UPDATE, &format!("Update {}", it.id), post, &memory, &content)
}

/// How it will look, above the fields.
fn look(w: View<'_>, it: &Incident, text: &str, draft: &Draft) -> [SlackBlock; 2] {
    [section(&preview(w, it, text, draft.next)), SlackDividerBlock::new().into()]
}

/// A channel from the settings: an id becomes a link, a name stays one.
fn channel_name(channel: &str) -> String {
    let is_id = channel.starts_with('C') && channel.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    if is_id { format!("<#{channel}>") } else { format!("#{channel}") }
}

/// When the next text comes. Those for readers outside always promise one.
pub(super) fn next(every: u32, may_be_last: bool) -> [SlackBlock; 2] {
    let mut minutes = vec![15, 30, 60, 120, 240];
    if every > 0 && !minutes.contains(&every) {
        minutes.push(every);
        minutes.sort_unstable();
    }
    let options = minutes.into_iter().map(in_minutes);
    let options = options.chain([choice("at the time below", value::AT)]);
    let options = options.chain(may_be_last.then(|| choice("no further update is promised", value::NEVER)));
    let initial = match every {
        0 if may_be_last => value::NEVER.to_owned(),
        0 => "60".to_owned(),
        every => every.to_string(),
    };
    [
        select(field::NEXT, "Next update", options.collect(), Some(&initial), "Readers wait for it, so keep it."),
        moment(field::NEXT_AT, "Next update at", "Only where “at the time below” is chosen."),
    ]
}
