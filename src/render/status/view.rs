//! What the page shows, ready to be put into HTML.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde::Serialize;

use super::{json::code, words::Words};
use crate::{
    config::{Component, StatusPageSettings},
    status::{ComponentId, ComponentStatus, HISTORY_DAYS, Kind, Post, PostStatus, Spell, Standing},
};

/// How many days of past incidents stand on the overview.
const PAST_DAYS: i64 = 7;
/// How many stretches of trouble are named beside the bars of a component; all of them stand on its own page.
const NAMED: usize = 6;
/// How many components in trouble one group names at most, where groups are listed.
const IN_TROUBLE: usize = 10;
/// How many of them all groups name together.
const IN_ALL: usize = 100;
/// How many components in trouble a post names.
const AFFECTED: usize = 20;
/// How many past posts stand where there is room for headlines only.
const HEADLINES: usize = 20;

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

/// How much of what there is a page shows: less, where more would be too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Detail {
    /// All of it.
    Whole,
    /// Each component in a line, with the bars of those that had trouble; the latest word on what is past.
    Lines,
    /// Each component in a line; the latest words on what goes on.
    Names,
    /// Groups alone, with those of their components that are in trouble.
    Groups,
    /// The same; of posts their headlines.
    Headlines,
}

impl Detail {
    /// So many updates of a post that is not over.
    const fn said(self) -> usize {
        match self {
            Self::Whole | Self::Lines => usize::MAX,
            Self::Names => 3,
            Self::Groups => 1,
            Self::Headlines => 0,
        }
    }

    /// So many posts.
    const fn posts(self) -> usize {
        match self {
            Self::Whole | Self::Lines | Self::Names => usize::MAX,
            Self::Groups | Self::Headlines => HEADLINES,
        }
    }

