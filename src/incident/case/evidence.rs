//! Pieces of evidence with who keeps them, and what was observed.

use jiff::Timestamp;

use super::{CONTACT_LIMIT, Certainty, Fact, MOST_EVIDENCE, MOST_OBSERVATIONS, No, Piece};
use crate::{
    ids::UserId,
    incident::{
        Context, Incident, Needed, Rejection, Text, What, access,
        decide::{TEXT_LIMIT, reason, text},
    },
};

/// Where it is, on one line, where that was said.
fn place(raw: Option<&str>) -> Result<Option<Text>, Rejection> {
    match raw.map(str::trim).filter(|raw| !raw.is_empty()) {
        Some(raw) => text(raw, Needed::Place, CONTACT_LIMIT).map(Some),
        None => Ok(None),
    }
}

/// Whoever keeps evidence of a need-to-know incident must have been let in.
fn inside(it: &Incident, who: &UserId) -> Result<(), Rejection> {
    if access::may_see(it, who) { Ok(()) } else { Err(Rejection::Case(No::NotInside(who.clone()))) }
}

/// 64 hexadecimal digits, in small letters; white space and `:` between them do not count.
fn hash(raw: Option<&str>) -> Result<Option<String>, Rejection> {
    let digits: String = raw.unwrap_or_default().chars().filter(|c| !c.is_whitespace() && *c != ':').collect();
    match digits.len() {
        0 => Ok(None),
        64 if digits.bytes().all(|b| b.is_ascii_hexdigit()) => Ok(Some(digits.to_ascii_lowercase())),
        _ => Err(Rejection::Case(No::NotAHash)),
    }
}

/// Evidence is taken after the end too: what is found late is evidence.
pub(super) fn keep(it: &Incident, piece: &Piece, cx: &Context<'_>) -> Result<Vec<What>, Rejection> {
    let what = text(&piece.what, Needed::Evidence, TEXT_LIMIT)?;
    if it.case.evidence.len() >= MOST_EVIDENCE {
        return Err(Rejection::TooMany { what: Needed::Evidence, limit: MOST_EVIDENCE });
    }
    let custodian = piece.custodian.as_ref().or(cx.person()).ok_or(Rejection::Stale)?;
    inside(it, custodian)?;
    let taken_at: Timestamp = piece.taken_at.unwrap_or(cx.now);
    if taken_at > cx.now {
        return Err(Rejection::Case(No::TakenLater));
    }
    let item = it.case.evidence.last().map_or(1, |last| last.number + 1);
    let (sha256, place) = (hash(piece.sha256.as_deref())?, place(piece.place.as_deref())?);
    Ok(vec![What::Case(Fact::EvidenceKept { item, what, sha256, custodian: custodian.clone(), taken_at, place })])
}

/// Somebody else keeps it from now on, or it is kept elsewhere.
pub(super) fn pass(it: &Incident, item: u32, to: &UserId, raw: Option<&str>) -> Result<Vec<What>, Rejection> {
    let found = it.case.evidence.iter().find(|e| e.number == item);
    let from = found.ok_or(Rejection::Case(No::NoSuchEvidence(item)))?.custodian.clone();
    let place = place(raw)?;
    if from == *to && place.is_none() {
        return Err(Rejection::AlreadySo);
    }
    inside(it, to)?;
    Ok(vec![What::Case(Fact::CustodyPassed { item, from, to: to.clone(), place })])
}

pub(super) fn observe(it: &Incident, certainty: Certainty, raw: &str) -> Result<Vec<What>, Rejection> {
    let text = text(raw, Needed::Observation, TEXT_LIMIT)?;
    if it.case.observations.len() >= MOST_OBSERVATIONS {
        return Err(Rejection::TooMany { what: Needed::Observation, limit: MOST_OBSERVATIONS });
    }
    let observation = it.case.observations.last().map_or(1, |last| last.number + 1);
    Ok(vec![What::Case(Fact::Observed { observation, certainty, text })])
}

/// What was suspected is so.
pub(super) fn confirm(it: &Incident, observation: u32, how: Option<&str>) -> Result<Vec<What>, Rejection> {
    match it.case.observations.iter().find(|o| o.number == observation) {
        None => Err(Rejection::Case(No::NoSuchObservation(observation))),
        Some(found) if found.certainty == Certainty::Confirmed => Err(Rejection::AlreadySo),
        Some(_) => Ok(vec![What::Case(Fact::ObservationConfirmed { observation, how: reason(how)? })]),
    }
}
