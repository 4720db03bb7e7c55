//! Roles that are asked for their advice.

use jiff::{SignedDuration, Timestamp};

use super::{Consult, Fact, No};
use crate::{
    ids::UserId,
    incident::{
        Context, Incident, Needed, Rejection, Reminder, Text, Upcoming, What,
        decide::{TEXT_LIMIT, roles::holdable, text},
        duty, remind_at,
    },
    playbook::{CriterionId, KindId, Phase, Playbook, Role, RoleId},
};

/// Minutes in which an answer is wanted, and those for the worst severity.
const ANSWER_WITHIN: (i64, i64) = (30, 15);
/// After which part of that time whoever is asked is reminded.
const REMIND_AT_PERCENT: u32 = 66;
/// How many questions may wait for an answer.
const WAITING: usize = 20;

fn answer_by(it: &Incident, cx: &Context<'_>) -> Timestamp {
    let is_worst = cx.playbook.severities.first().is_some_and(|worst| worst.level == it.severity);
    let minutes = if is_worst { ANSWER_WITHIN.1 } else { ANSWER_WITHIN.0 };
    cx.now.saturating_add(SignedDuration::from_mins(minutes)).unwrap_or(Timestamp::MAX)
}

/// May one more wait, when `number` is the latest there is?
pub(super) fn has_room(it: &Incident, number: u32) -> bool {
    let more = number.saturating_sub(it.course.consult_count);
    it.course.consults.len() + usize::try_from(more).unwrap_or(usize::MAX) < WAITING
}

/// The question that a phase asks by itself.
pub(super) fn of_phase(
    it: &Incident,
    number: u32,
    role: &RoleId,
    to: Option<UserId>,
    phase: &Phase,
    cx: &Context<'_>,
) -> Fact {
    Fact::ConsultAsked {
        number,
        role: role.clone(),
        to,
        question: None,
        phase: Some(phase.id.clone()),
        criteria: Vec::new(),
        answer_by: answer_by(it, cx),
    }
}

/// The roles that are asked in this kind because of what was ticked, and because of what.
fn asked_by<'a>(
    playbook: &'a Playbook,
    kind: &KindId,
    ticked: &[CriterionId],
) -> impl Iterator<Item = (&'a Role, Vec<CriterionId>)> {
    playbook.roles.iter().filter(move |r| r.is_for(kind)).filter_map(move |role| {
        let why: Vec<CriterionId> = role.consult_on.iter().filter(|c| ticked.contains(c)).cloned().collect();
        (!why.is_empty()).then_some((role, why))
    })
}

/// How many questions an incident of this kind begins with, because of what was ticked.
pub(in crate::incident) fn asked_at_first(playbook: &Playbook, kind: &KindId, ticked: &[CriterionId]) -> u32 {
    u32::try_from(asked_by(playbook, kind, ticked).take(WAITING).count()).unwrap_or(u32::MAX)
}

/// Roles, of those that `which` lets through, that are asked by themselves because of what was ticked, whether somebody has them
/// yet or not.
pub(super) fn of_criteria(
    it: &Incident,
    ticked: &[CriterionId],
    cx: &Context<'_>,
    which: impl Fn(&Role) -> bool,
) -> Vec<What> {
    let asked = asked_by(cx.playbook, &it.kind, ticked).filter(|(role, _)| which(role));
    let numbered = (it.course.consult_count + 1..).zip(asked.take(WAITING));
    let fact = |(number, (role, criteria)): (u32, (&Role, Vec<CriterionId>))| Fact::ConsultAsked {
        number,
        role: role.id.clone(),
        to: super::raci::person_of(it, &role.id, cx),
        question: None,
        phase: None,
        criteria,
        answer_by: answer_by(it, cx),
    };
    and_ask(it, numbered.map(fact).collect(), cx, &[])
}

