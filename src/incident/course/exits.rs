//! Whoever answers for a phase accepts that it was left.

use super::{Fact, No};
use crate::{
    ids::UserId,
    incident::{Context, Incident, Rejection, What},
    playbook::{PhaseId, RoleId},
};

/// Who may accept for a role: its holder; while nobody has it, whoever leads.
#[must_use]
pub fn accepts<'a>(it: &'a Incident, role: &RoleId) -> Option<&'a UserId> {
    it.holder(role).or_else(|| it.lead())
}

/// What leaving `phase` forth asks of whoever answers for it, on a major incident. Leaving it themselves, they accepted.
pub(super) fn left(it: &Incident, phase: &PhaseId, cx: &Context<'_>, by: Option<&UserId>) -> Option<What> {
    if !cx.playbook.is_major(it.severity) {
        return None;
    }
    let phase = cx.playbook.kind(&it.kind).phase(phase.as_str())?;
    let role = cx.playbook.activity_of(phase)?.accountable.clone();
    let phase = phase.id.clone();
    Some(What::Course(match (accepts(it, &role), by) {
        (Some(accountable), Some(by)) if accountable == by => Fact::ExitAccepted { phase, role, by: by.clone() },
        _ => Fact::ExitAwaited { phase, role },
    }))
}

pub(super) fn accept(it: &Incident, phase: &PhaseId, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    let open = it.course.exits.iter().find(|e| e.phase == *phase);
    let exit = open.ok_or_else(|| Rejection::Course(No::NothingToAccept(phase.clone())))?;
    let (phase, role) = (exit.phase.clone(), exit.role.clone());
    let holder = accepts(it, &role);
    match cx.by.person().filter(|by| holder == Some(by)) {
        Some(by) => Ok(vec![What::Course(Fact::ExitAccepted { phase, role, by: by.clone() })]),
        None => Err(Rejection::Course(No::NotAccountable { phase, role, holder: holder.cloned() })),
    }
}
