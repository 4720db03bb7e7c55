//! Who is on call, and what people change about it.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{ATTEMPTS, Engine, REMEMBERED, Refusal, kept::Outcome, projection::key, rota};
use crate::{
    config::Followed,
    ids::{StreamId, UserId},
    incident::Rejection,
    paging::{
        rota::{
            self as rules, Ask, AwayAsk, Calendar, Fact, No, PERSONAL_VERSION, Personal, PersonalFact,
            ROSTERED_VERSION, Roll, Rolled, Rostered, Span,
        },
        schedule::{Cover, OnCall, Override, Roster, ScheduleId},
    },
    store::{Append, Commit, Json, ReadError, Remember},
};

/// What became of an ask about a schedule; durable.
#[derive(Debug, Clone)]
pub struct Rostering<'a> {
    /// The schedule after it.
    pub rolled: Rolled<'a>,
    /// The facts that it made, with their places in the stream.
    pub facts: Vec<(u64, Fact)>,
}

/// What is remembered of an answered request.
#[derive(Debug, Serialize, Deserialize)]
struct Answered {
    from: u64,
    facts: u64,
}

/// How far calendars look ahead.
pub const FOUR_WEEKS: SignedDuration = SignedDuration::from_hours(4 * 7 * 24);
/// How many schedules are shown at once at most.
pub const SCHEDULES_SHOWN: usize = 15;

fn stream_of(schedule: &ScheduleId) -> StreamId {
    StreamId::Schedule(schedule.0.clone())
}

fn rejected(why: No) -> Refusal {
    Refusal::Rejected { why: Rejection::OnCall(why), incident: None }
}

