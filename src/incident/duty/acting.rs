//! Whoever leads and does what only the one who leads does, need not also say that they lead.

use crate::incident::{EntryKind, Event, Incident, What, access, comms, course, decide::is_awaited, duty::Fact};

/// Is it something that whoever leads does? Anybody may write notes, say what they see, or give the lead away.
const fn is_leading(what: &What) -> bool {
    match what {
        What::SeverityChanged { .. }
        | What::PhaseChanged { .. }
        | What::RoleTaken { .. }
        | What::PageStarted { .. }
        | What::UpdatePosted { .. } => true,
        What::EntryAdded { entry, .. } => match entry {
            EntryKind::Decision => true,
            EntryKind::Note | EntryKind::Change | EntryKind::Fix | EntryKind::Message => false,
        },
        What::Course(fact) => !matches!(fact, course::Fact::ConsultAnswered { .. }),
        What::Duty(fact) => matches!(
            fact,
            Fact::TaskAdded { .. } | Fact::TaskGiven { .. } | Fact::TaskPostponed { .. } | Fact::ItemDone { .. }
        ),
        What::Comms(fact) => {
            matches!(
                fact,
                comms::Fact::Sent { .. }
                    | comms::Fact::Corrected { .. }
                    | comms::Fact::Approved { .. }
                    | comms::Fact::Snoozed { .. }
            )
        }
        What::Access(fact) => matches!(fact, access::Fact::LetIn { .. } | access::Fact::Removed { .. }),
        What::Declared { .. }
        | What::RoomOpened { .. }
        | What::RoomLost { .. }
        | What::RoomBack { .. }
        | What::Renamed { .. }
        | What::TimeCorrected { .. }
        | What::RoleOffered { .. }
        | What::OfferDeclined { .. }
        | What::RoleDropped { .. }
        | What::RoleConfirmed { .. }
        | What::PageStepReached { .. }
        | What::PageStepSkipped { .. }
        | What::PageRepeated { .. }
        | What::PageTargetsFound { .. }
        | What::PageWaysFound { .. }
        | What::PageAttempted { .. }
        | What::PageDeclined { .. }
        | What::PageAnswered { .. }
        | What::PageAcknowledged { .. }
        | What::PageAcknowledgedExternally { .. }
        | What::PageUpdatedExternally { .. }
        | What::PageChecked { .. }
        | What::PageKept { .. }
        | What::PageReturned { .. }
        | What::PageExhausted { .. }
        | What::PageLetGo { .. }
        | What::PageEnded { .. }
        | What::UpdateReminded { .. }
        | What::UpdateMissed { .. }
        | What::EntryEdited { .. }
        | What::EntrySourceDeleted { .. }
        | What::Redacted { .. }
        | What::LinkAdded { .. }
        | What::Closed {}
        | What::Cancelled { .. }
        | What::Reopened { .. }
        | What::MergedInto { .. }
        | What::MergedFrom { .. }
        | What::DeliveryFailed { .. }
        | What::Carried { .. }
        | What::Intake(_)
        | What::Case(_) => false,
    }
}

/// That whoever leads acted as the one who does. While the playbook asks others, because they lead only since they declared,
/// those are waited for.
pub(super) fn confirms(before: Option<&Incident>, after: &Incident, event: &Event) -> Option<What> {
    let person = event.by.person().filter(|_| after.is_open() && is_leading(&event.what))?;
    let role = &after.lead_role;
    let held = after.roles.get(role)?.of(person).filter(|h| !h.confirmed)?;
    // What gives somebody the role is not yet something that they do with it.
    before?.roles.get(role)?.of(person)?;
    let by_default = held.since == 1;
    let awaited = by_default && (after.duty.asking(role).is_some_and(|l| l.waits) || is_awaited(after, role));
    (!awaited).then(|| What::RoleConfirmed { role: role.clone(), holder: person.clone(), by_acting: true })
}
