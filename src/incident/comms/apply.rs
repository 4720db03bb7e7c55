//! Folds a fact into the state.

use jiff::Timestamp;

use super::{
    Amended, Amendment, Delivered, Delivery, Draft, Fact, Promise, Published, Send, State, Thread, Way, text::mark,
};
use crate::{
    incident::{Event, Incident, Text, What},
    playbook::{Audience, OutletId, Stage, TemplateId},
};

/// Sends kept in the state; older ones are in the events alone.
const SENDS: usize = 4;
/// Approvers kept of one draft.
const PEOPLE: usize = 8;

/// The state after `event`, of whatever area it is. Runs after everything else was folded in.
pub(in crate::incident) fn apply(it: &mut Incident, event: &Event) {
    match &event.what {
        What::Comms(fact) => folded(it, event, fact),
        What::UpdatePosted { text, .. } => {
            it.comms.internal = text.words().map(|words| (it.version, mark([words])));
        }
        // What was never promised outside ends with the trouble; what was promised is owed until it is told.
        What::PhaseChanged { stage: Stage::Resolved, .. } => {
            if it.comms.external.count == 0 {
                owe(&mut it.comms.external, None, event.at);
            }
            owe(&mut it.comms.executive, None, event.at);
        }
        _ => {}
    }
    if it.ending.is_some() {
        ended(&mut it.comms, event.at);
    }
}

/// Nothing is owed by what is over.
fn ended(state: &mut State, at: Timestamp) {
    owe(&mut state.external, None, at);
    owe(&mut state.executive, None, at);
    // What was wrong can be corrected afterwards too.
    state.drafts.retain(|draft| draft.corrects.is_some());
}

fn owe(promise: &mut Promise, due: Option<Timestamp>, since: Timestamp) {
    if promise.due == due && !promise.missed {
        return;
    }
    promise.due = due;
    promise.since = Some(since);
    promise.version += 1;
    promise.reminded = false;
    promise.missed = false;
    promise.escalated = false;
}

fn folded(it: &mut Incident, event: &Event, fact: &Fact) {
    let seq = it.version;
    match fact {
        Fact::Owed { to, due } => with(it, *to, |p| owe(p, *due, event.at)),
        Fact::Reminded { to, .. } => with(it, *to, |p| p.reminded = true),
        Fact::Missed { to, .. } => with(it, *to, |p| p.missed = true),
        Fact::Escalated { to: Audience::Internal, .. } => {
            it.comms.internal_escalated = it.update.version;
            it.comms.internal_misses += 1;
        }
        Fact::Escalated { to, .. } => with(it, *to, |p| {
            p.escalated = true;
            p.misses += 1;
        }),
        Fact::Snoozed { to: Audience::Internal, until, .. } => super::super::apply::owe(it, Some(*until), event.at),
        Fact::Snoozed { to, until, .. } => with(it, *to, |p| owe(p, Some(*until), event.at)),
        Fact::OutletsDue { outlets } => it.comms.outlets_said.extend(outlets.iter().cloned()),
        Fact::Drafted { .. } | Fact::Approved { .. } | Fact::Dropped { .. } => drafts(&mut it.comms, event, fact, seq),
        Fact::Sent { .. } => sent(&mut it.comms, event, fact, seq),
        Fact::Corrected { .. } => corrected(&mut it.comms, event, fact, seq),
        Fact::CorrectionStands { .. } | Fact::CorrectionFailed { .. } => amended(&mut it.comms, event, fact),
        Fact::Posted { .. }
        | Fact::Published { .. }
        | Fact::PostFailed { .. }
        | Fact::Retried { .. }
        | Fact::PostedByHand { .. } => {
            delivered(&mut it.comms, event, fact, seq);
        }
    }
}

fn with(it: &mut Incident, to: Audience, change: impl FnOnce(&mut Promise)) {
    if let Some(promise) = it.comms.promise_mut(to) {
        change(promise);
    }
}

