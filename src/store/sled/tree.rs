//! sled behind a guard: damage that makes it panic comes out as an error.

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use crate::store::{
    ReadError,
    kv::{Entries, Kv},
};

/// What went wrong in sled.
#[derive(Debug)]
pub(super) enum Fault {
    /// No space.
    Full,
    /// Somebody has it open.
    Busy,
    /// Anything else.
    Broken(String),
}

impl Fault {
    pub fn sentence(&self) -> String {
        match self {
            Self::Full => "the database found no space on the disk".to_owned(),
            Self::Busy => "the database is open elsewhere".to_owned(),
            Self::Broken(why) => {
                format!("the database failed ({why}); a restart rebuilds it from the journal")
            }
        }
    }
}

/// The one tree that holds everything.
#[derive(Debug)]
pub(super) struct Tree(::sled::Db);

impl Tree {
    pub fn open(dir: &Path, cache_bytes: u64) -> Result<Self, Fault> {
        let config = ::sled::Config::new().path(dir).cache_capacity(cache_bytes).flush_every_ms(None);
        guard(|| config.open()).map(Self)
    }

    /// Changes all of it or nothing.
    pub fn apply<'a>(&self, changes: impl Iterator<Item = (&'a [u8], Option<&'a [u8]>)>) -> Result<(), Fault> {
        let mut batch = ::sled::Batch::default();
        for (key, value) in changes {
            match value {
                Some(value) => batch.insert(key, value),
                None => batch.remove(key),
            }
        }
        guard(|| self.0.apply_batch(batch))
    }

    /// Changes one after the other: whoever interrupts it finds some of it.
    pub fn apply_each<'a>(&self, changes: impl Iterator<Item = (&'a [u8], Option<&'a [u8]>)>) -> Result<(), Fault> {
        guard(|| {
            for (key, value) in changes {
                match value {
                    Some(value) => drop(self.0.insert(key, value)?),
                    None => drop(self.0.remove(key)?),
                }
            }
            Ok(())
        })
    }

    /// Makes sled write all it has. This is not yet durable: its file must be synced as well.
    pub fn flush(&self) -> Result<(), Fault> {
        guard(|| self.0.flush()).map(drop)
    }

    pub fn is_empty(&self) -> Result<bool, Fault> {
        guard(|| Ok(self.0.first()?.is_none()))
    }
}

impl Kv for Tree {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        let found = guard(|| self.0.get(key)).map_err(|fault| ReadError(fault.sentence()))?;
        Ok(found.map(|value| value.to_vec()))
    }

    fn range(&self, low: &[u8], high: Option<&[u8]>, limit: usize, backwards: bool) -> Result<Entries, ReadError> {
        use std::ops::Bound::{Excluded, Included, Unbounded};
        if high.is_some_and(|high| high <= low) {
            return Ok(Vec::new());
        }
        let own = |entry: ::sled::Result<(::sled::IVec, ::sled::IVec)>| entry.map(|(k, v)| (k.to_vec(), v.to_vec()));
        let found = guard(|| {
            let found = self.0.range::<&[u8], _>((Included(low), high.map_or(Unbounded, Excluded)));
            if backwards { found.rev().take(limit).map(own).collect() } else { found.take(limit).map(own).collect() }
        });
        found.map_err(|fault| ReadError(fault.sentence()))
    }
}

/// sled panics on some damage; we do not.
fn guard<T>(work: impl FnOnce() -> ::sled::Result<T>) -> Result<T, Fault> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(::sled::Error::Io(error))) => Err(match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Fault::Full,
            io::ErrorKind::WouldBlock => Fault::Busy,
            _ if error.to_string().contains("WouldBlock") => Fault::Busy,
            _ => Fault::Broken(error.to_string()),
        }),
        Ok(Err(error)) => Err(Fault::Broken(error.to_string())),
        Err(panic) => {
            let said = panic.downcast_ref::<String>().cloned();
            let said = said.or_else(|| panic.downcast_ref::<&str>().map(|&said| said.to_owned()));
            Err(Fault::Broken(said.unwrap_or_else(|| "it panicked".to_owned())))
        }
    }
}
