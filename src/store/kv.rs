//! The little that the ledger and the readers ask of a key-value side, and changes gathered on top of it.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
};

use foldhash::fast::RandomState;

use super::{Doc, ReadError};

/// Keys with their values, in order.
pub(super) type Entries = Vec<(Vec<u8>, Vec<u8>)>;

/// Something that can be read by key and by range.
pub(super) trait Kv {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ReadError>;

    /// Up to `limit` entries with `low <= key < high`, lowest first, or highest first when `backwards`.
    fn range(&self, low: &[u8], high: Option<&[u8]>, limit: usize, backwards: bool) -> Result<Entries, ReadError>;
}

impl Kv for BTreeMap<Vec<u8>, Vec<u8>> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        Ok(BTreeMap::get(self, key).cloned())
    }

    fn range(&self, low: &[u8], high: Option<&[u8]>, limit: usize, backwards: bool) -> Result<Entries, ReadError> {
        use std::ops::Bound::{Excluded, Included, Unbounded};
        if high.is_some_and(|high| high <= low) {
            return Ok(Vec::new());
        }
        let found = BTreeMap::range::<[u8], _>(self, (Included(low), high.map_or(Unbounded, Excluded)));
        let own = |(key, value): (&Vec<u8>, &Vec<u8>)| (key.clone(), value.clone());
        Ok(if backwards { found.rev().take(limit).map(own).collect() } else { found.take(limit).map(own).collect() })
    }
}

/// Changes that are decided but not yet applied: later commits of a group see those of earlier ones.
#[derive(Debug)]
pub(super) struct Overlay<'a, B> {
    base: &'a B,
    /// What was changed, and what was read from below: deciding and applying ask for the same keys.
    known: RefCell<HashMap<Vec<u8>, Known, RandomState>>,
}

#[derive(Debug)]
struct Known {
    value: Option<Doc>,
    changed: bool,
}

impl<'a, B: Kv> Overlay<'a, B> {
    pub fn over(base: &'a B) -> Self {
        Self { base, known: RefCell::default() }
    }

    pub fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        if let Some(known) = self.known.borrow().get(key) {
            return Ok(known.value.clone().map(Doc::into_bytes));
        }
        let value = self.base.get(key)?;
        let known = Known { value: value.clone().map(Doc::from), changed: false };
        self.known.borrow_mut().insert(key.to_vec(), known);
        Ok(value)
    }

    pub fn put(&mut self, key: Vec<u8>, value: impl Into<Doc>) {
        self.known.get_mut().insert(key, Known { value: Some(value.into()), changed: true });
    }

    pub fn remove(&mut self, key: Vec<u8>) {
        self.known.get_mut().insert(key, Known { value: None, changed: true });
    }

    /// Spares a look at what is known not to be there.
    pub fn absent(&self, key: Vec<u8>) {
        self.known.borrow_mut().entry(key).or_insert(Known { value: None, changed: false });
    }

    /// What lies beneath, without the changes.
    pub fn base(&self) -> &'a B {
        self.base
    }

    /// How many entries it holds.
    pub fn len(&self) -> usize {
        self.known.borrow().len()
    }

    pub fn into_changes(self) -> impl Iterator<Item = (Vec<u8>, Option<Doc>)> + use<B> {
        let known = self.known.into_inner().into_iter();
        known.filter(|(_, known)| known.changed).map(|(key, known)| (key, known.value))
    }
}
