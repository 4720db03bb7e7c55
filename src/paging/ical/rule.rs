//! How an event repeats: RRULE, worked out on local times, from near the window on.

use std::{cell::Cell, ops::Range};

use calcard::icalendar::{
    ICalendarDay, ICalendarFrequency as Freq, ICalendarMonth, ICalendarRecurrenceRule, ICalendarValue, ICalendarWeekday,
};
use jiff::{
    SignedDuration, Span, Timestamp,
    civil::{Date, DateTime, Time, Weekday},
};

use super::{
    MOST,
    moment::{Moment, civil, instant},
    week,
};

/// How many days and times may be looked at for one calendar.
const DAYS: u32 = 10_000_000;

/// What reading may still cost.
pub(super) struct Purse {
    days: Cell<u32>,
    occurrences: Cell<usize>,
}

/// More than reading may cost.
pub(super) struct TooMuch;

impl Purse {
    pub(super) const fn full() -> Self {
        Self { days: Cell::new(DAYS), occurrences: Cell::new(MOST) }
    }

    fn looks(&self, many: usize) -> Result<(), TooMuch> {
        let left = u32::try_from(many).ok().and_then(|many| self.days.get().checked_sub(many));
        self.days.set(left.ok_or(TooMuch)?);
        Ok(())
    }

    pub(super) fn occurrence(&self) -> Result<(), TooMuch> {
        self.occurrences.set(self.occurrences.get().checked_sub(1).ok_or(TooMuch)?);
        Ok(())
    }
}

/// A rule of an event that begins at `start`.
pub(super) struct Rule<'a> {
    written: &'a ICalendarRecurrenceRule,
    start: &'a Moment,
    interval: i64,
    first: Weekday,
    last: Last,
    /// The days that the rule implies, because it names none.
    implied: Implied,
    /// BYMONTHDAY.
    of_month: Vec<i16>,
}

/// When it ends; what is named counts still.
enum Last {
    Never,
    Day(Date),
    Clock(DateTime),
    Instant(Timestamp),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Implied {
    Nothing,
    DayOfYear,
    DayOfMonth,
    DayOfWeek,
}

impl<'a> Rule<'a> {
    /// None, where it cannot be followed: it is no rule, of another calendar than ours, or for more than each hour.
    pub(super) fn read(value: &'a ICalendarValue, start: &'a Moment) -> Option<Self> {
        let ICalendarValue::RecurrenceRule(rule) = value else { return None };
        let follows = match rule.freq {
            Freq::Yearly | Freq::Monthly | Freq::Weekly | Freq::Daily | Freq::Hourly => true,
            Freq::Minutely | Freq::Secondly => false,
        };
        let other = rule.rscale.as_ref().is_some_and(|scale| *scale != calcard::common::CalendarScale::Gregorian);
        let interval = i64::from(rule.interval.unwrap_or(1));
        if !follows || other || rule.skip.is_some() || rule.bymonth.iter().any(ICalendarMonth::is_leap) || interval == 0
        {
            return None;
        }
        let last = match &rule.until {
            None => Last::Never,
            Some(until) if !until.has_time() => Last::Day(civil(until)?.date()),
            Some(until) if until.tz_hour.is_none() => Last::Clock(civil(until)?),
            Some(until) => Last::Instant(Moment::read(until, &start.zone, &start.zone)?.at()),
        };
        let no_days = rule.byday.is_empty()
            && rule.bymonthday.is_empty()
            && rule.byyearday.is_empty()
            && rule.byweekno.is_empty();
        let implied = match rule.freq {
            Freq::Yearly if no_days && rule.bymonth.is_empty() => Implied::DayOfYear,
            Freq::Yearly | Freq::Monthly if no_days => Implied::DayOfMonth,
            Freq::Weekly if no_days => Implied::DayOfWeek,
            _ => Implied::Nothing,
        };
        let first = rule.wkst.map_or(Weekday::Monday, weekday);
        let of_month = rule.bymonthday.iter().copied().map(i16::from).collect();
        Some(Self { written: &**rule, start, interval, first, last, implied, of_month })
    }

