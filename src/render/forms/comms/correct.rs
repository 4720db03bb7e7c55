//! The form that corrects what was sent: the same places, filled in as they were, for where the text is or goes.

use serde_json::Value;

use super::{
    Memory, Place, Writing, after_preview, at_first, look, may_send, meanwhile, nothing, then, typed, unsent_below,
    where_to,
};
use crate::{
    incident::{
        Incident,
        comms::{No, Send, shape, template_of_send},
    },
    render::{
        View,
        comms::update_for,
        forms::modal,
        ids::{ButtonValue, comms as id},
        limits::{Look, actions, button, section},
        when::date,
    },
};

/// The form; a notice where it cannot be corrected, and why.
pub(super) fn form(w: View<'_>, it: &Incident, memory: &Memory, writing: &Writing, number: u32) -> Value {
    let found = it.comms.send(number).ok_or(No::NothingToCorrect).and_then(|send| {
        let template = template_of_send(send, w.playbook)?;
        Ok((send, template, shape(template)?))
    });
    let (send, template, shape) = match found {
        Ok((send, ..)) if send.withdrawn => return nothing(w, it, &No::Withdrawn),
        Ok(found) => found,
        Err(no) => return nothing(w, it, &no),
    };
    let memory = &Memory { template: Some(template.id.clone()), more: true, ..memory.clone() };
    let places = places(w, it, send, writing);
    let is_for_now = writing.now.unwrap_or_else(|| may_send(w, it, &places, writing));
    let button_label = look::button_label(is_for_now, memory, writing);
    let mut content = meanwhile(it, memory, writing);
    content.extend(unsent_below(memory));
    content.extend(look::warnings(writing, button_label));
    if memory.seen.is_some() {
        content.extend(look::corrected(w, it, send, template, &places, writing));
    }
    content.push(section(&format!(
        ":pencil2: This corrects the {} of {}. Where it can be changed it is; elsewhere the correction stands behind it. The time that was \
         promised, and how components stand, stay: a new update changes those.",
        update_for(send.to),
        date(send.at)
    )));
    content.extend(where_to(w, it, &places, writing, "Ticked at first: where it was sent, and you may send."));
    content.extend(shape.required.iter().map(|place| typed(template, place, &writing.fields, "")));
    content.extend(shape.optional.iter().map(|(place, default)| typed(template, place, &writing.fields, default)));
    content.push(then(is_for_now));
    content.push(actions(vec![button(id::PREVIEW, "Preview", &ButtonValue::of(it.id), Look::Usual)]));
    content.extend(after_preview(memory, button_label));
    modal(id::LETTER_FORM, &format!("{}: correction", it.id), button_label, memory, &content)
}

/// Where the text is or goes. Ticked at first is where whoever writes may send to.
fn places<'a>(w: View<'a>, it: &Incident, send: &Send, writing: &Writing) -> Vec<Place<'a>> {
    let outlets = send.deliveries.iter().filter_map(|delivery| w.playbook.outlet(&delivery.to.outlet));
    let outlets: Vec<_> = outlets.map(|outlet| (outlet, true)).collect();
    at_first(w, it, &outlets, writing)
}
