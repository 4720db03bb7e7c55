//! One line in the room for each event that people should hear of.

use jiff::{SignedDuration, Timestamp};

use super::{
    Message, View, access, comms,
    escape::{escape, escape_keeping_mentions, quiet},
    limits::{context, paragraphs, section},
    when::{date, duration},
};
use crate::{
    ids::UserId,
    incident::{
        Actor, Ending, EntryKind, Event, Incident, MessageRef, RoomLoss, Taken, Text, TimeField, What,
        course::{Way, way},
    },
    paging::Target,
    playbook::{Audience, KindId, PhaseId, RoleId, Severity, Stage},
};

/// A timer that is later than this says so.
const LATE: SignedDuration = SignedDuration::from_secs(60);

/// A mention.
pub(super) fn person(user: &UserId) -> String {
    format!("<@{user}>")
}

/// `:red_circle: SEV1 critical`.
pub(super) fn severity_label(w: View<'_>, severity: Severity) -> String {
    match w.playbook.severity(severity) {
        Some(def) => format!("{} {severity} {}", def.emoji, def.label),
        None => severity.to_string(),
    }
}

/// `:mag: Investigating`.
pub(super) fn phase_label(w: View<'_>, kind: &KindId, phase: &PhaseId) -> String {
    match w.playbook.kind(kind).phase(phase.as_str()) {
        Some(def) => format!("{} {}", def.emoji, def.label),
        None => escape(phase.as_str()),
    }
}

/// ` (Identified left out)`, where phases lie between.
fn left_out(w: View<'_>, it: &Incident, from: &PhaseId, to: &PhaseId) -> String {
    let course = w.playbook.kind(&it.kind).course();
    let between = course.skip_while(|p| p.id != *from).skip(1).take_while(|p| p.id != *to);
    let out: Vec<String> = between.map(|p| phase_label(w, &it.kind, &p.id)).collect();
    let skipped = way(w.playbook.kind(&it.kind), from, to) == Some(Way::Skip);
    if skipped { format!(" ({} left out)", out.join(", ")) } else { String::new() }
}

/// `a message in #support`. Whose direct message it was is nobody else's.
pub(super) fn message_in(source: &MessageRef) -> String {
    if source.channel.as_str().starts_with('D') {
        return "a direct message".to_owned();
    }
    format!("a message in <#{}>", source.channel)
}

/// `Incident commander`.
pub(super) fn role_label(w: View<'_>, role: &RoleId) -> String {
    w.playbook.role(role.as_str()).map_or_else(|| role.to_string(), |r| r.label.clone())
}

/// Words that a person typed for the record. Mentions in them stay mentions.
pub(super) fn words(text: &Text) -> String {
    text.words().map_or_else(|| "_[redacted]_".to_owned(), escape_keeping_mentions)
}

/// ` — why`, or nothing.
pub(super) fn because(why: Option<&Text>) -> String {
    why.map(|why| format!(" — {}", words(why))).unwrap_or_default()
}

/// Who did it.
pub(super) fn who(event: &Event) -> String {
    match &event.by {
        Actor::Person(user) => person(user),
        Actor::Timer { .. } | Actor::Bot => "Watchroom".into(),
    }
}

/// ` (12 min late)`, where a timer rang late.
fn lateness(event: &Event) -> String {
    match &event.by {
        Actor::Timer { due } if event.at.duration_since(*due) > LATE => {
            format!(" _({} late)_", duration(event.at.duration_since(*due)))
        }
        Actor::Timer { .. } | Actor::Person(_) | Actor::Bot => String::new(),
    }
}

/// How many are named one by one.
const NAMED: usize = 12;

/// `@a, @b, @c`; of many, the first ones and how many more.
pub(super) fn targets(targets: &[Target]) -> String {
    named(targets.iter().map(target))
}

pub(super) fn named(names: impl ExactSizeIterator<Item = String>) -> String {
    let more = names.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    names.take(NAMED).collect::<Vec<_>>().join(", ") + &more
}

/// A mention. The configuration may name a channel by its name, which is no mention.
pub(super) fn target(target: &Target) -> String {
    match target {
        Target::Channel(id) if !id.as_str().bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) => {
            format!("#{}", escape(id.as_str()))
        }
        Target::Person(_) | Target::Group(_) | Target::Channel(_) => target.to_string(),
        // Names of our own may have signs that Slack reads as markup.
        Target::Schedule(_)
        | Target::Rotation { .. }
        | Target::Role(_)
        | Target::Service(_)
        | Target::Webhook(_)
        | Target::External(_) => escape(&target.to_string()),
    }
}

