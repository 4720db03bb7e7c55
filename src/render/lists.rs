//! Several incidents, or the whole of one.

use super::{
    Message, View,
    escape::escape,
    ids::{ButtonValue, action},
    limits::{Look, actions, button, context, header, section},
    line::{person, phase_label, role_label, sentence, severity_label, who},
    room::ended,
    when::{date, duration, utc},
};
use crate::incident::{EntryKind, Event, Incident, What};

/// How many timeline entries one message shows.
const ENTRIES: usize = 30;

/// One incident in a list.
fn row(w: View<'_>, it: &Incident) -> String {
    let state = match &it.ending {
        None => phase_label(w, &it.kind, &it.phase),
        Some(ending) => ended(ending),
    };
    let lead = it.lead().map(|lead| format!(" · {}", person(lead))).unwrap_or_default();
    let room = it.open_room().map(|r| format!(" · <#{}>", r.channel)).unwrap_or_default();
    format!("*{}* {} · {} · {state}{lead}{room}", it.id, escape(it.title()), severity_label(w, it.severity))
}

/// Several incidents.
pub fn list(w: View<'_>, all: &[&Incident], heading: &str) -> Message {
    if all.is_empty() {
        return Message::plain(format!("*{heading}*\nNone."));
    }
    let rows: Vec<String> = all.iter().map(|it| row(w, it)).collect();
    let mut blocks = vec![header(heading)];
    blocks.extend(rows.iter().map(|row| section(row)));
    Message::new(format!("{heading}\n{}", rows.join("\n")), blocks)
}

/// One incident, shortly.
pub fn show(w: View<'_>, it: &Incident) -> Message {
    let mut lines = vec![
        row(w, it),
        format!("Started {}, declared {} by {}.", date(it.started_at), date(it.declared_at), person(&it.declared_by)),
    ];
    for (role, state) in &it.roles {
        if let Some(holder) = &state.holder {
            lines.push(format!("{}: {}", role_label(w, role), person(holder)));
        }
    }
    if let Some(due) = it.update.due {
        lines.push(format!("Next update due {}.", date(due)));
    }
    lines.extend(it.links.iter().map(|l| format!(":link: {}", escape(l.text.or_tombstone()))));
    let text = lines.join("\n");
    let value = ButtonValue::of(it.id);
    let mut elements = Vec::new();
    if it.is_open() {
        elements.push(button(action::UPDATE, "Post update", &value, Look::Usual));
        elements.push(button(action::ESCALATE, "Escalate", &value, Look::Usual));
    }
    let run = |label: &str, verb: &str, n: u32| {
        let id = format!("{}.{n}", action::RUN);
        button(&id, label, &value.clone().extra(format!("{} {verb}", it.id)), Look::Usual)
    };
    elements.push(run("Timeline", "timeline", 1));
    elements.push(run("Summary", "summary", 2));
    Message::new(text.clone(), vec![section(&text), actions(elements)])
}

/// Does an event stand on the timeline? Deliveries and reminders do not.
fn on_timeline(what: &What) -> bool {
    // The first step of a page is the page itself.
    if let What::PageStepReached { round: 0, step: 0, .. } = what {
        return false;
    }
    !matches!(
        what,
        What::PageRepeated { .. }
            | What::PageAttempted { .. }
            | What::PageTargetsFound { .. }
            | What::UpdateReminded { .. }
            | What::RoomOpened { .. }
            | What::RoomBack { .. }
            | What::PageEnded { .. }
    )
}

/// When it happened, as far as is known: a message has its own time.
fn at(event: &Event) -> jiff::Timestamp {
    match &event.what {
        What::EntryAdded { said_at: Some(at), .. } => *at,
        _ => event.at,
    }
}

/// What happened, in order, each with the number that `redact` takes.
pub fn timeline(w: View<'_>, it: &Incident, history: &[(u64, Event)]) -> Message {
    let mut entries: Vec<&(u64, Event)> = history.iter().filter(|(_, e)| on_timeline(&e.what)).collect();
    entries.sort_by_key(|(seq, e)| (at(e), *seq));
    let left_out = entries.len().saturating_sub(ENTRIES);
    let rows: Vec<String> =
        entries[left_out..].iter().map(|(seq, e)| format!("`{seq}` {} {}", date(at(e)), sentence(w, it, e))).collect();
    let mut blocks = vec![header(&format!("Timeline of {}", it.id))];
    if left_out > 0 {
        blocks.push(context(&format!(
            "{left_out} earlier entries are left out here; `watchroom export --incident {}` has all.",
            it.id
        )));
    }
    blocks.extend(rows.iter().map(|row| section(row)));
    blocks.push(context(&format!(
        "`/incident {} redact &lt;number&gt; &lt;why&gt;` removes the words of an entry for good.",
        it.id
    )));
    Message::new(format!("Timeline of {}\n{}", it.id, rows.join("\n")), blocks)
}

