//! What is wrong with a schedule, before it wakes nobody.

use std::ops::Range;

use jiff::Timestamp;

use super::{
    Cover, Gap, Layer, Roster, Rotation, Slot, Source, WeeklyWindow, Zone,
    restriction::within,
    track::{Plan, Track, both},
    walk::{Piece, Walk},
};
use crate::ids::UserId;

/// Something to be put right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Nobody is on call for a while.
    Gap {
        /// Its first instant.
        from: Timestamp,
        /// The first instant after it.
        until: Timestamp,
        /// Why.
        why: Gap,
    },
    /// Somebody takes turns, or is put on call by an override, whose account is deactivated.
    Deactivated {
        /// Who.
        who: UserId,
        /// By what they come on call.
        source: Source,
    },
    /// A layer has nobody from the beginning of the window on, for as far as the horizon, and nothing else here says why.
    NeverActive {
        /// The layer's name.
        layer: String,
    },
    /// A rotation has no participants.
    EmptyRotation {
        /// The layer's name.
        layer: String,
        /// The rotation's name.
        rotation: String,
    },
    /// A restriction under which nobody is ever on call: it begins on no day, or on none on which the rotation holds.
    NeverMatches {
        /// The layer's name.
        layer: String,
        /// The rotation's name.
        rotation: String,
        /// Which of its restrictions, from 0.
        restriction: usize,
    },
}

impl Roster<'_> {
    /// What is wrong with it within a window, mostly some days or weeks from now: layers in their order, then overrides,
    /// then gaps as they come. What is over before the window, or begins after it, is not looked at.
    #[must_use]
    pub fn findings(&self, deactivated: &dyn Fn(&UserId) -> bool, window: &Range<Timestamp>) -> Vec<Finding> {
        let mut found = Vec::new();
        for n in 0..self.schedule.layers.len() {
            self.layer(n, deactivated, window, &mut found);
        }
        for change in self.overrides.iter().filter(|o| meet(&o.span(), window)) {
            let gone = change.puts().filter(|who| deactivated(who)).cloned();
            found.extend(gone.map(|who| Finding::Deactivated { who, source: Source::Override(change.id.clone()) }));
        }
        found.extend(self.render(window).into_iter().filter_map(gap));
        found
    }

    fn layer(
        &self,
        n: usize,
        deactivated: &dyn Fn(&UserId) -> bool,
        window: &Range<Timestamp>,
        found: &mut Vec<Finding>,
    ) {
        let (layer, zone) = (&self.schedule.layers[n], &self.schedule.tz);
        let mut known = Vec::new();
        for track in Track::of_layer(n, layer, zone).filter(|t| meet(&t.valid, window)) {
            for finding in faults(&track, layer, zone).into_iter().chain(gone(&track, layer, deactivated, window)) {
                if !known.contains(&finding) {
                    known.push(finding);
                }
            }
        }
        let explains = |f: &Finding| matches!(f, Finding::EmptyRotation { .. } | Finding::NeverMatches { .. });
        if !known.iter().any(explains) && self.is_never_active(n, window.start) {
            known.push(Finding::NeverActive { layer: layer.name.clone() });
        }
        found.append(&mut known);
    }

    /// Has this layer nobody from this instant on, although it is not over?
    fn is_never_active(&self, n: usize, from: Timestamp) -> bool {
        let active = &self.schedule.layers[n].active;
        let never = active.from.is_some_and(|from| active.until.is_some_and(|until| until <= from));
        let over = active.until.is_some_and(|until| self.schedule.tz.instant(until) <= from);
        let mut walk = Walk::layer(*self, n);
        let Piece { span, cover } = walk.at(from);
        never || (!over && cover.is_gap() && walk.end(&cover, span.end).is_none())
    }
}

/// What is wrong with a rotation as it is written.
fn faults(track: &Track<'_>, layer: &Layer, zone: &Zone) -> Vec<Finding> {
    // What is wrong with a calendar is told where it is read.
    let Plan::Turns(rotation, _) = track.plan else { return Vec::new() };
    let (versions, layer, name) = (&layer.rotations, layer.name.clone(), rotation.name.clone());
    let begins = track.valid.start.max(zone.instant(rotation.handover.start));
    let never = |window: &WeeklyWindow| {
        let (is_within, span) = within(std::slice::from_ref(window), zone, begins);
        begins < track.valid.end && !is_within && span.end >= track.valid.end
    };
    let never: Vec<usize> =
        rotation.restrictions.iter().enumerate().filter(|(_, w)| never(w)).map(|(n, _)| n).collect();
    // A version with nobody in it ends a rotation that had somebody.
    let is_ended = |r: &Rotation| r.name == name && r.participants.iter().any(|group| !group.is_empty());
    let is_empty = rotation.participants.iter().all(Vec::is_empty) && !versions.iter().any(is_ended);
    let empty = is_empty.then(|| Finding::EmptyRotation { layer: layer.clone(), rotation: name.clone() });
    let never = never.into_iter().map(|restriction| Finding::NeverMatches {
        layer: layer.clone(),
        rotation: name.clone(),
        restriction,
    });
    empty.into_iter().chain(never).collect()
}

/// Whoever takes turns in a rotation, or has a shift of a calendar then, and is deactivated.
fn gone(
    track: &Track<'_>,
    layer: &Layer,
    deactivated: &dyn Fn(&UserId) -> bool,
    window: &Range<Timestamp>,
) -> Vec<Finding> {
    let people: Vec<&UserId> = match track.plan {
        Plan::Turns(rotation, _) => rotation.participants.iter().flatten().collect(),
        Plan::Calendar(planning) => planning.people_within(window).collect(),
    };
    let source = || Source::Rotation { layer: layer.name.clone(), rotation: track.name.to_owned() };
    let people = people.into_iter().filter(|who| deactivated(who));
    people.map(|who| Finding::Deactivated { who: who.clone(), source: source() }).collect()
}

fn gap(slot: Slot) -> Option<Finding> {
    let Slot { from, until, cover } = slot;
    match cover {
        Cover::People(_) => None,
        Cover::Gap(why) => Some(Finding::Gap { from, until, why }),
    }
}

fn meet(a: &Range<Timestamp>, b: &Range<Timestamp>) -> bool {
    a.start < a.end && !both(a, b).is_empty()
}
