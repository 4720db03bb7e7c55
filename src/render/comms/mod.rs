//! What is said to others, as the room and the people concerned see it.

mod draft;
mod letter;
mod no;
mod receipt;
mod register;

use super::{
    Message, View,
    escape::escape,
    ids::{ButtonValue, comms as action},
    limits::{Look, SECTION, actions, button, cut, section},
    line::{person, phase_label, who, words},
    when::date,
};
use crate::{
    incident::{
        Event, Incident,
        comms::{Fact, No, Promise, owner},
    },
    playbook::{Audience, OutletId},
};

pub(super) use draft::label as place_label;
pub use draft::{draft, same_text};
pub(super) use letter::support;
pub use letter::{letter, withdrawn};
pub(super) use no::no;
pub use receipt::receipt;
pub use register::register;

/// Who reads it.
pub(super) const fn readers(to: Audience) -> &'static str {
    match to {
        Audience::Internal => "colleagues",
        Audience::Executive => "the leadership",
        Audience::NeedToKnow => "those who were let in",
        Audience::Advisor => "an advisor",
        Audience::External => "customers",
        Audience::Reporter => "whoever reported it",
        Audience::CustomerContact => "customers' security contacts",
    }
}

/// Why nothing is said to others, for an incident that is there.
pub(super) fn no_sentence(w: View<'_>, why: &No, it: &Incident) -> String {
    no(w, why, Some(it))
}

/// What a channel of the register is called.
pub(super) fn outlet_label(w: View<'_>, id: &OutletId) -> String {
    w.playbook.outlet(id).map_or_else(|| escape(id.as_str()), |outlet| escape(&outlet.label))
}

/// ` — why`, or nothing.
fn because(why: Option<&crate::incident::Text>) -> String {
    why.map(|why| format!(" — {}", words(why))).unwrap_or_default()
}

/// What happened, in a sentence.
pub(super) fn sentence(w: View<'_>, it: &Incident, event: &Event, fact: &Fact) -> String {
    let by = who(event);
    match fact {
        Fact::Owed { to, due: Some(due) } => format!("A text for {} is due {}.", readers(*to), date(*due)),
        Fact::Owed { to, due: None } => format!("No text for {} is owed any more.", readers(*to)),
        Fact::Reminded { to, owner, due } => {
            format!("{} was reminded: the text for {} is due {}.", person(owner), readers(*to), date(*due))
        }
        Fact::Missed { to, due } => missed(it, *to, *due),
        Fact::Escalated { to, due, people } => {
            let people = people.iter().map(person).collect::<Vec<_>>().join(", ");
            let what = match to {
                Audience::Internal => "The status update".to_owned(),
                other => format!("The text for {}", readers(*other)),
            };
            format!(
                ":rotating_light: {what} promised for {} is still missing. {people}: please see to it, or name a new time.",
                date(*due)
            )
        }
        Fact::Snoozed { to, until, why } => {
            let what = match to {
                Audience::Internal => "the next status update".to_owned(),
                other => format!("the next text for {}", readers(*other)),
            };
            format!(":alarm_clock: {by} put off {what} to {}.{}", date(*until), because(why.as_ref()))
        }
        Fact::OutletsDue { outlets } => {
            let named: Vec<String> = outlets.iter().map(|id| format!("*{}*", outlet_label(w, id))).collect();
            format!(":satellite_antenna: It has lasted so long that the register asks for {}.", named.join(", "))
        }
        Fact::Drafted { version, to, phase, .. } => {
            let verb = if *version == 1 { "drafted" } else { "changed" };
            format!(":pencil: {by} {verb} a text for {} ({}).", readers(*to), phase_label(w, &it.kind, phase))
        }
        Fact::Approved { .. } => format!(":ballot_box_with_check: {by} approved the draft."),
        Fact::Dropped { .. } => format!("{by} threw the draft away."),
        Fact::Sent { .. } => sent(&by, fact),
        Fact::Posted { outlet, at, .. } => format!("*{}*: posted in <#{}>.", outlet_label(w, outlet), at.channel),
        Fact::PostFailed { outlet, why, trying, .. } => {
            let then = if *trying { "It is still being tried" } else { "It is not tried any more" };
            format!(
                ":warning: *{}*: the text could not be posted ({}). {then}; the receipt above shows how to post it by hand.",
                outlet_label(w, outlet),
                escape(why)
            )
        }
        Fact::Retried { outlet, .. } => format!("{by} has *{}* tried once more.", outlet_label(w, outlet)),
        Fact::PostedByHand { outlet, at, link, .. } => {
            let link = link.as_ref().map(|link| format!(" {}", escape(link.or_tombstone()))).unwrap_or_default();
            format!("*{}*: {by} posted it by hand, {}.{link}", outlet_label(w, outlet), date(*at))
        }
    }
}

