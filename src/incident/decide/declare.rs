//! Begin an incident.

use jiff::Timestamp;

use super::{Context, TITLE_LIMIT, pages, text, updates};
use crate::{
    ids::UserId,
    incident::{
        Declaration, Incident, Needed, Rejection, Taken, TimeField, What,
        access::{self, Entry, Fact},
        case, intake,
    },
    paging::PageId,
    playbook::{Kind, Severity, Visibility},
};

pub(super) fn declare(d: &Declaration, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    let kind = access::kind_of(d, cx.playbook)?;
    let is_secret = kind.visibility == Visibility::NeedToKnow;
    let old = d.continues.as_deref();
    let title = match old {
        Some(old) => old.title.text.clone(),
        None => text(&d.title, Needed::Title, TITLE_LIMIT)?,
    };
    let severity = old.map_or_else(|| severity(d, cx), |old| old.severity);
    // What goes on is refused nothing because the playbook changed meanwhile.
    if old.is_none() && cx.playbook.severity(severity).is_none() {
        return Err(Rejection::NoSuchSeverity(severity));
    }
    let first = cx.playbook.cadence_for(severity, &kind.id).map_or(0, |rule| rule.first_internal_min);
    let (Some(id), Some(phase), Some(me)) = (d.id, kind.course().next(), cx.person().or(d.lead.as_ref())) else {
        return Err(Rejection::Stale);
    };
    let started_at = old.map_or_else(|| started(d).filter(|at| *at <= cx.now).unwrap_or(cx.now), |old| old.started_at);
    let lead = old.and_then(Incident::lead).unwrap_or(me);
    let mut events = vec![What::Declared {
        id,
        title,
        severity,
        incident_kind: kind.id.clone(),
        phase: phase.id.clone(),
        lead: lead.clone(),
        lead_role: kind.lead_role.clone(),
        started_at,
        source: old.map_or_else(|| d.source.clone(), |old| old.source.clone()),
        declared_in: d.declared_in.clone(),
        criteria: d.criteria.clone(),
        update_due: updates::after(first, cx.now),
        playbook: Some(cx.playbook.edition.clone()),
        opening: Box::new(intake::opening(d, severity, kind, cx)?),
        visibility: kind.visibility,
        codename: is_secret.then(|| access::codename(id)),
        continues: old.map(|old| old.id),
    }];
    events.extend(intake::declared_of_alerts(d)?);
    if let Some(old) = old {
        events.extend(carried_over(old, kind, lead, cx));
        events.extend(case::received(old, &d.carried, kind, &d.criteria, cx));
    }
    Ok(events)
}

/// What is declared of alerts began by the time that they fired.
fn started(d: &Declaration) -> Option<Timestamp> {
    d.started_at.or_else(|| Some(d.alerts.as_ref()?.found.as_ref()?.since))
}

fn severity(d: &Declaration, cx: &Context<'_>) -> Severity {
    d.severity.or(intake::suggested(cx.playbook, &d.criteria)).unwrap_or(cx.playbook.default_severity)
}

/// What goes on under the new number: who does what, who is still being asked, what is known of the times, who noticed first.
fn carried_over(old: &Incident, kind: &Kind, lead: &UserId, cx: &Context<'_>) -> Vec<What> {
    let mut events = Vec::new();
    if let Some(at) = old.detected_at {
        events.push(What::TimeCorrected { which: TimeField::Detected, from: None, to: at });
    }
    if let Some(source) = old.intake.detection {
        events.push(What::Intake(intake::Fact::DetectionNoted { source }));
    }
    for (role, state) in old.roles.iter().filter(|(role, _)| **role != old.lead_role && **role != kind.lead_role) {
        let Some(holder) = state.holder.clone() else { continue };
        events.push(if cx.playbook.role(role.as_str()).is_some_and(|r| r.is_for(&kind.id)) {
            What::RoleTaken {
                role: role.clone(),
                how: if cx.person() == Some(&holder) { Taken::Claimed } else { Taken::Assigned },
                holder,
                from: None,
                beside: false,
                because: None,
            }
        } else {
            let by = cx.person().cloned();
            What::Access(Fact::LetIn { who: holder, by, how: Entry::Role, why: None })
        });
    }
    let waiting = old.pages.iter().filter(|p| p.waits());
    for (n, page) in (1..).zip(waiting) {
        events.extend(pages::begin(PageId(n), &access::without_channels(&page.policy, lead), old.severity, cx));
    }
    events
}