    /// So many updates of one that is.
    pub(super) const fn said_of_past(self) -> usize {
        match self {
            Self::Whole => usize::MAX,
            Self::Lines | Self::Names => 1,
            Self::Groups | Self::Headlines => 0,
        }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Row {
    /// What its own page is called: as in the JSON.
    code: String,
    name: String,
    description: Option<String>,
    class: &'static str,
    standing: &'static str,
    uptime: String,
    bars: Vec<Bar>,
    /// The latest of its days with trouble, in words.
    days: String,
}

/// All days on which it stood like this at its worst, as one path.
#[derive(Debug, Serialize)]
struct Bar {
    class: &'static str,
    path: String,
}

/// Days behind each other on which a component stood the same at its worst.
struct Stretch {
    from: Date,
    to: Date,
    status: ComponentStatus,
}

/// Components that stand the same.
#[derive(Debug, Serialize)]
pub(super) struct Part<'a> {
    class: &'static str,
    standing: &'static str,
    rows: Vec<&'a Row>,
}

impl Group {
    /// Its components by how they stand, the worst first.
    pub(super) fn parts(&self) -> Vec<Part<'_>> {
        let mut parts: Vec<Part<'_>> = Vec::new();
        for status in ComponentStatus::ALL.into_iter().rev() {
            let rows: Vec<&Row> = self.rows.iter().filter(|row| row.class == class(status)).collect();
            if let Some(first) = rows.first() {
                parts.push(Part { class: first.class, standing: first.standing, rows });
            }
        }
        parts
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Group {
    code: String,
    name: Option<String>,
    class: &'static str,
    standing: &'static str,
    /// How many components are in it.
    count: usize,
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

    pub(super) fn current(&self, detail: Detail) -> Vec<Item> {
        let current = self.open().filter(|post| post.kind == Kind::Incident).take(detail.posts());
        current.map(|post| self.item(post, detail.said())).collect()
    }

    /// Maintenance that goes on or is to come, the next first.
    pub(super) fn upcoming(&self, detail: Detail) -> Vec<Item> {
        let scheduled = self.standing.posts.iter().filter(|post| post.window().is_some() && !post.status.is_over());
        let mut scheduled: Vec<&Post> = scheduled.collect();
        scheduled.sort_by_key(|post| post.window().map(|window| window.from));
        scheduled.into_iter().take(detail.posts()).map(|post| self.item(post, detail.said())).collect()
    }

    pub(super) fn past(&self, detail: Detail) -> Vec<Item> {
        let since = self.now.saturating_sub(SignedDuration::from_hours(24 * PAST_DAYS)).unwrap_or(Timestamp::MIN);
        let over = self.standing.posts.iter().filter(|post| post.resolved_at.is_some_and(|at| at >= since));
        over.take(detail.posts()).map(|post| self.item(post, detail.said_of_past())).collect()
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

    /// A post with so many of its updates, the latest first.
    pub(super) fn item(&self, post: &Post, most: usize) -> Item {
        let name = post.name.words().unwrap_or(self.words.removed).to_owned();
        let lines = post.updates.iter().rev().take(most).map(|update| {
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
            affected: some(self.affected(post)),
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

    /// The components by group; where groups alone are shown, those in trouble.
    pub(super) fn groups(&self, detail: Detail) -> Vec<Group> {
        self.groups_of(detail, |_| true)
    }

    /// The group with this code, with all its components.
    pub(super) fn group(&self, wanted: &str) -> Option<Group> {
        let is_of_it = |c: &Component| code("group", c.group.as_deref().unwrap_or_default()) == wanted;
        self.groups_of(Detail::Whole, is_of_it).pop()
    }

    fn groups_of(&self, detail: Detail, wanted: impl Fn(&Component) -> bool) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        let mut worst: Vec<ComponentStatus> = Vec::new();
        let named: BTreeSet<Option<&str>> = self.settings.components.iter().map(|c| c.group.as_deref()).collect();
        let most = (IN_ALL / named.len().max(1)).clamp(1, IN_TROUBLE);
        for component in self.settings.components.iter().filter(|component| wanted(component)) {
            let status = self.standing.page.status(&component.id);
            let n = groups.iter().position(|group| group.name == component.group).unwrap_or_else(|| {
                groups.push(Group {
                    code: code("group", component.group.as_deref().unwrap_or_default()),
                    name: component.group.clone(),
                    class: class(ComponentStatus::Operational),
                    standing: self.words.standing(ComponentStatus::Operational),
                    count: 0,
                    rows: Vec::new(),
                });
                worst.push(ComponentStatus::Operational);
                groups.len() - 1
            });
            let group = &mut groups[n];
            worst[n] = worst[n].max(status);
            (group.class, group.standing) = (class(worst[n]), self.words.standing(worst[n]));
            group.count += 1;
            let is_named = status != ComponentStatus::Operational && group.rows.len() < most;
            if detail < Detail::Groups || is_named {
                group.rows.push(self.row(component));
            }
        }
        // Behind a group's name they would seem to be of that group.
        groups.sort_by_key(|group| group.name.is_some());
        groups
    }

    /// A component by the code of its page.
    pub(super) fn component(&self, wanted: &str) -> Option<&Component> {
        self.settings.components.iter().find(|c| code("component", c.id.as_str()) == wanted)
    }

    /// What the pages of components are called, and those of groups.
    #[must_use]
    pub fn codes(&self) -> (Vec<String>, Vec<String>) {
        let components = self.settings.components.iter().map(|c| code("component", c.id.as_str())).collect();
        (components, self.groups(Detail::Groups).into_iter().map(|group| group.code).collect())
    }

    pub(super) fn row(&self, component: &Component) -> Row {
        let status = self.standing.page.status(&component.id);
        let spells = self.standing.page.spells.get(&component.id).map(Vec::as_slice).unwrap_or_default();
        let worst = self.worst_of_days(spells);
        let mut stretches = self.stretches(&worst);
        let more = if stretches.len() > NAMED { "; …" } else { "" };
        stretches.truncate(NAMED);
        Row {
            code: code("component", component.id.as_str()),
            name: component.name.clone(),
            description: component.description.clone(),
            class: class(status),
            standing: self.words.standing(status),
            uptime: uptime(spells, self.now),
            bars: self.bars(&worst),
            days: if stretches.is_empty() { "0".to_owned() } else { format!("{}{more}", stretches.join("; ")) },
        }
    }

    /// Every stretch of trouble of a component, in words, the latest first.
    pub(super) fn trouble(&self, component: &Component) -> Vec<String> {
        let spells = self.standing.page.spells.get(&component.id).map(Vec::as_slice).unwrap_or_default();
        self.stretches(&self.worst_of_days(spells))
    }

    /// The posts of the last ninety days that touched a component, the latest first.
    pub(super) fn touching(&self, component: &Component) -> Vec<Item> {
        let since = self.now.saturating_sub(SignedDuration::from_hours(24 * HISTORY_DAYS)).unwrap_or(Timestamp::MIN);
        let is_of_it =
            |post: &&Post| post.worst.contains_key(&component.id) && post.resolved_at.is_none_or(|at| at >= since);
        self.standing.posts.iter().filter(is_of_it).take(HEADLINES).map(|post| self.item(post, 0)).collect()
    }

    /// The worst of each day that was not as it should be.
    fn worst_of_days(&self, spells: &[Spell]) -> BTreeMap<Date, ComponentStatus> {
        let first = self.first_day();
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
        worst
    }

    fn first_day(&self) -> Date {
        self.day(self.now).saturating_sub((HISTORY_DAYS - 1).days())
    }

    /// A stroke for each day, ten units behind the one before: one path for all days of a kind.
    fn bars(&self, worst: &BTreeMap<Date, ComponentStatus>) -> Vec<Bar> {
        let first = self.first_day();
        let mut paths: BTreeMap<ComponentStatus, String> = BTreeMap::new();
        for (day, status) in worst {
            let x = first.until(*day).map_or(0, |span| span.get_days()) * 10 + 3;
            let path = paths.entry(*status).or_default();
            path.extend(["M", &x.to_string(), " 0v24"]);
        }
        paths.into_iter().map(|(status, path)| Bar { class: class(status), path }).collect()
    }

    fn stretches(&self, worst: &BTreeMap<Date, ComponentStatus>) -> Vec<String> {
        let mut all: Vec<Stretch> = Vec::new();
        for (day, status) in worst {
            match all
                .last_mut()
                .filter(|last| last.status == *status && last.to.tomorrow().is_ok_and(|next| next == *day))
            {
                Some(last) => last.to = *day,
                None => all.push(Stretch { from: *day, to: *day, status: *status }),
            }
        }
        let words = |it: &Stretch| {
            let days = if it.from == it.to { it.from.to_string() } else { format!("{} – {}", it.from, it.to) };
            format!("{days}: {}", self.words.standing(it.status))
        };
        all.iter().rev().map(words).collect()
    }
}

/// Not more of them than a line or two holds.
fn some(mut affected: Vec<String>) -> Vec<String> {
    if affected.len() > AFFECTED {
        affected.truncate(AFFECTED);
        affected.push("…".to_owned());
    }
    affected
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