impl Engine {
    /// A schedule as it stands.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn rolled<'a>(&self, followed: &'a Followed) -> Result<Rolled<'a>, ReadError> {
        let roll = self.roll(&followed.schedule.id).await?;
        let rolled = Rolled { roll: Roll::clone(&roll), ..Rolled::of(followed, self.feeds.of(&followed.schedule.id)) };
        let mut people: Vec<&UserId> = rolled.schedule.people().collect();
        people.extend(rolled.roll.overrides.iter().flat_map(Override::people));
        people.sort_unstable();
        people.dedup();
        let mut absences = Vec::new();
        for who in people {
            absences.extend(self.calendar(who).await?.absences(who));
        }
        Ok(Rolled { absences, ..rolled })
    }

    /// The first of all schedules, as they stand, and the others.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn schedules(&self) -> Result<(Vec<Rolled<'_>>, &[Followed]), ReadError> {
        let all = &self.settings().schedules;
        let (shown, others) = all.split_at(all.len().min(SCHEDULES_SHOWN));
        let mut rolled = Vec::new();
        for followed in shown {
            rolled.push(self.rolled(followed).await?);
        }
        Ok((rolled, others))
    }

    /// Somebody's shifts within four weeks, by schedule.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn shifts(&self, who: &UserId, now: Timestamp) -> Result<Vec<(Rolled<'_>, Vec<Span>)>, ReadError> {
        let window = now..now.saturating_add(FOUR_WEEKS).unwrap_or(Timestamp::MAX);
        let mut all = Vec::new();
        for followed in &self.settings().schedules {
            let rolled = self.rolled(followed).await?;
            let shifts = rolled.shifts(who, &window);
            if !shifts.is_empty() {
                all.push((rolled, shifts));
            }
        }
        Ok(all)
    }

    /// When somebody is away.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn calendar(&self, who: &UserId) -> Result<Arc<Calendar>, ReadError> {
        self.incidents.calendar(who, self.folded(&key::calendar(who))).await
    }

    /// What differs from a schedule, whether the settings have it or not.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn roll(&self, schedule: &ScheduleId) -> Result<Arc<Roll>, ReadError> {
        self.incidents.roll(schedule, self.folded(&key::roll(schedule.as_str()))).await
    }

    pub(super) async fn folded<T: Default + for<'de> Deserialize<'de>>(&self, key: &str) -> Result<T, ReadError> {
        let Some(bytes) = self.store.doc(key).await? else { return Ok(T::default()) };
        serde_json::from_slice(&bytes).map_err(|e| ReadError(format!("{key} is of another release: {e}")))
    }

    /// Who is on call by a schedule at this instant, by one `rotation` of it alone where that is named. Nobody by one that the
    /// configuration does not have any more.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn on_call(
        &self,
        schedule: &ScheduleId,
        rotation: Option<&str>,
        at: Timestamp,
    ) -> Result<Vec<UserId>, ReadError> {
        let cover = self.cover(schedule, rotation, at).await?;
        Ok(cover.into_iter().flat_map(|cover| cover.people().cloned().collect::<Vec<_>>()).collect())
    }

    /// The same: who it is, or why nobody. None by a schedule that the configuration does not have any more.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn cover(
        &self,
        schedule: &ScheduleId,
        rotation: Option<&str>,
        at: Timestamp,
    ) -> Result<Option<Cover>, ReadError> {
        let Some(followed) = self.settings().schedule_of(schedule) else { return Ok(None) };
        let rolled = self.rolled(followed).await?;
        let OnCall { cover, .. } = match rotation {
            None => rolled.roster().on_call(at),
            Some(name) => {
                let alone = rolled.schedule.only(name);
                Roster { schedule: &alone, ..rolled.roster() }.on_call(at)
            }
        };
        Ok(Some(cover))
    }

    /// Changes who is on call. A request that comes again with the same `request` changes nothing and gets the same answer.
    ///
    /// # Errors
    /// [`Refusal`]s: of the rules, and of the store.
    pub async fn change_schedule(
        &self,
        request: Option<String>,
        me: &UserId,
        schedule: &ScheduleId,
        ask: &Ask,
    ) -> Result<Rostering<'_>, Refusal> {
        let followed = self.settings().schedule_of(schedule).ok_or_else(|| rejected(No::NoSuchSchedule))?;
        if let Some(done) = self.answered_before(request.as_deref(), followed).await? {
            return Ok(done);
        }
        for _ in 0..ATTEMPTS {
            let now = self.clock.now();
            let stream = stream_of(schedule);
            let length = self.store.length(&stream).await?;
            let mut rolled = self.rolled(followed).await?;
            let mut expect = vec![(stream.clone(), length)];
            for who in rules::comers(&rolled.roll, ask, me) {
                // Whoever notes an absence at this moment is not overlooked.
                let theirs = StreamId::Person(who.clone());
                let known = self.store.length(&theirs).await?;
                expect.push((theirs, known));
                rolled.absences.retain(|absence| absence.who != who);
                rolled.absences.extend(self.calendar(&who).await?.absences(&who));
            }
            let facts = rules::decide(&rolled.roll, rolled.roster(), ask, me, now).map_err(rejected)?;
            let fact = |what: &Fact| Rostered { v: ROSTERED_VERSION, at: now, by: me.clone(), what: what.clone() };
            let numbered: Vec<(u64, Fact)> = (length + 1..).zip(facts).collect();
            let mut commit = Commit {
                expect,
                append: numbered.iter().map(|(_, what)| Append::new(stream.clone(), &fact(what))).collect(),
                at: Some(now),
                ..Commit::default()
            };
            commit.enqueue = rota::of_facts(&rolled, &numbered, me, now);
            commit.remember.extend(request.clone().map(|key| Remember {
                key,
                until: now.saturating_add(REMEMBERED).unwrap_or(Timestamp::MAX),
                answer: Json::of(&Answered { from: length + 1, facts: numbered.len() as u64 }),
            }));
            match self.committed(commit).await? {
                Outcome::Done => return Ok(Rostering { rolled: self.rolled(followed).await?, facts: numbered }),
                Outcome::Known(answer) => return self.answered_as(followed, answer).await,
                Outcome::Again => {}
            }
        }
        Err(Refusal::Busy)
    }

    /// What was done when it was asked for first may not be possible any more.
    async fn answered_before<'a>(
        &self,
        request: Option<&str>,
        followed: &'a Followed,
    ) -> Result<Option<Rostering<'a>>, Refusal> {
        let Some(request) = request else { return Ok(None) };
        match self.store.known(request, self.clock.now()).await? {
            Some(answer) => self.answered_as(followed, answer.value()).await.map(Some),
            None => Ok(None),
        }
    }

    async fn answered_as<'a>(
        &self,
        followed: &'a Followed,
        answer: serde_json::Value,
    ) -> Result<Rostering<'a>, Refusal> {
        let Answered { from, facts } = serde_json::from_value(answer).map_err(|_| Refusal::Busy)?;
        let limit = usize::try_from(facts).unwrap_or(usize::MAX);
        let events = self.store.events(&stream_of(&followed.schedule.id), from, limit).await?;
        let read = events.iter().map(|e| Ok((e.seq, Rostered::deserialize(&e.body).map_err(|_| Refusal::Busy)?.what)));
        let facts = read.collect::<Result<_, Refusal>>()?;
        Ok(Rostering { rolled: self.rolled(followed).await?, facts })
    }

    /// A fact of a schedule's stream.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn rostered(&self, schedule: &ScheduleId, seq: u64) -> Result<Option<Rostered>, ReadError> {
        let events = self.store.events(&stream_of(schedule), seq, 1).await?;
        let read = events.first().map(|e| Rostered::deserialize(&e.body));
        read.transpose().map_err(|e| ReadError(format!("event {seq} of {schedule} is of another release: {e}")))
    }

    /// A fact of a person's stream.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn personal(&self, who: &UserId, seq: u64) -> Result<Option<Personal>, ReadError> {
        let events = self.store.events(&StreamId::Person(who.clone()), seq, 1).await?;
        let read = events.first().map(|e| Personal::deserialize(&e.body));
        read.transpose().map_err(|e| ReadError(format!("event {seq} of {who} is of another release: {e}")))
    }

    /// Changes when somebody is away.
    ///
    /// # Errors
    /// [`Refusal`]s: of the rules, and of the store.
    pub async fn change_calendar(
        &self,
        request: Option<String>,
        me: &UserId,
        who: &UserId,
        ask: AwayAsk,
    ) -> Result<(PersonalFact, Arc<Calendar>), Refusal> {
        let stream = StreamId::Person(who.clone());
        for _ in 0..ATTEMPTS {
            let now = self.clock.now();
            let length = self.store.length(&stream).await?;
            let calendar = self.calendar(who).await?;
            let what = rules::away(&calendar, ask, now);
            // It is so already where the request came before.
            if let (Err(_), Some(request)) = (&what, &request)
                && let Some(answer) = self.store.known(request, now).await?
            {
                let fact = serde_json::from_value(answer.value()).map_err(|_| Refusal::Busy)?;
                return Ok((fact, calendar));
            }
            let what = what.map_err(rejected)?;
            let fact = Personal { v: PERSONAL_VERSION, at: now, by: me.clone(), what };
            let mut commit = Commit {
                expect: vec![(stream.clone(), length)],
                append: vec![Append::new(stream.clone(), &fact)],
                at: Some(now),
                ..Commit::default()
            };
            commit.enqueue = self.of_calendar(who, me, length + 1, now).await?;
            if let PersonalFact::AwayNoted { span } = &fact.what {
                commit.enqueue.extend(self.of_absence(who, *span, length + 1, now).await?);
            }
            commit.remember.extend(request.clone().map(|key| Remember {
                key,
                until: now.saturating_add(REMEMBERED).unwrap_or(Timestamp::MAX),
                answer: Json::of(&fact.what),
            }));
            match self.committed(commit).await? {
                Outcome::Done | Outcome::Known(_) => return Ok((fact.what, self.calendar(who).await?)),
                Outcome::Again => {}
            }
        }
        Err(Refusal::Busy)
    }
}
