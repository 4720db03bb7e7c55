//! One VEVENT.

use std::{cell::Cell, ops::Range};

use calcard::icalendar::{
    ICalendarComponent, ICalendarDuration, ICalendarEntry, ICalendarParameterName as Parameter,
    ICalendarProperty as Property, ICalendarStatus, ICalendarTransparency, ICalendarValue,
};
use jiff::{SignedDuration, Timestamp, civil::DateTime};

use super::{
    Shift, Unread, Which,
    moment::{Moment, instant, zone_of},
    zones::Zones,
};

/// How much of what identifies an event is told.
const CUT: usize = 100;
/// Whose addresses are calendars and not people.
const CALENDARS: &str = "@group.calendar.google.com";

/// An event that takes place somewhen, if it does.
pub(super) struct Event<'a> {
    pub written: &'a ICalendarComponent,
    pub start: Moment,
    /// How much later on the clock it ends.
    length: SignedDuration,
    /// When the first one ends, as written.
    end: Option<Timestamp>,
    /// Which occurrence it replaces, and whether all after that too.
    pub replaces: Option<(Moment, bool)>,
    pub is_cancelled: bool,
    people: Result<People, Unread>,
    is_told: Cell<bool>,
}

struct People {
    who: Vec<String>,
    level: Option<u8>,
}

impl<'a> Event<'a> {
    /// Reads it. `told` hears of what could not be read.
    pub(super) fn read(
        written: &'a ICalendarComponent,
        zones: &Zones<'_>,
        told: &mut dyn FnMut(Which, Unread),
    ) -> Option<Self> {
        let mut tell = |why| told(which(written), why);
        let replaces = match written.property(&Property::RecurrenceId) {
            None => None,
            Some(entry) => {
                let Some(at) = moment(entry, zones, &mut tell) else {
                    tell(Unread::Date);
                    return None;
                };
                // There is one range only: this and what follows.
                Some((at, entry.has_parameter(&Parameter::Range)))
            }
        };
        let is_cancelled = written.status() == Some(&ICalendarStatus::Cancelled);
        let start = written.property(&Property::Dtstart).and_then(|entry| moment(entry, zones, &mut tell));
        // What is only cancelled needs no time of its own.
        let moved = start.or_else(|| replaces.as_ref().filter(|_| is_cancelled).map(|(at, _)| at.clone()));
        let Some(start) = moved else {
            tell(Unread::Start);
            return None;
        };
        let (length, end) = length(written, &start, zones, &mut tell);
        let people = if written.transparency() == Some(&ICalendarTransparency::Transparent) {
            Err(Unread::Free)
        } else if length <= SignedDuration::ZERO {
            Err(Unread::Empty)
        } else {
            people(written).ok_or(Unread::Nobody)
        };
        Some(Self { written, start, length, end, replaces, is_cancelled, people, is_told: Cell::new(false) })
    }

    /// The occurrence that begins at this local time; `until` is where it ends, if that is not as usual.
    pub(super) fn span(&self, local: DateTime, until: Option<Timestamp>) -> Range<Timestamp> {
        let as_long = || {
            let end = local.checked_add(self.length).ok();
            end.map_or(Timestamp::MAX, |end| instant(&self.start.zone, end))
        };
        let first = self.end.filter(|_| local == self.start.local);
        instant(&self.start.zone, local)..until.or(first).unwrap_or_else(as_long)
    }

    /// Who has a shift then; or why nobody has, which is to be told once.
    pub(super) fn shifts(&self, span: &Range<Timestamp>) -> Result<impl Iterator<Item = Shift>, Option<Unread>> {
        match &self.people {
            Ok(People { who, level }) => {
                let Range { start: from, end: until } = *span;
                Ok(who.iter().map(move |who| Shift { from, until, who: who.clone(), level: *level }))
            }
            Err(why) => Err((!self.is_told.replace(true)).then(|| why.clone())),
        }
    }

    pub(super) const fn length(&self) -> SignedDuration {
        self.length
    }

    /// The later one of two that are the same event is that of the higher number.
    pub(super) fn sequence(&self) -> i64 {
        let value = self.written.property(&Property::Sequence).and_then(|entry| entry.values.first());
        value.and_then(ICalendarValue::as_integer).unwrap_or(0)
    }
}

