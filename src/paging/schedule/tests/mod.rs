//! Every edge case of schedules that has woken the wrong person somewhere, each as a test. Instants in the tables were worked
//! out with another implementation of the time zone database.

mod changes;
mod clocks;
mod findings;
mod imported;
mod layers;
mod properties;
mod reading;
mod turns;
mod windows;

use std::{num::NonZeroU16, ops::Range};

use jiff::{Timestamp, civil::DateTime};

use super::*;
use crate::ids::UserId;

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

pub(super) fn local(text: &str) -> DateTime {
    text.parse().expect("a local time")
}

pub(super) fn span(from: &str, until: &str) -> Range<Timestamp> {
    at(from)..at(until)
}

fn times(n: u16) -> NonZeroU16 {
    NonZeroU16::new(n).expect("more than none")
}

pub(super) fn hours(n: u16) -> Every {
    Every::Hours(times(n))
}

pub(super) fn days(n: u16) -> Every {
    Every::Days(times(n))
}

pub(super) fn weeks(n: u16) -> Every {
    Every::Weeks(times(n))
}

pub(super) fn months(n: u16) -> Every {
    Every::Months(times(n))
}

/// Groups are written `alice bob+carol`.
pub(super) fn rotation(name: &str, groups: &str, start: &str, every: Every) -> Rotation {
    Rotation {
        name: name.into(),
        effective_from: None,
        participants: groups.split_whitespace().map(|g| g.split('+').map(UserId::from).collect()).collect(),
        handover: Handover { start: local(start), every },
        shifts_per_participant: times(1),
        restrictions: Vec::new(),
    }
}

pub(super) fn layer(name: &str, rotations: Vec<Rotation>) -> Layer {
    Layer { name: name.into(), mode: Mode::Replace, active: Active::default(), rotations, calendar: None }
}

pub(super) fn schedule(tz: &str, layers: Vec<Layer>) -> Schedule {
    Schedule { id: "primary".into(), name: "Primary".into(), tz: Zone::named(tz).expect("a zone"), layers }
}

/// One layer of one rotation.
pub(super) fn simple(tz: &str, groups: &str, start: &str, every: Every) -> Schedule {
    schedule(tz, vec![layer("base", vec![rotation("weekly", groups, start, every)])])
}

/// Without overrides and absences.
pub(super) fn plain(schedule: &Schedule) -> Roster<'_> {
    Roster { schedule, overrides: &[], absences: &[] }
}

/// `alice bob`; a gap is its reason in brackets.
pub(super) fn said(cover: &Cover) -> String {
    match cover {
        Cover::People(people) => people.iter().map(|p| p.who.as_str()).collect::<Vec<_>>().join(" "),
        Cover::Gap(Gap::NobodyScheduled) => "(nobody)".into(),
        Cover::Gap(Gap::Strangers { names }) => format!("(strangers {})", names.join(" ")),
        Cover::Gap(Gap::Absent { people }) => {
            format!("(absent {})", people.iter().map(UserId::as_str).collect::<Vec<_>>().join(" "))
        }
        Cover::Gap(Gap::Removed { by }) => {
            format!("(removed {})", by.iter().map(OverrideId::as_str).collect::<Vec<_>>().join(" "))
        }
    }
}

pub(super) fn who(roster: Roster<'_>, instant: &str) -> String {
    said(&roster.on_call(at(instant)).cover)
}

/// Where each slot begins, and who is on call then.
pub(super) fn lines(slots: &[Slot]) -> Vec<String> {
    slots.iter().map(|s| format!("{} {}", s.from, said(&s.cover))).collect()
}

pub(super) fn rendered(roster: Roster<'_>, from: &str, until: &str) -> Vec<String> {
    lines(&roster.render(&span(from, until)))
}
