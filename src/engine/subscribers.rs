//! Whoever subscribed to our own status page: a stream of its own, and the work that tells them.
//!
//! A post that subscribers are told of asks for one job in each row of them. Such a job says how far the row was told: the list itself is the
//! queue, so that ten thousand are queued with one commit, and whoever left meanwhile is told nothing any more. Who cannot be told in passing
//! gets a job in a lane of their own.

use std::collections::BTreeSet;

use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    ATTEMPTS, Engine, Refusal,
    kept::Outcome,
    projection::{Headcount, key},
    status,
};
use crate::{
    ids::StreamId,
    incident::Text,
    status::{
        ComponentId, Destination, Leaving, MOST_PENDING, Post, Posted, ROWS, SUBSCRIBED_VERSION, Subscribed,
        Subscriber, Subscription,
    },
    store::{Append, Commit, Finish, Job, Json, NewJob, OnPending, Queue, ReadError, Remember},
};

/// What the lanes of this work begin with.
const LANES: &str = "subscribers/";
/// The timer that forgets whoever did not confirm.
const EXPIRY: &str = "timer/subscribers";
/// How often a mail address is asked, whatever for and whoever asks it: once in this time,
const GAP: SignedDuration = SignedDuration::from_mins(5);
/// and so often a day.
const A_DAY: u32 = 3;
/// How many are forgotten in one commit.
const AT_ONCE: usize = 500;

/// The body of an outbox entry that tells subscribers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mailing {
    /// Version of this shape.
    pub v: u8,
    /// What.
    pub what: Whom,
}

/// Who is told what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Whom {
    /// A row, of a post.
    Row {
        /// The place of the fact in the stream of the page.
        fact: u64,
        /// Which row.
        row: u64,
        /// Everybody up to this number was told.
        after: u64,
    },
    /// One of them.
    One {
        /// Whom.
        subscriber: u64,
        /// What.
        word: Word,
    },
}

/// What one subscriber is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// What was posted by this fact.
    Post(u64),
    /// Somebody says that they want to be told: do they?
    Confirm,
    /// Somebody asked for what they have already: how to change it.
    Known,
    /// Their program does not answer.
    Stopped,
}

/// Is this the lane of such work, and not of an incident's?
pub fn is_of_subscribers(lane: &str) -> bool {
    lane.starts_with(LANES)
}

/// Is this the timer that forgets whoever did not confirm?
pub(super) fn is_timer(key: &str) -> bool {
    key == EXPIRY
}

fn stream() -> StreamId {
    StreamId::Org(key::SUBSCRIBERS.to_owned())
}

/// The lane of one subscriber.
fn lane_of(subscriber: u64) -> String {
    format!("{LANES}one/{subscriber}")
}

fn row_job(fact: u64, row: u64, after: u64, now: Timestamp) -> NewJob {
    let (key, queue) = (format!("{LANES}{fact}/{row}"), Queue::Lane(format!("{LANES}row/{row}")));
    let body = Json::of(&Mailing { v: 1, what: Whom::Row { fact, row, after } });
    // It keeps its place: what was posted later comes later.
    NewJob { key, queue, due: now, on_pending: OnPending::Replace, body }
}

/// Tells one of them, in a lane of their own.
fn one_job(subscriber: u64, word: Word, now: Timestamp) -> NewJob {
    let what = match word {
        Word::Post(fact) => format!("post/{fact}"),
        Word::Confirm => "confirm".to_owned(),
        Word::Known => "known".to_owned(),
        Word::Stopped => "stopped".to_owned(),
    };
    let (key, queue) = (format!("{LANES}one/{subscriber}/{what}"), Queue::Lane(lane_of(subscriber)));
    let body = Json::of(&Mailing { v: 1, what: Whom::One { subscriber, word } });
    NewJob { key, queue, due: now, on_pending: OnPending::Keep, body }
}

