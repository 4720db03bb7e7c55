//! What must be done about it.

use jiff::Timestamp;

use super::{Alarm, Deed, Fact, Promise, Sending, State, cadence, correct};
use crate::{
    ids::UserId,
    incident::{Context, Effect, Effects, Event, Incident, Reminder, Timer, What, duty::Several, intake},
    paging::Target,
    playbook::{Audience, OutletId, Stage},
};

/// Everything but lines in the room and timers, which all areas share.
pub(in crate::incident) fn effects(
    out: &mut Effects,
    before: Option<&Incident>,
    it: &Incident,
    event: &Event,
    seq: u64,
) {
    match &event.what {
        What::Comms(fact) => of_fact(out, it, fact, seq),
        // Words that stand in messages of ours are shown anew without them.
        What::Redacted { entry, .. } => {
            let drafts = before.iter().flat_map(|b| &b.comms.drafts).filter(|d| d.seq == *entry);
            out.now.extend(drafts.map(|d| show(d.number)));
            let touched = it.comms.sends.iter().filter(|s| {
                let by_hand =
                    |d: &super::Delivery| matches!(&d.state, super::Delivered::Done { seq, .. } if seq == entry);
                s.seq == *entry || s.corrections.contains(entry) || s.deliveries.iter().any(by_hand)
            });
            out.now.extend(touched.map(|s| receipt(s.number)));
        }
        // A draft is for one phase, and nothing is sent of what is over: its message says so.
        // So it does when what the record fills in reads otherwise: whoever approves reads what will be sent.
        What::PhaseChanged { .. }
        | What::Closed {}
        | What::Cancelled { .. }
        | What::MergedInto { .. }
        | What::SeverityChanged { .. }
        | What::TimeCorrected { .. }
        | What::Intake(intake::Fact::ServiceChanged { .. }) => {
            out.now.extend(before.iter().flat_map(|b| &b.comms.drafts).map(|d| show(d.number)));
        }
        _ => {}
    }
}

const fn show(draft: u32) -> Effect {
    Effect::Comms(Deed::ShowDraft { draft })
}

const fn receipt(send: u32) -> Effect {
    Effect::Comms(Deed::Receipt { send })
}

fn amend(send: u32, outlet: &OutletId, correction: u32, retry: u32) -> Effect {
    Effect::Comms(Deed::Correct { send, outlet: outlet.clone(), correction, retry })
}

/// Whoever answers first: customers ask as soon as they read.
fn to_support<'a>(people: impl Iterator<Item = &'a UserId>, groups: &[Several], seq: u64) -> Vec<Effect> {
    let people = people.cloned().map(Target::Person);
    let all = people.chain(groups.iter().cloned().map(Target::from));
    all.map(|to| Effect::Tell { to, seq }).collect()
}

fn of_fact(out: &mut Effects, it: &Incident, fact: &Fact, seq: u64) {
    match fact {
        Fact::Reminded { to, owner, .. } => {
            let version = it.comms.promise(*to).map_or(0, |p| p.version);
            out.now.push(Effect::remind(it.id, owner, Reminder::Letter { to: *to, version }));
        }
        Fact::Escalated { to, people, groups, .. } => {
            let version = it.comms.promise(*to).map_or(it.update.version, |p| p.version);
            let missing = |person: &UserId| Effect::remind(it.id, person, Reminder::Missing { to: *to, version });
            out.now.extend(people.iter().map(missing));
            // Who is in a group, or on call, is looked up when they are told.
            out.now.extend(groups.iter().cloned().map(|group| Effect::Tell { to: group.into(), seq }));
        }
        Fact::Drafted { draft, .. } | Fact::Approved { draft, .. } | Fact::Dropped { draft } => {
            out.now.push(show(*draft));
        }
        Fact::Corrected { send, draft, outlets, support, support_groups, correction, social, .. } => {
            out.now.extend(to_support(support.iter().chain(social), support_groups, seq));
            let here = |to: &Sending| it.comms.send(*send)?.delivery(&to.outlet).filter(|d| correct::is_ours(d));
            let there = outlets.iter().filter(|to| here(to).is_some());
            out.now.extend(there.map(|to| amend(*send, &to.outlet, *correction, 0)));
            out.now.extend([show(*draft), receipt(*send)]);
        }
        Fact::Sent { send, draft, outlets, support, support_groups, social, .. } => {
            out.now.extend(to_support(support.iter().chain(social), support_groups, seq));
            let posts = outlets.iter().filter(|to| to.way.is_ours());
            out.now.extend(
                posts.map(|to| Effect::Comms(Deed::Post { send: *send, outlet: to.outlet.clone(), seq, retry: 0 })),
            );
            out.now.extend([show(*draft), receipt(*send)]);
        }
        Fact::Retried { send, outlet, way } => {
            if let (Some(sent), true) = (it.comms.send(*send), way.is_ours())
                && let Some(delivery) = sent.delivery(outlet)
            {
                let (outlet, retry) = (outlet.clone(), delivery.retries);
                out.now.push(if delivery.state.is_there() {
                    amend(*send, &outlet, delivery.meant, retry)
                } else {
                    Effect::Comms(Deed::Post { send: *send, outlet, seq: sent.seq, retry })
                });
            }
            out.now.push(receipt(*send));
        }
        Fact::Posted { send, outlet, .. } | Fact::Published { send, outlet, .. } => {
            // It was corrected while it was on its way.
            let delivery = it.comms.send(*send).and_then(|sent| sent.delivery(outlet));
            let late = delivery.filter(|d| d.stands < d.meant);
            out.now.extend(late.map(|d| amend(*send, outlet, d.meant, d.retries)));
            out.now.push(receipt(*send));
        }
        Fact::PostFailed { send, .. }
        | Fact::CorrectionStands { send, .. }
        | Fact::CorrectionFailed { send, .. }
        | Fact::PostedByHand { send, .. } => {
            out.now.push(receipt(*send));
        }
        Fact::Owed { .. } | Fact::Missed { .. } | Fact::Snoozed { .. } | Fact::OutletsDue { .. } => {}
    }
}

