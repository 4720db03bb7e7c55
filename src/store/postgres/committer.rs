//! The one task that writes: it takes whatever waits, makes a group of it, and answers when the group is durable.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep, timeout},
};
use tokio_postgres::Client;

use super::{
    PATIENCE, Shared,
    connect::{Address, drive, sentence},
    error::{Fault, NO_ANSWER},
    group::{Doubt, Made, Pen, Said},
    jittered,
    statements::Writes,
};
use crate::store::{CommitError, Health, ledger::Request};

/// At most this many commits share a transaction, so that the last of them does not wait long.
const GROUP: usize = 256;
/// How long a group may take before its connection counts as lost.
const ATTEMPT: Duration = Duration::from_secs(6);
/// How often an idle connection is tried, so that `/readyz` tells before people do.
const IDLE: Duration = Duration::from_secs(5);
/// How long it is waited before another connection is tried.
const AGAIN: Duration = Duration::from_millis(150);

/// A commit on its way.
pub(super) struct Waiting {
    pub request: Request,
    pub answer: oneshot::Sender<Said>,
    pub since: Instant,
}

/// The committer and what only it knows.
pub(super) struct Committer {
    shared: Arc<Shared>,
    queue: mpsc::UnboundedReceiver<Waiting>,
    /// What was taken and is not answered yet, oldest first.
    taken: Vec<Waiting>,
    /// So many of those were sent, and nobody knows whether they were made.
    sent: usize,
    doubt: Option<Doubt>,
    /// So many of the next are made each by itself: among them is one that the server does not take.
    alone: usize,
    /// Since when there has been no connection.
    lost: Option<Instant>,
}

/// Why a connection is not used any more.
enum Ended {
    /// There is nothing more to do.
    Closed,
    Lost(String),
    Over(String),
}

impl Committer {
    pub fn new(shared: Arc<Shared>, queue: mpsc::UnboundedReceiver<Waiting>) -> Self {
        Self { shared, queue, taken: Vec::new(), sent: 0, doubt: None, alone: 0, lost: None }
    }

    /// Works until the queue is closed and empty.
    pub async fn run(mut self) {
        loop {
            let ended = match self.shared.address.connect().await {
                Some(Ok((client, link))) => Box::pin(drive(link, self.serve(client))).await,
                Some(Err(error)) => Ended::Lost(sentence(&error)),
                None => Ended::Lost(NO_ANSWER.to_owned()),
            };
            match ended {
                Ended::Closed => return,
                Ended::Over(why) => {
                    self.shared.fail(&why);
                    self.refuse_all(&CommitError::Closed(why));
                    return;
                }
                Ended::Lost(why) => {
                    if !self.wait(&why).await {
                        return;
                    }
                }
            }
        }
    }

    /// Waits before the next try; those who have waited too long are told. False when there is nobody to wait for any more.
    async fn wait(&mut self, why: &str) -> bool {
        let until = Instant::now() + jittered(AGAIN);
        loop {
            match timeout(until - Instant::now(), self.queue.recv()).await {
                Ok(Some(waiting)) => self.taken.push(waiting),
                Ok(None) if self.taken.is_empty() => return false,
                Ok(None) => {
                    sleep(until - Instant::now()).await;
                    break;
                }
                Err(_) => break,
            }
        }
        if self.lost.get_or_insert_with(Instant::now).elapsed() >= PATIENCE {
            self.shared.away(why);
        }
        self.give_up(why);
        true
    }

    /// Tells those who have waited too long.
    fn give_up(&mut self, why: &str) {
        let late = |waiting: &Waiting| waiting.since.elapsed() >= PATIENCE;
        // What was sent together was made together, or not at all.
        let first = if self.sent > 0 && self.taken.iter().take(self.sent).any(late) { self.sent } else { 0 };
        if first > 0 {
            (self.sent, self.doubt) = (0, None);
        }
        let sent = self.sent;
        let mut nth = 0;
        let tell: Vec<Waiting> = self
            .taken
            .extract_if(.., |waiting| {
                nth += 1;
                nth <= first || (nth > sent && late(waiting))
            })
            .collect();
        if !tell.is_empty() {
            self.shared.away(why);
        }
        answer(tell, |_| Err(CommitError::Away(why.to_owned())));
    }

    fn refuse_all(&mut self, error: &CommitError) {
        self.queue.close();
        while let Ok(waiting) = self.queue.try_recv() {
            self.taken.push(waiting);
        }
        answer(std::mem::take(&mut self.taken), |_| Err(error.clone()));
    }