/// These, and whom the playbook names for each role that is asked and that nobody has is asked to take it; where a question waits
/// for the role already, or they are asked by what happens `beside`, they need not be.
pub(super) fn and_ask(it: &Incident, facts: Vec<Fact>, cx: &Context<'_>, beside: &[What]) -> Vec<What> {
    let is_asked = |role: &RoleId| {
        let asks = |what: &What| matches!(what, What::Duty(duty::Fact::Asked { role: of, .. }) if of == role);
        it.course.consults.iter().any(|c| c.role == *role) || beside.iter().any(asks)
    };
    let free = |fact: &Fact| match fact {
        Fact::ConsultAsked { role, to: None, .. } if !is_asked(role) => Some(role.clone()),
        _ => None,
    };
    let roles: Vec<RoleId> = facts.iter().filter_map(free).collect();
    let offered = beside.iter().filter(|what| matches!(what, What::RoleOffered { .. })).count();
    let mut offers = it.offers + u32::try_from(offered).unwrap_or(u32::MAX);
    let mut events: Vec<What> = facts.into_iter().map(What::Course).collect();
    events.extend(roles.iter().flat_map(|role| duty::consulted(cx, it, role, &mut offers)));
    events
}

/// A person asks.
pub(super) fn ask(it: &Incident, role: &RoleId, question: &str, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    let role = &holdable(it, Some(role), None, cx)?.id;
    let question = text(question, Needed::Question, TEXT_LIMIT)?;
    if !has_room(it, it.course.consult_count) {
        return Err(Rejection::TooMany { what: Needed::Question, limit: WAITING });
    }
    let asked = Fact::ConsultAsked {
        number: it.course.consult_count + 1,
        role: role.clone(),
        to: super::raci::person_of(it, role, cx),
        question: Some(question),
        phase: None,
        criteria: Vec::new(),
        answer_by: answer_by(it, cx),
    };
    Ok(and_ask(it, vec![asked], cx, &[]))
}

/// Somebody answers; whoever answers for another is recorded as who they are.
pub(super) fn answer(it: &Incident, number: Option<u32>, answer: &str) -> Result<Vec<What>, Rejection> {
    let text: Text = text(answer, Needed::Answer, TEXT_LIMIT)?;
    let waiting = &it.course.consults;
    let consult: &Consult = match (number, waiting.as_slice()) {
        (_, []) => return Err(Rejection::Course(No::NoConsult)),
        (None, [only]) => only,
        (None, several) => {
            return Err(Rejection::Course(No::WhichConsult(several.iter().map(|c| c.number).collect())));
        }
        (Some(number), _) => it.course.consult(number).ok_or(Rejection::Course(No::NoSuchConsult(number)))?,
    };
    Ok(vec![What::Course(Fact::ConsultAnswered { number: consult.number, role: consult.role.clone(), text })])
}

/// A question, while it goes on and nobody answered in time.
fn waiting(it: &Incident, number: u32) -> Result<&Consult, Rejection> {
    it.course.consult(number).filter(|c| it.is_open() && !c.overdue).ok_or(Rejection::Stale)
}

/// Whoever is asked is reminded, once.
pub(in crate::incident) fn remind(it: &Incident, number: u32) -> Result<What, Rejection> {
    match waiting(it, number)? {
        Consult { to: Some(to), reminded: false, .. } => {
            Ok(What::Course(Fact::ConsultReminded { number, to: to.clone() }))
        }
        Consult { .. } => Err(Rejection::Stale),
    }
}

/// Reminders of questions that are still to come.
pub(in crate::incident) fn upcoming(it: &Incident) -> impl Iterator<Item = Upcoming> {
    let open = it.course.consults.iter().filter(|c| it.is_open() && !c.overdue && !c.reminded);
    let reminded = open.filter_map(|c| {
        let of = Reminder::Consult { number: c.number };
        Some(Upcoming { of, to: c.to.clone()?, at: remind_at(c.asked_at, c.answer_by, REMIND_AT_PERCENT)? })
    });
    let late = it.course.consults.iter().filter(|c| it.is_open() && !c.overdue).filter_map(|c| {
        let of = Reminder::Unanswered { number: c.number };
        Some(Upcoming { of, to: it.lead()?.clone(), at: c.answer_by })
    });
    reminded.chain(late)
}

/// Nobody answered in time.
pub(in crate::incident) fn miss(it: &Incident, number: u32) -> Result<What, Rejection> {
    waiting(it, number).map(|_| What::Course(Fact::ConsultOverdue { number }))
}

/// Whoever has the role now is asked what nobody answered.
pub(super) fn passed(it: &Incident, role: &RoleId, to: &UserId) -> Vec<What> {
    let waiting = it.course.consults.iter().filter(|c| c.role == *role && c.to.as_ref() != Some(to));
    waiting.map(|c| What::Course(Fact::ConsultPassed { number: c.number, to: to.clone() })).collect()
}
