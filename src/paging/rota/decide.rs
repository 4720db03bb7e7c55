//! What an ask means now.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Ask, Asked, AwayAsk, Calendar, Fact, LONGEST, No, PersonalFact, Roll, Span, Wanted};
use crate::{
    ids::UserId,
    incident::Text,
    paging::schedule::{Change, HORIZON, Roster},
};

/// The most overrides and open asks of one schedule, and absences of one person, that are to come.
const MOST: usize = 100;
/// The most people that are asked to cover.
const MOST_ASKED: usize = 20;

/// The facts that `ask` by `me` makes of a schedule now.
pub fn decide(roll: &Roll, roster: Roster<'_>, ask: &Ask, me: &UserId, now: Timestamp) -> Result<Vec<Fact>, No> {
    if roll.coming(now).len() >= MOST || roll.asks.iter().filter(|a| a.is_open(now)).count() >= MOST {
        // What ends something is always possible.
        if !matches!(ask, Ask::EndOverride { .. } | Ask::EndAsk { .. }) {
            return Err(No::TooMany { limit: MOST });
        }
    }
    let text = |reason: &Option<String>| reason.as_deref().map(Text::from);
    match ask {
        Ask::Override { span, change, reason } => {
            let span = sound(*span, now)?;
            possible(roster, change, span)?;
            change.puts().map_or(Ok(()), |who| there(roster, who, span))?;
            let same = |o: &&&crate::paging::schedule::Override| o.span() == span.range() && o.change == *change;
            if roll.coming(now).iter().any(|o| same(&o)) {
                return Err(No::AlreadySo);
            }
            Ok(vec![Fact::OverrideMade { span, change: change.clone(), reason: text(reason), answers: None }])
        }
        Ask::EndOverride { id } => {
            let running = roll.over(id).filter(|o| now < o.until).ok_or(No::NoSuchOverride)?;
            Ok(vec![Fact::OverrideEnded { id: running.id.clone() }])
        }
        Ask::CoverMe { span, reason } => {
            let span = sound(*span, now)?;
            has_duty(roster, me, span)?;
            let of = others(roster, me, span);
            if of.is_empty() {
                return Err(No::NobodyElse);
            }
            Ok(vec![Fact::CoverAsked { span, reason: text(reason), of }])
        }
        Ask::Swap { with, mine, theirs, reason } => {
            if with == me {
                return Err(No::Oneself);
            }
            let shift = |who: &UserId, at: &Option<Timestamp>| {
                shift_of(roster, who, at.unwrap_or(now), at.is_none(), now).ok_or(No::NotOnCall { who: who.clone() })
            };
            let (gives, takes) = (shift(me, mine)?, shift(with, theirs)?);
            there(roster, with, gives)?;
            there(roster, me, takes)?;
            Ok(vec![Fact::SwapOffered { to: with.clone(), gives, takes, reason: text(reason) }])
        }
        Ask::Take { ask } => take(roster, roll.ask(*ask).ok_or(No::NoSuchAsk)?, me, now),
        Ask::EndAsk { ask } => {
            let asked = open(roll.ask(*ask).ok_or(No::NoSuchAsk)?, now)?;
            let may = asked.by == *me || matches!(&asked.wants, Wanted::Swap { with, .. } if with == me);
            if may { Ok(vec![Fact::AskEnded { ask: *ask }]) } else { Err(No::NotAsked) }
        }
    }
}

/// Whom `ask` by `me` may put on call: the roster that it is decided by must know their absences, whether they are in the schedule or not.
pub fn comers(roll: &Roll, ask: &Ask, me: &UserId) -> Vec<UserId> {
    match ask {
        Ask::Override { change, .. } => change.puts().cloned().into_iter().collect(),
        Ask::Swap { with, .. } => vec![with.clone(), me.clone()],
        Ask::Take { ask } => roll.ask(*ask).map(|asked| asked.by.clone()).into_iter().chain([me.clone()]).collect(),
        Ask::EndOverride { .. } | Ask::CoverMe { .. } | Ask::EndAsk { .. } => Vec::new(),
    }
}

/// The fact that `ask` makes of a person's calendar now.
pub fn away(calendar: &Calendar, ask: AwayAsk, now: Timestamp) -> Result<PersonalFact, No> {
    let coming = calendar.coming(now);
    match ask {
        AwayAsk::Note { .. } if coming.len() >= MOST => Err(No::TooMany { limit: MOST }),
        AwayAsk::Note { span } => {
            let span = sound(span, now)?;
            let known = |a: &&super::Away| a.span.from <= span.from && span.until <= a.span.until;
            if coming.into_iter().any(|a| known(&a)) {
                Err(No::AlreadySo)
            } else {
                Ok(PersonalFact::AwayNoted { span })
            }
        }
        AwayAsk::End { number } => match coming.into_iter().find(|a| a.number == number) {
            Some(_) => Ok(PersonalFact::AwayEnded { number }),
            None => Err(No::NoSuchAbsence),
        },
    }
}

