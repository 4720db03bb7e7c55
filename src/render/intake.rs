//! How trouble comes in, in words: what is kept, what is similar, what is true, which service.

use slack_morphism::prelude::*;

use super::{
    Message, View,
    escape::{escape, escape_keeping_mentions},
    ids::{ButtonValue, action},
    limits::{self, Look, actions, button, context, cut, header, plain_button, rows, section, section_with},
    line::{person, phase_label, severity_label, words},
    remind::Item,
    room::{ended, place},
    when::date,
};
use crate::{
    alert::reference,
    ids::{IncidentId, Series},
    incident::{
        Incident,
        intake::{Detection, Fact, Kept, Likeness, No, suggested},
    },
    playbook::{CriterionId, KindId, ServiceId, Stage, Value, Visibility},
};

/// How many kept events one list shows.
pub const KEPT_SHOWN: usize = 5;

/// The service, as people call it.
pub(super) fn service_label(w: View<'_>, service: &ServiceId) -> String {
    w.playbook.service(service.as_str()).map_or_else(|| service.to_string(), |s| s.label.clone())
}

/// A criterion, as people read it.
fn criterion_label(w: View<'_>, id: &CriterionId) -> String {
    w.playbook.criteria.iter().find(|c| c.id == *id).map_or_else(|| id.to_string(), |c| c.label.clone())
}

/// Do the ticks suggest that what everybody may see becomes need-to-know?
fn suggests_secret(w: View<'_>, it: &Incident, ticked: &[CriterionId]) -> bool {
    let kinds = w.playbook.criteria.iter().filter(|c| ticked.contains(&c.id)).filter_map(|c| c.kind.as_ref());
    let find = |id: &KindId| w.playbook.kinds.iter().find(|k| k.id == *id);
    !it.is_secret() && kinds.filter_map(find).any(|k| k.visibility == Visibility::NeedToKnow)
}

/// Who noticed first, as the rest of a sentence.
pub(super) const fn noticed_by(source: Detection) -> &'static str {
    match source {
        Detection::Monitoring => "our monitoring",
        Detection::Employee => "one of us",
        Detection::Customer => "a customer",
        Detection::Other => "someone else",
    }
}

/// What happened, in a sentence.
pub(super) fn sentence(w: View<'_>, it: &Incident, fact: &Fact, by: &str) -> String {
    match fact {
        Fact::CriteriaAnswered { criteria } if criteria.is_empty() => {
            format!("{by} looked at the criteria and is not sure about any of them.")
        }
        Fact::CriteriaAnswered { criteria } => {
            let labels: Vec<String> =
                criteria.iter().map(|c| format!("“{}”", escape(&criterion_label(w, c)))).collect();
            let worse = suggested(w.playbook, criteria).filter(|s| *s < it.severity);
            let worse = worse.map(|s| format!(" That suggests {}.", severity_label(w, s))).unwrap_or_default();
            let secret = if suggests_secret(w, it, criteria) {
                " Such incidents are need-to-know: only those who work on one see it. `/incident private` makes it one."
            } else {
                ""
            };
            format!(":ballot_box_with_check: {by} says what is true: {}.{worse}{secret}", labels.join(", "))
        }
        Fact::DetectionNoted { source } => format!(":eyes: Noticed first by {}, says {by}.", noticed_by(*source)),
        Fact::ServiceChanged { from, to } => {
            let name = |s: &Option<ServiceId>| {
                s.as_ref().map_or_else(|| "unknown".to_owned(), |s| escape(&service_label(w, s)))
            };
            format!("{by} changed the service: ~{}~ → *{}*", name(from), name(to))
        }
        Fact::Tagged { condition, repeats } => {
            let again = repeats.map(|before| repeated(it, before)).unwrap_or_default();
            format!(":pencil2: {by} tagged what made {} possible: “{}”.{again}", it.id, words(condition))
        }
        Fact::Untagged { condition, repeats, .. } => {
            let again = repeats.map(|before| repeated(it, before)).unwrap_or_default();
            format!(":pencil2: {by}: “{}” did not make {} possible.{again}", words(condition), it.id)
        }
        Fact::Nudged { text, to, .. } => {
            format!(":seedling: {} was told: {}", person(to), escape_keeping_mentions(text))
        }
        Fact::ThreadOpened { .. } => format!("The thread of {} is open.", it.id),
        Fact::RoomGiven { why: None } => format!("{by} opened a room for {}; it began in a thread.", it.id),
        Fact::RoomGiven { why: Some(why) } => {
            format!("{} gets a room, because Slack refuses messages where it was declared ({}).", it.id, escape(why))
        }
        Fact::AlertsAttached { group, title, source, firing, since } => format!(
            ":rotating_light: {by} attached the alerts *{}*: “{}” of {}, {firing} firing since {}.",
            reference(*group),
            escape(title.or_tombstone()),
            escape(source),
            date(*since)
        ),
        Fact::AlertsResolved { group } => {
            format!(
                ":white_check_mark: Alerts {}: none fires any more. Check that people feel the same.",
                reference(*group)
            )
        }
        Fact::AlertsFiredAgain { group, firing } => {
            format!(":rotating_light: Alerts {} fire again: {firing}.", reference(*group))
        }
        Fact::Muted {} => format!("{by} muted the reminders of the values in {}.", it.id),
        Fact::Joined { person: who } => format!("{} joined instead of declaring the same trouble again.", person(who)),
    }
}

