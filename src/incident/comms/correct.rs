//! Correcting what was sent: the same template, filled in otherwise, looked at like a text that is sent. It may come late; what is wrong in
//! public is mended also where the incident is over.

use std::collections::BTreeMap;

use super::{
    Amended, Amendment, Delivered, Delivery, Draft, Fact, Letter, No, Send, Sending,
    decide::not_internal,
    letter, may_post,
    outlets::is_open_to,
    send::{approved, filled, fits, hearers, is_released, lacks},
    text::mark,
};
use crate::{
    incident::{Context, Incident, Rejection, decide::reason},
    playbook::{Outlet, OutletId, Playbook, Template},
};

/// The most corrections of one send.
const CORRECTIONS: usize = 20;

/// The send, where it can be corrected by somebody who saw that many corrections of it.
pub(super) fn correctable(it: &Incident, number: u32, seen: Option<u32>) -> Result<&Send, Rejection> {
    let send = it.comms.send(number).ok_or(No::NothingToCorrect)?;
    if send.withdrawn {
        return Err(No::Withdrawn.into());
    }
    if seen.is_some_and(|seen| seen != send.corrected_times()) {
        return Err(No::Corrected { by: send.corrected.as_ref().and_then(|(by, _)| by.clone()) }.into());
    }
    if send.corrections.len() >= CORRECTIONS {
        return Err(No::ManyCorrections { limit: CORRECTIONS }.into());
    }
    Ok(send)
}

/// The text of a correction: as the send was made then, with other words.
///
/// # Errors
/// As [`letter()`].
pub fn corrected_letter(
    it: &Incident,
    send: &Send,
    playbook: &Playbook,
    template: &Template,
    fields: &BTreeMap<String, String>,
) -> Result<Letter, No> {
    let then = Incident { phase: send.phase.clone(), ..it.clone() };
    letter(&then, playbook, send.at, template, fields, send.next_by)
}

/// The template that a send was made of.
///
/// # Errors
/// Where the playbook has it no more.
pub fn template_of_send<'a>(send: &Send, playbook: &'a Playbook) -> Result<&'a Template, No> {
    let found = playbook.templates.iter().find(|t| t.id == send.template && t.audience == send.to);
    found.ok_or(No::NoTemplate(send.to))
}

/// A draft that corrects, sent: everything that is looked at then.
pub(super) fn correct(
    it: &Incident,
    draft: &Draft,
    send: &Send,
    alone: Option<&str>,
    cx: &Context<'_>,
) -> Result<Fact, Rejection> {
    let template = template_of_send(send, cx.playbook)?;
    let fields = filled(draft);
    let letter = corrected_letter(it, send, cx.playbook, template, &fields)?;
    not_internal(it, fields.values().map(String::as_str).chain(letter.body().words()))?;
    let (outlets, without) = places(it, draft, send, &letter, cx)?;
    let released = is_released(it, draft, cx)?;
    let alone = reason(alone)?;
    approved(without.as_ref(), alone.as_ref(), cx.now)?;
    let same = mark(std::iter::once(template.id.as_str()).chain(fields.values().map(String::as_str)));
    let says_so = |id: &OutletId| send.delivery(id).is_some_and(|d| d.words == send.words() && !d.has_failed());
    if send.same == same && outlets.iter().all(|to| says_so(&to.outlet)) {
        return Err(No::SaysSo.into());
    }
    let (support, support_groups, social) = hearers(it, draft.to, cx);
    Ok(Fact::Corrected {
        social,
        send: send.number,
        correction: send.corrected_times() + 1,
        draft: draft.number,
        to: draft.to,
        letter,
        same,
        outlets,
        approved_by: draft.approved_by.clone(),
        alone: alone.filter(|_| without.is_some()),
        support,
        support_groups,
        released,
    })
}

/// Where the text is or goes and was chosen, and what speaks against changing it there without another person.
fn places(
    it: &Incident,
    draft: &Draft,
    send: &Send,
    letter: &Letter,
    cx: &Context<'_>,
) -> Result<(Vec<Sending>, Option<No>), Rejection> {
    let person = cx.person().ok_or(Rejection::Stale)?;
    let (mut outlets, mut without) = (Vec::new(), None);
    for id in &draft.outlets {
        let outlet = outlet_of(send, id, cx.playbook)?;
        if !is_open_to(it, cx.playbook, outlet) {
            return Err(No::NeedToKnow.into());
        }
        may_post(it, outlet, person, cx.now)?;
        let to = send.delivery(id).map(|d| d.to.clone()).ok_or_else(|| No::NoSuchOutlet(id.clone()))?;
        fits(outlet, letter, cx.settings)?;
        without = without.or_else(|| lacks(it, draft, outlet, person, cx));
        outlets.push(to);
    }
    Ok((outlets, without))
}

/// A channel that the text went to, as the register has it now.
pub(super) fn outlet_of<'a>(send: &Send, id: &OutletId, playbook: &'a Playbook) -> Result<&'a Outlet, No> {
    let outlet = playbook.outlet(id).filter(|o| o.audience == send.to && send.delivery(id).is_some());
    outlet.ok_or_else(|| No::NoSuchOutlet(id.clone()))
}

/// A correction of a text that is there, as the deliverer knows it.
fn waiting<'a>(
    it: &'a Incident,
    send: u32,
    outlet: &OutletId,
    correction: u32,
) -> Result<(&'a Delivery, &'a Amended), Rejection> {
    let delivery = it.comms.send(send).and_then(|s| s.delivery(outlet)).filter(|d| d.meant == correction);
    let amended = delivery.and_then(|d| Some((d, d.amended.as_ref()?)));
    amended.filter(|(d, amended)| d.state.is_there() && amended.is_waiting()).ok_or(Rejection::Stale)
}

/// It says so there.
pub(super) fn stands(
    it: &Incident,
    send: u32,
    outlet: &OutletId,
    correction: u32,
    how: &Amendment,
) -> Result<Fact, Rejection> {
    waiting(it, send, outlet, correction)?;
    Ok(Fact::CorrectionStands { send, outlet: outlet.clone(), correction, how: how.clone() })
}

/// It did not get there.
pub(super) fn failed(
    it: &Incident,
    send: u32,
    outlet: &OutletId,
    correction: u32,
    (why, trying): (String, bool),
) -> Result<Fact, Rejection> {
    let (_, amended) = waiting(it, send, outlet, correction)?;
    if trying && matches!(amended, Amended::Trying { .. }) {
        return Err(Rejection::AlreadySo);
    }
    Ok(Fact::CorrectionFailed { send, outlet: outlet.clone(), correction, why, trying })
}

/// Does the bot change the text there by itself?
pub(super) const fn is_ours(delivery: &Delivery) -> bool {
    matches!(delivery.state, Delivered::Posted { .. } | Delivered::Published { .. })
}
