//! Forms for texts to others: the text itself, why with nobody's approval, posted by hand, another time.

mod around;

use std::{collections::BTreeMap, fmt};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use slack_morphism::prelude::*;

pub use around::{alone_form, hand_form, later_form};

use super::{
    fields::{TextField, checked, scenario, select, text, variant},
    modal,
    update::next,
};
use crate::{
    ids::IncidentId,
    incident::{
        Incident,
        comms::{self, Letter, No, Shape, may_post, outlets_for, shape},
    },
    playbook::{Audience, Hit, Outlet, OutletId, Stage, Template, TemplateId, Warning},
    render::{
        View,
        comms::{name, outlet_label, place_label, quoted},
        escape::escape,
        ids::{ButtonValue, comms as id},
        limits::{Look, SECTION, actions, blocks, button, choice, context, cut, plain, rows, section},
        line::phase_label,
    },
};

/// Tick boxes that Slack takes.
const BOXES: usize = 10;
/// How many fields hold words that were typed for another text.
const OTHERS: usize = 10;
/// The longest that one place takes.
const PLACE: u64 = 1500;

/// What a form for a text remembers: its `private_metadata`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// Of which incident.
    pub incident: IncidentId,
    /// For which readers.
    pub to: Audience,
    /// The template that the form shows: where another one is meant by now, the form is shown anew.
    #[serde(default)]
    pub template: Option<TemplateId>,
    /// The draft and version that it changes, and sends.
    #[serde(default)]
    pub draft: Option<(u32, u32)>,
    /// All places of the template are shown.
    #[serde(default)]
    pub more: bool,
    /// What was warned of already: the same is not said twice.
    #[serde(default)]
    pub warned: bool,
    /// What marks the words that were said to be the same as the last ones: it holds for these words alone.
    #[serde(default)]
    pub same: Option<String>,
    /// A send, and where.
    #[serde(default)]
    pub send: Option<(u32, OutletId)>,
}

impl Memory {
    /// A form for these readers.
    #[must_use]
    pub const fn of(incident: IncidentId, to: Audience) -> Self {
        Self { incident, to, template: None, draft: None, more: false, warned: false, same: None, send: None }
    }

