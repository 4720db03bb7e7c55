//! The gate.

use super::No;
use crate::{
    ids::UserId,
    incident::{Command, Incident, Rejection},
    paging::{Page, PageId, Target, reach::Beside},
};

/// May this person see the incident? The one question that every surface asks.
#[must_use]
pub fn may_see(it: &Incident, who: &UserId) -> bool {
    !it.is_secret() || it.access.inside.contains(who)
}

/// What becomes of a person's command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// It is looked at.
    Open,
    /// As if there were no such incident.
    Shut,
}

/// May this person ask that of the incident? Whoever was paged may answer the page, and knows no more than before.
#[must_use]
pub fn gate(it: &Incident, who: &UserId, command: &Command) -> Gate {
    let may = may_see(it, who)
        || match command {
            Command::Acknowledge { page, .. } | Command::DeclinePage { page, .. } => reached(it, *page, who),
            Command::EscalatePage { page, .. } => reached(it, Some(*page), who),
            // Nobody types these: the author of a message on the timeline changed it.
            Command::EditEntry { .. } => true,
            _ => false,
        };
    if may { Gate::Open } else { Gate::Shut }
}

/// What someone outside is told: the same as of a number that does not exist, except of a stub, which they knew.
#[must_use]
pub fn refused(it: &Incident) -> Rejection {
    if it.access.moved.is_none() {
        return Rejection::NoSuchIncident(it.id);
    }
    let ask = it.lead().unwrap_or(&it.declared_by).clone();
    Rejection::Access(No::Elsewhere { id: it.id, ask })
}

/// Did a message of the page (the latest that waits, where none is named) reach this person?
fn reached(it: &Incident, page: Option<PageId>, who: &UserId) -> bool {
    let got = |p: &Page| {
        p.declined.contains(who)
            || p.attempts
                .iter()
                .any(|a| matches!(&a.to, Target::Person(person) if person == who) && a.outcome.arrived())
            || p.beside(who).is_some_and(Beside::is_reached)
    };
    match page {
        Some(page) => it.page(page).is_some_and(got),
        None => it.pages.iter().any(|p| p.waits() && got(p)),
    }
}
