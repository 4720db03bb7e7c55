//! What an import has come to so far.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::DateTime};

use super::{
    Asks, Beside, Checked, Imported, Left, Lost, Of, Unreadable,
    compare::{Rendered, compare},
    people::Directory,
    repeat::nonzero,
};
use crate::{
    ids::UserId,
    paging::{
        AT_ONCE, Policy, Step, Target,
        schedule::{Active, Every, Handover, Layer, Mode, Rotation, Schedule, ScheduleId, Zone},
    },
};

/// What stands in a name that people type, as the settings want it.
const LONGEST_ID: usize = 40;
/// What a policy's name may have.
const LONGEST_NAME: usize = 75;
/// The most overrides that are carried over for one schedule.
const OVERRIDES: usize = 50;
/// The most steps of a policy, and targets in all of them.
const STEPS: usize = 10;
/// See [`STEPS`].
const TARGETS: usize = 40;
/// The longest wait that the settings take, in minutes.
const LONGEST_WAIT: u32 = 9000;
/// What a step waits where the provider does not say, in minutes.
pub(super) const WAIT: u32 = 5;

/// What an import has come to so far.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    pub beside: &'a Beside<'a>,
    pub directory: Directory,
    /// What is no answer of the provider.
    pub problems: Vec<Unreadable>,
    imported: Imported,
    /// By the provider's id.
    schedules: BTreeMap<String, ScheduleId>,
    policies: BTreeSet<String>,
}

/// Somebody on call for a while, whoever has the turn.
#[derive(Clone, Debug)]
pub(super) struct Put {
    pub who: Vec<UserId>,
    pub from: Timestamp,
    pub until: Timestamp,
}

impl<'a> Draft<'a> {
    pub(super) fn new(beside: &'a Beside<'a>) -> Self {
        Self {
            beside,
            directory: Directory::default(),
            problems: Vec::new(),
            imported: Imported::default(),
            schedules: BTreeMap::new(),
            policies: BTreeSet::new(),
        }
    }

    /// All of it, or what is no answer of the provider.
    pub(super) fn done(self) -> Result<Imported, Vec<Unreadable>> {
        if self.problems.is_empty() { Ok(self.imported) } else { Err(self.problems) }
    }

    pub(super) fn lose(&mut self, of: Of, part: &str, lost: impl Into<Lost>) {
        let left = Left { of, part: part.to_owned(), lost: lost.into() };
        if !self.imported.left.contains(&left) {
            self.imported.left.push(left);
        }
    }

    /// Somebody, as they are written in the settings.
    pub(super) fn person(&mut self, id: &str, name: &str) -> UserId {
        let (who, met) = self.directory.find(id, name, self.beside.people);
        let known = self.imported.people.entry(who.clone()).or_default();
        if known.name.is_empty() {
            *known = met;
        }
        who
    }

    /// The zone of this name, or the one that is usual.
    pub(super) fn zone(&mut self, of: &Of, named: Option<&str>) -> Zone {
        let named = named.map(str::trim).filter(|name| !name.is_empty());
        match named.map(Zone::named) {
            Some(Ok(zone)) => zone,
            Some(Err(_)) => {
                let taken = self.beside.zone.name().to_owned();
                let named = named.unwrap_or_default().to_owned();
                self.lose(of.clone(), "", Lost::UnknownZone { named, taken });
                self.beside.zone.clone()
            }
            None => self.beside.zone.clone(),
        }
    }

    /// Is it over by now? Then it is told, and left out.
    pub(super) fn is_over(&mut self, of: &Of, part: &str, until: Option<Timestamp>) -> bool {
        let over = until.is_some_and(|until| until <= self.beside.now);
        if over {
            self.lose(of.clone(), part, Lost::Over(0));
        }
        over
    }

    /// What people type for the schedule of this name; the provider's `id` is remembered.
    pub(super) fn schedule_id(&mut self, id: &str, name: &str) -> ScheduleId {
        let mut slug = String::new();
        for c in name.to_lowercase().chars() {
            match c {
                'a'..='z' | '0'..='9' => slug.push(c),
                _ if slug.ends_with('-') || slug.is_empty() => {}
                _ => slug.push('-'),
            }
        }
        slug.truncate(LONGEST_ID - 4);
        let slug = match slug.trim_matches('-') {
            "" => "schedule",
            slug => slug,
        };
        let is_free = |slug: &str| !self.imported.schedules.iter().any(|s| s.id.as_str() == slug);
        let slug = distinct(slug, "-", is_free);
        self.schedules.insert(id.to_owned(), slug.as_str().into());
        slug.into()
    }

    /// Adds a schedule, with those put on call for a while on top, and holds it against what the provider rendered.
    pub(super) fn schedule(&mut self, mut schedule: Schedule, puts: &[Put], rendered: &[Rendered]) {
        let of = Of::Schedule(schedule.name.clone());
        self.overrides(&of, &mut schedule, puts);
        if schedule.people().next().is_none() {
            self.schedules.retain(|_, id| *id != schedule.id);
            self.lose(of, "", Lost::Nobody);
            return;
        }
        if let Some((checked, differs)) = compare(&schedule, rendered, self.beside.now) {
            for lost in differs {
                self.lose(of.clone(), "", lost);
            }
            self.imported.checked.push(checked);
        }
        self.imported.schedules.push(schedule);
    }

