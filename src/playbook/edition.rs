//! Editions: a playbook as it was written at one time. Incidents keep the one that they were declared under.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Playbook, read};

/// The text of the playbook inside the binary.
pub const BUILTIN: &str = include_str!("builtin.toml");

/// The first 16 hexadecimal digits of the SHA-256 of a playbook's text: the same text has the same id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EditionId(pub String);

impl EditionId {
    /// The id of this text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(hex::encode(&Sha256::digest(text)[..8]))
    }
}

impl fmt::Display for EditionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which playbook is in force, and how its file stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce {
    /// Its text.
    pub edition: EditionId,
    /// Since when.
    pub since: Timestamp,
    /// What is wrong with the file as it stands now.
    pub problems: Vec<String>,
    /// Is what stands in the file in force? Otherwise it cannot be used, and the last good one is.
    pub is_current: bool,
}

/// The JSON Schema of a playbook, for editors.
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Playbook).to_value()
}

impl Playbook {
    /// Reads and checks a playbook; none where something keeps it from being used.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        read(text, None).playbook
    }

    /// One that was found sound before, such as one that was in force once: it is not held to rules that came later. None where
    /// this release cannot read it.
    #[must_use]
    pub fn recorded(text: &str) -> Option<Self> {
        let mut playbook: Self = toml::from_str(text).ok()?;
        playbook.edition = EditionId::of(text);
        Some(playbook)
    }

    /// The one inside the binary.
    ///
    /// # Panics
    /// Never in a released binary: a test reads and checks it.
    #[must_use]
    pub fn builtin() -> Self {
        Self::recorded(BUILTIN).expect("the built-in playbook is checked by a test")
    }
}