    /// Each beginning within this part of local time, in order, until `each` has enough.
    pub(super) fn each(
        &self,
        within: &Range<DateTime>,
        purse: &Purse,
        mut each: impl FnMut(DateTime) -> Result<(), TooMuch>,
    ) -> Result<(), TooMuch> {
        let start = self.start.local;
        // The first one is where the event begins, whether or not the rule has it too.
        let (mut left, mut is_first) = (self.written.count, true);
        let mut n = if left.is_some() { 0 } else { self.periods_before(within.start) };
        if n > 0 {
            is_first = false;
        }
        while let Some(period) = self.period(n) {
            if period.start.max(start) >= within.end {
                return Ok(());
            }
            for local in self.of_period(&period, purse)? {
                if local < start || (local == start && !is_first) {
                    continue;
                }
                if is_first && local != start {
                    left = left.map(|n| n.saturating_sub(1));
                }
                is_first = false;
                if left == Some(0) || self.is_over(local) || local >= within.end {
                    return Ok(());
                }
                left = left.map(|n| n - 1);
                if local >= within.start {
                    each(local)?;
                }
            }
            n += 1;
        }
        Ok(())
    }

    fn is_over(&self, local: DateTime) -> bool {
        match self.last {
            Last::Never => false,
            Last::Day(day) => local.date() > day,
            Last::Clock(last) => local > last,
            Last::Instant(last) => instant(&self.start.zone, local) > last,
        }
    }

    /// How many periods are surely over before this local time.
    fn periods_before(&self, local: DateTime) -> i64 {
        let (start, to) = (self.start.local, local);
        let units = match self.written.freq {
            Freq::Yearly => i64::from(to.year()) - i64::from(start.year()),
            Freq::Monthly => months(to.date()) - months(start.date()),
            Freq::Weekly => to.duration_since(start).as_hours() / (7 * 24) - 1,
            Freq::Daily => to.duration_since(start).as_hours() / 24,
            Freq::Hourly | Freq::Minutely | Freq::Secondly => to.duration_since(start).as_hours(),
        };
        (units / self.interval - 1).max(0)
    }

    /// The days of the nth period, and its hour where it is one.
    fn period(&self, n: i64) -> Option<Range<DateTime>> {
        let (start, by) = (self.start.local, n.checked_mul(self.interval)?);
        let midnight = |day: Date| day.to_datetime(Time::midnight());
        let days = |from: Date, days: i64| {
            Some(midnight(from)..midnight(from.checked_add(Span::new().try_days(days).ok()?).ok()?))
        };
        match self.written.freq {
            Freq::Yearly => {
                let from = Date::new(i16::try_from(i64::from(start.year()).checked_add(by)?).ok()?, 1, 1).ok()?;
                days(from, i64::from(from.days_in_year()))
            }
            Freq::Monthly => {
                let at = months(start.date()).checked_add(by)?;
                let (year, month) = (at.div_euclid(12), at.rem_euclid(12) + 1);
                let from = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, 1).ok()?;
                days(from, i64::from(from.days_in_month()))
            }
            Freq::Weekly => {
                let from = week::begin(start.date(), self.first)?;
                days(from.checked_add(Span::new().try_weeks(by).ok()?).ok()?, 7)
            }
            Freq::Daily => days(start.date().checked_add(Span::new().try_days(by).ok()?).ok()?, 1),
            Freq::Hourly | Freq::Minutely | Freq::Secondly => {
                let hour = start.date().at(start.hour(), 0, 0, 0);
                let from = hour.checked_add(SignedDuration::try_from_hours(by)?).ok()?;
                Some(from..from.checked_add(SignedDuration::from_hours(1)).ok()?)
            }
        }
    }

