//! The simulated workspace on disk, so that a restart finds the channels that the bot's record speaks of.

use std::{fs, io::Write as _, path::Path, path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};

use crate::{
    clock::MovableClock,
    sandbox::{Handle, Workspace},
};

const FILE: &str = "workspace.json";
/// How often it is looked whether anything changed.
const EVERY: Duration = Duration::from_millis(200);

/// What is kept.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    /// How far the clock was moved ahead, in seconds.
    moved_s: i64,
    /// Everything in the workspace.
    pub workspace: Workspace,
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
            serde_json::from_slice(&bytes).with_context(advice).map(Some)
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e).with_context(|| format!("cannot read {}", path.display())),
    }
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

/// Writes the workspace whenever it has changed.
pub(super) async fn keep(slack: Arc<Handle>, clock: MovableClock, dir: PathBuf) {
    let mut last = None;
    loop {
        let version = (slack.version(), clock.moved());
        if last != Some(version) {
            let kept = Kept { moved_s: clock.moved().as_secs(), workspace: slack.snapshot() };
            if let Err(error) = save(&dir, &kept) {
                tracing::warn!(%error, "the simulated workspace could not be kept; a restart will not find it");
            }
            last = Some(version);
        }
        tokio::time::sleep(EVERY).await;
    }
}

fn save(dir: &Path, kept: &Kept) -> anyhow::Result<()> {
    let temporary = dir.join("workspace.tmp");
    let mut file = fs::File::create(&temporary)?;
    file.write_all(&serde_json::to_vec(kept)?)?;
    fs::rename(&temporary, dir.join(FILE))?;
    Ok(())
}
