//! Parts of the week of any length, as windows of a day at most.

use jiff::civil::{Time, Weekday};

use crate::paging::schedule::{Day, WeeklyWindow};

/// A day in seconds.
pub(super) const DAY: i64 = 24 * 3600;
/// A week in seconds.
pub(super) const WEEK: i64 = 7 * DAY;
/// Monday to Sunday.
pub(super) const DAYS: [Day; 7] = [Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri, Day::Sat, Day::Sun];

/// The day so many days after this one.
pub(super) fn later(day: Day, days: i64) -> Day {
    let n = (place(day) + days).rem_euclid(7);
    DAYS[usize::try_from(n).unwrap_or_default()]
}

/// Counted from Monday, 0.
pub(super) fn place(day: Day) -> i64 {
    i64::from(day.weekday().to_monday_zero_offset())
}

/// As ours.
pub(super) fn day_of(day: Weekday) -> Day {
    DAYS[usize::try_from(day.to_monday_zero_offset()).unwrap_or_default()]
}

/// Midnight and so many seconds, on the clock.
pub(super) fn time_of(seconds: i64) -> Time {
    Time::midnight().wrapping_add(jiff::SignedDuration::from_secs(seconds.rem_euclid(DAY)))
}

/// Seconds since midnight, on the clock.
pub(super) fn seconds_of(time: Time) -> i64 {
    i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second())
}

/// From this time on each of these days for so many seconds on the clock; none where that is always.
pub(super) fn windows(days: &[Day], from: Time, seconds: i64) -> Option<Vec<WeeklyWindow>> {
    let (whole, rest) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let full: Vec<Day> =
        DAYS.into_iter().filter(|day| (0..whole.min(7)).any(|n| days.contains(&later(*day, -n)))).collect();
    if full.len() == DAYS.len() {
        return None;
    }
    let mut windows = Vec::new();
    if !full.is_empty() {
        windows.push(WeeklyWindow { days: full, from, until: from });
    }
    if rest > 0 {
        let last: Vec<Day> = DAYS.into_iter().filter(|day| days.contains(&later(*day, -whole))).collect();
        windows.push(WeeklyWindow { days: last, from, until: time_of(seconds_of(from) + rest) });
    }
    Some(windows)
}
