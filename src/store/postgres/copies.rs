//! The record in a database, read and written without a store: for `export`, `import`, `verify` and `doctor`.
//!
//! Whatever reads sees one moment of the database, whoever writes meanwhile, and verifies as it goes.

use std::{
    collections::HashMap,
    io::{BufRead, Write},
    thread,
};

use tokio::runtime::{Builder, Runtime};
use tokio_postgres::{Client, Row};

use super::{
    OpenError,
    connect::{Address, sentence},
    error::Fault,
    group::{CHUNK, Events},
    record, schema,
    statements::Writes,
};
use crate::{
    ids::StreamId,
    store::{
        Recorded,
        chain::Head,
        journal::{self, Exported, Imported, JournalError, Sink, Summing, Verified},
        keys,
        ledger::Facts,
        text::{self, Texts},
    },
};

/// So many commits are written together.
const TOGETHER: usize = 512;

/// Why a record in a database was not read or written.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The database cannot be used.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The record is not what was written.
    #[error("the record in the database is damaged in event {seq} of {stream}: {why}")]
    Damaged {
        /// Of which stream.
        stream: String,
        /// Which event.
        seq: u64,
        /// What is wrong with it.
        why: String,
    },
    /// There is a record already where one was to be made.
    #[error("the database at {0} has a record already; choose an empty one")]
    NotEmpty(String),
    /// There is no record.
    #[error("there is no record in the database at {0} yet")]
    Missing(String),
    /// The file that is read or written.
    #[error(transparent)]
    File(#[from] JournalError),
    /// Anything else.
    #[error("the database: {0}")]
    Failed(String),
}

impl From<Fault> for CopyError {
    fn from(fault: Fault) -> Self {
        Self::Failed(match fault {
            Fault::Lost(why) | Fault::Again(why) | Fault::Refused(why) | Fault::Over(why) => why,
            Fault::Full => "its disk is full".to_owned(),
        })
    }
}

impl From<tokio_postgres::Error> for CopyError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Failed(sentence(&error))
    }
}

/// Where a database is, for people.
pub(in crate::store) fn shown(url: &str) -> String {
    Address::parse(url).map_or_else(|error| error.to_string(), |address| address.to_string())
}

pub(in crate::store) fn read(url: &str, wanted: impl Fn(&StreamId) -> bool + Sync) -> Result<Vec<Recorded>, CopyError> {
    let mut found = Vec::new();
    walk(url, &mut |facts, _| {
        found.extend(facts.events.into_iter().map(|fact| fact.recorded).filter(|event| wanted(&event.stream)));
        Ok(())
    })?;
    Ok(found)
}

pub(in crate::store) fn export(
    url: &str,
    only: Option<&StreamId>,
    out: &mut (dyn Write + Send),
) -> Result<Exported, CopyError> {
    let mut out = Summing::begin(out)?;
    walk(url, &mut |facts, erased| {
        for mut fact in facts.events {
            if only.is_some_and(|only| fact.recorded.stream != *only) {
                continue;
            }
            let texts = match &fact.sealed.texts {
                Some(texts) => text::parse(texts.as_bytes()),
                None if erased => Texts::Blank,
                None => Texts::There(Vec::new()),
            };
            fact.place.texts_len = u64::from(erased);
            out.event(facts.number, &fact, texts)?;
        }
        Ok(())
    })?;
    Ok(out.end()?)
}

pub(in crate::store) fn verify(url: &str) -> Result<Verified, CopyError> {
    walk(url, &mut |_, _| Ok(()))
}

/// Is handed every event as a commit of its own, and whether its texts were erased.
type Visit<'a> = &'a mut (dyn FnMut(Facts, bool) -> Result<(), CopyError> + Send);

/// Goes through all events in the order of commits, and verifies them.
fn walk(url: &str, visit: Visit<'_>) -> Result<Verified, CopyError> {
    apart(url, |runtime, client, address| runtime.block_on(walk_with(client, address, visit)))
}

