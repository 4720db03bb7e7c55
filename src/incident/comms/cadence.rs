//! Early and often: what is owed to whom by when, and who hears of it when nothing comes.

use jiff::{SignedDuration, Timestamp};

use super::{Alarm, Fact, Promise, outlets_for};
use crate::{
    ids::UserId,
    incident::{
        Context, Event, Incident, Rejection, Reminder, TimeField, Upcoming, What,
        access::{self, may_see},
        decide::updates::after,
        duty::Several,
        remind, remind_at,
    },
    playbook::{Audience, Contact, Playbook, RoleId, Stage},
};

/// The most channels that are remembered to have been asked for since it lasts.
const OUTLETS_SAID: usize = 64;
/// Those whose texts have a time of their own here.
const READERS: [Audience; 2] = [Audience::External, Audience::Executive];

/// Updates are due so many times less often as the playbook's rule says: the greater factor of a long incident and of one that
/// is only watched.
#[must_use]
pub fn factor(it: &Incident, playbook: &Playbook, stage: Stage, now: Timestamp) -> u32 {
    let cadence = &playbook.cadence;
    let is_long = now.duration_since(it.declared_at) >= SignedDuration::from_mins(cadence.long_after_min.into());
    let long = if is_long { cadence.long_factor } else { 1 };
    let watched = match stage {
        Stage::Monitoring => cadence.monitoring_factor,
        Stage::Active | Stage::Resolved => 1,
    };
    long.max(watched).max(1)
}

/// Whose it is that these readers hear something: the holder of the role for it, else whoever leads.
#[must_use]
pub fn owner(it: &Incident, to: Audience) -> Option<&UserId> {
    let role = match to {
        Audience::External => Some("communications"),
        Audience::Executive => Some("internal_comms"),
        Audience::Internal
        | Audience::NeedToKnow
        | Audience::Advisor
        | Audience::Reporter
        | Audience::CustomerContact => None,
    };
    role.and_then(|role| it.holder(&RoleId::from(role))).or_else(|| it.lead())
}

/// What is owed from the beginning, and when severity or course change.
pub(in crate::incident) fn follow(
    cx: &Context<'_>,
    before: Option<&Incident>,
    it: &Incident,
    what: &What,
) -> Vec<What> {
    let revived = matches!(what, What::PhaseChanged { .. }) && before.is_some_and(|b| b.stage == Stage::Resolved);
    let changes = revived
        || matches!(
            what,
            What::Declared { .. }
                | What::SeverityChanged { .. }
                | What::Reopened { .. }
                | What::Access(access::Fact::KindChanged { .. })
        );
    if !it.is_open() || it.stage == Stage::Resolved {
        return Vec::new();
    }
    let overdue =
        if moves_lengths(what) && before.is_some() { outlets_due(it, cx.playbook, cx.now, None) } else { None };
    let overdue = overdue.map(What::Comms);
    if !changes {
        return overdue.into_iter().collect();
    }
    let owed = READERS.into_iter().filter_map(|to| {
        let promise = it.comms.promise(to)?;
        let due = owed(cx, it, to, promise, before.is_none());
        (due != promise.due).then_some(What::Comms(Fact::Owed { to, due }))
    });
    owed.chain(overdue).collect()
}

fn owed(cx: &Context<'_>, it: &Incident, to: Audience, promise: &Promise, begins: bool) -> Option<Timestamp> {
    let (first, every) = match cx.playbook.cadence_for(it.severity, &it.kind) {
        Some(rule) if !outlets_for(it, cx.playbook, to, cx.now).is_empty() => rule.minutes(to),
        Some(_) | None => (0, 0),
    };
    if begins || promise.count == 0 {
        // What was never promised to anyone goes with the severity that asked for it, but no time moves back.
        return match (promise.due, after(first, cx.now)) {
            (Some(due), Some(fresh)) => Some(due.min(fresh)),
            (_, fresh) => fresh,
        };
    }
    let fresh = after(every.saturating_mul(factor(it, cx.playbook, it.stage, cx.now)), cx.now);
    match (promise.due, fresh) {
        (Some(promised), Some(fresh)) => Some(promised.min(fresh)),
        (promised, fresh) => promised.or(fresh),
    }
}