/// What the room would hear of an event, for somebody who reads it elsewhere.
pub fn line_elsewhere(w: View<'_>, it: &Incident, seq: u64, event: &Event) -> Message {
    let name = format!("*{} {}*", it.id, escape(it.called()));
    Message::new(name.clone(), vec![section(&name)]).and(line(w, it, seq, event))
}

/// What the room hears of an event.
pub fn line(w: View<'_>, it: &Incident, seq: u64, event: &Event) -> Message {
    let text = format!("{}{}", sentence(w, it, event), lateness(event));
    let text = reads_now(w, it, seq, event).unwrap_or(text);
    match &event.what {
        What::UpdatePosted { text, .. } if text.words().is_none() => retracted(it, seq),
        What::UpdatePosted { .. } | What::EntryAdded { .. } | What::LinkAdded { .. } => {
            let mut blocks = paragraphs(&text);
            blocks.push(context(&format!("{} · entry {seq}", it.id)));
            Message::new(text, blocks)
        }
        What::PhaseChanged { from, stage, .. } => {
            let text = format!("{text}{}", super::course::awaited(w, it, from));
            match stage {
                Stage::Resolved => comms::still_open(w, it, &text),
                Stage::Active | Stage::Monitoring => Message::plain(text),
            }
        }
        What::Intake(fact) => super::intake::line(w, it, fact, text),
        What::PageChecked { page, by: None, .. } => match it.page(*page).filter(|page| page.is_checked()) {
            Some(page) => super::page::somebody_on_it(it, page, &text),
            None => Message::plain(text),
        },
        What::UpdateMissed { due } if !is_missing(it, *due) => Message::plain(text),
        What::UpdateMissed { .. } => comms::with_writing(it, Audience::Internal, &text),
        What::Comms(fact) => comms::line(it, fact, &text).unwrap_or_else(|| Message::plain(text)),
        What::Case(fact) => super::report::line(it, fact, &text).unwrap_or_else(|| Message::plain(text)),
        _ => Message::plain(text),
    }
}

/// The same of what the room hears first. `link`: the address of the message that it was declared from, where that is known.
pub fn first_line(w: View<'_>, it: &Incident, event: &Event, link: Option<&str>) -> Message {
    let link = link.map(|link| format!(" <{}|Show the message>", escape(link))).unwrap_or_default();
    Message::plain(format!("{}{link}", sentence(w, it, event)))
}

/// What happened, in a sentence, in Slack's markup.
pub(super) fn sentence(w: View<'_>, it: &Incident, event: &Event) -> String {
    let by = who(event);
    match &event.what {
        What::Declared { .. }
        | What::Renamed { .. }
        | What::SeverityChanged { .. }
        | What::PhaseChanged { .. }
        | What::TimeCorrected { .. }
        | What::Closed {}
        | What::Cancelled { .. }
        | What::Reopened { .. }
        | What::MergedInto { .. }
        | What::MergedFrom { .. } => course(w, it, event, &by),
        What::RoleTaken { .. }
        | What::RoleOffered { .. }
        | What::OfferDeclined { .. }
        | What::RoleDropped { .. }
        | What::RoleConfirmed { .. } => role(w, it, event, &by),
        What::PageStarted { .. }
        | What::PageStepReached { .. }
        | What::PageStepSkipped { .. }
        | What::PageRepeated { .. }
        | What::PageTargetsFound { .. }
        | What::PageWaysFound { .. }
        | What::PageAttempted { .. }
        | What::PageDeclined { .. }
        | What::PageAnswered { .. }
        | What::PageChecked { .. }
        | What::PageKept { .. }
        | What::PageReturned { .. }
        | What::PageAcknowledged { .. }
        | What::PageAcknowledgedExternally { .. }
        | What::PageUpdatedExternally { .. }
        | What::PageExhausted { .. }
        | What::PageLetGo { .. }
        | What::PageEnded { .. } => super::paging::sentence(w, it, event, &by),
        What::UpdatePosted { .. } | What::UpdateReminded { .. } | What::UpdateMissed { .. } => {
            update(w, it, event, &by)
        }
        What::EntryAdded { .. }
        | What::EntryEdited { .. }
        | What::EntrySourceDeleted { .. }
        | What::Redacted { .. }
        | What::LinkAdded { .. } => entry(event, &by),
        What::Course(fact) => super::course::sentence(w, it, event, fact, &by),
        What::Duty(fact) => super::duty::sentence(w, it, event, fact, &by),
        What::RoomOpened { channel, .. } => format!("The room of {} is <#{channel}>.", it.id),
        What::RoomLost { how, .. } => format!(
            ":warning: The room of {} {}. Unarchive it or invite the bot again; until then commands work anywhere as \
             `/incident {} …`.",
            it.id,
            lost(*how),
            it.id
        ),
        What::RoomBack { channel, .. } => format!("The room of {} is back: <#{channel}>.", it.id),
        What::Intake(fact) => super::intake::sentence(w, it, fact, &by),
        What::Access(fact) => access::sentence(w, it, event, fact),
        What::DeliveryFailed { what, why } => {
            format!(":warning: Watchroom could not {}: {}.", escape_keeping_mentions(what), escape(why))
        }
        What::Comms(fact) => comms::sentence(w, it, event, fact),
        What::Case(fact) => super::case::sentence(fact, &by),
        What::Carried { .. } => sentence(w, it, &event.clone().as_it_was()),
    }
}

