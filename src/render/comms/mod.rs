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
    line::{person, phase_label, targets, who, words},
    when::date,
};
use crate::{
    incident::{
        Event, Incident,
        comms::{Fact, MAYBE_THERE, NOT_SET_UP, No, Promise, Way, owner},
    },
    paging::Target,
    playbook::{Audience, OutletId},
};

pub(super) use draft::label as place_label;
pub use draft::{corrected_meanwhile, draft, kept, met, same_text};
pub(super) use letter::support;
pub use letter::{correction, letter, withdrawn};
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

/// The update that these readers get, as everyone calls it.
pub(super) const fn update_for(to: Audience) -> &'static str {
    match to {
        Audience::Internal => "internal update",
        Audience::Executive => "executive update",
        Audience::NeedToKnow => "update for those who were let in",
        Audience::Advisor => "update for an advisor",
        Audience::External => "update for customers",
        Audience::Reporter => "update for whoever reported it",
        Audience::CustomerContact => "update for customers' security contacts",
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

/// Why a text did not get there.
pub(super) fn reason(why: &str) -> String {
    if why == NOT_SET_UP { "its connector is not set up any more".to_owned() } else { escape(why) }
}

/// What happened, in a sentence.
pub(super) fn sentence(w: View<'_>, it: &Incident, event: &Event, fact: &Fact) -> String {
    let by = who(event);
    match fact {
        Fact::Owed { to, due: Some(due) } => format!("The {} is due {}.", update_for(*to), date(*due)),
        Fact::Owed { to, due: None } => format!("No {} is due any more.", update_for(*to)),
        Fact::Reminded { to, owner, due } => {
            format!("{} was reminded: the {} is due {}.", person(owner), update_for(*to), date(*due))
        }
        Fact::Missed { to, due } => missed(it, *to, *due),
        Fact::Escalated { to, due, people, groups, by_hand } => {
            let all = people.iter().cloned().map(Target::Person).chain(groups.iter().cloned().map(Target::from));
            let then = "Please tell them, as whoever stands in for the lead.";
            let by_hand = by_hand.as_ref().map(|c| format!("\n{}", super::duty::by_hand(w, &it.lead_role, c, then)));
            format!(
                ":rotating_light: The {} that was due {} is still missing. {}: please post it, or set a new time.{}",
                update_for(*to),
                date(*due),
                targets(&all.collect::<Vec<_>>()),
                by_hand.unwrap_or_default()
            )
        }
        Fact::Snoozed { to, until, why } => {
            let why = because(why.as_ref());
            format!(":alarm_clock: {by} moved the next {}: now due {}.{why}", update_for(*to), date(*until))
        }
        Fact::OutletsDue { outlets } => {
            let named: Vec<String> = outlets.iter().map(|id| format!("*{}*", outlet_label(w, id))).collect();
            format!(":satellite_antenna: This goes on for long, so now also inform {}.", named.join(", "))
        }
        Fact::Drafted { version, to, corrects: Some(_), .. } => {
            let verb = if *version == 1 { "drafted" } else { "changed the draft of" };
            format!(":pencil: {by} {verb} a correction of the {}.", update_for(*to))
        }
        Fact::Drafted { version, to, phase, .. } => {
            let verb = if *version == 1 { "drafted" } else { "changed the draft of" };
            format!(":pencil: {by} {verb} the {} ({}).", update_for(*to), phase_label(w, &it.kind, phase))
        }
        Fact::Approved { .. } => format!(":ballot_box_with_check: {by} approved the draft."),
        Fact::Dropped { .. } => format!("{by} deleted the draft."),
        Fact::Sent { .. } => sent(&by, fact),
        Fact::Corrected { .. } => corrected(it, &by, fact),
        Fact::CorrectionStands { .. } | Fact::CorrectionFailed { .. } => amended(w, fact),
        Fact::Posted { outlet, at, .. } => format!("*{}*: posted in <#{}>.", outlet_label(w, outlet), at.channel),
        Fact::Published { outlet, at, .. } => {
            let link = at.link.as_ref().map(|link| format!(" <{link}|Open>")).unwrap_or_default();
            format!("*{}*: published.{link}", outlet_label(w, outlet))
        }
        Fact::PostFailed { outlet, why, .. } if why == MAYBE_THERE => format!(
            ":warning: *{}*: the update may be there already, since its answer was lost, and I cannot look. Please look, then see the message about it above.",
            outlet_label(w, outlet)
        ),
        Fact::PostFailed { outlet, why, trying, .. } => {
            let then = if *trying { "I keep trying" } else { "I have stopped trying" };
            format!(
                ":warning: *{}*: the update could not be posted ({}). {then}. To post it by hand, see the message about it above.",
                outlet_label(w, outlet),
                reason(why)
            )
        }
        Fact::Retried { outlet, .. } => format!("{by} tries *{}* once more.", outlet_label(w, outlet)),
        Fact::PostedByHand { outlet, at, link, .. } => {
            let link = link.as_ref().map(|link| format!(" {}", escape(link.or_tombstone()))).unwrap_or_default();
            format!("*{}*: {by} posted it by hand, {}.{link}", outlet_label(w, outlet), date(*at))
        }
    }
}

fn missed(it: &Incident, to: Audience, due: jiff::Timestamp) -> String {
    let whose = owner(it, to).map_or_else(
        || "Nobody has the role for it: who writes it?".to_owned(),
        |o| format!("{}, please write it.", person(o)),
    );
    let count = it.comms.promise(to).map_or(0, |p| p.count);
    let which = if count == 0 { "first" } else { "next" };
    format!(":hourglass: The {which} {} was due {}. {whose}", update_for(to), date(due))
}

fn sent(by: &str, fact: &Fact) -> String {
    let Fact::Sent { to, letter, outlets, next_by, approved_by, alone, .. } = fact else { return String::new() };
    let (mut posted, mut by_hand) = (Vec::new(), Vec::new());
    for outlet in outlets {
        match outlet.way {
            Way::Slack(_) | Way::Connector(_) => posted.push(escape(&outlet.label)),
            Way::Hand => by_hand.push(escape(&outlet.label)),
        }
    }
    let what = update_for(*to);
    // Nothing has been said to anybody by what a person is still to post.
    let head = match (posted.is_empty(), by_hand.is_empty()) {
        (_, true) => format!(":loudspeaker: {by} sent the {what} ({})", posted.join(", ")),
        (true, false) => {
            format!(":writing_hand: {by} released the {what}, to be posted by hand on {}", by_hand.join(", "))
        }
        (false, false) => {
            let (posted, by_hand) = (posted.join(", "), by_hand.join(", "));
            format!(":loudspeaker: {by} sent the {what} ({posted}), to be posted by hand on {by_hand}")
        }
    };
    let approved: Vec<String> = approved_by.iter().map(person).collect();
    let approved = if approved.is_empty() { String::new() } else { format!(", approved by {}", approved.join(", ")) };
    let alone = alone.as_ref().map(|why| format!("\n:warning: Sent without approval: {}", words(why)));
    let next = next_by.map(|at| format!("\n_Next one by {}._", date(at)));
    format!(
        "{head}{approved}:\n{}{}{}",
        quoted(&letter.shown(false)),
        next.unwrap_or_default(),
        alone.unwrap_or_default()
    )
}

/// What became of a correction in one place.
fn amended(w: View<'_>, fact: &Fact) -> String {
    match fact {
        Fact::CorrectionStands { outlet, how, .. } => {
            let how = if how.is_edit() { "corrected" } else { "the correction stands behind it" };
            format!("*{}*: {how}.", outlet_label(w, outlet))
        }
        Fact::CorrectionFailed { outlet, why, trying, .. } => {
            let then = if *trying { "I keep trying" } else { "I have stopped trying" };
            format!(
                ":warning: *{}*: the update could not be corrected ({}) and says there what it said before. {then}. To correct it by \
                 hand, see the message about it above.",
                outlet_label(w, outlet),
                escape(why)
            )
        }
        _ => String::new(),
    }
}

/// What another text says instead, and where.
fn corrected(it: &Incident, by: &str, fact: &Fact) -> String {
    let Fact::Corrected { send, to, letter, outlets, approved_by, alone, .. } = fact else { return String::new() };
    let places: Vec<String> = outlets.iter().map(|outlet| escape(&outlet.label)).collect();
    let of = it.comms.send(*send).map(|sent| format!(" of {}", date(sent.at))).unwrap_or_default();
    let approved: Vec<String> = approved_by.iter().map(person).collect();
    let approved = if approved.is_empty() { String::new() } else { format!(", approved by {}", approved.join(", ")) };
    let alone = alone.as_ref().map(|why| format!("\n:warning: Corrected without approval: {}", words(why)));
    format!(
        ":pencil2: {by} corrected the {}{of} ({}){approved}:\n{}{}",
        update_for(*to),
        places.join(", "),
        quoted(&letter.shown(false)),
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
        Fact::Missed { to, .. } | Fact::Escalated { to, .. } => return Some(with_writing(it, *to, text)),
        _ => return None,
    };
    Some(Message::new(text, vec![section(text), actions(buttons)]))
}

/// It is resolved, which the public may not have read yet: where that is so, and the last update to write.
pub(super) fn still_open(w: View<'_>, it: &Incident, text: &str) -> Message {
    let open = it.comms.open_posts().map(|(outlet, link)| {
        let link = link.map_or_else(String::new, |link| format!(" (<{}|open>)", escape(link)));
        format!("*{}*{link}", outlet_label(w, outlet))
    });
    let open: Vec<String> = open.collect();
    if open.is_empty() {
        return Message::plain(text.to_owned());
    }
    let text = format!(
        "{text}\n:satellite_antenna: Readers of {} still read that it goes on. Tell them that it is over.",
        open.join(", ")
    );
    let (id, value) =
        (format!("{}.last.{}", action::WRITE, it.id), ButtonValue::of(it.id).extra(name(Audience::External)));
    let write = button(&id, &format!("Write {}, {}", update_for(Audience::External), it.id), &value, Look::Primary);
    Message::new(&text, vec![section(&text), actions(vec![write])])
}

/// A text, and what can be done about what these readers are owed.
pub(super) fn with_writing(it: &Incident, to: Audience, text: &str) -> Message {
    Message::new(text, vec![section(text), actions(writing(it, to))])
}

/// "Write" and "Later", for what these readers are owed.
pub(super) fn writing(it: &Incident, to: Audience) -> Vec<slack_morphism::blocks::SlackActionBlockElement> {
    let value = ButtonValue::of(it.id).extra(name(to));
    // Several stand below one reminder: each says what it puts off.
    let label = format!("Later: {}, {}", update_for(to), it.id);
    let later = |n: &str| button(&format!("{}.{n}", action::LATER), &label, &value, Look::Usual);
    match to {
        Audience::Internal => {
            let id = format!("{}.{}", super::ids::action::UPDATE, it.id);
            vec![
                button(&id, &format!("Post internal update, {}", it.id), &ButtonValue::of(it.id), Look::Primary),
                later(&format!("internal.{}", it.id)),
            ]
        }
        other => {
            let id = format!("{}.{}.{}", action::WRITE, name(other), it.id);
            let label = format!("Write {}, {}", update_for(other), it.id);
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
        p.due.map(|due| format!("*Next {}*\n{}{late}", update_for(to), date(due)))
    };
    let all = [(Audience::External, &it.comms.external), (Audience::Executive, &it.comms.executive)];
    let unposted: Vec<String> = it.comms.unposted().map(|(_, d)| escape(&d.to.label)).collect();
    let unposted = (!unposted.is_empty()).then(|| format!("*Not posted yet*\n{}", unposted.join(", ")));
    all.into_iter().filter_map(|(to, p)| promise(to, p)).chain(unposted).collect()
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
        | Fact::Corrected { .. }
        | Fact::CorrectionFailed { .. }
        | Fact::PostedByHand { .. } => true,
        Fact::Owed { .. }
        | Fact::Reminded { .. }
        | Fact::OutletsDue { .. }
        | Fact::Drafted { .. }
        | Fact::Dropped { .. }
        | Fact::Posted { .. }
        | Fact::Published { .. }
        | Fact::CorrectionStands { .. }
        | Fact::Retried { .. } => false,
    }
}
