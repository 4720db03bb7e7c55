//! The RACI table in action: whom a role means, and who hears of a phase that begins.

use std::collections::BTreeSet;

use super::{Consult, Fact, consult};
use crate::{
    ids::UserId,
    incident::{
        Context, Incident, RoleState, Text, What, case,
        duty::{self, Several},
    },
    playbook::{Activity, Contact, Letter, Phase, PhaseId, Playbook, RoleId},
};

/// Whom a role means now: its holder; without one its main contact, where that is a person who can be asked in this kind.
pub(super) fn person_of(it: &Incident, role: &RoleId, cx: &Context<'_>) -> Option<UserId> {
    if let Some(holder) = it.holder(role) {
        return Some(holder.clone());
    }
    let role = cx.playbook.role(role.as_str()).filter(|r| r.is_for(&it.kind))?;
    match &role.main {
        Some(Contact::User(user)) => Some(user.clone()),
        Some(Contact::Group(_) | Contact::OnCall(_) | Contact::External(_)) | None => None,
    }
}

/// Whom a role means where it is told something: everyone who has it. Where nobody does, its main contact or, where only people can reach
/// that one and the bot the other, its backup.
pub(in crate::incident) fn means(it: &Incident, role: &RoleId, cx: &Context<'_>) -> Vec<Contact> {
    let holders = it.roles.get(role).into_iter().flat_map(RoleState::holders);
    let holders: Vec<Contact> = holders.map(|h| Contact::User(h.person)).collect();
    if !holders.is_empty() {
        return holders;
    }
    let def = cx.playbook.role(role.as_str()).filter(|r| r.is_for(&it.kind));
    let named: Vec<&Contact> = def.into_iter().flat_map(|r| r.main.iter().chain(&r.backup)).collect();
    let in_slack = named.iter().find(|c| matches!(c, Contact::User(_)) || Several::of(c, cx.settings).is_some());
    in_slack.or(named.first()).map(|c| (*c).clone()).into_iter().collect()
}

/// Does the playbook name anyone for it here: a group, or somebody whom only people can reach? Asking them begins with the question.
fn is_named(it: &Incident, role: &RoleId, cx: &Context<'_>) -> bool {
    cx.playbook.role(role.as_str()).is_some_and(|r| r.main.is_some() && r.is_for(&it.kind))
}

/// Are customers told of it when this phase begins? Then there is one item for each whose impact is confirmed, in the hands of
/// whoever speaks with customers; nothing goes out by itself.
#[must_use]
pub fn informs_customers(playbook: &Playbook, phase: &Phase) -> bool {
    playbook.activity_of(phase).is_some_and(|activity| activity.customer.contains(&Letter::I))
}

/// What `phase` brings with it when it begins: work for those responsible, a question to those consulted, one line to those
/// informed. Nobody gets more than one of these, and whoever began it (`by`) none; roles that nobody has or is named for are left out.
/// `beside`: what else happens then, where the incident itself begins.
pub(super) fn begun(
    it: &Incident,
    phase: &Phase,
    cx: &Context<'_>,
    by: Option<&UserId>,
    beside: Option<&[What]>,
) -> Vec<What> {
    let Some(activity) = cx.playbook.activity_of(phase) else { return Vec::new() };
    let mut heard: BTreeSet<UserId> = by.cloned().into_iter().collect();
    let mut events = tasks(it, phase, activity, cx, &mut heard);
    let mut facts = Vec::new();
    let mut asked_of: Vec<Contact> = Vec::new();
    let mut number = it.course.consult_count;
    for role in &activity.consulted {
        // At the beginning they may have been asked because of what was ticked.
        let asked = |c: &Consult| c.role == *role && (c.phase.as_ref() == Some(&phase.id) || beside.is_some());
        let to = person_of(it, role, cx);
        let is_fresh = match &to {
            Some(to) => !heard.contains(to),
            None => is_named(it, role, cx),
        };
        if is_fresh && !it.course.consults.iter().any(asked) && consult::has_room(it, number) {
            asked_of.extend(cx.playbook.role(role.as_str()).and_then(|r| r.main.clone()).filter(|_| to.is_none()));
            heard.extend(to.clone());
            number += 1;
            facts.push(consult::of_phase(it, number, role, to, phase, cx));
        }
    }
    facts.extend(lines(it, phase, activity, cx, heard, asked_of));
    events.extend(consult::and_ask(it, facts, cx, beside.unwrap_or_default()));
    events
}

