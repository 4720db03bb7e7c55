//! What must be done about facts of the intake.

use super::{Fact, dues};
use crate::{
    incident::{Context, Effect, Effects, Incident, Timer},
    paging::Target,
};

/// Words to people outside of the room.
pub fn tells(fact: &Fact, seq: u64) -> Option<Effect> {
    match fact {
        Fact::Nudged { to, .. } => Some(Effect::Tell { to: Target::Person(to.clone()), seq }),
        Fact::CriteriaAnswered { .. }
        | Fact::DetectionNoted { .. }
        | Fact::ServiceChanged { .. }
        | Fact::Joined { .. }
        | Fact::Muted {} => None,
    }
}

/// When values will have their say, wherever that is news.
pub fn timers(out: &mut Effects, cx: &Context<'_>, before: Option<&Incident>, after: &Incident) {
    let known = before.map(|before| dues(cx.playbook, before)).unwrap_or_default();
    let news = dues(cx.playbook, after).into_iter().filter(|due| !known.contains(due));
    out.later.extend(news.map(|(due, value)| (due, Timer::Nudge { value: value.id.clone(), due })));
}
