//! A shift that repeats, as turns and parts of the week.

use std::num::NonZeroU16;

use jiff::{Span, civil::DateTime};

use super::window::{DAY, DAYS, WEEK, day_of, place, windows};
use crate::{
    ids::UserId,
    paging::schedule::{Day, Every, Handover, Rotation, WeeklyWindow},
};

/// The most groups that a rotation may have.
const MOST: usize = 200;

/// A shift that repeats, whose people take turns. Local times.
#[derive(Clone, Debug)]
pub(super) struct Repeat {
    pub name: String,
    /// The first one begins.
    pub start: DateTime,
    /// How long one is, in seconds on the clock.
    pub length: i64,
    pub every: Frequency,
    /// Once in so many of them.
    pub interval: u16,
    /// Of a week; empty: that of `start`, or all of them where it is daily.
    pub days: Vec<Day>,
    /// On which day a week begins.
    pub week_start: Day,
    /// Who takes turns; nobody in a group: nobody's turn.
    pub groups: Vec<Vec<UserId>>,
    /// When the turn changes.
    pub turn: Turn,
    /// It repeats from here on.
    pub from: Option<DateTime>,
    /// It is over from here on.
    pub until: Option<DateTime>,
}

/// How often a shift repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frequency {
    Hourly,
    Daily,
    Weekly,
    Monthly,
}

/// When the turn changes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Turn {
    /// After each of its days, weeks …
    Period,
    /// After so many shifts, of which one week may have several.
    Shifts(u16),
}

/// How a shift repeats that cannot be carried over, for people.
pub(super) type Unlike = String;

/// Turns of one length, and within them parts of the week.
struct Plan {
    start: DateTime,
    every: Every,
    groups: Vec<Vec<UserId>>,
    each: u16,
    windows: Vec<WeeklyWindow>,
}

impl Repeat {
    /// As a rotation, with a version of it that ends it where it ends.
    pub(super) fn rotations(&self) -> Result<Vec<Rotation>, Unlike> {
        let unlike = || self.unlike();
        let period = i64::from(self.interval);
        if self.interval == 0 || self.length <= 0 || self.groups.is_empty() {
            return Err(unlike());
        }
        let plan = match self.every {
            Frequency::Hourly => self.plain(3600, period, Every::Hours),
            Frequency::Daily if self.days.is_empty() || self.days.len() == DAYS.len() => {
                self.plain(DAY, period, Every::Days)
            }
            Frequency::Daily if self.groups.len() == 1 && self.interval == 1 => self.weekly(1),
            Frequency::Daily => self.day_by_day(),
            Frequency::Weekly => match self.weeks_each() {
                Some(weeks) => self.weekly(weeks),
                None => self.day_by_day(),
            },
            // The shortest month; a longer one ends where the next begins.
            Frequency::Monthly if self.days.is_empty() && self.length >= 28 * DAY * period => {
                Some(self.whole(Every::Months(nonzero(self.interval))))
            }
            Frequency::Monthly => None,
        };
        let Plan { start, every, groups, each, windows } = plan.ok_or_else(unlike)?;
        if groups.len() > MOST {
            return Err(unlike());
        }
        // Versions begin at local times: those before the first shift that counts are left out.
        let effective_from = self.from.or(Some(self.start)).filter(|from| *from > start);
        let rotation = Rotation {
            name: self.name.clone(),
            effective_from,
            participants: groups,
            handover: Handover { start, every },
            shifts_per_participant: nonzero(each),
            restrictions: windows,
        };
        let over = self.until.map(|until| Rotation {
            effective_from: Some(until),
            participants: vec![Vec::new()],
            restrictions: Vec::new(),
            ..rotation.clone()
        });
        Ok(std::iter::once(rotation).chain(over).collect())
    }

    /// Turns as long as the shift, without a break.
    fn whole(&self, every: Every) -> Plan {
        let each = match self.turn {
            Turn::Period => 1,
            Turn::Shifts(n) => n.max(1),
        };
        Plan { start: self.start, every, groups: self.groups.clone(), each, windows: Vec::new() }
    }

    /// Each `period` units, for so long as a shift is.
    fn plain(&self, unit: i64, period: i64, every: fn(NonZeroU16) -> Every) -> Option<Plan> {
        if self.length == unit * period {
            return Some(self.whole(every(nonzero(self.interval))));
        }
        let one = self.whole(every(NonZeroU16::MIN));
        if self.length % unit == 0 && self.length < unit * period {
            let busy = usize::try_from(self.length / unit).ok()?;
            return Some(self.with_breaks(one, busy));
        }
        if unit == DAY && self.length < DAY {
            let windows = windows(&DAYS, self.start.time(), self.length)?;
            return Some(Plan { windows, ..self.with_breaks(one, 1) });
        }
        None
    }

