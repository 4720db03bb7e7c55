//! What a schedule is, as people write it down.

use std::{num::NonZeroU16, sync::Arc};

use jiff::civil::{DateTime, Time, Weekday};
use serde::{Deserialize, Serialize};

use super::{Imported, ScheduleId, Zone};
use crate::ids::UserId;

/// Who is on call when, before overrides and absences.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Unique among schedules.
    pub id: ScheduleId,
    /// For people.
    pub name: String,
    /// Whose clocks all local times are of.
    pub tz: Zone,
    /// Low to high: a later one goes before those that stand in front of it.
    pub layers: Vec<Layer>,
}

impl Schedule {
    /// Everyone who takes turns or has a shift in it, as often as they stand in it.
    pub fn people(&self) -> impl Iterator<Item = &UserId> {
        self.layers.iter().flat_map(|layer| {
            let turns = layer.rotations.iter().flat_map(|r| r.participants.iter().flatten());
            turns.chain(layer.calendar.iter().flat_map(|calendar| calendar.people()))
        })
    }

    /// The same with one rotation alone, in all its versions; nobody in it, if there is none of this name.
    #[must_use]
    pub fn only(&self, rotation: &str) -> Self {
        let of = |layer: &Layer| {
            let is_it = |r: &&Rotation| r.name.eq_ignore_ascii_case(rotation);
            let rotations = layer.rotations.iter().filter(is_it).cloned().collect();
            let calendar = layer.calendar.as_ref().and_then(|calendar| calendar.only(rotation)).map(Arc::new);
            Layer { rotations, calendar, ..layer.clone() }
        };
        let has = |layer: &Layer| !layer.rotations.is_empty() || layer.calendar.is_some();
        let layers = self.layers.iter().map(of).filter(has).collect();
        Self { layers, ..self.clone() }
    }
}

/// One layer of a schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// For people; unique within the schedule.
    pub name: String,
    /// What it does with the people of the layers below it.
    #[serde(default)]
    pub mode: Mode,
    /// Outside of this it has nobody on call.
    #[serde(default)]
    pub active: Active,
    /// On call side by side. Those of the same name are versions of one rotation: each holds from its `effective_from` until
    /// that of the next, so that a later version never changes the time before it.
    pub rotations: Vec<Rotation>,
    /// In their place: its shifts stand in a calendar of another program. Those with a level (`[L2] bob`) are of the rotation `L2`,
    /// the others of `calendar`. None are known until the calendar was read.
    #[serde(skip)]
    pub calendar: Option<Arc<Imported>>,
}

/// What a layer does with the people of the layers below it, while somebody in it has duty. While nobody has, those below count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Its people are on call in their place.
    #[default]
    Replace,
    /// Its people are on call beside them.
    Add,
}

/// When a layer is active, `[from, until)` in local time; an end that is left out is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Active {
    /// Its first moment.
    #[serde(default)]
    pub from: Option<DateTime>,
    /// The first moment after it.
    #[serde(default)]
    pub until: Option<DateTime>,
}

/// People who take turns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// For people; shared by its versions.
    pub name: String,
    /// From when it is as written here, in local time; left out: since ever. Of two versions from the same moment the one
    /// that stands later counts.
    #[serde(default)]
    pub effective_from: Option<DateTime>,
    /// Who takes turns, in order; those of one group are on call together.
    pub participants: Vec<Vec<UserId>>,
    /// When the turn changes.
    pub handover: Handover,
    /// How many shifts in a row a group has.
    #[serde(default = "once")]
    pub shifts_per_participant: NonZeroU16,
    /// Only within these is somebody on call; the turn changes all the same. Empty: always.
    #[serde(default)]
    pub restrictions: Vec<WeeklyWindow>,
}

const fn once() -> NonZeroU16 {
    NonZeroU16::MIN
}

/// When the turn changes. Each handover is counted from `start`, in local time: a weekly one stays at its hour when the
/// clocks change, and a monthly one from the 31st is on the last day of shorter months and on the 31st of longer ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handover {
    /// The first group begins here; before it nobody has a turn.
    pub start: DateTime,
    /// From one handover to the next.
    pub every: Every,
}

/// How long a shift is, in local time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    /// So many hours on the clock.
    Hours(NonZeroU16),
    /// So many days.
    Days(NonZeroU16),
    /// So many weeks.
    Weeks(NonZeroU16),
    /// So many months.
    Months(NonZeroU16),
}

/// A part of the week, in local time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeeklyWindow {
    /// The days on which it begins.
    pub days: Vec<Day>,
    /// Its first moment.
    pub from: Time,
    /// The first moment after it; on the next day if it is not after `from`, so that twice the same is a whole day.
    pub until: Time,
}

impl WeeklyWindow {
    /// Does it begin on this day of the week?
    #[must_use]
    pub fn begins_on(&self, day: Weekday) -> bool {
        self.days.iter().any(|d| d.weekday() == day)
    }
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "they are the days")]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl Day {
    /// As jiff names it.
    #[must_use]
    pub const fn weekday(self) -> Weekday {
        match self {
            Self::Mon => Weekday::Monday,
            Self::Tue => Weekday::Tuesday,
            Self::Wed => Weekday::Wednesday,
            Self::Thu => Weekday::Thursday,
            Self::Fri => Weekday::Friday,
            Self::Sat => Weekday::Saturday,
            Self::Sun => Weekday::Sunday,
        }
    }
}
