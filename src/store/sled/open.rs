//! Opening: is sled to be trusted, and how far is it behind?

use std::{
    fs::{self, File},
    panic::resume_unwind,
    path::Path,
    sync::{Arc, Mutex, RwLock},
    thread,
    time::{Duration, Instant},
};

use super::{
    OpenError, Options, Shared, SledStore,
    committer::{self, Checkpoint, Committer, LAYOUT, Queue},
    disk::Disk,
    layers::{self, Layers},
    replay::{Plan, Replayed, replay},
    tree::{Fault, Tree},
};
use crate::store::{
    Health, SharedProjector,
    journal::{self, Lock, Position, Run, Segments, Standing, Writer, standing},
    ledger::Counters,
    wakes::Wakes,
};

/// How long another handle of this process may take to let go of sled.
const LETTING_GO: Duration = Duration::from_secs(5);

pub(super) fn open(dir: &Path, projector: SharedProjector, options: Options) -> Result<SledStore, OpenError> {
    let lock = Lock::take(dir).map_err(OpenError::journal(dir))?;
    let journal = journal::directory(dir);
    fs::create_dir_all(&journal).map_err(OpenError::io(&journal))?;
    let disk = Disk::new(dir, &options);
    let writable = disk.reserve();
    let last = Run::read(dir);
    if last.as_ref().is_none_or(|run| !run.clean) {
        sync(&journal)?;
    }
    let acknowledged = last.as_ref().map(|run| run.acknowledged).unwrap_or_default();
    if standing(&journal, &acknowledged).map_err(OpenError::journal(dir))? == Standing::Short {
        return Err(OpenError::Short { dir: dir.to_owned(), group: acknowledged.group });
    }
    if disk.is_distrusted() {
        set_aside(&disk, "it was found damaged while in use")?;
    } else if last.as_ref().is_some_and(|run| !run.clean && Disk::restarted_since(run)) {
        set_aside(&disk, "the machine was restarted without a clean stop")?;
    }
    let opening = Opening { dir, journal: &journal, disk: &disk, options: &options, projector: &projector };
    // Nothing is brought to sled before a crash would be known for one.
    let (started, tree) = thread::scope(|scope| {
        let started = scope.spawn(|| disk.started(acknowledged));
        let tree = opening.tree();
        (started.join().unwrap_or_else(|panic| resume_unwind(panic)), tree)
    });
    started?;
    disk.trust_again()?;
    let (tree, replayed) = opening.database(tree, acknowledged.group)?;
    let writer = Writer::open(journal.clone(), options.segment_bytes, replayed.end).map_err(OpenError::journal(dir))?;
    let health = if writable { Health::Writable } else { Health::Full };
    let shared = Arc::new(Shared {
        layers: Layers::over(tree, options.settle_every),
        queue: Queue::default(),
        segments: Segments::new(journal),
        erasing: RwLock::default(),
        wakes: Wakes::default(),
        health: Mutex::new(health),
        done: Mutex::new(replayed.end),
        disk,
        _lock: lock,
    });
    let committer = Committer { shared: Arc::clone(&shared), writer, counters: replayed.counters, projector };
    let settling = Arc::clone(&shared);
    let committing = start(dir, "store.commit", move || committer::run(committer))?;
    let settling = start(dir, "store.settle", move || layers::run(&settling)).inspect_err(|_| shared.queue.close())?;
    let threads = Mutex::new(vec![committing, settling]);
    Ok(SledStore { shared, threads })
}

fn start(dir: &Path, name: &str, run: impl FnOnce() + Send + 'static) -> Result<thread::JoinHandle<()>, OpenError> {
    thread::Builder::new().name(name.to_owned()).spawn(run).map_err(OpenError::io(dir))
}

/// After a kill the last group may be in the page cache only: it must not be served before it is on disk.
fn sync(journal: &Path) -> Result<(), OpenError> {
    if let Some(&last) = journal::segments(journal).map_err(OpenError::journal(journal))?.last() {
        let path = journal::path(journal, last);
        File::open(&path).and_then(|file| file.sync_all()).map_err(OpenError::io(path))?;
    }
    journal::sync_dir(journal).map_err(OpenError::io(journal))
}

fn set_aside(disk: &Disk, why: &str) -> Result<(), OpenError> {
    tracing::warn!(why, "the database is made anew from the journal");
    disk.set_aside()
}

