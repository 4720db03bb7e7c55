//! A draft in the room: one message, kept up to date.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{
    super::{
        escape::escape,
        limits::{context, rows},
        line::role_label,
    },
    Message, View, name, outlet_label, quoted,
    receipt::correct,
    update_for,
};
use crate::{
    incident::{
        Incident,
        comms::{self, ALONE_AFTER, Draft, Letter, No},
    },
    playbook::{Audience, Outlet, RoleId},
    render::{
        ids::{ButtonValue, comms as action},
        limits::{Look, SECTION, actions, button, cut, section},
        line::{person, phase_label},
        when::date,
    },
};

/// The draft with this number, or what became of it.
pub fn draft(w: View<'_>, it: &Incident, number: u32) -> Message {
    let Some(draft) = it.comms.draft(number).filter(|d| it.is_open() || d.corrects.is_some()) else {
        let sent = it.comms.sends.iter().find(|s| s.draft == number);
        return Message::plain(match sent {
            Some(sent) => {
                let by = sent.by.as_ref().map(|by| format!(" by {}", person(by))).unwrap_or_default();
                let done = if sent.is_nowhere() { "released, to be posted by hand," } else { "sent" };
                format!(":pencil: The draft of the {} was {done}{by} {}.", update_for(sent.to), date(sent.at))
            }
            None if it.comms.sends.iter().any(|s| s.filled_by == Some(number)) => {
                ":pencil: This correction was made: see the message about the update.".to_owned()
            }
            None => ":pencil: This draft was deleted. It was not sent.".to_owned(),
        });
    };
    let author = draft.author().map_or_else(|| "Somebody".to_owned(), person);
    let places: Vec<String> = draft.outlets.iter().map(|id| format!("*{}*", outlet_label(w, id))).collect();
    let (what, places) = (update_for(draft.to), places.join(", "));
    let corrected = draft.corrects.and_then(|number| it.comms.send(number));
    let head = match corrected {
        Some(sent) => {
            let of = date(sent.at);
            format!(":pencil: *Draft by {author}: correction of the {what}* of {of} ({}), on {places}", version(draft))
        }
        None => format!(":pencil: *Draft by {author}: {what}* ({}), to be posted on {places}", version(draft)),
    };
    let (body, whole) = body(w, it, draft);
    let mut notes = notes(w, it, draft);
    // Whoever approves it approves this with it.
    notes.extend(crate::render::forms::comms::impact_line(w, &draft.impact).map(|line| escape(&line)));
    if draft.phase != it.phase && draft.corrects.is_none() {
        let phase = phase_label(w, &it.kind, &draft.phase);
        notes.push(format!(":warning: It was written in the phase {phase}. Edit it before you send it."));
    }
    let mut blocks = vec![section(&head), section(&body)];
    if !notes.is_empty() {
        blocks.push(context(&rows(&notes, SECTION)));
    }
    blocks.push(actions(buttons(it, draft, whole)));
    Message::new(format!("{head}\n{body}\n{}", notes.join("\n")), blocks)
}

fn version(draft: &Draft) -> String {
    if draft.version == 1 { "first version".to_owned() } else { format!("version {}", draft.version) }
}

/// The text as it would go out now, or which places are empty; and whether it is whole.
fn body(w: View<'_>, it: &Incident, draft: &Draft) -> (String, bool) {
    match letter_of(w, it, draft) {
        Ok(letter) => (cut(&quoted(&letter.shown(false)), SECTION), true),
        Err(No::Unfilled(places)) => {
            let filled =
                draft.fields.iter().map(|(name, text)| format!("*{}*: {}", label(name), escape(text.or_tombstone())));
            let filled: Vec<String> = filled.collect();
            let empty: Vec<String> = places.iter().map(|name| format!("*{}*", label(name))).collect();
            (format!("{}\n:black_square_button: Still empty: {}", rows(&filled, 2000), empty.join(", ")), false)
        }
        Err(no) => (super::no(w, &no, Some(it)), false),
    }
}

pub(super) fn letter_of(w: View<'_>, it: &Incident, draft: &Draft) -> Result<Letter, No> {
    let template = w.playbook.templates.iter().find(|t| t.id == draft.template);
    let template = template.ok_or(No::NoTemplate(draft.to))?;
    let fields: BTreeMap<String, String> =
        draft.fields.iter().map(|(name, text)| (name.clone(), text.or_tombstone().to_owned())).collect();
    match draft.corrects.map(|number| it.comms.send(number).ok_or(No::NothingToCorrect)) {
        Some(sent) => comms::corrected_letter(it, sent?, w.playbook, template, &fields),
        None => comms::letter(it, w.playbook, w.now, template, &fields, draft.next_by),
    }
}

