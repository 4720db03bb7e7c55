//! The life of pages.

use crate::{
    incident::{Event, Heard, Incident, What},
    paging::{
        Check, Onward, Page, PageState, Target, WAITING,
        reach::{Beside, Stage},
        there::{Done, There},
    },
};

pub(super) fn change(it: &mut Incident, event: &Event) {
    if let What::PageStarted { page, policy } = &event.what {
        it.page_count = it.page_count.max(page.0);
        it.pages.push(Page {
            id: *page,
            policy: policy.clone(),
            asked_by: event.by.person().cloned(),
            started_at: event.at,
            version: 0,
            round: 0,
            step: 0,
            step_at: event.at,
            tick_at: None,
            times: 0,
            state: PageState::Waiting,
            pending: Vec::new(),
            reached: 0,
            attempts: Vec::new(),
            beside: Vec::new(),
            declined: Vec::new(),
            answered: Vec::new(),
            there: Vec::new(),
        });
        if it.pages.len() > WAITING
            && let Some(over) = least_wanted(it)
        {
            it.pages.remove(over);
        }
        return;
    }
    if let What::PageLetGo { page, .. } = &event.what {
        it.pages.retain(|p| p.id != *page);
        return;
    }
    if let What::PageEnded { page, .. } = &event.what {
        it.pages_over = it.pages_over.max(page.0);
    }
    let id = match &event.what {
        What::PageStepReached { page, .. }
        | What::PageRepeated { page, .. }
        | What::PageTargetsFound { page, .. }
        | What::PageWaysFound { page, .. }
        | What::PageAttempted { page, .. }
        | What::PageDeclined { page, .. }
        | What::PageAnswered { page, .. }
        | What::PageAcknowledged { page, .. }
        | What::PageTakenThere { page, .. }
        | What::PageHeardOf { page, .. }
        | What::PageChecked { page, .. }
        | What::PageKept { page, .. }
        | What::PageReturned { page, .. }
        | What::PageExhausted { page }
        | What::PageEnded { page, .. } => *page,
        _ => return,
    };
    if let Some(page) = it.pages.iter_mut().find(|p| p.id == id) {
        change_page(page, event);
    }
}

fn change_page(page: &mut Page, event: &Event) {
    match &event.what {
        What::PageStepReached { .. } => begin_step(page, event),
        What::PageRepeated { tick_at, .. } => {
            page.version += 1;
            page.times += 1;
            page.tick_at = Some(*tick_at);
        }
        What::PageTargetsFound { target, people, .. } => {
            page.pending.retain(|t| t != target);
            page.pending.extend(people.iter().cloned().map(Target::Person));
        }
        What::PageWaysFound { who, times, ways, .. } => {
            if page.beside(who).is_none() {
                page.beside.push(Beside::of(who.clone()));
            }
            if let Some(known) = page.beside.iter_mut().find(|b| b.who == *who) {
                known.times = *times;
                for plan in ways {
                    known.put(plan.way, Stage::Due);
                }
            }
        }
        What::PageAttempted { attempt, .. } => page.note(attempt),
        What::PageDeclined { by, .. } => page.decline(by),
        What::PageAnswered { by, .. } => page.answer(by),
        What::PageHeardOf { there, done, .. } => hear(page, there, *done),
        What::PageTakenThere { there, .. } => {
            hear(page, there, Done::Acknowledged);
            settle(page, PageState::Elsewhere { at: there.of.at, since: event.at });
        }
        What::PageAcknowledged { by, there, .. } => {
            if let Some(there) = there {
                hear(page, there, Done::Acknowledged);
            }
            let (by, at) = (by.clone(), event.at);
            settle(page, PageState::Acknowledged { by, at, sign: at, check: None });
        }
        What::PageChecked { until, .. } => {
            page.version += 1;
            let asked = Check { version: page.version, until: *until };
            if let PageState::Acknowledged { check, .. } = &mut page.state {
                *check = Some(asked);
            }
        }
        What::PageReturned { from, .. } => {
            settle(page, PageState::Waiting);
            page.answered.clear();
            page.there.iter_mut().for_each(anew);
            if event.by.person() == Some(from) {
                page.decline(from);
            }
        }
        What::PageExhausted { .. } => settle(page, PageState::Exhausted { at: event.at }),
        What::PageEnded { .. } => settle(page, PageState::Ended { at: event.at }),
        _ => {}
    }
}

/// A step asks whom it names.
fn begin_step(page: &mut Page, event: &Event) {
    let What::PageStepReached { round, step, targets, tick_at, why, .. } = &event.what else { return };
    go_there(page, targets, *why);
    page.version += 1;
    // A step that is asked again goes on counting: each message is one of its own.
    let again = page.times > 0 && (page.round, page.step) == (*round, *step);
    page.times = if again { page.times.saturating_add(1) } else { 1 };
    page.round = *round;
    page.step = *step;
    page.step_at = event.at;
    page.reached = 0;
    page.pending.clone_from(targets);
    page.attempts.clear();
    page.beside.clear();
    page.tick_at = Some(*tick_at);
}

/// The step asks these, some of them perhaps at other providers.
fn go_there(page: &mut Page, targets: &[Target], why: Onward) {
    let asked = page.asked_now();
    for there in &mut page.there {
        if why == Onward::Escalated && asked.contains(&Target::External(there.of.clone())) {
            there.level = there.level.saturating_add(1);
        }
    }
    for target in targets {
        let Target::External(of) = target else { continue };
        match page.there.iter_mut().find(|there| there.of == *of) {
            Some(known) => known.over = false,
            None => page.there.push(There::of(of.clone())),
        }
    }
}

/// What is acknowledged there asks nobody any more: it is over, and goes there by another number.
fn anew(there: &mut There) {
    *there = There { number: there.number.saturating_add(1), ..There::of(there.of.clone()) };
}

fn hear(page: &mut Page, heard: &Heard, done: Done) {
    if let Some(there) = page.there.iter_mut().find(|there| there.of == heard.of) {
        there.heard = there.heard.max(Some(heard.at));
        there.over |= done == Done::Resolved;
    }
}

fn settle(page: &mut Page, state: PageState) {
    page.version += 1;
    page.state = state;
    page.tick_at = None;
    page.pending.clear();
    page.attempts.clear();
    page.beside.clear();
    match page.state {
        // It may go on: whoever is on it may not be any more.
        PageState::Waiting
        | PageState::Acknowledged { .. }
        | PageState::Elsewhere { .. }
        | PageState::Exhausted { .. } => {}
        PageState::Ended { .. } => {
            page.policy.forget_targets();
            page.declined.clear();
            page.answered.clear();
            page.there.clear();
        }
    }
}

/// The page that makes room for a new one: one that is over, else the oldest that asks nobody. Of the latter the record says
/// itself that it is let go, except in records of earlier releases.
fn least_wanted(it: &Incident) -> Option<usize> {
    let rank = |p: &Page| match p.state {
        PageState::Ended { .. } => Some(0),
        PageState::Exhausted { .. } => Some(1),
        PageState::Acknowledged { .. } | PageState::Elsewhere { .. } => Some(2),
        PageState::Waiting => None,
    };
    let ranked = it.pages.iter().enumerate().filter_map(|(n, page)| Some((rank(page)?, n)));
    ranked.min().map(|(_, n)| n)
}

/// Whoever acts in the incident is still there.
pub(super) fn sign_of_life(it: &mut Incident, event: &Event) {
    if let Some(person) = event.by.person() {
        it.pages.iter_mut().for_each(|page| page.heard_of(person, event.at));
    }
}