    /// Reads it back; `None` for anything that we did not write.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

/// What stands in the form for a text.
#[derive(Clone, Debug, Default)]
pub struct Writing {
    /// The special case that it is for; none: the usual text.
    pub scenario: Option<String>,
    /// What was typed, by place.
    pub fields: BTreeMap<String, String>,
    /// The channels that are ticked; none: those that apply now.
    pub outlets: Option<Vec<OutletId>>,
    /// When the next one comes, where that is known.
    pub next: Option<Timestamp>,
    /// Show how it will look.
    pub preview: bool,
    /// What to look at once more.
    pub hits: Vec<Hit>,
    /// It says the same as the last one.
    pub same: bool,
    /// Another text is meant by now than the one that was filled in.
    pub changed: bool,
    /// Somebody else was at it too: what happened, in a sentence.
    pub meanwhile: Option<String>,
    /// Who writes, to know whether they may send it.
    pub by: Option<crate::ids::UserId>,
}

/// The form for a text; a notice where none can be written, and why.
pub fn letter_form(w: View<'_>, it: &Incident, memory: &Memory, writing: &Writing) -> Value {
    let to = memory.to;
    let outlets = outlets_for(it, w.playbook, to, w.now);
    let template = w.playbook.template_for(to, &it.kind, &it.phase, writing.scenario.as_deref());
    let found = template.ok_or(No::NoTemplate(to)).and_then(|t| Ok((t, shape(t)?)));
    let (template, shape) = match found {
        Ok(found) if !outlets.is_empty() => found,
        Ok(_) if comms::is_secret(it, w.playbook) && to == Audience::External => {
            return nothing(w, it, &No::NeedToKnow);
        }
        Ok(_) => return nothing(w, it, &No::NoOutlet),
        Err(no) => return nothing(w, it, &no),
    };
    let memory = &Memory { template: Some(template.id.clone()), ..memory.clone() };
    let mut content = meanwhile(it, memory, writing);
    let scenarios = w.playbook.scenarios(to, &it.kind, &it.phase);
    if !scenarios.is_empty() {
        content.push(scenario(id::SCENARIO, &scenarios, template.scenario.as_deref()));
    }
    content.push(context(&format!("{} · template `{}`", phase_label(w, &it.kind, &it.phase), template.id)));
    content.push(places_of(&outlets, writing));
    // Words that were typed in a place are shown, whatever the text: none are lost by choosing another one.
    let has = |place: &String| writing.fields.get(place).is_some_and(|words| !words.is_empty());
    let more = memory.more || shape.optional.iter().any(|(place, _)| has(place));
    content.extend(shape.required.iter().map(|place| typed(template, place, &writing.fields, "")));
    if more {
        content.extend(shape.optional.iter().map(|(place, default)| typed(template, place, &writing.fields, default)));
    } else if !shape.optional.is_empty() {
        content.push(context(&defaults(&shape)));
    }
    let other = writing.fields.keys().filter(|place| has(place) && !shape.has(place));
    content.extend(other.take(OTHERS).map(|place| unused(template, place, &writing.fields)));
    if it.stage != Stage::Resolved {
        let factor = comms::factor(it, w.playbook, it.stage, w.now);
        let every =
            w.playbook.cadence_for(it.severity, &it.kind).map_or(0, |rule| rule.minutes(to).1.saturating_mul(factor));
        content.extend(next(every, false));
    }
    content.push(then(w, it, &outlets, writing));
    let value = ButtonValue::of(it.id);
    let mut buttons = vec![button(id::PREVIEW, "Preview", &value, Look::Usual)];
    if !more && !shape.optional.is_empty() {
        buttons.push(button(id::MORE, "More details", &value, Look::Usual));
    }
    content.push(actions(buttons));
    content.extend(warnings(writing));
    if writing.preview {
        content.extend(preview(w, it, template, &outlets, writing));
    }
    modal(id::LETTER_FORM, &title(it, to), "Continue", memory, &content)
}

/// What another person did at the same time, and both ways on.
fn meanwhile(it: &Incident, memory: &Memory, writing: &Writing) -> Vec<SlackBlock> {
    if writing.changed {
        return vec![section(
            ":warning: Another text is shown now: the phase changed, or you chose it. Your words are kept; look at it, then press \
             Continue.",
        )];
    }
    let Some(text) = &writing.meanwhile else { return Vec::new() };
    let mut shown = vec![section(&format!(":warning: {text}"))];
    if memory.draft.is_some() {
        let value = ButtonValue::of(it.id).extra(name(memory.to));
        shown.push(actions(vec![button(&format!("{}.theirs", id::WRITE), "Open that draft", &value, Look::Usual)]));
    }
    shown
}

fn title(it: &Incident, to: Audience) -> String {
    let who = if to == Audience::External { "customers" } else { "leadership" };
    format!("{}: {who}", it.id)
}

fn nothing(w: View<'_>, it: &Incident, no: &No) -> Value {
    let text = crate::render::comms::no_sentence(w, no, it);
    let text = match no {
        No::NoOutlet => "The playbook has no channel for these readers and this kind of incident.".to_owned(),
        _ => text,
    };
    json!({
        "type": "modal",
        "title": plain("Channels", 24),
        "close": plain("Close", 24),
        "blocks": blocks(&[section(&text)]),
    })
}

/// The channels, those that apply now ticked.
fn places_of(outlets: &[(&Outlet, bool)], writing: &Writing) -> SlackBlock {
    let ticked =
        |outlet: &Outlet, now: bool| writing.outlets.as_ref().map_or(now, |chosen| chosen.contains(&outlet.id));
    let options = outlets.iter().take(BOXES).map(|(outlet, now)| {
        let how = if outlet.slack.is_some() { "" } else { " (by hand)" };
        (format!("{}{how}", outlet.label), outlet.id.as_str().to_owned(), ticked(outlet, *now))
    });
    checked(id::OUTLETS, "Where", options.collect(), "The channels that apply now are ticked.")
}

/// A place of the template; without a default it must be filled in.
fn typed(template: &Template, place: &str, fields: &BTreeMap<String, String>, default: &str) -> SlackBlock {
    let optional = template.defaults.contains_key(place) && !template.required.iter().any(|r| r == place);
    let initial = fields.get(place).map_or(default, String::as_str);
    place_field(template, place, (&place_label(place), hint(place)), initial, optional)
}

/// Words that were typed for another text.
fn unused(template: &Template, place: &str, fields: &BTreeMap<String, String>) -> SlackBlock {
    let label = format!("{} (not in this text)", place_label(place));
    let initial = fields.get(place).map_or("", String::as_str);
    place_field(template, place, (&label, "Kept in case you choose the other text again."), initial, true)
}

fn place_field(
    template: &Template,
    place: &str,
    (label, hint): (&str, &str),
    initial: &str,
    optional: bool,
) -> SlackBlock {
    let id = &format!("{}{place}", id::PLACE);
    let field = text(&TextField { id, label, initial, hint, lines: true, optional, limit: PLACE });
    variant(field, template.id.as_str())
}

/// What to write in a place, for those that most playbooks have.
fn hint(place: &str) -> &'static str {
    match place {
        "impact" => "What readers notice and what they can do. Leave out causes, when it will be fixed, and names.",
        "cause" => "Only what is confirmed. Where it is not, say “a fault in our systems”, and no more.",
        _ => "Only what is confirmed. Leave out guesses, when it will be fixed, and names.",
    }
}

fn defaults(shape: &Shape) -> String {
    let lines: Vec<String> = shape
        .optional
        .iter()
        .filter(|(_, default)| !default.is_empty())
        .map(|(place, default)| format!("{}: {}", escape(&place_label(place)), escape(default)))
        .collect();
    let lines = rows(&lines, 1000);
    if lines.is_empty() { "The other fields stay empty.".to_owned() } else { format!("It will also say: {lines}") }
}

