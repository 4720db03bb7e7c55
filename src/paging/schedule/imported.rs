//! Shifts that are planned elsewhere, in a calendar of another program.

use std::{collections::BTreeMap, ops::Range};

use jiff::Timestamp;

use crate::ids::UserId;

/// What those shifts are of whose title says no level.
const USUAL: &str = "calendar";
/// So many people at once are told apart; more are on call nowhere.
const AT_ONCE: usize = 50;

/// A shift as it was planned elsewhere, `[from, until)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
    /// Whose.
    pub who: Named,
    /// The level that it is planned for.
    pub level: Option<u8>,
}

/// Whom a calendar names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// Somebody whom Slack knows.
    Person(UserId),
    /// A name, as written, that is nobody's in Slack.
    Stranger(String),
}

/// The shifts of a calendar, made ready to be asked. Those of each level are a rotation by themselves, side by side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    rotations: Vec<Planning>,
}

/// The shifts of one level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Planning {
    /// As a rotation is called.
    pub name: String,
    /// Everybody in it, each once.
    people: Vec<UserId>,
    /// When somebody has a shift, in order; none meets another.
    pieces: Vec<Piece>,
}

/// A span in which the same ones have a shift.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub span: Range<Timestamp>,
    pub people: Vec<UserId>,
    pub strangers: Vec<String>,
}

impl Imported {
    /// Of these shifts, in any order.
    #[must_use]
    pub fn new(shifts: &[Planned]) -> Self {
        let mut levels: BTreeMap<Option<u8>, Vec<&Planned>> = BTreeMap::new();
        for shift in shifts.iter().filter(|shift| shift.from < shift.until) {
            levels.entry(shift.level).or_default().push(shift);
        }
        Self { rotations: levels.into_iter().map(|(level, shifts)| Planning::new(level, shifts)).collect() }
    }

    /// Everybody who has a shift, some more than once.
    pub fn people(&self) -> impl Iterator<Item = &UserId> {
        self.rotations.iter().flat_map(|planning| &planning.people)
    }

    pub(super) fn rotations(&self) -> impl Iterator<Item = &Planning> {
        self.rotations.iter()
    }

    /// One level alone; none where a calendar can have no rotation of this name.
    pub(super) fn only(&self, rotation: &str) -> Option<Self> {
        let level = || rotation.strip_prefix(['L', 'l'])?.parse::<u8>().ok();
        (rotation.eq_ignore_ascii_case(USUAL) || level().is_some()).then(|| Self {
            rotations: self.rotations.iter().filter(|r| r.name.eq_ignore_ascii_case(rotation)).cloned().collect(),
        })
    }
}

impl Planning {
    fn new(level: Option<u8>, mut shifts: Vec<&Planned>) -> Self {
        shifts.sort_by_key(|shift| shift.from);
        let mut edges: Vec<Timestamp> = shifts.iter().flat_map(|shift| [shift.from, shift.until]).collect();
        edges.sort_unstable();
        edges.dedup();
        let (mut coming, mut running, mut pieces) = (shifts.iter().peekable(), Vec::new(), Vec::<Piece>::new());
        for (from, until) in edges.iter().zip(edges.iter().skip(1)) {
            running.retain(|shift: &&Planned| shift.until > *from);
            while let Some(shift) = coming.next_if(|shift| shift.from <= *from) {
                running.push(shift);
            }
            if running.is_empty() {
                continue;
            }
            let piece = Piece::new(*from..*until, &running);
            match pieces.last_mut().filter(|last| last.is_followed_by(&piece)) {
                Some(last) => last.span.end = piece.span.end,
                None => pieces.push(piece),
            }
        }
        let mut people: Vec<UserId> = pieces.iter().flat_map(|piece| &piece.people).cloned().collect();
        people.sort_unstable();
        people.dedup();
        Self { name: level.map_or_else(|| USUAL.to_owned(), |level| format!("L{level}")), people, pieces }
    }

    /// Who has a shift at this instant, and a span around it in which that does not change.
    pub(super) fn at(&self, at: Timestamp) -> (Option<&Piece>, Range<Timestamp>) {
        let begun = self.pieces.partition_point(|piece| piece.span.start <= at);
        let last = begun.checked_sub(1).map(|n| &self.pieces[n]);
        match last {
            Some(piece) if at < piece.span.end => (Some(piece), piece.span.clone()),
            Some(_) | None => {
                let since = last.map_or(Timestamp::MIN, |piece| piece.span.end);
                (None, since..self.pieces.get(begun).map_or(Timestamp::MAX, |piece| piece.span.start))
            }
        }
    }

    /// Everybody who has a shift within a window, some more than once.
    pub(super) fn people_within(&self, window: &Range<Timestamp>) -> impl Iterator<Item = &UserId> {
        let met = self.pieces.iter().filter(|piece| piece.span.start < window.end && window.start < piece.span.end);
        met.flat_map(|piece| &piece.people)
    }
}

impl Piece {
    fn new(span: Range<Timestamp>, running: &[&Planned]) -> Self {
        let (mut people, mut strangers) = (Vec::new(), Vec::new());
        for shift in running.iter().take(AT_ONCE) {
            match &shift.who {
                Named::Person(who) if !people.contains(who) => people.push(who.clone()),
                Named::Stranger(name) if !strangers.contains(name) => strangers.push(name.clone()),
                Named::Person(_) | Named::Stranger(_) => {}
            }
        }
        Self { span, people, strangers }
    }

    fn is_followed_by(&self, next: &Self) -> bool {
        self.span.end == next.span.start && self.people == next.people && self.strangers == next.strangers
    }
}
