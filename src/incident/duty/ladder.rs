//! Asking people to take a role: main, backup, group, sponsor, and at last the room.
//!
//! Whoever was asked may still accept while the next ones are asked, so that nobody is turned away for being slow. Nothing
//! here looks at do-not-disturb: people on call sleep with it on.

use jiff::{SignedDuration, Timestamp};

use super::{Fact, Ladder, MOST_ASKED, MOST_OF_A_GROUP, Rung, Several};
use crate::{
    ids::UserId,
    incident::{Context, Holder, Incident, Rejection, RoleState, What, decide::is_paged},
    playbook::{Contact, Role, RoleId, Severity, Stage},
};

/// The severity at which the sponsor is asked too.
const WORST: Severity = Severity(1);

/// The roles that the playbook names someone for, who are asked without being told to.
fn named<'a>(cx: &Context<'a>, it: &Incident) -> impl Iterator<Item = &'a Role> {
    let (id, kind) = (it.id, it.kind.clone());
    cx.playbook.roles.iter().filter(move |r| r.main.is_some() && !r.optional && r.can_be_held(id, &kind))
}

/// Is anybody named? Where nobody is, nobody is asked.
pub(super) fn has_anyone(cx: &Context<'_>, it: &Incident) -> bool {
    named(cx, it).next().is_some()
}

/// The asking for every role that somebody is named for, and that is not settled or asked for already.
pub(super) fn begin(cx: &Context<'_>, it: &Incident) -> Vec<What> {
    let mut number = it.offers;
    let is_asked = |role: &Role| it.duty.asking(&role.id).is_some() || is_paged(it, &role.id);
    let asked = named(cx, it).filter(|role| !is_settled(it, role) && !is_asked(role));
    asked.flat_map(|role| rungs(cx, it, role, Rung::Main, &mut number)).collect()
}

/// Is there no need to ask? Somebody accepted it, or was given it, or the one to be asked first has it. Whoever leads only
/// because they declared is no reason not to ask.
pub(in crate::incident) fn is_settled(it: &Incident, role: &Role) -> bool {
    let main = role.main.as_ref();
    let is_first = |h: &Holder| main.is_some_and(|m| *m == Contact::User(h.person.clone()));
    let by_default = role.id == it.lead_role;
    let held = it.roles.get(&role.id).into_iter().flat_map(RoleState::holders);
    held.into_iter().any(|h| h.confirmed || !by_default || is_first(&h))
}

/// Who is asked at a rung.
fn contacts(cx: &Context<'_>, it: &Incident, role: &Role, rung: Rung) -> Vec<Contact> {
    match rung {
        Rung::Main => role.main.iter().cloned().collect(),
        Rung::Backup => role.backup.iter().cloned().collect(),
        Rung::Group => role.group.iter().cloned().collect(),
        Rung::Sponsor if it.severity == WORST && role.id.as_str() != SPONSOR => {
            let sponsor = cx.playbook.role(SPONSOR);
            sponsor.into_iter().flat_map(|s| s.main.iter().chain(&s.backup)).cloned().collect()
        }
        Rung::Given | Rung::Sponsor => Vec::new(),
    }
}

/// The role whose contacts are asked last.
const SPONSOR: &str = "sponsor";

const fn after(rung: Rung) -> Option<Rung> {
    match rung {
        Rung::Given => Some(Rung::Main),
        Rung::Main => Some(Rung::Backup),
        Rung::Backup => Some(Rung::Group),
        Rung::Group => Some(Rung::Sponsor),
        Rung::Sponsor => None,
    }
}

/// When the next rung begins, by the severity as it is; none: nobody else is asked.
fn tick(cx: &Context<'_>, it: &Incident) -> Option<Timestamp> {
    let minutes = cx.playbook.severity(it.severity).map_or(0, |s| s.answer_within_min);
    (minutes > 0).then(|| cx.now.saturating_add(SignedDuration::from_mins(minutes.into())).unwrap_or(Timestamp::MAX))
}

