//! Who comes in by what else happens.

use super::{Entry, Fact, may_see};
use crate::incident::{Event, Incident, What, course};

/// A need-to-know incident lets in whoever holds a role of it, is asked to take one or to advise, or acknowledged as they were
/// paged.
pub fn follow(after: &Incident, event: &Event) -> Option<What> {
    let (who, how) = match &event.what {
        What::Course(course::Fact::ConsultAsked { number, .. } | course::Fact::ConsultPassed { number, .. }) => {
            (after.course.consult(*number)?.to.as_ref()?, Entry::Consulted)
        }
        What::RoleTaken { holder: who, .. } | What::RoleOffered { to: who, .. } => (who, Entry::Role),
        What::PageAcknowledged { by: who, .. } | What::PageAnswered { by: who, .. } => (who, Entry::Answered),
        _ => return None,
    };
    if may_see(after, who) {
        return None;
    }
    let by = event.by.person().filter(|by| *by != who).cloned();
    Some(What::Access(Fact::LetIn { who: who.clone(), by, how, why: None }))
}