    /// Makes groups on one connection.
    async fn serve(&mut self, client: Client) -> Ended {
        let prepared = async {
            Address::limit(&client).await?;
            Writes::prepare(&client).await
        };
        let writes = match timeout(ATTEMPT, prepared).await {
            Ok(Ok(writes)) => writes,
            Ok(Err(error)) => return Ended::Lost(sentence(&error)),
            Err(_) => return Ended::Lost("the server does not answer".to_owned()),
        };
        self.lost = None;
        self.shared.writable();
        let shared = Arc::clone(&self.shared);
        let pen = Pen { shared: &shared, client: &client, writes: &writes };
        loop {
            if self.taken.is_empty() {
                match timeout(IDLE, self.queue.recv_many(&mut self.taken, GROUP)).await {
                    Ok(0) => return Ended::Closed,
                    Ok(_) => {}
                    Err(_) => match timeout(ATTEMPT, client.simple_query("SELECT 1")).await {
                        Ok(Ok(_)) => continue,
                        Ok(Err(error)) => return Ended::Lost(sentence(&error)),
                        Err(_) => return Ended::Lost("the server does not answer".to_owned()),
                    },
                }
            }
            if let Some(ended) = self.group(&pen).await {
                return ended;
            }
        }
    }

    /// Makes one group of what was taken, or tries to.
    async fn group(&mut self, pen: &Pen<'_>) -> Option<Ended> {
        // What was sent once is sent again as it was, so that it can be told whether it was made.
        let size = match (self.sent, self.alone) {
            (0, 0) => self.taken.len().min(GROUP),
            (0, _) => 1,
            (sent, _) => sent,
        };
        self.sent = size;
        let requests: Vec<Request> = self.taken[..size].iter().map(|waiting| waiting.request.clone()).collect();
        let made = timeout(ATTEMPT, pen.attempt(&requests, &mut self.doubt)).await;
        let fault = match made {
            Ok(Ok(made)) => {
                self.done(pen, made);
                return None;
            }
            Ok(Err(fault)) => fault,
            Err(_) => return Some(Ended::Lost("the server does not answer".to_owned())),
        };
        let why = match fault {
            Fault::Lost(why) => return Some(Ended::Lost(why)),
            Fault::Over(why) => return Some(Ended::Over(why)),
            Fault::Again(why) => Some(why),
            Fault::Full => {
                self.shared.full();
                self.refused(|| CommitError::Full);
                None
            }
            Fault::Refused(why) if size == 1 => {
                tracing::error!(why, "the database refuses a commit");
                self.refused(|| CommitError::Away(why.clone()));
                None
            }
            Fault::Refused(_) => {
                (self.alone, self.sent, self.doubt) = (size, 0, None);
                None
            }
        };
        if let Err(error) = pen.client.batch_execute("ROLLBACK").await {
            return Some(Ended::Lost(sentence(&error)));
        }
        if let Some(why) = why {
            sleep(jittered(Duration::from_millis(20))).await;
            self.give_up(&why);
        }
        None
    }

    fn done(&mut self, pen: &Pen<'_>, made: Made) {
        let Made { said, effects, .. } = made;
        self.shared.writable();
        if !self.shared.works() {
            pen.notify(&effects);
        }
        self.shared.wakes.add(effects);
        let mut said = said.into_iter();
        self.settle(|_| said.next().unwrap_or(Ok(())));
    }

    fn refused(&mut self, why: impl Fn() -> CommitError) {
        self.settle(|_| Err(why()));
    }

    /// Answers the group that was sent.
    fn settle(&mut self, said: impl FnMut(&Waiting) -> Said) {
        let group: Vec<Waiting> = self.taken.drain(..self.sent).collect();
        self.alone = self.alone.saturating_sub(group.len());
        (self.sent, self.doubt) = (0, None);
        answer(group, said);
    }
}

fn answer(all: Vec<Waiting>, mut said: impl FnMut(&Waiting) -> Said) {
    for waiting in all {
        let said = said(&waiting);
        // Whoever asked may have gone away; what they asked for is done all the same.
        drop(waiting.answer.send(said));
    }
}

impl Drop for Committer {
    /// However it ended, nothing is written any more.
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.shared.fail("the committer panicked");
        }
        let why = match self.shared.health() {
            Health::Closed(why) => why,
            Health::Writable | Health::Full | Health::Away(_) => "it was closed".to_owned(),
        };
        self.refuse_all(&CommitError::Closed(why));
    }
}
