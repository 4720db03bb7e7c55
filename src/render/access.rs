//! Need-to-know incidents: who was let in, what stands where words may not.

use super::{
    Message, View,
    escape::escape,
    limits::{SECTION, context, header, rows, section},
    line::{person, who, words},
    when::date,
};
use crate::{
    ids::{IncidentId, Series},
    incident::{
        Event, Incident, Text, What,
        access::{Entry, Exit, Fact, No},
    },
    playbook::{KindId, Visibility},
};

/// What stands in the place of a stub's title, card, topic and announcement: where it is, for those who may know.
pub(super) fn stub(it: &Incident) -> String {
    let ask = person(it.lead().unwrap_or(&it.declared_by));
    format!("{} continues elsewhere. Ask {ask} if you are needed.", it.id)
}

/// Another incident, as people of this one may know it: an open incident does not name a secret.
pub(super) fn other(it: &Incident, id: IncidentId) -> String {
    if id.series == Series::Sec && it.id.series != Series::Sec { "another incident".into() } else { id.to_string() }
}

fn because(why: Option<&Text>) -> String {
    why.map(|why| format!(" — {}", words(why))).unwrap_or_default()
}

fn kind(w: View<'_>, id: &KindId) -> String {
    let found = w.playbook.kinds.iter().find(|k| k.id == *id);
    found.map_or_else(|| escape(id.as_str()), |k| escape(&k.label))
}

/// What happened, in a sentence.
pub(super) fn sentence(w: View<'_>, it: &Incident, event: &Event, fact: &Fact) -> String {
    let by = who(event);
    match fact {
        Fact::LetIn { who, by, how, why } => {
            let by = by.as_ref().map_or_else(|| "Watchroom".to_owned(), person);
            match how {
                Entry::Added => format!(":key: {by} let {} in{}", person(who), because(why.as_ref())),
                Entry::Role => format!(":key: {} came in with a role.", person(who)),
                Entry::Consulted => format!(":key: {} came in to answer a question.", person(who)),
                Entry::Answered => format!(":key: {} came in by acknowledging a page.", person(who)),
                Entry::Joined => {
                    format!(":key: {by} brought {} into the room; they count as inside now.", person(who))
                }
            }
        }
        Fact::Removed { who, how: Exit::Removed, why, .. } => {
            format!(":no_entry: {by} removed {}{}", person(who), because(why.as_ref()))
        }
        Fact::Removed { who, how: Exit::Left, .. } => {
            format!(":no_entry: {} left the room, and is not inside any more.", person(who))
        }
        Fact::Knocked { who, .. } => format!(
            ":door: {} answered a page, but was asked as one of a group and is not inside. `/incident access add` with their name \
             and why lets them in; until then others are asked.",
            person(who)
        ),
        Fact::Moved { .. } => format!(":lock: {}", stub(it)),
        Fact::KindChanged { from, to, why, .. } => {
            format!("{by} changed the kind: ~{}~ → *{}*{}", kind(w, from), kind(w, to), because(why.as_ref()))
        }
    }
}

/// What was done, for the one who did it; the room has the whole sentence. Nothing where that is as good.
pub(super) fn short(fact: &Fact) -> Option<String> {
    Some(match fact {
        Fact::LetIn { who, .. } => format!("{} is inside now.", person(who)),
        Fact::Removed { who, .. } => format!("{} is outside now.", person(who)),
        Fact::KindChanged { .. } => "the kind is changed.".into(),
        Fact::Knocked { .. } | Fact::Moved { .. } => return None,
    })
}

/// Why not, and what to do next.
pub(super) fn rejection(w: View<'_>, no: &No) -> String {
    match no {
        No::Elsewhere { id, ask } => format!("{id} continues elsewhere. Ask {} if you are needed.", person(ask)),
        No::Knocked => "You were asked as one of a group, and this is need-to-know: those inside have been told that you want to \
                        help, and one of them can let you in. Until then others are asked as well."
            .into(),
        No::IsOpen(id) => format!(
            "Everybody may see {id}, so there is no list. `/incident {id} private` makes it need-to-know, with a new room."
        ),
        No::IsPrivate(id) => format!("{id} is need-to-know already. `/incident {id} access` shows who is inside."),
        No::StaysPrivate(id) => format!(
            "{id} stays need-to-know. What everybody may know is declared as an incident of its own, in other words."
        ),
        No::NoSuchKind(id) => {
            let all: Vec<&str> = w.playbook.kinds.iter().map(|k| k.id.as_str()).collect();
            format!("There is no kind `{}`, so nothing was changed. Choose one of: {}.", escape(id.as_str()), all.join(", "))
        }
        No::NoPrivateKind => "The playbook has no need-to-know kind, so nothing was declared or changed. Whoever keeps it can add \
                              `visibility = \"need_to_know\"` to a kind; until then tell only those who must know, directly."
            .into(),
        No::IsInside(user) => format!("{} is inside already.", person(user)),
        No::IsOutside(user) => format!("{} is not inside.", person(user)),
        No::HoldsRole(user) => format!(
            "{} holds a role. Hand it over or make it free first (`/incident roles` shows which).",
            person(user)
        ),
        No::LastOne(user) => format!("{} is the only one inside. Let someone else in first.", person(user)),
        No::Full(most) => format!("{most} people are inside, which is the most. Remove someone first."),
        No::NotInChannels => "This is need-to-know, and a channel is not: page people by name.".into(),
    }
}

/// Who is inside, and the log of it.
pub fn access(w: View<'_>, it: &Incident, history: &[(u64, Event)]) -> Message {
    if !it.is_secret() {
        return Message::plain(rejection(w, &No::IsOpen(it.id)));
    }
    let inside: Vec<String> = it.access.inside.iter().map(person).collect();
    let log = history.iter().filter_map(|(seq, event)| match &event.what {
        What::Access(fact) => Some(format!("`{seq}` {} {}", date(event.at), sentence(w, it, event, fact))),
        What::Declared { .. } => {
            Some(format!("`{seq}` {} :key: {} declared it, and came in with the lead.", date(event.at), who(event)))
        }
        _ => None,
    });
    let mut log: Vec<String> = log.collect();
    // The latest first, so that they are not the ones left out.
    log.reverse();
    let (people, log) = (rows(&[inside.join(", ")], SECTION), rows(&log, SECTION));
    let blocks = vec![
        header(&format!("Who may see {}", it.id)),
        section(&people),
        section(&log),
        context(
            "`/incident access add @person <why>` lets someone in; `/incident access remove @person <why>` removes them.",
        ),
    ];
    Message::new(format!("Who may see {}: {people}\n{log}", it.id), blocks)
}

/// How a kind is called where one is chosen.
pub(super) fn kind_choice(label: &str, visibility: Visibility) -> String {
    match visibility {
        Visibility::Workspace => label.to_owned(),
        Visibility::NeedToKnow => format!("{label} (private: only those let in see it)"),
    }
}
