//! The small files beside journal and sled, and the space they all live in.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use super::{OpenError, Options};
use crate::store::journal::{Position, Run, sync_dir};

/// A store's directory.
#[derive(Debug)]
pub(super) struct Disk {
    dir: PathBuf,
    low_water: u64,
    ballast: u64,
}

impl Disk {
    pub fn new(dir: &Path, options: &Options) -> Self {
        Self { dir: dir.to_owned(), low_water: options.low_water, ballast: options.ballast }
    }

    pub fn sled(&self) -> PathBuf {
        self.dir.join("sled")
    }

    /// Moves sled's directory out of the way, in place of what was set aside before.
    pub fn set_aside(&self) -> Result<(), OpenError> {
        let (sled, old) = (self.sled(), self.dir.join("sled.old"));
        if old.exists() {
            fs::remove_dir_all(&old).map_err(OpenError::io(&old))?;
        }
        if sled.exists() {
            fs::rename(&sled, &old).map_err(OpenError::io(&sled))?;
            sync_dir(&self.dir).map_err(OpenError::io(&self.dir))?;
        }
        Ok(())
    }

    /// From now on everything but a clean stop is a crash.
    pub fn started(&self, acknowledged: Position) -> Result<(), OpenError> {
        Run { boot: boot(), clean: false, acknowledged }.write(&self.dir).map_err(OpenError::io(&self.dir))
    }

    pub fn stopped(&self, end: &Position) {
        let run = Run { boot: boot(), clean: true, acknowledged: *end };
        if let Err(error) = run.write(&self.dir) {
            tracing::warn!(%error, "the clean stop could not be marked; the next start looks closer");
        }
        let old = self.dir.join("sled.old");
        if old.exists()
            && let Err(error) = fs::remove_dir_all(&old)
        {
            tracing::warn!(%error, "the database that was set aside could not be removed");
        }
    }

    /// Has the machine been restarted since `run`? Yes where that cannot be told.
    pub fn restarted_since(run: &Run) -> bool {
        run.boot.is_none() || run.boot != boot()
    }

    fn distrust_mark(&self) -> PathBuf {
        self.dir.join("distrust")
    }

    /// Leaves a note for the next start.
    pub fn distrust(&self, why: &str) {
        if let Err(error) = fs::write(self.distrust_mark(), why) {
            tracing::error!(%error, "the damaged database could not be marked; delete the directory `sled` before the next start");
        }
    }

    pub fn is_distrusted(&self) -> bool {
        self.distrust_mark().exists()
    }

    pub fn trust_again(&self) -> Result<(), OpenError> {
        let mark = self.distrust_mark();
        match fs::remove_file(&mark) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(OpenError::Io { path: mark, error }),
            _ => Ok(()),
        }
    }

    /// Is there space left beside the reserve?
    pub fn has_space(&self) -> bool {
        self.has_space_for(0)
    }

    /// Is there space left beside the reserve when so many bytes more are taken?
    pub fn has_space_for(&self, bytes: u64) -> bool {
        match fs2::available_space(&self.dir) {
            Ok(available) => available >= self.low_water.saturating_add(bytes),
            Err(error) => {
                tracing::warn!(%error, "the space left on the disk cannot be told");
                true
            }
        }
    }

    fn ballast_file(&self) -> PathBuf {
        self.dir.join("ballast")
    }

    /// Gives the ballast to whoever must still write.
    pub fn release(&self) {
        match fs::remove_file(self.ballast_file()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, "the ballast could not be given up");
            }
            _ => {}
        }
    }

    /// Takes the ballast back; true if there is enough space for that. Writing it is the proof that also a quota allows.
    pub fn reserve(&self) -> bool {
        let path = self.ballast_file();
        if fs::metadata(&path).is_ok_and(|found| found.len() == self.ballast) {
            return self.has_space();
        }
        let write = || {
            let mut file = File::create(&path)?;
            let piece = vec![0xff; 64 << 10];
            let mut left = self.ballast;
            while left > 0 {
                let now = usize::try_from(left).unwrap_or(piece.len()).min(piece.len());
                file.write_all(&piece[..now])?;
                left -= now as u64;
            }
            Ok::<_, io::Error>(())
        };
        let enough = self.has_space() && write().is_ok() && self.has_space();
        if !enough {
            self.release();
        }
        enough
    }

    pub fn full(&self) -> OpenError {
        OpenError::Full { dir: self.dir.clone(), mebibytes: ((self.low_water + self.ballast) >> 20) + 1 }
    }
}

/// The kernel's id of this boot.
fn boot() -> Option<String> {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").ok().map(|id| id.trim().to_owned())
}