/// What tells all subscribers of the fact at this place in the stream of the page.
pub(super) fn all_rows(fact: u64, now: Timestamp) -> Vec<NewJob> {
    (0..ROWS).map(|row| row_job(fact, row, 0, now)).collect()
}

/// What somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asking {
    /// Their mail address; where a program is told, that of whoever answers for it.
    pub mail: String,
    /// The program.
    pub webhook: Option<String>,
    /// In which of the page's languages.
    pub language: &'static str,
    /// Of which components; empty: of all.
    pub components: BTreeSet<ComponentId>,
}

/// A post as subscribers are told of it.
#[derive(Clone, Debug)]
pub struct Posting {
    /// The post as it stands.
    pub post: Post,
    /// Which of its updates.
    pub update: String,
    /// When it was posted.
    pub at: Timestamp,
}

impl Engine {
    /// How many subscribers there are.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn subscribers_count(&self) -> Result<Headcount, ReadError> {
        self.folded(key::SUBSCRIBERS_COUNT).await
    }

    /// Somebody asks to be told. A mail asks its reader, and does so no more often than anybody may be written to who asked for nothing.
    /// Nothing tells whether the address is known.
    ///
    /// # Errors
    /// [`Refusal`]s of the store; [`Refusal::Busy`] where too many wait for a mail.
    pub async fn subscribe(&self, asking: &Asking) -> Result<(), Refusal> {
        for _ in 0..ATTEMPTS {
            let now = self.clock.now();
            let length = self.store.length(&stream()).await?;
            let to = destination(asking)?;
            let known = self.known_subscriber(&to).await?;
            let Some(remember) = self.may_be_written_to(&asking.mail, now).await? else { return Ok(()) };
            let mut commit = Commit { remember, at: Some(now), ..Commit::default() };
            if let Some(known) = known {
                let word = if known.confirmed_at.is_some() { Word::Known } else { Word::Confirm };
                commit.enqueue.push(one_job(known.number, word, now));
            } else {
                if self.subscribers_count().await?.pending >= MOST_PENDING {
                    return Err(Refusal::Busy);
                }
                let (token, components) = (Text::new(random(&BASE64_URL_SAFE_NO_PAD)?), asking.components.clone());
                let asked = Subscription::Asked { token, to, language: asking.language.to_owned(), components };
                append(&mut commit, length, &asked, now);
                commit.enqueue.push(one_job(length + 1, Word::Confirm, now));
                commit.enqueue.push(expiry(now.saturating_add(crate::status::CONFIRM_WITHIN).unwrap_or(now)));
            }
            match self.committed(commit).await? {
                Outcome::Done | Outcome::Known(_) => return Ok(()),
                Outcome::Again => {}
            }
        }
        Err(Refusal::Busy)
    }

    /// The keys that a commit remembers which writes to this address; none, where that was done enough.
    async fn may_be_written_to(&self, mail: &str, now: Timestamp) -> Result<Option<Vec<Remember>>, ReadError> {
        let of = format!("subscribe/{}", self.links.pseudonym(&mailbox(mail)));
        let gap = format!("{of}/now");
        if self.store.known(&gap, now).await?.is_some() {
            return Ok(None);
        }
        for n in 1..=A_DAY {
            let nth = format!("{of}/{n}");
            if self.store.known(&nth, now).await?.is_none() {
                let key = |key, time| Remember {
                    key,
                    until: now.saturating_add(time).unwrap_or(Timestamp::MAX),
                    answer: Json::of(&true),
                };
                return Ok(Some(vec![key(gap, GAP), key(nth, SignedDuration::from_hours(24))]));
            }
        }
        Ok(None)
    }

    async fn known_subscriber(&self, to: &Destination) -> Result<Option<Subscriber>, ReadError> {
        let Some(identity) = to.identity() else { return Ok(None) };
        self.subscriber_by("to", &identity).await
    }

    /// The subscription that this token stands for.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn subscription(&self, token: &str) -> Result<Option<Subscriber>, ReadError> {
        let now = self.clock.now();
        let found = self.subscriber_by("token", token).await?;
        Ok(found.filter(|it| it.expires_at().is_none_or(|until| now < until)))
    }

    async fn subscriber_by(&self, what: &str, value: &str) -> Result<Option<Subscriber>, ReadError> {
        let Some(number) = self.store.doc(&key::subscriber_by(what, value)).await? else { return Ok(None) };
        let number = std::str::from_utf8(&number).ok().and_then(|number| number.parse().ok());
        match number {
            Some(number) => self.subscriber(number).await,
            None => Ok(None),
        }
    }

    /// A subscriber by number.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn subscriber(&self, number: u64) -> Result<Option<Subscriber>, ReadError> {
        let Some(bytes) = self.store.doc(&key::subscriber(number)).await? else { return Ok(None) };
        parsed(&bytes).map(Some)
    }

    /// Up to `limit` subscribers of a row behind a number, in order.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn subscribers_of(&self, row: u64, after: u64, limit: usize) -> Result<Vec<Subscriber>, ReadError> {
        let prefix = key::subscribers(row);
        let after = format!("{prefix}{after:012}");
        let found = self.store.docs(&prefix, Some(&after), limit, false).await?;
        found.iter().map(|(_, bytes)| parsed(bytes)).collect()
    }

    /// They confirm it, of these components; confirmed already, they choose others. None where there is no such subscription.
    ///
    /// # Errors
    /// [`Refusal`]s of the store.
    pub async fn confirm_subscription(
        &self,
        token: &str,
        components: &BTreeSet<ComponentId>,
    ) -> Result<Option<Subscriber>, Refusal> {
        let decide = |it: &Subscriber| {
            let (subscriber, components) = (it.number, components.clone());
            match (it.confirmed_at.is_some() && it.stopped_at.is_none(), it.components == components) {
                (true, true) => None,
                (true, false) => Some(Subscription::Chosen { subscriber, components }),
                (false, _) => Some(Subscription::Confirmed { subscriber, components }),
            }
        };
        for _ in 0..ATTEMPTS {
            let Some(it) = self.subscription(token).await? else { return Ok(None) };
            if self.noted(&it, decide(&it), Vec::new()).await? {
                return Ok(self.subscription(token).await?);
            }
        }
        Err(Refusal::Busy)
    }

    /// They want to hear no more: nothing of them remains. False where there is no such subscription.
    ///
    /// # Errors
    /// [`Refusal`]s of the store.
    pub async fn unsubscribe(&self, token: &str) -> Result<bool, Refusal> {
        for _ in 0..ATTEMPTS {
            let Some(it) = self.subscription(token).await? else { return Ok(false) };
            let left = Subscription::Left { subscriber: it.number, why: Leaving::Unsubscribed };
            if self.noted(&it, Some(left), Vec::new()).await? {
                return Ok(true);
            }
        }
        Err(Refusal::Busy)
    }

    /// A program does not answer for long: it is told nothing any more, and whoever answers for it hears of that.
    ///
    /// # Errors
    /// [`Refusal`]s of the store.
    pub async fn stop_subscription(&self, it: &Subscriber, finish: Finish) -> Result<(), Refusal> {
        let stopped = Subscription::Stopped { subscriber: it.number };
        self.end_with(it, Some(stopped), finish, Some(Word::Stopped)).await
    }

    /// A program says that it is gone for good.
    ///
    /// # Errors
    /// [`Refusal`]s of the store.
    pub async fn forget_subscriber(&self, it: &Subscriber, finish: Finish) -> Result<(), Refusal> {
        let gone = Subscription::Left { subscriber: it.number, why: Leaving::Gone };
        self.end_with(it, Some(gone), finish, None).await
    }

    async fn end_with(
        &self,
        it: &Subscriber,
        what: Option<Subscription>,
        finish: Finish,
        then: Option<Word>,
    ) -> Result<(), Refusal> {
        for _ in 0..ATTEMPTS {
            let now = self.clock.now();
            let mut commit = Commit { finish: vec![finish.clone()], at: Some(now), ..Commit::default() };
            let length = self.store.length(&stream()).await?;
            if let Some(what) = &what {
                append(&mut commit, length, what, now);
            }
            commit.enqueue.extend(then.map(|word| one_job(it.number, word, now)));
            match self.committed(commit).await? {
                Outcome::Done | Outcome::Known(_) => return Ok(()),
                Outcome::Again => {}
            }
        }
        Err(Refusal::Busy)
    }

    /// Notes what happens to a subscription as it stood; false where the stream has moved on since.
    async fn noted(&self, it: &Subscriber, what: Option<Subscription>, enqueue: Vec<NewJob>) -> Result<bool, Refusal> {
        let Some(what) = what else { return Ok(true) };
        let now = self.clock.now();
        let length = self.store.length(&stream()).await?;
        // It may have changed since it was read.
        if self.subscriber(it.number).await?.as_ref() != Some(it) {
            return Ok(false);
        }
        let mut commit = Commit { enqueue, at: Some(now), ..Commit::default() };
        append(&mut commit, length, &what, now);
        match self.committed(commit).await? {
            Outcome::Done | Outcome::Known(_) => Ok(true),
            Outcome::Again => Ok(false),
        }
    }

    /// Forgets those who did not confirm in time, and looks again when the next one is due.
    pub(super) async fn ring_subscribers(&self, finish: Finish) -> Result<(), Refusal> {
        for _ in 0..ATTEMPTS {
            let now = self.clock.now();
            let length = self.store.length(&stream()).await?;
            let mut commit = Commit { at: Some(now), ..Commit::default() };
            let (mut gone, mut next): (u64, Option<Timestamp>) = (0, None);
            for (name, _) in self.store.docs(key::SUBSCRIBERS_PENDING, None, AT_ONCE, false).await? {
                let number = name.rsplit('/').next().and_then(|number| number.parse().ok()).unwrap_or_default();
                let Some(until) = self.subscriber(number).await?.and_then(|it| it.expires_at()) else { continue };
                if until > now {
                    next = Some(until);
                    break;
                }
                let left = Subscription::Left { subscriber: number, why: Leaving::Expired };
                append(&mut commit, length + gone, &left, now);
                gone += 1;
            }
            // Whoever asks meanwhile counts on this timer.
            commit.expect = vec![(stream(), length)];
            // Behind a whole commit there may be more that are due.
            let next = next.or((gone > 0).then_some(now));
            commit.finish = vec![Finish { postpone: next, ..finish.clone() }];
            match self.committed(commit).await? {
                Outcome::Done | Outcome::Known(_) => return Ok(()),
                Outcome::Again => {}
            }
        }
        Err(Refusal::Busy)
    }

    /// What was posted by this fact, as it stands now; none where nothing is left to be told.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn news_of(&self, fact: u64) -> Result<Option<Posting>, ReadError> {
        let stream = status::stream();
        let Some(event) = self.store.events(&stream, fact, 1).await?.pop().filter(|event| event.seq == fact) else {
            return Ok(None);
        };
        let posted = Posted::deserialize(&event.body);
        let posted = posted.map_err(|e| ReadError(format!("event {fact} of {stream} is of another release: {e}")))?;
        let Some(post) = self.post(posted.what.post()).await? else { return Ok(None) };
        let update = posted.what.update().to_owned();
        let is_there = post.updates.iter().any(|it| it.key == update && it.body.words().is_some());
        Ok(is_there.then_some(Posting { post, update, at: posted.at }))
    }

    /// Does anything wait for this subscriber? What comes later stands behind it.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub async fn waits_for(&self, subscriber: u64) -> Result<bool, ReadError> {
        Ok(!self.store.lane(&lane_of(subscriber), 1).await?.is_empty())
    }

    /// A row was told up to this number; these could not be told in passing, and are told by themselves.
    ///
    /// # Errors
    /// [`Refusal`]s of the store.
    pub async fn told_up_to(&self, fact: u64, row: u64, after: u64, apart: &[u64]) -> Result<(), Refusal> {
        let now = self.clock.now();
        let one = apart.iter().map(|subscriber| one_job(*subscriber, Word::Post(fact), now));
        let enqueue = one.chain([row_job(fact, row, after, now)]).collect();
        Ok(self.store.commit(Commit { enqueue, at: Some(now), ..Commit::default() }).await?)
    }
}

