//! The gate.

use super::No;
use crate::{
    ids::UserId,
    incident::{Command, Incident, Rejection},
    paging::PageId,
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

/// May this person ask that of the incident, as far as its list says? Whoever was paged may answer the page besides, see [`answers`].
#[must_use]
pub fn gate(it: &Incident, who: &UserId, command: &Command) -> Gate {
    // Nobody types an edit: the author of a message on the timeline changed it.
    if may_see(it, who) || matches!(command, Command::EditEntry { .. }) { Gate::Open } else { Gate::Shut }
}

/// Does it answer a page; which, where it says so? Whoever got one may answer it, at whatever step it is by then, and knows no more than
/// before.
#[must_use]
pub const fn answers(command: &Command) -> Option<Option<PageId>> {
    match command {
        Command::Acknowledge { page, .. } | Command::DeclinePage { page, .. } => Some(*page),
        Command::EscalatePage { page, .. } => Some(Some(*page)),
        _ => None,
    }
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
