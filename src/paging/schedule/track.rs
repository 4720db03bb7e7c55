//! One version of a rotation, or one of a calendar, made ready to be asked.

use std::ops::Range;

use jiff::{Timestamp, civil::DateTime};

use super::{Layer, Rotation, Zone, handover::Turns, imported::Planning, restriction};
use crate::ids::UserId;

/// A rotation, where it stands, and what it answered last.
#[derive(Debug)]
pub(super) struct Track<'a> {
    /// Which layer it is of.
    pub layer: usize,
    /// The rotation's name.
    pub name: &'a str,
    /// While this version of it holds and its layer is active; may be empty.
    pub valid: Range<Timestamp>,
    /// Who has it when.
    pub plan: Plan<'a>,
    zone: &'a Zone,
    last: Answer<'a>,
}

/// By what somebody has a rotation.
#[derive(Clone, Copy, Debug)]
pub(super) enum Plan<'a> {
    /// Its people take turns.
    Turns(&'a Rotation, Turns<'a>),
    /// Its shifts stand in a calendar.
    Calendar(&'a Planning),
}

/// Who has it, and a span in which that does not change. Empty: nobody.
#[derive(Clone, Debug)]
pub(super) struct Answer<'a> {
    pub people: &'a [UserId],
    /// Who has it as well, and is nobody in Slack.
    pub strangers: &'a [String],
    pub span: Range<Timestamp>,
}

impl Answer<'_> {
    const fn nobody(span: Range<Timestamp>) -> Self {
        Self { people: &[], strangers: &[], span }
    }
}

impl<'a> Track<'a> {
    /// Every version of every rotation of a layer.
    pub(super) fn of_layer(layer: usize, def: &'a Layer, zone: &'a Zone) -> impl Iterator<Item = Self> {
        let track = move |name, valid, plan| {
            let last = Answer::nobody(Timestamp::MIN..Timestamp::MIN);
            Self { layer, name, valid, plan, zone, last }
        };
        let rotations = def.rotations.iter().enumerate().map(move |(n, rotation)| {
            let turns = Turns::new(zone, rotation.handover, rotation.shifts_per_participant);
            track(rotation.name.as_str(), valid(def, n, zone), Plan::Turns(rotation, turns))
        });
        let plannings = def.calendar.iter().flat_map(|calendar| calendar.rotations());
        rotations.chain(plannings.map(move |p| track(p.name.as_str(), active(def, zone), Plan::Calendar(p))))
    }

    /// Who is on call by this rotation alone.
    pub(super) fn at(&mut self, at: Timestamp) -> Answer<'a> {
        if !self.last.span.contains(&at) {
            self.last = self.look(at);
        }
        self.last.clone()
    }

    fn look(&self, at: Timestamp) -> Answer<'a> {
        let Range { start, end } = self.valid;
        if start >= end || matches!(self.plan, Plan::Turns(rotation, _) if rotation.participants.is_empty()) {
            return Answer::nobody(Timestamp::MIN..Timestamp::MAX);
        }
        if at < start {
            return Answer::nobody(Timestamp::MIN..start);
        }
        if at >= end {
            return Answer::nobody(end..Timestamp::MAX);
        }
        let answer = match self.plan {
            Plan::Turns(rotation, turns) => turn(rotation, turns, self.zone, at),
            Plan::Calendar(planning) => {
                let (piece, span) = planning.at(at);
                piece.map_or(Answer::nobody(span.clone()), |p| Answer {
                    people: &p.people,
                    strangers: &p.strangers,
                    span,
                })
            }
        };
        Answer { span: both(&self.valid, &answer.span), ..answer }
    }
}

/// Whose turn it is.
fn turn<'a>(rotation: &'a Rotation, turns: Turns<'a>, zone: &Zone, at: Timestamp) -> Answer<'a> {
    let (is_within, open) = match rotation.restrictions.as_slice() {
        [] => (true, Timestamp::MIN..Timestamp::MAX),
        windows => restriction::within(windows, zone, at),
    };
    if !is_within {
        return Answer::nobody(open);
    }
    let (turn, span) = turns.at_instant(at);
    let (people, span): (&[UserId], _) = match (turn, rotation.participants.as_slice()) {
        (None, _) | (Some(_), []) => (&[], span),
        (Some(_), [only]) => (only, span.start..Timestamp::MAX),
        (Some(n), many) => {
            // The rest of a division by a number of groups fits wherever that number does.
            let place = usize::try_from(n % many.len() as u64).unwrap_or_default();
            (&many[place], span)
        }
    };
    Answer { people, strangers: &[], span: both(&open, &span) }
}

/// What two spans around the same instant have in common.
pub(super) fn both(a: &Range<Timestamp>, b: &Range<Timestamp>) -> Range<Timestamp> {
    a.start.max(b.start)..a.end.min(b.end)
}

/// While this version holds: from its beginning until that of the next of its name, while the layer is active.
fn valid(layer: &Layer, n: usize, zone: &Zone) -> Range<Timestamp> {
    let instant = |local: Option<DateTime>, open: Timestamp| local.map_or(open, |local| zone.instant(local));
    let this = &layer.rotations[n];
    let place = |m: usize, r: &Rotation| (r.effective_from, m);
    let versions = layer.rotations.iter().enumerate().filter(|(_, r)| r.name == this.name);
    let next = versions.filter(|(m, r)| place(*m, r) > place(n, this)).min_by_key(|(m, r)| place(*m, r));
    let version =
        instant(this.effective_from, Timestamp::MIN)..instant(next.and_then(|(_, r)| r.effective_from), Timestamp::MAX);
    both(&version, &active(layer, zone))
}

/// While a layer is active.
fn active(layer: &Layer, zone: &Zone) -> Range<Timestamp> {
    let instant = |local: Option<DateTime>, open: Timestamp| local.map_or(open, |local| zone.instant(local));
    instant(layer.active.from, Timestamp::MIN)..instant(layer.active.until, Timestamp::MAX)
}
