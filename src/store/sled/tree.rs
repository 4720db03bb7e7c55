//! sled behind a guard: damage that makes it panic comes out as an error.
//!
//! | sled's key | value |
//! | --- | --- |
//! | `l` lowest key | a leaf of entries, see [`leaf`] |
//! | `m` | the checkpoint: up to where in the journal the leaves are |
//! | `i` | the leaves are being brought to a checkpoint; the SHA-256 of the file that says how |
//!
//! **Going to a checkpoint** takes many writes, and sled's batches are not used for them: sled shuts its readers out for as
//! long as one lasts. What must change is written down first, in a file; then `i`; then the leaves are changed one by one;
//! then `m` says so, `i` is taken away, and sled writes all that out before the file is written anew. sled keeps the order
//! of its writes when the process is killed. Whoever finds `i` at a start does what the file says (again); whoever does not
//! finds leaves that stand where `m` says. Nothing is synced for that: after a restart of the machine the journal decides.
//!
//! **An entry counts only in the leaf that its key belongs to**: the one with the highest lowest key not above it. When a leaf
//! is split the upper parts are written before the lower one is cut short, so that no reader misses an entry; what the lower
//! one still has of them does not count.

use std::{
    fs::{self, File},
    io,
    ops::Bound::{Excluded, Included},
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use ::sled::{Db, IVec};
use sha2::{Digest, Sha256};

use super::leaf::{self, Change, Reader, Spoilt};
use crate::store::{
    ReadError, keys,
    kv::{Entries, Kv},
    ledger::spoilt,
};

const LEAVES: &[u8] = b"l";
/// Above every leaf.
const BEYOND: &[u8] = b"m";
const CHECKPOINT: &[u8] = b"m";
const INTENT: &[u8] = b"i";
/// Beside sled's own files, so that nobody takes the one away without the others.
const WAY: &str = "way";

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

impl From<::sled::Error> for Fault {
    fn from(error: ::sled::Error) -> Self {
        match error {
            ::sled::Error::Io(error) => match error.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
                io::ErrorKind::WouldBlock => Self::Busy,
                _ if error.to_string().contains("WouldBlock") => Self::Busy,
                _ => Self::Broken(error.to_string()),
            },
            error => Self::Broken(error.to_string()),
        }
    }
}

impl From<Spoilt> for Fault {
    fn from(_: Spoilt) -> Self {
        Self::Broken("some of its entries cannot be read".to_owned())
    }
}

impl From<Fault> for ReadError {
    fn from(fault: Fault) -> Self {
        Self(fault.sentence())
    }
}

/// The one tree that holds everything.
#[derive(Debug)]
pub(super) struct Tree {
    db: Db,
    dir: PathBuf,
    last: Mutex<Last>,
}

/// The leaf in which a remembered key was looked for last. Every command looks for its own, which is new and comes after
/// that of the command before: one leaf says so for many of them.
#[derive(Debug, Default)]
struct Last {
    /// How often leaves began or ended to change: odd while they do.
    changes: u64,
    leaf: Option<Leaf>,
}

/// A leaf, from its lowest possible key up to the next one's.
#[derive(Debug, Clone)]
struct Leaf {
    from: Vec<u8>,
    until: Option<Vec<u8>>,
    entries: IVec,
}

impl Leaf {
    fn has(&self, key: &[u8]) -> bool {
        self.from[..] <= *key && self.until.as_deref().is_none_or(|until| key < until)
    }
}

impl Tree {
    /// Opens it, and ends what was interrupted.
    pub fn open(dir: &Path, cache_bytes: u64) -> Result<Self, Fault> {
        let config = ::sled::Config::new().path(dir).cache_capacity(cache_bytes).flush_every_ms(None);
        let tree = Self { db: guard(|| Ok(config.open()?))?, dir: dir.to_owned(), last: Mutex::default() };
        guard(|| tree.resume())?;
        Ok(tree)
    }

    fn way(&self) -> PathBuf {
        self.dir.join(WAY)
    }

