//! A schedule's overrides and open asks as they stand.

use std::{borrow::Cow, ops::Range, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Fact, Feed, Rostered, Span};
use crate::{
    config::Followed,
    ids::UserId,
    paging::schedule::{Absence, Override, OverrideId, Roster, Schedule},
};

/// What is over for so long is left to the events.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 35);

/// A schedule with all that differs from it.
#[derive(Clone, Debug)]
pub struct Rolled<'a> {
    /// The schedule as it is written, and who follows it.
    pub followed: &'a Followed,
    /// The schedule by itself, with what its calendars say.
    pub schedule: Cow<'a, Schedule>,
    /// Those calendars.
    pub feeds: Vec<Arc<Feed>>,
    /// What was said otherwise.
    pub roll: Roll,
    /// When its people are away.
    pub absences: Vec<Absence>,
}

impl<'a> Rolled<'a> {
    /// A schedule from which nothing differs, with what its calendars say.
    #[must_use]
    pub fn of(followed: &'a Followed, feeds: Vec<Arc<Feed>>) -> Self {
        let mut schedule = Cow::Borrowed(&followed.schedule);
        for feed in &feeds {
            let known = schedule.to_mut().layers.iter_mut().find(|layer| layer.name == feed.layer);
            if let Some(layer) = known.filter(|layer| layer.calendar.is_some()) {
                layer.calendar = Some(Arc::clone(&feed.imported));
            }
        }
        Self { followed, schedule, feeds, roll: Roll::default(), absences: Vec::new() }
    }

    /// As questions are asked of it.
    #[must_use]
    pub fn roster(&self) -> Roster<'_> {
        Roster { schedule: &self.schedule, overrides: &self.roll.overrides, absences: &self.absences }
    }

    /// When somebody is on call within a window, whoever is beside them.
    #[must_use]
    pub fn shifts(&self, who: &UserId, window: &Range<Timestamp>) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        for slot in self.roster().render(window).iter().filter(|slot| slot.cover.people().any(|p| p == who)) {
            match spans.last_mut().filter(|last| last.until == slot.from) {
                Some(last) => last.until = slot.until,
                None => spans.push(Span { from: slot.from, until: slot.until }),
            }
        }
        spans
    }
}

/// What differs from a schedule by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roll {
    /// Oldest first.
    pub overrides: Vec<Override>,
    /// Oldest first.
    pub asks: Vec<Asked>,
}

/// Something that a person asked of others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Its number: the place of its fact in the stream.
    pub number: u64,
    /// Who asked.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// For what.
    pub wants: Wanted,
    /// In their words.
    pub reason: Option<String>,
    /// Who said yes.
    pub taken_by: Option<UserId>,
    /// It needs no answer any more.
    pub ended: bool,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// That one of these takes one's place.
    Cover {
        /// When.
        span: Span,
        /// Who is asked.
        of: Vec<UserId>,
    },
    /// To exchange shifts.
    Swap {
        /// With whom.
        with: UserId,
        /// The one given away.
        gives: Span,
        /// The one taken.
        takes: Span,
    },
}

impl Asked {
    /// Who is asked.
    pub fn of(&self) -> impl Iterator<Item = &UserId> {
        match &self.wants {
            Wanted::Cover { of, .. } => of.as_slice(),
            Wanted::Swap { with, .. } => std::slice::from_ref(with),
        }
        .iter()
    }

    /// The first instant at which it is too late to say yes.
    #[must_use]
    pub fn lapses(&self) -> Timestamp {
        match self.wants {
            Wanted::Cover { span, .. } => span.until,
            // Half of an exchange is none, unless half of it was gone already.
            Wanted::Swap { gives, takes, .. } => {
                let lapses = |span: Span| if span.from > self.at { span.from } else { span.until };
                lapses(gives).min(lapses(takes))
            }
        }
    }

    /// Can it still be answered?
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.taken_by.is_none() && !self.ended && now < self.lapses()
    }
}

impl Roll {
    /// The override of this name.
    #[must_use]
    pub fn over(&self, id: &OverrideId) -> Option<&Override> {
        self.overrides.iter().find(|o| o.id == *id)
    }

    /// The ask of this number.
    #[must_use]
    pub fn ask(&self, number: u64) -> Option<&Asked> {
        self.asks.iter().find(|a| a.number == number)
    }

    /// What is in force at this instant or will be, earliest first.
    #[must_use]
    pub fn coming(&self, now: Timestamp) -> Vec<&Override> {
        let mut coming: Vec<&Override> = self.overrides.iter().filter(|o| now < o.until).collect();
        coming.sort_by_key(|o| o.from);
        coming
    }

    /// Folds a fact in; `seq` is its place in the stream. Total: what makes no sense changes nothing.
    pub fn apply(&mut self, seq: u64, fact: &Rostered) {
        let Rostered { at, by, what, .. } = fact;
        let (at, by) = (*at, by.clone());
        let words = |reason: &Option<crate::incident::Text>| reason.as_ref().and_then(|t| t.words().map(str::to_owned));
        let asked =
            |wants, reason| Asked { number: seq, by: by.clone(), at, wants, reason, taken_by: None, ended: false };
        match what {
            Fact::OverrideMade { span, change, reason, answers } => {
                if let Some(ask) = answers.and_then(|n| self.asks.iter_mut().find(|a| a.number == n)) {
                    ask.taken_by = Some(by.clone());
                }
                self.overrides.push(Override {
                    id: OverrideId(seq.to_string()),
                    from: span.from,
                    until: span.until,
                    change: change.clone(),
                    reason: words(reason),
                    created_by: by,
                    created_at: at,
                });
            }
            Fact::OverrideEnded { id } => {
                self.overrides.retain(|o| o.id != *id || o.from < at);
                if let Some(running) = self.overrides.iter_mut().find(|o| o.id == *id) {
                    running.until = running.until.min(at);
                }
            }
            Fact::CoverAsked { span, reason, of } => {
                self.asks.push(asked(Wanted::Cover { span: *span, of: of.clone() }, words(reason)));
            }
            Fact::SwapOffered { to, gives, takes, reason } => {
                let wants = Wanted::Swap { with: to.clone(), gives: *gives, takes: *takes };
                self.asks.push(asked(wants, words(reason)));
            }
            Fact::AskEnded { ask } => {
                if let Some(ask) = self.asks.iter_mut().find(|a| a.number == *ask) {
                    ask.ended = true;
                }
            }
        }
        let gone = at.saturating_sub(KEPT).unwrap_or(Timestamp::MIN);
        self.overrides.retain(|o| o.until > gone);
        self.asks.retain(|a| a.lapses() > gone);
    }
}