/// What it repeats, and where to see more of that.
fn repeated(it: &Incident, before: IncidentId) -> String {
    format!(" :repeat: {before} had the same service and the same condition: `/incident {} similar`.", it.id)
}

/// The line in the room. Ticks that suggest a worse severity, or a need-to-know kind, come with a press that takes it.
pub(super) fn line(w: View<'_>, it: &Incident, fact: &Fact, text: String) -> Message {
    match fact {
        Fact::CriteriaAnswered { criteria } => {
            let worse = suggested(w.playbook, criteria).filter(|s| *s < it.severity);
            let take = |verb: &str, command: String, label: &str| {
                let value = ButtonValue::of(it.id).extra(format!("{} {command}", it.id));
                button(&format!("{}.{verb}", action::RUN), label, &value, Look::Usual)
            };
            let worse = worse.map(|s| take("severity", format!("severity {}", s.0), &format!("Make it {s}")));
            let secret =
                suggests_secret(w, it, criteria).then(|| take("private", "private".to_owned(), "Make it need-to-know"));
            let buttons: Vec<_> = worse.into_iter().chain(secret).collect();
            if buttons.is_empty() {
                return Message::plain(text);
            }
            Message::new(text.clone(), vec![section(&text), actions(buttons)])
        }
        Fact::DetectionNoted { .. }
        | Fact::ServiceChanged { .. }
        | Fact::Tagged { .. }
        | Fact::Untagged { .. }
        | Fact::Joined { .. }
        | Fact::Nudged { .. }
        | Fact::Muted {}
        | Fact::ThreadOpened { .. }
        | Fact::RoomGiven { .. }
        | Fact::AlertsAttached { .. }
        | Fact::AlertsResolved { .. }
        | Fact::AlertsFiredAgain { .. } => Message::plain(text),
    }
}

/// What whoever leads hears of a value, privately and in small print.
pub(super) fn nudge(it: &Incident, text: &str) -> Message {
    let words = format!("{} · {}", it.id, escape_keeping_mentions(text));
    let mute = button(action::intake::MUTE, "Mute", &ButtonValue::of(it.id), Look::Usual);
    let mut blocks = vec![context(&words)];
    blocks.extend((it.is_open() && !it.intake.nudges.muted).then(|| actions(vec![mute])));
    Message::new(words, blocks)
}

/// What a value says at its moment, by the playbook; nothing where that has it no more.
fn said_of(w: View<'_>, value: &str) -> Option<String> {
    w.playbook.values.iter().find(|v| v.id == value).map(Value::said)
}

/// The same, from what was due.
pub(super) fn nudge_of(w: View<'_>, it: &Incident, value: &str) -> Option<Message> {
    said_of(w, value).map(|text| nudge(it, &text))
}

/// A value's word among what somebody is reminded of.
pub(super) fn nudge_due(w: View<'_>, it: &Incident, value: &str) -> Option<Item> {
    let line = format!("• {} · :seedling: {}", it.id, escape_keeping_mentions(&said_of(w, value)?));
    let id = format!("{}.{}", action::intake::MUTE, it.id);
    let mute = button(&id, &format!("Mute values, {}", it.id), &ButtonValue::of(it.id), Look::Usual);
    Some(Item { line, buttons: vec![mute], typed: it.id.to_string() })
}

