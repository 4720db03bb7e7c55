//! What the page shows, ready to be put into HTML.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde::Serialize;

use super::words::Words;
use crate::{
    config::{Component, StatusPageSettings},
    status::{ComponentId, ComponentStatus, HISTORY_DAYS, Kind, Post, PostStatus, Spell, Standing},
};

/// How many days of past incidents stand on the overview.
const PAST_DAYS: i64 = 7;

/// The page as somebody reads it.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// What stands on it.
    pub standing: &'a Standing,
    /// What it says of itself.
    pub settings: &'a StatusPageSettings,
    /// In which language.
    pub words: &'static Words,
    /// When.
    pub now: Timestamp,
}

/// A time, for people and for programs.
#[derive(Debug, Serialize)]
pub struct When {
    iso: String,
    text: String,
}

impl When {
    /// For people.
    pub(super) fn text(self) -> String {
        self.text
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Row {
    name: String,
    description: Option<String>,
    class: &'static str,
    standing: &'static str,
    uptime: String,
    bars: Vec<Bar>,
    days: String,
}

/// A day that was not as it should be, by its place among the ninety.
#[derive(Debug, Serialize)]
struct Bar {
    x: i64,
    class: &'static str,
    title: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Group {
    name: Option<String>,
    rows: Vec<Row>,
}

#[derive(Debug, Serialize)]
pub(super) struct Item {
    id: String,
    name: String,
    class: &'static str,
    phase: &'static str,
    began: When,
    ended: Option<When>,
    window: Option<(When, When)>,
    more_by: Option<When>,
    /// Each component that it ever touched, and how it stood at its worst.
    affected: Vec<String>,
    updates: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    phase: &'static str,
    paragraphs: Vec<String>,
    at: When,
    corrected: Option<When>,
}

/// As CSS and the picture have it.
pub(super) const fn class(status: ComponentStatus) -> &'static str {
    match status {
        ComponentStatus::Operational => "ok",
        ComponentStatus::UnderMaintenance => "work",
        ComponentStatus::DegradedPerformance => "slow",
        ComponentStatus::PartialOutage => "part",
        ComponentStatus::MajorOutage => "down",
    }
}

impl Reading<'_> {
    /// When the page last changed, or has been as it is.
    pub(super) fn changed_at(&self) -> Timestamp {
        self.standing.changed_at().unwrap_or(self.now)
    }

    /// Since when there is a page.
    pub(super) fn since(&self) -> Timestamp {
        self.standing.since.unwrap_or_else(|| self.changed_at())
    }

    fn zone(&self) -> TimeZone {
        TimeZone::get(&self.settings.timezone).unwrap_or(TimeZone::UTC)
    }

    pub(super) fn when(&self, at: Timestamp) -> When {
        let text = at.to_zoned(self.zone()).strftime("%Y-%m-%d %H:%M %Z").to_string();
        When { iso: at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(), text }
    }

    fn day(&self, at: Timestamp) -> Date {
        at.to_zoned(self.zone()).date()
    }

    /// The worst that any component that is shown stands at; an incident that names none is trouble all the same.
    pub(super) fn worst(&self) -> ComponentStatus {
        let shown = self.settings.components.iter().map(|c| self.standing.page.status(&c.id));
        let mut open = self.open().map(|post| match post.kind {
            Kind::Incident if post.impact.is_empty() => ComponentStatus::DegradedPerformance,
            Kind::Maintenance(_) if post.impact.is_empty() => ComponentStatus::UnderMaintenance,
            Kind::Incident | Kind::Maintenance(_) => ComponentStatus::Operational,
        });
        shown.max().unwrap_or_default().max(open.by_ref().max().unwrap_or_default())
    }

    pub(super) fn open(&self) -> impl Iterator<Item = &Post> {
        self.standing.posts.iter().filter(|post| !post.status.is_over() && post.status != PostStatus::Scheduled)
    }

    pub(super) fn current(&self) -> Vec<Item> {
        self.open().filter(|post| post.kind == Kind::Incident).map(|post| self.item(post)).collect()
    }

    /// Maintenance that goes on or is to come, the next first.
    pub(super) fn upcoming(&self) -> Vec<Item> {
        let scheduled = self.standing.posts.iter().filter(|post| post.window().is_some() && !post.status.is_over());
        let mut scheduled: Vec<&Post> = scheduled.collect();
        scheduled.sort_by_key(|post| post.window().map(|window| window.from));
        scheduled.into_iter().map(|post| self.item(post)).collect()
    }

    pub(super) fn past(&self) -> Vec<Item> {
        let since = self.now.saturating_sub(SignedDuration::from_hours(24 * PAST_DAYS)).unwrap_or(Timestamp::MIN);
        let over = self.standing.posts.iter().filter(|post| post.resolved_at.is_some_and(|at| at >= since));
        over.map(|post| self.item(post)).collect()
    }

    /// Everything, by month, the latest first.
    pub(super) fn months(&self) -> Vec<(String, Vec<&Post>)> {
        let mut months: BTreeMap<String, Vec<&Post>> = BTreeMap::new();
        for post in &self.standing.posts {
            months.entry(self.day(post.started_at).strftime("%Y-%m").to_string()).or_default().push(post);
        }
        months.into_iter().rev().collect()
    }

    /// The months that there is history of, the latest first: `2026-11`.
    #[must_use]
    pub fn month_names(&self) -> Vec<String> {
        self.months().into_iter().map(|(name, _)| name).collect()
    }

    pub(super) fn item(&self, post: &Post) -> Item {
        let name = post.name.words().unwrap_or(self.words.removed).to_owned();
        let lines = post.updates.iter().rev().map(|update| {
            let words = update.body.words().unwrap_or(self.words.removed);
            Line {
                phase: self.words.stands(post, update.status),
                paragraphs: words.split("\n\n").map(str::trim).filter(|p| !p.is_empty()).map(str::to_owned).collect(),
                at: self.when(update.at),
                corrected: update.corrected_at.map(|at| self.when(at)),
            }
        });
        Item {
            id: post.id.to_string(),
            name,
            class: class(post.worst()),
            phase: self.words.stands(post, post.status),
            began: self.when(post.started_at),
            ended: post.resolved_at.map(|at| self.when(at)),
            window: post.window().map(|window| (self.when(window.from), self.when(window.to))),
            more_by: post.next_by.filter(|_| !post.status.is_over()).map(|at| self.when(at)),
            affected: self.affected(post),
            updates: lines.collect(),
        }
    }

    /// Each component that it ever touched, and how it stood at its worst.
    pub(super) fn affected(&self, post: &Post) -> Vec<String> {
        post.worst.iter().map(|(id, s)| format!("{} ({})", self.name(id), self.words.standing(*s))).collect()
    }

    /// What people call a component.
    pub(super) fn name(&self, id: &ComponentId) -> String {
        self.settings.component(id.as_str()).map_or_else(|| id.to_string(), |c| c.name.clone())
    }

    pub(super) fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for component in &self.settings.components {
            let row = self.row(component);
            match groups.iter_mut().find(|group| group.name == component.group) {
                Some(group) => group.rows.push(row),
                None => groups.push(Group { name: component.group.clone(), rows: vec![row] }),
            }
        }
        // Behind a group's name they would seem to be of that group.
        groups.sort_by_key(|group| group.name.is_some());
        groups
    }

