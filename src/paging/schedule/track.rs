//! One version of a rotation, made ready to be asked.

use std::ops::Range;

use jiff::{Timestamp, civil::DateTime};

use super::{Layer, Rotation, Zone, handover::Turns, restriction};
use crate::ids::UserId;

/// A version of a rotation, where it stands, and what it answered last.
#[derive(Debug)]
pub(super) struct Track<'a> {
    /// Which layer it is of.
    pub layer: usize,
    /// The rotation.
    pub rotation: &'a Rotation,
    /// While this version holds and its layer is active; may be empty.
    pub valid: Range<Timestamp>,
    zone: &'a Zone,
    turns: Turns<'a>,
    last: Answer<'a>,
}

/// Whose turn it is, and a span in which that does not change. Empty: nobody's.
#[derive(Clone, Debug)]
pub(super) struct Answer<'a> {
    pub people: &'a [UserId],
    pub span: Range<Timestamp>,
}

impl<'a> Track<'a> {
    /// Every version of every rotation of a layer.
    pub(super) fn of_layer(layer: usize, def: &'a Layer, zone: &'a Zone) -> impl Iterator<Item = Self> {
        def.rotations.iter().enumerate().map(move |(n, rotation)| Self {
            layer,
            rotation,
            valid: valid(def, n, zone),
            zone,
            turns: Turns::new(zone, rotation.handover, rotation.shifts_per_participant),
            last: Answer { people: &[], span: Timestamp::MIN..Timestamp::MIN },
        })
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
        if start >= end || self.rotation.participants.is_empty() {
            return Answer { people: &[], span: Timestamp::MIN..Timestamp::MAX };
        }
        if at < start {
            return Answer { people: &[], span: Timestamp::MIN..start };
        }
        if at >= end {
            return Answer { people: &[], span: end..Timestamp::MAX };
        }
        let (is_within, open) = self.open(at);
        if !is_within {
            return Answer { people: &[], span: both(&self.valid, &open) };
        }
        let (people, turn) = self.turn(at);
        Answer { people, span: both(&both(&self.valid, &open), &turn) }
    }

    fn open(&self, at: Timestamp) -> (bool, Range<Timestamp>) {
        match self.rotation.restrictions.as_slice() {
            [] => (true, Timestamp::MIN..Timestamp::MAX),
            windows => restriction::within(windows, self.zone, at),
        }
    }

    fn turn(&self, at: Timestamp) -> (&'a [UserId], Range<Timestamp>) {
        let groups = &self.rotation.participants;
        let (turn, span) = self.turns.at_instant(at);
        match (turn, groups.as_slice()) {
            (None, _) | (Some(_), []) => (&[], span),
            (Some(_), [only]) => (only, span.start..Timestamp::MAX),
            (Some(n), many) => {
                // The rest of a division by a number of groups fits wherever that number does.
                let place = usize::try_from(n % many.len() as u64).unwrap_or_default();
                (&many[place], span)
            }
        }
    }
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
    let active = instant(layer.active.from, Timestamp::MIN)..instant(layer.active.until, Timestamp::MAX);
    both(&version, &active)
}