/// No more of them.
pub fn muted(it: &Incident) -> Message {
    Message::plain(format!("You get no more reminders of the values in {}.", it.id))
}

/// How much of the list of services one answer shows.
const SERVICES: usize = 1000;

/// Why nothing was changed.
pub(super) fn rejection(w: View<'_>, no: &No) -> String {
    match no {
        No::NoSuchEvent(n) => {
            format!("There is no event {n}, or it was forgotten. `/incident list` shows the events that are kept.")
        }
        // Which one, nobody need know of a secret.
        No::Promoted { event, into } if into.series == Series::Sec => format!("Event {event} is an incident already."),
        No::Promoted { event, into } => format!("Event {event} is an incident already: {into}."),
        No::NoSuchAlerts(n) => format!(
            "There are no alerts {}, or they are so old that they were forgotten. `/incident list` shows those that fire.",
            reference(*n)
        ),
        No::AlertsTaken(n) => format!("Somebody took the alerts {} already; nothing was changed.", reference(*n)),
        No::ManyConditions { limit } => {
            format!("{limit} conditions are tagged already, as many as there may be. `untag` one first. Nothing was changed.")
        }
        No::NoSuchCondition => "That condition is not tagged. Nothing was changed.".into(),
        No::ManyAlerts => {
            "As many groups of alerts belong to this incident as may. Dismiss those that are of the same trouble. Nothing \
             was changed."
                .into()
        }
        No::HasRoom => "This incident already has a room, or it is being opened.".into(),
        No::NoSuchService(name) => {
            let all: Vec<String> = w.playbook.services.iter().map(|s| format!("`{}`", escape(s.id.as_str()))).collect();
            let there = if all.is_empty() {
                "The playbook has none yet; they stand under `[[services]]`.".to_owned()
            } else {
                cut(&format!("There are: {}.", all.join(", ")), SERVICES)
            };
            format!("There is no service `{}`. {there}", escape(&name.replace('`', "'")))
        }
    }
}

/// The service on the card.
pub(super) fn fact(w: View<'_>, it: &Incident) -> Option<String> {
    it.intake.service.as_ref().map(|s| format!("*Service*\n{}", escape(&service_label(w, s))))
}

/// The service in a row of a list.
pub(super) fn in_row(w: View<'_>, it: &Incident) -> String {
    it.intake.service.as_ref().map(|s| format!(" · {}", escape(&service_label(w, s)))).unwrap_or_default()
}

/// What was said of the intake, for whoever looks the incident up.
pub(super) fn details(w: View<'_>, it: &Incident) -> Vec<String> {
    let state = &it.intake;
    let mut lines = Vec::new();
    if !state.criteria.is_empty() {
        let labels: Vec<String> = state.criteria.iter().map(|c| escape(&criterion_label(w, c))).collect();
        lines.push(format!("True: {}.", labels.join("; ")));
    }
    lines.extend(state.detection.map(|source| format!("Noticed first by {}.", noticed_by(source))));
    if !state.conditions.is_empty() {
        lines.push(format!("What made it possible: {}.", conditions(it)));
    }
    lines.extend(match (state.repeats, state.resembles) {
        (Some(before), _) => Some(format!(":repeat: Repeated: {before} had the same service and the same condition.")),
        (None, Some(before)) => Some(format!(
            ":repeat: {before} may have been the same. If it was, tag what made it possible: `/incident {} similar tag \
             &lt;condition&gt;`.",
            it.id
        )),
        (None, None) => None,
    });
    lines
}

/// What made it possible, as far as somebody said so.
fn conditions(it: &Incident) -> String {
    it.intake.conditions.iter().map(|tag| format!("“{}”", words(&tag.text))).collect::<Vec<_>>().join(", ")
}

/// Asks on the card which criteria are true, until somebody answers.
pub(super) fn question(it: &Incident) -> Option<SlackActionBlockElement> {
    let asks = it.is_open() && it.stage != Stage::Resolved && it.intake.is_unsure();
    asks.then(|| button(action::intake::CRITERIA, "Why is it an incident?", &ButtonValue::of(it.id), Look::Usual))
}