    fn row(&self, component: &Component) -> Row {
        let status = self.standing.page.status(&component.id);
        let spells = self.standing.page.spells.get(&component.id).map(Vec::as_slice).unwrap_or_default();
        let bars = self.bars(spells);
        let days = bars.iter().map(|bar| bar.title.as_str()).collect::<Vec<_>>().join("; ");
        Row {
            name: component.name.clone(),
            description: component.description.clone(),
            class: class(status),
            standing: self.words.standing(status),
            uptime: uptime(spells, self.now),
            bars,
            days,
        }
    }

    /// The worst of each day that was not as it should be.
    fn bars(&self, spells: &[Spell]) -> Vec<Bar> {
        let today = self.day(self.now);
        let first = today.saturating_sub((HISTORY_DAYS - 1).days());
        let mut worst: BTreeMap<Date, ComponentStatus> = BTreeMap::new();
        for spell in spells {
            // Half open: what ended at midnight was not of that day.
            let last = spell.to.map_or(self.now, |to| to.saturating_sub(SignedDuration::from_nanos(1)).unwrap_or(to));
            let mut day = self.day(spell.from).max(first);
            while day <= self.day(last) {
                let of_day = worst.entry(day).or_default();
                *of_day = (*of_day).max(spell.status);
                let Ok(next) = day.tomorrow() else { break };
                day = next;
            }
        }
        let bar = |(day, status): (Date, ComponentStatus)| Bar {
            x: i64::from(first.until(day).map_or(0, |span| span.get_days())),
            class: class(status),
            title: format!("{day}: {}", self.words.standing(status)),
        };
        worst.into_iter().map(bar).collect()
    }
}

/// How much of the ninety days it worked, in percent: an outage of a part counts for three tenths, slowness and maintenance for nothing, as
/// hosted pages count.
fn uptime(spells: &[Spell], now: Timestamp) -> String {
    let whole = SignedDuration::from_hours(24 * HISTORY_DAYS);
    let since = now.saturating_sub(whole).unwrap_or(Timestamp::MIN);
    let lost = spells.iter().map(|spell| {
        let (from, to) = (spell.from.max(since), spell.to.unwrap_or(now).min(now));
        let length = to.duration_since(from).as_secs().max(0);
        match spell.status {
            ComponentStatus::MajorOutage => length * 10,
            ComponentStatus::PartialOutage => length * 3,
            ComponentStatus::Operational | ComponentStatus::UnderMaintenance | ComponentStatus::DegradedPerformance => {
                0
            }
        }
    });
    // In hundredths of a percent, rounded down: nobody claims a whole that was not.
    let tenths = whole.as_secs() * 10;
    let kept = (tenths - lost.sum::<i64>()).max(0) * 10_000 / tenths;
    format!("{}.{:02}", kept / 100, kept % 100)
}
