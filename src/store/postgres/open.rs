//! Opening: tables, documents, and the threads that work.

use std::{
    sync::{Arc, mpsc as told},
    thread::{self, JoinHandle},
    time::Duration,
};

use sha2::{Digest, Sha256};
use tokio::{
    runtime::{Builder, Runtime},
    sync::{mpsc, watch},
};
use tokio_postgres::Client;

use super::{
    OpenError, Shared,
    committer::{Committer, Waiting},
    connect::{Address, drive},
    error::Fault,
    group::{LAYOUT, Pen},
    reader, schema,
    statements::Writes,
};
use crate::store::SharedProjector;

/// What can be set for tests.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How long a process that carries out jobs may be silent before another takes over.
    pub lease: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { lease: Duration::from_secs(10) }
    }
}

/// The thread that writes, and how to end it.
pub(super) struct Writing {
    pub queue: mpsc::UnboundedSender<Waiting>,
    pub thread: JoinHandle<()>,
}

/// The thread that reads, and how to end it.
pub(super) struct Reading {
    pub stop: watch::Sender<bool>,
    pub thread: JoinHandle<()>,
}

/// What an open store is made of.
pub(super) type Opened = (Arc<Shared>, Writing, Reading);

/// Opens the store at `url`. Blocks until the tables are there and the documents are those of this release.
pub(super) fn open(url: &str, projector: SharedProjector, options: Options) -> Result<Opened, OpenError> {
    let address = Address::parse(url)?;
    let mut id = vec![0; 16];
    getrandom::fill(&mut id).map_err(|e| OpenError::broken(&address, &format!("no random numbers: {e}")))?;
    let (queue, waiting) = mpsc::unbounded_channel();
    let (stop, stopping) = watch::channel(false);
    let (tell, opened) = told::channel();
    let for_thread = address.clone();
    let committing = start("store.commit", &address, move |runtime| {
        runtime.block_on(async move {
            match begin(&for_thread, projector, options, id).await {
                Ok(shared) => {
                    let shared = Arc::new(shared);
                    let committer = Committer::new(Arc::clone(&shared), waiting);
                    if tell.send(Ok(shared)).is_ok() {
                        Box::pin(committer.run()).await;
                    }
                }
                Err(error) => drop(tell.send(Err(error))),
            }
        });
    })?;
    let shared = match opened.recv() {
        Ok(opened) => opened?,
        Err(_) => return Err(OpenError::broken(&address, "opening it panicked")),
    };
    let reading = Arc::clone(&shared);
    let reader = start("store.read", &address, move |runtime| runtime.block_on(reader::run(&reading, stopping)))?;
    Ok((shared, Writing { queue, thread: committing }, Reading { stop, thread: reader }))
}

/// A thread with a runtime of its own: connections live as long as the store, whoever opened it.
fn start(
    name: &str,
    address: &Address,
    work: impl FnOnce(Runtime) + Send + 'static,
) -> Result<JoinHandle<()>, OpenError> {
    let failed = |error: std::io::Error| OpenError::broken(address, &error.to_string());
    let runtime = Builder::new_current_thread().enable_all().build().map_err(failed)?;
    thread::Builder::new().name(name.to_owned()).spawn(move || work(runtime)).map_err(failed)
}

/// Makes the tables and the documents what this release needs.
async fn begin(
    address: &Address,
    projector: SharedProjector,
    options: Options,
    id: Vec<u8>,
) -> Result<Shared, OpenError> {
    let connected = address.connect().await.ok_or_else(|| OpenError::silent(address))?;
    let (client, link) = connected.map_err(|error| OpenError::of(address, &error))?;
    let work = async {
        let failed = |error| OpenError::of(address, &error);
        schema::prepare(&client, address).await?;
        let writes = Writes::prepare(&client).await.map_err(failed)?;
        // Hints stay among those who share the tables.
        let row = client.query_one("SELECT current_schema()", &[]).await.map_err(failed)?;
        let schema: Option<String> = row.get(0);
        let channel = format!("watchroom_{}", hex::encode(&Sha256::digest(schema.unwrap_or_default())[..8]));
        let shared = Shared::new(address.clone(), projector, options, id, channel);
        take(&shared, &client, &writes).await?;
        Ok(shared)
    };
    drive(link, work).await
}

/// Takes the database for this release: documents that another one made are made anew.
async fn take(shared: &Shared, client: &Client, writes: &Writes) -> Result<(), OpenError> {
    let address = &shared.address;
    let failed = |error| OpenError::of(address, &error);
    client.batch_execute("BEGIN ISOLATION LEVEL READ COMMITTED").await.map_err(failed)?;
    let row = client.query_one(&writes.lock, &[]).await.map_err(failed)?;
    let (layout, projector, commits): (i64, Option<i64>, i64) = (row.get(0), row.get(1), row.get(2));
    if layout != LAYOUT {
        return Err(OpenError::Layout { at: address.to_string(), layout });
    }
    let own = i64::from(shared.projector.version());
    if let Some(newer) = projector.filter(|made| *made > own) {
        return Err(OpenError::broken(
            address,
            &format!(
                "a newer release of watchroom has made its documents ({newer}, this one makes {own}); start that release. To \
                 go back for good, stop it everywhere and run `UPDATE watchroom_state SET projector = NULL`"
            ),
        ));
    }
    if projector != Some(own) {
        tracing::info!("the documents in the database are made anew");
        let pen = Pen { shared, client, writes };
        pen.rebuild().await.map_err(|fault| match fault {
            Fault::Lost(why) | Fault::Again(why) | Fault::Refused(why) | Fault::Over(why) => {
                OpenError::broken(address, &why)
            }
            Fault::Full => OpenError::broken(address, "its disk is full"),
        })?;
        client.execute("UPDATE watchroom_state SET projector = $1 WHERE id = 1", &[&own]).await.map_err(failed)?;
    }
    // Processes that have been gone for long.
    let old = "DELETE FROM watchroom_writer WHERE seen < now() - interval '1 day'";
    client.execute(old, &[]).await.map_err(failed)?;
    client.batch_execute("COMMIT").await.map_err(failed)?;
    shared.upto(commits.unsigned_abs());
    Ok(())
}
