//! The life of pages.

use crate::{
    incident::{Event, ExternalSource, Incident, What},
    paging::{
        Check, Onward, Page, PageState, Target, WAITING,
        external::{ExternalPage, Update},
        reach::{Beside, Stage},
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
            step_version: 0,
            round: 0,
            step: 0,
            step_at: event.at,
            asked_at: event.at,
            tick_at: None,
            times: 0,
            state: PageState::Waiting,
            pending: Vec::new(),
            reached: 0,
            attempts: Vec::new(),
            beside: Vec::new(),
            declined: Vec::new(),
            answered: Vec::new(),
            external: Vec::new(),
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
        | What::PageAcknowledgedExternally { page, .. }
        | What::PageUpdatedExternally { page, .. }
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
            (page.version, page.times) = (page.version + 1, page.times + 1);
            (page.asked_at, page.tick_at) = (event.at, Some(*tick_at));
        }
        What::PageTargetsFound { target, people, others, .. } => {
            send_external(page, others, Onward::NoAnswer);
            page.pending.retain(|t| t != target);
            page.pending.extend(people.iter().cloned().map(Target::Person).chain(others.iter().cloned()));
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
        What::PageUpdatedExternally { source, update, .. } => update_external(page, source, *update),
        What::PageAcknowledgedExternally { source, .. } => {
            let at = event.at;
            update_external(page, source, Update::Acknowledged);
            settle(page, PageState::AcknowledgedExternally { of: source.of.clone(), since: at, sign: at, check: None });
        }
        What::PageAcknowledged { by, source, .. } => {
            if let Some(source) = source {
                update_external(page, source, Update::Acknowledged);
            }
            let (by, at) = (by.clone(), event.at);
            let source = source.as_ref().map(|source| source.of.clone());
            settle(page, PageState::Acknowledged { by, at, sign: at, check: None, source });
        }
        What::PageChecked { until, .. } => {
            page.version += 1;
            let asked = Check { version: page.version, until: *until };
            if let PageState::Acknowledged { check, .. } | PageState::AcknowledgedExternally { check, .. } =
                &mut page.state
            {
                *check = Some(asked);
            }
        }
        What::PageKept { .. } => {
            if let PageState::AcknowledgedExternally { sign, check, .. } = &mut page.state {
                (*sign, *check) = (event.at, None);
            }
        }
        What::PageReturned { from, source, .. } => {
            if let Some(source) = source {
                update_external(page, source, Update::Unacknowledged);
            }
            settle(page, PageState::Waiting);
            page.answered.clear();
            // Where it was given back it goes on by itself.
            let asks = |external: &ExternalPage| source.as_ref().is_some_and(|source| source.of == external.of);
            page.external.iter_mut().filter(|external| !asks(external)).for_each(anew);
            if let Some(from) = from.as_ref().filter(|from| event.by.person() == Some(from)) {
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
    send_external(page, targets, *why);
    page.version += 1;
    page.step_version = page.version;
    // A step that is asked again goes on counting: each message is one of its own.
    let again = page.times > 0 && (page.round, page.step) == (*round, *step);
    page.times = if again { page.times.saturating_add(1) } else { 1 };
    page.round = *round;
    page.step = *step;
    page.step_at = event.at;
    page.asked_at = event.at;
    page.reached = 0;
    page.pending.clone_from(targets);
    page.attempts.clear();
    page.beside.clear();
    page.tick_at = Some(*tick_at);
}

/// The step asks these, some of them perhaps at other providers.
fn send_external(page: &mut Page, targets: &[Target], why: Onward) {
    let asked = page.asked_now();
    for external in &mut page.external {
        if why == Onward::Escalated && asked.contains(&Target::External(external.of.clone())) {
            external.level = external.level.saturating_add(1);
        }
    }
    for target in targets {
        let Target::External(of) = target else { continue };
        match page.external.iter_mut().find(|external| external.of == *of) {
            Some(known) => known.resolved = false,
            None => page.external.push(ExternalPage::of(of.clone())),
        }
    }
}

/// What is acknowledged there asks nobody any more: it is over, and goes there by another number.
fn anew(external: &mut ExternalPage) {
    *external = ExternalPage { number: external.number.saturating_add(1), ..ExternalPage::of(external.of.clone()) };
}

fn update_external(page: &mut Page, source: &ExternalSource, update: Update) {
    if let Some(external) = page.external.iter_mut().find(|external| external.of == source.of) {
        external.updated_at = external.updated_at.max(source.at);
        external.resolved |= update == Update::Resolved;
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
        | PageState::AcknowledgedExternally { .. }
        | PageState::Exhausted { .. } => {}
        PageState::Ended { .. } => {
            page.policy.forget_targets();
            page.declined.clear();
            page.answered.clear();
            page.external.clear();
        }
    }
}

/// The page that makes room for a new one: one that is over, else the oldest that asks nobody. Of the latter the record says
/// itself that it is let go, except in records of earlier releases.
fn least_wanted(it: &Incident) -> Option<usize> {
    let rank = |p: &Page| match p.state {
        PageState::Ended { .. } => Some(0),
        PageState::Exhausted { .. } => Some(1),
        PageState::Acknowledged { .. } | PageState::AcknowledgedExternally { .. } => Some(2),
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
