//! Direct messages: a role and its buttons, reminders, and what somebody outside the room should hear.

use super::{
    Message, View,
    access::other,
    comms,
    duty::TaskWords,
    escape::escape,
    ids::{ButtonValue, action},
    limits::{Look, SECTION, actions, button, header, rows, section},
    line::{escape_name, person, phase_label, role_label, sentence, severity_label, targets},
    lists::held,
    room::{ended, link},
    when::date,
};
use crate::{
    ids::UserId,
    incident::{
        Ending, Event, Incident, PageEnd, RoleState, What,
        comms::Fact::{Corrected, Escalated, Sent},
        intake::Fact,
    },
    paging::PageState,
    playbook::RoleId,
};

/// A role, for the one who has it or is asked to take it over.
///
/// It is the hand-over brief too: how things stand, open tasks, what is due next, and what is left of the role's checklist.
pub fn brief(
    w: View<'_>,
    it: &Incident,
    role: &RoleId,
    to: &UserId,
    offer: Option<u32>,
    since: u64,
    tasks: &TaskWords,
) -> Message {
    let state = it.roles.get(role).cloned().unwrap_or_default();
    let label = role_label(w, role);
    let title = escape(it.called());
    let (headline, outcome) = match offer {
        Some(number) => offered(it, &state, role, to, number),
        None => given(it, &state, to, since),
    };
    let mut blocks = vec![header(&format!("{label}: {}", it.id))];
    blocks.push(section(&format!("*{} {title}*\n{headline}", it.id)));
    if let Some(outcome) = outcome {
        blocks.push(section(&outcome));
        return Message::new(format!("{label} of {} {title}: {outcome}", it.id), blocks);
    }
    if let Some(def) = w.playbook.role(role.as_str()) {
        let duties = super::duty::checklist_of(w, it, def, state.offer(offer.unwrap_or_default()));
        blocks.push(section(&format!("_{}_\n{}", def.purpose, rows(&duties, SECTION - 200))));
    }
    // Outside the room a need-to-know incident has a name and a link.
    let situation = if it.is_secret() { format!("Room: {}", link(it)) } else { situation(w, it) };
    blocks.push(section(&situation));
    blocks.extend(super::duty::open_tasks(it, tasks).filter(|_| !it.is_secret()).map(|text| section(&text)));
    let value = ButtonValue::of(it.id).extra(role.as_str());
    let elements = match offer {
        Some(number) if state.offer(number).is_some_and(|_| it.is_open()) => vec![
            button(action::ACCEPT, "Accept", &value.clone().number(number), Look::Primary),
            button(action::DECLINE, declining(&state, number), &value.number(number), Look::Usual),
        ],
        // What was taken over stays to be read.
        Some(_) => Vec::new(),
        None => {
            let accept = (!state.of(to).is_some_and(|h| h.confirmed))
                .then(|| button(action::CONFIRM, "Accept", &value, Look::Primary));
            accept.into_iter().chain([button(action::HAND_OVER, "Hand over", &value, Look::Usual)]).collect()
        }
    };
    if !elements.is_empty() {
        blocks.push(actions(elements));
    }
    Message::new(format!("{label} of {} {title}. {headline}", it.id), blocks)
}

/// Whom the playbook asks may not be able to; whom a person asks says no to them.
fn declining(state: &RoleState, number: u32) -> &'static str {
    if state.offer(number).is_some_and(|o| o.rung.is_some()) { "I can't" } else { "Decline" }
}

/// The sentence on top of an offer, and its outcome once it is settled.
fn offered(it: &Incident, state: &RoleState, role: &RoleId, to: &UserId, number: u32) -> (String, Option<String>) {
    let offer = state.offer(number).filter(|_| it.is_open());
    if let Some(offer) = offer {
        let from = offer.from.as_ref().or(state.holder.as_ref()).or(it.answers_for(role));
        let until = from.map(|from| format!(" {} stays responsible until you accept.", person(from)));
        let until = until.unwrap_or_default();
        return match offer.rung {
            None => (format!("You are asked to take over.{until}"), None),
            Some(rung) => (format!("You are asked to take this role{}.{until}", super::duty::as_whom(rung)), None),
        };
    }
    let silent = it.duty.ladders.get(role).is_some_and(|l| l.refused.contains(to));
    if state.holds(to) {
        return (":handshake: You took over.".into(), None);
    }
    let outcome = match &state.holder {
        Some(holder) => format!("This offer is over; {} has the role.", person(holder)),
        None if silent => "You said that you cannot. Thank you for saying so.".to_owned(),
        None => "This offer is over.".to_owned(),
    };
    ("You were asked to take over.".into(), Some(outcome))
}