/// How people find it again.
pub(super) fn which(written: &ICalendarComponent) -> Which {
    let cut = |text: &str| text.chars().take(CUT).collect::<String>();
    let title = written.property(&Property::Summary).and_then(|entry| entry.values.first()?.as_text());
    Which { uid: written.uid().map(cut), title: title.map(cut) }
}

fn moment(entry: &ICalendarEntry, zones: &Zones<'_>, tell: &mut dyn FnMut(Unread)) -> Option<Moment> {
    let (zone, unknown) = zone_of(entry, zones);
    if let Some(unknown) = unknown {
        tell(Unread::Zone(unknown.chars().take(CUT).collect()));
    }
    Moment::read(entry.values.first()?.as_partial_date_time()?, &zone, zones.home)
}

/// How much later on the clock it ends, and when the first one does where that is written.
fn length(
    written: &ICalendarComponent,
    start: &Moment,
    zones: &Zones<'_>,
    tell: &mut dyn FnMut(Unread),
) -> (SignedDuration, Option<Timestamp>) {
    if let Some(end) = written.property(&Property::Dtend).and_then(|entry| moment(entry, zones, tell)) {
        let at = end.at();
        return (start.shown(at).duration_since(start.local), Some(at));
    }
    let lasts = written.property(&Property::Duration).and_then(|entry| match entry.values.first() {
        Some(ICalendarValue::Duration(lasts)) => Some(duration(lasts)),
        _ => None,
    });
    let otherwise = if start.is_day { SignedDuration::from_hours(24) } else { SignedDuration::ZERO };
    (lasts.unwrap_or(otherwise), None)
}

/// On the clock.
pub(super) fn duration(written: &ICalendarDuration) -> SignedDuration {
    let seconds = [
        (written.weeks, 7 * 24 * 3600),
        (written.days, 24 * 3600),
        (written.hours, 3600),
        (written.minutes, 60),
        (written.seconds, 1),
    ];
    let seconds: i64 = seconds.iter().map(|(n, each)| i64::from(*n) * each).sum();
    SignedDuration::from_secs(if written.neg { -seconds } else { seconds })
}

/// Whose shift it is; none, if it names nobody.
fn people(written: &ICalendarComponent) -> Option<People> {
    let title = written.property(&Property::Summary).and_then(|entry| entry.values.first()?.as_text()).unwrap_or("");
    let (level, named) = levelled(title.trim());
    let of = |entry: &ICalendarEntry, parameter, are: &[&str]| {
        let value = entry.parameter(&parameter).and_then(|value| value.as_text());
        value.is_some_and(|value| are.iter().any(|is| value.eq_ignore_ascii_case(is)))
    };
    let invited: Vec<&ICalendarEntry> = written
        .properties(&Property::Attendee)
        .filter(|entry| !of(entry, Parameter::Cutype, &["ROOM", "RESOURCE"]) && address(entry).is_some())
        .collect();
    let coming = invited.iter().filter(|entry| !of(entry, Parameter::Partstat, &["DECLINED"]));
    let mut who: Vec<String> = coming.filter_map(|entry| address(entry)).collect();
    if invited.is_empty() {
        who.extend(written.property(&Property::Organizer).and_then(address));
        if who.is_empty() && !named.is_empty() {
            who.push(named.to_owned());
        }
    }
    who.sort_unstable();
    who.dedup();
    (!who.is_empty()).then_some(People { who, level })
}

/// Somebody's e-mail address; none, where it is a calendar's.
fn address(entry: &ICalendarEntry) -> Option<String> {
    let other = entry.parameter(&Parameter::Email).and_then(|email| email.as_text());
    let is_address = |text: &&str| text.contains('@') && !text.to_ascii_lowercase().ends_with(CALENDARS);
    let address = entry.calendar_address().filter(is_address).or(other.filter(is_address))?;
    Some(address.trim().to_owned())
}

/// `[L1] bob`: the level, and what stands after it.
fn levelled(title: &str) -> (Option<u8>, &str) {
    let read = || {
        let (level, rest) = title.strip_prefix('[')?.split_once(']')?;
        let level = level.trim().strip_prefix(['L', 'l'])?.parse().ok()?;
        Some((Some(level), rest.trim()))
    };
    read().unwrap_or((None, title))
}
