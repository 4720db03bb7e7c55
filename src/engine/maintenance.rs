//! Scheduled maintenance on our own page: what people change of it, what its timer brings, and who hears of that.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{ATTEMPTS, Engine, REMEMBERED, Refusal, kept::Outcome, status::stream};
use crate::{
    config::REMIND_MIN,
    ids::UserId,
    incident::{Actor, Rejection, Text},
    status::{
        Change, POSTED_VERSION, Post, PostId, PostStatus, Posted,
        maintenance::{ASK_BEFORE, Ask, Due, No, Said, decide, watch},
    },
    store::{Append, Commit, Finish, Job, Json, NewJob, OnPending, Queue, ReadError, Remember},
};

/// What the lanes of this work begin with.
const LANES: &str = "maintenance/";
/// What the timers of maintenance begin with.
const TIMERS: &str = "timer/maintenance/";
/// The lane of what the announce channel hears.
const ANNOUNCED: &str = "announced";

/// The body of an outbox entry about maintenance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upkeep {
    /// Version of this shape.
    pub v: u8,
    /// Which.
    pub post: PostId,
    /// Who hears it; none: the announce channel.
    pub to: Option<UserId>,
    /// What.
    pub what: Told,
}

/// What is told of maintenance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// How it stands; kept up to date.
    Card,
    /// It begins in so many minutes.
    Near(u32),
    /// It ends soon: is it over?
    Over,
    /// It began or ended by itself, which was due then.
    Moved(Timestamp),
}

/// The body of a timer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Looks {
    v: u8,
    post: PostId,
}

/// Is this the lane of such work, and not of an incident's?
pub fn is_of_maintenance(lane: &str) -> bool {
    lane.starts_with(LANES)
}

/// Is this the timer of maintenance?
pub(super) fn is_timer(key: &str) -> bool {
    key.starts_with(TIMERS)
}

fn timer(post: &PostId, due: Timestamp) -> NewJob {
    let body = Json::of(&Looks { v: 1, post: post.clone() });
    NewJob { key: format!("{TIMERS}{post}"), queue: Queue::Timer, due, on_pending: OnPending::Replace, body }
}

/// `at` makes what is told itself: a window that was moved is told of again.
fn tell(post: &PostId, to: Option<&UserId>, what: Told, at: Timestamp, now: Timestamp) -> NewJob {
    let who = to.map_or(ANNOUNCED, UserId::as_str);
    let at = at.as_second();
    let (key, on_pending) = match what {
        Told::Card => (format!("{LANES}{post}"), OnPending::Replace),
        Told::Near(minutes) => (format!("{LANES}{post}/near/{minutes}/{at}/{who}"), OnPending::Keep),
        Told::Over => (format!("{LANES}{post}/over/{at}/{who}"), OnPending::Keep),
        Told::Moved(_) => (format!("{LANES}{post}/moved/{at}/{who}"), OnPending::Keep),
    };
    let body = Json::of(&Upkeep { v: 1, post: post.clone(), to: to.cloned(), what });
    NewJob { key, queue: Queue::Lane(format!("{LANES}{who}")), due: now, on_pending, body }
}

fn rejected(why: No) -> Refusal {
    Refusal::Rejected { why: Rejection::Maintenance(why), incident: None }
}

impl Engine {
    /// Plans maintenance (`post`: none), or changes it. A request that comes again with the same `request` changes nothing and gets
    /// the same answer: how it stands.
    ///
    /// # Errors
    /// [`Refusal`]s: of the rules, and of the store.
    pub async fn change_maintenance(
        &self,
        request: Option<String>,
        by: &UserId,
        post: Option<&PostId>,
        ask: &Ask,
    ) -> Result<Post, Refusal> {
        let page = self.settings().status_page.as_ref().ok_or_else(|| rejected(No::NoPage))?;
        let said = Said::of(&page.language);
        for _ in 0..ATTEMPTS {
            let now = self.clock.now();
            if let Some(request) = &request
                && let Some(answer) = self.store.known(request, now).await?
            {
                return self.changed_before(answer.value()).await;
            }
            let length = self.store.length(&stream()).await?;
            let id = post.cloned().unwrap_or_else(|| fresh(by, length, now));
            let before = self.post(&id).await?;
            let seq = length + 1;
            let what = decide((&id, before.as_ref()), format!("{id}/{seq}"), ask, said, now).map_err(rejected)?;
            let told = self.subscribers_told(&what, seq, now).await?;
            let mut commit = posted(length, Actor::Person(by.clone()), what, now);
            commit.enqueue = vec![timer(&id, now)];
            commit.enqueue.extend(told);
            commit.enqueue.extend(self.card(&id, now));
            commit.remember.extend(request.clone().map(|key| Remember {
                key,
                until: now.saturating_add(REMEMBERED).unwrap_or(Timestamp::MAX),
                answer: Json::of(&id),
            }));
            match self.committed(commit).await? {
                Outcome::Done => return self.post(&id).await?.ok_or(Refusal::Busy),
                Outcome::Known(answer) => return self.changed_before(answer).await,
                Outcome::Again => {}
            }
        }
        Err(Refusal::Busy)
    }

    async fn changed_before(&self, answer: serde_json::Value) -> Result<Post, Refusal> {
        let id: PostId = serde_json::from_value(answer).map_err(|_| Refusal::Busy)?;
        self.post(&id).await?.ok_or(Refusal::Busy)
    }

    /// The announce channel's message of it.
    fn card(&self, id: &PostId, now: Timestamp) -> Option<NewJob> {
        self.settings().announce_channel.as_ref().map(|_| tell(id, None, Told::Card, now, now))
    }

