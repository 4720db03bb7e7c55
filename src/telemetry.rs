//! Logs: to standard error, as lines for people or as JSON. Never titles, texts or tokens.

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// Starts logging. `filter` is `RUST_LOG`'s syntax; a wrong one falls back to `info` and says so.
pub fn start(filter: Option<&str>, json: bool) {
    let wanted = filter.unwrap_or("info,sled=warn,pagecache=warn,hyper=warn");
    let (filter, problem) = match EnvFilter::try_new(wanted) {
        Ok(filter) => (filter, None),
        Err(e) => (EnvFilter::new("info"), Some(e.to_string())),
    };
    let registry = tracing_subscriber::registry().with(filter);
    // A second start (tests in one process) keeps the first subscriber; that is fine.
    let started = if json {
        registry.with(fmt::layer().json().with_writer(std::io::stderr)).try_init()
    } else {
        registry.with(fmt::layer().with_target(false).with_writer(std::io::stderr)).try_init()
    };
    if let (Ok(()), Some(problem)) = (started, problem) {
        tracing::warn!(%problem, "RUST_LOG was not understood; using `info`");
    }
}
