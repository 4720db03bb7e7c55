//! Forms for texts to others: the text itself, why with nobody's approval, posted by hand, another time.

mod around;
mod correct;
mod impact;
mod look;

use std::{collections::BTreeMap, fmt};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use slack_morphism::prelude::*;

pub use around::{alone_form, hand_form, later_form, question_form};
pub(in crate::render) use impact::line as impact_line;
pub use impact::{is_known, newly};
pub(super) use look::look_again;

use super::{
    fields::{TextField, at_once, checked, scenario, select, text, variant},
    modal,
    update::next,
};
use crate::{
    ids::IncidentId,
    incident::{
        Incident,
        comms::{self, No, Shape, may_post, outlets_for, shape},
    },
    playbook::{Audience, Hit, Outlet, OutletId, Stage, Template, TemplateId},
    render::{
        View,
        comms::{name, outlet_label, place_label},
        escape::escape,
        ids::{ButtonValue, comms as id},
        limits::{Look, actions, blocks, button, choice, context, plain, rows, section},
        line::phase_label,
        when::date,
    },
    status::Impact,
};

/// Tick boxes that Slack takes.
const BOXES: usize = 10;
/// How many fields hold words that were typed for another text.
const OTHERS: usize = 10;
/// The longest that one place takes.
const PLACE: u64 = 1500;

/// What a form for a text remembers: its `private_metadata`.
#[expect(clippy::struct_excessive_bools, reason = "each is remembered for itself")]
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
    /// What marks the text that was shown as it will look: this one goes out when it is sent, another one is shown first.
    #[serde(default)]
    pub seen: Option<String>,
    /// What was warned of already: the same is not said twice.
    #[serde(default)]
    pub warned: bool,
    /// What marks the words that were said to be the same as the last ones: it holds for these words alone.
    #[serde(default)]
    pub same: Option<String>,
    /// A send, and where.
    #[serde(default)]
    pub send: Option<(u32, OutletId)>,
    /// The send that it corrects, and how many corrections of it were seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<(u32, u32)>,
    /// It lies on another form, whose words are not sent yet.
    #[serde(default, alias = "on_update")]
    pub on_form: bool,
    /// It is the third of a stack, on which Slack lays no other.
    #[serde(default)]
    pub on_two: bool,
}

