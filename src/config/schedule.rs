//! `[[schedules]]` of `watchroom.toml`, as people write them.

use std::{num::NonZeroU16, sync::Arc};

use jiff::civil::{DateTime, Time};
use serde::{Deserialize, Deserializer, de::Error as _};

use super::{
    file::{no_person, target, unprefixed},
    settings::{Followed, REMIND_MIN},
};
use crate::{
    ids::UserId,
    paging::{
        Target,
        rota::Watch,
        schedule::{Active, Day, Every, Handover, Imported, Layer, Mode, Rotation, Schedule, WeeklyWindow, Zone},
    },
};

/// What stands in a name that people type, in lanes and in keys.
const LONGEST_ID: usize = 40;
/// The most of anything in a list; more is a typing error.
const MOST: usize = 200;
/// The longest that a reminder may come before a shift, in minutes: two weeks.
const MOST_REMIND: u32 = 60 * 24 * 14;

/// `[[schedules]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScheduleEntry {
    pub id: String,
    pub name: Option<String>,
    pub timezone: Option<String>,
    /// Who hears of gaps, as a target.
    pub owner: Option<String>,
    /// The Slack user group whose members are kept as those on call.
    pub user_group: Option<String>,
    pub remind_min: Option<u32>,
    /// Times without anybody are meant to be.
    #[serde(default)]
    pub gaps_expected: bool,
    /// Of a schedule with one layer.
    #[serde(default)]
    pub rotations: Vec<RotationEntry>,
    #[serde(default)]
    pub layers: Vec<LayerEntry>,
}

/// `[[schedules.layers]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LayerEntry {
    pub name: String,
    #[serde(default)]
    pub mode: Mode,
    pub from: Option<Local<DateTime>>,
    pub until: Option<Local<DateTime>>,
    #[serde(default)]
    pub rotations: Vec<RotationEntry>,
    /// In their place: the address of a calendar.
    pub calendar: Option<String>,
    /// The same, in a variable of the environment.
    pub calendar_env: Option<String>,
    pub refresh_min: Option<u32>,
    #[serde(default)]
    pub allow_private: bool,
}

impl LayerEntry {
    /// Do its shifts stand in a calendar?
    pub const fn is_of_calendar(&self) -> bool {
        self.calendar.is_some() || self.calendar_env.is_some()
    }
}

/// `[[schedules.rotations]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RotationEntry {
    pub name: Option<String>,
    pub effective_from: Option<Local<DateTime>>,
    pub participants: Vec<Participants>,
    /// The first handover, in local time.
    pub start: Local<DateTime>,
    pub every: String,
    pub shifts_each: Option<NonZeroU16>,
    #[serde(default)]
    pub only: Vec<WindowEntry>,
}

/// One person, or several who are on call together; a list of none: nobody's turn.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Participants {
    One(String),
    Several(Vec<String>),
}

/// One of `only`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WindowEntry {
    pub days: Vec<Day>,
    pub from: Local<Time>,
    pub until: Local<Time>,
}

/// A local time, as TOML has them, or as text: `2026-01-05T09:00`, `"2026-01-05 09:00"`, `"18:00"`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Local<T>(pub T);

impl<'de, T: std::str::FromStr<Err = jiff::Error>> Deserialize<'de> for Local<T> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Text(String),
            Native(toml::value::Datetime),
        }
        let text = match Written::deserialize(d)? {
            Written::Text(text) => text,
            Written::Native(at) => at.to_string(),
        };
        text.trim().parse().map(Local).map_err(D::Error::custom)
    }
}

/// Schedules, with their problems told.
pub(super) fn schedules(entries: &[ScheduleEntry], zone: &str, problems: &mut Vec<String>) -> Vec<Followed> {
    let mut names = std::collections::BTreeSet::new();
    for entry in entries {
        if !names.insert(entry.id.to_lowercase()) {
            problems.push(format!("two schedules have the id `{}`", entry.id));
        }
    }
    if entries.len() > 1000 {
        problems.push("there are more than 1000 schedules; is that a typing error?".into());
    }
    entries.iter().filter_map(|entry| entry.followed(zone, problems)).collect()
}

impl ScheduleEntry {
    fn followed(&self, zone: &str, problems: &mut Vec<String>) -> Option<Followed> {
        let place = format!("schedule `{}`", self.id);
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
        if self.id.is_empty() || self.id.len() > LONGEST_ID || !self.id.chars().all(is_name) {
            problems.push(format!(
                "{place}: its id must be 1 to {LONGEST_ID} of a-z, 0-9, `-` and `_`, because people type it: \
                 `/incident oncall primary`"
            ));
        }
        let mut or_told = |read: Result<_, String>| read.map_err(|why| problems.push(format!("{place}: {why}"))).ok();
        let owner = self.owner.as_deref().and_then(|owner| or_told(target(owner).and_then(told)));
        let tz =
            Zone::named(self.timezone.as_deref().unwrap_or(zone)).map_err(|e| problems.push(format!("{place}: {e}")));
        let user_group = self.user_group.as_deref().map(|id| unprefixed(id, "group").into());
        let remind_min = self.remind_min.unwrap_or(REMIND_MIN);
        if remind_min > MOST_REMIND {
            problems.push(format!("{place}: `remind_min` must be at most {MOST_REMIND} (two weeks)"));
        }
        let layers = self.layers(&place, problems);
        let schedule = Schedule {
            id: self.id.as_str().into(),
            name: self.name.clone().unwrap_or_else(|| self.id.clone()),
            tz: tz.ok()?,
            layers,
        };
        let watch = Watch { remind_min, gaps_expected: self.gaps_expected };
        Some(Followed { schedule, owner, user_group, watch })
    }