/// Of a job's body.
///
/// # Errors
/// Where another release wrote it.
pub fn mailing(job: &Job) -> Result<Whom, ReadError> {
    let read = job.body.read::<Mailing>().map(|mailing| mailing.what);
    read.map_err(|e| ReadError(format!("job `{}` was written by another release: {e}", job.key)))
}

fn destination(asking: &Asking) -> Result<Destination, Refusal> {
    let mail = Text::new(asking.mail.clone());
    Ok(match &asking.webhook {
        None => Destination::Mail { address: mail },
        Some(url) => Destination::Webhook {
            url: Text::new(url.clone()),
            secret: Text::new(format!("whsec_{}", random(&BASE64_STANDARD)?)),
            owner: mail,
        },
    })
}

/// Who reads what is sent to an address, as far as that can be told: `a+b@example.com` is `a@example.com`.
fn mailbox(mail: &str) -> String {
    let mail = mail.to_lowercase();
    let (local, domain) = mail.rsplit_once('@').unwrap_or((&mail, ""));
    format!("{}@{domain}", local.split('+').next().unwrap_or_default())
}

/// What nobody can guess: of 24 bytes.
fn random(as_text: &impl base64::Engine) -> Result<String, Refusal> {
    let mut bytes = [0; 24];
    getrandom::fill(&mut bytes).map_err(|error| Refusal::Closed(format!("no random numbers: {error}")))?;
    Ok(as_text.encode(bytes))
}