/// A room, for what outgrows its thread.
pub(super) fn room_button(it: &Incident) -> Option<SlackActionBlockElement> {
    let asks = it.is_open() && it.intake.in_thread().is_some();
    asks.then(|| button(action::intake::ROOM, "Open a room", &ButtonValue::of(it.id), Look::Usual))
}

/// The message below which an incident is worked on in a thread.
pub fn root(w: View<'_>, it: &Incident) -> Message {
    let state = match &it.ending {
        None => phase_label(w, &it.kind, &it.phase),
        Some(ending) => ended(it, ending),
    };
    let lead = it.lead().map_or_else(|| "nobody leads yet".to_owned(), |lead| format!("led by {}", person(lead)));
    let text = format!("*{} {}*\n{} · {state} · {lead}", it.id, escape(it.title()), severity_label(w, it.severity));
    let how = if it.intake.in_thread().is_some() && !it.is_open() {
        "What happened is in this thread; mention me with `reopen` there to go on.".to_owned()
    } else if it.intake.in_thread().is_some() {
        "Work goes on in this thread. Commands do not work in threads, so mention me with one: `note`, `fix`, `page @person`, `resolve` …".to_owned()
    } else {
        format!("Work goes on in {}.", place(it))
    };
    Message::new(format!("{text}\n{how}"), vec![section(&text), context(&how)])
}

/// Stands where the card was.
pub fn moved(it: &Incident) -> Message {
    Message::plain(format!("Work on {} goes on in {}.", it.id, place(it)))
}

/// Above the declare form: nothing was ticked.
pub fn kept_above(number: u64) -> Vec<SlackBlock> {
    let anyway = ButtonValue::default().number(u32::try_from(number).unwrap_or(u32::MAX));
    vec![
        section(&format!(
            ":inbox_tray: *Nothing is ticked, so nothing was declared.* Your words are kept as event {number}, with their \
             time. Tick one below, or “Not sure”, and press Declare; or close this: `/incident list` shows the event, and \
             anyone can promote it later."
        )),
        actions(vec![button(action::intake::PROMOTE, "Declare anyway", &anyway, Look::Danger)]),
    ]
}

/// Above the declare form: these may be the same.
pub fn similar_above(w: View<'_>, alike: &[(&Incident, &Likeness)], words: &str) -> Vec<SlackBlock> {
    let mut blocks = vec![section(&format!("*{words}*"))];
    for (it, likeness) in alike {
        let id = format!("{}.{}", action::intake::JOIN, it.id);
        let join = plain_button(&id, "Join", &ButtonValue::of(it.id), Look::Primary);
        blocks.push(section_with(&row(w, it, likeness), join));
    }
    blocks.push(context(
        "Join brings you in. If yours is different, press “Declare anyway” below. You can still merge the two later.",
    ));
    blocks
}

/// An incident, and in what it is alike.
fn row(w: View<'_>, it: &Incident, likeness: &Likeness) -> String {
    let service = in_row(w, it);
    let when = date(it.declared_at);
    let repeated = if likeness.is_repeated() { " · :repeat: *repeated*" } else { "" };
    format!(
        "*{}* {} · {}{service} · {when}{repeated}\n_{}_",
        it.id,
        escape(it.called()),
        severity_label(w, it.severity),
        why(likeness)
    )
}

/// In what two are alike.
fn why(likeness: &Likeness) -> String {
    let mut reasons = Vec::new();
    if likeness.service {
        reasons.push("same service".to_owned());
    }
    if likeness.near {
        reasons.push("a service next to it".to_owned());
    }
    if !likeness.words.is_empty() {
        let words: Vec<&str> = likeness.words.iter().take(6).map(String::as_str).collect();
        reasons.push(format!("same words: {}", escape(&words.join(", "))));
    }
    if !likeness.conditions.is_empty() {
        reasons.push(format!("same condition: {}", escape(&likeness.conditions.join(", "))));
    }
    if likeness.kind {
        reasons.push("same kind".to_owned());
    }
    reasons.join(" · ")
}

/// What made it possible, and the work that was left of it.
fn left(it: &Incident) -> String {
    let tags = if it.intake.conditions.is_empty() { String::new() } else { format!("\nBy {}", conditions(it)) };
    let tasks = match it.duty.tasks.len() {
        0 => String::new(),
        1 => format!("\nOne task of it is still open: `/incident {} tasks`", it.id),
        n => format!("\n{n} tasks of it are still open: `/incident {} tasks`", it.id),
    };
    tags + &tasks
}

