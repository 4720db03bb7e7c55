//! Leaves: many small entries in one value of sled.
//!
//! sled keeps at most sixteen entries to a page and copies the page for each change, so that a small entry costs it as much
//! as a large one. A leaf holds the entries from its own lowest possible key up to the next leaf's, in order, each with
//! only what its key does not share with the key before: `shared`, `rest`'s length, rest, value's length, value; numbers
//! as seven bits a byte, lowest first.

use std::cmp::Ordering;

use crate::store::place::{unvarint, varint};

/// A leaf longer than this is split.
const FULL: usize = 4096;
/// Parts of a split leaf are at most about this long.
const PART: usize = 3072;

/// A key with its new value, or none where it is removed.
pub(super) type Change<'a> = (&'a [u8], Option<&'a [u8]>);

/// Entries in order. Their keys stand one after the other, so that reading a leaf costs no allocation for each.
#[derive(Debug, Default)]
pub(super) struct Entries<'a> {
    keys: Vec<u8>,
    /// Where the key ends, and the value.
    ends: Vec<(usize, &'a [u8])>,
}

impl<'a> Entries<'a> {
    fn push(&mut self, key: &[u8], value: &'a [u8]) {
        self.keys.extend_from_slice(key);
        self.ends.push((self.keys.len(), value));
    }

    fn iter(&self) -> impl Iterator<Item = (&[u8], &'a [u8])> {
        let mut start = 0;
        self.ends.iter().map(move |&(end, value)| (&self.keys[std::mem::replace(&mut start, end)..end], value))
    }
}

/// The bytes are no leaf.
#[derive(Debug)]
pub(super) struct Spoilt;

/// Reads a leaf from its beginning.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    key: Vec<u8>,
}

impl<'a> Reader<'a> {
    pub fn new(leaf: &'a [u8]) -> Self {
        Self { rest: leaf, key: Vec::new() }
    }

    /// The key of the entry that was read last.
    pub fn key(&self) -> &[u8] {
        &self.key
    }

    /// The value of the next entry.
    pub fn next(&mut self) -> Result<Option<&'a [u8]>, Spoilt> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let shared = self.number()?;
        if shared > self.key.len() {
            return Err(Spoilt);
        }
        let rest = self.bytes()?;
        self.key.truncate(shared);
        self.key.extend_from_slice(rest);
        self.bytes().map(Some)
    }

    fn number(&mut self) -> Result<usize, Spoilt> {
        unvarint(&mut self.rest).and_then(|number| usize::try_from(number).ok()).ok_or(Spoilt)
    }

    fn bytes(&mut self) -> Result<&'a [u8], Spoilt> {
        let length = self.number()?;
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or(Spoilt)?;
        self.rest = rest;
        Ok(bytes)
    }
}

/// The value of `key`. No key is put together for that: how much of `key` the one before shares with it says enough.
pub(super) fn find<'a>(leaf: &'a [u8], key: &[u8]) -> Result<Option<&'a [u8]>, Spoilt> {
    let mut reader = Reader::new(leaf);
    // The key before is lower and shares so much with `key`.
    let mut common = 0;
    while !reader.rest.is_empty() {
        let (shared, rest, value) = (reader.number()?, reader.bytes()?, reader.bytes()?);
        match shared.cmp(&common) {
            // It differs from `key` where the one before does.
            Ordering::Greater => continue,
            // It differs from the one before where that was still like `key`.
            Ordering::Less => return Ok(None),
            Ordering::Equal => {}
        }
        let wanted = &key[common..];
        let same = rest.iter().zip(wanted).take_while(|(a, b)| a == b).count();
        match rest[same..].cmp(&wanted[same..]) {
            Ordering::Less => common += same,
            Ordering::Equal => return Ok(Some(value)),
            Ordering::Greater => return Ok(None),
        }
    }
    Ok(None)
}

/// The entries of a leaf below `end` with `changes` (in order, and all of them below `end` as well) carried out.
pub(super) fn changed<'a>(leaf: &'a [u8], end: Option<&[u8]>, changes: &[Change<'a>]) -> Result<Entries<'a>, Spoilt> {
    let mut out = Entries::default();
    let mut changes = changes.iter().peekable();
    let mut reader = Reader::new(leaf);
    while let Some(value) = reader.next()? {
        let key = reader.key();
        if end.is_some_and(|end| key >= end) {
            break;
        }
        let mut replaced = false;
        while let Some((changed, value)) = changes.next_if(|(changed, _)| *changed <= key) {
            replaced |= *changed == key;
            if let Some(value) = value {
                out.push(changed, value);
            }
        }
        if !replaced {
            out.push(key, value);
        }
    }
    for (key, value) in changes {
        if let Some(value) = value {
            out.push(key, value);
        }
    }
    Ok(out)
}

/// `entries` as one leaf or, where they do not fit into it, as several; each with its lowest key.
pub(super) fn parts<'a>(entries: &'a Entries<'_>) -> Vec<(&'a [u8], Vec<u8>)> {
    let whole = cut(entries, usize::MAX);
    let length = whole.first().map_or(0, |(_, leaf)| leaf.len());
    if length <= FULL { whole } else { cut(entries, length / length.div_ceil(PART)) }
}