/// Puts one more fact behind the `length` that there are. Of whoever leaves the words are erased.
fn append(commit: &mut Commit, length: u64, what: &Subscription, at: Timestamp) {
    commit.expect.push((stream(), length));
    if let Subscription::Left { subscriber, .. } = what {
        commit.erase.push((stream(), *subscriber));
    }
    let fact = Subscribed { v: SUBSCRIBED_VERSION, at, what: what.clone() };
    commit.append.push(Append::new(stream(), &fact));
}

fn expiry(due: Timestamp) -> NewJob {
    NewJob { key: EXPIRY.to_owned(), queue: Queue::Timer, due, on_pending: OnPending::Keep, body: Json::of(&1) }
}

fn parsed(bytes: &[u8]) -> Result<Subscriber, ReadError> {
    serde_json::from_slice(bytes).map_err(|e| ReadError(format!("a subscriber is of another release: {e}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::row;

    #[test]
    fn one_mailbox_has_many_addresses() {
        assert_eq!(mailbox("Ada.Byron+news@Example.COM"), "ada.byron@example.com");
        assert_eq!(mailbox("\"a@b\"@example.com"), "\"a@b\"@example.com");
        assert_eq!(mailbox("nonsense"), "nonsense@");
    }

    #[test]
    fn a_row_keeps_its_place() {
        let (first, later) = (row_job(7, 3, 0, Timestamp::UNIX_EPOCH), row_job(7, 3, 80, Timestamp::UNIX_EPOCH));
        assert_eq!((first.key, first.on_pending), (later.key, OnPending::Replace));
        assert_eq!(all_rows(7, Timestamp::UNIX_EPOCH).len() as u64, ROWS);
        assert!(is_of_subscribers(&lane_of(7)) && row(11) == 3);
    }
}
