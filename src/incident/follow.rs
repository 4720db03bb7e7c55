//! What follows from an event by itself, in the same commit: what the playbook asks for when something happened.

use super::{
    Context, Event, Incident, What, access, comms, course,
    decide::{paged_by_itself, pages::urge},
    duty,
};

/// The events that `event`, which turned `before` into `after`, brings with it. Each of them is applied in turn, and may bring
/// more; none may bring itself back.
#[must_use]
pub fn follow(cx: &Context<'_>, before: Option<&Incident>, after: &Incident, event: &Event) -> Vec<What> {
    let mut brings: Vec<What> = access::follow(after, event).into_iter().collect();
    brings.extend(course::follow(cx, before, after, event));
    brings.extend(comms::follow(cx, before, after, &event.what));
    // Whoever is paged for a role is not asked to take it as well.
    brings.extend(paged_by_itself(cx, after, event));
    brings.extend(duty::follow(cx, before, after, event));
    brings.extend(before.iter().flat_map(|before| urge(before, after, event)));
    brings
}
