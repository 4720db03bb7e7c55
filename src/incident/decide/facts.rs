//! Severity, title and times.

use jiff::Timestamp;

use super::{Context, LONGEST_BACK, TITLE_LIMIT, entries, must_be_open, reason, text, updates};
use crate::{
    incident::{EntryKind, Incident, Needed, Rejection, TimeField, TimeProblem, What, course},
    playbook::{Severity, Stage},
};

pub(super) fn severity(
    it: &Incident,
    to: Severity,
    why: Option<&str>,
    cx: &Context<'_>,
) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    cx.playbook.severity(to).ok_or(Rejection::NoSuchSeverity(to))?;
    if to == it.severity {
        // Looked at once more and found right: worth recording, once; a reason always is.
        let confirmed = What::Course(course::Fact::SeverityConfirmed { severity: to });
        let mut events: Vec<What> = (!it.course.reviewed).then_some(confirmed).into_iter().collect();
        if let Some(why) = why {
            events.extend(entries::add(EntryKind::Note, &format!("{to} stays: {why}"), None, None, None)?);
        }
        return if events.is_empty() { Err(Rejection::AlreadySo) } else { Ok(events) };
    }
    let fresh = updates::next_due(cx, it, to, &it.kind, it.stage);
    // A promise already made stays, unless the new severity owes one sooner.
    let update_due = match (it.update.due, fresh) {
        (Some(promised), Some(fresh)) => Some(promised.min(fresh)),
        (promised, fresh) => promised.or(fresh),
    };
    let update_due = update_due.filter(|_| it.stage != Stage::Resolved);
    Ok(vec![What::SeverityChanged { from: it.severity, to, why: reason(why)?, update_due }])
}

pub(in crate::incident) fn rename(it: &Incident, title: &str) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    let to = text(title, Needed::Title, TITLE_LIMIT)?;
    if to == it.title.text { Err(Rejection::AlreadySo) } else { Ok(vec![What::Renamed { to }]) }
}

pub(super) fn time(it: &Incident, which: TimeField, to: Timestamp, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    let impossible = |why| Err(Rejection::ImpossibleTime { which, why });
    if to > cx.now {
        return impossible(TimeProblem::Future);
    }
    if cx.now.duration_since(to) > LONGEST_BACK {
        return impossible(TimeProblem::LongAgo);
    }
    let from = match which {
        TimeField::Started => Some(it.started_at),
        TimeField::Detected => it.detected_at,
        TimeField::Ended => it.ended_at,
    };
    let wrong_order = match which {
        TimeField::Started => it.ended_at.is_some_and(|ended| ended < to),
        TimeField::Ended => to < it.started_at,
        TimeField::Detected => false,
    };
    if wrong_order {
        return impossible(TimeProblem::EndBeforeStart);
    }
    if from == Some(to) { Err(Rejection::AlreadySo) } else { Ok(vec![What::TimeCorrected { which, from, to }]) }
}