/// What is left of a span from now on.
fn sound(span: Span, now: Timestamp) -> Result<Span, No> {
    let left = span.from_now(now);
    if left.until <= left.from {
        return Err(No::Past);
    }
    if left.from.duration_until(left.until) > LONGEST || now.duration_until(left.from) > LONGEST {
        return Err(No::TooLong);
    }
    Ok(left)
}

/// Does an override change anything?
fn possible(roster: Roster<'_>, change: &Change, span: Span) -> Result<(), No> {
    match change {
        Change::Replace { of: Some(of), by } if of == by => Err(No::Oneself),
        Change::Replace { of: Some(of), by: _ } => has_duty(roster, of, span),
        Change::Remove { who } => has_duty(roster, who, span),
        Change::Replace { of: None, .. } | Change::Add { .. } => Ok(()),
    }
}

/// Is somebody on call at any time of this span?
fn has_duty(roster: Roster<'_>, who: &UserId, span: Span) -> Result<(), No> {
    let theirs = roster.render(&span.range()).iter().any(|slot| slot.cover.people().any(|p| p == who));
    if theirs { Ok(()) } else { Err(No::NotOnCall { who: who.clone() }) }
}

/// Nobody is put on call at a time of which they are away for any part: an absence goes before everything else, and then nobody would
/// be on call whom everybody counts on.
fn there(roster: Roster<'_>, who: &UserId, span: Span) -> Result<(), No> {
    let away = roster.absences.iter().filter(|a| a.who == *who && a.from < span.until && span.from < a.until);
    match away.min_by_key(|a| a.from) {
        Some(away) => Err(No::Away { who: who.clone(), span: Span { from: away.from, until: away.until } }),
        None => Ok(()),
    }
}

/// Everyone else in the schedule who is not away then, once each.
fn others(roster: Roster<'_>, me: &UserId, span: Span) -> Vec<UserId> {
    let people: BTreeSet<&UserId> = roster.schedule.people().filter(|who| *who != me).collect();
    people.into_iter().filter(|who| there(roster, who, span).is_ok()).take(MOST_ASKED).cloned().collect()
}

/// The shift of this person that `at` lies in, from now on; or, where the `next` will do, the first that begins later.
fn shift_of(roster: Roster<'_>, who: &UserId, at: Timestamp, next: bool, now: Timestamp) -> Option<Span> {
    // A day is looked at where only an instant of it was named.
    let until = if next { at.saturating_add(HORIZON) } else { at.saturating_add(jiff::SignedDuration::from_hours(24)) };
    let window = at.max(now)..until.unwrap_or(Timestamp::MAX);
    let is_theirs = |slot: &&crate::paging::schedule::Slot| slot.cover.people().any(|p| p == who);
    let slots = roster.render(&window);
    let skips_running = next && slots.first().is_some_and(|slot| is_theirs(&slot));
    let mut theirs = slots.iter().enumerate().filter(|(n, slot)| is_theirs(slot) && !(skips_running && *n == 0));
    let (first, slot) = theirs.next()?;
    // Those beside them may change within one shift.
    let last = slots[first..].iter().take_while(|slot| is_theirs(slot)).last().unwrap_or(slot);
    let end = if last.until >= window.end { roster.on_call(last.from).until.unwrap_or(last.until) } else { last.until };
    let from = if slot.from <= window.start { roster.on_call(slot.from).since.unwrap_or(slot.from) } else { slot.from };
    Some(Span { from: from.max(now), until: end })
}

fn open(asked: &Asked, now: Timestamp) -> Result<&Asked, No> {
    match &asked.taken_by {
        Some(by) => Err(No::Taken { by: by.clone() }),
        None if asked.is_open(now) => Ok(asked),
        None => Err(No::AskOver),
    }
}

/// Somebody says yes.
fn take(roster: Roster<'_>, asked: &Asked, me: &UserId, now: Timestamp) -> Result<Vec<Fact>, No> {
    let asked = open(asked, now)?;
    if !asked.of().any(|who| who == me) {
        return Err(if asked.by == *me { No::Oneself } else { No::NotAsked });
    }
    let in_place = |span: Span, of: &UserId, by: &UserId| {
        let span = span.from_now(now);
        there(roster, by, span)?;
        let change = Change::Replace { of: Some(of.clone()), by: by.clone() };
        let reason = asked.reason.as_deref().map(Text::from);
        Ok(Fact::OverrideMade { span, change, reason, answers: Some(asked.number) })
    };
    match &asked.wants {
        Wanted::Cover { span, .. } => Ok(vec![in_place(*span, &asked.by, me)?]),
        Wanted::Swap { gives, takes, .. } => {
            Ok(vec![in_place(*gives, &asked.by, me)?, in_place(*takes, me, &asked.by)?])
        }
    }
}