/// The course of the incident: from declared to closed.
fn course(w: View<'_>, it: &Incident, event: &Event, by: &str) -> String {
    let phase = |p: &PhaseId| phase_label(w, &it.kind, p);
    match &event.what {
        What::Declared { title, severity, started_at, source, .. } => {
            let from = source.as_ref().map(|source| format!(" Declared from {}.", message_in(source)));
            format!(
                ":rotating_light: {by} declared {}: *{}* as {}. Started {}.{}",
                it.id,
                words(title),
                severity_label(w, *severity),
                date(*started_at),
                from.unwrap_or_default()
            )
        }
        What::Renamed { to } => format!(":pencil2: {by} renamed {} to *{}*.", it.id, words(to)),
        What::SeverityChanged { from, to, why, .. } => {
            format!("{by} changed the severity: ~{from}~ → *{}*{}", severity_label(w, *to), because(why.as_ref()))
        }
        What::PhaseChanged { from, to, why, .. } => {
            let out = left_out(w, it, from, to);
            format!("{by} changed the phase: ~{}~ → *{}*{out}{}", phase(from), phase(to), because(why.as_ref()))
        }
        What::TimeCorrected { which, from, to } => {
            let was = from.map(|at| format!(", was ~{}~", date(at))).unwrap_or_default();
            format!(":clock3: {by} corrected when it {}: *{}*{was}.", time(*which), date(*to))
        }
        What::Closed {} => format!(":lock: {by} closed {}.{}", it.id, super::duty::left_over(it)),
        What::Cancelled { why } => format!(":no_entry_sign: {by} cancelled {}{}", it.id, because(why.as_ref())),
        What::Reopened { phase: p, why, .. } => {
            format!(
                ":leftwards_arrow_with_hook: {by} reopened {}; the phase is *{}*{}",
                it.id,
                phase(p),
                because(why.as_ref())
            )
        }
        What::MergedInto { into } => {
            let into = access::other(it, *into);
            format!(
                ":twisted_rightwards_arrows: {by} merged {} into *{into}*, which goes on. This record is kept.",
                it.id
            )
        }
        What::MergedFrom { from } => {
            format!(":twisted_rightwards_arrows: {by} merged *{}* into this incident.", access::other(it, *from))
        }
        _ => String::new(),
    }
}

fn update(w: View<'_>, it: &Incident, event: &Event, by: &str) -> String {
    match &event.what {
        What::UpdatePosted { text, phase, next_by } => status(w, it, text, phase, by, &promised(*next_by)),
        What::UpdateReminded { owner, due } => {
            format!("{} was reminded: the next update is due {}.", person(owner), date(*due))
        }
        What::UpdateMissed { due } => {
            let lead = it
                .lead()
                .map_or_else(|| "Nobody leads.".to_owned(), |lead| format!("{}, please post one.", person(lead)));
            format!(":hourglass: The status update promised for {} is overdue. {lead}", date(*due))
        }
        _ => String::new(),
    }
}