    /// Each group for so many units and shifts in a row, and then nobody until the next period.
    fn with_breaks(&self, plan: Plan, busy: usize) -> Plan {
        let idle = usize::from(self.interval).saturating_sub(busy);
        if idle == 0 && busy == 1 {
            return plan;
        }
        let turn = |group: &Vec<UserId>| {
            let shift = std::iter::repeat_n(group.clone(), busy).chain(std::iter::repeat_n(Vec::new(), idle));
            std::iter::repeat_n(shift.collect::<Vec<_>>(), usize::from(plan.each)).flatten().collect::<Vec<_>>()
        };
        Plan { groups: self.groups.iter().flat_map(turn).collect(), each: 1, ..plan }
    }

    /// How many weeks a turn has; none where it may change within a week.
    fn weeks_each(&self) -> Option<u16> {
        let days = u16::try_from(self.days.len().max(1)).ok()?;
        match self.turn {
            Turn::Period => Some(1),
            Turn::Shifts(_) if self.groups.len() == 1 => Some(1),
            Turn::Shifts(n) => (n > 0 && n.is_multiple_of(days)).then(|| n / days),
        }
    }

    /// On days of the week, in turns of weeks.
    fn weekly(&self, each: u16) -> Option<Plan> {
        let days = if self.days.is_empty() { vec![day_of(self.start.weekday())] } else { self.days.clone() };
        // The turn changes with the first shift of a week, so that one over the week's end is not cut.
        let week_start = match self.turn {
            Turn::Period => self.week_start,
            // So many shifts, counted from the first one.
            Turn::Shifts(_) => day_of(self.start.weekday()),
        };
        let into_week = |day: Day| (place(day) - place(week_start)).rem_euclid(7);
        let first = days.iter().copied().min_by_key(|day| into_week(*day))?;
        let back = into_week(day_of(self.start.weekday())) - into_week(first);
        let start = self.start.checked_sub(Span::new().days(back)).ok()?;
        let (period, one) = (WEEK * i64::from(self.interval), Every::Weeks(NonZeroU16::MIN));
        let plan = Plan { start, each, ..self.whole(one) };
        if days.len() == 1 && self.length == period {
            return Some(Plan { every: Every::Weeks(nonzero(self.interval)), ..plan });
        }
        if days.len() == 1 && self.length > WEEK {
            let busy = usize::try_from(self.length / WEEK).ok()?;
            return (self.length % WEEK == 0 && self.length < period).then(|| self.with_breaks(plan, busy));
        }
        let windows = windows(&days, self.start.time(), self.length).unwrap_or_default();
        Some(Plan { windows, ..self.with_breaks(plan, 1) })
    }

    /// The turn changes from day to day, on days of the week: written out until it comes round.
    fn day_by_day(&self) -> Option<Plan> {
        let Turn::Shifts(each) = self.turn else { return None };
        if self.interval != 1 || self.length > DAY || self.days.is_empty() {
            return None;
        }
        let (shifts, in_week) = (self.groups.len() * usize::from(each.max(1)), self.days.len());
        let weeks = (1..=MOST / 7).find(|weeks| (weeks * in_week).is_multiple_of(shifts))?;
        let first = day_of(self.start.weekday());
        let mut turns = (0..).map(|n: usize| &self.groups[n / usize::from(each.max(1)) % self.groups.len()]);
        let mut groups = Vec::new();
        for n in (0..7).cycle().take(weeks * 7) {
            let is_one = self.days.contains(&super::window::later(first, n));
            groups.push(if is_one { turns.next()?.clone() } else { Vec::new() });
        }
        let windows = windows(&DAYS, self.start.time(), self.length).unwrap_or_default();
        Some(Plan { start: self.start, every: Every::Days(NonZeroU16::MIN), groups, each: 1, windows })
    }

    fn unlike(&self) -> Unlike {
        let unit = match self.every {
            Frequency::Hourly => "hour",
            Frequency::Daily => "day",
            Frequency::Weekly => "week",
            Frequency::Monthly => "month",
        };
        let minutes = self.length / 60;
        format!("each {} {unit}, {} day(s) of the week, {minutes} min long", self.interval, self.days.len())
    }
}

/// At least one.
pub(super) fn nonzero(n: u16) -> NonZeroU16 {
    NonZeroU16::new(n).unwrap_or(NonZeroU16::MIN)
}

/// How often, as calendars and others write it.
pub(super) fn frequency(text: &str) -> Option<Frequency> {
    match text.to_uppercase().as_str() {
        "HOURLY" => Some(Frequency::Hourly),
        "DAILY" => Some(Frequency::Daily),
        "WEEKLY" => Some(Frequency::Weekly),
        "MONTHLY" => Some(Frequency::Monthly),
        _ => None,
    }
}

/// `MO`.
pub(super) fn day(text: &str) -> Option<Day> {
    let names = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
    names.iter().position(|name| text.eq_ignore_ascii_case(name)).map(|n| DAYS[n])
}