/// One line to each of those informed who did not hear of it already. A group's members, and whoever is on call, are looked up when
/// they are told; whom Slack does not reach, the room is asked to tell.
fn lines(
    it: &Incident,
    phase: &Phase,
    activity: &Activity,
    cx: &Context<'_>,
    mut heard: BTreeSet<UserId>,
    mut named: Vec<Contact>,
) -> Vec<Fact> {
    let phase = || phase.id.clone();
    let (mut facts, mut roles, mut groups) = (Vec::new(), Vec::new(), Vec::new());
    for role in &activity.informed {
        for contact in means(it, role, cx) {
            match contact {
                Contact::User(to) if heard.insert(to.clone()) => {
                    facts.push(Fact::Informed { phase: phase(), role: role.clone(), to });
                }
                // They hear of it once.
                Contact::User(_) => {}
                contact if named.contains(&contact) => {}
                contact => {
                    named.push(contact.clone());
                    if let Some(several) = Several::of(&contact, cx.settings) {
                        groups.push(several);
                        roles.push(role.clone());
                    } else {
                        facts.push(Fact::CannotInform { phase: phase(), role: role.clone(), contact });
                    }
                }
            }
        }
    }
    if !groups.is_empty() {
        facts.push(Fact::InformedGroups { phase: phase(), roles, groups, told: heard.into_iter().collect() });
    }
    facts
}

/// What those responsible for a phase have to do.
fn work_of(phase: &Phase) -> Text {
    let label = &phase.label;
    Text::new(if phase.means.is_empty() { label.clone() } else { format!("{label}: {}", phase.means) })
}

/// Whoever takes a role while a phase lasts that it is responsible for has that work too; it comes from whoever gives the role away,
/// where they have it and nothing else of that phase.
pub(super) fn joined(it: &Incident, role: &RoleId, to: &UserId, from: Option<&UserId>, cx: &Context<'_>) -> Vec<What> {
    let lasts = |p: &&Phase| p.id == it.phase || it.course.beside(&p.id).is_some();
    let (mut events, mut work) = (Vec::new(), Vec::new());
    if !it.course.begun || !it.is_open() {
        return events;
    }
    for phase in cx.playbook.kind(&it.kind).phases.iter().filter(lasts) {
        let Some(activity) = cx.playbook.activity_of(phase).filter(|a| a.responsible.contains(role)) else { continue };
        let of = |who: &UserId| -> Vec<u32> {
            let tasks = it.duty.tasks.iter().filter(|t| t.phase.as_ref() == Some(&phase.id) && t.owner == *who);
            tasks.map(|t| t.number).collect()
        };
        if !of(to).is_empty() {
            continue;
        }
        let goes_on = |who: &&UserId| activity.responsible.iter().any(|role| it.holds(role, who));
        let theirs = from.filter(|who| !goes_on(who)).map(of).unwrap_or_default();
        match (theirs.as_slice(), from) {
            ([task], Some(from)) => {
                events.push(What::Duty(duty::Fact::TaskGiven { task: *task, from: from.clone(), to: to.clone() }));
            }
            _ => work.push((&phase.id, to.clone(), work_of(phase))),
        }
    }
    events.extend(duty::phase_tasks(it, work, cx.now));
    events
}

/// The work of those responsible; and each customer whose impact is confirmed, in the hands of whoever tells customers.
fn tasks(
    it: &Incident,
    phase: &Phase,
    activity: &Activity,
    cx: &Context<'_>,
    heard: &mut BTreeSet<UserId>,
) -> Vec<What> {
    let label = &phase.label;
    let states = activity.responsible.iter().filter_map(|role| it.roles.get(role));
    let holders = states.flat_map(RoleState::holders).map(|held| held.person);
    let own = holders.filter(|to| heard.insert(to.clone())).map(|to| (&phase.id, to, work_of(phase)));
    let mut work: Vec<(&PhaseId, UserId, Text)> = own.collect();
    // A phase beside the others is itself the telling of customers.
    if phase.beside.is_none() && informs_customers(cx.playbook, phase) {
        // Without a name: redacting the customer's must leave none behind.
        let item =
            |number| Text::new(format!("Tell customer {number} that {label} began (`/incident {} customers`)", it.id));
        let owner = case::owner(it, cx.playbook);
        work.extend(it.case.confirmed().map(|customer| (&phase.id, owner.clone(), item(customer.number))));
    }
    duty::phase_tasks(it, work, cx.now)
}