    fn overrides(&mut self, of: &Of, schedule: &mut Schedule, puts: &[Put]) {
        let over = puts.iter().filter(|put| put.until <= self.beside.now).count();
        if over > 0 {
            self.lose(of.clone(), "", Lost::Over(over));
        }
        let coming = puts.iter().filter(|put| put.until > self.beside.now && put.from < put.until);
        for (n, put) in coming.enumerate() {
            let local = |at| schedule.tz.local(at);
            let (from, until) = (local(put.from), local(put.until));
            // A local time that comes twice is the first one: the second cannot be written.
            let is_exact = schedule.tz.instant(from) == put.from && schedule.tz.instant(until) == put.until;
            if n >= OVERRIDES || !is_exact {
                for who in &put.who {
                    let lost = Lost::Override { who: who.clone(), from, until };
                    self.lose(of.clone(), "", lost);
                }
                continue;
            }
            let name = layer_name(&schedule.layers, &format!("override {from}"));
            let rotation = rotation("override", vec![put.who.clone()], from, Every::Weeks(nonzero(1)));
            schedule.layers.push(layer(name, Active { from: Some(from), until: Some(until) }, vec![rotation]));
        }
    }

    /// How many of its rendered parts a schedule differs in.
    pub(super) fn differences(&self, schedule: &Schedule, rendered: &[Rendered]) -> usize {
        compare(schedule, rendered, self.beside.now).map_or(0, |(checked, _): (Checked, _)| checked.differ)
    }

    /// A schedule of the provider as a target.
    pub(super) fn schedule_target(&mut self, of: &Of, part: &str, id: &str, name: &str) -> Option<Target> {
        let found = self.schedules.get(id).cloned().map(Target::Schedule);
        if found.is_none() {
            let called = if name.is_empty() { id } else { name };
            self.lose(of.clone(), part, Lost::Missing("schedule".into(), called.into()));
        }
        found
    }

    /// Adds a policy: without steps that ask nobody, within the bounds of one, with a fallback.
    pub(super) fn policy(&mut self, mut policy: Policy) {
        let of = Of::Policy(policy.name.clone());
        for (n, step) in policy.steps.iter_mut().enumerate() {
            let mut targets: Vec<Target> = Vec::new();
            for target in step.targets.drain(..) {
                if !targets.contains(&target) {
                    targets.push(target);
                }
            }
            step.targets = targets;
            if step.targets.is_empty() {
                self.lose(of.clone(), &format!("step {}", n + 1), Asks::StepEmpty);
            }
            if step.targets.len() > AT_ONCE {
                self.lose(of.clone(), &format!("step {}", n + 1), Asks::TooLong);
                step.targets.truncate(AT_ONCE);
            }
            step.wait_min = step.wait_min.clamp(1, LONGEST_WAIT);
        }
        policy.steps.retain(|step| !step.targets.is_empty());
        let all = |steps: &[Step]| steps.iter().map(|s| s.targets.len()).sum::<usize>() + AT_ONCE;
        if policy.steps.len() > STEPS || all(&policy.steps) > TARGETS {
            self.lose(of.clone(), "", Asks::TooLong);
            policy.steps.truncate(STEPS);
            while all(&policy.steps) > TARGETS {
                policy.steps.pop();
            }
        }
        policy.repeat = policy.repeat.min(100);
        let Some(last) = policy.steps.last() else { return };
        if policy.fallback.is_empty() {
            policy.fallback.clone_from(&last.targets);
        }
        let cut: String = policy.name.trim().chars().take(LONGEST_NAME - 5).collect();
        let name = if cut.is_empty() { "policy" } else { &cut };
        policy.name = distinct(name, " ", |name| !self.policies.contains(&name.to_lowercase()));
        self.policies.insert(policy.name.to_lowercase());
        self.imported.policies.push(policy);
    }
}

/// This name, or with the first number after it that makes it one of its own.
fn distinct(name: &str, between: &str, is_free: impl Fn(&str) -> bool) -> String {
    let numbered = (2..).map(|n| format!("{name}{between}{n}"));
    std::iter::once(name.to_owned()).chain(numbered).find(|name| is_free(name)).unwrap_or_default()
}

/// A layer's name that no other layer has.
pub(super) fn layer_name(layers: &[Layer], name: &str) -> String {
    let name = if name.trim().is_empty() { "layer" } else { name.trim() };
    distinct(name, " ", |name| !layers.iter().any(|layer| layer.name == name))
}

/// A rotation's name that no other rotation of a layer has: those of one name are its versions.
pub(super) fn rotation_name(rotations: &[Rotation], name: &str) -> String {
    let name = if name.trim().is_empty() { "rotation" } else { name.trim() };
    distinct(name, " ", |name| !rotations.iter().any(|rotation| rotation.name == name))
}

/// A layer whose people are on call in the place of those below it.
pub(super) fn layer(name: String, active: Active, rotations: Vec<Rotation>) -> Layer {
    Layer { name, mode: Mode::Replace, active, rotations, calendar: None }
}

/// A rotation that is always on, from its first handover.
pub(super) fn rotation(name: &str, participants: Vec<Vec<UserId>>, start: DateTime, every: Every) -> Rotation {
    Rotation {
        name: name.to_owned(),
        effective_from: None,
        participants,
        handover: Handover { start, every },
        shifts_per_participant: nonzero(1),
        restrictions: Vec::new(),
    }
}
