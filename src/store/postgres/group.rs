//! One group of commits, in one transaction.
//!
//! Two round trips where all goes as foreseen: one that waits for the lock and fetches what the group will ask for, one that
//! writes and commits. All processes write one after the other, so that what is read is what holds, on every engine that
//! speaks PostgreSQL's protocol.

use futures_util::FutureExt as _;
use jiff::Timestamp;
use tokio_postgres::{Client, Error, Row};

use super::{
    Shared,
    error::Fault,
    fetched::{Fetched, Wanted},
    statements::Writes,
};
use crate::store::{
    CommitError, keys,
    kv::Overlay,
    ledger::{self, Counters, Effects, Facts, Refusal, Request},
};

/// The layout of entries that this release reads and writes.
pub(super) const LAYOUT: i64 = 1;

pub(super) type Said = Result<(), CommitError>;

/// What became of a group.
#[derive(Debug)]
pub(super) struct Made {
    /// Of each of its commits.
    pub said: Vec<Said>,
    pub effects: Effects,
    /// How many commits there are in all.
    pub upto: u64,
}

/// A group that was sent, and of which nobody knows yet whether it was made.
#[derive(Debug)]
pub(super) struct Doubt {
    number: i64,
    made: Made,
}

/// A connection for writing.
pub(super) struct Pen<'a> {
    pub shared: &'a Shared,
    pub client: &'a Client,
    pub writes: &'a Writes,
}

/// What holds at the beginning of a group.
struct Standing {
    counters: Counters,
    /// How many groups this process has made.
    groups: i64,
    /// Another process carries out jobs.
    fenced: bool,
    fetched: Fetched,
}

/// Everything that a group changes.
#[derive(Default)]
struct Changes {
    facts: Vec<Facts>,
    deletes: Vec<Vec<u8>>,
    keys: Vec<Vec<u8>>,
    values: Vec<Vec<u8>>,
}