    fn layers(&self, place: &str, problems: &mut Vec<String>) -> Vec<Layer> {
        let only = |rotations| Layer {
            name: "rotation".into(),
            mode: Mode::Replace,
            active: Active::default(),
            rotations,
            calendar: None,
        };
        match (self.rotations.as_slice(), self.layers.as_slice()) {
            ([], []) => problems.push(format!("{place} has nobody in it; give it [[schedules.rotations]]")),
            ([_, ..], [_, ..]) => problems.push(format!(
                "{place} has rotations of its own and layers; put the rotations into [[schedules.layers.rotations]]"
            )),
            ([_, ..], []) | ([], [_, ..]) => {}
        }
        if self.layers.len() > MOST {
            problems.push(format!("{place} has more than {MOST} layers"));
        }
        let own = rotations(place, &self.rotations, problems);
        if !own.is_empty() {
            return vec![only(own)];
        }
        let mut names = std::collections::BTreeSet::new();
        let mut layers = Vec::new();
        for entry in &self.layers {
            let LayerEntry { name, mode, from, until, rotations: entries, .. } = entry;
            let place = format!("{place}, layer `{name}`");
            if !names.insert(name) {
                problems.push(format!("{place}: another layer has this name"));
            }
            let (from, until) = (from.map(|Local(at)| at), until.map(|Local(at)| at));
            if from.zip(until).is_some_and(|(from, until)| until <= from) {
                problems.push(format!("{place}: `until` must be after `from`"));
            }
            match (entries.is_empty(), entry.is_of_calendar()) {
                (true, false) => problems
                    .push(format!("{place} has no rotations; give it [[schedules.layers.rotations]], or a `calendar`")),
                (false, true) => problems
                    .push(format!("{place} has rotations and a calendar; put the rotations into a layer of their own")),
                (true, true) | (false, false) => {}
            }
            let active = Active { from, until };
            layers.push(Layer {
                name: name.clone(),
                mode: *mode,
                active,
                rotations: rotations(&place, entries, problems),
                calendar: entry.is_of_calendar().then(|| Arc::new(Imported::default())),
            });
        }
        layers
    }
}

fn rotations(place: &str, entries: &[RotationEntry], problems: &mut Vec<String>) -> Vec<Rotation> {
    if entries.len() > MOST {
        problems.push(format!("{place} has more than {MOST} rotations"));
    }
    entries.iter().filter_map(|entry| entry.rotation(place, problems)).collect()
}

impl RotationEntry {
    fn rotation(&self, place: &str, problems: &mut Vec<String>) -> Option<Rotation> {
        let name = self.name.clone().unwrap_or_else(|| "rotation".into());
        let place = format!("{place}, rotation `{name}`");
        let mut participants: Vec<Vec<UserId>> = Vec::new();
        for group in &self.participants {
            let ids = match group {
                Participants::One(id) => std::slice::from_ref(id),
                Participants::Several(ids) => ids.as_slice(),
            };
            let people: Vec<UserId> = ids.iter().map(|id| unprefixed(id, "user").into()).collect();
            if people.iter().any(|who| who.as_str().is_empty()) {
                problems.push(format!("{place}: each of `participants` is a person's id, or a list of such: \"U123\""));
            }
            problems.extend(people.iter().filter_map(no_person).map(|no| format!("{place}: {no}")));
            participants.push(people);
        }
        if participants.is_empty() || participants.len() > MOST {
            problems.push(format!("{place}: name 1 to {MOST} `participants`"));
        }
        for window in self.only.iter().filter(|window| window.days.is_empty()) {
            let (Local(from), Local(until)) = (window.from, window.until);
            problems.push(format!("{place}: `only` from {from} until {until} names no `days`"));
        }
        let every = every(&self.every);
        if every.is_none() {
            problems.push(format!(
                "{place}: `every` is `{}`; write a number of hours, days, weeks or months: \"1 week\"",
                self.every
            ));
        }
        let window = |w: &WindowEntry| WeeklyWindow { days: w.days.clone(), from: w.from.0, until: w.until.0 };
        Some(Rotation {
            name,
            effective_from: self.effective_from.map(|Local(at)| at),
            participants,
            handover: Handover { start: self.start.0, every: every? },
            shifts_per_participant: self.shifts_each.unwrap_or(NonZeroU16::MIN),
            restrictions: self.only.iter().map(window).collect(),
        })
    }
}

