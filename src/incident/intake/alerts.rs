//! Groups of alerts that belong to an incident.

use super::{Attaching, Detection, Fact, No};
use crate::incident::{Context, Declaration, Incident, Rejection, Text, What};

/// The most groups of one incident.
const MOST: usize = 20;
/// How often the room hears that a group is quiet, or fires again. What goes up and down all night shows in its own message.
const MOST_CHANGES: u32 = 20;

/// The group belongs to the incident. Where nobody is at work on it, only a person says so: they know of it then.
pub(super) fn attach(it: &Incident, asked: &Attaching, cx: &Context<'_>) -> Result<Vec<Fact>, Rejection> {
    if !it.is_worked_on() && cx.person().is_none() {
        return Err(Rejection::Ended(it.id));
    }
    if it.intake.alerts.iter().any(|alerts| alerts.group == asked.group) {
        return Ok(Vec::new());
    }
    if it.intake.alerts.len() >= MOST {
        return Err(Rejection::Intake(No::ManyAlerts));
    }
    let mut facts = vec![attached(asked)?];
    facts.extend(noticed(it.intake.detection));
    Ok(facts)
}

/// Monitoring noticed it first, unless somebody said otherwise.
fn noticed(known: Option<Detection>) -> Option<Fact> {
    known.is_none().then_some(Fact::DetectionNoted { source: Detection::Monitoring })
}

fn attached(asked: &Attaching) -> Result<Fact, Rejection> {
    let group = asked.group;
    let found = asked.found.as_ref().ok_or(Rejection::Intake(No::NoSuchAlerts(group)))?;
    if !found.is_free {
        return Err(Rejection::Intake(No::AlertsTaken(group)));
    }
    let (title, source) = (Text::new(found.title.clone()), found.source.clone());
    Ok(Fact::AlertsAttached { group, title, source, firing: found.firing, since: found.since })
}

/// So many of its alerts fire now.
pub(super) fn stand(it: &Incident, group: u64, firing: u32) -> Option<Fact> {
    let known = it.intake.alerts.iter().find(|alerts| alerts.group == group)?;
    if known.firing == (firing > 0) || known.changes >= MOST_CHANGES {
        return None;
    }
    Some(if firing > 0 { Fact::AlertsFiredAgain { group, firing } } else { Fact::AlertsResolved { group } })
}

/// What is known besides, where the incident is declared of alerts.
///
/// # Errors
/// Where there are no such alerts, or somebody took them.
pub fn declared(d: &Declaration) -> Result<Vec<What>, Rejection> {
    let Some(asked) = &d.alerts else { return Ok(Vec::new()) };
    let facts = [attached(asked)?, Fact::DetectionNoted { source: Detection::Monitoring }];
    Ok(facts.into_iter().map(What::Intake).collect())
}
