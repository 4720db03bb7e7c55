//! What must be done about facts of the intake.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Fact, dues};
use crate::{
    ids::UserId,
    incident::{Context, Effect, Effects, Incident, Reminder, Timer},
    paging::PageState,
    playbook::Value,
};

/// Words to people outside of the room.
pub fn tells(after: &Incident, fact: &Fact) -> Option<Effect> {
    match fact {
        Fact::Nudged { to, value, .. } => Some(Effect::remind(after.id, to, Reminder::Value { value: value.clone() })),
        Fact::CriteriaAnswered { .. }
        | Fact::DetectionNoted { .. }
        | Fact::ServiceChanged { .. }
        | Fact::Tagged { .. }
        | Fact::Untagged { .. }
        | Fact::Joined { .. }
        | Fact::Muted {}
        | Fact::ThreadOpened { .. }
        | Fact::RoomGiven { .. }
        | Fact::AlertsAttached { .. }
        | Fact::AlertsResolved { .. }
        | Fact::AlertsFiredAgain { .. } => None,
    }
}

/// Whoever has to do with it, to be brought into the room that it gets.
pub fn people(it: &Incident) -> Vec<UserId> {
    let holders = it.roles.values().flat_map(|r| {
        let asked = r.offers.iter().map(|offer| offer.to.clone());
        r.holders().map(|held| held.person).chain(asked)
    });
    let answered = it.pages.iter().filter_map(|p| match &p.state {
        PageState::Acknowledged { by, .. } => Some(by.clone()),
        PageState::Waiting
        | PageState::AcknowledgedExternally { .. }
        | PageState::Exhausted { .. }
        | PageState::Ended { .. } => None,
    });
    let all = std::iter::once(it.declared_by.clone()).chain(holders).chain(answered);
    all.collect::<BTreeSet<UserId>>().into_iter().collect()
}

/// When values will have their say, wherever that is news. What only moves to later, as with every entry, is left to the
/// timer that is there: it finds out when it rings.
pub fn timers(out: &mut Effects, cx: &Context<'_>, before: Option<&Incident>, after: &Incident) {
    let known = before.map(|before| dues(cx.playbook, before)).unwrap_or_default();
    let is_set = |due: Timestamp, value: &Value| known.iter().any(|(at, known)| known.id == value.id && *at <= due);
    let news = dues(cx.playbook, after).into_iter().filter(|(due, value)| !is_set(*due, value));
    out.later.extend(news.map(|(due, value)| (due, Timer::Nudge { value: value.id.clone() })));
}
