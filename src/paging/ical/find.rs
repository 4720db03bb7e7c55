//! A whole calendar.

use std::{collections::HashMap, ops::Range};

use calcard::{
    Entry, Parser,
    icalendar::{ICalendar, ICalendarComponentType},
};
use jiff::Timestamp;

use super::{
    Finding, Imported, LARGEST, TOLD, Unread, Which,
    event::Event,
    rule::Purse,
    series::{Reading, Series},
    zones::Zones,
};
use crate::paging::schedule::Zone;

/// The shifts of a calendar that touch a window. Whatever is in `text`, it is read within bounds, and what could not be read
/// is told.
#[must_use]
pub fn read(text: &str, zone: &Zone, window: &Range<Timestamp>) -> Imported {
    let mut imported = Imported::default();
    if text.len() > LARGEST {
        imported.findings.push(Finding::TooLarge);
        return imported;
    }
    let calendars = parsed(text);
    if calendars.is_empty() {
        imported.findings.push(Finding::NoCalendar);
        return imported;
    }
    if !ends(text) {
        imported.findings.push(Finding::CutShort);
    }
    let mut shifts = Vec::new();
    let mut told = |which: Which, why: Unread| imported.tell(Finding::Event { which, why });
    let zones = Zones::of(&calendars, zone.rules());
    let all = series(&calendars, &zones, &mut told);
    let purse = Purse::full();
    let mut reading = Reading { zones: &zones, window, purse: &purse, told: &mut told };
    let whole = all.iter().try_for_each(|series| series.shifts(&mut reading, &mut shifts));
    if whole.is_err() {
        imported.tell(Finding::TooMuch);
    }
    shifts.sort_unstable();
    shifts.dedup();
    imported.shifts = shifts;
    imported
}

impl Imported {
    /// Each once; what is about the whole comes first.
    fn tell(&mut self, finding: Finding) {
        match &finding {
            _ if self.findings.contains(&finding) => {}
            Finding::TooLarge | Finding::NoCalendar | Finding::CutShort | Finding::TooMuch => {
                self.findings.insert(0, finding);
            }
            Finding::Event { .. } if self.findings.len() < TOLD => self.findings.push(finding),
            Finding::Event { .. } => self.untold += 1,
        }
    }
}

fn parsed(text: &str) -> Vec<ICalendar> {
    let mut parser = Parser::new(text);
    let mut calendars = Vec::new();
    loop {
        match parser.entry() {
            Entry::ICalendar(calendar) => {
                let is_calendar = calendar.components.first().map(|c| &c.component_type);
                if is_calendar == Some(&ICalendarComponentType::VCalendar) {
                    calendars.push(calendar);
                }
            }
            Entry::Eof => return calendars,
            _ => {}
        }
    }
}

/// Is its last line that of a whole calendar?
fn ends(text: &str) -> bool {
    text.trim_end().lines().next_back().is_some_and(|line| line.trim().eq_ignore_ascii_case("END:VCALENDAR"))
}

/// Its events by UID, in their order; one without is by itself.
fn series<'a>(calendars: &'a [ICalendar], zones: &Zones<'_>, told: &mut dyn FnMut(Which, Unread)) -> Vec<Series<'a>> {
    let mut all: Vec<Series<'a>> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    let events = calendars.iter().flat_map(|c| &c.components);
    for written in events.filter(|c| c.component_type == ICalendarComponentType::VEvent) {
        let Some(event) = Event::read(written, zones, told) else { continue };
        let place = match written.uid() {
            Some(uid) => *known.entry(uid).or_insert(all.len()),
            None => all.len(),
        };
        if place == all.len() {
            all.push(Series::default());
        }
        all[place].add(event);
    }
    all
}
