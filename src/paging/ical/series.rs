//! All that a calendar says of one event: how it repeats, and the exceptions.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use calcard::icalendar::ICalendarProperty as Property;
use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, DateTime},
};

use super::{
    Shift, Unread, Which,
    event::{Event, which},
    moment::{Listed, Moment, listed, zone_of},
    rule::{Purse, Rule, TooMuch},
    zones::Zones,
};

/// The events of one UID.
#[derive(Default)]
pub(super) struct Series<'a> {
    /// What repeats; of several versions those of the highest number.
    events: Vec<Event<'a>>,
    /// What stands in the place of single occurrences.
    exceptions: Vec<Event<'a>>,
}

/// What reading works with.
pub(super) struct Reading<'r> {
    pub zones: &'r Zones<'r>,
    pub window: &'r Range<Timestamp>,
    pub purse: &'r Purse,
    pub told: &'r mut dyn FnMut(Which, Unread),
}

impl<'a> Series<'a> {
    pub(super) fn add(&mut self, event: Event<'a>) {
        if event.replaces.is_some() {
            self.exceptions.push(event);
            return;
        }
        let newest = self.events.first().map(Event::sequence);
        match newest.map(|newest| event.sequence().cmp(&newest)) {
            Some(std::cmp::Ordering::Less) => {}
            Some(std::cmp::Ordering::Greater) => self.events = vec![event],
            Some(std::cmp::Ordering::Equal) | None => self.events.push(event),
        }
    }

    /// Every shift of it that touches the window.
    pub(super) fn shifts(&self, reading: &mut Reading<'_>, shifts: &mut Vec<Shift>) -> Result<(), TooMuch> {
        if !self.events.is_empty() && self.events.iter().all(|e| e.is_cancelled) {
            return Ok(());
        }
        let of = self.events.first().map(|e| &e.start);
        let exceptions = Exceptions::of(&self.exceptions, of);
        for event in self.events.iter().filter(|e| !e.is_cancelled) {
            occurrences(event, &exceptions, reading, shifts)?;
        }
        for exception in exceptions.single.values() {
            put(exception, exception.start.local, None, reading, shifts)?;
        }
        Ok(())
    }
}

/// What stands in the place of occurrences, by when those would have begun.
struct Exceptions<'e> {
    single: BTreeMap<Timestamp, &'e Event<'e>>,
    /// Counts from there on; how much later than the occurrence it begins.
    onward: BTreeMap<Timestamp, (&'e Event<'e>, SignedDuration)>,
}

impl<'e> Exceptions<'e> {
    fn of(exceptions: &'e [Event<'e>], start: Option<&Moment>) -> Self {
        let (mut single, mut onward) = (BTreeMap::<Timestamp, &Event<'_>>::new(), BTreeMap::new());
        for event in exceptions {
            let Some((at, and_future)) = &event.replaces else { continue };
            let at = key(at, start);
            if single.get(&at).is_some_and(|known| known.sequence() > event.sequence()) {
                continue;
            }
            single.insert(at, event);
            if *and_future {
                let moved = event.start.local.duration_since(event.start.shown(at));
                onward.insert(at, (event, moved));
            } else {
                onward.remove(&at);
            }
        }
        Self { single, onward }
    }

    /// How far they move occurrences at most.
    fn reach(&self) -> SignedDuration {
        self.onward.values().map(|(event, moved)| moved.abs().saturating_add(event.length())).max().unwrap_or_default()
    }
}

/// When the occurrence begins that this names; a day stands for the one at the usual time.
fn key(named: &Moment, start: Option<&Moment>) -> Timestamp {
    match start {
        Some(start) if named.is_day && !start.is_day => {
            let local = named.local.date().to_datetime(start.local.time());
            super::moment::instant(&start.zone, local)
        }
        Some(_) | None => named.at(),
    }
}

