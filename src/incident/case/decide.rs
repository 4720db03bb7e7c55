//! What is asked, and what becomes of it.

use super::{Alarm, Ask, customers, evidence, external, notices, reports};
use crate::incident::{Context, Incident, Rejection, Reminder, What, remind};

/// The events that an ask makes now.
///
/// # Errors
/// Why nothing changes.
pub fn decide(it: &Incident, ask: &Ask, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    match ask {
        // What goes on elsewhere rings there.
        Ask::Ring(_) if it.access.moved.is_some() => Err(Rejection::Stale),
        Ask::NameCustomer { name, security, technical, known } => {
            customers::name(it, name, (security.as_deref(), technical.as_deref()), known)
        }
        Ask::ChangeContacts { customer, security, technical } => {
            customers::contacts(it, *customer, security.as_deref(), technical.as_deref())
        }
        Ask::ConfirmImpact { customer, impact } => customers::confirm(it, *customer, impact.as_deref(), cx),
        Ask::Clear { customer, why } => customers::clear(it, *customer, why),
        Ask::Plan { order, teller, text } => notices::plan(it, order, teller, text),
        Ask::ApprovePlan => notices::approve(it, cx),
        Ask::Tell { customer, notice } => notices::tell(it, *customer, notice, cx),
        Ask::Acknowledge { customer, who } => notices::acknowledge(it, *customer, who),
        Ask::KeepEvidence(piece) => evidence::keep(it, piece, cx),
        Ask::PassEvidence { item, to, place } => evidence::pass(it, *item, to, place.as_deref()),
        Ask::Observe { certainty, text } => evidence::observe(it, *certainty, text),
        Ask::ConfirmObservation { observation, how } => evidence::confirm(it, *observation, how.as_deref()),
        Ask::Engage(asked) => external::engage(it, asked, cx),
        Ask::EndEngagement { engagement } => external::end(it, *engagement, false, cx),
        Ask::Ring(Alarm::Engagement { engagement }) => external::end(it, *engagement, true, cx),
        Ask::AttachReport { report, found } => reports::attach(it, *report, found.as_ref()),
        Ask::DetachReport { report, found, first } => reports::detach(it, *report, found.as_ref(), *first),
        Ask::AcknowledgeReport { report, found } => reports::acknowledge(it, *report, found.as_ref()),
        Ask::Ring(Alarm::Report { report }) => reports::overdue(it, *report, cx),
        Ask::Ring(Alarm::Notice { customer }) => {
            // Whatever else the same people are to hear of soon is told with it.
            remind::remind(it, &[Reminder::Untold { customer: *customer }], cx)
        }
    }
}
