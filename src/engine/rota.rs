//! What people are told about who is on call, and when a schedule is looked at by itself.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Engine, Refusal, files::CHUNK, projection::key};
use crate::{
    config::Followed,
    ids::UserId,
    paging::{
        rota::{Due, Fact, FeedNews, Missing, Rolled, Span, watch},
        schedule::{Change, HORIZON, Override, OverrideId, ScheduleId},
    },
    store::{Commit, Finish, Job, Json, NewJob, OnPending, Queue, ReadError, Remember},
};

/// What the lanes of this work begin with.
pub(super) const LANES: &str = "rota/";
/// What the timers of schedules begin with.
const TIMERS: &str = "timer/sched/";

/// A schedule whose calendar was never read yet is looked at again so often.
const AWAITED: SignedDuration = SignedDuration::from_mins(5);

/// So often it is looked whether those who will be on call are still there.
const PEOPLE_EVERY: SignedDuration = SignedDuration::from_hours(20);

/// The body of an outbox entry about a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rota {
    /// Version of this shape.
    pub v: u8,
    /// Which schedule.
    pub schedule: ScheduleId,
    /// What about it.
    pub what: Told,
}

/// What is told about a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// Somebody else changed when they are on call; by the fact at this place of the stream.
    Changed {
        /// Whom it is told.
        to: UserId,
        /// The fact.
        seq: u64,
    },
    /// Somebody is asked for cover or for a swap; kept up to date.
    Ask {
        /// Who.
        to: UserId,
        /// Which ask.
        number: u64,
    },
    /// Somebody's shift begins.
    Shift {
        /// Whose.
        to: UserId,
        /// When it is.
        span: Span,
    },
    /// Nobody is on call at these times: to the owner.
    Gaps {
        /// When.
        missing: Vec<Missing>,
    },
    /// Somebody noted an absence of somebody else: to them.
    Away {
        /// Who is away.
        to: UserId,
        /// The fact in their stream.
        seq: u64,
    },
    /// Somebody counts on somebody else who is away now: to them.
    Uncovered {
        /// Who counts on it: whose place it was, or who put the other one there.
        to: UserId,
        /// Who is away.
        who: UserId,
        /// By which override.
        by: OverrideId,
        /// When they are away and would be on call.
        span: Span,
        /// The fact in their stream.
        seq: u64,
    },
    /// The settings do not have the schedule any more, and overrides of it that somebody set, or is in, count for nothing: to them.
    Void {
        /// Whom it is told.
        to: UserId,
    },
    /// News of a calendar that a layer takes its shifts from: to the owner.
    Calendar {
        /// The layer's name.
        layer: String,
        /// What about it.
        news: FeedNews,
    },
    /// It is looked whether those who will be on call are still there; to the owner, where somebody is not.
    People,
    /// It is looked whether a step of a policy will ask the same people as the step before; to the owner, where one does.
    Steps,
    /// The user group in Slack is to have those as members who are on call.
    Group,
    /// Their App Home, as it stands: when they are on call, or by what they are reached, is another than it shows.
    Home {
        /// Whose.
        to: UserId,
    },
}

/// The body of a schedule's timer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Looks {
    v: u8,
    schedule: ScheduleId,
}

/// Is this the lane of such work, and not of an incident's?
pub fn is_of_schedule(lane: &str) -> bool {
    lane.starts_with(LANES)
}

/// Is this a schedule's timer?
pub(super) fn is_timer(key: &str) -> bool {
    key.starts_with(TIMERS)
}

