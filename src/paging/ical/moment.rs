//! Times as they are written.

use calcard::{
    common::PartialDateTime,
    icalendar::{ICalendarEntry, ICalendarPeriod, ICalendarValue},
};
use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
    tz::{Offset, TimeZone},
};

use super::zones::Zones;

/// A time, or a whole day, and by whose clocks.
#[derive(Clone, Debug)]
pub(super) struct Moment {
    pub local: DateTime,
    pub zone: TimeZone,
    pub is_day: bool,
}

impl Moment {
    /// What is written, by the clocks of `zone` where it does not say itself.
    pub(super) fn read(written: &PartialDateTime, zone: &TimeZone, home: &TimeZone) -> Option<Self> {
        let local = civil(written)?;
        if !written.has_time() {
            return Some(Self { local, zone: home.clone(), is_day: true });
        }
        let zone = match written.tz_hour {
            None => zone.clone(),
            Some(_) => TimeZone::fixed(Offset::from_seconds(offset_seconds(written)?).ok()?),
        };
        Some(Self { local, zone, is_day: false })
    }

    /// When it is.
    pub(super) fn at(&self) -> Timestamp {
        instant(&self.zone, self.local)
    }

    /// What clocks there show at this instant.
    pub(super) fn shown(&self, at: Timestamp) -> DateTime {
        self.zone.to_datetime(at)
    }
}

/// When this local time is: moved on where it does not exist, the first where it comes twice.
pub(super) fn instant(zone: &TimeZone, local: DateTime) -> Timestamp {
    let beyond = if local.year() < 0 { Timestamp::MIN } else { Timestamp::MAX };
    zone.to_ambiguous_timestamp(local).compatible().unwrap_or(beyond)
}

/// What stands on the clock; midnight for a day.
pub(super) fn civil(written: &PartialDateTime) -> Option<DateTime> {
    let part = |part: Option<u8>| i8::try_from(part?).ok();
    let date = Date::new(i16::try_from(written.year?).ok()?, part(written.month)?, part(written.day)?).ok()?;
    if !written.has_time() {
        return Some(date.to_datetime(Time::midnight()));
    }
    // A leap second is no second of its own to us.
    let second = written.second.unwrap_or(0).min(59);
    let time = Time::new(part(written.hour)?, part(written.minute)?, part(Some(second))?, 0).ok()?;
    Some(date.to_datetime(time))
}

/// Seconds east of UTC.
pub(super) fn offset_seconds(written: &PartialDateTime) -> Option<i32> {
    let seconds = i32::from(written.tz_hour?) * 3600 + i32::from(written.tz_minute.unwrap_or(0)) * 60;
    Some(if written.tz_minus { -seconds } else { seconds })
}

/// The zone that an entry names. Without one, and where it is not known: the schedule's, with the name that is not known.
pub(super) fn zone_of<'a>(entry: &'a ICalendarEntry, zones: &Zones<'_>) -> (TimeZone, Option<&'a str>) {
    match entry.tz_id() {
        None => (zones.home.clone(), None),
        Some(name) => match zones.named(name) {
            Some(zone) => (zone, None),
            None => (zones.home.clone(), Some(name)),
        },
    }
}

/// A date of a list, and its end where it has one of its own.
pub(super) enum Listed {
    Moment(Moment),
    Until(Moment, Timestamp),
}

/// What one value of a list says; none, if it is no time.
pub(super) fn listed(value: &ICalendarValue, zone: &TimeZone, home: &TimeZone) -> Option<Listed> {
    match value {
        ICalendarValue::PartialDateTime(at) => Moment::read(at, zone, home).map(Listed::Moment),
        ICalendarValue::Period(ICalendarPeriod::Range { start, end }) => {
            Some(Listed::Until(Moment::read(start, zone, home)?, Moment::read(end, zone, home)?.at()))
        }
        ICalendarValue::Period(ICalendarPeriod::Duration { start, duration }) => {
            let from = Moment::read(start, zone, home)?;
            let until = from.local.checked_add(super::event::duration(duration)).ok()?;
            let until = instant(&from.zone, until);
            Some(Listed::Until(from, until))
        }
        _ => None,
    }
}
