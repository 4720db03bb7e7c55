//! Whose turn it is: handovers counted from the first, by arithmetic alone.

use std::{iter, num::NonZeroU16, ops::Range};

use jiff::{SignedDuration, Span, Timestamp, civil::DateTime};

use super::{Every, Handover, Zone};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// The turns of a rotation: each is so many handovers long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turns<'a> {
    zone: &'a Zone,
    start: DateTime,
    step: Step,
}

/// From one turn to the next, in local time.
#[derive(Clone, Copy, Debug)]
enum Step {
    Seconds(i64),
    Months(i64),
}

impl<'a> Turns<'a> {
    pub(super) fn new(zone: &'a Zone, handover: Handover, shifts_each: NonZeroU16) -> Self {
        let times = |n: NonZeroU16| i64::from(n.get()) * i64::from(shifts_each.get());
        let step = match handover.every {
            Every::Hours(n) => Step::Seconds(times(n) * HOUR),
            Every::Days(n) => Step::Seconds(times(n) * DAY),
            Every::Weeks(n) => Step::Seconds(times(n) * 7 * DAY),
            Every::Months(n) => Step::Months(times(n)),
        };
        Self { zone, start: handover.start, step }
    }

    /// The local time at which turn `n` begins; none beyond the calendar.
    fn local(self, n: i64) -> Option<DateTime> {
        match self.step {
            Step::Seconds(s) => {
                // Days by themselves: jiff adds a duration of some centuries at most.
                let all = s.checked_mul(n)?;
                let day = self.start.checked_add(Span::new().try_days(all.div_euclid(DAY)).ok()?).ok()?;
                day.checked_add(SignedDuration::from_secs(all.rem_euclid(DAY))).ok()
            }
            Step::Months(m) => self.start.checked_add(Span::new().try_months(m.checked_mul(n)?).ok()?).ok(),
        }
    }

    /// When turn `n` begins, and whether that is later than its local time says, since clocks skip it.
    fn begin(self, n: i64) -> Option<(Timestamp, bool)> {
        self.local(n).map(|local| self.zone.instant_or_skipped(local))
    }

    /// The number of the turn at this instant, and its span; no number before the first one. It is the last turn that has
    /// begun: which local time it is would not do, since clocks go back.
    pub(super) fn at_instant(self, at: Timestamp) -> (Option<u64>, Range<Timestamp>) {
        let mut n = self.guess(self.zone.local(at)).max(-1);
        // The clocks went back: turns have begun at local times that are yet to come again.
        let mut next = self.begin(n + 1);
        while next.is_some_and(|(next, _)| next <= at) {
            n += 1;
            next = self.begin(n + 1);
        }
        // The clocks went forward: a turn at a local time that was skipped begins later than its name.
        let mut this = self.begin(n);
        while n >= 0 && this.is_none_or(|(this, _)| this > at) {
            (n, next) = (n - 1, this);
            this = self.begin(n);
        }
        let since = this.filter(|_| n >= 0).map_or(Timestamp::MIN, |(since, _)| since);
        let until = match next {
            None => Timestamp::MAX,
            Some((next, false)) => next,
            Some((next, true)) => self.first_after(n, next),
        };
        (u64::try_from(n).ok(), since..until)
    }

    /// The turn at this local time, were there no change of clocks; at most one too high.
    fn guess(self, local: DateTime) -> i64 {
        match self.step {
            Step::Seconds(s) => self.start.duration_until(local).as_secs().div_euclid(s),
            Step::Months(m) => {
                let months = |d: DateTime| i64::from(d.year()) * 12 + i64::from(d.month());
                (months(local) - months(self.start)).div_euclid(m)
            }
        }
    }

    /// When a turn after turn `n` begins, where the next one was moved on: one after it may come first.
    fn first_after(self, n: i64, next: Timestamp) -> Timestamp {
        let shown = self.zone.local(next);
        let later = iter::successors(Some(n + 2), |n| Some(n + 1)).map_while(|n| self.local(n));
        later.take_while(|local| *local < shown).map(|local| self.zone.instant(local)).fold(next, Timestamp::min)
    }
}
