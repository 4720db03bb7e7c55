//! A schedule with what differs from it, and what can be asked of it.

use std::ops::Range;

use jiff::{SignedDuration, Timestamp};

use super::{
    Absence, OnCall, Override, Schedule, Slot,
    walk::{Piece, Walk},
};

/// How far it is looked for the beginning and the end of a shift that nothing changes: a little over a year.
pub const HORIZON: SignedDuration = SignedDuration::from_hours(400 * 24);

/// A schedule with the overrides and absences to be minded.
#[derive(Clone, Copy, Debug)]
pub struct Roster<'a> {
    /// Who is on call by themselves.
    pub schedule: &'a Schedule,
    /// What was said otherwise, of this schedule, in any order.
    pub overrides: &'a [Override],
    /// Who is away, in any order.
    pub absences: &'a [Absence],
}

impl Roster<'_> {
    /// Who is on call at this instant.
    #[must_use]
    pub fn on_call(&self, at: Timestamp) -> OnCall {
        let mut walk = Walk::new(*self);
        let Piece { span, cover } = walk.at(at);
        let until = walk.end(&cover, span.end);
        let since = walk.beginning(&cover, span.start);
        OnCall { since, until, cover }
    }

    /// Who comes next: the first after those who are on call at this instant, or after the gap. It begins later than that
    /// ends where there is a gap in between. Nobody, if nothing changes within [`HORIZON`].
    #[must_use]
    pub fn next(&self, at: Timestamp) -> Option<OnCall> {
        let mut walk = Walk::new(*self);
        let limit = at.saturating_add(HORIZON).unwrap_or(Timestamp::MAX);
        let Piece { span, cover } = walk.at(at);
        let mut from = walk.end(&cover, span.end)?;
        loop {
            let Piece { span, cover } = walk.at(from);
            let until = walk.end(&cover, span.end);
            if !cover.is_gap() {
                return Some(OnCall { since: Some(from), until, cover });
            }
            from = until.filter(|_| from <= limit)?;
        }
    }

    /// The shifts and gaps of exactly this window, in order, each beginning where the one before ends; equal neighbours are
    /// one. Those at its ends are cut.
    #[must_use]
    pub fn render(&self, window: &Range<Timestamp>) -> Vec<Slot> {
        Walk::new(*self).slots(window)
    }

    /// The same of one layer alone (counted from 0), without overrides and absences; a gap if there is no such layer.
    #[must_use]
    pub fn render_layer(&self, layer: usize, window: &Range<Timestamp>) -> Vec<Slot> {
        Walk::layer(*self, layer).slots(window)
    }
}
