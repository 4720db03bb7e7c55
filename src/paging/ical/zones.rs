//! Zones by the names that calendars give them.

use std::{collections::HashMap, str::FromStr};

use calcard::{
    common::timezone::Tz,
    icalendar::{
        ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarFrequency, ICalendarProperty,
        ICalendarRecurrenceRule, ICalendarValue, ICalendarWeekday,
    },
};
use jiff::{civil::DateTime, tz::TimeZone};

use super::moment::{civil, offset_seconds};

/// The zones of one calendar.
pub(super) struct Zones<'a> {
    /// For times without a zone.
    pub home: &'a TimeZone,
    /// What the calendar itself says of names that nobody else knows.
    own: HashMap<&'a str, TimeZone>,
}

impl<'a> Zones<'a> {
    /// Those of these calendars.
    pub(super) fn of(calendars: &'a [ICalendar], home: &'a TimeZone) -> Self {
        let all = calendars.iter().flat_map(|c| c.timezones().map(move |zone| (c, zone)));
        let own = all.filter_map(|(calendar, zone)| {
            let name = zone.property(&ICalendarProperty::Tzid)?.values.first()?.as_text()?;
            Some((name, written(calendar, zone)?))
        });
        Self { home, own: own.collect() }
    }

    /// The zone of this name: of the database, as Windows and other programs call it, as the calendar says itself.
    pub(super) fn named(&self, name: &str) -> Option<TimeZone> {
        known(name).or_else(|| guessed(Tz::from_str(name).ok()?)).or_else(|| self.own.get(name).cloned())
    }
}

fn known(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok().filter(|zone| !zone.is_unknown())
}

fn guessed(zone: Tz) -> Option<TimeZone> {
    match zone {
        Tz::Tz(zone) => known(zone.name()),
        Tz::Fixed(offset) => Some(TimeZone::fixed(jiff::tz::Offset::from_seconds(offset.local_minus_utc()).ok()?)),
        Tz::Floating => None,
    }
}

/// A zone as the calendar writes it out: by the place it says it is of, or by its present rules.
fn written(calendar: &ICalendar, zone: &ICalendarComponent) -> Option<TimeZone> {
    if let Some(found) = zone.timezone().and_then(|(_, tz)| guessed(tz)) {
        return Some(found);
    }
    let parts = zone.component_ids.iter().filter_map(|id| calendar.component_by_id(*id));
    let mut latest: [Option<Observance>; 2] = [None, None];
    for part in parts {
        let kind = match part.component_type {
            ICalendarComponentType::Standard => 0,
            ICalendarComponentType::Daylight => 1,
            _ => continue,
        };
        let Some(read) = Observance::read(part) else { continue };
        if latest[kind].as_ref().is_none_or(|known| known.since <= read.since) {
            latest[kind] = Some(read);
        }
    }
    let fixed = |o: &Observance| jiff::tz::Offset::from_seconds(o.offset).ok().map(TimeZone::fixed);
    match &latest {
        [Some(standard), Some(daylight)] => match (standard.each_year(), daylight.each_year()) {
            (Some(back), Some(forth)) => {
                let posix = format!("STD{}DST{},{forth},{back}", sign(standard.offset), sign(daylight.offset));
                TimeZone::posix(&posix).ok()
            }
            // Clocks do not change any more, or by a rule that is not read: as they were changed last.
            (None, _) | (_, None) => fixed(if standard.since >= daylight.since { standard } else { daylight }),
        },
        [Some(only), None] | [None, Some(only)] => fixed(only),
        [None, None] => None,
    }
}

/// From when on clocks are how far from UTC.
struct Observance<'a> {
    since: DateTime,
    /// Seconds east of UTC.
    offset: i32,
    rule: Option<&'a ICalendarRecurrenceRule>,
}

impl<'a> Observance<'a> {
    fn read(part: &'a ICalendarComponent) -> Option<Self> {
        let value = |name| part.property(&name)?.values.first();
        let since = civil(value(ICalendarProperty::Dtstart)?.as_partial_date_time()?)?;
        let offset = offset_seconds(value(ICalendarProperty::Tzoffsetto)?.as_partial_date_time()?)?;
        let rule = match value(ICalendarProperty::Rrule) {
            Some(ICalendarValue::RecurrenceRule(rule)) if rule.until.is_none() && rule.count.is_none() => Some(&**rule),
            _ => None,
        };
        Some(Self { since, offset, rule })
    }

    /// `M3.5.0/2:00:00`: in which month, the how-manieth which day, at what time.
    fn each_year(&self) -> Option<String> {
        let rule = self.rule.filter(|r| r.freq == ICalendarFrequency::Yearly)?;
        let ([month], [day]) = (rule.bymonth.as_slice(), rule.byday.as_slice()) else { return None };
        let nth = match (day.ordwk, rule.bymonthday.first()) {
            (Some(-1), _) => 5,
            (Some(n @ 1..=4), _) => n,
            // `BYDAY=SU;BYMONTHDAY=8,9,10,11,12,13,14` is another way to say the second.
            (None, Some(first @ 1..=28)) => (i16::from(*first) - 1) / 7 + 1,
            (Some(_) | None, _) => return None,
        };
        let day = match day.weekday {
            ICalendarWeekday::Sunday => 0,
            ICalendarWeekday::Monday => 1,
            ICalendarWeekday::Tuesday => 2,
            ICalendarWeekday::Wednesday => 3,
            ICalendarWeekday::Thursday => 4,
            ICalendarWeekday::Friday => 5,
            ICalendarWeekday::Saturday => 6,
        };
        Some(format!("M{}.{nth}.{day}/{}", month.month(), self.since.time().strftime("%H:%M:%S")))
    }
}

/// POSIX counts hours west of UTC.
fn sign(offset: i32) -> String {
    let (sign, seconds) = (if offset > 0 { "-" } else { "" }, offset.unsigned_abs());
    format!("{sign}{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}
