//! Everything that is logged, at whatever level.

use std::{
    io::{self, Write},
    sync::{Mutex, PoisonError},
};

use tracing::subscriber::DefaultGuard;
use tracing_subscriber::{EnvFilter, fmt};

static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Lines;

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// From now on: what this thread logs, and what others do where nobody logs it yet.
pub fn start() -> DefaultGuard {
    let lines = || fmt().with_env_filter(EnvFilter::new("trace")).with_ansi(false).with_writer(|| Lines);
    // Where other tests of the same process came first, their threads are theirs.
    drop(lines().try_init());
    tracing::subscriber::set_default(lines().finish())
}

/// What came since.
pub fn take() -> String {
    let lines = std::mem::take(&mut *LINES.lock().unwrap_or_else(PoisonError::into_inner));
    String::from_utf8_lossy(&lines).into_owned()
}
