//! What an ask about the intake means now.

use super::{Ask, Fact, No, Opening, alerts, condition, dues};
use jiff::Timestamp;

use crate::{
    ids::{ChannelId, IncidentId, UserId},
    incident::{
        Declaration, Incident, Needed, Rejection, Reminder, Upcoming, What,
        decide::{Context, facts, must_be_open, text},
        remind,
    },
    playbook::{CriterionId, Kind, Playbook, ServiceId, Severity, Visibility},
};

/// The longest condition, in characters: a tag, not a story.
const CONDITION_LIMIT: usize = 60;
/// The most conditions of one incident.
const CONDITIONS: usize = 5;

/// The events that `ask` makes of the incident now.
pub fn decide(it: &Incident, ask: &Ask, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    match ask {
        // What came of the bot's own work is so, whatever was decided meanwhile; and what made an incident possible is often known
        // only afterwards.
        Ask::ThreadOpened { .. } | Ask::Tag { .. } => {}
        _ => must_be_open(it)?,
    }
    let facts = match ask {
        Ask::Answer { criteria, detection, service } => {
            let mut facts: Vec<Fact> = answer(it, criteria, cx).into_iter().collect();
            if let Some(source) = detection.filter(|d| it.intake.detection != Some(*d)) {
                facts.push(Fact::DetectionNoted { source });
            }
            if service.is_some() {
                facts.extend(move_to(it, service.as_ref(), cx)?);
            }
            facts
        }
        Ask::Detected { source } if it.intake.detection == Some(*source) => Vec::new(),
        Ask::Detected { source } => vec![Fact::DetectionNoted { source: *source }],
        Ask::Describe { title, service } => return describe(it, title, service.as_ref(), cx),
        Ask::Tag { condition, holds, repeats } => vec![tag(it, condition, *holds, *repeats)?],
        // Whatever else the same person is to hear of soon is told with it.
        Ask::Nudge { value } => return remind::remind(it, &[Reminder::Value { value: value.clone() }], cx),
        Ask::ThreadOpened { at } => it
            .intake
            .in_thread()
            .filter(|t| t.root.as_ref() != Some(&at.ts))
            .map(|_| Fact::ThreadOpened { at: at.clone() })
            .into_iter()
            .collect(),
        Ask::GiveRoom { .. } if it.intake.in_thread().is_none() => return Err(Rejection::Intake(No::HasRoom)),
        Ask::GiveRoom { why } => vec![Fact::RoomGiven { why: why.clone() }],
        Ask::AttachAlerts(asked) => alerts::attach(it, asked, cx)?,
        Ask::AlertsStand { group, firing } => alerts::stand(it, *group, *firing).into_iter().collect(),
        Ask::Mute if it.intake.nudges.muted => Vec::new(),
        Ask::Mute => vec![Fact::Muted {}],
        Ask::Join => cx.person().map(|person| Fact::Joined { person: person.clone() }).into_iter().collect(),
    };
    if facts.is_empty() { Err(Rejection::AlreadySo) } else { Ok(facts.into_iter().map(What::Intake).collect()) }
}

/// Those criteria that the playbook has, if that is news.
fn answer(it: &Incident, ticked: &[CriterionId], cx: &Context<'_>) -> Option<Fact> {
    let criteria: Vec<CriterionId> =
        cx.playbook.criteria.iter().map(|c| &c.id).filter(|id| ticked.contains(id)).cloned().collect();
    let is_news = criteria != it.intake.criteria || it.intake.is_unsure();
    is_news.then_some(Fact::CriteriaAnswered { criteria })
}

/// A value has its say.
pub fn nudge(it: &Incident, value: &str, cx: &Context<'_>) -> Result<What, Rejection> {
    let found = dues(cx.playbook, it).into_iter().find(|(at, v)| v.id == value && remind::has_come(*at, cx.now));
    let (_, value) = found.ok_or(Rejection::Stale)?;
    let (value, text, to) = (value.id.clone(), value.said(), listener(it).clone());
    Ok(What::Intake(Fact::Nudged { value, text, to }))
}