async fn walk_with(client: &Client, address: &Address, visit: Visit<'_>) -> Result<Verified, CopyError> {
    if !schema::is_there(client, address).await? {
        let at = address.to_string();
        return Err(if may_create(client).await? {
            CopyError::Missing(at)
        } else {
            OpenError::Rights { at, why: "it may not create any".to_owned() }.into()
        });
    }
    client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    let mut seen = Verified { streams: 0, events: 0, commits: 0, erased: 0, unfinished: None };
    let mut heads: HashMap<StreamId, Head> = HashMap::new();
    let (mut commit, mut nth) = (0_i64, -1_i64);
    loop {
        let rows = client.query(CHUNK, &[&commit, &nth]).await?;
        let Some(last) = rows.last() else { break };
        (commit, nth) = (last.get(0), last.get(1));
        for row in &rows {
            let erased: bool = row.get(8);
            let facts = record::facts_of(row).map_err(|fault| damaged(row, fault))?;
            link(&facts, erased, &mut heads)?;
            seen.events += 1;
            seen.erased += u64::from(erased);
            visit(facts, erased)?;
        }
    }
    seen.streams = heads.len() as u64;
    let state = client.query_one("SELECT commits, projector FROM watchroom_state WHERE id = 1", &[]).await?;
    seen.commits = state.get::<_, i64>(0).unsigned_abs();
    // Made by the first start after an import.
    if state.get::<_, Option<i64>>(1).is_some() {
        ends(client, &heads).await?;
    }
    Ok(seen)
}

fn damaged(row: &Row, fault: Fault) -> CopyError {
    let stream = String::from_utf8_lossy(row.get(2)).into_owned();
    let Fault::Over(why) = fault else { return fault.into() };
    CopyError::Damaged { stream, seq: row.get::<_, i64>(3).unsigned_abs(), why }
}

/// Does an event continue its stream, and has it the words that were hashed?
fn link(facts: &Facts, erased: bool, heads: &mut HashMap<StreamId, Head>) -> Result<(), CopyError> {
    for fact in &facts.events {
        let (event, sealed) = (&fact.recorded, &fact.sealed);
        let name = event.stream.to_string();
        let broken = |why: &str| CopyError::Damaged { stream: name.clone(), seq: event.seq, why: why.to_owned() };
        let head = heads.entry(event.stream.clone()).or_default();
        let next = head.next(&name, event.at, &sealed.body);
        if (next.length, next.hash) != (event.seq, fact.hash) {
            return Err(broken("the hash chain of its stream is broken here"));
        }
        *head = next;
        let mut body = serde_json::from_str(&sealed.body).map_err(|_| broken("it is no JSON"))?;
        if !erased && sealed.texts.is_none() && !text::fill(&mut body, &[]) {
            return Err(broken("its texts are missing, and nobody erased them"));
        }
    }
    Ok(())
}

/// Do the streams end where they are said to end?
async fn ends(client: &Client, heads: &HashMap<StreamId, Head>) -> Result<(), CopyError> {
    let (low, high) = (keys::head(""), keys::after_all(&keys::head("")).unwrap_or_default());
    let rows =
        client.query("SELECT key, value FROM watchroom_entry WHERE key >= $1 AND key < $2", &[&low, &high]).await?;
    for row in &rows {
        let stream = String::from_utf8_lossy(&row.get::<_, &[u8]>(0)[1..]).into_owned();
        let said = Head::decode(row.get(1)).unwrap_or_default();
        let found = stream.parse().ok().and_then(|stream: StreamId| heads.get(&stream)).copied().unwrap_or_default();
        if found != said {
            let why = format!("it is missing: the stream had {} events", said.length);
            return Err(CopyError::Damaged { stream, seq: found.length + 1, why });
        }
    }
    if rows.len() == heads.len() {
        Ok(())
    } else {
        Err(CopyError::Failed("there are events of streams that were never begun".to_owned()))
    }
}

