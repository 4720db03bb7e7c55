//! Whom the playbook has paged by itself: those whom the severity names, each once in an incident.

use super::{Context, pages, roles};
use crate::{
    config::{named_for_service, policy_of_role},
    ids::{Series, UserId},
    incident::{Actor, EVENT_VERSION, Event, Incident, Rejection, Taken, What, access, apply, duty, intake},
    paging::{Page, PageId, Policy},
    playbook::{Paged, RoleId},
};

/// What an event brings: pages that begin by themselves, and what an answer to one that is for a role means for the role.
pub fn follow(cx: &Context<'_>, after: &Incident, event: &Event) -> Vec<What> {
    match &event.what {
        // One that goes on as another asks whom it asked before.
        What::Declared { continues: None, .. }
        | What::SeverityChanged { .. }
        | What::Intake(intake::Fact::ServiceChanged { .. }) => begin(cx, after),
        What::PageAcknowledged { page, by, .. } => match after.page(*page).and_then(|p| p.policy.of.as_ref()) {
            Some(Paged::Role(role)) => roles::acknowledged(after, role, by, cx),
            Some(Paged::OwnService | Paged::Service(_)) | None => Vec::new(),
        },
        What::RoleTaken { role, holder, how: Taken::Claimed | Taken::Accepted, .. }
        | What::RoleConfirmed { role, holder, .. } => answered(after, role, holder),
        _ => Vec::new(),
    }
}

/// Is somebody being paged to take this role, or has it by that?
pub fn is_paged(it: &Incident, role: &RoleId) -> bool {
    of_role(it, role).any(Page::is_on)
}

/// Is an answer to that still awaited?
pub fn is_awaited(it: &Incident, role: &RoleId) -> bool {
    of_role(it, role).any(Page::waits)
}

fn of_role<'a>(it: &'a Incident, role: &'a RoleId) -> impl Iterator<Item = &'a Page> {
    it.pages.iter().filter(move |page| matches!(&page.policy.of, Some(Paged::Role(of)) if of == role))
}

/// Whoever took the role need not acknowledge as well.
fn answered(it: &Incident, role: &RoleId, by: &UserId) -> Vec<What> {
    let acknowledged = |page: PageId| What::PageAcknowledged { page, by: by.clone(), source: None, way: None };
    of_role(it, role).filter(|page| page.waits()).map(|page| acknowledged(page.id)).collect()
}

/// Pages of those whom the severity names and who were not paged for it. A drill pages nobody by itself.
fn begin(cx: &Context<'_>, it: &Incident) -> Vec<What> {
    if !it.is_worked_on() || it.id.series == Series::Drill {
        return Vec::new();
    }
    let (mut events, mut after) = (Vec::new(), Some(it.clone()));
    for policy in named(cx, it) {
        let Some(then) = &after else { break };
        let began = match pages::start(then, &policy, cx) {
            Ok(began) => began,
            Err(Rejection::AlreadyAsked(_)) => Vec::new(),
            Err(why) => vec![What::DeliveryFailed { what: format!("page {}", policy.name), why: not_paged(&why) }],
        };
        for what in began {
            let event = Event { v: EVENT_VERSION, at: cx.now, by: Actor::Bot, what: what.clone() };
            after = apply(after, &event);
            events.push(what);
        }
    }
    events
}

/// Why nobody is paged by the bot itself, or what else a rule says is not done, for the room.
#[must_use]
pub fn not_paged(why: &Rejection) -> String {
    match why {
        Rejection::PagesWait { limit } => format!("{limit} pages wait for an answer already"),
        Rejection::TooMany { limit, .. } => format!("a step names more than {limit}"),
        Rejection::Access(access::No::NotInChannels) => {
            "it names only channels, and nobody knows who reads those".to_owned()
        }
        Rejection::Ended(_) => "it has ended".to_owned(),
        Rejection::Merged { into } => format!("it was merged into {into}"),
        Rejection::NoSuchSeverity(severity) => format!("its playbook has no {severity}"),
        _ => "it names nobody".to_owned(),
    }
}

/// By which policies, without those that ask already, or whose people are on it.
fn named(cx: &Context<'_>, it: &Incident) -> Vec<Policy> {
    let mut policies: Vec<Policy> = Vec::new();
    let Some(def) = cx.playbook.severity(it.severity) else { return policies };
    let own = it.intake.service.as_ref();
    for paged in &def.page {
        let service = match paged {
            Paged::OwnService => own,
            Paged::Service(id) => Some(id),
            Paged::Role(_) => None,
        };
        let policy = match (paged, service) {
            (Paged::Role(role), _) => to_take(cx, it, role, def.answer_within_min),
            (_, Some(id)) => cx.playbook.service(id.as_str()).and_then(|service| {
                let policy = named_for_service(cx.settings, service)?;
                Some(Policy { of: Some(Paged::Service(service.id.clone())), ..policy })
            }),
            (_, None) => None,
        };
        let known = |policy: &Policy| {
            let same = |page: &Page| page.policy.of == policy.of || page.is_on() && page.policy.name == policy.name;
            it.pages.iter().any(same) || policies.iter().any(|other| other.name == policy.name)
        };
        policies.extend(policy.filter(|policy| !known(policy)));
    }
    policies
}

/// Who is paged to take a role, where nobody is sure to have it.
fn to_take(cx: &Context<'_>, it: &Incident, role: &RoleId, wait_min: u32) -> Option<Policy> {
    let role = cx.playbook.role(role.as_str()).filter(|role| it.has_role(role) && !duty::is_settled(it, role))?;
    let policy = policy_of_role(cx.settings, role, wait_min)?;
    Some(Policy { of: Some(Paged::Role(role.id.clone())), ..policy })
}