/// The name of a place, for people: `your_actions` is `Your actions`.
pub(in crate::render) fn label(place: &str) -> String {
    let words = place.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Who approved, who may, and who has to.
fn notes(w: View<'_>, it: &Incident, draft: &Draft) -> Vec<String> {
    let mut notes = Vec::new();
    if !draft.approved_by.is_empty() {
        let by: Vec<String> = draft.approved_by.iter().map(person).collect();
        notes.push(format!(":ballot_box_with_check: Approved by {}.", by.join(", ")));
    }
    let is_public = draft.to == Audience::External;
    let missing = if is_public { comms::unreleased(it, draft, w.playbook) } else { Vec::new() };
    if !missing.is_empty() {
        let roles: Vec<String> = missing.iter().map(|role| held(w, it, role)).collect();
        let who = roles.join(" and ");
        notes.push(format!(
            ":lock: Need-to-know: before it may be public, {who} must approve it, each of them another person."
        ));
    }
    let outlets = draft.outlets.iter().filter_map(|id| w.playbook.outlet(id));
    let two: Vec<&Outlet> = outlets.filter(|o| o.two_person).collect();
    if !two.is_empty() && draft.approved_by.is_empty() {
        let mut roles: Vec<&RoleId> = two.iter().flat_map(|o| &o.approve_roles).collect();
        roles.dedup();
        let roles: Vec<String> = roles.into_iter().map(|role| held(w, it, role)).collect();
        let alone = if comms::is_secret(it, w.playbook) {
            String::new()
        } else {
            let from = draft.since.saturating_add(ALONE_AFTER).unwrap_or(Timestamp::MAX);
            format!(" If nobody answers, its author may send it with a reason after {}.", date(from))
        };
        notes.push(format!(":busts_in_silhouette: Someone else must approve it: {}.{alone}", roles.join(" or ")));
    }
    notes
}

/// `Incident commander (@alice)`.
pub(super) fn held(w: View<'_>, it: &Incident, role: &RoleId) -> String {
    let holder = it.holder(role).map(|holder| format!(" ({})", person(holder))).unwrap_or_default();
    format!("{}{holder}", role_label(w, role))
}

fn buttons(it: &Incident, draft: &Draft, whole: bool) -> Vec<slack_morphism::blocks::SlackActionBlockElement> {
    let value = ButtonValue::of(it.id).number(draft.number).version(draft.version);
    let mut elements = Vec::new();
    if whole {
        elements.push(button(action::APPROVE, "Approve", &value, Look::Usual));
    }
    elements.push(if let Some(sent) = draft.corrects.and_then(|number| it.comms.send(number)) {
        correct(it, sent, "Edit")
    } else {
        let edit = ButtonValue::of(it.id).extra(name(draft.to));
        button(&format!("{}.edit", action::WRITE), "Edit", &edit, Look::Usual)
    });
    if whole {
        elements.push(button(action::SEND, "Send", &value, Look::Primary));
    }
    elements.push(button(action::DROP, "Delete draft", &value, Look::Usual));
    elements
}

/// It was to be sent, and needs another person: what became of it, and what to do next.
pub fn kept(w: View<'_>, it: &Incident, draft: &Draft) -> Message {
    let then = if comms::is_secret(it, w.playbook) { "" } else { " To do that, press Send below the draft." };
    Message::plain(format!(
        ":pencil: Nothing was sent yet: the {} is kept as a draft in the room, where it can be approved.\n{}{then}",
        update_for(draft.to),
        notes(w, it, draft).join("\n"),
    ))
}

/// Somebody else wrote for the same readers meanwhile, and what that means for whoever writes now.
pub fn met(there: Option<&Draft>, can_open: bool) -> String {
    let look = if can_open {
        "Open that draft to see what it says"
    } else {
        "What that draft says stands in the room. Keep it"
    };
    match there {
        Some(draft) => format!(
            "{} has this draft ({}). Your words are kept here. {look}, or take it over with the button below: yours stand in it then.",
            draft.author().map_or_else(|| "Somebody".to_owned(), person),
            version(draft)
        ),
        None => "The draft that you changed was sent or deleted meanwhile. The button below begins a new one with these words.".into(),
    }
}

/// Somebody else corrected the same text while it was written.
pub fn corrected_meanwhile(by: Option<&crate::ids::UserId>) -> String {
    let by = by.map_or_else(|| "Somebody".to_owned(), person);
    format!(
        "{by} corrected it meanwhile; what it says now stands in the room. Your words are kept here: with the button below yours stand \
         there instead."
    )
}

/// The last text said the same: sending it all the same is one more press.
pub fn same_text(it: &Incident, draft: u32, version: u32) -> Message {
    let text = "The last update said the same. Readers want to know what is new. Edit it, or send it as it is.";
    let value = ButtonValue::of(it.id).number(draft).version(version);
    Message::new(
        text,
        vec![section(text), actions(vec![button(action::SEND_AGAIN, "Send it again", &value, Look::Danger)])],
    )
}