/// Was this person asked already, or does it belong to them?
fn is_known(it: &Incident, role: &RoleId, person: &UserId) -> bool {
    let asked = it.duty.ladders.get(role).is_some_and(|l| l.silent.contains(person) || l.refused.contains(person));
    let state = it.roles.get(role);
    asked || state.is_some_and(|s| s.holds(person) || s.offers.iter().any(|o| o.to == *person))
}

/// The events that begin this rung, or the first later one at which Slack can ask somebody; at last, the room.
fn rungs(cx: &Context<'_>, it: &Incident, role: &Role, from: Rung, number: &mut u32) -> Vec<What> {
    let mut events = Vec::new();
    let mut silent = silent_now(it, &role.id);
    let tick_at = tick(cx, it);
    let mut next = Some(from);
    while let Some(rung) = next {
        let (mut people, mut groups) = (Vec::new(), Vec::new());
        for contact in contacts(cx, it, role, rung) {
            match contact {
                Contact::User(person) if is_known(it, &role.id, &person) || people.contains(&person) => {}
                Contact::User(person) => people.push(person),
                Contact::Group(_) | Contact::OnCall(_) | Contact::External(_) => {
                    match Several::of(&contact, cx.settings) {
                        Some(several) => groups.push(several),
                        None => events.push(duty(Fact::CannotAsk { role: role.id.clone(), contact })),
                    }
                }
            }
        }
        if !people.is_empty() || !groups.is_empty() {
            let offers = offers(it, &role.id, rung, &people, number);
            let (role, silent) = (role.id.clone(), std::mem::take(&mut silent));
            events.push(duty(Fact::Asked { role, rung, people, groups, silent, tick_at }));
            events.extend(offers);
            return events;
        }
        // Where the severity gives no time to answer, nobody else is asked.
        next = after(rung).filter(|_| tick_at.is_some());
    }
    // Whoever is named has it: there was nobody to ask.
    let unasked = from == Rung::Main && events.is_empty() && !it.duty.ladders.contains_key(&role.id);
    if tick_at.is_some() && !unasked {
        events.push(duty(Fact::Aloud { role: role.id.clone(), silent: everyone(it, &role.id, silent) }));
    }
    events
}

fn duty(fact: Fact) -> What {
    What::Duty(fact)
}

/// Offers of the role to these, as many as there may be.
fn offers(it: &Incident, role: &RoleId, rung: Rung, people: &[UserId], number: &mut u32) -> Vec<What> {
    let open: usize = it.roles.values().map(|s| s.offers.iter().filter(|o| o.rung.is_some()).count()).sum();
    let offer = |to: &UserId| {
        *number += 1;
        let from = it.holder(role).cloned();
        What::RoleOffered { role: role.clone(), to: to.clone(), from, offer: *number, rung: Some(rung) }
    };
    people.iter().take(MOST_ASKED.saturating_sub(open)).map(offer).collect()
}

/// Who of the present rung has not answered; whoever was given the role, and has not either, stands on the one they came in at.
fn silent_now(it: &Incident, role: &RoleId) -> Vec<UserId> {
    let Some(ladder) = it.duty.asking(role) else { return Vec::new() };
    let given = it.roles.get(role).into_iter().flat_map(RoleState::holders);
    let given = given.filter(|h| was_given(h) && !ladder.silent.contains(&h.person)).map(|h| h.person);
    let offers = it.roles.get(role).into_iter().flat_map(|s| &s.offers);
    given.chain(offers.filter(|o| o.rung == Some(ladder.rung)).map(|o| o.to.clone())).collect()
}

/// Does somebody hold it because another person said so? Whoever leads since they declared, does not.
const fn was_given(holder: &Holder) -> bool {
    !holder.confirmed && holder.since > 1
}

/// Somebody was given a role by hand, in the place of whoever was asked first: they have the severity's time to say that they
/// have it. Whoever is sure of it beside them is enough.
pub(super) fn given(cx: &Context<'_>, it: &Incident, role: &RoleId, to: &UserId) -> Option<What> {
    let sure = it.roles.get(role).is_some_and(|s| s.holders().any(|h| h.confirmed));
    let asked = it.duty.ladders.get(role).is_some_and(|l| l.rung != Rung::Given);
    let rung = if asked { Rung::Main } else { Rung::Given };
    let (role, to, tick_at) = (role.clone(), to.clone(), tick(cx, it));
    (!sure).then_some(duty(Fact::Given { role, to, rung, tick_at }))
}

