//! The hash chain of a stream: each event's hash covers its stream, its place, its time, its bytes and the hash before
//! it.
//!
//! `hash = sha256(before ‖ len(stream) ‖ stream ‖ seq ‖ len(at) ‖ at ‖ body)`, lengths and `seq` as eight big-endian
//! bytes, `at` as it is written in the journal, `body` exactly as stored; before the first event stand 32 zero bytes.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use sha2::{Digest, Sha256};

/// A SHA-256, written as hex.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Hash(pub(super) [u8; 32]);

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(d)?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(text.as_bytes(), &mut bytes).map_err(D::Error::custom)?;
        Ok(Self(bytes))
    }
}

/// How long a stream is, and the hash of its last event.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Head {
    pub length: u64,
    pub hash: Hash,
}

impl Head {
    /// The head after one more event.
    pub fn next(self, stream: &str, at: Timestamp, body: &str) -> Self {
        let length = self.length + 1;
        let at = at.to_string();
        let mut hasher = Sha256::new();
        hasher.update(self.hash.0);
        hasher.update((stream.len() as u64).to_be_bytes());
        hasher.update(stream);
        hasher.update(length.to_be_bytes());
        hasher.update((at.len() as u64).to_be_bytes());
        hasher.update(at);
        hasher.update(body);
        Self { length, hash: Hash(hasher.finalize().into()) }
    }

    pub fn encode(self) -> Vec<u8> {
        [&self.length.to_be_bytes()[..], &self.hash.0].concat()
    }

    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (length, hash) = bytes.split_first_chunk()?;
        Some(Self { length: u64::from_be_bytes(*length), hash: Hash(hash.try_into().ok()?) })
    }
}

/// A checksum over what was written so far.
pub(super) fn checksum(hasher: Sha256) -> Hash {
    Hash(hasher.finalize().into())
}
