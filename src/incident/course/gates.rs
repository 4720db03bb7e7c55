//! What holds up what cannot be taken back.

use super::{Gate, Missing, No, is_met, is_secret, needs::NAMED};
use crate::{
    incident::{Context, Incident, Rejection, Text, What, course::Fact},
    playbook::{Audience, Need, Phase, Stage},
};

/// What a major incident misses before it is called resolved by going to `to`: the final fix, where a phase that is left or left
/// out on the way needs one.
#[must_use]
pub fn resolving(it: &Incident, to: &Phase, cx: &Context<'_>) -> Vec<Missing> {
    let is_resolving = to.stage == Stage::Resolved && it.stage != Stage::Resolved;
    if !is_resolving || !cx.playbook.is_major(it.severity) {
        return Vec::new();
    }
    let kind = cx.playbook.kind(&it.kind);
    let mut on_the_way = kind.course().skip_while(|p| p.id != it.phase).take_while(|p| p.id != to.id);
    let wants_one = |p: &Phase| p.needs.contains(&Need::FinalFix) && !is_met(Need::FinalFix, p, it, cx.now);
    if on_the_way.any(wants_one) { vec![Missing::Need(Need::FinalFix)] } else { Vec::new() }
}

/// What is missing before it is closed: of any incident the customers who must be told, of a major one also what customers wait
/// for, phases beside the others that are not over, and phases that nobody accepted.
#[must_use]
pub fn closing(it: &Incident, cx: &Context<'_>) -> Vec<Missing> {
    let untold = it.case.untold().map(|c| Missing::Customer(c.number));
    if !cx.playbook.is_major(it.severity) {
        return untold.take(NAMED).collect();
    }
    let course = &it.course;
    let beside = course.open_beside().map(|b| Missing::Beside(b.phase.clone()));
    let exits = course.exits.iter().map(|e| Missing::Exit { phase: e.phase.clone(), role: e.role.clone() });
    untold.chain(awaited(it)).chain(beside).chain(exits).take(NAMED).collect()
}

/// What is missing before it is cancelled or goes on in another one: its customers who must be told stay with it.
#[must_use]
pub fn untold(it: &Incident) -> Vec<Missing> {
    it.case.untold().map(|c| Missing::Customer(c.number)).take(NAMED).collect()
}

/// What customers wait for: a text that was promised to them, and texts that a person is still to post.
fn awaited(it: &Incident) -> impl Iterator<Item = Missing> {
    let external = &it.comms.external;
    let promised = external.due.filter(|_| external.count > 0);
    let promised = promised.map(|due| Missing::Promised { to: Audience::External, due });
    let unposted = it.comms.unposted().map(|(_, delivery)| Missing::Unposted(delivery.to.outlet.clone()));
    promised.into_iter().chain(unposted)
}

/// That customers wait, where it does not hold up the end of an incident: it is recorded, and said.
#[must_use]
pub fn left_open(it: &Incident) -> Option<What> {
    let missing: Vec<Missing> = awaited(it).take(NAMED).collect();
    (!missing.is_empty()).then_some(What::Course(Fact::Overridden { gate: Gate::Close, missing, why: None }))
}

/// Lets it pass where nothing is missing, or where there is a reason; what was missing is recorded then. Ending what only
/// some may know takes more than a reason, and merging has none. `why` is kept here where `keep` says so.
pub(in crate::incident) fn pass(
    it: &Incident,
    gate: Gate,
    missing: Vec<Missing>,
    why: Option<&Text>,
    keep: bool,
    cx: &Context<'_>,
) -> Result<Option<What>, Rejection> {
    if missing.is_empty() {
        return Ok(None);
    }
    let a_reason_will_do = match gate {
        Gate::Resolve | Gate::EndBeside(_) => true,
        Gate::Close | Gate::Cancel => !is_secret(cx.playbook, it),
        Gate::Merge => false,
    };
    match why.filter(|_| a_reason_will_do) {
        None => Err(Rejection::Course(No::Missing { gate, missing, a_reason_will_do })),
        Some(why) => Ok(Some(What::Course(Fact::Overridden { gate, missing, why: keep.then(|| why.clone()) }))),
    }
}