/// The occurrences that are as the event says, and those that are as an exception says from some time on.
fn occurrences(
    event: &Event<'_>,
    exceptions: &Exceptions<'_>,
    reading: &mut Reading<'_>,
    shifts: &mut Vec<Shift>,
) -> Result<(), TooMuch> {
    let lists = Lists::read(event, reading);
    let mut put_at = |local: DateTime, until: Option<Timestamp>, reading: &mut Reading<'_>| {
        let at = super::moment::instant(&event.start.zone, local);
        if exceptions.single.contains_key(&at) || lists.leaves_out(at, local.date()) {
            return Ok(());
        }
        match exceptions.onward.range(..=at).next_back() {
            None => put(event, local, until, reading, shifts),
            Some((_, (exception, moved))) => {
                let there = exception.start.shown(at).checked_add(*moved);
                there.map_or(Ok(()), |there| put(exception, there, None, reading, shifts))
            }
        }
    };
    put_at(event.start.local, None, reading)?;
    for (local, until) in &lists.added {
        put_at(*local, *until, reading)?;
    }
    // A day more, for how much clocks differ and change.
    let early = event.length().max(SignedDuration::ZERO).saturating_add(exceptions.reach()).saturating_add(DAY);
    let late = exceptions.reach().saturating_add(DAY);
    let from = event.start.shown(reading.window.start).checked_sub(early).unwrap_or(DateTime::MIN);
    let until = event.start.shown(reading.window.end).checked_add(late).unwrap_or(DateTime::MAX);
    for value in event.written.properties(&Property::Rrule).flat_map(|entry| &entry.values) {
        let Some(rule) = Rule::read(value, &event.start) else {
            (reading.told)(which(event.written), Unread::Rule);
            continue;
        };
        let purse = reading.purse;
        rule.each(&(from..until), purse, |local| {
            if local == event.start.local { Ok(()) } else { put_at(local, None, reading) }
        })?;
    }
    if event.written.has_property(&Property::Exrule) {
        (reading.told)(which(event.written), Unread::Rule);
    }
    Ok(())
}

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The dates that are added and left out.
struct Lists {
    added: Vec<(DateTime, Option<Timestamp>)>,
    gone: BTreeSet<Timestamp>,
    gone_days: BTreeSet<Date>,
}

impl Lists {
    fn read(event: &Event<'_>, reading: &mut Reading<'_>) -> Self {
        let mut lists = Self { added: Vec::new(), gone: BTreeSet::new(), gone_days: BTreeSet::new() };
        for (name, is_added) in [(Property::Rdate, true), (Property::Exdate, false)] {
            for entry in event.written.properties(&name) {
                let (zone, unknown) = zone_of(entry, reading.zones);
                if let Some(unknown) = unknown {
                    (reading.told)(which(event.written), Unread::Zone(unknown.chars().take(100).collect()));
                }
                for value in &entry.values {
                    match listed(value, &zone, reading.zones.home) {
                        None => (reading.told)(which(event.written), Unread::Date),
                        Some(Listed::Moment(at)) if is_added => lists.added.push((begins(&at, &event.start), None)),
                        Some(Listed::Until(at, until)) if is_added => {
                            lists.added.push((begins(&at, &event.start), Some(until)));
                        }
                        Some(Listed::Moment(at)) if at.is_day && !event.start.is_day => {
                            lists.gone_days.insert(at.local.date());
                        }
                        Some(Listed::Moment(at) | Listed::Until(at, _)) => {
                            lists.gone.insert(at.at());
                        }
                    }
                }
            }
        }
        lists
    }

    fn leaves_out(&self, at: Timestamp, day: Date) -> bool {
        self.gone.contains(&at) || self.gone_days.contains(&day)
    }
}

/// An added date by the clocks of the event; a day stands for the usual time.
fn begins(named: &Moment, start: &Moment) -> DateTime {
    if named.is_day && !start.is_day {
        return named.local.date().to_datetime(start.local.time());
    }
    start.shown(named.at())
}

fn put(
    event: &Event<'_>,
    local: DateTime,
    until: Option<Timestamp>,
    reading: &mut Reading<'_>,
    shifts: &mut Vec<Shift>,
) -> Result<(), TooMuch> {
    let (span, window) = (event.span(local, until), reading.window);
    let begins_within = window.contains(&span.start);
    if event.is_cancelled || !(begins_within || span.start < window.start && window.start < span.end) {
        return Ok(());
    }
    reading.purse.occurrence()?;
    match event.shifts(&span) {
        Ok(all) => shifts.extend(all.filter(|shift| shift.from < shift.until)),
        Err(Some(why)) => (reading.told)(which(event.written), why),
        Err(None) => {}
    }
    Ok(())
}