pub(super) fn tell(schedule: &ScheduleId, what: Told, now: Timestamp) -> NewJob {
    use OnPending::{Keep, Replace};
    let (lane, key, on_pending) = match &what {
        Told::Changed { to, seq } => (to.as_str(), format!("rota/{schedule}/changed/{seq}/{to}"), Keep),
        Told::Ask { to, number } => (to.as_str(), format!("rota/{schedule}/ask/{number}/{to}"), Replace),
        Told::Shift { to, span } => {
            (to.as_str(), format!("rota/{schedule}/shift/{to}/{}", span.from.as_second()), Keep)
        }
        Told::Gaps { .. } => ("owner", format!("rota/{schedule}/gaps/{}", now.as_second()), Keep),
        Told::Away { to, seq } => (to.as_str(), format!("rota/away/{to}/{seq}"), Keep),
        Told::Uncovered { to, who, by, seq, .. } => {
            (to.as_str(), format!("rota/{schedule}/uncovered/{by}/{who}/{seq}"), Keep)
        }
        Told::Void { to } => (to.as_str(), format!("rota/{schedule}/void/{to}/{}", now.as_second()), Keep),
        Told::Calendar { layer, news } => {
            ("owner", format!("rota/{schedule}/calendar/{layer}/{}", news.once(now)), Keep)
        }
        Told::People => ("people", format!("rota/{schedule}/people/{}", now.as_second()), Keep),
        Told::Steps => ("people", format!("rota/{schedule}/steps/{}", now.as_second()), Keep),
        Told::Group => ("group", format!("rota/{schedule}/group"), Replace),
        Told::Home { to } => (to.as_str(), format!("rota/home/{to}"), Replace),
    };
    // What is told of one schedule does not wait for another's owner or group.
    let lane = if matches!(what, Told::Gaps { .. } | Told::Calendar { .. } | Told::People | Told::Steps | Told::Group) {
        format!("{LANES}{schedule}/{lane}")
    } else {
        format!("{LANES}{lane}")
    };
    let body = Json::of(&Rota { v: 1, schedule: schedule.clone(), what });
    NewJob { key, queue: Queue::Lane(lane), due: now, on_pending, body }
}

/// Somebody's App Home shows it where anything about them has changed.
pub(super) fn show_home(to: &UserId, now: Timestamp) -> NewJob {
    tell(&ScheduleId(String::new()), Told::Home { to: to.clone() }, now)
}

pub(super) fn timer(schedule: &ScheduleId, due: Timestamp) -> NewJob {
    let (key, on_pending) = (format!("{TIMERS}{schedule}"), OnPending::Replace);
    NewJob { key, queue: Queue::Timer, due, on_pending, body: Json::of(&Looks { v: 1, schedule: schedule.clone() }) }
}

/// What follows from facts that `me` made; `before` is the schedule as it was.
pub(super) fn of_facts(before: &Rolled<'_>, facts: &[(u64, Fact)], me: &UserId, now: Timestamp) -> Vec<NewJob> {
    let schedule = &before.followed.schedule.id;
    // Somebody may be on call from now on, or not any more.
    let mut jobs = vec![timer(schedule, now)];
    let changed = |to: &UserId, seq| (to != me).then(|| tell(schedule, Told::Changed { to: to.clone(), seq }, now));
    let ask = |to: &UserId, number| tell(schedule, Told::Ask { to: to.clone(), number }, now);
    let mut homes = BTreeSet::new();
    for (seq, fact) in facts {
        match fact {
            Fact::OverrideMade { change, answers: None, .. } => {
                let (one, other) = concerned(change);
                homes.extend(one.into_iter().chain(other));
                jobs.extend(one.into_iter().chain(other).filter_map(|to| changed(to, *seq)));
            }
            // Whoever asked hears of it; the others see on their message that it is taken.
            Fact::OverrideMade { answers: Some(number), .. } => {
                let Some(asked) = before.roll.ask(*number) else { continue };
                jobs.extend(changed(&asked.by, *seq));
                homes.extend([&asked.by, me]);
                for to in asked.of() {
                    let job = ask(to, *number);
                    if !jobs.iter().any(|known| known.key == job.key) {
                        jobs.push(job);
                    }
                }
            }
            Fact::OverrideEnded { id } => {
                let people: Vec<&UserId> = before.roll.over(id).into_iter().flat_map(Override::people).collect();
                jobs.extend(people.iter().filter_map(|to| changed(to, *seq)));
                homes.extend(people);
            }
            Fact::CoverAsked { of, .. } => jobs.extend(of.iter().map(|to| ask(to, *seq))),
            Fact::SwapOffered { to, .. } => jobs.push(ask(to, *seq)),
            Fact::AskEnded { ask: number } => {
                let Some(asked) = before.roll.ask(*number) else { continue };
                jobs.extend(asked.of().map(|to| ask(to, *number)));
                jobs.extend(changed(&asked.by, *seq));
            }
        }
    }
    jobs.extend(homes.into_iter().map(|to| show_home(to, now)));
    jobs
}