fn status(w: View<'_>, it: &Incident, text: &Text, phase: &PhaseId, by: &str, next: &str) -> String {
    format!(":mega: *Status update* · {} · by {by}\n{}\n_{next}_", phase_label(w, &it.kind, phase), words(text))
}

/// An event that promises an update, or misses one, as it reads now; nothing for others. What does not hold any more is struck
/// through, or gives way to what holds.
pub(super) fn reads_now(w: View<'_>, it: &Incident, seq: u64, event: &Event) -> Option<String> {
    match &event.what {
        What::UpdatePosted { text, phase, next_by } => {
            let promise = match it.update.last {
                Some(last) if last == seq => standing(it),
                Some(_) => format!("~{}~ A later update was posted.", promised(*next_by)),
                None => promised(*next_by),
            };
            Some(status(w, it, text, phase, &who(event), &promise))
        }
        What::UpdateMissed { due } if !is_missing(it, *due) => {
            let now = match (it.update.last_at.filter(|at| at >= due), it.update.due) {
                (Some(at), _) => format!("One was posted {}.", date(at)),
                (None, Some(due)) => format!("It is due {} now.", date(due)),
                (None, None) => "It is not owed any more.".to_owned(),
            };
            Some(format!(":hourglass: ~The status update promised for {} is overdue.~ {now}", date(*due)))
        }
        _ => None,
    }
}

/// Is the update that was promised for this time still missing?
fn is_missing(it: &Incident, due: Timestamp) -> bool {
    it.update.missed && it.update.due == Some(due)
}

/// What an update promised when it was posted.
pub(super) fn promised(next: Option<Timestamp>) -> String {
    next.map_or_else(|| "No further update is promised.".to_owned(), |at| format!("Next update by {}.", date(at)))
}

fn entry(event: &Event, by: &str) -> String {
    match &event.what {
        What::EntryAdded { entry, text, said_at, author, source } => {
            entry_line(*entry, text, said_at.map(date), author.as_ref(), source.as_ref(), by)
        }
        What::EntryEdited { entry, text } => format!(":pencil2: {by} edited entry {entry}: {}", words(text)),
        What::EntrySourceDeleted { entry } => {
            format!("The message of entry {entry} was deleted in Slack; the entry stays.")
        }
        What::Redacted { entry, title, why, .. } => {
            let elsewhere = if *title {
                "\nSlack's own notices in this room (topic, name) still show the old title; whoever may delete messages \
                 here can remove them."
            } else {
                ""
            };
            format!(":black_large_square: {by} redacted entry {entry} — {}{elsewhere}", words(why))
        }
        What::LinkAdded { url } => format!(":link: {by} kept a link: {}", words(url)),
        _ => String::new(),
    }
}

fn lost(how: RoomLoss) -> &'static str {
    match how {
        RoomLoss::Archived => "was archived",
        RoomLoss::Deleted => "was deleted",
        RoomLoss::Removed => "lost the bot: someone removed it",
    }
}

pub(super) const fn time(which: TimeField) -> &'static str {
    match which {
        TimeField::Started => "started",
        TimeField::Detected => "was detected",
        TimeField::Ended => "ended",
    }
}

