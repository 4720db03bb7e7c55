//! What must be done about what happens on the course.

use super::{Alarm, Fact};
use crate::{
    ids::UserId,
    incident::{Effect, Effects, Event, Incident, Reminder, Timer, Upcoming, What},
    paging::Target,
};

/// Messages to the people concerned.
pub(in crate::incident) fn effects(
    out: &mut Effects,
    before: Option<&Incident>,
    after: &Incident,
    event: &Event,
    seq: u64,
) {
    // A question that came along is asked anew: it has another number, of another incident.
    if let What::Carried { record, .. } = &event.what
        && let What::Course(Fact::ConsultAsked { number, .. }) = record.as_ref()
    {
        out.now.extend(question(after, *number));
    }
    // Whoever is asked sees that it is over, or that it goes on.
    if let What::Closed {} | What::Cancelled { .. } | What::MergedInto { .. } | What::Reopened { .. } = &event.what {
        out.now.extend(after.course.consults.iter().filter_map(|consult| question(after, consult.number)));
    }
    let What::Course(fact) = &event.what else { return };
    let tell = |to: &UserId| Effect::Tell { to: Target::Person(to.clone()), seq };
    match fact {
        Fact::Informed { to, .. } => out.now.push(tell(to)),
        Fact::InformedGroups { groups, .. } => {
            out.now.extend(groups.iter().map(|group| Effect::Tell { to: Target::from(group.clone()), seq }));
        }
        Fact::ExitAwaited { role, .. } => out.now.extend(super::accepts(after, role).map(tell)),
        Fact::ConsultAsked { number, .. } => out.now.extend(question(after, *number)),
        // Whoever was asked before sees that they need not answer any more.
        Fact::ConsultPassed { number, .. } => {
            out.now.extend(before.and_then(|b| question(b, *number)));
            out.now.extend(question(after, *number));
        }
        Fact::ConsultAnswered { number, .. } => out.now.extend(before.and_then(|b| question(b, *number))),
        Fact::ConsultReminded { number, to } => {
            out.now.push(Effect::remind(after.id, to, Reminder::Consult { number: *number }));
        }
        Fact::ConsultOverdue { number } => {
            let late = |to: &UserId| Effect::remind(after.id, to, Reminder::Unanswered { number: *number });
            out.now.extend(after.lead().map(late));
        }
        Fact::Stated { .. }
        | Fact::SeverityConfirmed { .. }
        | Fact::FixConfirmed { .. }
        | Fact::LeftWithout { .. }
        | Fact::Overridden { .. }
        | Fact::BesideOpened { .. }
        | Fact::BesideEnded { .. }
        | Fact::ExitAccepted { .. }
        | Fact::CannotInform { .. }
        | Fact::AdviceTaken { .. } => {}
    }
}

/// A question, for whoever is asked.
fn question(it: &Incident, number: u32) -> Option<Effect> {
    let consult = it.course.consult(number)?;
    Some(Effect::Question { number, asked: consult.seq, to: consult.to.clone()? })
}

/// Does the room hear of it in a line of its own? Whose acceptance is awaited stands in the line that says the phase changed;
/// whoever answers for a phase and leaves it has said enough.
pub(in crate::incident) fn is_said(before: Option<&Incident>, fact: &Fact) -> bool {
    match fact {
        Fact::ExitAccepted { phase, .. } => before.is_some_and(|b| b.course.exits.iter().any(|e| e.phase == *phase)),
        Fact::Stated { .. }
        | Fact::SeverityConfirmed { .. }
        | Fact::FixConfirmed { .. }
        | Fact::Overridden { .. }
        | Fact::BesideOpened { .. }
        | Fact::BesideEnded { .. }
        | Fact::CannotInform { .. }
        | Fact::ConsultAsked { .. }
        | Fact::ConsultOverdue { .. }
        | Fact::ConsultAnswered { .. } => true,
        Fact::LeftWithout { .. }
        | Fact::ExitAwaited { .. }
        | Fact::Informed { .. }
        | Fact::InformedGroups { .. }
        | Fact::ConsultPassed { .. }
        | Fact::ConsultReminded { .. }
        | Fact::AdviceTaken { .. } => false,
    }
}

/// Does the card show it?
pub(in crate::incident) const fn is_shown(fact: &Fact) -> bool {
    match fact {
        Fact::FixConfirmed { .. }
        | Fact::BesideOpened { .. }
        | Fact::BesideEnded { .. }
        | Fact::ExitAwaited { .. }
        | Fact::ExitAccepted { .. }
        | Fact::ConsultAsked { .. }
        | Fact::ConsultPassed { .. }
        | Fact::ConsultOverdue { .. }
        | Fact::ConsultAnswered { .. } => true,
        Fact::Stated { .. }
        | Fact::SeverityConfirmed { .. }
        | Fact::Overridden { .. }
        | Fact::LeftWithout { .. }
        | Fact::Informed { .. }
        | Fact::InformedGroups { .. }
        | Fact::CannotInform { .. }
        | Fact::ConsultReminded { .. }
        | Fact::AdviceTaken { .. } => false,
    }
}

/// Timers for each question: to remind whoever is asked, and for the end of the time.
pub(in crate::incident) fn timers(out: &mut Effects, before: Option<&Incident>, after: &Incident) {
    let fresh = |number: u32| before.and_then(|b| b.course.consult(number)).is_none();
    for consult in after.course.consults.iter().filter(|c| fresh(c.number)) {
        out.later.push((consult.answer_by, Timer::Course(Alarm::Consult { number: consult.number })));
    }
    let known: Vec<Upcoming> = before.map(|b| super::upcoming(b).collect()).unwrap_or_default();
    for reminder in super::upcoming(after).filter(|r| !known.iter().any(|k| (&k.of, k.at) == (&r.of, r.at))) {
        out.later.push((reminder.at, Timer::Remind { of: reminder.of }));
    }
}