/// Does the room hear of it as a line of its own?
pub(in crate::incident) const fn is_said(fact: &Fact) -> bool {
    match fact {
        Fact::Missed { .. }
        | Fact::Snoozed { .. }
        | Fact::OutletsDue { .. }
        | Fact::PostFailed { .. }
        | Fact::Corrected { .. }
        | Fact::CorrectionFailed { .. } => true,
        // The backup whom only people can reach.
        Fact::Escalated { by_hand, .. } => by_hand.is_some(),
        // Drafts and sends have messages of their own, which are kept up to date; lead and backup hear of what is very late by
        // direct message.
        Fact::Owed { .. }
        | Fact::Reminded { .. }
        | Fact::Drafted { .. }
        | Fact::Approved { .. }
        | Fact::Dropped { .. }
        | Fact::Sent { .. }
        | Fact::Posted { .. }
        | Fact::Published { .. }
        | Fact::CorrectionStands { .. }
        | Fact::Retried { .. }
        | Fact::PostedByHand { .. } => false,
    }
}

/// Does the card say something else?
pub(in crate::incident) const fn changes_card(fact: &Fact) -> bool {
    match fact {
        Fact::Owed { .. }
        | Fact::Missed { .. }
        | Fact::Snoozed { .. }
        | Fact::Sent { .. }
        | Fact::Posted { .. }
        | Fact::Published { .. }
        | Fact::PostFailed { .. }
        | Fact::Corrected { .. }
        | Fact::CorrectionStands { .. }
        | Fact::CorrectionFailed { .. }
        | Fact::Retried { .. }
        | Fact::PostedByHand { .. } => true,
        Fact::Reminded { .. }
        | Fact::Escalated { .. }
        | Fact::OutletsDue { .. }
        | Fact::Drafted { .. }
        | Fact::Approved { .. }
        | Fact::Dropped { .. } => false,
    }
}

/// Timers are set whenever what they watch has a new version.
pub(in crate::incident) fn timers(
    out: &mut Effects,
    cx: &Context<'_>,
    before: Option<&Incident>,
    it: &Incident,
    event: &Event,
) {
    let cadence = &cx.playbook.cadence;
    for to in [Audience::External, Audience::Executive] {
        let known = |state: &State| state.promise(to).cloned();
        let Some(promise) = known(&it.comms) else { continue };
        if !cadence::is_new(before.and_then(|b| known(&b.comms)).as_ref(), &promise) {
            continue;
        }
        let (Some(due), Promise { since, version, .. }) = (promise.due, promise) else { continue };
        let since = since.unwrap_or(due);
        if let Some(at) = crate::incident::remind_at(since, due, cadence.remind_at_percent) {
            out.later.push((at, Timer::Remind { of: Reminder::Letter { to, version } }));
        }
        out.later.push((due, Timer::Comms(Alarm::Miss { to, version })));
        escalation(out, to, (since, due), version, cadence.escalate_at_percent);
    }
    let update = &it.update;
    if let (Some(due), Some(since), Stage::Active | Stage::Monitoring) = (update.due, update.since, it.stage)
        && before.is_none_or(|b| b.update.version != update.version)
    {
        escalation(out, Audience::Internal, (since, due), update.version, cadence.escalate_at_percent);
    }
    let lasts = cadence::lengths(it, cx.playbook, event);
    out.later.extend(lasts.into_iter().map(|(at, minutes)| (at, Timer::Comms(Alarm::Lasted { minutes }))));
}

fn escalation(out: &mut Effects, to: Audience, (since, due): (Timestamp, Timestamp), version: u32, percent: u32) {
    let at = cadence::escalate_at(since, due, percent);
    out.later.extend(at.map(|at| (at, Timer::Comms(Alarm::Escalate { to, version }))));
}
