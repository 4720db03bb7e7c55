//! Those who read, and listen to what other processes write.

use std::{
    pin::pin,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use futures_util::future::{Either, join_all, poll_fn, select};
use serde::{Deserialize, Serialize};
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout, timeout_at},
};
use tokio_postgres::{AsyncMessage, Client, Error, Row, types::ToSql};

use super::{
    PATIENCE, Shared,
    connect::{Address, sentence},
    error::Fault,
    jittered, lanes_of,
    statements::{Ask, Asks},
};
use crate::store::{ReadError, ledger::Effects};

/// How many connections serve reads.
pub(super) const READERS: usize = 3;
/// How long one read may take.
const READ: Duration = Duration::from_secs(8);
/// How often it is looked whether others wrote something that no hint spoke of.
const POLL: Duration = Duration::from_secs(1);
/// How long it is waited before another connection is tried.
const AGAIN: Duration = Duration::from_millis(150);
/// The longest hint that the server passes on, less some.
const HINT: usize = 7000;

/// A connection for reading.
pub(super) struct Reader {
    client: Client,
    asks: Asks,
}

/// What one process tells the others of a group.
#[derive(Debug, Serialize, Deserialize)]
struct Hint {
    by: String,
    /// None where there are too many: they are found at the next look.
    lanes: Option<Vec<String>>,
    timers: bool,
}

/// Keeps connections for reading until told to stop.
pub(super) async fn run(shared: &Shared, mut stop: watch::Receiver<bool>) {
    let readers = join_all((0..READERS).map(|nth| keep(shared, nth)));
    select(pin!(readers), pin!(stop.wait_for(|stop| *stop))).await;
}

async fn keep(shared: &Shared, nth: usize) {
    loop {
        let ended = once(shared, nth).await;
        shared.readers.send_modify(|readers| readers[nth] = None);
        // Whoever writes says when the database is away; three of us would say it over and over.
        if let Err(error) = ended {
            tracing::debug!(why = sentence(&error), "a connection to the database was lost");
        }
        sleep(jittered(AGAIN)).await;
    }
}

/// One connection, as long as it lasts.
async fn once(shared: &Shared, nth: usize) -> Result<(), Error> {
    let Some(connected) = shared.address.connect().await else { return Ok(()) };
    let (client, mut link) = connected?;
    let driving = pin!(async {
        loop {
            match poll_fn(|cx| link.poll_message(cx)).await {
                Some(Ok(AsyncMessage::Notification(hint))) => shared.heard(hint.payload()),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error),
                None => return Ok(()),
            }
        }
    });
    let working = pin!(async {
        Address::limit(&client).await?;
        let asks = Asks::prepare(&client).await?;
        // Where there are no notifications, looking now and then must do.
        let listens = nth == 0 && client.batch_execute(&format!("LISTEN {}", shared.channel)).await.is_ok();
        if nth == 0 && !listens {
            tracing::info!("the database knows no notifications; it is looked at every second instead");
        }
        let reader = Arc::new(Reader { client, asks });
        shared.readers.send_modify(|readers| readers[nth] = Some(reader));
        if nth == 0 { shared.follow().await } else { std::future::pending().await }
    });
    match select(driving, working).await {
        Either::Left((ended, _)) | Either::Right((ended, _)) => ended,
    }
}

impl Shared {
    /// Asks the database; waits a little for a connection where there is none, and tries again where one is lost.
    pub async fn rows(&self, ask: Ask, values: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, ReadError> {
        let until = Instant::now() + PATIENCE;
        loop {
            let reader = self.reader(until).await?;
            let why = match timeout(READ, reader.client.query(reader.asks.of(ask), values)).await {
                Ok(Ok(rows)) => return Ok(rows),
                Ok(Err(error)) => match Fault::of(&error) {
                    Fault::Lost(_) | Fault::Again(_) if Instant::now() < until => {
                        sleep(jittered(Duration::from_millis(20))).await;
                        continue;
                    }
                    _ => sentence(&error),
                },
                Err(_) => "the database does not answer".to_owned(),
            };
            return Err(ReadError(why));
        }
    }

    async fn reader(&self, until: Instant) -> Result<Arc<Reader>, ReadError> {
        let mut readers = self.readers.subscribe();
        loop {
            let turn = self.turn.fetch_add(1, Ordering::Relaxed);
            let found = {
                let now = readers.borrow_and_update();
                let usable = |reader: &&Arc<Reader>| !reader.client.is_closed();
                let mut nths = (0..READERS).map(|n| (turn + n) % READERS);
                nths.find_map(|nth| now[nth].as_ref().filter(usable).cloned())
            };
            if let Some(reader) = found {
                return Ok(reader);
            }
            let changed = timeout_at(until, readers.changed()).await;
            if !matches!(changed, Ok(Ok(()))) {
                return Err(ReadError("the database cannot be reached".to_owned()));
            }
        }
    }

    /// Looks now and then what others have written.
    async fn follow(&self) -> Result<(), Error> {
        loop {
            sleep(jittered(POLL)).await;
            let Ok(rows) = self.rows(Ask::State, &[]).await else { continue };
            let Some(row) = rows.first() else { continue };
            let (commits, projector) = (row.get::<_, i64>(0).unsigned_abs(), row.get(1));
            if let Err(why) = self.is_ours(projector) {
                self.fail(&why);
            }
            if commits > self.seen.load(Ordering::SeqCst) {
                self.upto(commits);
                self.look().await;
            }
        }
    }

    /// There may be work in any lane.
    async fn look(&self) {
        match lanes_of(self).await {
            Ok(lanes) => self.wakes.add(Effects { lanes: lanes.into_iter().collect(), timers: true, erased: vec![] }),
            Err(error) => tracing::warn!(%error, "cannot look for work that others left"),
        }
    }

    /// What this process tells others of a group.
    pub fn hint(&self, effects: &Effects) -> String {
        let lanes = Some(effects.lanes.iter().cloned().collect());
        let mut hint = Hint { by: hex::encode(&self.id), lanes, timers: effects.timers };
        let text = serde_json::to_string(&hint).unwrap_or_default();
        if text.len() <= HINT {
            return text;
        }
        hint.lanes = None;
        serde_json::to_string(&hint).unwrap_or_default()
    }

    fn heard(&self, hint: &str) {
        let Ok(Hint { by, lanes, timers }) = serde_json::from_str(hint) else { return };
        if by != hex::encode(&self.id) {
            let lanes = lanes.into_iter().flatten().collect();
            self.wakes.add(Effects { lanes, timers, erased: vec![] });
        }
    }
}