impl Pen<'_> {
    /// Makes a group, or finds that it was made: `doubt` says what was sent before on a connection that was lost.
    ///
    /// After an error the transaction is still open.
    pub async fn attempt(&self, requests: &[Request], doubt: &mut Option<Doubt>) -> Result<Made, Fault> {
        let Standing { counters, groups, fenced, mut fetched } = self.begin(requests).await?;
        if doubt.as_ref().is_some_and(|before| before.number <= groups) {
            // The doubt is kept until this is through: without it the group would be made once more.
            self.client.batch_execute("ROLLBACK").await?;
            if let Some(before) = doubt.take() {
                return Ok(before.made);
            }
        }
        *doubt = None;
        let (made, counters, changes) = loop {
            let decided = decide(&fetched, counters, requests, fenced, self.shared)?;
            match fetched.take_missing() {
                Some(missing) => self.fetch(&mut fetched, missing).await?,
                None => break decided,
            }
        };
        if changes.facts.is_empty() {
            self.client.batch_execute("ROLLBACK").await?;
            return Ok(made);
        }
        // Before anybody can read it: what this process made is no news to it.
        self.shared.upto(made.upto);
        let number = groups + 1;
        let pending = doubt.insert(Doubt { number, made });
        self.write(&changes, &counters, number).await?;
        let made = std::mem::replace(&mut pending.made, Made { said: vec![], effects: Effects::default(), upto: 0 });
        *doubt = None;
        Ok(made)
    }

    /// Waits for our turn and fetches what will be asked for.
    async fn begin(&self, requests: &[Request]) -> Result<Standing, Fault> {
        let wanted = Wanted::of(requests.iter());
        let latest = requests.iter().filter_map(|request| request.commit.at).max().unwrap_or(Timestamp::MIN);
        let end = keys::expired_before(latest);
        let remembered: usize = requests.iter().map(|request| request.commit.remember.len()).sum();
        let sweep = limit(2 * remembered + 2);
        let held = self.shared.held();
        let finishes = requests.iter().any(finishes);
        let Writes { lock, made, fence, fetch, expired, .. } = self.writes;
        let (begun, state, made, fence, rows, expired) = tokio::join!(
            biased;
            self.client.batch_execute("BEGIN ISOLATION LEVEL READ COMMITTED"),
            self.client.query_one(lock, &[]),
            async { self.client.query_opt(made, &[&self.shared.id]).await },
            async { if held.is_some() && finishes { self.client.query_opt(fence, &[]).await } else { Ok(None) } },
            async { self.client.query(fetch, &[&wanted.keys, &wanted.jobs]).await },
            async { self.client.query(expired, &[&keys::EXPIRIES, &end, &sweep]).await },
        );
        begun?;
        let state = state?;
        self.shared.may_write(&state)?;
        let groups = made?.map_or(0, |row| row.get(0));
        let holder = fence?.map(|row| (row.get::<_, Vec<u8>>(0), row.get::<_, i64>(1)));
        let fenced = held.is_some_and(|held| holder.is_some_and(|now| now != (self.shared.id.clone(), held)));
        let mut fetched = Fetched::default();
        fetched.add(wanted, &rows?);
        fetched.add_expired(&expired?);
        Ok(Standing { counters: counters_of(&state)?, groups, fenced, fetched })
    }

    async fn fetch(&self, fetched: &mut Fetched, missing: Wanted) -> Result<(), Fault> {
        let rows = self.client.query(&self.writes.fetch, &[&missing.keys, &missing.jobs]).await?;
        fetched.add(missing, &rows);
        Ok(())
    }

    async fn write(&self, changes: &Changes, counters: &Counters, number: i64) -> Result<(), Fault> {
        let events = Events::of(&changes.facts);
        let erase = changes.facts.iter().flat_map(|facts| &facts.erase);
        let (streams, seqs): (Vec<Vec<u8>>, Vec<i64>) =
            erase.map(|(stream, seq)| (stream.to_string().into_bytes(), count(*seq))).unzip();
        let (commits, jobs, at) = (count(counters.commits), count(counters.jobs), counters.at.to_string());
        let client = self.client;
        let Writes { erase, delete, put, count: counted, mark, .. } = self.writes;
        let (told, erased, deleted, put, counted, marked, committed) = tokio::join!(
            biased;
            events.insert(client, self.writes),
            async { if seqs.is_empty() { Ok(0) } else { client.execute(erase, &[&streams, &seqs]).await } },
            async { if changes.deletes.is_empty() { Ok(0) } else { client.execute(delete, &[&changes.deletes]).await } },
            async { if changes.keys.is_empty() { Ok(0) } else { client.execute(put, &[&changes.keys, &changes.values]).await } },
            async { client.execute(counted, &[&commits, &jobs, &at]).await },
            async { client.execute(mark, &[&self.shared.id, &number]).await },
            client.batch_execute("COMMIT"),
        );
        // The first that failed says why; after it the server refuses the others, and rolls back.
        for done in [told, erased, deleted, put, counted, marked] {
            done?;
        }
        Ok(committed?)
    }

    /// Hints to other processes, without waiting for it.
    pub fn notify(&self, effects: &Effects) {
        let nothing = effects.lanes.is_empty() && !effects.timers;
        let (Some(notify), false) = (&self.writes.notify, nothing) else { return };
        let hint = self.shared.hint(effects);
        // Asked once it is on its way; the answer is nobody's business.
        drop(self.client.execute(notify, &[&self.shared.channel, &hint]).now_or_never());
    }

    /// Makes the documents anew from the events, and takes over the database for this release's. Within a transaction.
    pub async fn rebuild(&self) -> Result<(), Fault> {
        let docs = [keys::DOCS.to_vec(), keys::after_all(keys::DOCS).unwrap_or_default()];
        self.client.execute("DELETE FROM watchroom_entry WHERE key >= $1 AND key < $2", &[&docs[0], &docs[1]]).await?;
        let (mut commit, mut nth) = (0_i64, -1_i64);
        loop {
            let rows = self.client.query(CHUNK, &[&commit, &nth]).await?;
            let Some(last) = rows.last() else { break };
            (commit, nth) = (last.get(0), last.get(1));
            let facts: Vec<Facts> = rows.iter().map(super::record::facts_of).collect::<Result<_, _>>()?;
            self.project(&facts).await?;
        }
        match self.shared.projector.objection() {
            Some(why) => Err(Fault::Over(why)),
            None => Ok(()),
        }
    }

    /// Applies events that are in the table already.
    async fn project(&self, facts: &[Facts]) -> Result<(), Fault> {
        let mut fetched = Fetched::default();
        let changes = loop {
            let mut state = Overlay::over(&fetched);
            for facts in facts {
                let applied = ledger::apply(&mut state, facts, self.shared.projector.as_ref(), &mut Effects::default());
                applied.or_else(|error| if fetched.lacks() { Ok(()) } else { Err(Fault::Over(error.0)) })?;
            }
            let changes = Changes::of(Vec::new(), state);
            match fetched.take_missing() {
                Some(missing) => self.fetch(&mut fetched, missing).await?,
                None => break changes,
            }
        };
        self.client.execute(&self.writes.delete, &[&changes.deletes]).await?;
        self.client.execute(&self.writes.put, &[&changes.keys, &changes.values]).await?;
        Ok(())
    }
}