/// Roles that an incident of its present kind does not have are asked for no more.
pub(super) fn withdraw(cx: &Context<'_>, it: &Incident) -> Vec<What> {
    let is_here =
        |role: &RoleId| *role == it.lead_role || cx.playbook.role(role.as_str()).is_none_or(|r| it.has_role(r));
    let offered = it.roles.iter().filter(|(_, s)| !s.offers.is_empty()).map(|(role, _)| role);
    let asked: std::collections::BTreeSet<&RoleId> =
        offered.chain(it.duty.wanted()).filter(|role| !is_here(role)).collect();
    let people = |role: &RoleId| {
        it.roles.get(role).into_iter().flat_map(|s| &s.offers).map(|o| o.to.clone()).collect::<Vec<UserId>>()
    };
    asked.into_iter().map(|role| duty(Fact::Withdrawn { role: role.clone(), people: people(role) })).collect()
}

/// Nobody has the role any more: it is asked for from the beginning, of all who have not refused it.
pub(super) fn again(cx: &Context<'_>, it: &Incident, role: &RoleId) -> Vec<What> {
    let goes_on = it.is_open() && it.stage != Stage::Resolved && it.holder(role).is_none();
    let mut number = it.offers;
    let def = named(cx, it).find(|def| def.id == *role && goes_on);
    def.map(|def| rungs(cx, it, def, Rung::Main, &mut number)).unwrap_or_default()
}

/// Advice is wanted of a role that nobody has, and whom the playbook names for it is no single person: they are asked to take
/// it, as they are asked for any role, and the question goes to whoever does. `number` is that of the latest offer.
pub(in crate::incident) fn consulted(cx: &Context<'_>, it: &Incident, role: &RoleId, number: &mut u32) -> Vec<What> {
    let def = cx.playbook.role(role.as_str()).filter(|def| def.main.is_some() && it.has_role(def));
    let free = def.filter(|def| it.holder(&def.id).is_none() && it.duty.asking(&def.id).is_none());
    free.map(|def| rungs(cx, it, def, Rung::Main, number)).unwrap_or_default()
}

/// Everyone who was asked and did not answer.
fn everyone(it: &Incident, role: &RoleId, now: Vec<UserId>) -> Vec<UserId> {
    let mut all = it.duty.ladders.get(role).map(|l| l.silent.clone()).unwrap_or_default();
    all.extend(now.into_iter().filter(|p| !all.contains(p)).collect::<Vec<_>>());
    all
}

/// The rung after the present one.
fn advance(cx: &Context<'_>, it: &Incident, role: &RoleId, ladder: &Ladder) -> Vec<What> {
    // A role that the playbook has no more cannot be asked for.
    let Some(def) = cx.playbook.role(role.as_str()) else {
        return vec![duty(Fact::Aloud { role: role.clone(), silent: everyone(it, role, silent_now(it, role)) })];
    };
    let mut number = it.offers;
    match after(ladder.rung) {
        Some(next) => rungs(cx, it, def, next, &mut number),
        None => vec![duty(Fact::Aloud { role: role.clone(), silent: everyone(it, role, silent_now(it, role)) })],
    }
}

/// The ladder of a role that still waits for somebody.
fn waiting<'a>(it: &'a Incident, role: &RoleId) -> Result<&'a Ladder, Rejection> {
    let goes_on = it.is_open() && it.stage != Stage::Resolved;
    it.duty.asking(role).filter(|l| l.waits && goes_on).ok_or(Rejection::Stale)
}

pub(super) fn next_rung(it: &Incident, role: &RoleId, version: u32, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    let ladder = waiting(it, role)?;
    // A severity that gives no time to answer asks nobody else; one that does, later, asks on.
    tick(cx, it).ok_or(Rejection::Stale)?;
    // An incident that became one of another kind may not have the role any more.
    let is_here = cx.playbook.role(role.as_str()).is_none_or(|r| it.has_role(r));
    if ladder.version == version && is_here { Ok(advance(cx, it, role, ladder)) } else { Err(Rejection::Stale) }
}