/// Who hears of values: whoever leads; where nobody does, whoever declared.
fn listener(it: &Incident) -> &UserId {
    it.lead().unwrap_or(&it.declared_by)
}

/// The value that has its say next, if nothing more happens.
pub fn upcoming(it: &Incident, playbook: &Playbook) -> Option<Upcoming> {
    let (at, value) = dues(playbook, it).into_iter().min_by_key(|(at, _)| *at)?;
    Some(Upcoming { of: Reminder::Value { value: value.id.clone() }, to: listener(it).clone(), at })
}

fn move_to(it: &Incident, to: Option<&ServiceId>, cx: &Context<'_>) -> Result<Option<Fact>, Rejection> {
    let to = known(to, cx)?;
    let from = it.intake.service.clone();
    Ok((from != to).then_some(Fact::ServiceChanged { from, to }))
}

fn tag(it: &Incident, raw: &str, holds: bool, repeats: Option<IncidentId>) -> Result<Fact, Rejection> {
    let condition = text(&condition(raw), Needed::Condition, CONDITION_LIMIT)?;
    let known = it.intake.conditions.iter().find(|tag| tag.text == condition);
    match (holds, known) {
        (true, Some(_)) => Err(Rejection::AlreadySo),
        (true, None) if it.intake.conditions.len() >= CONDITIONS => {
            Err(Rejection::Intake(No::ManyConditions { limit: CONDITIONS }))
        }
        (true, None) => Ok(Fact::Tagged { condition, repeats }),
        (false, Some(tag)) => Ok(Fact::Untagged { tag: tag.seq, condition, repeats }),
        (false, None) => Err(Rejection::Intake(No::NoSuchCondition)),
    }
}

/// What else is known when an incident is declared.
pub fn opening(d: &Declaration, severity: Severity, kind: &Kind, cx: &Context<'_>) -> Result<Opening, Rejection> {
    Ok(Opening {
        // What goes on is refused nothing because the playbook changed meanwhile.
        service: known(d.service.as_ref(), cx)
            .or_else(|why| if d.continues.is_some() { Ok(None) } else { Err(why) })?,
        detected_at: d.detected_at.or(since(d)).filter(|at| *at <= cx.now),
        event: d.event,
        repeats: d.repeats,
        thread: thread(d, severity, kind, cx),
    })
}

/// Since when the alerts fire that it is declared of.
fn since(d: &Declaration) -> Option<Timestamp> {
    Some(d.alerts.as_ref()?.found.as_ref()?.since)
}

/// The channel whose thread takes the place of a room: where that was asked for, and the severity is one that may do without.
fn thread(d: &Declaration, severity: Severity, kind: &Kind, cx: &Context<'_>) -> Option<ChannelId> {
    let may = cx.playbook.severity(severity).is_some_and(|s| s.thread) && kind.visibility == Visibility::Workspace;
    d.declared_in.clone().filter(|channel| d.thread && may && may_thread(channel))
}

/// Is it a channel? Nobody else is in a direct message.
#[must_use]
pub fn may_thread(channel: &ChannelId) -> bool {
    channel.as_str().starts_with(['C', 'G'])
}

/// The service as the playbook spells it.
fn known(service: Option<&ServiceId>, cx: &Context<'_>) -> Result<Option<ServiceId>, Rejection> {
    let Some(service) = service else { return Ok(None) };
    let found = cx.playbook.service(service.as_str()).map(|s| s.id.clone());
    found.map(Some).ok_or_else(|| Rejection::Intake(No::NoSuchService(service.0.clone())))
}

fn describe(it: &Incident, title: &str, service: Option<&ServiceId>, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    let moved = move_to(it, service, cx)?.map(What::Intake);
    match (facts::rename(it, title), moved) {
        (Ok(mut events), moved) => {
            events.extend(moved);
            Ok(events)
        }
        (Err(Rejection::AlreadySo), Some(moved)) => Ok(vec![moved]),
        (Err(why), _) => Err(why),
    }
}
