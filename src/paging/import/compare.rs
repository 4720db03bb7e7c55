//! Is a schedule what the provider says it is? Its own rendering tells.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::Lost;
use crate::{
    ids::UserId,
    paging::schedule::{Roster, Schedule},
};

/// How many differences of one schedule are told; there are then mostly many of one kind.
const TOLD: usize = 3;

/// Somebody's shift in the provider's own rendering, `[from, until)`.
#[derive(Clone, Debug)]
pub(super) struct Rendered {
    pub from: Timestamp,
    pub until: Timestamp,
    pub who: Option<UserId>,
}

/// How a schedule compares with the provider's own rendering.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The schedule's name.
    pub schedule: String,
    /// So many parts of the time, between two changes, were looked at.
    pub parts: usize,
    /// In so many of them somebody else is on call.
    pub differ: usize,
}

/// Compares in the middle between two changes, from now on; nothing where there is no rendering of that time. What
/// is in the middle does not depend on whether a shift is counted in seconds or by the clock.
pub(super) fn compare(schedule: &Schedule, rendered: &[Rendered], now: Timestamp) -> Option<(Checked, Vec<Lost>)> {
    let edges: BTreeSet<Timestamp> = rendered.iter().flat_map(|r| [r.from.max(now), r.until.max(now)]).collect();
    let edges: Vec<Timestamp> = edges.into_iter().collect();
    let (first, last) = (*edges.first()?, *edges.last()?);
    let slots = Roster { schedule, overrides: &[], absences: &[] }.render(&(first..last));
    let mut checked = Checked { schedule: schedule.name.clone(), parts: 0, differ: 0 };
    let mut told = Vec::new();
    for pair in edges.windows(2) {
        let at = pair[0].checked_add(pair[0].duration_until(pair[1]) / 2).unwrap_or(pair[0]);
        let theirs: BTreeSet<&UserId> =
            rendered.iter().filter(|r| r.from <= at && at < r.until).filter_map(|r| r.who.as_ref()).collect();
        // Slots are in order and without a hole.
        let slot = slots.get(slots.partition_point(|slot| slot.until <= at));
        let ours: BTreeSet<&UserId> = slot.into_iter().flat_map(|slot| slot.cover.people()).collect();
        checked.parts += 1;
        if theirs != ours {
            checked.differ += 1;
            if told.len() < TOLD {
                let owned = |people: BTreeSet<&UserId>| people.into_iter().cloned().collect();
                told.push(Lost::Differs { at, theirs: owned(theirs), ours: owned(ours) });
            }
        }
    }
    (checked.parts > 0).then_some((checked, told))
}
