//! Folds an event into the state. Total: a stored event is true, and replay never fails.

mod pages;
mod roles;

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{
    Ending, Event, Incident, Previous, Redactions, RoleState, Room, RoomLoss, RoomState, Text, UpdateState, What,
    Words, access, case, comms, course, duty, intake,
};
use crate::{
    ids::{ChannelId, IncidentId, UserId},
    playbook::{PhaseId, Stage, Visibility},
};

/// Links kept in the state, older ones are in the events alone.
const LINKS_KEPT: usize = 20;
/// The bytes of all links kept; the latest one stays, however long.
const LINK_BYTES: usize = 2048;
/// Merged incidents kept in the state.
const MERGED_KEPT: usize = 50;

/// The state after `event`. Only `Declared` makes something of nothing; anything else before it changes nothing.
#[must_use]
pub fn apply(incident: Option<Incident>, event: &Event) -> Option<Incident> {
    let mut it = match (incident, &event.what) {
        (None, What::Declared { .. }) => {
            let mut it = declared(event)?;
            intake::noticed(&mut it, event);
            return Some(it);
        }
        (None, _) => return None,
        (Some(it), _) => it,
    };
    it.version += 1;
    if let What::Carried { at, by, record, .. } = &event.what {
        // It has the time and the name of its first record; that something moves is news of now.
        let mut first = Event { v: event.v, at: *at, by: by.clone(), what: record.as_ref().clone() };
        course::apply(&mut it.course, it.version, &first);
        duty::apply(&mut it, &first);
        first.at = event.at;
        change(&mut it, &first);
        intake::noticed(&mut it, &first);
        return Some(it);
    }
    change(&mut it, event);
    pages::sign_of_life(&mut it, event);
    intake::noticed(&mut it, event);
    course::apply(&mut it.course, it.version, event);
    comms::apply(&mut it, event);
    duty::apply(&mut it, event);
    case::apply(&mut it, event);
    Some(it)
}

fn declared(event: &Event) -> Option<Incident> {
    let What::Declared {
        id,
        title,
        severity,
        incident_kind,
        phase,
        lead,
        lead_role,
        started_at,
        source,
        declared_in,
        update_due,
        criteria,
        playbook,
        opening,
        visibility,
        codename,
        continues,
        ..
    } = &event.what
    else {
        return None;
    };
    let mut course = course::State::default();
    course::apply(&mut course, 1, event);
    let lead_state = RoleState { holder: Some(lead.clone()), since: 1, ..RoleState::default() };
    let inside: BTreeSet<UserId> = match visibility {
        Visibility::Workspace => BTreeSet::new(),
        Visibility::NeedToKnow => event.by.person().into_iter().chain([lead]).cloned().collect(),
    };
    Some(Incident {
        id: *id,
        version: 1,
        title: Words { seq: 1, text: title.clone() },
        severity: *severity,
        kind: incident_kind.clone(),
        playbook: playbook.clone(),
        phase: phase.clone(),
        stage: Stage::Active,
        ending: None,
        declared_by: event.by.person().unwrap_or(lead).clone(),
        declared_at: event.at,
        started_at: *started_at,
        detected_at: opening.detected_at,
        ended_at: None,
        resolved_at: None,
        declared_in: declared_in.clone(),
        source: source.clone(),
        lead_role: lead_role.clone(),
        room: None,
        roles: std::iter::once((lead_role.clone(), lead_state)).collect(),
        offers: 0,
        page_count: 0,
        pages_over: 0,
        pages: Vec::new(),
        update: UpdateState { due: *update_due, since: Some(event.at), version: 1, ..UpdateState::default() },
        links: Vec::new(),
        entries: 0,
        previous: Previous::default(),
        merged: Vec::new(),
        redacted: Redactions::default(),
        intake: intake::opened(opening, criteria),
        course,
        visibility: *visibility,
        access: access::State { codename: codename.clone(), inside, continues: *continues, ..access::State::default() },
        comms: comms::State::default(),
        duty: duty::State::default(),
        case: case::State::default(),
    })
}

