//! What a commit means, the same for every store in this process: what refuses it, what facts it becomes, and what those
//! facts change. Live commits and a rebuild from the journal both end in [`apply`].

use std::{cell::RefCell, collections::BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Commit, CommitError, Finish, Foreseen, Job, Json, OnPending, Projector, Puts, Queue, ReadError, Recorded, Remember,
    chain::{Hash, Head},
    keys,
    kv::{Kv, Overlay},
    place::{Indexed, Place},
    text::{self, Sealed},
};
use crate::ids::StreamId;

/// A commit made ready by its caller, so that the one committer has little left to do.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub commit: Commit,
    /// One for each of `commit.append`.
    pub sealed: Vec<Sealed>,
}

impl Request {
    pub fn prepare(commit: Commit) -> Result<Self, CommitError> {
        let sealed = commit.append.iter().map(|append| text::seal(append.body.as_str())).collect::<Result<_, _>>();
        let sealed = sealed.map_err(|error| CommitError::Closed(format!("no random numbers: {error}")))?;
        Ok(Self { commit, sealed })
    }

    /// About how many bytes it will take in the journal.
    pub fn size(&self) -> usize {
        self.sealed.iter().map(|sealed| sealed.body.len() + sealed.texts.as_ref().map_or(0, String::len) + 256).sum()
    }
}

/// What counts on from commit to commit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Counters {
    /// Commits so far.
    pub commits: u64,
    /// The highest job id so far.
    pub jobs: u64,
    /// When the last commit was.
    pub at: Timestamp,
}

/// A commit that was accepted: what the journal holds, and all that a rebuild needs.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    pub number: u64,
    pub at: Timestamp,
    pub events: Vec<Fact>,
    pub erase: Vec<(StreamId, u64)>,
    pub done: Vec<Finish>,
    pub jobs: Vec<Job>,
    pub keys: Vec<Remember>,
}

/// An event of an accepted commit.
#[derive(Debug, Clone)]
pub(super) struct Fact {
    /// Without its body where that is foreseen.
    pub recorded: Recorded,
    pub foreseen: Option<Foreseen>,
    pub sealed: Sealed,
    pub hash: Hash,
    /// Known once it is written.
    pub place: Place,
}

/// What follows outside the key-value side.
#[derive(Debug, Default)]
pub(super) struct Effects {
    /// Texts to be blanked in the journal.
    pub erased: Vec<Place>,
    /// Lanes with new or changed jobs.
    pub lanes: BTreeSet<String>,
    /// A timer was set.
    pub timers: bool,
}

/// Checks what a commit expects and turns it into facts. A remembered key comes first: whoever says the same thing again
/// gets the first answer, although the streams have moved on since.
pub(super) fn decide<B: Kv>(
    state: &Overlay<'_, B>,
    counters: &mut Counters,
    request: Request,
) -> Result<Facts, Refusal> {
    let Request { mut commit, sealed } = request;
    let at = commit.at.unwrap_or(counters.at);
    for remember in &commit.remember {
        if let Some((until, answer)) = remembered(state.get(&keys::remembered(&remember.key))?.as_deref())?
            && until >= at
        {
            return Err(CommitError::Known { key: remember.key.clone(), answer }.into());
        }
    }
    for (stream, expected) in &commit.expect {
        let actual = head(state, &stream.to_string())?.length;
        if actual != *expected {
            return Err(CommitError::Conflict { stream: stream.clone(), actual }.into());
        }
    }
    let mut heads: Vec<(StreamId, Head)> = Vec::new();
    let mut events = Vec::with_capacity(sealed.len());
    for (append, sealed) in std::mem::take(&mut commit.append).into_iter().zip(sealed) {
        let name = append.stream.to_string();
        let known = heads.iter().position(|(stream, _)| *stream == append.stream);
        let before = match known {
            Some(known) => heads[known].1,
            None => head(state, &name)?,
        };
        let next = before.next(&name, at, &sealed.body);
        match known {
            Some(known) => heads[known].1 = next,
            None => heads.push((append.stream.clone(), next)),
        }
        let super::Append { stream, body, foreseen } = append;
        // What is foreseen is not read.
        let body = if foreseen.is_some() { Value::Null } else { body.value() };
        let recorded = Recorded { stream, seq: next.length, at, body };
        events.push(Fact { recorded, foreseen, sealed, hash: next.hash, place: Place::default() });
    }
    let jobs = new_jobs(state, counters, std::mem::take(&mut commit.enqueue), &commit.finish)?;
    counters.commits += 1;
    counters.at = at;
    let Commit { erase, finish: done, remember: keys, .. } = commit;
    Ok(Facts { number: counters.commits, at, events, erase, done, jobs, keys })
}

/// Why there are no facts: an answer to whoever asked, or a store that cannot be read.
#[derive(Debug)]
pub(super) enum Refusal {
    Answer(CommitError),
    Unreadable(ReadError),
}