/// Whom an override concerns.
const fn concerned(change: &Change) -> (Option<&UserId>, Option<&UserId>) {
    match change {
        Change::Replace { of, by } => (of.as_ref(), Some(by)),
        Change::Add { who } | Change::Remove { who } => (None, Some(who)),
    }
}

impl Engine {
    /// Has every schedule looked at now: the file may have changed since the last time.
    ///
    /// # Errors
    /// Where the record cannot be written.
    pub async fn watch_schedules(&self) -> Result<(), Refusal> {
        let now = self.clock.now();
        let mut enqueue: Vec<NewJob> = self.settings().schedules.iter().map(|f| timer(&f.schedule.id, now)).collect();
        enqueue.extend(self.taken_out(now).await?.iter().map(|id| timer(id, now)));
        if enqueue.is_empty() {
            return Ok(());
        }
        Ok(self.store.commit(Commit { enqueue, at: Some(now), ..Commit::default() }).await?)
    }

    /// Schedules that the settings do not have any more, with overrides to come, that nobody was told of yet: their timers are still
    /// set.
    async fn taken_out(&self, now: Timestamp) -> Result<Vec<ScheduleId>, ReadError> {
        let (mut gone, mut after) = (Vec::new(), None::<String>);
        loop {
            let docs = self.store.docs(key::ROLLS, after.as_deref(), CHUNK, false).await?;
            for (key, _) in &docs {
                let id = ScheduleId::from(&key[key::ROLLS.len()..]);
                if self.settings().schedule_of(&id).is_none() && !self.roll(&id).await?.coming(now).is_empty() {
                    gone.push(id);
                }
            }
            match docs.into_iter().next_back() {
                Some((last, _)) => after = Some(last),
                None => break,
            }
        }
        if gone.is_empty() {
            return Ok(gone);
        }
        // All of them are read in the rare case alone that there are such schedules.
        let timers = self.store.timers(Timestamp::MAX, usize::MAX).await?;
        gone.retain(|id| timers.iter().any(|job| job.key == format!("{TIMERS}{id}")));
        Ok(gone)
    }

    /// Those whose overrides of a schedule count for nothing, since the settings do not have it any more, hear so.
    async fn tell_of_void(&self, schedule: &ScheduleId, now: Timestamp) -> Result<Vec<NewJob>, ReadError> {
        let roll = self.roll(schedule).await?;
        let people: BTreeSet<&UserId> =
            roll.coming(now).into_iter().flat_map(|over| over.people().chain([&over.created_by])).collect();
        let told = people.iter().map(|to| tell(schedule, Told::Void { to: (*to).clone() }, now));
        Ok(told.chain(people.iter().map(|to| show_home(to, now))).collect())
    }