/// Events in the order in which they were told.
pub(super) const CHUNK: &str = "SELECT commit_number, nth, stream, seq, at, hash, body, texts, erased FROM watchroom_event \
     WHERE (commit_number, nth) > ($1, $2) ORDER BY commit_number, nth LIMIT 512";

/// Decides a group upon what was fetched. While something is missing it is of no use but to find out what.
fn decide(
    fetched: &Fetched,
    mut counters: Counters,
    requests: &[Request],
    fenced: bool,
    shared: &Shared,
) -> Result<(Made, Counters, Changes), Fault> {
    let mut state = Overlay::over(fetched);
    let mut made = Made { said: Vec::with_capacity(requests.len()), effects: Effects::default(), upto: 0 };
    let (mut all, mut keys) = (Vec::new(), 0);
    let unread = |error: crate::store::ReadError| if fetched.lacks() { Ok(()) } else { Err(Fault::Over(error.0)) };
    for request in requests {
        if fenced && finishes(request) {
            made.said.push(Err(CommitError::Fenced));
            continue;
        }
        let mut next = counters;
        match ledger::decide(&state, &mut next, request.clone()) {
            Err(Refusal::Answer(error)) => made.said.push(Err(error)),
            Err(Refusal::Unreadable(error)) => unread(error)?,
            Ok(mut facts) => {
                for fact in &mut facts.events {
                    // Whether there is a text to erase is read from the place.
                    fact.place.texts_len = fact.sealed.texts.as_ref().map_or(0, |texts| texts.len() as u64);
                }
                let applied = ledger::apply(&mut state, &facts, shared.projector.as_ref(), &mut made.effects);
                applied.or_else(unread)?;
                counters = next;
                keys += facts.keys.len();
                all.push(facts);
                made.said.push(Ok(()));
            }
        }
    }
    if !all.is_empty() {
        ledger::sweep(&mut state, counters.at, 2 * keys + 2).or_else(unread)?;
    }
    made.upto = counters.commits;
    Ok((made, counters, Changes::of(all, state)))
}

impl Changes {
    fn of(facts: Vec<Facts>, state: Overlay<'_, Fetched>) -> Self {
        let mut changes = Self { facts, ..Self::default() };
        for (key, value) in state.into_changes() {
            match value {
                _ if key.starts_with(keys::EVENTS) => {}
                Some(value) => {
                    changes.keys.push(key);
                    changes.values.push(value.into_bytes());
                }
                None => changes.deletes.push(key),
            }
        }
        changes
    }
}

/// Events as columns.
#[derive(Default)]
pub(super) struct Events<'a> {
    streams: Vec<Vec<u8>>,
    seqs: Vec<i64>,
    commits: Vec<i64>,
    nths: Vec<i64>,
    ats: Vec<String>,
    hashes: Vec<Vec<u8>>,
    bodies: Vec<&'a str>,
    texts: Vec<Option<&'a str>>,
}

impl<'a> Events<'a> {
    pub fn of(all: &'a [Facts]) -> Self {
        let mut events = Self::default();
        for facts in all {
            for (nth, fact) in (0..).zip(&facts.events) {
                events.streams.push(fact.recorded.stream.to_string().into_bytes());
                events.seqs.push(count(fact.recorded.seq));
                events.commits.push(count(facts.number));
                events.nths.push(nth);
                events.ats.push(fact.recorded.at.to_string());
                events.hashes.push(fact.hash.0.to_vec());
                events.bodies.push(&fact.sealed.body);
                events.texts.push(fact.sealed.texts.as_deref());
            }
        }
        events
    }

    pub async fn insert(&self, client: &Client, writes: &Writes) -> Result<u64, Error> {
        if self.seqs.is_empty() {
            return Ok(0);
        }
        let Self { streams, seqs, commits, nths, ats, hashes, bodies, texts } = self;
        client.execute(&writes.events, &[streams, seqs, commits, nths, ats, hashes, bodies, texts]).await
    }
}

/// Does it end or postpone jobs? A receipt alone has no id.
fn finishes(request: &Request) -> bool {
    request.commit.finish.iter().any(|done| done.id != 0)
}

/// `layout, projector, commits, jobs, at`.
fn counters_of(state: &Row) -> Result<Counters, Fault> {
    let at: String = state.get(4);
    let at = at.parse().map_err(|e| Fault::Over(format!("the time of the last commit cannot be read: {e}")))?;
    Ok(Counters { commits: state.get::<_, i64>(2).unsigned_abs(), jobs: state.get::<_, i64>(3).unsigned_abs(), at })
}

/// No number of ours comes near what does not fit.
fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// How many rows.
pub(super) fn limit(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
