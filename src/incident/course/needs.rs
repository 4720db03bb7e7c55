//! What a phase needs before it is left, and whether it is there.

use jiff::{SignedDuration, Timestamp};

use crate::{
    incident::Incident,
    playbook::{Need, Phase},
};

/// A statement's greatest length, in characters: a sentence or two, since the state keeps it.
pub const STATEMENT_LIMIT: usize = 400;

/// Is it there?
#[must_use]
pub fn is_met(need: Need, phase: &Phase, it: &Incident, now: Timestamp) -> bool {
    let course = &it.course;
    match need {
        Need::ImpactStatement
        | Need::ScopeStatement
        | Need::ContainmentStatement
        | Need::EradicationStatement
        | Need::RecoveryStatement => course.stated.contains_key(&need),
        Need::Fix => !course.fixes.is_empty(),
        Need::FinalFix => course.final_fix.is_some(),
        Need::Watched => watched_until(phase, it).is_none_or(|at| at <= now),
        Need::SeverityReviewed => course.reviewed,
        Need::DetectionSource => it.intake.detection.is_some(),
        Need::NoticesDelivered => it.case.untold().next().is_none(),
        Need::Evidence => !it.case.evidence.is_empty(),
    }
}

/// Until when a phase that is not over is watched.
fn watched_until(phase: &Phase, it: &Incident) -> Option<Timestamp> {
    let since = if it.phase == phase.id { it.course.since } else { it.course.beside(&phase.id).map(|b| b.since) };
    since?.checked_add(SignedDuration::from_mins(phase.watch_min.into())).ok()
}

/// Is it a sentence that somebody says?
#[must_use]
pub const fn is_statement(need: Need) -> bool {
    match need {
        Need::ImpactStatement
        | Need::ScopeStatement
        | Need::ContainmentStatement
        | Need::EradicationStatement
        | Need::RecoveryStatement => true,
        Need::Fix
        | Need::FinalFix
        | Need::Watched
        | Need::DetectionSource
        | Need::SeverityReviewed
        | Need::Evidence
        | Need::NoticesDelivered => false,
    }
}

/// The most that is named at once.
pub(super) const NAMED: usize = 5;

/// What the phase needs and does not have, in the playbook's order; five at most.
#[must_use]
pub fn missing(phase: &Phase, it: &Incident, now: Timestamp) -> Vec<Need> {
    phase.needs.iter().copied().filter(|need| !is_met(*need, phase, it, now)).take(NAMED).collect()
}
