//! Roles that one person should not hold together on a major incident: whoever leads does not type the fix.

use std::collections::BTreeMap;

use super::{Clash, Fact, No};
use crate::{
    ids::UserId,
    incident::{Context, Incident, Rejection, Text, What},
    playbook::{Role, RoleId},
};

/// Do these two not go together?
fn clash(it: &Incident, a: &Role, b: &Role) -> bool {
    let leads = |r: &Role| r.id == it.lead_role;
    a.excludes.contains(&b.id) || b.excludes.contains(&a.id) || (leads(a) && b.hands_on) || (leads(b) && a.hands_on)
}

/// What `to` holds that does not go with `role`; nothing where the incident is no major one.
fn in_the_way(it: &Incident, role: &Role, to: &UserId, cx: &Context<'_>) -> Vec<RoleId> {
    if !cx.playbook.is_major(it.severity) {
        return Vec::new();
    }
    let held = it.roles.iter().filter(|(id, state)| **id != role.id && state.holds(to)).map(|(id, _)| id);
    held.filter(|id| cx.playbook.role(id.as_str()).is_some_and(|other| clash(it, role, other))).cloned().collect()
}

/// Who holds roles that do not go together since the incident is a major one; nobody was asked for a reason when they took them.
pub(super) fn clashes(cx: &Context<'_>, before: Option<&Incident>, after: &Incident) -> Option<What> {
    let became_major =
        before.is_some_and(|b| !cx.playbook.is_major(b.severity)) && cx.playbook.is_major(after.severity);
    if !became_major || !after.is_open() {
        return None;
    }
    let mut held: BTreeMap<UserId, Vec<&Role>> = BTreeMap::new();
    for (id, state) in &after.roles {
        let Some(role) = cx.playbook.role(id.as_str()) else { continue };
        state.holders().for_each(|h| held.entry(h.person).or_default().push(role));
    }
    let clashing = held.into_iter().filter_map(|(who, roles)| {
        let is_in = |role: &&&Role| roles.iter().any(|other| other.id != role.id && clash(after, role, other));
        let clashing: Vec<RoleId> = roles.iter().filter(is_in).map(|r| r.id.clone()).collect();
        (!clashing.is_empty()).then_some(Clash { who, roles: clashing })
    });
    let held: Vec<Clash> = clashing.collect();
    (!held.is_empty()).then_some(What::Duty(Fact::Clashing { held }))
}

/// The reason why `to` gets `role` although it does not go with what they hold; none where all goes together.
///
/// # Errors
/// [`No::NeedsReason`] where none was given.
pub(in crate::incident) fn waived(
    it: &Incident,
    role: &Role,
    to: &UserId,
    why: Option<&str>,
    cx: &Context<'_>,
) -> Result<Option<Text>, Rejection> {
    let with = in_the_way(it, role, to, cx);
    if with.is_empty() {
        return Ok(None);
    }
    match crate::incident::decide::reason(why)? {
        Some(why) => Ok(Some(why)),
        None => Err(Rejection::Duty(No::NeedsReason { role: role.id.clone(), to: to.clone(), with })),
    }
}
