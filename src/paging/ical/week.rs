//! Weeks of a year, for years of weeks that begin on any day.

use jiff::civil::{Date, Weekday};

/// The first day of the week that a day is in.
pub(super) fn begin(day: Date, first: Weekday) -> Option<Date> {
    day.checked_sub(jiff::Span::new().days(first.until(day.weekday()))).ok()
}

/// The how-manieth week of its year a day is in, from the beginning and, negative, from the end. Week 1 has four days of the
/// year at least.
pub(super) fn numbers(day: Date, first: Weekday) -> Option<[i8; 2]> {
    // A week is of the year that its fourth day is in.
    let fourth = begin(day, first)?.checked_add(jiff::Span::new().days(3)).ok()?;
    let number = (fourth.day_of_year() - 1) / 7 + 1;
    let earliest = (fourth.day_of_year() - 1) % 7 + 1;
    let all = (fourth.days_in_year() - earliest) / 7 + 1;
    Some([i8::try_from(number).ok()?, i8::try_from(number - all - 1).ok()?])
}
