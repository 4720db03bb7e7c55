//! Duties of those who hold roles.

use slack_morphism::prelude::*;

use crate::{
    ids::UserId,
    incident::{
        Incident, Offer,
        duty::{Item, List, Standing},
    },
    playbook::{DutyId, Role, RoleId},
    render::{
        Message, View,
        escape::escape,
        ids::{ButtonValue, action},
        limits::{Look, SECTION, button, context, header, plain_button, rows, section, section_with},
        line::{person, role_label},
        when::date,
    },
};

/// How many duties one message shows, each with its button.
const ITEMS: usize = 40;

/// A duty's words in the playbook.
pub(super) fn duty_text(w: View<'_>, role: &RoleId, duty: &DutyId) -> String {
    let def = w.playbook.role(role.as_str()).and_then(|r| r.checklist.iter().find(|d| d.id == *duty));
    def.map_or_else(|| duty.to_string(), |d| d.text.clone())
}

/// Where a duty stands.
fn standing(w: View<'_>, it: &Incident, role: &RoleId, item: &Item) -> String {
    match item.standing(role, it, w.now) {
        Standing::Done { at } => format!("done {}", date(at)),
        Standing::Again { at, next } => format!("done {}, again {}", date(at), date(next)),
        Standing::Open { due: None } => "open".into(),
        Standing::Open { due: Some(due) } if due < w.now => format!("*late: due {}*", date(due)),
        Standing::Open { due: Some(due) } => format!("due {}", date(due)),
    }
}

/// The duties of a role for whoever takes it: what is left, as it stands, once somebody had it.
pub(in crate::render) fn checklist_of(w: View<'_>, it: &Incident, def: &Role, offer: Option<&Offer>) -> Vec<String> {
    let from = offer.and_then(|o| o.from.as_ref()).or(it.holder(&def.id));
    let list = from.and_then(|from| it.duty.list(&def.id, from));
    let mut lines = Vec::new();
    for duty in &def.checklist {
        let item = list.and_then(|l| l.items.iter().find(|i| i.duty == duty.id));
        let done = item.is_some_and(|i| matches!(i.standing(&def.id, it, w.now), Standing::Done { .. }));
        let state = item.map(|i| format!(" · {}", standing(w, it, &def.id, i))).unwrap_or_default();
        let text = escape(&duty.text);
        lines.push(if done { format!("• ~{text}~{state}") } else { format!("• {text}{state}") });
    }
    lines
}

/// A duty that its owner is reminded of; nothing where it was done meanwhile.
pub(in crate::render) fn item_due(
    w: View<'_>,
    it: &Incident,
    role: &RoleId,
    owner: &UserId,
    duty: &DutyId,
) -> Option<String> {
    let item = it.duty.list(role, owner)?.items.iter().find(|i| i.duty == *duty)?;
    match item.standing(role, it, w.now) {
        Standing::Open { .. } => Some(format!(
            "{} ({}) · {}",
            escape(&duty_text(w, role, duty)),
            role_label(w, role),
            standing(w, it, role, item)
        )),
        Standing::Done { .. } | Standing::Again { .. } => None,
    }
}

pub(in crate::render) fn show_checklist(it: &Incident) -> SlackActionBlockElement {
    let value = ButtonValue::of(it.id).extra(format!("{} checklist", it.id));
    button(&format!("{}.checklist.{}", action::RUN, it.id), &format!("Checklist of {}", it.id), &value, Look::Usual)
}

/// One's own duties, then everyone's, each with a button.
pub fn checklist(w: View<'_>, it: &Incident, me: &UserId) -> Message {
    let (mine, others): (Vec<&List>, Vec<&List>) =
        it.duty.lists.iter().filter(|l| l.owner.is_some()).partition(|l| l.owner.as_ref() == Some(me));
    let mut blocks = vec![header(&format!("Checklist of {}", it.id))];
    let (mut text, mut room, mut left_out) = (Vec::new(), ITEMS, 0);
    for (heading, lists) in [("Yours", mine), ("Everyone else's", others)] {
        let items = lists.iter().flat_map(|l| l.items.iter().map(move |i| (*l, i)));
        let (done, open): (Vec<_>, Vec<_>) =
            items.partition(|(l, i)| matches!(i.standing(&l.role, it, w.now), Standing::Done { .. }));
        if done.is_empty() && open.is_empty() {
            continue;
        }
        text.push(format!("*{heading}*"));
        blocks.push(section(&format!("*{heading}*")));
        for (list, item) in open {
            let line = item_line(w, it, list, item);
            if room == 0 {
                left_out += 1;
                continue;
            }
            room -= 1;
            blocks.push(section_with(&line, done_button(it, list, item)));
            text.push(line);
        }
        if !done.is_empty() {
            let lines: Vec<String> =
                done.iter().map(|(l, i)| format!(":ballot_box_with_check: {}", item_line(w, it, l, i))).collect();
            blocks.push(context(&rows(&lines, 1000)));
            text.extend(lines);
        }
    }
    if text.is_empty() {
        text.push("Nobody has a role with a checklist yet.".into());
        blocks.push(section(&text[0]));
    }
    if left_out > 0 {
        blocks.push(context(&format!("… and {left_out} more")));
    }
    Message::new(format!("Checklist of {}\n{}", it.id, rows(&text, SECTION)), blocks)
}

fn item_line(w: View<'_>, it: &Incident, list: &List, item: &Item) -> String {
    let whose = list.owner.as_ref().map(person).unwrap_or_default();
    let is_done = matches!(item.standing(&list.role, it, w.now), Standing::Done { .. });
    let by_record = if item.check.is_some() && !is_done { " · ticks itself" } else { "" };
    let text = escape(&duty_text(w, &list.role, &item.duty));
    format!("{text}\n_{}_ · {whose} · {}{by_record}", role_label(w, &list.role), standing(w, it, &list.role, item))
}

fn done_button(it: &Incident, list: &List, item: &Item) -> SlackBlockButtonElement {
    let owner = list.owner.as_ref().map(ToString::to_string).unwrap_or_default();
    let value = ButtonValue::of(it.id).extra(format!("{} {} {owner}", list.role, item.duty));
    let action = if item.check.is_some() { action::ITEM_WHY } else { action::ITEM_DONE };
    let label = if item.check.is_some() { "Done …" } else { "Done" };
    plain_button(&format!("{action}.{}.{}.{owner}", list.role, item.duty), label, &value, Look::Usual)
}
