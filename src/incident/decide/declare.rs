//! Begin an incident.

use super::{Context, TITLE_LIMIT, text};
use crate::incident::{Declaration, Needed, Rejection, What, intake};

pub(super) fn declare(d: &Declaration, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    let title = text(&d.title, Needed::Title, TITLE_LIMIT)?;
    let suggested = intake::suggested(cx.playbook, &d.criteria);
    let severity = d.severity.or(suggested).unwrap_or(cx.playbook.default_severity);
    cx.playbook.severity(severity).ok_or(Rejection::NoSuchSeverity(severity))?;
    let kind = cx.playbook.kind(d.kind.as_ref().unwrap_or(&cx.playbook.default_kind));
    let first = cx.playbook.cadence_for(severity, &kind.id).map_or(0, |rule| rule.first_internal_min);
    let (Some(id), Some(phase), Some(lead)) = (d.id, kind.course().next(), cx.person()) else {
        return Err(Rejection::Stale);
    };
    Ok(vec![What::Declared {
        id,
        title,
        severity,
        incident_kind: kind.id.clone(),
        phase: phase.id.clone(),
        lead: lead.clone(),
        lead_role: kind.lead_role.clone(),
        started_at: d.started_at.filter(|at| *at <= cx.now).unwrap_or(cx.now),
        source: d.source.clone(),
        declared_in: d.declared_in.clone(),
        criteria: d.criteria.clone(),
        update_due: super::updates::after(first, cx.now),
        playbook: Some(cx.playbook.edition.clone()),
        opening: Box::new(intake::opening(d, cx)?),
    }])
}