/// The sentence on top of a role that somebody was given, and its outcome once it is no longer theirs.
fn given(it: &Incident, state: &RoleState, to: &UserId, since: u64) -> (String, Option<String>) {
    let theirs = state.of(to).filter(|h| h.since == since);
    match (&it.ending, theirs) {
        (Some(ending), _) => ("You had this role.".into(), Some(ended(it, ending))),
        (None, Some(held)) if held.confirmed => {
            (":white_check_mark: You confirmed that you have this role.".into(), None)
        }
        (None, Some(_)) => ("This role is yours now, until someone takes over. Please confirm.".into(), None),
        (None, None) => {
            let now = state
                .holder
                .as_ref()
                .map_or_else(|| "nobody has it now".to_owned(), |h| format!("{} has it now", person(h)));
            ("You had this role.".into(), Some(format!(":handshake: It is not yours any more; {now}.")))
        }
    }
}

/// The state of things, for someone who comes in fresh. The message does not follow each of them: it says when they were so.
fn situation(w: View<'_>, it: &Incident) -> String {
    let mut lines =
        vec![format!("_How things stood {}; `/incident {}` shows how they stand now._", date(w.now), it.id)];
    lines.push(format!("{} · {}", severity_label(w, it.severity), phase_label(w, &it.kind, &it.phase)));
    lines.push(format!("Started {}, declared {}.", date(it.started_at), date(it.declared_at)));
    if let Some(due) = it.update.due {
        lines.push(format!("Next update due {}.", date(due)));
    }
    lines.push(format!("Room: {}", link(it)));
    let held: Vec<String> = held(it).map(|(role, who)| format!("{} {who}", role_label(w, role))).collect();
    if !held.is_empty() {
        lines.push(format!("Roles: {}.", held.join(", ")));
    }
    lines.extend(answers(it));
    rows(&lines, SECTION)
}

/// Who is on it, and whom nobody has heard from.
fn answers(it: &Incident) -> Vec<String> {
    let mut lines = Vec::new();
    let mut on_it: Vec<String> = Vec::new();
    for page in &it.pages {
        match &page.state {
            PageState::Acknowledged { by, .. } if !on_it.contains(&person(by)) => on_it.push(person(by)),
            PageState::Acknowledged { .. } | PageState::Ended { .. } => {}
            PageState::Waiting => lines.push(format!(":pager: Waiting for {}.", targets(&page.asked_now()))),
            PageState::AcknowledgedExternally { of, .. } => on_it.push(format!("somebody in {}", of.at)),
            PageState::Exhausted { .. } => {
                lines.push(format!(
                    ":rotating_light: Nobody acknowledged the page of {}.",
                    escape_name(&page.policy.name)
                ));
            }
        }
    }
    if !on_it.is_empty() {
        lines.insert(0, format!("On it: {}.", on_it.join(", ")));
    }
    lines
}

/// What somebody outside the room should hear of an event.
pub fn told(w: View<'_>, it: &Incident, event: &Event) -> Message {
    if let What::Intake(Fact::Nudged { text, .. }) = &event.what {
        return super::intake::nudge(it, text);
    }
    let name = format!("*{} {}*", it.id, escape(it.called()));
    let text = match &event.what {
        What::PageEnded { why, .. } => {
            // Those who may see where it goes on are asked there; the others read that here alone.
            if it.access.moved.is_some() {
                return Message::plain(format!(
                    "{name} goes on elsewhere, and this page is over. Whoever is wanted there has a page of its own; without one you \
                     need not do anything."
                ));
            }
            let why = match (why, &it.ending) {
                (PageEnd::Resolved, _) => "is resolved".to_owned(),
                (PageEnd::Closed, _) => "is closed".to_owned(),
                (PageEnd::Cancelled, _) => "was cancelled".to_owned(),
                (PageEnd::Merged, Some(Ending::Merged { into, .. })) => {
                    format!("was merged into {}, which goes on", other(it, *into))
                }
                (PageEnd::Merged, _) => "was merged into another incident".to_owned(),
            };
            format!("{name} {why}. You do not need to do anything.")
        }
        What::Course(fact) => return super::course::told(w, it, event, fact),
        What::RoleTaken { .. } => format!("{name}\n{} You are relieved.", sentence(w, it, event)),
        What::OfferDeclined { .. } => format!("{name}\n{} You still have the role.", sentence(w, it, event)),
        What::Comms(Sent { to, letter, outlets, .. }) => return comms::support(w, it, (*to, false), letter, outlets),
        What::Comms(Corrected { to, letter, outlets, .. }) => {
            return comms::support(w, it, (*to, true), letter, outlets);
        }
        What::Comms(Escalated { to, .. }) => {
            let text = format!("{name} · {}\n{}", link(it), sentence(w, it, event));
            return comms::with_writing(it, *to, &text);
        }
        What::PageExhausted { .. } => format!("{name} · {}\n{}", link(it), sentence(w, it, event)),
        _ => format!("{name}\n{}", sentence(w, it, event)),
    };
    Message::plain(text)
}
