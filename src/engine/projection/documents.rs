//! The documents of an incident: its state, and the indices to find it by.

use std::{collections::BTreeSet, sync::Arc};

use super::{bytes, empty, key, new_room};
use crate::{
    ids::UserId,
    incident::{Incident, MessageRef, intake::tokens},
    paging::PageState,
    playbook::ServiceId,
    store::{Doc, Puts},
};

pub(super) fn documents(before: Option<&Incident>, after: &Arc<Incident>, source: Option<&MessageRef>) -> Puts {
    let id = after.id;
    let state = Arc::clone(after);
    let mut puts: Puts = vec![(key::head(id), Some(Doc::Later(Arc::new(move || bytes(state.as_ref())))))];
    let mark = |on: bool| on.then(empty);
    if before.is_none() {
        puts.push((key::all(id), Some(empty())));
    }
    if before.is_none_or(|b| b.is_open() != after.is_open()) {
        puts.push((key::open(id), mark(after.is_open())));
    }
    if let Some(channel) = new_room(before, after) {
        puts.push((key::room(channel), Some(id.to_string().into_bytes().into())));
    }
    // Titles change rarely: what did not change needs no comparing.
    if before.is_none_or(|b| b.title != after.title) {
        changes(&before.map(words).unwrap_or_default(), &words(after), |w| key::word(w, id), &mut puts);
    }
    let root = |it: &Incident| it.intake.thread.as_ref().and_then(|t| Some(key::thread(&t.channel, t.root.as_ref()?)));
    if let Some(thread) = root(after).filter(|thread| before.and_then(root).as_ref() != Some(thread)) {
        puts.push((thread, Some(id.to_string().into_bytes().into())));
    }
    let service = |it: &Incident| it.intake.service.iter().cloned().collect::<BTreeSet<ServiceId>>();
    if before.is_none_or(|b| b.intake.service != after.intake.service) {
        changes(&before.map(service).unwrap_or_default(), &service(after), |s| key::service(s, id), &mut puts);
    }
    // So do the people.
    if before.is_none_or(|b| (b.is_open(), &b.roles, &b.pages) != (after.is_open(), &after.roles, &after.pages)) {
        changes(&before.map(people).unwrap_or_default(), &people(after), |p| key::who(p, id), &mut puts);
    }
    if before.is_none_or(|b| b.page_count != after.page_count) {
        let is_new = |id| before.is_none_or(|b| b.page(id).is_none());
        let taken = after.pages.iter().filter(|p| p.policy.takes_turns() && is_new(p.id));
        puts.extend(taken.map(|p| (key::turns(&p.policy.name), Some(bytes(&p.policy.turn.wrapping_add(1)).into()))));
    }
    if let Some(source) = source {
        puts.push((
            key::message(source, after.is_secret()),
            Some(format!("{id} {}", after.version).into_bytes().into()),
        ));
    }
    puts
}

/// Deletes the index entries that are gone and puts those that are new.
fn changes<T: Ord>(old: &BTreeSet<T>, new: &BTreeSet<T>, key: impl Fn(&T) -> String, puts: &mut Puts) {
    puts.extend(old.iter().filter(|o| !new.contains(o)).map(|gone| (key(gone), None)));
    puts.extend(new.iter().filter(|n| !old.contains(n)).map(|came| (key(came), Some(empty()))));
}

/// The words that an incident is found by: those of its title, and its codename. Whoever looks finds what they may see.
fn words(it: &Incident) -> BTreeSet<String> {
    let title = it.title.text.words().map(tokens);
    let codename = it.access.codename.as_deref().map(tokens);
    title.into_iter().chain(codename).flatten().collect()
}

/// Whose incident it is while it goes on: role holders, those who are asked to take one, and those who said they are
/// on it.
pub fn people(it: &Incident) -> BTreeSet<UserId> {
    if !it.is_open() {
        return BTreeSet::new();
    }
    let holders = it
        .roles
        .values()
        .flat_map(|r| r.holder.iter().chain(r.more.iter().map(|h| &h.person)).chain(r.offers.iter().map(|o| &o.to)));
    let owners = it.duty.tasks.iter().map(|t| &t.owner);
    let answered = it.pages.iter().filter_map(|p| match &p.state {
        PageState::Acknowledged { by, .. } => Some(by),
        PageState::Waiting
        | PageState::AcknowledgedExternally { .. }
        | PageState::Exhausted { .. }
        | PageState::Ended { .. } => None,
    });
    holders.chain(owners).chain(answered).cloned().collect()
}
