//! Several incidents, or the whole of one.

use super::{
    Message, View, course,
    escape::escape,
    ids::{ButtonValue, action},
    limits::{Look, TEXT, actions, button, context, cut, header, rows, section},
    line::{person, phase_label, reads_now, role_label, sentence, severity_label, who},
    room::ended,
    when::{date, duration, utc},
};
use crate::{
    incident::{EntryKind, Event, Incident, What, comms, course::Fact, duty},
    paging::Onward,
    playbook::RoleId,
};

/// How many timeline entries one message shows.
const ENTRIES: usize = 30;
/// The longest that one of them gets; the record has it whole.
const ENTRY: usize = 700;
/// What they may take together, as Slack counts.
const EVERYTHING: usize = 10_000;
/// The longest line of a summary.
const POINT: usize = 400;

/// What a section takes of a message: its text as JSON, and what stands around it.
fn cost(line: &str) -> usize {
    super::limits::json(&line).to_string().chars().count() + 60
}

/// One incident in a list.
pub(super) fn row(w: View<'_>, it: &Incident, name: &str) -> String {
    let state = match &it.ending {
        None => phase_label(w, &it.kind, &it.phase),
        Some(ending) => ended(it, ending),
    };
    let lead = it.lead().map(|lead| format!(" · {}", person(lead))).unwrap_or_default();
    let room = it.open_room().map(|r| format!(" · <#{}>", r.channel)).unwrap_or_default();
    let service = super::intake::in_row(w, it);
    format!("*{}* {} · {}{service} · {state}{lead}{room}", it.id, escape(name), severity_label(w, it.severity))
}

/// Several incidents, at most `limit` of them; where there are more, that is said. The heading is plain text.
pub fn list(w: View<'_>, all: &[&Incident], heading: &str, limit: usize) -> Message {
    let title = escape(heading);
    if all.is_empty() {
        return Message::plain(format!("*{title}*\nNone."));
    }
    let found: Vec<String> = all.iter().take(limit).map(|it| row(w, it, it.called())).collect();
    let mut blocks = vec![header(heading)];
    blocks.extend(found.iter().map(|row| section(row)));
    let mut text = format!("{title}\n{}", rows(&found, TEXT - 200));
    if all.len() > limit {
        let more =
            format!("These are the latest {limit}; there are more: `/incident find &lt;words of the title&gt;`.");
        blocks.push(context(&more));
        text = format!("{text}\n{more}");
    }
    Message::new(text, blocks)
}