impl From<CommitError> for Refusal {
    fn from(error: CommitError) -> Self {
        Self::Answer(error)
    }
}

impl From<ReadError> for Refusal {
    fn from(error: ReadError) -> Self {
        Self::Unreadable(error)
    }
}

/// Gives ids to the jobs that are really new. What a commit finishes is finished before what it asks for is looked at.
fn new_jobs<B: Kv>(
    state: &Overlay<'_, B>,
    counters: &mut Counters,
    wanted: Vec<super::NewJob>,
    done: &[Finish],
) -> Result<Vec<Job>, ReadError> {
    let mut jobs: Vec<Job> = Vec::with_capacity(wanted.len());
    let mut next = counters.jobs;
    for job in wanted {
        if job.on_pending == OnPending::New {
            state.absent(keys::job(&job.key));
        }
        if job.on_pending == OnPending::Keep
            && (jobs.iter().any(|earlier| earlier.key == job.key) || stays(state, &job.key, done)?)
        {
            continue;
        }
        next += 1;
        jobs.push(Job { id: next, key: job.key, queue: job.queue, due: job.due, body: job.body });
    }
    counters.jobs = next;
    Ok(jobs)
}

/// Is there a pending job of this key that `done` does not end?
fn stays<B: Kv>(state: &Overlay<'_, B>, key: &str, done: &[Finish]) -> Result<bool, ReadError> {
    let mut ends = done.iter().filter(|done| done.key == key && done.postpone.is_none()).map(|done| done.id).peekable();
    if ends.peek().is_none() {
        return Ok(state.get(&keys::job(key))?.is_some());
    }
    Ok(pending(state, key)?.is_some_and(|pending| !ends.any(|id| id == pending.id)))
}

/// Changes the key-value side as `facts` say.
pub(super) fn apply<B: Kv>(
    state: &mut Overlay<'_, B>,
    facts: &Facts,
    projector: &dyn Projector,
    effects: &mut Effects,
) -> Result<(), ReadError> {
    for fact in &facts.events {
        let Recorded { stream, seq, at, .. } = &fact.recorded;
        state.put(keys::head(&stream.to_string()), Head { length: *seq, hash: fact.hash }.encode());
        state.put(keys::event(stream, *seq), Indexed { place: fact.place, at: *at, erased: false }.encode());
        project(state, fact, projector)?;
    }
    for (stream, seq) in &facts.erase {
        let key = keys::event(stream, *seq);
        if let Some(entry) = state.get(&key)? {
            let entry = Indexed::decode(&entry).ok_or_else(|| spoilt("an event's place"))?;
            if entry.place.texts_len > 0 {
                effects.erased.push(entry.place);
                state.put(key, Indexed { erased: true, ..entry }.encode());
            }
        }
    }
    facts.done.iter().try_for_each(|done| finish(state, done, effects))?;
    facts.jobs.iter().try_for_each(|job| enqueue(state, job, effects))?;
    facts.keys.iter().try_for_each(|key| remember(state, key))
}

fn project<B: Kv>(state: &mut Overlay<'_, B>, fact: &Fact, projector: &dyn Projector) -> Result<(), ReadError> {
    let Recorded { stream, seq, .. } = &fact.recorded;
    let foreseen = fact.foreseen.as_ref().and_then(|foreseen| projector.foreseen(stream, *seq, foreseen));
    let puts = match foreseen {
        Some(puts) => puts,
        None => projected(state, &fact.recorded, projector)?,
    };
    for (key, value) in puts {
        match value {
            Some(value) => state.put(keys::doc(&key), value),
            None => state.remove(keys::doc(&key)),
        }
    }
    Ok(())
}

fn projected<B: Kv>(state: &Overlay<'_, B>, event: &Recorded, projector: &dyn Projector) -> Result<Puts, ReadError> {
    let failed = RefCell::new(None);
    let puts = projector.project(event, &|key| match state.get(&keys::doc(key)) {
        Ok(value) => value,
        Err(error) => {
            failed.replace(Some(error));
            None
        }
    });
    match failed.into_inner() {
        Some(error) => Err(error),
        None => Ok(puts),
    }
}

/// A pending job as it stands in its lane or among the timers.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    id: u64,
    /// The id of the first job of this key in its queue: a replacement keeps the place.
    place: u64,
    key: String,
    queue: Queue,
    due: Timestamp,
    body: Json,
}

impl Entry {
    fn at(&self) -> Vec<u8> {
        match &self.queue {
            Queue::Lane(lane) => keys::in_lane(lane, self.place),
            Queue::Timer => keys::timer(self.due, self.place),
        }
    }