/// Reminders that are still to come.
pub(in crate::incident) fn upcoming(it: &Incident, playbook: &Playbook) -> Vec<Upcoming> {
    let percent = playbook.cadence.remind_at_percent;
    let upcoming = READERS.into_iter().filter_map(|to| {
        let promise = it.comms.promise(to).filter(|p| !p.reminded && it.is_open())?;
        let at = remind_at(promise.since?, promise.due?, percent)?;
        let of = Reminder::Letter { to, version: promise.version };
        Some(Upcoming { of, to: owner(it, to)?.clone(), at })
    });
    let late = [Audience::Internal].into_iter().chain(READERS).filter_map(|to| {
        let Unmet { version, since, due } = unmet(it, to)?;
        let at = escalate_at(since, due, playbook.cadence.escalate_at_percent)?;
        let of = Reminder::Missing { to, version };
        Some(answerable(it, playbook).into_iter().map(move |to| Upcoming { of: of.clone(), to, at }))
    });
    // What is missing stands first.
    late.flatten().chain(upcoming).collect()
}

/// What these readers are owed and nobody heard yet that it is missing.
struct Unmet {
    version: u32,
    since: Timestamp,
    due: Timestamp,
}

fn unmet(it: &Incident, to: Audience) -> Option<Unmet> {
    if !it.is_open() {
        return None;
    }
    if to == Audience::Internal {
        let update = Some(&it.update).filter(|u| it.comms.internal_escalated != u.version)?;
        return Some(Unmet { version: update.version, since: update.since?, due: update.due? });
    }
    let promise = it.comms.promise(to).filter(|p| !p.escalated)?;
    Some(Unmet { version: promise.version, since: promise.since.or(promise.due)?, due: promise.due? })
}

/// Whose it is was reminded.
pub(in crate::incident) fn remind(
    it: &Incident,
    to: Audience,
    version: u32,
    now: Timestamp,
) -> Result<What, Rejection> {
    let promise = it.comms.promise(to).filter(|p| p.version == version && !p.reminded && it.is_open());
    match (promise.and_then(|p| p.due), owner(it, to)) {
        // What is overdue is not due soon: the room hears of it.
        (Some(due), Some(owner)) if due > now => Ok(What::Comms(Fact::Reminded { to, owner: owner.clone(), due })),
        _ => Err(Rejection::Stale),
    }
}

/// A timer rang.
pub(super) fn rang(it: &Incident, alarm: Alarm, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    if !it.is_open() {
        return Err(Rejection::Stale);
    }
    let fact = match alarm {
        Alarm::Miss { to, version } => {
            let promise = it.comms.promise(to).filter(|p| p.version == version && !p.missed);
            promise.and_then(|p| p.due).map(|due| Fact::Missed { to, due })
        }
        // Whatever else the same people are to hear of soon is told with it.
        Alarm::Escalate { to, version } => return remind::remind(it, &[Reminder::Missing { to, version }], cx),
        Alarm::Lasted { minutes } => outlets_due(it, cx.playbook, cx.now, Some(minutes)),
    };
    fact.map(|fact| vec![What::Comms(fact)]).ok_or(Rejection::Stale)
}

/// What was due is still missing: lead and backup hear of it; whom the bot does not reach, the room is asked to call.
pub(in crate::incident) fn escalate(
    it: &Incident,
    to: Audience,
    version: u32,
    cx: &Context<'_>,
) -> Result<What, Rejection> {
    let late = unmet(it, to).filter(|unmet| unmet.version == version && unmet.due <= cx.now).ok_or(Rejection::Stale)?;
    let people = answerable(it, cx.playbook);
    let backup = backup(it, cx.playbook).filter(|backup| !matches!(backup, Contact::User(_)));
    // Who is in it, or on call, is looked up when they are told; of a secret only those hear who were let in.
    let groups: Vec<Several> = backup.and_then(|backup| Several::of(backup, cx.settings)).into_iter().collect();
    let by_hand = backup.filter(|_| groups.is_empty()).cloned();
    Ok(What::Comms(Fact::Escalated { to, due: late.due, people, groups, by_hand }))
}