    /// The beginnings in a period, in order.
    fn of_period(&self, period: &Range<DateTime>, purse: &Purse) -> Result<Vec<DateTime>, TooMuch> {
        let mut found = Vec::new();
        let times = self.times(period.start);
        let mut day = period.start.date();
        while day.to_datetime(Time::midnight()) < period.end {
            purse.looks(1)?;
            if self.fits(day) {
                purse.looks(times.len())?;
                found.extend(times.iter().map(|time| day.to_datetime(*time)));
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        if self.written.bysetpos.is_empty() {
            return Ok(found);
        }
        let place = |at: i32| {
            let at = i64::from(at);
            let all = i64::try_from(found.len()).ok()?;
            let n = if at < 0 { all.checked_add(at)? } else { at - 1 };
            found.get(usize::try_from(n).ok()?).copied()
        };
        let mut chosen: Vec<DateTime> = self.written.bysetpos.iter().filter_map(|at| place(*at)).collect();
        chosen.sort_unstable();
        chosen.dedup();
        Ok(chosen)
    }

    /// The times of a day, in order; in this hour alone, if it repeats by the hour.
    fn times(&self, hour: DateTime) -> Vec<Time> {
        let start = self.start.local;
        let or = |named: &[u8], otherwise: i8| -> Vec<i8> {
            let mut all: Vec<i8> = named.iter().filter_map(|n| i8::try_from(*n).ok()).collect();
            if all.is_empty() {
                all.push(otherwise);
            }
            all.sort_unstable();
            all.dedup();
            all
        };
        let hours = match self.written.freq {
            Freq::Yearly | Freq::Monthly | Freq::Weekly | Freq::Daily => or(&self.written.byhour, start.hour()),
            Freq::Hourly | Freq::Minutely | Freq::Secondly => {
                let named = &self.written.byhour;
                if named.is_empty() || named.iter().any(|n| i8::try_from(*n) == Ok(hour.hour())) {
                    vec![hour.hour()]
                } else {
                    Vec::new()
                }
            }
        };
        let (minutes, seconds) =
            (or(&self.written.byminute, start.minute()), or(&self.written.bysecond, start.second()));
        let mut times = Vec::new();
        for hour in hours {
            for minute in &minutes {
                times.extend(seconds.iter().filter_map(|second| Time::new(hour, *minute, *second, 0).ok()));
            }
        }
        times
    }

    /// Is this one of the rule's days?
    fn fits(&self, day: Date) -> bool {
        let rule = self.written;
        let start = self.start.local.date();
        let one_of = |named: &[i16], place: i16, all: i16| {
            named.is_empty() || named.iter().any(|n| *n == place || *n == place - all - 1)
        };
        let implied = match self.implied {
            Implied::Nothing => true,
            Implied::DayOfYear => (day.month(), day.day()) == (start.month(), start.day()),
            Implied::DayOfMonth => day.day() == start.day(),
            Implied::DayOfWeek => day.weekday() == start.weekday(),
        };
        implied
            && (rule.bymonth.is_empty() || rule.bymonth.iter().any(|m| i8::try_from(m.month()) == Ok(day.month())))
            && one_of(&self.of_month, day.day().into(), day.days_in_month().into())
            && one_of(&rule.byyearday, day.day_of_year(), day.days_in_year())
            && (rule.byweekno.is_empty()
                || week::numbers(day, self.first).is_some_and(|n| rule.byweekno.iter().any(|w| n.contains(w))))
            && (rule.byday.is_empty() || rule.byday.iter().any(|named| self.is_named(day, *named)))
    }

    fn is_named(&self, day: Date, named: ICalendarDay) -> bool {
        if weekday(named.weekday) != day.weekday() {
            return false;
        }
        let in_month = match self.written.freq {
            Freq::Monthly => true,
            Freq::Yearly if self.written.byweekno.is_empty() => !self.written.bymonth.is_empty(),
            // Only in a month or a year is there a second Monday.
            Freq::Yearly | Freq::Weekly | Freq::Daily | Freq::Hourly | Freq::Minutely | Freq::Secondly => return true,
        };
        let (place, all) = if in_month {
            (i16::from(day.day()), i16::from(day.days_in_month()))
        } else {
            (day.day_of_year(), day.days_in_year())
        };
        named.ordwk.is_none_or(|n| n == (place - 1) / 7 + 1 || n == -((all - place) / 7 + 1))
    }
}

fn months(day: Date) -> i64 {
    i64::from(day.year()) * 12 + i64::from(day.month()) - 1
}

const fn weekday(day: ICalendarWeekday) -> Weekday {
    match day {
        ICalendarWeekday::Sunday => Weekday::Sunday,
        ICalendarWeekday::Monday => Weekday::Monday,
        ICalendarWeekday::Tuesday => Weekday::Tuesday,
        ICalendarWeekday::Wednesday => Weekday::Wednesday,
        ICalendarWeekday::Thursday => Weekday::Thursday,
        ICalendarWeekday::Friday => Weekday::Friday,
        ICalendarWeekday::Saturday => Weekday::Saturday,
    }
}
