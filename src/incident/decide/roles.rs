//! Roles: claimed, assigned, handed over in two steps; held by one person, or by several where the playbook says so.

use super::{Context, must_be_open};
use crate::{
    ids::UserId,
    incident::{
        Incident, Needed, Offer, Rejection, RoleState, Taken, What,
        duty::{self, MOST_HOLDERS, No, NotHere},
    },
    playbook::{Party, Role, RoleId},
};

/// The role that was named, as the playbook has it; the leading one where none was.
fn named<'a>(it: &Incident, role: Option<&RoleId>, cx: &Context<'a>) -> Result<&'a Role, Rejection> {
    let role = role.unwrap_or(&it.lead_role);
    cx.playbook.role(role.as_str()).ok_or_else(|| Rejection::NoSuchRole(role.clone()))
}

/// The same, where it can be held in this incident; by `who`, where one is meant.
pub(in crate::incident) fn holdable<'a>(
    it: &Incident,
    role: Option<&RoleId>,
    who: Option<&UserId>,
    cx: &Context<'a>,
) -> Result<&'a Role, Rejection> {
    let def = named(it, role, cx)?;
    let engaged = who.is_none_or(|who| it.case.is_engaged(who));
    if def.id == it.lead_role || it.has_role(def) && (engaged || !def.is_for_helpers(&it.kind)) {
        return Ok(def);
    }
    let why = match def.party {
        Party::Customer => NotHere::Outside,
        Party::Consultancy if def.is_for_helpers(&it.kind) => NotHere::NotEngaged,
        Party::Provider if def.drills_only => NotHere::DrillsOnly,
        Party::Provider | Party::Consultancy => NotHere::OtherKind,
    };
    let could = cx.playbook.roles.iter().filter(|r| it.has_role(r)).map(|r| r.id.clone());
    Err(Rejection::Duty(No::NotHere { role: def.id.clone(), why, could: could.collect() }))
}

pub(super) fn assign(
    it: &Incident,
    role: Option<&RoleId>,
    to: &UserId,
    why: Option<&str>,
    cx: &Context<'_>,
) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    let def = holdable(it, role, Some(to), cx)?;
    let by_self = cx.person() == Some(to);
    let state = it.roles.get(&def.id);
    if it.holds(&def.id, to) {
        return if by_self { confirm(it, &def.id, cx) } else { Err(Rejection::AlreadySo) };
    }
    // Taking what one is being offered is accepting it.
    if let Some(offer) = state.and_then(|s| s.offers.iter().find(|o| o.to == *to)).filter(|_| by_self) {
        return take_over(it, def, offer, why, cx);
    }
    let how = if by_self { Taken::Claimed } else { Taken::Assigned };
    let from = it.holder(&def.id).cloned();
    // Claiming is for free roles; one that somebody holds is handed over or assigned, so that two people who press
    // "Take" at the same moment do not push each other out. Who was asked in vain to say that they have it holds nobody up.
    let in_the_way = from.clone().filter(|_| !def.several && !it.duty.lapsed(it, &def.id));
    if let (Taken::Claimed, Some(holder)) = (how, in_the_way) {
        return Err(Rejection::RoleTakenBy { role: def.id.clone(), holder });
    }
    let from = from.filter(|_| !def.several);
    taken(it, def, to, from, how, why, cx)
}

/// Someone holds the role from now on: beside others, where several may.
fn taken(
    it: &Incident,
    def: &Role,
    holder: &UserId,
    from: Option<UserId>,
    how: Taken,
    why: Option<&str>,
    cx: &Context<'_>,
) -> Result<Vec<What>, Rejection> {
    let because = duty::waived(it, def, holder, why, cx)?;
    let others = it.roles.get(&def.id).map_or(0, |s| s.holders().count());
    let beside = def.several && others > 0 && from.is_none();
    if beside && others >= MOST_HOLDERS {
        return Err(Rejection::TooMany { what: Needed::Holder, limit: MOST_HOLDERS });
    }
    Ok(vec![What::RoleTaken { role: def.id.clone(), holder: holder.clone(), from, how, beside, because }])
}

pub(super) fn drop(
    it: &Incident,
    role: &RoleId,
    who: Option<&UserId>,
    cx: &Context<'_>,
) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    let holders: Vec<UserId> = it.roles.get(role).into_iter().flat_map(RoleState::holders).map(|h| h.person).collect();
    let from = match (who.or(cx.person()), holders.as_slice()) {
        (_, []) => return Err(Rejection::RoleFree(role.clone())),
        (Some(person), all) if all.contains(person) => person.clone(),
        (_, [one]) if who.is_none() => one.clone(),
        (_, _) => return Err(Rejection::Duty(No::WhoseRole { role: role.clone(), holders })),
    };
    Ok(vec![What::RoleDropped { role: role.clone(), from }])
}

