//! How the last run ended: `run.json` beside the journal.

use std::{fs, io, path::Path};

use serde::{Deserialize, Serialize};

use super::{Position, files::write_atomically};

/// How the last run ended; what is missing in the file is unknown.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::store) struct Run {
    /// The kernel's name for the time since the machine started; none where there is no such thing, and in copies.
    pub boot: Option<String>,
    /// It was stopped cleanly.
    pub clean: bool,
    /// Up to here at least everything was acknowledged: where the last clean stop was.
    pub acknowledged: Position,
}

impl Run {
    /// None if nothing (readable) is known about it.
    pub fn read(store: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(store.join("run.json")).ok()?).ok()
    }

    pub fn write(&self, store: &Path) -> io::Result<()> {
        write_atomically(&store.join("run.json"), &serde_json::to_vec(self)?)
    }
}
