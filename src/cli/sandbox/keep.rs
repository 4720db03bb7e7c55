//! The simulated workspace on disk, so that a restart finds the channels that the bot's record speaks of. It is written
//! before the bot is answered: killed at any moment, the workspace is never behind the record.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail, ensure};
use serde::{Deserialize, Serialize};

use crate::{
    clock::MovableClock,
    sandbox::{Keeper, Workspace},
};

const FILE: &str = "workspace.json";
/// Of the shape of what is kept. What is kept is for trying: another version is not lifted, it is refused.
const VERSION: u32 = 1;

/// What is kept.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Kept<W = Workspace> {
    version: u32,
    /// How far the clock was moved ahead, in seconds.
    moved_s: i64,
    /// Where the bot listened: links to its status page go on leading there.
    #[serde(default)]
    pub port: Option<u16>,
    /// Everything in the workspace.
    pub workspace: W,
}

impl Kept {
    pub(super) fn moved(&self) -> jiff::SignedDuration {
        jiff::SignedDuration::from_secs(self.moved_s)
    }
}

/// What an earlier run kept.
pub(super) fn load(dir: &Path) -> anyhow::Result<Option<Kept>> {
    let path = dir.join(FILE);
    match fs::read(&path) {
        Ok(bytes) => {
            let advice = || format!("{} cannot be read; start over with --fresh", path.display());
            read(&bytes).with_context(advice).map(Some)
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e).with_context(|| format!("cannot read {}", path.display())),
    }
}

fn read(bytes: &[u8]) -> anyhow::Result<Kept> {
    /// All that can be told of another version's shape; the first had no number.
    #[derive(Deserialize)]
    struct Versioned {
        #[serde(default)]
        version: u32,
    }
    let Versioned { version } = serde_json::from_slice(bytes)?;
    ensure!(version == VERSION, "its version is {version}, and this program's is {VERSION}");
    Ok(serde_json::from_slice(bytes)?)
}

/// Empties the sandbox's directory. Touches nothing that is not a sandbox's.
pub(super) fn clear(dir: &Path) -> anyhow::Result<()> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries.collect::<Result<Vec<_>, _>>()?,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(e).with_context(|| format!("cannot read {}", dir.display())),
    };
    let ours = |name: &std::ffi::OsStr| name == FILE || name == "record" || name == "workspace.tmp";
    if let Some(other) = entries.iter().find(|e| !ours(&e.file_name())) {
        bail!("{} holds {}, which no sandbox made; choose another --data", dir.display(), other.file_name().display());
    }
    for entry in entries {
        let path = entry.path();
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        removed.with_context(|| format!("cannot remove {}", path.display()))?;
    }
    Ok(())
}

/// Writes the workspace whenever it changes.
#[derive(Debug)]
pub(super) struct Keep {
    /// Where to.
    pub dir: PathBuf,
    /// Kept beside it.
    pub clock: MovableClock,
    /// Where the bot listens.
    pub port: u16,
}

impl Keeper for Keep {
    fn keep(&self, workspace: &Workspace) {
        let kept = Kept { version: VERSION, moved_s: self.clock.moved().as_secs(), port: Some(self.port), workspace };
        if let Err(error) = self.save(&kept) {
            tracing::warn!(%error, "the simulated workspace could not be kept; a restart will not find it");
        }
    }
}

impl Keep {
    fn save(&self, kept: &Kept<&Workspace>) -> anyhow::Result<()> {
        let temporary = self.dir.join("workspace.tmp");
        fs::write(&temporary, serde_json::to_vec(kept)?)?;
        fs::rename(&temporary, self.dir.join(FILE))?;
        Ok(())
    }
}