struct Opening<'a> {
    dir: &'a Path,
    journal: &'a Path,
    disk: &'a Disk,
    options: &'a Options,
    projector: &'a SharedProjector,
}

impl Opening<'_> {
    /// A database that holds all that the journal does: the one that was opened, or else a new one.
    fn database(&self, opened: Result<Tree, Fault>, stopped: u64) -> Result<(Tree, Replayed), OpenError> {
        let mut acknowledged = stopped;
        let why = match opened {
            Err(Fault::Full) => return Err(self.disk.full()),
            Err(Fault::Busy) => return Err(OpenError::InUse(self.dir.to_owned())),
            Err(fault @ Fault::Broken(_)) => fault.sentence(),
            Ok(tree) => match self.checkpoint(&tree)? {
                Found::Fresh => match self.replay(&tree, Position::default(), Counters::default(), acknowledged) {
                    Ok(replayed) => return Ok((tree, replayed)),
                    Err(OpenError::Database { why, .. }) => why,
                    Err(error) => return Err(error),
                },
                Found::At { position, counters } => {
                    acknowledged = acknowledged.max(position.group);
                    match self.replay(&tree, position, counters, acknowledged) {
                        Ok(replayed) => return Ok((tree, replayed)),
                        Err(OpenError::Database { why, .. }) => why,
                        Err(error) => return Err(error),
                    }
                }
                Found::Useless { acknowledged: group, why } => {
                    acknowledged = acknowledged.max(group);
                    why
                }
            },
        };
        set_aside(self.disk, &why)?;
        let tree = match self.tree() {
            Ok(tree) => tree,
            Err(Fault::Full) => return Err(self.disk.full()),
            Err(fault) => return Err(OpenError::Database { dir: self.disk.sled(), why: fault.sentence() }),
        };
        let replayed = self.replay(&tree, Position::default(), Counters::default(), acknowledged)?;
        Ok((tree, replayed))
    }

    fn tree(&self) -> Result<Tree, Fault> {
        let since = Instant::now();
        loop {
            match Tree::open(&self.disk.sled(), self.options.cache_bytes) {
                Err(Fault::Busy) if since.elapsed() < LETTING_GO => thread::sleep(Duration::from_millis(10)),
                // Out of space it fails in many ways.
                Err(Fault::Broken(_)) if !self.disk.has_space() => return Err(Fault::Full),
                opened => return opened,
            }
        }
    }

    fn replay(
        &self,
        tree: &Tree,
        from: Position,
        counters: Counters,
        acknowledged: u64,
    ) -> Result<Replayed, OpenError> {
        replay(tree, &Plan { store: self.dir, from, counters, acknowledged }, self.projector)
    }

    /// How far the database says it is, and whether the journal agrees.
    fn checkpoint(&self, tree: &Tree) -> Result<Found, OpenError> {
        let useless = |acknowledged, why: &str| Ok(Found::Useless { acknowledged, why: why.to_owned() });
        let bytes = match tree.checkpoint() {
            Ok(Some(bytes)) => bytes,
            Ok(None) => {
                return match tree.is_empty() {
                    Ok(true) => Ok(Found::Fresh),
                    Ok(false) => useless(0, "it has lost its checkpoint"),
                    Err(fault) => useless(0, &fault.sentence()),
                };
            }
            Err(fault) => return useless(0, &fault.sentence()),
        };
        let Ok(Checkpoint { layout, projector, position, counters }) = serde_json::from_slice(&bytes) else {
            return useless(0, "its checkpoint cannot be read");
        };
        match standing(self.journal, &position).map_err(OpenError::journal(self.dir))? {
            Standing::Short => Err(OpenError::Short { dir: self.dir.to_owned(), group: position.group }),
            Standing::Differs => useless(position.group, "it does not continue this journal"),
            Standing::Holds if layout != LAYOUT => useless(position.group, "another release laid it out"),
            Standing::Holds if projector != self.projector.version() => {
                useless(position.group, "documents are made otherwise by now")
            }
            Standing::Holds => Ok(Found::At { position, counters }),
        }
    }
}

enum Found {
    /// Nothing in it.
    Fresh,
    At {
        position: Position,
        counters: Counters,
    },
    /// It must be made anew; but groups up to this one were acknowledged.
    Useless {
        acknowledged: u64,
        why: String,
    },
}
