//! Events that are kept without being incidents, and what becomes of them.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{ATTEMPTS, Ask, Engine, Part, REMEMBERED, Refusal, projection::key};
use crate::{
    ids::{StreamId, UserId},
    incident::{
        Actor, Command, Rejection, What,
        intake::{Happening, Kept, NOTED_VERSION, No, Noted},
    },
    store::{Append, Commit, CommitError, ReadError, Remember},
};

/// The stream of kept events.
pub(super) fn stream() -> StreamId {
    StreamId::Org(key::EVENTS.to_owned())
}

impl Engine {
    /// Keeps an event, once for each `key`; returns its number.
    ///
    /// # Errors
    /// [`Refusal`]s of the store.
    pub async fn keep(&self, request: String, by: &UserId, event: Happening) -> Result<u64, Refusal> {
        let by = Actor::Person(by.clone());
        for _ in 0..ATTEMPTS {
            let now = self.clock.now();
            let length = self.store.length(&stream()).await?;
            let number = length + 1;
            let mut commit = noted(length, by.clone(), event.clone(), now);
            let until = now.saturating_add(REMEMBERED).unwrap_or(Timestamp::MAX);
            commit.remember.push(Remember { key: request.clone(), until, answer: json!({ "event": number }).into() });
            match self.committed(commit).await? {
                Outcome::Done => return Ok(number),
                Outcome::Known(answer) => return answer["event"].as_u64().ok_or(Refusal::Busy),
                Outcome::Again => {}
            }
        }
        Err(Refusal::Busy)
    }

    /// Removes the words of an event for good.
    ///
    /// # Errors
    /// Where there is no such event, or it is an incident.
    pub async fn forget(&self, number: u64, by: &UserId) -> Result<(), Refusal> {
        for _ in 0..ATTEMPTS {
            let length = self.store.length(&stream()).await?;
            self.waiting(number).await?;
            let by = Actor::Person(by.clone());
            let mut commit = noted(length, by, Happening::EventForgotten { event: number }, self.clock.now());
            commit.erase.push((stream(), number));
            match self.committed(commit).await? {
                Outcome::Done | Outcome::Known(_) => return Ok(()),
                Outcome::Again => {}
            }
        }
        Err(Refusal::Busy)
    }

    /// An event that can be promoted.
    ///
    /// # Errors
    /// Where there is none with that number, or it is an incident already.
    pub async fn waiting(&self, number: u64) -> Result<Kept, Refusal> {
        let refused = |no| Refusal::Rejected { why: Rejection::Intake(no), incident: None };
        match self.kept_event(number).await? {
            Some(Kept { promoted: Some(into), .. }) => Err(refused(No::Promoted { event: number, into })),
            Some(kept) if kept.is_waiting() => Ok(kept),
            Some(_) | None => Err(refused(No::NoSuchEvent(number))),
        }
    }

    async fn kept_event(&self, number: u64) -> Result<Option<Kept>, ReadError> {
        let Some(bytes) = self.store.doc(&key::kept(number)).await? else { return Ok(None) };
        let kept = serde_json::from_slice(&bytes);
        kept.map(Some).map_err(|e| ReadError(format!("event {number} is of another release: {e}")))
    }

    /// Events that nobody has promoted, latest first.
    pub async fn kept(&self, limit: usize) -> Result<Vec<Kept>, ReadError> {
        let keys = self.store.docs(key::KEPT_WAITING, None, limit, true).await?;
        let mut events = Vec::new();
        for number in keys.iter().filter_map(|(k, _)| k.rsplit('/').next()?.parse().ok()) {
            events.extend(self.kept_event(number).await?);
        }
        Ok(events)
    }

    /// What a command does to kept events belongs into the same commit: one is promoted, or its words are redacted.
    pub(super) async fn with_kept(&self, commit: &mut Commit, ask: &Ask, part: &Part) -> Result<(), Refusal> {
        let promoted = match &ask.command {
            Command::Declare(d) => d.event,
            _ => None,
        };
        let erased = part.events.iter().any(|(_, e)| matches!(e.what, What::Redacted { entry: 1, .. }));
        let erased = part.before.as_ref().filter(|_| erased).and_then(|before| before.intake.event);
        let Some(event) = promoted.or(erased) else { return Ok(()) };
        let length = self.store.length(&stream()).await?;
        if promoted.is_some() {
            self.waiting(event).await?;
        }
        // Words of what only few may know of do not stay where everybody can read them.
        let happening = if promoted.is_some() && !part.after.is_secret() {
            Happening::EventPromoted { event, into: part.id }
        } else {
            commit.erase.push((stream(), event));
            Happening::EventForgotten { event }
        };
        let at = commit.at.unwrap_or_else(|| self.clock.now());
        let also = noted(length, ask.by.clone(), happening, at);
        commit.expect.extend(also.expect);
        commit.append.extend(also.append);
        Ok(())
    }

    pub(super) async fn committed(&self, commit: Commit) -> Result<Outcome, Refusal> {
        match self.store.commit(commit).await {
            Ok(()) => Ok(Outcome::Done),
            Err(CommitError::Known { answer, .. }) => Ok(Outcome::Known(answer.value())),
            Err(CommitError::Conflict { .. }) => Ok(Outcome::Again),
            Err(e @ (CommitError::Full | CommitError::Away(_) | CommitError::Fenced | CommitError::Closed(_))) => {
                Err(e.into())
            }
        }
    }
}

/// What puts one more fact behind the `length` that there are.
fn noted(length: u64, by: Actor, what: Happening, at: Timestamp) -> Commit {
    let body = Noted { v: NOTED_VERSION, at, by, what };
    Commit {
        expect: vec![(stream(), length)],
        append: vec![Append::new(stream(), &body)],
        at: Some(at),
        ..Commit::default()
    }
}

/// What became of a commit.
pub(super) enum Outcome {
    Done,
    Known(Value),
    Again,
}