/// Somebody who can be told of a gap whoever is on call.
fn told(owner: Target) -> Result<Target, String> {
    match owner {
        Target::Person(_) | Target::Group(_) | Target::Channel(_) => Ok(owner),
        Target::Schedule(_)
        | Target::Rotation { .. }
        | Target::Role(_)
        | Target::Service(_)
        | Target::Webhook(_)
        | Target::External(_) => Err(
            "`owner` hears when nobody is on call, so it is a person, a user group or a channel: user:U123, group:S123 or \
             channel:C123"
                .into(),
        ),
    }
}

/// `1 week`, `12 hours`, `day`.
fn every(text: &str) -> Option<Every> {
    let text = text.trim().to_lowercase();
    let (number, unit) = match text.split_once(char::is_whitespace) {
        Some((number, unit)) => (number.parse().ok()?, unit.trim()),
        None => (NonZeroU16::MIN, text.as_str()),
    };
    match unit.strip_suffix('s').unwrap_or(unit) {
        "hour" => Some(Every::Hours(number)),
        "day" => Some(Every::Days(number)),
        "week" => Some(Every::Weeks(number)),
        "month" => Some(Every::Months(number)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(toml: &str) -> (Vec<Followed>, Vec<String>) {
        #[derive(Deserialize)]
        struct Entries {
            schedules: Vec<ScheduleEntry>,
        }
        let entries: Entries = toml::from_str(toml).expect("entries");
        let mut problems = Vec::new();
        let read = schedules(&entries.schedules, "Europe/Berlin", &mut problems);
        (read, problems)
    }

    #[test]
    fn a_schedule_is_a_few_lines() {
        let (read, problems) = read(
            r#"
            [[schedules]]
            id = "primary"
            owner = "user:U9"
            user_group = "group:S1"
            [[schedules.rotations]]
            participants = ["U1", ["user:U2", "U3"]]
            start = 2026-01-05T09:00:00
            every = "1 week"
            only = [{ days = ["mon", "fri"], from = 18:00:00, until = 09:00:00 }]
            "#,
        );
        assert_eq!(problems, Vec::<String>::new());
        let [Followed { schedule, watch, user_group, .. }] = read.as_slice() else { panic!("{read:?}") };
        assert_eq!(
            (schedule.name.as_str(), schedule.tz.name(), watch.remind_min),
            ("primary", "Europe/Berlin", REMIND_MIN)
        );
        assert_eq!(user_group.as_ref().map(crate::ids::GroupId::as_str), Some("S1"));
        let rotation = &schedule.layers[0].rotations[0];
        assert_eq!(rotation.participants, vec![vec![UserId::from("U1")], vec!["U2".into(), "U3".into()]]);
        assert_eq!(rotation.handover.every, Every::Weeks(NonZeroU16::MIN));
    }

    #[test]
    fn a_turn_may_be_nobodys_and_an_address_is_no_person() {
        let with = |participants: &str| {
            read(&format!(
                "[[schedules]]\nid = 'a'\n[[schedules.rotations]]\nparticipants = {participants}\n\
                 start = '2026-01-05T09:00'\nevery = 'day'"
            ))
        };
        let (read, problems) = with("['U1', []]");
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(read[0].schedule.layers[0].rotations[0].participants, [vec![UserId::from("U1")], vec![]]);
        for (participants, part) in [("['alice@example.com']", "`alice@example.com` is no id"), ("['?PX1']", "`?PX1`")]
        {
            let (_, problems) = with(participants);
            assert!(matches!(problems.as_slice(), [one] if one.contains(part)), "{problems:?}");
        }
    }

    #[test]
    fn what_is_wrong_with_one_is_told_all_at_once() {
        let (_, problems) = read(
            r#"
            [[schedules]]
            id = "On Call!"
            timezone = "Nowhere/Land"
            owner = "boss"
            remind_min = 99999
            [[schedules]]
            id = "twice"
            owner = "schedule:twice"
            [[schedules.rotations]]
            participants = []
            start = "2026-01-05T09:00"
            every = "fortnight"
            only = [{ days = [], from = "18:00", until = "09:00" }]
            [[schedules]]
            id = "twice"
            [[schedules.layers]]
            name = "a"
            from = "2026-02-01T00:00"
            until = "2026-01-01T00:00"
            [[schedules.layers]]
            name = "a"
            "#,
        );
        for part in [
            "people type it",
            "Nowhere/Land",
            "`boss`",
            "hears when nobody is on call",
            "remind_min",
            "nobody in it",
            "two schedules",
            "name 1 to",
            "`fortnight`",
            "no `days`",
            "`until` must be after",
            "another layer",
            "no rotations",
        ] {
            assert!(problems.iter().any(|p| p.contains(part)), "{part} is missing in {problems:#?}");
        }
    }
}