fn drafts(state: &mut State, event: &Event, fact: &Fact, seq: u64) {
    match fact {
        Fact::Drafted {
            draft,
            version,
            to,
            template,
            phase,
            fields,
            outlets,
            next_by,
            impact,
            quiet,
            corrects,
            ..
        } => {
            let is_same = |d: &Draft| d.to == *to && d.corrects == *corrects;
            let before = state.drafts.iter().position(is_same).map(|at| state.drafts.remove(at));
            let mut authors = before.filter(|d| d.number == *draft).map(|d| d.authors).unwrap_or_default();
            authors.retain(|a| Some(a) != event.by.person());
            // Nobody is left out, however many there are: who wrote on it never approves it. `decide` takes no more than a few.
            authors.extend(event.by.person().cloned());
            state.draft_count = state.draft_count.max(*draft);
            state.drafts.push(Draft {
                number: *draft,
                version: *version,
                seq,
                to: *to,
                authors,
                since: event.at,
                template: template.clone(),
                phase: phase.clone(),
                fields: fields.clone(),
                outlets: outlets.clone(),
                next_by: *next_by,
                approved_by: Vec::new(),
                approved: String::new(),
                impact: impact.clone(),
                quiet: *quiet,
                corrects: *corrects,
            });
        }
        Fact::Approved { draft, version, text } => {
            let found = state.drafts.iter_mut().find(|d| d.number == *draft && d.version == *version);
            let (Some(draft), Some(person)) = (found, event.by.person()) else { return };
            // What the record fills in reads otherwise by now: others approved another text.
            if draft.approved != *text {
                draft.approved_by.clear();
                draft.approved.clone_from(text);
            }
            if draft.approved_by.len() < PEOPLE {
                draft.approved_by.push(person.clone());
            }
        }
        Fact::Dropped { draft } => state.drafts.retain(|d| d.number != *draft),
        _ => {}
    }
}

fn sent(state: &mut State, event: &Event, fact: &Fact, seq: u64) {
    let Fact::Sent { send, draft, to, same, phase, outlets, next_by, released, impact, status, .. } = fact else {
        return;
    };
    let written = state.drafts.iter().position(|d| d.number == *draft).map(|at| state.drafts.remove(at));
    if let Some(promise) = state.promise_mut(*to) {
        promise.count += 1;
        promise.last_at = Some(event.at);
        promise.last = Some((seq, same.clone()));
        owe(promise, *next_by, event.at);
    }
    state.send_count = state.send_count.max(*send);
    if state.sends.len() == SENDS {
        let gone = state.sends.remove(0);
        state.remember_open(&gone);
        state.drafts.retain(|draft| draft.corrects != Some(gone.number));
    }
    state.sends.push(Send {
        number: *send,
        seq,
        draft: *draft,
        to: *to,
        by: event.by.person().cloned(),
        at: event.at,
        released: *released,
        deliveries: outlets.iter().map(|to| Delivery::new(to.clone(), seq)).collect(),
        impact: impact.clone(),
        status: *status,
        template: written.as_ref().map_or_else(|| TemplateId::from(""), |draft| draft.template.clone()),
        phase: phase.clone(),
        next_by: *next_by,
        filled: written.map_or(0, |draft| draft.seq),
        filled_by: None,
        same: same.clone(),
        corrections: Vec::new(),
        corrected: None,
        withdrawn: false,
    });
}

fn corrected(state: &mut State, event: &Event, fact: &Fact, seq: u64) {
    let Fact::Corrected { send, correction, draft, to, same, outlets, .. } = fact else { return };
    let written = state.drafts.iter().position(|d| d.number == *draft).map(|at| state.drafts.remove(at));
    let is_latest = state.sends.iter().rev().find(|s| s.to == *to).is_some_and(|s| s.number == *send);
    if let Some(promise) = state.promise_mut(*to).filter(|_| is_latest) {
        // It was said in other words; what is owed stays.
        promise.last = Some((seq, same.clone()));
    }
    let Some(it) = state.sends.iter_mut().find(|s| s.number == *send) else { return };
    it.corrections.push(seq);
    it.filled_by = Some(*draft);
    it.corrected = Some((event.by.person().cloned(), event.at));
    it.same.clone_from(same);
    it.filled = written.map_or(it.filled, |draft| draft.seq);
    for delivery in it.deliveries.iter_mut().filter(|d| outlets.iter().any(|to| to.outlet == d.to.outlet)) {
        (delivery.meant, delivery.words) = (*correction, seq);
        delivery.amended = match &delivery.state {
            Delivered::Posted { .. } | Delivered::Published { .. } => Some(Amended::OnItsWay),
            Delivered::Done { .. } => Some(Amended::ByHand),
            // It gets there with these words.
            Delivered::OnItsWay | Delivered::Trying { .. } | Delivered::Failed { .. } | Delivered::ByHand => None,
        };
    }
}

/// What became of a correction where the text was.
fn amended(state: &mut State, event: &Event, fact: &Fact) {
    let (send, outlet, correction) = match fact {
        Fact::CorrectionStands { send, outlet, correction, .. }
        | Fact::CorrectionFailed { send, outlet, correction, .. } => (*send, outlet, *correction),
        _ => return,
    };
    if let Fact::CorrectionStands { how: Amendment::Published { at, edited }, .. } = fact {
        moved(state, send, outlet, at, *edited);
    }
    let Some(delivery) = delivery(state, send, outlet).filter(|d| d.meant == correction) else { return };
    delivery.amended = Some(match fact {
        Fact::CorrectionFailed { why, trying: true, .. } => Amended::Trying { why: why.clone() },
        Fact::CorrectionFailed { why, .. } => Amended::Failed { why: why.clone() },
        Fact::CorrectionStands { how, .. } => {
            delivery.stands = correction;
            Amended::Done { at: event.at, behind: !how.is_edit(), by: None }
        }
        _ => return,
    });
}

