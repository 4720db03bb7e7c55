//! Going through a schedule from one change to the next.

use std::ops::Range;

use jiff::{SignedDuration, Timestamp};

use super::{
    Change, Cover, Gap, HORIZON, Mode, OnDuty, Override, OverrideId, Roster, Slot, Source,
    change::by_creation,
    track::{Track, both},
};
use crate::ids::UserId;

/// A roster, ready to be asked at one instant after the other; it is quickest in order.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    roster: Roster<'a>,
    tracks: Vec<Track<'a>>,
}

/// A part of the time in which nothing changes; the next one may be the same.
#[derive(Debug)]
pub(super) struct Piece {
    pub span: Range<Timestamp>,
    pub cover: Cover,
}

/// A place of somebody on call.
#[derive(Debug)]
struct Seat<'a> {
    /// Whose it was, one after the other; the last one has it now.
    people: Vec<&'a UserId>,
    by: By<'a>,
}

/// What put the last one on a seat, or took them off.
#[derive(Clone, Copy, Debug)]
enum By<'a> {
    Turn { layer: &'a str, rotation: &'a str },
    Put(&'a OverrideId),
    Removed(&'a OverrideId),
}

impl<'a> Walk<'a> {
    /// All of it.
    pub(super) fn new(roster: Roster<'a>) -> Self {
        let layers = roster.schedule.layers.iter().enumerate();
        let tracks = layers.flat_map(|(n, layer)| Track::of_layer(n, layer, &roster.schedule.tz)).collect();
        Self { roster, tracks }
    }

    /// One layer alone.
    pub(super) fn layer(roster: Roster<'a>, n: usize) -> Self {
        let layer = roster.schedule.layers.get(n);
        let tracks = layer.into_iter().flat_map(|layer| Track::of_layer(n, layer, &roster.schedule.tz)).collect();
        Self { roster: Roster { overrides: &[], absences: &[], ..roster }, tracks }
    }

    /// Who is on call, and a span around the instant in which that does not change.
    pub(super) fn at(&mut self, at: Timestamp) -> Piece {
        let mut span = Timestamp::MIN..Timestamp::MAX;
        let (mut seats, strangers) = self.turns(at, &mut span);
        let in_force = self.roster.overrides.iter().filter(|o| meets(&o.span(), at, &mut span));
        for change in by_creation(in_force) {
            apply(change, &mut seats);
        }
        let absent = self.roster.absences.iter().filter(|a| meets(&a.span(), at, &mut span));
        let absent: Vec<&UserId> = absent.map(|a| &a.who).collect();
        Piece { span, cover: cover(&seats, &absent, &strangers) }
    }

    /// The seats that the layers fill, and those who should have one and are nobody.
    fn turns(&mut self, at: Timestamp, span: &mut Range<Timestamp>) -> (Vec<Seat<'a>>, Vec<String>) {
        let (mut seats, mut strangers): (Vec<Seat<'a>>, Vec<String>) = (Vec::new(), Vec::new());
        let mut replaced_by = None;
        for track in &mut self.tracks {
            let answer = track.at(at);
            *span = both(span, &answer.span);
            strangers.extend_from_slice(answer.strangers);
            if answer.people.is_empty() {
                continue;
            }
            let layer = &self.roster.schedule.layers[track.layer];
            match layer.mode {
                Mode::Replace if replaced_by != Some(track.layer) => {
                    seats.clear();
                    replaced_by = Some(track.layer);
                }
                Mode::Replace | Mode::Add => {}
            }
            let by = By::Turn { layer: &layer.name, rotation: track.name };
            seats.extend(answer.people.iter().map(|who| Seat { people: vec![who], by }));
        }
        (seats, strangers)
    }

    /// The first instant, from this one on, at which something else holds; none within the horizon.
    pub(super) fn end(&mut self, cover: &Cover, from: Timestamp) -> Option<Timestamp> {
        let limit = from.saturating_add(HORIZON).unwrap_or(Timestamp::MAX);
        let mut until = from;
        while until < Timestamp::MAX {
            let next = self.at(until);
            if next.cover != *cover {
                return Some(until);
            }
            if until > limit {
                return None;
            }
            until = next.span.end;
        }
        None
    }

    /// The first instant since which this holds, without a break until this one; none within the horizon.
    pub(super) fn beginning(&mut self, cover: &Cover, until: Timestamp) -> Option<Timestamp> {
        let limit = until.saturating_sub(HORIZON).unwrap_or(Timestamp::MIN);
        let mut since = until;
        while since > Timestamp::MIN {
            let before = self.at(since.checked_sub(SignedDuration::from_nanos(1)).ok()?);
            if before.cover != *cover {
                return Some(since);
            }
            if since < limit {
                return None;
            }
            since = before.span.start;
        }
        None
    }

    /// Shifts and gaps, without a hole, over exactly this window; equal neighbours are one.
    pub(super) fn slots(&mut self, window: &Range<Timestamp>) -> Vec<Slot> {
        let mut slots: Vec<Slot> = Vec::new();
        let mut from = window.start;
        while from < window.end {
            let piece = self.at(from);
            let until = piece.span.end.min(window.end);
            match slots.last_mut() {
                Some(last) if last.cover == piece.cover => last.until = until,
                Some(_) | None => slots.push(Slot { from, until, cover: piece.cover }),
            }
            from = until;
        }
        slots
    }
}

/// Does this span hold the instant? `around` is cut to where the answer stays the same.
fn meets(span: &Range<Timestamp>, at: Timestamp, around: &mut Range<Timestamp>) -> bool {
    if span.is_empty() {
        return false;
    }
    for edge in [span.start, span.end] {
        if edge <= at {
            around.start = around.start.max(edge);
        } else {
            around.end = around.end.min(edge);
        }
    }
    span.contains(&at)
}

fn apply<'a>(change: &'a Override, seats: &mut Vec<Seat<'a>>) {
    let by = By::Put(&change.id);
    match &change.change {
        Change::Replace { of: None, by: who } => {
            let mut people: Vec<&UserId> = seats.drain(..).flat_map(|s| s.people).collect();
            people.push(who);
            seats.push(Seat { people, by });
        }
        Change::Replace { of: Some(of), by: who } => {
            for seat in seats.iter_mut().filter(|s| s.people.contains(&of)) {
                seat.people.push(who);
                seat.by = by;
            }
        }
        Change::Add { who } => seats.push(Seat { people: vec![who], by }),
        Change::Remove { who } => {
            for seat in seats.iter_mut().filter(|s| s.now() == Some(who)) {
                seat.by = By::Removed(&change.id);
            }
        }
    }
}

impl Seat<'_> {
    /// Who has it; nobody when they were taken off.
    fn now(&self) -> Option<&UserId> {
        match self.by {
            By::Turn { .. } | By::Put(_) => self.people.last().copied(),
            By::Removed(_) => None,
        }
    }
}