pub(super) fn found(
    it: &Incident,
    role: &RoleId,
    version: u32,
    group: &Several,
    (people, failed): (&[UserId], Option<&str>),
    cx: &Context<'_>,
) -> Result<Vec<What>, Rejection> {
    let ladder = waiting(it, role)?;
    // More time for the rung makes another version of it; who is in the group is news all the same.
    if version > ladder.version || !ladder.groups.contains(group) {
        return Err(Rejection::Stale);
    }
    let fresh = people.iter().filter(|p| !is_known(it, role, p)).take(MOST_OF_A_GROUP).cloned();
    let people: Vec<UserId> = fresh.collect();
    let mut number = it.offers;
    let offers = offers(it, role, ladder.rung, &people, &mut number);
    let nobody_left = offers.is_empty() && ladder.groups.len() == 1 && silent_now(it, role).is_empty();
    let (of, group, failed) = (role.clone(), group.clone(), failed.map(str::to_owned));
    let mut events = vec![duty(Fact::GroupFound { role: of, group, people, failed })];
    events.extend(offers);
    if nobody_left && tick(cx, it).is_some() {
        events.extend(advance(cx, it, role, ladder));
    }
    Ok(events)
}

/// An offer did not reach its person: if it was the last of its rung, the next ones are asked at once.
pub(super) fn unreachable(it: &Incident, role: &RoleId, number: u32, why: &str) -> Result<Vec<What>, Rejection> {
    let offer = it.roles.get(role).and_then(|s| s.offers.iter().find(|o| o.number == number && o.rung.is_some()));
    let offer = offer.ok_or(Rejection::Stale)?;
    let (role, to) = (role.clone(), offer.to.clone());
    Ok(vec![duty(Fact::Unreached { role, to, offer: number, why: why.to_owned() })])
}

/// What follows when somebody of a rung is out: if nobody else of it is left, the next one begins now.
pub(super) fn one_less(cx: &Context<'_>, after: &Incident, role: &RoleId) -> Vec<What> {
    match waiting(after, role) {
        Ok(l) if l.groups.is_empty() && tick(cx, after).is_some() && silent_now(after, role).is_empty() => {
            advance(cx, after, role, l)
        }
        Ok(_) | Err(_) => Vec::new(),
    }
}

/// A severity that asks for answers within a time, after one that did not: those who were asked have that time from now.
pub(super) fn hurry(cx: &Context<'_>, after: &Incident) -> Vec<What> {
    let Some(at) = tick(cx, after) else { return Vec::new() };
    let without = |l: &Ladder| l.waits && l.tick_at.is_none_or(|at| at <= cx.now);
    after
        .duty
        .ladders
        .iter()
        .filter(|(_, l)| without(l))
        .map(|(role, _)| duty(Fact::WaitsUntil { role: role.clone(), at }))
        .collect()
}

/// It is not over after all: roles that nobody has taken are asked for again, from where the asking stopped; those that were
/// dropped meanwhile, from the beginning.
pub(super) fn resume(cx: &Context<'_>, after: &Incident) -> Vec<What> {
    let mut number = after.offers;
    let free =
        |role: &&Role| after.holder(&role.id).is_none() && after.duty.ladders.get(&role.id).is_some_and(|l| l.over);
    let mut events: Vec<What> =
        named(cx, after).filter(free).flat_map(|role| rungs(cx, after, role, Rung::Main, &mut number)).collect();
    let Some(at) = tick(cx, after) else { return events };
    let here = |role: &RoleId| cx.playbook.role(role.as_str()).is_some_and(|r| after.has_role(r));
    let stopped = after.duty.ladders.iter().filter(|(role, l)| !l.waits && !l.over && here(role));
    events.extend(stopped.map(|(role, _)| duty(Fact::WaitsUntil { role: role.clone(), at })));
    events
}