/// The whole of an incident in one message.
pub fn summary(w: View<'_>, it: &Incident, history: &[(u64, Event)]) -> Message {
    let mut lines = vec![row(w, it), lengths(it)];
    let holders: Vec<String> = it
        .roles
        .iter()
        .filter_map(|(role, s)| Some(format!("{} {}", role_label(w, role), person(s.holder.as_ref()?))))
        .collect();
    if !holders.is_empty() {
        lines.push(format!("*People:* {}", holders.join(", ")));
    }
    let of = |kind: EntryKind| {
        history.iter().filter(move |(_, e)| matches!(&e.what, What::EntryAdded { entry, .. } if *entry == kind))
    };
    for (name, kind) in [("Changes", EntryKind::Change), ("Decisions", EntryKind::Decision), ("Fixes", EntryKind::Fix)]
    {
        let found: Vec<String> = of(kind).map(|(_, e)| format!("• {}", sentence(w, it, e))).collect();
        if !found.is_empty() {
            lines.push(format!("*{name}*\n{}", found.join("\n")));
        }
    }
    let phases: Vec<String> = history
        .iter()
        .filter(|(_, e)| {
            matches!(e.what, What::PhaseChanged { .. } | What::Reopened { .. } | What::SeverityChanged { .. })
        })
        .map(|(_, e)| format!("• {} {}", date(e.at), sentence(w, it, e)))
        .collect();
    if !phases.is_empty() {
        lines.push(format!("*Course*\n{}", phases.join("\n")));
    }
    let last = history.iter().rev().find(|(_, e)| matches!(e.what, What::UpdatePosted { .. }));
    if let Some((_, update)) = last {
        lines.push(format!("*Last update* ({})\n{}", date(update.at), sentence(w, it, update)));
    }
    let counts =
        format!("{} status updates, {} timeline entries, {} pages.", it.update.count, it.entries, it.page_count);
    lines.push(counts);
    let blocks = std::iter::once(header(&format!("Summary of {}", it.id))).chain(lines.iter().map(|l| section(l)));
    Message::new(format!("Summary of {}\n{}", it.id, lines.join("\n")), blocks.collect())
}

/// How long it took, as far as is known.
fn lengths(it: &Incident) -> String {
    let mut parts = vec![format!(
        "Started {}, declared {} later.",
        date(it.started_at),
        duration(it.declared_at.duration_since(it.started_at))
    )];
    if let Some(at) = it.ended_at {
        parts.push(format!("People felt it for {}.", duration(at.duration_since(it.started_at))));
    }
    if let Some(at) = it.resolved_at {
        parts.push(format!("Resolved {} after it was declared.", duration(at.duration_since(it.declared_at))));
    }
    parts.join(" ")
}

/// One incident's record, for people to read outside Slack.
pub fn markdown(history: &[(u64, Event)]) -> String {
    let Some((_, Event { what: What::Declared { id, title, severity, .. }, .. })) = history.first() else {
        return String::new();
    };
    let rows = history.iter().map(|(seq, event)| format!("- {} `{seq}` {}", utc(at(event)), plain(event)));
    format!("# {id} {}\n\n{severity}\n\n{}\n", title.or_tombstone(), rows.collect::<Vec<_>>().join("\n"))
}

/// An event in plain words: its kind, who, and the words in it.
fn plain(event: &Event) -> String {
    let value = super::limits::json(&event.what);
    let kind = value["kind"].as_str().unwrap_or("event").replace('_', " ");
    let facts: Vec<String> = value
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(key, value)| *key != "kind" && !value.is_null())
        .map(|(key, value)| match value.get("$text") {
            Some(text) => format!("{key}: {}", text.as_str().unwrap_or("[redacted]").replace('\n', " ")),
            None => format!("{key}: {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)),
        })
        .collect();
    format!("**{kind}** by {} — {}", who(event), facts.join(", "))
}