async fn may_create(client: &Client) -> Result<bool, CopyError> {
    let row = client.query_one("SELECT has_schema_privilege(current_schema(), 'CREATE')", &[]).await?;
    Ok(row.get::<_, Option<bool>>(0).unwrap_or(false))
}

/// Reads an export into a database without a record. The documents are made by the first start.
pub(in crate::store) fn import(url: &str, from: &mut (dyn BufRead + Send)) -> Result<Imported, CopyError> {
    apart(url, |runtime, client, address| {
        let writes = runtime.block_on(async {
            schema::prepare(client, address).await?;
            // Before the transaction: where a server has no NOTIFY, preparing that one would break it.
            let writes = Writes::prepare(client).await?;
            client.batch_execute("BEGIN").await?;
            let state = client.query_one(&writes.lock, &[]).await?;
            if state.get::<_, i64>(2) > 0 {
                return Err(CopyError::NotEmpty(address.to_string()));
            }
            Ok(writes)
        })?;
        let mut table = Table { runtime, client, writes: &writes, waiting: Vec::new(), last: None };
        let imported = journal::read_in(from, &mut table)?;
        table.flush()?;
        let (commits, at) = table.last.map_or((0, jiff::Timestamp::UNIX_EPOCH), |last| last);
        let commits = i64::try_from(commits).unwrap_or(i64::MAX);
        runtime.block_on(async {
            let state = "UPDATE watchroom_state SET commits = $1, at = $2, projector = NULL WHERE id = 1";
            client.execute(state, &[&commits, &at.to_string()]).await?;
            client.batch_execute("COMMIT").await?;
            Ok(imported)
        })
    })
}

/// Takes commits into the table of events.
struct Table<'a> {
    runtime: &'a Runtime,
    client: &'a Client,
    writes: &'a Writes,
    waiting: Vec<Facts>,
    /// The number and time of the last.
    last: Option<(u64, jiff::Timestamp)>,
}

impl Table<'_> {
    fn flush(&mut self) -> Result<(), JournalError> {
        let waiting = std::mem::take(&mut self.waiting);
        let (client, writes) = (self.client, self.writes);
        let written = self.runtime.block_on(async {
            Events::of(&waiting).insert(client, writes).await?;
            let erased = waiting.iter().flat_map(|facts| &facts.erase);
            let (streams, seqs): (Vec<Vec<u8>>, Vec<i64>) = erased
                .map(|(stream, seq)| (stream.to_string().into_bytes(), i64::try_from(*seq).unwrap_or(i64::MAX)))
                .unzip();
            client.execute(&writes.erase, &[&streams, &seqs]).await
        });
        let failed = |error| JournalError::io("the database")(std::io::Error::other(sentence(&error)));
        written.map(drop).map_err(failed)
    }
}

impl Sink for Table<'_> {
    fn take(&mut self, facts: Facts) -> Result<(), JournalError> {
        self.last = Some((facts.number, facts.at));
        self.waiting.push(facts);
        if self.waiting.len() < TOGETHER { Ok(()) } else { self.flush() }
    }
}

/// Works on a connection on a thread of its own, whatever runs on this one.
fn apart<T: Send>(
    url: &str,
    work: impl FnOnce(&Runtime, &Client, &Address) -> Result<T, CopyError> + Send,
) -> Result<T, CopyError> {
    let address = Address::parse(url)?;
    let address = &address;
    let apart = thread::scope(|scope| {
        let working = scope.spawn(move || {
            let failed = |error: std::io::Error| CopyError::Failed(error.to_string());
            let runtime = Builder::new_current_thread().enable_all().build().map_err(failed)?;
            let connected = runtime.block_on(address.connect()).ok_or_else(|| OpenError::silent(address))?;
            let (client, link) = connected.map_err(|error| OpenError::of(address, &error))?;
            runtime.spawn(link);
            work(&runtime, &client, address)
        });
        working.join()
    });
    apart.unwrap_or_else(|_| Err(CopyError::Failed("a thread panicked".to_owned())))
}
