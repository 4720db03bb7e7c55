//! Roles: claimed, assigned, handed over in two steps.

use super::{Context, must_be_open};
use crate::{
    ids::UserId,
    incident::{Incident, Offer, Rejection, Taken, What},
    playbook::RoleId,
};

/// The role that was named, as the playbook spells it; the leading one where none was.
fn named(it: &Incident, role: Option<&RoleId>, cx: &Context<'_>) -> Result<RoleId, Rejection> {
    match role {
        None => Ok(it.lead_role.clone()),
        Some(role) => match cx.playbook.role(role.as_str()) {
            Some(found) => Ok(found.id.clone()),
            None => Err(Rejection::NoSuchRole(role.clone())),
        },
    }
}

pub(super) fn assign(
    it: &Incident,
    role: Option<&RoleId>,
    to: &UserId,
    cx: &Context<'_>,
) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    let role = named(it, role, cx)?;
    let from = it.holder(&role).cloned();
    if from.as_ref() == Some(to) {
        return if cx.person() == Some(to) { confirm(it, &role, cx) } else { Err(Rejection::AlreadySo) };
    }
    let how = if cx.person() == Some(to) { Taken::Claimed } else { Taken::Assigned };
    // Claiming is for free roles; one that somebody holds is handed over or assigned, so that two people who press
    // "Take" at the same moment do not push each other out.
    if let (Taken::Claimed, Some(holder)) = (how, from.clone()) {
        return Err(Rejection::RoleTakenBy { role, holder });
    }
    Ok(vec![What::RoleTaken { role, holder: to.clone(), from, how }])
}

pub(super) fn drop(it: &Incident, role: &RoleId) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    match it.holder(role) {
        Some(from) => Ok(vec![What::RoleDropped { role: role.clone(), from: from.clone() }]),
        None => Err(Rejection::RoleFree(role.clone())),
    }
}

pub(super) fn offer(
    it: &Incident,
    role: Option<&RoleId>,
    to: &UserId,
    cx: &Context<'_>,
) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    let role = named(it, role, cx)?;
    let from = it.holder(&role).cloned();
    let state = it.roles.get(&role);
    if from.as_ref() == Some(to) || state.and_then(|s| s.offer.as_ref()).is_some_and(|o| o.to == *to) {
        return Err(Rejection::AlreadySo);
    }
    let mut events = Vec::new();
    if let Some(Offer { number, to }) = state.and_then(|s| s.offer.clone()) {
        events.push(What::OfferDeclined { role: role.clone(), to, offer: number });
    }
    events.push(What::RoleOffered { role, to: to.clone(), from, offer: it.offers + 1 });
    Ok(events)
}

/// The open offer with this number.
fn open_offer<'a>(it: &'a Incident, role: &RoleId, number: u32) -> Result<&'a Offer, Rejection> {
    let offer = it.roles.get(role).and_then(|s| s.offer.as_ref()).filter(|o| o.number == number);
    offer.ok_or_else(|| Rejection::OfferGone { role: role.clone(), holder: it.holder(role).cloned() })
}

pub(super) fn accept(it: &Incident, role: &RoleId, number: u32, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    let offer = open_offer(it, role, number)?;
    if cx.person() != Some(&offer.to) {
        return Err(Rejection::OfferNotYours { to: offer.to.clone() });
    }
    let from = it.holder(role).cloned();
    Ok(vec![What::RoleTaken { role: role.clone(), holder: offer.to.clone(), from, how: Taken::Accepted }])
}

pub(super) fn decline(it: &Incident, role: &RoleId, number: u32, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    let offer = open_offer(it, role, number)?;
    let may = cx.person() == Some(&offer.to) || cx.person() == it.holder(role);
    if !may {
        return Err(Rejection::OfferNotYours { to: offer.to.clone() });
    }
    Ok(vec![What::OfferDeclined { role: role.clone(), to: offer.to.clone(), offer: number }])
}

pub(super) fn confirm(it: &Incident, role: &RoleId, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    let state = it.roles.get(role).cloned().unwrap_or_default();
    match (state.holder, cx.person()) {
        (Some(holder), Some(person)) if holder == *person => {
            if state.confirmed {
                Err(Rejection::AlreadySo)
            } else {
                Ok(vec![What::RoleConfirmed { role: role.clone(), holder }])
            }
        }
        (holder, _) => Err(Rejection::NotYourRole { role: role.clone(), holder }),
    }
}