/// One incident, shortly.
pub fn show(w: View<'_>, it: &Incident) -> Message {
    let mut lines = vec![
        row(w, it, it.title()),
        format!("Started {}, declared {} by {}.", date(it.started_at), date(it.declared_at), person(&it.declared_by)),
    ];
    lines.extend(super::intake::details(w, it));
    lines.extend(held(it).map(|(role, who)| format!("{}: {who}", role_label(w, role))));
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

/// Every role that somebody holds, and who.
pub(super) fn held(it: &Incident) -> impl Iterator<Item = (&RoleId, String)> {
    let held = it.roles.iter().filter(|(_, state)| state.holder.is_some());
    held.map(|(role, state)| (role, state.holders().map(|h| person(&h.person)).collect::<Vec<_>>().join(", ")))
}

/// Does an event stand on the timeline? Deliveries and reminders do not.
fn on_timeline(what: &What) -> bool {
    // The first step of a page is the page itself.
    if let What::PageStepReached { round: 0, step: 0, why: Onward::NoAnswer, .. } = what {
        return false;
    }
    // What went by other ways nobody sees in the chat.
    if let What::PageAttempted { attempt, .. } = what {
        return attempt.way.is_some();
    }
    if let What::Intake(fact) = what {
        return fact.is_on_timeline();
    }
    if let What::Comms(fact) = what {
        return super::comms::on_timeline(fact);
    }
    if let What::Duty(fact) = what {
        return fact.is_on_timeline();
    }
    !matches!(
        what,
        What::RoleOffered { rung: Some(_), .. }
            | What::PageRepeated { .. }
            | What::PageWaysFound { .. }
            | What::PageTargetsFound { .. }
            | What::UpdateReminded { .. }
            | What::RoomOpened { .. }
            | What::RoomBack { .. }
            | What::PageEnded { .. }
            | What::Course(Fact::ConsultReminded { .. })
    )
}

/// When it happened, as far as is known: a message has its own time.
fn at(event: &Event) -> jiff::Timestamp {
    match &event.what {
        What::EntryAdded { said_at: Some(at), .. } => *at,
        _ => event.at,
    }
}

/// The latest of these, as many as one message takes.
fn latest(w: View<'_>, it: &Incident, entries: &[&(u64, Event)]) -> Vec<String> {
    let mut room = EVERYTHING;
    let mut shown: Vec<String> = Vec::new();
    for (seq, event) in entries.iter().rev().take(ENTRIES) {
        let line = cut(&format!("`{seq}` {} {}", date(at(event)), sentence(w, it, event)), ENTRY);
        let Some(left) = room.checked_sub(cost(&line)) else { break };
        room = left;
        shown.push(line);
    }
    shown.reverse();
    shown
}

/// Why numbers are missing on a timeline.
const SKIPS: &str = "\nNumbers that are missing here are the bot's own steps, such as messages sent and reminders; the export has them.";

/// Does the record have more between these numbers than stands on the timeline?
fn skips(history: &[(u64, Event)], first: Option<u64>, last: Option<u64>) -> bool {
    let between = |seq: u64| first.is_some_and(|first| first < seq) && last.is_some_and(|last| seq < last);
    history.iter().any(|(seq, event)| between(*seq) && !on_timeline(&event.what))
}

/// What happened, in order, each with the number that `redact` takes. Page 0 has the latest entries, each page after it those before.
pub fn timeline(w: View<'_>, it: &Incident, history: &[(u64, Event)], page: u32) -> Message {
    let mut entries: Vec<&(u64, Event)> = history.iter().filter(|(_, e)| on_timeline(&e.what)).collect();
    entries.sort_by_key(|(seq, e)| (at(e), *seq));
    let mut shown = latest(w, it, &entries);
    for _ in 0..page {
        if shown.is_empty() {
            break;
        }
        entries.truncate(entries.len() - shown.len());
        shown = latest(w, it, &entries);
    }
    let left_out = entries.len() - shown.len();
    let numbers = entries[left_out..].iter().map(|(seq, _)| *seq);
    let skips = skips(history, numbers.clone().min(), numbers.max());
    let mut blocks = vec![header(&format!("Timeline of {}", it.id))];
    if left_out > 0 {
        blocks.push(context(&format!("{left_out} earlier entries are left out here.")));
        let earlier = ButtonValue::of(it.id).number(page.saturating_add(1));
        blocks.push(actions(vec![button(action::EARLIER, "Earlier", &earlier, Look::Usual)]));
    }
    blocks.extend(shown.iter().map(|line| section(line)));
    let redact =
        format!("`/incident {} redact &lt;number&gt; &lt;why&gt;` removes the words of an entry for good.", it.id);
    blocks.push(context(&format!("{redact}{}", if skips { SKIPS } else { "" })));
    let more = if left_out > 0 { format!(" ({left_out} earlier entries are left out)") } else { String::new() };
    Message::new(format!("Timeline of {}{more}\n{}", it.id, rows(&shown, TEXT - 200)), blocks)
}

/// The whole of an incident in one message.
pub fn summary(w: View<'_>, it: &Incident, history: &[(u64, Event)]) -> Message {
    let mut parts = vec![row(w, it, it.title()), lengths(it), course::lengths(w, it, history)];
    let held: Vec<String> = held(it).map(|(role, who)| format!("{} {who}", role_label(w, role))).collect();
    if !held.is_empty() {
        parts.push(format!("*People:* {}", held.join(", ")));
    }
    parts.extend(listed("Pages", &super::paging::paged(history)));
    let is = |event: &Event, kind: EntryKind| matches!(&event.what, What::EntryAdded { entry, .. } if *entry == kind);
    parts.extend(points(w, it, "Stated", history, |e| matches!(e.what, What::Course(Fact::Stated { .. }))));
    parts.extend(points(w, it, "Changes", history, |e| is(e, EntryKind::Change)));
    parts.extend(points(w, it, "Decisions", history, |e| is(e, EntryKind::Decision)));
    parts.extend(points(w, it, "Advice", history, |e| {
        matches!(e.what, What::Course(Fact::ConsultAnswered { .. } | Fact::AdviceTaken { .. }))
    }));
    parts.extend(points(
        w,
        it,
        "Questions without an answer",
        history,
        |e| matches!(&e.what, What::Course(Fact::ConsultAsked { number, .. }) if it.course.consult(*number).is_some()),
    ));
    parts.extend(points(
        w,
        it,
        "Customers",
        history,
        |e| matches!(&e.what, What::Case(fact) if fact.customer().is_some()),
    ));
    parts.extend(points(w, it, "Updates for others", history, |e| {
        matches!(
            e.what,
            What::Comms(comms::Fact::Sent { .. } | comms::Fact::Corrected { .. } | comms::Fact::PostedByHand { .. })
        )
    }));
    parts.extend(points(
        w,
        it,
        "Observations and evidence",
        history,
        |e| matches!(&e.what, What::Case(fact) if super::evidence::sentence(fact, "").is_some()),
    ));
    parts.extend(points(
        w,
        it,
        "Outside help",
        history,
        |e| matches!(&e.what, What::Case(fact) if super::external::sentence(fact, "").is_some()),
    ));
    parts.extend(points(w, it, "Fixes", history, |e| is(e, EntryKind::Fix)));
    let exception = |e: &Event| {
        matches!(&e.what, What::RoleTaken { because: Some(_), .. } | What::Duty(duty::Fact::Clashing { .. }))
    };
    parts.extend(points(w, it, "Roles held against the playbook", history, exception));
    parts.extend(points(w, it, "Course", history, is_of_course));
    let last = history.iter().rev().find(|(_, e)| matches!(e.what, What::UpdatePosted { .. }));
    if let Some((seq, update)) = last {
        let said = reads_now(w, it, *seq, update).unwrap_or_default();
        parts.push(cut(&format!("*Last update* ({})\n{said}", date(update.at)), PART));
    }
    parts.push(counts(it, history));
    let blocks =
        std::iter::once(header(&format!("Summary of {}", it.id))).chain(parts.iter().map(|part| section(part)));
    Message::new(format!("Summary of {}\n{}", it.id, parts.join("\n")), blocks.collect())
}

fn is_of_course(event: &Event) -> bool {
    matches!(
        event.what,
        What::PhaseChanged { .. }
            | What::SeverityChanged { .. }
            | What::Closed {}
            | What::Cancelled { .. }
            | What::Reopened { .. }
            | What::Course(Fact::Overridden { .. } | Fact::FixConfirmed { .. } | Fact::BesideEnded { .. })
            | What::MergedInto { .. }
            | What::MergedFrom { .. }
    )
}

/// What one part of a summary takes at most, so that the last parts fit too.
const PART: usize = 1500;

/// The events of one sort, under their heading.
fn points(
    w: View<'_>,
    it: &Incident,
    heading: &str,
    history: &[(u64, Event)],
    wanted: impl Fn(&Event) -> bool,
) -> Option<String> {
    let found = history.iter().filter(|(_, e)| wanted(e));
    let found: Vec<String> = found.map(|(_, e)| format!("{} {}", date(at(e)), sentence(w, it, e))).collect();
    listed(heading, &found)
}

/// Points under their heading; nothing where there are none.
fn listed(heading: &str, points: &[String]) -> Option<String> {
    let points: Vec<String> = points.iter().map(|point| cut(&format!("• {point}"), POINT)).collect();
    (!points.is_empty()).then(|| format!("*{heading}*\n{}", rows(&points, PART)))
}

/// How much there was, and how much of it nobody can read any more.
fn counts(it: &Incident, history: &[(u64, Event)]) -> String {
    let many = |n: usize, one: &str, more: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {more}") };
    let small = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
    let counts = format!(
        "{}, {}, {}.",
        many(small(it.update.count), "status update", "status updates"),
        many(small(it.entries), "timeline entry", "timeline entries"),
        many(small(it.page_count), "page", "pages")
    );
    let redacted = history.iter().filter(|(_, e)| matches!(e.what, What::Redacted { .. })).count();
    if redacted == 0 {
        return counts;
    }
    format!("{counts} The words of {} were redacted and are not shown.", many(redacted, "entry", "entries"))
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
    // What an area records is named by its fact.
    let kind = value["fact"].as_str().or(value["kind"].as_str()).unwrap_or("event").replace('_', " ");
    let facts: Vec<String> = value
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(key, value)| !["kind", "fact"].contains(&key.as_str()) && !value.is_null())
        .map(|(key, value)| match value.get("$text") {
            Some(text) => format!("{key}: {}", text.as_str().unwrap_or("[redacted]").replace('\n', " ")),
            None => format!("{key}: {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)),
        })
        .collect();
    format!("**{kind}** by {} — {}", who(event), facts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::{super::samples, *};
    use crate::incident::Text;

    fn note(words: &str) -> Event {
        let entry = EntryKind::Note;
        samples::event(What::EntryAdded { entry, text: Text::new(words), said_at: None, author: None, source: None })
    }

    #[test]
    fn a_long_timeline_shows_its_end_and_counts_the_rest() {
        let world = samples::World::new();
        for words in ["short", &"long & <b> ".repeat(200), &"\"".repeat(2500)] {
            let history: Vec<(u64, Event)> = (2..=60).map(|seq| (seq, note(words))).collect();
            let said = timeline(world.view(), &samples::declared("x"), &history, 0);
            let shown = said.to_json()["blocks"].to_string();
            assert!(!shown.contains("Numbers that are missing"), "none is: {shown}");
            assert!(shown.contains("`60`"), "the latest is missing: {shown}");
            assert!(shown.contains("removes the words of an entry"), "how to redact is left out: {shown}");
            let numbered = (2..=60).filter(|seq| shown.contains(&format!("`{seq}` "))).count();
            assert!(shown.contains(&format!("{} earlier entries", 59 - numbered)), "{numbered} shown: {shown}");
            let pages = (0..60).map(|page| timeline(world.view(), &samples::declared("x"), &history, page));
            let pages: Vec<String> = pages.map(|page| page.to_json()["blocks"].to_string()).collect();
            let stands = |seq: &u64| pages.iter().filter(|page| page.contains(&format!("`{seq}` "))).count() == 1;
            assert!((2..=60).all(|seq| stands(&seq)), "each stands on one page: {pages:?}");
            let beyond = timeline(world.view(), &samples::declared("x"), &history, u32::MAX).to_json().to_string();
            assert!(
                !beyond.contains("timeline.earlier") && !beyond.contains("`2` "),
                "nothing is before the first: {beyond}"
            );
        }
    }

    #[test]
    fn a_summary_says_what_was_redacted_and_what_is_left_out() {
        let world = samples::World::new();
        let change = |n: u64| {
            let (entry, text) = (EntryKind::Change, Text::new(format!("deploy {n} {}", "x".repeat(300))));
            (n, samples::event(What::EntryAdded { entry, text, said_at: None, author: None, source: None }))
        };
        let mut history: Vec<(u64, Event)> = (2..40).map(change).collect();
        history.push((
            40,
            samples::event(What::Redacted { entry: 2, edits: vec![], title: false, why: "a password".into() }),
        ));
        let said = summary(world.view(), &samples::declared("x"), &history).to_json()["blocks"].to_string();
        assert!(said.contains("The words of 1 entry were redacted"), "{said}");
        assert!(said.contains("… and ") && said.contains(" more"), "{said}");
    }
}
