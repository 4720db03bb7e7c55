//! What somebody is reminded of, all in one message.

use slack_morphism::prelude::*;

use super::{
    Message, View, comms, course,
    escape::escape,
    limits::{actions, context, cut, rows, section},
    room::link,
    when::date,
};
use crate::{
    ids::{IncidentId, UserId},
    incident::{Incident, Reminder},
    playbook::Audience,
};

/// The buttons of one message: Slack takes more, people do not.
const BUTTONS: usize = 8;

/// What somebody is to be reminded of, as it stands now.
#[derive(Clone, Debug, Default)]
pub struct Due<'a> {
    /// The status updates of these.
    pub updates: Vec<&'a Incident>,
    /// These besides.
    pub beside: Vec<(&'a Incident, &'a Reminder)>,
    /// The words of tasks among them.
    pub words: std::collections::BTreeMap<crate::ids::IncidentId, super::TaskWords>,
}

/// One thing that is due.
pub(super) struct Item {
    pub line: String,
    pub buttons: Vec<SlackActionBlockElement>,
    /// What does the same where there is no room for the buttons, without `/incident`.
    pub typed: String,
}

/// All that is due soon; nothing where it was done meanwhile.
pub fn reminder(w: View<'_>, to: &UserId, due: &Due<'_>) -> Option<Message> {
    // That it is missing says that it was due.
    let updates = due.updates.iter().filter(|it| {
        let says = |of: &Reminder| matches!(of, Reminder::Missing { to: Audience::Internal, .. });
        !due.beside.iter().any(|(other, of)| other.id == it.id && says(of))
    });
    let items = updates.map(|it| Some(update(it)));
    let beside = due.beside.iter().map(|(it, of)| match of {
        Reminder::Update { version } => (it.update.version == *version).then(|| update(it)),
        Reminder::Consult { number } => course::due(w, it, *number),
        Reminder::Letter { to, version } => letter(it, *to, *version),
        Reminder::Missing { to, version } => missing(it, *to, *version),
        Reminder::Value { value } => super::intake::nudge_due(w, it, value),
        Reminder::Unanswered { number } => course::unanswered(w, it, *number).map(|line| Item {
            line: format!("• {} · {line}", name(it)),
            buttons: Vec::new(),
            typed: it.id.to_string(),
        }),
        Reminder::Untold { customer } => super::case::untold(it, *customer).map(|line| {
            let typed = format!("{} customers", it.id);
            Item { line: format!("• {} · {line}", name(it)), buttons: Vec::new(), typed }
        }),
        Reminder::Item { role, owner, duty, .. } => super::duty::item_due(w, it, role, owner, duty).map(|line| {
            let buttons = vec![super::duty::show_checklist(it)];
            Item { line: format!("• {} · {line}", name(it)), buttons, typed: format!("{} checklist", it.id) }
        }),
        Reminder::Task { task, .. } => super::duty::task_due(it, *task, to, due.words.get(&it.id)).map(|line| {
            let buttons = vec![super::duty::finish_task(it, *task)];
            Item { line: format!("• {} · {line}", name(it)), buttons, typed: format!("{} tasks", it.id) }
        }),
    });
    // A quiet word alone is no reminder of anything due.
    if let ([], [(it, Reminder::Value { value })]) = (due.updates.as_slice(), due.beside.as_slice()) {
        return super::intake::nudge_of(w, it, value);
    }
    let items: Vec<Item> = items.chain(beside).flatten().collect();
    if items.is_empty() {
        return None;
    }
    let (mut lines, mut buttons, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
    for item in items {
        lines.push(item.line);
        // Several duties of one incident share a button; Slack takes no two of one name.
        let new: Vec<_> = item.buttons.into_iter().filter(|b| !buttons.contains(b)).collect();
        // What can be done about one thing stands together, or is typed.
        if buttons.len() + new.len() <= BUTTONS {
            buttons.extend(new);
        } else if !left_out.contains(&item.typed) {
            left_out.push(item.typed);
        }
    }
    let is_missing = |of: &Reminder| matches!(of, Reminder::Missing { .. });
    let all_missing = due.updates.is_empty() && due.beside.iter().all(|(_, of)| is_missing(of));
    let heading = if all_missing { "Late:" } else { ":hourglass_flowing_sand: Due soon or late:" };
    let text = format!("{heading}\n{}", rows(&lines, 2500));
    let mut blocks = vec![section(&text)];
    if !buttons.is_empty() {
        blocks.push(actions(buttons));
    }
    if !left_out.is_empty() {
        let typed: Vec<String> = left_out.iter().map(|typed| format!("`/incident {typed}`")).collect();
        blocks.push(section(&format!("For the rest, type {}.", cut(&typed.join(", "), 2000))));
    }
    let first = due.updates.first().copied().or_else(|| due.beside.first().map(|(it, _)| *it));
    blocks.extend(first.map(|it| {
        let holds = it.roles.values().any(|role| role.holds(to));
        context(&if holds {
            format!("You get this because of your role. To give it away: `/incident {} handoff @person`.", it.id)
        } else {
            "You get this because you stand in for whoever leads.".to_owned()
        })
    }));
    Some(Message::new(text, blocks))
}

/// What is left of a reminder once a title on it was redacted.
pub fn old_reminder(about: &[IncidentId]) -> Message {
    let lines = about.iter().map(|id| format!("• {id}: `/incident {id}` shows how it stands"));
    let lines: Vec<String> = lines.collect();
    Message::plain(format!(":hourglass_flowing_sand: You were reminded of something due:\n{}", rows(&lines, 2500)))
}

fn name(it: &Incident) -> String {
    format!("*{} {}* · {}", it.id, escape(it.called()), it.severity)
}

fn update(it: &Incident) -> Item {
    let due = it.update.due.map_or_else(|| "already posted".to_owned(), |due| format!("due {}", date(due)));
    let buttons = if it.update.due.is_some() { comms::writing(it, Audience::Internal) } else { Vec::new() };
    let typed = format!("{} update", it.id);
    Item { line: format!("• {} · internal update {due}", name(it)), buttons, typed }
}

/// A text that lead and backup miss; nothing where it came meanwhile.
fn missing(it: &Incident, to: Audience, version: u32) -> Option<Item> {
    let due = match it.comms.promise(to) {
        Some(promise) => promise.due.filter(|_| promise.version == version),
        None => it.update.due.filter(|_| it.update.version == version),
    }?;
    let line = format!(
        "• {} · :rotating_light: the {} that was due {} is still missing: please post it, or set a new time. {}",
        name(it),
        comms::update_for(to),
        date(due),
        link(it)
    );
    let typed = if to == Audience::Internal { "update" } else { "channels" };
    Some(Item { line, buttons: comms::writing(it, to), typed: format!("{} {typed}", it.id) })
}

/// A text for others; nothing where it was sent or put off meanwhile.
fn letter(it: &Incident, to: Audience, version: u32) -> Option<Item> {
    let due = it.comms.promise(to).filter(|p| p.version == version)?.due?;
    let line = format!("• {} · {} due {}", name(it), comms::update_for(to), date(due));
    Some(Item { line, buttons: comms::writing(it, to), typed: format!("{} channels", it.id) })
}
