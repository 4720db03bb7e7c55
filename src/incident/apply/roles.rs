//! Who holds which role, and who is asked to.

use crate::{
    ids::UserId,
    incident::{Holder, Incident, Offer, RoleState, Taken, What},
    playbook::RoleId,
};

pub(super) fn change(it: &mut Incident, what: &What) {
    let keep = |it: &mut Incident, role: &RoleId| match it.holder(role).cloned() {
        Some(holder) => it.previous.holders.insert(role.clone(), holder),
        None => it.previous.holders.remove(role),
    };
    match what {
        What::RoleTaken { role, holder, from, how, beside, .. } => {
            keep(it, role);
            let confirmed = !matches!(how, Taken::Assigned);
            let new = Holder { person: holder.clone(), confirmed, since: it.version };
            take(it.roles.entry(role.clone()).or_default(), new, from.as_ref(), *beside);
        }
        What::RoleOffered { role, to, from, offer, rung } => {
            it.offers = it.offers.max(*offer);
            let offer = Offer { number: *offer, to: to.clone(), from: from.clone(), rung: *rung };
            it.roles.entry(role.clone()).or_default().offers.push(offer);
        }
        What::OfferDeclined { role, offer, .. } => {
            if let Some(state) = it.roles.get_mut(role) {
                state.offers.retain(|o| o.number != *offer);
            }
        }
        What::RoleDropped { role, from } => {
            keep(it, role);
            if let Some(state) = it.roles.get_mut(role) {
                drop_from(state, from);
            }
        }
        What::RoleConfirmed { role, holder, .. } => {
            if let Some(state) = it.roles.get_mut(role) {
                if state.holder.as_ref() == Some(holder) {
                    state.confirmed = true;
                }
                state.more.iter_mut().filter(|h| h.person == *holder).for_each(|h| h.confirmed = true);
            }
        }
        _ => {}
    }
}

/// Beside the others, in the place of one of them, or alone.
fn take(state: &mut RoleState, new: Holder, from: Option<&UserId>, beside: bool) {
    if state.more.is_empty() && !beside {
        state.offers.clear();
    }
    state.offers.retain(|o| o.to != new.person);
    let relieved = state.more.iter_mut().find(|h| Some(&h.person) == from && !beside);
    match relieved {
        Some(place) => *place = new,
        None if beside && state.holder.is_some() => state.more.push(new),
        None => {
            (state.confirmed, state.since) = (new.confirmed, new.since);
            state.holder = Some(new.person);
        }
    }
}

/// The one who is next in line stands first then.
fn drop_from(state: &mut RoleState, from: &UserId) {
    state.more.retain(|h| h.person != *from);
    if state.holder.as_ref() == Some(from) {
        let next = if state.more.is_empty() { None } else { Some(state.more.remove(0)) };
        (state.confirmed, state.since) = next.as_ref().map_or((false, 0), |h| (h.confirmed, h.since));
        state.holder = next.map(|h| h.person);
    }
    if state.holder.is_none() {
        state.offers.clear();
    }
}