    /// Puts it where it belongs; `old` is where it stood until now.
    fn put<B: Kv>(
        self,
        old: Option<Vec<u8>>,
        state: &mut Overlay<'_, B>,
        effects: &mut Effects,
    ) -> Result<(), ReadError> {
        let at = self.at();
        let bytes = serde_json::to_vec(&self).map_err(|error| ReadError(error.to_string()))?;
        match self.queue {
            Queue::Lane(lane) => drop(effects.lanes.insert(lane)),
            Queue::Timer => effects.timers = true,
        }
        if old.as_ref() != Some(&at) {
            if let Some(old) = old {
                state.remove(old);
            }
            state.put(keys::job(&self.key), at.clone());
        }
        state.put(at, bytes);
        Ok(())
    }
}

/// The job in an entry of a lane or of the timers.
pub(super) fn job_of(bytes: &[u8]) -> Result<Job, ReadError> {
    let Entry { id, key, queue, due, body, .. } = serde_json::from_slice(bytes).map_err(|_| spoilt("a job"))?;
    Ok(Job { id, key, queue, due, body })
}

fn pending<B: Kv>(state: &Overlay<'_, B>, key: &str) -> Result<Option<Entry>, ReadError> {
    let Some(at) = state.get(&keys::job(key))? else { return Ok(None) };
    let bytes = state.get(&at)?.ok_or_else(|| spoilt("a job's place"))?;
    serde_json::from_slice(&bytes).map(Some).map_err(|_| spoilt("a job"))
}

fn enqueue<B: Kv>(state: &mut Overlay<'_, B>, job: &Job, effects: &mut Effects) -> Result<(), ReadError> {
    let mut place = job.id;
    let old = state.get(&keys::job(&job.key))?;
    if let Some(old) = &old {
        let queue = match &job.queue {
            Queue::Lane(lane) => keys::lane(lane),
            Queue::Timer => keys::TIMERS.to_vec(),
        };
        if old.starts_with(&queue) {
            place = keys::place_of(old).ok_or_else(|| spoilt("a job's place"))?;
        }
    }
    let Job { id, key, queue, due, body } = job.clone();
    Entry { id, place, key, queue, due, body }.put(old, state, effects)
}

fn finish<B: Kv>(state: &mut Overlay<'_, B>, done: &Finish, effects: &mut Effects) -> Result<(), ReadError> {
    if let Some(receipt) = &done.receipt {
        state.put(keys::receipt(&done.key), receipt.to_string().into_bytes());
    }
    let Some(mut entry) = pending(state, &done.key)?.filter(|entry| entry.id == done.id) else { return Ok(()) };
    let old = entry.at();
    let Some(due) = done.postpone else {
        state.remove(old);
        state.remove(keys::job(&done.key));
        return Ok(());
    };
    entry.due = due;
    entry.put(Some(old), state, effects)
}

fn remember<B: Kv>(state: &mut Overlay<'_, B>, key: &Remember) -> Result<(), ReadError> {
    let at = keys::remembered(&key.key);
    if let Some((until, _)) = remembered(state.get(&at)?.as_deref())? {
        state.remove(keys::expiry(until, &key.key));
    }
    let mut value = keys::instant(key.until).to_vec();
    value.extend_from_slice(key.answer.as_str().as_bytes());
    state.put(at, value);
    state.put(keys::expiry(key.until, &key.key), Vec::new());
    Ok(())
}

/// Until when a key is remembered, and its answer.
pub(super) fn remembered(value: Option<&[u8]>) -> Result<Option<(Timestamp, Json)>, ReadError> {
    let Some(value) = value else { return Ok(None) };
    let read = || Some((keys::at(value)?, serde_json::from_slice(value.get(12..)?).ok()?));
    read().map(Some).ok_or_else(|| spoilt("a remembered key"))
}

/// Removes up to `limit` keys that ran out before the last commit: always more than were added, so that they never pile
/// up, and never so many that a commit waits for them.
pub(super) fn sweep<B: Kv>(state: &mut Overlay<'_, B>, now: Timestamp, limit: usize) -> Result<(), ReadError> {
    let run_out = state.base().range(keys::EXPIRIES, Some(&keys::expired_before(now)), limit, false)?;
    for (expiry, _) in run_out {
        if let Some(key) = keys::expiring(&expiry) {
            let at = keys::remembered(key);
            // It may have been said again since, and be remembered for longer.
            if remembered(state.get(&at)?.as_deref())?.is_some_and(|(until, _)| until < now) {
                state.remove(at);
            }
        }
        state.remove(expiry);
    }
    Ok(())
}

/// How long a stream is, and its last hash.
pub(super) fn head<B: Kv>(state: &Overlay<'_, B>, stream: &str) -> Result<Head, ReadError> {
    let Some(bytes) = state.get(&keys::head(stream))? else { return Ok(Head::default()) };
    Head::decode(&bytes).ok_or_else(|| spoilt("a stream's head"))
}

/// The database gave back bytes that were never put there.
pub(super) fn spoilt(what: &str) -> ReadError {
    ReadError(format!("{what} in the database is damaged; a restart rebuilds the database from the journal"))
}
