//! Who is on call tonight, and what is wrong with it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::{Finding, bad, doubtful, fine};
use crate::{
    config::{Followed, Settings},
    ids::{GroupId, StreamId, UserId},
    paging::{
        Policy,
        reach::Contacts,
        rota::{Calendar, Feed, Personal, PersonalFact, Roll, Rolled, Rostered, Same, same},
        schedule::{self, Cover, Gap, OnCall, Override, Roster, ScheduleId, Source},
    },
    ports::{Chat, Person},
    store::{AtRest, RestError},
};

/// So far ahead gaps are looked for.
const AHEAD: SignedDuration = SignedDuration::from_hours(14 * 24);

/// How many overrides of a schedule that is gone are told.
const VOID: usize = 5;

/// Schedules with what people changed about them, read beside a running server.
pub(super) struct Rota<'a> {
    all: Vec<Rolled<'a>>,
    contacts: BTreeMap<UserId, Contacts>,
    /// What differs from schedules that the settings do not have.
    gone: BTreeMap<String, Roll>,
    now: Timestamp,
}

impl<'a> Rota<'a> {
    /// # Errors
    /// Where the record cannot be read; then nothing can be said of who is on call.
    pub fn read(
        settings: &'a Settings,
        record: &AtRest,
        feeds: &[(ScheduleId, Arc<Feed>)],
        now: Timestamp,
    ) -> Result<Self, RestError> {
        let (mut rolls, mut calendars) = (BTreeMap::<String, Roll>::new(), BTreeMap::<UserId, Calendar>::new());
        let mut contacts = BTreeMap::<UserId, Contacts>::new();
        let wanted = |stream: &StreamId| matches!(stream, StreamId::Schedule(_) | StreamId::Person(_));
        let events = match record.read(wanted) {
            Err(error) if error.is_missing() => Vec::new(),
            read => read?,
        };
        for event in events {
            match event.stream {
                StreamId::Schedule(id) => {
                    if let Ok(fact) = Rostered::deserialize(&event.body) {
                        rolls.entry(id).or_default().apply(event.seq, &fact);
                    }
                }
                StreamId::Person(who) => {
                    if let Ok(fact) = Personal::deserialize(&event.body) {
                        if let PersonalFact::Reach(of_ways) = &fact.what {
                            contacts.entry(who.clone()).or_default().apply(event.seq, fact.at, of_ways);
                        }
                        calendars.entry(who).or_default().apply(event.seq, &fact);
                    }
                }
                StreamId::Incident(_) | StreamId::Org(_) => {}
            }
        }
        let rolled = |followed: &'a Followed| {
            let roll = rolls.remove(followed.schedule.id.as_str()).unwrap_or_default();
            let absences = calendars.iter().flat_map(|(who, calendar)| calendar.absences(who)).collect();
            let of = |(id, _): &&(ScheduleId, _)| *id == followed.schedule.id;
            let feeds = feeds.iter().filter(of).map(|(_, feed)| Arc::clone(feed)).collect();
            Rolled { roll, absences, ..Rolled::of(followed, feeds) }
        };
        let all = settings.schedules.iter().map(rolled).collect();
        Ok(Self { all, contacts, gone: rolls, now })
    }

    /// Overrides that count for nothing, since the settings do not have their schedule.
    fn void(&self) -> impl Iterator<Item = Finding> + '_ {
        self.gone.iter().filter_map(|(id, roll)| {
            let coming = roll.coming(self.now);
            let line = |one: &&Override| format!("{} until {} (by {})", one.id, one.until, one.created_by);
            let told: Vec<String> = coming.iter().take(VOID).map(line).collect();
            let left = coming.len().saturating_sub(VOID);
            let more = if left > 0 { format!(" and {left} more") } else { String::new() };
            (!coming.is_empty()).then(|| {
                let why = "the settings do not have it, and these overrides of it count for nothing";
                doubtful(format!("schedule {id}: {why}: {}{more}", told.join(", ")))
            })
        })
    }

    /// The ways to somebody beside Slack, where they chose any.
    pub fn contacts(&self, who: &UserId) -> Option<&Contacts> {
        self.contacts.get(who)
    }

    /// Who is on call now; none: there is no such schedule.
    pub fn on_call(&self, id: &ScheduleId, rotation: Option<&str>) -> Option<Vec<UserId>> {
        let rolled = self.all.iter().find(|r| r.followed.schedule.id == *id)?;
        let alone = rotation.map(|name| rolled.schedule.only(name));
        let roster = match &alone {
            Some(alone) if alone.layers.is_empty() => return None,
            Some(alone) => Roster { schedule: alone, ..rolled.roster() },
            None => rolled.roster(),
        };
        Some(roster.on_call(self.now).cover.people().cloned().collect())
    }

    /// Where a step of this policy will ask the same people as the step before, within the next two weeks.
    pub fn same_later(&self, policy: &Policy) -> Vec<Same> {
        let window = self.now..self.now.saturating_add(AHEAD).unwrap_or(Timestamp::MAX);
        let all = same(policy, &self.all, &window).into_iter();
        all.filter(|same| same.span.from > self.now).collect()
    }

    /// Each schedule: who is on call, who is next, and what is wrong within the next two weeks.
    pub async fn findings(&self, chat: &dyn Chat) -> Vec<Finding> {
        let mut findings = Vec::new();
        for rolled in &self.all {
            let mut people: BTreeMap<UserId, Person> = BTreeMap::new();
            let named = rolled.schedule.people().chain(rolled.roll.overrides.iter().flat_map(Override::people));
            for who in named {
                if !people.contains_key(who)
                    && let Ok(person) = chat.person(who).await
                {
                    people.insert(who.clone(), person);
                }
            }
            findings.push(self.now_and_next(rolled, &people));
            if let Some(group) = &rolled.followed.user_group {
                findings.push(self.follows(rolled, group, chat).await);
            }
            findings.extend(self.faults(rolled, &people));
        }
        findings.extend(self.void());
        findings
    }

    fn now_and_next(&self, rolled: &Rolled<'_>, people: &BTreeMap<UserId, Person>) -> Finding {
        let place = format!("schedule {}", rolled.followed.schedule.id);
        let roster = rolled.roster();
        let OnCall { until, cover, .. } = roster.on_call(self.now);
        let until = until.map(|at| format!(" until {at}")).unwrap_or_default();
        let next = roster.next(self.now).and_then(|next| {
            let who = names(next.cover.people(), people);
            Some(format!("; then {who} from {}", next.since?))
        });
        let next = next.unwrap_or_else(|| "; nobody comes next".to_owned());
        match &cover {
            Cover::People(_) => fine(format!("{place}: {} on call{until}{next}", names(cover.people(), people))),
            Cover::Gap(_) if rolled.followed.watch.gaps_expected => {
                fine(format!("{place}: nobody on call{until}, as is expected{next}"))
            }
            Cover::Gap(why) => bad(format!("{place}: nobody on call{until}{}{next}", gap(why, people))),
        }
    }

    /// Has the user group those as members who are on call? It keeps who was in it last while nobody is.
    async fn follows(&self, rolled: &Rolled<'_>, group: &GroupId, chat: &dyn Chat) -> Finding {
        let place = format!("schedule {}, user group {group}", rolled.followed.schedule.id);
        let on_call: BTreeSet<UserId> = rolled.roster().on_call(self.now).cover.people().cloned().collect();
        match chat.group_members(group).await {
            Err(trouble) => bad(format!("{place}: it cannot follow: Slack {trouble}")),
            Ok(_) if on_call.is_empty() => fine(format!("{place}: stays as it is while nobody is on call")),
            Ok(members) if members.iter().cloned().collect::<BTreeSet<_>>() == on_call => {
                fine(format!("{place}: has those on call as members"))
            }
            Ok(_) => doubtful(format!(
                "{place}: has others as members than those on call; a running server sets it at each handover, and where Slack \
                 refuses that, its owner hears why"
            )),
        }
    }

    fn faults(&self, rolled: &Rolled<'_>, people: &BTreeMap<UserId, Person>) -> Vec<Finding> {
        let place = format!("schedule {}", rolled.followed.schedule.id);
        let window = self.now..self.now.saturating_add(AHEAD).unwrap_or(Timestamp::MAX);
        let gone = |who: &UserId| people.get(who).is_some_and(|p| !p.active || p.is_bot);
        let expected = rolled.followed.watch.gaps_expected;
        let found = rolled.roster().findings(&gone, &window);
        let told = found.into_iter().filter_map(|finding| match finding {
            schedule::Finding::Gap { why: Gap::NobodyScheduled, .. } if expected => None,
            // It is told already that nobody is on call now.
            schedule::Finding::Gap { from, .. } if from <= self.now => None,
            schedule::Finding::Gap { from, until, why } => {
                Some(doubtful(format!("{place}: nobody on call from {from} until {until}{}", gap(&why, people))))
            }
            schedule::Finding::Deactivated { who, source } => {
                let by = match source {
                    Source::Rotation { rotation, .. } => format!("rotation {rotation}"),
                    Source::Override(id) => format!("override {id}"),
                };
                Some(bad(format!(
                    "{place}, {by}: {} is deactivated or a bot; put somebody else in",
                    name(&who, people)
                )))
            }
            schedule::Finding::NeverActive { layer } => {
                Some(doubtful(format!("{place}: nobody of layer {layer} is ever on call")))
            }
            schedule::Finding::EmptyRotation { layer, rotation } => {
                Some(doubtful(format!("{place}, layer {layer}: rotation {rotation} has nobody in it")))
            }
            schedule::Finding::NeverMatches { layer, rotation, restriction } => Some(doubtful(format!(
                "{place}, layer {layer}, rotation {rotation}: `only` number {} never applies",
                restriction + 1
            ))),
        });
        told.collect()
    }
}

fn gap(why: &Gap, people: &BTreeMap<UserId, Person>) -> String {
    match why {
        Gap::NobodyScheduled => String::new(),
        Gap::Strangers { names } => format!(" (the calendar names {}, whom Slack does not know)", names.join(", ")),
        Gap::Absent { people: away } => format!(" ({} away)", names(away.iter(), people)),
        Gap::Removed { .. } => " (taken off by an override)".to_owned(),
    }
}

fn name(who: &UserId, people: &BTreeMap<UserId, Person>) -> String {
    people.get(who).map_or_else(|| who.to_string(), |p| p.name.clone())
}

fn names<'a>(who: impl Iterator<Item = &'a UserId>, people: &BTreeMap<UserId, Person>) -> String {
    who.map(|who| name(who, people)).collect::<Vec<_>>().join(", ")
}
