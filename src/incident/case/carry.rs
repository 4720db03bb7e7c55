//! What comes along where an open incident turns out to be a secret, and goes on as another.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::Fact;
use crate::{
    ids::UserId,
    incident::{Context, EntryKind, Event, Incident, RoleState, Text, What, comms, course, duty},
    playbook::{Audience, CriterionId, Kind},
};

/// How long somebody has to post by hand what was not posted yet, where nothing was promised for a time.
const POST_WITHIN: SignedDuration = SignedDuration::from_mins(30);
/// The most channels that are named where something was not posted yet.
const NAMED: usize = 6;

/// All that was recorded of its case, and what goes on: open tasks, questions that wait for an answer, fixes. In order, as the one
/// that goes on records it: by whom and when it was recorded first. Words that were redacted stay away.
pub fn carried(old: &Incident, history: Vec<(u64, Event)>) -> Vec<What> {
    let edits: BTreeMap<u64, Text> = history
        .iter()
        .filter_map(|(_, event)| match &event.what {
            What::EntryEdited { entry, text, .. } => Some((*entry, text.clone())),
            _ => None,
        })
        .collect();
    let records = history.into_iter().filter_map(|(entry, Event { at, by, what, .. })| match what {
        What::Case(record) => {
            let record = Box::new(with_task(old, record));
            Some(What::Case(Fact::Carried { entry, at, by, record }))
        }
        what => goes_on(old, entry, what, &edits).map(|what| What::Carried { entry, at, by, record: Box::new(what) }),
    });
    records.collect()
}

/// The task of telling a customer, as long as it is open.
fn with_task(old: &Incident, record: Fact) -> Fact {
    match record {
        Fact::ImpactConfirmed { customer, impact, due, task } => {
            Fact::ImpactConfirmed { customer, impact, due, task: task.filter(|task| is_open(old, *task)) }
        }
        other => other,
    }
}

/// Work of a phase ends with it, and the phases are others there.
fn is_open(old: &Incident, task: u32) -> bool {
    old.duty.task(task).is_some_and(|task| task.phase.is_none())
}

/// It, if it goes on. What the bot asked by itself, it asks there by itself.
fn goes_on(old: &Incident, entry: u64, what: What, edits: &BTreeMap<u64, Text>) -> Option<What> {
    match what {
        What::Duty(
            duty::Fact::TaskAdded { task, .. }
            | duty::Fact::TaskGiven { task, .. }
            | duty::Fact::TaskPostponed { task, .. },
        ) if is_open(old, task) => Some(what),
        What::Course(course::Fact::ConsultAsked { number, role, question: Some(question), answer_by, .. }) => {
            let to = old.course.consult(number)?.to.clone();
            let (phase, criteria) = (None, Vec::new());
            let question = Some(question);
            Some(What::Course(course::Fact::ConsultAsked { number, role, to, question, phase, criteria, answer_by }))
        }
        What::EntryAdded { entry: EntryKind::Fix, text, said_at, author, source } => {
            let text = edits.get(&entry).cloned().unwrap_or(text);
            Some(What::EntryAdded { entry: EntryKind::Fix, text, said_at, author, source })
        }
        _ => None,
    }
}

/// The same as the one that goes on takes it: questions come after those that it begins with; what somebody outside was asked,
/// waits for whoever takes the role, and what they had to do goes to whoever leads.
pub fn received(
    old: &Incident,
    carried: &[What],
    kind: &Kind,
    criteria: &[CriterionId],
    cx: &Context<'_>,
) -> Vec<What> {
    let lead = old.lead().or(cx.person()).unwrap_or(&old.declared_by);
    let is_inside = |who: &UserId| {
        who == lead || cx.person() == Some(who) || old.roles.values().any(|r| RoleState::holder_is(r, who))
    };
    let mut number = course::asked_at_first(cx.playbook, &kind.id, criteria);
    let mut events = carried.to_vec();
    for event in &mut events {
        if let What::Carried { record, .. } = event
            && let What::Course(course::Fact::ConsultAsked { number: asked, to, .. }) = record.as_mut()
        {
            number += 1;
            *asked = number;
            to.take_if(|to| !is_inside(to));
        }
    }
    let open = old.duty.tasks.iter().filter(|t| t.phase.is_none() && !is_inside(&t.owner));
    let handed = |t: &duty::Task| duty::Fact::TaskGiven { task: t.number, from: t.owner.clone(), to: lead.clone() };
    events.extend(open.map(handed).map(What::Duty));
    events.extend(owed(old, cx.now).map(|(text, due)| {
        let owner = comms::owner(old, Audience::External).filter(|who| is_inside(who)).unwrap_or(lead).clone();
        duty::new_task(old, 0, text, owner, due)
    }));
    events
}

/// What customers were promised, and what was written for them and is not posted yet. Nothing goes to them from a need-to-know
/// incident, so it is somebody's task.
fn owed(old: &Incident, now: Timestamp) -> Option<(Text, Timestamp)> {
    let promised = old.comms.external.due.filter(|_| old.comms.external.count > 0);
    let mut labels: Vec<&str> = old.comms.unposted().map(|(_, delivery)| delivery.to.label.as_str()).collect();
    labels.dedup();
    labels.truncate(NAMED);
    if promised.is_none() && labels.is_empty() {
        return None;
    }
    let mut parts = Vec::new();
    if promised.is_some() {
        parts.push(
            "Customers were promised an update by this time, and nothing goes to them from here: tell them by hand, or name \
             another time to them."
                .to_owned(),
        );
    }
    if !labels.is_empty() {
        parts.push(format!(
            "Written for customers and not posted yet: {}. Post it by hand, or decide that it is not said.",
            labels.join(", ")
        ));
    }
    let due = promised.or_else(|| now.checked_add(POST_WITHIN).ok()).unwrap_or(now);
    Some((Text::new(parts.join(" ")), due.max(now)))
}