fn role(w: View<'_>, it: &Incident, event: &Event, by: &str) -> String {
    match &event.what {
        What::RoleTaken { role, holder, from, how, because: why, .. } => {
            let role = role_label(w, role);
            let after = from.as_ref().map(|from| format!(" (before: {})", person(from))).unwrap_or_default();
            let although = why.as_ref().map(|why| format!(" because {}", words(why))).unwrap_or_default();
            let after = format!("{after}{although}");
            match how {
                Taken::Claimed => format!(":raising_hand: {} is *{role}*{after}.", person(holder)),
                Taken::Assigned => format!(":bust_in_silhouette: {by} made {} *{role}*{after}.", person(holder)),
                Taken::Accepted => format!(":handshake: {} took over as *{role}*{after}.", person(holder)),
            }
        }
        What::RoleOffered { role, to, rung: Some(_), .. } => {
            format!("{} is asked to take *{}*.", person(to), role_label(w, role))
        }
        What::RoleOffered { role, to, from, .. } => {
            let until = from
                .as_ref()
                .map(|from| format!(" {} stays responsible until then.", person(from)))
                .unwrap_or_default();
            format!("{by} asked {} to take over as *{}*.{until}", person(to), role_label(w, role))
        }
        What::OfferDeclined { role, to, ladder: true, .. } => {
            format!(":no_entry: {} cannot take *{}*.", person(to), role_label(w, role))
        }
        What::OfferDeclined { role, to, .. } => {
            format!("The hand-over of *{}* to {} did not happen.", role_label(w, role), person(to))
        }
        What::RoleDropped { role, from } => {
            let left =
                it.roles.get(role).into_iter().flat_map(crate::incident::RoleState::holders).map(|h| person(&h.person));
            let left: Vec<String> = left.collect();
            let now = match it.answers_for(role) {
                Some(_) if !left.is_empty() => format!("Still held by {}.", left.join(", ")),
                Some(lead) => format!("{} holds it until someone accepts.", person(lead)),
                None => "Nobody holds it now.".to_owned(),
            };
            format!("{by} took *{}* from {}. {now}", role_label(w, role), person(from))
        }
        What::RoleConfirmed { role, holder, by_acting: true } => {
            format!("{} acts as *{}*, which confirms it.", person(holder), role_label(w, role))
        }
        What::RoleConfirmed { role, holder, by_acting: false } => {
            format!("{} confirmed: *{}*.", person(holder), role_label(w, role))
        }
        _ => String::new(),
    }
}

/// A policy's name may be a mention, which stays one.
pub(super) fn escape_name(name: &str) -> String {
    if name.starts_with('<') { quiet(name) } else { escape(name) }
}

fn entry_line(
    kind: EntryKind,
    text: &Text,
    said: Option<String>,
    author: Option<&UserId>,
    source: Option<&MessageRef>,
    by: &str,
) -> String {
    let (icon, verb) = match kind {
        EntryKind::Note => (":memo:", "noted"),
        EntryKind::Change => (":hammer_and_wrench:", "changed"),
        EntryKind::Decision => (":scales:", "decided"),
        EntryKind::Fix => (":wrench:", "fixed"),
        EntryKind::Message => (":pushpin:", "put a message on the timeline"),
    };
    match (author, said) {
        (Some(author), said) => {
            let said = said.map(|at| format!(", {at}")).unwrap_or_default();
            let quoted = text.words().map_or_else(|| "_[redacted]_".to_owned(), quiet);
            let place = source.map(|s| format!(" in <#{}>", s.channel)).unwrap_or_default();
            format!("{icon} {by} {verb}: {}{said}{place}:\n>{}", person(author), quoted.replace('\n', "\n>"))
        }
        (None, Some(said)) => format!("{icon} {by} {verb} ({said}): {}", words(text)),
        (None, None) => format!("{icon} {by} {verb}: {}", words(text)),
    }
}

/// What replaces words that were redacted.
pub fn retracted(it: &Incident, seq: u64) -> Message {
    if it.access.moved.is_some() {
        return Message::plain(format!(":lock: _Entry {seq} of {} is not shown any more._", it.id));
    }
    Message::plain(format!(":black_large_square: _Entry {seq} of {} was redacted._", it.id))
}

/// A status update outside the room.
pub fn update_broadcast(w: View<'_>, it: &Incident, seq: u64, event: &Event) -> Message {
    let What::UpdatePosted { text, .. } = &event.what else { return retracted(it, seq) };
    let (Some(_), Some(said)) = (text.words(), reads_now(w, it, seq, event)) else { return retracted(it, seq) };
    let room = it.open_room().map(|r| format!(" · <#{}>", r.channel)).unwrap_or_default();
    let head = format!("*{} {}* · {}{room}", it.id, escape(it.called()), severity_label(w, it.severity));
    let text = format!("{head}\n{said}");
    let blocks = paragraphs(&text);
    Message::new(text, blocks)
}

/// What the last update promises, as it stands.
fn standing(it: &Incident) -> String {
    match &it.ending {
        _ if it.update.due.is_some() => promised(it.update.due),
        Some(Ending::Cancelled { .. }) => format!("{} was no incident; no further update comes.", it.id),
        Some(Ending::Merged { into, .. }) => {
            format!("It goes on as {}; no further update comes here.", access::other(it, *into))
        }
        Some(Ending::Closed { .. }) => format!("{} is over; no further update comes.", it.id),
        None if it.stage == Stage::Resolved => format!("{} is resolved; no further update is promised.", it.id),
        None => promised(None),
    }
}