    /// Has all maintenance looked at now: what the settings say of reminders may have changed since the last time.
    ///
    /// # Errors
    /// Where the record cannot be read or written.
    pub async fn watch_maintenance(&self) -> Result<(), Refusal> {
        let now = self.clock.now();
        let standing = self.status_page().await?;
        let open = standing.posts.iter().filter(|post| post.window().is_some() && !post.status.is_over());
        let enqueue: Vec<NewJob> = open.map(|post| timer(&post.id, now)).collect();
        if enqueue.is_empty() {
            return Ok(());
        }
        Ok(self.store.commit(Commit { enqueue, at: Some(now), ..Commit::default() }).await?)
    }

    /// A timer is due: what the clock brings happens once, and is told once.
    pub(super) async fn ring_maintenance(&self, job: &Job, finish: Finish) -> Result<(), Refusal> {
        let looks: Looks = job
            .body
            .read()
            .map_err(|e| Refusal::Closed(format!("timer `{}` was written by another release: {e}", job.key)))?;
        for _ in 0..ATTEMPTS {
            let now = self.clock.now();
            let length = self.store.length(&stream()).await?;
            let mut commit = Commit { at: Some(now), ..Commit::default() };
            let mut postpone = None;
            if let Some(post) = self.post(&looks.post).await? {
                let remind = self.settings().status_page.as_ref().map_or(&REMIND_MIN[..], |page| &page.remind_min);
                let (dues, again) = watch(&post, remind, now);
                postpone = again;
                for due in dues {
                    self.comes(&post, due, length, &mut commit, now).await?;
                }
            }
            commit.finish.push(Finish { postpone, ..finish.clone() });
            match self.committed(commit).await? {
                Outcome::Done => return Ok(()),
                Outcome::Known(_) | Outcome::Again => {}
            }
        }
        Err(Refusal::Busy)
    }

    /// What follows from what is due.
    async fn comes(
        &self,
        post: &Post,
        due: Due,
        length: u64,
        commit: &mut Commit,
        now: Timestamp,
    ) -> Result<(), ReadError> {
        let Some(window) = post.window() else { return Ok(()) };
        let language = self.settings().status_page.as_ref().map_or("en", |page| page.language.as_str());
        let said = Said::of(language);
        let (at, told, moved) = match due {
            Due::Remind(minutes) => (window.from, Told::Near(minutes), None),
            Due::AskOver => (window.to, Told::Over, None),
            Due::Begin => (window.from, Told::Moved(window.from), Some((PostStatus::InProgress, said.begun))),
            Due::Complete => (window.to, Told::Moved(window.to), Some((PostStatus::Completed, said.completed))),
        };
        // Who plans it is asked and told in any case; the channel has its own message, which changes with it.
        let everybody = self.settings().announce_channel.as_ref().map(|_| None).filter(|_| moved.is_none());
        let hearers = post.planned_by.as_ref().map(Some).into_iter().chain(everybody);
        let mut jobs: Vec<NewJob> = hearers.map(|to| tell(&post.id, to, told, at, now)).collect();
        let what = if let Some((status, words)) = moved {
            jobs.extend(self.card(&post.id, now));
            Some(Change::MaintenanceMoved {
                post: post.id.clone(),
                update: format!("{}/{}", post.id, length + 1),
                status,
                body: Text::new(words),
                notify: post.notify,
            })
        } else {
            let key = format!("{LANES}{}/{due:?}/{}", post.id, at.as_second());
            if self.knows(&key).await? {
                return Ok(());
            }
            let until = window.to.saturating_add(ASK_BEFORE).unwrap_or(Timestamp::MAX);
            commit.remember.push(Remember { key, until, answer: Json::of(&true) });
            self.reminder(post, due)
        };
        if let Some(what) = what {
            jobs.extend(self.subscribers_told(&what, length + 1, now).await?);
            let Commit { expect, append, .. } = posted(length, Actor::Timer { due: now.min(at) }, what, now);
            commit.expect.extend(expect);
            commit.append.extend(append);
        }
        commit.enqueue.extend(jobs);
        Ok(())
    }

    /// Subscribers are reminded once, by the last of the reminders.
    fn reminder(&self, post: &Post, due: Due) -> Option<Change> {
        let page = self.settings().status_page.as_ref()?;
        let Due::Remind(minutes) = due else { return None };
        let last = page.remind_min.iter().copied().filter(|m| *m > 0).min()?;
        let is_theirs = minutes == last && post.notify && page.subscribers.is_some();
        is_theirs.then(|| Change::MaintenanceNear { post: post.id.clone(), minutes, notify: true })
    }

    /// How maintenance stands, for what is told of it.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn maintenance(&self, id: &PostId) -> Result<Option<Post>, ReadError> {
        Ok(self.post(id).await?.filter(|post| post.window().is_some()))
    }
}

/// An id that says nothing of who planned it.
fn fresh(by: &UserId, length: u64, now: Timestamp) -> PostId {
    let digest = Sha256::digest(format!("maintenance/{by}/{length}/{}", now.as_nanosecond()));
    hex::encode(&digest[..8]).as_str().into()
}

/// A commit of one fact behind the `length` that there are.
fn posted(length: u64, by: Actor, what: Change, now: Timestamp) -> Commit {
    let fact = Posted { v: POSTED_VERSION, at: now, by, what };
    Commit {
        expect: vec![(stream(), length)],
        append: vec![Append::new(stream(), &fact)],
        at: Some(now),
        ..Commit::default()
    }
}
