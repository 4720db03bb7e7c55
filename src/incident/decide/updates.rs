//! Status updates: posted, reminded of, missed.

use jiff::{SignedDuration, Timestamp};

use super::{Context, TEXT_LIMIT, must_be_open, text};
use crate::{
    incident::{Incident, Needed, Rejection, Reminder, Upcoming, What, When, comms},
    playbook::{KindId, Playbook, Severity, Stage},
};

/// That many minutes after `from`; none for 0, which means that no update is owed.
pub(in crate::incident) fn after(minutes: u32, from: Timestamp) -> Option<Timestamp> {
    (minutes > 0).then(|| from.saturating_add(SignedDuration::from_mins(minutes.into())).unwrap_or(Timestamp::MAX))
}

/// When the next update is owed from now on, by severity, kind, stage, and how long it has lasted.
pub(in crate::incident) fn next_due(
    cx: &Context<'_>,
    it: &Incident,
    severity: Severity,
    kind: &KindId,
    stage: Stage,
) -> Option<Timestamp> {
    let every = cx.playbook.cadence_for(severity, kind)?.every_internal_min;
    match stage {
        Stage::Active | Stage::Monitoring => {
            after(every.saturating_mul(comms::factor(it, cx.playbook, stage, cx.now)), cx.now)
        }
        Stage::Resolved => None,
    }
}

pub(super) fn post(
    it: &Incident,
    raw: &str,
    next: Option<When>,
    again: bool,
    cx: &Context<'_>,
) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    let text = text(raw, Needed::Update, TEXT_LIMIT)?;
    if !again && text.words().is_some_and(|words| it.comms.was_said(words)) {
        return Err(comms::No::SameText.into());
    }
    let next_by = match next {
        None => next_due(cx, it, it.severity, &it.kind, it.stage),
        Some(When::Never) => None,
        Some(When::In(minutes)) => after(minutes, cx.now),
        Some(When::At(at)) if at <= cx.now => return Err(Rejection::NextUpdatePast),
        Some(When::At(at)) => Some(at),
    };
    // A resolved incident owes no further update, whatever was asked.
    let next_by = next_by.filter(|_| it.stage != Stage::Resolved);
    Ok(vec![What::UpdatePosted { text, phase: it.phase.clone(), next_by }])
}

/// The reminder of the next update, unless it was given.
pub(in crate::incident) fn upcoming(it: &Incident, playbook: &Playbook) -> Option<Upcoming> {
    let (at, to) = (it.remind_update_at(playbook.cadence.remind_at_percent)?, it.lead()?.clone());
    let of = Reminder::Update { version: it.update.version };
    (it.is_open() && !it.update.reminded).then_some(Upcoming { of, to, at })
}

pub(in crate::incident) fn remind(it: &Incident, version: u32) -> Result<What, Rejection> {
    match (it.update.due, it.lead()) {
        (Some(due), Some(owner)) if it.update.version == version && it.is_open() && !it.update.reminded => {
            Ok(What::UpdateReminded { owner: owner.clone(), due })
        }
        _ => Err(Rejection::Stale),
    }
}

pub(super) fn miss(it: &Incident, version: u32) -> Result<Vec<What>, Rejection> {
    match it.update.due {
        Some(due) if it.update.version == version && it.is_open() && !it.update.missed => {
            Ok(vec![What::UpdateMissed { due }])
        }
        _ => Err(Rejection::Stale),
    }
}
