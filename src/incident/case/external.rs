//! Help from outside: nobody is brought into a need-to-know incident without a record of why, for what and until when.

use super::{Engaging, Fact, MOST_ENGAGEMENTS, No};
use crate::{
    ids::UserId,
    incident::{
        Context, Incident, Needed, Rejection, What, access,
        decide::{must_be_open, text},
    },
};

/// The longest scope, in characters.
const SCOPE_LIMIT: usize = 500;

pub(super) fn engage(it: &Incident, asked: &Engaging, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    must_be_open(it)?;
    if asked.until <= cx.now {
        return Err(Rejection::Case(No::EndsInThePast));
    }
    if it.case.engagements.len() >= MOST_ENGAGEMENTS {
        return Err(Rejection::TooMany { what: Needed::Scope, limit: MOST_ENGAGEMENTS });
    }
    Ok(vec![What::Case(Fact::Engaged {
        engagement: it.case.engagements.last().map_or(1, |last| last.number + 1),
        who: asked.who.clone(),
        reason: asked.reason,
        scope: text(&asked.scope, Needed::Scope, SCOPE_LIMIT)?,
        nda: asked.nda,
        until: asked.until,
    })])
}

/// It is over: their access goes with it, also after the incident's own end.
pub(super) fn end(it: &Incident, number: u32, expired: bool, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    let found = it.case.engagements.iter().find(|e| e.number == number);
    let found = found.ok_or(Rejection::Case(No::NoSuchEngagement(number)))?;
    if found.ended || (expired && found.until > cx.now) {
        return Err(if expired { Rejection::Stale } else { Rejection::AlreadySo });
    }
    let ended = What::Case(Fact::EngagementEnded { engagement: number, who: found.who.clone(), expired });
    Ok(std::iter::once(ended).chain(access::leave(it, &found.who)).collect())
}

/// May this person from outside be brought in? Whoever declared it knows of it already.
#[must_use]
pub fn may_come(it: &Incident, who: &UserId) -> bool {
    !it.is_secret() || it.declared_by == *who || it.case.is_engaged(who)
}