/// Who is on call at these seats without those who are away; or why nobody is.
fn cover(seats: &[Seat<'_>], absent: &[&UserId], strangers: &[String]) -> Cover {
    let (mut on_call, mut away, mut by) = (Vec::<OnDuty>::new(), Vec::<UserId>::new(), Vec::<OverrideId>::new());
    for seat in seats {
        let source = match seat.by {
            By::Turn { layer, rotation } => Source::Rotation { layer: layer.to_owned(), rotation: rotation.to_owned() },
            By::Put(id) => Source::Override(id.clone()),
            By::Removed(id) => {
                by.push(id.clone());
                continue;
            }
        };
        let Some(who) = seat.people.last().copied() else { continue };
        if absent.contains(&who) {
            away.push(who.clone());
        } else if !on_call.iter().any(|p| p.who == *who) {
            on_call.push(OnDuty { who: who.clone(), source });
        }
    }
    if !on_call.is_empty() {
        return Cover::People(on_call);
    }
    away.dedup();
    by.dedup();
    Cover::Gap(match (away.is_empty(), by.is_empty(), strangers.is_empty()) {
        (false, ..) => Gap::Absent { people: away },
        (true, false, _) => Gap::Removed { by },
        (true, true, false) => Gap::Strangers { names: strangers.to_vec() },
        (true, true, true) => Gap::NobodyScheduled,
    })
}