impl Memory {
    /// A form for these readers.
    #[must_use]
    pub const fn of(incident: IncidentId, to: Audience) -> Self {
        Self {
            incident,
            to,
            template: None,
            draft: None,
            more: false,
            seen: None,
            warned: false,
            same: None,
            send: None,
            corrects: None,
            on_form: false,
            on_two: false,
        }
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
#[expect(clippy::struct_excessive_bools, reason = "each is said for itself")]
#[derive(Clone, Debug, Default)]
pub struct Writing {
    /// The special case that it is for; none: the usual text.
    pub scenario: Option<String>,
    /// What was typed, by place.
    pub fields: BTreeMap<String, String>,
    /// The channels that are ticked; none: those that apply now, and that whoever writes may send to.
    pub outlets: Option<Vec<OutletId>>,
    /// It is to be sent now, and not shared as a draft; none: what whoever writes may.
    pub now: Option<bool>,
    /// When the next one comes, where that is known.
    pub next: Option<Timestamp>,
    /// What to look at once more.
    pub hits: Vec<Hit>,
    /// It says the same as the last one.
    pub same: bool,
    /// It is another text than the one that was shown before.
    pub reworded: bool,
    /// Another text is meant by now than the one that was filled in.
    pub changed: bool,
    /// Somebody else was at it too: what happened, in a sentence.
    pub meanwhile: Option<String>,
    /// Who writes, to know whether they may send it.
    pub by: Option<crate::ids::UserId>,
    /// What it says of components; none: what the public was told last.
    pub impact: Option<Impact>,
    /// Whoever subscribed is not told.
    pub quiet: bool,
}

/// The form for a text; a notice where none can be written, and why.
pub fn letter_form(w: View<'_>, it: &Incident, memory: &Memory, writing: &Writing) -> Value {
    if let Some((number, _)) = memory.corrects {
        return correct::form(w, it, memory, writing, number);
    }
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
    let places = at_first(w, it, &outlets, writing);
    let is_for_now = writing.now.unwrap_or_else(|| may_send(w, it, &places, writing));
    let button_label = look::button_label(is_for_now, memory, writing);
    let mut content = meanwhile(it, memory, writing);
    content.extend(unsent_below(memory));
    content.extend(look::warnings(writing, button_label));
    if memory.seen.is_some() {
        content.extend(look::preview(w, it, template, &places, writing));
    }
    let scenarios = w.playbook.scenarios(to, &it.kind, &it.phase);
    if !scenarios.is_empty() {
        content.push(scenario(id::SCENARIO, &scenarios, template.scenario.as_deref()));
    }
    content.push(context(&format!("{} · template `{}`", phase_label(w, &it.kind, &it.phase), template.id)));
    content.extend(where_to(
        w,
        it,
        &places,
        writing,
        "Ticked at first: the channels that apply now and that you may send to.",
    ));
    content.extend(impact::fields(w, it, &places, writing));
    content.extend(it.comms.promise(to).and_then(|p| p.last_at).map(news));
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
    content.push(then(is_for_now));
    let value = ButtonValue::of(it.id);
    let mut buttons = vec![button(id::PREVIEW, "Preview", &value, Look::Usual)];
    if !more && !shape.optional.is_empty() {
        buttons.push(button(id::MORE, "More details", &value, Look::Usual));
    }
    content.push(actions(buttons));
    content.extend(after_preview(memory, button_label));
    modal(id::LETTER_FORM, &title(it, to), button_label, memory, &content)
}

/// What whoever writes began in the form below.
fn unsent_below(memory: &Memory) -> Option<SlackBlock> {
    let text = "What you wrote in the form below is kept: it is there again when this one closes.";
    memory.on_form.then(|| context(text))
}

/// Slack may leave whoever pressed the button for a preview at the foot of the form.
fn after_preview(memory: &Memory, button_label: &str) -> Option<SlackBlock> {
    let text = format!(":arrow_up: How it will look stands at the top. {button_label} is the last step.");
    memory.seen.is_some().then(|| context(&text))
}

/// These readers have heard of it before.
fn news(last: Timestamp) -> SlackBlock {
    context(&format!("The last one went out {}. Say what is new since then.", date(last)))
}

/// What is not as whoever writes saw it last: the text, or what another person did at the same time, and both ways on.
fn meanwhile(it: &Incident, memory: &Memory, writing: &Writing) -> Vec<SlackBlock> {
    if writing.changed {
        return vec![section(
            ":warning: Another text is shown now: the phase changed, or you chose it. Your words are kept; look at it before you go on.",
        )];
    }
    if writing.reworded {
        return vec![section(
            "You changed the text after it was shown. This is how it looks now; nothing went out yet.",
        )];
    }
    let Some(text) = &writing.meanwhile else { return Vec::new() };
    let mut shown = vec![section(&format!(":warning: {text}"))];
    if memory.draft.is_some() && !memory.on_two && memory.corrects.is_none() {
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

/// A channel that can be chosen.
#[derive(Clone, Copy, Debug)]
struct Place<'a> {
    outlet: &'a Outlet,
    /// The register says that it is used now.
    applies: bool,
    ticked: bool,
}

/// May whoever writes send there?
fn may(w: View<'_>, it: &Incident, outlet: &Outlet, writing: &Writing) -> bool {
    writing.by.as_ref().is_some_and(|by| may_post(it, outlet, by, w.now).is_ok())
}

/// The channels. At first those are ticked that apply now and that whoever writes may send to; for somebody who may send nowhere, and so
/// writes a draft for others, all that apply.
fn at_first<'a>(w: View<'_>, it: &Incident, outlets: &[(&'a Outlet, bool)], writing: &Writing) -> Vec<Place<'a>> {
    let is_sender = outlets.iter().any(|(outlet, applies)| *applies && may(w, it, outlet, writing));
    let is_ticked = |outlet: &Outlet, applies: bool| applies && (!is_sender || may(w, it, outlet, writing));
    let places = outlets.iter().take(BOXES).map(|(outlet, applies)| {
        let chosen = writing.outlets.as_ref().map(|chosen| chosen.contains(&outlet.id));
        Place { outlet, applies: *applies, ticked: chosen.unwrap_or_else(|| is_ticked(outlet, *applies)) }
    });
    places.collect()
}

/// The boxes, and which channels wait for somebody else.
fn where_to(w: View<'_>, it: &Incident, places: &[Place<'_>], writing: &Writing, hint: &str) -> Vec<SlackBlock> {
    let options = places.iter().map(|Place { outlet, ticked, .. }| {
        let set_up = outlet.connector.as_ref().is_some_and(|name| w.settings.connectors.contains_key(name));
        let how = if outlet.slack.is_some() || set_up { "" } else { " (by hand)" };
        (format!("{}{how}", outlet.label), outlet.id.as_str().to_owned(), *ticked)
    });
    let boxes = checked(id::OUTLETS, "Where", options.collect(), hint);
    let others = places.iter().filter(|p| p.applies && !p.ticked && !may(w, it, p.outlet, writing));
    let others: Vec<String> = others.map(|p| format!("*{}*", outlet_label(w, &p.outlet.id))).collect();
    let note = (!others.is_empty()).then(|| {
        let all = others.join(", ");
        context(&format!("Applies too, but you may not send there: {all}. Share a draft for whoever may."))
    });
    std::iter::once(boxes).chain(note).collect()
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

/// May whoever writes send it to all that are ticked, with nobody's approval?
fn may_send(w: View<'_>, it: &Incident, places: &[Place<'_>], writing: &Writing) -> bool {
    let is_public = places.iter().any(|p| p.outlet.audience == Audience::External);
    if is_public && !comms::releasers(it, w.playbook).is_empty() {
        return false;
    }
    let mut chosen = places.iter().filter(|p| p.ticked).peekable();
    chosen.peek().is_some() && chosen.all(|p| !p.outlet.two_person && may(w, it, p.outlet, writing))
}

/// Send it now, or share it first. What is chosen decides what the form's button does, so we hear of it at once.
fn then(is_for_now: bool) -> SlackBlock {
    let options = vec![choice("Send it now", id::NOW), choice("Share it in the room as a draft", id::SHARE)];
    let initial = if is_for_now { id::NOW } else { id::SHARE };
    at_once(select(id::THEN, "Then", options, Some(initial), "If you may not send it, you are told so."))
}

/// The button in the update form that leads to the customers' text.
pub(super) fn also_customers(w: View<'_>, it: &Incident) -> Option<SlackActionBlockElement> {
    let applies = outlets_for(it, w.playbook, Audience::External, w.now).iter().any(|(_, now)| *now);
    let value = ButtonValue::of(it.id).extra(name(Audience::External));
    applies.then(|| button(&format!("{}.also", id::WRITE), "Also write to customers", &value, Look::Usual))
}