/// Send it now, or share it first; what the person may is chosen.
fn then(w: View<'_>, it: &Incident, outlets: &[(&Outlet, bool)], writing: &Writing) -> SlackBlock {
    let may = writing.by.as_ref().is_some_and(|by| {
        let chosen = outlets.iter().filter(|(o, now)| writing.outlets.as_ref().map_or(*now, |c| c.contains(&o.id)));
        chosen.clone().next().is_some()
            && chosen.clone().all(|(o, _)| !o.two_person && may_post(it, o, by, w.now).is_ok())
    });
    let options = vec![choice("Send it now", id::NOW), choice("Share it in the room as a draft", id::SHARE)];
    let initial = if may { id::NOW } else { id::SHARE };
    select(id::THEN, "Then", options, Some(initial), "If you may not send it, you are told so.")
}

/// What to look at once more. Said once: sending again sends.
fn warnings(writing: &Writing) -> Vec<SlackBlock> {
    let same = writing.same.then(|| "It says the same as the last one. Readers want to know what is new.".to_owned());
    warned(writing.hits.iter().map(warning).chain(same).collect(), "Continue")
}

/// Words to look at once more, in a form that is sent with `button`.
pub(super) fn look_again(hits: &[Hit], button: &str) -> Vec<SlackBlock> {
    warned(hits.iter().map(warning).collect(), button)
}

fn warned(lines: Vec<String>, button: &str) -> Vec<SlackBlock> {
    if lines.is_empty() {
        return Vec::new();
    }
    let lines: Vec<String> = lines.into_iter().map(|line| format!(":warning: {line}")).collect();
    let text = format!("{}\nChange it, or press {button} again to leave it as it is.", rows(&lines, 2000));
    vec![SlackDividerBlock::new().into(), section(&text)]
}

fn warning(hit: &Hit) -> String {
    let words = escape(&cut(&hit.words, 80));
    match hit.warning {
        Warning::Promise => format!("“{words}” promises something that you may not be able to keep."),
        Warning::Blame => format!("“{words}” blames a person. Say what happened, not who did it."),
        Warning::Supplier => format!("“{words}” is a supplier. For readers it is your service."),
        Warning::Customer => format!("“{words}” is a customer. Readers must not learn who else is a customer."),
        Warning::Host => format!("“{words}” is the name of one of our servers."),
    }
}

/// The text, and how long it is in each chosen channel.
fn preview(
    w: View<'_>,
    it: &Incident,
    template: &Template,
    outlets: &[(&Outlet, bool)],
    writing: &Writing,
) -> Vec<SlackBlock> {
    let mut shown: Vec<SlackBlock> = vec![SlackDividerBlock::new().into()];
    let letter = match comms::letter(it, w.playbook, w.now, template, &writing.fields, writing.next) {
        Ok(letter) => letter,
        Err(no) => {
            shown.push(section(&crate::render::comms::no_sentence(w, &no, it)));
            return shown;
        }
    };
    let chosen =
        outlets.iter().take(BOXES).filter(|(o, now)| writing.outlets.as_ref().map_or(*now, |c| c.contains(&o.id)));
    let chosen: Vec<&Outlet> = chosen.map(|(outlet, _)| *outlet).collect();
    // The text stands there once, however many places take it.
    let short = letter.title().is_none() || chosen.iter().all(|o| o.max_chars > 0);
    let lines: Vec<String> = chosen.into_iter().map(|outlet| sized(w, &letter, outlet, short)).collect();
    if !lines.is_empty() {
        shown.push(section(&rows(&lines, SECTION)));
    }
    shown.push(section(&cut(&quoted(&letter.shown(short)), SECTION)));
    shown
}

/// `*Public status page* · 230 characters`. `short`: the text that is shown has no headline, so none is to be left out.
fn sized(w: View<'_>, letter: &Letter, outlet: &Outlet, short: bool) -> String {
    let limit = usize::try_from(outlet.max_chars).unwrap_or(usize::MAX);
    let length = letter.shown(limit > 0).chars().count();
    let size = match limit {
        0 => format!("{length} characters"),
        limit if length > limit => format!(":x: {length} of {limit} characters: too long"),
        limit => format!("{length} of {limit} characters"),
    };
    let without = if limit > 0 && !short { ", without its headline" } else { "" };
    format!("*{}* · {size}{without}", outlet_label(w, &outlet.id))
}

/// The button in the update form that leads to the customers' text.
pub(super) fn also_customers(w: View<'_>, it: &Incident) -> Option<SlackActionBlockElement> {
    let applies = outlets_for(it, w.playbook, Audience::External, w.now).iter().any(|(_, now)| *now);
    let value = ButtonValue::of(it.id).extra(name(Audience::External));
    applies.then(|| button(&format!("{}.also", id::WRITE), "Also write to customers", &value, Look::Usual))
}
