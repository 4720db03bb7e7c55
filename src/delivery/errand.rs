//! One job: read, carried out, and ended or put off.

use std::{borrow::Cow, panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{
    Delivery,
    aside::is_aside,
    lanes::{Outcome, Turn},
    retry::{self, Verdict},
};
use crate::{
    engine::{Ask, Refusal, Work},
    incident::{
        Actor, Command, Effect, Event, Incident,
        access::{self, Deed},
        duty,
    },
    ports::Trouble,
    render::View,
    store::{CommitError, Finish, Job, ReadError},
};

/// How soon to come back to what waits for other work of our own.
const SOON: SignedDuration = SignedDuration::from_secs(1);

/// After so many tries, an hour's or so, something is not expected back within seconds.
const LONG: u32 = 300;

/// A job, and what it is about.
#[derive(Debug)]
pub(super) struct Errand {
    pub job: Job,
    pub effect: Effect,
    /// As it stands, and as it may be shown outside its room: a need-to-know incident without a word, under its codename.
    pub incident: Arc<Incident>,
    /// The same with every word: for its room.
    pub whole: Arc<Incident>,
    /// It may have been done already.
    pub look: bool,
    /// How often it has failed.
    pub tries: u32,
}

impl Errand {
    /// Its end.
    pub fn finish(&self, receipt: Option<Value>) -> Finish {
        Finish { id: self.job.id, key: self.job.key.clone(), receipt, postpone: None }
    }

    /// The longest that it is left alone.
    fn cap(&self) -> SignedDuration {
        match self.effect {
            // Wanted for as long as the neighbour is away, and no more often than that needs.
            Effect::SyncExternal { .. } if self.tries > LONG => retry::CAP,
            Effect::SendPage { .. }
            | Effect::LookUpWays { .. }
            | Effect::Reach { .. }
            | Effect::SyncExternal { .. }
            | Effect::ShowPage { .. }
            | Effect::CheckPage { .. }
            | Effect::ShowPages { .. }
            | Effect::TellPaged { .. }
            | Effect::LookUpGroup { .. }
            | Effect::Duty(duty::Deed::LookUpGroup { .. }) => retry::PAGE_CAP,
            _ => retry::CAP,
        }
    }
}

/// Why an errand was not ended.
#[derive(Debug)]
pub(super) enum Stop {
    /// The neighbour did not do it.
    Trouble(Trouble),
    /// The record cannot be read or written.
    Record(String),
    /// Something else must be done first.
    NotYet,
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl From<ReadError> for Stop {
    fn from(error: ReadError) -> Self {
        Self::Record(error.to_string())
    }
}

impl From<CommitError> for Stop {
    fn from(error: CommitError) -> Self {
        Self::Record(error.to_string())
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Record(refusal.to_string())
    }
}

/// Does the work of one job. A fault of our own in it must not take everything else with it.
pub(super) async fn unharmed(job: &str, work: impl Future<Output = Result<(), Stop>>) -> Result<(), Stop> {
    AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|_| {
        tracing::error!(job, "a fault in the bot itself");
        Err(Stop::Trouble(Trouble::Refused("a fault in the bot itself".into())))
    })
}

impl Delivery {
    /// The first job of a lane.
    pub(super) async fn work(&self, turn: &Turn) -> Outcome {
        if is_aside(&turn.lane) {
            return self.work_aside(turn).await;
        }
        let errand = match self.first(turn).await {
            Ok(Ok(errand)) => errand,
            Ok(Err(outcome)) => return outcome,
            Err(stop) => return self.put_off(&turn.lane, &stop, turn.tries, retry::CAP, 0),
        };
        let Err(stop) = unharmed(&errand.job.key, Box::pin(self.carry_out(&errand))).await else {
            return Outcome::Done;
        };
        let stop = match &stop {
            Stop::Trouble(trouble) => match self.troubled(&errand, trouble).await {
                Ok(true) => return Outcome::Done,
                Ok(false) => stop,
                Err(worse) => worse,
            },
            Stop::Record(_) | Stop::NotYet => stop,
        };
        self.put_off(&errand.job.key, &stop, turn.tries, errand.cap(), errand.job.id)
    }

    /// The job at the head of a lane, where it is due.
    pub(super) async fn head(&self, turn: &Turn) -> Result<Result<Job, Outcome>, Stop> {
        Ok(match self.engine.store().lane(&turn.lane, 1).await?.pop() {
            None => Err(Outcome::Empty),
            Some(job) if job.due > self.clock.now() => Err(Outcome::NotDue(job.due)),
            Some(job) => Ok(job),
        })
    }

    async fn first(&self, turn: &Turn) -> Result<Result<Errand, Outcome>, Stop> {
        let job = match self.head(turn).await? {
            Ok(job) => job,
            Err(outcome) => return Ok(Err(outcome)),
        };
        let work: Work = job
            .body
            .read()
            .map_err(|e| Stop::Record(format!("job `{}` was written by another release: {e}", job.key)))?;
        let incident = self.engine.incident(work.id).await?;
        let incident = incident.ok_or_else(|| Stop::Record(format!("job `{}` is about no incident", job.key)))?;
        let whole = incident;
        let incident = match access::outside(&whole) {
            Cow::Borrowed(_) => whole.clone(),
            Cow::Owned(masked) => Arc::new(masked),
        };
        Ok(Ok(Errand { job, effect: work.effect, incident, whole, look: turn.look, tries: turn.tries }))
    }

    async fn carry_out(&self, it: &Errand) -> Result<(), Stop> {
        tracing::debug!(job = it.job.key, tries = it.tries, look = it.look, "delivery.job");
        // It may have become a secret since this was asked for.
        if !access::is_allowed(&it.effect, &it.whole) {
            return self.leave_undone(it).await;
        }
        match &it.effect {
            Effect::SendPage { page, round, step, times, to, .. } => {
                self.send_page(it, *page, (*round, *step, *times), to).await
            }
            Effect::LookUpWays { page, round, step, times, to } => {
                self.look_up_ways(it, *page, (*round, *step, *times), to).await
            }
            Effect::Reach { page, round, step, times, to, way, .. } => {
                self.reach(it, *page, (*round, *step, *times), to, *way).await
            }
            Effect::SyncExternal { page, of, number, act } => self.sync_external(it, (*page, *number), of, *act).await,
            Effect::ShowPage { page, to } => self.show_page(it, *page, to).await,
            Effect::LookUpGroup { page, version, target } => self.look_up_group(it, *page, *version, target).await,
            Effect::Tell { to, seq } => self.tell(it, to, *seq).await,
            Effect::Brief { role, to, offer, since } => self.brief(it, role, to, *offer, *since).await,
            Effect::Remind { to, about, beside } => self.remind(it, to, about, beside).await,
            Effect::CheckPage { page, to, version } => self.check_page(it, *page, to, *version).await,
            Effect::Question { number, asked, to } => self.question(it, *number, *asked, to).await,
            Effect::Duty(duty::Deed::LookUpGroup { role, version, group }) => {
                self.look_up_role_group(it, role, *version, group).await
            }
            Effect::Duty(duty::Deed::ShowTask { task, seq, to, new }) => {
                self.show_task(it, *task, *seq, to, *new).await
            }
            Effect::OpenRoom => self.open_room(it).await,
            Effect::Root => self.root(it).await,
            Effect::Invite { people } => self.invite(it, people).await,
            Effect::Topic => self.topic(it).await,
            Effect::Bookmark => self.bookmark(it).await,
            Effect::Card => self.card(it).await,
            Effect::Say { seq } => self.say(it, *seq).await,
            Effect::ShowSaid { what } => self.show_said(it, *what).await,
            Effect::Retract { seq } => self.retract(it, *seq).await,
            Effect::RetractAll => self.retract_all(it).await,
            Effect::Retitle => self.retitle(it).await,
            Effect::RenameRoom => self.rename_room(it).await,
            Effect::Homes => self.homes(it).await,
            Effect::Home { to } => self.home(it, to).await,
            Effect::ShowBrief { role, to, offer, since } => self.show_brief(it, role, to, *offer, *since).await,
            Effect::ShowPages { page } => self.show_pages(it, *page).await,
            Effect::TellPaged { page, seq } => self.tell_paged(it, *page, *seq).await,
            Effect::ArchiveRoom => self.archive_room(it).await,
            Effect::Comms(deed) => self.comms(it, deed).await,
            Effect::Announce => self.announce(it).await,
            Effect::Followers { seq } => self.tell_followers(it, *seq).await,
            Effect::Broadcast { seq } => self.broadcast(it, *seq).await,
            Effect::Access(Deed::ShowOut { who }) => self.show_out(it, who).await,
        }
    }

    /// What trouble means for this errand: `true` where that ended it.
    async fn troubled(&self, it: &Errand, trouble: &Trouble) -> Result<bool, Stop> {
        match (retry::verdict(trouble), trouble) {
            (Verdict::Never, Trouble::Refused(code)) => self.give_up(it, code).await.map(|()| true),
            (Verdict::Never | Verdict::Again | Verdict::Look, _) => {
                let wait = retry::wait(Some(trouble), it.tries.saturating_add(1), it.cap(), self.seed ^ it.job.id);
                let next = self.clock.now().saturating_add(wait).unwrap_or(Timestamp::MAX);
                self.out_of_patience(it, trouble, next).await
            }
        }
    }

    pub(super) fn put_off(&self, what: &str, stop: &Stop, tries: u32, cap: SignedDuration, id: u64) -> Outcome {
        let tries = tries.saturating_add(1);
        let (wait, look) = match stop {
            Stop::Trouble(trouble) => {
                let look = retry::verdict(trouble) == Verdict::Look;
                let wait = retry::wait(Some(trouble), tries, cap, self.seed ^ id);
                tracing::warn!(what, tries, %trouble, wait_s = wait.as_secs(), "will be tried again");
                (wait, look)
            }
            Stop::Record(error) => {
                // It may be done, and only the record of it missing.
                tracing::error!(what, tries, error, "the record failed; will be tried again");
                (retry::wait(None, tries, cap, self.seed ^ id), true)
            }
            Stop::NotYet => (SOON, false),
        };
        Outcome::Later { until: self.clock.now().saturating_add(wait).unwrap_or(Timestamp::MAX), look }
    }

    /// Ends the errand.
    pub(super) async fn end(&self, it: &Errand, receipt: Option<Value>) -> Result<(), Stop> {
        self.engine.finish(vec![it.finish(receipt)]).await?;
        self.forget(&it.job.key);
        Ok(())
    }

    /// Ends the errand together with a command that reports what came of it. A command that comes too late to matter
    /// ends it all the same.
    pub(super) async fn report(&self, it: &Errand, receipt: Option<Value>, command: Command) -> Result<(), Stop> {
        let ask = Ask::new(None, Actor::Bot, Some(it.incident.id), command);
        match self.engine.ask(Ask { finish: vec![it.finish(receipt)], ..ask }).await {
            Ok(_) | Err(Refusal::Rejected { .. }) => {
                self.forget(&it.job.key);
                Ok(())
            }
            Err(other) => Err(other.into()),
        }
    }

    /// The event that an errand is about, as it may be shown outside the room.
    pub(super) async fn event_of(&self, it: &Errand, seq: u64) -> Result<Event, Stop> {
        let event = self.whole_event_of(it, seq).await?;
        Ok(access::outside_event(&it.whole, &event).into_owned())
    }

    /// The same with every word: for the room.
    pub(super) async fn whole_event_of(&self, it: &Errand, seq: u64) -> Result<Event, Stop> {
        let event = self.engine.event(it.incident.id, seq).await?;
        event.ok_or_else(|| Stop::Record(format!("{} has no event {seq}", it.incident.id)))
    }

    /// What renderings look at besides the incident.
    pub(super) fn world(&self, it: &Errand) -> View<'_> {
        View { playbook: self.engine.books().of(&it.incident), settings: self.engine.settings(), now: self.clock.now() }
    }
}