fn cut<'a>(entries: &'a Entries<'_>, target: usize) -> Vec<(&'a [u8], Vec<u8>)> {
    let mut parts: Vec<(&[u8], Vec<u8>)> = Vec::new();
    let mut before: &[u8] = &[];
    for (key, value) in entries.iter() {
        if parts.last().is_none_or(|(_, part)| part.len() >= target) {
            parts.push((key, Vec::with_capacity(FULL.min(target))));
            before = &[];
        }
        if let Some((_, part)) = parts.last_mut() {
            let shared = before.iter().zip(key).take_while(|(a, b)| a == b).count();
            varint(part, shared as u64);
            bytes(part, &key[shared..]);
            bytes(part, value);
        }
        before = key;
    }
    parts
}

fn bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// How to get to a checkpoint: the checkpoint, then the changes.
pub(super) fn way(checkpoint: &[u8], changes: &[Change<'_>]) -> Vec<u8> {
    let mut way = Vec::new();
    bytes(&mut way, checkpoint);
    for (key, value) in changes {
        way.push(u8::from(value.is_some()));
        bytes(&mut way, key);
        bytes(&mut way, value.unwrap_or_default());
    }
    way
}

/// Reads what [`way()`] wrote.
pub(super) fn read_way(way: &[u8]) -> Result<(&[u8], Vec<Change<'_>>), Spoilt> {
    let mut reader = Reader::new(way);
    let checkpoint = reader.bytes()?;
    let mut changes = Vec::new();
    while let Some((&put, rest)) = reader.rest.split_first() {
        reader.rest = rest;
        let (key, value) = (reader.bytes()?, reader.bytes()?);
        changes.push((key, (put != 0).then_some(value)));
    }
    Ok((checkpoint, changes))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn read(leaf: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
        let mut reader = Reader::new(leaf);
        let mut out = Vec::new();
        while let Some(value) = reader.next().unwrap() {
            out.push((reader.key().to_vec(), value.to_vec()));
        }
        out
    }

    fn bytes_of(longest: usize) -> impl Strategy<Value = Vec<u8>> {
        // Few letters, so that keys share much and meet often.
        proptest::collection::vec(0_u8..3, 0..longest)
    }

    proptest! {
        #[test]
        fn leaves_are_a_map(
            old in proptest::collection::btree_map(bytes_of(8), bytes_of(300), 0..60),
            new in proptest::collection::btree_map(bytes_of(8), proptest::option::of(bytes_of(300)), 0..60),
        ) {
            let mut entries = Entries::default();
            for (k, v) in &old {
                entries.push(k, v);
            }
            let whole = cut(&entries, usize::MAX).pop().map_or_else(Vec::new, |(_, leaf)| leaf);
            let changes: Vec<Change<'_>> = new.iter().map(|(k, v)| (&k[..], v.as_deref())).collect();
            let mut expected: BTreeMap<Vec<u8>, Vec<u8>> = old.clone();
            for (key, value) in &new {
                match value {
                    Some(value) => drop(expected.insert(key.clone(), value.clone())),
                    None => drop(expected.remove(key)),
                }
            }
            for key in old.keys().chain(new.keys()) {
                prop_assert_eq!(find(&whole, key).unwrap(), old.get(key).map(Vec::as_slice));
            }
            let after = changed(&whole, None, &changes).unwrap();
            let parts = parts(&after);
            let together: Vec<_> = parts.iter().flat_map(|(_, part)| read(part)).collect();
            prop_assert_eq!(together, expected.into_iter().collect::<Vec<_>>());
            for (first, part) in &parts {
                prop_assert!(part.len() <= FULL + 400);
                prop_assert_eq!(&read(part)[0].0[..], *first);
            }
            let way = way(b"there", &changes);
            prop_assert_eq!(read_way(&way).unwrap(), (&b"there"[..], changes));
        }
    }

    #[test]
    fn what_belongs_to_the_next_leaf_is_left_out() {
        let mut entries = Entries::default();
        entries.push(b"a", b"1");
        entries.push(b"c", b"2");
        let (_, leaf) = cut(&entries, usize::MAX).pop().unwrap();
        let kept = changed(&leaf, Some(b"c"), &[(b"b", Some(b"3"))]).unwrap();
        assert_eq!(kept.iter().collect::<Vec<_>>(), [(&b"a"[..], &b"1"[..]), (&b"b"[..], &b"3"[..])]);
    }

    #[test]
    fn nonsense_is_no_leaf() {
        assert!(changed(&[1, 1, b'a', 0], None, &[]).is_err(), "shares a byte with nothing");
        assert!(find(&[0, 9, b'a'], b"a").is_err(), "a key that is cut off");
        assert!(read_way(&[0, 1, 1, b'a', 3, 0]).is_err(), "a value that is cut off");
    }
}