    fn resume(&self) -> Result<(), Fault> {
        let Some(sum) = self.db.get(INTENT)? else { return Ok(()) };
        let lost = || Fault::Broken("it was being brought up to date, and how is lost".to_owned());
        let way = fs::read(self.way()).map_err(|_| lost())?;
        if sum[..] != Sha256::digest(&way)[..] {
            return Err(lost());
        }
        let (checkpoint, changes) = leaf::read_way(&way)?;
        self.go(&changes, checkpoint)
    }

    /// Goes to a checkpoint by `changes`, which are in order. A crash on the way there leaves it here or there.
    pub fn apply(&self, changes: &[Change<'_>], checkpoint: &[u8]) -> Result<(), Fault> {
        let way = leaf::way(checkpoint, changes);
        fs::write(self.way(), &way).map_err(|error| Fault::from(::sled::Error::Io(error)))?;
        guard(|| {
            self.db.insert(INTENT, &Sha256::digest(&way)[..])?;
            self.go(changes, checkpoint)
        })
    }

    /// Carries out `changes`, which are in order, and goes to no checkpoint: whoever interrupts it finds some of them.
    pub fn change(&self, changes: &[Change<'_>]) -> Result<(), Fault> {
        guard(|| self.change_leaves(changes))
    }

    fn change_leaves(&self, changes: &[Change<'_>]) -> Result<(), Fault> {
        self.changing();
        let mut rest = changes;
        while let Some((first, _)) = rest.first() {
            rest = self.change_leaf(first, rest)?;
        }
        self.changing();
        Ok(())
    }

    /// Leaves begin to change, or are changed.
    fn changing(&self) {
        let mut last = self.last();
        *last = Last { changes: last.changes + 1, leaf: None };
    }

    fn last(&self) -> MutexGuard<'_, Last> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The leaf that `key` belongs to, read once for keys that follow each other.
    fn last_leaf(&self, key: &[u8]) -> Result<IVec, Fault> {
        let changes = {
            let last = self.last();
            if let Some(leaf) = last.leaf.as_ref().filter(|leaf| leaf.has(key)) {
                return Ok(leaf.entries.clone());
            }
            last.changes
        };
        let Some((at, entries)) = self.leaf(key)? else { return Ok(IVec::default()) };
        let until = self.next_after(&at)?.map(|next| next[LEAVES.len()..].to_vec());
        let mut last = self.last();
        // Read while it stood still.
        if last.changes == changes && changes.is_multiple_of(2) {
            last.leaf = Some(Leaf { from: at[LEAVES.len()..].to_vec(), until, entries: entries.clone() });
        }
        Ok(entries)
    }

    /// The key in sled of the leaf after this one.
    fn next_after(&self, at: &[u8]) -> Result<Option<IVec>, Fault> {
        Ok(self.db.range::<&[u8], _>((Excluded(at), Excluded(BEYOND))).keys().next().transpose()?)
    }

    fn go(&self, changes: &[Change<'_>], checkpoint: &[u8]) -> Result<(), Fault> {
        self.change_leaves(changes)?;
        self.db.insert(CHECKPOINT, checkpoint)?;
        self.db.remove(INTENT)?;
        self.db.flush()?;
        Ok(())
    }

    /// Carries out those of `changes` that belong into the leaf of `first`; the others remain.
    fn change_leaf<'a>(&self, first: &[u8], changes: &'a [Change<'a>]) -> Result<&'a [Change<'a>], Fault> {
        let (at, old) = self.leaf(first)?.unwrap_or_else(|| (LEAVES.into(), IVec::default()));
        let next = self.next_after(&at)?;
        let end = next.as_deref().map(|next| &next[LEAVES.len()..]);
        let count = end.map_or(changes.len(), |end| changes.partition_point(|(key, _)| *key < end));
        let (now, later) = changes.split_at(count);
        let entries = leaf::changed(&old, end, now)?;
        let parts = leaf::parts(&entries);
        for (first, part) in parts.iter().skip(1).rev() {
            self.db.insert(leaf_key(first), &part[..])?;
        }
        match parts.first() {
            Some((_, part)) => self.db.insert(at, &part[..])?,
            None => self.db.remove(at)?,
        };
        Ok(later)
    }

    /// The leaf that `key` belongs to, with its key in sled.
    fn leaf(&self, key: &[u8]) -> Result<Option<(IVec, IVec)>, Fault> {
        let highest = leaf_key(key);
        Ok(self.db.range::<&[u8], _>((Included(LEAVES), Included(&highest[..]))).next_back().transpose()?)
    }

    /// The journal's position that it stands at, if it has been anywhere.
    pub fn checkpoint(&self) -> Result<Option<IVec>, Fault> {
        guard(|| Ok(self.db.get(CHECKPOINT)?))
    }

    /// Makes it durable; writing all it has is not enough for that.
    pub fn sync(&self) -> Result<(), Fault> {
        guard(|| Ok(self.db.flush()?))?;
        let file = self.dir.join("db");
        File::open(file).and_then(|db| db.sync_all()).map_err(|error| Fault::from(::sled::Error::Io(error)))
    }

    pub fn is_empty(&self) -> Result<bool, Fault> {
        guard(|| Ok(self.db.first()?.is_none()))
    }

    fn upwards(&self, low: &[u8], high: Option<&[u8]>, limit: usize) -> Result<Entries, Fault> {
        let first = self.leaf(low)?.map_or_else(|| LEAVES.into(), |(at, _)| at);
        let mut leaves = self.db.range::<&[u8], _>((Included(&first[..]), Excluded(BEYOND)));
        let mut found = Entries::new();
        let mut leaf = leaves.next().transpose()?;
        while let Some((at, entries)) = leaf.take() {
            if high.is_some_and(|high| &at[LEAVES.len()..] >= high) {
                break;
            }
            leaf = leaves.next().transpose()?;
            let next = leaf.as_ref().map(|(next, _)| &next[LEAVES.len()..]);
            let end = high.into_iter().chain(next).min();
            within(&entries, low, end, |key, value| {
                found.push((key.to_vec(), value.to_vec()));
                found.len() < limit
            })?;
            if found.len() >= limit {
                break;
            }
        }
        Ok(found)
    }

    fn downwards(&self, low: &[u8], high: Option<&[u8]>, limit: usize) -> Result<Entries, Fault> {
        let top = high.map_or_else(|| BEYOND.to_vec(), leaf_key);
        let mut end = high.map(<[u8]>::to_vec);
        let mut found = Entries::new();
        for leaf in self.db.range::<&[u8], _>((Included(LEAVES), Excluded(&top[..]))).rev() {
            let (at, entries) = leaf?;
            let mut here = Entries::new();
            within(&entries, low, end.as_deref(), |key, value| {
                here.push((key.to_vec(), value.to_vec()));
                true
            })?;
            found.extend(here.into_iter().rev().take(limit - found.len()));
            let at = &at[LEAVES.len()..];
            if found.len() >= limit || at <= low {
                break;
            }
            end = Some(at.to_vec());
        }
        Ok(found)
    }
}

/// Tells of each entry of a leaf with `low <= key < end`, for as long as `tell` wants more.
fn within(
    leaf: &[u8],
    low: &[u8],
    end: Option<&[u8]>,
    mut tell: impl FnMut(&[u8], &[u8]) -> bool,
) -> Result<(), Spoilt> {
    let mut reader = Reader::new(leaf);
    while let Some(value) = reader.next()? {
        let key = reader.key();
        if end.is_some_and(|end| key >= end) || (key >= low && !tell(key, value)) {
            break;
        }
    }
    Ok(())
}

fn leaf_key(lowest: &[u8]) -> Vec<u8> {
    [LEAVES, lowest].concat()
}

impl Kv for Tree {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        let entries = if key.starts_with(keys::REMEMBERED) {
            guard(|| self.last_leaf(key))?
        } else {
            guard(|| self.leaf(key))?.map(|(_, entries)| entries).unwrap_or_default()
        };
        let value = leaf::find(&entries, key).map_err(|Spoilt| spoilt("an entry"))?;
        Ok(value.map(<[u8]>::to_vec))
    }

    fn range(&self, low: &[u8], high: Option<&[u8]>, limit: usize, backwards: bool) -> Result<Entries, ReadError> {
        if limit == 0 || high.is_some_and(|high| high <= low) {
            return Ok(Vec::new());
        }
        let found = guard(|| if backwards { self.downwards(low, high, limit) } else { self.upwards(low, high, limit) });
        Ok(found?)
    }
}

/// sled panics on some damage; we do not.
fn guard<T>(work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => done,
        Err(panic) => {
            let said = panic.downcast_ref::<String>().cloned();
            let said = said.or_else(|| panic.downcast_ref::<&str>().map(|&said| said.to_owned()));
            Err(Fault::Broken(said.unwrap_or_else(|| "it panicked".to_owned())))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &[Change<'static>] = &[(b"a", Some(b"1")), (b"b", Some(b"2"))];
    const THERE: &[Change<'static>] = &[(b"a", None), (b"b", Some(b"3")), (b"c", Some(b"4"))];

    struct Dir(PathBuf);

    impl Dir {
        /// A database that stands here, and was killed when it had gone half of the way there.
        fn half_way(name: &str) -> Self {
            let dir = Self(std::env::temp_dir().join(format!("watchroom-tree-{}-{name}", std::process::id())));
            let tree = dir.open().unwrap();
            tree.apply(HERE, b"here").unwrap();
            let way = leaf::way(b"there", THERE);
            fs::write(tree.way(), &way).unwrap();
            tree.db.insert(INTENT, &Sha256::digest(&way)[..]).unwrap();
            tree.change_leaves(&THERE[..2]).unwrap();
            tree.db.flush().unwrap();
            dir
        }

        /// sled lets go of its directory a moment after it was dropped.
        fn open(&self) -> Result<Tree, Fault> {
            for _ in 0..1_000_000 {
                match Tree::open(&self.0, 1 << 20) {
                    Err(Fault::Busy) => std::thread::yield_now(),
                    opened => return opened,
                }
            }
            Err(Fault::Busy)
        }
    }

    impl Drop for Dir {
        fn drop(&mut self) {
            let _gone = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn an_interrupted_way_is_gone_to_its_end() {
        let dir = Dir::half_way("end");
        for _ in 0..2 {
            let tree = dir.open().unwrap();
            assert_eq!(tree.checkpoint().unwrap().as_deref(), Some(&b"there"[..]));
            let found = tree.range(b"", None, 9, false).unwrap();
            assert_eq!(found, [(b"b".to_vec(), b"3".to_vec()), (b"c".to_vec(), b"4".to_vec())]);
        }
    }

    #[test]
    fn a_way_that_is_lost_is_not_guessed() {
        for (name, spoil) in [("gone", None), ("short", Some(4)), ("other", Some(0))] {
            let dir = Dir::half_way(name);
            let way = dir.0.join(WAY);
            match spoil {
                None => fs::remove_file(&way).unwrap(),
                Some(length) => fs::write(&way, &fs::read(&way).unwrap()[..length]).unwrap(),
            }
            assert!(matches!(dir.open(), Err(Fault::Broken(_))), "{name}");
        }
    }

    #[test]
    fn remembered_keys_are_found_as_soon_as_they_are_there() {
        let dir = Dir::half_way("last");
        let tree = dir.open().unwrap();
        let key = |n: usize| keys::remembered(&format!("{n:05}"));
        for n in 0..200 {
            let some = [3 * n, 3 * n + 1].map(key);
            assert_eq!(tree.get(&some[0]).unwrap(), None, "{n}");
            let value = vec![7; 100];
            let changes: Vec<Change<'_>> = some.iter().map(|key| (&key[..], Some(&value[..]))).collect();
            tree.apply(&changes, b"on").unwrap();
            for there in some {
                assert_eq!(tree.get(&there).unwrap().as_ref(), Some(&value), "{n}");
            }
            for there in [0, 3 * (n / 2), 3 * n] {
                assert_eq!(tree.get(&key(there)).unwrap().as_ref(), Some(&value), "{n} {there}");
                assert_eq!(tree.get(&key(there + 2)).unwrap(), None, "{n} {there}");
            }
        }
    }

    #[test]
    fn a_way_that_was_not_begun_is_not_gone() {
        let dir = Dir::half_way("begun");
        drop(dir.open().unwrap());
        fs::write(dir.0.join(WAY), leaf::way(b"beyond", HERE)).unwrap();
        assert_eq!(dir.open().unwrap().checkpoint().unwrap().as_deref(), Some(&b"there"[..]));
    }
}