/// Where a connector says the corrected text now.
fn moved(state: &mut State, send: u32, outlet: &OutletId, at: &Published, edited: bool) {
    let Some(Delivered::Published { at: was }) = delivery(state, send, outlet).map(|d| d.state.clone()) else { return };
    // What comes next follows what stands there last.
    if let Some(thread) = state.threads.get_mut(outlet).filter(|thread| !edited || thread.last == was) {
        thread.last = at.clone();
    }
    if let Some(delivery) = delivery(state, send, outlet).filter(|_| edited) {
        delivery.state = Delivered::Published { at: at.clone() };
    }
}

fn delivered(state: &mut State, event: &Event, fact: &Fact, seq: u64) {
    if let Fact::Published { send, outlet, at, .. } = fact {
        threaded(state, *send, outlet, at);
    }
    let (send, outlet) = match fact {
        Fact::Posted { send, outlet, .. }
        | Fact::Published { send, outlet, .. }
        | Fact::PostFailed { send, outlet, .. }
        | Fact::Retried { send, outlet, .. }
        | Fact::PostedByHand { send, outlet, .. } => (*send, outlet),
        _ => return,
    };
    let Some(delivery) = delivery(state, send, outlet) else { return };
    if delivery.state.is_there() {
        of_correction(delivery, event, fact);
        return;
    }
    if let Fact::Posted { correction, .. } | Fact::Published { correction, .. } = fact {
        delivery.stands = *correction;
        // It was on its way before these words were.
        delivery.amended = (delivery.stands < delivery.meant).then_some(Amended::OnItsWay);
    }
    delivery.state = match fact {
        Fact::Posted { at, link, .. } => Delivered::Posted { at: at.clone(), link: link.clone() },
        Fact::Published { at, .. } => Delivered::Published { at: at.clone() },
        Fact::PostFailed { why, trying: true, .. } => Delivered::Trying { why: why.clone() },
        Fact::PostFailed { why, .. } => Delivered::Failed { why: why.clone() },
        Fact::PostedByHand { at, link, .. } => {
            delivery.stands = delivery.meant;
            Delivered::Done { by: event.by.person().cloned(), at: *at, seq, link: link.clone() }
        }
        Fact::Retried { way, .. } => {
            let retries = delivery.retries + 1;
            delivery.to.way = way.clone();
            let (meant, words) = (delivery.meant, delivery.words);
            *delivery = Delivery { retries, meant, ..Delivery::new(delivery.to.clone(), words) };
            return;
        }
        _ => return,
    };
}

/// A person has a correction tried once more, or made it.
fn of_correction(delivery: &mut Delivery, event: &Event, fact: &Fact) {
    match fact {
        Fact::Retried { .. } => {
            delivery.retries += 1;
            delivery.amended = Some(Amended::OnItsWay);
        }
        Fact::PostedByHand { at, .. } => {
            delivery.stands = delivery.meant;
            delivery.amended = Some(Amended::Done { at: *at, behind: false, by: event.by.person().cloned() });
        }
        _ => {}
    }
}

/// What stands in a connector's place now.
fn threaded(state: &mut State, number: u32, outlet: &OutletId, at: &Published) {
    let Some(sent) = state.send(number) else { return };
    let Some(Way::Connector(connector)) = sent.delivery(outlet).map(|d| d.to.way.clone()) else { return };
    let (status, impact) = (sent.status, sent.impact.clone());
    state.threads.insert(outlet.clone(), Thread { connector, last: at.clone(), send: number, status, impact });
}

fn delivery<'a>(state: &'a mut State, send: u32, outlet: &OutletId) -> Option<&'a mut Delivery> {
    let send = state.sends.iter_mut().find(|s| s.number == send)?;
    send.deliveries.iter_mut().find(|d| d.to.outlet == *outlet)
}

/// Redaction reaches the words that came to stand here.
pub(in crate::incident) fn redacted(state: &mut State, entry: u64) {
    state.drafts.retain(|d| d.seq != entry);
    for last in [&mut state.internal, &mut state.external.last, &mut state.executive.last] {
        if last.as_ref().is_some_and(|(seq, _)| *seq == entry) {
            *last = None;
        }
    }
    for send in &mut state.sends {
        send.withdrawn |= send.seq == entry || send.corrections.contains(&entry);
    }
    for delivery in state.sends.iter_mut().flat_map(|s| &mut s.deliveries) {
        if let Delivered::Done { seq, link: Some(link), .. } = &mut delivery.state
            && *seq == entry
        {
            *link = Text::erased();
        }
    }
}