/// Who stands in for whoever leads.
fn backup<'a>(it: &Incident, playbook: &'a Playbook) -> Option<&'a Contact> {
    playbook.role(it.lead_role.as_str()).and_then(|role| role.backup.as_ref())
}

/// Whoever leads, and the person who stands in for them.
fn answerable(it: &Incident, playbook: &Playbook) -> Vec<UserId> {
    let mut people: Vec<UserId> = it.lead().into_iter().cloned().collect();
    if let Some(Contact::User(backup)) = backup(it, playbook)
        && !people.contains(backup)
        && may_see(it, backup)
    {
        people.push(backup.clone());
    }
    people
}

/// Does it change since when something lasts, or what that means for the channels?
const fn moves_lengths(what: &What) -> bool {
    matches!(
        what,
        What::TimeCorrected { which: TimeField::Started, .. }
            | What::SeverityChanged { .. }
            | What::PhaseChanged { .. }
            | What::Reopened { .. }
            | What::Access(access::Fact::KindChanged { .. })
    )
}

/// The channels that apply because it has lasted, by this length or by any, unless something went there or was said of them
/// already.
fn outlets_due(it: &Incident, playbook: &Playbook, now: Timestamp, minutes: Option<u32>) -> Option<Fact> {
    let mut found = Vec::new();
    for to in READERS {
        let newly = outlets_for(it, playbook, to, now).into_iter().filter(|(outlet, applies)| {
            let length = outlet.when.min_duration_min;
            let is_meant = length > 0 && minutes.is_none_or(|minutes| length == minutes);
            *applies && is_meant && !was_sent(it, &outlet.id) && !it.comms.outlets_said.contains(&outlet.id)
        });
        found.extend(newly.map(|(outlet, _)| outlet.id.clone()));
    }
    found.truncate(OUTLETS_SAID.saturating_sub(it.comms.outlets_said.len()));
    (!found.is_empty() && it.stage != Stage::Resolved).then_some(Fact::OutletsDue { outlets: found })
}

fn was_sent(it: &Incident, outlet: &crate::playbook::OutletId) -> bool {
    it.comms.sends.iter().any(|send| send.delivery(outlet).is_some())
}

/// When others hear of something that is late: after so many percent of its time.
pub(super) fn escalate_at(since: Timestamp, due: Timestamp, percent: u32) -> Option<Timestamp> {
    let over = i32::try_from(percent.saturating_sub(100)).ok().filter(|over| *over > 0)?;
    due.checked_add((due.duration_since(since) * over / 100).max(SignedDuration::from_mins(1))).ok()
}

/// What is owed has not changed of that: its event, for [`Event`]s that make something due.
pub(super) const fn is_new(before: Option<&Promise>, after: &Promise) -> bool {
    match before {
        Some(before) => before.version != after.version,
        None => after.version > 0,
    }
}

/// The lengths of time that make channels apply, as the register says.
pub(super) fn lengths(it: &Incident, playbook: &Playbook, event: &Event) -> Vec<(Timestamp, u32)> {
    if !it.is_open() || !(matches!(event.what, What::Declared { .. }) || moves_lengths(&event.what)) {
        return Vec::new();
    }
    let mut minutes: Vec<u32> = READERS
        .into_iter()
        .flat_map(|to| outlets_for(it, playbook, to, event.at))
        .map(|(outlet, _)| outlet.when.min_duration_min)
        .filter(|minutes| *minutes > 0)
        .collect();
    minutes.sort_unstable();
    minutes.dedup();
    let at = |minutes: u32| it.started_at.checked_add(SignedDuration::from_mins(minutes.into())).ok();
    let begins = matches!(event.what, What::Declared { .. });
    // What has lasted so long by a change is said with it.
    let times = minutes.into_iter().filter_map(|m| Some((at(m)?, m))).filter(|(at, _)| begins || *at > event.at);
    times.map(|(at, m)| (at.max(event.at), m)).collect()
}