fn change(it: &mut Incident, event: &Event) {
    match &event.what {
        What::RoomOpened { channel, name } | What::RoomBack { channel, name } => it.room = Some(opened(channel, name)),
        What::RoomLost { how, at } => lose_room(it, *how, at.unwrap_or(event.at)),
        What::Renamed { to } => {
            let new = Words { seq: it.version, text: to.clone() };
            it.previous.title = Some(std::mem::replace(&mut it.title, new));
        }
        What::SeverityChanged { from, to, update_due, .. } => {
            it.previous.severity = Some(*from);
            it.severity = *to;
            owe(it, *update_due, event.at);
        }
        What::PhaseChanged { to, stage, update_due, .. } => go(it, to, *stage, *update_due, event.at),
        What::TimeCorrected { which, to, .. } => correct(it, *which, *to),
        What::RoleTaken { .. }
        | What::RoleOffered { .. }
        | What::OfferDeclined { .. }
        | What::RoleDropped { .. }
        | What::RoleConfirmed { .. } => roles::change(it, &event.what),
        What::PageStarted { .. }
        | What::PageStepReached { .. }
        | What::PageStepSkipped { .. }
        | What::PageRepeated { .. }
        | What::PageTargetsFound { .. }
        | What::PageWaysFound { .. }
        | What::PageAttempted { .. }
        | What::PageDeclined { .. }
        | What::PageAnswered { .. }
        | What::PageAcknowledged { .. }
        | What::PageAcknowledgedExternally { .. }
        | What::PageUpdatedExternally { .. }
        | What::PageChecked { .. }
        | What::PageKept { .. }
        | What::PageReturned { .. }
        | What::PageExhausted { .. }
        | What::PageLetGo { .. }
        | What::PageEnded { .. } => pages::change(it, event),
        What::UpdatePosted { next_by, .. } => posted(it, *next_by, event.at),
        What::UpdateReminded { .. } => it.update.reminded = true,
        What::UpdateMissed { .. } => it.update.missed = true,
        What::EntryAdded { .. } => it.entries += 1,
        What::Declared { .. }
        | What::EntryEdited { .. }
        | What::EntrySourceDeleted { .. }
        | What::DeliveryFailed { .. }
        | What::Carried { .. }
        | What::Course(_)
        | What::Comms(_)
        | What::Case(_)
        | What::Duty(_) => {}
        What::Redacted { entry, title, .. } => redacted(it, *entry, *title),
        What::Access(fact) => access(it, fact, event.at),
        What::LinkAdded { url } => linked(it, url),
        What::Closed {} => it.ending = Some(Ending::Closed { at: event.at }),
        What::Cancelled { .. } => it.ending = Some(Ending::Cancelled { at: event.at }),
        What::MergedInto { into } => it.ending = Some(Ending::Merged { at: event.at, into: *into }),
        What::MergedFrom { from } => merged(it, *from),
        What::Intake(fact) => intake::apply(it, fact, event.at),
        What::Reopened { phase, stage, update_due, .. } => {
            it.ending = None;
            go(it, phase, *stage, *update_due, event.at);
        }
    }
    if it.ending.is_some() {
        owe(it, None, event.at);
    }
}

fn lose_room(it: &mut Incident, how: RoomLoss, at: Timestamp) {
    if let Some(room) = &mut it.room {
        (room.state, room.lost_at) = (RoomState::Lost(how), Some(at));
    }
}

fn go(it: &mut Incident, phase: &PhaseId, stage: Stage, update_due: Option<Timestamp>, at: Timestamp) {
    it.previous.phase = Some(std::mem::replace(&mut it.phase, phase.clone()));
    enter(it, stage, at);
    owe(it, update_due, at);
}

fn merged(it: &mut Incident, from: IncidentId) {
    if it.merged.len() == MERGED_KEPT {
        it.merged.remove(0);
    }
    it.merged.push(from);
}

fn opened(channel: &ChannelId, name: &str) -> Room {
    Room { channel: channel.clone(), name: name.to_owned(), state: RoomState::Open, lost_at: None }
}

fn access(it: &mut Incident, fact: &access::Fact, at: Timestamp) {
    access::apply(it, fact, at);
    if let access::Fact::KindChanged { phase, stage, update_due, .. } = fact {
        it.previous.phase = None;
        it.phase = phase.clone();
        enter(it, *stage, at);
        owe(it, *update_due, at);
    }
}

fn posted(it: &mut Incident, next_by: Option<Timestamp>, at: Timestamp) {
    it.update.last = Some(it.version);
    it.update.last_at = Some(at);
    it.update.count += 1;
    owe(it, next_by, at);
}

fn linked(it: &mut Incident, url: &Text) {
    it.links.push(Words { seq: it.version, text: url.clone() });
    let bytes = |links: &[Words]| links.iter().map(|l| l.text.or_tombstone().len()).sum::<usize>();
    while it.links.len() > 1 && (it.links.len() > LINKS_KEPT || bytes(&it.links) > LINK_BYTES) {
        it.links.remove(0);
    }
}

/// The phase's meaning changes what is known about the times.
fn enter(it: &mut Incident, stage: Stage, at: Timestamp) {
    match stage {
        Stage::Active => {
            it.ended_at = None;
            it.resolved_at = None;
        }
        Stage::Monitoring => {
            it.ended_at.get_or_insert(at);
            it.resolved_at = None;
        }
        Stage::Resolved => {
            it.ended_at.get_or_insert(at);
            it.resolved_at = Some(at);
        }
    }
    it.stage = stage;
}

pub(in crate::incident) fn owe(it: &mut Incident, due: Option<Timestamp>, since: Timestamp) {
    let update = &mut it.update;
    // What was owed is owed still: whoever heard that it is late need not hear it again.
    if update.due == due {
        return;
    }
    update.due = due;
    update.since = Some(since);
    update.version += 1;
    update.reminded = false;
    update.missed = false;
}

fn correct(it: &mut Incident, which: super::TimeField, to: Timestamp) {
    match which {
        super::TimeField::Started => {
            it.previous.started_at = Some(std::mem::replace(&mut it.started_at, to)).filter(|was| *was != to);
        }
        super::TimeField::Detected => it.detected_at = Some(to),
        super::TimeField::Ended => it.ended_at = Some(to),
    }
}

/// Redaction reaches the words that came to stand in the state.
fn redacted(it: &mut Incident, entry: u64, title: bool) {
    it.redacted = Redactions { words: true, title: it.redacted.title || title };
    let words = std::iter::once(&mut it.title).chain(it.previous.title.as_mut()).chain(it.links.iter_mut());
    let words = words.chain(it.intake.conditions.iter_mut());
    let words = words.filter(|w| w.seq == entry).chain(it.course.words_of(entry));
    for words in words {
        words.text = Text::erased();
    }
    comms::redacted(&mut it.comms, entry);
    case::redacted(&mut it.case, entry);
}