    /// Schedules in which somebody takes turns, or which an override puts them on or takes them off.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn schedules_with(&self, who: &UserId) -> Result<Vec<&Followed>, ReadError> {
        let mut with = Vec::new();
        for followed in &self.settings().schedules {
            let id = &followed.schedule.id;
            let takes_turns = Rolled::of(followed, self.feeds.of(id)).schedule.people().any(|person| person == who);
            if takes_turns || self.roll(id).await?.overrides.iter().any(|o| o.people().any(|person| person == who)) {
                with.push(followed);
            }
        }
        Ok(with)
    }

    /// What follows from a change of somebody's absences: by the fact at `seq` of their stream.
    pub(super) async fn of_calendar(
        &self,
        who: &UserId,
        me: &UserId,
        seq: u64,
        now: Timestamp,
    ) -> Result<Vec<NewJob>, ReadError> {
        let theirs = self.schedules_with(who).await?;
        let mut jobs: Vec<NewJob> = theirs.into_iter().map(|f| timer(&f.schedule.id, now)).collect();
        jobs.push(show_home(who, now));
        if who != me {
            let anywhere = ScheduleId(String::new());
            jobs.push(tell(&anywhere, Told::Away { to: who.clone(), seq }, now));
        }
        Ok(jobs)
    }

    /// What those are told who count on somebody that is away by the fact at `seq` of their stream: an absence goes before every
    /// override.
    pub(super) async fn of_absence(
        &self,
        who: &UserId,
        away: Span,
        seq: u64,
        now: Timestamp,
    ) -> Result<Vec<NewJob>, ReadError> {
        let mut jobs = Vec::new();
        for followed in self.schedules_with(who).await? {
            let id = &followed.schedule.id;
            let roll = self.roll(id).await?;
            for over in roll.coming(now).into_iter().filter(|over| over.change.puts() == Some(who)) {
                let span = Span { from: over.from.max(away.from), until: over.until.min(away.until) };
                let to = match &over.change {
                    Change::Replace { of: Some(of), .. } => of,
                    Change::Replace { of: None, .. } | Change::Add { .. } | Change::Remove { .. } => &over.created_by,
                };
                if span.from < span.until && to != who {
                    let (to, who, by) = (to.clone(), who.clone(), over.id.clone());
                    jobs.push(tell(id, Told::Uncovered { to, who, by, span, seq }, now));
                }
            }
        }
        Ok(jobs)
    }

    /// A schedule's timer is due: tells what has to be told, once, and looks again when something changes.
    pub(super) async fn ring_schedule(&self, job: &Job, finish: Finish) -> Result<(), Refusal> {
        let looks: Looks = job
            .body
            .read()
            .map_err(|e| Refusal::Closed(format!("timer `{}` was written by another release: {e}", job.key)))?;
        let now = self.clock.now();
        let mut commit = Commit { at: Some(now), ..Commit::default() };
        // One that the file does not have any more is looked at for the last time. A timer that somebody's change has put in the place of
        // this one meanwhile stays as it is.
        let postpone = if let Some(followed) = self.settings().schedule_of(&looks.schedule) {
            Some(self.look_at(followed, &mut commit, now).await?)
        } else {
            commit.enqueue.extend(self.tell_of_void(&looks.schedule, now).await?);
            None
        };
        commit.finish.push(Finish { postpone, ..finish });
        Ok(self.store.commit(commit).await?)
    }

    /// Asks for what is to be told now; returns when to look again.
    async fn look_at(&self, followed: &Followed, commit: &mut Commit, now: Timestamp) -> Result<Timestamp, Refusal> {
        let id = &followed.schedule.id;
        // Who is on call is not known before; it is looked at again as soon as that is.
        if self.feeds.are_awaited(id) {
            return Ok(now.saturating_add(AWAITED).unwrap_or(Timestamp::MAX));
        }
        let rolled = self.rolled(followed).await?;
        let (dues, again) = watch(rolled.roster(), followed.watch, now);
        let mut missing = Vec::new();
        for due in dues {
            let (once, until) = due.once();
            let key = format!("{LANES}{id}/{once}");
            if self.knows(&key).await? {
                continue;
            }
            let until = until.min(now.saturating_add(HORIZON).unwrap_or(until));
            commit.remember.push(Remember { key, until, answer: Json::of(&true) });
            match due {
                Due::Shift { who, span } => commit.enqueue.push(tell(id, Told::Shift { to: who, span }, now)),
                Due::Gap(gap) => missing.push(gap),
            }
        }
        if !missing.is_empty() {
            commit.enqueue.push(tell(id, Told::Gaps { missing }, now));
        }
        if followed.user_group.is_some() {
            commit.enqueue.push(tell(id, Told::Group, now));
        }
        let key = format!("{LANES}{id}/people");
        if !self.knows(&key).await? {
            let until = now.saturating_add(PEOPLE_EVERY).unwrap_or(Timestamp::MAX);
            commit.remember.push(Remember { key, until, answer: Json::of(&true) });
            commit.enqueue.extend([Told::People, Told::Steps].map(|what| tell(id, what, now)));
        }
        Ok(again)
    }
}