pub(super) fn offer(
    it: &Incident,
    role: Option<&RoleId>,
    to: &UserId,
    cx: &Context<'_>,
) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    let def = holdable(it, role, Some(to), cx)?;
    let state = it.roles.get(&def.id);
    let offers = || state.into_iter().flat_map(|s| &s.offers);
    if it.holds(&def.id, to) || offers().any(|o| o.to == *to) {
        return Err(Rejection::AlreadySo);
    }
    // Of several holders, the one who asks is the one who is relieved.
    let asks = cx.person().filter(|me| it.holds(&def.id, me)).cloned();
    let from = if def.several { asks } else { it.holder(&def.id).cloned() };
    let same = offers().filter(|o| o.rung.is_none() && (!def.several || o.from == from));
    let mut events: Vec<What> = same.map(|o| declined(&def.id, o)).collect();
    events.push(What::RoleOffered { role: def.id.clone(), to: to.clone(), from, offer: it.offers + 1, rung: None });
    Ok(events)
}

fn declined(role: &RoleId, offer: &Offer) -> What {
    let (role, to) = (role.clone(), offer.to.clone());
    What::OfferDeclined { role, to, offer: offer.number, ladder: offer.rung.is_some() }
}

/// The open offer with this number.
fn open_offer<'a>(it: &'a Incident, role: &RoleId, number: u32) -> Result<&'a Offer, Rejection> {
    let offer = it.roles.get(role).and_then(|s| s.offer(number));
    offer.ok_or_else(|| Rejection::OfferGone { role: role.clone(), holder: it.holder(role).cloned() })
}

pub(super) fn accept(it: &Incident, role: &RoleId, number: u32, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    // The incident may have become one of another kind meanwhile.
    let offer = open_offer(it, role, number)?;
    let def = holdable(it, Some(role), Some(&offer.to), cx)?;
    if cx.person() != Some(&offer.to) {
        return Err(Rejection::OfferNotYours { to: offer.to.clone() });
    }
    take_over(it, def, offer, None, cx)
}

/// An offer is accepted.
fn take_over(
    it: &Incident,
    def: &Role,
    offer: &Offer,
    why: Option<&str>,
    cx: &Context<'_>,
) -> Result<Vec<What>, Rejection> {
    let relieved = offer.from.as_ref().filter(|from| it.holds(&def.id, from)).cloned();
    let from = if def.several { relieved.filter(|_| offer.rung.is_none()) } else { it.holder(&def.id).cloned() };
    taken(it, def, &offer.to, from, Taken::Accepted, why, cx)
}

pub(super) fn decline(it: &Incident, role: &RoleId, number: u32, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    let offer = open_offer(it, role, number)?;
    let may = cx.person() == Some(&offer.to) || cx.person().is_some_and(|me| it.holds(role, me));
    if !may {
        return Err(Rejection::OfferNotYours { to: offer.to.clone() });
    }
    Ok(vec![declined(role, offer)])
}

/// Whoever acknowledged the page for a role has it, unless somebody else is sure to have it by then, or they hold one that does not
/// go with it.
pub(super) fn acknowledged(it: &Incident, role: &RoleId, by: &UserId, cx: &Context<'_>) -> Vec<What> {
    let Ok(def) = holdable(it, Some(role), Some(by), cx) else { return Vec::new() };
    let state = it.roles.get(&def.id);
    let is_had = !def.several && state.is_some_and(|s| s.holders().any(|h| h.confirmed));
    match state.and_then(|s| s.of(by)) {
        Some(held) if held.confirmed => Vec::new(),
        Some(held) => vec![What::RoleConfirmed { role: def.id.clone(), holder: held.person, by_acting: false }],
        None if is_had => Vec::new(),
        None => {
            let from = it.holder(&def.id).cloned().filter(|_| !def.several);
            taken(it, def, by, from, Taken::Accepted, None, cx).unwrap_or_default()
        }
    }
}

/// "I have it": said by whoever holds the role, or is asked to take it.
pub(super) fn confirm(it: &Incident, role: &RoleId, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    let state = it.roles.get(role).zip(cx.person());
    let mine = state.and_then(|(state, me)| state.of(me));
    let asked = state.and_then(|(state, me)| state.offers.iter().find(|o| o.to == *me));
    match (mine, asked) {
        (Some(held), _) if held.confirmed => Err(Rejection::AlreadySo),
        (Some(held), _) => Ok(vec![What::RoleConfirmed { role: role.clone(), holder: held.person, by_acting: false }]),
        (None, Some(offer)) => accept(it, role, offer.number, cx),
        (None, None) => Err(Rejection::NotYourRole { role: role.clone(), holder: it.holder(role).cloned() }),
    }
}
