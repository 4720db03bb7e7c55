//! What the playbook asks for by itself when something happened.

use super::{Fact, acting, exclusions, ladder, lists, tasks};
use crate::{
    incident::{Context, Event, Incident, Taken, What, access, course},
    playbook::Stage,
};

/// What begins with an incident, and again where it becomes one of another kind: the roles it must have, and the lead's
/// checklist.
fn begin(cx: &Context<'_>, it: &Incident) -> Vec<What> {
    let kind = cx.playbook.kind(&it.kind);
    let roles = kind.required_roles.clone();
    let mut events = Vec::new();
    if !roles.is_empty() || ladder::has_anyone(cx, it) || course::has_work(cx.playbook, kind) {
        events.push(What::Duty(Fact::Required { roles }));
    }
    let lead = it.roles.get(&it.lead_role).and_then(|s| s.holders().next());
    events.extend(lead.and_then(|lead| lists::taken(cx, it, &it.lead_role, &lead.person, None, lead.confirmed)));
    events
}

/// What `event`, after which the incident is `after`, brings with it.
#[must_use]
pub fn follow(cx: &Context<'_>, before: Option<&Incident>, after: &Incident, event: &Event) -> Vec<What> {
    let mut brings: Vec<What> = acting::confirms(before, after, event).into_iter().collect();
    brings.extend(asked_for(cx, before, after, event));
    brings
}

fn asked_for(cx: &Context<'_>, before: Option<&Incident>, after: &Incident, event: &Event) -> Vec<What> {
    match &event.what {
        What::Declared { .. } => begin(cx, after),
        What::Access(access::Fact::KindChanged { .. }) => {
            ladder::withdraw(cx, after).into_iter().chain(begin(cx, after)).collect()
        }
        // By then whatever the incident takes over from another one is there.
        What::Duty(Fact::Required { .. }) => {
            let mut events = ladder::begin(cx, after);
            events.extend(course::first(cx, after, &events));
            events
        }
        What::RoleTaken { role, holder, from, how, .. } => {
            let confirmed = !matches!(how, Taken::Assigned);
            let list = lists::taken(cx, after, role, holder, from.as_ref(), confirmed);
            let asked = if confirmed { None } else { ladder::given(cx, after, role, holder) };
            list.into_iter().chain(asked).collect()
        }
        // Whoever leads a small incident without a word about it is not pressed by a checklist.
        What::RoleConfirmed { role, holder, by_acting } => {
            let pressing = !by_acting || cx.playbook.is_major(after.severity);
            lists::taken(cx, after, role, holder, None, pressing).into_iter().collect()
        }
        What::RoleDropped { role, .. } => ladder::again(cx, after, role),
        What::OfferDeclined { role, ladder: true, .. } | What::Duty(Fact::Unreached { role, .. }) => {
            ladder::one_less(cx, after, role)
        }
        What::SeverityChanged { .. } => {
            ladder::hurry(cx, after).into_iter().chain(exclusions::clashes(cx, before, after)).collect()
        }
        What::PhaseChanged { from, .. } => {
            let revived = before.is_some_and(|b| b.stage == Stage::Resolved);
            let asked = if revived { ladder::resume(cx, after) } else { Vec::new() };
            tasks::phase_over(after, from).into_iter().chain(asked).collect()
        }
        What::Reopened { .. } => ladder::resume(cx, after),
        What::Course(course::Fact::BesideEnded { phase, .. }) => tasks::phase_over(after, phase).into_iter().collect(),
        _ => Vec::new(),
    }
}