fn missed(it: &Incident, to: Audience, due: jiff::Timestamp) -> String {
    let whose =
        owner(it, to).map_or_else(|| "Nobody has the role.".to_owned(), |o| format!("{}, please write it.", person(o)));
    let count = it.comms.promise(to).map_or(0, |p| p.count);
    let what = if count == 0 { "The first text" } else { "The text promised" };
    format!(":hourglass: {what} for {} was due {}. {whose}", readers(to), date(due))
}

fn sent(by: &str, fact: &Fact) -> String {
    let Fact::Sent { to, letter, outlets, next_by, approved_by, alone, .. } = fact else { return String::new() };
    let places: Vec<String> = outlets.iter().map(|o| escape(&o.label)).collect();
    let approved: Vec<String> = approved_by.iter().map(person).collect();
    let approved = if approved.is_empty() { String::new() } else { format!(", approved by {}", approved.join(", ")) };
    let alone = alone.as_ref().map(|why| format!("\n:warning: Sent with nobody's approval: {}", words(why)));
    let next = next_by.map(|at| format!("\n_Next one by {}._", date(at)));
    format!(
        ":loudspeaker: {by} wrote to {} ({}){approved}:\n{}{}{}",
        readers(*to),
        places.join(", "),
        quoted(&letter.shown(false)),
        next.unwrap_or_default(),
        alone.unwrap_or_default()
    )
}

/// As a quotation.
pub(super) fn quoted(text: &str) -> String {
    format!(">{}", escape(text).replace('\n', "\n>"))
}

/// A text to be copied. Nothing in it may end the block early.
pub(super) fn to_copy(text: &str) -> String {
    cut(&format!("```{}", escape(text).replace("```", "'''")), SECTION - 10) + "\n```"
}

/// The line of a fact that carries buttons; others are sentences alone.
pub(super) fn line(it: &Incident, fact: &Fact, text: &str) -> Option<Message> {
    let value = ButtonValue::of(it.id);
    let buttons = match fact {
        Fact::OutletsDue { .. } => vec![button(action::CHANNELS, "Show channels", &value, Look::Usual)],
        Fact::Missed { to, .. } | Fact::Escalated { to, .. } => writing(it, *to),
        _ => return None,
    };
    Some(Message::new(text, vec![section(text), actions(buttons)]))
}

/// "Write" and "Later", for what these readers are owed.
pub(super) fn writing(it: &Incident, to: Audience) -> Vec<slack_morphism::blocks::SlackActionBlockElement> {
    let value = ButtonValue::of(it.id).extra(name(to));
    let later = |n: &str| button(&format!("{}.{n}", action::LATER), "Later: new time", &value, Look::Usual);
    match to {
        Audience::Internal => {
            let id = format!("{}.{}", super::ids::action::UPDATE, it.id);
            vec![
                button(&id, &format!("Post update for {}", it.id), &ButtonValue::of(it.id), Look::Primary),
                later(&format!("internal.{}", it.id)),
            ]
        }
        other => {
            let id = format!("{}.{}.{}", action::WRITE, name(other), it.id);
            let label = format!("Write to {} for {}", readers(other), it.id);
            vec![button(&id, &label, &value, Look::Primary), later(&format!("{}.{}", name(other), it.id))]
        }
    }
}

/// As buttons and forms carry it.
pub fn name(to: Audience) -> String {
    super::limits::json(&to).as_str().unwrap_or_default().to_owned()
}

/// The card's lines.
pub(super) fn card(it: &Incident) -> Vec<String> {
    let promise = |to: Audience, p: &Promise| {
        let late = if p.missed { " :hourglass: overdue" } else { "" };
        p.due.map(|due| format!("*Next text for {}*\n{}{late}", readers(to), date(due)))
    };
    let all = [(Audience::External, &it.comms.external), (Audience::Executive, &it.comms.executive)];
    all.into_iter().filter_map(|(to, p)| promise(to, p)).collect()
}

/// Does it stand on the timeline? What came of each post stands on the receipt, unless it went wrong.
pub(super) const fn on_timeline(fact: &Fact) -> bool {
    match fact {
        Fact::Missed { .. }
        | Fact::Escalated { .. }
        | Fact::Snoozed { .. }
        | Fact::Approved { .. }
        | Fact::Sent { .. }
        | Fact::PostFailed { .. }
        | Fact::PostedByHand { .. } => true,
        Fact::Owed { .. }
        | Fact::Reminded { .. }
        | Fact::OutletsDue { .. }
        | Fact::Drafted { .. }
        | Fact::Dropped { .. }
        | Fact::Posted { .. }
        | Fact::Retried { .. } => false,
    }
}