/// Those that are like an incident, the most alike first.
pub fn similar(w: View<'_>, it: &Incident, alike: &[(&Incident, &Likeness)]) -> Message {
    let heading = format!("Similar to {}", it.id);
    if alike.is_empty() {
        return Message::plain(format!(
            "*{heading}*\nNone in the last 180 days: no other incident has the same service or similar words in its title."
        ));
    }
    let found: Vec<String> = alike.iter().map(|(it, likeness)| row(w, it, likeness) + &left(it)).collect();
    let mut blocks = vec![header(&heading)];
    blocks.extend(found.iter().map(|row| section(row)));
    blocks.push(context(&format!(
        "From the last 180 days. Repeated means: same service, same condition. Is one of theirs behind this one? `/incident {} \
         similar tag &lt;condition&gt;`.",
        it.id
    )));
    Message::new(format!("{heading}\n{}", rows(&found, limits::TEXT - 200)), blocks)
}

/// After declaring by command: these may be the same.
pub fn with_similar(w: View<'_>, said: Message, it: &Incident, alike: &[(&Incident, &Likeness)]) -> Message {
    if alike.is_empty() {
        return said;
    }
    let rows: Vec<String> = alike.iter().map(|(other, likeness)| row(w, other, likeness)).collect();
    let mut blocks = said.blocks;
    blocks.push(section("Is it the same as one of these? Then merge yours into it. Nothing is lost."));
    for ((other, _), row) in alike.iter().zip(&rows) {
        let id = format!("{}.merge.{}", action::RUN, other.id);
        let merge = ButtonValue::of(it.id).extra(format!("{} merge {}", it.id, other.id));
        blocks.push(section_with(row, plain_button(&id, &format!("Merge into {}", other.id), &merge, Look::Usual)));
    }
    Message::new(format!("{} Similar: {}", said.text, rows.join("; ")), blocks)
}

/// Below a list of incidents: what is kept, and not one.
pub fn with_kept(said: Message, kept: &[Kept]) -> Message {
    if kept.is_empty() {
        return said;
    }
    let mut blocks = said.blocks;
    blocks.extend(kept_blocks(kept, "list"));
    let lines: Vec<String> = kept.iter().take(KEPT_SHOWN).map(kept_row).collect();
    Message::new(format!("{}\nKept events:\n{}", said.text, lines.join("\n")), blocks)
}

/// Kept events, each with what can be done about it.
pub(super) fn kept_blocks(kept: &[Kept], place: &str) -> Vec<SlackBlock> {
    let mut blocks = vec![section("*Events, not declared*")];
    for event in kept.iter().take(KEPT_SHOWN) {
        let value = ButtonValue::default().number(u32::try_from(event.number).unwrap_or(u32::MAX));
        let id = |action: &str| format!("{action}.{place}.{}", event.number);
        blocks.push(section(&kept_row(event)));
        blocks.push(actions(vec![
            button(&id(action::intake::PROMOTE), "Promote", &value, Look::Usual),
            button(&id(action::intake::FORGET), "Forget", &value, Look::Usual),
        ]));
    }
    if kept.len() > KEPT_SHOWN {
        blocks.push(context("There are older ones; they appear when you promote or forget these."));
    }
    blocks
}

fn kept_row(event: &Kept) -> String {
    let by = event.by.as_ref().map(|by| format!(" · {}", person(by))).unwrap_or_default();
    format!("Event {} · {} · {}{by}", event.number, escape(event.text.or_tombstone()), date(event.happened_at()))
}

/// An event became an incident.
pub fn promoted(it: &Incident, event: u64) -> Message {
    Message::plain(format!(
        "Event {event} is declared as {} ({}); it was noticed {}. Its room is being opened; you will be invited.",
        it.id,
        it.severity,
        it.detected_at.map_or_else(|| "now".to_owned(), date)
    ))
}

/// An event's words are gone.
pub fn forgotten(event: u64) -> Message {
    Message::plain(format!("The words of event {event} are removed for good."))
}

/// Somebody joined.
pub fn joined(it: &Incident) -> Message {
    Message::plain(format!(
        "*{}* {} · {}. If you are not in its room yet, you are being brought in.",
        it.id,
        escape(it.called()),
        place(it)
    ))
}
