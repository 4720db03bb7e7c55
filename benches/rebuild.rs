//! How long a start takes that has to make sled anew from the journal, as after a machine's restart without a clean stop,
//! and the most memory that it takes.
//!
//! `cargo bench --bench rebuild -- [incidents]`; an incident has ten events.

#[expect(dead_code, clippy::cast_possible_truncation, reason = "other benches use the rest; indices of a few thousand")]
mod seed;

use std::{path::Path, sync::Arc, time::Instant};

use watchroom::{
    engine::Incidents,
    store::{
        Store,
        sled::{Options, SledStore},
    },
};

fn store(dir: &Path) -> Arc<dyn Store> {
    Arc::new(SledStore::open(dir, Arc::new(Incidents::default()), Options::default()).expect("a store"))
}

/// The most memory that this process had so far.
fn most_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").expect("a process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("VmHWM");
    line.trim().to_owned()
}

#[expect(clippy::print_stdout, reason = "it prints what was measured")]
fn main() {
    let mut words = std::env::args().skip(1).filter(|word| !word.starts_with("--"));
    let incidents: u64 = words.next().map_or(20_000, |word| word.parse().expect("how many incidents"));
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("rebuild-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a directory");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let store = store(&dir);
        seed::closed(Arc::clone(&store), incidents).await;
        store.close().await;
    });
    println!("{incidents} incidents of 10 events written; most memory so far {}", most_memory());
    for _ in 0..3 {
        std::fs::remove_dir_all(dir.join("sled")).expect("removed");
        let since = Instant::now();
        let store = store(&dir);
        println!("rebuilt in {:.1?}; most memory so far {}", since.elapsed(), most_memory());
        runtime.block_on(store.close());
    }
    std::fs::remove_dir_all(dir).expect("removed");
}
