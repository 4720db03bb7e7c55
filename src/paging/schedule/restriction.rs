//! Parts of the week: is an instant in one, and for how long does that hold?

use std::ops::Range;

use jiff::{Span, Timestamp, civil::Date};

use super::{WeeklyWindow, Zone};

/// So many days away one begins or ends, if any ever does: a week, and another one should a change of clocks leave nothing
/// of it in the first.
const FAR: i32 = 16;

/// Is this instant within one of these, and a span around it in which that does not change?
pub(super) fn within(windows: &[WeeklyWindow], zone: &Zone, at: Timestamp) -> (bool, Range<Timestamp>) {
    let today = zone.local(at).date();
    let on = |away: i32| begun(windows, zone, today.saturating_add(Span::new().days(away)));
    // One of yesterday may last until today; a change of clocks at midnight moves it by a day more.
    if let Some(span) = (-2..=1).flat_map(on).find(|span| span.contains(&at)) {
        return (true, span);
    }
    // The nearest day on which one begins, or begun by which one ends, is not enough: one of the day before may last longer,
    // and the same change may turn two beginnings around.
    let start = |away: i32| on(away).map(|s| s.start).filter(|start| *start > at).min();
    let until = (-1..=FAR).find_map(|away| start(away).map(|s| start(away + 1).map_or(s, |other| other.min(s))));
    let end = |away: i32| on(away).map(|s| s.end).filter(|end| *end <= at).max();
    let last = |away: i32| Some(end(away)?.max(end(away - 1).max(end(away - 2)).unwrap_or(Timestamp::MIN)));
    let since = (-FAR..=1).rev().find_map(last);
    (false, since.unwrap_or(Timestamp::MIN)..until.unwrap_or(Timestamp::MAX))
}

impl WeeklyWindow {
    /// Is this instant within it, by the clocks of this zone?
    #[must_use]
    pub fn contains(&self, zone: &Zone, at: Timestamp) -> bool {
        within(std::slice::from_ref(self), zone, at).0
    }

    /// When it begins next, by the clocks of this zone; none: never, or this instant is within it.
    #[must_use]
    pub fn next(&self, zone: &Zone, at: Timestamp) -> Option<Timestamp> {
        let (is_within, span) = within(std::slice::from_ref(self), zone, at);
        (!is_within && span.end < Timestamp::MAX).then_some(span.end)
    }
}

/// Those that begin on this day, in instants.
fn begun<'a>(windows: &'a [WeeklyWindow], zone: &'a Zone, day: Date) -> impl Iterator<Item = Range<Timestamp>> + 'a {
    windows
        .iter()
        .filter(move |w| w.begins_on(day.weekday()))
        .map(move |w| {
            let last = if w.until > w.from { day } else { day.saturating_add(Span::new().days(1)) };
            zone.instant(day.to_datetime(w.from))..zone.instant(last.to_datetime(w.until))
        })
        .filter(|span| !span.is_empty())
}
