//! What is asked about the course, and what comes of it.

use super::{Alarm, Ask, beside, consult, exits, fix};
use crate::incident::{
    Context, Incident, Rejection, Reminder, What,
    decide::{change_phase, must_be_open, reason},
    remind,
};

/// The events that `ask` makes.
pub(in crate::incident) fn decide(it: &Incident, ask: &Ask, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    if let Ask::Ring(alarm) = ask {
        return match alarm {
            // Whatever else whoever leads is to hear of soon is told with it.
            Alarm::Consult { number } => remind::remind(it, &[Reminder::Unanswered { number: *number }], cx),
        };
    }
    must_be_open(it)?;
    match ask {
        Ask::State(said) => match fix::said(said)? {
            events if events.is_empty() => Err(Rejection::AlreadySo),
            events => Ok(events),
        },
        Ask::Leave { to, why, said } => {
            let said = fix::said(said)?;
            let on = fix::after(it, &said, cx);
            let changes = change_phase(&on, to, why.as_deref(), cx)?;
            Ok(said.into_iter().chain(changes).collect())
        }
        Ask::ConfirmFix { entry, fix, signal, resolve } => {
            fix::confirm(it, *entry, fix.as_deref(), signal, *resolve, cx)
        }
        Ask::EndBeside { phase, why } => beside::end(it, phase, reason(why.as_deref())?, cx),
        Ask::AcceptExit { phase } => exits::accept(it, phase, cx),
        Ask::Consult { role, question } => consult::ask(it, role, question, cx),
        Ask::Answer { number, text } => consult::answer(it, *number, text),
        Ask::Ring(_) => Err(Rejection::Stale),
    }
}
